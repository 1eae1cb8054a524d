"""A disk that is full or read-only, and another program that holds the encrypted data base."""

from __future__ import annotations

import errno
import os
import resource
import signal
from datetime import date
from pathlib import Path

import pytest

from peea.keeping.backup import backups_in, make_backup
from peea.keeping.rekeying import rekey
from peea.keeping.restore import restore_backup
from peea.store import (
    DatabaseLockedError,
    DatabaseUnavailableError,
    DiskFullError,
    NewItem,
    PatientLog,
    RatingStore,
    SetKind,
    Sex,
    StoreError,
)
from peea.store.database import connect
from peea.store.site_key import SiteKey
from tests.factories import made_up_assessment
from tests.keeping.killed import IN_ANOTHER_PROCESS
from tests.keeping.test_killed import state

KEY, NEW_KEY = SiteKey(bytes(range(32))), SiteKey(bytes(range(1, 33)))
PICTURE = b"\xff\xd8 a face \xff\xd9" * 50
"""As in `state`, which looks whether it is there."""


@pytest.fixture
def path(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("PEEA_KEY", KEY.text())
    file = tmp_path / "data" / "peea.db"
    with PatientLog(file, actor="me") as log:
        patient = log.register_patient("Ada Kim", date(1941, 5, 3), Sex.FEMALE, demonstration=True)
        log.save_assessment(patient.patient_id, made_up_assessment())
    keep_picture(file, "Pilot")
    return file


def keep_picture(path, title):
    with RatingStore(path, actor="me") as store:
        item = NewItem("A", "a", patient_id=_patient(path), time_s=1.0, content=PICTURE)
        store.make_set(title, SetKind.KEY_FRAMES, [item])


def save(path):
    patient = _patient(path)
    with PatientLog(path, actor="me") as log:
        log.save_assessment(patient, made_up_assessment(number=2))


def _patient(path):
    with PatientLog(path, actor="me") as log:
        return log.patients()[0].patient_id


def told_with_files_up_to(size: int, act) -> str:
    """Do something in another process in which no file may grow over a size; return the sentence it ends with."""
    reader, writer = IN_ANOTHER_PROCESS.Pipe(duplex=False)

    def run() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
        try:
            act()
            writer.send("done")
        except StoreError as error:
            writer.send(str(error))
        os._exit(0)

    process = IN_ANOTHER_PROCESS.Process(target=run)
    process.start()
    writer.close()
    assert reader.poll(30)
    process.join(30)
    return reader.recv()


ACTS = {
    "save": save,
    "picture": lambda path: keep_picture(path, "Second"),
    "backup": lambda path: make_backup(path.parent.parent / "disk", path),
    "rotate": lambda path: rekey(path, KEY, NEW_KEY, "me"),
}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("size", [1_000, 60_000])
def test_without_room_nothing_changes_and_it_is_told(path, act, size):
    before = state(path)
    sentence = told_with_files_up_to(size, lambda: ACTS[act](path))
    assert any(words in sentence for words in ("is full", "no room", "may be full", "not changed")), sentence
    assert state(path) == before
    assert backups_in(path.parent.parent / "disk") == []
    ACTS[act](path)


def test_a_disk_that_says_it_is_full_while_a_picture_is_kept(path, monkeypatch):
    def full(descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    before = state(path)
    monkeypatch.setattr("peea.store.kept_files.os.fsync", full)
    with pytest.raises(DiskFullError, match="The pictures were not kept: the disk is full"):
        keep_picture(path, "Second")
    assert state(path) == before
    assert len(list((path.parent / "to_rate").rglob("*.jpg"))) == 1


def test_a_disk_without_room_for_a_restore_keeps_the_present_state(path):
    file = make_backup(path.parent.parent / "disk", path).file
    before = state(path)
    sentence = told_with_files_up_to(60_000, lambda: restore_backup(file, path))
    assert "no room" in sentence
    assert state(path) == before
    assert not list(path.parent.glob(".unfinished*"))


def test_a_read_only_disk_is_told(path, monkeypatch):
    """Of root nothing can be read-only by permissions, so that the system's answer stands in for the disk."""

    def refused(*_, **__):
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr("peea.store.kept_files.os.open", refused)
    with pytest.raises(DatabaseUnavailableError, match=r"cannot be kept in .*Read-only file system"):
        keep_picture(path, "Second")
    monkeypatch.undo()
    monkeypatch.setenv("PEEA_KEY", KEY.text())
    monkeypatch.setattr("peea.keeping.backup.tempfile.mkdtemp", refused)
    with pytest.raises(DatabaseUnavailableError, match=r"cannot be read or written \(Read-only file system\)"):
        make_backup(path.parent.parent / "disk", path)


def test_another_program_that_holds_the_encrypted_data_base_is_named_and_readers_go_on(path):
    blocker = connect(path, KEY)
    blocker.execute("BEGIN IMMEDIATE")
    try:
        with PatientLog(path, actor="me", busy_timeout_s=0.05) as log:
            (patient,) = log.patients()
            with pytest.raises(DatabaseLockedError, match="in use by another program"):
                log.save_assessment(patient.patient_id, made_up_assessment(number=2))
            assert len(log.assessments(patient.patient_id)) == 1
        make_backup(path.parent.parent / "disk", path)
    finally:
        blocker.rollback()
        blocker.close()
    save(path)
