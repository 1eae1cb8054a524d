"""The chosen moment of a scored recording: where the model saw its grade, or why that cannot be shown."""

from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from peea.demonstration import DEMONSTRATION_FOLDER
from peea.graders import load_grader
from peea.held_recording import HeldRecording
from tests.factories import made_up_assessment

PATIENCE_S = 90


def moment():
    """A page of its own around one moment, as Streamlit runs it."""
    import streamlit as st

    from pages.parts.assessment_view import show_course

    show_course(st.session_state["shown"], st.session_state["recording"])


def shown(model, recording):
    app = AppTest.from_function(moment, default_timeout=PATIENCE_S)
    app.session_state["shown"] = replace(made_up_assessment(), model=model)
    app.session_state["recording"] = recording
    app.run()
    assert not app.exception
    return app


def words(app):
    return "\n".join([*(each.value for each in app.subheader), *(each.proto.body for each in app.get("html"))])


@pytest.fixture
def recording():
    return HeldRecording.of_file(DEMONSTRATION_FOLDER / "severe.mp4", "severe.mp4")


def test_a_graded_moment_shows_where_its_grade_was_seen_beside_the_face_actions(recording):
    app = shown(load_grader().identity, recording)
    said = words(app)
    assert "Where the model saw this grade" in said
    assert "what spoke for intense." in said
    assert "not how much pain there is" in said
    assert len(app.get("image")) == 2
    assert len(app.get("plotly_chart")) == 2, "the course and the face actions"


def test_without_pictures_there_is_no_map(recording):
    gone = HeldRecording.of_file(Path("gone.mp4"), "gone.mp4")
    assert "Where the model saw this grade" not in words(shown(load_grader().identity, gone))


def test_a_model_that_has_changed_or_is_gone_is_told(recording):
    now = load_grader().identity
    assert "has changed since" in words(shown(replace(now, weights_sha256="0" * 64), recording))
    assert "No model is called" in words(shown(replace(now, name="gone"), recording))
