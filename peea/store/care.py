"""What staff enter beside assessments: doses, notes, consents, answers about eligibility; and what is allowed."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from peea.language import t
from peea.store.errors import InvalidEntryError

LONGEST_TEXT: Final = 200
LONGEST_NOTE: Final = 10_000
AHEAD: Final = timedelta(minutes=5)
"""How far ahead of this machine's clock a time may be: clocks of a tablet and a server differ by that much."""

HIGHEST_DOSE: Final = 100_000.0
"""Number above which a dose is a slip of the finger, whatever its unit."""


class Route(StrEnum):
    """How a dose was given."""

    ORAL = "oral"
    INTRAVENOUS = "intravenous"
    SUBCUTANEOUS = "subcutaneous"
    INTRAMUSCULAR = "intramuscular"
    NERVE_BLOCK = "nerve_block"
    TRANSDERMAL = "transdermal"
    RECTAL = "rectal"
    INHALED = "inhaled"


class DoseUnit(StrEnum):
    """Unit of a dose."""

    MG = "mg"
    G = "g"
    MICROGRAM = "microgram"
    ML = "ml"
    MICROGRAM_PER_HOUR = "microgram/h"


class ConsentPurpose(StrEnum):
    """What the patient is asked to consent to; each is asked apart from the others."""

    ASSESSMENT = "assessment"
    KEY_FRAMES = "key_frames"
    RESEARCH = "research"


class ConsentDecision(StrEnum):
    """What was decided."""

    GIVEN = "given"
    REFUSED = "refused"
    TAKEN_BACK = "taken_back"


class ConsentGiver(StrEnum):
    """Who decided."""

    PATIENT = "patient"
    REPRESENTATIVE = "representative"


class EligibilityQuestion(StrEnum):
    """The inclusion and exclusion questions of [P] that nobody but staff can answer; age and consent are known."""

    HIP_FRACTURE = "hip_fracture"
    AWAKE = "awake"
    NEUROLOGICAL = "neurological_disease"
    DEAFNESS = "deafness"
    APHASIA = "aphasia"


class Answer(StrEnum):
    """An answer to such a question."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Dose:
    """One dose of an analgesic that was given.

    Attributes:
        analgesia_id, patient_id: which and whose.
        given_at: ISO 8601 UTC.
        drug: name as on the chart.
        dose: number in `unit`.
        unit, route: how much and how.
        remark: what else, or empty.
        entered_at, entered_by: when and by whom it was entered.
        withdrawn: entered in error.
    """

    analgesia_id: str
    patient_id: str
    given_at: str
    drug: str
    dose: float
    unit: DoseUnit
    route: Route
    remark: str
    entered_at: str
    entered_by: str
    withdrawn: bool


@dataclass(frozen=True)
class Note:
    """One note about a patient; `written_at` is when it holds, `entered_at` when it was typed (ISO 8601 UTC)."""

    note_id: str
    patient_id: str
    written_at: str
    text: str
    entered_at: str
    entered_by: str
    withdrawn: bool


@dataclass(frozen=True)
class Consent:
    """One decision about consent, its date, who decided and who took it; the latest one for a purpose holds."""

    consent_id: str
    patient_id: str
    purpose: ConsentPurpose
    decision: ConsentDecision
    given_by: ConsentGiver
    decided_on: date
    taken_by: str
    entered_at: str
    entered_by: str


@dataclass(frozen=True)
class EligibilityAnswer:
    """One answer to an inclusion or exclusion question; the latest one holds."""

    answer_id: str
    patient_id: str
    question: EligibilityQuestion
    answer: Answer
    entered_at: str
    entered_by: str


@dataclass(frozen=True)
class Correction:
    """What one field held before and holds since, and who changed it, when and why; `withdrawn` is a field too."""

    correction_id: str
    patient_id: str
    table_name: str
    row_id: str
    field: str
    old_value: str | None
    new_value: str | None
    reason: str
    corrected_at: str
    corrected_by: str


def dose_of_row(row: dict[str, Any]) -> Dose:
    """Return the dose of a row."""
    kinds = {"unit": DoseUnit(row["unit"]), "route": Route(row["route"]), "withdrawn": bool(row["withdrawn"])}
    return Dose(**{**row, **kinds})


def note_of_row(row: dict[str, Any]) -> Note:
    """Return the note of a row."""
    return Note(**{**row, "withdrawn": bool(row["withdrawn"])})


def consent_of_row(row: dict[str, Any]) -> Consent:
    """Return the decision of a row."""
    return Consent(
        **{
            **row,
            "purpose": ConsentPurpose(row["purpose"]),
            "decision": ConsentDecision(row["decision"]),
            "given_by": ConsentGiver(row["given_by"]),
            "decided_on": date.fromisoformat(row["decided_on"]),
        }
    )


def answer_of_row(row: dict[str, Any]) -> EligibilityAnswer:
    """Return the answer of a row."""
    return EligibilityAnswer(
        **{**row, "question": EligibilityQuestion(row["question"]), "answer": Answer(row["answer"])}
    )


def short_text(field: str, text: str, missing: str, most: int = LONGEST_TEXT) -> str:
    """Return a text without white space around it; `missing` is what to say if there is none.

    Raises:
        InvalidEntryError: it is empty, too long or holds a character that cannot be shown.
    """
    tidy = text.strip()
    if not tidy:
        raise InvalidEntryError(field, missing)
    if len(tidy) > most:
        raise InvalidEntryError(
            field, t("This text has {n} characters; up to {most} are kept.", n=len(tidy), most=most)
        )
    if any(not (letter.isprintable() or letter in "\n\t") for letter in tidy):
        raise InvalidEntryError(field, t("This text holds a character that cannot be shown."))
    return tidy


def past_time(field: str, moment: datetime) -> datetime:
    """Return a time that has been.

    Raises:
        InvalidEntryError: it lies ahead.
        ValueError: it has no offset from UTC.
    """
    if moment.tzinfo is None:
        raise ValueError(f"{field} is {moment.isoformat()} without an offset from UTC")
    if moment > datetime.now(UTC) + AHEAD:
        raise InvalidEntryError(field, t("This time lies ahead. Enter what has happened."))
    return moment


def allowed_dose(dose: float) -> float:
    """Return a dose above 0 and below `HIGHEST_DOSE`.

    Raises:
        InvalidEntryError: it is not.
    """
    if not math.isfinite(dose) or dose <= 0:
        raise InvalidEntryError("dose", t("The dose is missing."))
    if dose >= HIGHEST_DOSE:
        raise InvalidEntryError("dose", t("A dose of {dose} cannot be right.", dose=f"{dose:g}"))
    return float(dose)
