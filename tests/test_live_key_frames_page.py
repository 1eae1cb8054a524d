"""Key frames of a live recording on the page: kept with the result where the patient has consented, and only there."""

from __future__ import annotations

from datetime import UTC, date, datetime
from types import SimpleNamespace

import numpy as np
import pytest

from pages.parts.live_visit import LiveVisit
from peea.access import Role
from peea.demonstration import demonstration_recordings
from peea.kept_scores import kept_score
from peea.live.pictures import HeldPictures
from peea.model_cards import read_card
from peea.rating.key_frames import KeyFrame, KeyFrameKind
from peea.scales import Context
from peea.store import PatientLog, Sex
from peea.store.care import ConsentDecision, ConsentPurpose
from peea.store.care_log import CareLog
from peea.store.rating_store import RatingStore
from tests.access.signed_in import accounts_site, person, quick_hashes, seen_by
from tests.test_pages import button, words

__all__ = ["accounts_site", "quick_hashes"]

GIVEN, TAKEN_BACK = ConsentDecision.GIVEN, ConsentDecision.TAKEN_BACK


class Held:
    """Pictures of a recording that are held until it is saved."""

    def key_frames(self, _):
        face = np.random.default_rng(6).integers(0, 256, (90, 90, 3)).astype(np.uint8)
        return [KeyFrame(second, KeyFrameKind.CALM, face) for second in (1.0, 9.0)]


@pytest.fixture
def patient(accounts_site):
    with PatientLog(actor="test") as log:
        return log.register_patient("Ada Example", date(1941, 5, 3), Sex.FEMALE, ward="7B", bed="12")


def decide(patient, decision, day):
    with CareLog(actor="test") as care:
        care.record_consent(
            patient.patient_id, ConsentPurpose.KEY_FRAMES, decision, date(2026, 11, day), taken_by="Nurse Kim"
        )


def at_bedside(visit):
    app = seen_by(person(Role.WARD_STAFF, ["7B"]))
    app.session_state["live"] = visit
    app.switch_page("pages/live_grading.py")
    return app.run()


def saved(patient):
    recording = next(one for one in demonstration_recordings() if one.path.stem == "severe")
    assessment = kept_score(recording, read_card()["weights"]["sha256"], datetime.now(UTC))
    ended = SimpleNamespace(monitored_from=None, started=None)
    app = at_bedside(
        LiveVisit(
            patient_id=patient.patient_id,
            context=Context.TURNING,
            assessment=assessment,
            ended=ended,
            pictures=Held(),
        )
    )
    button(app, "Save to the patient log").click()
    return app.run()


def sets():
    with RatingStore(actor="test") as store:
        return store.sets()


def test_before_the_camera_the_page_says_whether_pictures_are_kept(patient, monkeypatch):
    monkeypatch.setattr("pages.parts.camera.camera", lambda *_: False)
    monkeypatch.setattr("pages.parts.live_visit.shared_grader", lambda: None)
    app = at_bedside(LiveVisit(patient_id=patient.patient_id, context=Context.TURNING))
    assert "No picture is kept." in words(app)
    decide(patient, GIVEN, 1)
    assert "The patient has consented: a few key frames of the face are kept for rating" in words(app.run())
    decide(patient, TAKEN_BACK, 2)
    assert "No picture is kept." in words(app.run())


@pytest.mark.parametrize("decisions", [(), (GIVEN, TAKEN_BACK)], ids=["never asked", "taken back"])
def test_without_consent_the_result_is_saved_and_no_picture(patient, decisions):
    for day, decision in enumerate(decisions, start=1):
        decide(patient, decision, day)
    app = saved(patient)
    assert not app.exception
    assert "Saved to the patient log" in words(app)
    assert "kept for rating" not in words(app)
    assert sets() == []


def test_with_consent_key_frames_are_kept_with_the_result(patient):
    decide(patient, GIVEN, 1)
    app = saved(patient)
    assert "2 key frames of the face are kept for rating, as the patient has consented." in words(app)
    (made,) = sets()
    assert made.items == 2
    assert patient.name not in made.title


def test_pictures_are_held_only_for_a_recording_of_a_patient_who_has_consented(patient, monkeypatch):
    started = []

    class Session:
        def start(self, context, *, keep, keep_picture, monitor_from):
            started.append(keep_picture)
            return True

    monkeypatch.setattr("pages.parts.live_visit.actor", lambda: "test")
    visit = LiveVisit(patient_id=patient.patient_id, context=Context.TURNING, session=Session())
    visit.start(None)
    decide(patient, GIVEN, 1)
    visit.start(None)
    visit.way = "monitoring"
    visit.start(None)
    assert [type(one) for one in started] == [type(None), HeldPictures, type(None)]
