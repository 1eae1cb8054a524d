"""Live grading before the camera is on, as Streamlit runs it; the camera itself is tested in the browser."""

import pytest

from peea.scales import Context
from tests.test_pages import button, data_folder, opened, register, started_by_serve, words

__all__ = ["data_folder", "started_by_serve"]


@pytest.fixture
def page():
    patient = register()
    return patient, opened("live_grading")


def test_patient_and_context_come_before_the_camera(page):
    patient, app = page
    assert not app.exception
    assert button(app, "Go on to the camera").disabled
    assert "Still to choose: the patient, what the patient does." in words(app)
    app.selectbox[0].set_value(patient.patient_id).run()
    assert "Still to choose: what the patient does." in words(app)
    app.button_group[0].set_value(Context.TURNING).run()
    assert not button(app, "Go on to the camera").disabled
    assert "No picture is kept." in words(app)


def test_watching_asks_from_which_grade_on_it_raises_an_alert(page):
    _, app = page
    assert len(app.button_group) == 2
    app.button_group[1].set_value("monitoring").run()
    assert not app.exception
    assert app.button_group[2].value is not None
