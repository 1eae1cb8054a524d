"""What a sheet or an export shows, gathered from the data base."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from peea.access import Actor
from peea.records.course_sheet import Course
from peea.records.record_sheet import Sheet
from peea.store.assessments import Status
from peea.store.care_log import CareLog
from peea.store.exchange import TIMES, ExchangeStore, Row
from peea.store.manual_log import ManualLog
from peea.store.patient_log import PatientLog
from peea.store.study_codes import StudyCodes
from peea.store.ward_log import WardLog


def sheet_of(assessment_id: str, actor: Actor | str, path: Path | None = None) -> Sheet:
    """Return what the record sheet of a saved assessment shows, to be printed; the audit trail keeps that it was.

    Raises:
        peea.store.StoreError: there is no such assessment, or the data base cannot be read.
    """
    with PatientLog(path, actor=actor) as log:
        saved = log.saved_assessment(assessment_id)
        patient, assessment = log.patient(saved.patient_id), log.assessment(assessment_id)
        log.note_printing(saved.patient_id, "record_sheet", assessment_id)
    reason = ""
    if saved.status is Status.OVERRIDDEN:
        with CareLog(path, actor=actor) as care:
            reviews = care.reviews(assessment_id)
        reason = reviews[0].reason if reviews else ""
    with ManualLog(path, actor=actor) as by_hand:
        ratings = [
            rating
            for rating in by_hand.of_patient(patient.patient_id)
            if rating.assessment_id == assessment_id and rating.withdrawn_at is None
        ]
    return Sheet(patient, assessment, saved, reason, ratings)


def course_of(patient_id: str, actor: Actor | str, path: Path | None = None) -> Course:
    """Return what the sheet of a patient's whole course shows, to be printed; the audit trail keeps that it was.

    Raises:
        peea.store.StoreError: there is no such patient, or the data base cannot be read.
    """
    with WardLog(path, actor=actor) as ward:
        history = ward.history(patient_id)
        ward.beside(PatientLog).note_printing(patient_id, "course_sheet")
    with CareLog(path, actor=actor) as care:
        return Course(
            patient=history.patient,
            records=history.records,
            doses=care.doses(patient_id),
            notes=care.notes(patient_id),
            consents=list(care.consents_in_force(patient_id).values()),
        )


@dataclass(frozen=True)
class ExportFilter:
    """What is exported; everything by default.

    Attributes:
        ward, team: only of these.
        search: only patients with this in name, study code or bed.
        since, until: only what was recorded, given or written from here on, and before there (aware times).
        study_codes: only these patients, if any are named.
    """

    ward: str | None = None
    team: str | None = None
    search: str = ""
    since: datetime | None = None
    until: datetime | None = None
    study_codes: frozenset[str] = frozenset()

    def holds(self, stored: str) -> bool:
        """Return whether a stored time lies within the days asked for."""
        at = datetime.fromisoformat(stored)
        return (self.since is None or at >= self.since) and (self.until is None or at < self.until)


def records_of(
    wanted: ExportFilter, actor: Actor | str, to: str, path: Path | None = None
) -> list[dict[str, list[Row]]]:
    """Return the rows of everything that a filter shows, patient by patient; the audit trail keeps that they left.

    Args:
        wanted: the filter.
        actor: who exports.
        to: what it becomes, for the audit trail, e.g. "fhir".
        path: of the data base; the default one without it.

    Raises:
        peea.store.StoreError: the data base cannot be read.
    """
    patient_ids = patients_of(wanted, actor, path)
    with ExchangeStore(path, actor=actor) as store:
        rows = store.rows_of(patient_ids, source=to)
    return [_within(rows[patient_id], wanted) for patient_id in patient_ids]


def patients_of(wanted: ExportFilter, actor: Actor | str, path: Path | None = None) -> list[str]:
    """Return the ids of the patients whom a filter shows, by ward, bed and name."""
    with PatientLog(path, actor=actor) as log:
        return [
            patient.patient_id
            for patient in log.patients(wanted.ward, wanted.search)
            if (wanted.team is None or patient.team == wanted.team)
            and (not wanted.study_codes or patient.study_code in wanted.study_codes)
        ]


def codes_of(patient_ids: Sequence[str], actor: Actor | str, path: Path | None = None) -> dict[str, str]:
    """Return the study codes under which patients leave without their names, by id."""
    with StudyCodes(path, actor=actor) as codes:
        return codes.codes(patient_ids)


def _within(rows: Mapping[str, Sequence[Row]], wanted: ExportFilter) -> dict[str, list[Row]]:
    """Return the rows within the days asked for; what belongs to an assessment goes with it."""
    kept = {
        table: [row for row in own if table not in TIMES or wanted.holds(row[TIMES[table]])]
        for table, own in rows.items()
    }
    shown = {row["assessment_id"] for row in kept.get("assessments", ())}
    for table in ("frame_series", "reviews", "monitored_episodes"):
        if table in kept:
            kept[table] = [row for row in kept[table] if row["assessment_id"] in shown]
    if "manual_ratings" in kept:
        kept["manual_ratings"] = [
            row if row["assessment_id"] in shown else {**row, "assessment_id": None} for row in kept["manual_ratings"]
        ]
    return kept
