"""The patient log as pages and the command line see it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from peea.faces import Problem
from peea.scales import Grade
from peea.store import (
    Action,
    AlreadySavedError,
    DuplicatePatientError,
    InvalidPatientError,
    PatientLog,
    Sex,
    Side,
    UnknownAssessmentError,
    UnknownPatientError,
    default_path,
)
from tests.factories import made_up_assessment

BORN = date(1941, 5, 3)


@pytest.fixture
def log(tmp_path):
    with PatientLog(tmp_path / "peea.db", actor="Nurse Kim") as opened:
        yield opened


class TestPatients:
    def test_a_patient_is_found_again_with_all_fields(self, log):
        patient = log.register_patient(
            "Ada Kim",
            BORN,
            Sex.FEMALE,
            study_code="HF-7",
            ward="7B",
            bed="12",
            fracture="Femoral neck",
            fracture_side=Side.LEFT,
            surgery_date=date(2026, 11, 20),
            notes="Hard of hearing.\nSpeaks slowly.",
        )
        with PatientLog(log.path, actor="somebody else") as again:
            assert again.patient(patient.patient_id) == patient
            assert again.patient("hf-7") == patient
            assert again.patients() == [patient]
        assert (patient.registered_by, patient.demonstration) == ("Nurse Kim", False)
        assert (patient.sex, patient.fracture_side, patient.surgery_date) == (Sex.FEMALE, Side.LEFT, date(2026, 11, 20))

    def test_study_codes_are_given_in_order(self, log):
        codes = [log.register_patient(name, BORN, Sex.MALE).study_code for name in ("A", "B")]
        log.register_patient("C", BORN, Sex.MALE, study_code="P-0041")
        assert [*codes, log.register_patient("D", BORN, Sex.MALE).study_code] == ["P-0001", "P-0002", "P-0042"]

    def test_the_same_study_code_is_refused(self, log):
        first = log.register_patient("Ada Kim", BORN, Sex.FEMALE, study_code="HF-7")
        with pytest.raises(DuplicatePatientError, match="study code hf-7 is registered already") as caught:
            log.register_patient("Bo Lee", BORN, Sex.MALE, study_code="hf-7")
        assert caught.value.patient_id == first.patient_id

    def test_the_same_name_and_birth_date_are_refused(self, log):
        first = log.register_patient("Zoë Kim", BORN, Sex.FEMALE, study_code="HF-7")
        with pytest.raises(DuplicatePatientError, match="with the study code HF-7") as caught:
            log.register_patient("  Zoe\u0308  Kim ", BORN, Sex.FEMALE)
        assert caught.value.patient_id == first.patient_id
        log.register_patient("Zoë Kim", BORN + timedelta(days=1), Sex.FEMALE)
        assert len(log.patients()) == 2

    @pytest.mark.parametrize(
        ("fields", "field", "sentence"),
        [
            ({"name": "   "}, "name", "The name is missing."),
            ({"study_code": ""}, "study_code", "The study code is missing."),
            ({"name": "x" * 201}, "name", "201 characters; up to 200"),
            ({"ward": "a\x00b"}, "ward", "cannot be shown"),
            ({"birth_date": datetime.now(UTC).date() + timedelta(days=2)}, "birth_date", "in the future"),
            ({"birth_date": date(1890, 1, 1)}, "birth_date", "years old"),
            ({"surgery_date": date(1930, 1, 1)}, "surgery_date", "before the birth date"),
        ],
    )
    def test_a_field_that_cannot_be_right_is_refused_by_name(self, log, fields, field, sentence):
        with pytest.raises(InvalidPatientError, match=sentence) as caught:
            log.register_patient(**{"name": "Ada Kim", "birth_date": BORN, "sex": Sex.FEMALE, **fields})
        assert caught.value.field == field
        assert log.patients() == []
        assert log.audit() == []

    def test_an_unknown_patient(self, log):
        with pytest.raises(UnknownPatientError, match="nobody"):
            log.patient("nobody")

    def test_patients_are_listed_by_ward_and_searched(self, log):
        for name, ward, bed in (("Ödön Nagy", "7B", "2"), ("100% Li", "7B", "1"), ("王秀英", "8A", "1")):
            log.register_patient(name, BORN, Sex.OTHER, ward=ward, bed=bed)
        assert [each.name for each in log.patients()] == ["100% Li", "Ödön Nagy", "王秀英"]
        assert [each.name for each in log.patients(ward="8A")] == ["王秀英"]
        assert [each.name for each in log.patients(search="ödön")] == ["Ödön Nagy"]
        assert [each.name for each in log.patients(search="%")] == ["100% Li"]
        assert [each.name for each in log.patients(search="p-0003")] == ["王秀英"]

    def test_markup_and_quotes_stay_as_they_were_typed(self, log):
        name = "<b>Rob'); DROP TABLE patients;--</b>"
        assert log.patient(log.register_patient(name, BORN, Sex.MALE).patient_id).name == name

    def test_the_age_counts_completed_years(self, log):
        patient = log.register_patient("Ada Kim", date(1940, 2, 29), Sex.FEMALE)
        assert patient.age(date(2026, 2, 28)) == 85
        assert patient.age(date(2026, 3, 1)) == 86


class TestAssessments:
    def test_an_assessment_is_opened_again_as_it_was(self, log):
        patient = log.register_patient("Ada Kim", BORN, Sex.FEMALE)
        assessment = made_up_assessment()
        line = log.save_assessment(patient.patient_id, assessment)
        again = log.assessment(assessment.assessment_id)
        assert replace(again, frames=()) == replace(assessment, frames=())
        assert len(again.frames) == len(assessment.frames)
        for was, now in zip(assessment.frames, again.frames, strict=True):
            assert (now.problem, now.dim, now.other_faces, now.box) == (was.problem, was.dim, was.other_faces, was.box)
            assert now.time_s == pytest.approx(was.time_s, abs=1e-6)
        assert log.assessments(patient.patient_id) == [line]
        assert log.saved_assessment(assessment.assessment_id) == line
        assert (line.report_grade, line.peak_grade) == (assessment.report_grade, assessment.timeline.peak_grade)
        assert (line.status, line.saved_by, line.model_name) == ("preliminary", "Nurse Kim", "resnet50")

    def test_a_recording_that_could_not_be_assessed_is_kept_with_its_reason(self, log):
        patient = log.register_patient("Ada Kim", BORN, Sex.FEMALE)
        line = log.save_assessment(
            patient.patient_id, made_up_assessment([(Grade.NO_PAIN, 2), (Problem.TOO_DARK, 8)], context=None)
        )
        assert (line.report_grade, line.peak_grade, line.context) == (None, None, None)
        assert line.main_problem is Problem.TOO_DARK

    def test_assessments_are_listed_latest_recording_first_whatever_their_time_zone(self, log):
        patient = log.register_patient("Ada Kim", BORN, Sex.FEMALE)
        times = ("2026-11-21T14:05:00+00:00", "2026-11-21T23:00:00+09:00", "2026-11-21T14:30:00+00:00")
        for number, recorded_at in enumerate(times):
            log.save_assessment(patient.patient_id, made_up_assessment(recorded_at=recorded_at, number=number))
        assert [each.recorded_at for each in log.assessments(patient.patient_id)] == [
            "2026-11-21T14:30:00+00:00",
            "2026-11-21T14:05:00+00:00",
            "2026-11-21T14:00:00+00:00",
        ]

    def test_a_time_without_a_zone_is_refused(self, log):
        patient = log.register_patient("Ada Kim", BORN, Sex.FEMALE)
        with pytest.raises(ValueError, match="without an offset"):
            log.save_assessment(patient.patient_id, made_up_assessment(recorded_at="2026-11-21T14:05:00"))
        assert log.assessments(patient.patient_id) == []

    def test_saving_twice_keeps_one(self, log):
        patient = log.register_patient("Ada Kim", BORN, Sex.FEMALE)
        log.save_assessment(patient.patient_id, made_up_assessment())
        with pytest.raises(AlreadySavedError):
            log.save_assessment(patient.patient_id, made_up_assessment())
        assert len(log.assessments(patient.patient_id)) == 1
        assert len(log.audit("assessments")) == 1

    def test_saving_for_nobody_keeps_nothing(self, log):
        with pytest.raises(UnknownPatientError):
            log.save_assessment("nobody", made_up_assessment())
        with pytest.raises(UnknownAssessmentError):
            log.assessment(made_up_assessment().assessment_id)
        with pytest.raises(UnknownAssessmentError):
            log.saved_assessment(made_up_assessment().assessment_id)

    def test_the_overview_has_each_patient_with_the_last_assessment(self, log):
        first = log.register_patient("Ada Kim", BORN, Sex.FEMALE, ward="7B")
        second = log.register_patient("Bo Lee", BORN, Sex.MALE, ward="8A")
        for hour in (16, 14, 15):
            log.save_assessment(
                first.patient_id, made_up_assessment(recorded_at=f"2026-11-21T{hour}:00:00+00:00", number=hour)
            )
        ada, bo = log.overview()
        assert (ada.patient, ada.assessments, ada.last.recorded_at[11:13]) == (first, 3, "16")
        assert (bo.patient, bo.assessments, bo.last) == (second, 0, None)
        assert [each.patient for each in log.overview(ward="8A")] == [second]

    def test_a_25_s_recording_at_25_frames_a_second_costs_under_100_kb(self, log):
        patient = log.register_patient("Ada Kim", BORN, Sex.FEMALE)
        log.save_assessment(patient.patient_id, made_up_assessment([(Grade.SEVERE, 25)], frame_rate=25))
        size = log._db.execute("SELECT length(series) + length(summary) FROM assessments NATURAL JOIN frame_series")
        assert size.fetchone()[0] < 100_000


class TestAudit:
    def test_every_write_leaves_who_what_when(self, log):
        before = datetime.now(UTC)
        patient = log.register_patient("Ada Kim", BORN, Sex.FEMALE)
        with PatientLog(log.path, actor="Dr Roe") as other:
            other.save_assessment(patient.patient_id, made_up_assessment())
        registered, saved = log.audit()
        assert (registered.actor, registered.action, registered.row_id) == (
            "Nurse Kim",
            Action.REGISTERED,
            patient.patient_id,
        )
        assert (saved.actor, saved.action, saved.table_name) == ("Dr Roe", Action.SAVED, "assessments")
        assert saved.patient_id == patient.patient_id
        for row in (registered, saved):
            at = datetime.fromisoformat(row.at)
            assert at.utcoffset() == timedelta(0)
            assert before <= at <= datetime.now(UTC)
        assert log.audit("patients") == [registered]
        assert log.audit("assessments", saved.row_id) == [saved]

    def test_no_name_is_written_to_it(self, log):
        log.register_patient("Ada Kim", BORN, Sex.FEMALE)
        assert "Kim" not in str([row.detail for row in log.audit()])

    @pytest.mark.parametrize("change", ["UPDATE audit SET actor = 'nobody'", "DELETE FROM audit"])
    def test_it_cannot_be_changed(self, log, change):
        log.register_patient("Ada Kim", BORN, Sex.FEMALE)
        with pytest.raises(Exception, match="audit rows are never changed"):
            log._db.execute(change)
        assert len(log.audit()) == 1

    def test_a_log_needs_to_know_who_writes(self, tmp_path):
        with pytest.raises(ValueError, match="actor"):
            PatientLog(tmp_path / "peea.db", actor=" ")


def test_the_data_base_lies_where_the_environment_says(monkeypatch, tmp_path):
    monkeypatch.setenv("PEEA_DATA", str(tmp_path / "ward"))
    with PatientLog(actor="Nurse Kim") as log:
        assert log.path == tmp_path / "ward" / "peea.db"
    assert log.path.is_file()
    monkeypatch.delenv("PEEA_DATA")
    assert default_path() == Path("data/peea.db")


def test_only_the_account_that_made_the_data_base_may_read_it(log):
    log.register_patient("Ada Kim", BORN, Sex.FEMALE)
    assert {file.stat().st_mode & 0o777 for file in log.path.parent.glob("peea.db*")} == {0o600}
