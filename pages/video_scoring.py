"""Video scoring: what did this recording show?"""

import streamlit as st

from pages.parts.assessment_view import model_line, show_course, show_result, show_tables
from pages.parts.chips import escape
from pages.parts.patient_choice import choose_patient, chosen_patient_banner
from pages.parts.recording_choice import choose_recording
from pages.parts.result_actions import save_or_start_over
from pages.parts.saying import problems_told, say
from pages.parts.sheets import offer_record_sheet
from pages.parts.visit import Scoring, open_log, scoring, shared_grader, shared_settings
from pages.parts.way_in import require_app
from peea.language import listed, t
from peea.model_cards import read_card
from peea.scales import CONTEXT_NAMES, Context
from peea.scoring import start_scoring

POLL_S = 1.0
"""Seconds between two looks at how far the scoring is."""


def page() -> None:
    """Show the step at which this visit's scoring is."""
    visit = scoring()
    st.title(t("Video scoring"), anchor=False)
    chosen_patient_banner(visit)
    if visit.assessment is not None:
        result(visit)
    elif visit.job is not None:
        running()
    else:
        preparation(visit)


def preparation(visit: Scoring) -> None:
    """Ask for patient, context and recording; nothing is preset, so that nobody grades the wrong person or movement."""
    if visit.notice is not None:
        say(visit.notice, "warning")
    choose_patient(visit)
    visit.context = st.pills(
        t("What did the patient do?"),
        list(Context),
        default=visit.context,
        format_func=lambda context: CONTEXT_NAMES[context],
    )
    choose_recording()
    missing = [
        name
        for name, value in (
            (t("the patient"), visit.patient_id),
            (t("what the patient did"), visit.context),
            (t("a recording"), visit.recording),
        )
        if value is None
    ]
    ready = not missing and visit.problem is None
    if st.button(t("Score recording"), type="primary", width="stretch", disabled=not ready):
        start(visit)
    if missing:
        st.caption(t("Still to choose: {missing}.", missing=listed(missing)))
    elif visit.problem is not None:
        st.caption(t("This recording cannot be scored. Choose another one."))
    card = read_card()
    model_line(card["name"], card["version"], card["trained_on"], card["clinically_validated"])


def start(visit: Scoring) -> None:
    """Begin to score what was chosen."""
    if visit.recording is None or visit.context is None:
        return
    visit.notice = None
    grader, settings = shared_grader(), shared_settings()
    visit.job = start_scoring(visit.recording, grader, settings, visit.context)
    st.rerun()


@st.fragment(run_every=POLL_S)
def running() -> None:
    """Show how far the scoring is until it ends."""
    with problems_told():
        visit = scoring()
        job = visit.job
        if visit.take_over() or job is None:
            st.rerun()
        progress = job.progress
        share = progress.share if progress is not None else None
        sentence = t("Reading the recording") if progress is None else progress.sentence()
        with st.container(border=True):
            if visit.recording is not None and visit.context is not None:
                what = listed([visit.recording.name, CONTEXT_NAMES[visit.context].lower()])
                st.html(f'<div class="peea-row">{escape(what)}</div>')
            st.html(f'<div class="peea-working" role="status">{escape(t("{sentence}.", sentence=sentence))}</div>')
            st.progress(share or 0.0)
            if st.button(t("Cancel"), width="stretch"):
                job.cancel()


def result(visit: Scoring) -> None:
    """Show the result, save it, go on to the next."""
    assessment = visit.assessment
    if assessment is None:
        return
    show_result(assessment, new=visit.saved is None)
    if (
        assessment.report_grade is None
        and visit.patient_id is not None
        and st.button(t("Rate by hand"), width="stretch")
    ):
        st.switch_page("pages/rating.py", query_params={"patient": visit.patient_id})
    save_or_start_over(visit, t("Score another recording"))
    if visit.patient_id is not None:
        with open_log() as log:
            patient = log.patient(visit.patient_id)
        offer_record_sheet(patient, assessment, saved=visit.saved is not None)
    show_course(assessment, visit.recording)
    show_tables(assessment)
    model = assessment.model
    model_line(model.name, model.version, model.trained_on, model.clinically_validated)


require_app()
page()
