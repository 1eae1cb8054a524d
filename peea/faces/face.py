"""The values that travel between detection, normalisation, quality and grading."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np


class Problem(StrEnum):
    """Why a frame cannot be graded, or (DIM) a remark on one that can. The worst comes first in `Quality.problems`."""

    NO_FACE = "no_face"
    TOO_DARK = "too_dark"
    TOO_BRIGHT = "too_bright"
    COVERED = "covered"
    TURNED_AWAY = "turned_away"
    CUT_OFF = "cut_off"
    TOO_SMALL = "too_small"
    BLURRED = "blurred"


@dataclass(frozen=True, eq=False)
class Detection:
    """A face as found by MTCNN in one frame.

    Attributes:
        box: (4,) float32 x0, y0, x1, y1 in pixels of the frame; may reach past the frame's edge.
        landmarks: (5, 2) float32 x, y in pixels: the person's right eye (left in the picture), left eye, nose tip,
            right and left mouth corner, in the order of facenet-pytorch.
        confidence: O-Net's probability that this is a face, 0-1.
    """

    box: np.ndarray
    landmarks: np.ndarray
    confidence: float


@dataclass(frozen=True)
class Quality:
    """Whether a face can be graded, and the measurements behind the answer.

    Attributes:
        problems: what stands in the way, worst first; empty if the face is usable.
        brightness: mean luma of the face region in the original frame, 0-255.
        sharpness: focus measure of the normalised face (the unit is documented in `peea.faces.quality`).
        size_px: inter-ocular distance in pixels of the frame.
        yaw_deg: estimated head turn in degrees, 0 frontal, positive towards the picture's right.
        dim: the frame was so dark that the face was found or graded in a brightened copy.
        gain: factor of that brightening, 1.0 if none.
    """

    problems: tuple[Problem, ...]
    brightness: float
    sharpness: float
    size_px: float
    yaw_deg: float
    dim: bool = False
    gain: float = 1.0

    @property
    def usable(self) -> bool:
        """True if nothing stands in the way of grading."""
        return not self.problems


@dataclass(frozen=True, eq=False)
class Face:
    """The patient's face in one frame.

    Attributes:
        detection: where it was found.
        crop: (size, size, 3) uint8 RGB, eyes level, the named margin around it (see `peea.faces.normalisation`).
        quality: whether it can be graded, and why not.
        other_faces: number of further faces seen in the last full search of the frame.
    """

    detection: Detection
    crop: np.ndarray
    quality: Quality
    other_faces: int = 0


@dataclass(frozen=True, eq=False)
class Sighting:
    """What was seen of the patient in one frame: a face, graded or not, or the reason why there is none.

    Attributes:
        face: the patient's face, or None. A face with problems is shown to the user but not graded.
        problems: why this frame cannot be graded, worst first; empty if it can. Without a face NO_FACE or TOO_DARK.
        brightness: mean luma, 0-255, of the face in the frame as recorded, or of the whole frame without a face.
        dim: the frame was looked at in a brightened copy, too.
        gain: factor of that brightening, 1.0 if none.
        other_faces: faces of other people in the last full search of the frame.
    """

    face: Face | None
    problems: tuple[Problem, ...]
    brightness: float
    dim: bool = False
    gain: float = 1.0
    other_faces: int = 0

    @property
    def usable(self) -> bool:
        """True if there is a face and nothing stands in the way of grading it."""
        return self.face is not None and not self.problems
