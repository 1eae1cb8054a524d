"""Fictional patients for demonstrations and training of staff, marked as such and removable as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from peea.store.patient_log import PatientLog
from peea.store.patients import Patient, Sex, Side

WARD: Final = "Demonstration ward"

_F, _M, _LEFT, _RIGHT = Sex.FEMALE, Sex.MALE, Side.LEFT, Side.RIGHT
_NECK, _TROCHANTERIC, _SUBTROCHANTERIC = "Femoral neck", "Intertrochanteric", "Subtrochanteric"
_BLUE, _GREEN = "Blue", "Green"
_ORIENTED, _MILD_DEMENTIA = "Oriented", "Mild dementia"


@dataclass(frozen=True)
class FictionalPatient:
    """Nobody's data: names, dates and beds are invented.

    Attributes:
        study_code, name, birth_date, sex, bed, team, fracture, side, cognition, communication: as of a patient.
        hours_there: hours since arrival when the ward is filled.
        surgery_after_h: hours from arrival to surgery, or None without one.
        left_before_h: hours since the patient left, or None while there.
    """

    study_code: str
    name: str
    birth_date: date
    sex: Sex
    bed: str
    team: str
    fracture: str
    side: Side
    hours_there: float
    surgery_after_h: float | None
    cognition: str = _ORIENTED
    communication: str = ""
    left_before_h: float | None = None


def _patients(*rows: tuple) -> tuple[FictionalPatient, ...]:
    return tuple(FictionalPatient(f"DEMO-{number:02d}", *row) for number, row in enumerate(rows, start=1))


FICTIONAL_PATIENTS: Final[tuple[FictionalPatient, ...]] = _patients(
    ("Agnes Marlow", date(1938, 3, 14), _F, "1", _BLUE, _NECK, _LEFT, 60, 22, _ORIENTED, "Wears glasses"),
    ("Henry Osei", date(1945, 11, 2), _M, "2", _BLUE, _TROCHANTERIC, _RIGHT, 74, 20),
    ("Li Xiuying", date(1941, 7, 29), _F, "3", _BLUE, _NECK, _RIGHT, 52, 26, _ORIENTED, "Speaks Mandarin"),
    ("Tomasz Wilk", date(1950, 1, 20), _M, "4", _BLUE, _SUBTROCHANTERIC, _LEFT, 2.4, None),
    ("Rosa Benedetti", date(1933, 9, 8), _F, "5", _BLUE, _TROCHANTERIC, _LEFT, 96, 24, _ORIENTED, "Hard of hearing"),
    ("Arjun Nair", date(1947, 5, 17), _M, "6", _BLUE, _NECK, _LEFT, 70, 30),
    ("Margaret Eze", date(1952, 12, 5), _F, "7", _BLUE, _NECK, _RIGHT, 26, None, _ORIENTED, "Oxygen by cannula"),
    ("Jonas Lindqvist", date(1936, 6, 30), _M, "8", _BLUE, _TROCHANTERIC, _RIGHT, 120, 28, _MILD_DEMENTIA),
    ("Wanjiru Kamau", date(1944, 2, 11), _F, "9", _BLUE, _NECK, _LEFT, 170, 21),
    ("Bruno Keller", date(1939, 8, 24), _M, "10", _BLUE, _TROCHANTERIC, _LEFT, 145, 33, "Moderate dementia"),
    ("Ingrid Solberg", date(1948, 10, 3), _F, "11", _BLUE, _NECK, _RIGHT, 200, 24),
    ("Zhang Guoqiang", date(1942, 4, 19), _M, "12", _GREEN, _NECK, _LEFT, 48, 19, _ORIENTED, "Speaks Mandarin"),
    ("Teresa Almeida", date(1935, 1, 7), _F, "13", _GREEN, _TROCHANTERIC, _RIGHT, 86, 27, _MILD_DEMENTIA),
    ("Walter Dunne", date(1951, 9, 15), _M, "14", _GREEN, _NECK, _RIGHT, 110, 23),
    ("Fatima Haddad", date(1946, 6, 2), _F, "15", _GREEN, _SUBTROCHANTERIC, _LEFT, 240, 25, _ORIENTED, "Speaks Arabic"),
    ("George Papas", date(1937, 12, 28), _M, "16", _GREEN, _NECK, _LEFT, 66, 22, _ORIENTED, "Hard of hearing"),
    ("Nora Whitfield", date(1932, 5, 21), _F, "17", _GREEN, _TROCHANTERIC, _LEFT, 31, None, "Moderate dementia"),
    ("Pedro Quispe", date(1949, 3, 9), _M, "18", _GREEN, _NECK, _RIGHT, 190, 30),
    ("Hana Novak", date(1943, 11, 16), _F, "19", _GREEN, _NECK, _LEFT, 0.15, None),
    ("Samuel Adeyemi", date(1940, 7, 5), _M, "20", _GREEN, _TROCHANTERIC, _RIGHT, 130, 26),
    ("Elsie Tan", date(1934, 10, 30), _F, "21", _GREEN, _NECK, _RIGHT, 260, 24),
    ("Karl Brandt", date(1941, 2, 27), _M, "", _BLUE, _NECK, _LEFT, 330, 22, _ORIENTED, "", 70),
    ("Mei Watanabe", date(1947, 8, 13), _F, "", _GREEN, _NECK, _RIGHT, 310, 28, _ORIENTED, "", 40),
    ("Ivan Petrov", date(1944, 5, 25), _M, "", _BLUE, _TROCHANTERIC, _RIGHT, 335, 30, _MILD_DEMENTIA, "", 96),
    ("Lucia Romano", date(1936, 4, 4), _F, "", _GREEN, _TROCHANTERIC, _LEFT, 325, 25, _ORIENTED, "", 20),
)


def arrival_of(each: FictionalPatient, now: datetime) -> datetime:
    """Return when a fictional patient arrived, if the ward is filled now."""
    return (now - timedelta(hours=each.hours_there)).replace(microsecond=0)


def surgery_of(each: FictionalPatient, now: datetime) -> datetime | None:
    """Return when a fictional patient was operated, or None."""
    return None if each.surgery_after_h is None else arrival_of(each, now) + timedelta(hours=each.surgery_after_h)


def seed_demonstration(log: PatientLog, now: datetime | None = None) -> list[Patient]:
    """Register the fictional patients that are not there yet; return all of them. A second call changes nothing.

    Args:
        log: where to.
        now: when, aware; arrivals lie before it.
    """
    moment = now or datetime.now(UTC)
    there = {patient.study_code for patient in log.patients(demonstration=True)}
    with log.together():
        for each in FICTIONAL_PATIENTS:
            if each.study_code in there:
                continue
            surgery = surgery_of(each, moment)
            log.register_patient(
                each.name,
                each.birth_date,
                each.sex,
                study_code=each.study_code,
                ward=WARD,
                bed=each.bed,
                fracture=each.fracture,
                fracture_side=each.side,
                surgery_date=None if surgery is None else surgery.date(),
                demonstration=True,
                team=each.team,
                cognition=each.cognition,
                communication=each.communication,
                arrived_at=arrival_of(each, moment),
            )
    return log.patients(demonstration=True)
