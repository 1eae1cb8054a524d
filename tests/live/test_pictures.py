"""Key frames of a live recording: chosen among the pictures held, kept only where the patient has consented."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from peea.access import Actor, Role
from peea.demonstration import DEMONSTRATION_FOLDER, demonstration_recordings
from peea.faces import FaceRules
from peea.frames import open_recording
from peea.kept_scores import kept_score
from peea.live.pictures import HELD_EVERY_S, HeldPictures
from peea.model_cards import read_card
from peea.rating.key_frames import KeyFrameKind
from peea.rating.rules import KeyFrameRules
from peea.scales import Context, Grade
from peea.store import NoConsentError, PatientLog, PermissionRefusedError, Sex
from peea.store.care import ConsentDecision, ConsentPurpose
from peea.store.care_log import CareLog
from peea.store.live_key_frames import LiveKeyFrames
from peea.store.rating_store import RatingStore

WHEN = "1 Nov 2026 14:05:10"


@pytest.fixture(scope="module")
def graded():
    """The recording of a severe pain as it was scored, and its pictures as a camera would have shown them."""
    (recording,) = [one for one in demonstration_recordings() if one.path.stem == "severe"]
    assessment = kept_score(recording, read_card()["weights"]["sha256"], datetime.now(UTC))
    assert assessment is not None, "peea demo --keep-scores was not run for this model"
    held = HeldPictures(KeyFrameRules(), FaceRules())
    records = {round(one.time_s, 3): one for one in assessment.frames}
    with open_recording(DEMONSTRATION_FOLDER / "severe.mp4") as frames:
        for frame in frames:
            held(records[round(frame.time_s, 3)], frame.image)
    count = len(held)
    return assessment, count, held.key_frames(assessment), len(held)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "peea.db"


def patient_who(path, *decisions, demonstration=False):
    with PatientLog(path, actor="test") as log:
        patient = log.register_patient(
            "Ada Example", date(1941, 5, 3), Sex.FEMALE, ward="7B", demonstration=demonstration
        )
    with CareLog(path, actor="test") as care:
        for day, decision in enumerate(decisions, start=1):
            care.record_consent(
                patient.patient_id, ConsentPurpose.KEY_FRAMES, decision, date(2026, 11, day), taken_by="Nurse Kim"
            )
    return patient.patient_id


def files_beside(path):
    return [file for file in path.parent.rglob("*") if file.is_file() and not file.name.startswith("peea.db")]


def test_the_apex_and_calm_faces_of_a_recording_are_chosen_and_the_pictures_let_go(graded):
    assessment, held, chosen, left = graded
    assert held <= assessment.timeline.duration_s / HELD_EVERY_S + 1
    assert left == 0
    (apex, *_) = [one for one in chosen if one.kind is KeyFrameKind.APEX]
    (episode, *_) = [one for one in assessment.timeline.episodes if one.grade is Grade.SEVERE]
    assert any(one.start_s <= apex.time_s <= one.end_s for one in assessment.timeline.episodes if one.grade)
    assert episode.duration_s > 1
    assert apex.picture.shape[0] < assessment.height, "the face, not the room"


def test_with_consent_the_key_frames_become_a_set_to_be_rated(graded, path):
    patient_id = patient_who(path, ConsentDecision.GIVEN)
    nurse = Actor("Nurse A", Role.WARD_STAFF, frozenset({"7B"}))
    with LiveKeyFrames(path, actor=nurse) as store:
        assert store.may_keep(patient_id)
        store.keep(patient_id, "Live camera", Context.TURNING, graded[2], WHEN)
    assert len(files_beside(path)) == len(graded[2])
    with RatingStore(path, actor="test") as store:
        (made,) = store.sets()
        items = store.items(made.set_id)
    assert [item.time_s for item in items] == [one.time_s for one in graded[2]]
    assert "Ada Example" not in made.title


@pytest.mark.parametrize(
    "decisions",
    [(), (ConsentDecision.REFUSED,), (ConsentDecision.GIVEN, ConsentDecision.TAKEN_BACK)],
    ids=["never asked", "refused", "taken back"],
)
def test_without_consent_nothing_is_stored(graded, path, decisions):
    patient_id = patient_who(path, *decisions)
    with LiveKeyFrames(path, actor="test") as store:
        assert not store.may_keep(patient_id)
        with pytest.raises(NoConsentError, match="has not consented"):
            store.keep(patient_id, "Live camera", None, graded[2], WHEN)
        assert store.sets() == []
    assert files_beside(path) == []


def test_the_consent_of_a_fictional_patient_is_nobodys(graded, path):
    patient_id = patient_who(path, ConsentDecision.GIVEN, demonstration=True)
    with LiveKeyFrames(path, actor="test") as store:
        assert not store.may_keep(patient_id)
        with pytest.raises(NoConsentError):
            store.keep(patient_id, "Live camera", None, graded[2], WHEN)
    assert files_beside(path) == []


def test_another_ward_keeps_nothing_of_a_patient(graded, path):
    patient_id = patient_who(path, ConsentDecision.GIVEN)
    with (
        LiveKeyFrames(path, actor=Actor("Nurse B", Role.WARD_STAFF, frozenset({"9"}))) as store,
        pytest.raises(PermissionRefusedError),
    ):
        store.keep(patient_id, "Live camera", None, graded[2], WHEN)
    assert files_beside(path) == []
