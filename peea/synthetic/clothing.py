"""The hospital gown: the template's tights from chest to collar, lifted off the skin, arms let down."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Final

import numpy as np

from peea.synthetic.anatomy import base_mesh
from peea.synthetic.subdivision import subdivide, triangles

GOWN_FROM_Y: Final = 0.5
LIFT: Final = 0.035
"""Distance of the cloth from the body in dm."""

SHOULDER: Final = (1.35, 5.35)
ARM_DOWN_DEG: Final = 38.0
"""The template stretches its arms; they hang down by turning about the shoulder (x, y) by this angle."""


@dataclass(frozen=True, eq=False)
class GownMesh:
    operator: object
    quads: np.ndarray
    triangles: np.ndarray
    template: np.ndarray


@functools.cache
def gown_mesh() -> GownMesh:
    """Build the gown's mesh from the template, once a process."""
    mesh = base_mesh()
    quads = mesh.quads[mesh.group("helper-tights") & (mesh.vertices[mesh.quads][:, :, 1].min(1) > GOWN_FROM_Y)]
    index, inverse = np.unique(quads, return_inverse=True)
    quads = inverse.reshape(quads.shape)
    step, quads = subdivide(quads, len(index))
    import scipy.sparse as sparse

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
    positions = np.asarray(gown.operator @ body)  # type: ignore[operator]
    positions = positions + LIFT * _normals(positions, gown.quads)
    for sign in (1, -1):
        share = np.clip((sign * gown.template[:, 0] - 0.95) / 0.9, 0, 1)
        angle = -sign * np.deg2rad(ARM_DOWN_DEG) * share * share * (3 - 2 * share)
        x, y = positions[:, 0] - sign * SHOULDER[0], positions[:, 1] - SHOULDER[1]
        turned_x, turned_y = x * np.cos(angle) - y * np.sin(angle), x * np.sin(angle) + y * np.cos(angle)
        arm = sign * gown.template[:, 0] > 0.95
        positions[arm, 0] = turned_x[arm] + sign * SHOULDER[0]
        positions[arm, 1] = turned_y[arm] + SHOULDER[1]
    return positions, _normals(positions, gown.quads)
