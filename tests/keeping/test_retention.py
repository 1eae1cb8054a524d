"""How long what is kept, what consent covers, and a clock that jumps."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from typer.testing import CliRunner

from peea.cli import app
from peea.keeping.daily import once
from peea.keeping.rekeying import rekey
from peea.keeping.retention import ClockBehindError, Retention
from peea.keeping.rules import KeepingRules
from peea.keeping.start import check_clock
from peea.rating import ConsistencyRules, PspiCodes
from peea.rating.training_set import TrainingSetError
from peea.rating_export import export_training_set
from peea.scales import Grade
from peea.store import (
    CareLog,
    ManualKind,
    ManualLog,
    NewItem,
    PatientLog,
    RatingStore,
    RecordingsNotKeptError,
    SetKind,
    Sex,
    StudyStore,
)
from peea.store.care import ConsentDecision, ConsentPurpose, DoseUnit, Route
from peea.store.site_key import SiteKey
from peea.store.withdrawal import Removable, removed_sentence
from tests.factories import made_up_assessment
from tests.studies.made_up_study import made_up_study

NOW = datetime.now(UTC)
PICTURE = b"\xff\xd8 a face \xff\xd9"
FRAMES, RECORDINGS = ConsentPurpose.KEY_FRAMES, ConsentPurpose.ASSESSMENT


@pytest.fixture
def path(tmp_path):
    return tmp_path / "data" / "peea.db"


@pytest.fixture
def patient(path):
    with PatientLog(path, actor="me") as log:
        made = log.register_patient("Ada Kim", date(1941, 5, 3), Sex.FEMALE, arrived_at=NOW - timedelta(days=3))
    decide(path, made, FRAMES, ConsentDecision.GIVEN, 1)
    return made


@pytest.fixture
def video(tmp_path):
    file = tmp_path / "bed 4.mp4"
    file.write_bytes(b"a recording")
    return file


def decide(path, patient, purpose, decision, day):
    with CareLog(path, actor="me") as care:
        return care.record_consent(patient.patient_id, purpose, decision, date(2026, 11, day), "Nurse Kim")


def keep(path, patient, video=None):
    """Keep a key frame, and a recording if there is one; return what the sets hold later."""
    with RatingStore(path, actor="me") as store:
        frame = NewItem("A", "a", patient_id=patient.patient_id, time_s=1.0, content=PICTURE)
        store.make_set("Frames", SetKind.KEY_FRAMES, [frame])
        if video is not None:
            whole = NewItem("A", "a", patient_id=patient.patient_id, source=video)
            store.make_set("Recordings", SetKind.RECORDINGS, [whole], recordings_kept=True)


def there(path):
    """Titles of the sets whose picture or recording can still be seen."""
    with RatingStore(path, actor="me") as store:
        return {each.title for each in store.sets() if store.content_of(store.items(each.set_id)[0]) is not None}


def files(path):
    return sorted(file.suffix for file in (path.parent / "to_rate").rglob("*") if file.is_file())


class TestConsent:
    def test_recordings_are_kept_only_where_the_site_says_so(self, path, patient, video):
        with RatingStore(path, actor="me") as store:
            whole = NewItem("A", "a", patient_id=patient.patient_id, source=video)
            with pytest.raises(RecordingsNotKeptError, match="keep_recordings"):
                store.make_set("Recordings", SetKind.RECORDINGS, [whole])
            assert store.sets() == []
            assert files(path) == []
        assert not KeepingRules().recordings_kept

    @pytest.mark.parametrize(
        ("purpose", "left", "told"),
        [
            (FRAMES, set(), "Removed: 1 kept key frame, 1 kept recording. What raters said"),
            (RECORDINGS, {"Frames"}, "Removed: 1 kept recording. Results stay"),
            (ConsentPurpose.RESEARCH, {"Frames", "Recordings"}, "There was nothing to remove. Frozen studies stay"),
        ],
    )
    @pytest.mark.parametrize("decision", [ConsentDecision.REFUSED, ConsentDecision.TAKEN_BACK])
    def test_taking_it_back_removes_what_it_covered_and_says_so(
        self, path, patient, video, purpose, left, told, decision
    ):
        keep(path, patient, video)
        assert there(path) == {"Frames", "Recordings"}
        consent = decide(path, patient, purpose, decision, 2)
        assert there(path) == left
        assert len(files(path)) == len(left)
        with CareLog(path, actor="me") as care:
            removed = care.removed_with(patient.patient_id, consent.consent_id)
        assert removed_sentence(purpose, removed).startswith(told)

    def test_taken_back_from_research_the_patient_leaves_drafts_and_no_frozen_study(self, path, patient):
        with PatientLog(path, actor="me") as log:
            log.save_assessment(patient.patient_id, made_up_assessment())
        study = made_up_study(name="Draft")
        mine = study.recordings[0].recording
        with StudyStore(path, actor="me") as studies:
            own = [_mine(each) if each.recording == mine else each for each in study.recordings]
            for name, number in (("Draft", "one"), ("Frozen", "two")):
                studies.save_draft(made_up_study(name=name, study_id=number, recordings=tuple(own)))
            studies.freeze("two")
            consent = decide(path, patient, ConsentPurpose.RESEARCH, ConsentDecision.TAKEN_BACK, 2)
            draft, frozen = studies.study("one"), studies.study("two")
        assert mine not in {each.recording for each in draft.recordings}
        assert mine not in {recording for recording, _ in draft.ratings}
        assert len(draft.recordings) == len(study.recordings) - 1
        assert mine in {each.recording for each in frozen.recordings}
        with CareLog(path, actor="me") as care:
            assert care.removed_with(patient.patient_id, consent.consent_id) == {Removable.STUDY_RECORDINGS: 1}

    def test_a_clock_put_back_on_the_same_day_does_not_make_an_old_consent_hold(self, path, patient, monkeypatch):
        keep(path, patient)
        monkeypatch.setattr("peea.store.care_log.now_utc", lambda: "2001-01-01T00:00:00.000000+00:00")
        decide(path, patient, FRAMES, ConsentDecision.TAKEN_BACK, 1)
        assert there(path) == set()
        with CareLog(path, actor="me") as care:
            assert care.consents_in_force(patient.patient_id)[FRAMES].decision is ConsentDecision.TAKEN_BACK

    def test_what_came_in_without_being_carried_out_is_carried_out_by_the_next_run(self, path, patient):
        keep(path, patient)
        with CareLog(path, actor="me") as care:
            care._db.execute(
                "INSERT INTO consents SELECT 'x', patient_id, purpose, 'taken_back', given_by, '2026-11-03', taken_by, "
                "entered_at, entered_by FROM consents"
            )
        with Retention(path, actor="me") as store:
            assert +store.enforce(KeepingRules()) == {Removable.KEY_FRAMES: 1}
        assert (there(path), files(path)) == (set(), [])


def _mine(recording):
    return replace(recording, assessment_id=made_up_assessment().assessment_id)


class TestPeriods:
    @pytest.mark.parametrize(
        ("days", "left"), [(89, {"Frames", "Recordings"}), (91, {"Frames"}), (729, {"Frames"}), (731, set())]
    )
    def test_each_kind_has_its_own(self, path, patient, video, days, left):
        keep(path, patient, video)
        with Retention(path, actor="me") as store:
            store.enforce(KeepingRules(), NOW + timedelta(days=days))
        assert there(path) == left
        assert len(files(path)) == len(left)

    def test_zero_is_for_ever(self, path, patient, video):
        keep(path, patient, video)
        with Retention(path, actor="me") as store:
            store.enforce(KeepingRules(key_frames_days=0, recordings_days=0), NOW + timedelta(days=30_000))
        assert there(path) == {"Frames", "Recordings"}

    def test_a_patient_who_left_goes_with_everything_but_the_audit_trail(self, path, patient):
        keep(path, patient)
        with PatientLog(path, actor="me") as log:
            stays = log.register_patient("Ben Low", date(1939, 1, 2), Sex.MALE)
            for each, number in ((patient, 1), (stays, 2)):
                log.save_assessment(each.patient_id, made_up_assessment(number=number))
        with CareLog(path, actor="me") as care:
            care.give(patient.patient_id, "Paracetamol", 1.0, DoseUnit.G, Route.ORAL, NOW - timedelta(hours=1))
            care.override(made_up_assessment().assessment_id, Grade.MILD, "She was chewing", "Dr. Lin")
            care.correct_patient(patient.patient_id, {"left_at": NOW - timedelta(minutes=1)}, "Went home")
        with ManualLog(path, actor="me") as manual:
            manual.save(patient.patient_id, ManualKind.NRS, "Nurse Kim", score=4)
        with Retention(path, actor="me") as store:
            assert store.enforce(KeepingRules(), NOW + timedelta(days=9000))[Removable.PATIENTS] == 0, "not by default"
            rules = KeepingRules(patients_days=3650)
            assert store.enforce(rules, NOW + timedelta(days=3649))[Removable.PATIENTS] == 0
            assert store.enforce(rules, NOW + timedelta(days=3651))[Removable.PATIENTS] == 1
        with PatientLog(path, actor="me") as log:
            assert [each.name for each in log.patients()] == ["Ben Low"]
            assert len(log.assessments(stays.patient_id)) == 1
            assert log._db.execute("PRAGMA foreign_key_check").fetchall() == []
            about = [row for row in log.audit("patients", patient.patient_id) if row.action.value == "removed"]
            assert len(about) == 1
            dump = "".join(log._db.conn.iterdump())
        assert "Ada Kim" not in dump
        assert "She was chewing" not in dump

    def test_copies_set_aside_go_in_time(self, path, patient):
        aside = path.parent / "set_aside" / "2026-01-01T000000Z-before-update"
        aside.mkdir(parents=True)
        (aside / "peea.db").write_bytes(b"a copy")
        with Retention(path, actor="me") as store:
            assert store.enforce(KeepingRules())[Removable.COPIES] == 0
            week = (NOW - timedelta(days=31)).timestamp()
            os.utime(aside, (week, week))
            assert store.enforce(KeepingRules())[Removable.COPIES] == 1
        assert not aside.exists()

    def test_the_report_says_what_was_and_what_will_be_removed(self, path, patient, video, monkeypatch):
        keep(path, patient, video)
        with Retention(path, actor="me") as store:
            frames, recordings, _, _ = store.report(KeepingRules(), NOW + timedelta(days=100))
            assert (recordings.kept, recordings.due, recordings.next_at) == (1, 1, None)
            assert (frames.kept, frames.due) == (1, 0)
            assert abs(frames.next_at - NOW - timedelta(days=730)) < timedelta(hours=1)
            store.enforce(KeepingRules(), NOW + timedelta(days=100))
        decide(path, patient, FRAMES, ConsentDecision.TAKEN_BACK, 2)
        monkeypatch.setenv("PEEA_DATA", str(path.parent))
        kinds = json.loads(CliRunner().invoke(app, ["retention", "--json"]).stdout)["kinds"]
        found = {one["kind"]: (one["kept"], one["removed_in_time"], one["removed_by_consent"]) for one in kinds}
        assert found["recordings"] == (0, 1, 0)
        assert found["key_frames"] == (0, 0, 1)
        table = CliRunner().invoke(app, ["retention"]).stdout
        assert "Recordings" in table
        assert "90 days" in table


class TestClock:
    def test_behind_what_was_entered_nothing_is_removed_and_it_is_told(self, path, patient):
        keep(path, patient)
        past = NOW - timedelta(days=1)
        with Retention(path, actor="me") as store, pytest.raises(ClockBehindError, match="Set the clock right"):
            store.enforce(KeepingRules(), past)
        with pytest.raises(ClockBehindError):
            check_clock(path, past)
        check_clock(path)
        assert there(path) == {"Frames"}

    def test_the_daily_run_goes_on_to_the_next_day_whatever_happens(self, path, patient, caplog):
        path.write_bytes(b"this is no data base" * 500)
        once(KeepingRules(), path)
        assert "retention was not carried out: DatabaseDamagedError" in caplog.text


class TestTrainingSets:
    @pytest.fixture
    def rated(self, path, patient):
        """A set of key frames of five patients on which two raters agree."""
        with PatientLog(path, actor="me") as log:
            others = [
                log.register_patient(f"P{n}", date(1940, 1, n), Sex.MALE, demonstration=True) for n in range(1, 5)
            ]
        items = [
            NewItem("A", "a", patient_id=each.patient_id, time_s=1.0, content=PICTURE) for each in [patient, *others]
        ]
        with RatingStore(path, actor="me") as store:
            made = store.make_set("Frames", SetKind.KEY_FRAMES, items)
            for name in ("Dr. Lin", "Dr. Wu"):
                for item in store.items(made.set_id):
                    store.rate(item.item_id, store.rater(name).rater_id, codes=PspiCodes.of(AU4=3, AU7=3, AU10=2))
            store.close_set(made.set_id)
        return made

    def test_who_refused_research_teaches_no_grader(self, path, patient, rated, tmp_path):
        decide(path, patient, ConsentPurpose.RESEARCH, ConsentDecision.REFUSED, 2)
        with RatingStore(path, actor="me") as store:
            written = export_training_set(store, store.set("Frames"), tmp_path / "set", ConsistencyRules())
        assert written.patients == 4
        assert written.left_out == {"no consent to research": 1}

    def test_pictures_are_not_written_in_plain_among_the_encrypted_data(self, path, rated, tmp_path, monkeypatch):
        key = SiteKey.new()
        rekey(path, None, key, "me")
        monkeypatch.setenv("PEEA_KEY", key.text())
        with RatingStore(path, actor="me") as store:
            inside = path.parent / "training_sets" / "frames"
            with pytest.raises(TrainingSetError, match="not written among the encrypted data"):
                export_training_set(store, store.set("Frames"), inside, ConsistencyRules())
            assert not inside.exists()
            assert export_training_set(store, store.set("Frames"), tmp_path / "set", ConsistencyRules()).images == 5
