"""Results that are no number, by name: why agreement cannot be given for these ratings. Pure.

Every function of `peea.agreement` answers with a number or with a `NoNumber`; never with NaN, infinity or a number that
the ratings do not support. A `NoNumber` stands wherever a whole result, a test or an interval would stand, so a page
shows its sentence in that cell of the table.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import numpy as np

from peea.language import t, tn

if TYPE_CHECKING:
    from peea.agreement.ratings import Ratings

LEVEL: Final = 0.95
"""Confidence level of every interval; the 95 % that both papers and GRRAS use."""

LEAST_PATIENTS: Final = 3
"""Patients below which nothing is estimated: with two, one difference is all there is, and every interval is empty or
covers the whole scale."""


class Reason(StrEnum):
    """Why there is no number."""

    ONE_RATER = "one_rater"
    NOTHING_IN_COMMON = "nothing_in_common"
    TOO_FEW_PATIENTS = "too_few_patients"
    MISSING_RATINGS = "missing_ratings"
    ONE_CATEGORY = "one_category"
    CONSTANT_RATER = "constant_rater"
    NO_VARIANCE = "no_variance"
    NO_DIFFERENCE_BETWEEN_RECORDINGS = "no_difference_between_recordings"
    PERFECT_AGREEMENT = "perfect_agreement"
    NO_CHANCE_AGREEMENT = "no_chance_agreement"
    INTERVAL_WITHOUT_LIMIT = "interval_without_limit"
    RESAMPLING_ONLY = "resampling_only"
    UNSTABLE_RESAMPLES = "unstable_resamples"
    NO_SPREAD = "no_spread"
    NO_SUCH_RECORDINGS = "no_such_recordings"


@dataclass(frozen=True)
class NoNumber:
    """A result that says why there is no number.

    Attributes
    ----------
    statistic : str
        What was asked for, as a table names it ("ICC(2,1)", "Cohen's kappa").
    reason : Reason
        The case, for programs.
    sentence : str
        The case, for people: what is the matter with which ratings, in one or two short sentences.

    Examples
    --------
    >>> print(NoNumber("Cohen's kappa", Reason.ONE_RATER, "Agreement needs two raters; there is one."))
    Agreement needs two raters; there is one.
    """

    statistic: str
    reason: Reason
    sentence: str

    def __str__(self) -> str:
        return self.sentence


@dataclass(frozen=True)
class Interval:
    """A confidence interval at `LEVEL`, low <= high, both finite."""

    low: float
    high: float

    def __post_init__(self) -> None:
        if not (np.isfinite(self.low) and np.isfinite(self.high) and self.low <= self.high):
            raise ValueError(f"an interval needs two finite limits in ascending order; got {self.low} and {self.high}")


def too_little_to_compare(ratings: Ratings, statistic: str) -> NoNumber | None:
    """Return why these ratings can show no agreement at all, or None if they can.

    Checked in this order: fewer than two raters; no recording with two ratings; fewer than `LEAST_PATIENTS` patients
    among the recordings that have two ratings.

    Parameters
    ----------
    ratings : Ratings
        The table.
    statistic : str
        What is being asked for; it goes into the result.

    Returns
    -------
    NoNumber or None

    Examples
    --------
    >>> from peea.agreement import Ratings
    >>> print(too_little_to_compare(Ratings.of([[1, 1], [2, 3]]), "Cohen's kappa"))
    There are ratings of 2 patients; agreement needs 3 or more.
    """
    count = len(ratings.raters)
    if count < 2:
        return NoNumber(
            statistic, Reason.ONE_RATER, t("Agreement needs two raters or more; there is {count}.", count=count)
        )
    comparable = np.isfinite(ratings.values).sum(axis=1) >= 2
    if not comparable.any():
        return NoNumber(
            statistic, Reason.NOTHING_IN_COMMON, t("No recording was rated by two raters, so nothing can be compared.")
        )
    patients = len(np.unique(ratings.patient_codes[comparable]))
    if patients < LEAST_PATIENTS:
        return NoNumber(
            statistic,
            Reason.TOO_FEW_PATIENTS,
            tn(
                "There are ratings of {n} patient; agreement needs {least} or more.",
                "There are ratings of {n} patients; agreement needs {least} or more.",
                patients,
                least=LEAST_PATIENTS,
            ),
        )
    return None


def perfect(statistic: str, what: str) -> NoNumber:
    """Return the reason why `what` (a test, an interval) does not exist when the raters never differ.

    Examples
    --------
    >>> print(perfect("ICC(3,1)", "interval"))
    The raters agree without exception, so there is no interval.
    """
    return NoNumber(
        statistic,
        Reason.PERFECT_AGREEMENT,
        t("The raters agree without exception, so there is no {what}.", what=t(what)),
    )
