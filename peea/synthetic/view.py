"""How a synthetic patient is looked at: head pose, camera, lights; and what comes out of the renderer."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True)
class View:
    """Pose of the head and position of the camera.

    Attributes:
        yaw_deg, pitch_deg, roll_deg: rotation of the head relative to the camera; 0, 0, 0 is frontal and upright.
            Positive yaw turns the face towards the picture's right, positive pitch raises the chin, positive roll
            tilts the head clockwise in the picture.
        lying: the trunk follows the head's roll as it does on a pillow; otherwise shoulders stay upright.
        face_height: height of the face (hairline to chin) as a share of the picture's height; stands for distance.
        center: (x, y) of the face's centre as a share of the picture's width and height.
    """

    yaw_deg: float = 0.0
    pitch_deg: float = 0.0
    roll_deg: float = 0.0
    lying: bool = False
    face_height: float = 0.6
    center: tuple[float, float] = (0.5, 0.5)


@dataclass(frozen=True)
class Light:
    """A directional light: direction towards it in camera space (x right, y up, z to the camera), linear RGB power."""

    direction: tuple[float, float, float]
    color: tuple[float, float, float]


@dataclass(frozen=True)
class Lighting:
    """Up to three directional lights (the first two cast shadows) and an ambient term, linear RGB."""

    lights: tuple[Light, ...] = (Light((-0.5, 0.6, 0.7), (0.9, 0.88, 0.85)), Light((0.7, 0.4, 0.5), (0.3, 0.32, 0.35)))
    ambient: tuple[float, float, float] = (0.28, 0.29, 0.30)


@dataclass(frozen=True, eq=False)
class Rendering:
    """A rendered head over nothing.

    Attributes:
        color: (height, width, 3) float32 linear RGB, premultiplied by alpha.
        alpha: (height, width) float32 coverage 0-1.
        landmarks: (68, 2) float32 x, y in pixels, in the order of the iBUG 68-point scheme.
        visible: (68,) bool, False where the head itself hides the landmark or it lies outside the picture.
        extra: named points in pixels, e.g. "mtcnn_right_eye" (centre of the eye).
    """

    color: np.ndarray
    alpha: np.ndarray
    landmarks: np.ndarray
    visible: np.ndarray
    extra: dict[str, tuple[float, float]] = field(default_factory=dict)
