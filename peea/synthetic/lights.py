"""Light of a hospital room, from a dim night lamp to a window behind the patient."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from peea.synthetic.view import Light, Lighting


class LightLevel(StrEnum):
    """How much light falls on the patient, and from where; from dark to bright."""

    TOO_DARK = "too_dark"
    NIGHT_LAMP = "night_lamp"
    EVENING = "evening"
    WARD = "ward"
    WINDOW = "window"
    BACK_LIT = "back_lit"


STILL_LIGHT_SHARES: Final = {
    LightLevel.NIGHT_LAMP: 0.13,
    LightLevel.EVENING: 0.17,
    LightLevel.WARD: 0.35,
    LightLevel.WINDOW: 0.22,
    LightLevel.BACK_LIT: 0.13,
}
"""Share of each light in stills. `TOO_DARK` is only for recordings that must be refused."""

RGB = tuple[float, float, float]

WARM_LAMP: Final = np.array([1.0, 0.80, 0.56])
CEILING: Final = np.array([1.0, 0.97, 0.91])
DAYLIGHT: Final = np.array([0.93, 0.98, 1.06])

KEY_POWER: Final = {
    LightLevel.TOO_DARK: (0.0006, 0.0010),
    LightLevel.NIGHT_LAMP: (0.050, 0.160),
    LightLevel.EVENING: (0.28, 0.60),
    LightLevel.WARD: (0.75, 1.15),
    LightLevel.WINDOW: (0.80, 1.30),
    LightLevel.BACK_LIT: (0.10, 0.22),
}
"""Range of the key light's power, relative to a well-lit ward (1)."""


@dataclass(frozen=True)
class Illumination:
    """The light of one scene.

    Attributes:
        level: its name.
        lighting: lights and ambient term for the renderer, linear RGB.
        window_radiance: linear RGB of a window that is in the picture, or None.
        lamp_radiance: linear RGB of a burning bedside lamp in the picture, or None.
    """

    level: LightLevel
    lighting: Lighting
    window_radiance: RGB | None
    lamp_radiance: RGB | None


def draw_illumination(rng: np.random.Generator, level: LightLevel) -> Illumination:
    """Draw the lights of one scene at this level."""
    power = rng.uniform(*KEY_POWER[level])
    side = float(rng.choice((-1.0, 1.0)))
    tint = 1 + rng.normal(0, 0.02, 3)
    window = lamp = None
    if level is LightLevel.WARD:
        azimuth, elevation, color = rng.uniform(5, 50), rng.uniform(35, 68), CEILING
        fill, rim, ambient = rng.uniform(0.2, 0.45), rng.uniform(0.1, 0.3), rng.uniform(0.24, 0.40)
        window = _rgb(rng.uniform(0.9, 1.8) * DAYLIGHT)
    elif level is LightLevel.WINDOW:
        azimuth, elevation, color = rng.uniform(35, 85), rng.uniform(8, 38), DAYLIGHT
        fill, rim, ambient = rng.uniform(0.10, 0.3), rng.uniform(0.1, 0.35), rng.uniform(0.16, 0.30)
        window = _rgb(rng.uniform(1.5, 3.0) * DAYLIGHT)
    elif level is LightLevel.BACK_LIT:
        azimuth, elevation, color = rng.uniform(10, 60), rng.uniform(15, 50), CEILING
        fill, rim, ambient = rng.uniform(0.2, 0.5), rng.uniform(5.0, 9.0), rng.uniform(0.9, 1.4)
        window = _rgb(rng.uniform(2.5, 5.0) * DAYLIGHT)
    else:
        azimuth, elevation, color = rng.uniform(20, 65), rng.uniform(12, 42), WARM_LAMP
        fill, rim, ambient = rng.uniform(0.10, 0.30), rng.uniform(0.05, 0.3), rng.uniform(0.14, 0.30)
        # Staff see the lamp itself in about half of such pictures; it is never bright enough to blind the camera.
        lamp = _rgb(power * rng.uniform(3.0, 6.0) * WARM_LAMP) if rng.random() < 0.5 else None
    rim_color = DAYLIGHT if level in (LightLevel.BACK_LIT, LightLevel.WINDOW) else color
    lights = (
        Light(_direction(side * azimuth, elevation), _rgb(power * color * tint)),
        Light(_direction(-side * rng.uniform(35, 75), rng.uniform(15, 45)), _rgb(power * fill * tint)),
        Light(_direction(180 + side * rng.uniform(20, 50), rng.uniform(20, 45)), _rgb(power * rim * rim_color)),
    )
    ambient_color = power * ambient * (0.5 * color + 0.5) * tint
    return Illumination(level, Lighting(lights, _rgb(ambient_color)), window, lamp)


def brightened(illumination: Illumination, factor: float, level: LightLevel) -> Illumination:
    """Return the same lights `factor` times as strong: the same room with the bedside light on, or nearly off."""
    lighting = illumination.lighting
    lights = tuple(Light(light.direction, _rgb(factor * np.asarray(light.color))) for light in lighting.lights)
    window, lamp = illumination.window_radiance, illumination.lamp_radiance
    return Illumination(
        level,
        Lighting(lights, _rgb(factor * np.asarray(lighting.ambient))),
        None if window is None else _rgb(factor * np.asarray(window)),
        None if lamp is None else _rgb(factor * np.asarray(lamp)),
    )


def irradiance(lighting: Lighting, normals: np.ndarray) -> np.ndarray:
    """Return what falls on a matt surface, linear RGB; `normals` is (..., 3) in camera space, unit length."""
    total = np.broadcast_to(np.asarray(lighting.ambient, np.float32), (*normals.shape[:-1], 3)).copy()
    for light in lighting.lights:
        direction = np.asarray(light.direction, np.float32)
        direction = direction / np.linalg.norm(direction)
        facing = np.clip(normals @ direction, 0, None)
        total += facing[..., None] * np.asarray(light.color, np.float32)
    return total


def _direction(azimuth_deg: float, elevation_deg: float) -> RGB:
    azimuth, elevation = math.radians(azimuth_deg), math.radians(elevation_deg)
    return (
        math.sin(azimuth) * math.cos(elevation),
        math.sin(elevation),
        math.cos(azimuth) * math.cos(elevation),
    )


def _rgb(color: np.ndarray) -> RGB:
    red, green, blue = (float(channel) for channel in np.clip(color, 0, None))
    return red, green, blue
