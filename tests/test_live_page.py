"""Live grading before the camera is on, as Streamlit runs it; the camera itself is tested in the browser."""

import pytest

from peea.scales import Context
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


def test_watching_asks_from_which_grade_on_it_raises_an_alert(page):
    _, app = page
    assert len(app.button_group) == 2
    app.button_group[1].set_value("monitoring").run()
    assert not app.exception
    assert app.button_group[2].value is not None
