"""Fictional patients for demonstrations and training of staff, marked as such and removable as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from peea.store.patient_log import PatientLog
from peea.store.patients import Patient, Sex, Side

WARD: Final = "Demonstration ward"


@dataclass(frozen=True)
class FictionalPatient:
    """Nobody's data: names, dates and beds are invented. Surgery lies some days before the day of seeding."""

    study_code: str
    name: str
    birth_date: date
    sex: Sex
    bed: str
    fracture: str
    side: Side
    days_since_surgery: int | None
    notes: str = ""


FICTIONAL_PATIENTS: Final[tuple[FictionalPatient, ...]] = (
    FictionalPatient(
        "DEMO-01", "Agnes Marlow", date(1938, 3, 14), Sex.FEMALE, "1", "Femoral neck", Side.LEFT, 1, "Wears glasses."
    ),
    FictionalPatient("DEMO-02", "Henry Osei", date(1945, 11, 2), Sex.MALE, "2", "Intertrochanteric", Side.RIGHT, 2),
    FictionalPatient(
        "DEMO-03", "Li Xiuying", date(1941, 7, 29), Sex.FEMALE, "3", "Femoral neck", Side.RIGHT, 1, "Speaks Mandarin."
    ),
    FictionalPatient("DEMO-04", "Tomasz Wilk", date(1950, 1, 20), Sex.MALE, "4", "Subtrochanteric", Side.LEFT, None),
    FictionalPatient(
        "DEMO-05",
        "Rosa Benedetti",
        date(1933, 9, 8),
        Sex.FEMALE,
        "5",
        "Intertrochanteric",
        Side.LEFT,
        3,
        "Hard of hearing.",
    ),
    FictionalPatient("DEMO-06", "Arjun Nair", date(1947, 5, 17), Sex.MALE, "6", "Femoral neck", Side.LEFT, 2),
    FictionalPatient(
        "DEMO-07",
        "Margaret Eze",
        date(1952, 12, 5),
        Sex.FEMALE,
        "7",
        "Femoral neck",
        Side.RIGHT,
        None,
        "Oxygen by cannula.",
    ),
    FictionalPatient(
        "DEMO-08", "Jonas Lindqvist", date(1936, 6, 30), Sex.MALE, "8", "Intertrochanteric", Side.RIGHT, 4
    ),
)


def seed_demonstration(log: PatientLog) -> list[Patient]:
    """Register the fictional patients that are not there yet; return all of them. A second call changes nothing."""
    there = {patient.study_code for patient in log.patients(demonstration=True)}
    today = datetime.now(UTC).date()
    for each in FICTIONAL_PATIENTS:
        if each.study_code in there:
            continue
        log.register_patient(
            each.name,
            each.birth_date,
            each.sex,
            study_code=each.study_code,
            ward=WARD,
            bed=each.bed,
            fracture=each.fracture,
            fracture_side=each.side,
            surgery_date=None if each.days_since_surgery is None else today - timedelta(days=each.days_since_surgery),
            notes=each.notes,
            demonstration=True,
        )
    return log.patients(demonstration=True)
