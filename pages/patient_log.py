"""Patient log: how is this patient doing?"""

import streamlit as st

from pages.parts.assessment_view import model_line, show_course, show_result, show_tables
from pages.parts.banner import banner_of
from pages.parts.chips import chip, place
from pages.parts.patient_page import show_patient
from pages.parts.pressed import pressed
from pages.parts.review import review_box
from pages.parts.row_list import Row, cell, rows_html
from pages.parts.saying import say
from pages.parts.sheets import offer_record_sheet
from pages.parts.visit import open_log, scoring
from pages.parts.way_in import require_app
from peea.clock import in_zone, time_text
from peea.language import listed, t
from peea.scales import CONTEXT_NAMES
from peea.store import PatientLog, PatientOverview, Status
from peea.store.names import STATUS_NAMES

AT_ONCE = 100
"""Rows shown before a press on "Show more": more than a ward has beds."""


def page() -> None:
    """Show the list, one patient, or one assessment, as the address says."""
    patient_id, assessment_id = st.query_params.get("patient"), st.query_params.get("assessment")
    if assessment_id is not None:
        with open_log() as log:
            show_assessment(log, assessment_id)
    elif patient_id is not None:
        show_patient(patient_id)
    else:
        with open_log() as log:
            show_patients(log)


def go(**where: str) -> None:
    """Go to the list, a patient or an assessment of this page."""
    st.query_params.from_dict(where)


def show_patients(log: PatientLog) -> None:
    """List the patients with their last grade; search and ward narrow the list."""
    st.title(t("Patient log"), anchor=False)
    everyone = log.overview()
    if not everyone:
        say(t("No patient is registered yet. Register the first one on the page Video scoring."))
        if st.button(t("Go to Video scoring"), type="primary"):
            st.switch_page("pages/video_scoring.py")
        return
    search_column, ward_column = st.columns(2)
    search = search_column.text_input(t("Search"), placeholder=t("Name, study code or bed"), key="log_search")
    wards = sorted({one.patient.ward for one in everyone if one.patient.ward})
    ward = ward_column.selectbox(t("Ward"), ["", *wards], format_func=lambda one: one or t("All wards"), key="log_ward")
    found = log.overview(ward=ward or None, search=search.strip())
    st.caption(t("{found} of {total} patients", found=len(found), total=len(everyone)))
    if not found:
        say(t("No patient matches. Search for a part of the name, or choose all wards."))
        return
    shown = st.session_state.setdefault("log_rows", AT_ONCE)
    st.html(rows_html([patient_row(one) for one in found[:shown]], t("Patients")))
    if len(found) > shown and st.button(t("Show more patients"), width="stretch"):
        st.session_state["log_rows"] = shown + AT_ONCE
        st.rerun()
    opened = pressed("log_pressed")
    if opened:
        go(patient=opened)
        st.rerun()


def patient_row(one: PatientOverview) -> Row:
    """Return one patient as a row of the list."""
    patient, last = one.patient, one.last
    gone = t("Left the ward") if patient.left_at else ""
    who = cell(patient.name, f"{patient.study_code} · {t('{n} years', n=patient.age())}", gone)
    if last is None:
        return Row(patient.patient_id, (who, cell("", place(patient)), cell("", t("Not assessed yet"))))
    context = CONTEXT_NAMES[last.context] if last.context else t("Context not given")
    when = cell("", listed([time_text(in_zone(last.recorded_at)), context]))
    return Row(patient.patient_id, (who, cell("", place(patient)), chip(last.grade) + when))


def show_assessment(log: PatientLog, assessment_id: str) -> None:
    """Open one assessment again, with its whole course."""
    saved = log.saved_assessment(assessment_id)
    patient = log.patient(saved.patient_id)
    st.button(t("Back to this patient"), on_click=go, kwargs={"patient": patient.patient_id})
    banner_of(patient.patient_id)
    st.header(t("Assessment of {time}", time=time_text(in_zone(saved.recorded_at))), anchor=False)
    st.caption(t("{status}. Saved {time}.", status=STATUS_NAMES[saved.status], time=time_text(in_zone(saved.saved_at))))
    assessment = log.assessment(assessment_id)
    show_result(assessment, preliminary=saved.status is Status.PRELIMINARY)
    review_box(saved)
    offer_record_sheet(patient, assessment, saved=True)
    show_course(assessment, scoring().picture_source(assessment_id))
    show_tables(assessment)
    model = assessment.model
    model_line(model.name, model.version, model.trained_on, model.clinically_validated)


require_app()
page()
