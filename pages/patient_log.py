"""Patient log: how is this patient doing?"""

import streamlit as st

from pages.parts.assessment_view import model_line, show_course, show_result, show_tables
from pages.parts.banner import patient_banner
from pages.parts.chips import chip, escape, place
from pages.parts.saying import say
from pages.parts.sheets import offer_course_sheet, offer_record_sheet
from pages.parts.visit import open_log, scoring
from pages.parts.way_in import require_app
from peea.assessment.wording import percent_text, seconds_text
from peea.clock import in_zone, time_text, zone_name
from peea.language import t
from peea.plots import CHART_CONFIG, TrendPoint, trend_figure
from peea.scales import CONTEXT_NAMES
from peea.store import Patient, PatientLog, PatientOverview, SavedAssessment
from peea.store.names import STATUS_NAMES

AT_ONCE = 15
"""Rows shown before a press on "Show more": what a tablet shows without getting slow or long."""


def page() -> None:
    """Show the list, one patient, or one assessment, as the address says."""
    patient_id, assessment_id = st.query_params.get("patient"), st.query_params.get("assessment")
    with open_log() as log:
        if assessment_id is not None:
            show_assessment(log, assessment_id)
        elif patient_id is not None:
            show_patient(log, patient_id)
        else:
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
    for one in found[:shown]:
        patient_row(one)
    if len(found) > shown and st.button(t("Show more patients"), width="stretch"):
        st.session_state["log_rows"] = shown + AT_ONCE
        st.rerun()


def patient_row(one: PatientOverview) -> None:
    """Show one patient as a row of the list."""
    patient, last = one.patient, one.last
    with st.container(border=True):
        who, grade, button = st.columns([5, 5, 2], vertical_alignment="center")
        who.html(
            f'<div class="peea-row"><b>{escape(patient.name)}</b><br><span class="quiet">'
            f"{escape(patient.study_code)} · {escape(place(patient))} · {escape(t('{n} years', n=patient.age()))}"
            "</span></div>"
        )
        if last is None:
            grade.html(f'<div class="peea-row quiet">{escape(t("Not assessed yet"))}</div>')
        else:
            context = CONTEXT_NAMES[last.context] if last.context else t("Context not given")
            grade.html(
                f'<div class="peea-row">{chip(last.report_grade)}<br><span class="quiet">'
                f"{escape(time_text(in_zone(last.recorded_at)))} · {escape(context)}</span></div>"
            )
        button.button(
            t("Open"),
            key=f"open_{patient.patient_id}",
            on_click=go,
            kwargs={"patient": patient.patient_id},
            width="stretch",
        )


def show_patient(log: PatientLog, patient_id: str) -> None:
    """Show one patient: banner, trend and assessments."""
    st.button(t("Back to all patients"), on_click=go)
    patient = log.patient(patient_id)
    assessments = log.assessments(patient.patient_id)
    patient_banner(patient, assessments[0] if assessments else None)
    if st.button(t("Score a recording of this patient"), type="primary"):
        score_for(patient)
    offer_course_sheet(patient)
    if not assessments:
        say(t("Not assessed yet. Score a recording, and it will appear here."))
        return
    st.header(t("Grades over time"), anchor=False)
    points = [trend_point(one) for one in assessments]
    st.plotly_chart(
        trend_figure(points, zone_name(points[0].when)),
        theme=None,
        config=CHART_CONFIG,
        key=f"trend_{patient.patient_id}",
        alt=t("Reported grade of each assessment over time, at rest and during movement"),
    )
    st.header(t("Assessments"), anchor=False)
    shown = st.session_state.setdefault("log_assessments", AT_ONCE)
    for one in assessments[:shown]:
        assessment_row(one)
    if len(assessments) > shown and st.button(t("Show older assessments"), width="stretch"):
        st.session_state["log_assessments"] = shown + AT_ONCE
        st.rerun()


def score_for(patient: Patient) -> None:
    """Go to Video scoring with this patient chosen; an unsaved result of another patient stays where it is."""
    visit = scoring()
    if not visit.unsaved and visit.job is None:
        visit.start_over()
        visit.patient_id = patient.patient_id
    st.switch_page("pages/video_scoring.py")


def trend_point(one: SavedAssessment) -> TrendPoint:
    """Return an assessment as a point of the trend."""
    when = in_zone(one.recorded_at)
    context = CONTEXT_NAMES[one.context] if one.context else t("Context not given")
    return TrendPoint(
        when=when,
        grade=one.report_grade,
        movement=one.context is not None and one.context.movement,
        label=f"{time_text(when)}<br>{context}<br>{graded_in(one)}",
    )


def graded_in(one: SavedAssessment) -> str:
    """Return how much of a recording could be graded."""
    return t("Graded in {share} of {length}", share=percent_text(one.coverage), length=seconds_text(one.duration_s))


def assessment_row(one: SavedAssessment) -> None:
    """Show one assessment as a row of the table."""
    with st.container(border=True):
        when, grade, facts, button = st.columns([4, 5, 4, 2], vertical_alignment="center")
        context = CONTEXT_NAMES[one.context] if one.context else t("Context not given")
        when.html(
            f'<div class="peea-row"><b>{escape(time_text(in_zone(one.recorded_at)))}</b><br>'
            f'<span class="quiet">{escape(context)}</span></div>'
        )
        grade.html(
            f'<div class="peea-row">{chip(one.report_grade)}<br>'
            f'<span class="quiet">{escape(STATUS_NAMES[one.status])}</span></div>'
        )
        facts.html(
            f'<div class="peea-row">{escape(graded_in(one))}<br>'
            f'<span class="quiet">{escape(one.model_name)} {escape(one.model_version)}</span></div>'
        )
        button.button(
            t("Open"),
            key=f"open_{one.assessment_id}",
            on_click=go,
            kwargs={"patient": one.patient_id, "assessment": one.assessment_id},
            width="stretch",
        )


def show_assessment(log: PatientLog, assessment_id: str) -> None:
    """Open one assessment again, with its whole course."""
    saved = log.saved_assessment(assessment_id)
    patient = log.patient(saved.patient_id)
    st.button(t("Back to this patient"), on_click=go, kwargs={"patient": patient.patient_id})
    assessments = log.assessments(patient.patient_id)
    patient_banner(patient, assessments[0])
    st.header(t("Assessment of {time}", time=time_text(in_zone(saved.recorded_at))), anchor=False)
    st.caption(t("{status}. Saved {time}.", status=STATUS_NAMES[saved.status], time=time_text(in_zone(saved.saved_at))))
    assessment = log.assessment(assessment_id)
    show_result(assessment)
    offer_record_sheet(patient, assessment, saved=True)
    show_course(assessment, scoring().picture_source(assessment_id))
    show_tables(assessment)
    model = assessment.model
    model_line(model.name, model.version, model.trained_on, model.clinically_validated)


require_app()
page()
