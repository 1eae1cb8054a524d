"""Bland and Altman's limits of agreement of two raters, with their intervals. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy import stats

from peea.agreement.bootstrap import (
    DEFAULT_RESAMPLING,
    SAME,
    Bootstrapped,
    Resampling,
    resample_weights,
    summary,
)
from peea.agreement.degenerate import LEVEL, Interval, NoNumber, Reason, too_little_to_compare
from peea.agreement.ratings import FloatArray, Ratings
from peea.language import t

STATISTIC: Final = "Bland-Altman"

LIMIT_Z: Final = float(stats.norm.ppf(0.975))
"""Standard deviations from the bias to a limit, 1.96: between the limits lie 95 % of normal differences."""


@dataclass(frozen=True)
class Estimate:
    """A number with its analytic and its resampled interval."""

    value: float
    interval: Interval | NoNumber
    bootstrap: Bootstrapped | NoNumber


@dataclass(frozen=True)
class BlandAltman:
    """How far two raters differ, in units of the scale.

    Attributes
    ----------
    raters : tuple of two str
        A difference is the first rater's rating less the second's.
    bias : Estimate
        Mean difference.
    lower, upper : Estimate
        Limits of agreement.
    standard_deviation : float
        Of the differences.
    means, differences : tuple of float
        One point for each recording, for the plot.
    recordings, left_out : int
        Recordings that both rated, and those that one of them did not.
    """

    raters: tuple[str, str]
    bias: Estimate
    lower: Estimate
    upper: Estimate
    standard_deviation: float
    means: tuple[float, ...]
    differences: tuple[float, ...]
    recordings: int
    left_out: int


def bland_altman(
    ratings: Ratings, first: str, second: str, *, resampling: Resampling = DEFAULT_RESAMPLING
) -> BlandAltman | NoNumber:
    r"""Return the limits of agreement of two raters.

    Parameters
    ----------
    ratings : Ratings
        The table; recordings that one of the two did not rate are left out and counted. For PEEA against all
        clinicians, add their mean by `Ratings.with_consensus` first.
    first, second : str
        The raters; differences are first less second.
    resampling : Resampling
        How many resamples of patients for the intervals beside the analytic ones, and the seed.

    Returns
    -------
    BlandAltman or NoNumber
        If the difference is the same in every recording, the limits are equal to it and their intervals no number.

    Notes
    -----
    Bias :math:`\bar d`, limits :math:`\bar d \pm 1.96 s`. Their intervals use t with n - 1 degrees of freedom and the
    standard errors :math:`s/\sqrt n` and :math:`s \sqrt{1/n + 1.96^2 / 2(n-1)}` [1]_. They take recordings for
    independent and differences for normal; resampling patients needs neither.

    References
    ----------
    .. [1] Bland JM, Altman DG (1999). Measuring agreement in method comparison studies. Statistical Methods in Medical
           Research 8:135-160, section 2.1.

    Examples
    --------
    Peak flow of 17 people by two meters (Bland & Altman 1986); they print a bias of -2.1 and a standard deviation of
    38.8 l/min:

    >>> wright = [494, 395, 516, 434, 476, 557, 413, 442, 650, 433, 417, 656, 267, 478, 178, 423, 427]
    >>> mini = [512, 430, 520, 428, 500, 600, 364, 380, 658, 445, 432, 626, 260, 477, 259, 350, 451]
    >>> result = bland_altman(Ratings.of(list(zip(wright, mini)), raters=["Wright", "mini"]), "Wright", "mini")
    >>> round(result.bias.value, 1), round(result.standard_deviation, 1)
    (-2.1, 38.8)
    """
    if first == second:
        raise ValueError(f"Bland-Altman compares two raters; got {first!r} twice")
    pair = ratings.only([first, second])
    problem = too_little_to_compare(pair, STATISTIC)
    if problem is not None:
        return problem
    both = pair.complete()
    differences = both.values[:, 0] - both.values[:, 1]
    patients = int(both.patient_codes.max()) + 1
    drawn = resample_weights(both, resampling)
    bias, deviation = _moments(differences, np.ones((1, len(differences))))
    biases, deviations = _moments(differences, drawn)
    n, s = len(differences), float(deviation[0])
    error_of_bias = s / np.sqrt(n)
    error_of_limit = s * np.sqrt(1 / n + LIMIT_Z**2 / (2 * (n - 1)))

    def estimate(deviations_away: float, error: float) -> Estimate:
        value = float(bias[0] + deviations_away * s)
        resampled = summary(STATISTIC, biases + deviations_away * deviations, patients)
        return Estimate(value, _t_interval(value, float(error), n, differences), resampled)

    return BlandAltman(
        (first, second),
        estimate(0.0, error_of_bias),
        estimate(-LIMIT_Z, error_of_limit),
        estimate(LIMIT_Z, error_of_limit),
        s,
        tuple(both.values.mean(axis=1).tolist()),
        tuple(differences.tolist()),
        n,
        len(pair.recordings) - n,
    )


def _moments(differences: FloatArray, drawn: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return mean and standard deviation (n - 1) of the differences in each resample."""
    n = drawn.sum(axis=1)
    centre = differences.mean()
    mean = drawn @ (differences - centre) / n
    variance = (drawn @ (differences - centre) ** 2 - n * mean**2) / (n - 1)
    return mean + centre, np.sqrt(np.maximum(variance, 0.0))


def _t_interval(value: float, error: float, n: int, differences: FloatArray) -> Interval | NoNumber:
    if np.ptp(differences) < SAME:
        return NoNumber(
            STATISTIC,
            Reason.NO_VARIANCE,
            t(
                "The two differ by {difference:g} in every recording, so there is no interval.",
                difference=differences[0],
            ),
        )
    half = float(stats.t.ppf((1 + LEVEL) / 2, n - 1)) * error
    return Interval(value - half, value + half)
