"""The drawable head: subdivided parts of the template, their attributes, and shape targets carried over to them."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Final

import numpy as np
import scipy.sparse as sparse
from PIL import Image
from scipy.spatial import cKDTree

from peea.synthetic.anatomy import BaseMesh, base_mesh, data_folder
from peea.synthetic.subdivision import subdivide, triangles
from peea.synthetic.texture_space import texture_coordinates

PART_GROUPS: Final[dict[str, tuple[tuple[str, ...], int]]] = {
    "skin": (("body",), 1),
    "eye_left": (("helper-l-eye",), 2),
    "eye_right": (("helper-r-eye",), 2),
    "upper_teeth": (("helper-upper-teeth",), 1),
    "lower_teeth": (("helper-lower-teeth",), 1),
    "tongue": (("helper-tongue",), 1),
    "lashes_left": (("helper-l-eyelashes-1", "helper-l-eyelashes-2"), 1),
    "lashes_right": (("helper-r-eyelashes-1", "helper-r-eyelashes-2"), 1),
}
"""Mesh groups and levels of subdivision of each part."""

SKIN_FROM_Y: Final = 5.2
SKIN_TO_X: Final = 1.15
"""The skin part is head, neck and the top of the chest: above this height, in dm, and this near to the midline."""

TEETH_FORWARD: Final = 0.035
UPPER_TEETH_DOWN: Final = 0.055
"""The template's upper teeth, in dm, sit so high that parted lips never show them."""


@dataclass(frozen=True)
class Part:
    """A range of vertices and of triangles of the combined head."""

    vertices: slice
    triangles: slice


@dataclass(frozen=True, eq=False)
class HeadMesh:
    """All parts of the head in one vertex array of N vertices.

    Attributes:
        operator: (N, 19158) sparse, body vertices to head vertices.
        template: (N, 3) the template head. quads: (Q, 4); triangles: (T, 3).
        coordinates: (N, 2) texture coordinates of the skin. lips, mouth, lids: (N,) masks 0-1.
        lash_tip: (N,) 0 at the root to 1 at the tip of the lashes.
        normal_operator: (N, Q) sparse, quad normals to vertex normals.
        parts: by name.
    """

    operator: sparse.csr_matrix
    template: np.ndarray
    quads: np.ndarray
    triangles: np.ndarray
    coordinates: np.ndarray
    lips: np.ndarray
    mouth: np.ndarray
    lids: np.ndarray
    lash_tip: np.ndarray
    normal_operator: sparse.csr_matrix
    parts: dict[str, Part]

    def carry(self, body: np.ndarray) -> np.ndarray:
        """Return (N, 3) head positions or offsets of (19158, 3) body ones."""
        return np.asarray(self.operator @ body)

    def normals(self, positions: np.ndarray) -> np.ndarray:
        """Return (N, 3) unit vertex normals, weighted by the area of the quads around each vertex."""
        diagonal = positions[self.quads[:, 2]] - positions[self.quads[:, 0]]
        other = positions[self.quads[:, 3]] - positions[self.quads[:, 1]]
        normals = np.asarray(self.normal_operator @ np.cross(diagonal, other))
        return normals / (np.linalg.norm(normals, axis=1, keepdims=True) + 1e-9)


def _mask_at_vertices(mesh: BaseMesh, quads: np.ndarray, name: str) -> np.ndarray:
    image = np.asarray(Image.open(data_folder() / f"mpfb2/textures/mpfb_{name}.jpg").convert("L")) / 255.0
    height, width = image.shape
    points = mesh.texture_points[mesh.texture_quads[quads]].reshape(-1, 2)
    rows = np.clip(((1 - points[:, 1]) * height).astype(int), 0, height - 1)
    columns = np.clip((points[:, 0] * width).astype(int), 0, width - 1)
    corners = mesh.quads[quads].reshape(-1)
    total = np.bincount(corners, image[rows, columns], minlength=len(mesh.vertices))
    return total / np.maximum(np.bincount(corners, minlength=len(mesh.vertices)), 1)


def _adjusted_template(mesh: BaseMesh) -> np.ndarray:
    """Return offsets that put the teeth where parted lips show them."""
    offsets = np.zeros_like(mesh.vertices)
    for group, down in (("helper-upper-teeth", UPPER_TEETH_DOWN), ("helper-lower-teeth", 0.0)):
        teeth = np.unique(mesh.quads[mesh.group(group)])
        offsets[teeth] += (0.0, -down, TEETH_FORWARD)
    return offsets


@functools.cache
def teeth_offsets() -> np.ndarray:
    """Return (19158, 3) offsets to add to every resting body (see `UPPER_TEETH_DOWN`)."""
    return _adjusted_template(base_mesh())


@functools.cache
def head_mesh() -> HeadMesh:
    """Build the drawable head from the template, once a process."""
    mesh = base_mesh()
    body = mesh.vertices + teeth_offsets()
    corners = mesh.vertices[mesh.quads]
    head_only = (corners[:, :, 1].min(1) > SKIN_FROM_Y) & (np.abs(corners[:, :, 0]).max(1) < SKIN_TO_X)
    skin_quads = mesh.group("body") & head_only
    masks = np.stack([_mask_at_vertices(mesh, skin_quads, name) for name in ("lips", "inside-mouth", "eyelids")], 1)
    skin_vertices = np.unique(mesh.quads[skin_quads])
    operators, all_quads, parts = [], [], {}
    vertex_start = quad_start = 0
    for name, (groups, levels) in PART_GROUPS.items():
        quads = mesh.quads[mesh.group(*groups) & (head_only if name == "skin" else True)]
        index, inverse = np.unique(quads, return_inverse=True)
        quads = inverse.reshape(quads.shape)
        operator = sparse.csr_matrix((np.ones(len(index)), (np.arange(len(index)), index)), (len(index), len(body)))
        for _ in range(levels):
            step, quads = subdivide(quads, operator.shape[0])
            operator = step @ operator
        operators.append(operator)
        all_quads.append(quads + vertex_start)
        parts[name] = Part(
            slice(vertex_start, vertex_start + operator.shape[0]), slice(2 * quad_start, 2 * (quad_start + len(quads)))
        )
        vertex_start += operator.shape[0]
        quad_start += len(quads)
    operator = sparse.vstack(operators).tocsr()
    quads = np.concatenate(all_quads)
    template = np.asarray(operator @ body)
    lips, mouth, lids = np.asarray(operator @ masks).T
    incidence = sparse.csr_matrix(
        (np.ones(quads.size), (quads.reshape(-1), np.repeat(np.arange(len(quads)), 4))), (len(template), len(quads))
    )
    return HeadMesh(
        operator=operator,
        template=template,
        quads=quads,
        triangles=np.concatenate([triangles(part) for part in all_quads]),
        coordinates=texture_coordinates(template),
        lips=lips,
        mouth=mouth,
        lids=lids,
        lash_tip=_lash_tips(template, parts, mesh.vertices[skin_vertices]),
        normal_operator=incidence,
        parts=parts,
    )


LASH_ROOT_WITHIN: Final = 0.012
LASH_LENGTH: Final = 0.035
"""Distance from the skin, in dm, up to which a lash vertex is a root, and at which it is a tip."""


def _lash_tips(template: np.ndarray, parts: dict[str, Part], skin: np.ndarray) -> np.ndarray:
    tips = np.zeros(len(template))
    tree = cKDTree(skin)
    for name in ("lashes_left", "lashes_right"):
        part = parts[name].vertices
        distance = tree.query(template[part])[0]
        tips[part] = np.clip((distance - LASH_ROOT_WITHIN) / (LASH_LENGTH - LASH_ROOT_WITHIN), 0, 1)
    return tips
