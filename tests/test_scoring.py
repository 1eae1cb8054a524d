"""A scoring beside the page: progress, result, cancelling, and every way it can end."""

import gc
import logging
import threading

from peea.assessment import AssessmentCancelled, Progress
from peea.frames import RecordingError
from peea.scoring import FAULT_SENTENCE, ScoringJob
from tests.factories import made_up_assessment

PATIENCE_S = 10


def test_a_job_tells_progress_and_then_has_the_assessment():
    told, go_on = threading.Event(), threading.Event()
    result = made_up_assessment()

    def work(tell, stopped):
        tell(Progress(0.5, 10.0, 3.0))
        told.set()
        assert go_on.wait(PATIENCE_S)
        return result

    job = ScoringJob(work)
    assert told.wait(PATIENCE_S)
    assert job.running
    assert job.progress.share == 0.5
    assert job.assessment is None
    go_on.set()
    assert job.wait(PATIENCE_S)
    assert job.assessment is result
    assert (job.problem, job.fault, job.cancelled) == (None, False, False)


def until_stopped(tell, stopped):
    for _ in range(PATIENCE_S * 1000):
        if stopped():
            raise AssessmentCancelled
        threading.Event().wait(0.001)
    raise AssertionError("nobody stopped the job")


def test_cancelling_ends_the_job_without_result_or_problem():
    job = ScoringJob(until_stopped)
    job.cancel()
    assert job.wait(PATIENCE_S)
    assert job.cancelled
    assert (job.assessment, job.problem) == (None, None)


def test_a_job_that_nobody_holds_any_more_stops_by_itself():
    ended = threading.Event()

    def work(tell, stopped):
        try:
            return until_stopped(tell, stopped)
        finally:
            ended.set()

    job = ScoringJob(work)
    del job
    gc.collect()
    assert ended.wait(PATIENCE_S)


def test_what_is_wrong_with_the_recording_is_its_sentence():
    def work(tell, stopped):
        raise RecordingError("bed 4.mp4", "is empty. Record again.")

    job = ScoringJob(work)
    assert job.wait(PATIENCE_S)
    assert job.problem == "bed 4.mp4 is empty. Record again."
    assert not job.fault


def test_a_fault_is_told_as_one_and_logged_with_its_traceback(caplog):
    def work(tell, stopped):
        raise ZeroDivisionError("inside")

    with caplog.at_level(logging.ERROR):
        job = ScoringJob(work)
        assert job.wait(PATIENCE_S)
    assert job.problem == FAULT_SENTENCE
    assert job.fault
    assert "ZeroDivisionError" in caplog.text
