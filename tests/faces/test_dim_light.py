"""Copies for the second look."""

from __future__ import annotations

import numpy as np
import pytest

from peea.faces.dim_light import brighten, even, gain_for


def test_the_gain_reaches_the_target_within_its_limits():
    assert gain_for(30, 90, 6) == 3
    assert gain_for(5, 90, 6) == 6
    assert gain_for(200, 90, 6) == 1
    assert gain_for(0, 90, 6) == 6


def test_brightening_multiplies_and_cuts_at_white():
    image = np.full((20, 20, 3), 40, np.uint8)
    assert (brighten(image, 1.5, 0) == 60).all()
    assert (brighten(image, 10, 2) == 255).all()


def test_noise_is_smoothed_only_at_high_gain():
    noisy = np.random.default_rng(1).integers(10, 31, (64, 64, 3)).astype(np.uint8)
    rough, smooth = brighten(noisy, 4, 0), brighten(noisy, 4, 2)
    assert smooth.std() < rough.std() / 3
    assert smooth.mean() == pytest.approx(rough.mean(), rel=0.02)
    assert (brighten(noisy, 1.5, 2) == brighten(noisy, 1.5, 0)).all()


@pytest.mark.parametrize(("gain", "smoothing"), [(0, 0), (-1, 0), (float("nan"), 0), (2, -1)])
def test_senseless_values_are_refused(gain, smoothing):
    with pytest.raises(ValueError, match="allowed are"):
        brighten(np.zeros((4, 4, 3), np.uint8), gain, smoothing)


def test_evening_lifts_a_face_out_of_shadow():
    image = np.full((128, 128, 3), 200, np.uint8)
    image[32:96, 32:96] = np.random.default_rng(2).integers(10, 40, (64, 64, 1))
    evened = even(image, 3.0, 4)
    assert evened.shape == image.shape
    assert evened.dtype == np.uint8
    assert evened[40:88, 40:88].std() > 1.5 * image[40:88, 40:88].std()
