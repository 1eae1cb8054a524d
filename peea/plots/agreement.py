"""Agreement of raters: cross-table, coefficients with their intervals, differences against means."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import plotly.graph_objects as go

from peea.agreement import BlandAltman, CrossTable, Estimate, Interval, NoNumber
from peea.grade_style import GRADE_STYLES
from peea.language import later, t
from peea.plots.look import GRID, INK, QUIET_INK, TEMPLATE
from peea.scales import Grade

BLUE: Final = "#1F5F8B"
ORANGE: Final = "#B4530A"

KAPPA_BANDS: Final[tuple[tuple[float, float, str], ...]] = (
    (0.0, 0.2, later("slight")),
    (0.2, 0.4, later("fair")),
    (0.4, 0.6, later("moderate")),
    (0.6, 0.8, later("substantial")),
    (0.8, 1.0, later("almost perfect")),
)
"""Landis & Koch (1977), as the background of charts of kappa."""

ROW_PX: Final = 34


@dataclass(frozen=True)
class CoefficientRow:
    """One row of a chart of coefficients.

    Attributes:
        name: what it is the coefficient of.
        value: the coefficient, None if there is no number.
        interval: beside it, None if there is none.
        beside: a second coefficient to compare with (of people among themselves), or None; with its interval.
        note: what is said in the row instead of a number, or on hovering.
        strong: printed bold (all recordings, the mean).
    """

    name: str
    value: float | None
    interval: Interval | None = None
    beside: float | None = None
    beside_interval: Interval | None = None
    note: str = ""
    strong: bool = False


def cross_table_figure(cross: CrossTable) -> go.Figure:
    """Draw a cross-table: clinicians in rows, PEEA in columns, counts as numbers and shade, equal grades framed."""
    labels = [GRADE_STYLES[Grade(int(category))].label for category in cross.categories]
    size = len(labels)
    figure = go.Figure(layout={"template": TEMPLATE})
    figure.add_heatmap(
        z=cross.counts,
        x=list(range(size)),
        y=list(range(size)),
        text=[[str(count) if count else "" for count in row] for row in cross.counts],
        texttemplate="%{text}",
        textfont={"size": 16},
        colorscale=[[0, "#FFFFFF"], [0.01, "#EAF1F6"], [1, BLUE]],
        showscale=False,
        xgap=3,
        ygap=3,
        customdata=[[[labels[row], labels[column]] for column in range(size)] for row in range(size)],
        hovertemplate=t("Clinicians {clinicians}, PEEA {peea}: {count} recordings").format(
            clinicians="%{customdata[0]}", peea="%{customdata[1]}", count="%{z}"
        )
        + "<extra></extra>",
    )
    for place in range(size):
        figure.add_shape(
            type="rect",
            x0=place - 0.48,
            x1=place + 0.48,
            y0=place - 0.48,
            y1=place + 0.48,
            line={"color": INK, "width": 2},
        )
    figure.update_xaxes(
        tickvals=list(range(size)),
        ticktext=labels,
        title={"text": t("Grade by PEEA")},
        side="top",
        showgrid=False,
        range=[-0.55, size - 0.45],
    )
    figure.update_yaxes(
        tickvals=list(range(size)),
        ticktext=labels,
        title={"text": t("Grade by the clinicians together"), "standoff": 18},
        autorange=False,
        range=[size - 0.45, -0.55],
        showgrid=False,
        ticklabelstandoff=6,
    )
    # The button that saves the figure has its place above the names of the columns.
    figure.update_layout(height=420, margin={"l": 8, "r": 8, "t": 92, "b": 8})
    return figure


def coefficient_figure(
    rows: Sequence[CoefficientRow], title: str, name: str, beside_name: str = "", bands: bool = True
) -> go.Figure:
    """Draw coefficients with their intervals, one row each (a forest plot).

    Args:
        rows: from top to bottom.
        title: of the axis.
        name: of the coefficient, for the legend.
        beside_name: of the second coefficient, if rows have one.
        bands: put the words of Landis & Koch behind the rows.
    """
    places = list(range(len(rows)))
    lows = [each.low for row in rows for each in (row.interval, row.beside_interval) if each is not None]
    least = min([0.0, *lows]) - 0.04
    figure = go.Figure(layout={"template": TEMPLATE})
    if bands:
        for number, (low, high, word) in enumerate(KAPPA_BANDS):
            figure.add_vrect(
                x0=low, x1=high, fillcolor="#EEF2F5" if number % 2 else "#FFFFFF", line_width=0, layer="below"
            )
            figure.add_annotation(
                x=(low + high) / 2,
                y=1,
                yref="paper",
                yanchor="bottom",
                text=t(word),
                showarrow=False,
                font={"size": 12, "color": QUIET_INK},
            )
    figure.add_vline(x=0, line={"color": QUIET_INK, "width": 1})
    lift = 0.16 if beside_name else 0.0
    if beside_name:
        _add_coefficients(
            figure,
            [place + lift for place in places],
            [row.beside for row in rows],
            [row.beside_interval for row in rows],
            [row.name for row in rows],
            beside_name,
            ORANGE,
            "diamond-open",
        )
    _add_coefficients(
        figure,
        [place - lift for place in places],
        [row.value for row in rows],
        [row.interval for row in rows],
        [row.name for row in rows],
        name,
        BLUE,
        "circle",
    )
    for place, row in enumerate(rows):
        if row.value is None and row.beside is None and row.note:
            figure.add_annotation(
                x=0.01, y=place, xanchor="left", text=row.note, showarrow=False, font={"size": 12, "color": QUIET_INK}
            )
    figure.update_xaxes(range=[least, 1.02], title={"text": title}, tickvals=[0, 0.2, 0.4, 0.6, 0.8, 1.0])
    figure.update_yaxes(
        tickvals=places,
        ticktext=[f"<b>{row.name}</b>" if row.strong else row.name for row in rows],
        autorange=False,
        range=[len(rows) - 0.4, -0.6],
        showgrid=False,
        ticklabelstandoff=6,
    )
    top = 34 + (26 if bands else 0)
    figure.update_layout(
        height=ROW_PX * len(rows) + top + 60,
        margin={"l": 8, "r": 12, "t": top, "b": 8},
        legend={"y": 1, "yref": "container", "yanchor": "top", "traceorder": "reversed"},
        showlegend=bool(beside_name),
    )
    return figure


def _add_coefficients(
    figure: go.Figure,
    places: Sequence[float],
    values: Sequence[float | None],
    intervals: Sequence[Interval | None],
    names: Sequence[str],
    legend: str,
    colour: str,
    symbol: str,
) -> None:
    shown = [
        (place, value, interval, name)
        for place, value, interval, name in zip(places, values, intervals, names, strict=True)
        if value is not None
    ]
    figure.add_scatter(
        x=[value for _, value, _, _ in shown],
        y=[place for place, _, _, _ in shown],
        mode="markers",
        name=legend,
        marker={"symbol": symbol, "size": 11, "color": colour, "line": {"width": 2, "color": colour}},
        error_x={
            "type": "data",
            "symmetric": False,
            "array": [0.0 if each is None else max(0.0, each.high - value) for _, value, each, _ in shown],
            "arrayminus": [0.0 if each is None else max(0.0, value - each.low) for _, value, each, _ in shown],
            "color": colour,
            "thickness": 2,
            "width": 5,
        },
        customdata=[
            [name, "" if each is None else t("{low:.2f} to {high:.2f}", low=each.low, high=each.high)]
            for _, _, each, name in shown
        ],
        hovertemplate="%{customdata[0]}<br>%{x:.2f} (%{customdata[1]})<extra></extra>",
    )


def bland_altman_figure(result: BlandAltman, unit: str) -> go.Figure:
    """Draw differences (PEEA less clinicians) against means, with bias, limits and their intervals.

    Recordings with the same pair of values lie on one disc, whose area is their number.

    Args:
        result: of `peea.agreement.bland_altman`.
        unit: of the scale, for the axes ("grades", "VAS points").
    """
    points = Counter(
        (round(mean, 2), round(difference, 2))
        for mean, difference in zip(result.means, result.differences, strict=True)
    )
    most = max(points.values())
    figure = go.Figure(layout={"template": TEMPLATE})
    lines = (
        (result.upper, t("Upper limit"), "dash", ORANGE),
        (result.bias, t("Mean difference"), "solid", BLUE),
        (result.lower, t("Lower limit"), "dash", ORANGE),
    )
    for estimate, name, dash, colour in lines:
        _add_level(figure, estimate, name, dash, colour)
    figure.add_hline(y=0, line={"color": GRID, "width": 1})
    figure.add_scatter(
        x=[mean for mean, _ in points],
        y=[difference for _, difference in points],
        mode="markers",
        marker={
            "size": list(points.values()),
            "sizemode": "area",
            "sizeref": 2 * most / 30**2,
            "sizemin": 4,
            "color": "rgba(27, 39, 48, 0.55)",
            "line": {"width": 0},
        },
        customdata=list(points.values()),
        hovertemplate=t("Mean {mean}, difference {difference}: {count} recordings").format(
            mean="%{x:.2f}", difference="%{y:.2f}", count="%{customdata}"
        )
        + "<extra></extra>",
        showlegend=False,
    )
    figure.update_xaxes(title={"text": t("Mean of PEEA and clinicians, in {unit}", unit=unit)})
    reach = max([abs(value) for value in result.differences] + [abs(result.upper.value), abs(result.lower.value)])
    figure.update_yaxes(
        title={"text": t("PEEA less clinicians, in {unit}", unit=unit)}, range=[-1.15 * reach - 0.1, 1.15 * reach + 0.1]
    )
    figure.update_layout(height=420, margin={"l": 8, "r": 150, "t": 12, "b": 8}, showlegend=False)
    return figure


def _add_level(figure: go.Figure, estimate: Estimate, name: str, dash: str, colour: str) -> None:
    """Add a horizontal line with its interval as a band, and its name and value at the right."""
    if not isinstance(estimate.interval, NoNumber):
        figure.add_hrect(
            y0=estimate.interval.low, y1=estimate.interval.high, fillcolor=colour, opacity=0.12, line_width=0
        )
    figure.add_hline(y=estimate.value, line={"color": colour, "width": 2, "dash": dash})
    figure.add_annotation(
        x=1.01,
        xref="paper",
        xanchor="left",
        y=estimate.value,
        text=f"{name}<br><b>{estimate.value:.2f}</b>".replace("-", "−"),
        align="left",
        showarrow=False,
        font={"size": 13, "color": INK},
    )
