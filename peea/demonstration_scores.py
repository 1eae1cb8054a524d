"""Gives the demonstration patients the real results of the demonstration recordings, placed in their invented stays."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from peea.assessment import Assessment, Progress, assess
from peea.assessment.road import GradesFaces
from peea.demonstration import DemonstrationRecording
from peea.demonstration_ward import CLINICIAN, SIMULATION, end_of, filled_at, hidden_pain
from peea.kept_scores import kept_score
from peea.scales import Grade, grade_of_vas
from peea.settings import Settings
from peea.store import CareLog, Patient, PatientLog, Status
from peea.store.demonstration import FICTIONAL_PATIENTS, FictionalPatient, arrival_of

LEAST_HOURS_THERE: Final = 20.0
"""Who has been there for less is in no recording: the stay has no room for one."""

AFTER_ARRIVAL: Final = timedelta(hours=1)
BEFORE_END: Final = timedelta(minutes=50)
"""Recordings lie between these in the stay, so that they change nothing of who is due now."""

TRIES: Final = 40
"""Times of the stay that are looked at for one recording."""

CONFIRMED_AFTER: Final = timedelta(hours=10)
"""Older results were confirmed or overridden by somebody; younger ones wait."""

OVERRIDDEN_FROM: Final = 1
"""Grades between a result and the hidden course from which an invented clinician overrides it."""

VAS_MIDDLES: Final[Mapping[Grade, float]] = {
    Grade.NO_PAIN: 0.0,
    Grade.MILD: 2.0,
    Grade.OBVIOUS: 5.0,
    Grade.SEVERE: 7.5,
    Grade.INTENSE: 9.5,
}
"""Middle of each grade's range on the VAS [P]."""


def assigned(
    recordings: Sequence[DemonstrationRecording], patients: Sequence[Patient], today: date
) -> list[tuple[DemonstrationRecording, Patient]]:
    """Return who is recorded in which recording: of the patients of that sex the one with fewest recordings so far.

    Of equals the one nearest in age; where nothing is known of the person (an empty bed), any.

    Raises:
        ValueError: there are no patients.
    """
    if not patients:
        raise ValueError("there are no demonstration patients to assign recordings to")
    so_far: Counter[str] = Counter()
    pairs = []
    for recording in recordings:
        of_that_sex = [patient for patient in patients if patient.sex == recording.sex] or patients

        def cost(patient: Patient, age: int | None = recording.age_years) -> tuple[int, int]:
            return so_far[patient.patient_id], 0 if age is None else abs(patient.age(today) - age)

        chosen = min(of_that_sex, key=cost)
        so_far[chosen.patient_id] += 1
        pairs.append((recording, chosen))
    return pairs


@dataclass(frozen=True)
class PlannedScore:
    """A demonstration recording, whose it is and when it is said to have been made."""

    recording: DemonstrationRecording
    patient: Patient
    recorded_at: datetime


def planned_scores(
    log: PatientLog, recordings: Sequence[DemonstrationRecording], now: datetime | None = None, weights_sha256: str = ""
) -> list[PlannedScore]:
    """Return the recordings that the demonstration patients do not have yet, in order of their invented times.

    A recording goes to a time of the patient's stay at which the hidden course of pain is near what the model saw in
    it, as far as a kept result tells; of an unknown result, to any time.

    Args:
        log: with the demonstration patients in it.
        recordings: in the order of their index.
        now: the moment of the demonstration, aware; by default when the ward was filled.
        weights_sha256: of the model, to find its kept results.
    """
    moment = (now or filled_at(log) or datetime.now(UTC)).replace(second=0, microsecond=0)
    invented = {each.study_code: each for each in FICTIONAL_PATIENTS}
    patients = log.patients(demonstration=True)
    there = {line.recording for patient in patients for line in log.assessments(patient.patient_id)}
    # Who has just come, or has left, is in no recording.
    filmed = [
        patient
        for patient in patients
        if patient.left_at is None
        and patient.study_code in invented
        and invented[patient.study_code].hours_there >= LEAST_HOURS_THERE
    ]
    planned = []
    for recording, patient in assigned(recordings, filmed, moment.date()):
        if recording.path.name in there:
            continue
        kept = kept_score(recording, weights_sha256, moment)
        grade = kept.report_grade if kept is not None else None
        planned.append(
            PlannedScore(recording, patient, _moment_of(recording, invented[patient.study_code], grade, moment))
        )
    return sorted(planned, key=lambda each: each.recorded_at)


def add_results(
    log: PatientLog,
    planned: Sequence[PlannedScore],
    weights_sha256: str,
    grader: Callable[[], GradesFaces],
    settings: Settings,
    at_most: int | None = None,
    progress: Callable[[DemonstrationRecording, Progress], None] | None = None,
) -> Iterator[Assessment]:
    """Save the result of each recording: the kept one where there is one, else score it; yield it once it is saved.

    Args:
        log: with the demonstration patients in it.
        planned: from `planned_scores`.
        weights_sha256: of the model.
        grader: loads the model; called only if something has to be scored.
        settings: of the site, for what has to be scored.
        at_most: recordings that are scored now; kept results are all taken.
        progress: called while a recording is scored.
    """
    own = log.beside(PatientLog, SIMULATION)
    loaded: GradesFaces | None = None
    scored = 0
    for each in planned:
        assessment = kept_score(each.recording, weights_sha256, each.recorded_at)
        if assessment is None:
            if at_most is not None and scored >= at_most:
                continue
            loaded, scored = loaded or grader(), scored + 1

            def tell(done: Progress, of: DemonstrationRecording = each.recording) -> None:
                if progress is not None:
                    progress(of, done)

            assessment = assess(
                each.recording.path,
                loaded,
                settings=settings,
                context=each.recording.context,
                recorded_at=each.recorded_at,
                progress=tell,
            )
        own.save_assessment(each.patient.patient_id, assessment)
        yield assessment


def review_results(log: PatientLog, now: datetime | None = None) -> None:
    """Let an invented clinician confirm the older results, and override those far from the hidden course of pain.

    Args:
        log: with the demonstration patients in it.
        now: the moment of the demonstration, aware; by default when the ward was filled.
    """
    moment = now or filled_at(log) or datetime.now(UTC)
    care = log.beside(CareLog, SIMULATION)
    invented = {each.study_code: each for each in FICTIONAL_PATIENTS}
    for patient in log.patients(demonstration=True):
        if patient.study_code not in invented:
            continue
        pain = hidden_pain(invented[patient.study_code], moment)
        for saved in log.assessments(patient.patient_id):
            at = datetime.fromisoformat(saved.recorded_at)
            if saved.status is not Status.PRELIMINARY or moment - at < CONFIRMED_AFTER or saved.report_grade is None:
                continue
            movement = saved.context is not None and saved.context.movement
            hidden = grade_of_vas(pain.vas(at, movement, []))
            if abs(hidden - saved.report_grade) >= OVERRIDDEN_FROM:
                reason = "The patient says otherwise (simulated)"
                care.override(saved.assessment_id, hidden, reason, CLINICIAN)
            else:
                care.confirm(saved.assessment_id, CLINICIAN)


def _moment_of(
    recording: DemonstrationRecording, each: FictionalPatient, grade: Grade | None, now: datetime
) -> datetime:
    """Return a time of the stay for a recording, the same at every call with the same moment."""
    rng = random.Random(recording.path.name)
    first, last = arrival_of(each, now) + AFTER_ARRIVAL, end_of(each, now) - BEFORE_END
    offered = [first + (last - first) * rng.random() for _ in range(TRIES)]
    if grade is None:
        return offered[0]
    pain = hidden_pain(each, now)
    middle = VAS_MIDDLES[grade]
    return min(offered, key=lambda at: abs(pain.vas(at, recording.context.movement, []) - middle))
