"""Each clinician against PEEA, and against the other clinicians: is PEEA one of us? Pure.

The idea is the paper's Fig. 9. A clinician's agreement with PEEA means something only beside that clinician's agreement
with the other clinicians.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

import numpy as np

from peea.agreement.bootstrap import DEFAULT_RESAMPLING, Bootstrapped, Resampling, resample_weights, summary
from peea.agreement.cross_table import Proportion, percent_agreement
from peea.agreement.degenerate import NoNumber, Reason
from peea.agreement.kappa import Kappa, cohen_kappa, why_no_kappa
from peea.agreement.pair_tables import kappas_of_pairs
from peea.agreement.ratings import FloatArray, Ratings
from peea.agreement.weights import Weighting, Weights, symmetric_weights, weights_name
from peea.language import t

OTHERS: Final = "Mean kappa with the others"


@dataclass(frozen=True)
class MeanKappa:
    """Mean of one rater's kappas with several others.

    Attributes
    ----------
    weights : str
        "unweighted", "linear", "quadratic" or "custom".
    value : float
        The mean.
    bootstrap : Bootstrapped or NoNumber
        Its standard error and interval by resampling patients.
    with_raters : tuple of str
        The raters it is the mean over.
    without : tuple of (str, NoNumber)
        The raters with whom there is no kappa, and why; they are not in the mean.
    """

    weights: str
    value: float
    bootstrap: Bootstrapped | NoNumber
    with_raters: tuple[str, ...]
    without: tuple[tuple[str, NoNumber], ...]


@dataclass(frozen=True)
class RaterAgreement:
    """One rater's agreement, a row of the forest plot.

    Attributes
    ----------
    rater : str
        The rater.
    with_reference : Kappa or NoNumber, or None
        Kappa with the reference (PEEA); None in the row of the reference itself.
    equal_to_reference : Proportion or NoNumber, or None
        Percent agreement with the reference; None in its own row.
    with_others : MeanKappa or NoNumber
        Mean kappa with the other clinicians; in the row of the reference with all clinicians.
    """

    rater: str
    with_reference: Kappa | NoNumber | None
    equal_to_reference: Proportion | NoNumber | None
    with_others: MeanKappa | NoNumber


def each_rater(
    ratings: Ratings,
    reference: str,
    *,
    categories: Sequence[float],
    weights: Weights = Weighting.UNWEIGHTED,
    resampling: Resampling = DEFAULT_RESAMPLING,
) -> tuple[RaterAgreement, ...]:
    r"""Return the agreement of each rater with a reference and with the others.

    Parameters
    ----------
    ratings : Ratings
        Clinicians and the reference; cells may be missing, each pair is compared on what both rated.
    reference : str
        The rater to compare with (PEEA).
    categories : sequence of float
        Every category of the scale in order.
    weights : Weighting or array_like
        How much neighbouring categories agree; symmetric.
    resampling : Resampling
        How many resamples of patients, and the seed; all rows share the resamples.

    Returns
    -------
    tuple of RaterAgreement
        The reference first, then the others in the order of the table.

    Notes
    -----
    :math:`\bar\kappa_g = \frac{1}{r - 1} \sum_{h \ne g} \kappa_{gh}` over the other clinicians h, not the reference:
    Light's idea [1]_ for one rater. Each :math:`\kappa` as in `cohen_kappa`.

    References
    ----------
    .. [1] Light RJ (1971). Measures of response agreement for qualitative data: some generalizations and
           alternatives. Psychological Bulletin 76:365-377.

    Examples
    --------
    >>> table = Ratings.of([[0, 0, 1], [1, 1, 1], [1, 1, 0], [0, 0, 0]], raters=["Lin", "Wu", "PEEA"])
    >>> for row in each_rater(table, "PEEA", categories=[0, 1]):
    ...     print(row.rater, row.with_others.value)
    PEEA 0.0
    Lin 1.0
    Wu 1.0
    """
    matrix = symmetric_weights(weights, len(categories))
    codes = ratings.codes(categories)
    clinicians = ratings.without(reference).raters
    drawn = resample_weights(ratings, resampling) if ratings.recordings else np.empty((resampling.resamples, 0))
    once = np.ones((1, len(ratings.recordings)))
    pairs = list(combinations(range(len(ratings.raters)), 2))
    all_kappas = kappas_of_pairs(np.concatenate([once, drawn]), codes, pairs, matrix)
    kappas: dict[frozenset[str], FloatArray | NoNumber] = {}
    for pair, values in zip(combinations(ratings.raters, 2), all_kappas.T, strict=True):
        kappas[frozenset(pair)] = why_no_kappa(ratings.only(pair), categories) or values

    def mean_kappa(rater: str) -> MeanKappa | NoNumber:
        others = [name for name in clinicians if name != rater]
        found = {name: kappas[frozenset((rater, name))] for name in others}
        values = {name: value for name, value in found.items() if not isinstance(value, NoNumber)}
        if not others:
            return NoNumber(OTHERS, Reason.ONE_RATER, t("There is no other clinician."))
        if not values:
            first = next(value for value in found.values() if isinstance(value, NoNumber))
            return NoNumber(
                OTHERS,
                first.reason,
                t("{rater} has no kappa with any other clinician: {why}", rater=rater, why=first.sentence),
            )
        mean = np.mean(list(values.values()), axis=0)
        if np.isnan(mean[0]):
            sentence = t("With these weights a pair of raters agrees fully by chance too.")
            return NoNumber(OTHERS, Reason.NO_CHANCE_AGREEMENT, sentence)
        return MeanKappa(
            weights_name(weights),
            float(mean[0]),
            summary(OTHERS, mean[1:], len(set(ratings.patients))),
            tuple(values),
            tuple((name, value) for name, value in found.items() if isinstance(value, NoNumber)),
        )

    rows = [RaterAgreement(reference, None, None, mean_kappa(reference))]
    for name in clinicians:
        kappa = cohen_kappa(ratings, name, reference, categories=categories, weights=weights, resampling=resampling)
        rows.append(RaterAgreement(name, kappa, percent_agreement(ratings, name, reference), mean_kappa(name)))
    return tuple(rows)
