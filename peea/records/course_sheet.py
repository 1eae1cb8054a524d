"""The record of a patient's whole course (PDF, A4): every assessment, what was given, consent and notes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import time
from typing import Final

from reportlab.platypus import Flowable, KeepTogether

from peea.clock import at_clock, date_text, in_zone, on_ward, time_text
from peea.grade_style import style_of
from peea.language import listed, t
from peea.records.course_drawing import course_drawing
from peea.records.paper import (
    WIDTH,
    Printing,
    gap,
    grid,
    heading,
    paragraph,
    patient_facts,
    printed,
    signature_lines,
)
from peea.scales import CONTEXT_NAMES
from peea.store.care import Consent, Dose, Note
from peea.store.names import CONSENT_NAMES, DECISION_NAMES, GIVER_NAMES, ROUTE_NAMES, STATUS_NAMES
from peea.store.pain_records import PainRecord
from peea.store.patients import Patient

MOST_DRAWN: Final = 400
"""Assessments drawn at most, the latest; the table has them all."""


@dataclass(frozen=True)
class Course:
    """What stands on the sheet of a course.

    Attributes:
        patient: whose it is.
        records: assessments of every kind that count, the latest first.
        doses, notes, consents: what staff entered, the latest first.
    """

    patient: Patient
    records: Sequence[PainRecord]
    doses: Sequence[Dose] = field(default=())
    notes: Sequence[Note] = field(default=())
    consents: Sequence[Consent] = field(default=())


def course_sheet(course: Course, printing: Printing) -> bytes:
    """Return the sheet as a PDF file in the current language."""
    return printed(t("Record of the course of pain"), course.patient, lambda: _story(course, printing), printing)


def _story(course: Course, printing: Printing) -> list[Flowable]:
    story: list[Flowable] = [*patient_facts(course.patient, printing.at), gap(1)]
    if course.patient.notes:
        story.append(paragraph(t("Notes: {notes}", notes=course.patient.notes), 9))
    story += heading(t("Grades over time"), 80)
    if course.records:
        surgery = course.patient.surgery_date
        story.append(
            course_drawing(
                course.records[:MOST_DRAWN],
                [in_zone(dose.given_at) for dose in course.doses],
                WIDTH,
                surgery=at_clock(surgery, time()) if surgery else None,
            )
        )
        story += [*heading(t("Assessments")), _assessments(course.records)]
    else:
        story.append(paragraph(t("Not assessed yet."), 9))
    if course.doses:
        story += [*heading(t("Analgesia given")), _doses(course.doses)]
    if course.consents:
        story += [*heading(t("Consent")), _consents(course.consents)]
    if course.notes:
        story += [*heading(t("Notes")), _notes(course.notes)]
    story.append(KeepTogether([gap(4), signature_lines()]))
    return story


def _assessments(records: Sequence[PainRecord]) -> Flowable:
    head = (t("Time"), t("What the patient did"), t("Assessed with"), t("Grade"), t("Status"), t("By whom"))
    rows = [
        (
            time_text(on_ward(record.at)),
            CONTEXT_NAMES[record.context] if record.context else t("not given"),
            "PEEA" if record.value is None else f"{record.kind.value.upper()} {record.value:g}",
            style_of(record.grade).label,
            STATUS_NAMES[record.status] if record.status else "",
            record.by,
        )
        for record in records
    ]
    return grid(head, rows, [part * WIDTH for part in (0.2, 0.22, 0.11, 0.21, 0.11, 0.15)])


def _doses(doses: Sequence[Dose]) -> Flowable:
    head = (t("Time"), t("Drug"), t("Dose"), t("Route"), t("Remark"), t("By whom"))
    rows = [
        (
            time_text(in_zone(dose.given_at)),
            dose.drug,
            f"{dose.dose:g} {dose.unit.value}",
            ROUTE_NAMES[dose.route],
            dose.remark,
            dose.entered_by,
        )
        for dose in doses
    ]
    return grid(head, rows, [part * WIDTH for part in (0.2, 0.18, 0.13, 0.15, 0.19, 0.15)])


def _consents(consents: Sequence[Consent]) -> Flowable:
    head = (t("Date"), t("Consent to"), t("Decision"), t("Taken by"))
    rows = [
        (
            date_text(consent.decided_on),
            CONSENT_NAMES[consent.purpose],
            listed([DECISION_NAMES[consent.decision], GIVER_NAMES[consent.given_by]]),
            consent.taken_by,
        )
        for consent in consents
    ]
    return grid(head, rows, [part * WIDTH for part in (0.2, 0.31, 0.29, 0.2)])


def _notes(notes: Sequence[Note]) -> Flowable:
    head = (t("Time"), t("Note"), t("By whom"))
    rows = [(time_text(in_zone(note.written_at)), note.text, note.entered_by) for note in notes]
    return grid(head, rows, [part * WIDTH for part in (0.2, 0.65, 0.15)])
