"""The grades of one patient over hours and days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import plotly.graph_objects as go

from peea.grade_style import NOT_ASSESSED, style_of
from peea.language import Language, current_language, t
from peea.plots.look import CHOSEN, INK, TEMPLATE
from peea.scales import GRADES, Grade

LEAST_BESIDE: Final = timedelta(hours=1)
SHARE_BESIDE: Final = 0.06
"""Time shown before the first and after the last assessment, so that a single one has an axis of hours, not seconds."""

_DAY_AND_TIME: Final = {Language.ENGLISH: "%d %b<br>%H:%M", Language.CHINESE: "%-m月%-d日<br>%H:%M"}
"""Days and times on the axis, as Plotly's formats (d3)."""


LOWEST: Final = -1
"""Height of what could not be assessed: a band of its own below the grades."""

DOSE_HEIGHT: Final = 4.85
"""Height of the marks of analgesia: above the bands, so that they hide no assessment."""

LARGE_MARK: Final = 18
SMALL_MARK: Final = 11
CROWDED: Final = 30
"""Assessments in the time shown above which marks are small, without a letter, so that they do not hide one another."""

_LOOKS: Final[Mapping[bool | None, tuple[str, str]]] = {
    False: ("circle", "solid"),
    True: ("diamond", "dot"),
    None: ("square", "dash"),
}
"""Mark and line of what was assessed at rest, during movement, and without a word about it."""


@dataclass(frozen=True)
class TrendPoint:
    """One assessment of a patient as the trend shows it.

    Attributes:
        when: time of the assessment in the ward's time zone.
        grade: the grade that counts, or None if it could not be assessed.
        movement: assessed during movement (True), at rest (False), or not said (None).
        label: what is said on hovering (context, seconds, ...), plain text.
        letter: inside the mark: "P", "V", "N" for a rating by hand, nothing for a model's result.
    """

    when: datetime
    grade: Grade | None
    movement: bool | None
    label: str
    letter: str = ""


@dataclass(frozen=True)
class DoseMark:
    """One dose of an analgesic: when it was given (ward's time zone) and what is said on hovering."""

    when: datetime
    label: str


def trend_figure(
    points: Sequence[TrendPoint],
    zone_name: str,
    doses: Sequence[DoseMark] = (),
    surgery: datetime | None = None,
    span: tuple[datetime, datetime] | None = None,
) -> go.Figure:
    """Draw a patient's grades over time: rest and movement as two marks, the grades as bands behind them.

    Args:
        points: the assessments, in any order.
        zone_name: name of the time zone that the times are in, for the axis.
        doses: analgesia, marked above the bands with a line through them.
        surgery: begin of the day of surgery, marked if it lies within the time shown.
        span: the time shown; by default that of the assessments, and some beside.
    """
    figure = go.Figure(layout={"template": TEMPLATE})
    shown = span or _time_range([point.when for point in points])
    _add_bands(figure)
    if surgery is not None and (shown is None or (shown[0] <= surgery + timedelta(days=1) and surgery <= shown[1])):
        _add_surgery(figure, surgery)
    _add_doses(figure, doses)
    drawn = [point for point in points if shown is None or shown[0] <= point.when <= shown[1]]
    size = LARGE_MARK if len(drawn) <= CROWDED else SMALL_MARK
    names = {False: t("At rest"), True: t("Movement"), None: t("Not said")}
    for movement, name in names.items():
        own = sorted((point for point in points if point.movement is movement), key=lambda point: point.when)
        if own or movement is not None:
            _add_points(figure, own, name, *_LOOKS[movement], filled=movement is True, size=size)
    figure.update_xaxes(
        range=shown,
        title={"text": t("Time ({zone})", zone=zone_name), "font": {"size": 13}},
        showgrid=False,
        tickformat=_DAY_AND_TIME[current_language()],
        nticks=8,
    )
    figure.update_yaxes(
        range=[LOWEST - 0.5, DOSE_HEIGHT + 0.35 if doses else len(GRADES) - 0.5],
        tickvals=[*range(LOWEST, len(GRADES)), *([DOSE_HEIGHT] if doses else [])],
        ticktext=[
            f"{NOT_ASSESSED.sign} {t('Not assessed')}",
            *(style_of(grade).label for grade in GRADES),
            *([t("Analgesia")] if doses else []),
        ],
        showgrid=False,
        ticklabelstandoff=6,
    )
    figure.update_layout(height=380 if doses else 340, margin={"l": 8, "r": 12, "t": 36, "b": 8}, hovermode="closest")
    return figure


def _add_bands(figure: go.Figure) -> None:
    for level in range(LOWEST, len(GRADES)):
        style = style_of(Grade(level) if level >= 0 else None)
        figure.add_shape(
            type="rect",
            xref="paper",
            yref="y",
            x0=0,
            x1=1,
            y0=level - 0.5,
            y1=level + 0.5,
            fillcolor=style.fill,
            line={"width": 0},
            layer="below",
        )


def _add_surgery(figure: go.Figure, day: datetime) -> None:
    for edge in (day, day + timedelta(days=1)):
        figure.add_vline(x=edge, line={"color": CHOSEN, "width": 1.5, "dash": "dash"})
    figure.add_annotation(
        x=day + timedelta(hours=12),
        y=LOWEST,
        yref="y",
        text=t("Day of surgery"),
        showarrow=False,
        bgcolor="rgba(255,255,255,0.9)",
        font={"size": 12, "color": CHOSEN},
    )


def _add_doses(figure: go.Figure, doses: Sequence[DoseMark]) -> None:
    if not doses:
        return
    for dose in doses:
        figure.add_vline(x=dose.when, line={"color": CHOSEN, "width": 1.2})
    figure.add_scatter(
        x=[dose.when for dose in doses],
        y=[DOSE_HEIGHT] * len(doses),
        mode="markers",
        name=t("Analgesia given"),
        marker={"symbol": "triangle-down", "size": 15, "color": CHOSEN, "line": {"color": "white", "width": 1}},
        hovertext=[dose.label for dose in doses],
        hovertemplate="%{hovertext}<extra></extra>",
    )


def _add_points(
    figure: go.Figure,
    points: Sequence[TrendPoint],
    name: str,
    symbol: str,
    dash: str,
    *,
    filled: bool,
    size: int,
) -> None:
    graded = [point for point in points if point.grade is not None]
    # A pale line under the dark one keeps the course visible on the darkest band.
    figure.add_scatter(
        x=[point.when for point in graded],
        y=[point.grade for point in graded],
        mode="lines",
        line={"color": "white", "width": 5},
        hoverinfo="skip",
        showlegend=False,
    )
    figure.add_scatter(
        x=[point.when for point in graded],
        y=[point.grade for point in graded],
        mode="lines+markers+text",
        name=name,
        line={"color": INK, "width": 2, "dash": dash},
        marker={
            "symbol": symbol,
            "size": size,
            "color": INK if filled else "white",
            "line": {"color": "white" if filled else INK, "width": 1.5 if filled else 2.5},
        },
        text=[point.letter if size == LARGE_MARK else "" for point in graded],
        textposition="middle center",
        textfont={"size": 10, "color": "white" if filled else INK},
        hovertext=[point.label for point in graded],
        hovertemplate="%{hovertext}<extra></extra>",
    )
    refused = [point for point in points if point.grade is None]
    figure.add_scatter(
        x=[point.when for point in refused],
        y=[LOWEST] * len(refused),
        mode="markers",
        name=t("{name}, not assessed", name=name),
        marker={"symbol": f"{symbol}-x-open", "size": 17, "color": INK, "line": {"width": 2}},
        hovertext=[point.label for point in refused],
        hovertemplate="%{hovertext}<extra></extra>",
        showlegend=bool(refused),
    )


def _time_range(times: Sequence[datetime]) -> tuple[datetime, datetime] | None:
    if not times:
        return None
    first, last = min(times), max(times)
    beside = max((last - first) * SHARE_BESIDE, LEAST_BESIDE)
    return (first - beside, last + beside)
