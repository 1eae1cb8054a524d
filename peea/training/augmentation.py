"""What the training set's images go through, so that a grader meets more than it was shown.

Rotation, cropping and translation are those of [P] (Yang et al. 2024, Table 1); the rest imitates the ward's cameras.
"""

from __future__ import annotations

from dataclasses import dataclass

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
        saturation: colours scaled by 1 +- this.
        blur_px: Gaussian blur of up to this sigma, in half of the images (focus, motion, a small face).
        noise: Gaussian noise of up to this standard deviation, in grey levels, in half of the images.
        low_quality: share of the images that go through a JPEG of quality 25-70.
    """

    rotation_deg: float = 8.0
    zoom: float = 0.08
    translation: float = 0.04
    flip: bool = True
    brightness: float = 0.25
    gamma: float = 0.35
    tint: float = 0.08
    saturation: float = 0.3
    blur_px: float = 1.2
    noise: float = 8.0
    low_quality: float = 0.3


NO_AUGMENTATION = Augmentation(0, 0, 0, False, 0, 0, 0, 0, 0, 0, 0)
"""Leaves every image as it is."""


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
    exponent = (1 + limits.gamma) ** random.uniform(-1, 1)
    gains = (1 + random.uniform(-limits.brightness, limits.brightness)) * (1 + random.uniform(-1, 1, 3) * limits.tint)
    levels = np.arange(256, dtype=np.float32)[:, None] / 255
    curves = np.clip(levels**exponent * gains.astype(np.float32) * 255, 0, 255).astype(np.uint8)
    image = cv2.LUT(image, curves[None])
    if limits.saturation:
        grey = cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
        strength = 1 + random.uniform(-limits.saturation, limits.saturation)
        image = cv2.addWeighted(image, strength, grey, 1 - strength, 0)
    if limits.blur_px and random.random() < 0.5:
        image = cv2.GaussianBlur(image, (0, 0), max(0.2, random.random() * limits.blur_px))
    if limits.noise and random.random() < 0.5:
        grain = random.standard_normal(image.shape, np.float32) * (random.random() * limits.noise)
        image = np.clip(image + grain, 0, 255).astype(np.uint8)
    if random.random() < limits.low_quality:
        quality = int(random.integers(25, 71))
        image = _through_jpeg(image, quality)
    return image


def _through_jpeg(image: np.ndarray, quality: int) -> np.ndarray:
    encoded = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    decoded = cv2.imdecode(encoded, cv2.IMREAD_COLOR)
    assert decoded is not None  # what was just encoded can be decoded
    return decoded
