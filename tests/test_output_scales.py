"""What a six-level answer means in grades."""

import numpy as np
import pytest

from peea.output_scales import GRADE_SCALE, SIX_LEVEL_SCALE, UnknownScaleError, output_scale
from peea.scales import grade_of_vas, six_level_of_vas


def test_every_score_but_the_lowest_of_a_level_has_its_levels_grade():
    for score in [0, *range(2, 11)]:  # score 1 is level 0 and mild pain: the one that the scales cut apart
        position = SIX_LEVEL_SCALE.labels.index(six_level_of_vas(score))
        assert SIX_LEVEL_SCALE.grades[position] == grade_of_vas(score)


def test_probabilities_of_levels_add_up_to_those_of_grades():
    levels = np.random.default_rng(0).dirichlet(np.ones(6), 20)
    grades = SIX_LEVEL_SCALE.grade_probabilities(levels)
    assert grades.sum(1) == pytest.approx(np.ones(20))
    assert grades[:, 2] == pytest.approx(levels[:, 2] + levels[:, 3])
    assert np.array_equal(GRADE_SCALE.grade_probabilities(levels[:, :5]), levels[:, :5])


def test_labels_become_classes_and_others_are_refused():
    assert SIX_LEVEL_SCALE.classes(np.array([10, 0, 4])).tolist() == [5, 0, 2]
    with pytest.raises(ValueError, match="5 is no label"):
        SIX_LEVEL_SCALE.classes(np.array([0, 5]))
    with pytest.raises(UnknownScaleError, match="six levels"):
        output_scale("seven levels")
