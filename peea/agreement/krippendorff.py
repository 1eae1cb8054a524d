"""Krippendorff's alpha: any number of raters, any scale, missing ratings allowed. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from peea.agreement.bootstrap import DEFAULT_RESAMPLING, Bootstrapped, Resampling, bootstrap
from peea.agreement.degenerate import NoNumber, Reason, too_little_to_compare
from peea.agreement.ratings import FloatArray, Ratings
from peea.language import t

ALPHA: Final = "Krippendorff's alpha"


class Scale(StrEnum):
    """What the differences between ratings mean."""

    NOMINAL = "nominal"
    ORDINAL = "ordinal"
    INTERVAL = "interval"
    RATIO = "ratio"


@dataclass(frozen=True)
class KrippendorffAlpha:
    """Agreement as 1 minus observed over expected disagreement.

    Attributes
    ----------
    scale : Scale
        The metric of disagreement.
    value : float
        Alpha.
    observed, expected : float
        Disagreement found, and expected by chance, in the units of the metric.
    bootstrap : Bootstrapped or NoNumber
        Standard error and interval by resampling patients; alpha has no simple formula for them.
    recordings : int
        Recordings with two ratings or more; only these count.
    ratings : int
        Their ratings.
    raters : int
        Raters in the table.
    """

    scale: Scale
    value: float
    observed: float
    expected: float
    bootstrap: Bootstrapped | NoNumber
    recordings: int
    ratings: int
    raters: int


def krippendorff_alpha(
    ratings: Ratings, scale: Scale, *, resampling: Resampling = DEFAULT_RESAMPLING
) -> KrippendorffAlpha | NoNumber:
    r"""Return Krippendorff's alpha.

    Parameters
    ----------
    ratings : Ratings
        Recordings by raters; cells may be missing. Recordings with one rating do not count.
    scale : Scale
        Nominal (same or not), ordinal (grades), interval (VAS, PSPI) or ratio (a true zero, no negative values).
    resampling : Resampling
        How many resamples of patients, and the seed.

    Returns
    -------
    KrippendorffAlpha or NoNumber
        No number if all ratings that count are equal: there is nothing to disagree about.

    Raises
    ------
    ValueError
        Negative ratings on a ratio scale.

    Notes
    -----
    With :math:`o_{ck}` pairs of ratings c and k within recordings, each recording's pairs over its ratings less one,
    :math:`n_c = \sum_k o_{ck}` and :math:`n = \sum_c n_c` [1]_:

    .. math:: \alpha = 1 - \frac{D_o}{D_e}, \quad D_o = \frac{1}{n} \sum_{ck} o_{ck} \delta_{ck}^2, \quad
              D_e = \frac{1}{n (n - 1)} \sum_{ck} n_c n_k \delta_{ck}^2

    :math:`\delta^2` is :math:`[c \ne k]` (nominal), :math:`(\sum_{g=c}^k n_g - (n_c + n_k)/2)^2` (ordinal),
    :math:`(c - k)^2` (interval), :math:`((c - k)/(c + k))^2` (ratio). The ordinal one is the interval one of the mean
    ranks :math:`\sum_{g<c} n_g + n_c / 2`, which is how it is computed here. Absent categories change nothing.

    References
    ----------
    .. [1] Krippendorff K (2011). Computing Krippendorff's alpha-reliability. University of Pennsylvania,
           Annenberg School for Communication, departmental paper 43, sections C and D.

    Examples
    --------
    Krippendorff (2011) prints .743 nominal, .815 ordinal and .849 interval:

    >>> nan = None
    >>> four = [[1, 2, 3, 3, 2, 1, 4, 1, 2, nan, nan, nan], [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, nan, nan],
    ...         [nan, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, 3], [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, nan]]
    >>> table = Ratings.of(list(zip(*four)))
    >>> [round(krippendorff_alpha(table, scale).value, 3) for scale in list(Scale)[:3]]
    [0.743, 0.815, 0.849]
    """
    if scale is Scale.RATIO and (ratings.values < 0).any():
        raise ValueError(f"a ratio scale has no values below 0; got {np.nanmin(ratings.values):g}")
    problem = too_little_to_compare(ratings, ALPHA)
    if problem is not None:
        return problem
    paired = ratings.where(np.isfinite(ratings.values).sum(axis=1) >= 2)
    values = np.unique(paired.values[np.isfinite(paired.values)])
    if len(values) == 1:
        return NoNumber(
            ALPHA,
            Reason.ONE_CATEGORY,
            t("Every rating is {rating:g}; alpha needs ratings that differ somewhere.", rating=values[0]),
        )
    counts = np.stack([(paired.values == value).sum(axis=1) for value in values], axis=1).astype(float)

    def disagreements(drawn: FloatArray) -> tuple[FloatArray, FloatArray]:
        return _ordinal(counts, drawn) if scale is Scale.ORDINAL else _fixed(counts, drawn, _metric(values, scale))

    def of_weights(drawn: FloatArray) -> FloatArray:
        observed, expected = disagreements(drawn)
        return 1 - np.divide(observed, expected, out=np.full_like(expected, np.nan), where=expected > 0)

    observed, expected = (float(share[0]) for share in disagreements(np.ones((1, len(counts)))))
    return KrippendorffAlpha(
        scale,
        1 - observed / expected,
        observed,
        expected,
        bootstrap(ALPHA, paired, of_weights, resampling),
        len(counts),
        int(counts.sum()),
        len(ratings.raters),
    )


def _metric(values: FloatArray, scale: Scale) -> FloatArray:
    """Return the squared differences of all pairs of values, shape (values, values)."""
    if scale is Scale.NOMINAL:
        return 1.0 - np.eye(len(values))
    difference = np.subtract.outer(values, values)
    if scale is Scale.INTERVAL:
        return np.asarray(difference**2, dtype=float)
    whole = np.add.outer(values, values)
    return np.divide(difference, whole, out=np.zeros_like(whole), where=whole > 0) ** 2


def _fixed(counts: FloatArray, drawn: FloatArray, metric: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return observed and expected disagreement of each resample for a metric that does not depend on the ratings."""
    within = np.einsum("uc,ck,uk->u", counts, metric, counts) / (counts.sum(axis=1) - 1)
    of_value = drawn @ counts
    n = of_value.sum(axis=1)
    return (drawn @ within) / n, ((of_value @ metric) * of_value).sum(axis=1) / (n * (n - 1))


def _ordinal(counts: FloatArray, drawn: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return observed and expected disagreement of each resample by the mean ranks of its own ratings.

    The squared differences of all ordered pairs of m numbers add up to 2 m times the sum of their squares, less twice
    the square of their sum.
    """
    of_value = drawn @ counts
    n = of_value.sum(axis=1)
    ranks = np.cumsum(of_value, axis=1) - of_value / 2
    ranks = ranks - ((ranks * of_value).sum(axis=1) / n)[:, None]  # centred: the sum over all ratings is 0
    m = counts.sum(axis=1)
    within = 2 * (m * (ranks**2 @ counts.T) - (ranks @ counts.T) ** 2) / (m - 1)
    expected = 2 * (of_value * ranks**2).sum(axis=1) / (n - 1)
    return (drawn * within).sum(axis=1) / n, expected
