"""Frames that waited are told from a camera whose clock merely stands elsewhere or runs a little slower."""

import pytest

from peea.live.backlog import Backlog


def test_frames_that_come_in_time_have_not_waited_wherever_the_clocks_stand():
    backlog = Backlog()
    assert not any(backlog.passes_by(number / 25, 5000 + number / 25) for number in range(500))


def test_frames_that_queue_up_are_passed_by_until_the_queue_is_gone():
    backlog = Backlog()
    assert not backlog.passes_by(0.0, 10.0)
    # Nobody looked for a second; then the frames of that second come all at once.
    passed = [backlog.passes_by(number / 25, 11.0 + 0.001 * number) for number in range(1, 26)]
    assert passed[0] is False, "one is taken at once"
    assert passed[1:15] == [True] * 14
    assert passed[-1] is False


def test_where_every_frame_comes_late_some_are_taken_all_the_same():
    backlog = Backlog()
    backlog.passes_by(0.0, 10.0)
    taken = [not backlog.passes_by(number / 25, 12.0 + number / 25) for number in range(250)]
    assert 60 <= sum(taken) <= 125


@pytest.mark.parametrize("slower", [0.9998, 1.0002])
def test_a_camera_whose_clock_runs_differently_is_graded_for_hours(slower):
    backlog = Backlog()
    assert not any(backlog.passes_by(slower * number, 7.0 + number) for number in range(4 * 3600))


def test_a_first_frame_that_was_late_itself_is_made_good_by_the_next_ones():
    backlog = Backlog()
    assert not backlog.passes_by(0.0, 11.0)
    assert not backlog.passes_by(1.0, 11.5)
    assert backlog.waited_s(2.0, 13.0) == pytest.approx(0.5, abs=0.01)
