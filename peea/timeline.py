"""Frame grades -> stable episodes -> report grade. Pure: times in seconds in, a `Timeline` out.

A grade counts only once it has held for a stable, continuous run of frames, and the report is the pain grade that lasted
longest [P, section on grading a video].
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from peea.faces import Problem
from peea.scales import Grade


@dataclass(frozen=True)
class Moment:
    """One frame as the timeline sees it: a grade, or the reason why there is none (exactly one of them is set)."""

    time_s: float
    grade: Grade | None
    problem: Problem | None = None


@dataclass(frozen=True)
class Episode:
    """A stretch of the recording over which one grade was stable. Seconds of the recording; end_s is exclusive."""

    grade: Grade
    start_s: float
    end_s: float

    @property
    def duration_s(self) -> float:
        return self.end_s - self.start_s


@dataclass(frozen=True)
class Timeline:
    """The graded course of one recording.

    Attributes:
        episodes: stable episodes in order of time, not overlapping.
        duration_s: length of the recording.
        coverage: share of the duration with a usable face, 0-1.
        report_grade: the pain grade with the longest stable time if stable pain lasted long enough in all, otherwise
            0; None if the recording cannot be assessed.
        peak_grade: the highest stable grade; None if there is no episode or the recording cannot be assessed.
        seconds: stable seconds of each grade.
        shares: those seconds as shares of the duration, 0-1.
        problem_seconds: seconds lost to each problem.
        main_problem: the problem that cost most time, if any frame was unusable.
    """

    episodes: tuple[Episode, ...]
    duration_s: float
    coverage: float
    report_grade: Grade | None
    peak_grade: Grade | None
    seconds: Mapping[Grade, float]
    shares: Mapping[Grade, float]
    problem_seconds: Mapping[Problem, float]
    main_problem: Problem | None

    @property
    def assessable(self) -> bool:
        return self.report_grade is not None
