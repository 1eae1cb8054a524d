"""A session with a scripted camera: what it waits for, what it records, what is kept when it breaks off."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from peea.assessment import assess
from peea.faces import Problem
from peea.frames import Frame
from peea.live.session import LiveSession
from peea.live.turns import Turns
from peea.live.view import Stage
from peea.scales import Context, Grade
from peea.settings import Settings, StabilityRules
from tests.assessment.doubles import FPS, ScriptedFinder, ScriptedFrames, ScriptedGrader, State

CALM, MILD, OBVIOUS, SEVERE, INTENSE = Grade
SETTINGS = Settings(stability=StabilityRules(smoothing_s=0.0))
READY_FRAMES = 7


class Hand:
    """Turns that wait for the test to serve them."""

    def __init__(self) -> None:
        self.line: list[LiveSession] = []

    def ask(self, session: LiveSession) -> None:
        self.line.append(session)

    def serve(self) -> None:
        while self.line:
            session = self.line.pop(0)
            if session.work_once():
                self.line.append(session)


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Bedside:
    """A session in front of a scripted patient; each picture is graded before the next one comes, unless told so."""

    def __init__(self, course: Sequence[tuple[State, float]], settings: Settings = SETTINGS) -> None:
        self.frames = ScriptedFrames(course)
        self.hand, self.clock, self.grader = Hand(), Clock(), ScriptedGrader()
        self.session = LiveSession(
            lambda: ScriptedFinder(self.frames.states), self.grader, self.hand, settings, clock=self.clock
        )
        self._pictures = iter(self.frames)

    def show(self, frames: int) -> None:
        for _ in range(frames):
            self.clock.now += 1 / FPS
            self.session.offer(next(self._pictures))
            self.hand.serve()

    def started(self, **options) -> Bedside:
        self.show(READY_FRAMES)
        assert self.session.start(Context.REST, **options)
        return self


def rounded(episode):
    return episode.grade, round(episode.start_s, 3), round(episode.end_s, 3)


def test_it_waits_for_a_usable_face_and_says_what_is_missing():
    bed = Bedside([(Problem.TOO_DARK, 0.5), (Problem.TURNED_AWAY, 0.5), (CALM, 5)])
    assert bed.session.view.camera_on is False
    bed.show(5)
    assert (bed.session.view.stage, bed.session.view.problem) == (Stage.WAITING, Problem.TOO_DARK)
    bed.show(5)
    assert bed.session.view.problem is Problem.TURNED_AWAY
    assert not bed.session.start(Context.REST), "nothing starts without a face"
    bed.show(1)
    assert (bed.session.view.stage, bed.session.view.problem) == (Stage.WAITING, None)
    bed.show(5)
    assert bed.session.view.stage is Stage.READY
    assert bed.grader.batches == [], "before the start nothing is graded"


def test_a_face_that_goes_makes_it_wait_again():
    bed = Bedside([(CALM, 1), (Problem.COVERED, 0.1), (CALM, 5)])
    bed.show(10)
    assert bed.session.view.stage is Stage.READY
    bed.show(2)
    assert bed.session.view.stage is Stage.WAITING


def test_a_whole_recording_is_graded_as_a_file_is():
    course = [(CALM, 3), (SEVERE, 9), (Problem.TURNED_AWAY, 2), (OBVIOUS, 12)]
    bed = Bedside([(CALM, READY_FRAMES / FPS), *course]).started()
    bed.show(round(22 * FPS))
    view = bed.session.view
    assert view.stage is Stage.RECORDING
    assert view.seconds_left == pytest.approx(0, abs=0.11)
    bed.show(1)
    assert bed.session.view.stage is Stage.FINISHED
    live = bed.session.result
    states = ScriptedFrames(course)
    states.states = states.states[: round(22 * FPS)]
    states.duration_s = 22.0
    file = assess(states, ScriptedGrader(), lambda: ScriptedFinder(states.states), SETTINGS, Context.REST)
    assert live.report_grade is file.report_grade is SEVERE
    assert [rounded(one) for one in live.timeline.episodes] == [rounded(one) for one in file.timeline.episodes]
    assert live.timeline.coverage == pytest.approx(file.timeline.coverage)
    assert not live.interrupted
    assert live.context is Context.REST


def test_a_slow_machine_drops_frames_grades_the_newest_and_keeps_the_time():
    bed = Bedside([(CALM, READY_FRAMES / FPS), (SEVERE, 30)]).started()
    pictures = iter(range(230))
    for number in pictures:
        bed.clock.now += 1 / FPS
        bed.session.offer(Frame(READY_FRAMES / FPS + number / FPS, np.full((48, 64, 3), 3, np.uint8)))
        if number % 4 == 3:
            bed.hand.serve()
            assert len(bed.hand.line) == 0
    result = bed.session.result
    assert bed.session.view.stage is Stage.FINISHED
    assert bed.session.view.dropped >= 150
    assert 50 <= len(result.frames) <= 58
    assert result.timeline.seconds[SEVERE] == pytest.approx(22, abs=0.5)


def test_frames_out_of_order_are_left_out():
    bed = Bedside([(CALM, 5)]).started()
    bed.show(2)
    before = len(bed.session.records)
    bed.session.offer(Frame(0.1, np.zeros((48, 64, 3), np.uint8)))
    bed.hand.serve()
    assert len(bed.session.records) == before


@pytest.mark.parametrize("end", ["stop", "camera_ended"])
def test_what_was_graded_so_far_is_kept_as_an_interrupted_assessment(end):
    bed = Bedside([(CALM, READY_FRAMES / FPS), (OBVIOUS, 20)]).started()
    bed.show(80)
    getattr(bed.session, end)()
    assert bed.session.view.stage is Stage.INTERRUPTED
    assert bed.session.result.interrupted
    assert bed.session.result.report_grade is OBVIOUS
    assert bed.session.result.timeline.duration_s == pytest.approx(8)
    bed.session.offer(Frame(99.0, np.zeros((48, 64, 3), np.uint8)))
    assert not bed.hand.line, "nothing is graded after the end"


def test_ended_before_the_first_graded_frame_there_is_nothing_to_keep():
    bed = Bedside([(CALM, 5)]).started()
    bed.session.stop()
    assert bed.session.result is None
    assert bed.session.view.stage is Stage.INTERRUPTED


def test_a_camera_that_goes_before_the_start_can_come_back():
    bed = Bedside([(CALM, 5)])
    bed.show(READY_FRAMES)
    bed.session.camera_ended()
    assert bed.session.view.stage is Stage.WAITING
    for number in range(READY_FRAMES):
        bed.session.offer(Frame(number / FPS, np.full((48, 64, 3), 3, np.uint8)))
        bed.hand.serve()
    assert bed.session.view.stage is Stage.READY, "its time starts anew"


def test_without_new_pictures_the_recording_is_interrupted():
    quick = replace(SETTINGS, live=replace(SETTINGS.live, stall_s=0.1))
    bed = Bedside([(CALM, READY_FRAMES / FPS), (MILD, 20)], quick).started()
    bed.show(30)
    bed.clock.now += 10
    ended = threading.Event()
    bed.session._keep = lambda kept: ended.set()
    for _ in range(100):
        if bed.session.view.stage is Stage.INTERRUPTED:
            break
        ended.wait(0.05)
    assert bed.session.result.interrupted


@pytest.mark.parametrize("claimed", [True, False])
def test_a_result_that_nobody_takes_over_is_kept_once(claimed):
    quick = replace(SETTINGS, live=replace(SETTINGS.live, kept_after_s=0.05))
    kept, done = [], threading.Event()

    def keep(result):
        kept.append(result)
        done.set()

    bed = Bedside([(CALM, READY_FRAMES / FPS), (SEVERE, 20)], quick).started(keep=keep)
    bed.show(50)
    bed.session.camera_ended()
    if claimed:
        assert bed.session.claim() is bed.session.result
        assert not done.wait(0.3)
    else:
        assert done.wait(10)
        assert kept == [bed.session.result]


def test_pictures_are_shown_to_the_hook_only_if_one_is_given_and_the_face_was_graded():
    seen = []
    bed = Bedside([(CALM, READY_FRAMES / FPS), (SEVERE, 1), (Problem.COVERED, 1), (SEVERE, 5)])
    bed.started(keep_picture=lambda record, image: seen.append((record.problem, image.shape)))
    bed.show(30)
    assert len(seen) == 20
    assert set(seen) == {(None, (48, 64, 3))}


def test_a_fault_in_one_frame_does_not_end_the_session():
    bed = Bedside([(CALM, 5)])
    bed.show(2)
    finder = bed.session._finder
    bed.session._finder = None
    bed.session._make_finder = lambda: 1 / 0
    with pytest.raises(ZeroDivisionError):
        bed.show(1)
    bed.session._finder = finder
    bed.show(READY_FRAMES + 1)
    assert bed.session.view.stage is Stage.READY


def test_several_sessions_get_their_turns_in_order():
    served = []
    gate = threading.Event()

    class Asks:
        def __init__(self, name, times):
            self.name, self.times = name, times

        def work_once(self):
            gate.wait(10)
            served.append(self.name)
            self.times -= 1
            return self.times > 0

    turns = Turns(1)
    for one in (Asks("a", 3), Asks("b", 3), Asks("c", 1)):
        turns.ask(one)
    gate.set()
    turns.close()
    # The end was in line before those who asked again: they are left, and nobody was served twice in a row.
    assert served == ["a", "b", "c"]


def test_a_session_that_fails_does_not_end_the_grading_of_others(caplog):
    done = threading.Event()

    class Fails:
        def work_once(self):
            raise RuntimeError("broken")

    class Works:
        def work_once(self):
            done.set()
            return False

    turns = Turns(1)
    turns.ask(Fails())
    turns.ask(Works())
    assert done.wait(10)
    turns.close()
    assert "could not be graded" in caplog.text
