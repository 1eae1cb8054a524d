"""Cross-tables of pairs of raters, for all resamples at once, and kappa with its standard errors from them. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from peea.agreement.ratings import FloatArray, IntArray

EXACT: Final = 1e-12
"""Difference below which two shares are equal but for rounding."""

CELLS_AT_ONCE: Final = 4_000_000
"""Cells of cross-tables kept in memory at once (32 MB): all resamples of 160 pairs of raters on the grades 0-4."""


def kappa_of_tables(tables: FloatArray, weights: FloatArray) -> FloatArray:
    """Return the kappa of each cross-table, NaN where it has none (a rater who used one category only).

    Parameters
    ----------
    tables : array of float, shape (..., categories, categories)
        Counts or shares.
    weights : array of float, shape (categories, categories)
        Agreement weights.

    Notes
    -----
    `peea.agreement.kappa.cohen_kappa` explains the formula; this one takes many tables at once, for resampling.

    Examples
    --------
    >>> kappa_of_tables(np.array([[[20.0, 5.0], [10.0, 15.0]]]), np.eye(2)).round(6)
    array([0.4])
    """
    whole = tables.sum(axis=(-2, -1))
    rows, columns = tables.sum(axis=-1), tables.sum(axis=-2)
    # In shares of n squared, so that the test for a constant rater is exact in whole numbers.
    observed = (tables * weights).sum(axis=(-2, -1)) * whole
    expected = np.einsum("...i,ij,...j->...", rows, weights, columns)
    varied = (rows.max(axis=-1) < whole) & (columns.max(axis=-1) < whole)
    defined = varied & (whole**2 - expected > EXACT * whole**2)
    return np.divide(observed - expected, whole**2 - expected, out=np.full_like(whole, np.nan), where=defined)


def kappas_of_pairs(
    drawn: FloatArray, codes: IntArray, pairs: Sequence[tuple[int, int]], weights: FloatArray
) -> FloatArray:
    """Return the kappa of each pair of raters in each resample, shape (resamples, pairs), NaN where there is none.

    Parameters
    ----------
    drawn : array of float, shape (resamples, recordings)
        How often each recording is in each resample.
    codes : array of int, shape (recordings, raters)
        Positions of the ratings in the scale, -1 where missing; what one of a pair did not rate does not count for it.
    pairs : sequence of two columns each
        Which raters to compare.
    weights : array of float, shape (categories, categories)
        Agreement weights.

    Examples
    --------
    >>> kappas_of_pairs(np.ones((1, 4)), np.array([[0, 0, 1], [1, 1, 1], [1, 1, 0], [0, 0, 0]]), [(0, 1), (0, 2)],
    ...                 np.eye(2))
    array([[1., 0.]])
    """
    size = len(weights)
    at_once = max(1, CELLS_AT_ONCE // (len(drawn) * size**2))
    kappas = []
    for start in range(0, len(pairs), at_once):
        tables = cross_tables(drawn, codes, pairs[start : start + at_once], size)
        kappas.append(kappa_of_tables(tables, weights))
    return np.concatenate(kappas, axis=1)


def cross_tables(drawn: FloatArray, codes: IntArray, pairs: Sequence[tuple[int, int]], categories: int) -> FloatArray:
    """Return the cross-tables of pairs of raters, shape (resamples, pairs, categories, categories).

    Parameters
    ----------
    drawn, codes, pairs
        As in `kappas_of_pairs`.
    categories : int
        How many categories the scale has.

    Examples
    --------
    >>> cross_tables(np.ones((1, 3)), np.array([[0, 1], [1, 1], [-1, 0]]), [(0, 1)], 2)
    array([[[[0., 1.],
             [0., 1.]]]])
    """
    first, second = (codes[:, list(side)] for side in zip(*pairs, strict=True))
    # One cell of its pair's table for each recording; the last row, all 0, is for missing ratings.
    cells = np.vstack([np.eye(categories**2), np.zeros(categories**2)])
    chosen = np.where((first >= 0) & (second >= 0), first * categories + second, -1)
    tables = drawn @ cells[chosen].reshape(len(codes), -1)
    return tables.reshape(-1, len(pairs), categories, categories)


def standard_errors(shares: FloatArray, weights: FloatArray, n: int) -> tuple[float, float]:
    r"""Return the asymptotic standard errors of kappa: not assuming, and assuming, that it is 0.

    Parameters
    ----------
    shares : array of float, shape (categories, categories)
        Shares of the cross-table, sum 1.
    weights : array of float, shape (categories, categories)
        Agreement weights.
    n : int
        Recordings.

    Notes
    -----
    With :math:`\bar w_{i.} = \sum_j w_{ij} p_{.j}` and :math:`\bar w_{.j} = \sum_i w_{ij} p_{i.}` [1]_:

    .. math::

        n (1-p_e)^4 \sigma^2 = \sum_{ij} p_{ij} [w_{ij}(1-p_e) - (\bar w_{i.}+\bar w_{.j})(1-p_o)]^2
                               - (p_o p_e - 2 p_e + p_o)^2

        n (1-p_e)^2 \sigma_0^2 = \sum_{ij} p_{i.} p_{.j} [w_{ij} - (\bar w_{i.}+\bar w_{.j})]^2 - p_e^2

    References
    ----------
    .. [1] Fleiss JL, Cohen J, Everitt BS (1969). Large sample standard errors of kappa and weighted kappa.
           Psychological Bulletin 72:323-327: the variance of weighted kappa, general and at kappa 0.

    Examples
    --------
    The example of that paper, unweighted, n = 200:

    >>> table = np.array([[106, 10, 4], [22, 28, 10], [2, 12, 6]])
    >>> [round(se, 4) for se in standard_errors(table / 200, np.eye(3), 200)]
    [0.0537, 0.0555]
    """
    rows, columns = shares.sum(axis=1), shares.sum(axis=0)
    observed = float((weights * shares).sum())
    expected = float(rows @ weights @ columns)
    of_cell = (weights @ columns)[:, None] + (rows @ weights)[None, :]
    spread = (shares * (weights * (1 - expected) - of_cell * (1 - observed)) ** 2).sum()
    spread -= (observed * expected - 2 * expected + observed) ** 2
    null_spread = (np.outer(rows, columns) * (weights - of_cell) ** 2).sum() - expected**2
    # Rounding can leave a variance of 0 at -1e-17.
    error = np.sqrt(max(0.0, spread) / n) / (1 - expected) ** 2
    null_error = np.sqrt(max(0.0, null_spread) / n) / (1 - expected)
    return float(error), float(null_error)
