"""The chart that grows while a face is graded live."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import plotly.graph_objects as go

from peea.assessment import FrameRecord
from peea.grade_style import GRADE_STYLES
from peea.language import t
from peea.plots.look import INK, TEMPLATE
from peea.plots.timeline import thinned
from peea.scales import GRADES

MOST_POINTS: Final = 150
"""Points drawn at most: seven a second of a recording, and a chart that is quickly drawn again and again."""

_HEIGHT_PX: Final = 230


def live_figure(records: Sequence[FrameRecord], length_s: float, from_s: float = 0.0) -> go.Figure:
    """Draw the mean grade (each grade weighed by its probability) of the frames so far over the bands of the grades.

    Args:
        records: the graded frames so far; where a frame was not graded, the line has a gap.
        length_s: seconds that the chart shows.
        from_s: at which it begins.
    """
    shown = thinned([one for one in records if one.time_s >= from_s], MOST_POINTS)
    means = [
        None
        if one.probabilities is None
        else sum(grade * share for grade, share in zip(GRADES, one.probabilities, strict=True))
        for one in shown
    ]
    figure = go.Figure(layout={"template": TEMPLATE, "height": _HEIGHT_PX})
    for grade in GRADES:
        figure.add_hrect(
            y0=grade - 0.5,
            y1=grade + 0.5,
            fillcolor=GRADE_STYLES[grade].fill,
            opacity=0.55,
            line_width=0,
            layer="below",
        )
    figure.add_scatter(
        x=[one.time_s for one in shown],
        y=means,
        mode="lines",
        line={"color": INK, "width": 3},
        hoverinfo="skip",
        showlegend=False,
    )
    figure.update_layout(
        xaxis={"range": [from_s, from_s + length_s], "title": {"text": t("Seconds")}, "showgrid": False},
        yaxis={
            "range": [-0.5, len(GRADES) - 0.5],
            "tickvals": list(map(int, GRADES)),
            "ticktext": [f"{GRADE_STYLES[grade].label}  " for grade in GRADES],
            "showgrid": False,
        },
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
    )
    return figure
