"""Which faces people make: pain in a person's own style, mixtures of actions, and what only looks like pain.

Pain: the PSPI actions rise together with pain but in proportions of the person's own (Prkachin & Solomon 2008 found the
four components of PSPI to covary; Kunz & Lautenbacher 2014 found distinct facial styles of pain), with parted,
stretched or pressed lips beside them. Mixtures: each PSPI action apart from the others, so that a grader can tell them
apart. Confounders: no pain by script, whatever their PSPI is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from peea.scales import Grade, grade_of_pspi
from peea.synthetic.expression import Expression

MIDLINE_ACTIONS: Final = ("AU17", "AU18", "AU24", "AU25", "AU26")
"""Actions that have no left and right."""


class Confounder(StrEnum):
    """Faces that graders mistake for pain, though nobody is in pain."""

    SMILE = "smile"
    SPEECH = "speech"
    YAWN = "yawn"
    SLEEP = "sleep"
    SQUINT = "squint"
    RAISED_BROWS = "raised_brows"
    GRIMACE = "grimace"


CONFOUNDER_WEIGHTS: Final = {
    Confounder.SMILE: 0.38,
    Confounder.SPEECH: 0.18,
    Confounder.YAWN: 0.09,
    Confounder.SLEEP: 0.10,
    Confounder.SQUINT: 0.09,
    Confounder.RAISED_BROWS: 0.06,
    Confounder.GRIMACE: 0.10,
}
"""Shares of the confounders; the full smile is the one that fools graders most."""


@dataclass(frozen=True)
class PainStyle:
    """How one person shows pain.

    Attributes:
        brow, orbit, levator: proportions of AU4, max(AU6, AU7) and max(AU9, AU10) in the sum, adding up to 1.
        cheek: AU6 as a share of AU7 (above 1: AU7 as a share 1/cheek of AU6); nose: the same for AU9 and AU10.
        eyes_close_at: PSPI at which the eyes close.
        lips_part, lips_stretch, jaw, lips_press, lip_corners, inner_brow: 0-1, strength of AU25, AU20, AU26,
            AU24 with AU17, AU12 and AU1 beside strong pain.
        weaker_side: "left" or "right"; asymmetry: share by which that side is weaker, 0-0.4.
    """

    brow: float
    orbit: float
    levator: float
    cheek: float
    nose: float
    eyes_close_at: float
    lips_part: float
    lips_stretch: float
    jaw: float
    lips_press: float
    lip_corners: float
    inner_brow: float
    weaker_side: str
    asymmetry: float


def draw_pain_style(rng: np.random.Generator) -> PainStyle:
    """Draw one person's way of showing pain."""
    brow, orbit, levator = rng.dirichlet((7.0, 7.5, 6.0))
    pressed = rng.random() < 0.2
    return PainStyle(
        brow=float(brow),
        orbit=float(orbit),
        levator=float(levator),
        cheek=float(np.exp(rng.normal(0, 0.35))),
        nose=float(np.exp(rng.normal(0, 0.5))),
        eyes_close_at=rng.uniform(6, 14),
        lips_part=0.0 if pressed else rng.uniform(0.2, 1.0),
        lips_stretch=rng.uniform(0, 0.9),
        jaw=0.0 if pressed else rng.uniform(0, 0.7),
        lips_press=rng.uniform(0.4, 1.0) if pressed else 0.0,
        lip_corners=rng.uniform(0.1, 0.4) if rng.random() < 0.25 else 0.0,
        inner_brow=rng.uniform(0.2, 0.7) if rng.random() < 0.25 else 0.0,
        weaker_side=str(rng.choice(("left", "right"))),
        asymmetry=float(np.clip(abs(rng.normal(0, 0.10)), 0, 0.4)),
    )


def pain_actions(pspi_total: float, style: PainStyle) -> dict[str, float]:
    """Return the actions of pain that sum to about this PSPI (0-16) in this style, the same on both sides."""
    closed = _smoothstep((pspi_total - style.eyes_close_at) / 1.2 + 0.5)
    # Raising the upper lip belongs to stronger pain; weak pain is a matter of brow and lids.
    levator = style.levator * float(np.clip(pspi_total / 6.0, 0.15, 1.0))
    shares = np.array([style.brow, style.orbit, levator])
    brow, orbit, lip = share_out(max(0.0, pspi_total - closed), shares)
    strength = float(np.clip((pspi_total - 3.5) / 10.0, 0, 1))
    actions = {
        "AU4": brow,
        "AU6": orbit * min(1.0, style.cheek),
        "AU7": orbit * min(1.0, 1 / style.cheek),
        "AU9": lip * min(1.0, style.nose),
        "AU10": lip * min(1.0, 1 / style.nose),
        "AU43": closed,
        "AU25": 4.5 * style.lips_part * strength,
        "AU26": 3.5 * style.jaw * strength,
        "AU20": 4.0 * style.lips_stretch * strength,
        "AU24": 4.0 * style.lips_press * strength,
        "AU17": 3.0 * style.lips_press * strength,
        "AU12": 3.0 * style.lip_corners * strength,
        "AU1": 3.0 * style.inner_brow * strength,
    }
    return {name: float(value) for name, value in actions.items() if value > 1e-3}


def share_out(total: float, shares: np.ndarray, largest: float = 5.0) -> np.ndarray:
    """Split a sum in these proportions with no part above `largest`; what one part cannot take goes to the others.

    >>> share_out(12.0, np.array([0.8, 0.1, 0.1])).tolist()
    [5.0, 3.5, 3.5]
    """
    parts = np.zeros(len(shares))
    left = min(total, largest * len(shares))
    weights = shares / shares.sum()
    while left > 1e-9:
        free = parts < largest - 1e-9
        wanted = left * weights * free / (weights * free).sum()
        taken = np.minimum(wanted, largest - parts)
        parts += taken
        left -= float(taken.sum())
    return parts


def two_sided(
    actions: Mapping[str, float], weaker_side: str, asymmetry: float, gaze: tuple[float, float] = (0.0, 0.0)
) -> Expression:
    """Return an expression whose weaker side shows each action but lid closure weaker by the share `asymmetry`."""
    strong = {name: float(np.clip(value, 0, 1 if name == "AU43" else 5)) for name, value in actions.items()}
    weak = {
        name: value if name == "AU43" or name in MIDLINE_ACTIONS else value * (1 - asymmetry)
        for name, value in strong.items()
    }
    return Expression(left=weak, right=strong, gaze=gaze) if weaker_side == "left" else Expression(strong, weak, gaze)


def pspi_range(grade: Grade) -> tuple[float, float]:
    """Return the lowest and highest PSPI of a grade by the default mapping, to 0.01.

    >>> pspi_range(Grade.MILD)
    (1.5, 3.99)
    """
    totals = [total for total in np.round(np.arange(0, 16.005, 0.01), 2) if grade_of_pspi(total) is grade]
    return float(totals[0]), float(totals[-1])


PSPI_RANGES: Final = {grade: pspi_range(grade) for grade in Grade}
LARGEST_MIXTURE_PSPI: Final = 15.8


def draw_pain_total(rng: np.random.Generator, grade: Grade) -> float:
    """Draw a PSPI of this grade, evenly over its range."""
    lowest, highest = PSPI_RANGES[grade]
    return float(rng.uniform(lowest, min(highest, LARGEST_MIXTURE_PSPI)))


def draw_gaze(rng: np.random.Generator) -> tuple[float, float]:
    """Draw where the eyes look, mostly near the camera."""
    return float(np.clip(rng.normal(0, 0.14), -0.5, 0.5)), float(np.clip(rng.normal(0, 0.07), -0.25, 0.25))


def draw_pain(rng: np.random.Generator, grade: Grade, style: PainStyle) -> Expression:
    """Draw a face in pain of this grade, near the person's own style."""
    return _of_grade(
        rng, grade, lambda total: _vary(rng, pain_actions(total, style), 0.12), style.weaker_side, style.asymmetry
    )


def draw_mixture(rng: np.random.Generator, grade: Grade) -> Expression:
    """Draw a face of this grade in which the PSPI actions are as independent as the grade allows."""

    def actions_for(total: float) -> dict[str, float]:
        closed = total > 15 or (total >= 1.0 and rng.random() < (0.5 if total > 2 else 0.25))
        shares = rng.dirichlet((0.7, 0.7, 0.7)) + 1e-3
        brow, orbit, lip = share_out(total - float(closed), shares)
        less = rng.uniform(0, 1, 2)
        actions = {"AU4": brow, "AU43": rng.uniform(0.85, 1.0) if closed else rng.uniform(0, 0.3)}
        actions |= (
            {"AU6": orbit, "AU7": orbit * less[0]} if rng.random() < 0.5 else {"AU6": orbit * less[0], "AU7": orbit}
        )
        actions |= {"AU9": lip, "AU10": lip * less[1]} if rng.random() < 0.5 else {"AU9": lip * less[1], "AU10": lip}
        for name, largest in (
            ("AU25", 4),
            ("AU26", 3),
            ("AU20", 4),
            ("AU15", 3),
            ("AU17", 3),
            ("AU1", 3),
            ("AU2", 2.5),
        ):
            if rng.random() < 0.22:
                actions[name] = rng.uniform(0, largest)
        # Raised cheeks with raised lip corners and nothing else are a smile, not pain.
        if brow + lip > 1.5 and rng.random() < 0.22:
            actions["AU12"] = rng.uniform(0, 2)
        return actions

    asymmetry = float(np.clip(abs(rng.normal(0, 0.18)), 0, 0.6))
    return _of_grade(rng, grade, actions_for, str(rng.choice(("left", "right"))), asymmetry)


def draw_neutral(rng: np.random.Generator) -> Expression:
    """Draw a calm face: traces of action at most, now and then in the middle of a blink."""
    actions = {
        name: rng.uniform(0, 0.45) for name in ("AU4", "AU6", "AU7", "AU10", "AU12", "AU17") if rng.random() < 0.4
    }
    actions["AU43"] = rng.uniform(0, 0.28)
    if rng.random() < 0.06:  # closed eyes count 1, so with the other traces a blink would no longer be grade 0
        actions = {"AU43": rng.uniform(0.85, 1.0), "AU4": rng.uniform(0, 0.3)}
    if rng.random() < 0.25:
        actions["AU25"] = rng.uniform(0, 1.2)
    return two_sided(actions, str(rng.choice(("left", "right"))), rng.uniform(0, 0.2), draw_gaze(rng))


def draw_confounder(rng: np.random.Generator, confounder: Confounder) -> Expression:
    """Draw one of the faces that are no pain. Only the smile may pass PSPI 1.5: it has AU6 up to 5."""
    if confounder is Confounder.SMILE:
        smile = rng.uniform(1.5, 5)
        actions = {"AU12": smile, "AU6": smile * rng.uniform(0.35, 1.0), "AU25": rng.uniform(0, 1) * smile}
        actions["AU7"] = actions["AU6"] * rng.uniform(0, 0.4)
        actions["AU26"] = rng.uniform(0, 1.5) if rng.random() < 0.3 else 0.0
        actions["AU43"] = rng.uniform(0, 0.3)
    elif confounder is Confounder.SPEECH:
        actions = {"AU25": rng.uniform(0.8, 4), "AU26": rng.uniform(0, 3), "AU43": rng.uniform(0, 0.25)}
        actions[str(rng.choice(("AU18", "AU20", "AU17", "AU12")))] = rng.uniform(0.5, 3.0)
        actions |= {name: rng.uniform(0, 0.5) for name in ("AU4", "AU6", "AU10")}
        if rng.random() < 0.4:
            actions |= {"AU1": rng.uniform(0, 2.5), "AU2": rng.uniform(0, 2.5), "AU4": 0.0}
    elif confounder is Confounder.YAWN:
        actions = {"AU26": rng.uniform(3.5, 5), "AU25": rng.uniform(2.5, 5), "AU43": rng.uniform(0.85, 1.0)}
        actions |= {"AU7": rng.uniform(0, 0.4), "AU1": rng.uniform(0, 2)}
        if rng.random() < 0.35:
            actions["AU43"] = rng.uniform(0.1, 0.3)
    elif confounder is Confounder.SLEEP:
        actions = {"AU43": rng.uniform(0.92, 1.0), "AU25": rng.uniform(0, 2.5), "AU26": rng.uniform(0, 2.5)}
        actions["AU4"] = rng.uniform(0, 0.3)
    elif confounder is Confounder.SQUINT:
        actions = {"AU7": rng.uniform(0.9, 1.4), "AU6": rng.uniform(0.4, 1.4), "AU43": rng.uniform(0.2, 0.36)}
    elif confounder is Confounder.RAISED_BROWS:
        actions = {
            "AU1": rng.uniform(2, 5),
            "AU2": rng.uniform(1.5, 5),
            "AU5": rng.uniform(0, 2.5),
            "AU25": rng.uniform(0, 1.5),
        }
    else:
        actions = {"AU43": rng.uniform(0, 0.3), "AU4": rng.uniform(0, 0.6), "AU10": rng.uniform(0, 0.7)}
        for name in rng.choice(("AU20", "AU15", "AU17", "AU24", "AU25", "AU18"), size=3, replace=False):
            actions[str(name)] = rng.uniform(2, 5)
        if actions.get("AU24", 0) > 0:
            actions.pop("AU25", None)
    return two_sided(actions, str(rng.choice(("left", "right"))), rng.uniform(0, 0.25), draw_gaze(rng))


def draw_confounder_name(rng: np.random.Generator) -> Confounder:
    """Draw which confounder, in the shares of `CONFOUNDER_WEIGHTS`."""
    names = list(CONFOUNDER_WEIGHTS)
    return names[int(rng.choice(len(names), p=list(CONFOUNDER_WEIGHTS.values())))]


def _vary(rng: np.random.Generator, actions: Mapping[str, float], spread: float) -> dict[str, float]:
    """The same actions, each a little stronger or weaker; lids either open or closed, seldom in between."""
    varied = {name: value * float(np.exp(rng.normal(0, spread))) for name, value in actions.items()}
    varied["AU43"] = rng.uniform(0.85, 1.0) if actions.get("AU43", 0) >= 0.5 else rng.uniform(0, 0.3)
    return varied


def _of_grade(
    rng: np.random.Generator,
    grade: Grade,
    actions_for: Callable[[float], dict[str, float]],
    weaker_side: str,
    asymmetry: float,
    tries: int = 200,
) -> Expression:
    """Draw until the expression's own PSPI has the grade that was asked for."""
    for _ in range(tries):
        expression = two_sided(actions_for(draw_pain_total(rng, grade)), weaker_side, asymmetry, draw_gaze(rng))
        if grade_of_pspi(expression.pspi) is grade:
            return expression
    raise RuntimeError(f"no expression of grade {int(grade)} was found in {tries} draws")


def _smoothstep(x: float) -> float:
    x = float(np.clip(x, 0, 1))
    return x * x * (3 - 2 * x)
