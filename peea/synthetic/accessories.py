"""What a patient wears on the face: glasses and the nasal cannula for oxygen, as tubes and lenses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.interpolate import make_interp_spline

from peea.synthetic.face_model import FaceModel
from peea.synthetic.landmarks import landmark_vertices
from peea.synthetic.person import Person

TUBE_SIDES: Final = 7
FRAME_RADIUS: Final = 0.016
TEMPLE_RADIUS: Final = 0.014
CANNULA_RADIUS: Final = 0.020
"""Half-thickness, in dm, of the frame's rim, its temples and the oxygen tube."""

FRAME_COLORS: Final = (
    (0.02, 0.02, 0.022),
    (0.10, 0.045, 0.02),
    (0.28, 0.23, 0.12),
    (0.22, 0.22, 0.23),
    (0.12, 0.02, 0.03),
)
CANNULA_RGB: Final = (0.42, 0.62, 0.52)


@dataclass(frozen=True, eq=False)
class Accessory:
    """A rigid piece in head coordinates: positions and normals (n, 3), triangles (t, 3), and its material."""

    positions: np.ndarray
    normals: np.ndarray
    triangles: np.ndarray
    rgb: tuple[float, float, float]
    shine: float
    opacity: float
    casts_shadow: bool


def _tube(path: np.ndarray, radius: float, closed: bool = False) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    tangents = np.roll(path, -1, 0) - np.roll(path, 1, 0) if closed else np.gradient(path, axis=0)
    tangents /= np.linalg.norm(tangents, axis=1, keepdims=True) + 1e-9
    helper = np.where(np.abs(tangents[:, 1:2]) > 0.8, (1.0, 0.0, 0.0), (0.0, 1.0, 0.0))
    first = np.cross(tangents, helper)
    first /= np.linalg.norm(first, axis=1, keepdims=True)
    second = np.cross(tangents, first)
    angle = np.linspace(0, 2 * np.pi, TUBE_SIDES, endpoint=False)
    normals = np.cos(angle)[None, :, None] * first[:, None] + np.sin(angle)[None, :, None] * second[:, None]
    positions = (path[:, None] + radius * normals).reshape(-1, 3)
    count = len(path)
    rings = np.arange(count if closed else count - 1)
    i, j = np.meshgrid(rings, np.arange(TUBE_SIDES), indexing="ij")
    a, b = i * TUBE_SIDES + j, i * TUBE_SIDES + (j + 1) % TUBE_SIDES
    c, d = ((i + 1) % count) * TUBE_SIDES + (j + 1) % TUBE_SIDES, ((i + 1) % count) * TUBE_SIDES + j
    faces = np.stack([np.stack([a, b, c], -1), np.stack([a, c, d], -1)], 0).reshape(-1, 3)
    return positions, normals.reshape(-1, 3), faces


def _joined(pieces: list[tuple[np.ndarray, np.ndarray, np.ndarray]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    starts = np.cumsum([0] + [len(piece[0]) for piece in pieces])
    return (
        np.concatenate([piece[0] for piece in pieces]),
        np.concatenate([piece[1] for piece in pieces]),
        np.concatenate([piece[2] + start for piece, start in zip(pieces, starts, strict=False)]),
    )


def _smooth(points: list[np.ndarray], count: int = 40) -> np.ndarray:
    control = np.array(points)
    return make_interp_spline(np.linspace(0, 1, len(control)), control, k=3)(np.linspace(0, 1, count))


def _ear_point(model: FaceModel, sign: int) -> np.ndarray:
    """Return the place above and behind the ear where temples and tubes rest."""
    template = model.mesh.template
    skin = model.mesh.parts["skin"].vertices
    target = np.array((sign * 0.78, 7.36, 0.10))
    return np.asarray(model.rest[skin][np.argmin(((template[skin] - target) ** 2).sum(1))], float)


def _lens_outline(kind: str, half_width: float, half_height: float) -> np.ndarray:
    angle = np.linspace(0, 2 * np.pi, 36, endpoint=False)
    power = {"round": 1.0, "square": 0.55, "rimless": 0.7}[kind]
    x = np.sign(np.cos(angle)) * np.abs(np.cos(angle)) ** power
    y = np.sign(np.sin(angle)) * np.abs(np.sin(angle)) ** power
    return np.stack([half_width * x, half_height * y], 1)


def _glasses(person: Person, model: FaceModel) -> list[Accessory]:
    random = np.random.default_rng([person.seed, 77])
    points = model.rest[landmark_vertices()].astype(float)
    eyes = {1: points[[42, 45]].mean(0), -1: points[[36, 39]].mean(0)}
    bridge = points[27]
    spread = (eyes[1][0] - eyes[-1][0]) / 2
    half_width, half_height = spread * random.uniform(0.70, 0.78), spread * random.uniform(0.50, 0.66)
    front = max(bridge[2] + 0.03, points[[19, 24]][:, 2].max() + 0.05, eyes[1][2] + 0.16)
    level = (eyes[1][1] + eyes[-1][1]) / 2 - 0.04
    outline = _lens_outline(person.glasses, half_width, half_height)
    rims, lenses = [], []
    for sign in (1, -1):
        center = np.array((sign * (spread + 0.03), level, front))
        bend = -0.10 * (np.abs(center[0] + outline[:, 0]) / 0.5) ** 2
        rim = center + np.column_stack([outline, bend])
        rims.append(_tube(rim, FRAME_RADIUS if person.glasses != "rimless" else FRAME_RADIUS * 0.4, closed=True))
        hinge = rim[np.argmax(sign * rim[:, 0] + 0.3 * rim[:, 1])]
        ear = _ear_point(model, sign)
        outer = np.array((sign * (max(abs(ear[0]), abs(hinge[0])) + 0.02), (hinge[1] + ear[1]) / 2 + 0.02, 0.75))
        behind = ear + np.array((sign * 0.03, -0.18, -0.16))
        temple = _smooth([hinge, outer, ear + np.array((sign * 0.03, 0.02, 0.0)), behind])
        rims.append(_tube(temple, TEMPLE_RADIUS))
        middle = len(outline)
        lens = np.concatenate([rim, center[None] + (0, 0, 0.01)])
        ring = np.arange(middle)
        faces = np.stack([ring, (ring + 1) % middle, np.full(middle, middle)], 1)
        normals = np.column_stack([outline, np.full(middle, 0.9)])
        normals = np.concatenate([normals, [(0.0, 0.0, 1.0)]])
        lenses.append((lens, normals / np.linalg.norm(normals, axis=1, keepdims=True), faces))
    arch = [
        np.array((x, level + half_height * 0.35 + 0.03 * (1 - (x / 0.12) ** 2), front + 0.02))
        for x in np.linspace(-(spread + 0.03 - half_width), spread + 0.03 - half_width, 6)
    ]
    rims.append(_tube(_smooth(arch, 12), FRAME_RADIUS * 0.8))
    color = FRAME_COLORS[int(random.integers(len(FRAME_COLORS)))]
    return [
        Accessory(*_joined(rims), rgb=color, shine=0.06, opacity=1.0, casts_shadow=True),
        Accessory(*_joined(lenses), rgb=(0.02, 0.02, 0.02), shine=0.05, opacity=0.10, casts_shadow=False),
    ]


def _cannula(model: FaceModel) -> list[Accessory]:
    points = model.rest[landmark_vertices()].astype(float)
    base = points[33] + np.array((0.0, -0.035, 0.035))
    pieces = []
    for sign in (1, -1):
        held_by = (
            (points[35 if sign == 1 else 31], (0.03, -0.05, 0.03)),
            (_surface(model, sign * 0.40, 6.92), (0.01, 0.0, 0.03)),
            (_surface(model, sign * 0.66, 7.15), (0.03, 0.0, 0.02)),
            (_ear_point(model, sign), (0.05, 0.03, 0.0)),
        )
        path = [base, *(point + np.array((sign * off[0], off[1], off[2])) for point, off in held_by)]
        pieces.append(_tube(_smooth(path), CANNULA_RADIUS))
        rise = ((0.0, 0.0), (0.03, 0.0), (0.07, -0.05), (0.09, -0.10))
        prong = _smooth([base + np.array((sign * 0.055, up, back)) for up, back in rise], 8)
        pieces.append(_tube(prong, CANNULA_RADIUS * 0.75))
    return [Accessory(*_joined(pieces), rgb=CANNULA_RGB, shine=0.07, opacity=0.62, casts_shadow=True)]


def _surface(model: FaceModel, x: float, y: float) -> np.ndarray:
    """Return the resting skin at a template (x, y) of the front."""
    skin = model.mesh.parts["skin"].vertices
    template = model.mesh.template[skin]
    score = np.hypot(template[:, 0] - x, template[:, 1] - y) + np.where(template[:, 2] < 0.2, 9.0, 0.0)
    return np.asarray(model.rest[skin][np.argmin(score)], float)


def worn_by(person: Person, model: FaceModel) -> list[Accessory]:
    """Return the person's glasses and cannula, opaque pieces before lenses."""
    pieces: list[Accessory] = []
    if person.cannula:
        pieces += _cannula(model)
    if person.glasses != "none":
        pieces += _glasses(person, model)
    return pieces
