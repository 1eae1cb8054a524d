"""When things go wrong around the patient log: nothing half-saved, nothing lost, always a sentence."""

from __future__ import annotations

import multiprocessing
import os
import random
import resource
import signal
import sqlite3
import threading
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from peea.assessment import Assessment
from peea.scales import Grade
from peea.store import (
    DatabaseDamagedError,
    DatabaseLockedError,
    DatabaseUnavailableError,
    DiskFullError,
    PatientLog,
    Sex,
)
from tests.factories import made_up_assessment

IN_ANOTHER_PROCESS = multiprocessing.get_context("fork")


def assessment(number: int) -> Assessment:
    return made_up_assessment([(Grade.SEVERE, 25)], frame_rate=25, number=number)


@pytest.fixture
def path(tmp_path) -> Path:
    """A data base with one patient and one saved assessment, number 0."""
    with PatientLog(tmp_path / "peea.db", actor="me") as log:
        patient = log.register_patient("Ada Kim", date(1941, 5, 3), Sex.FEMALE)
        log.save_assessment(patient.patient_id, assessment(0))
    return tmp_path / "peea.db"


def whole_assessments(path: Path) -> set[str]:
    """Check that everything in the data base is whole, and return the ids of its assessments."""
    with PatientLog(path, actor="checker") as log:
        (patient,) = log.patients()
        saved = {each.assessment_id for each in log.assessments(patient.patient_id)}
        for assessment_id in saved:
            assert log.assessment(assessment_id).frames
        assert {row.row_id for row in log.audit("assessments")} == saved
        assert {row["assessment_id"] for row in log._db["frame_series"].rows} == saved
        assert log._db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert log._db.execute("PRAGMA foreign_key_check").fetchall() == []
    return saved


def run_and_wait(work: Callable[[], None]) -> int | None:
    process = IN_ANOTHER_PROCESS.Process(target=work)
    process.start()
    process.join(30)
    return process.exitcode


class TestKilled:
    @pytest.mark.parametrize("statement", range(1, 22))
    def test_before_any_statement_of_a_save(self, path, statement):
        """SQLite tells of each statement before it runs it; the process kills itself at the n-th one of a save."""

        def save_and_die() -> None:
            log = PatientLog(path, actor="me")
            (patient,) = log.patients()
            seen = 0

            def count(sql: str) -> None:
                nonlocal seen
                seen += 1
                if seen == statement:
                    os.kill(os.getpid(), signal.SIGKILL)

            log._db.conn.set_trace_callback(count)
            log.save_assessment(patient.patient_id, assessment(1))

        code = run_and_wait(save_and_die)
        saved = whole_assessments(path)
        assert assessment(0).assessment_id in saved
        # BEGIN is the 2nd, COMMIT the 20th; a 21st there is not.
        assert code == (-signal.SIGKILL if statement <= 20 else 0)
        assert len(saved) == (1 if statement <= 20 else 2)

    def test_at_any_moment_of_many_saves(self, path):
        """What the process said it had saved is there; what it had not, is there as a whole or not at all."""
        dice = random.Random(20261121)
        promised, number = {assessment(0).assessment_id}, 1
        for _ in range(8):
            reader, writer = IN_ANOTHER_PROCESS.Pipe(duplex=False)

            def save_on(first: int, said) -> None:
                with PatientLog(path, actor="me") as log:
                    (patient,) = log.patients()
                    for each in range(first, first + 10_000):
                        log.save_assessment(patient.patient_id, assessment(each))
                        said.send((each, assessment(each).assessment_id))

            process = IN_ANOTHER_PROCESS.Process(target=save_on, args=(number, writer))
            process.start()
            writer.close()
            first_saved, first_id = reader.recv()
            time.sleep(dice.uniform(0, 0.08))
            process.kill()
            process.join()
            told = [(first_saved, first_id)]
            try:
                while reader.poll(1):
                    told.append(reader.recv())
            except EOFError:
                reader.close()
            promised |= {assessment_id for _, assessment_id in told}
            saved = whole_assessments(path)
            assert promised <= saved
            assert len(saved - promised) <= 1
            promised |= saved
            number = told[-1][0] + 2


class TestFullDisk:
    def test_nothing_of_the_save_is_kept_and_it_works_once_there_is_room(self, path):
        with PatientLog(path, actor="me") as log:
            (patient,) = log.patients()
            pages = log._db.execute("PRAGMA page_count").fetchone()[0]
            log._db.execute(f"PRAGMA max_page_count = {pages + 1}").fetchone()
            with pytest.raises(DiskFullError, match="disk is full"):
                log.save_assessment(patient.patient_id, assessment(1))
            assert len(log.assessments(patient.patient_id)) == 1
            log._db.execute("PRAGMA max_page_count = 1000000").fetchone()
            log.save_assessment(patient.patient_id, assessment(1))
        assert len(whole_assessments(path)) == 2

    def test_the_system_refuses_to_let_the_file_grow(self, path):
        def save_without_room() -> None:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            log = PatientLog(path, actor="me")
            (patient,) = log.patients()
            written = max(file.stat().st_size for file in path.parent.iterdir())
            resource.setrlimit(resource.RLIMIT_FSIZE, (written, resource.RLIM_INFINITY))
            refused = 0
            for number in range(1, 20):
                try:
                    log.save_assessment(patient.patient_id, assessment(number))
                except (DiskFullError, DatabaseUnavailableError) as error:
                    refused += "was not changed" in str(error)
            os._exit(0 if refused else 1)

        assert run_and_wait(save_without_room) == 0
        assert assessment(0).assessment_id in whole_assessments(path)


class TestLocked:
    def test_a_writer_that_hangs_is_named_and_readers_go_on(self, path):
        blocker = sqlite3.connect(path)
        blocker.execute("BEGIN IMMEDIATE")
        try:
            with PatientLog(path, actor="me", busy_timeout_s=0.05) as log:
                (patient,) = log.patients()
                with pytest.raises(DatabaseLockedError, match="in use by another program"):
                    log.save_assessment(patient.patient_id, assessment(1))
                assert len(log.assessments(patient.patient_id)) == 1
                blocker.rollback()
                log.save_assessment(patient.patient_id, assessment(1))
        finally:
            blocker.close()
        assert len(whole_assessments(path)) == 2

    def test_writers_take_turns(self, path):
        errors = []

        def save(first: int) -> None:
            try:
                with PatientLog(path, actor=f"writer {first}") as log:
                    (patient,) = log.patients()
                    for number in range(first, first + 10):
                        log.save_assessment(patient.patient_id, assessment(number))
            except Exception as error:  # noqa: BLE001 - whatever it is, the test shows it
                errors.append(error)

        threads = [threading.Thread(target=save, args=(first,)) for first in (100, 200, 300, 400)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert errors == []
        assert len(whole_assessments(path)) == 41


class TestDamaged:
    @pytest.mark.parametrize(
        "content", [b"this is a letter and not a data base\n" * 200, b"SQLite format 3\x00" + b"\xff" * 4096]
    )
    def test_a_file_that_is_no_data_base(self, tmp_path, content):
        file = tmp_path / "peea.db"
        file.write_bytes(content)
        with pytest.raises(DatabaseDamagedError, match="damaged"):
            PatientLog(file, actor="me")
        assert file.read_bytes() == content

    def test_pages_overwritten_with_noise(self, path):
        with PatientLog(path, actor="me") as log:
            (patient,) = log.patients()
            log._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        whole = path.read_bytes()
        path.write_bytes(whole[:4096] + random.Random(3).randbytes(len(whole) - 4096))
        with pytest.raises(DatabaseDamagedError, match="restore the last backup"), PatientLog(path, actor="me") as log:
            log.assessments(patient.patient_id)

    def test_a_frame_series_that_was_changed(self, path):
        with PatientLog(path, actor="me") as log:
            log._db.execute("UPDATE frame_series SET series = x'00'")
            with pytest.raises(DatabaseDamagedError, match="is damaged"):
                log.assessment(assessment(0).assessment_id)

    def test_a_frame_series_that_is_gone(self, path):
        with PatientLog(path, actor="me") as log:
            log._db.execute("DELETE FROM frame_series")
            with pytest.raises(DatabaseDamagedError, match="frame series is missing"):
                log.assessment(assessment(0).assessment_id)


class TestUnavailable:
    def test_a_folder_that_cannot_be_made(self, tmp_path):
        (tmp_path / "file").write_text("not a folder")
        with pytest.raises(DatabaseUnavailableError, match="cannot be made"):
            PatientLog(tmp_path / "file" / "peea.db", actor="me")

    def test_a_folder_in_the_place_of_the_file(self, tmp_path):
        with pytest.raises(DatabaseUnavailableError, match="cannot be opened"):
            PatientLog(tmp_path, actor="me")

    def test_a_data_base_that_may_not_be_written(self, path):
        with PatientLog(path, actor="me") as log:
            (patient,) = log.patients()
            log._db.execute("PRAGMA query_only = ON")
            with pytest.raises(DatabaseUnavailableError, match="read-only"):
                log.save_assessment(patient.patient_id, assessment(1))
            assert len(log.assessments(patient.patient_id)) == 1
