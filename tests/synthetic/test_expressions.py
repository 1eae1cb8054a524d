import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from peea.scales import GRADES, PAIN_GRADES, PSPI_ACTIONS, Grade, grade_of_pspi
from peea.synthetic.expressions import (
    Confounder,
    draw_confounder,
    draw_mixture,
    draw_neutral,
    draw_pain,
    draw_pain_style,
    pain_actions,
    share_out,
    two_sided,
)
from peea.synthetic.seeds import generator
from peea.synthetic.truth import pain_truth


@pytest.mark.parametrize("grade", GRADES)
def test_pain_and_mixtures_have_the_grade_that_was_asked_for(grade):
    rng = generator(1, int(grade))
    style = draw_pain_style(rng)
    for _ in range(30):
        for expression in (draw_pain(rng, grade, style), draw_mixture(rng, grade)):
            assert grade_of_pspi(expression.pspi) is grade


def test_a_calm_face_is_grade_0():
    rng = generator(2)
    assert all(grade_of_pspi(draw_neutral(rng).pspi) is Grade.NO_PAIN for _ in range(300))


@pytest.mark.parametrize("confounder", list(Confounder))
def test_a_confounder_is_no_pain_and_only_a_smile_may_look_like_it_by_pspi(confounder):
    rng = generator(3)
    truths = [pain_truth(draw_confounder(rng, confounder), confounder) for _ in range(200)]
    assert {truth.grade for truth in truths} == {Grade.NO_PAIN}
    assert {truth.vas for truth in truths} == {0.0}
    by_pspi = {truth.grade_pspi for truth in truths}
    assert (by_pspi == {Grade.NO_PAIN}) == (confounder is not Confounder.SMILE)


@given(st.floats(0, 15), st.integers(0, 1000))
def test_pain_actions_sum_to_the_wanted_pspi_in_any_style(total, seed):
    actions = pain_actions(total, draw_pain_style(generator(seed)))
    summed = two_sided(actions, "left", 0.2)
    closing = actions.get("AU43", 0.0)  # between open and closed the code jumps by up to 1 while the lids move
    assert abs(summed.pspi - total) <= 0.02 + min(closing, 1 - closing)


def test_mixtures_move_the_actions_apart_from_each_other():
    rng = generator(5)
    coded = [draw_mixture(rng, grade).coded_actions() for grade in PAIN_GRADES for _ in range(150)]
    codes = np.array([[actions[name] for name in PSPI_ACTIONS] for actions in coded])
    for column, name in enumerate(PSPI_ACTIONS):
        assert (codes[:, column] > (0.5 if name == "AU43" else 2.0)).mean() > 0.12, name
        assert (codes[:, column] < 0.5).mean() > 0.12, name
    brow, orbit, lip = codes[:, 0], codes[:, 1:3].max(1), codes[:, 3:5].max(1)
    for one, other in ((brow, orbit), (orbit, lip), (brow, lip)):
        assert abs(np.corrcoef(one, other)[0, 1]) < 0.6


@given(st.floats(0, 20), st.lists(st.floats(0.01, 1), min_size=2, max_size=4))
def test_what_is_shared_out_is_all_there_and_no_part_too_large(total, shares):
    parts = share_out(total, np.array(shares))
    assert parts.max() <= 5 + 1e-9
    assert parts.sum() == pytest.approx(min(total, 5 * len(shares)))
