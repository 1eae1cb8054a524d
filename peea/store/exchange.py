"""Whole records of patients, row by row: what one data base gives to another, exactly as it was stored."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath
from typing import Any, Final

from sqlite_utils import Database

from peea.access import Permission
from peea.assessment.values import Assessment, AssessmentFormatError
from peea.language import t
from peea.scales import Grade
from peea.store import care
from peea.store.assessments import Status, assessment_of_row
from peea.store.audit import Action, stored_time, write_audit
from peea.store.database import named_errors
from peea.store.errors import StoreError
from peea.store.frame_series import FrameSeriesError, unpack
from peea.store.manual_log import rating_of_row
from peea.store.open_store import OpenStore
from peea.store.patients import check_patient, patient_of_row, refuse_duplicate
from peea.store.rights import needs

Row = Mapping[str, Any]
Rows = Mapping[str, Sequence[Row]]
"""Rows by table."""

OWNED: Final[Mapping[str, str]] = {
    "patients": "patient_id",
    "assessments": "patient_id",
    "frame_series": "assessment_id",
    "analgesia": "patient_id",
    "notes": "patient_id",
    "consents": "patient_id",
    "eligibility_answers": "patient_id",
    "corrections": "patient_id",
    "reviews": "patient_id",
    "manual_ratings": "patient_id",
    "monitored_episodes": "patient_id",
}
"""Tables whose rows belong to a patient and leave with the patient, those that others refer to first; and the column by
which they belong. Key frames and their ratings are not among them: pictures stay where consent for them was given, and
ratings of a set say nothing without it."""

KEYS: Final[Mapping[str, str]] = {
    "patients": "patient_id",
    "assessments": "assessment_id",
    "frame_series": "assessment_id",
    "analgesia": "analgesia_id",
    "notes": "note_id",
    "consents": "consent_id",
    "eligibility_answers": "answer_id",
    "corrections": "correction_id",
    "reviews": "review_id",
    "manual_ratings": "manual_id",
    "monitored_episodes": "episode_id",
}
"""Primary keys; rows whose key is there already are not written again."""

TIMES: Final[Mapping[str, str]] = {
    "assessments": "recorded_at",
    "manual_ratings": "rated_at",
    "analgesia": "given_at",
    "notes": "written_at",
}
"""Tables whose rows have a time of their own, and the column that holds it (UTC text that sorts by time)."""

PATIENTS_AT_ONCE: Final = 500
"""Patients whose rows one query reads: SQLite takes a limited number of values."""


class ExchangeError(StoreError):
    """Records from outside that cannot be taken in; nothing of them was."""


@dataclass(frozen=True)
class Restored:
    """How many rows of each table were written, and how many were there already."""

    written: Mapping[str, int]
    known: Mapping[str, int]


class ExchangeStore(OpenStore):
    """Reads and writes whole records; see `OpenStore` for opening and errors."""

    @needs(Permission.EXPORT, Permission.IMPORT, of="patient_ids", sees="records")
    def rows_of(self, patient_ids: Sequence[str], source: str = "") -> dict[str, dict[str, list[dict[str, Any]]]]:
        """Return all rows of patients: patient id -> table -> rows, in the order of their keys.

        Args:
            patient_ids: whose.
            source: what asks for them, for the audit trail; without it nothing is written there.
        """
        found: dict[str, dict[str, list[dict[str, Any]]]] = {one: {} for one in patient_ids}
        with named_errors(self.path):
            for start in range(0, len(patient_ids), PATIENTS_AT_ONCE):
                some = patient_ids[start : start + PATIENTS_AT_ONCE]
                marks = ", ".join("?" * len(some))
                for table, column in OWNED.items():
                    by = f"SELECT * FROM {table} WHERE {column} IN ({marks}) ORDER BY {KEYS[table]}"
                    if column == "assessment_id":
                        by = (
                            f"SELECT {table}.*, patient_id AS owner FROM {table} JOIN assessments USING ({column}) "
                            f"WHERE patient_id IN ({marks}) ORDER BY {KEYS[table]}"
                        )
                    for row in self._db.query(by, list(some)):
                        owner = row.pop("owner", None) or row["patient_id"]
                        found[owner].setdefault(table, []).append(row)
        if source:
            with self._writing() as db:
                for one in patient_ids:
                    write_audit(db, self.actor, Action.EXPORTED, "patients", one, to=source)
        return found

    @needs(Permission.EXPORT, of="patient_ids")
    def count(
        self, patient_ids: Sequence[str], since: datetime | None = None, until: datetime | None = None
    ) -> dict[str, int]:
        """Return how many rows of each table in `TIMES` patients have from one time on and before another."""
        found = dict.fromkeys(TIMES, 0)
        bounds = ["" if since is None else stored_time(since), "9999" if until is None else stored_time(until)]
        with named_errors(self.path):
            for start in range(0, len(patient_ids), PATIENTS_AT_ONCE):
                some = patient_ids[start : start + PATIENTS_AT_ONCE]
                marks = ", ".join("?" * len(some))
                for table, column in TIMES.items():
                    query = (
                        f"SELECT count(*) FROM {table} WHERE {column} >= ? AND {column} < ? AND patient_id IN ({marks})"
                    )
                    found[table] += self._db.execute(query, [*bounds, *some]).fetchone()[0]
        return found

    @needs(Permission.IMPORT)
    def restore(self, rows: Rows, source: str) -> Restored:
        """Write rows of `OWNED` tables, all or nothing; what is there already (by its key) stays as it is.

        Args:
            rows: by table, as `rows_of` gave them.
            source: where they come from, for the audit trail.

        Raises:
            ExchangeError: a row cannot be right, belongs to nobody, or clashes with a patient who is there.
            peea.store.InvalidPatientError, DuplicatePatientError: a patient cannot be taken in.
        """
        written: dict[str, int] = defaultdict(int)
        known: dict[str, int] = defaultdict(int)
        unknown = sorted(set(rows) - set(OWNED))
        if unknown:
            raise ExchangeError(
                t("These records were written by a newer PEEA: {names}. Update PEEA.", names=", ".join(unknown))
            )
        with self._writing() as db:
            for table in OWNED:
                for row in rows.get(table, ()):
                    if _is_there(db, table, row):
                        known[table] += 1
                        continue
                    self._insert(db, table, row, source)
                    written[table] += 1
        return Restored(dict(written), dict(known))

    def _insert(self, db: Database, table: str, row: Row, source: str) -> None:
        columns = {column.name for column in db.table(table).columns}
        if set(row) != columns:
            differing = ", ".join(sorted(set(row) ^ columns))
            raise ExchangeError(
                t("A record of the kind {table} does not fit this PEEA ({names}).", table=table, names=differing)
            )
        _CHECKS[table](db, dict(row))
        names, marks = ", ".join(row), ", ".join(f":{column}" for column in row)
        try:
            db.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", dict(row))
        except sqlite3.IntegrityError as error:
            raise ExchangeError(
                t("A record of the kind {table} does not fit the others ({why}).", table=table, why=str(error))
            ) from error
        key = str(row[KEYS[table]])
        # Of the file's name its kind only: lists are named after patients, too.
        kind = PurePath(source).suffix.lstrip(".")
        write_audit(db, self.actor, Action.IMPORTED, table, key, patient_id=row.get("patient_id"), source=kind)


def _is_there(db: Database, table: str, row: Row) -> bool:
    key = KEYS[table]
    if key not in row:
        raise ExchangeError(t("A record of the kind {table} has no id.", table=table))
    return next(db.query(f"SELECT 1 FROM {table} WHERE {key} = ?", [row[key]]), None) is not None


def _check_patient(db: Database, row: dict[str, Any]) -> None:
    patient = _read("patients", patient_of_row, row)
    check_patient(patient)
    refuse_duplicate(db, patient)


def _check_assessment(_: Database, row: dict[str, Any]) -> None:
    saved = _read("assessments", assessment_of_row, row)
    try:
        assessment = Assessment.from_plain({**json.loads(row["summary"]), "frames": []})
    except (AssessmentFormatError, TypeError, ValueError) as error:
        raise ExchangeError(t("An assessment cannot be read ({why}).", why=str(error))) from error
    if assessment.assessment_id != saved.assessment_id or assessment.report_grade != saved.report_grade:
        raise ExchangeError(t("An assessment contradicts itself: {id}.", id=saved.assessment_id))


def _check_frames(_: Database, row: dict[str, Any]) -> None:
    try:
        frames = unpack(row["series"], row["form"])
    except (FrameSeriesError, TypeError) as error:
        raise ExchangeError(t("An assessment cannot be read ({why}).", why=str(error))) from error
    if len(frames) != row["frames"]:
        raise ExchangeError(t("An assessment contradicts itself: {id}.", id=row["assessment_id"]))


def _checked_by(table: str, read: Callable[[dict[str, Any]], object]) -> Callable[[Database, dict[str, Any]], None]:
    def check(_: Database, row: dict[str, Any]) -> None:
        _read(table, read, row)

    return check


def _read(table: str, read: Callable[[dict[str, Any]], Any], row: dict[str, Any]) -> Any:
    try:
        return read(row)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise ExchangeError(
            t("A record of the kind {table} cannot be read ({why}).", table=table, why=str(error))
        ) from error


_CHECKS: Final[Mapping[str, Callable[[Database, dict[str, Any]], None]]] = {
    "patients": _check_patient,
    "assessments": _check_assessment,
    "frame_series": _check_frames,
    "analgesia": _checked_by("analgesia", care.dose_of_row),
    "notes": _checked_by("notes", care.note_of_row),
    "consents": _checked_by("consents", care.consent_of_row),
    "eligibility_answers": _checked_by("eligibility_answers", care.answer_of_row),
    "corrections": _checked_by("corrections", lambda row: care.Correction(**row)),
    "reviews": _checked_by("reviews", lambda row: Status(row["decision"])),
    "manual_ratings": _checked_by("manual_ratings", rating_of_row),
    "monitored_episodes": _checked_by(
        "monitored_episodes", lambda row: (Grade(row["grade"]), datetime.fromisoformat(row["started_at"]))
    ),
}


def merged(every: Iterable[Rows]) -> dict[str, list[Row]]:
    """Return the rows of several records together, by table."""
    together: dict[str, list[Row]] = defaultdict(list)
    for rows in every:
        for table, own in rows.items():
            together[table].extend(own)
    return dict(together)
