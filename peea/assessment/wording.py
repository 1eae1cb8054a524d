"""The sentences: what a nurse reads aloud, what the patient's face was like, and what to do when it was not seen.

Words are those of the ward: patient, recording, grade; short sentences; numbers with their unit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from peea.assessment.values import Assessment
from peea.faces import Problem
from peea.scales import GRADE_NAMES, Context, Grade

PRELIMINARY: Final = "Preliminary: please confirm."

CONTEXT_PHRASES: Final[Mapping[Context, str]] = {
    Context.REST: "at rest",
    Context.TURNING: "while turning over",
    Context.TRANSFER: "during the transfer to the bed",
    Context.LEG_FLEXION: "while bending and stretching the leg",
    Context.STRAIGHT_LEG_RAISE: "during the straight-leg raise",
    Context.STANDING: "while standing at the bedside",
}


@dataclass(frozen=True)
class ProblemWording:
    """What stood in the way, as the middle of a sentence ("too dark in 78 % of ..."), and what to do about it."""

    what: str
    advice: str


PROBLEM_WORDINGS: Final[Mapping[Problem, ProblemWording]] = {
    Problem.NO_FACE: ProblemWording(
        "no face was seen", "Point the camera at the face from 1 to 1.5 m and record again, or rate by hand."
    ),
    Problem.TOO_DARK: ProblemWording("too dark", "Switch on the bedside light and record again, or rate by hand."),
    Problem.TOO_BRIGHT: ProblemWording(
        "too bright", "Turn the lamp aside or close the curtain and record again, or rate by hand."
    ),
    Problem.COVERED: ProblemWording(
        "the face was covered", "Uncover the face where care allows it and record again, or rate by hand."
    ),
    Problem.TURNED_AWAY: ProblemWording(
        "the face was turned away", "Move the camera to where the patient looks and record again, or rate by hand."
    ),
    Problem.CUT_OFF: ProblemWording(
        "the face reached past the edge of the picture",
        "Move the camera until the whole face is in the picture and record again, or rate by hand.",
    ),
    Problem.TOO_SMALL: ProblemWording(
        "the face was too small", "Bring the camera to 1 to 1.5 m from the face and record again, or rate by hand."
    ),
    Problem.BLURRED: ProblemWording(
        "the picture was blurred", "Stand the camera still, wipe its lens and record again, or rate by hand."
    ),
}

PICTURES_MISSING: Final = ProblemWording(
    "pictures are missing", "Record again, or rate by hand. If it happens again, have the camera checked."
)

REMARK_FROM_SHARE: Final = 0.05
"""Share of the recording from which dim light or other faces are worth a sentence; less is a frame or two."""

COVERAGE_REMARK_BELOW: Final = 0.8
"""Coverage below which an assessable recording gets a sentence that says how much of it was graded."""


def seconds_text(seconds: float) -> str:
    """Return seconds as staff read them: one decimal below 10 s, whole seconds from there on.

    >>> seconds_text(6.234), seconds_text(21.04)
    ('6.2 s', '21 s')
    """
    return f"{seconds:.1f} s" if round(seconds, 1) < 10 else f"{seconds:.0f} s"


def percent_text(share: float) -> str:
    """Return a share 0-1 in percent; never rounded to all or nothing when it is not.

    >>> percent_text(0.776), percent_text(0.999), percent_text(0.001)
    ('78 %', '99 %', '1 %')
    """
    percent = round(100 * share)
    if 0 < share < 1:
        percent = min(99, max(1, percent))
    return f"{percent} %"


def result_sentence(assessment: Assessment) -> str:
    """Return the result as the sentence that a nurse can read aloud, or why there is none and what to do."""
    timeline = assessment.timeline
    if timeline.report_grade is None:
        return _refusal(assessment)
    where = f" {CONTEXT_PHRASES[assessment.context]}" if assessment.context else ""
    length = seconds_text(timeline.duration_s)
    grade = timeline.report_grade
    if _pain_without_grade(assessment):
        # The rule reports grade 0, but "no pain expression" would not be true of this face.
        unsettled = seconds_text(timeline.unsettled_pain_s)
        first = f"Pain expression for {unsettled} of {length}{where}, but no grade held long enough to be reported."
    elif grade is Grade.NO_PAIN:
        first = f"No pain expression in {length}{where}."
    else:
        held = seconds_text(timeline.seconds[grade])
        first = f"{GRADE_NAMES[grade]} pain expression, held for {held} of {length}{where}."
    peak = timeline.peak_grade
    sentences = [first]
    if peak is not None and peak > grade:
        sentences.append(f"Highest: {GRADE_NAMES[peak].lower()}, {seconds_text(timeline.seconds[peak])}.")
    return " ".join([*sentences, PRELIMINARY])


def remarks(assessment: Assessment) -> tuple[str, ...]:
    """Return what should be said beside the result, each a sentence; most important first, often none."""
    timeline = assessment.timeline
    said: list[str] = []
    if assessment.interrupted:
        said.append("The recording ended early; this is what was graded until then.")
    if _pain_without_grade(assessment):
        said.append("Ask the patient, and record again or rate by hand.")
    elif timeline.report_grade is Grade.NO_PAIN:
        said.append("A calm face does not rule out pain: ask the patient.")
    elif timeline.assessable and timeline.unsettled_pain_s >= assessment.rules.least_pain_s:
        unsettled = seconds_text(timeline.unsettled_pain_s)
        said.append(f"Besides, pain expression that changed too quickly for one grade to hold: {unsettled}.")
    if timeline.assessable and timeline.coverage < COVERAGE_REMARK_BELOW:
        wording = _main_wording(assessment)[0]
        said.append(f"Graded in {percent_text(timeline.coverage)} of the recording; for the rest, {wording.what}.")
    graded = [record for record in assessment.frames if record.probabilities is not None]
    dim = sum(record.dim for record in graded) / len(graded) if graded else 0.0
    if dim >= REMARK_FROM_SHARE:
        said.append(f"The light was dim in {percent_text(dim)} of the graded frames: look at the patient yourself.")
    others = sum(record.other_faces > 0 for record in assessment.frames) / max(1, len(assessment.frames))
    if others >= REMARK_FROM_SHARE:
        said.append(
            f"Another face was in the picture in {percent_text(others)} of the recording: check that the marked face "
            "is the patient's."
        )
    return tuple(said)


def _pain_without_grade(assessment: Assessment) -> bool:
    """True if there was as much pain expression as a report needs, but none of it stable."""
    timeline = assessment.timeline
    return timeline.report_grade is Grade.NO_PAIN and timeline.unsettled_pain_s >= assessment.rules.least_pain_s


def _main_wording(assessment: Assessment) -> tuple[ProblemWording, float]:
    """What cost most time, and its share of the recording: the main problem, or missing pictures."""
    timeline = assessment.timeline
    problem = timeline.main_problem
    lost_s = timeline.problem_seconds[problem] if problem is not None else 0.0
    duration_s = timeline.duration_s
    if problem is None or timeline.missing_s > lost_s:
        return PICTURES_MISSING, timeline.missing_s / duration_s if duration_s > 0 else 1.0
    return PROBLEM_WORDINGS[problem], lost_s / duration_s if duration_s > 0 else 1.0


def _refusal(assessment: Assessment) -> str:
    wording, share = _main_wording(assessment)
    return f"Could not be assessed: {wording.what} in {percent_text(share)} of the recording. {wording.advice}"
