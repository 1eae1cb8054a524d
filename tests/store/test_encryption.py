"""Encryption at rest: what a stolen disk shows, what a wrong key does, and what a change of key may not lose."""

from __future__ import annotations

import io
import os
from datetime import date

import pytest

from peea.keeping.rekeying import rekey
from peea.store import DatabaseDamagedError, DatabaseLockedError, PatientLog, RatingStore, SetKind, Sex
from peea.store.database import DatabaseReplacedError, PlainDatabaseError
from peea.store.kept_files import KeptFiles
from peea.store.ratings import NewItem
from peea.store.sealing import PIECE_BYTES, SealBrokenError, SealedReader, sealed
from peea.store.site_key import KeyMissingError, KeyUnusableError, SiteKey, WrongKeyError, site_key
from tests.factories import made_up_assessment

NAME = "Adelheid Kowalczyk"
PICTURE = b"\xff\xd8 a face \xff\xd9" * 50


@pytest.fixture
def key(monkeypatch):
    made = SiteKey.new()
    monkeypatch.setenv("PEEA_KEY", made.text())
    return made


def filled(path):
    """A patient with an assessment, and one picture to be rated."""
    with PatientLog(path, actor="me") as log:
        patient = log.register_patient(NAME, date(1941, 5, 3), Sex.FEMALE, demonstration=True)
        log.save_assessment(patient.patient_id, made_up_assessment())
    with RatingStore(path, actor="me") as store:
        item = NewItem("A", "a.mp4", patient_id=patient.patient_id, time_s=1.0, content=PICTURE)
        store.make_set("Pilot", SetKind.KEY_FRAMES, [item])
    return path


def everything(path):
    """All bytes of the data folder, the logs that SQLite keeps beside the data base too."""
    return b"".join(file.read_bytes() for file in path.parent.rglob("*") if file.is_file())


def picture(path):
    with RatingStore(path, actor="me") as store:
        (item,) = store.items(store.set("Pilot").set_id)
        return store.content_of(item)


def opens(path):
    with PatientLog(path, actor="me") as log:
        (patient,) = log.patients()
        (line,) = log.assessments(patient.patient_id)
        return patient.name == NAME and bool(log.assessment(line.assessment_id).frames) and picture(path) == PICTURE


class TestStolenDisk:
    def test_holds_neither_names_nor_pictures_nor_file_headers_while_the_app_runs(self, tmp_path, key):
        path = filled(tmp_path / "peea.db")
        with PatientLog(path, actor="me"):  # the log of what was written last lies beside the data base meanwhile
            disk = everything(path)
        for secret in (NAME.encode(), b"Kowalczyk", b"SQLite format", b"CREATE TABLE", PICTURE[:20], key.material):
            assert secret not in disk
        assert opens(path)

    def test_in_plain_it_would_show_them(self, tmp_path):
        disk = everything(filled(tmp_path / "peea.db"))
        assert NAME.encode() in disk
        assert PICTURE in disk

    def test_files_are_for_one_account_only(self, tmp_path, key):
        path = filled(tmp_path / "peea.db")
        assert all(file.stat().st_mode & 0o077 == 0 for file in path.parent.rglob("*"))


class TestWrongKey:
    def test_each_wrong_way_is_told_in_a_sentence_and_changes_nothing(self, tmp_path, monkeypatch):
        path = filled(tmp_path / "plain" / "peea.db")
        monkeypatch.setenv("PEEA_KEY", SiteKey.new().text())
        with pytest.raises(
            PlainDatabaseError, match=r"not encrypted although a key was given\. Encrypt it with: peea key encrypt"
        ):
            PatientLog(path, actor="me")
        path = filled(tmp_path / "sealed" / "peea.db")
        before = path.read_bytes()
        monkeypatch.setenv("PEEA_KEY", SiteKey.new().text())
        with pytest.raises(WrongKeyError, match=r"encrypted with the key [0-9a-f]{16}; the key that was given is"):
            PatientLog(path, actor="me")
        monkeypatch.delenv("PEEA_KEY")
        with pytest.raises(KeyMissingError, match="Name the file of the key in PEEA_KEY_FILE"):
            PatientLog(path, actor="me")
        assert path.read_bytes() == before

    def test_a_damaged_page_is_told_from_a_wrong_key(self, tmp_path, key):
        path = filled(tmp_path / "peea.db")
        whole = bytearray(path.read_bytes())
        for at in range(4096 * 3, len(whole), 4096):
            whole[at + 100] ^= 1
        path.write_bytes(whole)
        with pytest.raises(DatabaseDamagedError, match="is damaged"), PatientLog(path, actor="me") as log:
            log.patients()

    def test_a_key_of_the_data_base_exchanged_in_its_header_opens_nothing(self, tmp_path, key, monkeypatch):
        path, other = filled(tmp_path / "peea.db"), SiteKey.new()
        whole = bytearray(path.read_bytes())
        whole[8:16] = bytes.fromhex(other.key_id)
        path.write_bytes(whole)
        monkeypatch.setenv("PEEA_KEY", other.text())
        with pytest.raises(DatabaseDamagedError):
            PatientLog(path, actor="me")


class TestKeyFile:
    def test_it_is_typed_from_paper_in_any_form_but_not_with_a_wrong_letter(self):
        key = SiteKey.new()
        assert SiteKey.from_text(key.text().lower().replace("-", " ")) == key
        letters = key.text()
        at = letters.rindex("-") - 1
        wrong = letters[:at] + ("A" if letters[at] != "A" else "B") + letters[at + 1 :]
        with pytest.raises(KeyUnusableError, match="a letter of it is wrong"):
            SiteKey.from_text(wrong)

    def test_a_file_outside_is_read_and_one_among_the_data_refused(self, tmp_path, monkeypatch):
        key, data = SiteKey.new(), tmp_path / "data"
        (data / "below").mkdir(parents=True)
        (tmp_path / "key").write_text(key.text())
        monkeypatch.setenv("PEEA_KEY_FILE", str(tmp_path / "key"))
        assert site_key(data) == key
        inside = data / "below" / "key"
        inside.write_text(key.text())
        (tmp_path / "link").symlink_to(inside)
        for file in (inside, tmp_path / "link"):
            monkeypatch.setenv("PEEA_KEY_FILE", str(file))
            with pytest.raises(KeyUnusableError, match="would take the key with them"):
                PatientLog(data / "peea.db", actor="me")
        assert not (data / "peea.db").exists()

    def test_a_missing_file_and_two_keys_are_refused(self, tmp_path, monkeypatch):
        monkeypatch.setenv("PEEA_KEY_FILE", str(tmp_path / "nowhere"))
        with pytest.raises(KeyUnusableError, match="cannot be read"):
            site_key(tmp_path / "data")
        monkeypatch.setenv("PEEA_KEY", SiteKey.new().text())
        with pytest.raises(KeyUnusableError, match="Both PEEA_KEY_FILE and PEEA_KEY are set"):
            site_key(tmp_path / "data")

    def test_a_representation_never_shows_the_key(self):
        key = SiteKey(bytes(range(32)))
        assert repr(key) == "SiteKey()"


class TestSealing:
    @pytest.mark.parametrize("size", [0, 1, PIECE_BYTES, PIECE_BYTES + 1, 2 * PIECE_BYTES])
    def test_what_goes_in_comes_out(self, size):
        key, content = SiteKey.new(), os.urandom(size)
        assert SealedReader(io.BytesIO(sealed(content, key, "a")), key, "a").read() == content

    def test_whatever_is_changed_cut_moved_or_exchanged_is_refused(self):
        key, content = SiteKey.new(), os.urandom(2 * PIECE_BYTES + 5)
        whole = sealed(content, key, "kept file a")
        piece, begin = PIECE_BYTES + 16, len(whole) - (2 * (PIECE_BYTES + 16) + 5 + 16)
        first, second, last = whole[begin : begin + piece], whole[begin + piece : begin + 2 * piece], whole[-21:]
        head = whole[:begin]
        changed = bytearray(whole)
        changed[begin + 7] ^= 1
        for broken in (
            bytes(changed),
            head + second + first + last,
            head + first + last,
            head + first + second,
            whole + b"x",
            whole[: begin - 3],
            b"",
        ):
            with pytest.raises(SealBrokenError):
                SealedReader(io.BytesIO(broken), key, "kept file a").read()
        with pytest.raises(SealBrokenError):
            SealedReader(io.BytesIO(whole), key, "kept file b").read()
        with pytest.raises(WrongKeyError):
            SealedReader(io.BytesIO(whole), SiteKey.new(), "kept file a")

    def test_a_kept_picture_in_the_place_of_another_is_refused(self, tmp_path, key):
        files = KeptFiles(tmp_path / "peea.db", key)
        (one, _), (other, _) = files.keep(b"one", ".jpg"), files.keep(b"other", ".jpg")
        os.replace(files.folder / one, files.folder / other)
        with pytest.raises(SealBrokenError, match="another one was put in its place"):
            files.content(other)
        assert files.content(one) is None


class TestChangeOfKey:
    def test_a_plain_data_base_is_encrypted_with_everything_that_belongs_to_it(self, tmp_path, monkeypatch):
        path, key = filled(tmp_path / "peea.db"), SiteKey.new()
        done = rekey(path, None, key, "me")
        assert (done.files, done.before, done.since) == (1, "", key.key_id)
        assert NAME.encode() not in everything(path)
        assert PICTURE[:20] not in everything(path)
        monkeypatch.setenv("PEEA_KEY", key.text())
        assert opens(path)

    def test_the_old_key_opens_nothing_any_more(self, tmp_path, key, monkeypatch):
        path, new = filled(tmp_path / "peea.db"), SiteKey.new()
        rekey(path, key, new, "me")
        with pytest.raises(WrongKeyError):
            PatientLog(path, actor="me")
        monkeypatch.setenv("PEEA_KEY", new.text())
        assert opens(path)
        assert [folder.name for folder in (tmp_path / "to_rate").iterdir()] == [new.key_id]
        with PatientLog(path, actor="me") as log:
            assert log.audit("data base")[-1].action.value == "key_changed"

    def test_it_waits_for_nobody_who_works_and_nobody_writes_into_the_old_file(self, tmp_path, key, monkeypatch):
        path, new = filled(tmp_path / "peea.db"), SiteKey.new()
        monkeypatch.setattr("peea.store.exclusive.alone.__wrapped__.__defaults__", (0.05,))
        with PatientLog(path, actor="me") as log:
            (patient,) = log.patients()
            with pytest.raises(DatabaseLockedError):
                rekey(path, key, new, "me")
            # However it came about that the file was replaced while it was open: nothing is written into the void.
            os.replace(path, tmp_path / "moved.db")
            (tmp_path / "moved.db").rename(tmp_path / "old.db")
            path.write_bytes((tmp_path / "old.db").read_bytes())
            with pytest.raises(DatabaseReplacedError, match="was not saved"):
                log.save_assessment(patient.patient_id, made_up_assessment(number=2))
