"""Backups and their restore: online, checked, encrypted; the present state is never lost."""

from __future__ import annotations

import shutil
import threading
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from peea.keeping.archive import BackupBrokenError, read_archive
from peea.keeping.backup import backups_in, last_good_backup, make_backup, newest_backup
from peea.keeping.rekeying import rekey
from peea.keeping.restore import restore_backup
from peea.keeping.start import check_start, offer_of_backup
from peea.store import (
    CareLog,
    DatabaseDamagedError,
    DatabaseLockedError,
    DatabaseUnavailableError,
    PatientLog,
    RatingStore,
    SetKind,
    Sex,
)
from peea.store.care import ConsentDecision, ConsentPurpose
from peea.store.ratings import NewItem
from peea.store.site_key import KeyMissingError, SiteKey, WrongKeyError
from tests.factories import made_up_assessment

NAME = "Adelheid Kowalczyk"
PICTURE = b"\xff\xd8 a face \xff\xd9" * 50


@pytest.fixture
def key(monkeypatch):
    made = SiteKey.new()
    monkeypatch.setenv("PEEA_KEY", made.text())
    return made


@pytest.fixture
def path(tmp_path, key):
    """An encrypted data base: a patient who consents, one assessment, one kept picture."""
    file = tmp_path / "data" / "peea.db"
    with PatientLog(file, actor="me") as log:
        patient = log.register_patient(NAME, date(1941, 5, 3), Sex.FEMALE)
        log.save_assessment(patient.patient_id, made_up_assessment())
    decide(file, ConsentDecision.GIVEN, date(2026, 11, 1))
    with RatingStore(file, actor="me") as store:
        item = NewItem("A", "a.mp4", patient_id=patient.patient_id, time_s=1.0, content=PICTURE)
        store.make_set("Pilot", SetKind.KEY_FRAMES, [item])
    return file


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "other disk"


def decide(path, decision, day=date(2026, 11, 2), purpose=ConsentPurpose.KEY_FRAMES):
    with PatientLog(path, actor="me") as log:
        (patient,) = log.patients()
    with CareLog(path, actor="me") as care:
        return care.record_consent(patient.patient_id, purpose, decision, day, "Nurse Kim")


def save(path, number):
    with PatientLog(path, actor="me") as log:
        (patient,) = log.patients()
        log.save_assessment(patient.patient_id, made_up_assessment(number=number))


def number_of_assessments(path):
    with PatientLog(path, actor="me") as log:
        (patient,) = log.patients()
        return len(log.assessments(patient.patient_id))


def picture(path):
    with RatingStore(path, actor="me") as store:
        (item,) = store.items(store.set("Pilot").set_id)
        return store.content_of(item)


class TestBackup:
    def test_it_holds_everything_encrypted_in_one_file(self, path, folder, key):
        made = make_backup(folder, path)
        assert made.contents.rows["patients"] == made.contents.rows["assessments"] == 1
        assert len(made.contents.kept_files) == 1
        content = made.file.read_bytes()
        for secret in (NAME.encode(), PICTURE[:20], b"contents.json", b"SQLite format"):
            assert secret not in content
        assert made.file.stat().st_mode & 0o077 == 0
        assert [file.name for file in folder.iterdir()] == [made.file.name]
        assert newest_backup(folder) == made.contents.moment

    def test_it_is_made_while_others_write_and_is_of_one_moment(self, path, folder):
        stop, saved = threading.Event(), []

        def write() -> None:
            for number in range(100, 1000):
                if stop.is_set():
                    return
                save(path, number)
                saved.append(number)

        writer = threading.Thread(target=write)
        writer.start()
        try:
            made = make_backup(folder, path)
        finally:
            stop.set()
            writer.join()
        rows = made.contents.rows
        assert rows["assessments"] == rows["frame_series"]
        assert 1 <= rows["assessments"] <= 1 + len(saved)
        assert number_of_assessments(path) == 1 + len(saved), "nothing that was written meanwhile is lost"

    def test_the_newest_are_kept_and_the_one_just_made_even_if_the_clock_went_back(self, path, folder):
        for day in range(1, 5):
            made = make_backup(folder, path)
            made.file.rename(folder / f"peea-2099-01-0{day}T020000Z.backup")
        made = make_backup(folder, path, keep=2)
        assert [file.name for file in backups_in(folder)] == [
            "peea-2099-01-04T020000Z.backup",
            "peea-2099-01-03T020000Z.backup",
            made.file.name,
        ]
        assert len(made.removed) == 2

    def test_a_place_that_cannot_keep_it_is_told(self, path, folder):
        with pytest.raises(DatabaseUnavailableError, match="lies in the data folder"):
            make_backup(path.parent / "backups", path)
        folder.write_text("not a folder")
        with pytest.raises(DatabaseUnavailableError, match="cannot be read or written"):
            make_backup(folder, path)
        with pytest.raises(DatabaseUnavailableError, match="no data base"):
            make_backup(folder, path.parent / "other.db")

    def test_what_a_killed_backup_left_goes_with_the_next(self, path, folder):
        (folder / ".unfinished-backup-x").mkdir(parents=True)
        (folder / ".unfinished-backup-x" / "peea.db").write_bytes(b"half")
        make_backup(folder, path)
        assert [file.suffix for file in folder.iterdir()] == [".backup"]


class TestRestore:
    def test_what_was_lost_is_there_again_and_what_was_there_is_set_aside(self, path, folder):
        made = make_backup(folder, path)
        save(path, 2)
        present = path.read_bytes()
        done = restore_backup(made.file, path)
        assert number_of_assessments(path) == 1
        assert picture(path) == PICTURE
        assert done.aside is not None
        assert (done.aside / "peea.db").read_bytes() != b""
        assert number_of_assessments(done.aside / "peea.db") == 2, "the state before can be opened as it was"
        assert len((done.aside / "peea.db").read_bytes()) == len(present)
        with PatientLog(path, actor="me") as log:
            assert log.audit("data base")[-1].action.value == "restored"

    def test_after_the_loss_of_the_whole_folder(self, path, folder):
        made = make_backup(folder, path)
        shutil.rmtree(path.parent)
        assert restore_backup(made.file, path).aside is None
        assert all(file.stat().st_mode & 0o077 == 0 for file in [path.parent, *path.parent.rglob("*")])
        assert number_of_assessments(path) == 1
        assert picture(path) == PICTURE

    def test_a_damaged_data_base_is_set_aside_as_it_lies_there(self, path, folder):
        made = make_backup(folder, path)
        damage(path)
        broken = path.read_bytes()
        done = restore_backup(made.file, path)
        assert done.aside is not None
        assert (done.aside / "peea.db").read_bytes() == broken
        check_start(path, sign_in=True)
        assert number_of_assessments(path) == 1

    def test_consent_taken_back_since_then_holds(self, path, folder):
        made = make_backup(folder, path)
        decide(path, ConsentDecision.TAKEN_BACK)
        assert picture(path) is None
        done = restore_backup(made.file, path)
        assert done.carried == 1
        assert picture(path) is None
        assert done.aside is not None
        assert list((path.parent / "to_rate").rglob("*.jpg")) == []

    def test_a_backup_made_before_a_change_of_key_needs_the_old_key(self, path, folder, key, monkeypatch):
        made, new = make_backup(folder, path), SiteKey.new()
        rekey(path, key, new, "me")
        monkeypatch.setenv("PEEA_KEY", new.text())
        with pytest.raises(WrongKeyError, match="Give the right key"):
            restore_backup(made.file, path)
        restore_backup(made.file, path, key)
        assert picture(path) == PICTURE

    def test_a_backup_that_is_not_as_it_was_written_changes_nothing(self, path, folder, monkeypatch):
        made = make_backup(folder, path)
        before = path.read_bytes()
        content = bytearray(made.file.read_bytes())
        for broken in (bytes(content[:-20]), bytes(content[: len(content) // 2]), b"letter", _flipped(content)):
            made.file.write_bytes(broken)
            with pytest.raises(BackupBrokenError, match="damaged"):
                restore_backup(made.file, path)
        monkeypatch.delenv("PEEA_KEY")
        made.file.write_bytes(content)
        with pytest.raises(KeyMissingError):
            restore_backup(made.file, path)
        assert path.read_bytes() == before
        assert {file.name for file in path.parent.iterdir()} == {"peea.db", "to_rate"}

    def test_it_waits_for_nobody_who_works(self, path, folder, monkeypatch):
        made = make_backup(folder, path)
        monkeypatch.setattr("peea.store.exclusive.alone.__wrapped__.__defaults__", (0.05,))
        with PatientLog(path, actor="me") as log:
            with pytest.raises(DatabaseLockedError):
                restore_backup(made.file, path)
            assert len(log.patients()) == 1


class TestOffer:
    def test_start_up_finds_damage_and_offers_the_last_backup_that_can_be_read(self, path, folder, tmp_path):
        good, worse = make_backup(folder, path), make_backup(folder, path)
        good = good.file.rename(folder / "peea-2026-11-01T020000Z.backup")
        worse = worse.file.rename(folder / "peea-2026-11-02T020000Z.backup")
        worse.write_bytes(worse.read_bytes()[:-1])
        check_start(path, sign_in=True)
        damage(path)
        with pytest.raises(DatabaseDamagedError, match="damaged"):
            check_start(path, sign_in=True)
        assert last_good_backup(folder, path.parent)[0] == good
        sentence = offer_of_backup(str(folder), path)
        assert "The last good backup was made on" in sentence
        command = sentence.partition("on its server: ")[2]
        assert command == f"peea restore '{good}'", "the folder's name holds a space"
        assert "There is no backup" in offer_of_backup(str(tmp_path / "nothing"), path)
        assert "peea restore FILE" in offer_of_backup("", path)

    def test_with_sign_in_a_key_is_needed(self, tmp_path, monkeypatch):
        monkeypatch.delenv("PEEA_KEY", raising=False)
        with pytest.raises(KeyMissingError, match="their data must be encrypted"):
            check_start(tmp_path / "data" / "peea.db", sign_in=True)
        check_start(tmp_path / "data" / "peea.db", sign_in=False)


def test_a_plain_demonstration_is_backed_up_in_plain_and_restored(tmp_path, folder, monkeypatch):
    monkeypatch.delenv("PEEA_KEY", raising=False)
    file = tmp_path / "data" / "peea.db"
    with PatientLog(file, actor="me") as log:
        log.register_patient(NAME, date(1941, 5, 3), Sex.FEMALE, demonstration=True)
    made = make_backup(folder, file)
    assert made.contents.key_id == ""
    with PatientLog(file, actor="me") as log:
        log.remove_demonstration()
    restore_backup(made.file, file)
    with PatientLog(file, actor="me") as log:
        assert [patient.name for patient in log.patients()] == [NAME]
    assert read_archive(made.file, None).moment <= datetime.now(UTC)


def damage(path: Path) -> None:
    whole = bytearray(path.read_bytes())
    for at in range(4096 * 2, len(whole), 4096):
        whole[at + 50] ^= 255
    path.write_bytes(whole)


def _flipped(content: bytearray) -> bytes:
    flipped = bytearray(content)
    flipped[len(flipped) // 2] ^= 1
    return bytes(flipped)
