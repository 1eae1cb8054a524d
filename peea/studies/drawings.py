"""The figures of the report in lines on paper: coefficients with intervals, Bland-Altman."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

import numpy as np
from reportlab.graphics.shapes import Circle, Drawing, Line, Polygon, Rect
from reportlab.lib import colors

from peea.agreement import BlandAltman, Interval, NoNumber
from peea.language import t
from peea.plots import CoefficientRow
from peea.records.fonts import width_of
from peea.records.paper import INK, LINE, QUIET
from peea.records.timeline_drawing import text_group

BLUE: Final = colors.HexColor("#1F5F8B")
ORANGE: Final = colors.HexColor("#B4530A")
SHADE: Final = colors.HexColor("#EEF2F5")

ROW: Final = 14.0
AXIS: Final = 26.0
LEGEND: Final = 16.0
TEXT: Final = 7.5
"""In points, as everything here."""

HEIGHT: Final = 210.0
"""Of the Bland-Altman drawing."""


def coefficient_drawing(
    rows: Sequence[CoefficientRow], width: float, title: str, name: str, beside_name: str = ""
) -> Drawing:
    """Draw coefficients with their intervals, one row each, `width` points wide; parameters as `coefficient_figure`."""
    lows = [each.low for row in rows for each in (row.interval, row.beside_interval) if each is not None]
    least = min([0.0, *lows]) - 0.02
    left = max(width_of(row.name, TEXT) for row in rows) + 8
    drawing = Drawing(width, AXIS + ROW * len(rows) + LEGEND)
    top = AXIS + ROW * len(rows)

    def x_of(value: float) -> float:
        return left + (value - least) / (1.0 - least) * (width - left - 6)

    for start in (0.2, 0.6):
        drawing.add(
            Rect(x_of(start), AXIS, x_of(start + 0.2) - x_of(start), top - AXIS, fillColor=SHADE, strokeColor=None)
        )
    drawing.add(Line(x_of(0), AXIS, x_of(0), top, strokeColor=QUIET, strokeWidth=0.6))
    drawing.add(Line(x_of(least), AXIS, x_of(1), AXIS, strokeColor=LINE, strokeWidth=0.6))
    for tick in np.arange(0, 1.01, 0.2):
        drawing.add(Line(x_of(tick), AXIS, x_of(tick), AXIS - 3, strokeColor=LINE, strokeWidth=0.6))
        drawing.add(text_group(x_of(tick) - 5, AXIS - 11, f"{tick:.1f}", TEXT))
    drawing.add(text_group(x_of(0.5) - width_of(title, TEXT) / 2, 3, title, TEXT))
    for number, row in enumerate(rows):
        y = top - (number + 0.5) * ROW
        drawing.add(text_group(0, y - 2.5, row.name, TEXT))
        lift = 2.6 if row.beside is not None else 0.0
        if row.beside is not None:
            _interval(drawing, x_of, row.beside_interval, y - lift, ORANGE)
            _diamond(drawing, x_of(row.beside), y - lift)
        if row.value is not None:
            _interval(drawing, x_of, row.interval, y + lift, BLUE)
            drawing.add(Circle(x_of(row.value), y + lift, 2.4, fillColor=BLUE, strokeColor=BLUE))
        elif row.note and row.beside is None:
            drawing.add(text_group(x_of(0) + 3, y - 2.5, row.note, 6.5))
    if beside_name:
        drawing.add(Circle(left + 4, top + 8, 2.4, fillColor=BLUE, strokeColor=BLUE))
        drawing.add(text_group(left + 10, top + 5.5, name, TEXT))
        second = left + 22 + width_of(name, TEXT)
        _diamond(drawing, second, top + 8)
        drawing.add(text_group(second + 6, top + 5.5, beside_name, TEXT))
    return drawing


def _interval(drawing: Drawing, x_of, interval: Interval | None, y: float, colour: colors.Color) -> None:  # type: ignore[no-untyped-def]
    if interval is None:
        return
    low, high = x_of(interval.low), x_of(min(1.0, interval.high))
    drawing.add(Line(low, y, high, y, strokeColor=colour, strokeWidth=1))
    for end in (low, high):
        drawing.add(Line(end, y - 1.6, end, y + 1.6, strokeColor=colour, strokeWidth=1))


def _diamond(drawing: Drawing, x: float, y: float) -> None:
    points = [x - 2.8, y, x, y + 2.8, x + 2.8, y, x, y - 2.8]
    drawing.add(Polygon(points, fillColor=colors.white, strokeColor=ORANGE, strokeWidth=1))


def bland_altman_drawing(result: BlandAltman, width: float, unit: str) -> Drawing:
    """Draw differences against means with bias and limits, `width` points wide; as `bland_altman_figure`."""
    drawing = Drawing(width, HEIGHT)
    left, right, bottom = 44.0, width - 96.0, 30.0
    means, differences = np.array(result.means), np.array(result.differences)
    reach = 1.15 * max(float(np.abs(differences).max()), abs(result.upper.value), abs(result.lower.value), 0.5)
    beside = 0.08 * max(float(np.ptp(means)), 1.0)
    first, last = float(means.min()) - beside, float(means.max()) + beside

    def x_of(value: float) -> float:
        return left + (value - first) / (last - first) * (right - left)

    def y_of(value: float) -> float:
        return bottom + (value + reach) / (2 * reach) * (HEIGHT - bottom - 6)

    for estimate, name, colour, dash in (
        (result.upper, t("Upper limit"), ORANGE, [4, 2]),
        (result.bias, t("Mean difference"), BLUE, None),
        (result.lower, t("Lower limit"), ORANGE, [4, 2]),
    ):
        if not isinstance(estimate.interval, NoNumber):
            low, high = y_of(estimate.interval.low), y_of(estimate.interval.high)
            shade = colors.Color(colour.red, colour.green, colour.blue, alpha=0.12)
            drawing.add(Rect(left, low, right - left, high - low, fillColor=shade, strokeColor=None))
        y = y_of(estimate.value)
        drawing.add(Line(left, y, right, y, strokeColor=colour, strokeWidth=1, strokeDashArray=dash))
        drawing.add(text_group(right + 4, y - 2.5, f"{name} {estimate.value:.2f}".replace("-", "−"), TEXT))
    points = Counter(zip(np.round(means, 2).tolist(), np.round(differences, 2).tolist(), strict=True))
    most = max(points.values())
    ink = colors.Color(INK.red, INK.green, INK.blue, alpha=0.55)
    for (mean, difference), count in points.items():
        drawing.add(
            Circle(x_of(mean), y_of(difference), 1.4 + 4.6 * (count / most) ** 0.5, fillColor=ink, strokeColor=None)
        )
    drawing.add(Line(left, bottom, right, bottom, strokeColor=LINE, strokeWidth=0.6))
    drawing.add(Line(left, bottom, left, HEIGHT - 6, strokeColor=LINE, strokeWidth=0.6))
    for tick in range(int(np.ceil(first)), int(np.floor(last)) + 1):
        drawing.add(text_group(x_of(tick) - 2, bottom - 10, str(tick), TEXT))
    for tick in range(-int(reach), int(reach) + 1):
        drawing.add(text_group(left - 14, y_of(tick) - 2.5, str(tick).replace("-", "−"), TEXT))
    title = t("Mean of PEEA and clinicians, in {unit}", unit=unit)
    drawing.add(text_group((left + right - width_of(title, TEXT)) / 2, 6, title, TEXT))
    return drawing
