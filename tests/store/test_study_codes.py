"""Nothing that leaves as a study, a rated set or a training set says who a patient is; one table knows."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import numpy as np
import pytest
from sqlite_utils import Database

from peea.access import Actor, Role
from peea.agreement import Resampling
from peea.rating import ConsistencyRules, PspiCodes
from peea.rating.pictures import encode_picture
from peea.rating_export import export_training_set
from peea.records.paper import Printing
from peea.scales import Grade
from peea.store import (
    CareLog,
    InvalidEntryError,
    NewItem,
    PatientLog,
    PermissionRefusedError,
    RatingStore,
    SetKind,
    Sex,
    StudyStore,
    UnknownPatientError,
)
from peea.store.care import ConsentDecision, ConsentPurpose
from peea.store.schema import migrations
from peea.store.study_codes import StudyCodes
from peea.store.study_sources import study_of_rating_set
from peea.studies import ModelUnderTest
from peea.studies.analysis import Options, analyse
from peea.studies.rated_table import table_of_study
from peea.studies.report_pdf import agreement_report
from peea.studies.values import Study, StudyRater, StudyRecording, study_form
from tests.factories import MODEL, made_up_assessment
from tests.records.sheets import text_of

LEAD = Actor("Dr. Roe", Role.PAIN_LEAD)
CALM, SEVERE = PspiCodes.of(), PspiCodes.of(AU4=3, AU7=3, AU10=2)

PEOPLE = (("Ada Kimberley", "MRN-4711"), ("王秀英", "MRN-4712"), ("Zoe Ficta", "MRN-4713"))
TELLING = ("Kimberley", "王秀英", "Ficta", "MRN-", "4711", "Bed 12", "1941")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "peea.db"


@pytest.fixture
def patients(path):
    """Three patients whose codes in the log are hospital numbers, who consented, each with an assessment."""
    found = []
    with PatientLog(path, actor="test") as log:
        care = log.beside(CareLog)
        for number, (name, hospital_number) in enumerate(PEOPLE, start=1):
            one = log.register_patient(name, date(1941, 5, 3), Sex.FEMALE, study_code=hospital_number, ward="7B")
            day = date(2026, 11, 1)
            care.record_consent(one.patient_id, ConsentPurpose.KEY_FRAMES, ConsentDecision.GIVEN, day, "Nurse Kim")
            recording = f"{name} {hospital_number} Bed 12.mp4"
            log.save_assessment(one.patient_id, made_up_assessment(number=number, recording=recording))
            found.append(one)
    return found


def rated(path, patients, kind, source=None):
    """A closed set of two items of each patient, that Lin and Wu rated; in the file names stands who it is."""
    picture = encode_picture(np.full((40, 40, 3), 90, np.uint8))
    frames = kind is SetKind.KEY_FRAMES
    items = [
        NewItem(
            one.study_code,
            f"{one.name} {one.study_code} Bed 12.mp4",
            patient_id=one.patient_id,
            time_s=float(time) if frames else None,
            content=picture if frames else None,
            source=source,
        )
        for one in patients
        for time in range(2 if frames else 1)
    ]
    with RatingStore(path, actor="test") as store:
        made = store.make_set("Pilot", kind, items, recordings_kept=True)
        for place, item in enumerate(store.items(made.set_id)):
            for name in ("Lin", "Wu"):
                given = {"codes": SEVERE if place % 2 else CALM} if frames else {"vas": 7.0 - place}
                store.rate(item.item_id, store.rater(name).rater_id, **given)
        store.close_set(made.set_id)
        return store.set(made.set_id)


def assert_tells_nobody(text, patients):
    assert len(text) > 20, "there is something to look through"
    for word in (*TELLING, *(one.patient_id for one in patients)):
        assert word not in text


def test_a_training_set_carries_study_codes_only(path, patients, tmp_path):
    made = rated(path, patients, SetKind.KEY_FRAMES)
    with RatingStore(path, actor=LEAD) as store:
        written = export_training_set(store, made, tmp_path / "set", ConsistencyRules())
    assert written.patients == 3
    files = [file for file in (tmp_path / "set").rglob("*") if file.is_file()]
    assert len(files) == 6 + 3, "six pictures, three tables"
    for file in files:
        assert_tells_nobody(file.name + "." * 20, patients)
        assert_tells_nobody(file.read_bytes().decode("utf-8", errors="ignore"), patients)
    manifest = (tmp_path / "set" / "manifest.csv").read_text(encoding="utf-8")
    with StudyCodes(path, actor=LEAD) as codes:
        for one in patients:
            assert codes.codes([one.patient_id])[one.patient_id] in manifest


def test_what_raters_and_their_results_are_made_of_names_nobody(path, patients):
    made = rated(path, patients, SetKind.KEY_FRAMES)
    with RatingStore(path, actor=LEAD) as store:
        assert_tells_nobody(repr(store.items(made.set_id)), patients)
        assert_tells_nobody(repr(store.sets()) + repr(store.ratings_of_set(made.set_id)), patients)
        (first, again, other, *_) = store.items(made.set_id)
    assert first.recording == again.recording == f"{first.patient_code} 1"
    assert other.patient_code != first.patient_code
    stored = list(Database(path)["rating_items"].rows)
    assert {row["patient_id"] for row in stored} == {None}
    assert_tells_nobody(json.dumps(stored, ensure_ascii=False), patients)


def test_a_study_and_its_report_carry_study_codes_only(path, patients, tmp_path):
    video = tmp_path / "bedside.mp4"
    video.write_bytes(b"a recording")
    made = rated(path, patients, SetKind.RECORDINGS, video)
    with RatingStore(path, actor=LEAD) as ratings, StudyStore(path, actor=LEAD) as studies:
        log = ratings.beside(PatientLog)
        model = ModelUnderTest(MODEL.name, MODEL.version, MODEL.weights_sha256)
        draft = study_of_rating_set(ratings, log, made.set_id, "Validation", "Does PEEA agree?", model)
        assert [each.output.grade for each in draft.recordings] == [Grade.SEVERE] * 3, "found by the file's own name"
        study = studies.study(studies.save_draft(draft).study_id)
        studies.freeze(study.study_id)
    assert_tells_nobody(json.dumps(study_form(study), ensure_ascii=False), patients)
    analysis = analyse(table_of_study(study), Options(resampling=Resampling(resamples=20)))
    report = agreement_report(analysis, study, Printing("Dr. Roe", datetime(2026, 11, 22, tzinfo=UTC)))
    assert_tells_nobody(text_of(report), patients)


def uploaded(patient, **given):
    recordings = (StudyRecording("R1", patient), StudyRecording("R2", "P-other"))
    return Study(
        **{
            "study_id": "one",
            "name": "Upload",
            "purpose": "",
            "model": ModelUnderTest("a", "1", "0" * 64),
            "recordings": recordings,
            "raters": (StudyRater("Lin"),),
            "ratings": {("R1", "Lin"): 4.0},
        }
        | given
    )


def test_a_table_that_calls_patients_by_name_or_number_is_kept_under_codes(path, patients):
    with StudyStore(path, actor=LEAD) as studies:
        for called in (" ada kimberley", "MRN-4711", "mrn-4711"):
            studies.save_draft(uploaded(called))
            first, second = studies.study("one").recordings
            assert first.patient == StudyCodes(path, actor=LEAD).codes([patients[0].patient_id])[patients[0].patient_id]
            assert second.patient == "P-other"
        for given in (
            {"name": "Pain of Ada Kimberley"},
            {"note": "王秀英 slept"},
            {"recordings": (StudyRecording("Zoe Ficta, standing", "x"),), "ratings": {}},
        ):
            with pytest.raises(InvalidEntryError, match="carry study codes only"):
                studies.save_draft(uploaded("x", **given))
    with RatingStore(path, actor=LEAD) as store, pytest.raises(InvalidEntryError, match="carry study codes only"):
        store.make_set(
            "Zoe Ficta again", SetKind.KEY_FRAMES, [NewItem("S", "x", time_s=1, demonstration_file="calm.mp4")]
        )


def test_who_stands_behind_a_code_is_told_to_who_may_know_and_written_down(path, patients):
    with StudyCodes(path, actor=LEAD) as codes:
        (code,) = codes.codes([patients[0].patient_id]).values()
        assert codes.codes([patients[0].patient_id]) == {patients[0].patient_id: code}
        assert codes.patient(code.lower()) == patients[0]
        with pytest.raises(UnknownPatientError):
            codes.patient("S-222222")
    for role in (Role.WARD_STAFF, Role.RATER, Role.ADMINISTRATOR):
        other = Actor("Other", role, frozenset({"7B"}))
        with StudyCodes(path, actor=other) as codes, pytest.raises(PermissionRefusedError):
            codes.patient(code)
    with PatientLog(path, actor="test") as log:
        rows = log._db.query("SELECT actor, action, patient_id FROM audit WHERE table_name = 'study_codes'")
        assert {("Dr. Roe", "seen", patients[0].patient_id)} == {tuple(row.values()) for row in rows}


def test_removing_a_fictional_patient_takes_the_code_and_what_was_rated_along(path, patients):
    with PatientLog(path, actor="test") as log:
        demo = log.register_patient("Fictional Person", date(1941, 5, 3), Sex.MALE, demonstration=True)
        made = rated(path, [demo], SetKind.KEY_FRAMES)
        assert log._db["study_codes"].count == 1
        log.remove_demonstration()
        assert log._db["study_codes"].count == log._db["rated_recordings"].count == 0
        assert log.beside(RatingStore).items(made.set_id) == []


def test_ratings_from_before_there_were_codes_get_them(path):
    old = Database(path)
    migrations.apply(old, stop_before="m702_study_codes")
    old.execute(
        "INSERT INTO patients (patient_id, study_code, name, birth_date, sex, registered_at, registered_by) "
        "VALUES ('p1', 'MRN-4711', 'Ada Kimberley', '1941-05-03', 'female', '2026-11-01', 'Kim')"
    )
    old.execute(
        "INSERT INTO rating_sets (set_id, title, kind, made_at, made_by) VALUES ('s', 'Old', 'key_frames', '', '')"
    )
    for place, (patient_id, code, recording) in enumerate(
        [
            ("p1", "MRN-4711", "Ada.mp4"),
            ("p1", "MRN-4711", "Ada.mp4"),
            ("p1", "MRN-4711", "b.mp4"),
            (None, "SIM-1", "calm"),
        ]
    ):
        old.execute(
            "INSERT INTO rating_items (item_id, set_id, place, patient_id, patient_code, recording, time_s, "
            "demonstration) VALUES (?, 's', ?, ?, ?, ?, 1.0, 0)",
            [f"i{place}", place, patient_id, code, recording],
        )
    old.conn.commit()
    old.close()
    with RatingStore(path, actor=LEAD) as store:
        items = store.items("s")
        behind = store.beside(StudyCodes).rated_recordings("s")
    code = items[0].patient_code
    assert [item.patient_code for item in items] == [code, code, code, "SIM-1"]
    assert [item.recording for item in items] == [f"{code} 1", f"{code} 1", f"{code} 2", "calm"]
    assert {name: (one.patient_id, one.recording) for name, one in behind.items()} == {
        "i0": ("p1", "Ada.mp4"),
        "i1": ("p1", "Ada.mp4"),
        "i2": ("p1", "b.mp4"),
    }
