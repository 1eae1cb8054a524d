"""The steps from the frames of one recording to its `Assessment`: find the face, grade it, build the timeline.

The same steps serve a file, a live camera and the tests: `sightings` and `records` turn any stream of frames into frame
records, and `concluded` turns the records into an assessment.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Protocol

import numpy as np

from peea.assessment.overlap import ahead
from peea.assessment.values import SCHEMA_VERSION, Assessment, FrameRecord
from peea.face_grade import FaceGrade, ModelIdentity
from peea.faces.face import Problem, Sighting
from peea.frames import Frame, open_recording
from peea.language import t
from peea.scales import GRADES, Context
from peea.settings import Settings, StabilityRules
from peea.timeline import Moment, build_timeline, most_probable_grades

FACES_A_BATCH: Final = 16
"""Faces graded in one call: larger batches are hardly faster on a processor, and a batch of waiting crops stays small
(16 crops of 256 pixels are 3 MB), so that memory does not grow with the recording."""

FRAMES_AHEAD: Final = 4
"""Frames read before they are looked at; few, since a frame of a phone's video has 6 MB."""

PROGRESS_EVERY_S: Final = 0.2
"""Seconds between two calls of the progress callback: often enough for a smooth bar, rare enough to cost nothing."""


class AssessmentCancelled(Exception):  # noqa: N818 - nothing went wrong: somebody pressed stop
    """The assessment was stopped by the person who started it; nothing was made of the frames so far."""


class GradesFaces(Protocol):
    """What the road needs of a grader (`peea.graders.Grader`)."""

    @property
    def identity(self) -> ModelIdentity: ...

    def grade(self, crops: np.ndarray) -> list[FaceGrade]:
        """(N, size, size, 3) uint8 RGB crops in, N grades out."""
        ...


class FindsFace(Protocol):
    """What the road needs of a face finder (`peea.faces`): it follows one patient through one recording."""

    def find(self, frame: Frame) -> Sighting: ...


class Frames(Protocol):
    """What the road needs of a source of frames (`peea.frames.Recording`): something to iterate over, with a size.

    Attributes:
        name: as shown to staff.
        width, height: of the frames in pixels.
        duration_s: length as stated by the file or planned for the stream; None if unknown.
        truncated: after the last frame: it came before its time, the file is cut off or the camera was lost.
    """

    name: str
    width: int
    height: int
    duration_s: float | None
    truncated: bool

    def __iter__(self) -> Iterator[Frame]: ...


@dataclass(frozen=True)
class Progress:
    """How far an assessment is.

    Attributes:
        share: of the recording's length that is done, 0-1; None where the recording does not state its length.
        done_s: seconds of the recording that are done.
        seconds_left: estimated waiting time, or None as long as it cannot be said.
    """

    share: float | None
    done_s: float
    seconds_left: float | None

    def sentence(self) -> str:
        """Return what is being done and how long it will take, for a progress bar.

        >>> Progress(0.25, 5.0, 12.3).sentence()
        'Grading the recording, about 12 s left'
        """
        if self.seconds_left is None:
            return t("Grading the recording, {n} s done", n=f"{self.done_s:.0f}")
        if self.seconds_left >= 90:
            return t("Grading the recording, about {n} min left", n=f"{self.seconds_left / 60:.0f}")
        return t("Grading the recording, about {n} s left", n=max(1, round(self.seconds_left)))


def assess(
    recording: Path | str | Frames,
    grader: GradesFaces,
    finder_factory: Callable[[], FindsFace] | None = None,
    settings: Settings | None = None,
    context: Context | None = None,
    *,
    name: str | None = None,
    recorded_at: datetime | None = None,
    progress: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Assessment:
    """Grade one recording from its first frame to its last.

    Frames are read, graded in batches and dropped one after the other: memory does not grow with the length, but for
    some hundred bytes a frame for its record.

    Args:
        recording: a video file, or an opened source of frames (which the caller closes).
        grader: the model.
        finder_factory: called once: a face finder follows one patient and must not be used for a second recording. By
            default `peea.faces` with the site's settings.
        settings: thresholds of the site; by default those that come with PEEA.
        context: what the patient did.
        name: how staff know the recording, if not by its file's name (an upload in a temporary file).
        recorded_at: when it was made, with a time zone; unknown: now.
        progress: called a few times a second, and once at the end, in the thread that called `assess`.
        cancelled: asked before each frame, in a thread of its own; true stops.

    Raises:
        AssessmentCancelled: `cancelled` said so.
        peea.frames.RecordingError: the file cannot be scored; its kinds and sentences are in `peea.frames.errors`.
    """
    settings = settings or Settings()
    if isinstance(recording, Path | str):
        with open_recording(recording, settings.recordings, name) as opened:
            return assess(
                opened,
                grader,
                finder_factory,
                settings,
                context,
                name=name,
                recorded_at=recorded_at,
                progress=progress,
                cancelled=cancelled,
            )
    finder = finder_factory() if finder_factory is not None else _face_finder(settings)
    # Reading, finding and grading each have a thread: while the grader has a batch, the next frames are made ready.
    frames = ahead(_until(recording, cancelled), FRAMES_AHEAD)
    seen = ahead(sightings(frames, finder), FACES_A_BATCH)
    frame_records = list(_told(records(seen, grader), recording.duration_s, progress))
    if progress is not None and frame_records:
        progress(Progress(1.0, frame_records[-1].time_s, 0.0))
    return concluded(
        frame_records,
        recording=name or recording.name,
        recorded_at=recorded_at or datetime.now(UTC),
        context=context,
        width=recording.width,
        height=recording.height,
        model=grader.identity,
        rules=settings.stability,
        duration_s=recording.duration_s,
        interrupted=recording.truncated,
    )


def sightings(frames: Iterable[Frame], finder: FindsFace) -> Iterator[tuple[float, Sighting]]:
    """Yield the time of each frame and what is seen of the patient in it; the image is dropped."""
    for frame in frames:
        yield frame.time_s, finder.find(frame)


def records(seen: Iterable[tuple[float, Sighting]], grader: GradesFaces) -> Iterator[FrameRecord]:
    """Yield one record a frame, in order; faces are graded `FACES_A_BATCH` at a time, so records lag by a batch."""
    waiting: list[tuple[FrameRecord, np.ndarray | None]] = []
    crops = 0
    for time_s, sighting in seen:
        crop = sighting.face.crop if sighting.face is not None and sighting.usable else None
        waiting.append((ungraded(time_s, sighting), crop))
        crops += crop is not None
        if crops == FACES_A_BATCH or len(waiting) == 4 * FACES_A_BATCH:
            yield from _graded(waiting, grader)
            waiting, crops = [], 0
    yield from _graded(waiting, grader)


def record_of_frame(time_s: float, sighting: Sighting, grader: GradesFaces) -> FrameRecord:
    """Return the record of one frame, graded at once: for a stream, where nobody waits for a batch."""
    crop = sighting.face.crop if sighting.face is not None and sighting.usable else None
    return next(_graded([(ungraded(time_s, sighting), crop)], grader))


def moments_of(frame_records: Sequence[FrameRecord], rules: StabilityRules) -> list[Moment]:
    """Return frame records as the timeline sees them: smoothed grades, or problems."""
    not_graded = (np.nan,) * len(GRADES)
    return moments(
        np.array([record.time_s for record in frame_records]),
        np.array([record.probabilities or not_graded for record in frame_records]).reshape(-1, len(GRADES)),
        [record.problem for record in frame_records],
        rules,
    )


def moments(
    times_s: np.ndarray, probabilities: np.ndarray, problems: Sequence[Problem | None], rules: StabilityRules
) -> list[Moment]:
    """Return frames as the timeline sees them.

    Args:
        times_s: (N,) seconds, rising.
        probabilities: (N, 5) of the grades; NaN in the rows of frames that were not graded.
        problems: of each frame; None if it was graded.
        rules: the thresholds.
    """
    graded = ~np.isnan(probabilities[:, 0])
    grades = iter(most_probable_grades(times_s[graded], probabilities[graded], rules.smoothing_s))
    return [
        Moment(time_s, next(grades) if has_grade else None, problem)
        for time_s, has_grade, problem in zip(times_s.tolist(), graded.tolist(), problems, strict=True)
    ]


def concluded(
    frame_records: Iterable[FrameRecord],
    *,
    recording: str,
    recorded_at: datetime,
    context: Context | None,
    width: int,
    height: int,
    model: ModelIdentity,
    rules: StabilityRules,
    duration_s: float | None = None,
    interrupted: bool = False,
) -> Assessment:
    """Return the assessment of frame records, in order of time and at least one.

    Raises:
        ValueError: `recorded_at` has no time zone; peea.timeline.MomentOrderError: no records, or not in order.
    """
    if recorded_at.tzinfo is None:
        raise ValueError(f"recorded_at is {recorded_at} without a time zone; pass e.g. datetime.now(UTC)")
    kept = tuple(frame_records)
    return Assessment(
        assessment_id=str(uuid.uuid4()),
        schema_version=SCHEMA_VERSION,
        recording=recording,
        recorded_at=recorded_at.astimezone(UTC).isoformat(timespec="seconds"),
        context=context,
        width=width,
        height=height,
        model=model,
        timeline=build_timeline(moments_of(kept, rules), rules, duration_s),
        frames=kept,
        interrupted=interrupted,
        rules=rules,
    )


def _face_finder(settings: Settings) -> FindsFace:
    # Imported here, since it loads torch: whoever only reads assessments should not wait for it.
    from peea.faces.patient_face import FaceFinder

    return FaceFinder(settings.faces)


def _until(frames: Iterable[Frame], cancelled: Callable[[], bool] | None) -> Iterator[Frame]:
    """Pass frames on; ask before each whether to stop."""
    for frame in frames:
        if cancelled is not None and cancelled():
            raise AssessmentCancelled(f"The grading was stopped at {frame.time_s:.1f} s of the recording.")
        yield frame


def _told(
    made: Iterable[FrameRecord], duration_s: float | None, progress: Callable[[Progress], None] | None
) -> Iterator[FrameRecord]:
    """Pass records on; say from time to time how far it is."""
    started = told = time.monotonic()
    for one in made:
        now = time.monotonic()
        if progress is not None and now - told >= PROGRESS_EVERY_S:
            told = now
            share = min(1.0, one.time_s / duration_s) if duration_s else None
            left = (now - started) * (1 - share) / share if share else None
            progress(Progress(share, one.time_s, left))
        yield one


def ungraded(time_s: float, sighting: Sighting) -> FrameRecord:
    """Return the record of a frame before grading: a usable face has no problem and no probabilities yet."""
    box, landmarks = None, None
    if sighting.face is not None:
        x0, y0, x1, y1 = (float(edge) for edge in sighting.face.detection.box)
        box = (x0, y0, x1, y1)
        landmarks = tuple((float(x), float(y)) for x, y in sighting.face.detection.landmarks)
    return FrameRecord(
        time_s=time_s,
        problem=sighting.problems[0] if sighting.problems else None,
        dim=sighting.dim,
        probabilities=None,
        actions=None,
        box=box,
        landmarks=landmarks,
        brightness=float(sighting.brightness),
        other_faces=sighting.other_faces,
    )


def _graded(waiting: list[tuple[FrameRecord, np.ndarray | None]], grader: GradesFaces) -> Iterator[FrameRecord]:
    """Grade the usable faces among the waiting records together and yield all records in order."""
    crops = [crop for _, crop in waiting if crop is not None]
    grades = iter(grader.grade(np.stack(crops)) if crops else [])
    for record, crop in waiting:
        if crop is None:
            yield record
        else:
            grade = next(grades)
            yield replace(record, probabilities=grade.probabilities, actions=grade.actions)
