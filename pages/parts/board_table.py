"""The rows of the ward board: one piece of HTML, each row a button that opens the patient."""

from __future__ import annotations

from datetime import datetime

from pages.parts.chips import chip, escape
from pages.parts.pressed import OPEN
from peea.care.board import DIRECTION_NAMES, DIRECTION_SIGNS, BoardRow
from peea.care.reassessment import REASON_NAMES, Urgency, span_text, task_sentence
from peea.clock import near_time_text, on_ward
from peea.language import listed, t, tn
from peea.scales import CONTEXT_NAMES
from peea.store import KIND_NAMES, PainRecord, Patient

_LOOK = {Urgency.OVERDUE: "overdue", Urgency.DUE: "due", Urgency.LATER: "later"}


def board_html(rows: list[BoardRow], now: datetime) -> str:
    """Return the board: head and one row a patient."""
    head = "".join(
        f"<span>{escape(title)}</span>"
        for title in (t("Bed"), t("Patient"), t("Next assessment"), t("Last assessment"), t("Change"))
    )
    body = "".join(_row(row, now) for row in rows)
    return (
        f'<div class="peea-board" role="list" aria-label="{escape(t("Patients in order of need"))}">'
        f'<div class="head" aria-hidden="true">{head}</div>{body}</div>'
    )


def where_and_who(patient: Patient) -> str:
    """Return bed and name as plain text, for a button."""
    return listed([patient.name, t("bed {bed}", bed=patient.bed) if patient.bed else patient.study_code])


def record_line(record: PainRecord, now: datetime) -> str:
    """Return context and time of an assessment as plain text."""
    context = CONTEXT_NAMES[record.context] if record.context else t("Context not given")
    return listed([context, near_time_text(on_ward(record.at), on_ward(now))])


def _row(row: BoardRow, now: datetime) -> str:
    patient = row.patient
    who = (
        f"<b>{escape(patient.name)}</b><small>{escape(patient.study_code)} · "
        f"{escape(t('{n} years', n=patient.age()))}{_team(patient)}</small>"
    )
    return (
        f'<button type="button" role="listitem" class="row {_LOOK[row.urgency]}" {OPEN}="{escape(patient.patient_id)}">'
        f'<span class="bed">{escape(patient.bed or "–")}</span>'
        f'<span class="who">{who}</span>'
        f'<span class="task"><b>{escape(task_sentence(row.task, now))}</b>'
        f"<small>{escape(REASON_NAMES[row.task.reason])}</small></span>"
        f'<span class="last">{_last(row, now)}</span>'
        f'<span class="change">{_change(row, now)}</span></button>'
    )


def _team(patient: Patient) -> str:
    return f" · {escape(patient.team)}" if patient.team else ""


def _last(row: BoardRow, now: datetime) -> str:
    if row.last is None:
        return f'<span class="quiet">{escape(t("Not assessed yet"))}</span>'
    shown = row.last_graded or row.last
    said = f"{chip(shown.grade)}<small>{escape(record_line(shown, now))}</small>"
    said += f"<small>{escape(listed([KIND_NAMES[shown.kind], shown.by]))}</small>"
    if shown is not row.last:
        tried = near_time_text(on_ward(row.last.at), on_ward(now))
        said += f"<small>{escape(t('Tried again {time}: could not be assessed', time=tried))}</small>"
    return said


def _change(row: BoardRow, now: datetime) -> str:
    said = ""
    if row.direction is not None and row.before is not None and row.last_graded is not None:
        span = span_text(row.last_graded.at - row.before.at)
        said = (
            f'<b class="{row.direction}">{DIRECTION_SIGNS[row.direction]} {escape(DIRECTION_NAMES[row.direction])}</b>'
            f"<small>{escape(t('against {span} before', span=span))}</small>"
        )
    if row.to_confirm:
        waiting = tn("{n} result to confirm", "{n} results to confirm", row.to_confirm)
        said += f'<small class="confirm">{escape(waiting)}</small>'
    return said
