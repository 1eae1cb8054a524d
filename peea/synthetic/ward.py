"""The ward behind a patient's head, painted from a plan: wall, window, curtain, lamp, drip, monitor, bed head, pillow.

Everything is measured in centimetres around the patient's face, the far things smaller and more out of focus than the
near ones. The result is linear light, to be put behind a rendered head.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from peea.synthetic.lights import RGB, Illumination, irradiance

FACE_CM: Final = 19.0
"""Height of a face from hairline to chin, which sets the scale of everything behind it."""

CAMERA_CM: Final = 125.0
"""Distance of the camera from the face; the wards of the paper used 1 to 1.5 m."""

WALL_CM: Final = 95.0
"""Distance of the wall behind the face."""


@dataclass(frozen=True)
class WardPlan:
    """What stands behind one patient. Lengths in centimetres from the face's centre, x right, y up, in the picture.

    Attributes:
        lying: flat on the pillow, seen from the bedside; otherwise sitting up against it.
        wall, lower_wall: albedo of the wall, and of its lower part (a protective panel).
        panel_height: y at which the lower part ends.
        rail: albedo of the supply rail on the wall, or None without one.
        window: (x0, x1, y0, y1) or None.
        curtain: (x0, x1) of a pleated curtain, or None; curtain_color its albedo.
        lamp: (x, y) of a bedside lamp, or None.
        drip_x: x of an infusion stand, or None.
        monitor: (x, y) of a monitor, or None.
        bed_head: (half width, top, albedo) of the bed head, or None.
        pillow: (x, y, half width, half height, tilt in degrees), or None.
        linen: albedo of pillow and sheets.
        focus: how far out of focus the background is, 1 is usual.
        texture_seed: of folds and stains.
    """

    lying: bool
    wall: RGB
    lower_wall: RGB
    panel_height: float
    rail: RGB | None
    window: tuple[float, float, float, float] | None
    curtain: tuple[float, float] | None
    curtain_color: RGB
    lamp: tuple[float, float] | None
    drip_x: float | None
    monitor: tuple[float, float] | None
    bed_head: tuple[float, float, RGB] | None
    pillow: tuple[float, float, float, float, float] | None
    linen: RGB
    focus: float
    texture_seed: int


WALLS: Final = ((0.78, 0.77, 0.72), (0.70, 0.74, 0.72), (0.66, 0.72, 0.78), (0.80, 0.74, 0.64), (0.72, 0.72, 0.72))
CURTAINS: Final = ((0.42, 0.58, 0.62), (0.62, 0.66, 0.52), (0.68, 0.60, 0.48), (0.52, 0.54, 0.68), (0.75, 0.73, 0.68))
BEDS: Final = ((0.55, 0.38, 0.22), (0.72, 0.70, 0.66), (0.35, 0.24, 0.15), (0.60, 0.62, 0.65))
LINENS: Final = ((0.86, 0.86, 0.85), (0.82, 0.84, 0.88), (0.74, 0.82, 0.88), (0.88, 0.84, 0.76), (0.68, 0.80, 0.74))


def draw_ward(rng: np.random.Generator, illumination: Illumination, lying: bool) -> WardPlan:
    """Draw what stands behind a patient; a window or a burning lamp of the illumination is always in it."""
    side = float(rng.choice((-1, 1)))

    def pick(colors: tuple[RGB, ...], spread: float = 0.06) -> RGB:
        color = np.clip(np.asarray(colors[int(rng.integers(len(colors)))]) * (1 + rng.normal(0, spread, 3)), 0.05, 0.92)
        return float(color[0]), float(color[1]), float(color[2])

    window = None
    back_lit = illumination.level.value == "back_lit"
    if back_lit:
        width, middle = rng.uniform(55, 100), rng.uniform(-18, 18)
        window = (middle - width, middle + width, rng.uniform(-30, -5), rng.uniform(70, 110))
    elif illumination.window_radiance is not None and rng.random() < (
        0.6 if illumination.level.value == "window" else 0.25
    ):
        near = rng.uniform(12, 40)
        x0, x1 = sorted((side * near, side * (near + rng.uniform(40, 90))))
        window = (x0, x1, rng.uniform(-25, 5), rng.uniform(60, 110))
    curtain: tuple[float, float] | None = None
    if rng.random() < 0.45 and not back_lit:
        near = rng.uniform(15, 50)
        x0, x1 = sorted((-side * near, -side * (near + rng.uniform(40, 110))))
        curtain = (x0, x1)
    has_bed_head = rng.random() < (0.75 if lying else 0.6) and not back_lit
    pillow = None
    if lying or rng.random() < 0.7:
        pillow = (
            rng.normal(0, 3.0),
            rng.uniform(-1, 5) if lying else rng.uniform(-12, -3),
            rng.uniform(27, 37),
            rng.uniform(19, 27),
            rng.normal(0, 8.0),
        )
    return WardPlan(
        lying=lying,
        wall=pick(WALLS),
        lower_wall=pick(WALLS + BEDS),
        panel_height=rng.uniform(-40, 30),
        rail=pick(BEDS) if rng.random() < 0.5 else None,
        window=window,
        curtain=curtain,
        curtain_color=pick(CURTAINS),
        lamp=(side * rng.uniform(22, 60), rng.uniform(0, 40)) if illumination.lamp_radiance is not None else None,
        drip_x=side * rng.uniform(22, 50) if rng.random() < 0.3 else None,
        monitor=(-side * rng.uniform(35, 65), rng.uniform(5, 45)) if rng.random() < 0.25 else None,
        bed_head=(rng.uniform(38, 52), rng.uniform(24, 38) if lying else rng.uniform(0, 28), pick(BEDS))
        if has_bed_head
        else None,
        pillow=pillow,
        linen=pick(LINENS, 0.03),
        focus=rng.uniform(0.6, 1.5),
        texture_seed=int(rng.integers(2**31)),
    )


def paint_ward(
    plan: WardPlan,
    illumination: Illumination,
    width: int,
    height: int,
    face_height: float,
    center: tuple[float, float] = (0.5, 0.5),
) -> np.ndarray:
    """Return the ward as (height, width, 3) float32 linear RGB.

    Args:
        plan: what stands there.
        illumination: the light it stands in.
        width, height: of the picture in pixels.
        face_height: of the face as a share of the picture's height, which gives the scale.
        center: of the head as a share of width and height; the pillow lies under it.
    """
    return _Painter(plan, illumination, width, height, face_height, center).paint()


class _Painter:
    """Paints one plan, back to front; holds the scale and the canvas while it does."""

    def __init__(
        self,
        plan: WardPlan,
        illumination: Illumination,
        width: int,
        height: int,
        face_height: float,
        center: tuple[float, float],
    ) -> None:
        self.plan, self.illumination = plan, illumination
        self.width, self.height = width, height
        self.scale = face_height * height / FACE_CM
        self.origin = (center[0] * width, center[1] * height)
        self.rng = np.random.default_rng(plan.texture_seed)
        rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
        self.x = (columns + 0.5 - self.origin[0]) / self.scale
        self.y = -(rows + 0.5 - self.origin[1]) / self.scale
        facing = np.array([0.0, 0.0, 1.0], np.float32)
        self.wall_light = irradiance(illumination.lighting, facing[None])[0]
        self.canvas: np.ndarray = np.zeros((height, width, 3), np.float32)

    def paint(self) -> np.ndarray:
        self._paint_wall()
        self._blur(0.85)
        if self.plan.bed_head is not None:
            self._paint_bed_head(*self.plan.bed_head)
        if self.plan.lying:
            self._paint_mattress()
        self._blur(0.30)
        if self.plan.pillow is not None:
            self._paint_pillow(*self.plan.pillow)
        self._blur(0.10)
        return self.canvas

    def _at_depth(self, depth_cm: float) -> tuple[np.ndarray, np.ndarray]:
        """Coordinates in centimetres of what each pixel shows at this depth behind the face."""
        factor = (CAMERA_CM + depth_cm) / CAMERA_CM
        return self.x * factor, self.y * factor

    def _blur(self, strength: float) -> None:
        sigma = strength * self.plan.focus * self.scale
        if sigma > 6:  # nothing that fine is left: blurring half the resolution gives the same at a quarter of the cost
            half = cv2.resize(self.canvas, (self.width // 2, self.height // 2), interpolation=cv2.INTER_AREA)
            half = cv2.GaussianBlur(half, (0, 0), sigma / 2)
            self.canvas = cv2.resize(half, (self.width, self.height), interpolation=cv2.INTER_LINEAR)
        elif sigma > 0.3:
            self.canvas = cv2.GaussianBlur(self.canvas, (0, 0), sigma)

    def _cover(self, mask: np.ndarray, light: np.ndarray) -> None:
        self.canvas += np.clip(mask, 0, 1)[..., None] * (light - self.canvas)

    def _noise(self, cells_x: int, cells_y: int) -> np.ndarray:
        coarse = self.rng.standard_normal((cells_y, cells_x)).astype(np.float32)
        return cv2.resize(coarse, (self.width, self.height), interpolation=cv2.INTER_CUBIC)

    def _paint_wall(self) -> None:
        plan = self.plan
        x, y = self._at_depth(WALL_CM)
        falloff = 1 + 0.12 * self._noise(3, 3) + 0.004 * y
        upper, lower = np.asarray(plan.wall, np.float32), np.asarray(plan.lower_wall, np.float32)
        share = _step(y - plan.panel_height, 1.0)[..., None]
        self.canvas = (share * upper + (1 - share) * lower) * self.wall_light * np.clip(falloff, 0.4, 1.6)[..., None]
        if plan.window is not None and self.illumination.window_radiance is not None:
            self._paint_window(x, y, plan.window, np.asarray(self.illumination.window_radiance, np.float32))
        if plan.rail is not None:
            rail = _box(x, y, -300, 300, 42, 54)
            self._cover(rail, np.asarray(plan.rail, np.float32) * self.wall_light)
            for socket in range(-3, 4):
                outlet = _box(x, y, socket * 34.0 - 4, socket * 34.0 + 4, 44.5, 51.5)
                self._cover(outlet, np.array([0.8, 0.8, 0.78], np.float32) * self.wall_light)
        if plan.curtain is not None:
            self._paint_curtain(x, plan.curtain)
        if plan.monitor is not None:
            self._paint_monitor(x, y, *plan.monitor)
        if plan.drip_x is not None:
            self._paint_drip(plan.drip_x)
        if plan.lamp is not None and self.illumination.lamp_radiance is not None:
            self._paint_lamp(*plan.lamp, np.asarray(self.illumination.lamp_radiance, np.float32))

    def _paint_window(
        self, x: np.ndarray, y: np.ndarray, window: tuple[float, float, float, float], radiance: np.ndarray
    ) -> None:
        x0, x1, y0, y1 = window
        frame = np.array([0.82, 0.82, 0.80], np.float32) * self.wall_light
        self._cover(_box(x, y, x0 - 4, x1 + 4, y0 - 5, y1 + 4), frame)
        sky = np.clip(0.65 + 0.5 * (y - y0) / (y1 - y0) + 0.10 * self._noise(7, 5), 0.15, 1.3)[..., None]
        trees = (0.45 + 0.2 * self._noise(24, 18)) * np.ones_like(y)
        horizon = y0 + 0.30 * (y1 - y0) + 5 * self._noise(14, 1)
        outside = np.where(
            (y < horizon)[..., None], trees[..., None] * np.array([0.45, 0.55, 0.36], np.float32), sky
        ).astype(np.float32)
        self._cover(_box(x, y, x0, x1, y0, y1), np.clip(outside, 0.05, None) * radiance)
        for share in (1 / 3, 2 / 3):
            bar = x0 + share * (x1 - x0)
            self._cover(_box(x, y, bar - 1.6, bar + 1.6, y0, y1), frame)

    def _paint_curtain(self, x: np.ndarray, span: tuple[float, float]) -> None:
        phase = x / 4.2 + 0.6 * self._noise(6, 1)
        pleats = 0.72 + 0.28 * np.sin(2 * np.pi * phase)
        light = np.asarray(self.plan.curtain_color, np.float32) * self.wall_light * pleats[..., None]
        self._cover(_step(x - span[0], 1.5) * _step(span[1] - x, 1.5), light)

    def _paint_monitor(self, x: np.ndarray, y: np.ndarray, at_x: float, at_y: float) -> None:
        dark = np.array([0.10, 0.10, 0.11], np.float32) * self.wall_light
        self._cover(_box(x, y, at_x - 17, at_x + 17, at_y - 13, at_y + 13), dark)
        glow = np.zeros_like(self.canvas) + 0.01
        for row, color in enumerate(((0.1, 0.9, 0.2), (0.9, 0.8, 0.1), (0.1, 0.7, 0.9))):
            level = at_y + 7 - 7 * row + 2 * np.exp(-((np.mod(x, 7.0) - 3.0) ** 2) / 0.6)
            glow += 0.35 * np.exp(-((y - level) ** 2) / 0.5)[..., None] * np.array(color, np.float32)
        self._cover(_box(x, y, at_x - 15, at_x + 15, at_y - 11, at_y + 11), glow)

    def _paint_drip(self, at_x: float) -> None:
        x, y = self._at_depth(40)
        steel = np.array([0.55, 0.56, 0.58], np.float32) * self.wall_light
        self._cover(_box(x, y, at_x - 0.9, at_x + 0.9, -200, 62), steel)
        self._cover(_box(x, y, at_x - 9, at_x + 9, 60, 61.8), steel)
        self._cover(
            0.75 * _box(x, y, at_x + 3, at_x + 13, 34, 58), np.array([0.8, 0.84, 0.86], np.float32) * self.wall_light
        )

    def _paint_lamp(self, at_x: float, at_y: float, radiance: np.ndarray) -> None:
        x, y = self._at_depth(45)
        distance = np.hypot(x - at_x, y - at_y)
        self.canvas += (0.25 * np.exp(-distance / 22.0))[..., None] * radiance * np.asarray(self.plan.wall, np.float32)
        half = 8 + 0.45 * (at_y + 6 - y)
        shade = _step(half - np.abs(x - at_x), 1.0) * _step(y - at_y + 8, 1.0) * _step(at_y + 8 - y, 1.0)
        self._cover(_box(x, y, at_x - 1, at_x + 1, at_y - 60, at_y - 8), 0.3 * self.wall_light * np.ones(3, np.float32))
        self._cover(shade, radiance * np.ones_like(self.canvas))

    def _paint_bed_head(self, half_width: float, top: float, color: RGB) -> None:
        x, y = self._at_depth(14)
        board = _rounded(x, y + 60 - top, half_width, 60, 9)
        grain = 1 + 0.05 * self._noise(2, 60) + 0.05 * self._noise(4, 4)
        light = np.asarray(color, np.float32) * self.wall_light * 0.8 * grain[..., None]
        self._cover(board, light)
        edge = board - _rounded(x, y + 60 - top + 2.2, half_width - 2.2, 60, 8)
        self._cover(0.5 * np.clip(edge, 0, 1), np.asarray(color, np.float32) * self.wall_light * 1.4)

    def _paint_mattress(self) -> None:
        x, y = self._at_depth(8)
        top = 18 + 1.5 * self._noise(5, 1)
        folds = 0.55 * self._noise(9, 5) + 0.25 * self._noise(20, 9)
        self._cover(_step(top - y, 1.5) * _step(55 - np.abs(x), 1.5), self._linen(folds, 1.5) * 0.92)

    def _paint_pillow(self, at_x: float, at_y: float, half_width: float, half_height: float, tilt: float) -> None:
        x, y = self._at_depth(5)
        turn = np.radians(tilt)
        u = ((x - at_x) * np.cos(turn) + (y - at_y) * np.sin(turn)) / half_width
        v = (-(x - at_x) * np.sin(turn) + (y - at_y) * np.cos(turn)) / half_height
        wobble = 1 + 0.025 * self._noise(7, 7)
        inside = 1 - (np.abs(u) ** 3.4 + np.abs(v) ** 3.0) * wobble
        dome = 9.0 * np.sqrt(np.clip(inside, 0, 1) + 0.002)
        dent = 5.0 * np.exp(-((self.x / 11) ** 2) - ((self.y / 13) ** 2))
        creases = self._creases()
        folds = creases + 0.35 * self._noise(7, 6) + 0.12 * self._noise(18, 16)
        shadow = cv2.GaussianBlur(np.clip(inside * 8, 0, 1).astype(np.float32), (0, 0), 2.2 * self.scale)
        self.canvas *= (1 - 0.35 * shadow)[..., None]
        self._cover(np.clip(inside * 9, 0, 1), self._linen(dome - dent + folds, 1.0))

    def _creases(self) -> np.ndarray:
        """Relief in cm of creases that run outwards from under the head, each with its own length and depth."""
        # They are soft: a third of the resolution shows them as well.
        x, y = self.x[1::3, 1::3], self.y[1::3, 1::3]
        angle, reach = np.arctan2(y, x), np.hypot(x, y)
        relief = np.zeros_like(x)
        for _ in range(14):
            towards, start, depth = (
                self.rng.uniform(-np.pi, np.pi),
                self.rng.uniform(9, 16),
                self.rng.uniform(0.1, 0.55),
            )
            turned = angle - np.float32(towards) - np.float32(self.rng.normal(0, 0.02)) * (reach - start)
            off = (np.mod(turned + np.pi, 2 * np.pi) - np.pi) * np.maximum(reach, 4.0)
            relief -= depth * np.exp(-((off / 1.1) ** 2) - ((reach - start - 4) / self.rng.uniform(3, 6)) ** 2)
        return cv2.resize(relief.astype(np.float32), (self.width, self.height), interpolation=cv2.INTER_LINEAR)

    def _linen(self, relief_cm: np.ndarray, strength: float) -> np.ndarray:
        """Light from cloth whose surface stands out of the picture by `relief_cm`."""
        relief = relief_cm.astype(np.float32)
        slope_x = cv2.Sobel(relief, cv2.CV_32F, 1, 0, scale=0.125) * self.scale * strength
        slope_y = cv2.Sobel(relief, cv2.CV_32F, 0, 1, scale=0.125) * self.scale * strength
        normals = np.stack([-slope_x, slope_y, np.full_like(slope_x, 1.6)], axis=-1)
        normals /= np.linalg.norm(normals, axis=-1, keepdims=True)
        return np.asarray(self.plan.linen, np.float32) * irradiance(self.illumination.lighting, normals)


def _step(distance_cm: np.ndarray, soft_cm: float) -> np.ndarray:
    return np.clip(0.5 + distance_cm / soft_cm, 0, 1).astype(np.float32)


def _box(x: np.ndarray, y: np.ndarray, x0: float, x1: float, y0: float, y1: float) -> np.ndarray:
    return _step(x - x0, 0.6) * _step(x1 - x, 0.6) * _step(y - y0, 0.6) * _step(y1 - y, 0.6)


def _rounded(x: np.ndarray, y: np.ndarray, half_width: float, half_height: float, radius: float) -> np.ndarray:
    over_x = np.clip(np.abs(x) - half_width + radius, 0, None)
    over_y = np.clip(np.abs(y) - half_height + radius, 0, None)
    return _step(radius - np.hypot(over_x, over_y), 1.0)
