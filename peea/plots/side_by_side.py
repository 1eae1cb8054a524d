"""One recording as two models graded it, over the same seconds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import plotly.graph_objects as go

from peea.assessment import Assessment, FrameRecord
from peea.language import t
from peea.plots.look import TEMPLATE
from peea.plots.rows import Row, lay_out_rows
from peea.plots.series import look_of
from peea.plots.timeline import BAND_AXIS, PROBABILITY_AXIS, add_episodes, add_probabilities, thinned
from peea.scales import pspi

_PROBABILITY_PX: Final = 130
_BAND_PX: Final = 40
_PSPI_PX: Final = 110


def two_timelines_figure(assessments: Sequence[tuple[str, Assessment]]) -> go.Figure:
    """Draw the same recording as several models graded it, one under the other over one time axis.

    Each model has its probabilities and its stable grades; the PSPI of all of them, where they give face actions, share
    the last row.

    Args:
        assessments: (name of the model, what it found), of the same recording.
    """
    figure = go.Figure(layout={"template": TEMPLATE})
    framed = [(name, assessment, thinned(assessment.frames)) for name, assessment in assessments]
    titles: list[tuple[str, int]] = []
    for name, _, _ in framed:
        titles.append((t("{model}: probability of each grade", model=name), _PROBABILITY_PX))
        titles.append((t("{model}: stable grade, held long enough to count", model=name), _BAND_PX))
    with_actions = [each for each in framed if any(frame.actions is not None for frame in each[2])]
    if with_actions:
        titles.append((t("PSPI, 0 to 16, from the face actions"), _PSPI_PX))
    duration_s = max(assessment.timeline.duration_s for _, assessment in assessments)
    rows = [Row(title, height_px, number) for number, (title, height_px) in enumerate(titles, start=1)]
    lay_out_rows(figure, rows, duration_s)
    for place, (_, assessment, frames) in enumerate(framed):
        above, below = rows[2 * place], rows[2 * place + 1]
        add_probabilities(figure, frames, above.axis_id, legend=place == 0)
        figure.update_layout({above.axis_name: PROBABILITY_AXIS})
        add_episodes(figure, assessment, below.axis_id)
        figure.update_layout({below.axis_name: BAND_AXIS})
    for place, (name, _, frames) in enumerate(with_actions):
        _add_pspi(figure, name, frames, rows[-1].axis_id, place)
    if with_actions:
        figure.update_layout(
            {rows[-1].axis_name: {"range": [0, 16.5], "tickvals": [0, 4, 8, 12, 16], "ticklabelstandoff": 4}}
        )
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
