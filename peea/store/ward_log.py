"""The ward as a whole: what the board, the patient page and the team lead's page read. It writes nothing."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from peea.access import Permission
from peea.scales import Context, Grade
from peea.store.assessments import LISTED, Status, assessment_of_row
from peea.store.audit import stored_time
from peea.store.database import named_errors
from peea.store.open_store import OpenStore
from peea.store.pain_records import MANUAL, PainRecord, record_of_assessment, record_of_manual
from peea.store.patients import Patient, read_patient, read_patients
from peea.store.rights import needs

RECENT: Final = 8
"""Assessments of a patient that the board reads: enough to see who is settled, at rest and moving, and which way it
goes; a patient's whole history would be a hundred times as much."""

RECENT_DOSES: Final = 6


@dataclass(frozen=True)
class PatientHistory:
    """A patient with assessments of every kind and the times of analgesia.

    Attributes:
        patient: who.
        records: assessments that count (not withdrawn), the latest first.
        doses: aware times in UTC at which analgesia was given, the first of the stay among them.
        to_confirm: results that wait for a clinician.
    """

    patient: Patient
    records: tuple[PainRecord, ...]
    doses: tuple[datetime, ...]
    to_confirm: int


@dataclass(frozen=True)
class RecordingFacts:
    """What the team lead's page needs of one recording that a model graded.

    Attributes:
        patient_id, ward, recorded_at, context: whose, where, when (aware, UTC), and what the patient did.
        report_grade: the model's grade, or None.
        status: preliminary, confirmed or overridden.
        model: name and version of the model.
        coverage: share of the recording with a usable face, 0-1.
        duration_s: length in seconds.
        brightness, dim_share, sureness, mean_pspi: see `assessments.Measures`; None without a graded face.
    """

    patient_id: str
    ward: str
    recorded_at: datetime
    context: Context | None
    report_grade: Grade | None
    status: Status
    model: str
    coverage: float
    duration_s: float
    brightness: float | None
    dim_share: float | None
    sureness: float | None
    mean_pspi: float | None


class WardLog(OpenStore):
    """Reads the ward as a whole; see `OpenStore` for opening and errors."""

    @needs(Permission.READ_PATIENTS, Permission.READ_TEAM, Permission.MANAGE_USERS)
    def wards(self) -> list[str]:
        """Return the wards that have a patient now, by name."""
        return self._distinct("ward")

    @needs(Permission.READ_PATIENTS, Permission.READ_TEAM, Permission.MANAGE_USERS)
    def teams(self) -> list[str]:
        """Return the teams that have a patient now, by name."""
        return self._distinct("team")

    @needs(Permission.READ_PATIENTS, of="ward", sees="board")
    def board(self, ward: str | None = None, team: str | None = None) -> list[PatientHistory]:
        """Return who is on the ward now, each with the last assessments and doses; see `RECENT`."""
        with named_errors(self.path):
            patients = read_patients(self._db, ward, team=team, present=True, only_wards=self.who.only_wards)
            own = [patient.patient_id for patient in patients]
            models = self._last_of_each(
                f"SELECT {LISTED} FROM assessments WHERE patient_id = ? AND status <> 'withdrawn' "
                "ORDER BY recorded_at DESC LIMIT ?",
                own,
                RECENT,
            )
            manual = self._last_of_each(
                f"SELECT {MANUAL} FROM manual_ratings WHERE patient_id = ? AND withdrawn_at IS NULL "
                "ORDER BY rated_at DESC LIMIT ?",
                own,
                RECENT,
            )
            first = {
                row["patient_id"]: row["given_at"]
                for row in self._db.query(
                    "SELECT patient_id, min(given_at) AS given_at FROM analgesia WHERE withdrawn = 0 "
                    "GROUP BY patient_id"
                )
            }
            last = self._last_of_each(
                "SELECT given_at FROM analgesia WHERE patient_id = ? AND withdrawn = 0 ORDER BY given_at DESC LIMIT ?",
                own,
                RECENT_DOSES,
            )
            waiting = {
                row["patient_id"]: row["number"]
                for row in self._db.query(
                    "SELECT patient_id, count(*) AS number FROM assessments WHERE status = 'preliminary' "
                    "AND report_grade IS NOT NULL GROUP BY patient_id"
                )
            }
        histories = []
        for patient in patients:
            one = patient.patient_id
            given = {row["given_at"] for row in last[one]} | {first[one]} if one in first else set()
            histories.append(
                PatientHistory(
                    patient=patient,
                    records=_latest_first(models[one], manual[one]),
                    doses=tuple(sorted(map(datetime.fromisoformat, given))),
                    to_confirm=waiting.get(one, 0),
                )
            )
        return histories

    @needs(Permission.READ_PATIENTS, of="id_or_code", sees="assessments")
    def history(self, id_or_code: str) -> PatientHistory:
        """Return one patient with the whole history of assessments and doses."""
        with named_errors(self.path):
            patient = read_patient(self._db, id_or_code)
            own = [patient.patient_id]
            rows = list(
                self._db.query(
                    f"SELECT {LISTED} FROM assessments WHERE patient_id = ? AND status <> 'withdrawn'",
                    own,
                )
            )
            manual = list(
                self._db.query(
                    f"SELECT {MANUAL} FROM manual_ratings WHERE patient_id = ? AND withdrawn_at IS NULL", own
                )
            )
            given = [
                row["given_at"]
                for row in self._db.query(
                    "SELECT given_at FROM analgesia WHERE patient_id = ? AND withdrawn = 0 ORDER BY given_at", own
                )
            ]
        records = _latest_first(rows, manual)
        return PatientHistory(
            patient=patient,
            records=records,
            doses=tuple(map(datetime.fromisoformat, given)),
            to_confirm=sum(each.waits for each in records),
        )

    @needs(Permission.READ_TEAM, sees="team")
    def histories(self, since: datetime) -> list[PatientHistory]:
        """Return every patient who was there since a time, each with the whole history of that stay."""
        with named_errors(self.path):
            there = [
                patient
                for patient in read_patients(self._db, only_wards=self.who.only_wards)
                if patient.left_at is None or patient.left_at >= stored_time(since)
            ]
            models = self._grouped(f"SELECT {LISTED} FROM assessments WHERE status <> 'withdrawn'", [])
            manual = self._grouped(f"SELECT {MANUAL} FROM manual_ratings WHERE withdrawn_at IS NULL", [])
            given = self._grouped("SELECT patient_id, given_at FROM analgesia WHERE withdrawn = 0", [])
        return [
            PatientHistory(
                patient=patient,
                records=_latest_first(models.get(patient.patient_id, []), manual.get(patient.patient_id, [])),
                doses=tuple(
                    sorted(datetime.fromisoformat(row["given_at"]) for row in given.get(patient.patient_id, []))
                ),
                to_confirm=0,
            )
            for patient in there
        ]

    @needs(Permission.READ_TEAM, sees="team")
    def recordings(self, since: datetime | None = None) -> list[RecordingFacts]:
        """Return what is watched of every recording since a time, in order of time."""
        with named_errors(self.path):
            rows = list(
                self._db.query(
                    "SELECT patient_id, ward, recorded_at, context, report_grade, status, model_name, model_version, "
                    "coverage, duration_s, brightness, dim_share, sureness, mean_pspi "
                    "FROM assessments JOIN patients USING (patient_id) "
                    "WHERE status <> 'withdrawn' AND recorded_at >= ? ORDER BY recorded_at",
                    ["" if since is None else stored_time(since)],
                )
            )
        return [
            RecordingFacts(
                patient_id=row["patient_id"],
                ward=row["ward"],
                recorded_at=datetime.fromisoformat(row["recorded_at"]),
                context=None if row["context"] is None else Context(row["context"]),
                report_grade=None if row["report_grade"] is None else Grade(row["report_grade"]),
                status=Status(row["status"]),
                model=f"{row['model_name']} {row['model_version']}",
                coverage=row["coverage"],
                duration_s=row["duration_s"],
                brightness=row["brightness"],
                dim_share=row["dim_share"],
                sureness=row["sureness"],
                mean_pspi=row["mean_pspi"],
            )
            for row in rows
            if self.who.sees_ward(row["ward"])
        ]

    def _distinct(self, column: str) -> list[str]:
        with named_errors(self.path):
            rows = self._db.query(
                f"SELECT DISTINCT {column} AS name, ward FROM patients "
                f"WHERE left_at IS NULL AND {column} <> '' ORDER BY name"
            )
            return list(dict.fromkeys(row["name"] for row in rows if self.who.sees_ward(row["ward"])))

    def _last_of_each(self, query: str, patients: list[str], at_most: int) -> dict[str, list[dict[str, Any]]]:
        """Return the last rows of each patient: a thousand small questions that an index answers.

        One question for all of them reads every row there is.
        """
        found = {}
        for patient in patients:
            cursor = self._db.conn.execute(query, [patient, at_most])
            names = [column[0] for column in cursor.description]
            found[patient] = [dict(zip(names, row, strict=True)) for row in cursor]
        return found

    def _grouped(self, query: str, values: list[Any]) -> dict[str, list[dict[str, Any]]]:
        groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for row in self._db.query(query, values):
            groups[row["patient_id"]].append(row)
        return groups


def _latest_first(models: list[dict[str, Any]], manual: list[dict[str, Any]]) -> tuple[PainRecord, ...]:
    records = [record_of_assessment(assessment_of_row(row)) for row in models]
    records += [record_of_manual(row) for row in manual]
    return tuple(sorted(records, key=lambda each: each.at, reverse=True))
