"""The form that makes a study: from an uploaded table, or from recordings that were rated on the rating page."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from pages.parts.saying import say_beside
from pages.parts.visit import actor
from peea.language import t
from peea.model_cards import model_names, read_card
from peea.store import DuplicateStudyError, PatientLog, RatingStore, StudyIncompleteError, StudyStore
from peea.store.study_sources import rated_recordings, study_of_rating_set
from peea.studies import ModelUnderTest, Study, StudyError

OPENED = "agreement_open_study"
"""Where the page finds the study that was just made, to show it."""

Makes = Callable[[str, str, ModelUnderTest, tuple[str, ...], tuple[str, ...]], Study]
"""Name, question, model under test, who was included and who excluded to a study."""


def new_study_form(key: str, make: Makes) -> None:
    """Ask for what a study names, and keep it as a draft.

    Args:
        key: of the place, so that two forms stay apart.
        make: makes the study.
    """
    name = st.text_input(t("Name of the study"), key=f"{key}_name", max_chars=200)
    purpose = st.text_input(t("Its question"), key=f"{key}_purpose", max_chars=500)
    model = st.selectbox(t("Model under test"), model_names(), key=f"{key}_model")
    left, right = st.columns(2)
    inclusion = left.text_area(t("Who was included, a line each"), key=f"{key}_inclusion")
    exclusion = right.text_area(t("Who was excluded, a line each"), key=f"{key}_exclusion")
    if not st.button(t("Keep as a study"), key=f"{key}_keep"):
        return
    if not name.strip():
        say_beside(t("Give the study a name."))
        return
    card = read_card(model)
    under_test = ModelUnderTest(card["name"], card["version"], card["weights"]["sha256"])
    try:
        study = make(name.strip(), purpose.strip(), under_test, _lines(inclusion), _lines(exclusion))
        with StudyStore(actor=actor()) as store:
            store.save_draft(study)
    except (StudyError, DuplicateStudyError, StudyIncompleteError) as error:
        say_beside(str(error))
        return
    st.session_state[OPENED] = study.study_id
    st.rerun()


def study_from_ratings() -> None:
    """Offer to make a study of recordings that were rated on the rating page, if there are any."""
    with RatingStore(actor=actor()) as ratings:
        sets = {each.set_id: each for each in rated_recordings(ratings)}
    if not sets:
        return
    with st.expander(t("Make a study of recordings rated on the page Rating")):
        chosen = st.selectbox(
            t("Rated recordings"), list(sets), format_func=lambda set_id: sets[set_id].title, key="study_of_set"
        )

        def make(*named: object) -> Study:
            with RatingStore(actor=actor()) as ratings, PatientLog(actor=actor()) as log:
                return study_of_rating_set(ratings, log, chosen, *named)  # type: ignore[arg-type]

        new_study_form("set_study", make)


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())
