"""The demonstration log: who is recorded in what, when, and each recording once."""

from __future__ import annotations

import functools
import json
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from peea import demonstration_scores
from peea.demonstration import DemonstrationError, demonstration_recordings
from peea.demonstration_scores import add_results, assigned, planned_scores, review_results
from peea.kept_scores import KEPT_FOLDER, keep_scores, kept_score
from peea.settings import Settings
from peea.store import PatientLog
from peea.store.demonstration import seed_demonstration
from tests.assessment.doubles import ScriptedGrader
from tests.frames.videos import make_video

NOW = datetime(2026, 11, 21, 14, 20, tzinfo=UTC)


@pytest.fixture
def log(tmp_path):
    with PatientLog(tmp_path / "peea.db", actor="me") as opened:
        seed_demonstration(opened, NOW)
        yield opened


@pytest.fixture
def recordings(tmp_path):
    """Ten recordings: nine of four people, the last one of an empty bed."""
    people = [
        {"sex": sex, "age_years": age} for sex, age in (("female", 88), ("male", 75), ("female", 70), ("male", 90))
    ]
    entries = []
    for number in range(10):
        name = f"recording {number}.mp4"
        if number < 2:
            make_video(tmp_path / name, frames=6, rate=5, picture=np.full((64, 96, 3), 120, np.uint8))
        else:
            (tmp_path / name).write_bytes(b"")
        patient = None if number == 9 else people[number % 4]
        entries.append({"file": name, "title": name, "context": "at_rest", "seconds": 1.2, "patient": patient})
    (tmp_path / "index.json").write_text(json.dumps({"recordings": entries}))
    return demonstration_recordings(tmp_path)


def test_recordings_go_to_patients_of_that_sex_evenly(log, recordings):
    patients = log.patients(demonstration=True)
    pairs = assigned(recordings, patients, NOW.date())
    assert [recording for recording, _ in pairs] == recordings
    for recording, patient in pairs[:9]:
        assert patient.sex == recording.sex
    each = [sum(patient == who for _, patient in pairs) for who in patients]
    assert max(each) - min(each) <= 1
    assert pairs[0][1] == min(
        (one for one in patients if one.sex == "female"), key=lambda one: abs(one.age(NOW.date()) - 88)
    )


def test_without_patients_it_says_so(recordings):
    with pytest.raises(ValueError, match="no demonstration patients"):
        assigned(recordings, [], NOW.date())


def test_a_recording_lies_within_the_stay_of_somebody_who_has_been_there_for_a_while(log, recordings):
    planned = planned_scores(log, recordings, NOW)
    assert len(planned) == len(recordings)
    assert [each.recorded_at for each in planned] == sorted(each.recorded_at for each in planned)
    for each in planned:
        assert each.patient.left_at is None
        assert datetime.fromisoformat(each.patient.arrived_at) < each.recorded_at < NOW
    assert planned_scores(log, recordings, NOW) == planned, "the same at every call"


def no_grader():
    raise AssertionError("nothing had to be scored")


def test_each_recording_is_scored_once_and_no_more_than_told(log, recordings):
    planned = planned_scores(log, recordings[:2], NOW)
    first = list(add_results(log, planned, "", ScriptedGrader, Settings(), at_most=1))
    assert len(first) == 1
    rest = list(add_results(log, planned_scores(log, recordings[:2], NOW), "", ScriptedGrader, Settings()))
    assert {each.recording for each in first + rest} == {"recording 0.mp4", "recording 1.mp4"}
    for each in planned:
        recorded = {line.recorded_at for line in log.assessments(each.patient.patient_id)}
        assert each.recorded_at.isoformat(timespec="seconds") in recorded
    assert planned_scores(log, recordings[:2], NOW) == []


@pytest.fixture
def kept(recordings, tmp_path, monkeypatch):
    """The results of two recordings, kept; and the weights that made them."""
    folder = tmp_path / "kept"
    made = list(keep_scores(recordings[:2], ScriptedGrader(), Settings(), folder))
    monkeypatch.setattr(demonstration_scores, "kept_score", functools.partial(kept_score, folder=folder))
    return folder, made


def test_kept_results_are_taken_without_the_model_and_are_what_was_scored(log, recordings, kept):
    _folder, made = kept
    weights = made[0].model.weights_sha256
    planned = planned_scores(log, recordings[:2], NOW, weights)
    taken = {each.recording: each for each in add_results(log, planned, weights, no_grader, Settings())}
    for one in made:
        assert taken[one.recording].timeline == one.timeline
        assert taken[one.recording].assessment_id != one.assessment_id
        assert len(taken[one.recording].frames) == len(one.frames)
    review_results(log, NOW + timedelta(days=1))
    reviewed = [line for patient in log.patients() for line in log.assessments(patient.patient_id)]
    assert {line.status for line in reviewed if line.report_grade is not None} <= {"confirmed", "overridden"}


def test_a_kept_result_of_another_model_or_another_recording_is_none(recordings, kept):
    folder, made = kept
    weights = made[0].model.weights_sha256
    assert kept_score(recordings[0], weights, NOW, folder) is not None
    assert kept_score(recordings[0], "f" * 64, NOW, folder) is None
    recordings[0].path.write_bytes(recordings[1].path.read_bytes() + b"x")
    assert kept_score(recordings[0], weights, NOW, folder) is None
    assert kept_score(recordings[5], weights, NOW, folder) is None


def test_a_damaged_kept_result_is_said_with_what_to_do(recordings, kept):
    folder, made = kept
    file = folder / "recording 0.json"
    file.write_text(file.read_text().replace('"summary"', '"sumary"'))
    with pytest.raises(DemonstrationError, match="peea demo --keep-scores"):
        kept_score(recordings[0], made[0].model.weights_sha256, NOW, folder)


def test_the_committed_results_are_of_the_committed_recordings():
    for recording in demonstration_recordings():
        weights = json.loads((KEPT_FOLDER / f"{recording.path.stem}.json").read_text())["weights_sha256"]
        assert kept_score(recording, weights, NOW) is not None, "run: peea demo --keep-scores"
