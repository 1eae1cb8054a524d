"""The demonstration study, scripted: 300 recordings of 182 simulated patients at 24 h and 48 h, 28 of them too dark.

Numbers and criteria are those of [P], Yang et al., Frontiers in Medicine 11:1421800 (2024), clinical validation. How
much pain the patients are in is an assumption (`GRADE_SHARES`), not theirs: more at 24 h than at 48 h, more in movement
than at rest. The truth of a recording follows from its script and needs no picture.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import numpy as np

from peea.language import later
from peea.scales import GRADES, Context, Grade
from peea.studies.grader_output import held_vas
from peea.synthetic.courses import Course, Event, LookAway, NoPain, Pain
from peea.synthetic.expressions import Confounder, draw_pain_total
from peea.synthetic.lights import LightLevel
from peea.synthetic.person import Person
from peea.synthetic.recording import RecordingPlan, scripted_timeline
from peea.synthetic.scripts import TOO_DARK_FACE_LUMA, Script
from peea.synthetic.seeds import DEMONSTRATION_PEOPLE, generator
from peea.synthetic.truth import pain_truth

STUDY_SEED: Final = 272

PATIENTS: Final = 182
RECORDINGS: Final = 300
TOO_DARK: Final = 28
HOURS: Final = (24, 48)
LEAST_AGE: Final = 65

FIRST_PERSON: Final = 100
"""Number of the first demonstration person of the study; those before it are in the demonstration recordings."""

DURATION_S: Final = 8.0
"""Shorter than a real recording (20-25 s), so that more of them can be rendered: one bout of pain fits."""
TRUTH_A_SECOND: Final = 5
"""Moments a second at which the truth is looked up: more often than recordings of the study have frames."""

DIM_LIGHT: Final = later("dim light")
"""Why recordings are left out, as in [P]."""

CONTEXT_SHARES: Final[Mapping[Context, float]] = {
    Context.REST: 0.30,
    Context.TURNING: 0.20,
    Context.TRANSFER: 0.10,
    Context.LEG_FLEXION: 0.20,
    Context.STRAIGHT_LEG_RAISE: 0.10,
    Context.STANDING: 0.10,
}

GRADE_SHARES: Final[Mapping[tuple[int, bool], tuple[float, ...]]] = {
    (24, False): (0.12, 0.40, 0.28, 0.13, 0.07),
    (24, True): (0.03, 0.22, 0.30, 0.27, 0.18),
    (48, False): (0.22, 0.48, 0.20, 0.07, 0.03),
    (48, True): (0.06, 0.34, 0.30, 0.19, 0.11),
}
"""Share of the grades 0-4 by hours after the injury and whether the patient moves: assumptions."""

LIGHT_SHARES: Final[Mapping[LightLevel, float]] = {
    LightLevel.WARD: 0.5,
    LightLevel.WINDOW: 0.3,
    LightLevel.EVENING: 0.2,
}


@dataclass(frozen=True)
class PlannedRecording:
    """One recording of the study.

    Attributes:
        recording, patient: codes, such as S-017-24 and S-017.
        hours: after the injury.
        script: what happens; its person is the patient.
        too_dark: so dim that the study leaves it out.
        seed: of room, camera, blinks and sway.
        place: at which place of a random order it is rendered, so that what has been rendered is a random part.
    """

    recording: str
    patient: str
    hours: int
    script: Script
    too_dark: bool
    seed: int
    place: int


@dataclass(frozen=True)
class RecordingTruth:
    """What is true of a recording by its script: the grade that it must get, and the VAS-equivalent behind it."""

    grade: Grade
    vas: float


@cache
def study_people() -> tuple[int, ...]:
    """Return the numbers of the patients: the first demonstration people from `FIRST_PERSON` on who are old enough."""
    numbers = range(FIRST_PERSON, len(DEMONSTRATION_PEOPLE))
    old = (number for number in numbers if Person.from_seed(DEMONSTRATION_PEOPLE[number]).age_years >= LEAST_AGE)
    return tuple(number for number, _ in zip(old, range(PATIENTS), strict=False))


def planned_study(seed: int = STUDY_SEED) -> tuple[PlannedRecording, ...]:
    """Return the recordings of the study in the order of their codes; the same seed gives the same study."""
    rng = generator(seed, 1)
    twice = set(rng.choice(PATIENTS, RECORDINGS - PATIENTS, replace=False).tolist())
    made = [
        (patient, hours)
        for patient in range(PATIENTS)
        for hours in (HOURS if patient in twice else (int(rng.choice(HOURS)),))
    ]
    # Only patients with two recordings lose one, so that all 182 stay in the study.
    dark_patients = rng.choice(sorted(twice), TOO_DARK, replace=False).tolist()
    dark = {(patient, int(rng.choice(HOURS))) for patient in dark_patients}
    places = rng.permutation(RECORDINGS)
    return tuple(
        _planned(patient, hours, (patient, hours) in dark, seed, int(place))
        for (patient, hours), place in zip(made, places, strict=True)
    )


def _planned(patient: int, hours: int, too_dark: bool, seed: int, place: int) -> PlannedRecording:
    rng = generator(seed, 2, patient, hours)
    code = f"S-{patient + 1:03d}"
    context = _drawn(rng, CONTEXT_SHARES)
    grade = Grade(int(rng.choice(len(GRADES), p=GRADE_SHARES[hours, context.movement])))
    script = Script(
        name=f"{code}-{hours}",
        title=f"Study patient {code} at {hours} h",
        person=study_people()[patient],
        events=_events(rng, grade),
        context=context,
        duration_s=DURATION_S,
        level=LightLevel.EVENING if too_dark else _drawn(rng, LIGHT_SHARES),
        face_luma=TOO_DARK_FACE_LUMA if too_dark else None,
        lying=context is not Context.STANDING,
        face_height=0.6,
        yaw_deg=round(float(rng.normal(0, 6)), 1),
        roll_deg=round(float(rng.normal(0, 4)), 1),
        restlessness=1.3 if context.movement else 1.0,
    )
    return PlannedRecording(
        script.name, code, hours, script, too_dark, 1000 * seed + 2 * patient + (hours == 48), place
    )


def _drawn(rng: np.random.Generator, shares: Mapping[Any, float]) -> Any:
    return list(shares)[int(rng.choice(len(shares), p=list(shares.values())))]


def _events(rng: np.random.Generator, grade: Grade) -> tuple[Event, ...]:
    """Return one bout of pain of this grade; a calm patient looks about, smiles or speaks."""
    if grade is Grade.NO_PAIN:
        confounder = _drawn(rng, {None: 0.5, Confounder.SMILE: 0.25, Confounder.SPEECH: 0.25})
        look = LookAway(rng.uniform(0.5, 2.0), 1.2, (float(rng.normal(0, 0.25)), 0.05))
        return (look,) if confounder is None else (look, NoPain(confounder, rng.uniform(1.5, 3.0), 3.0))
    return (
        Pain(
            round(draw_pain_total(rng, grade), 2),
            start_s=rng.uniform(0.4, 1.6),
            onset_s=rng.uniform(0.4, 0.8),
            apex_s=rng.uniform(3.0, 4.2),
            offset_s=rng.uniform(1.0, 1.6),
        ),
    )


def course_of_study(planned: PlannedRecording) -> Course:
    """Return what the patient does over the recording."""
    return planned.script.course(planned.seed)


def recording_plan(planned: PlannedRecording, width: int, height: int, frames_a_second: int) -> RecordingPlan:
    """Return how a recording of the study is rendered."""
    return RecordingPlan(planned.script, planned.seed, width, height, frames_a_second)


def recording_truth(planned: PlannedRecording) -> RecordingTruth:
    """Return the truth of a recording by its script, without a picture: light does not change what the face does."""
    course = course_of_study(planned)
    rows: list[dict[str, Any]] = []
    for number in range(round(planned.script.duration_s * TRUTH_A_SECOND)):
        time_s = number / TRUTH_A_SECOND
        moment = course.at(time_s)
        truth = pain_truth(moment.expression, moment.confounder)
        rows.append({"time_s": time_s, "problem": "", "grade": int(truth.grade), "vas": truth.vas})
    timeline = scripted_timeline(rows)
    vas = held_vas([row["time_s"] for row in rows], [row["vas"] for row in rows], timeline)
    if timeline.report_grade is None or vas is None:
        raise RuntimeError(f"the script of {planned.recording} has no report, though every moment of it is usable")
    return RecordingTruth(timeline.report_grade, round(vas, 3))
