"""Choosing the patient: a list that is searched by typing, and a short form for a patient who is not in it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Protocol

import streamlit as st

from pages.parts.banner import banner_of
from pages.parts.chips import place
from pages.parts.saying import problems_told, say, say_beside
from pages.parts.visit import actor, open_care, open_log, without_sign_in
from peea.clock import date_text
from peea.language import t
from peea.store import DuplicatePatientError, InvalidPatientError, Patient, Sex
from peea.store.care import ConsentDecision, ConsentPurpose
from peea.store.names import DECISION_NAMES, SEX_NAMES

_OLDEST = date(1900, 1, 1)


def _line(patient: Patient) -> str:
    return " · ".join(
        [patient.name, patient.study_code, place(patient), t("born {date}", date=date_text(patient.birth_date))]
    )


class ChoosesPatient(Protocol):
    """What a page holds of its work: whose it is, once chosen."""

    patient_id: str | None


def chosen_patient_banner(visit: ChoosesPatient) -> None:
    """Show the banner of the patient that is meant, once one is chosen."""
    if visit.patient_id is not None:
        banner_of(visit.patient_id)


def choose_patient(visit: ChoosesPatient) -> None:
    """Let the patient be chosen or registered; the choice goes into what the page holds.

    Whoever decided against being graded by PEEA cannot be chosen. A new choice runs the page anew, so that the banner
    above this field shows it.
    """
    chosen_before = visit.patient_id
    with open_log() as log:
        patients = {patient.patient_id: patient for patient in log.patients()}
    ids = list(patients)
    key = _key(visit)
    # The visit knows the choice; the field forgets it when another page was looked at in between.
    if visit.patient_id in patients and st.session_state.get(key) is None:
        st.session_state[key] = visit.patient_id
    column, button = st.columns([3, 1], vertical_alignment="bottom")
    with column:
        visit.patient_id = st.selectbox(
            t("Patient"),
            ids,
            index=None,
            key=key,
            format_func=lambda patient_id: _line(patients[patient_id]),
            placeholder=t("Type a name, a study code or a bed") if ids else t("No patient yet: register the first one"),
        )
    with button:
        if st.button(t("Register a patient"), width="stretch"):
            st.dialog(t("Register a patient"), width="medium")(_register)(visit)
    if visit.patient_id is not None and (refusal := _decision_against(patients[visit.patient_id])) is not None:
        say(refusal, "warning")
        visit.patient_id = None
    if visit.patient_id != chosen_before:
        st.rerun()


def _decision_against(patient: Patient) -> str | None:
    """Return the sentence about a decision against being graded by PEEA that is in force, or None."""
    with open_care() as care:
        consent = care.consents_in_force(patient.patient_id).get(ConsentPurpose.ASSESSMENT)
    if consent is None or consent.decision is ConsentDecision.GIVEN:
        return None
    return t(
        "{name} is not graded by PEEA: consent was {decision} on {date}. Rate by hand instead, or enter a new decision "
        "on the patient's page.",
        name=patient.name,
        decision=DECISION_NAMES[consent.decision],
        date=date_text(consent.decided_on),
    )


def _key(visit: ChoosesPatient) -> str:
    """Return the name of the field; each page has its own, so that none takes over the patient of another."""
    return f"patient_choice_{type(visit).__name__}"


def _chosen(visit: ChoosesPatient, patient_id: str) -> None:
    visit.patient_id = patient_id
    st.session_state.pop(_key(visit), None)
    st.rerun()


def _register(visit: ChoosesPatient) -> None:
    with problems_told():
        _form(visit)


def _form(visit: ChoosesPatient) -> None:
    if st.session_state.pop("close_registration", False):
        _chosen(visit, st.session_state.pop("registered_already"))
    name = st.text_input(t("Name, as on the wristband"))
    name_problem = st.empty()
    born, sex_column = st.columns(2)
    with born:
        birth_date = st.date_input(
            t("Birth date (day/month/year)"),
            value=None,
            min_value=_OLDEST,
            max_value=datetime.now(UTC).date(),
            format="DD/MM/YYYY",
        )
        birth_problem = st.empty()
    with sex_column:
        sex = st.selectbox(t("Sex"), list(Sex), index=None, format_func=SEX_NAMES.__getitem__, placeholder=t("Choose"))
        sex_problem = st.empty()
    ward_column, bed_column, code_column = st.columns(3)
    own = actor().only_wards
    ward = ward_column.text_input(t("Ward")) if own is None else ward_column.selectbox(t("Ward"), sorted(own)) or ""
    bed = bed_column.text_input(t("Bed"))
    code = code_column.text_input(t("Study code"), placeholder=t("next free one"))
    beside = {"name": name_problem, "birth_date": birth_problem, "sex": sex_problem}
    if not st.button(t("Register"), type="primary", width="stretch"):
        return
    missing = [
        (field, sentence)
        for field, sentence, value in (
            ("name", t("The name is missing."), name.strip()),
            ("birth_date", t("The birth date is missing."), birth_date),
            ("sex", t("The sex is missing."), sex),
        )
        if not value
    ]
    for field, sentence in missing:
        with beside[field].container():
            say_beside(sentence)
    if missing or birth_date is None or sex is None:
        return
    try:
        with open_log() as log:
            patient = log.register_patient(
                name,
                birth_date,
                sex,
                study_code=code.strip() or None,
                ward=ward,
                bed=bed,
                # Where nobody signs in there must be nobody but fictional patients.
                demonstration=without_sign_in(),
            )
    except InvalidPatientError as error:
        with beside[error.field].container() if error.field in beside else st.container():
            say_beside(str(error))
    except DuplicatePatientError as error:
        say(str(error), "warning")
        st.session_state["registered_already"] = error.patient_id
        st.button(t("Choose that patient"), on_click=_take_registered, width="stretch")
    else:
        _chosen(visit, patient.patient_id)


def _take_registered() -> None:
    # A dialog closes when the page runs anew; that cannot be asked for from here, so the form does it (see `_form`).
    st.session_state["close_registration"] = True
