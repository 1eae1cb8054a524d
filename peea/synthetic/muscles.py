"""Action units as movements of the head: shape targets and local lifts, left and right apart.

A movement is the sum of MakeHuman face units and of `Lift`s, smooth local displacements that make up for what
the units leave too weak (cheek of AU6, nose of AU9). Lids are closed by solving for the gap between their lashes, so
that tightened lids (AU6, AU7) and closed ones (AU43) never cross.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from peea.synthetic.anatomy import face_unit, shape_target
from peea.synthetic.expression import Expression
from peea.synthetic.head_mesh import HeadMesh, head_mesh

FULL_INTENSITY: Final = 5.0
MIDLINE_ACTIONS: Final = ("AU17", "AU18", "AU24", "AU25", "AU26")
MIDLINE_SOFTNESS: Final = 0.05
"""Half-width, in dm, over which the left half of a target fades into the right half."""


@dataclass(frozen=True)
class Lift:
    """A smooth local displacement of the left side: a Gaussian of `radius` dm around (x, y), moving by `by` dm."""

    at: tuple[float, float]
    radius: tuple[float, float]
    by: tuple[float, float, float]


UNITS: Final[Mapping[str, tuple[tuple[str, float], ...]]] = {
    "AU1": (("browInnerUp", 1.25),),
    "AU2": (("browOuterUp*", 1.1),),
    "AU4": (("browDown*", 1.0), ("eyebrows-*-down", 0.35)),
    "AU5": (("eyeWide*", 0.6),),
    "AU6": (("cheekSquint*", 1.25),),
    "AU7": (("eyeSquint*", 1.3),),
    "AU9": (("noseSneer*", 1.35), ("nose-compression", 0.6)),
    "AU10": (("mouthUpperUp*", 1.05),),
    "AU12": (("mouthSmile*", 0.85), ("mouthDimple*", 0.15)),
    "AU15": (("mouthFrown*", 1.1),),
    "AU17": (("mouthShrugLower", 1.0), ("mouthShrugUpper", 0.4)),
    "AU18": (("mouthPucker", 0.9), ("mouthFunnel", 0.15)),
    "AU20": (("mouthStretch*", 1.05),),
    "AU24": (("mouthPressLeft", 0.5), ("mouthPressRight", 0.5), ("mouthRollUpper", 0.35), ("mouthRollLower", 0.45)),
    "AU25": (
        ("mouthLowerDownLeft", 0.8), ("mouthLowerDownRight", 0.8), ("mouthUpperUpLeft", 0.4),
        ("mouthUpperUpRight", 0.4), ("jawOpen", 0.06),
    ),
    "AU26": (("jawOpen", 0.62), ("mouthUpperUpLeft", 0.12), ("mouthUpperUpRight", 0.12)),
}  # fmt: skip
"""Face units of each action at full intensity; * stands for the side. Units without a side are cut at the midline."""

LIFTS: Final[Mapping[str, tuple[Lift, ...]]] = {
    "AU1": (Lift((0.13, 7.62), (0.16, 0.16), (0.0, 0.02, 0.0)),),
    "AU4": (
        Lift((0.15, 7.45), (0.10, 0.09), (-0.035, -0.018, 0.02)),
        Lift((0.0, 7.46), (0.06, 0.09), (0.0, 0.0, 0.012)),
    ),
    "AU6": (
        Lift((0.36, 7.00), (0.17, 0.12), (0.01, 0.055, 0.05)),
        Lift((0.40, 7.15), (0.16, 0.05), (-0.004, 0.030, 0.018)),
        Lift((0.58, 7.25), (0.09, 0.10), (-0.022, 0.008, 0.012)),
        Lift((0.45, 7.42), (0.12, 0.05), (0.0, -0.016, 0.0)),
    ),
    "AU7": (Lift((0.32, 7.20), (0.14, 0.03), (0.0, 0.012, 0.008)),),
    "AU9": (
        Lift((0.13, 6.98), (0.08, 0.08), (0.018, 0.05, 0.0)),
        Lift((0.09, 7.20), (0.08, 0.10), (0.0, 0.018, 0.028)),
        Lift((0.10, 7.40), (0.09, 0.06), (-0.008, -0.028, 0.014)),
        Lift((0.24, 7.02), (0.08, 0.08), (0.0, 0.035, 0.028)),
        Lift((0.10, 6.74), (0.12, 0.06), (0.0, 0.022, 0.006)),
    ),
    "AU10": (
        Lift((0.16, 6.68), (0.12, 0.06), (0.006, 0.040, 0.014)),
        Lift((0.28, 6.86), (0.09, 0.10), (0.012, 0.030, 0.032)),
    ),
    "AU12": (Lift((0.40, 6.93), (0.15, 0.13), (0.01, 0.025, 0.035)),),
    "AU15": (Lift((0.30, 6.52), (0.09, 0.07), (0.0, -0.025, 0.008)),),
    "AU17": (Lift((0.0, 6.38), (0.16, 0.08), (0.0, 0.022, 0.022)),),
}

CLOSURE: Final[Mapping[str, float]] = {"AU6": 0.20, "AU7": 0.45, "AU9": 0.14, "AU12": 0.10, "AU4": 0.06}
"""Share of the lid opening that each action takes at full intensity, beside AU43, which takes its own share."""

WIDENING: Final = 0.32
"""AU5 at full intensity widens the lid opening by this share."""

DROOP_SHARE: Final = 0.4
"""Share of the lid opening that full resting droop (`Person.lid_droop` = 1) takes."""

GAZE_CLOSURE_PER_RADIAN: Final = 0.9
"""The upper lid follows a downward gaze."""

LID_COLUMNS: Final = (0.27, 0.31, 0.35, 0.39)
"""Template x, in dm, at which the lid gap is measured."""


@dataclass(frozen=True, eq=False)
class Movement:
    """Offsets of the vertices that a movement touches: indices (k,), offsets (k, 3) float32."""

    indices: np.ndarray
    offsets: np.ndarray

    def add_to(self, positions: np.ndarray, weight: float) -> None:
        positions[self.indices] += weight * self.offsets


def _movement(offsets: np.ndarray) -> Movement:
    moved = np.flatnonzero(np.abs(offsets).max(1) > 1e-5)
    return Movement(moved, offsets[moved].astype(np.float32))


def _side_weight(x: np.ndarray, side: str) -> np.ndarray:
    share = np.clip(0.5 + 0.5 * x / MIDLINE_SOFTNESS, 0, 1)
    left = share * share * (3 - 2 * share)
    return left if side == "left" else 1 - left


def _unit_offsets(mesh: HeadMesh, name: str, side: str, x: np.ndarray) -> np.ndarray:
    if "*" in name:
        if name.startswith("eyebrows-"):
            return mesh.carry(shape_target(f"expression/units/caucasian/{name.replace('*', side)}"))
        return mesh.carry(face_unit(name.replace("*", side.capitalize())))
    if name == "nose-compression":
        whole = mesh.carry(shape_target(f"expression/units/caucasian/{name}"))
    else:
        whole = mesh.carry(face_unit(name))
    return whole if side == "both" else whole * _side_weight(x, side)[:, None]


def _lift_offsets(mesh: HeadMesh, lift: Lift, side: str) -> np.ndarray:
    template = mesh.template
    offsets = np.zeros_like(template)
    movable = np.zeros(len(template), bool)
    for name in ("skin", "lashes_left", "lashes_right"):
        movable[mesh.parts[name].vertices] = True
    front = np.clip((template[:, 2] - 0.55) / 0.35, 0, 1) * movable
    sides = (1, -1) if side == "both" else (1,) if side == "left" else (-1,)
    if lift.at[0] == 0:
        sides = (1,)
    for sign in sides:
        reach = ((template[:, 0] - sign * lift.at[0]) / lift.radius[0]) ** 2 + (
            (template[:, 1] - lift.at[1]) / lift.radius[1]
        ) ** 2
        amount = np.exp(-reach) * front
        if side != "both":
            amount = amount * _side_weight(template[:, 0], side)
        offsets += amount[:, None] * np.array((sign * lift.by[0], lift.by[1], lift.by[2]))
    return offsets


@functools.cache
def movements() -> dict[tuple[str, str], Movement]:
    """Return every movement by (action, side): side is "left", "right" or, for the midline actions, "both"."""
    mesh = head_mesh()
    x = mesh.template[:, 0]
    found = {}
    for action, units in UNITS.items():
        for side in ("both",) if action in MIDLINE_ACTIONS else ("left", "right"):
            total = np.zeros_like(mesh.template)
            for name, weight in units:
                total += weight * _unit_offsets(mesh, name, side, x)
            for lift in LIFTS.get(action, ()):
                total += _lift_offsets(mesh, lift, side)
            found[action, side] = _movement(total)
    for side in ("left", "right"):
        found["blink", side] = _movement(mesh.carry(face_unit(f"eyeBlink{side.capitalize()}")))
    return found


@dataclass(frozen=True, eq=False)
class LidRim:
    """Roots of the upper and lower lashes of one eye, ordered by x, as indices into the head's vertices."""

    upper: np.ndarray
    lower: np.ndarray
    columns: np.ndarray

    def gap(self, positions: np.ndarray, shift: np.ndarray) -> float:
        """Return the mean height of the opening in dm over the columns, moved by `shift` (x of this person's eye)."""
        upper, lower = positions[self.upper], positions[self.lower]
        at = self.columns + shift
        return float(np.mean(np.interp(at, upper[:, 0], upper[:, 1]) - np.interp(at, lower[:, 0], lower[:, 1])))


@functools.cache
def lid_rims() -> dict[str, LidRim]:
    """Return the lid rims by side, found from the roots of the template's lashes."""
    mesh = head_mesh()
    rims = {}
    for side, sign in (("left", 1), ("right", -1)):
        part = mesh.parts[f"lashes_{side}"].vertices
        index = np.arange(part.start, part.stop)
        roots = index[mesh.lash_tip[part] == 0]
        x, y = mesh.template[roots, 0], mesh.template[roots, 1]
        inner = (np.abs(x) > LID_COLUMNS[0] - 0.05) & (np.abs(x) < LID_COLUMNS[-1] + 0.04)
        middle = 7.29
        upper, lower = roots[inner & (y > middle)], roots[inner & (y < middle)]
        rims[side] = LidRim(
            upper[np.argsort(mesh.template[upper, 0])],
            lower[np.argsort(mesh.template[lower, 0])],
            np.sort(sign * np.array(LID_COLUMNS)),
        )
    return rims


@functools.cache
def closed_gap() -> float:
    """Return the distance, in dm, between the lash roots of the template's closed eye."""
    mesh = head_mesh()
    positions = mesh.template.copy()
    movements()["blink", "left"].add_to(positions, 1.0)
    return lid_rims()["left"].gap(positions, np.zeros(1))


def action_weight(expression: Expression, action: str, side: str) -> float:
    """Return the 0-1 weight of an action on a side; midline actions are read from the left."""
    values = expression.right if side == "right" and action not in MIDLINE_ACTIONS else expression.left
    return float(values.get(action, 0.0)) / (1.0 if action == "AU43" else FULL_INTENSITY)


def move(rest: np.ndarray, expression: Expression, lid_droop: float) -> np.ndarray:
    """Return (N, 3) float32 positions of the head with an expression.

    Args:
        rest: (N, 3) head at rest, lids as the identity leaves them.
        lid_droop: 0-1, the person's own.
    """
    known = movements()
    positions = rest.astype(np.float32)
    for (action, side), movement in known.items():
        if action != "blink":
            weight = action_weight(expression, action, side)
            if weight:
                movement.add_to(positions, weight)
    for side in ("left", "right"):
        blink = known["blink", side]
        rim = lid_rims()[side]
        eye = head_mesh().parts[f"eye_{side}"].vertices
        shift = rest[eye, 0].mean() - head_mesh().template[eye, 0].mean()
        open_share = 1 - DROOP_SHARE * lid_droop
        for action, share in CLOSURE.items():
            open_share *= 1 - share * action_weight(expression, action, side)
        open_share *= 1 + WIDENING * action_weight(expression, "AU5", side)
        open_share *= 1 - np.clip(-expression.gaze[1] * GAZE_CLOSURE_PER_RADIAN, 0, 0.6)
        open_share *= 1 - action_weight(expression, "AU43", side)
        wanted = closed_gap() + (rim.gap(rest, shift) - closed_gap()) * open_share
        now = rim.gap(positions, shift)
        trial = positions.copy()
        blink.add_to(trial, 1.0)
        slope = now - rim.gap(trial, shift)
        blink.add_to(positions, float(np.clip((now - wanted) / slope, -0.4, 1.4)))
    return positions
