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


def reliability(probabilities: np.ndarray, classes: np.ndarray, bins: int = 10) -> list[dict[str, float]]:
    """Return the reliability curve: in each equal-width bin of confidence with faces, its mean and the share right.

    Args:
        probabilities: (N, K), each row summing to 1.
        classes: (N,) true classes.
        bins: number of bins of the confidence.

    Returns:
        A row a bin: confidence and accuracy (0-1), images.
    """
    confidence = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == classes
    which = np.minimum((confidence * bins).astype(int), bins - 1)
    rows = []
    for each in np.unique(which):
        inside = which == each
        mean, share = float(confidence[inside].mean()), float(right[inside].mean())
        rows.append({"confidence": mean, "accuracy": share, "images": int(inside.sum())})
    return rows


def expected_calibration_error(probabilities: np.ndarray, classes: np.ndarray, bins: int = 10) -> float:
    """Return the expected calibration error, 0-1: the mean gap between confidence and accuracy over equal-width bins.

    See `reliability`; Guo et al. 2017, equation 3.
    """
    rows = reliability(probabilities, classes, bins)
    return sum(row["images"] * abs(row["accuracy"] - row["confidence"]) for row in rows) / max(1, len(classes))
