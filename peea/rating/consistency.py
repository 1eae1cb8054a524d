"""Whether raters agree on a key frame, and what they agree on; [P] kept the images on which all of them agreed. Pure.

The ratings of one frame never depend on their order or on the raters' names.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median, median_low
from typing import Final

from peea.rating.codes import PspiCodes
from peea.rating.rules import ConsistencyRule, ConsistencyRules
from peea.scales import PSPI_ACTIONS, Grade

TOLERANCE: Final = 1e-9
"""For shares and medians in floating point: 2 of 3 is not under a threshold of 2/3."""


@dataclass(frozen=True)
class FrameAgreement:
    """What several raters say of one key frame together.

    Attributes:
        raters: who rated it.
        agreeing: how many of them agree by the rule.
        agreed: they agree, by rule and threshold.
        grade: the one they agree on, or None.
        codes: action -> median code of the agreeing raters, or None; halves occur for an even number of raters. AU43
            is the lower median, 0 or 1: eyes are closed if more than half say so.
        pspi: mean PSPI total of the agreeing raters, or None.
    """

    raters: int
    agreeing: int
    agreed: bool
    grade: Grade | None = None
    codes: Mapping[str, float] | None = None
    pspi: float | None = None


def agreement_on_frame(ratings: Sequence[PspiCodes], rules: ConsistencyRules) -> FrameAgreement:
    """Return whether the raters of one frame agree, and on what.

    same_grade: the largest number of raters who give one grade agree. near_pspi: the raters whose total lies within
    `widest_pspi` of the median agree, on their median total's grade. They agree on the frame if they are at least
    `least_agreeing` of all who rated it, and these are `least_raters` or more; where two grades have equally many
    raters, nobody agrees.

    Args:
        ratings: one a rater.
        rules: rule and threshold.
    """
    raters = len(ratings)
    if not raters:
        return FrameAgreement(0, 0, agreed=False)
    if rules.rule == ConsistencyRule.NEAR_PSPI:
        middle = median(each.pspi for each in ratings)
        together = [each for each in ratings if abs(each.pspi - middle) <= rules.widest_pspi + TOLERANCE]
        grade = _median_grade(together)
        tied = grade is None
    else:
        ranked = Counter(each.grade for each in ratings).most_common(2)
        grade = ranked[0][0]
        tied = len(ranked) > 1 and ranked[0][1] == ranked[1][1]
        together = [each for each in ratings if each.grade is grade]
    enough = raters >= rules.least_raters and len(together) >= rules.least_agreeing * raters - TOLERANCE
    if tied or not enough or grade is None:
        return FrameAgreement(raters, 0 if tied else len(together), agreed=False)
    codes = {name: float(median(each.codes[name] for each in together)) for name in PSPI_ACTIONS}
    codes["AU43"] = float(median_low(each.codes["AU43"] for each in together))
    return FrameAgreement(
        raters,
        len(together),
        agreed=True,
        grade=grade,
        codes=codes,
        pspi=sum(each.pspi for each in together) / len(together),
    )


def _median_grade(together: Sequence[PspiCodes]) -> Grade | None:
    """The grade of the median, where the two in the middle have the same; None where they differ or nobody is left."""
    if not together:
        return None
    ranked = sorted(each.grade for each in together)
    low, high = ranked[(len(ranked) - 1) // 2], ranked[len(ranked) // 2]
    return low if low is high else None
