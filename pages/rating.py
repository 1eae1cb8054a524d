"""Rating: what do I see?"""

import streamlit as st

from pages.parts.banner import banner_of
from pages.parts.manual_rating import manual_rating_form
from pages.parts.rating_preparation import prepare
from pages.parts.rating_queue import rate, tell_once
from pages.parts.rating_results import results
from pages.parts.rating_room import rating_room
from pages.parts.visit import acting_name, actor, open_log
from pages.parts.way_in import require_app
from peea.access import Permission
from peea.language import Names, later, t

TASKS = Names(
    {
        "rate": later("Rate"),
        "prepare": later("Prepare a set"),
        "results": later("Results"),
        "by_hand": later("A patient, by hand"),
    }
)

NEEDED = {
    "rate": Permission.RATE,
    "prepare": Permission.PREPARE_RATING,
    "results": Permission.PREPARE_RATING,
    "by_hand": Permission.ASSESS,
}

_CHOICE = "rating_task_choice"


def page() -> None:
    """Show the task that was chosen, of those that this person may do."""
    tasks = [task for task in TASKS if actor().may(NEEDED[task])]
    asked_by_hand = "patient" in st.query_params and "by_hand" in tasks
    if rating_room().set_id is not None and acting_name() is not None and not asked_by_hand:
        rate()  # nothing else beside what is rated
        return
    st.title(t("Rating"), anchor=False)
    wanted = st.session_state.pop("rating_task_next", None)
    if wanted is None and st.session_state.get(_CHOICE) is None:
        wanted = "by_hand" if asked_by_hand else st.session_state.get("rating_task", "rate")
    if wanted is not None:
        st.session_state[_CHOICE] = wanted if wanted in tasks else tasks[0]
    task = tasks[0]
    if len(tasks) > 1:
        task = st.segmented_control(
            t("What do you want to do?"),
            tasks,
            required=True,
            format_func=TASKS.__getitem__,
            label_visibility="collapsed",
            key=_CHOICE,
        )
    # The field forgets its choice when another page was looked at in between.
    st.session_state["rating_task"] = task
    tell_once()
    {"rate": rate, "prepare": prepare, "results": results, "by_hand": by_hand}[task]()


def by_hand() -> None:
    """Assess a patient by hand: the face cannot be graded, or the patient can say it."""
    st.caption(t("For a face that cannot be graded, and for what the patient says. Self-report comes first."))
    with open_log() as log:
        patients = {patient.patient_id: patient for patient in log.patients()}
        asked = st.query_params.get("patient")
        places = list(patients)
        patient_id = st.selectbox(
            t("Patient"),
            places,
            index=places.index(asked) if asked in patients else None,
            format_func=lambda one: f"{patients[one].name} · {patients[one].study_code}",
            placeholder=t("Type a name or a study code"),
            key="by_hand_patient",
        )
    if patient_id is None:
        return
    banner_of(patient_id)
    manual_rating_form(patient_id)


require_app()
page()
