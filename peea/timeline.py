"""Frame grades -> stable episodes -> report grade. Pure: times in seconds in, a `Timeline` out.

A grade counts only once it has held for a stable, continuous run of frames, and the report is the pain grade that
lasted longest [P, section on grading a video]. The rule, step by step (the settings are those of `StabilityRules`):

1. *Hold.* A frame holds until the next one, the last for the median frame interval. Where the next frame is more than
   `bridge_s` away, frames are missing: the frame holds for the median interval and the rest is a gap, not a grade.
2. *Runs.* Neighbours of one grade form a run. Unusable or missing time of up to `bridge_s` between two runs of one
   grade is bridged: they are one run.
3. *Stable.* A run that lasted `stable_s` and rests on two frames or more is a stable episode; others are unsettled.
4. *Join.* Stable episodes of one grade with nothing stable between them, and at most `bridge_s`, are one episode.
5. *Report.* Of the pain grades 1-4 the one with the longest stable time (of equals the higher), if stable pain lasted
   `least_pain_s` in all; otherwise grade 0. With usable faces in less than `least_coverage` of the time: no report.

What the camera does to the report: another frame rate moves the ends of a run by up to one frame interval, dropped
frames by up to the gap they leave (below `bridge_s`). The report stays the same as long as no run comes within that of
`stable_s`, and no two sums of seconds within twice that for each change of grade.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from peea.face_grade import FrameGrade
from peea.faces import Problem
from peea.scales import GRADES, PAIN_GRADES, Grade
from peea.settings import StabilityRules

TIME_TOLERANCE_S: Final = 0.002
"""Seconds by which a time may miss a threshold and still meet it: mkv and webm store times in whole milliseconds, so a
run of 0.5 s may read 0.499 s, and in floating point 0.7 - 0.2 is less than 0.5."""

LEAST_FRAMES_OF_AN_EPISODE: Final = 2
"""A single frame never makes an episode, however long the pause after it."""


class MomentOrderError(ValueError):
    """The moments of a recording do not rise in time, or one of them is not a time."""


@dataclass(frozen=True)
class Moment:
    """One frame as the timeline sees it: a grade, or the reason why there is none (exactly one of them is set)."""

    time_s: float
    grade: Grade | None
    problem: Problem | None = None

    def __post_init__(self) -> None:
        if (self.grade is None) == (self.problem is None):
            raise ValueError(
                f"the frame at {self.time_s} s needs either a grade or a problem; got {self.grade} and {self.problem}"
            )


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
        problem_seconds: seconds lost to each problem that occurred, in the order of `Problem`.
        main_problem: the problem that cost most time, if any frame was unusable.
        missing_s: seconds for which there was no frame at all (dropped frames, a recording cut off).
        unsettled_pain_s: seconds of usable frames with a pain grade that never became stable.
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
    missing_s: float = 0.0
    unsettled_pain_s: float = 0.0

    @property
    def assessable(self) -> bool:
        return self.report_grade is not None


@dataclass(frozen=True)
class _Stretch:
    """A piece of the recording with one grade, one problem, or (both None) no frame at all."""

    start_s: float
    end_s: float
    grade: Grade | None
    problem: Problem | None
    frames: int

    @property
    def duration_s(self) -> float:
        return self.end_s - self.start_s


def build_timeline(moments: Sequence[Moment], rules: StabilityRules, duration_s: float | None = None) -> Timeline:
    """Return the stable episodes and the report of one recording, by the rule at the head of this module.

    Args:
        moments: the frames in order of time, at least one.
        rules: the thresholds.
        duration_s: length of the recording, counted from the first frame, where it is known from elsewhere (a planned
            live recording, the file's header): time after the last frame is then missing. By default the recording
            ends with the last frame; a length shorter than the frames' own is ignored.

    Raises:
        MomentOrderError: no moments, times that do not rise, or times that are not finite.

    >>> calm, severe = ([Moment(t / 10, grade) for t in range(a, b)] for grade, a, b in ((Grade(0), 0, 20),
    ...                                                                                (Grade(3), 20, 50)))
    >>> timeline = build_timeline(calm + severe, StabilityRules())
    >>> timeline.report_grade, round(timeline.seconds[Grade.SEVERE], 3)
    (<Grade.SEVERE: 3>, 3.0)
    """
    stretches = _holds(moments, rules, duration_s)
    duration = stretches[-1].end_s - stretches[0].start_s
    usable_s = sum(stretch.duration_s for stretch in stretches if stretch.grade is not None)
    problem_seconds = {
        problem: sum(stretch.duration_s for stretch in stretches if stretch.problem is problem)
        for problem in Problem
        if any(stretch.problem is problem for stretch in stretches)
    }
    episodes = _joined(_stable(_runs(stretches, rules), rules), rules)
    seconds = {grade: sum(episode.duration_s for episode in episodes if episode.grade is grade) for grade in GRADES}
    assessable = usable_s > 0 and usable_s + TIME_TOLERANCE_S >= rules.least_coverage * duration
    return Timeline(
        episodes=episodes,
        duration_s=duration,
        coverage=min(1.0, usable_s / duration) if duration > 0 else 0.0,
        report_grade=_report_grade(seconds, rules) if assessable else None,
        peak_grade=max((episode.grade for episode in episodes), default=None) if assessable else None,
        seconds=seconds,
        shares={grade: min(1.0, held / duration) if duration > 0 else 0.0 for grade, held in seconds.items()},
        problem_seconds=problem_seconds,
        main_problem=max(problem_seconds, key=lambda problem: problem_seconds[problem], default=None),
        missing_s=sum(stretch.duration_s for stretch in stretches if stretch.frames == 0),
        unsettled_pain_s=_unsettled_pain_s(stretches, episodes),
    )


def frame_interval_s(times_s: Sequence[float]) -> float:
    """Return the median interval between frames in seconds; 0.0 for fewer than two frames.

    >>> frame_interval_s([0.0, 0.04, 0.08, 0.5])
    0.04
    """
    return float(np.median(np.diff(times_s))) if len(times_s) > 1 else 0.0


def smoothed_grades(frame_grades: Sequence[FrameGrade], window_s: float) -> list[Grade]:
    """Return the grade of each frame after a centred mean of the probabilities over `window_s` seconds.

    A grader that sees single frames errs in single frames: a blink, a syllable, a compression artefact between two
    grades flips the most probable grade to and fro, and the flicker would keep a run from becoming stable although the
    face hardly moved. A mean over a window shorter than `stable_s` outvotes such frames and leaves the ends of real
    episodes where they are, since it is centred. Frames count by the time they hold (at most the window), so that the
    result does not depend on the frame rate. Unusable frames are no part of the input and have no vote.

    Args:
        frame_grades: the usable frames in order of time.
        window_s: width of the window in seconds; 0 leaves each frame its own grade.
    """
    times_s = np.array([frame_grade.time_s for frame_grade in frame_grades])
    probabilities = np.array([frame_grade.probabilities for frame_grade in frame_grades], dtype=np.float64)
    return most_probable_grades(times_s, probabilities.reshape(-1, len(GRADES)), window_s)


def most_probable_grades(times: np.ndarray, probabilities: np.ndarray, window_s: float) -> list[Grade]:
    """Return what `smoothed_grades` does, of times (N,) and probabilities (N, 5)."""
    if window_s <= 0 or len(times) < 2:
        # Of equal probabilities the lower grade, as for a single frame: argmax takes the first.
        return [Grade(int(most_probable)) for most_probable in np.argmax(probabilities, axis=1)]
    holds = np.minimum(np.append(np.diff(times), frame_interval_s(times.tolist())), window_s)
    # Integral of the held probabilities up to each frame's start and end; between two frames that are further apart
    # than they hold, the integral stands still. Its rise over a window is the mean but for a factor.
    before = np.vstack([np.zeros(probabilities.shape[1]), np.cumsum(probabilities * holds[:, None], axis=0)])
    knots = np.column_stack([times, times + holds]).ravel()
    integral = np.column_stack([before[:-1], before[1:]]).reshape(len(knots), -1)
    centres = times + holds / 2
    first, last = centres - window_s / 2, centres + window_s / 2
    sums = np.column_stack([np.interp(last, knots, column) - np.interp(first, knots, column) for column in integral.T])
    return [Grade(int(most_probable)) for most_probable in np.argmax(sums, axis=1)]


def _holds(moments: Sequence[Moment], rules: StabilityRules, duration_s: float | None) -> list[_Stretch]:
    """Step 1: what each frame holds, and the missing time between, as stretches without a hole."""
    times = [moment.time_s for moment in moments]
    if not times:
        raise MomentOrderError("a timeline needs at least one frame; got none")
    for earlier, later in zip([-np.inf, *times], times, strict=False):
        if not np.isfinite(later) or later <= earlier:
            raise MomentOrderError(f"the frames of a recording must rise in time; got {later} s after {earlier} s")
    interval = frame_interval_s(times)
    end = max(times[-1] + interval, times[0] + (duration_s or 0.0))
    stretches: list[_Stretch] = []
    for moment, following in zip(moments, [*times[1:], end], strict=True):
        held_until = following
        if following - moment.time_s > rules.bridge_s + TIME_TOLERANCE_S:
            held_until = min(following, moment.time_s + min(interval, rules.bridge_s))
        stretches.append(_Stretch(moment.time_s, held_until, moment.grade, moment.problem, frames=1))
        if held_until < following:
            stretches.append(_Stretch(held_until, following, None, None, frames=0))
    return stretches


def _runs(stretches: Sequence[_Stretch], rules: StabilityRules) -> list[_Stretch]:
    """Step 2: graded runs, bridged over unusable and missing time; that time itself is dropped."""
    runs: list[_Stretch] = []
    for stretch in stretches:
        if stretch.grade is None:
            continue
        last = runs[-1] if runs else None
        if last and last.grade is stretch.grade and _within(stretch.start_s - last.end_s, rules.bridge_s):
            runs[-1] = _Stretch(last.start_s, stretch.end_s, last.grade, None, last.frames + stretch.frames)
        else:
            runs.append(stretch)
    return runs


def _stable(runs: Sequence[_Stretch], rules: StabilityRules) -> list[Episode]:
    """Step 3: the runs that held long enough."""
    return [
        Episode(run.grade, run.start_s, run.end_s)
        for run in runs
        if run.grade is not None
        and run.frames >= LEAST_FRAMES_OF_AN_EPISODE
        and _within(rules.stable_s, run.duration_s)
    ]


def _joined(episodes: Sequence[Episode], rules: StabilityRules) -> tuple[Episode, ...]:
    """Step 4: stable episodes of one grade with only a short unsettled time between them are one."""
    joined: list[Episode] = []
    for episode in episodes:
        last = joined[-1] if joined else None
        if last and last.grade is episode.grade and _within(episode.start_s - last.end_s, rules.bridge_s):
            joined[-1] = Episode(episode.grade, last.start_s, episode.end_s)
        else:
            joined.append(episode)
    return tuple(joined)


def _report_grade(seconds: Mapping[Grade, float], rules: StabilityRules) -> Grade:
    """Step 5, for a recording with enough usable time."""
    pain_s = sum(seconds[grade] for grade in PAIN_GRADES)
    longest_s = max(seconds[grade] for grade in PAIN_GRADES)
    if longest_s <= 0 or not _within(rules.least_pain_s, pain_s):
        return Grade.NO_PAIN
    return max(grade for grade in PAIN_GRADES if _within(longest_s, seconds[grade]))


def _unsettled_pain_s(stretches: Sequence[_Stretch], episodes: Sequence[Episode]) -> float:
    """Seconds of pain grades outside every stable episode of any grade."""
    return sum(
        stretch.duration_s
        for stretch in stretches
        if stretch.grade in PAIN_GRADES
        and not any(episode.start_s <= stretch.start_s < episode.end_s for episode in episodes)
    )


def _within(seconds: float, limit_s: float) -> bool:
    return seconds <= limit_s + TIME_TOLERANCE_S
