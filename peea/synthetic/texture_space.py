"""The skin's texture space: a cylinder around the template head whose front gets most of the texels.

Features of the face (brows, wrinkles, spots) are placed by their template position, so that they sit right on
every person, whose head is the same mesh in another shape.
"""

from __future__ import annotations

import functools
from typing import Final

import numpy as np
from PIL import Image, ImageDraw
from scipy.interpolate import make_interp_spline
from scipy.ndimage import distance_transform_edt, gaussian_filter, map_coordinates

from peea.synthetic.anatomy import base_mesh

WIDTH: Final = 1024
HEIGHT: Final = 1024
"""Texels around and up: 0.3 mm a texel on the face, twice as fine as the sharpest picture rendered."""

BOTTOM, TOP, AXIS_Z = 5.4, 8.7, 0.35
"""The cylinder from y = BOTTOM to TOP around the axis x = 0, z = AXIS_Z, in dm of the template."""

FRONT_TURNS, FRONT_SHARE = 0.62, 0.86
"""The front +-0.62 pi of the cylinder takes 86 % of the texels."""


def _turns_to_u(turns: np.ndarray) -> np.ndarray:
    size = np.abs(turns)
    front = size / FRONT_TURNS * FRONT_SHARE
    back = FRONT_SHARE + (size - FRONT_TURNS) / (1 - FRONT_TURNS) * (1 - FRONT_SHARE)
    return 0.5 + 0.5 * np.sign(turns) * np.where(size < FRONT_TURNS, front, back)


def texture_coordinates(points: np.ndarray) -> np.ndarray:
    """Return (n, 2) texture coordinates 0-1 of (n, 3) template points; u grows to the person's left, v upward."""
    turns = np.arctan2(points[:, 0], points[:, 2] - AXIS_Z) / np.pi
    return np.stack([_turns_to_u(turns), (points[:, 1] - BOTTOM) / (TOP - BOTTOM)], 1)


@functools.cache
def _front_depth() -> np.ndarray:
    """Return the template face's z over a grid of x -0.9 to 0.9 (181) and y 5.9 to 8.5 (261)."""
    mesh = base_mesh()
    corners = mesh.vertices[mesh.quads[mesh.group("body")]]
    near = (corners[:, :, 2].min(1) > -0.1) & (corners[:, :, 1].min(1) > 5.8) & (np.abs(corners[:, :, 0]).max(1) < 1)
    corners = corners[near]
    s, t = (grid.reshape(-1, 1) for grid in np.meshgrid(np.linspace(0, 1, 14), np.linspace(0, 1, 14)))
    weights = np.concatenate([(1 - s) * (1 - t), s * (1 - t), s * t, (1 - s) * t], 1)
    points = (weights[None, :, :, None] * corners[:, None]).sum(2).reshape(-1, 3)
    columns = ((points[:, 0] + 0.9) / 1.8 * 180).round().astype(int)
    rows = ((points[:, 1] - 5.9) / 2.6 * 260).round().astype(int)
    inside = (columns >= 0) & (columns < 181) & (rows >= 0) & (rows < 261)
    depth = np.full((261, 181), -9.0)
    np.maximum.at(depth, (rows[inside], columns[inside]), points[inside, 2])
    nearest = distance_transform_edt(depth < -8, return_distances=False, return_indices=True)
    return gaussian_filter(depth[tuple(nearest)], 3.0)


def texels(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return (n, 2) column and row (downward) of the face's surface at template positions x, y."""
    x, y = np.atleast_1d(np.asarray(x, float)), np.atleast_1d(np.asarray(y, float))
    z = map_coordinates(_front_depth(), [(y - 5.9) / 2.6 * 260, (x + 0.9) / 1.8 * 180], order=1, mode="nearest")
    coordinates = texture_coordinates(np.stack([x, y, z], 1))
    return np.stack([coordinates[:, 0] * WIDTH, (1 - coordinates[:, 1]) * HEIGHT], 1)


@functools.cache
def front_positions() -> tuple[np.ndarray, np.ndarray]:
    """Return (HEIGHT, WIDTH) float32 grids of the template x and y that each texel shows, on the face's front.

    x is the arc position scaled to the face: exact on the front, growing on beyond the ears.
    """
    rows_y = np.linspace(TOP, BOTTOM, HEIGHT)
    coarse = np.linspace(TOP, BOTTOM, 64)
    grid = np.empty((64, WIDTH))
    columns = np.arange(WIDTH) + 0.5
    for i, y in enumerate(coarse):
        inner = np.linspace(-0.85, 0.85, 200)
        u = texels(inner, np.full(200, np.clip(y, 5.95, 8.45)))[:, 0]
        order = np.maximum.accumulate(u)
        values = np.interp(columns, order, inner)
        beyond = (columns < order[0]) | (columns > order[-1])
        edge = np.where(columns < order[0], columns - order[0], columns - order[-1])
        grid[i] = np.where(beyond, values + edge * 0.0036, values)
    full = np.empty((HEIGHT, WIDTH), np.float32)
    for c in range(WIDTH):
        full[:, c] = np.interp(-rows_y, -coarse, grid[:, c])
    return full, np.broadcast_to(rows_y[:, None], (HEIGHT, WIDTH)).astype(np.float32)


def curve_texels(points: list[tuple[float, float]], count: int = 40) -> np.ndarray:
    """Return (count, 2) texels along a smooth curve through template (x, y) points."""
    control = np.array(points, float)
    spline = make_interp_spline(np.linspace(0, 1, len(control)), control, k=min(3, len(control) - 1))
    smooth = spline(np.linspace(0, 1, count))
    return texels(smooth[:, 0], smooth[:, 1])


Stroke = tuple[list[tuple[float, float]], float]
"""A line of the face: template (x, y) points and strength."""


def grooves(strokes: list[Stroke], width: float, both_sides: bool = True) -> np.ndarray:
    """Return a (HEIGHT, WIDTH) float32 height map: a groove along each stroke with soft raised shoulders.

    Args:
        strokes: on the person's left; `both_sides` draws their mirror image too.
        width: Gaussian width of the groove in texels.
    """
    image = Image.new("F", (WIDTH, HEIGHT), 0.0)
    draw = ImageDraw.Draw(image)
    rows: list[float] = []
    for points, strength in strokes:
        for side in (1, -1) if both_sides else (1,):
            curve = curve_texels([(side * x, y) for x, y in points])
            rows += [float(curve[:, 1].min()), float(curve[:, 1].max())]
            along = np.sin(np.pi * (np.arange(len(curve) - 1) + 0.5) / (len(curve) - 1)) ** 0.5
            for start, end, share in zip(curve[:-1], curve[1:], along, strict=True):
                draw.line([tuple(start), tuple(end)], fill=-float(strength * share), width=2)
    height = np.zeros((HEIGHT, WIDTH), np.float32)
    margin = int(8 * width) + 4
    top, bottom = max(0, int(min(rows)) - margin), min(HEIGHT, int(max(rows)) + margin)
    band = np.asarray(image, np.float32)[top:bottom]
    height[top:bottom] = gaussian_filter(band, width) * width * 2.2 - gaussian_filter(band, width * 2.6) * width * 2.6
    return height
