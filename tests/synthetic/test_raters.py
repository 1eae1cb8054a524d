import numpy as np
import pytest

from peea.scales import Grade
from peea.synthetic.expressions import draw_mixture
from peea.synthetic.raters import RATERS, Rater, consistent, rate
from peea.synthetic.seeds import generator


def test_ratings_follow_from_the_seed():
    actions = {"AU4": 3.0, "AU7": 2.0}
    assert rate(actions, False, generator(1)) == rate(actions, False, generator(1))


def test_codes_are_facs_codes():
    rng = generator(2)
    for _ in range(100):
        for rating in rate(draw_mixture(rng, Grade.SEVERE).coded_actions(), False, rng):
            assert all(0 <= code <= (1 if name == "AU43" else 5) for name, code in rating.codes.items())


@pytest.mark.parametrize("rater", RATERS, ids=lambda rater: rater.name)
def test_a_rater_is_biased_as_documented(rater):
    rng = generator(3)
    intensities = rng.uniform(1.5, 4.0, 4000)
    for action, bias in rater.bias.items():
        codes = [rate({action: value}, False, rng, [rater])[0].codes[action] for value in intensities]
        assert np.mean(codes - intensities) == pytest.approx(bias, abs=0.03)


def test_absent_actions_are_not_seen_and_a_rater_without_scatter_codes_the_nearest():
    exact = Rater("exact", "test", {}, 0.0, 0.3, 1.0)
    rating = rate({"AU4": 0.2, "AU6": 2.6, "AU43": 0.9}, False, generator(4), [exact])[0]
    assert rating.codes == {"AU4": 0, "AU6": 3, "AU7": 0, "AU9": 0, "AU10": 0, "AU43": 1}
    assert rating.pspi == 4


def test_a_recognised_smile_is_graded_0_whatever_its_codes():
    sure = Rater("sure", "test", {}, 0.0, 0.3, 1.0)
    unsure = Rater("unsure", "test", {}, 0.0, 0.3, 0.0)
    ratings = rate({"AU6": 5.0}, True, generator(5), [sure, unsure])
    assert [rating.grade for rating in ratings] == [Grade.NO_PAIN, Grade.OBVIOUS]
    assert not consistent(ratings)
    assert consistent(ratings[:1] * 4)
