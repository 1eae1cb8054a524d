"""One recording as two models graded it, over the same seconds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import plotly.graph_objects as go

from peea.assessment import Assessment, FrameRecord
from peea.language import t
from peea.plots.look import QUIET_INK, TEMPLATE
from peea.plots.series import look_of
from peea.plots.timeline import BAND_AXIS, PROBABILITY_AXIS, add_episodes, add_probabilities, thinned
from peea.scales import pspi

_TITLE_PX: Final = 26
_PROBABILITY_PX: Final = 130
_BAND_PX: Final = 40
_PSPI_PX: Final = 110
_LEGEND_PX: Final = 34
_AXIS_PX: Final = 48


def two_timelines_figure(assessments: Sequence[tuple[str, Assessment]]) -> go.Figure:
    """Draw the same recording as several models graded it, one under the other over one time axis.

    Each model has its probabilities and its stable grades; the PSPI of all of them, where they give face actions, share
    the last row.

    Args:
        assessments: (name of the model, what it found), of the same recording.
    """
    figure = go.Figure(layout={"template": TEMPLATE})
    framed = [(name, assessment, thinned(assessment.frames)) for name, assessment in assessments]
    rows: list[tuple[str, int]] = []
    for name, _, _ in framed:
        rows.append((t("{model}: probability of each grade", model=name), _PROBABILITY_PX))
        rows.append((t("{model}: stable grade, held long enough to count", model=name), _BAND_PX))
    with_actions = [each for each in framed if any(frame.actions is not None for frame in each[2])]
    if with_actions:
        rows.append((t("PSPI, 0 to 16, from the face actions"), _PSPI_PX))
    duration_s = max(assessment.timeline.duration_s for _, assessment in assessments)
    axes = _lay_out(figure, rows, duration_s)
    for place, (_, assessment, frames) in enumerate(framed):
        above, below = axes[2 * place], axes[2 * place + 1]
        add_probabilities(figure, frames, _id(above), legend=place == 0)
        figure.update_layout({above: PROBABILITY_AXIS})
        add_episodes(figure, assessment, _id(below))
        figure.update_layout({below: BAND_AXIS})
    for place, (name, _, frames) in enumerate(with_actions):
        _add_pspi(figure, name, frames, _id(axes[-1]), place)
    if with_actions:
        figure.update_layout({axes[-1]: {"range": [0, 16.5], "tickvals": [0, 4, 8, 12, 16], "ticklabelstandoff": 4}})
    return figure


def _add_pspi(figure: go.Figure, name: str, frames: Sequence[FrameRecord], axis_id: str, place: int) -> None:
    look = look_of(place)
    figure.add_scatter(
        x=[frame.time_s for frame in frames],
        y=[None if frame.actions is None else pspi(frame.actions) for frame in frames],
        yaxis=axis_id,
        mode="lines",
        name=t("PSPI, {model}", model=name),
        line={"color": look.colour, "width": 2, "dash": ("solid", "dot")[place % 2]},
        connectgaps=False,
        hoverinfo="skip",
    )


def _lay_out(figure: go.Figure, rows: Sequence[tuple[str, int]], duration_s: float) -> list[str]:
    inner_px = sum(height + _TITLE_PX for _, height in rows)
    axes, top_px = [], 0
    for number, (title, height) in enumerate(rows, start=1):
        top = 1 - (top_px + _TITLE_PX) / inner_px
        axis = "yaxis" if number == 1 else f"yaxis{number}"
        figure.update_layout({axis: {"domain": [max(0.0, top - height / inner_px), top], "anchor": "x"}})
        figure.add_annotation(
            text=f"<b>{title}</b>",
            xref="paper",
            yref="paper",
            x=0,
            y=top,
            xanchor="left",
            yanchor="bottom",
            showarrow=False,
            font={"size": 13, "color": QUIET_INK},
        )
        axes.append(axis)
        top_px += height + _TITLE_PX
    figure.update_layout(
        height=inner_px + _LEGEND_PX + _AXIS_PX,
        margin={"l": 52, "r": 12, "t": _LEGEND_PX, "b": _AXIS_PX},
        barmode="overlay",
        legend={"traceorder": "normal", "font": {"size": 13}},
    )
    figure.update_xaxes(
        range=[0, max(duration_s, 0.1)],
        anchor=_id(axes[-1]),
        title={"text": t("Seconds of the recording"), "font": {"size": 13}, "standoff": 4},
        ticksuffix=" s",
        nticks=9,
    )
    return axes


def _id(axis: str) -> str:
    return axis.replace("axis", "")
