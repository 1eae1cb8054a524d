"""What Fleiss, Conger, Brennan-Prediger and Gwet share: one observed agreement, four views of chance. Pure.

Each coefficient is (observed - expected) / (1 - expected); missing ratings are allowed. All of it follows Gwet KL
(2014), Handbook of Inter-Rater Reliability, 4th edition, chapters 2 to 5. `peea.agreement.many_raters` is what callers
use.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from peea.agreement.bootstrap import Bootstrapped, Resampling, bootstrap
from peea.agreement.degenerate import LEVEL, Interval, NoNumber, Reason, perfect, too_little_to_compare
from peea.agreement.pair_tables import EXACT
from peea.agreement.ratings import FloatArray, IntArray, Ratings
from peea.agreement.weights import Weights, symmetric_weights, weights_name
from peea.language import later, t


@dataclass(frozen=True)
class ManyRaterKappa:
    """Agreement of several raters beyond chance.

    Attributes
    ----------
    statistic : str
        "Fleiss' kappa", "Gwet's AC1", ...
    weights : str
        "unweighted", "linear", "quadratic" or "custom".
    value : float
        The coefficient.
    observed, expected : float
        Agreement found, and agreement expected by chance, 0-1, weighted.
    standard_error : float or NoNumber
        Of the recordings as a random sample with the raters fixed; Conger's and Light's kappa have it by resampling
        only.
    interval : Interval or NoNumber
        95 % interval from it with Student's t; not above 1.
    bootstrap : Bootstrapped or NoNumber
        Standard error and interval by resampling patients.
    recordings : int
        Recordings with two ratings or more.
    raters : int
        Raters in the table.
    """

    statistic: str
    weights: str
    value: float
    observed: float
    expected: float
    standard_error: float | NoNumber
    interval: Interval | NoNumber
    bootstrap: Bootstrapped | NoNumber
    recordings: int
    raters: int


@dataclass(frozen=True)
class Counts:
    """What the coefficients are made of, one row for each recording that was rated at all.

    Attributes
    ----------
    counts : array, shape (recordings, categories)
        How many raters chose each category.
    shares : array, shape (recordings, categories)
        The same over the ratings of that recording.
    agreement : array, shape (recordings,)
        Weighted share of agreeing pairs of raters, 0 where there is no pair.
    paired : array, shape (recordings,)
        1 where there are two ratings or more, otherwise 0.
    by_rater : array, shape (recordings, raters, categories)
        1 where that rater chose that category.
    """

    counts: FloatArray
    shares: FloatArray
    agreement: FloatArray
    paired: FloatArray
    by_rater: FloatArray


Chance = Callable[[Counts, FloatArray, FloatArray], FloatArray]
"""Agreement expected by chance: counts, agreement weights and resample weights to shape (resamples,)."""


def counts_of(codes: IntArray, weights: FloatArray) -> Counts:
    """Return the counts of coded ratings, shape (recordings, raters), each recording with one rating or more."""
    by_rater = np.vstack([np.eye(len(weights)), np.zeros(len(weights))])[codes]
    counts = by_rater.sum(axis=1)
    ratings = counts.sum(axis=1)
    pairs = ratings * (ratings - 1)
    agreeing = (counts * (counts @ weights - 1)).sum(axis=1)
    return Counts(
        counts,
        counts / ratings[:, None],
        np.divide(agreeing, pairs, out=np.zeros_like(agreeing), where=pairs > 0),
        (pairs > 0).astype(float),
        by_rater,
    )


def prevalence_of(counts: Counts, drawn: FloatArray) -> FloatArray:
    """Return the share of each category, each recording counting once, shape (resamples, categories)."""
    return (drawn @ counts.shares) / drawn.sum(axis=1)[:, None]


def fleiss_chance(counts: Counts, weights: FloatArray, drawn: FloatArray) -> FloatArray:
    """Return the chance that two ratings drawn from all of them agree (Fleiss 1971, weighted)."""
    prevalence = prevalence_of(counts, drawn)
    return np.einsum("bk,kl,bl->b", prevalence, weights, prevalence)


def gwet_chance(counts: Counts, weights: FloatArray, drawn: FloatArray) -> FloatArray:
    """Return the chance that a rating is random and agrees by that (Gwet 2008, weighted 2014)."""
    categories = len(weights)
    prevalence = prevalence_of(counts, drawn)
    return weights.sum() / (categories * (categories - 1)) * (prevalence * (1 - prevalence)).sum(axis=1)


def uniform_chance(counts: Counts, weights: FloatArray, drawn: FloatArray) -> FloatArray:
    """Return the chance that two random ratings agree, all categories equally likely (Brennan & Prediger 1981)."""
    return np.full(len(drawn), weights.sum() / len(weights) ** 2)


def conger_chance(counts: Counts, weights: FloatArray, drawn: FloatArray) -> FloatArray:
    """Return the mean chance agreement over pairs of raters, each with own habits (Conger 1980, weighted)."""
    recordings, raters, categories = counts.by_rater.shape
    given = (drawn @ counts.by_rater.reshape(recordings, -1)).reshape(-1, raters, categories)
    of_rater = given.sum(axis=2, keepdims=True)
    shares = np.divide(given, of_rater, out=np.full_like(given, np.nan), where=of_rater > 0)
    mean = shares.mean(axis=1)
    spread = np.einsum("brk,brl->bkl", shares - mean[:, None], shares - mean[:, None]) / (raters - 1)
    return np.einsum("bk,kl,bl->b", mean, weights, mean) - np.einsum("bkl,kl->b", spread, weights) / raters


def fleiss_chance_by_recording(counts: Counts, weights: FloatArray) -> FloatArray:
    """Return what each recording adds to `fleiss_chance`, shape (recordings,)."""
    return counts.shares @ weights @ counts.shares.mean(axis=0)


def gwet_chance_by_recording(counts: Counts, weights: FloatArray) -> FloatArray:
    """Return what each recording adds to `gwet_chance`, shape (recordings,)."""
    categories = len(weights)
    return counts.shares @ (1 - counts.shares.mean(axis=0)) * weights.sum() / (categories * (categories - 1))


def uniform_chance_by_recording(counts: Counts, weights: FloatArray) -> FloatArray:
    """Return `uniform_chance` for each recording: no recording changes it."""
    return np.full(len(counts.counts), weights.sum() / len(weights) ** 2)


def _coefficient(counts: Counts, weights: FloatArray, chance: Chance, drawn: FloatArray) -> FloatArray:
    """Return the coefficient of each resample, NaN where only one category is left or no pair of ratings."""
    pairs = drawn @ counts.paired
    observed = np.divide(drawn @ counts.agreement, pairs, out=np.full_like(pairs, np.nan), where=pairs > 0)
    expected = chance(counts, weights, drawn)
    several = ((drawn @ counts.counts) > 0).sum(axis=1) > 1
    defined = several & (1 - expected > EXACT) & np.isfinite(observed)
    return np.divide(observed - expected, 1 - expected, out=np.full_like(pairs, np.nan), where=defined)


def chance_corrected(
    statistic: str,
    ratings: Ratings,
    categories: Sequence[float],
    weights: Weights,
    resampling: Resampling,
    chance: Chance,
    chance_by_recording: Callable[[Counts, FloatArray], FloatArray] | None,
) -> ManyRaterKappa | NoNumber:
    """Return one coefficient with its errors.

    Parameters
    ----------
    statistic : str
        Its name.
    ratings, categories, weights, resampling
        As in `peea.agreement.many_raters`.
    chance : callable
        The agreement that it expects by chance.
    chance_by_recording : callable or None
        What each recording adds to that, for the standard error; None if only resampling gives one.

    Examples
    --------
    >>> table = Ratings.of([[0, 0, 0], [1, 1, 0], [1, 1, 1]])
    >>> plain = [[1, 0], [0, 1]]
    >>> result = chance_corrected("S", table, range(2), plain, Resampling(), uniform_chance, None)
    >>> round(result.value, 6)  # observed (1 + 1/3 + 1) / 3, expected 1/2
    0.555556
    """
    matrix = symmetric_weights(weights, len(categories))
    ratings.codes(categories)  # refuses ratings outside the scale before anything else is said about them
    problem = too_little_to_compare(ratings, statistic)
    if problem is not None:
        return problem
    rated = ratings.where(np.isfinite(ratings.values).any(axis=1))
    codes = rated.codes(categories)
    used = np.unique(codes[codes >= 0])
    if len(used) == 1:
        return NoNumber(
            statistic,
            Reason.ONE_CATEGORY,
            t(
                "Every rating is {rating:g}; whether the raters can tell categories apart cannot be seen.",
                rating=categories[used[0]],
            ),
        )
    if chance is conger_chance and (codes < 0).all(axis=0).any():
        idle = ratings.raters[int((codes < 0).all(axis=0).argmax())]
        return NoNumber(
            statistic, Reason.MISSING_RATINGS, t("{rater} rated no recording; take {rater} out.", rater=idle)
        )
    counts = counts_of(codes, matrix)
    once = np.ones((1, len(codes)))
    value = float(_coefficient(counts, matrix, chance, once)[0])
    expected = float(chance(counts, matrix, once)[0])
    if np.isnan(value):
        return NoNumber(
            statistic,
            Reason.NO_CHANCE_AGREEMENT,
            t("With these weights every pair of ratings that occurs agrees fully, by chance too."),
        )
    observed = float(counts.agreement.sum() / counts.paired.sum())
    error, interval = _linearised(statistic, value, counts, observed, expected, chance_by_recording, matrix)
    return ManyRaterKappa(
        statistic,
        weights_name(weights),
        value,
        observed,
        expected,
        error,
        interval,
        bootstrap(statistic, rated, lambda drawn: _coefficient(counts, matrix, chance, drawn), resampling),
        int(counts.paired.sum()),
        len(ratings.raters),
    )


def _linearised(
    statistic: str,
    value: float,
    counts: Counts,
    observed: float,
    expected: float,
    chance_by_recording: Callable[[Counts, FloatArray], FloatArray] | None,
    weights: FloatArray,
) -> tuple[float | NoNumber, Interval | NoNumber]:
    """Return standard error and interval by Gwet (2014), chapter 5: each recording's share in the coefficient."""
    if chance_by_recording is None:
        sentence = t("There is no formula for it here; see the standard error by resampling.")
        none = NoNumber(statistic, Reason.RESAMPLING_ONLY, sentence)
        return none, none
    if 1 - observed <= EXACT:
        return perfect(statistic, later("standard error")), perfect(statistic, later("interval"))
    n = len(counts.paired)
    each = n / counts.paired.sum() * (counts.agreement - expected * counts.paired) / (1 - expected)
    each = each - 2 * (1 - value) * (chance_by_recording(counts, weights) - expected) / (1 - expected)
    error = float(np.sqrt(((each - value) ** 2).sum() / (n * (n - 1))))
    if error <= EXACT:
        none = NoNumber(
            statistic, Reason.NO_SPREAD, t("Every recording has the same agreement, so there is no interval.")
        )
        return none, none
    half = float(stats.t.ppf((1 + LEVEL) / 2, n - 1)) * error
    return error, Interval(value - half, min(1.0, value + half))
