"""What is always in view: the demonstration mark with who is signed in, and the patient that is meant."""

from __future__ import annotations

import streamlit as st

from pages.parts.chips import chip, escape, place
from pages.parts.saying import say
from pages.parts.visit import ACTOR, Scoring, acting_name, open_log, open_ward
from peea.clock import date_text, on_ward, time_text
from peea.language import listed, t
from peea.scales import CONTEXT_NAMES
from peea.store import PainRecord, Patient
from peea.store.names import SEX_NAMES


def demonstration_mark() -> None:
    """Say on every page of a demonstration that nobody is signed in and that patients are simulated."""
    name = acting_name()
    who = t("Signed in: nobody ({actor})", actor=t(ACTOR)) if name is None else t("Acting: {name}", name=name)
    st.html(
        f'<div class="peea-mark" role="note"><span><b>{escape(t("Demonstration."))}</b> '
        f"{escape(t('Patients and recordings are simulated.'))}</span><span>{escape(who)}</span></div>"
    )


def banner_of(patient_id: str) -> None:
    """Show the banner of a patient, with the last assessment of whatever kind."""
    with open_ward() as log:
        history = log.history(patient_id)
    patient_banner(history.patient, history.records[0] if history.records else None)


def patient_banner(patient: Patient, last: PainRecord | None) -> None:
    """Show whose page this is: name, study code, bed, age, last grade and when."""
    if last is None:
        latest = escape(t("not assessed yet"))
    else:
        context = CONTEXT_NAMES[last.context].lower() if last.context else ""
        latest = f"{chip(last.grade)} {escape(listed([time_text(on_ward(last.at)), context]))}"
    facts = [
        escape(patient.study_code),
        escape(place(patient)),
        escape(
            t(
                "{n} years, born {date}, {sex}",
                n=patient.age(),
                date=date_text(patient.birth_date),
                sex=SEX_NAMES[patient.sex],
            )
        ),
    ]
    st.html(
        f'<div class="peea-banner" role="region" aria-label="{escape(t("Patient"))}">'
        f'<span class="who">{escape(patient.name)}</span>'
        + "".join(f'<span class="fact">{fact}</span>' for fact in facts)
        + f'<span class="fact">{escape(t("Last:"))} {latest}</span></div>'
    )


def open_work(visit: Scoring) -> None:
    """Say on the other pages that a recording is being scored, or that its result waits to be saved."""
    if visit.patient_id is None or not (visit.unsaved or visit.job is not None):
        return
    with open_log() as log:
        name = log.patient(visit.patient_id).name
    if visit.unsaved:
        say(t("The result for {name} is not saved yet. It is kept until this window is closed.", name=name), "warning")
    else:
        say(t("A recording of {name} is being scored.", name=name))
    if st.button(t("Back to the unsaved result") if visit.unsaved else t("Back to the scoring")):
        st.switch_page("pages/video_scoring.py")


def guard_leaving(unsaved: bool) -> None:
    """Let the browser ask before closing or reloading while a result is not saved."""
    ask = "true" if unsaved else "false"
    st.html(
        "<script>window.onbeforeunload = "
        + ask
        + " ? (event) => { event.preventDefault(); return ''; } : null;</script>",
        unsafe_allow_javascript=True,
    )
