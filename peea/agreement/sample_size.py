"""How many recordings a study needs, and how wide its intervals will be: planning by precision. Pure.

The formulas take recordings for independent: plan with recordings of different patients, or with patients.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
from scipy import stats

from peea.agreement.degenerate import LEVEL
from peea.agreement.pair_tables import standard_errors
from peea.agreement.weights import Weighting, Weights, agreement_weights

LEAST_RECORDINGS: Final = 3
"""The smallest study for which a plan is given, see `degenerate.LEAST_PATIENTS`."""

BONETT_TWO_RATERS_FROM: Final = 0.7
"""Expected ICC from which on Bonett's formula needs a correction of 5 times that ICC for two raters (2002)."""


def _z() -> float:
    return float(stats.norm.ppf((1 + LEVEL) / 2))


def _check_width(width: float) -> None:
    if not 0 < width < 2:
        raise ValueError(f"the width of an interval is between 0 and 2; got {width}")


def _check_recordings(recordings: int) -> None:
    if recordings < LEAST_RECORDINGS:
        raise ValueError(f"a study has {LEAST_RECORDINGS} recordings or more; got {recordings}")


def _check_icc(expected: float, raters: int) -> None:
    if not 0 <= expected < 1:
        raise ValueError(f"the expected ICC is from 0 to below 1; got {expected}")
    if raters < 2:
        raise ValueError(f"an ICC needs two raters or more; got {raters}")


def _icc_spread(expected: float, raters: int) -> float:
    """Return width squared times (n - 1) of the interval of a single-rater ICC, Bonett (2002)."""
    spread = (1 - expected) ** 2 * (1 + (raters - 1) * expected) ** 2 / (raters * (raters - 1))
    return 8 * _z() ** 2 * spread


def recordings_for_icc(expected: float, raters: int, width: float) -> int:
    r"""Return the recordings needed for a 95 % interval of a single-rater ICC that is at most so wide.

    Parameters
    ----------
    expected : float
        The ICC that is expected, 0 to below 1.
    raters : int
        How many raters rate each recording, k.
    width : float
        From the lower to the upper limit.

    Raises
    ------
    ValueError
        Anything out of range.

    Notes
    -----
    :math:`n = 8 z^2 (1-\rho)^2 (1+(k-1)\rho)^2 / k(k-1)w^2 + 1`, and :math:`5\rho` more for two raters and
    :math:`\rho \ge 0.7` [1]_. One-way and two-way forms need about the same.

    References
    ----------
    .. [1] Bonett DG (2002). Sample size requirements for estimating intraclass correlations with desired precision.
           Statistics in Medicine 21:1331-1335, eq. 3.

    Examples
    --------
    Bonett's example, an ICC of .85 by four raters within a width of .2:

    >>> recordings_for_icc(0.85, 4, 0.2)
    20
    """
    _check_icc(expected, raters)
    _check_width(width)
    needed = _icc_spread(expected, raters) / width**2 + 1
    if raters == 2 and expected >= BONETT_TWO_RATERS_FROM:
        needed += 5 * expected
    return max(LEAST_RECORDINGS, math.ceil(needed))


def width_for_icc(expected: float, raters: int, recordings: int) -> float:
    """Return how wide the 95 % interval of a single-rater ICC will be.

    Parameters
    ----------
    expected, raters
        As in `recordings_for_icc`.
    recordings : int
        How many recordings the study has.

    References
    ----------
    Bonett (2002), see `recordings_for_icc`.

    Examples
    --------
    >>> round(width_for_icc(0.85, 4, 20), 2)  # the other way round from `recordings_for_icc`
    0.2
    """
    _check_icc(expected, raters)
    _check_recordings(recordings)
    independent = recordings - 1.0
    if raters == 2 and expected >= BONETT_TWO_RATERS_FROM:
        independent = max(1.0, independent - 5 * expected)
    return min(2.0, math.sqrt(_icc_spread(expected, raters) / independent))


def _kappa_spread(expected: float, shares: Sequence[float], weights: Weights) -> float:
    """Return the variance of kappa times the number of recordings, for raters with the same habits."""
    if not 0 <= expected < 1:
        raise ValueError(f"the expected kappa is from 0 to below 1; got {expected}")
    habits = np.array(shares, dtype=float)
    if (
        habits.ndim != 1
        or len(habits) < 2
        or not (habits >= 0).all()
        or not math.isclose(habits.sum(), 1, abs_tol=1e-6)
    ):
        raise ValueError(f"the shares of two categories or more add up to 1; got {list(shares)}")
    if (habits > 0).sum() < 2:
        raise ValueError("kappa needs two categories that occur")
    matrix = agreement_weights(weights, len(habits))
    table = expected * np.diag(habits) + (1 - expected) * np.outer(habits, habits)
    return standard_errors(table, matrix, 1)[0] ** 2


def recordings_for_kappa(
    expected: float, shares: Sequence[float], width: float, *, weights: Weights = Weighting.UNWEIGHTED
) -> int:
    r"""Return the recordings needed for a 95 % interval of the kappa of two raters that is at most so wide.

    Parameters
    ----------
    expected : float
        The kappa that is expected, 0 to below 1.
    shares : sequence of float
        How often each category is expected, in the order of the scale; they add up to 1.
    width : float
        From the lower to the upper limit.
    weights : Weighting or array_like
        As the study will weight.

    Raises
    ------
    ValueError
        Anything out of range.

    Notes
    -----
    :math:`n = 4 z^2 V / w^2` with V/n the variance of [1]_ at the table
    :math:`p_{ij} = \kappa [i = j] p_i + (1 - \kappa) p_i p_j`: a share :math:`\kappa` of the recordings is rated alike,
    the rest independently, so that kappa has the expected value under all weights. For two categories this is the
    model of [2]_.

    References
    ----------
    .. [1] Fleiss JL, Cohen J, Everitt BS (1969). Large sample standard errors of kappa and weighted kappa.
           Psychological Bulletin 72:323-327.
    .. [2] Donner A, Eliasziw M (1992). A goodness-of-fit approach to inference procedures for the kappa statistic.
           Statistics in Medicine 11:1511-1519.

    Examples
    --------
    >>> recordings_for_kappa(0.7, [0.2, 0.2, 0.2, 0.2, 0.2], 0.2)
    110
    """
    _check_width(width)
    return max(LEAST_RECORDINGS, math.ceil(4 * _z() ** 2 * _kappa_spread(expected, shares, weights) / width**2))


def width_for_kappa(
    expected: float, shares: Sequence[float], recordings: int, *, weights: Weights = Weighting.UNWEIGHTED
) -> float:
    """Return how wide the 95 % interval of the kappa of two raters will be.

    Parameters
    ----------
    expected, shares, weights
        As in `recordings_for_kappa`.
    recordings : int
        How many recordings the study has.

    References
    ----------
    As in `recordings_for_kappa`.

    Examples
    --------
    >>> round(width_for_kappa(0.7, [0.2, 0.2, 0.2, 0.2, 0.2], 110), 2)  # the other way round
    0.2
    """
    _check_recordings(recordings)
    return min(2.0, 2 * _z() * math.sqrt(_kappa_spread(expected, shares, weights) / recordings))
