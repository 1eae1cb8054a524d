"""The model comparison page as Streamlit runs it: the answer first, each question, empty states, waiting."""

import time
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

import peea.model_results
from pages.parts import model_side_by_side as view
from peea.held_recording import HeldRecording
from peea.model_cards import DEFAULT_MODEL
from peea.model_results import ModelResults, read_results
from peea.scales import Grade
from peea.scoring import ScoringJob
from tests.factories import made_up_assessment
from tests.models.made_up_results import fill

APP = Path(__file__).resolve().parents[2] / "app.py"
QUESTIONS = ["right", "groups", "sure", "trained", "aimed", "speed", "two", "papers"]


@pytest.fixture(autouse=True)
def data_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("PEEA_DATA", str(tmp_path / "data"))


@pytest.fixture
def made_up(tmp_path, monkeypatch):
    models = tmp_path / "models"
    fill(models, DEFAULT_MODEL)
    monkeypatch.setattr(peea.model_results, "read_results", lambda: read_results(models))


def opened(question=None):
    app = AppTest.from_file(str(APP), default_timeout=60)
    app.run()
    app.switch_page("pages/model_comparison.py")
    if question is not None:
        app.session_state["model_question"] = question
    app.run()
    return app


def words(app):
    texts = [element.value for kind in ("header", "subheader", "caption", "code") for element in getattr(app, kind)]
    texts += [element.proto.body for element in app.get("html") if "<style>" not in element.proto.body]
    return "\n".join(map(str, texts))


def button(app, label):
    return next(one for one in app.button if one.label == label)


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_question_opens_with_what_is_released_and_the_answer_stands_first(question):
    app = opened(question)
    assert not app.exception
    assert "grades here" in words(app)
    assert "Not clinically validated" in words(app)


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_question_opens_with_results_of_every_kind(made_up, question):
    app = opened(question)
    assert not app.exception
    assert "more than 9 of 10" in words(app)
    assert "because of a fault" not in words(app)


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_question_opens_without_any_result_and_says_which_command_makes_them(question, monkeypatch):
    monkeypatch.setattr(peea.model_results, "read_results", lambda: ModelResults())
    app = opened(question)
    assert not app.exception
    assert "peea experiments --data DIR" in words(app)


def test_unseen_patients_stand_before_random_images(made_up):
    said = [each.value for each in opened("right").subheader]
    assert said.index("On patients that the model has never seen") < said.index(
        "On images dealt at random, as in the papers"
    )


def test_every_table_can_be_had_as_csv(made_up):
    app = opened("trained")
    tables = words(app).count("<table")
    assert tables > 3
    assert len(app.get("download_button")) == tables
    assert ">improved</td>" in words(app)


def test_a_broken_file_of_results_is_told_on_the_page(made_up, tmp_path):
    (tmp_path / "models" / "results" / "vgg19.json").write_text("{")
    assert "results/vgg19.json cannot be read" in words(opened())


def test_the_speed_is_measured_when_asked_for():
    app = opened("speed")
    assert "One face alone" not in words(app)
    button(app, "Measure the speed of every model").click()
    app.run(timeout=120)
    assert not app.exception
    speeds = app.session_state["model_speeds"]
    assert speeds[0].model == DEFAULT_MODEL
    assert all(each.one_ms > 0 and each.many_ms > 0 for each in speeds)
    assert f">{speeds[0].one_ms:.1f}</td>" in words(app)


def test_two_models_on_one_recording_stand_side_by_side(monkeypatch):
    answers = {"one": made_up_assessment(), "other": made_up_assessment([(Grade.NO_PAIN, 16.0)])}
    monkeypatch.setattr(view, "model_names", lambda: list(answers))
    monkeypatch.setattr(view, "grader_named", lambda name: name)
    monkeypatch.setattr(
        view, "start_scoring", lambda recording, name, settings, context: ScoringJob(lambda *_: answers[name])
    )
    app = opened("two")
    state = app.session_state["two_models"]
    state.visit.take(HeldRecording.of_file(Path(__file__), "bed 4.mp4"), "a note")
    app.run()
    button(app, "Grade with both models").click()
    app.run()
    for _ in range(50):
        if len(app.session_state["two_models"].found) == 2:
            break
        time.sleep(0.05)
        app.run()
    said = words(app)
    assert not app.exception
    assert "The models differ: one reports severe, other reports no pain expression." in said
    assert len(app.get("plotly_chart")) == 1
    button(app, "Compare another recording").click()
    app.run()
    assert app.session_state["two_models"].visit.recording is None


def test_one_model_alone_cannot_be_compared(monkeypatch):
    monkeypatch.setattr(view, "model_names", lambda: ["alone"])
    assert "A second one is needed" in words(opened("two"))
