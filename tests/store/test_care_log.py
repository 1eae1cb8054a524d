"""Care of a patient: what was entered stays on record, with who changed it and why, whatever is corrected later."""

from __future__ import annotations

import sqlite3
from datetime import UTC, date, datetime, timedelta

import pytest

from peea.scales import Grade
from peea.store import (
    CareLog,
    DuplicatePatientError,
    InvalidEntryError,
    InvalidPatientError,
    PatientLog,
    Sex,
    Status,
    UnknownAssessmentError,
    UnknownPatientError,
)
from peea.store.care import Answer, ConsentDecision, ConsentPurpose, DoseUnit, EligibilityQuestion, Route
from tests.factories import made_up_assessment

BORN = date(1941, 5, 3)
GIVEN = datetime(2026, 11, 21, 14, 5, tzinfo=UTC)


@pytest.fixture
def log(tmp_path):
    with PatientLog(tmp_path / "peea.db", actor="Nurse Kim") as opened:
        yield opened


@pytest.fixture
def care(log):
    with CareLog(log.path, actor="Nurse Kim") as opened:
        yield opened


@pytest.fixture
def ada(log):
    return log.register_patient("Ada Kim", BORN, Sex.FEMALE, ward="7B", bed="12")


@pytest.fixture
def saved(log, ada):
    return log.save_assessment(ada.patient_id, made_up_assessment())


def morphine(care, patient, **changed):
    named = {"drug": "Morphine", "dose": 2.5, "unit": DoseUnit.MG, "route": Route.INTRAVENOUS, "given_at": GIVEN}
    return care.give(patient.patient_id, **{**named, **changed})


class TestDoses:
    def test_they_are_listed_latest_first_in_utc(self, care, ada):
        first = morphine(care, ada)
        second = morphine(care, ada, given_at=datetime.fromisoformat("2026-11-21T23:30:00+08:00"))
        assert care.doses(ada.patient_id) == [second, first]
        assert second.given_at == "2026-11-21T15:30:00+00:00"
        assert (first.entered_by, first.dose, first.route) == ("Nurse Kim", 2.5, Route.INTRAVENOUS)

    @pytest.mark.parametrize(
        ("changed", "field"),
        [
            ({"drug": "  "}, "drug"),
            ({"drug": "x" * 300}, "drug"),
            ({"dose": 0}, "dose"),
            ({"dose": float("nan")}, "dose"),
            ({"dose": 1e9}, "dose"),
            ({"given_at": datetime.now(UTC) + timedelta(hours=1)}, "given_at"),
        ],
    )
    def test_what_cannot_be_right_is_refused_beside_its_field(self, care, ada, changed, field):
        with pytest.raises(InvalidEntryError) as caught:
            morphine(care, ada, **changed)
        assert caught.value.field == field
        assert care.doses(ada.patient_id) == []

    def test_of_nobody_is_refused(self, care, ada):
        with pytest.raises(UnknownPatientError):
            care.give("nobody", "Morphine", 1, DoseUnit.MG, Route.ORAL, GIVEN)

    def test_a_correction_keeps_the_old_value_with_who_and_why(self, care, ada):
        dose = morphine(care, ada)
        corrected = care.correct_dose(dose.analgesia_id, {"dose": 5.0, "route": Route.ORAL}, "Read the chart again")
        assert (corrected.dose, corrected.route, corrected.drug) == (5.0, Route.ORAL, "Morphine")
        kept = {each.field: each for each in care.corrections(ada.patient_id)}
        assert (kept["dose"].old_value, kept["dose"].new_value) == ("2.5", "5.0")
        assert (kept["route"].old_value, kept["route"].new_value) == ("intravenous", "oral")
        assert {(each.corrected_by, each.reason) for each in kept.values()} == {("Nurse Kim", "Read the chart again")}

    def test_one_entered_in_error_is_withdrawn_and_stays_on_record(self, care, ada):
        dose = morphine(care, ada)
        with pytest.raises(InvalidEntryError, match="reason is missing"):
            care.withdraw_dose(dose.analgesia_id, " ")
        care.withdraw_dose(dose.analgesia_id, "Wrong patient")
        assert care.doses(ada.patient_id) == []
        assert [each.withdrawn for each in care.doses(ada.patient_id, withdrawn=True)] == [True]
        with pytest.raises(InvalidEntryError, match="withdrawn already"):
            care.withdraw_dose(dose.analgesia_id, "Again")
        with pytest.raises(InvalidEntryError, match="cannot be corrected"):
            care.correct_dose(dose.analgesia_id, {"dose": 1.0}, "Late")


class TestPatients:
    def test_a_correction_keeps_the_old_value(self, care, log, ada):
        care.correct_patient(ada.patient_id, {"bed": " 14 ", "birth_date": date(1942, 5, 3), "ward": "7B"}, "Moved")
        now = log.patient(ada.patient_id)
        assert (now.bed, now.birth_date, now.ward) == ("14", date(1942, 5, 3), "7B")
        assert [(each.field, each.old_value, each.new_value) for each in care.corrections(ada.patient_id)] == [
            ("birth_date", "1941-05-03", "1942-05-03"),
            ("bed", "12", "14"),
        ]
        assert log.audit("patients", ada.patient_id)[-1].detail["fields"] == ["bed", "birth_date"]
        assert "14" not in str(log.audit("patients", ada.patient_id)[-1].detail)

    def test_leaving_takes_the_patient_off_the_ward_and_keeps_everything(self, care, log, ada):
        leaving = datetime.now(UTC) + timedelta(minutes=1)
        care.correct_patient(ada.patient_id, {"left_at": leaving}, "Discharged")
        assert log.patients(present=True) == []
        assert [each.patient_id for each in log.patients(present=False)] == [ada.patient_id]
        with pytest.raises(InvalidPatientError) as caught:
            care.correct_patient(ada.patient_id, {"left_at": datetime(2020, 1, 1, tzinfo=UTC)}, "Slip")
        assert caught.value.field == "left_at"

    def test_nothing_changed_or_no_reason_is_refused(self, care, ada):
        with pytest.raises(InvalidEntryError, match="Nothing was changed"):
            care.correct_patient(ada.patient_id, {"bed": "12"}, "Moved")
        with pytest.raises(InvalidEntryError, match="reason is missing"):
            care.correct_patient(ada.patient_id, {"bed": "13"}, "")
        assert care.corrections(ada.patient_id) == []

    def test_who_would_become_another_patient_is_refused(self, care, log, ada):
        log.register_patient("Bo Lee", BORN, Sex.MALE)
        with pytest.raises(DuplicatePatientError):
            care.correct_patient(ada.patient_id, {"name": "Bo Lee"}, "Typing error")
        with pytest.raises(ValueError, match="study_code cannot be corrected"):
            care.correct_patient(ada.patient_id, {"study_code": "X"}, "Typing error")
        assert log.patient(ada.patient_id).name == "Ada Kim"


class TestConsentAndEligibility:
    def test_the_latest_decision_for_each_purpose_holds_and_earlier_ones_stay(self, care, ada):
        research, frames = ConsentPurpose.RESEARCH, ConsentPurpose.KEY_FRAMES
        given, back = ConsentDecision.GIVEN, ConsentDecision.TAKEN_BACK
        care.record_consent(ada.patient_id, research, given, date(2026, 11, 20), "Dr Roe")
        care.record_consent(ada.patient_id, research, back, date(2026, 11, 21), "Dr Roe")
        care.record_consent(ada.patient_id, frames, given, date(2026, 11, 19), "Dr Roe")
        assert {purpose: each.decision for purpose, each in care.consents_in_force(ada.patient_id).items()} == {
            research: back,
            frames: given,
        }
        assert len(care.consents(ada.patient_id)) == 3

    def test_a_decision_ahead_of_time_or_taken_by_nobody_is_refused(self, care, ada):
        ahead = date.today() + timedelta(days=2)
        for when, who, field in ((ahead, "Dr Roe", "decided_on"), (date(2026, 11, 1), " ", "taken_by")):
            with pytest.raises(InvalidEntryError) as caught:
                care.record_consent(ada.patient_id, ConsentPurpose.RESEARCH, ConsentDecision.GIVEN, when, who)
            assert caught.value.field == field

    def test_the_latest_answer_holds(self, care, ada):
        care.answer(ada.patient_id, EligibilityQuestion.DEAFNESS, Answer.UNKNOWN)
        care.answer(ada.patient_id, EligibilityQuestion.DEAFNESS, Answer.YES)
        assert {question: each.answer for question, each in care.answers(ada.patient_id).items()} == {
            EligibilityQuestion.DEAFNESS: Answer.YES
        }


class TestReview:
    def test_a_result_is_preliminary_until_a_named_clinician_confirms_it(self, care, log, saved):
        assert saved.status is Status.PRELIMINARY
        confirmed = care.confirm(saved.assessment_id, "Dr Roe")
        assert (confirmed.status, confirmed.reviewed_by, confirmed.grade) == (
            Status.CONFIRMED,
            "Dr Roe",
            saved.report_grade,
        )
        assert log.audit("assessments", saved.assessment_id)[-1].action == "confirmed"

    def test_an_override_counts_instead_of_the_models_grade_and_keeps_both(self, care, saved):
        overridden = care.override(saved.assessment_id, Grade.MILD, "Was laughing", "Dr Roe")
        assert (overridden.grade, overridden.report_grade) == (Grade.MILD, Grade.SEVERE)
        nothing = care.override(saved.assessment_id, None, "Face was covered", "Dr Poe")
        assert nothing.grade is None
        assert [(each.decision, each.grade, each.reviewer) for each in care.reviews(saved.assessment_id)] == [
            (Status.OVERRIDDEN, None, "Dr Poe"),
            (Status.OVERRIDDEN, Grade.MILD, "Dr Roe"),
        ]
        assert care.confirm(saved.assessment_id, "Dr Poe").grade is Grade.SEVERE

    def test_what_is_missing_is_said(self, care, saved):
        with pytest.raises(InvalidEntryError, match="name of the clinician is missing"):
            care.confirm(saved.assessment_id, "  ")
        with pytest.raises(InvalidEntryError, match="reason is missing"):
            care.override(saved.assessment_id, Grade.MILD, "", "Dr Roe")
        with pytest.raises(InvalidEntryError, match="This is the grade of the model"):
            care.override(saved.assessment_id, Grade.SEVERE, "Same", "Dr Roe")
        with pytest.raises(UnknownAssessmentError):
            care.confirm("nothing", "Dr Roe")
        assert care.reviews(saved.assessment_id) == []

    def test_an_assessment_saved_in_error_is_withdrawn_and_counts_no_more(self, care, log, saved):
        assert care.withdraw_assessment(saved.assessment_id, "Other patient in the bed").status is Status.WITHDRAWN
        (one,) = log.overview()
        assert one.last is None
        assert log.assessment(saved.assessment_id).frames
        with pytest.raises(InvalidEntryError, match="cannot be confirmed"):
            care.confirm(saved.assessment_id, "Dr Roe")


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM analgesia",
        "DELETE FROM notes",
        "DELETE FROM corrections",
        "DELETE FROM reviews",
        "DELETE FROM consents",
        "DELETE FROM eligibility_answers",
        "UPDATE corrections SET old_value = 'x'",
        "UPDATE reviews SET reviewer = 'x'",
        "UPDATE consents SET decision = 'given'",
        "UPDATE eligibility_answers SET answer = 'no'",
    ],
)
def test_nothing_that_was_entered_can_be_deleted_or_history_changed(care, log, ada, saved, change):
    enter_one_of_each(care, ada.patient_id, saved.assessment_id)
    with pytest.raises(sqlite3.IntegrityError, match="never"):
        care._db.execute(change)


def test_taking_the_demonstration_away_takes_all_that_was_entered_for_it(care, log, ada, saved):
    demo = log.register_patient("Zoe Ficta", BORN, Sex.FEMALE, demonstration=True)
    recorded = log.save_assessment(demo.patient_id, made_up_assessment(number=2))
    enter_one_of_each(care, demo.patient_id, recorded.assessment_id)
    enter_one_of_each(care, ada.patient_id, saved.assessment_id)
    log.remove_demonstration()
    for table in log._db.table_names():
        columns = log._db[table].columns_dict
        if "patient_id" in columns and table != "audit":
            assert {row["patient_id"] for row in log._db[table].rows} <= {ada.patient_id}, table
    assert len(care.doses(ada.patient_id)) == len(care.notes(ada.patient_id)) == 1


def enter_one_of_each(care, patient_id, assessment_id):
    dose = care.give(patient_id, "Paracetamol", 1, DoseUnit.G, Route.ORAL, GIVEN)
    care.correct_dose(dose.analgesia_id, {"dose": 0.5}, "Half a tablet")
    care.write_note(patient_id, "Slept well.", GIVEN)
    care.record_consent(patient_id, ConsentPurpose.RESEARCH, ConsentDecision.GIVEN, date(2026, 11, 1), "Dr Roe")
    care.answer(patient_id, EligibilityQuestion.AWAKE, Answer.YES)
    care.confirm(assessment_id, "Dr Roe")
