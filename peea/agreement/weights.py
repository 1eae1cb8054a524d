"""How much each pair of categories agrees: unweighted, linear, quadratic, or a site's own weights. Pure."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from peea.agreement.ratings import FloatArray


class Weighting(StrEnum):
    """The usual weights; i and j are positions in the scale of q categories."""

    UNWEIGHTED = "unweighted"
    LINEAR = "linear"
    QUADRATIC = "quadratic"


CUSTOM = "custom"
"""What a result calls weights that were given as a matrix."""

Weights: TypeAlias = Weighting | ArrayLike
"""A `Weighting`, or a matrix of agreement weights of shape (categories, categories)."""


def weights_name(weights: Weights) -> str:
    """Return the name under which weights are reported.

    Examples
    --------
    >>> weights_name(Weighting.LINEAR), weights_name([[1, 0], [0, 1]])
    ('linear', 'custom')
    """
    return weights.value if isinstance(weights, Weighting) else CUSTOM


def agreement_weights(weights: Weights, categories: int) -> FloatArray:
    r"""Return the matrix of agreement weights, 1 on the diagonal and 0 to 1 beside it.

    Parameters
    ----------
    weights : Weighting or array_like, shape (categories, categories)
        The usual weights by name, or the agreement weights themselves.
    categories : int
        How many categories the scale has, q. Absent categories count: they keep their place in the scale.

    Returns
    -------
    array of float, shape (categories, categories)

    Raises
    ------
    ValueError
        A matrix of another shape, with other than 1 on the diagonal, or with a weight outside 0 to 1.

    Notes
    -----
    Linear weights are :math:`1 - |i - j| / (q - 1)`, quadratic ones :math:`1 - (i - j)^2 / (q - 1)^2` [1]_. A matrix
    may be asymmetric for two raters; statistics for more raters refuse that.

    References
    ----------
    .. [1] Fleiss JL, Cohen J (1973). The equivalence of weighted kappa and the intraclass correlation coefficient as
           measures of reliability. Educational and Psychological Measurement 33:613-619.

    Examples
    --------
    >>> agreement_weights(Weighting.LINEAR, 3)
    array([[1. , 0.5, 0. ],
           [0.5, 1. , 0.5],
           [0. , 0.5, 1. ]])
    """
    if isinstance(weights, Weighting):
        distance = np.abs(np.subtract.outer(np.arange(categories), np.arange(categories))) / (categories - 1)
        if weights is Weighting.UNWEIGHTED:
            return np.eye(categories)
        return 1.0 - (distance if weights is Weighting.LINEAR else distance**2)
    if isinstance(weights, str):
        raise ValueError(f"weights are {', '.join(Weighting)} or a matrix; got {weights!r}")
    matrix = np.array(weights, dtype=float)
    if matrix.shape != (categories, categories):
        raise ValueError(f"the scale has {categories} categories, but the weights have shape {matrix.shape}")
    if not np.allclose(np.diag(matrix), 1.0, rtol=0, atol=1e-12):
        raise ValueError(f"a category agrees with itself by weight 1; the diagonal is {np.diag(matrix).tolist()}")
    if not ((matrix >= 0) & (matrix <= 1)).all():
        raise ValueError(
            "agreement weights lie from 0 (no agreement) to 1; for weights of disagreement use weights_of_disagreement"
        )
    return matrix


def symmetric_weights(weights: Weights, categories: int) -> FloatArray:
    """Return agreement weights for statistics in which the raters are interchangeable; refuse asymmetric ones.

    Examples
    --------
    >>> symmetric_weights([[1, 0.5], [0, 1]], 2)
    Traceback (most recent call last):
    ValueError: with more than two raters the weights must be symmetric
    """
    matrix = agreement_weights(weights, categories)
    if not np.allclose(matrix, matrix.T, rtol=0, atol=1e-12):
        raise ValueError("with more than two raters the weights must be symmetric")
    return matrix


def weights_of_disagreement(disagreement: ArrayLike) -> FloatArray:
    r"""Return the agreement weights that give the same kappa as weights of disagreement (0 on the diagonal).

    Parameters
    ----------
    disagreement : array_like, shape (categories, categories)
        How bad it is to confuse two categories; any unit.

    Raises
    ------
    ValueError
        A negative weight, one on the diagonal, or none at all.

    Notes
    -----
    :math:`w_{ij} = 1 - v_{ij} / v_{max}` [1]_.

    References
    ----------
    .. [1] Cohen J (1968). Weighted kappa: nominal scale agreement with provision for scaled disagreement or partial
           credit. Psychological Bulletin 70:213-220.

    Examples
    --------
    >>> weights_of_disagreement([[0, 1], [4, 0]])
    array([[1.  , 0.75],
           [0.  , 1.  ]])
    """
    matrix = np.array(disagreement, dtype=float)
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:
        raise ValueError(f"weights of disagreement are a square matrix; got shape {matrix.shape}")
    if not np.isfinite(matrix).all() or (matrix < 0).any() or np.diag(matrix).any() or not matrix.any():
        raise ValueError("weights of disagreement are 0 on the diagonal and 0 or more beside it, at least one above 0")
    return np.asarray(1.0 - matrix / matrix.max(), dtype=float)
