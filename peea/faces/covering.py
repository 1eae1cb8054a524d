"""Whether a hand, a mask or a blanket covers the face: by how sure O-Net is of it, and how steadily it sees it.

O-Net learned from people's faces with and without such things. On a covered face it is less sure, its landmarks depend
on how the patch was cut (and mirrored), and the lower half, where hands mostly are, does not pass for a face by itself.
A logistic model weighs these three; its weights were fitted to synthetic stills with and without a hand. It errs on the
side of grading: strong pain, a nasal cannula and a turned head also make O-Net unsure, and none of them may be refused.

Measured on synthetic stills of 256 px (110 people; hand over more than 35 % of the face against no hand): see
`docs` of the release, made by ``python -m peea.training.face_quality``.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from peea.faces.detection import confidence_of_lower_half, landmarks_by_patch
from peea.faces.normalisation import face_frame

_PATCHES: Final = 2
_SURE: Final = 1e-4
"""Confidences nearer to 0 or 1 than this count as this near: their logarithms say nothing more."""

_WEIGHT_OF_CONFIDENCE: Final = -0.544
_WEIGHT_OF_SPREAD: Final = 1.062
_WEIGHT_OF_LOWER_HALF: Final = -0.932
_INTERCEPT: Final = 2.110
"""Of the logistic model: log-odds of both confidences, natural logarithm of the spread of the landmarks in units of
`face_frame`. Fitted with both classes weighing the same."""


def covered(image: np.ndarray, landmarks: np.ndarray) -> float:
    """Return how much speaks for the face being covered, 0 to 1, were covered and free faces equally frequent.

    Args:
        image: (height, width, 3) uint8 RGB.
        landmarks: (5, 2) of the face, in pixels.

    Raises:
        LandmarksError: the landmarks are no face.
    """
    points, confidences = landmarks_by_patch(image, landmarks, _PATCHES)
    unit = face_frame(landmarks)[1]
    spread = max(float(points.std(axis=0).mean()) / unit, 1e-6)
    log_odds = (
        _INTERCEPT
        + _WEIGHT_OF_CONFIDENCE * _log_odds(float(confidences.mean()))
        + _WEIGHT_OF_SPREAD * math.log(spread)
        + _WEIGHT_OF_LOWER_HALF * _log_odds(confidence_of_lower_half(image, landmarks))
    )
    return 1 / (1 + math.exp(-log_odds))


def _log_odds(probability: float) -> float:
    within = min(max(probability, _SURE), 1 - _SURE)
    return math.log(within / (1 - within))
