"""What is done to training images: seeded, within its limits, and each named policy does what its paper says."""

import cv2
import numpy as np
import pytest

from peea.training.augmentation import AUGMENTATIONS, EVERYTHING, NO_AUGMENTATION, Augmentation, augment

SIDE = 96


@pytest.fixture
def crop():
    return np.random.default_rng(0).integers(0, 256, (SIDE, SIDE, 3)).astype(np.uint8)


def changed(crop, limits, seeds=range(12)):
    return [augment(crop, SIDE, limits, np.random.default_rng(seed)) for seed in seeds]


def test_it_is_seeded_and_can_be_switched_off(crop):
    first, again, other = (augment(crop, 80, EVERYTHING, np.random.default_rng(seed)) for seed in (5, 5, 6))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
    assert all(np.array_equal(each, crop) for each in changed(crop, NO_AUGMENTATION))


@pytest.mark.parametrize("name", AUGMENTATIONS)
def test_every_named_policy_keeps_shape_and_type(name, crop):
    for each in changed(crop, AUGMENTATIONS[name]):
        assert each.shape == crop.shape
        assert each.dtype == np.uint8


def test_flipping_mirrors_the_face():
    crop = np.zeros((SIDE, SIDE, 3), np.uint8)
    crop[:, : SIDE // 2] = 200
    assert {each[10, 10, 0] for each in changed(crop, Augmentation(flip=True))} == {0, 200}


def test_the_hip_fracture_policy_moves_the_face_and_leaves_its_colours():
    crop = np.full((SIDE, SIDE, 3), (180, 120, 90), np.uint8)
    cv2.circle(crop, (48, 48), 8, (10, 10, 10), -1)
    centres = []
    for each in changed(crop, AUGMENTATIONS["hip-fracture paper"]):
        dark = each[..., 0] < 60
        centres.append(np.argwhere(dark).mean(0))
        assert set(np.unique(each[~dark & (each[..., 0] > 170)], axis=0).ravel()) <= set(range(85, 181))
    assert np.ptp(centres, axis=0).max() > 1


def test_the_cancer_policy_separates_channels_and_moves_nothing(crop):
    grey = [np.ptp(each, axis=2).max() == 0 for each in changed(crop, Augmentation(one_channel=1.0))]
    assert all(grey)
    shown = {
        next(channel for channel in range(3) if np.array_equal(each[..., 0], crop[..., channel]))
        for each in changed(crop, Augmentation(one_channel=1.0), range(20))
    }
    assert shown == {0, 1, 2}


def test_equalising_spreads_a_flat_histogram():
    flat = np.random.default_rng(1).integers(100, 120, (SIDE, SIDE, 1)).astype(np.uint8).repeat(3, 2)
    assert np.ptp(changed(flat, Augmentation(equalised=1.0))[0]) > 5 * np.ptp(flat)


def test_a_cover_hides_a_part_only(crop):
    for each in changed(crop, Augmentation(covered=1.0)):
        hidden = (each != crop).any(axis=2).mean()
        assert 0.005 < hidden < 0.15
