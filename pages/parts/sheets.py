"""Sheets to print: of one assessment, and of a patient's whole course. Each is made when it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import streamlit as st

from pages.parts.visit import actor
from peea.assessment import Assessment
from peea.clock import on_ward
from peea.language import current_language, t, using_language
from peea.records.contents import course_of, sheet_of
from peea.records.course_sheet import course_sheet
from peea.records.paper import Printing
from peea.records.record_sheet import Sheet, record_sheet
from peea.store import Patient

PDF = "application/pdf"


def offer_record_sheet(patient: Patient, assessment: Assessment, saved: bool) -> None:
    """Offer the record sheet of one assessment.

    Args:
        patient: whose it is.
        assessment: with its frames.
        saved: it is in the patient log, which knows who confirmed it.
    """
    who = actor()

    def made() -> bytes:
        sheet = sheet_of(assessment.assessment_id, who) if saved else Sheet(patient, assessment)
        return record_sheet(sheet, _printing(who.name))

    file = f"{patient.study_code}_{assessment.recorded_at[:10]}_{assessment.assessment_id[:8]}.pdf"
    _offer(t("Print the record sheet (PDF)"), made, file, f"sheet_{assessment.assessment_id}")


def offer_course_sheet(patient: Patient) -> None:
    """Offer the sheet of a patient's whole course."""
    who = actor()
    _offer(
        t("Print the whole course (PDF)"),
        lambda: course_sheet(course_of(patient.patient_id, who), _printing(who.name)),
        f"{patient.study_code}_course.pdf",
        f"course_{patient.patient_id}",
    )


def _printing(name: str) -> Printing:
    return Printing(t(name), on_ward(datetime.now(UTC)))


def _offer(label: str, make: Callable[[], bytes], file: str, key: str) -> None:
    language = current_language()

    def in_language() -> bytes:
        # Made in a thread of its own, which nobody told the reader's language.
        with using_language(language):
            return make()

    st.download_button(label, in_language, file_name=file, mime=PDF, key=key, on_click="ignore", width="stretch")
