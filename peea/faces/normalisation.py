"""From a face in a frame to a crop of one size, eyes level: the second step of [P].

The crop is a square, upright in the face's own frame. Its unit of length is the quadratic mean of the distance between
the eyes and the distance from eyes to mouth (in proportion to the former): a turned head shortens the first, a raised
chin the second, so that neither blows the face up as either distance alone would.
"""

from __future__ import annotations

import math
from typing import Final

import cv2
import numpy as np

RIGHT_EYE: Final = 0
LEFT_EYE: Final = 1
NOSE: Final = 2
RIGHT_MOUTH: Final = 3
LEFT_MOUTH: Final = 4
"""Rows of the five landmarks; right and left are the person's."""

EYES_TO_MOUTH: Final = 1.15
"""Distance from the line of the eyes to that of the mouth, in distances between the eyes, of a face seen from in front:
40.6 to 35.2 in the five-point template of ArcFace (Deng et al., CVPR 2019) for 112 px crops."""

FACE_SQUARE: Final = 2.4
"""Side of the square from mid-forehead to chin, in units of length as above: adult faces have the eyes half way up the
head and the chin about two distances between the eyes below them."""

DEFAULT_SIZE_PX: Final = 256
DEFAULT_MARGIN: Final = 0.15


class LandmarksError(ValueError):
    """Landmarks that are no face: wrong shape, not finite, or all in one place."""


def face_frame(landmarks: np.ndarray) -> tuple[np.ndarray, float, float]:
    """Return where a face is: centre (2,), unit of length in pixels, tilt in radians (0 level, positive clockwise).

    Args:
        landmarks: (5, 2) x, y in pixels, in the order of `Detection.landmarks`.

    Raises:
        LandmarksError: the landmarks are no face.
    """
    points = np.asarray(landmarks, np.float64)
    if points.shape != (5, 2) or not np.isfinite(points).all():
        raise LandmarksError(f"a face has five finite landmarks (x, y); got {points.tolist()}")
    eyes = points[[RIGHT_EYE, LEFT_EYE]]
    middle_of_eyes = eyes.mean(0)
    middle_of_mouth = points[[RIGHT_MOUTH, LEFT_MOUTH]].mean(0)
    across = eyes[1] - eyes[0]
    between_eyes = math.hypot(*across)
    if between_eyes < 1:
        raise LandmarksError("both eyes are in one place; this is no face that can be levelled")
    tilt = math.atan2(across[1], across[0])
    down = np.array([-across[1], across[0]]) / between_eyes
    to_mouth = abs(float((middle_of_mouth - middle_of_eyes) @ down))
    unit = math.sqrt((between_eyes**2 + (to_mouth / EYES_TO_MOUTH) ** 2) / 2)
    return (middle_of_eyes + middle_of_mouth) / 2, unit, tilt


def alignment(landmarks: np.ndarray, size: int = DEFAULT_SIZE_PX, margin: float = DEFAULT_MARGIN) -> np.ndarray:
    """Return the (2, 3) matrix that takes pixels of the frame to pixels of the crop.

    Raises:
        LandmarksError: the landmarks are no face.
    """
    centre, unit, tilt = face_frame(landmarks)
    return square_to_patch(centre, FACE_SQUARE * (1 + 2 * margin) * unit, tilt, size)


def square_to_patch(centre: np.ndarray, side: float, tilt: float, size: int) -> np.ndarray:
    """Return the (2, 3) matrix that takes a tilted square of the frame to a patch of `size` pixels."""
    scale = size / side
    cosine, sine = scale * math.cos(tilt), scale * math.sin(tilt)
    turned = np.array([[cosine, sine], [-sine, cosine]])
    # Pixel centres: the middle of the patch is at (size - 1) / 2.
    offset = (size - 1) / 2 - turned @ np.asarray(centre, np.float64)
    return np.column_stack([turned, offset])


def cut(image: np.ndarray, matrix: np.ndarray, size: int) -> np.ndarray:
    """Return the (size, size, 3) patch of an image; shrinking averages over the pixels, so that nothing aliases.

    What lies outside the image repeats its edge.
    """
    scale = math.hypot(matrix[0, 0], matrix[1, 0])
    if scale < 0.6:
        # cv2.warpAffine samples four pixels, however many a pixel of the patch covers: average the neighbourhood first.
        image, matrix = _shrunk_neighbourhood(image, matrix, size, scale)
    flags = cv2.INTER_CUBIC if math.hypot(matrix[0, 0], matrix[1, 0]) > 1.2 else cv2.INTER_LINEAR
    return cv2.warpAffine(image, matrix, (size, size), flags=flags, borderMode=cv2.BORDER_REPLICATE)


def _shrunk_neighbourhood(
    image: np.ndarray, matrix: np.ndarray, size: int, scale: float
) -> tuple[np.ndarray, np.ndarray]:
    inverse = cv2.invertAffineTransform(matrix)
    corners = np.array([[0, 0, 1], [size, 0, 1], [0, size, 1], [size, size, 1]]) @ inverse.T
    height, width = image.shape[:2]
    x0, y0 = np.clip(np.floor(corners.min(0)).astype(int) - 2, 0, [width - 1, height - 1])
    x1, y1 = np.clip(np.ceil(corners.max(0)).astype(int) + 2, [x0 + 1, y0 + 1], [width, height])
    part = image[y0:y1, x0:x1]
    small_width, small_height = (max(1, round(side * scale)) for side in (x1 - x0, y1 - y0))
    small = cv2.resize(part, (small_width, small_height), interpolation=cv2.INTER_AREA)
    scale_x, scale_y = small_width / (x1 - x0), small_height / (y1 - y0)
    # frame = part / scale + corner, in pixel centres.
    to_frame = np.array(
        [[1 / scale_x, 0, x0 + 0.5 / scale_x - 0.5], [0, 1 / scale_y, y0 + 0.5 / scale_y - 0.5], [0, 0, 1]]
    )
    return small, matrix @ to_frame


def normalise(
    image: np.ndarray, landmarks: np.ndarray, size: int = DEFAULT_SIZE_PX, margin: float = DEFAULT_MARGIN
) -> np.ndarray:
    """Return the normalised face: (size, size, 3) uint8 RGB, eyes level, `margin` around the face's square.

    Args:
        image: (height, width, 3) uint8 RGB.
        landmarks: (5, 2) x, y in pixels, in the order of `Detection.landmarks`.
        size: side of the crop in pixels.
        margin: on every side of the square from mid-forehead to chin, as a share of its side.

    Raises:
        LandmarksError: the landmarks are no face.
    """
    return cut(image, alignment(landmarks, size, margin), size)
