"""The demonstration ward: somebody is overdue, somebody has just come, everything is marked, all of it goes again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from peea.care.board import board_rows
from peea.care.reassessment import Reason, Urgency
from peea.care.rules import ReassessmentRules
from peea.demonstration_ward import RENEWED_AFTER, fill_ward, stale, touched_by_people
from peea.store import CareLog, PatientLog, WardLog
from peea.store.demonstration import FICTIONAL_PATIENTS


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    with PatientLog(tmp_path_factory.mktemp("ward") / "peea.db", actor="me") as log:
        fill_ward(log)
        yield log


def rows(log, later=timedelta(0)):
    with WardLog(log.path, actor="me") as ward:
        return board_rows(ward.board(), datetime.now(UTC) + later, ReassessmentRules())


def test_the_board_has_somebody_overdue_somebody_due_and_most_in_time(filled):
    found = [row.urgency for row in rows(filled)]
    assert found.count(Urgency.OVERDUE) >= 3
    assert found.count(Urgency.DUE) >= 1
    assert found.count(Urgency.LATER) >= len(found) / 2


def test_the_thirty_minutes_after_the_first_analgesia_are_over_for_one(filled):
    overdue = [row for row in rows(filled) if row.task.reason is Reason.FIRST_ANALGESIA]
    assert [row.patient.name for row in overdue] == ["Tomasz Wilk"]
    assert overdue[0].urgency is Urgency.OVERDUE


def test_one_has_just_come_and_some_have_left(filled):
    assert [row.patient.name for row in rows(filled) if row.last is None] == ["Hana Novak"]
    assert len(filled.patients(present=False)) == 4
    assert len(filled.patients()) == len(FICTIONAL_PATIENTS) == 25


def test_every_rating_is_marked_as_simulated_and_lies_within_the_stay(filled):
    with WardLog(filled.path, actor="me") as ward:
        for patient in filled.patients():
            history = ward.history(patient.patient_id)
            for record in history.records:
                assert record.simulated
                assert "simulated" in record.by
                assert datetime.fromisoformat(patient.arrived_at) <= record.at
                assert patient.left_at is None or record.at <= datetime.fromisoformat(patient.left_at)


def test_filling_twice_changes_nothing_and_removing_leaves_no_row_behind(filled, tmp_path):
    with PatientLog(tmp_path / "peea.db", actor="me") as log:
        fill_ward(log)
        counts = {table: log._db[table].count for table in log._db.table_names()}
        fill_ward(log)
        assert {table: log._db[table].count for table in log._db.table_names()} == counts
        assert log.remove_demonstration() == 25
        for table in log._db.table_names():
            if "patient_id" in log._db[table].columns_dict and table != "audit":
                assert log._db[table].count == 0, table


def test_it_is_stale_after_half_a_day_and_knows_whether_somebody_worked_with_it(tmp_path):
    with PatientLog(tmp_path / "peea.db", actor="me") as log:
        assert not stale(log)
        patient = fill_ward(log)[0]
        assert not stale(log)
        assert stale(log, datetime.now(UTC) + RENEWED_AFTER + timedelta(minutes=1))
        assert not touched_by_people(log)
        with CareLog(log.path, actor="Nurse Kim") as care:
            care.write_note(patient.patient_id, "Tried it.", datetime.now(UTC))
        assert touched_by_people(log)
