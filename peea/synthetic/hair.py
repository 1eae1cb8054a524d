"""Hair: where it grows, and strands that are combed over the head in the person's style."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from peea.synthetic.person import Person


@dataclass(frozen=True)
class HairStyle:
    """How a style is made.

    Attributes:
        length: of a strand in dm; volume: height above the scalp in dm; count: strands; width: half-width in dm.
        recede: 0-1, how far the hairline has moved back; bald: the crown is bare.
        frizz: random turn of the direction; curl: radius of curls in dm; cover: of the scalp by colour.
        toward: "parted", "back", "knot" or "out".
    """

    length: float
    volume: float
    count: int
    width: float
    recede: float
    frizz: float
    toward: str
    bald: bool = False
    curl: float = 0.0
    cover: float = 1.0


STYLES: Final[Mapping[str, HairStyle]] = {
    "bald": HairStyle(0.16, 0.015, 2600, 0.008, 1.0, 0.35, "back", bald=True, cover=0.45),
    "receding": HairStyle(0.35, 0.04, 5000, 0.008, 0.75, 0.22, "back", cover=0.75),
    "short": HairStyle(0.42, 0.06, 7500, 0.008, 0.15, 0.2, "parted"),
    "thin": HairStyle(0.42, 0.03, 3400, 0.007, 0.35, 0.28, "parted", cover=0.45),
    "cropped": HairStyle(0.07, 0.02, 8000, 0.008, 0.1, 0.9, "out"),
    "bob": HairStyle(1.35, 0.09, 7500, 0.009, 0.0, 0.09, "parted"),
    "long": HairStyle(2.3, 0.08, 7500, 0.010, 0.0, 0.07, "parted"),
    "bun": HairStyle(1.0, 0.03, 6500, 0.009, 0.05, 0.06, "knot"),
    "permed": HairStyle(0.55, 0.13, 8000, 0.008, 0.05, 0.5, "parted", curl=0.045),
}

STRAND_POINTS: Final = 7
CROWN_KNOT: Final = (0.0, 8.05, -0.85)
"""Where a bun sits, in dm of the template."""


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


@dataclass(frozen=True, eq=False)
class _Skull:
    """An ellipsoid through the scalp; below its equator a cylinder."""

    center: np.ndarray
    radii: np.ndarray

    @classmethod
    def around(cls, scalp: np.ndarray) -> _Skull:
        high = scalp[scalp[:, 1] > 7.6] if (scalp[:, 1] > 7.6).sum() > 20 else scalp
        center = np.array((0.0, 7.55, (high[:, 2].max() + high[:, 2].min()) / 2))
        radii = np.array((np.abs(high[:, 0]).max(), high[:, 1].max() - 7.55, np.ptp(high[:, 2]) / 2))
        return cls(center, radii)

    def keep_outside(self, points: np.ndarray, clearance: np.ndarray) -> np.ndarray:
        relative = points - self.center
        checked = relative * (1.0, 1.0, 1.0)
        checked[:, 1] = np.maximum(checked[:, 1], 0.0)
        level = np.sqrt(((checked / (self.radii + clearance)) ** 2).sum(1, keepdims=True)) + 1e-6
        pushed = np.where(level < 1, checked / level, checked)
        pushed[:, 1] = np.where(relative[:, 1] < 0, relative[:, 1], pushed[:, 1])
        return self.center + pushed


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
        return normals + (0.0, 0.15, -0.1)
    if style.toward == "knot":
        return np.array(CROWN_KNOT) - points
    side = np.tanh((points[:, 0] - part) * 7)
    if style.toward == "back":
        return np.stack([0.35 * side, -0.25 * np.ones(len(points)), -np.ones(len(points))], 1)
    high = np.clip((points[:, 1] - 7.5) / 0.6, 0, 1)
    front = np.clip((points[:, 2] - 0.4) / 0.7, 0, 1)
    return np.stack([(0.25 + 0.75 * high) * side, -1.1 + 0.75 * high, -0.30 - 0.55 * front * high], 1)


def grow(person: Person, rest: np.ndarray, template: np.ndarray, quads: np.ndarray) -> Strands:
    """Return the person's strands.

    Args:
        rest: (N, 3) resting head of the person; template: (N, 3); quads: (Q, 4) of the skin.
    """
    style = STYLES[person.hair_style]
    random = np.random.default_rng([person.seed, 331])
    cover = scalp_cover(template, style)
    skull = _Skull.around(rest[cover > 0.5])
    roots, normals = _roots(random, rest, quads, cover, style.count)
    count = len(roots)
    length = style.length * random.uniform(0.7, 1.15, (count, 1))
    volume = style.volume * (0.6 + 0.8 * person.hair_volume)
    shell = volume * random.uniform(0.15, 1.0, (count, 1)) ** 0.7
    wild = random.normal(0, style.frizz, (count, 3))
    phase, turns = random.uniform(0, 2 * np.pi, (count, 1)), random.uniform(1.2, 2.4, (count, 1))
    drape = 0.60 + random.uniform(-0.25, 0.04, count)
    points = [roots - normals * 0.01]
    step = length / (STRAND_POINTS - 1)
    for k in range(1, STRAND_POINTS):
        here = points[-1]
        direction = _direction(style, here, person.hair_part, normals) + wild
        direction /= np.linalg.norm(direction, axis=1, keepdims=True) + 1e-9
        rising = step * direction + normals * (volume * 0.35 if k == 1 else 0.0)
        there = here + rising
        if style.toward != "out":
            there = skull.keep_outside(there, shell * min(1.0, k / 2))
        if style.length > 0.8:  # long hair hangs behind the cheeks, never over the face
            hanging = (there[:, 1] < 7.72) & (there[:, 2] > drape)
            there[hanging, 2] += 0.75 * (drape[hanging] - there[hanging, 2])
        if style.curl:
            turn = phase + 2 * np.pi * turns * k / (STRAND_POINTS - 1)
            there = there + style.curl * np.concatenate([np.cos(turn), np.sin(turn), np.cos(turn + 2)], 1)
        points.append(there)
    if style.toward == "knot":
        points = _with_knot(random, points)
    lines = np.stack(points, 1)
    tangents = np.gradient(lines, axis=1)
    tangents /= np.linalg.norm(tangents, axis=2, keepdims=True) + 1e-9
    taper = np.linspace(1, 0.35, STRAND_POINTS)[None] * np.ones((count, 1))
    locks = 0.12 * np.sin(roots[:, 0] * 31 + 4 * np.sin(roots[:, 2] * 17)) + random.normal(0, 0.13, count)
    return Strands(lines, tangents, style.width * taper, np.clip(1 + locks, 0.5, 1.5))


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
