"""The timeline's rule, by example at its edges and by property.

The report is a matter of seconds, and a picture taken every 1/n s knows each second only to 1/n. So the properties are
tested on courses away from ties: the margins are named where the courses are made.
"""

from __future__ import annotations

import random

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from peea.face_grade import FrameGrade
from peea.faces import Problem
from peea.scales import GRADES, PAIN_GRADES, Grade
from peea.settings import StabilityRules
from peea.timeline import Moment, MomentOrderError, Timeline, build_timeline, frame_interval_s, smoothed_grades

RULES = StabilityRules()
CALM, MILD, OBVIOUS, SEVERE, INTENSE = GRADES
State = Grade | Problem


def moments(*stretches: tuple[State, float], fps: float = 20.0, start_s: float = 0.0) -> list[Moment]:
    """Frames at a constant rate over a course of (grade or problem, seconds)."""
    course, end_s = [], 0.0
    for state, seconds in stretches:
        end_s += seconds
        course.append((end_s, state))
    made = []
    for k in range(round(end_s * fps)):
        # The middle of the frame's interval decides, so that a stretch of n intervals has n frames.
        state = next((state for until_s, state in course if (k + 0.5) / fps < until_s), course[-1][1])
        graded = isinstance(state, Grade)
        made.append(Moment(start_s + k / fps, state if graded else None, None if graded else state))
    return made


def timeline_of(*stretches: tuple[State, float], fps: float = 20.0, rules: StabilityRules = RULES) -> Timeline:
    return build_timeline(moments(*stretches, fps=fps), rules)


def spans(timeline: Timeline) -> list[tuple[Grade, float, float]]:
    return [(each.grade, round(each.start_s, 2), round(each.end_s, 2)) for each in timeline.episodes]


class TestStable:
    @pytest.mark.parametrize("fps", [10, 15, 25, 29.97, 30])
    def test_a_grade_held_for_exactly_the_stable_time_is_stable(self, fps):
        frames = round(0.5 * fps + 0.49)
        run = moments((SEVERE, frames / fps), fps=fps)
        assert [each.grade for each in build_timeline(run, StabilityRules(stable_s=frames / fps)).episodes] == [SEVERE]

    def test_a_grade_held_for_less_is_not(self):
        timeline = timeline_of((CALM, 2), (SEVERE, 0.45), (OBVIOUS, 2))
        assert spans(timeline) == [(CALM, 0.0, 2.0), (OBVIOUS, 2.45, 4.45)]

    def test_a_run_whose_times_were_rounded_down_by_a_millisecond_is_stable(self):
        run = [Moment(k * 0.499 / 10, SEVERE) for k in range(10)] + [Moment(0.499 + k / 20, CALM) for k in range(20)]
        assert build_timeline(run, RULES).seconds[SEVERE] == pytest.approx(0.499)

    def test_tenths_of_a_second_add_up_to_the_threshold_in_floating_point(self):
        times = [k / 10 for k in range(30)]
        assert times[7] - times[2] < 0.5
        run = [Moment(time_s, SEVERE if 2 <= k < 7 else CALM) for k, time_s in enumerate(times)]
        assert build_timeline(run, RULES).seconds[SEVERE] == pytest.approx(0.5)

    def test_one_frame_is_no_episode_however_long_the_next_one_takes(self):
        frames = [Moment(0.0, CALM), Moment(0.25, CALM), Moment(0.5, INTENSE), Moment(1.0, CALM), Moment(1.25, CALM)]
        assert INTENSE not in {each.grade for each in build_timeline(frames, RULES).episodes}


class TestBridges:
    @pytest.mark.parametrize(("gap_s", "episodes"), [(0.2, 1), (0.5, 1), (0.55, 2), (1.0, 2)])
    def test_an_unusable_stretch_up_to_the_bridge_does_not_end_an_episode(self, gap_s, episodes):
        timeline = timeline_of((SEVERE, 1), (Problem.COVERED, gap_s), (SEVERE, 1))
        assert len(timeline.episodes) == episodes
        assert timeline.seconds[SEVERE] == pytest.approx(2 + gap_s if episodes == 1 else 2)
        assert timeline.problem_seconds == {Problem.COVERED: pytest.approx(gap_s)}

    def test_a_run_becomes_stable_across_a_bridge(self):
        assert spans(timeline_of((SEVERE, 0.3), (Problem.BLURRED, 0.1), (SEVERE, 0.3))) == [(SEVERE, 0.0, 0.7)]

    def test_an_unsettled_stretch_up_to_the_bridge_is_part_of_the_episode(self):
        assert spans(timeline_of((SEVERE, 1), (OBVIOUS, 0.3), (SEVERE, 1))) == [(SEVERE, 0.0, 2.3)]

    def test_an_unsettled_stretch_beyond_the_bridge_is_not(self):
        rules = StabilityRules(stable_s=1.0, bridge_s=0.5)
        timeline = timeline_of((SEVERE, 2), (OBVIOUS, 0.6), (SEVERE, 2), rules=rules)
        assert spans(timeline) == [(SEVERE, 0.0, 2.0), (SEVERE, 2.6, 4.6)]
        assert timeline.unsettled_pain_s == pytest.approx(0.6)

    def test_a_stable_grade_between_is_never_swallowed(self):
        rules = StabilityRules(stable_s=0.4, bridge_s=1.0)
        assert [each.grade for each in timeline_of((SEVERE, 1), (MILD, 0.5), (SEVERE, 1), rules=rules).episodes] == [
            SEVERE,
            MILD,
            SEVERE,
        ]

    def test_unusable_time_between_different_grades_belongs_to_neither(self):
        timeline = timeline_of((SEVERE, 1), (Problem.NO_FACE, 0.4), (MILD, 1))
        assert timeline.seconds[SEVERE] == pytest.approx(1)
        assert timeline.seconds[MILD] == pytest.approx(1)

    def test_missing_frames_are_a_gap_and_not_the_last_grade(self):
        frames = moments((SEVERE, 1)) + [Moment(4 + each.time_s, SEVERE) for each in moments((SEVERE, 1))]
        timeline = build_timeline(frames, RULES)
        assert spans(timeline) == [(SEVERE, 0.0, 1.0), (SEVERE, 4.0, 5.0)]
        assert timeline.missing_s == pytest.approx(3)
        assert timeline.coverage == pytest.approx(2 / 5)


class TestReport:
    def test_the_pain_grade_with_the_longest_stable_time_is_reported(self):
        timeline = timeline_of((CALM, 10), (MILD, 2), (SEVERE, 1), (CALM, 1), (SEVERE, 1.5), (INTENSE, 1))
        assert timeline.report_grade is SEVERE
        assert timeline.peak_grade is INTENSE
        assert timeline.seconds == {
            grade: pytest.approx(seconds) for grade, seconds in zip(GRADES, (11, 2, 0, 2.5, 1), strict=True)
        }
        assert timeline.shares[SEVERE] == pytest.approx(2.5 / 16.5)

    def test_of_equals_the_higher_grade_is_reported(self):
        assert timeline_of((OBVIOUS, 2), (CALM, 1), (SEVERE, 2), (CALM, 1), (MILD, 2)).report_grade is SEVERE

    @pytest.mark.parametrize(("seconds", "reported"), [(0.95, CALM), (1.0, SEVERE), (1.05, SEVERE)])
    def test_stable_pain_must_have_lasted_a_second_in_all(self, seconds, reported):
        assert timeline_of((CALM, 5), (SEVERE, seconds), (CALM, 5)).report_grade is reported

    def test_pain_of_several_grades_adds_up_to_that_second(self):
        timeline = timeline_of((CALM, 5), (SEVERE, 0.5), (OBVIOUS, 0.6), (CALM, 5))
        assert timeline.report_grade is OBVIOUS

    def test_short_pain_is_still_the_peak(self):
        timeline = timeline_of((CALM, 5), (SEVERE, 0.7), (CALM, 5))
        assert (timeline.report_grade, timeline.peak_grade) == (CALM, SEVERE)

    def test_pain_that_never_settles_is_counted(self):
        flicker = [(grade, 0.2) for _ in range(10) for grade in (OBVIOUS, SEVERE)]
        timeline = timeline_of(*flicker)
        assert timeline.report_grade is CALM
        assert timeline.unsettled_pain_s == pytest.approx(4)


class TestCoverage:
    @pytest.mark.parametrize(("usable_s", "assessable"), [(4.9, False), (5.0, True), (5.1, True)])
    def test_under_half_of_the_time_nothing_is_reported(self, usable_s, assessable):
        timeline = timeline_of((SEVERE, usable_s), (Problem.TOO_DARK, 10 - usable_s))
        assert timeline.assessable is assessable
        assert timeline.coverage == pytest.approx(usable_s / 10)
        assert timeline.report_grade is (SEVERE if assessable else None)
        assert timeline.peak_grade is (SEVERE if assessable else None)

    def test_the_main_problem_cost_most_time(self):
        timeline = timeline_of((Problem.NO_FACE, 2), (Problem.TOO_DARK, 3), (CALM, 1), (Problem.NO_FACE, 2))
        assert timeline.main_problem is Problem.NO_FACE
        assert timeline.problem_seconds == {Problem.NO_FACE: pytest.approx(4), Problem.TOO_DARK: pytest.approx(3)}

    def test_time_after_the_last_frame_is_missing_if_the_recording_was_longer(self):
        timeline = build_timeline(moments((SEVERE, 4)), RULES, duration_s=10)
        assert timeline.duration_s == pytest.approx(10)
        assert timeline.missing_s == pytest.approx(6, abs=0.06)
        assert not timeline.assessable
        assert timeline.main_problem is None

    def test_a_stated_length_shorter_than_the_frames_is_ignored(self):
        assert build_timeline(moments((SEVERE, 4)), RULES, duration_s=1).duration_s == pytest.approx(4)

    def test_one_frame_alone_cannot_be_assessed(self):
        timeline = build_timeline([Moment(0.0, None, Problem.NO_FACE)], RULES)
        assert not timeline.assessable
        assert timeline.main_problem is Problem.NO_FACE


class TestInput:
    def test_no_frames(self):
        with pytest.raises(MomentOrderError, match="at least one frame"):
            build_timeline([], RULES)

    @pytest.mark.parametrize("times", [(0.0, 0.0), (1.0, 0.5), (0.0, float("nan")), (float("inf"),)])
    def test_times_that_do_not_rise(self, times):
        with pytest.raises(MomentOrderError, match="must rise"):
            build_timeline([Moment(time_s, CALM) for time_s in times], RULES)

    @pytest.mark.parametrize(("grade", "problem"), [(None, None), (CALM, Problem.BLURRED)])
    def test_a_moment_has_a_grade_or_a_problem(self, grade, problem):
        with pytest.raises(ValueError, match="either a grade or a problem"):
            Moment(0.0, grade, problem)

    def test_the_interval_is_the_median(self):
        assert frame_interval_s([0.0, 0.1, 0.2, 3.0]) == pytest.approx(0.1)
        assert frame_interval_s([0.0]) == 0


class TestSmoothing:
    @staticmethod
    def sure_of(grade: Grade, time_s: float, sure: float = 0.9) -> FrameGrade:
        rest = (1 - sure) / 4
        return FrameGrade(time_s=time_s, probabilities=tuple(sure if each is grade else rest for each in GRADES))

    @pytest.mark.parametrize("fps", [10, 25, 50])
    def test_single_wrong_frames_are_outvoted(self, fps):
        wrong = {int(fps), int(2 * fps)}
        frames = [self.sure_of(INTENSE if k in wrong else OBVIOUS, k / fps) for k in range(3 * fps)]
        assert set(smoothed_grades(frames, 0.3)) == {OBVIOUS}

    @pytest.mark.parametrize("fps", [10, 25, 50])
    def test_the_ends_of_an_episode_stay_where_they_are(self, fps):
        frames = [self.sure_of(SEVERE if fps <= k < 2 * fps else CALM, k / fps) for k in range(3 * fps)]
        smoothed = smoothed_grades(frames, 0.3)
        held = [k for k, grade in enumerate(smoothed) if grade is SEVERE]
        assert abs(held[0] - fps) <= 1
        assert abs(held[-1] - (2 * fps - 1)) <= 1
        assert len(held) == held[-1] - held[0] + 1

    def test_no_window_leaves_each_frame_its_own(self):
        frames = [self.sure_of(SEVERE if k % 2 else CALM, k / 10) for k in range(10)]
        assert smoothed_grades(frames, 0.0) == [frame.grade for frame in frames]

    def test_frames_across_a_long_gap_do_not_vote(self):
        frames = [self.sure_of(CALM, k / 10) for k in range(10)] + [self.sure_of(SEVERE, 9 + k / 10) for k in range(10)]
        assert smoothed_grades(frames, 0.3) == [CALM] * 10 + [SEVERE] * 10

    def test_a_frame_that_stands_for_a_longer_time_has_more_votes(self):
        # Six frames of mild within 0.06 s around one of severe that holds for 0.2 s.
        times = [0.0, 0.01, 0.02, 0.03, 0.23, 0.24, 0.25]
        frames = [self.sure_of(SEVERE if time_s == 0.03 else MILD, time_s) for time_s in times]
        assert smoothed_grades(frames, 0.24)[3] is SEVERE


# Properties. A course is a list of stretches of 0.8 s to 4 s: 0.3 s away from stable_s, so that a boundary known only
# to a frame's interval settles nothing.
COURSES = st.lists(st.tuples(st.sampled_from(GRADES), st.integers(8, 40)), min_size=1, max_size=7).map(
    lambda drawn: [(grade, tenths / 10) for grade, tenths in drawn]
)


def away_from_ties(course: list[tuple[Grade, float]], margin_s: float) -> bool:
    """The longest two pain grades differ, and the pain in all differs from the least, by more than the margin."""
    seconds = sorted(sum(s for each, s in course if each is grade) for grade in PAIN_GRADES)
    return seconds[-1] - seconds[-2] > margin_s and abs(sum(seconds) - RULES.least_pain_s) > margin_s


def shift_bound_s(course: list[tuple[Grade, float]], boundary_s: float) -> float:
    """How far two sums of seconds can drift apart if each boundary of the course moves by up to `boundary_s`."""
    return 2 * boundary_s * (len(course) + 1)


@given(course=COURSES, one_fps=st.sampled_from([8, 10, 15, 24, 25, 30, 60]), other_fps=st.sampled_from([8, 12, 29.97]))
def test_the_frame_rate_does_not_change_the_report(course, one_fps, other_fps):
    """Holds for rates of 8 or more a second if sums differ by more than 2 intervals a boundary."""
    assume(away_from_ties(course, shift_bound_s(course, 1 / min(one_fps, other_fps))))
    one, other = timeline_of(*course, fps=one_fps), timeline_of(*course, fps=other_fps)
    assert one.report_grade is other.report_grade
    assert one.peak_grade is other.peak_grade


# The same from 1.2 s to 12 s: a gap of just under bridge_s, 0.5 s, at an end leaves a run longer than stable_s.
LONG_COURSES = st.lists(st.tuples(st.sampled_from(GRADES), st.integers(12, 120)), min_size=1, max_size=4).map(
    lambda drawn: [(grade, tenths / 10) for grade, tenths in drawn]
)


@given(course=LONG_COURSES, seed=st.integers(0, 10**6), share=st.floats(0.05, 0.9))
def test_dropped_frames_do_not_change_the_report(course, seed, share):
    """Holds for gaps under bridge_s if sums differ by more than two gaps a boundary."""
    fps, longest_gap = 20, 9
    frames, kept, dropped = moments(*course, fps=fps), [], 0
    dice = random.Random(seed)
    for frame in frames:
        dropped = dropped + 1 if kept and dropped < longest_gap - 1 and dice.random() < share else 0
        if not dropped:
            kept.append(frame)
    assume(away_from_ties(course, shift_bound_s(course, longest_gap / fps)))
    whole, thinned = build_timeline(frames, RULES), build_timeline(kept, RULES)
    assert thinned.report_grade is whole.report_grade
    assert thinned.peak_grade is whole.peak_grade
    assert thinned.missing_s == 0


STATES = st.one_of(st.sampled_from(GRADES), st.sampled_from(list(Problem)))
ANY_FRAMES = st.lists(st.tuples(st.floats(0.001, 1.5), STATES), min_size=1, max_size=80)


def irregular(drawn: list[tuple[float, State]], shift_s: float = 0.0) -> list[Moment]:
    """Frames at irregular times, in milliseconds so that a shift moves each by exactly the same."""
    time_ms, made = 0, []
    for step_s, state in drawn:
        graded = isinstance(state, Grade)
        made.append(Moment(time_ms / 1000 + shift_s, state if graded else None, None if graded else state))
        time_ms += max(1, round(1000 * step_s))
    return made


@given(drawn=ANY_FRAMES, shift_s=st.integers(0, 100_000))
def test_a_constant_shift_in_time_changes_nothing_but_the_times(drawn, shift_s):
    # Thresholds are met within TIME_TOLERANCE_S, 2 ms; times in whole milliseconds can lie exactly on its edge, where
    # floating point decides. Rules with half a millisecond more keep away from it.
    rules = StabilityRules(stable_s=0.5005, bridge_s=0.5005, least_pain_s=1.0005, least_coverage=0.50001)
    here, there = build_timeline(irregular(drawn), rules), build_timeline(irregular(drawn, shift_s), rules)
    assert (here.report_grade, here.peak_grade) == (there.report_grade, there.peak_grade)
    assert [each.grade for each in here.episodes] == [each.grade for each in there.episodes]
    assert here.seconds == {grade: pytest.approx(seconds, abs=1e-6) for grade, seconds in there.seconds.items()}


@given(drawn=ANY_FRAMES, duration_s=st.one_of(st.none(), st.floats(0, 200)))
@settings(max_examples=200)
def test_the_seconds_add_up(drawn, duration_s):
    timeline = build_timeline(irregular(drawn), RULES, duration_s)
    assert sum(timeline.seconds.values()) <= timeline.duration_s + 1e-9
    assert 0 <= timeline.coverage <= 1
    usable_s = timeline.coverage * timeline.duration_s
    lost_s = sum(timeline.problem_seconds.values()) + timeline.missing_s
    assert usable_s + lost_s == pytest.approx(timeline.duration_s, abs=1e-6)
    for before, after in zip(timeline.episodes, timeline.episodes[1:], strict=False):
        assert before.end_s <= after.start_s
    for episode in timeline.episodes:
        assert episode.duration_s >= RULES.stable_s - 0.0021
    assert (timeline.report_grade is None) == (not timeline.assessable)
    if timeline.assessable and timeline.report_grade > 0:
        assert timeline.seconds[timeline.report_grade] > 0
        assert timeline.report_grade <= timeline.peak_grade


@given(
    longer=st.sampled_from(PAIN_GRADES),
    shorter=st.sampled_from(PAIN_GRADES),
    tenths=st.tuples(st.integers(10, 100), st.integers(1, 50)),
    calm_s=st.integers(0, 20),
    longer_first=st.booleans(),
)
def test_a_longer_episode_never_loses_to_a_shorter_one(longer, shorter, tenths, calm_s, longer_first):
    assume(longer is not shorter)
    short_s, more_s = tenths[0] / 10, tenths[1] / 10
    pain = [(longer, short_s + more_s), (CALM, 1.0), (shorter, short_s)]
    course = [(CALM, float(calm_s)), *(pain if longer_first else pain[::-1])]
    assert timeline_of(*course).report_grade is longer
