"""Brightening dark pictures for a second look. Pure."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

_DENOISE_FROM_GAIN: Final = 2.0
"""From this gain on, noise is visible in the brightened copy and is smoothed."""

_DENOISE_WIDTH_PX: Final = 3
"""Width of the Gaussian that smooths it: one pixel around each, which landmarks and wrinkles survive."""


def gain_for(brightness: float, target: float, highest: float) -> float:
    """Return the factor that brings a mean luma to `target`, at least 1 and at most `highest`."""
    return float(min(max(target / max(brightness, 1e-6), 1.0), highest))


def brighten(image: np.ndarray, gain: float) -> np.ndarray:
    """Return a copy with all values multiplied by `gain` (over 0), those over 255 cut, smoothed at high gains.

    Args:
        image: (height, width, 3) uint8 RGB.

    Raises:
        ValueError: gain is not over 0.
    """
    if not gain > 0:
        raise ValueError(f"gain is {gain}; it must be over 0")
    brightened = cv2.convertScaleAbs(image, alpha=gain)
    if gain >= _DENOISE_FROM_GAIN:
        brightened = cv2.GaussianBlur(brightened, (_DENOISE_WIDTH_PX, _DENOISE_WIDTH_PX), 0)
    return brightened
