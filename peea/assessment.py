"""The road itself: frames of one recording in, one frozen, JSON-able, versioned `Assessment` out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from peea.faces import Problem
from peea.scales import Context, Grade
from peea.timeline import Timeline

SCHEMA_VERSION = 1
"""Version of the JSON form of `Assessment`; raised whenever a field changes its meaning."""


@dataclass(frozen=True)
class FrameRecord:
    """What is kept of one frame (no image).

    Attributes:
        time_s: seconds of the recording.
        problem: why the frame was not graded, or None.
        dim: the face was graded in a brightened copy.
        probabilities: of grades 0-4, or None if not graded.
        actions: PSPI action -> intensity, or None.
        box: x0, y0, x1, y1 in pixels of the frame, or None without a face.
        landmarks: five (x, y) in pixels, or None without a face.
        brightness: mean luma 0-255 of the face, or of the frame without a face.
        other_faces: further faces seen beside the patient's.
    """

    time_s: float
    problem: Problem | None
    dim: bool
    probabilities: tuple[float, ...] | None
    actions: Mapping[str, float] | None
    box: tuple[float, float, float, float] | None
    landmarks: tuple[tuple[float, float], ...] | None
    brightness: float
    other_faces: int


@dataclass(frozen=True)
class ModelIdentity:
    """Which grader produced a result: name, version, SHA-256 of its weights, what it was trained on, validated or not."""

    name: str
    version: str
    weights_sha256: str
    trained_on: str
    clinically_validated: bool


@dataclass(frozen=True)
class Assessment:
    """One recording and what was found in it.

    Attributes:
        assessment_id: random UUID.
        schema_version: see `SCHEMA_VERSION`.
        recording: name of the file or camera as shown to staff (never used as a path).
        recorded_at: ISO 8601 UTC time at which the recording was made or, unknown, scored.
        context: one of the contexts of `peea.scales` (at rest, turning over, ...), or None.
        width, height: of the frames in pixels.
        model: which grader.
        timeline: stable episodes, report grade, coverage.
        frames: one record a frame, in order of time.
        interrupted: the recording ended before its planned time (camera lost, stopped).
    """

    assessment_id: str
    schema_version: int
    recording: str
    recorded_at: str
    context: Context | None
    width: int
    height: int
    model: ModelIdentity
    timeline: Timeline
    frames: tuple[FrameRecord, ...]
    interrupted: bool = False

    @property
    def report_grade(self) -> Grade | None:
        return self.timeline.report_grade
