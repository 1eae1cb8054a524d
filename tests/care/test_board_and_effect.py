"""The order of the board, which way pain goes, what was seen around a dose, who can be included."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from peea.care.board import Direction, board_rows, direction_of
from peea.care.effect import effect_sentence, effects_of
from peea.care.eligibility import eligibility_of
from peea.care.reassessment import Urgency
from peea.care.rules import ReassessmentRules
from peea.scales import Context, Grade
from peea.store import CareLog, Kind, PainRecord, PatientLog, Sex, WardLog
from peea.store.care import Answer, ConsentDecision, ConsentPurpose, DoseUnit, EligibilityQuestion, Route
from tests.factories import made_up_assessment

NOW = datetime(2026, 11, 21, 14, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def record(minutes_ago, grade, context=Context.REST, kind=Kind.NRS):
    at = NOW - minutes_ago * MINUTE
    return PainRecord(str(minutes_ago), "p", at, kind, grade, context)


class TestDirection:
    def test_rest_is_compared_with_rest(self):
        records = [record(5, Grade.MILD), record(30, Grade.INTENSE, Context.TURNING), record(60, Grade.SEVERE)]
        assert direction_of(records) == (Direction.DOWN, records[2])

    def test_movement_of_any_kind_with_movement(self):
        records = [record(5, Grade.SEVERE, Context.STANDING), record(60, Grade.OBVIOUS, Context.TURNING)]
        assert direction_of(records)[0] is Direction.UP

    @pytest.mark.parametrize(
        "records",
        [
            [],
            [record(5, None)],
            [record(5, Grade.MILD)],
            [record(5, Grade.MILD), record(9, Grade.MILD, Context.STANDING)],
            [record(5, Grade.MILD), record(9, Grade.MILD, None)],
        ],
    )
    def test_without_anything_alike_nothing_is_said(self, records):
        assert direction_of(records) == (None, None)

    def test_what_could_not_be_assessed_is_passed_over(self):
        records = [record(1, None), record(5, Grade.MILD), record(9, None), record(12, Grade.MILD)]
        assert direction_of(records) == (Direction.SAME, records[3])


class TestBoard:
    @pytest.fixture
    def log(self, tmp_path):
        with PatientLog(tmp_path / "peea.db", actor="Nurse Kim") as opened:
            yield opened

    def arrive(self, log, name, hours_ago=10.0, *assessed, ward="7B", team="Blue"):
        arrived = NOW - timedelta(hours=hours_ago)
        patient = log.register_patient(
            name, date(1941, 5, 3), Sex.FEMALE, ward=ward, team=team, arrived_at=arrived, demonstration=True
        )
        for minutes_ago, grade in assessed:
            self.number = getattr(self, "number", 0) + 1
            made_up = made_up_assessment(
                [(grade, 20.0)] if grade is not None else [],
                number=self.number,
                recorded_at=(NOW - minutes_ago * MINUTE).isoformat(),
                context=Context.REST,
            )
            log.save_assessment(patient.patient_id, made_up)
        return patient

    def rows(self, log, **narrowed):
        with WardLog(log.path, actor="Nurse Kim") as ward:
            return board_rows(ward.board(**narrowed), NOW, ReassessmentRules())

    def test_overdue_comes_first_and_of_those_who_has_more_pain_or_nobody_looked_at(self, log):
        self.arrive(log, "Settled", 10, (300, Grade.MILD), (60, Grade.NO_PAIN))
        self.arrive(log, "Due soon", 10, (50, Grade.SEVERE))
        self.arrive(log, "Overdue, obvious", 10, (200, Grade.OBVIOUS))
        self.arrive(log, "Overdue, intense", 10, (90, Grade.INTENSE))
        self.arrive(log, "Just arrived", 0.1)
        self.arrive(log, "Forgotten", 3)
        assert [(row.patient.name, row.urgency) for row in self.rows(log)] == [
            ("Forgotten", Urgency.OVERDUE),
            ("Overdue, intense", Urgency.OVERDUE),
            ("Overdue, obvious", Urgency.OVERDUE),
            ("Just arrived", Urgency.DUE),
            ("Due soon", Urgency.DUE),
            ("Settled", Urgency.LATER),
        ]

    def test_analgesia_brings_a_patient_up_and_an_assessment_takes_the_patient_down_again(self, log):
        ada = self.arrive(log, "Ada", 10, (40, Grade.MILD), (20, Grade.MILD))
        assert self.rows(log)[0].urgency is Urgency.LATER
        with CareLog(log.path, actor="Nurse Kim") as care:
            care.give(ada.patient_id, "Morphine", 5, DoseUnit.MG, Route.ORAL, NOW - 18 * MINUTE)
        assert self.rows(log)[0].urgency is Urgency.DUE
        log.save_assessment(
            ada.patient_id, made_up_assessment([(Grade.MILD, 20.0)], number=99, recorded_at=NOW.isoformat())
        )
        assert self.rows(log)[0].urgency is Urgency.LATER

    def test_it_is_narrowed_to_a_ward_and_a_team_and_shows_nobody_who_left(self, log):
        self.arrive(log, "Ada", 1)
        self.arrive(log, "Bo", 1, ward="8A")
        gone = self.arrive(log, "Cy", 1, team="Green")
        assert {row.patient.name for row in self.rows(log, ward="7B")} == {"Ada", "Cy"}
        assert {row.patient.name for row in self.rows(log, team="Green")} == {"Cy"}
        with CareLog(log.path, actor="Nurse Kim") as care:
            care.correct_patient(gone.patient_id, {"left_at": datetime.now(UTC)}, "Discharged")
        assert {row.patient.name for row in self.rows(log)} == {"Ada", "Bo"}
        with WardLog(log.path, actor="Nurse Kim") as ward:
            assert (ward.wards(), ward.teams()) == (["7B", "8A"], ["Blue"])

    def test_what_waits_for_confirmation_is_counted_and_an_override_is_the_grade_shown(self, log):
        ada = self.arrive(log, "Ada", 10, (50, Grade.SEVERE), (40, Grade.SEVERE))
        assert self.rows(log)[0].to_confirm == 2
        with CareLog(log.path, actor="Nurse Kim") as care:
            latest = log.assessments(ada.patient_id)[0]
            care.override(latest.assessment_id, Grade.MILD, "Was talking", "Dr Roe")
        (row,) = self.rows(log)
        assert (row.to_confirm, row.last.grade, row.last.by) == (1, Grade.MILD, "Dr Roe")

    def test_a_try_that_failed_does_not_hide_the_last_grade(self, log):
        self.arrive(log, "Ada", 10, (50, Grade.SEVERE), (10, None))
        (row,) = self.rows(log)
        assert (row.last.grade, row.last_graded.grade) == (None, Grade.SEVERE)


class TestEffect:
    def test_before_and_after_at_rest_and_during_movement_apart(self):
        given = NOW
        records = [
            record(15, Grade.SEVERE),
            record(100, Grade.MILD),
            record(20, Grade.INTENSE, Context.TURNING),
            record(-25, Grade.OBVIOUS),
            record(-60, Grade.MILD),
            record(-90, None),
        ]
        rest, movement = effects_of(given, records, [given])
        assert (rest.before, rest.after) == (records[0], (records[3], records[4]))
        assert effect_sentence(given, rest) == (
            "At rest: Severe 15 min before. After it: Obvious after 25 min, Mild after 60 min."
        )
        assert effect_sentence(given, movement) == "During movement: Intense 20 min before. Not assessed since."

    def test_what_comes_after_the_next_dose_is_that_ones(self):
        records = [record(-25, Grade.OBVIOUS), record(-60, Grade.MILD)]
        rest, movement = effects_of(NOW, records, [NOW, NOW + 40 * MINUTE])
        assert rest.after == (records[0],)
        assert effect_sentence(NOW, movement) == "During movement: not assessed around this dose."


class TestEligibility:
    def case(self, tmp_path, age, answers, research):
        with PatientLog(tmp_path / "peea.db", actor="x") as log, CareLog(log.path, actor="x") as care:
            patient = log.register_patient("Ada", date(1941, 5, 3), Sex.FEMALE).patient_id
            for question, answer in answers.items():
                care.answer(patient, question, answer)
            if research is not None:
                care.record_consent(patient, ConsentPurpose.RESEARCH, research, date(2026, 11, 1), "Dr Roe")
            return eligibility_of(age, care.answers(patient), care.consents_in_force(patient))

    FIT = dict.fromkeys(EligibilityQuestion, Answer.NO) | {
        EligibilityQuestion.HIP_FRACTURE: Answer.YES,
        EligibilityQuestion.AWAKE: Answer.YES,
    }

    @pytest.mark.parametrize(
        ("age", "changed", "research", "included"),
        [
            (80, {}, ConsentDecision.GIVEN, True),
            (64, {}, ConsentDecision.GIVEN, False),
            (65, {}, ConsentDecision.GIVEN, True),
            (80, {}, None, None),
            (80, {}, ConsentDecision.REFUSED, False),
            (80, {EligibilityQuestion.DEAFNESS: Answer.YES}, ConsentDecision.GIVEN, False),
            (80, {EligibilityQuestion.AWAKE: Answer.NO}, None, False),
            (80, {EligibilityQuestion.APHASIA: Answer.UNKNOWN}, ConsentDecision.GIVEN, None),
        ],
    )
    def test_the_papers_criteria(self, tmp_path, age, changed, research, included):
        assert self.case(tmp_path, age, self.FIT | changed, research).included is included
