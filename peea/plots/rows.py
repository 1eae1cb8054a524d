"""Rows one under the other over the seconds of one recording, each with its title and its own y axis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import plotly.graph_objects as go

from peea.language import t
from peea.plots.look import QUIET_INK

_TITLE_PX: Final = 26
_LEGEND_PX: Final = 34
_AXIS_PX: Final = 48


@dataclass(frozen=True)
class Row:
    """One row: its title as shown, height in pixels, number of its y axis from 1."""

    title: str
    height_px: int
    axis: int

    @property
    def axis_name(self) -> str:
        """As Plotly's layout calls the axis."""
        return "yaxis" if self.axis == 1 else f"yaxis{self.axis}"

    @property
    def axis_id(self) -> str:
        """As Plotly's traces call the axis."""
        return "y" if self.axis == 1 else f"y{self.axis}"


def lay_out_rows(figure: go.Figure, rows: Sequence[Row], duration_s: float) -> None:
    """Give each row its part of the figure, from the top, and all of them one axis of seconds at the bottom."""
    inner_px = sum(row.height_px + _TITLE_PX for row in rows)
    top_px = 0
    for row in rows:
        top = 1 - (top_px + _TITLE_PX) / inner_px
        bottom = top - row.height_px / inner_px
        figure.update_layout({row.axis_name: {"domain": [max(bottom, 0.0), top], "anchor": "x"}})
        figure.add_annotation(
            text=f"<b>{row.title}</b>",
            xref="paper",
            yref="paper",
            x=0,
            y=top,
            xanchor="left",
            yanchor="bottom",
            showarrow=False,
            font={"size": 13, "color": QUIET_INK},
        )
        top_px += row.height_px + _TITLE_PX
    figure.update_layout(
        height=inner_px + _LEGEND_PX + _AXIS_PX,
        margin={"l": 52, "r": 12, "t": _LEGEND_PX, "b": _AXIS_PX},
        barmode="overlay",
        legend={"traceorder": "normal", "font": {"size": 13}},
    )
    figure.update_xaxes(
        range=[0, max(duration_s, 0.1)],
        anchor=rows[-1].axis_id,
        title={"text": t("Seconds of the recording"), "font": {"size": 13}, "standoff": 4},
        ticksuffix=" s",
        nticks=9,
    )
