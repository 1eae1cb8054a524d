"""What the training set's images go through, so that a grader meets more than it was shown.

Rotation, cropping and translation are those of [P] (Yang et al. 2024, Table 1); saturation, histogram equalisation and
channel separation those of [E] (Chen et al. 2023); the rest imitates the ward's cameras and what covers faces there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import cv2
import numpy as np


@dataclass(frozen=True)
class Augmentation:
    """How far an image may be changed. Each change is drawn evenly between its limits, anew for every image and epoch.

    Attributes:
        rotation_deg: turned by up to this, either way [P].
        zoom: enlarged or reduced by up to this share; enlarging crops [P].
        translation: moved by up to this share of the side, either way [P].
        flip: mirrored in half of the images (left and right actions are coded as one).
        brightness: multiplied by 1 +- this.
        gamma: raised to a power between 1 / (1 + this) and 1 + this.
        tint: each colour channel multiplied by 1 +- this (white balance).
        saturation: colours scaled by 1 +- this [E].
        equalised: share of the images whose histogram of lightness is equalised [E].
        one_channel: share of the images shown as one of their three colour channels [E].
        blur_px: Gaussian blur of up to this sigma, in half of the images (focus, motion, a small face).
        noise: Gaussian noise of up to this standard deviation, in grey levels, in half of the images.
        low_quality: share of the images that go through a JPEG of quality 25-70.
        covered: share of the images of which a random rectangle, up to a third of the side, is painted over.
    """

    rotation_deg: float = 0.0
    zoom: float = 0.0
    translation: float = 0.0
    flip: bool = False
    brightness: float = 0.0
    gamma: float = 0.0
    tint: float = 0.0
    saturation: float = 0.0
    equalised: float = 0.0
    one_channel: float = 0.0
    blur_px: float = 0.0
    noise: float = 0.0
    low_quality: float = 0.0
    covered: float = 0.0


NO_AUGMENTATION: Final = Augmentation()
"""Leaves every image as it is."""

HIP_FRACTURE_PAPER: Final = Augmentation(rotation_deg=8.0, zoom=0.08, translation=0.04)
"""Rotation, cropping, translation [P, Table 1]; the paper does not say how far."""

CANCER_PAPER: Final = Augmentation(saturation=0.3, equalised=0.2, one_channel=0.2)
"""Saturation, histogram equalisation, channel separation [E]; the paper does not say how much."""

WARD: Final = Augmentation(
    flip=True, brightness=0.25, gamma=0.35, tint=0.08, blur_px=1.2, noise=8.0, low_quality=0.3, covered=0.2
)
"""What the cameras and the light of a ward do, and hands, tubes and blankets."""

EVERYTHING: Final = replace(
    WARD, rotation_deg=8.0, zoom=0.08, translation=0.04, saturation=0.3, equalised=0.05, one_channel=0.05
)

AUGMENTATIONS: Final[Mapping[str, Augmentation]] = {
    "none": NO_AUGMENTATION,
    "hip-fracture paper": HIP_FRACTURE_PAPER,
    "cancer paper": CANCER_PAPER,
    "ours": WARD,
    "all": EVERYTHING,
}
"""Every augmentation that is compared, by the name under which it stands in tables."""


def augment(crop: np.ndarray, size: int, limits: Augmentation, random: np.random.Generator) -> np.ndarray:
    """Return a changed copy of a crop.

    Args:
        crop: (side, side, 3) uint8 RGB.
        size: side of the result in pixels.
        limits: how far each change may go.
        random: source of every draw; the same state gives the same result.

    Returns:
        (size, size, 3) uint8 RGB.
    """
    return _change_camera(_move(crop, size, limits, random), limits, random)


def _move(crop: np.ndarray, size: int, limits: Augmentation, random: np.random.Generator) -> np.ndarray:
    side = crop.shape[0]
    scale = size / side * (1 + random.uniform(-limits.zoom, limits.zoom))
    turn = cv2.getRotationMatrix2D((side / 2, side / 2), random.uniform(-1, 1) * limits.rotation_deg, scale)
    turn[:, 2] += (size - side) / 2 + random.uniform(-1, 1, 2) * limits.translation * size
    if limits.flip and random.random() < 0.5:
        turn[0] *= -1
        turn[0, 2] += size - 1
    return cv2.warpAffine(crop, turn, (size, size), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def _change_camera(image: np.ndarray, limits: Augmentation, random: np.random.Generator) -> np.ndarray:
    image = _change_colors(image, limits, random)
    if limits.blur_px and random.random() < 0.5:
        image = cv2.GaussianBlur(image, (0, 0), max(0.2, random.random() * limits.blur_px))
    if limits.noise and random.random() < 0.5:
        grain = random.standard_normal(image.shape, np.float32) * (random.random() * limits.noise)
        image = np.clip(image + grain, 0, 255).astype(np.uint8)
    if limits.covered and random.random() < limits.covered:
        image = _paint_over(image, random)
    if limits.low_quality and random.random() < limits.low_quality:
        image = _through_jpeg(image, int(random.integers(25, 71)))
    return image


def _change_colors(image: np.ndarray, limits: Augmentation, random: np.random.Generator) -> np.ndarray:
    if limits.equalised and random.random() < limits.equalised:
        lab = cv2.cvtColor(image, cv2.COLOR_RGB2LAB)
        lab[..., 0] = cv2.equalizeHist(np.ascontiguousarray(lab[..., 0]))
        image = cv2.cvtColor(lab, cv2.COLOR_LAB2RGB)
    if limits.gamma or limits.brightness or limits.tint:
        exponent = (1 + limits.gamma) ** random.uniform(-1, 1)
        brighter = 1 + random.uniform(-limits.brightness, limits.brightness)
        gains = brighter * (1 + random.uniform(-1, 1, 3) * limits.tint)
        levels = np.arange(256, dtype=np.float32)[:, None] / 255
        curves = np.clip(levels**exponent * gains.astype(np.float32) * 255, 0, 255).astype(np.uint8)
        image = cv2.LUT(image, curves[None])
    if limits.saturation:
        grey = cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
        strength = 1 + random.uniform(-limits.saturation, limits.saturation)
        image = cv2.addWeighted(image, strength, grey, 1 - strength, 0)
    if limits.one_channel and random.random() < limits.one_channel:
        image = np.repeat(image[..., int(random.integers(3)), None], 3, axis=2)
    return image


def _paint_over(image: np.ndarray, random: np.random.Generator) -> np.ndarray:
    side = image.shape[0]
    height, width = random.integers(side // 10, side // 3, 2)
    top, left = random.integers(0, side - height), random.integers(0, side - width)
    image = image.copy()
    image[top : top + height, left : left + width] = random.integers(0, 256, 3)
    return image


def _through_jpeg(image: np.ndarray, quality: int) -> np.ndarray:
    encoded = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    decoded = cv2.imdecode(encoded, cv2.IMREAD_COLOR)
    assert decoded is not None  # what was just encoded can be decoded
    return decoded
