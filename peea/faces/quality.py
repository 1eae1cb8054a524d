"""Whether a face can be graded, and why not. Pure: pixels and landmarks in, measurements and `Problem`s out."""

from __future__ import annotations

import functools
import math
from typing import Final

import cv2
import numpy as np

from peea.faces.face import Detection, Problem, Quality
from peea.faces.normalisation import (
    FACE_SQUARE,
    LEFT_EYE,
    LEFT_MOUTH,
    NOSE,
    RIGHT_EYE,
    RIGHT_MOUTH,
    face_frame,
)
from peea.faces.rules import FaceRules

LUMA_WEIGHTS: Final = (0.299, 0.587, 0.114)
"""Luma of gamma-coded RGB (ITU-R BT.601), 0-255."""

WHITE_FROM: Final = 250
"""Luma from which a pixel counts as burnt out."""

_INNER_FACE: Final = (0.85, 1.25)
"""Half axes of the ellipse from brows to chin, without hair and background, in units of `face_frame`."""

_SHARPNESS_PX: Final = 128
"""Side of the crop on which sharpness is measured: the same for all faces, so that the measure does not depend on the
distance. A face whose eyes are 41 px apart or more has its full detail there."""

_REBLUR_PX: Final = 9
"""Width of the box that blurs once more, Crete's value."""

_NOSE_FORWARD: Final = 0.63
"""How far the tip of the nose stands out from the plane of eyes and mouth corners, in units of `face_frame`, as MTCNN
places its landmarks."""

_CUT_OFF_GRID: Final = 24
"""Points a side at which the face's square is tested for lying in the frame: steps of 0.2 %."""

SEVERITY: Final[tuple[Problem, ...]] = tuple(Problem)
"""Problems in the order in which they are reported, worst first."""


def luma(image: np.ndarray) -> np.ndarray:
    """Return the (height, width) uint8 luma of an RGB image."""
    return cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)


@functools.lru_cache(maxsize=8)
def inner_face(size: int, margin: float) -> np.ndarray:
    """Return the (size, size) bool mask of the face without hair and background in a crop with this margin."""
    unit = size / (FACE_SQUARE * (1 + 2 * margin))
    middle = (size - 1) / 2
    y, x = np.mgrid[:size, :size]
    mask = ((x - middle) / (_INNER_FACE[0] * unit)) ** 2 + ((y - middle) / (_INNER_FACE[1] * unit)) ** 2 <= 1
    mask.flags.writeable = False
    return mask


def face_brightness(crop: np.ndarray, margin: float) -> float:
    """Return the mean luma, 0-255, of the face in a normalised crop, without hair and background."""
    return float(luma(crop)[inner_face(crop.shape[0], margin)].mean())


def burnt_out_share(crop: np.ndarray, margin: float) -> float:
    """Return the share, 0-1, of the face in a normalised crop that is burnt out to white."""
    return float((luma(crop)[inner_face(crop.shape[0], margin)] >= WHITE_FROM).mean())


def sharpness(crop: np.ndarray, margin: float) -> float:
    """Return how sharp a normalised face is: 0 blurred to nothing, 1 as sharp as pixels allow.

    It is 1 minus the perceptual blur of Crete et al. ("The blur effect", SPIE 6492, 2007): how much of the difference
    between neighbouring pixels remains if the picture is blurred once more. A sharp picture loses most of it, a blurred
    one little. The worse of the two directions counts (motion blurs one). Measured within the face on a crop of 128 px,
    slightly smoothed, since noise would pass for detail.
    """
    grey = cv2.resize(luma(crop), (_SHARPNESS_PX, _SHARPNESS_PX), interpolation=cv2.INTER_AREA).astype(np.float32)
    small = cv2.GaussianBlur(grey, (3, 3), 0)
    mask = inner_face(_SHARPNESS_PX, margin)
    lost_shares = []
    for axis, kernel in ((1, (_REBLUR_PX, 1)), (0, (1, _REBLUR_PX))):
        reblurred = cv2.blur(small, kernel)
        inside = mask[:, 1:] if axis else mask[1:]
        before = np.abs(np.diff(small, axis=axis))[inside]
        after = np.abs(np.diff(reblurred, axis=axis))[inside]
        total = float(before.sum())
        lost_shares.append(float(np.maximum(0, before - after).sum()) / total if total > 0 else 0.0)
    return min(lost_shares)


def yaw_deg(landmarks: np.ndarray) -> float:
    """Return the estimated turn of the head in degrees: 0 frontal, positive towards the picture's right.

    The nose stands out from the plane of eyes and mouth, so that turning shifts it sideways against their middle:
    shift = forward * sin(yaw). The estimate saturates at 90 degrees.
    """
    points = np.asarray(landmarks, np.float64)
    _, unit, tilt = face_frame(points)
    across = np.array([math.cos(tilt), math.sin(tilt)])
    middle = points[[RIGHT_EYE, LEFT_EYE, RIGHT_MOUTH, LEFT_MOUTH]].mean(0)
    shift = float((points[NOSE] - middle) @ across) / unit
    return math.degrees(math.asin(max(-1.0, min(1.0, shift / _NOSE_FORWARD))))


def cut_off_share(landmarks: np.ndarray, width: int, height: int) -> float:
    """Return the share, 0-1, of the face's square (mid-forehead to chin) that lies outside a frame of this size."""
    centre, unit, tilt = face_frame(landmarks)
    steps = (np.arange(_CUT_OFF_GRID) + 0.5) / _CUT_OFF_GRID - 0.5
    x, y = np.meshgrid(steps, steps)
    cosine, sine = math.cos(tilt), math.sin(tilt)
    side = FACE_SQUARE * unit
    in_frame_x = centre[0] + side * (cosine * x - sine * y)
    in_frame_y = centre[1] + side * (sine * x + cosine * y)
    inside = (in_frame_x >= 0) & (in_frame_x < width) & (in_frame_y >= 0) & (in_frame_y < height)
    return float(1 - inside.mean())


def between_eyes_px(landmarks: np.ndarray) -> float:
    """Return the distance between the eyes in pixels of the frame."""
    return float(np.hypot(*(np.asarray(landmarks, np.float64)[LEFT_EYE] - landmarks[RIGHT_EYE])))


def judge(
    detection: Detection,
    crop: np.ndarray,
    frame_size: tuple[int, int],
    rules: FaceRules,
    *,
    brightness: float | None = None,
    covered: float = 0.0,
    dim: bool = False,
    gain: float = 1.0,
) -> Quality:
    """Return the quality of a face.

    Args:
        detection: where it is.
        crop: its normalised crop, as it would be graded.
        frame_size: width and height of the frame in pixels.
        rules: thresholds.
        brightness: mean luma of the face in the frame as recorded, if `crop` comes from a brightened copy.
        covered: how much speaks for something covering it, 0-1, see `peea.faces.covering`.
        dim: `crop` comes from a brightened copy.
        gain: factor of that brightening.
    """
    limits = rules.quality
    margin = rules.normalisation.margin
    graded_brightness = face_brightness(crop, margin)
    brightness = graded_brightness if brightness is None else brightness
    sharp = sharpness(crop, margin)
    size_px = between_eyes_px(detection.landmarks)
    yaw = yaw_deg(detection.landmarks)
    found = {
        Problem.TOO_DARK: brightness < limits.darkest,
        Problem.TOO_BRIGHT: graded_brightness > limits.brightest or burnt_out_share(crop, margin) > limits.burnt_out,
        Problem.COVERED: covered > limits.most_covered,
        Problem.TURNED_AWAY: abs(yaw) > limits.widest_yaw_deg,
        Problem.CUT_OFF: cut_off_share(detection.landmarks, *frame_size) > limits.most_cut_off,
        Problem.TOO_SMALL: size_px < limits.smallest_px,
        Problem.BLURRED: sharp < limits.least_sharpness,
    }
    return Quality(
        problems=tuple(problem for problem in SEVERITY if found.get(problem, False)),
        brightness=brightness,
        sharpness=sharp,
        size_px=size_px,
        yaw_deg=yaw,
        dim=dim,
        gain=gain,
    )
