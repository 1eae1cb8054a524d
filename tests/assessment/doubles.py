"""A scripted source of frames, face finder and grader, for tests of everything that runs the road."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from peea.assessment import ModelIdentity
from peea.face_grade import FaceGrade
from peea.faces.face import Detection, Face, Problem, Quality, Sighting
from peea.frames import Frame
from peea.scales import GRADES, Grade

FPS = 10
State = Grade | Problem


class ScriptedFrames:
    """A source of frames whose picture is nothing but the number of what it shows."""

    name = "scripted.mp4"
    width, height = 64, 48

    def __init__(self, course: Sequence[tuple[State, float]], duration_s: float | None = None) -> None:
        self.states = [state for state, seconds in course for _ in range(round(seconds * FPS))]
        self.duration_s = duration_s if duration_s is not None else len(self.states) / FPS
        self.truncated = False

    def __iter__(self) -> Iterator[Frame]:
        for number in range(len(self.states)):
            yield Frame(number / FPS, np.full((48, 64, 3), number % 256, np.uint8))
        self.truncated = self.duration_s is not None and self.duration_s > len(self.states) / FPS + 0.5


class ScriptedFinder:
    """Sees what the course says; the crop carries the grade."""

    def __init__(self, states: Sequence[State], dim: bool = False, other_faces: int = 0) -> None:
        self.states = iter(states)
        self.dim, self.other_faces = dim, other_faces

    def find(self, frame: Frame) -> Sighting:
        state = next(self.states)
        if state is Problem.NO_FACE or state is Problem.TOO_DARK:
            return Sighting(None, (state,), 12.0)
        problems = () if isinstance(state, Grade) else (state, Problem.BLURRED)
        quality = Quality(problems, brightness=100.0, sharpness=1.0, size_px=60.0, yaw_deg=0.0, dim=self.dim)
        box = np.array([1, 2, 31, 42], np.float32)
        landmarks = np.arange(10, dtype=np.float32).reshape(5, 2)
        crop = np.full((8, 8, 3), state.value if isinstance(state, Grade) else 99, np.uint8)
        face = Face(Detection(box, landmarks, 0.99), crop, quality, self.other_faces)
        return Sighting(face, problems, 100.0, self.dim, 1.0, self.other_faces)


class ScriptedGrader:
    """Reads the grade off the crop, quite sure of itself."""

    identity = ModelIdentity("scripted", "1.0", "0" * 64, "Trained on nothing.", False)

    def __init__(self) -> None:
        self.batches: list[int] = []

    def grade(self, crops: np.ndarray) -> list[FaceGrade]:
        self.batches.append(len(crops))
        grades = [Grade(int(crop[0, 0, 0])) for crop in crops]
        return [
            FaceGrade(tuple(0.9 if each is grade else 0.025 for each in GRADES), {"AU4": float(grade)})
            for grade in grades
        ]
