"""The sentences that staff read, word for word."""

from __future__ import annotations

from dataclasses import replace

import pytest

from peea.assessment import Assessment, remarks, result_sentence
from peea.assessment.wording import CONTEXT_PHRASES, PROBLEM_WORDINGS, percent_text, seconds_text
from peea.faces import Problem
from peea.scales import GRADES, Context
from peea.settings import StabilityRules
from peea.timeline import Moment, build_timeline
from tests.factories import made_up_assessment

CALM, MILD, OBVIOUS, SEVERE, INTENSE = GRADES


def assessment_of(*course, context=Context.TURNING, duration_s=None, **options) -> Assessment:
    """An assessment whose timeline follows the real rules."""
    made = made_up_assessment(course, context=context, frame_rate=20, **options)
    moments, states = [], [state for state, seconds in course for _ in range(round(20 * seconds))]
    for frame, state in zip(made.frames, states, strict=True):
        moments.append(Moment(frame.time_s, None if isinstance(state, Problem) else state, frame.problem))
    return replace(made, timeline=build_timeline(moments, StabilityRules(), duration_s))


@pytest.mark.parametrize(
    ("course", "context", "sentence"),
    [
        (
            [(CALM, 13.7), (SEVERE, 6.2), (INTENSE, 1.1)],
            Context.TURNING,
            "Severe pain expression, held for 6.2 s of 21 s while turning over. Highest: intense, 1.1 s. "
            "Preliminary: please confirm.",
        ),
        (
            [(CALM, 2), (MILD, 12.4), (CALM, 6)],
            Context.REST,
            "Mild pain expression, held for 12 s of 20 s at rest. Preliminary: please confirm.",
        ),
        ([(CALM, 21)], None, "No pain expression in 21 s. Preliminary: please confirm."),
        (
            [(CALM, 8), (OBVIOUS, 0.7), (CALM, 1)],
            Context.STANDING,
            "No pain expression in 9.7 s while standing at the bedside. Highest: obvious, 0.7 s. "
            "Preliminary: please confirm.",
        ),
        (
            [(CALM, 4.4), (Problem.TOO_DARK, 15.6)],
            Context.TURNING,
            "Could not be assessed: too dark in 78 % of the recording. Switch on the bedside light and record again, "
            "or rate by hand.",
        ),
        (
            [(Problem.NO_FACE, 20)],
            None,
            "Could not be assessed: no face was seen in 100 % of the recording. Point the camera at the face from "
            "1 to 1.5 m and record again, or rate by hand.",
        ),
    ],
)
def test_the_result_in_one_sentence(course, context, sentence):
    assert result_sentence(assessment_of(*course, context=context)) == sentence


def test_a_recording_that_broke_off_says_so():
    assessment = replace(assessment_of((SEVERE, 6), duration_s=20), interrupted=True)
    assert result_sentence(assessment).startswith(
        "Could not be assessed: pictures are missing in 70 % of the recording. Record again"
    )
    assert remarks(assessment)[0] == "The recording ended early; this is what was graded until then."


@pytest.mark.parametrize("problem", list(Problem))
def test_every_problem_says_what_to_do_and_offers_the_manual_route(problem):
    assessment = assessment_of((CALM, 4), (problem, 6))
    wording = PROBLEM_WORDINGS[problem]
    assert result_sentence(assessment) == (
        f"Could not be assessed: {wording.what} in 60 % of the recording. {wording.advice}"
    )
    assert "rate by hand" in wording.advice


def test_every_context_has_its_phrase():
    sentences = {result_sentence(assessment_of((CALM, 5), context=context)) for context in Context}
    assert len(sentences) == len(Context)
    assert set(CONTEXT_PHRASES) == set(Context)


class TestRemarks:
    def test_there_is_nothing_to_say_of_a_plain_result(self):
        assert remarks(assessment_of((SEVERE, 10))) == ()

    def test_a_calm_face_does_not_rule_out_pain(self):
        assert remarks(assessment_of((CALM, 10))) == ("A calm face does not rule out pain: ask the patient.",)

    def test_dim_light(self):
        assert remarks(assessment_of((SEVERE, 10), dim=True)) == (
            "The light was dim in 100 % of the graded frames: look at the patient yourself.",
        )

    def test_other_faces(self):
        made = assessment_of((SEVERE, 10))
        crowded = replace(made, frames=tuple(replace(frame, other_faces=k < 50) for k, frame in enumerate(made.frames)))
        assert remarks(crowded) == (
            "Another face was in the picture in 25 % of the recording: check that the marked face is the patient's.",
        )
        briefly = replace(made, frames=tuple(replace(frame, other_faces=k < 5) for k, frame in enumerate(made.frames)))
        assert remarks(briefly) == ()

    def test_pain_that_never_settled_is_not_called_no_pain(self):
        assessment = assessment_of(*[(grade, 0.2) for _ in range(8) for grade in (OBVIOUS, SEVERE)])
        assert result_sentence(assessment) == (
            "Pain expression for 3.2 s of 3.2 s while turning over, but no grade held long enough to be reported. "
            "Preliminary: please confirm."
        )
        assert remarks(assessment) == ("Ask the patient, and record again or rate by hand.",)

    def test_unsettled_pain_beside_a_grade(self):
        flicker = [(grade, 0.2) for _ in range(4) for grade in (OBVIOUS, SEVERE)]
        assert remarks(assessment_of((SEVERE, 5), (CALM, 1), *flicker)) == (
            "Besides, pain expression that changed too quickly for one grade to hold: 1.6 s.",
        )

    def test_low_coverage(self):
        assert remarks(assessment_of((SEVERE, 6), (Problem.TURNED_AWAY, 4))) == (
            "Graded in 60 % of the recording; for the rest, the face was turned away.",
        )


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0.0 s"), (0.04, "0.0 s"), (6.25, "6.2 s"), (9.94, "9.9 s"), (9.96, "10 s"), (21.4, "21 s")],
)
def test_seconds(seconds, text):
    assert seconds_text(seconds) == text


@pytest.mark.parametrize(
    ("share", "text"), [(0, "0 %"), (0.0001, "1 %"), (0.5, "50 %"), (0.9999, "99 %"), (1, "100 %")]
)
def test_percent_is_never_rounded_to_all_or_nothing(share, text):
    assert percent_text(share) == text
