"""kill -9 in every write path: all of it or nothing, nothing else touched, and the same act can be done again."""

from __future__ import annotations

import random
import shutil
import signal
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from peea.access import Role, passwords
from peea.access.account_store import AccountStore
from peea.access.rules import AccessRules
from peea.keeping.backup import backups_in, make_backup
from peea.keeping.rekeying import rekey
from peea.keeping.restore import restore_backup
from peea.keeping.retention import Retention
from peea.keeping.rules import KeepingRules
from peea.rating import PspiCodes
from peea.records.candidates import checked, take_in
from peea.scales import Grade
from peea.store import (
    CareLog,
    ManualKind,
    ManualLog,
    PatientLog,
    RatingStore,
    SetKind,
    Sex,
    StudyStore,
)
from peea.store.care import (
    Answer,
    ConsentDecision,
    ConsentPurpose,
    DoseUnit,
    EligibilityQuestion,
    Route,
)
from peea.store.copies import counts, is_whole
from peea.store.database import connect, key_id_of
from peea.store.kept_files import KeptFiles
from peea.store.monitoring_log import Episode, MonitoringLog
from peea.store.ratings import NewItem
from peea.store.site_key import SiteKey, WrongKeyError
from tests.factories import made_up_assessment
from tests.keeping.killed import copied, count_steps, killed_at
from tests.records.read_here import candidates_of_csv
from tests.studies.made_up_study import made_up_study

KEY, NEW_KEY = SiteKey(bytes(range(32))), SiteKey(bytes(range(1, 33)))
KILLS = 2
LAST_WEEK = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)
PICTURE = b"\xff\xd8 a face \xff\xd9" * 50
RULES = AccessRules(sign_in="accounts")


def _patient(path: Path, name: str = "Ada Kim") -> str:
    with PatientLog(path, actor="me") as log:
        return next(patient.patient_id for patient in log.patients() if patient.name == name)


def _item(patient_id: str, second: float = 1.0) -> NewItem:
    return NewItem("A", "a.mp4", patient_id=patient_id, time_s=second, content=PICTURE)


def _first_item(store: RatingStore) -> str:
    return store.items(store.set("Pilot").set_id)[0].item_id


def fill(path: Path) -> None:
    """Something in every table that an act changes."""
    with PatientLog(path, actor="me") as log:
        patient = log.register_patient("Ada Kim", date(1941, 5, 3), Sex.FEMALE).patient_id
        log.register_patient("Nobody Real", date(1940, 5, 3), Sex.MALE, demonstration=True)
        log.save_assessment(patient, made_up_assessment())
    with CareLog(path, actor="me") as care:
        care.write_note(patient, "Sleeps well.", LAST_WEEK)
        care.record_consent(patient, ConsentPurpose.KEY_FRAMES, ConsentDecision.GIVEN, date(2026, 11, 1), "Nurse Kim")
    with RatingStore(path, actor="me") as store:
        store.make_set("Pilot", SetKind.KEY_FRAMES, [_item(patient), _item(patient, 2.0)])
        store.rater("Dr. Lin")
    with StudyStore(path, actor="me") as studies:
        studies.save_draft(made_up_study(name="Draft"))


def register(path):
    with PatientLog(path, actor="me") as log:
        log.register_patient("Ben Low", date(1939, 1, 2), Sex.MALE)


def save_assessment(path):
    patient = _patient(path)
    with PatientLog(path, actor="me") as log:
        log.save_assessment(patient, made_up_assessment(number=2))


def give_dose(path):
    patient = _patient(path)
    with CareLog(path, actor="me") as care:
        care.give(patient, "Paracetamol", 1.0, DoseUnit.G, Route.ORAL, LAST_WEEK)


def correct_patient(path):
    patient = _patient(path)
    with CareLog(path, actor="me") as care:
        care.correct_patient(patient, {"ward": "7B", "bed": "4"}, "Moved")


def withdraw_note(path):
    patient = _patient(path)
    with CareLog(path, actor="me") as care:
        care.withdraw_note(care.notes(patient)[0].note_id, "Wrong patient")


def take_consent_back(path):
    patient = _patient(path)
    with CareLog(path, actor="me") as care:
        care.record_consent(
            patient, ConsentPurpose.KEY_FRAMES, ConsentDecision.TAKEN_BACK, date(2026, 11, 2), "Nurse Kim"
        )


def answer(path):
    patient = _patient(path)
    with CareLog(path, actor="me") as care:
        care.answer(patient, EligibilityQuestion.AWAKE, Answer.YES)


def override(path):
    with CareLog(path, actor="me") as care:
        care.override(made_up_assessment().assessment_id, Grade.MILD, "She was chewing", "Dr. Lin")


def rate_by_hand(path):
    patient = _patient(path)
    with ManualLog(path, actor="me") as log:
        log.save(patient, ManualKind.NRS, "Nurse Kim", score=4)


def save_monitoring(path):
    patient = _patient(path)
    with MonitoringLog(path, actor="me") as log:
        episodes = [Episode(Grade.SEVERE, 60.0, 12.5, alert=True), Episode(Grade.MILD, 30.0, 2.0, alert=False)]
        log.save(patient, made_up_assessment(), LAST_WEEK, episodes)


def make_set(path):
    patient = _patient(path)
    with RatingStore(path, actor="me") as store:
        store.make_set("Second", SetKind.KEY_FRAMES, [_item(patient), _item(patient, 2.0)])


def rate(path):
    with RatingStore(path, actor="me") as store:
        store.rate(_first_item(store), store.rater("Dr. Lin").rater_id, codes=PspiCodes.of(AU4=3))


def close_set(path):
    with RatingStore(path, actor="me") as store:
        store.close_set(store.set("Pilot").set_id)


def freeze_study(path):
    with StudyStore(path, actor="me") as studies:
        studies.freeze(studies.studies()[0].study_id)


def bring_in_patients(path):
    table = "name,birth_date,sex\nEve Lund,1938-02-03,female\nOle Berg,1937-04-05,male\n"
    with PatientLog(path, actor="me") as log:
        candidates = checked(candidates_of_csv(table.encode()), log.patients())
        take_in(candidates, [each.choices[0] for each in candidates], "ward.csv", log)


def remove_demonstration(path):
    with PatientLog(path, actor="me") as log:
        log.remove_demonstration()


def make_account(path):
    with AccountStore(path, actor="me") as store:
        store.make("ben", "Ben Low", Role.RATER, (), RULES)


def end_their_time(path):
    with Retention(path, actor="me") as store:
        store.enforce(KeepingRules(key_frames_days=1), datetime.now(UTC) + timedelta(days=5))


WRITES = [
    register,
    save_assessment,
    give_dose,
    correct_patient,
    withdraw_note,
    take_consent_back,
    answer,
    override,
    rate_by_hand,
    save_monitoring,
    make_set,
    rate,
    close_set,
    freeze_study,
    bring_in_patients,
    remove_demonstration,
    make_account,
    end_their_time,
]
CHANGED_TWICE = {"audit", "audit_head"}
"""Looks write audit rows of their own, before the act."""


@pytest.fixture(scope="module")
def ward(tmp_path_factory):
    """A filled data folder, encrypted; each test works on a copy."""
    folder = tmp_path_factory.mktemp("ward") / "data"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PEEA_KEY", KEY.text())
        fill(folder / "peea.db")
    return folder


@pytest.fixture
def with_key(monkeypatch):
    monkeypatch.setenv("PEEA_KEY", KEY.text())
    quick = passwords.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "_hasher", quick)


def state(path: Path, key: SiteKey = KEY) -> tuple:
    """Check that everything is whole, and return what is there: rows of each table, contents of what is to be rated."""
    assert is_whole(path, key)
    connection = connect(path, key)
    try:
        rows = {name: number for name, number in counts(connection).items() if name not in CHANGED_TWICE}
        named = connection.execute("SELECT file FROM rating_items WHERE sha256 IS NOT NULL AND file IS NOT NULL")
        files = sorted(name for (name,) in named.fetchall())
        closed = connection.execute("SELECT count(*) FROM rating_sets WHERE closed_at IS NOT NULL").fetchone()
        frozen = connection.execute("SELECT count(*) FROM studies WHERE frozen_at IS NOT NULL").fetchone()
    finally:
        connection.close()
    kept = KeptFiles(path, key)
    assert all(kept.content(name) == PICTURE for name in files), "a picture that is named is there"
    return rows, len(files), closed, frozen


def steps_to_die_at(steps: int, seed: str, kills: int = KILLS) -> list[int]:
    """Some steps of all, the last among them: what comes after the data base has agreed is the likeliest to be lost."""
    dice, last = random.Random(seed), steps - 2  # a step or two come and go, such as a look that was a moment ago
    return sorted({last, *(dice.randint(1, last) for _ in range(kills - 1))})


@pytest.mark.parametrize("write", WRITES, ids=lambda write: write.__name__)
def test_a_write_is_there_as_a_whole_or_not_at_all_and_can_be_made_again(write, ward, tmp_path, with_key):
    folder = copied(ward, tmp_path / "data")
    path = folder / "peea.db"
    before = state(path)
    steps = count_steps(path, write)
    after = state(path)
    assert after != before
    for step in steps_to_die_at(steps, write.__name__):
        copied(ward, folder)
        assert killed_at(step, path, write) == -signal.SIGKILL, f"not killed at {step} of {steps}"
        found = state(path)
        assert found in (before, after), f"killed at {step} of {steps}"
        if found == before:
            write(path)
            assert state(path) == after


def test_what_a_killed_program_kept_of_faces_goes_with_the_next_start(ward, tmp_path, with_key):
    path = copied(ward, tmp_path / "data") / "peea.db"
    for act in (make_set, take_consent_back):
        steps = count_steps(path, act)
        for step in range(1, steps + 1, max(1, steps // 4)):
            killed_at(step, copied(ward, tmp_path / "data") / "peea.db", act)
            with Retention(path, actor="start") as store:
                store.enforce(KeepingRules())
            _, named, _, _ = state(path)
            assert len(list((path.parent / "to_rate").rglob("*.jpg"))) == named


class TestKeyAndCopies:
    def test_a_change_of_key_killed_anywhere_leaves_one_key_that_opens_everything(self, ward, tmp_path, monkeypatch):
        folder = copied(ward, tmp_path / "data")
        path = folder / "peea.db"

        def rotate(where: Path) -> None:
            rekey(where, KEY, NEW_KEY, "me")

        before = state(path)
        steps = count_steps(path, rotate)
        assert state(path, NEW_KEY) == before
        reached = set()
        for step in steps_to_die_at(steps, "rotate", 6):
            copied(ward, folder)
            assert killed_at(step, path, rotate) == -signal.SIGKILL
            own = {KEY.key_id: KEY, NEW_KEY.key_id: NEW_KEY}[key_id_of(path)]
            reached.add(own.key_id)
            assert state(path, own) == before, f"killed at {step} of {steps}"
            with pytest.raises(WrongKeyError):
                connect(path, NEW_KEY if own is KEY else KEY)
            if own is KEY:
                rotate(path)
            monkeypatch.setenv("PEEA_KEY", NEW_KEY.text())
            with Retention(path, actor="start") as store:
                store.enforce(KeepingRules())
            assert state(path, NEW_KEY) == before
            assert [each.name for each in (folder / "to_rate").iterdir()] == [NEW_KEY.key_id]
        assert reached == {KEY.key_id, NEW_KEY.key_id}, "killed before and after the moment that decides"

    def test_a_backup_killed_anywhere_leaves_whole_backups_only(self, ward, tmp_path, with_key):
        path, disk = copied(ward, tmp_path / "data") / "peea.db", tmp_path / "disk"

        def back_up(where: Path) -> None:
            make_backup(disk, where)

        before = state(path)
        steps = count_steps(path, back_up)
        for step in steps_to_die_at(steps, "backup", 4):
            shutil.rmtree(disk)
            assert killed_at(step, path, back_up) == -signal.SIGKILL
            assert state(path) == before
            for file in backups_in(disk):
                restore_backup(file, tmp_path / f"other {step}" / "peea.db")
            back_up(path)
            assert all(file.suffix == ".backup" for file in disk.iterdir())

    def test_a_restore_killed_anywhere_leaves_the_one_or_the_other_state(self, ward, tmp_path, with_key):
        folder, disk = copied(ward, tmp_path / "data"), tmp_path / "disk"
        path = folder / "peea.db"
        file = make_backup(disk, path).file
        then = state(path)
        make_set(path)
        now, present = state(path), copied(folder, tmp_path / "present")

        def go_back(where: Path) -> None:
            restore_backup(file, where)

        steps = count_steps(path, go_back)
        assert state(path) == then
        for step in steps_to_die_at(steps, "restore", 5):
            copied(present, folder)
            assert killed_at(step, path, go_back) == -signal.SIGKILL
            assert state(path) in (then, now), f"killed at {step} of {steps}"
            go_back(path)
            assert state(path) == then
            assert not list(folder.glob(".unfinished*"))
