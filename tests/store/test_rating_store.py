"""Sets, raters and ratings as the pages use them; what raters may and may not see of each other."""

import sqlite3
from datetime import date

import pytest

from peea.demonstration import DEMONSTRATION_FOLDER
from peea.rating import PspiCodes
from peea.scales import Context, Grade
from peea.store import (
    CareLog,
    ClosedSetError,
    InvalidRatingError,
    ManualKind,
    ManualLog,
    NewItem,
    NoConsentError,
    PatientLog,
    RatingStore,
    SetKind,
    Sex,
    UnknownPatientError,
    UnknownRatingError,
)
from peea.store.care import ConsentDecision, ConsentPurpose
from peea.store.kept_files import KeptFiles

CALM, SEVERE = PspiCodes.of(), PspiCodes.of(AU4=3, AU7=3, AU10=2)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "peea.db"


@pytest.fixture
def store(path):
    with RatingStore(path, actor="Dr. Lin") as opened:
        yield opened


def frames(count=6, patients=2):
    return [
        NewItem(f"SIM-{k % patients}", "calm.mp4", time_s=float(k), content=b"picture", demonstration_file="calm.mp4")
        for k in range(count)
    ]


def patient_of(path, demonstration=False):
    with PatientLog(path, actor="test") as log:
        return log.register_patient("Ada Kim", date(1941, 5, 3), Sex.FEMALE, demonstration=demonstration)


def frame_of(patient):
    return NewItem(patient.study_code, "bed 4.mp4", patient_id=patient.patient_id, time_s=1.0, content=b"picture")


def decide(path, patient, decision):
    with CareLog(path, actor="test") as log:
        day = date(2026, 11, 1) if decision is ConsentDecision.GIVEN else date(2026, 11, 2)
        log.record_consent(patient.patient_id, ConsentPurpose.KEY_FRAMES, decision, day, taken_by="Nurse Kim")


def test_each_rater_meets_all_items_in_an_order_of_their_own_and_only_their_own_ratings(store):
    made = store.make_set("Pilot", SetKind.KEY_FRAMES, frames(12))
    lin, kim = store.rater("Dr. Lin"), store.rater("Nurse Kim")
    first = store.queue(made.set_id, lin.rater_id)[0].item
    store.rate(first.item_id, lin.rater_id, codes=SEVERE)
    of_lin, of_kim = (store.queue(made.set_id, rater.rater_id) for rater in (lin, kim))
    assert [each.item for each in of_lin] != [each.item for each in of_kim]
    assert {each.item.item_id for each in of_lin} == {each.item.item_id for each in of_kim}
    assert [each.rating.codes for each in of_lin if each.rating] == [SEVERE]
    assert all(each.rating is None for each in of_kim)


def test_progress_is_counted_for_each_rater_and_survives_closing_the_program(store, path):
    made = store.make_set("Pilot", SetKind.KEY_FRAMES, frames(3))
    lin = store.rater("Dr. Lin")
    for queued in store.queue(made.set_id, lin.rater_id)[:2]:
        store.rate(queued.item.item_id, lin.rater_id, codes=CALM)
    with RatingStore(path, actor="later") as again:
        (line,) = again.sets()
        rated = [each.rating is not None for each in again.queue(line.set_id, again.rater("dr. lin").rater_id)]
    assert (line.items, line.done) == (3, {"Dr. Lin": 2})
    assert rated == [True, True, False]


def test_a_correction_keeps_what_was_said_before(store, path):
    made = store.make_set("Pilot", SetKind.KEY_FRAMES, frames(1))
    lin = store.rater("Dr. Lin")
    (queued,) = store.queue(made.set_id, lin.rater_id)
    for codes in (CALM, SEVERE, SEVERE):
        store.rate(queued.item.item_id, lin.rater_id, codes=codes)
    history = store.history(queued.item.item_id, lin.rater_id)
    assert [(each.number, each.codes) for each in history] == [(1, CALM), (2, SEVERE)], (
        "the same again is no correction"
    )
    (holding,) = store.ratings_of_set(made.set_id)[queued.item.item_id].values()
    assert holding.grade is Grade.SEVERE
    with PatientLog(path, actor="test") as log:
        assert [row.action for row in log.audit("ratings")] == ["saved", "corrected"]
    with sqlite3.connect(path) as db, pytest.raises(sqlite3.IntegrityError, match="never changed"):
        db.execute("UPDATE ratings SET AU4 = 0")


def test_nobody_rates_in_a_closed_set(store):
    made = store.make_set("Pilot", SetKind.KEY_FRAMES, frames(1))
    lin = store.rater("Dr. Lin")
    (queued,) = store.queue(made.set_id, lin.rater_id)
    store.close_set(made.set_id)
    with pytest.raises(ClosedSetError, match="closed"):
        store.rate(queued.item.item_id, lin.rater_id, codes=CALM)
    assert store.set("pilot").closed


@pytest.mark.parametrize(
    "given",
    [{}, {"codes": CALM, "vas": 3.0}, {"vas": 3.0}, {"cannot": "  "}, {"codes": CALM, "cannot": "blurred"}],
)
def test_what_is_no_rating_of_a_key_frame_is_refused(store, given):
    made = store.make_set("Pilot", SetKind.KEY_FRAMES, frames(1))
    lin = store.rater("Dr. Lin")
    (queued,) = store.queue(made.set_id, lin.rater_id)
    with pytest.raises(InvalidRatingError):
        store.rate(queued.item.item_id, lin.rater_id, **given)
    assert store.history(queued.item.item_id, lin.rater_id) == []


def test_recordings_are_rated_by_vas_with_the_patients_own_nrs(store):
    made = store.make_set("Videos", SetKind.RECORDINGS, [NewItem("SIM-1", "calm.mp4", demonstration_file="calm.mp4")])
    lin = store.rater("Dr. Lin")
    (queued,) = store.queue(made.set_id, lin.rater_id)
    assert store.rate(queued.item.item_id, lin.rater_id, vas=7.0).grade is Grade.SEVERE
    for wrong in (-0.1, 10.5, float("nan")):
        with pytest.raises(InvalidRatingError):
            store.rate(queued.item.item_id, lin.rater_id, vas=wrong)
    store.report_nrs(queued.item.item_id, 4)
    store.report_nrs(queued.item.item_id, 6)
    with pytest.raises(InvalidRatingError):
        store.report_nrs(queued.item.item_id, 11)
    assert store.nrs(made.set_id) == {queued.item.item_id: 6}
    assert store.content_of(queued.item) == (DEMONSTRATION_FOLDER / "calm.mp4").read_bytes()


def test_pictures_are_kept_with_consent_only_beside_the_data_base_for_its_account_alone(store, path):
    patient = patient_of(path)
    with pytest.raises(NoConsentError, match=patient.study_code):
        store.make_set("Pilot", SetKind.KEY_FRAMES, [*frames(2), frame_of(patient)])
    assert store.sets() == []
    assert KeptFiles(store.path, None).names() == set(), "what was kept for the other items is gone again"
    decide(path, patient, ConsentDecision.GIVEN)
    store.make_set("Pilot", SetKind.KEY_FRAMES, [frame_of(patient)])
    (item,) = store.items(store.set("Pilot").set_id)
    assert store.content_of(item) == b"picture"
    kept = KeptFiles(path, None).folder / item.file
    assert kept.is_relative_to(path.parent)
    assert kept.stat().st_mode & 0o077 == 0
    decide(path, patient, ConsentDecision.TAKEN_BACK)
    with pytest.raises(NoConsentError):
        store.make_set("Second", SetKind.KEY_FRAMES, [frame_of(patient)])


def test_pictures_go_when_consent_is_taken_back_and_ratings_stay(store, path):
    patient = patient_of(path)
    decide(path, patient, ConsentDecision.GIVEN)
    made = store.make_set("Pilot", SetKind.KEY_FRAMES, [frame_of(patient), *frames(1)])
    lin = store.rater("Dr. Lin")
    for item in store.items(made.set_id):
        store.rate(item.item_id, lin.rater_id, codes=SEVERE)
    decide(path, patient, ConsentDecision.TAKEN_BACK)
    gone, other = store.items(made.set_id)
    assert store.content_of(gone) is None
    assert store.content_of(other) is not None
    assert len(KeptFiles(store.path, None).names()) == 1
    assert all(ratings for ratings in store.ratings_of_set(made.set_id).values())


def test_a_demonstration_patient_is_removed_with_what_was_rated(store, path):
    patient = patient_of(path, demonstration=True)
    made = store.make_set("Pilot", SetKind.KEY_FRAMES, [frame_of(patient)])
    store.rate(store.items(made.set_id)[0].item_id, store.rater("Dr. Lin").rater_id, codes=CALM)
    with ManualLog(path, actor="test") as log:
        log.save(patient.patient_id, ManualKind.NRS, "Nurse Kim", score=4)
    with PatientLog(path, actor="test") as log:
        assert log.remove_demonstration() == 1
    assert store.items(made.set_id) == []
    store.make_set("Second", SetKind.KEY_FRAMES, frames(1))
    assert len(KeptFiles(store.path, None).names()) == 1, "the picture of the removed patient went, too"


@pytest.mark.parametrize(
    ("title", "items"),
    [("", frames(1)), ("x" * 200, frames(1)), ("Pilot", []), ("Pilot", [NewItem("A", "a.mp4", content=b"x")])],
)
def test_what_is_no_set_is_refused(store, title, items):
    with pytest.raises(InvalidRatingError):
        store.make_set(title, SetKind.KEY_FRAMES, items)
    assert store.sets() == []


def test_a_title_is_taken_once(store):
    store.make_set("Pilot", SetKind.KEY_FRAMES, frames(1))
    with pytest.raises(InvalidRatingError, match="already"):
        store.make_set(" pilot ", SetKind.KEY_FRAMES, frames(1))
    with pytest.raises(UnknownRatingError):
        store.set("Nothing")


class TestManualRatings:
    @pytest.fixture
    def log(self, path):
        with ManualLog(path, actor="Nurse Kim") as opened:
            yield opened

    def test_each_kind_is_kept_with_who_and_when_latest_first(self, log, path):
        patient = patient_of(path).patient_id
        log.save(patient, ManualKind.PSPI, "Dr. Lin", codes=SEVERE, context=Context.REST, reason="Too dark")
        log.save(patient, ManualKind.NRS, "Nurse Kim", score=4)
        log.save(patient, ManualKind.VAS, "Nurse Kim", score=9.5)
        kept = log.of_patient(patient)
        assert [(each.kind, each.score, each.grade) for each in kept] == [
            (ManualKind.VAS, 9.5, Grade.INTENSE),
            (ManualKind.NRS, 4.0, Grade.OBVIOUS),
            (ManualKind.PSPI, 8.0, Grade.SEVERE),
        ]
        assert (kept[2].codes, kept[2].context, kept[2].reason) == (SEVERE, Context.REST, "Too dark")
        assert {each.saved_by for each in kept} == {"Nurse Kim"}
        assert [len(each) for each in log.latest_of_patients(at_most=2).values()] == [2]

    def test_a_withdrawn_rating_stays_with_its_reason(self, log, path):
        patient = patient_of(path).patient_id
        saved = log.save(patient, ManualKind.NRS, "Nurse Kim", score=4)
        with pytest.raises(InvalidRatingError):
            log.withdraw(saved.manual_id, " ")
        log.withdraw(saved.manual_id, "Wrong patient")
        assert log.withdraw(saved.manual_id, "Again").withdrawn_reason == "Wrong patient"
        assert [each.withdrawn for each in log.of_patient(patient)] == [True]

    @pytest.mark.parametrize(
        ("kind", "given"),
        [
            (ManualKind.NRS, {"score": 4.5}),
            (ManualKind.NRS, {"score": 11}),
            (ManualKind.VAS, {}),
            (ManualKind.VAS, {"score": float("nan")}),
            (ManualKind.PSPI, {"score": 4}),
            (ManualKind.NRS, {"codes": CALM}),
        ],
    )
    def test_what_does_not_fit_its_kind_is_refused(self, log, path, kind, given):
        patient = patient_of(path).patient_id
        with pytest.raises(InvalidRatingError):
            log.save(patient, kind, "Nurse Kim", **given)
        assert log.of_patient(patient) == []

    def test_nobody_and_a_stranger_are_refused(self, log, path):
        with pytest.raises(InvalidRatingError):
            log.save(patient_of(path).patient_id, ManualKind.NRS, " ", score=4)
        with pytest.raises(UnknownPatientError):
            log.save("nobody", ManualKind.NRS, "Nurse Kim", score=4)
