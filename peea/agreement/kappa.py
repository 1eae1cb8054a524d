"""Cohen's kappa of two raters, plain or weighted, with what SPSS prints in its table of symmetric measures. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy import stats
from sklearn.metrics import cohen_kappa_score, confusion_matrix

from peea.agreement.bootstrap import DEFAULT_RESAMPLING, Bootstrapped, Resampling, bootstrap
from peea.agreement.degenerate import LEVEL, Interval, NoNumber, Reason, perfect, too_little_to_compare
from peea.agreement.pair_tables import EXACT, kappas_of_pairs, standard_errors
from peea.agreement.ratings import IntArray, Ratings
from peea.agreement.weights import Weighting, Weights, agreement_weights, weights_name
from peea.language import later, t

STATISTIC: Final = "Cohen's kappa"


@dataclass(frozen=True)
class NullTest:
    """Test of the hypothesis that kappa is 0.

    Attributes
    ----------
    standard_error : float
        Asymptotic standard error under that hypothesis.
    t : float
        Approximate T: kappa over this standard error.
    p : float
        Approximate significance, two-sided, from the normal distribution.
    """

    standard_error: float
    t: float
    p: float


@dataclass(frozen=True)
class Kappa:
    """Agreement of two raters beyond chance.

    Attributes
    ----------
    raters : tuple of two str
        Rows and columns of the cross-table.
    weights : str
        "unweighted", "linear", "quadratic" or "custom".
    value : float
        Kappa.
    observed, expected : float
        Agreement found and agreement expected by chance, 0-1, weighted.
    standard_error : float or NoNumber
        Asymptotic standard error, not assuming that kappa is 0.
    interval : Interval or NoNumber
        95 % interval from that standard error; it takes recordings for independent. Not above 1.
    test : NullTest or NoNumber
        Approximate T and significance.
    bootstrap : Bootstrapped or NoNumber
        Standard error and interval by resampling patients.
    recordings, left_out : int
        Recordings that both rated, and those that one of them did not.
    """

    raters: tuple[str, str]
    weights: str
    value: float
    observed: float
    expected: float
    standard_error: float | NoNumber
    interval: Interval | NoNumber
    test: NullTest | NoNumber
    bootstrap: Bootstrapped | NoNumber
    recordings: int
    left_out: int


def why_no_kappa(pair: Ratings, categories: Sequence[float]) -> NoNumber | None:
    """Return why two raters have no kappa, whatever its weights, or None if they have one.

    Parameters
    ----------
    pair : Ratings
        The ratings of two raters alone.
    categories : sequence of float
        Every category of the scale in order.

    Examples
    --------
    >>> print(why_no_kappa(Ratings.of([[1, 0], [1, 1], [1, 2]], raters=["Lin", "PEEA"]), range(3)))
    Lin gave all 3 recordings the rating 1; kappa needs raters who use two categories or more.
    """
    codes = pair.codes(categories)
    problem = too_little_to_compare(pair, STATISTIC)
    if problem is not None:
        return problem
    codes = codes[(codes >= 0).all(axis=1)]
    for name, given in zip(pair.raters, codes.T, strict=True):
        if np.ptp(given) == 0:
            return NoNumber(
                STATISTIC,
                Reason.ONE_CATEGORY if np.ptp(codes) == 0 else Reason.CONSTANT_RATER,
                t(
                    "{rater} gave all {count} recordings the rating {rating:g}; kappa needs raters who use two "
                    "categories or more.",
                    rater=name,
                    count=len(codes),
                    rating=categories[given[0]],
                ),
            )
    return None


def cohen_kappa(
    ratings: Ratings,
    first: str,
    second: str,
    *,
    categories: Sequence[float],
    weights: Weights = Weighting.UNWEIGHTED,
    resampling: Resampling = DEFAULT_RESAMPLING,
) -> Kappa | NoNumber:
    r"""Return Cohen's kappa of two raters.

    Parameters
    ----------
    ratings : Ratings
        The table; recordings that one of the two did not rate are left out and counted.
    first, second : str
        The raters.
    categories : sequence of float
        Every category of the scale in order; categories that nobody used keep their place and so their weights.
    weights : Weighting or array_like
        How much neighbouring categories agree, see `agreement_weights`.
    resampling : Resampling
        How many resamples of patients for the standard error beside the asymptotic one, and the seed.

    Returns
    -------
    Kappa or NoNumber
        No number if one of the two gave all recordings the same rating: kappa is then 0 (or 0/0) whatever they agree
        on. SPSS refuses that case too.

    Raises
    ------
    ValueError
        Unknown raters, ratings outside the scale, unusable weights.

    Notes
    -----
    .. math:: \kappa = (p_o - p_e) / (1 - p_e), \quad p_o = \sum_{ij} w_{ij} p_{ij}, \quad
              p_e = \sum_{ij} w_{ij} p_{i.} p_{.j}

    [1]_, [2]_; scikit-learn gives the value for the usual weights. Standard errors as in `standard_errors`.

    References
    ----------
    .. [1] Cohen J (1960). A coefficient of agreement for nominal scales. Educational and Psychological Measurement
           20:37-46.
    .. [2] Cohen J (1968). Weighted kappa. Psychological Bulletin 70:213-220.

    Examples
    --------
    Cohen (1968) prints .348 for 200 cases and his weights of disagreement:

    >>> from peea.agreement import weights_of_disagreement
    >>> counts = [[88, 14, 18], [10, 40, 10], [2, 6, 12]]
    >>> rows = [[i, j] for i in range(3) for j in range(3) for _ in range(counts[i][j])]
    >>> own = weights_of_disagreement([[0, 1, 3], [1, 0, 6], [3, 6, 0]])
    >>> result = cohen_kappa(Ratings.of(rows, raters=["A", "B"]), "A", "B", categories=range(3), weights=own)
    >>> round(result.value, 3)
    0.348
    """
    if first == second:
        raise ValueError(f"kappa compares two raters; got {first!r} twice")
    pair = ratings.only([first, second])
    matrix = agreement_weights(weights, len(categories))
    problem = why_no_kappa(pair, categories)
    if problem is not None:
        return problem
    both = pair.complete()
    codes = both.codes(categories)
    n = len(codes)
    shares = confusion_matrix(codes[:, 0], codes[:, 1], labels=range(len(categories))) / n
    observed = float((matrix * shares).sum())
    expected = float(shares.sum(axis=1) @ matrix @ shares.sum(axis=0))
    if 1 - expected <= EXACT:
        return NoNumber(
            STATISTIC,
            Reason.NO_CHANCE_AGREEMENT,
            t("With these weights every pair of ratings that occurs agrees fully, by chance too."),
        )
    error, null_error = standard_errors(shares, matrix, n)
    value = _value(codes, len(categories), weights, observed, expected)
    return Kappa(
        (first, second),
        weights_name(weights),
        value,
        observed,
        expected,
        _standard_error(error, observed),
        _interval(value, error, observed),
        _test(value, null_error),
        bootstrap(
            STATISTIC,
            both,
            lambda drawn: kappas_of_pairs(drawn, codes, [(0, 1)], matrix)[:, 0],
            resampling,
        ),
        n,
        len(pair.recordings) - n,
    )


def _value(codes: IntArray, categories: int, weights: Weights, observed: float, expected: float) -> float:
    """Return kappa: by scikit-learn for its weights, by the same formula for a site's own."""
    if not isinstance(weights, Weighting):
        return (observed - expected) / (1 - expected)
    named = None if weights is Weighting.UNWEIGHTED else weights.value
    return float(cohen_kappa_score(codes[:, 0], codes[:, 1], labels=range(categories), weights=named))


def _no_error(observed: float, what: str) -> NoNumber:
    if 1 - observed <= EXACT:
        return perfect(STATISTIC, what)
    return NoNumber(
        STATISTIC,
        Reason.NO_SPREAD,
        t("The asymptotic formula gives a standard error of 0, so there is no {what}.", what=t(what)),
    )


def _standard_error(error: float, observed: float) -> float | NoNumber:
    return error if error > EXACT else _no_error(observed, later("standard error"))


def _interval(value: float, error: float, observed: float) -> Interval | NoNumber:
    if error <= EXACT:
        return _no_error(observed, later("interval"))
    half = float(stats.norm.ppf((1 + LEVEL) / 2)) * error
    return Interval(value - half, min(1.0, value + half))


def _test(value: float, null_error: float) -> NullTest | NoNumber:
    if null_error <= EXACT:
        return NoNumber(
            STATISTIC,
            Reason.NO_CHANCE_AGREEMENT,
            t("The two raters have no category in common, so there is no agreement by chance to test against."),
        )
    ratio = value / null_error
    return NullTest(null_error, ratio, float(2 * stats.norm.sf(abs(ratio))))
