"""Live grading before the camera is on, as Streamlit runs it; the camera itself is tested in the browser."""

import pytest

from peea.scales import Context, Grade
from tests.live.test_session import Bedside
from tests.test_pages import button, data_folder, opened, register, words

__all__ = ["data_folder"]


@pytest.fixture
def cameras(monkeypatch):
    """Sessions for which the page showed a camera; the browser's part of it needs a browser."""
    shown = []

    def camera(session, number):
        shown.append((session, number))
        return False

    monkeypatch.setattr("pages.parts.camera.camera", camera)
    monkeypatch.setattr("pages.parts.live_visit.shared_grader", lambda: None)
    return shown


@pytest.fixture
def page(cameras):
    patient = register()
    return patient, opened("live_grading")


def test_patient_and_context_come_before_the_camera(page, cameras):
    patient, app = page
    assert not app.exception
    assert "Still to choose: the patient, what the patient does." in words(app)
    app.selectbox[0].set_value(patient.patient_id).run()
    assert "Still to choose: what the patient does." in words(app)
    assert cameras == []
    app.button_group[0].set_value(Context.TURNING).run()
    assert not app.exception
    assert len({session for session, _ in cameras}) == 1
    assert button(app, "Start recording").disabled
    assert "Turn the camera on" in words(app)
    assert "No picture is kept." in words(app)


def test_without_the_patient_the_camera_goes_away_again(page, cameras):
    patient, app = page
    app.selectbox[0].set_value(patient.patient_id).run()
    app.button_group[0].set_value(Context.TURNING).run()
    before = len(cameras)
    app.button_group[0].set_value(None).run()
    assert not app.exception
    assert len(cameras) == before
    app.button_group[0].set_value(Context.REST).run()
    assert len({number for _, number in cameras}) == 2, "a new camera, not the old one"


@pytest.mark.parametrize("graded", [40, 0])
def test_turning_the_camera_off_ends_the_recording_at_once_and_keeps_what_was_graded(page, monkeypatch, graded):
    patient, app = page
    app.selectbox[0].set_value(patient.patient_id).run()
    app.button_group[0].set_value(Context.TURNING).run()
    bed = Bedside([(Grade.OBVIOUS, 20)])
    on = [True]
    app.session_state["live"].session = bed.session
    monkeypatch.setattr("pages.parts.camera.camera", lambda session, number: on[0])
    app.run()
    bed.started()
    bed.show(graded)
    app.run()
    assert "Recording, " in words(app)
    assert not app.selectbox, "no other patient while one is recorded"
    on[0] = False
    app.run()
    assert not app.exception
    visit = app.session_state["live"]
    if graded:
        assert visit.assessment.interrupted
        assert len(visit.assessment.frames) == graded
        assert "The recording ended early; this is what was graded until then." in words(app)
        assert button(app, "Save to the patient log")
    else:
        assert visit.assessment is None
        assert "The recording ended before a face was graded. Nothing was saved." in words(app)
    assert (visit.camera_on, visit.running) == (False, False)


def test_watching_asks_from_which_grade_on_it_raises_an_alert(page):
    _, app = page
    assert len(app.button_group) == 2
    app.button_group[1].set_value("monitoring").run()
    assert not app.exception
    assert app.button_group[2].value is not None
