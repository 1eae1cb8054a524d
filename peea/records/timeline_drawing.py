"""The graded course of one recording, as lines and areas on paper: the paper's Fig. 5."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Any, Final

from reportlab.graphics.shapes import Drawing, Group, Line, Polygon, PolyLine, Rect, String
from reportlab.lib import colors

from peea.assessment import Assessment, FrameRecord
from peea.grade_style import GRADE_STYLES
from peea.language import t
from peea.moments import PROBLEM_NAMES
from peea.plots import thinned
from peea.records.fonts import PLAIN, runs, weight_for, width_of
from peea.records.paper import INK, LINE, QUIET
from peea.scales import GRADES, pspi

MOST_POINTS: Final = 500
"""Frames drawn at most: as many as a line of the sheet has dots at 72 dots an inch."""

PROBABILITY_HEIGHT: Final = 62.0
EPISODE_HEIGHT: Final = 18.0
FACE_HEIGHT: Final = 13.0
PSPI_HEIGHT: Final = 36.0
TITLE_HEIGHT: Final = 13.0
AXIS_HEIGHT: Final = 26.0
LEFT: Final = 26.0
"""Room for the numbers of the axes. All in points."""

GRADABLE: Final = colors.HexColor("#3F7D6B")
DIM: Final = colors.HexColor("#B9A13A")
HATCH: Final = colors.HexColor("#7C8891")

Shapes = list[Any]
Row = tuple[float, str, Callable[[Assessment, Sequence[FrameRecord], float, float, float], Shapes]]


def text_group(x: float, y: float, text: str, size: float = 7, font: str = PLAIN, fill: colors.Color = INK) -> Group:
    """Return a line of text that begins at (x, y) in points, each piece in the font that has its letters."""
    group = Group()
    for name, piece in runs(text, font):
        group.add(String(x, y, piece, fontName=name, fontSize=size, fillColor=fill))
        x += width_of(piece, size, font)
    return group


def timeline_drawing(assessment: Assessment, width: float) -> Drawing:
    """Draw probabilities, stable grades, face and PSPI over the seconds of a recording, `width` points wide.

    What the recording does not have (no graded frame, no face actions) is left out.
    """
    frames = thinned(assessment.frames, MOST_POINTS)
    graded = any(frame.probabilities is not None for frame in frames)
    acted = any(frame.actions is not None for frame in frames)
    rows: list[Row] = [(PROBABILITY_HEIGHT, t("Probability of each grade"), _probabilities)] if graded else []
    rows += [(EPISODE_HEIGHT, t("Stable grade: held long enough to count"), _episodes)] if graded else []
    rows += [(FACE_HEIGHT, t("Face: plain where it could be graded, hatched where not"), _face)]
    rows += [(PSPI_HEIGHT, t("PSPI, 0 to 16, from the face actions"), _pspi)] if acted else []
    drawing = Drawing(width, AXIS_HEIGHT + sum(height + TITLE_HEIGHT for height, _, _ in rows))
    scale = (width - LEFT) / max(assessment.timeline.duration_s, 0.1)
    top = drawing.height
    for height, title, draw in rows:
        drawing.add(text_group(LEFT, top - TITLE_HEIGHT + 3.5, title, 7.5, weight_for(title, bold=True), QUIET))
        bottom = top - TITLE_HEIGHT - height
        for shape in draw(assessment, frames, scale, bottom, height):
            drawing.add(shape)
        top = bottom
    _axis(drawing, assessment.timeline.duration_s, scale, top)
    return drawing


def _probabilities(_: Assessment, frames: Sequence[FrameRecord], scale: float, bottom: float, height: float) -> Shapes:
    shapes: Shapes = []
    for is_graded, stretch in groupby(frames, key=lambda frame: frame.probabilities is not None):
        shown = list(stretch)
        if not is_graded or len(shown) < 2:
            continue
        times = [LEFT + frame.time_s * scale for frame in shown]
        below = [bottom] * len(shown)
        for grade in GRADES:
            above = [low + height * (frame.probabilities or ())[grade] for low, frame in zip(below, shown, strict=True)]
            corners = [*zip(times, below, strict=True), *reversed(list(zip(times, above, strict=True)))]
            shapes.append(
                Polygon(
                    [value for corner in corners for value in corner],
                    fillColor=colors.HexColor(GRADE_STYLES[grade].fill),
                    strokeColor=QUIET,
                    strokeWidth=0.25,
                )
            )
            below = above
    for share in (0, 0.5, 1):
        y = bottom + share * height
        label = t("{number} %", number=f"{100 * share:.0f}")
        shapes.append(text_group(LEFT - 3 - width_of(label, 6.5), y - 2.3, label, 6.5))
        shapes.append(Line(LEFT - 2, y, LEFT, y, strokeColor=LINE, strokeWidth=0.5))
    return shapes


def _episodes(assessment: Assessment, _: Sequence[FrameRecord], scale: float, bottom: float, height: float) -> Shapes:
    end = LEFT + assessment.timeline.duration_s * scale
    shapes: Shapes = [Rect(LEFT, bottom, end - LEFT, height, fillColor=None, strokeColor=LINE, strokeWidth=0.4)]
    for episode in assessment.timeline.episodes:
        style = GRADE_STYLES[episode.grade]
        x, wide = LEFT + episode.start_s * scale, episode.duration_s * scale
        fill, ink = colors.HexColor(style.fill), colors.HexColor(style.text)
        shapes.append(Rect(x, bottom, wide, height, fillColor=fill, strokeColor=INK, strokeWidth=0.6))
        for label in (style.label, style.sign):
            font = weight_for(label, bold=True)
            room = width_of(label, 8, font)
            if room + 3 <= wide:
                shapes.append(text_group(x + (wide - room) / 2, bottom + height / 2 - 3, label, 8, font, ink))
                break
    return shapes


def _face(assessment: Assessment, _: Sequence[FrameRecord], scale: float, bottom: float, height: float) -> Shapes:
    shapes: Shapes = []
    runs_of_state = [
        (state, next(stretch).time_s)
        for state, stretch in groupby(
            assessment.frames, key=lambda frame: (frame.problem, frame.dim and not frame.problem)
        )
    ]
    ends = [start for _, start in runs_of_state[1:]] + [assessment.timeline.duration_s]
    for ((problem, dim), start_s), end_s in zip(runs_of_state, ends, strict=True):
        x, wide = LEFT + start_s * scale, (end_s - start_s) * scale
        if problem is None:
            shapes.append(
                Rect(x, bottom, wide, height, fillColor=DIM if dim else GRADABLE, strokeColor=None, strokeWidth=0)
            )
        else:
            shapes.append(Rect(x, bottom, wide, height, fillColor=colors.white, strokeColor=HATCH, strokeWidth=0.4))
            shapes += [
                Line(
                    x + step,
                    bottom,
                    min(x + step + height, x + wide),
                    bottom + min(height, wide - step),
                    strokeColor=HATCH,
                    strokeWidth=0.4,
                )
                for step in range(0, int(wide), 4)
            ]
        words = PROBLEM_NAMES[problem] if problem else t("Dim") if dim else ""
        room = width_of(words, 7)
        if words and room + 4 <= wide:
            middle = x + (wide - room) / 2
            shapes.append(
                Rect(middle - 1.5, bottom + 2.5, room + 3, 9, fillColor=colors.white, strokeColor=None, strokeWidth=0)
            )
            shapes.append(text_group(middle, bottom + height / 2 - 2.5, words))
    return shapes


def _pspi(_: Assessment, frames: Sequence[FrameRecord], scale: float, bottom: float, height: float) -> Shapes:
    shapes: Shapes = []
    end = LEFT + max((frame.time_s for frame in frames), default=0.0) * scale
    for total in (0, 4, 8, 12, 16):
        y = bottom + height * total / 16
        shapes.append(Line(LEFT, y, end, y, strokeColor=LINE, strokeWidth=0.3))
        shapes.append(text_group(LEFT - 3 - width_of(str(total), 6.5), y - 2.3, str(total), 6.5))
    for acted, stretch in groupby(frames, key=lambda frame: frame.actions is not None):
        points = [
            value
            for frame in stretch
            if frame.actions is not None
            for value in (LEFT + frame.time_s * scale, bottom + height * pspi(frame.actions) / 16)
        ]
        if acted and len(points) >= 4:
            shapes.append(PolyLine(points, strokeColor=INK, strokeWidth=0.9))
    return shapes


def _axis(drawing: Drawing, duration_s: float, scale: float, y: float) -> None:
    steps = (1, 2, 5, 10, 20, 30, 60, 120, 300, 600)
    step = next((each for each in steps if duration_s / each <= 12), steps[-1])
    drawing.add(Line(LEFT, y, LEFT + duration_s * scale, y, strokeColor=INK, strokeWidth=0.5))
    for second in range(0, int(duration_s) + 1, step):
        x = LEFT + second * scale
        drawing.add(Line(x, y, x, y - 3, strokeColor=INK, strokeWidth=0.5))
        drawing.add(text_group(x - width_of(str(second), 7) / 2, y - 10, str(second)))
    title = t("Seconds of the recording")
    drawing.add(text_group(LEFT + (drawing.width - LEFT - width_of(title, 7.5)) / 2, y - 21, title, 7.5, fill=QUIET))
