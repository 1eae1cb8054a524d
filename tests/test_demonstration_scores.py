"""The demonstration log: who is recorded in what, when, and each recording once."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import numpy as np
import pytest

from peea.demonstration import demonstration_recordings
from peea.demonstration_scores import assigned, planned_scores, score_demonstration
from peea.settings import Settings
from peea.store import PatientLog
from peea.store.demonstration import seed_demonstration
from tests.assessment.doubles import ScriptedGrader
from tests.frames.videos import make_video

NOW = datetime(2026, 11, 21, 14, 20, tzinfo=UTC)


@pytest.fixture
def log(tmp_path):
    with PatientLog(tmp_path / "peea.db", actor="me") as opened:
        seed_demonstration(opened)
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
    oldest_woman = min((one for one in patients if one.sex == "female"), key=lambda one: one.birth_date)
    assert pairs[0][1] == min(
        (one for one in patients if one.sex == "female"), key=lambda one: abs(one.age(NOW.date()) - 88)
    )
    assert oldest_woman in [patient for _, patient in pairs]


def test_without_patients_it_says_so(recordings):
    with pytest.raises(ValueError, match="no demonstration patients"):
        assigned(recordings, [], NOW.date())


def test_the_recordings_spread_over_days_before_now_in_order(log, recordings):
    times = [each.recorded_at for each in planned_scores(log, recordings, NOW)]
    assert times == sorted(times)
    assert times[-1] == NOW.replace(minute=0)
    assert (times[-1] - times[0]).days >= 1


def test_each_recording_is_scored_once(log, recordings):
    planned = planned_scores(log, recordings, NOW)[:2]
    made = list(score_demonstration(log, planned, ScriptedGrader(), Settings()))
    assert [assessment.recording for assessment in made] == ["recording 0.mp4", "recording 1.mp4"]
    for each in planned:
        (line,) = log.assessments(each.patient.patient_id)
        assert datetime.fromisoformat(line.recorded_at) == each.recorded_at
    assert [each.recording.path.name for each in planned_scores(log, recordings, NOW)] == [
        f"recording {number}.mp4" for number in range(2, 10)
    ]
