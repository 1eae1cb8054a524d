"""A patient's grades over hours and days, in lines on paper: rest and movement apart, analgesia and surgery marked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import zip_longest
from typing import Any, Final

from babel.dates import format_skeleton
from reportlab.graphics.shapes import Circle, Drawing, Line, Polygon, PolyLine, Rect
from reportlab.lib import colors

from peea.clock import MONTHS, at_clock, on_ward, zone_name
from peea.grade_style import style_of
from peea.language import Language, current_language, t
from peea.records.fonts import weight_for, width_of
from peea.records.paper import INK, LINE, QUIET
from peea.records.timeline_drawing import text_group
from peea.scales import GRADES, Grade
from peea.store.pain_records import KIND_NAMES, Kind, PainRecord

BAND_HEIGHT: Final = 24.0
ROW_HEIGHT: Final = 16.0
"""Of the row of doses below the bands. In points, as everything here."""

AXIS_HEIGHT: Final = 36.0
LEGEND_HEIGHT: Final = 16.0
LEFT: Final = 98.0
RADIUS: Final = 4.0
ROOM_FOR_LETTER: Final = 18.0
NOT_ASSESSED: Final = -1

LETTERS: Final = {Kind.MODEL: "", Kind.PSPI: "P", Kind.VAS: "V", Kind.NRS: "N"}
"""What stands beside a mark, so that a model's grade is never taken for the patient's own word."""


def course_drawing(
    records: Sequence[PainRecord], doses: Sequence[datetime], width: float, surgery: datetime | None = None
) -> Drawing:
    """Draw assessments of every kind over time, `width` points wide.

    Args:
        records: assessments that count, at least one.
        doses: times at which analgesia was given.
        width: in points.
        surgery: begin of the day of surgery; drawn if it lies within the time shown.
    """
    bands = [*reversed(GRADES), None]
    bottom = AXIS_HEIGHT + (ROW_HEIGHT if doses else 0)
    drawing = Drawing(width, bottom + LEGEND_HEIGHT + len(bands) * BAND_HEIGHT)
    first, last = _span([record.at for record in records])
    scale = (width - LEFT - RADIUS * 2) / (last - first).total_seconds()

    def x_of(moment: datetime) -> float:
        return LEFT + (moment - first).total_seconds() * scale

    def y_of(grade: Grade | None) -> float:
        level = NOT_ASSESSED if grade is None else int(grade)
        return bottom + (level - NOT_ASSESSED + 0.5) * BAND_HEIGHT

    for grade in bands:
        style, y = style_of(grade), y_of(grade) - BAND_HEIGHT / 2
        drawing.add(
            Rect(LEFT, y, width - LEFT, BAND_HEIGHT, fillColor=colors.HexColor(style.fill), strokeColor=colors.white)
        )
        drawing.add(text_group(0, y + BAND_HEIGHT / 2 - 3, style.label, 8))
    if surgery is not None and first <= surgery <= last:
        x = x_of(surgery)
        drawing.add(Line(x, bottom, x, drawing.height - LEGEND_HEIGHT, strokeColor=INK, strokeDashArray=[4, 2]))
        said, y = t("Surgery"), drawing.height - LEGEND_HEIGHT - 10
        drawing.add(Rect(x + 1, y, width_of(said, 7) + 3, 9, fillColor=colors.white, strokeColor=None))
        drawing.add(text_group(x + 2.5, y + 2, said, 7))
    for movement in (False, True):
        shown = sorted((record for record in records if bool(record.movement) is movement), key=lambda one: one.at)
        points = [(x_of(record.at), y_of(record.grade)) for record in shown if record.grade is not None]
        if len(points) > 1:
            flat = [value for point in points for value in point]
            drawing.add(PolyLine(flat, strokeColor=colors.white, strokeWidth=3))
            dash = [2, 2] if movement else None
            drawing.add(PolyLine(flat, strokeColor=INK, strokeWidth=1, strokeDashArray=dash))
        for record, later_one in zip_longest(shown, shown[1:]):
            x = x_of(record.at)
            # No letter where the next mark would stand on it; the table below names every one.
            room = later_one is None or x_of(later_one.at) - x > ROOM_FOR_LETTER
            _add_mark(drawing, x, y_of(record.grade), movement, LETTERS[record.kind] if room else "")
    if doses:
        drawing.add(text_group(0, AXIS_HEIGHT + ROW_HEIGHT / 2 - 3, t("Analgesia given"), 8))
        for moment in doses:
            if first <= moment <= last:
                _add_triangle(drawing, x_of(moment), AXIS_HEIGHT + ROW_HEIGHT / 2)
    _add_axis(drawing, first, last, scale, bottom)
    _add_legend(drawing, {record.kind for record in records})
    return drawing


def _span(times: Sequence[datetime]) -> tuple[datetime, datetime]:
    first, last = min(times), max(times)
    beside = max((last - first) * 0.04, timedelta(minutes=30))
    return first - beside, last + beside


def _add_mark(drawing: Drawing, x: float, y: float, movement: bool, letter: str) -> None:
    look: dict[str, Any] = {"strokeColor": colors.white if movement else INK, "strokeWidth": 1}
    if movement:
        r = RADIUS * 1.25
        drawing.add(Polygon([x, y + r, x + r, y, x, y - r, x - r, y], fillColor=INK, **look))
    else:
        drawing.add(Circle(x, y, RADIUS, fillColor=colors.white, **look))
    if letter:
        # On white, since a band may be dark.
        drawing.add(Rect(x + 5, y - 4, 8, 9, fillColor=colors.white, strokeColor=None))
        drawing.add(text_group(x + 6, y - 2.5, letter, 7.5, weight_for(letter, bold=True)))


def _add_triangle(drawing: Drawing, x: float, y: float) -> None:
    drawing.add(Polygon([x - 4, y + 4, x + 4, y + 4, x, y - 4], fillColor=QUIET, strokeColor=INK, strokeWidth=0.5))


def _add_axis(drawing: Drawing, first: datetime, last: datetime, scale: float, bottom: float) -> None:
    hours = (last - first).total_seconds() / 3600
    step = next((each for each in (1, 2, 4, 6, 12, 24, 48, 96, 168) if hours / each <= 10), 24 * 28)
    # In hours of the ward's clock, also on the days on which clocks are changed.
    clock_time = on_ward(first).replace(tzinfo=None, hour=0, minute=0, second=0, microsecond=0)
    y, shown_day = AXIS_HEIGHT, None
    drawing.add(Line(LEFT, y, drawing.width, y, strokeColor=INK, strokeWidth=0.5))
    while (tick := at_clock(clock_time.date(), clock_time.time())) <= last:
        if tick >= first:
            x = LEFT + (tick - first).total_seconds() * scale
            drawing.add(Line(x, y, x, y - 3, strokeColor=INK, strokeWidth=0.5))
            if step < 24:
                clock = f"{clock_time:%H:%M}"
                drawing.add(text_group(x - width_of(clock, 7) / 2, y - 10, clock))
            if clock_time.date() != shown_day:
                day = _day_text(clock_time.date())
                drawing.add(text_group(x - width_of(day, 7) / 2, y - 19, day))
                shown_day = clock_time.date()
        clock_time += timedelta(hours=step)
    title = t("Time ({zone})", zone=zone_name(on_ward(first)))
    drawing.add(text_group(LEFT + (drawing.width - LEFT - width_of(title, 7.5)) / 2, y - 32, title, 7.5, fill=QUIET))
    drawing.add(Line(LEFT, bottom, drawing.width, bottom, strokeColor=LINE, strokeWidth=0.5))


def _day_text(day: date) -> str:
    """Return a day without its year."""
    if current_language() is Language.ENGLISH:
        return f"{day.day} {MONTHS[day.month - 1]}"
    return format_skeleton("MMMd", day, locale=current_language().value.replace("-", "_"))


def _add_legend(drawing: Drawing, kinds: set[Kind]) -> None:
    y, x = drawing.height - 7, LEFT + 6
    said = [(False, "", t("At rest")), (True, "", t("Movement"))]
    for movement, letter, name in said:
        _add_mark(drawing, x, y, movement, letter)
        drawing.add(text_group(x + 9, y - 2.5, name, 7.5))
        x += width_of(name, 7.5) + 26
    for kind, letter in LETTERS.items():
        if letter and kind in kinds:
            said_of = f"{letter} = {KIND_NAMES[kind]}"
            drawing.add(text_group(x - 4, y - 2.5, said_of, 7.5))
            x += width_of(said_of, 7.5) + 12
