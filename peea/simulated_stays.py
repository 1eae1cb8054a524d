"""The stay of a fictional patient: ratings by hand, analgesia and notes as they might have been. Pure and seeded.

Nobody was rated. A hidden course of pain (high before surgery, falling after it, higher when moving, lower for some
hours after a dose) is read off with an error at the times at which the rules of reassessment ask for it, mostly in time
and sometimes late. Everything that comes of it is marked as simulated wherever it is kept and shown.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import numpy as np

from peea.care.reassessment import Assessed, next_task
from peea.care.rules import ReassessmentRules
from peea.rating import PspiCodes
from peea.scales import DEFAULT_VAS_MAPPING, Context, grade_of_pspi, grade_of_vas, round_vas
from peea.store.care import DoseUnit, Route
from peea.store.pain_records import Kind

PHYSIOTHERAPY_H: Final = (10, 15)
"""Hours of the day (UTC) around which patients are moved."""

MOVEMENTS: Final = (Context.TURNING, Context.LEG_FLEXION, Context.STANDING, Context.STRAIGHT_LEG_RAISE)
LATE_SHARE: Final = 0.12
DOSE_FROM_VAS: Final = 4.0
BETWEEN_DOSES: Final = timedelta(hours=4)


@dataclass(frozen=True)
class SimulatedRating:
    """A rating by hand that nobody gave: PSPI with codes, otherwise a score 0-10."""

    at: datetime
    kind: Kind
    context: Context
    score: float | None
    codes: PspiCodes | None


@dataclass(frozen=True)
class SimulatedDose:
    """A dose that nobody was given."""

    at: datetime
    drug: str
    dose: float
    unit: DoseUnit
    route: Route


@dataclass
class SimulatedStay:
    """What happened during a stay, in order of time."""

    ratings: list[SimulatedRating] = field(default_factory=list)
    doses: list[SimulatedDose] = field(default_factory=list)


@dataclass(frozen=True)
class HiddenPain:
    """The course of pain that ratings read off.

    Attributes:
        arrived_at, surgery_at: of the patient; surgery None without one.
        level: how much more (or less) pain than others this patient has, VAS points.
    """

    arrived_at: datetime
    surgery_at: datetime | None
    level: float

    def vas(self, at: datetime, movement: bool, doses: list[SimulatedDose]) -> float:
        """Return the pain at a time, 0-10, given the doses so far."""
        if self.surgery_at is None or at < self.surgery_at:
            pain = 5.4
        else:
            hours = (at - self.surgery_at) / timedelta(hours=1)
            pain = 0.6 + 4.6 * float(np.exp(-hours / 40))
        pain += self.level + (2.2 if movement else 0.0)
        for dose in doses:
            hours = (at - dose.at) / timedelta(hours=1)
            if 0.25 <= hours <= 6:
                pain -= 2.4 * (1 - hours / 6) if dose.route is not Route.ORAL else 1.6 * (1 - hours / 6)
        return float(np.clip(pain, 0.0, 10.0))


def simulated_stay(
    pain: HiddenPain, until: datetime, rules: ReassessmentRules, rng: np.random.Generator, *, self_report: bool
) -> SimulatedStay:
    """Return the ratings and doses from arrival until a time.

    Args:
        pain: the hidden course.
        until: nothing happens after it.
        rules: when pain is to be assessed.
        rng: seeded.
        self_report: the patient can give a number (NRS); otherwise staff rate the face (PSPI) or estimate (VAS).
    """
    stay = SimulatedStay()
    assessed: list[Assessed] = []
    while True:
        task = next_task(
            pain.arrived_at, assessed[-rules.settled_assessments :], [dose.at for dose in stay.doses], rules
        )
        late = rng.random() < LATE_SHARE
        delay = rng.uniform(15, 80) if late else rng.uniform(-14, -1)
        at = max(task.due_at + timedelta(minutes=float(delay)), pain.arrived_at + timedelta(minutes=4))
        if assessed:
            at = max(at, assessed[-1].at + timedelta(minutes=8))
        if at > until:
            return stay
        rating = _rating(pain, at, stay.doses, rng, self_report)
        stay.ratings.append(rating)
        grade = grade_of_pspi(rating.codes.pspi) if rating.codes is not None else grade_of_vas(rating.score or 0.0)
        assessed.append(Assessed(at, grade))
        dose = _dose(pain.vas(at, rating.context.movement, stay.doses), at, stay, rng)
        if dose is not None and dose.at <= until:
            stay.doses.append(dose)


def _rating(
    pain: HiddenPain, at: datetime, doses: list[SimulatedDose], rng: np.random.Generator, self_report: bool
) -> SimulatedRating:
    operated = pain.surgery_at is not None and at > pain.surgery_at + timedelta(hours=8)
    moved = operated and any(abs(at.hour + at.minute / 60 - hour) < 1.2 for hour in PHYSIOTHERAPY_H)
    context = Context(rng.choice([each.value for each in MOVEMENTS])) if moved else Context.REST
    vas = float(np.clip(pain.vas(at, context.movement, doses) + rng.normal(0, 0.7), 0, 10))
    shares = (0.72, 0.16, 0.12) if self_report else (0.0, 0.35, 0.65)
    kind = (Kind.NRS, Kind.VAS, Kind.PSPI)[int(rng.choice(3, p=shares))]
    if kind is Kind.PSPI:
        return SimulatedRating(at, kind, context, None, _codes(vas))
    score = float(round_vas(vas)) if kind is Kind.NRS else round(vas * 2) / 2
    return SimulatedRating(at, kind, context, score, None)


def _codes(vas: float) -> PspiCodes:
    """Return codes whose PSPI is about that of a VAS."""
    total = round(float(np.interp(vas, DEFAULT_VAS_MAPPING.vas_knots, DEFAULT_VAS_MAPPING.pspi_knots)))
    closed = 1 if total >= 3 else 0
    rest = total - closed
    brow, eyes = min(5, round(rest * 0.36)), min(5, round(rest * 0.34))
    return PspiCodes.of(AU4=brow, AU7=eyes, AU10=max(0, min(5, rest - brow - eyes)), AU43=closed)


def _dose(vas: float, at: datetime, stay: SimulatedStay, rng: np.random.Generator) -> SimulatedDose | None:
    """Return what is given for this much pain, unless a dose was given shortly before."""
    if vas < DOSE_FROM_VAS or (stay.doses and at - stay.doses[-1].at < BETWEEN_DOSES) or rng.random() < 0.15:
        return None
    given_at = at + timedelta(minutes=float(rng.uniform(3, 9)))
    if not stay.doses and vas >= 5:
        block = "Fascia iliaca block, ropivacaine 0.2 %"
        return SimulatedDose(given_at, block, 30.0, DoseUnit.ML, Route.NERVE_BLOCK)
    if vas >= 6.5:
        return SimulatedDose(given_at, "Morphine", float(rng.choice([2.5, 5.0])), DoseUnit.MG, Route.INTRAVENOUS)
    if vas >= 5:
        return SimulatedDose(given_at, "Oxycodone", 5.0, DoseUnit.MG, Route.ORAL)
    return SimulatedDose(given_at, "Paracetamol", 1.0, DoseUnit.G, Route.ORAL)
