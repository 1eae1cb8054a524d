"""Patients: the value, what is allowed in it, and its rows in the data base."""

from __future__ import annotations

import unicodedata
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, Final

from sqlite_utils import Database

from peea.clock import date_text
from peea.language import later, t
from peea.store.audit import Action, now_utc, stored_time, write_audit
from peea.store.errors import DuplicatePatientError, InvalidPatientError, UnknownPatientError
from peea.store.removal import delete_with_dependants

LONGEST_TEXT: Final = 200
"""Characters of a name, ward or other short field; a longer one is a slip of the clipboard."""

LONGEST_NOTES: Final = 10_000

OLDEST_YEARS: Final = 125
"""Years since birth above which a birth date is a typing error: nobody documented has lived longer than 122."""


class Sex(StrEnum):
    """Administrative sex, as hospital systems and FHIR code it."""

    FEMALE = "female"
    MALE = "male"
    OTHER = "other"
    UNKNOWN = "unknown"


class Side(StrEnum):
    """Side of the fracture, from the patient's view."""

    LEFT = "left"
    RIGHT = "right"
    BOTH = "both"


@dataclass(frozen=True)
class Patient:
    """One patient of the log.

    Attributes:
        patient_id: random UUID.
        study_code: pseudonym under which studies and ratings know the patient; unique.
        name: as on the wristband.
        birth_date: day of birth.
        sex: administrative sex.
        ward, bed: where the patient lies; empty if not known.
        fracture: type of fracture in words, e.g. "Femoral neck"; empty if not known.
        fracture_side: of the fracture, or None.
        surgery_date: day of surgery, or None.
        notes: what staff should know, e.g. about hearing or communication.
        demonstration: a fictional patient.
        registered_at: ISO 8601 UTC.
        registered_by: who entered the patient.
        team: who looks after the patient, e.g. "Blue"; empty if the ward has no teams.
        cognition: what staff should know, e.g. "Oriented" or "Moderate dementia"; empty if not known.
        communication: hearing, speech, language, glasses; empty if nothing is known.
        arrived_at: ISO 8601 UTC; from here on pain is assessed.
        left_at: ISO 8601 UTC, or None while the patient is on the ward.
    """

    patient_id: str
    study_code: str
    name: str
    birth_date: date
    sex: Sex
    ward: str
    bed: str
    fracture: str
    fracture_side: Side | None
    surgery_date: date | None
    notes: str
    demonstration: bool
    registered_at: str
    registered_by: str
    team: str = ""
    cognition: str = ""
    communication: str = ""
    arrived_at: str = ""
    left_at: str | None = None

    def age(self, on: date | None = None) -> int:
        """Return the age in completed years on a day, today by default."""
        day = on or datetime.now(UTC).date()
        return day.year - self.birth_date.year - ((day.month, day.day) < (self.birth_date.month, self.birth_date.day))


def insert_patient(db: Database, actor: str, patient: Patient) -> None:
    """Add a patient; inside a transaction.

    Raises:
        InvalidPatientError: a field cannot be right.
        DuplicatePatientError: the study code, or the name with the birth date, is taken.
    """
    check_patient(patient)
    refuse_duplicate(db, patient)
    row = {**vars(patient), "birth_date": patient.birth_date.isoformat(), "demonstration": int(patient.demonstration)}
    row["surgery_date"] = patient.surgery_date.isoformat() if patient.surgery_date else None
    columns = ", ".join(row)
    marks = ", ".join(f":{column}" for column in row)
    db.execute(f"INSERT INTO patients ({columns}) VALUES ({marks})", row)
    write_audit(db, actor, Action.REGISTERED, "patients", patient.patient_id, demonstration=patient.demonstration)


def refuse_duplicate(db: Database, patient: Patient) -> None:
    """Raise DuplicatePatientError if another patient has the study code, or the name with the birth date."""
    for column, condition, values in (
        ("study_code", "study_code = ?", [patient.study_code]),
        ("name", "name = ? AND birth_date = ?", [patient.name, patient.birth_date.isoformat()]),
    ):
        taken = next(
            db.query(
                f"SELECT patient_id, study_code FROM patients WHERE patient_id <> ? AND {condition}",
                [patient.patient_id, *values],
            ),
            None,
        )
        if taken:
            if column == "study_code":
                sentence = t(
                    "The study code {code} is registered already. Open that patient instead.", code=patient.study_code
                )
            else:
                sentence = t(
                    "A patient {name}, born {date}, is registered already with the study code {code}. Open that "
                    "patient instead.",
                    name=patient.name,
                    date=date_text(patient.birth_date),
                    code=taken["study_code"],
                )
            raise DuplicatePatientError(sentence, taken["patient_id"])


def delete_patient(db: Database, actor: str, patient: Patient) -> None:
    """Remove a patient and what hangs on it; inside a transaction. For fictional patients only.

    Raises:
        ValueError: the patient is a real one.
    """
    if not patient.demonstration:
        raise ValueError(f"{patient.study_code} is not a demonstration patient; patients are never deleted")
    removed = delete_with_dependants(db, "patients", [patient.patient_id])
    write_audit(db, actor, Action.REMOVED, "patients", patient.patient_id, demonstration=True, rows=removed)


def new_patient(
    name: str,
    birth_date: date,
    sex: Sex,
    actor: str,
    *,
    study_code: str,
    ward: str = "",
    bed: str = "",
    fracture: str = "",
    fracture_side: Side | None = None,
    surgery_date: date | None = None,
    notes: str = "",
    demonstration: bool = False,
    patient_id: str | None = None,
    team: str = "",
    cognition: str = "",
    communication: str = "",
    arrived_at: datetime | None = None,
) -> Patient:
    """Return a patient with a new id, white space around and inside the short texts tidied; arrived now by default."""
    now = now_utc()
    return Patient(
        patient_id=patient_id or str(uuid.uuid4()),
        study_code=_tidy(study_code),
        name=_tidy(name),
        birth_date=birth_date,
        sex=sex,
        ward=_tidy(ward),
        bed=_tidy(bed),
        fracture=_tidy(fracture),
        fracture_side=fracture_side,
        surgery_date=surgery_date,
        notes=notes.strip(),
        demonstration=demonstration,
        registered_at=now,
        registered_by=actor,
        team=_tidy(team),
        cognition=_tidy(cognition),
        communication=_tidy(communication),
        arrived_at=now if arrived_at is None else stored_time(arrived_at),
    )


def next_study_code(db: Database) -> str:
    """Return the first free code of the form P-0001."""
    codes = [row["study_code"] for row in db.query("SELECT study_code FROM patients WHERE study_code GLOB 'P-[0-9]*'")]
    numbers = [int(code[2:]) for code in codes if code[2:].isdecimal()]
    return f"P-{max(numbers, default=0) + 1:04d}"


def read_patients(
    db: Database,
    ward: str | None = None,
    search: str = "",
    demonstration: bool | None = None,
    team: str | None = None,
    present: bool | None = None,
    only_wards: Collection[str] | None = None,
) -> list[Patient]:
    """Return patients by ward, bed (2 before 10) and name.

    Args:
        db: the data base.
        ward, team: only of these.
        search: only with this in name, code or bed.
        demonstration: only fictional ones, or only others.
        present: only those on the ward, or only those who have left.
        only_wards: only those of these wards, whatever else was asked for.
    """
    rows = db.query(
        """
        SELECT * FROM patients
        WHERE (:ward IS NULL OR ward = :ward) AND (:demonstration IS NULL OR demonstration = :demonstration)
        AND (:team IS NULL OR team = :team) AND (:present IS NULL OR (left_at IS NULL) = :present)
        ORDER BY ward, CAST(bed AS INTEGER), bed, name
        """,
        {"ward": ward, "demonstration": demonstration, "team": team, "present": present},
    )
    # Searched here, since SQLite knows upper and lower case of English letters only.
    wanted = _tidy(search).casefold()
    found = [patient_of_row(row) for row in rows if only_wards is None or row["ward"] in only_wards]
    return [each for each in found if wanted in f"{each.name}\n{each.study_code}\n{each.bed}".casefold()]


def read_patient(db: Database, id_or_code: str) -> Patient:
    """Return the patient with this id or study code.

    Raises:
        UnknownPatientError: nobody has it.
    """
    row = next(
        db.query("SELECT * FROM patients WHERE patient_id = :key OR study_code = :key", {"key": id_or_code.strip()}),
        None,
    )
    if row is None:
        raise UnknownPatientError(
            t(
                "No patient has the id or study code {code}. Look it up in the patient log, or register the patient.",
                code=id_or_code,
            )
        )
    return patient_of_row(row)


def patient_of_row(row: dict[str, Any]) -> Patient:
    """Return the patient of a row of the table; further columns are ignored."""
    row = {column: row[column] for column in Patient.__dataclass_fields__}
    return Patient(
        **{
            **row,
            "birth_date": date.fromisoformat(row["birth_date"]),
            "sex": Sex(row["sex"]),
            "fracture_side": Side(row["fracture_side"]) if row["fracture_side"] else None,
            "surgery_date": date.fromisoformat(row["surgery_date"]) if row["surgery_date"] else None,
            "demonstration": bool(row["demonstration"]),
        }
    )


def _tidy(text: str) -> str:
    # One form of each accented letter, so that equal names are equal whichever keyboard they came from.
    return unicodedata.normalize("NFC", " ".join(text.split()))


_FIELDS: Final = {
    "study_code": later("study code"),
    "name": later("name"),
    "ward": later("ward"),
    "bed": later("bed"),
    "team": later("team"),
    "fracture": later("fracture"),
    "cognition": later("cognition"),
    "communication": later("communication"),
    "notes": later("notes"),
}
"""Texts of a patient, as a sentence about them calls them."""


def check_patient(patient: Patient) -> None:
    """Raise InvalidPatientError for the first field that cannot be right."""
    if not patient.name:
        raise InvalidPatientError("name", t("The name is missing."))
    if not patient.study_code:
        raise InvalidPatientError("study_code", t("The study code is missing."))
    for column in _FIELDS:
        text, most = getattr(patient, column), LONGEST_NOTES if column == "notes" else LONGEST_TEXT
        if len(text) > most:
            raise InvalidPatientError(
                column,
                t(
                    "The {field} has {n} characters; up to {most} are kept.",
                    field=t(_FIELDS[column]),
                    n=len(text),
                    most=most,
                ),
            )
        if any(not (letter.isprintable() or letter in "\n\t") for letter in text):
            raise InvalidPatientError(
                column, t("The {field} holds a character that cannot be shown.", field=t(_FIELDS[column]))
            )
    today = datetime.now(UTC).date()
    if patient.birth_date > today:
        raise InvalidPatientError(
            "birth_date", t("The birth date {date} is in the future.", date=date_text(patient.birth_date))
        )
    if patient.age(today) > OLDEST_YEARS:
        raise InvalidPatientError(
            "birth_date",
            t(
                "The birth date {date} makes the patient {n} years old.",
                date=date_text(patient.birth_date),
                n=patient.age(today),
            ),
        )
    if patient.left_at and str(patient.left_at) < str(patient.arrived_at):
        raise InvalidPatientError("left_at", t("The patient cannot leave before arriving."))
    if patient.surgery_date and patient.surgery_date < patient.birth_date:
        raise InvalidPatientError("surgery_date", t("The surgery date is before the birth date."))
