"""The clinical vocabulary: pain grades, the six-level scale, action units, PSPI and VAS. Pure.

Sources: [P] Yang et al., Frontiers in Medicine 11:1421800 (2024), the hip-fracture PEEA; [E] Chen, Liang, Yang,
Advances in Clinical Medicine 13(7):11934-11942 (2023), cancer pain; [PS] Prkachin & Solomon, Pain 139:267-274 (2008).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Final

import numpy as np

from peea.language import Names, later


class Grade(IntEnum):
    """The pain grade of a face: 1-4 as in [P]; grade 0 is ours, so that a calm face has somewhere to go."""

    NO_PAIN = 0
    MILD = 1
    OBVIOUS = 2
    SEVERE = 3
    INTENSE = 4


GRADES: Final[tuple[Grade, ...]] = tuple(Grade)
"""All grades in ascending order; the order of every probability vector over grades."""

PAIN_GRADES: Final[tuple[Grade, ...]] = GRADES[1:]
"""The grades of [P], which has no grade 0."""

GRADE_NAMES: Final[Mapping[Grade, str]] = Names(
    {
        Grade.NO_PAIN: later("No pain expression"),
        Grade.MILD: later("Mild"),
        Grade.OBVIOUS: later("Obvious"),
        Grade.SEVERE: later("Severe"),
        Grade.INTENSE: later("Intense"),
    }
)

SIX_LEVELS: Final[tuple[int, ...]] = (0, 2, 4, 6, 8, 10)
"""Labels of the six-level scale [E], the faces of the FPS-R."""

SIX_LEVEL_NAMES: Final[Mapping[int, str]] = Names(
    {
        0: later("No pain"),
        2: later("Slight pain"),
        4: later("Some pain"),
        6: later("Marked pain"),
        8: later("Severe pain"),
        10: later("Unbearable pain"),
    }
)

PSPI_ACTIONS: Final[tuple[str, ...]] = ("AU4", "AU6", "AU7", "AU9", "AU10", "AU43")
"""The action units that PSPI needs, in the order of every action vector."""

ACTION_NAMES: Final[Mapping[str, str]] = Names(
    {
        "AU4": later("Brow lowered"),
        "AU6": later("Cheek raised"),
        "AU7": later("Lids tightened"),
        "AU9": later("Nose wrinkled"),
        "AU10": later("Upper lip raised"),
        "AU43": later("Eyes closed"),
    }
)

ACTION_MAXIMUM: Final[Mapping[str, float]] = {name: 1.0 if name == "AU43" else 5.0 for name in PSPI_ACTIONS}
"""The largest code of each action: a-e are 1-5; AU43 is 0 or 1 [PS]."""

EYES_CLOSED_FROM: Final = 0.5
"""A continuous AU43 (share of lid closure, 0-1) counts as code 1 from here on."""

FACS_LETTERS: Final[tuple[str, ...]] = ("absent", "a", "b", "c", "d", "e")
"""Letters of the FACS intensity codes 0-5."""


class UnknownActionError(ValueError):
    """An action unit that PSPI does not use, or one with an intensity outside its range."""


def pspi(actions: Mapping[str, float]) -> float:
    """Return the Prkachin & Solomon pain intensity of one face, 0-16.

    PSPI = AU4 + max(AU6, AU7) + max(AU9, AU10) + AU43 [PS]; [P] uses the same sum. Actions that are missing count as
    absent. Intensities 0-5 may be continuous (generator truth, a grader's estimate); AU43 is thresholded at
    `EYES_CLOSED_FROM`, since its code is 0 or 1.

    Raises:
        UnknownActionError: an action is not in `PSPI_ACTIONS`, or its intensity is not within 0 and its maximum.

    >>> pspi({"AU4": 3, "AU7": 3, "AU10": 2})
    8.0
    """
    for name, intensity in actions.items():
        if name not in ACTION_MAXIMUM:
            raise UnknownActionError(f"{name} is not one of the PSPI actions {', '.join(PSPI_ACTIONS)}")
        if not 0 <= intensity <= ACTION_MAXIMUM[name]:
            raise UnknownActionError(f"{name} is {intensity:g}; allowed is 0 to {ACTION_MAXIMUM[name]:g}")

    def intensity_of(name: str) -> float:
        return float(actions.get(name, 0.0))

    eyes_closed = 1.0 if intensity_of("AU43") >= EYES_CLOSED_FROM else 0.0
    return (
        intensity_of("AU4")
        + max(intensity_of("AU6"), intensity_of("AU7"))
        + max(intensity_of("AU9"), intensity_of("AU10"))
        + eyes_closed
    )


def pspi_0_to_13(codes: Mapping[str, int]) -> int:
    """Return the PSPI total with the item range 0-4 that [P] writes: codes a and b, 1 and 2, both count 1.

    The paper gives the range but no rule for folding the five FACS letters into four points; the lowest two letters
    (trace, slight) are folded here because they are the pair on which coders agree least. Range 0-13.

    >>> pspi_0_to_13({"AU4": 5, "AU6": 1, "AU9": 2, "AU43": 1})
    7
    """
    folded = {name: float(code if name == "AU43" else max(0, code - 1) or min(code, 1)) for name, code in codes.items()}
    return int(pspi(folded))


@dataclass(frozen=True)
class VasMapping:
    """The VAS-equivalent of a PSPI: piecewise linear through (pspi_knots, vas_knots).

    The papers publish no such mapping: this default is ours, chosen so that eyes closed in sleep (PSPI 1) is no pain
    and a face with AU4 3, AU7 3, AU10 2 (PSPI 8) is severe. A site can refit it to its own ratings.
    """

    pspi_knots: tuple[float, ...] = (0.0, 1.5, 4.0, 7.5, 11.0, 16.0)
    vas_knots: tuple[float, ...] = (0.0, 0.5, 3.5, 6.5, 8.5, 10.0)

    def __post_init__(self) -> None:
        if len(self.pspi_knots) != len(self.vas_knots) or len(self.pspi_knots) < 2:
            raise ValueError(
                f"a VAS mapping needs as many PSPI as VAS knots, two or more; got {len(self.pspi_knots)} and "
                f"{len(self.vas_knots)}"
            )
        for knots in (self.pspi_knots, self.vas_knots):
            if any(later <= earlier for earlier, later in itertools.pairwise(knots)):
                raise ValueError(f"the knots of a VAS mapping must rise; got {knots}")

    def vas(self, pspi_total: float) -> float:
        """Return the VAS-equivalent, 0-10, of a PSPI total, 0-16."""
        if not 0 <= pspi_total <= 16 or math.isnan(pspi_total):
            raise ValueError(f"PSPI is {pspi_total}; allowed is 0 to 16")
        return float(np.interp(pspi_total, self.pspi_knots, self.vas_knots))


DEFAULT_VAS_MAPPING: Final = VasMapping()


def round_vas(vas: float) -> int:
    """Round a VAS, 0-10, to a whole score, halves upward (3.5 is 4), as a clinician reads the scale."""
    if not 0 <= vas <= 10 or math.isnan(vas):
        raise ValueError(f"VAS is {vas}; allowed is 0 to 10")
    return math.floor(vas + 0.5)


def grade_of_vas(vas: float) -> Grade:
    """Return the grade of a VAS: 0 no pain expression, 1-3 mild, 4-6 obvious, 7-8 severe, 9-10 intense [P].

    A VAS of exactly 0.5 rounds to 1; the default mapping reaches 0.5 at PSPI 1.5.
    """
    score = round_vas(vas)
    for grade, highest in ((Grade.NO_PAIN, 0), (Grade.MILD, 3), (Grade.OBVIOUS, 6), (Grade.SEVERE, 8)):
        if score <= highest:
            return grade
    return Grade.INTENSE


def six_level_of_vas(vas: float) -> int:
    """Return the six-level label [E]: 0, 2, 4, 6, 8, 10 for scores 0-1, 2-3, 4, 5-6, 7-8, 9-10."""
    score = round_vas(vas)
    for label, highest in ((0, 1), (2, 3), (4, 4), (6, 6), (8, 8)):
        if score <= highest:
            return label
    return 10


def grade_of_pspi(pspi_total: float, mapping: VasMapping = DEFAULT_VAS_MAPPING) -> Grade:
    """Return the grade of a PSPI total, 0-16, by way of its VAS-equivalent."""
    return grade_of_vas(mapping.vas(pspi_total))


class Context(StrEnum):
    """What the patient did during the recording [P]. Rest and movement are assessed separately."""

    REST = "at_rest"
    TURNING = "turning_over"
    TRANSFER = "transfer"
    LEG_FLEXION = "leg_flexion"
    STRAIGHT_LEG_RAISE = "straight_leg_raise"
    STANDING = "standing"

    @property
    def movement(self) -> bool:
        """True for every context but rest."""
        return self is not Context.REST


CONTEXT_NAMES: Final[Mapping[Context, str]] = Names(
    {
        Context.REST: later("At rest"),
        Context.TURNING: later("Turning over in bed"),
        Context.TRANSFER: later("Transfer trolley to bed"),
        Context.LEG_FLEXION: later("Leg flexion and extension"),
        Context.STRAIGHT_LEG_RAISE: later("Straight-leg raise"),
        Context.STANDING: later("Standing at the bedside"),
    }
)
