"""The clinical vocabulary against the publications' own numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peea.scales import (
    ACTION_MAXIMUM,
    PSPI_ACTIONS,
    Grade,
    UnknownActionError,
    VasMapping,
    grade_of_pspi,
    grade_of_vas,
    pspi,
    pspi_0_to_13,
    six_level_of_vas,
)

CODES = st.fixed_dictionaries({name: st.integers(0, int(ACTION_MAXIMUM[name])) for name in PSPI_ACTIONS})


def test_pspi_is_the_sum_of_prkachin_and_solomon():
    # The worked example of Lucey et al. 2011 (UNBC-McMaster): AU4a + AU6d + AU7d + AU43 gives 1 + max(4, 4) + 0 + 1.
    assert pspi({"AU4": 1, "AU6": 4, "AU7": 4, "AU43": 1}) == 6


def test_pspi_reaches_16_in_letters_and_13_in_the_papers_range():
    strongest = {name: int(maximum) for name, maximum in ACTION_MAXIMUM.items()}
    assert pspi(strongest) == 16
    assert pspi_0_to_13(strongest) == 13


@pytest.mark.parametrize(("vas", "grade"), [(0, 0), (1, 1), (3, 1), (4, 2), (6, 2), (7, 3), (8, 3), (9, 4), (10, 4)])
def test_grades_follow_the_vas_ranges_of_yang_2024(vas, grade):
    assert grade_of_vas(vas) == grade


@pytest.mark.parametrize(
    ("vas", "label"),
    [(0, 0), (1, 0), (2, 2), (3, 2), (4, 4), (5, 6), (6, 6), (7, 8), (8, 8), (9, 10), (10, 10)],
)
def test_six_levels_follow_the_score_ranges_of_chen_2023(vas, label):
    assert six_level_of_vas(vas) == label


def test_sleep_is_no_pain_and_the_documented_example_is_severe():
    assert grade_of_pspi(pspi({"AU43": 1})) is Grade.NO_PAIN
    assert grade_of_pspi(pspi({"AU4": 3, "AU7": 3, "AU10": 2})) is Grade.SEVERE


@given(CODES, st.sampled_from(PSPI_ACTIONS))
def test_more_of_an_action_never_lowers_pspi_or_grade(codes, name):
    more = codes | {name: min(codes[name] + 1, int(ACTION_MAXIMUM[name]))}
    assert pspi(more) >= pspi(codes)
    assert pspi_0_to_13(more) >= pspi_0_to_13(codes)
    assert grade_of_pspi(pspi(more)) >= grade_of_pspi(pspi(codes))


@pytest.mark.parametrize("actions", [{"AU12": 1}, {"AU4": 6}, {"AU4": -1}, {"AU43": 2}])
def test_an_action_that_cannot_be_is_refused_by_name(actions):
    with pytest.raises(UnknownActionError, match=next(iter(actions))):
        pspi(actions)


def test_a_mapping_whose_knots_do_not_rise_is_refused():
    with pytest.raises(ValueError, match="rise"):
        VasMapping(pspi_knots=(0, 4, 4), vas_knots=(0, 3, 6))


@pytest.mark.parametrize("vas", [-1, 10.1, float("nan")])
def test_a_vas_outside_the_scale_is_refused(vas):
    with pytest.raises(ValueError, match="0 to 10"):
        grade_of_vas(vas)
