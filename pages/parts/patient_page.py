"""One patient: what is to be done next, the course of pain with what was given, and everything on record."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Final

import streamlit as st

from pages.parts.banner import patient_banner
from pages.parts.board_table import record_line
from pages.parts.care_dialogs import analgesia_form, dose_correction, manual_withdrawal, note_correction, note_form
from pages.parts.chips import chip, escape
from pages.parts.patient_data import show_consent, show_corrections, show_data
from pages.parts.pressed import pressed
from pages.parts.review import decision_sentence, review_box
from pages.parts.row_list import Row, cell, rows_html
from pages.parts.saying import problems_told, say
from pages.parts.sheets import offer_course_sheet
from pages.parts.visit import open_care, open_log, open_manual, open_ward, scoring, shared_settings
from peea.assessment.wording import percent_text, seconds_text
from peea.care.board import task_of
from peea.care.effect import effect_sentence, effects_of
from peea.care.reassessment import REASON_NAMES, Urgency, task_sentence
from peea.clock import at_clock, in_zone, near_time_text, on_ward, time_text, zone_name
from peea.language import listed, t
from peea.plots import CHART_CONFIG, DoseMark, TrendPoint, trend_figure
from peea.scales import CONTEXT_NAMES
from peea.store import KIND_NAMES, Kind, PainRecord, Patient, PatientHistory, SavedAssessment, Status
from peea.store.care import Dose, Note
from peea.store.names import ROUTE_NAMES
from peea.tables import course_table

LETTERS: Final = {Kind.MODEL: "", Kind.PSPI: "P", Kind.VAS: "V", Kind.NRS: "N"}
LOOK_AGAIN_S: Final = 30
"""Seconds between two looks at whether an assessment has become due."""

SPANS: Final = {"day": timedelta(days=1), "three": timedelta(days=3), "all": None}
AT_ONCE: Final = 50
"""Assessments listed before a press on "Show older"."""


def show_patient(patient_id: str) -> None:
    """Show one patient."""
    with open_ward() as log:
        history = log.history(patient_id)
    patient = history.patient
    with open_care() as care:
        doses, notes = care.doses(patient.patient_id, withdrawn=True), care.notes(patient.patient_id, withdrawn=True)
        corrections = care.corrections(patient.patient_id)
    board, everyone, _ = st.columns([1, 1, 2])
    if board.button(t("Back to the ward board"), width="stretch"):
        st.switch_page("pages/ward_board.py")
    everyone.button(t("All patients"), on_click=st.query_params.clear, width="stretch")
    patient_banner(patient, history.records[0] if history.records else None)
    next_assessment(history)
    _actions(patient)
    _waiting(history)
    course, assessments, analgesia, written, data, consent, corrected = st.tabs(
        [
            t("Course"),
            t("Assessments"),
            t("Analgesia"),
            t("Notes"),
            t("Patient data"),
            t("Consent"),
            t("Corrections"),
        ]
    )
    given = [dose for dose in doses if not dose.withdrawn]
    with course:
        _course(history, given)
    with assessments:
        _assessments(history)
    with analgesia:
        _doses(doses)
    with written:
        _notes(notes)
    with data:
        show_data(patient)
        offer_course_sheet(patient)
    with consent:
        show_consent(patient)
    with corrected:
        show_corrections(corrections)
    _open(pressed("patient_pressed"), doses, notes)


@st.fragment(run_every=LOOK_AGAIN_S)
def next_assessment(history: PatientHistory) -> None:
    """Say when pain is to be assessed next, and remind when that time has come."""
    with problems_told():
        if history.patient.left_at is not None:
            left = time_text(in_zone(history.patient.left_at))
            say(t("The patient left the ward, {time}.", time=left))
            return
        rules, now = shared_settings().reassessment, datetime.now(UTC)
        task = task_of(history, rules)
        urgency = task.urgency(now, rules)
        sentence = t(
            "Next assessment: {when} ({time}). {reason}.",
            when=task_sentence(task, now),
            time=near_time_text(on_ward(task.due_at), on_ward(now)),
            reason=REASON_NAMES[task.reason],
        )
        say(sentence, {Urgency.OVERDUE: "error", Urgency.DUE: "warning", Urgency.LATER: "good"}[urgency])


def _actions(patient: Patient) -> None:
    record, hand, give, write = st.columns(4)
    if record.button(t("Assess with PEEA"), type="primary", width="stretch", key="assess"):
        assess_with_peea(patient)
    if hand.button(t("Rate by hand"), width="stretch", key="by_hand"):
        st.dialog(t("Rate {name} by hand", name=patient.name), width="large")(_rate_by_hand)(patient)
    if give.button(t("Analgesia given"), width="stretch", key="give"):
        st.dialog(t("Analgesia given to {name}", name=patient.name))(analgesia_form)(patient.patient_id)
    if write.button(t("Write a note"), width="stretch", key="write"):
        st.dialog(t("Note about {name}", name=patient.name))(note_form)(patient.patient_id)


def assess_with_peea(patient: Patient) -> None:
    """Go to Video scoring with this patient chosen; an unsaved result of another patient stays where it is."""
    visit = scoring()
    if not visit.unsaved and visit.job is None:
        visit.start_over()
        visit.patient_id = patient.patient_id
    st.switch_page("pages/video_scoring.py")


def _rate_by_hand(patient: Patient) -> None:
    from pages.parts.manual_rating import manual_rating_form

    with problems_told():
        if manual_rating_form(patient.patient_id):
            st.rerun()


def _waiting(history: PatientHistory) -> None:
    """Offer the latest result that waits for a clinician; the others are one press away."""
    waiting = [record for record in history.records if record.waits]
    if not waiting:
        return
    with open_log() as log:
        saved = log.saved_assessment(waiting[0].record_id)
    label = t("To confirm: {what}", what=record_line(waiting[0], datetime.now(UTC)))
    st.html(f'<div class="peea-label">{escape(label)}</div>')
    review_box(saved)
    if len(waiting) > 1:
        st.caption(t("Further results to confirm: {n}. They are in the list of assessments.", n=len(waiting) - 1))


def _course(history: PatientHistory, doses: list[Dose]) -> None:
    if not history.records and not doses:
        say(t("Not assessed yet. Assess the patient, and the course appears here."))
        return
    names = {"day": t("Last 24 hours"), "three": t("Last 3 days"), "all": t("Whole stay")}
    chosen = st.segmented_control(
        t("Time shown"),
        list(SPANS),
        default="day",
        required=True,
        format_func=names.__getitem__,
        key="course_span",
        label_visibility="collapsed",
        persist_state="session",
    )
    span = SPANS[chosen or "all"]
    now = on_ward(datetime.now(UTC))
    surgery, arrived = history.patient.surgery_date, datetime.fromisoformat(history.patient.arrived_at)
    st.plotly_chart(
        trend_figure(
            [trend_point(record) for record in history.records],
            zone_name(now),
            [DoseMark(in_zone(dose.given_at), dose_line(dose)) for dose in doses],
            surgery=on_ward(at_clock(surgery, time())) if surgery else None,
            span=None if span is None else (max(now - span, on_ward(arrived) - span * 0.03), now + span * 0.03),
        ),
        theme=None,
        config=CHART_CONFIG,
        key=f"trend_{history.patient.patient_id}",
        alt=t("Grade of each assessment over time, at rest and during movement, with analgesia and surgery"),
    )
    st.caption(
        t("Letters in the marks: P is PSPI, V is VAS, N is NRS. A mark without a letter is PEEA's, from a recording.")
    )
    with st.expander(t("The same numbers as a table")):
        st.dataframe(course_table(history.records), hide_index=True, width="stretch")
    _before_and_after(history, doses)


def _before_and_after(history: PatientHistory, doses: list[Dose]) -> None:
    if not doses:
        return
    st.subheader(t("Before and after one dose"), anchor=False)
    by_id = {dose.analgesia_id: dose for dose in doses}
    chosen = st.selectbox(
        t("Dose"),
        list(by_id),
        format_func=lambda one: dose_line(by_id[one]),
        key=f"effect_{history.patient.patient_id}",
    )
    if chosen not in by_id:
        return
    given_at = datetime.fromisoformat(by_id[chosen].given_at)
    effects = effects_of(given_at, history.records, history.doses)
    for effect in effects:
        st.html(f'<p class="peea-row">{escape(effect_sentence(given_at, effect))}</p>')
    around = [record for effect in effects for record in (effect.before, *effect.after) if record is not None]
    if around:
        shown = (min(record.at for record in around), max(record.at for record in around))
        beside = max((shown[1] - shown[0]) * 0.08, timedelta(minutes=20))
        st.plotly_chart(
            trend_figure(
                [trend_point(record) for record in around],
                zone_name(in_zone(by_id[chosen].given_at)),
                [DoseMark(in_zone(by_id[chosen].given_at), dose_line(by_id[chosen]))],
                span=(on_ward(min(shown[0], given_at) - beside), on_ward(max(shown[1], given_at) + beside)),
            ),
            theme=None,
            config=CHART_CONFIG,
            key=f"effect_chart_{chosen}",
            alt=t("Grades before and after this dose, at rest and during movement"),
        )
    st.caption(t("What was seen around the dose; other care in the same hours counts too."))


def _assessments(history: PatientHistory) -> None:
    with open_log() as log:
        saved = {each.assessment_id: each for each in log.assessments(history.patient.patient_id)}
    gone = [each for each in saved.values() if each.status is Status.WITHDRAWN]
    with open_manual() as manual:
        dropped = [each for each in manual.of_patient(history.patient.patient_id) if each.withdrawn]
    if not history.records and not gone and not dropped:
        say(t("Not assessed yet. Assess the patient, and the result appears here."))
        return
    shown = st.session_state.setdefault("assessments_shown", AT_ONCE)
    rows = [_record_row(record, saved.get(record.record_id)) for record in history.records[:shown]]
    rows += [
        Row(
            f"assessment:{each.assessment_id}",
            (cell(time_text(in_zone(each.recorded_at)), t("Withdrawn: saved in error")), chip(each.report_grade), ""),
            faded=True,
        )
        for each in gone
    ]
    rows += [
        Row(
            f"manual:{each.manual_id}",
            (cell(time_text(in_zone(each.rated_at)), t("Withdrawn: entered in error")), chip(each.grade), ""),
            faded=True,
        )
        for each in dropped
    ]
    st.html(rows_html(rows, t("Assessments")))
    if len(history.records) > shown and st.button(t("Show older assessments"), width="stretch"):
        st.session_state["assessments_shown"] = shown + AT_ONCE
        st.rerun()


def _record_row(record: PainRecord, saved: SavedAssessment | None) -> Row:
    context = CONTEXT_NAMES[record.context] if record.context else t("Context not given")
    simulated = t("Simulated") if record.simulated else ""
    if saved is not None:
        details = cell(decision_sentence(saved), graded_in(saved), f"{saved.model_name} {saved.model_version}")
        opens = f"assessment:{record.record_id}"
    else:
        value = "–" if record.value is None else f"{record.value:g}"
        details = cell(t("{kind}: {value}", kind=KIND_NAMES[record.kind], value=value), record.by, simulated)
        opens = f"manual:{record.record_id}"
    return Row(opens, (cell(time_text(on_ward(record.at)), context), chip(record.grade), details))


def _doses(doses: list[Dose]) -> None:
    if not doses:
        say(t("No analgesia was entered yet."))
        return
    rows = [
        Row(
            f"dose:{dose.analgesia_id}",
            (
                cell(time_text(in_zone(dose.given_at))),
                cell(listed([dose.drug, f"{dose.dose:g} {dose.unit}"]), ROUTE_NAMES[dose.route]),
                cell("", t("Entered by {name}", name=dose.entered_by), t("Entered in error") if dose.withdrawn else ""),
            ),
            faded=dose.withdrawn,
        )
        for dose in doses
    ]
    st.html(rows_html(rows, t("Analgesia")))
    st.caption(t("Press a dose to correct it."))


def _notes(notes: list[Note]) -> None:
    if not notes:
        say(t("No note was written yet."))
        return
    rows = [
        Row(
            f"note:{note.note_id}",
            (
                cell(time_text(in_zone(note.written_at)), note.entered_by),
                f"<span>{escape(note.text)}</span>",
                cell("", t("Entered in error") if note.withdrawn else ""),
            ),
            faded=note.withdrawn,
        )
        for note in notes
    ]
    st.html(rows_html(rows, t("Notes")))
    st.caption(t("Press a note to correct it."))


def _open(what: str | None, doses: list[Dose], notes: list[Note]) -> None:
    """Open what was pressed in a list."""
    kind, _, row_id = (what or "").partition(":")
    if kind == "assessment":
        st.query_params.from_dict({"assessment": row_id})
        st.rerun()
    if kind == "manual":
        st.dialog(t("Rating by hand"))(manual_withdrawal)(row_id)
    for dose in doses:
        if kind == "dose" and dose.analgesia_id == row_id and not dose.withdrawn:
            st.dialog(t("Correct this dose"))(dose_correction)(dose)
    for note in notes:
        if kind == "note" and note.note_id == row_id and not note.withdrawn:
            st.dialog(t("Correct this note"))(note_correction)(note)


def trend_point(record: PainRecord) -> TrendPoint:
    """Return an assessment as a point of the chart."""
    when = on_ward(record.at)
    context = CONTEXT_NAMES[record.context] if record.context else t("Context not given")
    value = "" if record.value is None else f": {record.value:g}"
    return TrendPoint(
        when=when,
        grade=record.grade,
        movement=record.movement,
        label="<br>".join([time_text(when), escape(context), f"{escape(KIND_NAMES[record.kind])}{value}"]),
        letter=LETTERS[record.kind],
    )


def dose_line(dose: Dose) -> str:
    """Return a dose in a line: when, what, how much, how."""
    return listed(
        [time_text(in_zone(dose.given_at)), f"{dose.drug} {dose.dose:g} {dose.unit}", ROUTE_NAMES[dose.route]]
    )


def graded_in(one: SavedAssessment) -> str:
    """Return how much of a recording could be graded."""
    return t("Graded in {share} of {length}", share=percent_text(one.coverage), length=seconds_text(one.duration_s))
