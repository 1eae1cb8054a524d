"""Assessments of patients: one row for lists, the summary as JSON and the frame series as a blob."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from statistics import fmean
from typing import Any, Final

from sqlite_utils import Database

from peea.assessment.values import Assessment, AssessmentFormatError, FrameRecord
from peea.faces import Problem
from peea.language import t
from peea.scales import Context, Grade, pspi
from peea.store.audit import Action, now_utc, stored_time, write_audit
from peea.store.errors import (
    AlreadySavedError,
    DatabaseDamagedError,
    NewerDatabaseError,
    UnknownAssessmentError,
    UnknownPatientError,
)
from peea.store.frame_series import FORM, FrameSeriesError, unpack


class Status(StrEnum):
    """How far a model's result may be relied on; FHIR calls these preliminary, final, amended and entered-in-error."""

    PRELIMINARY = "preliminary"
    CONFIRMED = "confirmed"
    OVERRIDDEN = "overridden"
    WITHDRAWN = "withdrawn"


LISTED: Final = (
    "assessment_id, patient_id, recorded_at, saved_at, saved_by, status, recording, context, report_grade, peak_grade, "
    "main_problem, duration_s, coverage, interrupted, model_name, model_version, reviewed_grade, reviewed_by, "
    "reviewed_at"
)
"""Columns of `SavedAssessment`."""


@dataclass(frozen=True)
class SavedAssessment:
    """One line of a list of assessments; `PatientLog.assessment` gives the whole with its frames.

    Attributes:
        assessment_id, patient_id: whose and which.
        recorded_at, saved_at: ISO 8601 UTC.
        saved_by: who saved it.
        status: preliminary until a named clinician confirms or overrides; withdrawn if it was saved in error.
        recording: name of the recording.
        context: what the patient did, or None.
        report_grade: or None if the recording could not be assessed, because of main_problem.
        peak_grade: highest stable grade, or None.
        main_problem: what cost most time, or None.
        duration_s: length of the recording in seconds.
        coverage: share of it with a usable face, 0-1.
        interrupted: the recording ended early.
        model_name, model_version: which grader.
        reviewed_grade: what the clinician put in place of report_grade; None unless overridden, and None too where the
            override is that it could not be assessed.
        reviewed_by, reviewed_at: who confirmed or overrode it and when (ISO 8601 UTC), or None.
    """

    assessment_id: str
    patient_id: str
    recorded_at: str
    saved_at: str
    saved_by: str
    status: Status
    recording: str
    context: Context | None
    report_grade: Grade | None
    peak_grade: Grade | None
    main_problem: Problem | None
    duration_s: float
    coverage: float
    interrupted: bool
    model_name: str
    model_version: str
    reviewed_grade: Grade | None = None
    reviewed_by: str | None = None
    reviewed_at: str | None = None

    @property
    def grade(self) -> Grade | None:
        """The grade that counts: the clinician's where the result was overridden, else the model's."""
        return self.reviewed_grade if self.status is Status.OVERRIDDEN else self.report_grade


@dataclass(frozen=True)
class Measures:
    """Numbers of one recording that the team lead's page watches over weeks; None without a graded face.

    Attributes:
        brightness: mean luma of the face, 0-255.
        dim_share: share of the graded frames that were graded in a brightened copy, 0-1.
        sureness: mean probability of the most probable grade, 0-1.
        mean_pspi: mean PSPI, 0-16; None if the grader gives no face actions.
    """

    brightness: float | None
    dim_share: float | None
    sureness: float | None
    mean_pspi: float | None


def measures(frames: Sequence[FrameRecord]) -> Measures:
    """Return the measures of a recording's frames."""
    graded = [frame for frame in frames if frame.probabilities is not None]
    if not graded:
        return Measures(None, None, None, None)
    totals = [pspi(frame.actions) for frame in graded if frame.actions is not None]
    return Measures(
        brightness=fmean(frame.brightness for frame in graded),
        dim_share=fmean(frame.dim for frame in graded),
        sureness=fmean(max(frame.probabilities or (0.0,)) for frame in graded),
        mean_pspi=fmean(totals) if totals else None,
    )


def insert_assessment(db: Database, actor: str, patient_id: str, assessment: Assessment, series: bytes) -> None:
    """Add an assessment with its frames; inside a transaction.

    Args:
        db: the data base.
        actor: who saves.
        patient_id: whose assessment it is.
        assessment: what to save.
        series: its frames as `frame_series.pack` packs them; made by the caller before the data base is locked.

    Raises:
        UnknownPatientError: no patient has this id.
        AlreadySavedError: this assessment is in the log.
        ValueError: `recorded_at` is not a time with an offset from UTC.
    """
    recorded_at = datetime.fromisoformat(assessment.recorded_at)
    if recorded_at.tzinfo is None:
        raise ValueError(f"recorded_at is {assessment.recorded_at} without an offset from UTC")
    if not next(db.query("SELECT 1 FROM patients WHERE patient_id = ?", [patient_id]), None):
        raise UnknownPatientError(t("The assessment was not saved: no patient has the id {id}.", id=patient_id))
    if next(db.query("SELECT 1 FROM assessments WHERE assessment_id = ?", [assessment.assessment_id]), None):
        raise AlreadySavedError(t("This assessment is in the log already; it was not saved a second time."))
    timeline, model = assessment.timeline, assessment.model
    row = {
        "assessment_id": assessment.assessment_id,
        "patient_id": patient_id,
        "recorded_at": stored_time(recorded_at),
        "saved_at": now_utc(),
        "saved_by": actor,
        "recording": assessment.recording,
        "context": assessment.context,
        "report_grade": timeline.report_grade,
        "peak_grade": timeline.peak_grade,
        "main_problem": timeline.main_problem,
        "duration_s": timeline.duration_s,
        "coverage": timeline.coverage,
        "interrupted": int(assessment.interrupted),
        "model_name": model.name,
        "model_version": model.version,
        "weights_sha256": model.weights_sha256,
        "summary": json.dumps(assessment.to_plain(frames=False), ensure_ascii=False),
        **vars(measures(assessment.frames)),
    }
    columns, marks = ", ".join(row), ", ".join(f":{column}" for column in row)
    db.execute(f"INSERT INTO assessments ({columns}) VALUES ({marks})", row)
    db.execute(
        "INSERT INTO frame_series (assessment_id, form, frames, series) VALUES (?, ?, ?, ?)",
        [assessment.assessment_id, FORM, len(assessment.frames), series],
    )
    write_audit(
        db,
        actor,
        Action.SAVED,
        "assessments",
        assessment.assessment_id,
        patient_id=patient_id,
        model=f"{model.name} {model.version}",
    )


def read_assessments(db: Database, patient_id: str) -> list[SavedAssessment]:
    """Return a patient's assessments, the latest recording first."""
    rows = db.query(
        f"SELECT {LISTED} FROM assessments WHERE patient_id = ? ORDER BY recorded_at DESC, saved_at DESC", [patient_id]
    )
    return [assessment_of_row(row) for row in rows]


def read_saved(db: Database, assessment_id: str) -> SavedAssessment:
    """Return the line of one assessment.

    Raises:
        UnknownAssessmentError: there is none of this id.
    """
    row = next(db.query(f"SELECT {LISTED} FROM assessments WHERE assessment_id = ?", [assessment_id]), None)
    if row is None:
        raise UnknownAssessmentError(t("No assessment has the id {id}.", id=assessment_id))
    return assessment_of_row(row)


def read_assessment(db: Database, assessment_id: str) -> Assessment:
    """Return the whole assessment; its frames are rounded as `frame_series.PRECISION` says.

    Raises:
        UnknownAssessmentError: there is none of this id.
        DatabaseDamagedError: it is there but cannot be read.
        NewerDatabaseError: it was written by a newer PEEA.
    """
    row = next(
        db.query(
            "SELECT summary, form, series FROM assessments LEFT JOIN frame_series USING (assessment_id) "
            "WHERE assessment_id = ?",
            [assessment_id],
        ),
        None,
    )
    if row is None:
        raise UnknownAssessmentError(t("No assessment has the id {id}.", id=assessment_id))
    if row["series"] is not None and row["form"] > FORM:
        raise NewerDatabaseError(
            t("The assessment {id} was saved by a newer version of PEEA. Update PEEA.", id=assessment_id)
        )
    try:
        if row["series"] is None:
            raise FrameSeriesError("its frame series is missing")
        frames = unpack(row["series"], row["form"])
        return Assessment.from_plain({**json.loads(row["summary"]), "frames": [vars(frame) for frame in frames]})
    except (FrameSeriesError, AssessmentFormatError, ValueError) as error:
        raise DatabaseDamagedError(
            t(
                "The assessment {id} in the data base is damaged ({why}). Restore the last backup.",
                id=assessment_id,
                why=error,
            )
        ) from error


def assessment_of_row(row: dict[str, Any]) -> SavedAssessment:
    """Return the line of a row with the columns `LISTED`; further columns are ignored."""
    row = {column: row[column] for column in SavedAssessment.__dataclass_fields__}
    return SavedAssessment(
        **{
            **row,
            "status": Status(row["status"]),
            "reviewed_grade": Grade(row["reviewed_grade"]) if row["reviewed_grade"] is not None else None,
            "context": Context(row["context"]) if row["context"] is not None else None,
            "report_grade": Grade(row["report_grade"]) if row["report_grade"] is not None else None,
            "peak_grade": Grade(row["peak_grade"]) if row["peak_grade"] is not None else None,
            "main_problem": Problem(row["main_problem"]) if row["main_problem"] is not None else None,
            "interrupted": bool(row["interrupted"]),
        }
    )
