"""The colour of a person's skin as a texture: tone, blood, mottling, age spots, stubble and brows."""

from __future__ import annotations

import functools
from typing import Final

import numpy as np
from PIL import Image, ImageDraw
from scipy.ndimage import gaussian_filter

from peea.synthetic.person import Person
from peea.synthetic.texture_space import HEIGHT, WIDTH, front_positions, texels

NOISE_SCALES: Final[dict[str, float]] = {"broad": 55.0, "patch": 14.0, "mottle": 5.0, "fine": 2.2, "grain": 1.1}
"""Correlation lengths of the skin's noise in texels (0.3 mm)."""

NOISE_SEED: Final = 20240731


@functools.cache
def _noise_bank() -> dict[str, np.ndarray]:
    """Return one tileable unit-variance field a scale; people differ by shift and flip, which costs no time."""
    random = np.random.default_rng(NOISE_SEED)
    rows = np.fft.fftfreq(HEIGHT)[:, None]
    columns = np.fft.rfftfreq(WIDTH)[None]
    bank = {}
    for name, scale in NOISE_SCALES.items():
        spectrum = np.fft.rfft2(random.standard_normal((HEIGHT, WIDTH)))
        field = np.fft.irfft2(spectrum * np.exp(-2 * (np.pi * scale) ** 2 * (rows**2 + columns**2)), (HEIGHT, WIDTH))
        bank[name] = (field / field.std()).astype(np.float32)
    return bank


def noise(random: np.random.Generator, scale: str) -> np.ndarray:
    """Return a (HEIGHT, WIDTH) unit-variance noise field of a scale in `NOISE_SCALES`."""
    field = _noise_bank()[scale]
    if random.random() < 0.5:
        field = field[:, ::-1]
    return np.roll(field, (int(random.integers(HEIGHT)), int(random.integers(WIDTH))), (0, 1))


@functools.cache
def _blob(x: float, y: float, wide: float, high: float) -> np.ndarray:
    """Return a soft spot on the face (both sides when x is not 0), float32 0-1."""
    across, up = front_positions()
    spot = np.exp(-(((across - x) / wide) ** 2) - ((up - y) / high) ** 2)
    if x:
        spot += np.exp(-(((across + x) / wide) ** 2) - ((up - y) / high) ** 2)
    return spot


def skin_texture(person: Person) -> np.ndarray:
    """Return (HEIGHT, WIDTH, 4) uint8: square root of the linear reflectance, and how much of it is brow."""
    random = np.random.default_rng([person.seed, 511])
    light = np.float32(np.mean(person.skin_rgb))
    melanin = float(np.clip(1 - light / 0.4, 0, 1))
    tone = (
        1
        + 0.035 * noise(random, "broad")
        + 0.035 * noise(random, "patch")
        + 0.025 * noise(random, "mottle")
        + 0.025 * noise(random, "grain")
    )
    color = tone[..., None] * np.array(person.skin_rgb, np.float32)
    blood = (
        0.8 * _blob(0.42, 6.95, 0.20, 0.17)
        + 0.7 * _blob(0.0, 6.98, 0.15, 0.13)
        + 0.35 * _blob(0.31, 7.2, 0.18, 0.09)
        + 0.25 * _blob(0.0, 6.32, 0.2, 0.1)
        + 0.9 * _blob(0.82, 7.05, 0.12, 0.25)
    )
    blood *= (0.45 + 0.9 * person.redness) * (1 + 0.25 * noise(random, "mottle"))
    veins = np.exp(-((noise(random, "fine") / 0.13) ** 2)) * np.clip(blood, 0, 1) * (0.25 + 0.5 * person.redness)
    blood_effect = np.array((0.05, -0.17, -0.15), np.float32) * (1 - 0.55 * melanin)
    color *= 1 + blood[..., None] * blood_effect
    color *= 1 - veins[..., None] * np.array((0.02, 0.12, 0.10), np.float32)
    shade = _blob(0.31, 7.14, 0.16, 0.055) * 0.8 + _blob(0.17, 7.24, 0.06, 0.07) * 0.5
    color *= 1 - shade[..., None] * np.array((0.12, 0.13, 0.09), np.float32) * (1 + 0.6 * melanin)
    sallow = np.clip(noise(random, "broad") * 0.5, -1, 1)
    color *= 1 + sallow[..., None] * np.array((0.01, 0.0, -0.035), np.float32)
    _add_spots(color, random, person, melanin)
    if person.stubble > 0:
        _add_stubble(color, random, person)
    brows = _brows(random, person)
    _mix(color, brows, person.brow_rgb, 1.0)
    encoded = np.concatenate([np.sqrt(np.clip(color, 0, 1)), brows[..., None]], 2)
    return (encoded * 255 + 0.5).astype(np.uint8)


def _mix(color: np.ndarray, share: np.ndarray, paint: tuple[float, float, float], most: float) -> None:
    rows = np.flatnonzero(share.max(1) > 0.004)
    if len(rows):
        band = slice(rows[0], rows[-1] + 1)
        weight = np.clip(share[band], 0, most)[..., None]
        color[band] = color[band] * (1 - weight) + weight * np.array(paint, np.float32)


def _add_spots(color: np.ndarray, random: np.random.Generator, person: Person, melanin: float) -> None:
    """Darken lentigines in place; on dark skin small dark papules instead."""
    across, up = front_positions()
    for _ in range(person.age_spots):
        x, y = random.uniform(-0.78, 0.78), random.uniform(6.15, 8.3)
        radius = random.uniform(0.006, 0.016) if melanin > 0.6 else random.choice((0.010, 0.016, 0.024, 0.04))
        strength = random.uniform(0.06, 0.30)
        column, row = texels(np.array([x]), np.array([y]))[0].astype(int)
        reach = int(radius * 3.2 / 0.003) + 3
        window = (slice(max(0, row - reach), row + reach), slice(max(0, column - reach), column + reach))
        oval = random.uniform(0.7, 1.4)
        distance = ((across[window] - x) / radius) ** 2 + ((up[window] - y) / (radius * oval)) ** 2
        spot = 1 / (1 + np.exp(np.clip(4 * (distance - 1), -20, 20)))
        color[window] *= 1 - (strength * spot)[..., None] * np.array((0.55, 0.85, 1.0), np.float32)


def _add_stubble(color: np.ndarray, random: np.random.Generator, person: Person) -> None:
    jaw = np.clip(
        _blob(0.0, 6.42, 0.30, 0.20) + _blob(0.42, 6.50, 0.22, 0.25) + 0.9 * _blob(0.0, 6.76, 0.30, 0.055), 0, 1
    )
    hairs = np.clip(noise(random, "grain") * 0.55 + 0.25, 0, 1)
    tint = np.array(person.hair_rgb) * 0.5 + np.array(person.brow_rgb) * 0.5
    paint = (float(tint[0]), float(tint[1]), float(tint[2] * 1.03))
    _mix(color, jaw * person.stubble * (0.16 + 0.50 * hairs), paint, 0.75)


BROW_TOP_Y: Final = 7.455
"""Template height, in dm, of the middle line of a usual brow at its inner end."""


def brow_line(share: float | np.ndarray, lift: float) -> tuple[np.ndarray, np.ndarray]:
    """Return template x, y of the left brow's middle line at a share 0 (inner end) to 1 (outer end)."""
    share = np.asarray(share, float)
    x = 0.125 + 0.425 * share
    y = BROW_TOP_Y + lift + 0.078 * np.sin(np.pi * np.minimum(1, share * 1.12) * 0.74)
    return x, y


def _brows(random: np.random.Generator, person: Person) -> np.ndarray:
    """Return (HEIGHT, WIDTH) float32 coverage by the brows, drawn hair by hair at double resolution."""
    scale = 3
    corners = np.concatenate(
        [texels(np.array([-0.68, 0.68]), np.array([7.70, 7.70])), texels(np.array([0.0]), np.array([7.30]))]
    )
    left, right = int(corners[:, 0].min()), int(corners[:, 0].max()) + 1
    top, bottom = int(corners[:, 1].min()), int(corners[:, 1].max()) + 1
    image = Image.new("L", ((right - left) * scale, (bottom - top) * scale), 0)
    draw = ImageDraw.Draw(image)
    count = int(260 * person.brow_density * (0.6 + 0.5 * person.brow_thickness))
    for side in (-1, 1):
        share = random.beta(1.05, 1.25, count)
        x, y = brow_line(share, person.brow_lift)
        y = y + random.normal(0, 0.017, count) * person.brow_thickness * (1.25 - 0.75 * share)
        length = random.uniform(0.035, 0.07, count) * (0.7 + 0.3 * person.brow_thickness)
        angle = np.deg2rad(62 - 66 * share + random.normal(0, 13, count))
        root = texels(side * x, y)
        tip = texels(side * (x + length * np.cos(angle)), y + 0.75 * length * np.sin(angle))
        shade = random.uniform(90, 215, count)
        for start, end, value in zip(root, tip, shade, strict=True):
            line = [((point[0] - left) * scale, (point[1] - top) * scale) for point in (start, end)]
            draw.line(line, fill=int(value), width=2)
    fine = gaussian_filter(np.asarray(image, np.float32) / 255, 0.5 * scale)
    fine = fine[: (bottom - top) * scale, : (right - left) * scale]
    fine = fine.reshape(bottom - top, scale, right - left, scale).mean((1, 3))
    coverage = np.zeros((HEIGHT, WIDTH), np.float32)
    coverage[top:bottom, left:right] = np.clip(fine * 1.5, 0, 0.9)
    return coverage
