"""One moment of a graded recording: which one to look at, and what to say of it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from peea.assessment import Assessment, FrameRecord
from peea.assessment.wording import seconds_text
from peea.face_grade import FaceGrade
from peea.faces import Problem
from peea.grade_style import GRADE_STYLES
from peea.language import Names, later, listed, t
from peea.timeline import Timeline

PROBLEM_NAMES: Final[Mapping[Problem, str]] = Names(
    {
        Problem.NO_FACE: later("No face"),
        Problem.TOO_DARK: later("Too dark"),
        Problem.TOO_BRIGHT: later("Too bright"),
        Problem.COVERED: later("Face covered"),
        Problem.TURNED_AWAY: later("Turned away"),
        Problem.CUT_OFF: later("Cut off"),
        Problem.TOO_SMALL: later("Too far away"),
        Problem.BLURRED: later("Blurred"),
    }
)
"""What stood in the way, short enough for a band of a chart."""

LEAST_MISSING_S: Final = 0.1
"""Seconds without any picture from which they are worth a word; less is the unevenness of a camera."""

NEARLY_SURE_FROM: Final = 0.95
"""Probability from which "10 of 10" would claim too much."""


def grade_of_frame(frame: FrameRecord) -> FaceGrade | None:
    """Return what the grader said of one frame, or None if the frame was not graded."""
    if frame.probabilities is None:
        return None
    return FaceGrade(frame.probabilities, frame.actions)


def moment_words(frame: FrameRecord) -> str:
    """Return time, grade and probability of one frame in a line, or why it has no grade."""
    time = f"{frame.time_s:.1f}"
    graded = grade_of_frame(frame)
    if graded is None:
        if frame.problem is None:
            return t("{time} s: no grade", time=time)
        return t("{time} s: no grade, {why}", time=time, why=PROBLEM_NAMES[frame.problem].lower())
    share = graded.probabilities[graded.grade]
    return t(
        "{time} s: {grade}, {share} %", time=time, grade=GRADE_STYLES[graded.grade].label, share=f"{100 * share:.0f}"
    )


def confidence_words(probability: float) -> str:
    """Return a calibrated probability as a sentence that can be checked by counting.

    >>> confidence_words(0.82), confidence_words(0.97)
    ('In 8 of 10 such frames the grade is right.', 'In more than 9 of 10 such frames the grade is right.')
    """
    if probability >= NEARLY_SURE_FROM:
        return t("In more than 9 of 10 such frames the grade is right.")
    return t("In {n} of 10 such frames the grade is right.", n=round(10 * probability))


def lost_words(timeline: Timeline) -> str:
    """Return what kept parts of the recording from being graded, the longest first; empty if nothing did."""
    lost = sorted(timeline.problem_seconds.items(), key=lambda item: -item[1])
    parts = [f"{PROBLEM_NAMES[problem].lower()} {seconds_text(seconds)}" for problem, seconds in lost if seconds > 0]
    if timeline.missing_s >= LEAST_MISSING_S:
        parts.append(t("pictures missing {seconds}", seconds=seconds_text(timeline.missing_s)))
    return t("Not graded: {parts}.", parts=listed(parts)) if parts else ""


def nearest_frame(assessment: Assessment, time_s: float) -> FrameRecord:
    """Return the frame nearest to a time; of two equally near, the earlier one.

    Raises:
        ValueError: the assessment has no frames.
    """
    if not assessment.frames:
        raise ValueError(f"the assessment of {assessment.recording} has no frames")
    return min(assessment.frames, key=lambda frame: abs(frame.time_s - time_s))


def telling_moment(assessment: Assessment) -> FrameRecord:
    """Return the frame to show first: the middle of the longest episode of the highest stable grade, else the middle.

    Raises:
        ValueError: the assessment has no frames.
    """
    episodes = assessment.timeline.episodes
    if not episodes:
        return nearest_frame(assessment, assessment.timeline.duration_s / 2)
    highest = max(episodes, key=lambda episode: (episode.grade, episode.duration_s))
    return nearest_frame(assessment, (highest.start_s + highest.end_s) / 2)
