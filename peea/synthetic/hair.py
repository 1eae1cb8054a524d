"""Hair: where it grows, and strands that are combed over the head in the person's style."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.spatial import cKDTree

from peea.synthetic.person import Person


@dataclass(frozen=True)
class HairStyle:
    """How a style is made.

    Attributes:
        length: of a lock in dm; volume: height above the scalp in dm; count: locks; points: along a lock;
        width: half-width of a lock in dm.
        recede: 0-1, how far the hairline has moved back; bald: the crown is bare.
        frizz: random turn of the direction; curl: radius of curls in dm; cover: of the scalp by colour.
        toward: "parted", "back", "knot", "curls" or "out".
    """

    length: float
    volume: float
    count: int
    points: int
    width: float
    recede: float
    frizz: float
    toward: str
    bald: bool = False
    curl: float = 0.0
    cover: float = 1.0


STYLES: Final[Mapping[str, HairStyle]] = {
    "bald": HairStyle(0.22, 0.02, 900, 4, 0.016, 1.0, 0.14, "back", bald=True, cover=0.45),
    "receding": HairStyle(0.38, 0.05, 1700, 5, 0.018, 0.75, 0.12, "back", cover=0.7),
    "short": HairStyle(0.45, 0.07, 2200, 5, 0.018, 0.15, 0.12, "parted"),
    "thin": HairStyle(0.45, 0.04, 1000, 5, 0.014, 0.35, 0.16, "parted", cover=0.4),
    "cropped": HairStyle(0.09, 0.03, 3600, 3, 0.014, 0.1, 0.8, "out"),
    "bob": HairStyle(1.45, 0.11, 1900, 8, 0.028, 0.0, 0.06, "parted"),
    "long": HairStyle(2.3, 0.10, 1900, 9, 0.030, 0.0, 0.05, "parted"),
    "bun": HairStyle(1.1, 0.04, 1700, 7, 0.024, 0.05, 0.04, "knot"),
    "permed": HairStyle(0.30, 0.20, 3000, 8, 0.017, 0.0, 0.25, "curls", curl=0.055),
}

CROWN_KNOT: Final = (0.0, 8.05, -0.85)
"""Where a bun sits, in dm of the template."""


EQUATOR_DM: Final = 7.55
"""Height of the head's widest ring, above the ears, in dm of the template."""


def hairline(points: np.ndarray, style: HairStyle) -> np.ndarray:
    """Return (n,) template height, in dm, above which hair grows at (n, 3) template points."""
    around = np.arctan2(np.abs(points[:, 0]), points[:, 2] - 0.35)
    knots = (0.0, 0.45, 0.80, 1.05, 1.28, 1.48, 1.60, 1.95, 2.15, 2.6, np.pi)
    full = np.array((8.00, 7.98, 7.86, 7.62, 7.42, 7.12, 7.42, 7.38, 6.90, 6.62, 6.55))
    bare = np.array((8.30, 8.34, 8.25, 7.95, 7.55, 7.22, 7.45, 7.38, 6.90, 6.62, 6.55))
    if style.bald:
        bare = np.array((8.9, 8.9, 8.9, 8.9, 7.75, 7.25, 7.42, 7.38, 6.90, 6.62, 6.55))
    return np.interp(around, knots, full + style.recede * (bare - full))


def scalp_cover(template: np.ndarray, style: HairStyle) -> np.ndarray:
    """Return (n,) 0-1 how much of the scalp is under hair at (n, 3) template points."""
    above = np.clip((template[:, 1] - hairline(template, style) + 0.03) / 0.11, 0, 1)
    ear = (np.abs(template[:, 0]) > 0.70) & (template[:, 1] < 7.37) & (template[:, 2] > -0.12)
    above = np.where(ear, 0.0, above)
    if style.bald:
        above *= np.clip((7.95 - template[:, 1]) / 0.25, 0, 1)
    return above


@dataclass(frozen=True, eq=False)
class Strands:
    """Hair as polylines: points and tangents (n, k, 3), half-widths (n, k), brightness (n,)."""

    points: np.ndarray
    tangents: np.ndarray
    widths: np.ndarray
    brightness: np.ndarray


class _Skull:
    """The head as hair lies on it: how far its surface is from its middle in each direction; below its equator a
    cylinder, so that long hair hangs.

    Args:
        surface: (n, 3) points of the resting head, in dm.
    """

    def __init__(self, surface: np.ndarray) -> None:
        high = surface[surface[:, 1] > EQUATOR_DM]
        self.center = np.array((0.0, EQUATOR_DM, (high[:, 2].max() + high[:, 2].min()) / 2))
        relative = high - self.center
        self._distances = np.linalg.norm(relative, axis=1)
        self._directions = cKDTree(relative / self._distances[:, None])

    def lay_on(self, points: np.ndarray, clearance: np.ndarray) -> np.ndarray:
        """Return (m, 3) points moved to `clearance`, (m, 1) dm, above the surface, as combed hair lies."""
        relative = points - self.center
        hanging = np.minimum(relative[:, 1], 0.0)
        relative[:, 1] -= hanging
        distance = np.linalg.norm(relative, axis=1, keepdims=True) + 1e-6
        _, nearest = self._directions.query(relative / distance, k=3)
        laid = relative / distance * (self._distances[nearest].max(axis=1, keepdims=True) + clearance)
        laid[:, 1] += hanging
        return self.center + laid


def _roots(
    random: np.random.Generator, rest: np.ndarray, quads: np.ndarray, cover: np.ndarray, count: int
) -> tuple[np.ndarray, np.ndarray]:
    corners = rest[quads]
    normals = np.cross(corners[:, 2] - corners[:, 0], corners[:, 3] - corners[:, 1])
    area = 0.5 * np.linalg.norm(normals, axis=1)
    chance = area * cover[quads].mean(1)
    chosen = random.choice(len(quads), count, p=chance / chance.sum())
    s, t = random.random((2, count, 1))
    c = corners[chosen]
    roots = (c[:, 0] * (1 - s) + c[:, 1] * s) * (1 - t) + (c[:, 3] * (1 - s) + c[:, 2] * s) * t
    return roots, normals[chosen] / (2 * area[chosen, None] + 1e-9)


def _direction(style: HairStyle, points: np.ndarray, part: float, normals: np.ndarray) -> np.ndarray:
    if style.toward == "out":
        return normals + np.array((0.0, 0.15, -0.1))
    if style.toward == "knot":
        return np.array(CROWN_KNOT) - points
    side = np.tanh((points[:, 0] - part) * 7)
    if style.toward == "back":
        return np.stack([0.35 * side, -0.25 * np.ones(len(points)), -np.ones(len(points))], 1)
    high = np.clip((points[:, 1] - 7.5) / 0.6, 0, 1)
    front = np.clip((points[:, 2] - 0.4) / 0.7, 0, 1)
    return np.stack([(0.75 * high - 0.06) * side, -1.1 + 0.85 * high, -0.12 - 0.95 * high * (0.4 + 0.6 * front)], 1)


def grow(person: Person, rest: np.ndarray, template: np.ndarray, quads: np.ndarray) -> Strands:
    """Return the person's strands.

    Args:
        rest: (N, 3) resting head of the person; template: (N, 3); quads: (Q, 4) of the skin.
    """
    style = STYLES[person.hair_style]
    random = np.random.default_rng([person.seed, 331])
    cover = scalp_cover(template, style)
    # A small person's head is lower than the template's: all heights here are the template's, so move it there first.
    offset = (rest - template)[cover > 0.5].mean(axis=0) * (0, 1, 1)
    head = rest - offset
    skull = _Skull(head[np.unique(quads)])
    roots, normals = _roots(random, head, quads, cover, style.count)
    count = len(roots)
    length = style.length * random.uniform(0.7, 1.15, (count, 1))
    volume = style.volume * (0.6 + 0.8 * person.hair_volume)
    shell = 0.02 + volume * random.uniform(0.05, 1.0, (count, 1)) ** 0.8
    wild = random.normal(0, style.frizz, (count, 3))
    drape = 0.60 + random.uniform(-0.25, 0.04, count)
    along = np.linspace(0, 1, style.points) ** 1.5  # short steps near the root, where the skull curves under the lock
    points = _ringlets(random, style, roots, normals, shell) if style.toward == "curls" else [roots - normals * 0.01]
    for k in range(len(points), style.points):
        here = points[-1]
        direction = _direction(style, here, person.hair_part, normals) + wild
        direction /= np.linalg.norm(direction, axis=1, keepdims=True) + 1e-9
        there = here + length * (along[k] - along[k - 1]) * direction
        if style.toward != "out":
            there = skull.lay_on(there, shell * min(1.0, k / 2))
        if style.length > 0.8:  # long hair hangs behind the cheeks, never over the face
            hanging = (there[:, 1] < 7.72) & (there[:, 2] > drape)
            there[hanging, 2] += 0.75 * (drape[hanging] - there[hanging, 2])
        points.append(there)
    if style.toward == "knot":
        points = _with_knot(random, points)
    lines = np.stack(points, 1) + offset
    tangents = np.gradient(lines, axis=1)
    tangents /= np.linalg.norm(tangents, axis=2, keepdims=True) + 1e-9
    taper = np.linspace(1, 0.55, style.points)[None] * random.uniform(0.6, 1.2, (count, 1))
    locks = 0.12 * np.sin(roots[:, 0] * 31 + 4 * np.sin(roots[:, 2] * 17)) + random.normal(0, 0.10, count)
    return Strands(lines, tangents, style.width * taper, np.clip(1 + locks, 0.6, 1.4))


def _ringlets(
    random: np.random.Generator, style: HairStyle, roots: np.ndarray, normals: np.ndarray, shell: np.ndarray
) -> list[np.ndarray]:
    """Return the points of locks that rise from the scalp and wind on a circle, so that no tip sticks out."""
    count = len(roots)
    first = random.normal(size=(count, 3)) + 0.6 * normals
    first /= np.linalg.norm(first, axis=1, keepdims=True)
    second = np.cross(first, random.normal(size=(count, 3)))
    second /= np.linalg.norm(second, axis=1, keepdims=True) + 1e-9
    start = random.uniform(0, 2 * np.pi, (count, 1))
    radius = style.curl * random.uniform(0.7, 1.3, (count, 1))
    points = []
    for share in np.linspace(0, 1, style.points):
        angle = start + 2.2 * np.pi * share
        rise = np.clip(shell - radius, 0.01, None) * (1 - np.exp(-4 * share))
        ring = radius * (np.cos(angle) * first + np.sin(angle) * second) * min(1.0, 3 * share)
        points.append(roots + normals * (rise - 0.01) + ring + np.array((0.0, -0.06, -0.05)) * share)
    return points


def _with_knot(random: np.random.Generator, points: list[np.ndarray]) -> list[np.ndarray]:
    """Wind the last sixth of the strands into a ball at the knot."""
    count = len(points[0])
    wound = slice(0, count // 6)
    number = count // 6
    axis = random.normal(size=(number, 3))
    axis /= np.linalg.norm(axis, axis=1, keepdims=True)
    other = np.cross(axis, random.normal(size=(number, 3)))
    other /= np.linalg.norm(other, axis=1, keepdims=True)
    radius = random.uniform(0.2, 0.27, (number, 1))
    for k in range(len(points)):
        angle = 0.9 * k / (len(points) - 1) * np.pi
        points[k][wound] = np.array(CROWN_KNOT) + radius * (np.cos(angle) * axis + np.sin(angle) * other)
    return points
