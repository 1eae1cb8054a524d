"""The grades of one patient over hours and days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import plotly.graph_objects as go

from peea.grade_style import NOT_ASSESSED, style_of
from peea.language import Language, current_language, t
from peea.plots.look import INK, TEMPLATE
from peea.scales import GRADES, Grade

LEAST_BESIDE: Final = timedelta(hours=1)
SHARE_BESIDE: Final = 0.06
"""Time shown before the first and after the last assessment, so that a single one has an axis of hours, not seconds."""

_DAY_AND_TIME: Final = {Language.ENGLISH: "%d %b<br>%H:%M", Language.CHINESE: "%-m月%-d日<br>%H:%M"}
"""Days and times on the axis, as Plotly's formats (d3)."""


@dataclass(frozen=True)
class TrendPoint:
    """One assessment of a patient as the trend shows it.

    Attributes:
        when: time of the recording in the ward's time zone.
        grade: the report grade, or None if it could not be assessed.
        movement: assessed during movement, not at rest.
        label: what is said on hovering (context, seconds, ...), plain text.
    """

    when: datetime
    grade: Grade | None
    movement: bool
    label: str


def trend_figure(points: Sequence[TrendPoint], zone_name: str) -> go.Figure:
    """Draw a patient's report grades over time: rest and movement as two marks, the grades as bands behind them.

    Args:
        points: the assessments, in any order.
        zone_name: name of the time zone that `TrendPoint.when` is in, for the axis.
    """
    figure = go.Figure(layout={"template": TEMPLATE})
    lowest = -1
    for level in range(lowest, len(GRADES)):
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
    for movement, name, symbol in ((False, t("At rest"), "circle"), (True, t("Movement"), "diamond")):
        shown = sorted((point for point in points if point.movement is movement), key=lambda point: point.when)
        graded = [point for point in shown if point.grade is not None]
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
            mode="lines+markers",
            name=name,
            line={"color": INK, "width": 2, "dash": "dot" if movement else "solid"},
            marker={
                "symbol": symbol,
                "size": 17,
                "color": INK if movement else "white",
                "line": {"color": "white" if movement else INK, "width": 1.5 if movement else 2.5},
            },
            text=[point.label for point in graded],
            hovertemplate="%{text}<extra></extra>",
        )
        refused = [point for point in shown if point.grade is None]
        figure.add_scatter(
            x=[point.when for point in refused],
            y=[lowest] * len(refused),
            mode="markers",
            name=t("{name}, not assessed", name=name),
            marker={"symbol": f"{symbol}-x-open", "size": 17, "color": INK, "line": {"width": 2}},
            text=[point.label for point in refused],
            hovertemplate="%{text}<extra></extra>",
            showlegend=bool(refused),
        )
    figure.update_xaxes(
        range=_time_range([point.when for point in points]),
        title={"text": t("Time ({zone})", zone=zone_name), "font": {"size": 13}},
        showgrid=False,
        tickformat=_DAY_AND_TIME[current_language()],
        nticks=8,
    )
    figure.update_yaxes(
        range=[lowest - 0.5, len(GRADES) - 0.5],
        tickvals=list(range(lowest, len(GRADES))),
        ticktext=[f"{NOT_ASSESSED.sign} {t('Not assessed')}", *(style_of(grade).label for grade in GRADES)],
        showgrid=False,
        ticklabelstandoff=6,
    )
    figure.update_layout(height=340, margin={"l": 8, "r": 12, "t": 36, "b": 8}, hovermode="closest")
    return figure


def _time_range(times: Sequence[datetime]) -> list[datetime] | None:
    if not times:
        return None
    first, last = min(times), max(times)
    beside = max((last - first) * SHARE_BESIDE, LEAST_BESIDE)
    return [first - beside, last + beside]
