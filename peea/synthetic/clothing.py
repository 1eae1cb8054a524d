"""The hospital gown: the template's tights from chest to collar, lifted off the skin, arms let down."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Final

import numpy as np
import scipy.sparse as sparse

from peea.synthetic.anatomy import base_mesh
from peea.synthetic.subdivision import subdivide, triangles

GOWN_FROM_Y: Final = 0.5
LIFT: Final = 0.035
"""Distance of the cloth from the body in dm."""

SHOULDER: Final = (1.35, 5.35)
ARM_DOWN_DEG: Final = 28.0
ARM_FROM, ARM_TO = 0.95, 2.0
"""The template stretches its arms; they hang down by turning about the shoulder (x, y) by this angle, which grows
from ARM_FROM to ARM_TO dm beside the midline."""


OPENING: Final = 1.25
"""Half-width, in dm, within which the gown has a neckline."""


def neckline(x: np.ndarray, z: np.ndarray) -> np.ndarray:
    """Return the template height of the gown's neckline; shaders/plain.frag cuts the same line to the pixel."""
    front = np.clip((z - 0.1) / 0.9, 0, 1)
    return 5.66 + 0.5 * x * x - 0.16 * front * front * (3 - 2 * front)


@dataclass(frozen=True, eq=False)
class GownMesh:
    """The gown on the template: operator (n, 19158) from body vertices, quads, triangles, template (n, 3)."""

    operator: sparse.csr_matrix
    quads: np.ndarray
    triangles: np.ndarray
    template: np.ndarray


@functools.cache
def gown_mesh() -> GownMesh:
    """Build the gown's mesh from the template, once a process."""
    mesh = base_mesh()
    corners = mesh.vertices[mesh.quads]
    x, y, z = corners[:, :, 0], corners[:, :, 1], corners[:, :, 2]
    in_opening = (y > neckline(x, z)) & (np.abs(x) < OPENING)
    kept = mesh.group("helper-tights") & (y.min(1) > GOWN_FROM_Y) & ~in_opening.all(1)
    quads = mesh.quads[kept]
    index, inverse = np.unique(quads, return_inverse=True)
    quads = inverse.reshape(quads.shape)
    step, quads = subdivide(quads, len(index))
    take = sparse.csr_matrix((np.ones(len(index)), (np.arange(len(index)), index)), (len(index), len(mesh.vertices)))
    operator = (step @ take).tocsr()
    return GownMesh(operator, quads, triangles(quads), np.asarray(operator @ mesh.vertices))


def _normals(positions: np.ndarray, quads: np.ndarray) -> np.ndarray:
    across = np.cross(positions[quads[:, 2]] - positions[quads[:, 0]], positions[quads[:, 3]] - positions[quads[:, 1]])
    normals = np.zeros_like(positions)
    for k in range(4):
        np.add.at(normals, quads[:, k], across)
    return normals / (np.linalg.norm(normals, axis=1, keepdims=True) + 1e-9)


def gown_shape(body: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return (n, 3) positions and normals of the gown over a person's (19158, 3) body."""
    gown = gown_mesh()
    positions = np.asarray(gown.operator @ body)
    positions = positions + LIFT * _normals(positions, gown.quads)
    for sign in (1, -1):
        out = sign * gown.template[:, 0]
        near = np.argsort(np.hypot(out - SHOULDER[0], gown.template[:, 1] - SHOULDER[1]))[:24]
        pivot = positions[near].mean(0)
        share = np.clip((out - ARM_FROM) / (ARM_TO - ARM_FROM), 0, 1)
        angle = -sign * np.deg2rad(ARM_DOWN_DEG) * share * share * (3 - 2 * share)
        x, y = positions[:, 0] - pivot[0], positions[:, 1] - pivot[1]
        turned_x, turned_y = x * np.cos(angle) - y * np.sin(angle), x * np.sin(angle) + y * np.cos(angle)
        arm = out > ARM_FROM
        positions[arm, 0] = turned_x[arm] + pivot[0]
        positions[arm, 1] = turned_y[arm] + pivot[1]
    return positions, _normals(positions, gown.quads)
