"""Constructed faces: landmarks of a standard face moved, turned and scaled, and detections around them."""

from __future__ import annotations

import math

import numpy as np

from peea.faces import Detection
from peea.faces.detection import box_around

STANDARD_FACE = np.array([[-0.5, -0.5], [0.5, -0.5], [0.0, 0.05], [-0.4, 0.6], [0.4, 0.6]])
"""Right eye, left eye, nose, mouth corners of a frontal face with eyes 1 apart, around its middle."""


def landmarks_at(x: float, y: float, eyes_px: float, roll_deg: float = 0.0, yaw_deg: float = 0.0) -> np.ndarray:
    """(5, 2) landmarks of a face with its middle at x, y; turning shortens widths and shifts the nose."""
    face = STANDARD_FACE.copy()
    face[:, 0] *= math.cos(math.radians(yaw_deg))
    face[2, 0] += 0.55 * math.sin(math.radians(yaw_deg))
    cosine, sine = math.cos(math.radians(roll_deg)), math.sin(math.radians(roll_deg))
    turned = face @ np.array([[cosine, sine], [-sine, cosine]])
    return turned * eyes_px + np.array([x, y])


def face_at(x: float, y: float, eyes_px: float = 60.0, confidence: float = 0.99) -> Detection:
    """A detection of an upright face."""
    landmarks = landmarks_at(x, y, eyes_px)
    return Detection(box=box_around(landmarks), landmarks=landmarks.astype(np.float32), confidence=confidence)
