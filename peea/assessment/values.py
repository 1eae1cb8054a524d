"""The values at the end of the road, and their JSON form."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from peea.face_grade import ModelIdentity
from peea.faces import Problem
from peea.scales import Context, Grade
from peea.settings import StabilityRules
from peea.timeline import Timeline

SCHEMA_VERSION = 1
"""Version of the JSON form of `Assessment`; raised whenever a field changes its meaning."""


class AssessmentFormatError(ValueError):
    """A text that should be the JSON form of an assessment and is not."""


class UnknownSchemaVersionError(AssessmentFormatError):
    """An assessment whose JSON form this version of PEEA does not know."""


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
        rules: the thresholds with which the timeline was made, so that the report can be made again.
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
    rules: StabilityRules = field(default_factory=StabilityRules)

    @property
    def report_grade(self) -> Grade | None:
        return self.timeline.report_grade

    def to_plain(self, frames: bool = True) -> dict[str, Any]:
        """Return the JSON form as plain dicts, lists, strings and numbers; without the frame records if told so."""
        plain: dict[str, Any] = _form().dump_python(self, mode="json", exclude=None if frames else {"frames"})
        return plain

    def to_json(self) -> str:
        """Return the JSON form: one object, keys in the order of the attributes, floats that read back as the same."""
        return _form().dump_json(self).decode()

    @staticmethod
    def from_plain(plain: object) -> Assessment:
        """Return the assessment of a JSON form already parsed.

        Raises:
            UnknownSchemaVersionError: the form has another schema version than `SCHEMA_VERSION`.
            AssessmentFormatError: something is missing or of the wrong kind; the sentence says what.
        """
        version = plain.get("schema_version") if isinstance(plain, dict) else None
        if version is None:
            raise AssessmentFormatError("this is not a saved assessment: it has no schema_version")
        if version != SCHEMA_VERSION:
            raise UnknownSchemaVersionError(
                f"this assessment has schema version {version}; this PEEA reads version {SCHEMA_VERSION}. "
                "Open it with the version of PEEA that wrote it, or update PEEA"
            )
        try:
            return _form().validate_python(plain)
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(str(part) for part in first["loc"])
            raise AssessmentFormatError(f"this is not a whole assessment: {place}: {first['msg']}") from error

    @staticmethod
    def from_json(text: str | bytes) -> Assessment:
        """Return the assessment that `to_json` wrote; errors as in `from_plain`."""
        try:
            plain = json.loads(text)
        except ValueError as error:
            raise AssessmentFormatError(f"this is not a saved assessment: it is not JSON ({error})") from error
        return Assessment.from_plain(plain)


@cache
def _form() -> TypeAdapter[Assessment]:
    """The JSON form, derived by pydantic from the types above; made on first use, since it costs some milliseconds."""
    return TypeAdapter(Assessment)
