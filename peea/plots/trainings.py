"""How networks were trained: their losses by epoch, the search by evaluation, the optimisers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import Final

import plotly.graph_objects as go

from peea.language import t
from peea.model_results import LearningPoint, OptimizerRun, Search, Training
from peea.plots.look import QUIET_INK, TEMPLATE
from peea.plots.series import look_of

_HEIGHT: Final = 340
MOST_SINGLE_TICKS: Final = 20
"""Epochs or evaluations up to which each has its own tick."""


def loss_figure(trainings: Sequence[Training]) -> go.Figure:
    """Draw training and validation loss by epoch of several networks (Fig. 8 of [E]); training loss is dotted."""
    figure = _by(t("Epoch"), t("Loss"))
    for place, training in enumerate(trainings):
        look = look_of(place)
        epochs = [point.epoch for point in training.curves]
        network = t(training.title)
        for name, losses, dash, symbol in (
            (t("{network}, training", network=network), [p.training_loss for p in training.curves], "dot", ""),
            (
                t("{network}, validation", network=network),
                [p.validation_loss for p in training.curves],
                "solid",
                look.symbol,
            ),
        ):
            figure.add_scatter(
                x=epochs,
                y=losses,
                name=name,
                mode="lines+markers" if symbol else "lines",
                line={"color": look.colour, "width": 2, "dash": dash},
                marker={"symbol": symbol or None, "size": 8, "color": look.colour},
                hovertemplate="%{y:.3f}<extra>%{fullData.name}</extra>",
            )
    figure.update_yaxes(rangemode="tozero")
    figure.update_xaxes(
        dtick=1 if max((len(one.curves) for one in trainings), default=0) <= MOST_SINGLE_TICKS else None
    )
    return figure


def search_figure(search: Search) -> go.Figure:
    """Draw the objective of each evaluation and the best so far (Fig. 7 of [P]); failed ones are crosses at the top."""
    figure = _by(t("Evaluation"), t("Objective"))
    done = [each for each in search.evaluations if each.objective is not None]
    figure.add_scatter(
        x=[each.number for each in done],
        y=[each.objective for each in done],
        name=t("Each evaluation"),
        mode="markers",
        marker={"color": "white", "size": 9, "line": {"color": look_of(0).colour, "width": 2}},
        text=[
            t(
                "learning rate {rate}, momentum {momentum}, L2 {decay}",
                rate=_short(each.learning_rate),
                momentum=_short(each.momentum),
                decay=_short(each.weight_decay),
            )
            for each in done
        ],
        hovertemplate="%{y:.3f}: %{text}<extra></extra>",
    )
    figure.add_scatter(
        x=[each.number for each in done],
        y=list(accumulate((each.objective for each in done if each.objective is not None), min)),
        name=t("Best so far"),
        mode="lines",
        line={"color": look_of(1).colour, "width": 3, "shape": "hv"},
        hovertemplate="%{y:.3f}<extra>%{fullData.name}</extra>",
    )
    failed = [each for each in search.evaluations if each.objective is None]
    if failed and done:
        top = max(each.objective for each in done if each.objective is not None)
        figure.add_scatter(
            x=[each.number for each in failed],
            y=[top] * len(failed),
            name=t("Without a result"),
            mode="markers",
            marker={"symbol": "x", "size": 10, "color": QUIET_INK},
            text=[each.state for each in failed],
            hovertemplate="%{text}<extra></extra>",
        )
    figure.update_yaxes(rangemode="tozero")
    return figure


def optimizer_figure(runs: Sequence[OptimizerRun]) -> go.Figure:
    """Draw the best objective so far by evaluation of each optimiser's search."""
    figure = _by(t("Evaluation"), t("Best objective so far"))
    for place, run in enumerate(runs):
        look = look_of(place)
        figure.add_scatter(
            x=list(range(1, len(run.curve) + 1)),
            y=run.curve,
            name=run.optimizer,
            mode="lines+markers",
            line={"color": look.colour, "width": 2, "dash": look.dash, "shape": "hv"},
            marker={"symbol": look.symbol, "size": 7, "color": look.colour},
            hovertemplate="%{y:.3f}<extra>%{fullData.name}</extra>",
        )
    figure.update_yaxes(rangemode="tozero")
    figure.update_xaxes(dtick=1 if max((len(run.curve) for run in runs), default=0) <= MOST_SINGLE_TICKS else None)
    return figure


def learning_figure(points: Sequence[LearningPoint], along: str, value: Callable[[LearningPoint], int]) -> go.Figure:
    """Draw the share of right grades on unseen people, with its 95 % interval, against what was varied.

    Args:
        points: in the order of what was varied.
        along: name of the axis.
        value: what was varied, of a point; drawn on a logarithmic scale, on which each doubling is as wide.
    """
    figure = _by(along, t("Right on unseen people (%)"))
    percents = [100 * point.accuracy for point in points]
    intervals = [point.interval or (point.accuracy, point.accuracy) for point in points]
    figure.add_scatter(
        x=[value(point) for point in points],
        y=percents,
        mode="lines+markers",
        line={"color": look_of(0).colour, "width": 2},
        marker={"symbol": look_of(0).symbol, "size": 9, "color": look_of(0).colour},
        error_y={
            "array": [100 * high - middle for (_, high), middle in zip(intervals, percents, strict=True)],
            "arrayminus": [middle - 100 * low for (low, _), middle in zip(intervals, percents, strict=True)],
            "color": QUIET_INK,
        },
        hovertemplate="%{x}: %{y:.1f} %<extra></extra>",
        showlegend=False,
    )
    ticks = [value(point) for point in points]
    figure.update_xaxes(type="log", tickvals=ticks, ticktext=[str(tick) for tick in ticks])
    return figure


def course_figure(trainings: Sequence[Training]) -> go.Figure:
    """Draw the share of right grades on validation images against training time, a line a network."""
    figure = _by(t("Training so far (minutes)"), t("Right on validation images (%)"))
    for place, training in enumerate(trainings):
        look = look_of(place)
        figure.add_scatter(
            x=[point.seconds / 60 for point in training.course],
            y=[100 * point.validation_accuracy for point in training.course],
            name=t(training.title),
            mode="lines+markers",
            line={"color": look.colour, "width": 2, "dash": look.dash},
            marker={"symbol": look.symbol, "size": 7, "color": look.colour},
            hovertemplate="%{x:.0f} min: %{y:.1f} %<extra>%{fullData.name}</extra>",
        )
    figure.update_layout(hovermode="closest")
    figure.update_xaxes(rangemode="tozero")
    return figure


def _by(along: str, upward: str) -> go.Figure:
    figure = go.Figure(layout={"template": TEMPLATE})
    figure.update_xaxes(title={"text": along, "font": {"size": 13}})
    figure.update_yaxes(title={"text": upward, "font": {"size": 13}})
    figure.update_layout(height=_HEIGHT, margin={"l": 8, "r": 8, "t": 44, "b": 8}, hovermode="x")
    return figure


def _short(value: float | None) -> str:
    return "–" if value is None else f"{value:.3g}"
