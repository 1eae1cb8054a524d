"""Wrinkles as height maps: those of age, always there, and those that each action unit folds up."""

from __future__ import annotations

from typing import Final

import numpy as np

from peea.synthetic.expression import Expression
from peea.synthetic.muscles import action_weight
from peea.synthetic.person import Person
from peea.synthetic.skin import noise
from peea.synthetic.texture_space import HEIGHT, WIDTH, Stroke, grooves

LAYERS: Final = ("rest", "AU1", "AU4", "AU9", "AU6", "AU7", "AU10", "AU12", "AU43", "AU17", "AU20", "AU24")
"""Height maps in the order of the channels of three RGBA textures."""

SHARED_WRINKLES: Final[dict[str, dict[str, float]]] = {
    "AU1": {"AU1": 1.0, "AU2": 0.8},
    "AU17": {"AU17": 1.0, "AU15": 0.6},
    "AU12": {"AU12": 1.0, "AU6": 0.15},
    "AU24": {"AU24": 0.8, "AU18": 0.9},
    "AU10": {"AU10": 1.0, "AU9": 0.35},
    "AU6": {"AU6": 1.0, "AU12": 0.15},
}
"""Actions that fold a layer beside its own one, with their share."""

AGE_SHARE: Final = (0.55, 0.5)
"""A fold of full action is 0.55 deep on smooth skin, and 0.5 more for each unit of `Person.wrinkles`."""


def _crows_feet(random: np.random.Generator) -> list[Stroke]:
    strokes: list[Stroke] = []
    for k in (-2.0, -1.0, 0.0, 1.0, 2.0):
        end = (0.69 + random.uniform(-0.03, 0.03), 7.26 + 0.095 * k)
        line = [(0.535 + 0.008 * abs(k), 7.275 + 0.02 * k), (0.62, 7.27 + 0.055 * k), end]
        strokes.append((line, random.uniform(0.6, 0.95)))
    return strokes


def _under_eye() -> list[Stroke]:
    return [([(0.19, 7.17), (0.31, 7.095), (0.47, 7.145)], 0.8), ([(0.21, 7.12), (0.33, 7.04), (0.50, 7.09)], 0.7)]


def _nasolabial(drop: float, strength: float) -> list[Stroke]:
    return [([(0.19, 6.99), (0.265, 6.88), (0.345, 6.73), (0.365, 6.60 - drop)], strength)]


def _forehead(random: np.random.Generator, strength: float) -> list[Stroke]:
    lines: list[Stroke] = []
    for y in (7.68, 7.77, 7.86, 7.95):
        wave = random.uniform(-0.012, 0.012, 3)
        lines.append(
            (
                [(0.0, y + wave[0]), (0.2, y + 0.022 + wave[1]), (0.36, y + 0.012 + wave[2]), (0.5, y - 0.02)],
                strength * random.uniform(0.6, 1.1),
            )
        )
    return lines


def _rest(random: np.random.Generator, person: Person) -> np.ndarray:
    """Return the resting skin: pores, and wrinkles of age that make no frown (none between the brows)."""
    age = person.wrinkles
    lip_lines: list[Stroke] = [
        ([(x, 6.85), (x * 1.05, 6.80), (x * 1.08, 6.755)], 0.45) for x in (0.06, 0.11, 0.16, 0.21)
    ]
    height = 0.42 * age * grooves(_forehead(random, 0.9), 2.0)
    height += 0.50 * age * grooves(_crows_feet(random), 1.6)
    height += 0.50 * age * grooves(_under_eye(), 2.2)
    height += 0.75 * person.folds * grooves(_nasolabial(0.0, 1.5), 3.0)
    height += 0.35 * person.folds * grooves([([(0.315, 6.58), (0.335, 6.48), (0.325, 6.38)], 0.8)], 2.6)
    height += 0.45 * age * grooves(lip_lines, 1.3)
    cheek_lines: list[Stroke] = [
        ([(0.48 + d, 6.98), (0.53 + d, 6.80), (0.50 + d, 6.62)], random.uniform(0.2, 0.6)) for d in (0.0, 0.06, 0.12)
    ]
    neck_lines: list[Stroke] = [([(0.0, y), (0.25, y + 0.03), (0.45, y + 0.10)], 0.7) for y in (6.02, 5.92)]
    height += 0.30 * max(0.0, age - 0.5) * grooves(cheek_lines, 1.8)
    height += 0.5 * age * grooves(neck_lines, 2.4)
    pores = 0.022 * noise(random, "grain") + 0.03 * noise(random, "fine") + 0.05 * noise(random, "mottle")
    crepe = 0.035 * age * np.abs(noise(random, "fine"))
    return height + (0.7 + 0.5 * age) * pores - crepe


def wrinkle_layers(person: Person) -> np.ndarray:
    """Return (3, HEIGHT, WIDTH, 4) float16 height maps, one a channel in the order of `LAYERS`."""
    random = np.random.default_rng([person.seed, 907])
    jitter = random.uniform(-0.008, 0.008, 8)
    glabella: list[Stroke] = [
        ([(0.060 + jitter[0], 7.58), (0.052, 7.48), (0.068, 7.37)], 1.6),
        ([(0.115 + jitter[1], 7.54), (0.108, 7.47), (0.112, 7.40)], 1.0),
    ]
    brow_fold: list[Stroke] = [([(0.02, 7.345), (0.075, 7.35)], 0.9)]
    nose: list[Stroke] = [([(0.0, y), (0.05, y + 0.014), (0.105, y + 0.045)], 1.15) for y in (7.32, 7.27, 7.22, 7.17)]
    nose_sides: list[Stroke] = [
        ([(0.105, 7.30), (0.135, 7.20), (0.15, 7.08)], 1.1),
        ([(0.135, 7.14), (0.165, 7.06), (0.20, 6.98)], 1.2),
        ([(0.08, 7.24), (0.11, 7.15), (0.12, 7.06)], 0.8),
    ]
    crow = _crows_feet(random)
    cheek_fold: list[Stroke] = [([(0.24, 7.085), (0.36, 7.00), (0.52, 7.05), (0.60, 7.13)], 1.1)]
    lid: list[Stroke] = [
        ([(0.20, 7.205), (0.31, 7.165), (0.45, 7.19)], 1.1),
        ([(0.19, 7.17), (0.31, 7.125), (0.46, 7.155)], 1.0),
        ([(0.175, 7.245), (0.15, 7.205)], 0.7),
    ]
    smile: list[Stroke] = [([(0.20, 6.98), (0.31, 6.88), (0.40, 6.72), (0.425, 6.58)], 1.3)]
    smile_outer: list[Stroke] = [([(0.45, 6.86), (0.49, 6.72), (0.47, 6.58)], 0.8)]
    stretch: list[Stroke] = [
        ([(0.40, 6.72), (0.44, 6.60), (0.42, 6.47)], 1.1),
        ([(0.47, 6.70), (0.51, 6.58), (0.48, 6.45)], 0.8),
    ]
    maps = {
        "rest": _rest(random, person),
        "AU1": 1.25 * grooves(_forehead(random, 1.0), 2.3),
        "AU4": grooves(glabella, 2.6) + grooves(brow_fold, 2.0),
        "AU9": grooves(nose, 2.1) + grooves(nose_sides, 2.2),
        "AU6": 1.3 * grooves(crow, 2.1) + 1.0 * grooves(_under_eye()[1:], 2.4) + 0.9 * grooves(cheek_fold, 3.0),
        "AU7": 0.85 * grooves(lid, 2.1),
        "AU10": grooves(_nasolabial(0.03, 1.55), 3.6),
        "AU12": grooves(smile, 3.0) + grooves(smile_outer, 2.6),
        "AU43": 0.7 * grooves([([(0.19, 7.365), (0.32, 7.405), (0.47, 7.35)], 1.0)], 2.2),
        "AU17": 1.2 * grooves([([(0.0, 6.485), (0.12, 6.475), (0.2, 6.44)], 1.0)], 2.6)
        + 0.8 * grooves([([(0.30, 6.60), (0.34, 6.50), (0.345, 6.40)], 1.0)], 2.4),
        "AU20": grooves(stretch, 2.6),
        "AU24": grooves([([(x, 6.83), (x * 1.02, 6.76)], 0.7) for x in (0.05, 0.1, 0.15, 0.2)], 1.5)
        + grooves([([(x, 6.52), (x * 1.02, 6.45)], 0.6) for x in (0.06, 0.13, 0.19)], 1.6),
    }  # fmt: skip
    stack = np.stack([maps[name] for name in LAYERS], -1).astype(np.float16)
    return np.ascontiguousarray(stack.reshape(HEIGHT, WIDTH, 3, 4).transpose(2, 0, 1, 3))


def layer_weights(expression: Expression, person: Person, side: str) -> np.ndarray:
    """Return (12,) float32 weights of `LAYERS` on a side ("left" or "right")."""
    depth = AGE_SHARE[0] + AGE_SHARE[1] * person.wrinkles
    weights = [1.0]
    for layer in LAYERS[1:]:
        actions = SHARED_WRINKLES.get(layer, {layer: 1.0})
        total = sum(share * action_weight(expression, action, side) for action, share in actions.items())
        weights.append(depth * min(total, 1.2))
    return np.array(weights, np.float32)
