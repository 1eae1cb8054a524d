"""Standard errors by resampling patients, not recordings. Pure and seeded.

Two recordings of one patient resemble each other; drawing recordings as if they were strangers would give standard
errors that are too small. So a resample draws as many patients as there are, with replacement, and takes all recordings
of each as often as the patient was drawn.

A resample is kept as how often each recording is in it, its *weights*. Every statistic of this package can be written
with such weights, so all resamples are computed in one go rather than one after another.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypeAlias

import numpy as np

from peea.agreement.degenerate import LEVEL, Interval, NoNumber, Reason
from peea.agreement.ratings import FloatArray, Ratings
from peea.language import t

LEAST_USABLE_SHARE: Final = 0.95
"""Share of the resamples that must give a number; if more fail (they hold one grade only, say), the spread of the rest
is that of the lucky ones, and too small."""

SAME: Final = 1e-9
"""Spread of the resamples below which they are all one number but for rounding."""

KEPT_DRAWS: Final = 8
"""Draws kept for the next statistic of the same recordings; 1,000 resamples of 272 recordings are 2 MB."""

OfWeights: TypeAlias = Callable[[FloatArray], FloatArray]
"""A statistic of resamples: weights of shape (resamples, recordings) to values of shape (resamples,), NaN where the
resample has no number. NaN stays inside: `bootstrap` turns it into a count or a `NoNumber`."""


@dataclass(frozen=True)
class Resampling:
    """How to resample.

    Attributes
    ----------
    resamples : int
        How many; 1,000 as in the paper [P].
    seed : int
        The same seed and ratings give the same standard error.
    """

    resamples: int = 1000
    seed: int = 1421800

    def __post_init__(self) -> None:
        if self.resamples < 2:
            raise ValueError(f"a standard error needs 2 resamples or more; got {self.resamples}")


DEFAULT_RESAMPLING: Final = Resampling()


@dataclass(frozen=True)
class Bootstrapped:
    """What resampling says about a number.

    Attributes
    ----------
    standard_error : float
        Standard deviation of the resampled values.
    interval : Interval
        Percentile interval: the middle 95 % of the resampled values.
    resamples, usable : int
        Resamples drawn, and how many of them gave a number.
    patients : int
        Patients drawn from.
    """

    standard_error: float
    interval: Interval
    resamples: int
    usable: int
    patients: int


def resample_weights(ratings: Ratings, plan: Resampling = DEFAULT_RESAMPLING) -> FloatArray:
    """Return how often each recording is in each resample, shape (resamples, recordings).

    Parameters
    ----------
    ratings : Ratings
        The table; only its patients matter.
    plan : Resampling
        How many resamples, and the seed.

    Examples
    --------
    >>> two_patients = Ratings.of([[1, 1], [2, 2], [3, 3]], patients=["A", "A", "B"])
    >>> resample_weights(two_patients, Resampling(resamples=3, seed=1))
    array([[1., 1., 1.],
           [2., 2., 0.],
           [0., 0., 2.]])
    """
    return _weights_of(ratings.patient_codes.tobytes(), plan)


@lru_cache(maxsize=KEPT_DRAWS)
def _weights_of(patient_codes: bytes, plan: Resampling) -> FloatArray:
    """Return the weights of patients' codes (int64); the same recordings are compared many times in one analysis."""
    codes = np.frombuffer(patient_codes, dtype=np.int64)
    patients = int(codes.max()) + 1
    drawn = np.random.default_rng(plan.seed).multinomial(patients, np.full(patients, 1 / patients), plan.resamples)
    weights = drawn[:, codes].astype(float)
    weights.flags.writeable = False
    return weights


def bootstrap(statistic: str, ratings: Ratings, of_weights: OfWeights, plan: Resampling) -> Bootstrapped | NoNumber:
    r"""Return standard error and percentile interval of a statistic by resampling patients.

    Parameters
    ----------
    statistic : str
        Its name, for a `NoNumber`.
    ratings : Ratings
        The table that the statistic is computed from.
    of_weights : callable
        The statistic of weighted recordings, see `OfWeights`.
    plan : Resampling
        How many resamples, and the seed.

    Returns
    -------
    Bootstrapped or NoNumber
        `UNSTABLE_RESAMPLES` if too many resamples give no number, `NO_SPREAD` if all give the same one.

    Notes
    -----
    :math:`SE = \sqrt{\sum_b (\hat\theta_b - \bar\theta)^2 / (B - 1)}` over the usable of B resamples [1]_, of whole
    patients [2]_.

    References
    ----------
    .. [1] Efron B, Tibshirani RJ (1993). An Introduction to the Bootstrap. Chapman & Hall, algorithm 6.1, chapter 13.
    .. [2] Davison AC, Hinkley DV (1997). Bootstrap Methods and their Application. Cambridge, section 3.8.

    Examples
    --------
    >>> table = Ratings.of(np.arange(20.0).reshape(20, 1))
    >>> mean = bootstrap("mean", table, lambda w: w @ table.values[:, 0] / w.sum(axis=1), Resampling())
    >>> round(mean.standard_error, 1)  # sd / sqrt(n) is 1.3
    1.3
    """
    return summary(statistic, of_weights(resample_weights(ratings, plan)), int(ratings.patient_codes.max()) + 1)


def summary(statistic: str, values: FloatArray, patients: int) -> Bootstrapped | NoNumber:
    """Return what resampled values, shape (resamples,), say; NaN marks a resample without a number."""
    usable = values[np.isfinite(values)]
    if len(usable) < LEAST_USABLE_SHARE * len(values):
        return NoNumber(
            statistic,
            Reason.UNSTABLE_RESAMPLES,
            t(
                "Only {usable} of {resamples} resamples of the patients give a number; these ratings are too few or "
                "too alike for a standard error.",
                usable=len(usable),
                resamples=len(values),
            ),
        )
    if np.ptp(usable) < SAME:
        return NoNumber(
            statistic,
            Reason.NO_SPREAD,
            t("Every resample of the patients gives the same number, which says nothing about how sure it is."),
        )
    tail = 50 * (1 - LEVEL)
    low, high = np.percentile(usable, [tail, 100 - tail])
    return Bootstrapped(
        float(np.std(usable, ddof=1)), Interval(float(low), float(high)), len(values), len(usable), patients
    )
