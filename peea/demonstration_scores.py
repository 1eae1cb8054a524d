"""Scores the demonstration recordings for the demonstration patients, so that the log opens with real results."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from peea.assessment import Assessment, Progress, assess
from peea.assessment.road import GradesFaces
from peea.demonstration import DemonstrationRecording
from peea.settings import Settings
from peea.store import Patient, PatientLog

BETWEEN_RECORDINGS: Final = timedelta(hours=5, minutes=25)
"""Invented time between two recordings: the set spreads over some days, by day and by night."""


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
    log: PatientLog, recordings: Sequence[DemonstrationRecording], now: datetime | None = None
) -> list[PlannedScore]:
    """Return the recordings that the demonstration patients do not have yet; the last one was made just now."""
    patients = log.patients(demonstration=True)
    there = {line.recording for patient in patients for line in log.assessments(patient.patient_id)}
    hour = (now or datetime.now(UTC)).replace(minute=0, second=0, microsecond=0)
    pairs = assigned(recordings, patients, hour.date())
    return [
        PlannedScore(recording, patient, hour - (len(pairs) - number) * BETWEEN_RECORDINGS)
        for number, (recording, patient) in enumerate(pairs, start=1)
        if recording.path.name not in there
    ]


def score_demonstration(
    log: PatientLog,
    planned: Sequence[PlannedScore],
    grader: GradesFaces,
    settings: Settings,
    progress: Callable[[DemonstrationRecording, Progress], None] | None = None,
) -> Iterator[Assessment]:
    """Score and save one recording after the other, and yield each assessment once it is saved.

    Args:
        log: with the demonstration patients in it.
        planned: from `planned_scores`.
        grader: the model.
        settings: of the site.
        progress: called while a recording is scored.
    """
    for each in planned:

        def tell(done: Progress, of: DemonstrationRecording = each.recording) -> None:
            if progress is not None:
                progress(of, done)

        assessment = assess(
            each.recording.path,
            grader,
            settings=settings,
            context=each.recording.context,
            recorded_at=each.recorded_at,
            progress=tell,
        )
        log.save_assessment(each.patient.patient_id, assessment)
        yield assessment
