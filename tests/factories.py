"""Made-up assessments for tests of everything that shows one; nothing that ships imports this."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from peea.assessment import SCHEMA_VERSION, Assessment, FrameRecord, ModelIdentity
from peea.faces import Problem
from peea.scales import GRADES, Context, Grade
from peea.timeline import Episode, Timeline

FRAME_RATE = 15
LOWEST_COVERAGE = 0.5

PROBABILITIES = {grade: tuple(0.82 if other is grade else 0.045 for other in GRADES) for grade in GRADES}
ACTIONS = {
    Grade.NO_PAIN: {"AU4": 0.2, "AU6": 0.1, "AU7": 0.2, "AU9": 0.0, "AU10": 0.1, "AU43": 0.0},
    Grade.MILD: {"AU4": 1.2, "AU6": 0.6, "AU7": 1.0, "AU9": 0.2, "AU10": 0.4, "AU43": 0.1},
    Grade.OBVIOUS: {"AU4": 2.4, "AU6": 1.4, "AU7": 2.0, "AU9": 0.8, "AU10": 1.6, "AU43": 0.2},
    Grade.SEVERE: {"AU4": 3.5, "AU6": 2.4, "AU7": 3.0, "AU9": 1.8, "AU10": 2.4, "AU43": 0.6},
    Grade.INTENSE: {"AU4": 4.8, "AU6": 3.8, "AU7": 4.4, "AU9": 3.6, "AU10": 4.0, "AU43": 1.0},
}

COURSE: Sequence[tuple[Grade | Problem, float]] = (
    (Grade.NO_PAIN, 4.0),
    (Grade.OBVIOUS, 3.0),
    (Grade.SEVERE, 6.0),
    (Grade.INTENSE, 1.2),
    (Problem.TURNED_AWAY, 2.0),
    (Grade.MILD, 4.8),
)
"""A default course: (grade or problem, seconds) in order."""

MODEL = ModelIdentity(
    name="resnet50",
    version="1.0",
    weights_sha256="0" * 64,
    trained_on="synthetic patients",
    clinically_validated=False,
)


def frame_record(
    time_s: float, what: Grade | Problem, *, with_actions: bool = True, dim: bool = False, other_faces: int = 0
) -> FrameRecord:
    """One frame that shows `what`, with the face where a camera at the bedside would see it."""
    graded = isinstance(what, Grade)
    face = what is not Problem.NO_FACE
    return FrameRecord(
        time_s=time_s,
        problem=None if graded else what,
        dim=dim,
        probabilities=PROBABILITIES[what] if graded else None,
        actions=ACTIONS[what] if graded and with_actions else None,
        box=(220.0, 110.0, 420.0, 370.0) if face else None,
        landmarks=((270.0, 210.0), (370.0, 210.0), (320.0, 260.0), (280.0, 310.0), (360.0, 310.0)) if face else None,
        brightness=120.0,
        other_faces=other_faces,
    )


def made_up_assessment(
    course: Sequence[tuple[Grade | Problem, float]] = COURSE,
    *,
    frame_rate: float = FRAME_RATE,
    context: Context | None = Context.TURNING,
    with_actions: bool = True,
    dim: bool = False,
    other_faces: int = 0,
    recording: str = "patient on the ward.mp4",
    recorded_at: str = "2026-11-21T14:05:00+00:00",
    number: int = 1,
) -> Assessment:
    """An assessment whose frames follow `course`; episodes are taken over as they stand (no stability rules here)."""
    frames: list[FrameRecord] = []
    episodes: list[Episode] = []
    seconds = dict.fromkeys(GRADES, 0.0)
    problems: dict[Problem, float] = {}
    start_s = 0.0
    for what, duration_s in course:
        count = round(duration_s * frame_rate)
        frames += [
            frame_record(
                start_s + index / frame_rate, what, with_actions=with_actions, dim=dim, other_faces=other_faces
            )
            for index in range(count)
        ]
        if isinstance(what, Grade):
            episodes.append(Episode(what, start_s, start_s + duration_s))
            seconds[what] += duration_s
        else:
            problems[what] = problems.get(what, 0.0) + duration_s
        start_s += duration_s
    usable_s = sum(seconds.values())
    coverage = usable_s / start_s if start_s else 0.0
    pain = [grade for grade in GRADES[1:] if seconds[grade] > 0]
    assessable = coverage >= LOWEST_COVERAGE
    report = max(pain, key=lambda grade: seconds[grade], default=Grade.NO_PAIN) if assessable else None
    timeline = Timeline(
        episodes=tuple(episodes),
        duration_s=start_s,
        coverage=coverage,
        report_grade=report,
        peak_grade=max((episode.grade for episode in episodes), default=None) if assessable else None,
        seconds=seconds,
        shares={grade: value / start_s if start_s else 0.0 for grade, value in seconds.items()},
        problem_seconds=problems,
        main_problem=max(problems, key=problems.__getitem__, default=None),
    )
    return Assessment(
        assessment_id=str(UUID(int=number)),
        schema_version=SCHEMA_VERSION,
        recording=recording,
        recorded_at=recorded_at,
        context=context,
        width=640,
        height=480,
        model=MODEL,
        timeline=timeline,
        frames=tuple(frames),
    )
