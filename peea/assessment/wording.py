"""The sentences: what a nurse reads aloud, what the patient's face was like, and what to do when it was not seen.

Words are those of the ward: patient, recording, grade; short sentences; numbers with their unit. Each sentence is whole
in the catalogues of `peea.language`, so that another language can put its parts in its own order.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from peea.assessment.values import Assessment
from peea.faces import Problem
from peea.language import Names, joined, later, t
from peea.scales import GRADE_NAMES, Context, Grade

PRELIMINARY: Final = later("Preliminary: please confirm.")

CONTEXT_PHRASES: Final[Mapping[Context, str]] = Names(
    {
        Context.REST: later("at rest"),
        Context.TURNING: later("while turning over"),
        Context.TRANSFER: later("during the transfer to the bed"),
        Context.LEG_FLEXION: later("while bending and stretching the leg"),
        Context.STRAIGHT_LEG_RAISE: later("during the straight-leg raise"),
        Context.STANDING: later("while standing at the bedside"),
    }
)


@dataclass(frozen=True)
class ProblemWording:
    """What stood in the way, as the middle of a sentence ("too dark in 78 % of ..."), and what to do about it.

    Both answer in the current language; the fields are the English that the catalogues translate.
    """

    english: str
    english_advice: str

    @property
    def what(self) -> str:
        return t(self.english)

    @property
    def advice(self) -> str:
        return t(self.english_advice)


PROBLEM_WORDINGS: Final[Mapping[Problem, ProblemWording]] = {
    Problem.NO_FACE: ProblemWording(
        later("no face was seen"),
        later("Point the camera at the face from 1 to 1.5 m and record again, or rate by hand."),
    ),
    Problem.TOO_DARK: ProblemWording(
        later("too dark"), later("Switch on the bedside light and record again, or rate by hand.")
    ),
    Problem.TOO_BRIGHT: ProblemWording(
        later("too bright"), later("Turn the lamp aside or close the curtain and record again, or rate by hand.")
    ),
    Problem.COVERED: ProblemWording(
        later("the face was covered"), later("Uncover the face where care allows it and record again, or rate by hand.")
    ),
    Problem.TURNED_AWAY: ProblemWording(
        later("the face was turned away"),
        later("Move the camera to where the patient looks and record again, or rate by hand."),
    ),
    Problem.CUT_OFF: ProblemWording(
        later("the face reached past the edge of the picture"),
        later("Move the camera until the whole face is in the picture and record again, or rate by hand."),
    ),
    Problem.TOO_SMALL: ProblemWording(
        later("the face was too small"),
        later("Bring the camera to 1 to 1.5 m from the face and record again, or rate by hand."),
    ),
    Problem.BLURRED: ProblemWording(
        later("the picture was blurred"),
        later("Stand the camera still, wipe its lens and record again, or rate by hand."),
    ),
}

PICTURES_MISSING: Final = ProblemWording(
    later("pictures are missing"), later("Record again, or rate by hand. If it happens again, have the camera checked.")
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
    return t("{number} s", number=f"{seconds:.1f}" if round(seconds, 1) < 10 else f"{seconds:.0f}")


def percent_text(share: float) -> str:
    """Return a share 0-1 in percent; never rounded to all or nothing when it is not.

    >>> percent_text(0.776), percent_text(0.999), percent_text(0.001)
    ('78 %', '99 %', '1 %')
    """
    percent = round(100 * share)
    if 0 < share < 1:
        percent = min(99, max(1, percent))
    return t("{number} %", number=percent)


def result_sentence(assessment: Assessment, preliminary: bool = True) -> str:
    """Return the result as the sentence that a nurse can read aloud, or why there is none and what to do.

    Args:
        assessment: what was found.
        preliminary: no clinician has decided about it yet; the sentence then asks for that.
    """
    timeline = assessment.timeline
    if timeline.report_grade is None:
        return _refusal(assessment)
    sentences = [_finding(assessment, timeline.report_grade)]
    peak = timeline.peak_grade
    if peak is not None and peak > timeline.report_grade:
        held = seconds_text(timeline.seconds[peak])
        sentences.append(t("Highest: {grade}, {held}.", grade=GRADE_NAMES[peak].lower(), held=held))
    return joined([*sentences, t(PRELIMINARY) if preliminary else ""])


def _finding(assessment: Assessment, grade: Grade) -> str:
    """Return what the face showed, with what the patient did where that is known."""
    timeline, context = assessment.timeline, assessment.context
    length = seconds_text(timeline.duration_s)
    if _pain_without_grade(assessment):
        # The rule reports grade 0, but "no pain expression" would not be true of this face.
        unsettled = seconds_text(timeline.unsettled_pain_s)
        if context is None:
            return t(
                "Pain expression for {unsettled} of {length}, but no grade held long enough to be reported.",
                unsettled=unsettled,
                length=length,
            )
        return t(
            "Pain expression for {unsettled} of {length} {context}, but no grade held long enough to be reported.",
            unsettled=unsettled,
            length=length,
            context=CONTEXT_PHRASES[context],
        )
    if grade is Grade.NO_PAIN:
        if context is None:
            return t("No pain expression in {length}.", length=length)
        return t("No pain expression in {length} {context}.", length=length, context=CONTEXT_PHRASES[context])
    held, name = seconds_text(timeline.seconds[grade]), GRADE_NAMES[grade]
    if context is None:
        return t("{grade} pain expression, held for {held} of {length}.", grade=name, held=held, length=length)
    return t(
        "{grade} pain expression, held for {held} of {length} {context}.",
        grade=name,
        held=held,
        length=length,
        context=CONTEXT_PHRASES[context],
    )


def remarks(assessment: Assessment) -> tuple[str, ...]:
    """Return what should be said beside the result, each a sentence; most important first, often none."""
    timeline = assessment.timeline
    said: list[str] = []
    if assessment.interrupted:
        said.append(t("The recording ended early; this is what was graded until then."))
    if _pain_without_grade(assessment):
        said.append(t("Ask the patient, and record again or rate by hand."))
    elif timeline.report_grade is Grade.NO_PAIN:
        said.append(t("A calm face does not rule out pain: ask the patient."))
    elif timeline.assessable and timeline.unsettled_pain_s >= assessment.rules.least_pain_s:
        unsettled = seconds_text(timeline.unsettled_pain_s)
        said.append(
            t(
                "Besides, pain expression that changed too quickly for one grade to hold: {unsettled}.",
                unsettled=unsettled,
            )
        )
    if timeline.assessable and timeline.coverage < COVERAGE_REMARK_BELOW:
        wording = _main_wording(assessment)[0]
        said.append(
            t(
                "Graded in {share} of the recording; for the rest, {what}.",
                share=percent_text(timeline.coverage),
                what=wording.what,
            )
        )
    graded = [record for record in assessment.frames if record.probabilities is not None]
    dim = sum(record.dim for record in graded) / len(graded) if graded else 0.0
    if dim >= REMARK_FROM_SHARE:
        said.append(
            t(
                "The light was dim in {share} of the graded frames: look at the patient yourself.",
                share=percent_text(dim),
            )
        )
    others = sum(record.other_faces > 0 for record in assessment.frames) / max(1, len(assessment.frames))
    if others >= REMARK_FROM_SHARE:
        said.append(
            t(
                "Another face was in the picture in {share} of the recording: check that the marked face is the "
                "patient's.",
                share=percent_text(others),
            )
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
    why = t("Could not be assessed: {what} in {share} of the recording.", what=wording.what, share=percent_text(share))
    return joined([why, wording.advice])
