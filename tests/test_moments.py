"""Which moment is shown first, and what is said of it."""

import pytest

from peea.faces import Problem
from peea.moments import (
    PROBLEM_NAMES,
    confidence_words,
    grade_of_frame,
    lost_words,
    moment_words,
    nearest_frame,
    telling_moment,
)
from peea.scales import Grade
from tests.factories import frame_record, made_up_assessment


def test_the_middle_of_the_highest_stable_grade_is_shown_first():
    frame = telling_moment(made_up_assessment())
    assert grade_of_frame(frame).grade is Grade.INTENSE
    assert frame.time_s == pytest.approx(13.6, abs=0.05)


def test_without_any_stable_grade_the_middle_of_the_recording_is_shown():
    assert telling_moment(made_up_assessment([(Problem.NO_FACE, 20.0)])).time_s == pytest.approx(10.0, abs=0.05)


def test_of_two_equally_near_frames_the_earlier_one_is_taken():
    assessment = made_up_assessment([(Grade.MILD, 2.0)], frame_rate=1)
    assert nearest_frame(assessment, 0.5).time_s == 0
    assert nearest_frame(assessment, 99).time_s == 1


def test_an_assessment_without_frames_has_no_moment():
    with pytest.raises(ValueError, match="no frames"):
        telling_moment(made_up_assessment([]))


@pytest.mark.parametrize("problem", list(Problem))
def test_every_problem_has_a_short_name_and_is_said(problem):
    assert len(PROBLEM_NAMES[problem]) <= 14
    assert moment_words(frame_record(1.0, problem)) == f"1.0 s: no grade, {PROBLEM_NAMES[problem].lower()}"


def test_confidence_is_told_by_counting_and_never_claims_all():
    assert "8 of 10" in confidence_words(0.76)
    assert "10 of 10" not in confidence_words(1.0)
    assert "more than 9 of 10" in confidence_words(1.0)


def test_what_was_lost_is_listed_the_longest_first():
    course = [(Problem.TOO_DARK, 1.0), (Grade.MILD, 10.0), (Problem.TURNED_AWAY, 2.5)]
    assert lost_words(made_up_assessment(course).timeline) == "Not graded: turned away 2.5 s, too dark 1.0 s."
    assert lost_words(made_up_assessment([(Grade.MILD, 5.0)]).timeline) == ""
