"""The demonstration ward: fictional patients with two weeks of simulated ratings, doses, notes and consents.

What a model said of them is real: see `peea.demonstration_scores`. All else is invented, marked as simulated, and
taken away as a whole by `PatientLog.remove_demonstration`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

import numpy as np

from peea.care.rules import ReassessmentRules
from peea.simulated_stays import HiddenPain, SimulatedStay, simulated_stay
from peea.store import CareLog, ManualLog, Patient, PatientLog
from peea.store.care import Answer, ConsentDecision, ConsentPurpose, EligibilityQuestion
from peea.store.demonstration import (
    FICTIONAL_PATIENTS,
    FictionalPatient,
    arrival_of,
    seed_demonstration,
    surgery_of,
)
from peea.store.ratings import ManualKind

SIMULATION: Final = "Simulation"
"""Who wrote what was invented, for the audit trail; whatever else is there, a person entered."""

CLINICIAN: Final = "Dr Example (simulated)"

SILENT: Final[Mapping[str, timedelta]] = {
    "DEMO-01": timedelta(hours=4, minutes=50),
    "DEMO-10": timedelta(hours=2, minutes=10),
    "DEMO-13": timedelta(hours=2, minutes=40),
    "DEMO-17": timedelta(hours=1, minutes=25),
}
"""Patients whom nobody looked at lately, so that the board has somebody overdue."""

WAITING_AFTER_DOSE: Final = "DEMO-04"
"""Had the first analgesia and was not assessed since: the thirty minutes of NICE CG124 are over."""

NOTES: Final[Mapping[str, str]] = {
    "DEMO-01": "Glasses off for recordings, on again afterwards.",
    "DEMO-05": "Speak slowly and towards the right ear.",
    "DEMO-07": "Cannula stays on; face is well visible.",
    "DEMO-10": "Daughter visits at four and knows well when he is in pain.",
    "DEMO-12": "Interpreter by telephone, number at the desk.",
}

RENEWED_AFTER: Final = timedelta(hours=12)
"""Age at which a demonstration that nobody has worked with is made anew: by then everybody on its board is overdue."""


def hidden_pain(each: FictionalPatient, now: datetime) -> HiddenPain:
    """Return the hidden course of pain of a fictional patient, the same at every call."""
    number = int(each.study_code.removeprefix("DEMO-"))
    level = float(np.random.default_rng(1000 + number).normal(0, 0.7))
    return HiddenPain(arrival_of(each, now), surgery_of(each, now), level)


def end_of(each: FictionalPatient, now: datetime) -> datetime:
    """Return when the last thing was recorded for a fictional patient."""
    if each.left_before_h is not None:
        return now - timedelta(hours=each.left_before_h)
    return now - SILENT.get(each.study_code, timedelta(minutes=4))


def fill_ward(log: PatientLog, now: datetime | None = None) -> list[Patient]:
    """Register the fictional patients and give those that have none yet their simulated stay; return all of them.

    Args:
        log: where to.
        now: the moment of the demonstration, aware; by default now.
    """
    moment = (now or datetime.now(UTC)).replace(second=0, microsecond=0)
    own = log.beside(PatientLog, SIMULATION)
    there = {patient.study_code for patient in own.patients(demonstration=True)}
    with own.together():
        patients = {patient.study_code: patient for patient in seed_demonstration(own, moment)}
        for each in FICTIONAL_PATIENTS:
            if each.study_code not in there:
                _fill(own, patients[each.study_code], each, moment)
    return own.patients(demonstration=True)


def touched_by_people(log: PatientLog) -> bool:
    """Return whether somebody has entered anything for a fictional patient since the ward was filled."""
    ids = {patient.patient_id for patient in log.patients(demonstration=True)}
    return any(row.actor != SIMULATION and row.patient_id in ids for row in log.audit())


def filled_at(log: PatientLog) -> datetime | None:
    """Return when the demonstration ward was filled, or None if it is not."""
    times = [datetime.fromisoformat(patient.registered_at) for patient in log.patients(demonstration=True)]
    return max(times, default=None)


def stale(log: PatientLog, now: datetime | None = None) -> bool:
    """Return whether the demonstration ward was filled so long ago that its board tells nothing any more."""
    filled = filled_at(log)
    return filled is not None and (now or datetime.now(UTC)) - filled > RENEWED_AFTER


def _fill(log: PatientLog, patient: Patient, each: FictionalPatient, now: datetime) -> None:
    care, manual = log.beside(CareLog), log.beside(ManualLog)
    rng = np.random.default_rng(int(each.study_code.removeprefix("DEMO-")))
    stay = _stay(each, now, rng)
    for rating in stay.ratings:
        manual.save(
            patient.patient_id,
            ManualKind(rating.kind.value),
            f"Nurse {'ABC'[int(rng.integers(3))]} (simulated)",
            codes=rating.codes,
            score=rating.score,
            context=rating.context,
            rated_at=rating.at,
            simulated=True,
        )
    for dose in stay.doses:
        care.give(patient.patient_id, dose.drug, dose.dose, dose.unit, dose.route, dose.at, "Simulated")
    if each.study_code in NOTES:
        care.write_note(patient.patient_id, NOTES[each.study_code], arrival_of(each, now) + timedelta(hours=1))
    _consent(care, patient, each, now)
    if each.left_before_h is not None:
        care.correct_patient(patient.patient_id, {"left_at": end_of(each, now)}, "Discharged (simulated)")


def _stay(each: FictionalPatient, now: datetime, rng: np.random.Generator) -> SimulatedStay:
    self_report = "dementia" not in each.cognition
    pain = hidden_pain(each, now)
    if each.study_code != WAITING_AFTER_DOSE:
        return simulated_stay(pain, end_of(each, now), ReassessmentRules(), rng, self_report=self_report)
    # Up to the first dose, which is then made to lie 45 minutes back.
    stay = simulated_stay(pain, end_of(each, now), ReassessmentRules(), rng, self_report=self_report)
    given_at = now - timedelta(minutes=45)
    first = stay.doses[0]
    before = [rating for rating in stay.ratings if rating.at < given_at]
    return SimulatedStay(before, [type(first)(given_at, first.drug, first.dose, first.unit, first.route)])


def _consent(care: CareLog, patient: Patient, each: FictionalPatient, now: datetime) -> None:
    day = arrival_of(each, now).date()
    number = int(each.study_code.removeprefix("DEMO-"))
    care.record_consent(patient.patient_id, ConsentPurpose.ASSESSMENT, ConsentDecision.GIVEN, day, CLINICIAN)
    if number % 7 != 0:
        frames = ConsentDecision.REFUSED if number % 6 == 0 else ConsentDecision.GIVEN
        care.record_consent(patient.patient_id, ConsentPurpose.KEY_FRAMES, frames, day, CLINICIAN)
        care.record_consent(patient.patient_id, ConsentPurpose.RESEARCH, ConsentDecision.GIVEN, day, CLINICIAN)
    for question in EligibilityQuestion:
        yes = question in (EligibilityQuestion.HIP_FRACTURE, EligibilityQuestion.AWAKE) or (
            question is EligibilityQuestion.NEUROLOGICAL and "dementia" in each.cognition
        )
        if number % 5 != 0 or question is not EligibilityQuestion.APHASIA:
            care.answer(patient.patient_id, question, Answer.YES if yes else Answer.NO)
