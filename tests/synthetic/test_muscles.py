"""Action units move the head where they should: lids never cross, sides are apart, more is more. No graphics."""

from itertools import pairwise

import numpy as np
import pytest

from peea.synthetic.expression import MOVED_ACTIONS, Expression
from peea.synthetic.face_model import FaceModel
from peea.synthetic.landmarks import landmark_vertices
from peea.synthetic.muscles import MIDLINE_ACTIONS, closed_gap, lid_rims
from peea.synthetic.person import Person

TWO_SIDED = [name for name in MOVED_ACTIONS if name not in MIDLINE_ACTIONS]


def full(name: str) -> float:
    return 1.0 if name == "AU43" else 5.0


@pytest.fixture(scope="module")
def models():
    return [FaceModel.of(Person.from_seed(seed)) for seed in (2, 9)]


def opening(model: FaceModel, side: str, **actions: float) -> float:
    eye = model.mesh.parts[f"eye_{side}"].vertices
    shift = model.rest[eye, 0].mean() - model.mesh.template[eye, 0].mean()
    return lid_rims()[side].gap(model.positions(Expression.symmetric(**actions)), shift) - closed_gap()


def test_closed_lids_meet_and_never_cross_however_tightened(models):
    for model in models:
        rest = opening(model, "left")
        for actions in ({}, {"AU7": 5}, {"AU6": 5, "AU7": 5}, {"AU4": 5, "AU6": 5, "AU7": 5, "AU9": 5}, {"AU5": 5}):
            assert abs(opening(model, "left", AU43=1, **actions)) < 0.05 * rest


def test_the_lids_close_as_far_as_au43_says(models):
    for model in models:
        rest = opening(model, "right")
        shares = [opening(model, "right", AU43=share) / rest for share in (0.25, 0.5, 0.75)]
        assert shares == pytest.approx([0.75, 0.5, 0.25], abs=0.05)


def test_tightened_lids_narrow_but_stay_open_and_raised_ones_widen(models):
    for model in models:
        rest = opening(model, "left")
        narrowed = [opening(model, "left", AU7=level) / rest for level in (1, 3, 5)]
        assert 1 > narrowed[0] > narrowed[1] > narrowed[2] > 0.25
        assert opening(model, "left", AU5=5) > 1.15 * rest


@pytest.mark.parametrize("name", TWO_SIDED)
def test_one_side_leaves_the_other_nearly_at_rest(models, name):
    model = models[0]
    x = model.mesh.template[:, 0]
    neutral = model.positions(Expression())
    for side, far in (("left", x < -0.1), ("right", x > 0.1)):
        moved = model.positions(Expression(**{side: {name: full(name)}}))
        distance = np.linalg.norm(moved - neutral, axis=1)
        assert distance[far].sum() < 0.10 * distance.sum()


@pytest.mark.parametrize("name", MOVED_ACTIONS)
def test_more_of_an_action_moves_more(models, name):
    model = models[0]
    neutral = model.positions(Expression())
    moved = [
        np.abs(model.positions(Expression.symmetric(**{name: share * full(name)})) - neutral).sum()
        for share in (0.2, 0.4, 0.6, 0.8, 1.0)
    ]
    assert moved[0] > 0
    assert all(later > earlier for earlier, later in pairwise(moved))


def test_brows_fall_with_au4_and_rise_with_au1(models):
    for model in models:
        inner_brows = landmark_vertices()[[21, 22]]
        rest = model.positions(Expression())[inner_brows, 1].mean()
        assert model.positions(Expression.symmetric(AU4=5))[inner_brows, 1].mean() < rest - 0.03
        assert model.positions(Expression.symmetric(AU1=5))[inner_brows, 1].mean() > rest + 0.03
