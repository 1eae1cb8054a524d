"""Temperature scaling: probabilities that mean what they say (Guo et al., ICML 2017), and how far they do not (ECE)."""

from __future__ import annotations

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax


def fit_temperature(logits: np.ndarray, grades: np.ndarray) -> float:
    """Return the temperature T, 0.05-20, that minimises the cross-entropy of softmax(logits / T).

    Args:
        logits: (N, K) of faces that the network was not trained on.
        grades: (N,) true classes.
    """
    if len(logits) == 0:
        raise ValueError("no faces to calibrate on: the validation part is empty")

    def cross_entropy(log_temperature: float) -> float:
        scaled = log_softmax(logits / np.exp(log_temperature), axis=1)
        return float(-scaled[np.arange(len(grades)), grades].mean())

    found = minimize_scalar(cross_entropy, bounds=(np.log(0.05), np.log(20)), method="bounded")
    return float(np.exp(found.x))


def expected_calibration_error(probabilities: np.ndarray, grades: np.ndarray, bins: int = 10) -> float:
    """Return the expected calibration error, 0-1: the mean gap between confidence and accuracy over equal-width bins.

    Args:
        probabilities: (N, K), each row summing to 1.
        grades: (N,) true classes.
        bins: number of bins of the confidence (Guo et al. 2017, equation 3).
    """
    confidence = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == grades
    which = np.minimum((confidence * bins).astype(int), bins - 1)
    gap = 0.0
    for each in range(bins):
        inside = which == each
        if inside.any():
            gap += inside.mean() * abs(right[inside].mean() - confidence[inside].mean())
    return float(gap)
