"""Copies of a picture for a second look: brightened where it is dark, evened where light is uneven. Pure."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

_NOISE_SHOWS_FROM: Final = 2.0
"""Gain from which the noise of the sensor shows in the brightened copy and is smoothed."""


def gain_for(brightness: float, target: float, highest: float) -> float:
    """Return the factor that brings a mean luma to `target`, at least 1 and at most `highest`."""
    return float(min(max(target / max(brightness, 1e-6), 1.0), highest))


def brighten(image: np.ndarray, gain: float, smoothing_px: float) -> np.ndarray:
    """Return a copy with all values multiplied by `gain`, those over 255 cut, and smoothed where noise shows.

    Args:
        image: (height, width, 3) uint8 RGB.
        gain: over 0.
        smoothing_px: standard deviation of the Gaussian that smooths a copy of high gain; 0 for none.

    Raises:
        ValueError: gain is not over 0, or smoothing_px is negative.
    """
    if not gain > 0 or smoothing_px < 0:
        raise ValueError(f"gain is {gain} and smoothing_px {smoothing_px}; allowed are over 0 and from 0")
    brightened = cv2.convertScaleAbs(image, alpha=gain)
    if gain >= _NOISE_SHOWS_FROM and smoothing_px > 0:
        brightened = cv2.GaussianBlur(brightened, (0, 0), smoothing_px)
    return brightened


def even(image: np.ndarray, contrast: float, tiles: int) -> np.ndarray:
    """Return a copy with the light evened: adaptive histogram equalisation of the lightness with limited contrast.

    It lifts a face out of back light or shadow (Zuiderveld, Graphics Gems IV, 1994: CLAHE).

    Args:
        image: (height, width, 3) uint8 RGB.
        contrast: limit of the contrast's growth, 1 for none.
        tiles: the picture is evened over this many tiles a side.
    """
    lab = cv2.cvtColor(image, cv2.COLOR_RGB2LAB)
    lab[..., 0] = cv2.createCLAHE(contrast, (tiles, tiles)).apply(lab[..., 0])
    return cv2.cvtColor(lab, cv2.COLOR_LAB2RGB)
