"""Four simulated raters: an anaesthetist, an orthopaedic surgeon and two nurses, as in the data base of [P].

Each codes the PSPI actions as whole numbers 0-5 (AU43 0 or 1) with a bias and a scatter of their own. The parameters
are assumptions, not estimates from people: they are chosen so that the four agree in grade on somewhat more than half
of the images, in the range that experienced coders reach. [P] kept only images on which all four agreed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from peea.scales import EYES_CLOSED_FROM, PSPI_ACTIONS, Grade, grade_of_pspi, pspi


@dataclass(frozen=True)
class Rater:
    """How one rater codes.

    Attributes:
        name: short name in the manifest.
        role: who they are.
        bias: codes added to each action that is present (negative: under-rates); fades out below intensity 1.
        scatter: standard deviation of a code in codes, for an action that is present.
        overlooks_below: intensity under which the rater codes an action as absent.
        recognises: probability of recognising a confounder (a smile, a yawn) as no pain, and grading it 0.
    """

    name: str
    role: str
    bias: Mapping[str, float]
    scatter: float
    overlooks_below: float
    recognises: float


RATERS: Final = (
    Rater("anaesthetist", "anaesthetist", {"AU4": 0.05, "AU7": -0.05}, 0.20, 0.30, 0.98),
    Rater("surgeon", "orthopaedic surgeon", {"AU4": -0.15, "AU6": -0.15, "AU9": -0.10}, 0.30, 0.45, 0.95),
    Rater("nurse_1", "nurse", {"AU6": 0.10, "AU7": 0.10, "AU10": 0.05}, 0.22, 0.30, 0.98),
    Rater("nurse_2", "nurse", {"AU4": 0.15, "AU7": 0.10, "AU9": 0.10}, 0.28, 0.35, 0.96),
)


@dataclass(frozen=True)
class Rating:
    """What one rater saw in one image: codes of the PSPI actions, and the grade that follows."""

    rater: str
    codes: Mapping[str, int]
    grade: Grade

    @property
    def pspi(self) -> int:
        """PSPI of the codes, 0-16."""
        return int(pspi({name: float(code) for name, code in self.codes.items()}))


def rate(
    actions: Mapping[str, float], confounder: bool, rng: np.random.Generator, raters: Sequence[Rater] = RATERS
) -> tuple[Rating, ...]:
    """Return the ratings of one image by all raters.

    Args:
        actions: true intensity of each PSPI action (0-5, AU43 0-1).
        confounder: the face is no pain by script; a rater who recognises that grades it 0 whatever the codes sum to.
        rng: their scatter; the same generator state gives the same ratings.
        raters: who rates.
    """
    ratings = []
    for rater in raters:
        codes = {name: _code(name, actions.get(name, 0.0), rater, rng) for name in PSPI_ACTIONS}
        recognised = rng.random() < rater.recognises
        total = pspi({name: float(code) for name, code in codes.items()})
        grade = Grade.NO_PAIN if confounder and recognised else grade_of_pspi(total)
        ratings.append(Rating(rater.name, codes, grade))
    return tuple(ratings)


def consistent(ratings: Sequence[Rating]) -> bool:
    """Return True if all raters agree in grade: the published data base kept only such images [P]."""
    return len({rating.grade for rating in ratings}) == 1


def _code(name: str, intensity: float, rater: Rater, rng: np.random.Generator) -> int:
    scatter = rng.normal(0, rater.scatter)
    if name == "AU43":
        return int(intensity + 0.2 * scatter >= EYES_CLOSED_FROM)
    presence = min(1.0, intensity)
    if intensity < rater.overlooks_below:
        return 0
    seen = intensity + presence * (rater.bias.get(name, 0.0) + scatter)
    return int(np.clip(np.floor(seen + 0.5), 0, 5))
