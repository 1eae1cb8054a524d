"""How often networks are right: by grade or level, what for what they took, how sure they were, by group."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import plotly.graph_objects as go

from peea.grade_style import GRADE_STYLES
from peea.language import percent, t, tn
from peea.model_results import FaceFigures, ReliabilityBin
from peea.output_scales import SIX_LEVEL_SCALE, OutputScale
from peea.plots.look import INK, QUIET_INK, TEMPLATE
from peea.plots.series import look_of
from peea.scales import SIX_LEVEL_NAMES, Grade

PERCENT_TICKS: Final = {"tickvals": [0, 0.25, 0.5, 0.75, 1], "ticktext": ["0 %", "25 %", "50 %", "75 %", "100 %"]}
_EMPTY_TO_FULL: Final = [[0.0, "#FFFFFF"], [1.0, "#0B5A8F"]]
_DARK_FROM: Final = 0.55
"""Share of a cell from which its text is white."""


@dataclass(frozen=True)
class LabelAccuracy:
    """Accuracies by true label of one network, or of a paper.

    Attributes:
        name: for the legend.
        by_label: label -> share right, 0-1, or None.
        published: from a paper, on other data.
    """

    name: str
    by_label: Mapping[int, float | None]
    published: bool = False


@dataclass(frozen=True)
class GroupBar:
    """One group of faces: its title, how it is called, share right with its 95 % interval, how many it is."""

    group: str
    value: str
    accuracy: float
    interval: tuple[float, float] | None
    images: int
    patients: int


def label_names(scale: OutputScale) -> list[str]:
    """Return the names of a scale's labels, number and word, in order."""
    if scale is SIX_LEVEL_SCALE:
        return [f"{label} {SIX_LEVEL_NAMES[label]}" for label in scale.labels]
    return [GRADE_STYLES[Grade(label)].label for label in scale.labels]


def accuracy_by_label_figure(scale: OutputScale, series: Sequence[LabelAccuracy]) -> go.Figure:
    """Draw the share of right classes by true label as bars, a colour and a pattern a network (Fig. 9 of [E])."""
    figure = go.Figure(layout={"template": TEMPLATE})
    names = label_names(scale)
    for place, each in enumerate(series):
        look = look_of(place)
        values = [each.by_label.get(label) for label in scale.labels]
        figure.add_bar(
            x=names,
            y=values,
            name=each.name,
            showlegend=True,
            text=["" if value is None else f"{100 * value:.0f}" for value in values],
            textposition="outside",
            textfont={"size": 12, "color": INK},
            cliponaxis=False,
            marker={
                "color": "white" if each.published else look.colour,
                "line": {"color": look.colour, "width": 1.5},
                "pattern": {
                    "shape": "/" if each.published else look.pattern,
                    "fgcolor": look.colour if each.published else "white",
                    "fillmode": "overlay",
                    "size": 7,
                    "solidity": 0.3,
                },
            },
            hovertemplate="%{x}: %{y:.1%}<extra>%{fullData.name}</extra>",
        )
    figure.update_yaxes(range=[0, 1.08], title={"text": t("Right"), "font": {"size": 13}}, **PERCENT_TICKS)
    figure.update_layout(height=340, barmode="group", bargap=0.25, margin={"l": 8, "r": 8, "t": 40, "b": 8})
    return figure


def confusion_figure(figures: FaceFigures, scale: OutputScale) -> go.Figure:
    """Draw what the network gave (columns) for what was true (rows): share of the row, and how many images.

    Raises:
        ValueError: the figures hold no confusion matrix of this scale.
    """
    counts = figures.confusion
    if len(counts) != len(scale):
        raise ValueError(f"the confusion matrix has {len(counts)} rows; the scale {scale.name} has {len(scale)} labels")
    shares = [[count / max(1, sum(row)) for count in row] for row in counts]
    names = label_names(scale)
    figure = go.Figure(layout={"template": TEMPLATE})
    figure.add_heatmap(
        z=shares,
        x=names,
        y=names,
        zmin=0,
        zmax=1,
        xgap=2,
        ygap=2,
        colorscale=_EMPTY_TO_FULL,
        showscale=False,
        hoverinfo="skip",
    )
    for row, (row_counts, row_shares) in enumerate(zip(counts, shares, strict=True)):
        for column, (count, share) in enumerate(zip(row_counts, row_shares, strict=True)):
            if not count:
                continue
            figure.add_annotation(
                x=column,
                y=row,
                text=f"<b>{_whole_percent(share)}</b><br>{count}",
                showarrow=False,
                font={"size": 13, "color": "white" if share >= _DARK_FROM else INK},
            )
    figure.update_xaxes(title={"text": t("Given by the model"), "font": {"size": 13}}, showgrid=False, side="bottom")
    figure.update_yaxes(
        title={"text": t("True"), "font": {"size": 13}, "standoff": 14}, showgrid=False, autorange="reversed"
    )
    figure.update_layout(height=80 + 62 * len(scale), margin={"l": 8, "r": 8, "t": 8, "b": 8})
    return figure


def reliability_figure(series: Mapping[str, Sequence[ReliabilityBin]]) -> go.Figure:
    """Draw how often networks were right when they were so and so sure; on the diagonal they mean what they say."""
    figure = go.Figure(layout={"template": TEMPLATE})
    figure.add_scatter(
        x=[0, 1],
        y=[0, 1],
        mode="lines",
        name=t("As sure as right"),
        line={"color": QUIET_INK, "width": 1, "dash": "dot"},
        hoverinfo="skip",
    )
    for place, (name, bins) in enumerate(series.items()):
        look = look_of(place)
        most = max((each.images for each in bins), default=1)
        figure.add_scatter(
            x=[each.confidence for each in bins],
            y=[each.accuracy for each in bins],
            mode="lines+markers",
            name=name,
            line={"color": look.colour, "width": 2, "dash": look.dash},
            marker={
                "symbol": look.symbol,
                "color": look.colour,
                "size": [8 + 16 * (each.images / most) ** 0.5 for each in bins],
                "line": {"color": "white", "width": 1},
            },
            text=[
                t(
                    "sure {sure} %, right {right} %, {n} faces",
                    sure=f"{100 * each.confidence:.0f}",
                    right=f"{100 * each.accuracy:.0f}",
                    n=each.images,
                )
                for each in bins
            ],
            hovertemplate="%{text}<extra>%{fullData.name}</extra>",
        )
    figure.update_xaxes(
        range=[0, 1.03], title={"text": t("How sure the model was"), "font": {"size": 13}}, **PERCENT_TICKS
    )
    figure.update_yaxes(
        range=[0, 1.05], title={"text": t("How often it was right"), "font": {"size": 13}}, **PERCENT_TICKS
    )
    figure.update_layout(height=400, margin={"l": 8, "r": 8, "t": 40, "b": 8})
    return figure


def group_figure(bars: Sequence[GroupBar], overall: float | None) -> go.Figure:
    """Draw the share right of each group as a dot with its 95 % interval, all groups under each other.

    Args:
        bars: in the order in which they are shown, groups together.
        overall: share right of all faces, drawn as a line.
    """
    figure = go.Figure(layout={"template": TEMPLATE})
    labels = [
        f"{bar.group}: <b>{bar.value}</b><br><span style='font-size:11px'>{_how_many(bar)}</span>" for bar in bars
    ]
    places = list(range(len(bars)))
    figure.add_scatter(
        x=[bar.accuracy for bar in bars],
        y=places,
        mode="markers+text",
        text=[f"<b>{100 * bar.accuracy:.0f} %</b>" for bar in bars],
        textposition="top center",
        textfont={"size": 13, "color": INK},
        marker={"size": 11, "color": "#0B5A8F"},
        error_x={
            "type": "data",
            "symmetric": False,
            "array": [bar.interval[1] - bar.accuracy if bar.interval else 0 for bar in bars],
            "arrayminus": [bar.accuracy - bar.interval[0] if bar.interval else 0 for bar in bars],
            "color": "#0B5A8F",
            "thickness": 2,
            "width": 5,
        },
        hoverinfo="skip",
        showlegend=False,
    )
    if overall is not None:
        figure.add_vline(x=overall, line={"color": QUIET_INK, "width": 1.5, "dash": "dash"}, layer="below")
        figure.add_annotation(
            x=overall,
            y=1,
            yref="paper",
            yanchor="bottom",
            text=t("all faces {share} %", share=f"{100 * overall:.0f}"),
            showarrow=False,
            font={"size": 13, "color": QUIET_INK},
        )
    for before, (one, other) in enumerate(itertools.pairwise(bars)):
        if one.group != other.group:
            figure.add_hline(y=before + 0.5, line={"color": QUIET_INK, "width": 1})
    lows = [bar.interval[0] if bar.interval else bar.accuracy for bar in bars]
    figure.update_xaxes(range=[max(0.0, min(lows, default=0.0) - 0.05), 1.02], tickformat=".0%")
    figure.update_yaxes(tickvals=places, ticktext=labels, range=[len(bars) - 0.4, -0.7], showgrid=False)
    figure.update_layout(height=60 + 46 * len(bars), margin={"l": 8, "r": 8, "t": 30, "b": 8})
    return figure


def _how_many(bar: GroupBar) -> str:
    patients = tn("{n} patient", "{n} patients", bar.patients)
    return t("{images} images, {patients}", images=bar.images, patients=patients)


def _whole_percent(share: float) -> str:
    return t("< {number} %", number=1) if share < 0.005 else percent(share)
