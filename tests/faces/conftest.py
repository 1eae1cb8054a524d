"""Rendered faces to look at: two people, and frames put together from them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
import pytest
import torch  # noqa: F401 - must be loaded before EGL's software renderer, else the process crashes

Place = tuple["Portrait", float, float, float]
"""Who, middle of the face x and y in pixels, distance between the eyes in pixels."""


@dataclass(frozen=True, eq=False)
class Portrait:
    """A rendered head: (size, size, 3) linear light times alpha, alpha, and the true five landmarks."""

    color: np.ndarray
    alpha: np.ndarray
    landmarks: np.ndarray


@pytest.fixture(scope="session")
def portraits() -> dict[str, Portrait]:
    """Two calm people: "patient" and "visitor"."""
    from peea.synthetic.expression import Expression
    from peea.synthetic.person import Person
    from peea.synthetic.renderer import FaceRenderer
    from peea.synthetic.seeds import SHEET_PEOPLE
    from peea.synthetic.truth import FIVE_POINTS
    from peea.synthetic.view import Lighting, View

    renderer = FaceRenderer(400, 400)
    people = {}
    for name, seed in (("patient", SHEET_PEOPLE[901]), ("visitor", SHEET_PEOPLE[902])):
        renderer.load(Person.from_seed(seed))
        rendering = renderer.render(Expression(), View(face_height=0.55), Lighting())
        five = np.array([rendering.extra[f"mtcnn_{point}"] for point in FIVE_POINTS])
        people[name] = Portrait(rendering.color, rendering.alpha, five)
    return people


def wall(width: int, height: int) -> np.ndarray:
    """A plain wall in soft light, linear."""
    ramp = np.linspace(0.25, 0.4, width, dtype=np.float32)[None, :, None]
    return np.broadcast_to(ramp, (height, width, 3)).copy()


@pytest.fixture(scope="session")
def picture() -> Callable[..., tuple[np.ndarray, list[np.ndarray]]]:
    """Puts people before a wall: image (uint8 sRGB) and each one's true landmarks."""

    def make(
        places: list[Place],
        size: tuple[int, int] = (640, 480),
        roll_deg: float = 0.0,
        light: float = 1.0,
        noise: float = 0.004,
    ) -> tuple[np.ndarray, list[np.ndarray]]:
        linear = wall(*size)
        truths = []
        for person, x, y, eyes_px in places:
            eyes = person.landmarks[:2]
            matrix = cv2.getRotationMatrix2D(
                tuple(float(v) for v in person.landmarks.mean(0)),
                -roll_deg,
                eyes_px / float(np.hypot(*(eyes[1] - eyes[0]))),
            )
            matrix[:, 2] += np.array([x, y]) - person.landmarks.mean(0)
            color = cv2.warpAffine(person.color, matrix, size, flags=cv2.INTER_AREA)
            alpha = cv2.warpAffine(person.alpha, matrix, size, flags=cv2.INTER_AREA)[..., None]
            linear = linear * (1 - alpha) + color
            truths.append(person.landmarks @ matrix[:, :2].T + matrix[:, 2])
        grain = np.random.default_rng(7).normal(0, noise, linear.shape)
        coded = np.clip(linear * light + grain * np.sqrt(light), 0, 1) ** (1 / 2.2)
        return (coded * 255 + 0.5).astype(np.uint8), truths

    return make
