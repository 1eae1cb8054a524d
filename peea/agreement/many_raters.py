"""Agreement of several raters on categories: Fleiss, Conger, Brennan-Prediger, Gwet's AC1 and AC2, Light. Pure.

Ratings may be missing. Krippendorff's alpha has its own module, `peea.agreement.krippendorff`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from itertools import combinations
from typing import Final

import numpy as np
from scipy import stats

from peea.agreement.bootstrap import DEFAULT_RESAMPLING, Resampling, bootstrap
from peea.agreement.chance_corrected import (
    ManyRaterKappa,
    chance_corrected,
    conger_chance,
    fleiss_chance,
    fleiss_chance_by_recording,
    gwet_chance,
    gwet_chance_by_recording,
    uniform_chance,
    uniform_chance_by_recording,
)
from peea.agreement.degenerate import NoNumber, Reason, too_little_to_compare
from peea.agreement.kappa import NullTest, why_no_kappa
from peea.agreement.pair_tables import cross_tables, kappas_of_pairs
from peea.agreement.ratings import FloatArray, IntArray, Ratings
from peea.agreement.weights import Weighting, Weights, symmetric_weights, weights_name
from peea.language import t

FLEISS: Final = "Fleiss' kappa"
LIGHT: Final = "Light's kappa"


@dataclass(frozen=True)
class CategoryKappa:
    """Agreement on one category against all others.

    Attributes
    ----------
    category : float
        The category.
    share : float
        Share of the ratings in it, 0-1.
    value : float or NoNumber
        Its kappa.
    test : NullTest or NoNumber
        Test that it is 0.
    """

    category: float
    share: float
    value: float | NoNumber
    test: NullTest | NoNumber


@dataclass(frozen=True)
class FleissKappa(ManyRaterKappa):
    """Fleiss' kappa with its own test and its parts.

    Attributes
    ----------
    test : NullTest or NoNumber
        Test that kappa is 0; unweighted and with equally many ratings a recording.
    by_category : tuple of CategoryKappa, or NoNumber
        Agreement on each category; under the same conditions.
    """

    test: NullTest | NoNumber
    by_category: tuple[CategoryKappa, ...] | NoNumber


def fleiss_kappa(
    ratings: Ratings,
    *,
    categories: Sequence[float],
    weights: Weights = Weighting.UNWEIGHTED,
    resampling: Resampling = DEFAULT_RESAMPLING,
) -> FleissKappa | NoNumber:
    r"""Return Fleiss' kappa: raters are interchangeable, chance is the share of each category in all ratings.

    Parameters
    ----------
    ratings : Ratings
        Recordings by raters; cells may be missing.
    categories : sequence of float
        Every category of the scale in order.
    weights : Weighting or array_like
        How much neighbouring categories agree; symmetric.
    resampling : Resampling
        How many resamples of patients, and the seed.

    Returns
    -------
    FleissKappa or NoNumber

    Notes
    -----
    With :math:`r_{ik}` raters of recording i choosing category k, :math:`r_i` ratings of it, and :math:`\pi_k` the
    mean of :math:`r_{ik}/r_i` over recordings:

    .. math:: p_o = \overline{\sum_k r_{ik} (\sum_l w_{kl} r_{il} - 1) / r_i (r_i - 1)}, \quad
              p_e = \sum_{kl} w_{kl} \pi_k \pi_l, \quad \kappa = (p_o - p_e)/(1 - p_e)

    which is [1]_ if nothing is missing, and [3]_ otherwise. The test uses the standard error of [2]_,
    :math:`\sqrt{2} \sqrt{(\sum p_k q_k)^2 - \sum p_k q_k (q_k - p_k)} / \sum p_k q_k \sqrt{n m (m-1)}`.

    References
    ----------
    .. [1] Fleiss JL (1971). Measuring nominal scale agreement among many raters. Psychological Bulletin 76:378-382.
    .. [2] Fleiss JL, Nee JCM, Landis JR (1979). Large sample variance of kappa in the case of different sets of
           raters. Psychological Bulletin 86:974-977.
    .. [3] Gwet KL (2014). Handbook of Inter-Rater Reliability, 4th edition. Advanced Analytics, chapter 2.

    Examples
    --------
    >>> table = Ratings.of([[0, 0, 0], [1, 1, 0], [1, 1, 1], [0, 0, 1]])
    >>> round(fleiss_kappa(table, categories=[0, 1]).value, 6)  # observed 2/3, expected 1/2
    0.333333
    """
    result = chance_corrected(
        FLEISS, ratings, categories, weights, resampling, fleiss_chance, fleiss_chance_by_recording
    )
    if isinstance(result, NoNumber):
        return result
    codes = ratings.codes(categories)
    counts = np.array([(codes == code).sum(axis=1) for code in range(len(categories))]).T
    counts = counts[counts.sum(axis=1) > 0]
    test, by_category = _fleiss_parts(counts, categories, result)
    return FleissKappa(
        **{field.name: getattr(result, field.name) for field in fields(ManyRaterKappa)},
        test=test,
        by_category=by_category,
    )


def _fleiss_parts(
    counts: IntArray, categories: Sequence[float], whole: ManyRaterKappa
) -> tuple[NullTest | NoNumber, tuple[CategoryKappa, ...] | NoNumber]:
    """Return the test and the kappa of each category from counts, shape (recordings, categories)."""
    ratings = counts.sum(axis=1)
    n, m = len(counts), int(ratings[0])
    if (ratings != m).any():
        none = NoNumber(
            FLEISS, Reason.MISSING_RATINGS, t("Some recordings have fewer ratings; this needs equally many.")
        )
        return none, none
    if whole.weights != Weighting.UNWEIGHTED:
        none = NoNumber(FLEISS, Reason.RESAMPLING_ONLY, t("This exists for unweighted kappa only."))
        return none, none
    p = counts.sum(axis=0) / (n * m)
    pq = p * (1 - p)
    error = np.sqrt(2 / (n * m * (m - 1))) * np.sqrt(pq.sum() ** 2 - (pq * (1 - 2 * p)).sum()) / pq.sum()
    of_category = float(np.sqrt(2 / (n * m * (m - 1))))
    parts = []
    for category, share, disagreement, spread in zip(
        categories, p, (counts * (m - counts)).sum(axis=0) / (n * m * (m - 1)), pq, strict=True
    ):
        if spread == 0:
            none = NoNumber(FLEISS, Reason.ONE_CATEGORY, t("Nobody gave the rating {rating:g}.", rating=category))
            parts.append(CategoryKappa(category, float(share), none, none))
        else:
            value = float(1 - disagreement / spread)
            parts.append(CategoryKappa(category, float(share), value, _null_test(value, of_category)))
    return _null_test(whole.value, float(error)), tuple(parts)


def _null_test(value: float, error: float) -> NullTest:
    return NullTest(error, value / error, float(2 * stats.norm.sf(abs(value / error))))


def conger_kappa(
    ratings: Ratings,
    *,
    categories: Sequence[float],
    weights: Weights = Weighting.UNWEIGHTED,
    resampling: Resampling = DEFAULT_RESAMPLING,
) -> ManyRaterKappa | NoNumber:
    r"""Return Conger's kappa: each rater keeps own habits; for two raters it is Cohen's kappa.

    Parameters
    ----------
    ratings, categories, weights, resampling
        As in `fleiss_kappa`.

    Notes
    -----
    With :math:`\bar p_k` mean and :math:`s_{kl}` covariance over r raters of their shares of the categories:
    :math:`p_e = \sum_{kl} w_{kl} (\bar p_k \bar p_l - s_{kl} / r)` [1]_, [2]_. Its standard error is by resampling.

    References
    ----------
    .. [1] Conger AJ (1980). Integration and generalization of kappas for multiple raters. Psychological Bulletin
           88:322-328.
    .. [2] Gwet KL (2014). Handbook of Inter-Rater Reliability, 4th edition, chapter 2.

    Examples
    --------
    >>> table = Ratings.of([[0, 0]] * 20 + [[0, 1]] * 5 + [[1, 0]] * 10 + [[1, 1]] * 15)
    >>> round(conger_kappa(table, categories=[0, 1]).value, 6)
    0.4
    """
    return chance_corrected("Conger's kappa", ratings, categories, weights, resampling, conger_chance, None)


def brennan_prediger(
    ratings: Ratings,
    *,
    categories: Sequence[float],
    weights: Weights = Weighting.UNWEIGHTED,
    resampling: Resampling = DEFAULT_RESAMPLING,
) -> ManyRaterKappa | NoNumber:
    r"""Return the coefficient of Brennan and Prediger: by chance all categories are equally likely.

    Parameters
    ----------
    ratings, categories, weights, resampling
        As in `fleiss_kappa`.

    Notes
    -----
    :math:`p_e = \sum_{kl} w_{kl} / q^2`, unweighted :math:`1/q` [1]_.

    References
    ----------
    .. [1] Brennan RL, Prediger DJ (1981). Coefficient kappa: some uses, misuses, and alternatives. Educational and
           Psychological Measurement 41:687-699.

    Examples
    --------
    >>> table = Ratings.of([[0, 0], [1, 1], [2, 2], [0, 1]])
    >>> round(brennan_prediger(table, categories=range(3)).value, 6)  # (3/4 - 1/3) / (2/3)
    0.625
    """
    return chance_corrected(
        "Brennan-Prediger", ratings, categories, weights, resampling, uniform_chance, uniform_chance_by_recording
    )


def gwet_ac(
    ratings: Ratings,
    *,
    categories: Sequence[float],
    weights: Weights = Weighting.UNWEIGHTED,
    resampling: Resampling = DEFAULT_RESAMPLING,
) -> ManyRaterKappa | NoNumber:
    r"""Return Gwet's AC1 (unweighted) or AC2 (weighted), which do not collapse when one category is very common.

    Parameters
    ----------
    ratings, categories, weights, resampling
        As in `fleiss_kappa`.

    Returns
    -------
    ManyRaterKappa or NoNumber
        Where all ratings are one category the formula gives 1; here that is no number, as for every other statistic,
        since such ratings do not show that the raters can tell categories apart.

    Notes
    -----
    :math:`p_e = \frac{\sum_{kl} w_{kl}}{q(q-1)} \sum_k \pi_k (1 - \pi_k)` with :math:`\pi_k` as in `fleiss_kappa`
    [1]_, [2]_; standard error by its linearisation, chapter 5 of [2]_.

    References
    ----------
    .. [1] Gwet KL (2008). Computing inter-rater reliability and its variance in the presence of high agreement.
           British Journal of Mathematical and Statistical Psychology 61:29-48.
    .. [2] Gwet KL (2014). Handbook of Inter-Rater Reliability, 4th edition, chapters 4 and 5.

    Examples
    --------
    Gwet (2014), three categories and two abstractors, prints 0.849 for AC1:

    >>> counts = [[13, 0, 0], [0, 20, 7], [0, 4, 56]]
    >>> rows = [[i, j] for i in range(3) for j in range(3) for _ in range(counts[i][j])]
    >>> round(gwet_ac(Ratings.of(rows), categories=range(3)).value, 3)
    0.849
    """
    plain = weights_name(weights) == Weighting.UNWEIGHTED
    return chance_corrected(
        "Gwet's AC1" if plain else "Gwet's AC2",
        ratings,
        categories,
        weights,
        resampling,
        gwet_chance,
        gwet_chance_by_recording,
    )


def light_kappa(
    ratings: Ratings,
    *,
    categories: Sequence[float],
    weights: Weights = Weighting.UNWEIGHTED,
    resampling: Resampling = DEFAULT_RESAMPLING,
) -> ManyRaterKappa | NoNumber:
    r"""Return Light's kappa, the mean of Cohen's kappa over all pairs of raters.

    Parameters
    ----------
    ratings, categories, weights, resampling
        As in `fleiss_kappa`; each pair is compared on the recordings that both rated.

    Returns
    -------
    ManyRaterKappa or NoNumber
        No number if any pair has no kappa; the sentence names it. Observed and expected agreement are means of pairs.

    Notes
    -----
    :math:`\kappa = \frac{2}{r(r-1)} \sum_{g<h} \kappa_{gh}` [1]_. Its standard error is by resampling.

    References
    ----------
    .. [1] Light RJ (1971). Measures of response agreement for qualitative data: some generalizations and
           alternatives. Psychological Bulletin 76:365-377.

    Examples
    --------
    >>> table = Ratings.of([[0, 0, 1], [1, 1, 1], [1, 1, 0], [0, 0, 0]])
    >>> round(light_kappa(table, categories=[0, 1]).value, 6)  # kappas 1, 0 and 0
    0.333333
    """
    matrix = symmetric_weights(weights, len(categories))
    codes = ratings.codes(categories)
    problem = too_little_to_compare(ratings, LIGHT)
    if problem is not None:
        return problem
    pairs = list(combinations(range(len(ratings.raters)), 2))
    for first, second in pairs:
        names = [ratings.raters[first], ratings.raters[second]]
        problem = why_no_kappa(ratings.only(names), categories)
        if problem is not None:
            sentence = t(
                "{first} and {second} have no kappa: {why}", first=names[0], second=names[1], why=problem.sentence
            )
            return NoNumber(LIGHT, problem.reason, sentence)

    def of_weights(drawn: FloatArray) -> FloatArray:
        return kappas_of_pairs(drawn, codes, pairs, matrix).mean(axis=1)

    once = np.ones((1, len(codes)))
    value = float(of_weights(once)[0])
    if np.isnan(value):
        return NoNumber(
            LIGHT,
            Reason.NO_CHANCE_AGREEMENT,
            t("With these weights a pair of raters agrees fully on every pair of ratings that occurs, by chance too."),
        )
    counts = cross_tables(once, codes, pairs, len(categories))[0]
    shares = counts / counts.sum(axis=(1, 2), keepdims=True)
    none = NoNumber(
        LIGHT, Reason.RESAMPLING_ONLY, t("There is no formula for it; see the standard error by resampling.")
    )
    return ManyRaterKappa(
        LIGHT,
        weights_name(weights),
        value,
        float((shares * matrix).sum() / len(pairs)),
        float(np.einsum("pi,ij,pj->", shares.sum(axis=2), matrix, shares.sum(axis=1)) / len(pairs)),
        none,
        none,
        bootstrap(LIGHT, ratings, of_weights, resampling),
        int((np.isfinite(ratings.values).sum(axis=1) >= 2).sum()),
        len(ratings.raters),
    )
