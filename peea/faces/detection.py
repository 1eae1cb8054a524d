"""Finding faces: the MTCNN cascade over a whole frame, and its last network alone on a known place.

The networks are in `peea.faces.mtcnn`. What is here, and ours: searching a copy of bounded size, and reading landmarks
off upright patches, which steadies them and lets a face be followed cheaply.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import cv2
import numpy as np

from peea.faces import mtcnn
from peea.faces.face import Detection
from peea.faces.normalisation import LandmarksError, cut, face_frame, square_to_patch
from peea.faces.rules import DetectionRules

_log = logging.getLogger(__name__)

_SMALLEST_SEARCH_PX: Final = 12
"""P-Net's window: no smaller face can be searched for."""

_PATCH_SIDE: Final = 2.5
_PATCH_RISE: Final = 0.15
"""Side of the square that O-Net is shown of a known face, and how far its middle lies above the face's centre, in units
of `normalisation.face_frame`. O-Net is surest for sides from 2.4 to 2.7 and a rise from 0 to 0.3."""

_PATCH_SCALES: Final = (1.0, 1.1, 0.95, 1.05)
"""Scales of the patches over which landmarks are averaged, the plain one first. Each is shown as it is and mirrored:
what O-Net misplaces to one side it misplaces in the mirror to the other, which takes a quarter off the tilt's error."""


def find_faces(image: np.ndarray, rules: DetectionRules | None = None) -> tuple[Detection, ...]:
    """Search a whole frame for faces with the MTCNN cascade, each candidate looked at once more upright by O-Net.

    Args:
        image: (height, width, 3) uint8 RGB.
        rules: thresholds; the defaults if None.

    Returns:
        Every face found, the surest first.

    Raises:
        ValueError: the image has the wrong shape or type.
    """
    rules = rules or DetectionRules()
    check_image(image)
    scale = min(1.0, rules.search_side_px / max(image.shape[:2]))
    searched = image
    if scale < 1:
        size = (max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale)))
        searched = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    boxes, landmarks = _cascade(searched, rules)
    candidates = [
        Detection(
            box=(box[:4] / scale).astype(np.float32),
            landmarks=(points / scale).astype(np.float32),
            confidence=float(box[4]),
        )
        for box, points in zip(boxes, landmarks, strict=True)
    ]
    found = [face for face in (_seen_upright(image, one, rules) for one in candidates) if face is not None]
    return _without_doubles(sorted(found, key=lambda face: -face.confidence))


def _seen_upright(image: np.ndarray, candidate: Detection, rules: DetectionRules) -> Detection | None:
    """Return a candidate if it is a face as found or as seen upright, with the landmarks of the upright look."""
    try:
        upright = refine(image, candidate, rules)
    except LandmarksError as error:
        _log.debug("a candidate came apart when seen upright (%s)", error)
        return None
    confidence = max(candidate.confidence, upright.confidence)
    if confidence < rules.face_confidence:
        return None
    if upright.confidence < rules.candidate_confidence:
        return candidate
    return replace(upright, confidence=confidence)


def _without_doubles(faces: Sequence[Detection]) -> tuple[Detection, ...]:
    """Leave out faces whose middle lies within the box of a surer one: the same face found twice."""
    kept: list[Detection] = []
    for face in faces:
        x, y = (face.box[:2] + face.box[2:]) / 2
        if not any(one.box[0] <= x <= one.box[2] and one.box[1] <= y <= one.box[3] for one in kept):
            kept.append(face)
    return tuple(kept)


def refine(image: np.ndarray, face: Detection, rules: DetectionRules | None = None, widening: float = 1.0) -> Detection:
    """Look once more, with O-Net alone, at the place of a face, upright patch by upright patch.

    The landmarks are the mean over slightly different patches and their mirror images (`landmark_patches`); the
    confidence is that of the plain patch and its mirror image. It serves both to steady the landmarks of a face just
    found and to follow a face into the next frame.

    Args:
        image: (height, width, 3) uint8 RGB.
        face: where the face is, or was a moment ago.
        rules: thresholds; the defaults if None.
        widening: factor on the patch, for a face that may have moved.

    Returns:
        The face as O-Net sees it; check its confidence.

    Raises:
        LandmarksError: `face` has landmarks that are no face.
    """
    rules = rules or DetectionRules()
    points, confidences = landmarks_by_patch(image, face.landmarks, rules.landmark_patches, widening)
    landmarks = points.mean(0)
    return Detection(
        box=box_around(landmarks),
        landmarks=landmarks.astype(np.float32),
        confidence=float(confidences[[0, rules.landmark_patches]].mean()),
    )


def landmarks_by_patch(
    image: np.ndarray, landmarks: np.ndarray, patches: int, widening: float = 1.0
) -> tuple[np.ndarray, np.ndarray]:
    """Ask O-Net for the landmarks of a face on several upright patches and on their mirror images.

    Returns:
        Landmarks (2 * patches, 5, 2) in pixels of the image and confidences (2 * patches,): first of the patches, then
        of the mirror images.

    Raises:
        LandmarksError: `landmarks` are no face.
    """
    matrices = [_patch_matrix(landmarks, scale * widening) for scale in _PATCH_SCALES[:patches]]
    plain = np.stack([cut(image, matrix, mtcnn.PATCH_PX) for matrix in matrices])
    in_patches, confidences = mtcnn.ask_output_network(np.concatenate([plain, plain[:, :, ::-1]]))
    mirrored = in_patches[patches:]
    mirrored[..., 0] = mtcnn.PATCH_PX - 1 - mirrored[..., 0]
    in_patches[patches:] = mirrored[:, _MIRRORED]
    points = []
    for matrix, in_patch in zip([*matrices, *matrices], in_patches, strict=True):
        to_frame = cv2.invertAffineTransform(matrix)
        points.append(in_patch @ to_frame[:, :2].T + to_frame[:, 2])
    return np.array(points), confidences


def confidence_of_lower_half(image: np.ndarray, landmarks: np.ndarray) -> float:
    """Return O-Net's confidence in a face whose upper half is blanked out: how sure the lower half alone makes it.

    Raises:
        LandmarksError: `landmarks` are no face.
    """
    patch = cut(image, _patch_matrix(landmarks, 1.0), mtcnn.PATCH_PX).copy()
    patch[: mtcnn.PATCH_PX // 2] = patch.reshape(-1, 3).mean(0)
    return float(mtcnn.ask_output_network(patch[None])[1][0])


def _patch_matrix(landmarks: np.ndarray, scale: float) -> np.ndarray:
    centre, unit, tilt = face_frame(landmarks)
    up = np.array([math.sin(tilt), -math.cos(tilt)])
    return square_to_patch(centre + up * (_PATCH_RISE * unit), _PATCH_SIDE * unit * scale, tilt, mtcnn.PATCH_PX)


_MIRRORED: Final = [1, 0, 2, 4, 3]
"""Which landmark takes the place of which in a mirror."""

_BOX_WIDTH: Final = 2.25
_BOX_HEIGHT: Final = 2.95
_BOX_RISE: Final = 0.28
"""MTCNN's box of a face in units of `normalisation.face_frame`, as the cascade draws it around upright faces: its width
and height, and how far its middle lies above the face's centre."""


def box_around(landmarks: np.ndarray) -> np.ndarray:
    """Return the (4,) float32 box x0, y0, x1, y1 that the cascade would draw around these landmarks.

    Raises:
        LandmarksError: the landmarks are no face.
    """
    centre, unit, tilt = face_frame(landmarks)
    middle = centre + _BOX_RISE * unit * np.array([math.sin(tilt), -math.cos(tilt)])
    half = np.array([_BOX_WIDTH, _BOX_HEIGHT]) / 2 * unit
    return np.concatenate([middle - half, middle + half]).astype(np.float32)


def check_image(image: np.ndarray) -> None:
    """Refuse what is no frame.

    Raises:
        ValueError: the image is not (height, width, 3) uint8, or has no pixels.
    """
    if image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8 or 0 in image.shape:
        raise ValueError(f"a frame must be (height, width, 3) uint8 RGB; got {image.shape} {image.dtype}")


def _cascade(image: np.ndarray, rules: DetectionRules) -> tuple[np.ndarray, np.ndarray]:
    """Return boxes with confidence (N, 5) and landmarks (N, 5, 2) of one image."""
    shorter = min(image.shape[:2])
    smallest = max(_SMALLEST_SEARCH_PX, rules.smallest_face * shorter)
    if shorter < smallest:
        return np.zeros((0, 5)), np.zeros((0, 5, 2))
    thresholds = (rules.proposal_confidence, rules.refinement_confidence, rules.candidate_confidence)
    return mtcnn.cascade(image, smallest, thresholds, rules.pyramid_factor)
