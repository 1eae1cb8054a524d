"""The 68 landmarks of the iBUG scheme and the five of MTCNN as points fixed to the head's mesh.

Order of the 68 (Sagonas et al., 300 Faces in-the-Wild, 2013): 0-16 jaw from the person's right ear to the left, 17-21
right brow, 22-26 left brow, 27-30 bridge of the nose, 31-35 base of the nose, 36-41 right eye, 42-47 left eye, 48-59
outer lips, 60-67 inner lips.
"""

from __future__ import annotations

import functools
from typing import Final

import numpy as np
from scipy.spatial import cKDTree

from peea.synthetic.head_mesh import HeadMesh, head_mesh
from peea.synthetic.skin import brow_line

JAW: Final = ((0.775, 7.20, 0.30), (0.755, 7.02, 0.35), (0.72, 6.84, 0.45), (0.66, 6.66, 0.55), (0.58, 6.49, 0.70),
              (0.47, 6.34, 0.85), (0.33, 6.245, 1.05), (0.17, 6.205, 1.20), (0.0, 6.195, 1.30))  # fmt: skip
"""Template (x, y) of the left jaw from the ear to the chin, and the least z, in front of the neck."""

EYE: Final = ((0.204, 7.272), (0.265, 7.327), (0.355, 7.328), (0.435, 7.285), (0.365, 7.247), (0.275, 7.250))
"""Left eye: inner corner, upper lid inner and outer third, outer corner, lower lid outer and inner third."""

NOSE_BRIDGE: Final = ((0.0, 7.31), (0.0, 7.21), (0.0, 7.11), (0.0, 7.01))
NOSE_BASE: Final = ((0.0, 6.885), (0.07, 6.895), (0.135, 6.915))
OUTER_LIPS: Final = ((0.265, 6.612), (0.17, 6.665), (0.055, 6.690), (0.0, 6.680))
OUTER_LIPS_LOW: Final = ((0.16, 6.520), (0.08, 6.500), (0.0, 6.495))
INNER_UPPER: Final = ((0.215, 6.612), (0.09, 6.617), (0.0, 6.613))
INNER_LOWER: Final = ((0.09, 6.607), (0.0, 6.603))
MTCNN_EYE_UP: Final = 0.040
MTCNN_NOSE_DOWN: Final = 0.045
"""In inter-ocular distances: MTCNN marks the pupil, above the middle of the eye's corners, and the nose below its
bridge's end. Measured as its mean error on random stills."""


@functools.cache
def _front_tree() -> tuple[cKDTree, np.ndarray]:
    mesh = head_mesh()
    normals = mesh.normals(mesh.template)
    skin = np.arange(len(mesh.template))[mesh.parts["skin"].vertices]
    outside = skin[(normals[skin, 2] > 0.0) & (mesh.template[skin, 2] > 0.2) & (mesh.mouth[skin] < 0.6)]
    return cKDTree(mesh.template[outside, :2]), outside


def _nearest(mesh: HeadMesh, x: float, y: float) -> int:
    """Return the outermost front vertex near a template position."""
    tree, index = _front_tree()
    distance, found = tree.query((x, y), k=6)
    candidates = index[found]
    score = mesh.template[candidates, 2] - 6.0 * distance
    return int(candidates[np.argmax(score)])


def _jaw_vertex(mesh: HeadMesh, x: float, y: float, least_z: float) -> int:
    """Return the skin vertex of the jaw's contour nearest to a template position, in front of `least_z`."""
    skin = mesh.parts["skin"].vertices
    template = mesh.template[skin]
    distance = np.hypot(template[:, 0] - x, template[:, 1] - y)
    hidden = (template[:, 2] < least_z) | (mesh.mouth[skin] > 0.3) | (mesh.normals(mesh.template)[skin, 2] < -0.3)
    return int(np.argmin(distance + 9.0 * hidden)) + skin.start


@functools.cache
def landmark_vertices() -> np.ndarray:
    """Return (68,) indices of head vertices."""
    mesh = head_mesh()

    def at(x: float, y: float) -> int:
        return _nearest(mesh, x, y)

    def mirrored(points: tuple[tuple[float, float], ...], sign: int) -> list[int]:
        return [at(sign * x, y) for x, y in points]

    right_jaw = [_jaw_vertex(mesh, -x, y, z) for x, y, z in JAW]
    left_jaw = [_jaw_vertex(mesh, x, y, z) for x, y, z in JAW[-2::-1]]
    brow_x, brow_y = brow_line(np.array((1.0, 0.75, 0.5, 0.25, 0.0)), 0.0)
    right_brow = [at(-x, y) for x, y in zip(brow_x, brow_y, strict=True)]
    left_brow = [at(x, y) for x, y in zip(brow_x[::-1], brow_y[::-1], strict=True)]
    nose = mirrored(NOSE_BRIDGE, 1) + mirrored(NOSE_BASE[:0:-1], -1) + mirrored(NOSE_BASE, 1)
    right_eye = [at(-EYE[k][0], EYE[k][1]) for k in (3, 2, 1, 0, 5, 4)]
    left_eye = mirrored(EYE, 1)
    outer = (
        mirrored(OUTER_LIPS, -1)[:3] + mirrored(OUTER_LIPS[::-1], 1) + mirrored(OUTER_LIPS_LOW, 1)
        + mirrored(OUTER_LIPS_LOW[1::-1], -1)
    )  # fmt: skip
    inner = (
        mirrored(INNER_UPPER[:2], -1) + mirrored(INNER_UPPER[::-1], 1) + mirrored(INNER_LOWER, 1)
        + mirrored(INNER_LOWER[:1], -1)
    )  # fmt: skip
    return np.array(right_jaw + left_jaw + right_brow + left_brow + nose + right_eye + left_eye + outer + inner)


def mtcnn_points(landmarks: np.ndarray, eye_centers: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return the five points that MTCNN marks, in body coordinates.

    Args:
        landmarks: (68, 3) body positions; eye_centers: (3,) middle of the eye's corners by "left" and "right".
    """
    apart = float(np.linalg.norm(eye_centers["left"] - eye_centers["right"]))
    higher = np.array((0.0, MTCNN_EYE_UP * apart, 0.0))
    lower = np.array((0.0, MTCNN_NOSE_DOWN * apart, 0.0))
    return {
        "mtcnn_right_eye": eye_centers["right"] + higher,
        "mtcnn_left_eye": eye_centers["left"] + higher,
        "mtcnn_nose": landmarks[30] - lower,
        "mtcnn_mouth_right": landmarks[48],
        "mtcnn_mouth_left": landmarks[54],
    }
