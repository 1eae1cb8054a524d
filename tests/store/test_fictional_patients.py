"""Demonstration patients come and go as a whole, and leave real ones alone."""

from __future__ import annotations

from datetime import date

import pytest

from peea.store import PatientLog, Sex
from peea.store.demonstration import FICTIONAL_PATIENTS, seed_demonstration
from peea.store.patients import delete_patient
from tests.factories import made_up_assessment


@pytest.fixture
def log(tmp_path):
    with PatientLog(tmp_path / "peea.db", actor="Nurse Kim") as opened:
        yield opened


def test_seeding_twice_changes_nothing(log):
    first = seed_demonstration(log)
    assert len(first) == len(FICTIONAL_PATIENTS)
    assert all(patient.demonstration for patient in first)
    assert seed_demonstration(log) == first
    assert len(log.audit()) == len(first)


def test_removing_them_leaves_real_patients_and_their_assessments(log):
    real = log.register_patient("Ada Kim", date(1941, 5, 3), Sex.FEMALE)
    log.save_assessment(real.patient_id, made_up_assessment(number=1))
    fictional = seed_demonstration(log)[0]
    log.save_assessment(fictional.patient_id, made_up_assessment(number=2))
    assert log.remove_demonstration() == len(FICTIONAL_PATIENTS)
    assert log.patients() == [real]
    assert len(log.assessments(real.patient_id)) == 1
    assert log.assessment(made_up_assessment(number=1).assessment_id).frames
    assert log._db["frame_series"].count == log._db["assessments"].count == 1
    removed = {row.row_id: row.detail["rows"] for row in log.audit() if row.action == "removed"}
    assert len(removed) == len(FICTIONAL_PATIENTS)
    assert removed[fictional.patient_id] == {"frame_series": 1, "assessments": 1, "patients": 1}
    assert log.remove_demonstration() == 0


def test_a_real_patient_cannot_be_deleted(log):
    real = log.register_patient("Ada Kim", date(1941, 5, 3), Sex.FEMALE)
    with pytest.raises(ValueError, match="never deleted"):
        delete_patient(log._db, "Nurse Kim", real)
    assert log.patients() == [real]
