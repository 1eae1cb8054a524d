"""The schema grows by small changes: each in full or not at all, and never by a program that is too old."""

from __future__ import annotations

import sqlite3
import threading
from datetime import date

import pytest
from sqlite_utils import Database, Migrations

from peea.store import DiskFullError, NewerDatabaseError, PatientLog, Sex
from peea.store import migrations as schema
from peea.store.copies import is_whole


def names(path) -> list[str]:
    db = Database(path)
    try:
        return [each.name for each in schema.migrations.applied(db)]
    finally:
        db.conn.close()


@pytest.fixture
def with_one_more(monkeypatch):
    """Register a further change, as the next version of PEEA would."""

    def add(change) -> None:
        longer = Migrations("peea")
        longer._migrations = list(schema.migrations._migrations)
        longer(name="m999_next")(change)
        monkeypatch.setattr(schema, "migrations", longer)

    return add


def test_a_new_data_base_has_every_change_in_order(tmp_path):
    PatientLog(tmp_path / "peea.db", actor="me").close()
    applied = names(tmp_path / "peea.db")
    assert applied[0] == "m001_patients"
    assert applied == sorted(applied)


def test_an_older_data_base_is_brought_up_to_date_and_keeps_its_rows(tmp_path, with_one_more):
    with PatientLog(tmp_path / "peea.db", actor="me") as log:
        patient = log.register_patient("Ada Kim", date(1941, 5, 3), Sex.FEMALE)
    with_one_more(lambda db: db.execute("ALTER TABLE patients ADD COLUMN shoe_size TEXT NOT NULL DEFAULT ''"))
    with PatientLog(tmp_path / "peea.db", actor="me") as log:
        assert log.patient(patient.patient_id) == patient
        assert "shoe_size" in log._db["patients"].columns_dict
    assert names(tmp_path / "peea.db")[-1] == "m999_next"


def test_before_a_change_a_whole_copy_is_set_aside(tmp_path, with_one_more):
    with PatientLog(tmp_path / "peea.db", actor="me") as log:
        log.register_patient("Ada Kim", date(1941, 5, 3), Sex.FEMALE)
    assert not (tmp_path / "set_aside").exists(), "a new data base has nothing to lose"
    with_one_more(lambda db: db.execute("UPDATE patients SET name = 'nobody'"))
    PatientLog(tmp_path / "peea.db", actor="me").close()
    (copy,) = (tmp_path / "set_aside").glob("*-before-update/peea.db")
    assert is_whole(copy, None)
    with sqlite3.connect(copy) as db:
        assert db.execute("SELECT name FROM patients").fetchall() == [("Ada Kim",)]
    PatientLog(tmp_path / "peea.db", actor="me").close()
    assert len(list((tmp_path / "set_aside").iterdir())) == 1, "once a change, not once an opening"


def test_without_room_for_the_copy_nothing_is_changed(tmp_path, with_one_more, monkeypatch):
    PatientLog(tmp_path / "peea.db", actor="me").close()
    before = names(tmp_path / "peea.db")

    def full(path, key, target):
        raise DiskFullError("The disk is full.")

    monkeypatch.setattr("peea.store.copies.copy_database", full)
    with_one_more(lambda db: db.execute("CREATE TABLE later (x)"))
    with pytest.raises(DiskFullError):
        PatientLog(tmp_path / "peea.db", actor="me")
    assert names(tmp_path / "peea.db") == before


def test_a_change_that_fails_half_way_leaves_the_data_base_as_it_was(tmp_path, with_one_more, monkeypatch):
    before = schema.migrations
    with PatientLog(tmp_path / "peea.db", actor="me") as log:
        patient = log.register_patient("Ada Kim", date(1941, 5, 3), Sex.FEMALE)

    def broken(db: Database) -> None:
        db.execute("DROP TABLE frame_series")
        db.execute("UPDATE patients SET name = 'nobody'")
        raise RuntimeError("power cut")

    with_one_more(broken)
    with pytest.raises(RuntimeError, match="power cut"):
        PatientLog(tmp_path / "peea.db", actor="me")
    monkeypatch.setattr(schema, "migrations", before)
    with PatientLog(tmp_path / "peea.db", actor="me") as log:
        assert log.patient(patient.patient_id) == patient
        assert log._db["frame_series"].exists()


def test_a_data_base_of_a_newer_peea_is_left_alone(tmp_path, with_one_more, monkeypatch):
    before = schema.migrations
    with_one_more(lambda db: db.execute("CREATE TABLE later (x)"))
    PatientLog(tmp_path / "peea.db", actor="me").close()
    monkeypatch.setattr(schema, "migrations", before)
    with pytest.raises(NewerDatabaseError, match=r"newer version of PEEA \(it has m999_next\)"):
        PatientLog(tmp_path / "peea.db", actor="me")


def test_programs_that_start_at_once_make_one_schema(tmp_path):
    errors, barrier = [], threading.Barrier(8)

    def start() -> None:
        barrier.wait()
        try:
            PatientLog(tmp_path / "peea.db", actor="me").close()
        except Exception as error:  # noqa: BLE001 - whatever it is, the test shows it
            errors.append(error)

    threads = [threading.Thread(target=start) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert (
        len(names(tmp_path / "peea.db")) == len(set(names(tmp_path / "peea.db"))) == len(schema.migrations._migrations)
    )
