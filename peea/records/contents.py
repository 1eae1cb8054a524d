"""What a sheet shows, gathered from the data base."""

from __future__ import annotations

from pathlib import Path

from peea.records.course_sheet import Course
from peea.records.record_sheet import Sheet
from peea.store.assessments import Status
from peea.store.care_log import CareLog
from peea.store.patient_log import PatientLog
from peea.store.ward_log import WardLog


def sheet_of(assessment_id: str, actor: str, path: Path | None = None) -> Sheet:
    """Return what the record sheet of a saved assessment shows.

    Raises:
        peea.store.StoreError: there is no such assessment, or the data base cannot be read.
    """
    with PatientLog(path, actor=actor) as log:
        saved = log.saved_assessment(assessment_id)
        patient, assessment = log.patient(saved.patient_id), log.assessment(assessment_id)
    reason = ""
    if saved.status is Status.OVERRIDDEN:
        with CareLog(path, actor=actor) as care:
            reviews = care.reviews(assessment_id)
        reason = reviews[0].reason if reviews else ""
    return Sheet(patient, assessment, saved, reason)


def course_of(patient_id: str, actor: str, path: Path | None = None) -> Course:
    """Return what the sheet of a patient's whole course shows.

    Raises:
        peea.store.StoreError: there is no such patient, or the data base cannot be read.
    """
    with WardLog(path, actor=actor) as ward:
        history = ward.history(patient_id)
    with CareLog(path, actor=actor) as care:
        return Course(
            patient=history.patient,
            records=history.records,
            doses=care.doses(patient_id),
            notes=care.notes(patient_id),
            consents=list(care.consents_in_force(patient_id).values()),
        )
