"""The audit trail: looks are in it, one row each; whatever is changed past PEEA is found."""

from __future__ import annotations

import sqlite3
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlite_utils import Database
from typer.testing import CliRunner

from peea.access import Actor, Role
from peea.cli import app
from peea.records.contents import ExportFilter, course_of, records_of, sheet_of
from peea.store import Action, CareLog, InvalidEntryError, PatientLog, Sex, WardLog
from peea.store.audit_log import GUARDS, Anchor, AuditLog, AuditQuery
from peea.store.looks import forget_looks
from peea.store.schema import migrations
from tests.factories import made_up_assessment

BORN = date(1941, 5, 3)
NURSE = Actor("Nurse Kim", Role.WARD_STAFF, frozenset({"7B"}))
ADMINISTRATOR = Actor("Admin", Role.ADMINISTRATOR)


@pytest.fixture
def path(tmp_path):
    """A data base with two patients on ward 7B, ten rows of audit."""
    forget_looks()
    path = tmp_path / "peea.db"
    with PatientLog(path, actor="Simulation") as log:
        ada = log.register_patient("Ada Kimberley", BORN, Sex.FEMALE, ward="7B", study_code="MRN-4711")
        log.register_patient("Zoe Ficta", BORN, Sex.FEMALE, ward="7B", study_code="MRN-4712")
        for number in range(1, 9):
            log.save_assessment(ada.patient_id, made_up_assessment(number=number))
    return path


def patient(path, code="MRN-4711"):
    with PatientLog(path, actor="test") as log:
        return log.patient(code)


def trail(path, **wanted):
    with AuditLog(path, actor=ADMINISTRATOR) as log:
        return [found.row for found in log.search(AuditQuery(**wanted), rows_a_page=1000).rows][::-1]


def verified(path, *anchors):
    with AuditLog(path, actor=ADMINISTRATOR) as log:
        return log.verify(*anchors)


def past_peea(path, *statements, guards=False):
    """Change the file as somebody would who can write to it, the triggers out of the way."""
    with sqlite3.connect(path) as other:
        triggers = other.execute(
            f"SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name IN ({', '.join('?' * len(GUARDS))})",
            GUARDS,
        ).fetchall()
        for name, _ in triggers:
            other.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            other.execute(statement)
        if not guards:
            for _, sql in triggers:
                other.execute(sql)
    other.close()


class TestLooks:
    def test_who_saw_whom_is_one_row_however_often_the_page_is_drawn(self, path):
        ada = patient(path)
        for _ in range(3):
            with CareLog(path, actor=NURSE) as care:
                care.doses(ada.patient_id)
                care.notes(ada.patient_id)
        (seen,) = trail(path, person="Nurse Kim")
        assert (seen.action, seen.table_name, seen.patient_id) == (Action.SEEN, "care", ada.patient_id)

    def test_the_board_is_one_row_for_all_its_patients_and_found_by_each(self, path):
        with WardLog(path, actor=NURSE) as ward:
            ward.board("7B")
            ward.board("7B")
        (seen,) = trail(path, person="Nurse Kim")
        assert (seen.table_name, seen.detail["number"], seen.patient_id) == ("board", 2, None)
        for code in ("MRN-4711", "MRN-4712"):
            assert seen in trail(path, patient=code)
        with PatientLog(path, actor="test") as log:
            other = log.register_patient("Eve Elsewhere", BORN, Sex.FEMALE, ward="7A")
        assert seen not in trail(path, patient=other.study_code)

    def test_a_board_with_somebody_new_on_it_is_a_new_look(self, path):
        with WardLog(path, actor=NURSE) as ward:
            ward.board("7B")
            with PatientLog(path, actor="test") as log:
                log.register_patient("Eve Elsewhere", BORN, Sex.FEMALE, ward="7B")
            ward.board("7B")
        assert [row.detail["number"] for row in trail(path, person="Nurse Kim")] == [2, 3]

    def test_each_printing_and_each_export_is_a_row(self, path):
        ada = patient(path)
        sheet_of(made_up_assessment(number=1).assessment_id, NURSE, path)
        sheet_of(made_up_assessment(number=1).assessment_id, NURSE, path)
        course_of(ada.patient_id, NURSE, path)
        records_of(ExportFilter(), "Dr. Roe", "fhir", path)
        printed = trail(path, patient="MRN-4711", action=Action.PRINTED)
        assert [(row.table_name, row.actor) for row in printed] == [
            *[("record_sheet", "Nurse Kim")] * 2,
            ("course_sheet", "Nurse Kim"),
        ]
        (left,) = trail(path, patient="MRN-4711", action=Action.EXPORTED)
        assert (left.actor, left.detail["to"]) == ("Dr. Roe", "fhir")

    def test_a_look_that_cannot_be_written_now_is_written_later_with_its_own_time(self, path, caplog):
        ada = patient(path)
        blocker = sqlite3.connect(path)
        blocker.execute("BEGIN IMMEDIATE")
        with CareLog(path, actor=NURSE, busy_timeout_s=0.05) as care:
            assert care.notes(ada.patient_id) == []
            looked = datetime.now(UTC)
            assert "1 looks wait to be written into the audit trail: DatabaseLockedError" in caplog.text
            assert ada.patient_id not in caplog.text
            blocker.rollback()
            care.doses(ada.patient_id)
        blocker.close()
        first, *_ = trail(path, person="Nurse Kim")
        assert datetime.fromisoformat(first.at) <= looked
        assert verified(path).whole

    def test_it_holds_no_name_and_nothing_that_was_entered(self, path):
        ada = patient(path)
        with CareLog(path, actor=NURSE) as care:
            care.write_note(ada.patient_id, "Daughter Eve calls.", datetime.now(UTC) - timedelta(hours=1))
            care.correct_patient(ada.patient_id, {"name": "Ada Newname"}, "Misspelt by Eve")
        with PatientLog(path, actor=NURSE) as log:
            log.patients(search="Newname")
        rows = str([vars(row) for row in trail(path)])
        for word in ("Kimberley", "Newname", "Eve", ada.birth_date.isoformat(), "Daughter"):
            assert word not in rows


class TestVerify:
    def test_an_untouched_trail_is_whole(self, path):
        found = verified(path)
        assert found.whole
        assert found.rows >= 10

    @example(row=1, change="DELETE FROM audit WHERE audit_id >= {row}")
    @example(row=10, change="DELETE FROM audit WHERE audit_id >= {row}")
    @settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        row=st.integers(1, 10),
        change=st.sampled_from(
            [
                "UPDATE audit SET actor = 'nobody' WHERE audit_id = {row}",
                "UPDATE audit SET at = '2020-01-01T00:00:00.000000+00:00' WHERE audit_id = {row}",
                "UPDATE audit SET action = 'imported' WHERE audit_id = {row}",
                "UPDATE audit SET patient_id = 'else' WHERE audit_id = {row}",
                "UPDATE audit SET detail = '{{}}', row_id = 'x' WHERE audit_id = {row}",
                "UPDATE audit SET hash = replace(hash, substr(hash, 1, 1), 'g') WHERE audit_id = {row}",
                "DELETE FROM audit WHERE audit_id = {row}",
                "DELETE FROM audit WHERE audit_id >= {row}",
                "UPDATE audit SET audit_id = 1000 WHERE audit_id = {row}",
                "INSERT INTO audit SELECT 1000, at, actor, action, table_name, row_id, detail, patient_id, hash "
                "FROM audit WHERE audit_id = {row}",
            ]
        ),
    )
    def test_a_row_that_was_changed_removed_moved_or_added_is_found(self, path, tmp_path_factory, row, change):
        copy = tmp_path_factory.mktemp("copy") / "peea.db"
        with sqlite3.connect(path) as before, sqlite3.connect(copy) as after:
            before.backup(after)
        past_peea(copy, change.format(row=row))
        assert not verified(copy).whole

    def test_two_rows_that_changed_places_are_found(self, path):
        past_peea(
            path,
            "UPDATE audit SET audit_id = 1000 WHERE audit_id = 4",
            "UPDATE audit SET audit_id = 4 WHERE audit_id = 7",
            "UPDATE audit SET audit_id = 7 WHERE audit_id = 1000",
        )
        findings = verified(path).findings
        assert [finding for finding in findings if "Row 4 " in finding]
        assert [finding for finding in findings if "Row 7 " in finding]

    def test_rows_cut_off_together_with_the_head_show_against_an_anchor(self, path):
        with AuditLog(path, actor=ADMINISTRATOR) as log:
            kept = log.anchor()
        past_peea(
            path,
            "DELETE FROM audit WHERE audit_id > 6",
            "UPDATE audit_head SET (number, last_id, hash) = "
            "(SELECT count(*), max(audit_id), (SELECT hash FROM audit WHERE audit_id = 6) FROM audit)",
        )
        assert verified(path).whole, "nothing inside the file can show it"
        assert "anchor" in verified(path, kept).findings[0]

    def test_a_later_trail_still_holds_its_anchors(self, path):
        with AuditLog(path, actor=ADMINISTRATOR) as log:
            kept = log.anchor()
            assert Anchor.from_text(f"an older one: {Anchor(1, 1, '0' * 64)}\nprinted on Monday: {kept}\n") == kept
        with PatientLog(path, actor="test") as log:
            log.register_patient("Eve Elsewhere", BORN, Sex.FEMALE)
        assert verified(path, kept).whole
        with pytest.raises(InvalidEntryError, match="no anchor"):
            Anchor.from_text("hash 12")

    def test_a_trail_without_its_guards_is_said(self, path):
        past_peea(path, guards=True)
        assert "no longer guards" in verified(path).findings[0]

    @pytest.mark.parametrize(
        "change",
        [
            "UPDATE audit SET actor = 'nobody' WHERE audit_id = 3",
            "DELETE FROM audit WHERE audit_id = 3",
            "INSERT OR REPLACE INTO audit SELECT * FROM audit WHERE audit_id = 3",
            "INSERT INTO audit SELECT 99, at, actor, action, table_name, row_id, detail, patient_id, hash FROM audit "
            "WHERE audit_id = 3",
            "UPDATE audit_head SET number = 3",
            "DELETE FROM audit_head",
            "INSERT INTO audit_head VALUES (1, 0, 0, '')",
        ],
    )
    def test_the_data_base_itself_refuses(self, path, change):
        with sqlite3.connect(path) as other, pytest.raises(sqlite3.IntegrityError, match="audit rows are"):
            other.execute(change)
        other.close()
        assert verified(path).whole


def test_rows_written_before_there_was_a_chain_are_chained_in_their_order(tmp_path):
    path = tmp_path / "old.db"
    old = Database(path)
    migrations.apply(old, stop_before="m701_chain_of_audit_rows")
    for number, detail in ((1, '{"patient_id": "p1", "fields": ["bed"]}'), (2, "{}")):
        old.execute(
            "INSERT INTO audit (at, actor, action, table_name, row_id, detail) VALUES (?, 'Kim', 'saved', ?, ?, ?)",
            [f"2026-11-0{number}T08:00:00.000000+00:00", ("notes", "patients")[number - 1], f"r{number}", detail],
        )
    old.conn.commit()
    old.close()
    found = verified(path)
    assert found.whole
    first, second = trail(path, person="Kim")
    assert (first.patient_id, dict(first.detail)) == ("p1", {"fields": ["bed"]})
    assert second.patient_id == "r2"
    past_peea(path, "UPDATE audit SET actor = 'Lin' WHERE audit_id = 1")
    assert not verified(path).whole


class TestSearch:
    def test_pages_are_of_the_latest_rows_first(self, path):
        with AuditLog(path, actor=ADMINISTRATOR) as log:
            every = log.search(AuditQuery(person="simul"), rows_a_page=100)
            pages = [log.search(AuditQuery(person="SIMUL"), page, 4) for page in (1, 2, 3)]
        assert every.total == len(every.rows) == 10
        assert [found for page in pages for found in page.rows] == every.rows
        assert [found.row.audit_id for found in every.rows] == list(range(10, 0, -1))
        assert {found.study_code for found in every.rows} == {"MRN-4711", "MRN-4712"}

    def test_by_kind_part_and_time(self, path):
        assert len(trail(path, action=Action.REGISTERED)) == 2
        assert len(trail(path, part="assessments", action=Action.SAVED)) == 8
        now = datetime.now(UTC)
        assert trail(path, person="Simulation", since=now + timedelta(hours=1)) == []
        assert (
            len(trail(path, person="Simulation", since=now - timedelta(hours=1), until=now + timedelta(hours=1))) == 10
        )

    def test_searching_is_a_look_too(self, path):
        trail(path)
        (look,) = trail(path, person="Admin")
        assert (look.action, look.table_name) == (Action.SEEN, "audit")


class TestCommands:
    def run(self, path, *arguments):
        return CliRunner().invoke(app, ["audit", *map(str, arguments), "--database", str(path)])

    def test_verify_says_so_and_exits_with_1_when_something_is_wrong(self, path, tmp_path):
        file = tmp_path / "anchors.txt"
        assert self.run(path, "anchor", file).exit_code == 0
        done = self.run(path, "verify", "--anchor", file)
        assert done.exit_code == 0, done.output
        assert "as it was written" in done.output
        past_peea(path, "DELETE FROM audit WHERE audit_id = 5")
        done = self.run(path, "verify")
        assert done.exit_code == 1
        assert "Row 6 does not fit" in done.output

    def test_search_prints_what_it_finds(self, path):
        done = self.run(path, "search", "--patient", "MRN-4712", "--action", "registered")
        assert "MRN-4712" in done.output
        assert "Rows 1 to 1 of 1." in done.output
        assert self.run(path, "verify", "--anchor", "missing.txt").exit_code == 2
