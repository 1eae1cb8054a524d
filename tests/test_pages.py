"""The pages as Streamlit runs them, without a browser: what they show and say in each state."""

import re
import threading
from datetime import date
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from peea.faces import Problem
from peea.model_cards import ModelMissingError
from peea.scales import Context, Grade
from peea.scoring import ScoringJob
from peea.store import CareLog, PatientLog, Sex
from peea.store.care import ConsentDecision, ConsentPurpose
from tests.factories import made_up_assessment

APP = Path(__file__).resolve().parent.parent / "app.py"
PATIENCE_S = 60
ACTOR = "test"


@pytest.fixture(autouse=True)
def data_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("PEEA_DATA", str(tmp_path))
    return tmp_path


def register(name="Ada Kim", ward="7B", bed="12", code=None, born=date(1941, 5, 3)):
    with PatientLog(actor=ACTOR) as log:
        return log.register_patient(name, born, Sex.FEMALE, study_code=code, ward=ward, bed=bed, demonstration=True)


def save(patient, **made_up):
    assessment = made_up_assessment(**made_up)
    with PatientLog(actor=ACTOR) as log:
        log.save_assessment(patient.patient_id, assessment)
    return assessment


def opened(page="video_scoring", **address):
    app = AppTest.from_file(str(APP), default_timeout=PATIENCE_S)
    app.run()
    app.switch_page(f"pages/{page}.py")
    for name, value in address.items():
        app.query_params[name] = value
    app.run()
    return app


def words(app):
    """All that a page says, as one text."""
    texts = [element.value for kind in ("title", "header", "caption", "markdown") for element in getattr(app, kind)]
    texts += [element.proto.body for element in app.get("html")]
    return "\n".join(map(str, texts))


def button(app, label):
    return next(one for one in app.button if one.label == label)


def rows(app):
    """What the rows of the page's lists open."""
    return re.findall(r'data-peea-opens="([^"]+)"', words(app))


@pytest.mark.parametrize("page", ["ward_board", "video_scoring", "patient_log", "about"])
def test_every_page_opens_on_an_empty_log_with_the_demonstration_mark(page):
    app = opened(page)
    assert not app.exception
    assert "Demonstration." in words(app)
    assert "Signed in: nobody" in words(app)


def test_nothing_is_preset_and_scoring_waits_for_patient_context_and_recording():
    register()
    app = opened()
    assert app.selectbox[0].value is None
    assert app.button_group[0].value is None
    assert button(app, "Score recording").disabled
    assert "Still to choose: the patient, what the patient did, a recording." in words(app)


def test_choosing_the_patient_shows_the_banner_and_leaves_the_rest_to_choose():
    patient = register()
    app = opened()
    app.selectbox[0].set_value(patient.patient_id).run()
    assert "Still to choose: what the patient did, a recording." in words(app)
    said = words(app)
    assert 'aria-label="Patient"' in said
    assert "7B, bed 12" in said
    assert "not assessed yet" in said


@pytest.mark.parametrize("page", ["video_scoring", "live_grading"])
def test_who_took_the_consent_back_is_not_graded_until_a_new_decision(page):
    patient = register()
    app = opened(page)
    with CareLog(actor=ACTOR) as care:
        care.record_consent(
            patient.patient_id, ConsentPurpose.ASSESSMENT, ConsentDecision.TAKEN_BACK, date(2026, 11, 2), "Dr Lee"
        )
    choice = next(one for one in app.selectbox if one.label == "Patient")
    choice.select(patient.patient_id)
    said = words(app.run())
    assert "Ada Kim is not graded by PEEA: consent was taken back on 2 Nov 2026. Rate by hand instead" in said
    assert "Still to choose: the patient" in said
    with CareLog(actor=ACTOR) as care:
        care.record_consent(
            patient.patient_id, ConsentPurpose.ASSESSMENT, ConsentDecision.GIVEN, date(2026, 11, 3), "Dr Lee"
        )
    said = words(app.run())
    assert "consent was taken back" not in said
    assert "Still to choose: the patient" not in said


def test_markup_in_a_name_shows_as_text():
    patient = register(name="<img src=x onerror=alert(1)> ![a](http://evil.example/a.png)")
    app = opened("patient_log", patient=patient.patient_id)
    assert "<img" not in words(app)
    assert "&lt;img src=x onerror=alert(1)&gt;" in words(app)


def test_the_log_lists_patients_with_their_last_grade_and_says_when_there_is_none():
    ada, _ben = register(), register("Ben Low", bed="13")
    save(ada, recorded_at="2026-11-21T14:05:00+00:00")
    said = words(opened("patient_log"))
    assert "2 of 2 patients" in said
    assert "3</span><span>Severe" in said.replace("\n", "")
    assert "Turning over in bed" in said
    assert "Not assessed yet" in said


def test_the_log_is_searched_and_narrowed_to_a_ward():
    register()
    register("Ben Low", ward="8A", bed="1")
    app = opened("patient_log")
    app.text_input[0].set_value("low").run()
    assert "1 of 2 patients" in words(app)
    app.text_input[0].set_value("").run()
    app.selectbox[0].set_value("7B").run()
    assert "Ada Kim" in words(app)
    assert "Ben Low" not in words(app)
    app.text_input[0].set_value("nobody").run()
    assert "No patient matches" in words(app)


def test_an_empty_log_says_what_to_do():
    assert "Register the first one" in words(opened("patient_log"))


def test_a_long_list_is_shown_in_parts():
    for number in range(110):
        register(f"Patient {number:03d}", bed=str(number))
    app = opened("patient_log")
    assert len(rows(app)) == 100
    button(app, "Show more patients").click().run()
    assert len(rows(app)) == 110


def test_a_patient_is_opened_with_trend_and_assessments_and_an_assessment_with_its_course():
    patient = register()
    save(patient, number=1, recorded_at="2026-11-21T14:05:00+00:00")
    save(patient, number=2, recorded_at="2026-11-21T18:05:00+00:00", context=Context.REST, course=[(Grade.MILD, 20.0)])
    assert rows(opened("patient_log")) == [patient.patient_id]
    app = opened("patient_log", patient=patient.patient_id)
    assert not app.exception
    assert len(app.get("plotly_chart")) == 1
    latest, earlier = rows(app)
    assert latest.startswith("assessment:")
    app = opened("patient_log", assessment=earlier.removeprefix("assessment:"))
    assert not app.exception
    said = words(app)
    assert "Severe pain expression, held for 6.0 s of 21 s while turning over." in said
    assert "Pictures are not kept" in said
    assert "resnet50" in said
    assert "Not validated for clinical decisions" in said
    assert len(app.get("plotly_chart")) == 2, "the course, and the face actions of the moment shown first"


def test_moving_the_slider_shows_that_moment():
    patient = register()
    assessment = save(patient)
    app = opened("patient_log", assessment=assessment.assessment_id)
    assert "The face at 13.6 s" in words(app)
    app.select_slider[0].set_value(1.0).run()
    assert "The face at 1.0 s" in words(app)
    assert "In 8 of 10 such frames the grade is right." in words(app)
    button(app, "Later").click().run()
    assert "The face at 1.5 s" in words(app)


def test_a_moment_that_was_not_graded_says_why():
    assessment = save(register())
    app = opened("patient_log", assessment=assessment.assessment_id)
    app.select_slider[0].set_value(15.0).run()
    assert "This moment was not graded. Turned away." in words(app)


def test_what_could_not_be_assessed_says_why_and_what_to_do():
    assessment = save(register(), course=[(Problem.TOO_DARK, 18.0), (Grade.MILD, 2.0)])
    app = opened("patient_log", assessment=assessment.assessment_id)
    assert not app.exception
    assert "Could not be assessed: too dark in 90 % of the recording. Switch on the bedside light" in words(app)
    assert "Not graded: too dark 18 s." in words(app)


def test_other_pages_say_that_a_recording_is_being_scored_and_then_that_its_result_is_not_saved():
    go_on = threading.Event()

    def work(tell, stopped):
        assert go_on.wait(PATIENCE_S)
        return made_up_assessment()

    app = opened()
    app.session_state["visit"].patient_id = register().patient_id
    job = app.session_state["visit"].job = ScoringJob(work)
    app.switch_page("pages/patient_log.py").run()
    assert "A recording of Ada Kim is being scored." in words(app)
    go_on.set()
    assert job.wait(PATIENCE_S)
    app.run()
    assert "The result for Ada Kim is not saved yet." in words(app)
    assert "event.preventDefault()" in words(app), "the browser asks before the window is closed"


@pytest.mark.parametrize(
    ("made_up", "remark"),
    [
        ({"dim": True}, "The light was dim in 100 % of the graded frames"),
        ({"other_faces": 1}, "Another face was in the picture in 100 % of the recording"),
        ({"course": [(Grade.NO_PAIN, 20.0)]}, "A calm face does not rule out pain: ask the patient."),
    ],
)
def test_what_should_be_known_beside_the_result_is_said(made_up, remark):
    assessment = save(register(), **made_up)
    assert remark in words(opened("patient_log", assessment=assessment.assessment_id))


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ({"patient": "nobody"}, "No patient has the id or study code nobody"),
        ({"assessment": "nothing"}, "No assessment has the id nothing"),
    ],
)
def test_an_address_that_leads_nowhere_is_told_in_a_sentence(address, sentence):
    app = opened("patient_log", **address)
    assert not app.exception
    assert sentence in words(app)


@pytest.mark.parametrize("page", ["ward_board", "video_scoring", "patient_log"])
def test_a_data_base_that_cannot_be_read_is_told_in_a_sentence(page, data_folder):
    (data_folder / "peea.db").write_bytes(b"this is no data base, " * 100)
    app = opened(page)
    assert not app.exception
    assert "is not a data base of PEEA" in words(app)


def test_a_missing_model_is_told_in_a_sentence(monkeypatch):
    def missing(*_):
        raise ModelMissingError("No model is called 'lite0'. Installed: none.")

    monkeypatch.setattr("peea.model_cards.read_card", missing)
    app = opened()
    assert not app.exception
    assert "No model is called" in words(app)


def test_a_fault_is_told_without_a_traceback_and_logged(monkeypatch, caplog):
    def broken(*_):
        raise ZeroDivisionError("inside")

    monkeypatch.setattr("peea.store.PatientLog.overview", broken)
    app = opened("patient_log")
    assert not app.exception
    assert "because of a fault in PEEA" in words(app)
    assert "ZeroDivisionError" not in words(app)
    assert "ZeroDivisionError" in caplog.text


def test_the_model_page_shows_intended_use_and_limits():
    said = words(opened("about"))
    assert "Intended use" in said
    assert "Limits" in said
    assert "Not validated for clinical decisions" in said


def test_peea_itself_never_imports_streamlit():
    package = APP.parent / "peea"
    importing = [file for file in package.rglob("*.py") if "import streamlit" in file.read_text(encoding="utf-8")]
    assert importing == []


@pytest.mark.parametrize("page", ["about", "patient_log", "video_scoring", "ward_board"])
def test_a_page_without_the_app_around_it_shows_nobody(page):
    register(name="Zoe Unseen")
    alone = AppTest.from_file(str(APP.parent / "pages" / f"{page}.py"), default_timeout=PATIENCE_S).run()
    assert not alone.exception
    assert "This page opens from the start page" in words(alone)
    assert "Zoe Unseen" not in words(alone)
    assert not alone.title
