"""The face actions behind the grade of one frame."""

from __future__ import annotations

import plotly.graph_objects as go

from peea.assessment import FrameRecord
from peea.language import percent, t
from peea.plots.look import INK, TEMPLATE
from peea.scales import ACTION_MAXIMUM, ACTION_NAMES, FACS_LETTERS, PSPI_ACTIONS


def action_figure(frame: FrameRecord) -> go.Figure:
    """Draw the face actions of one frame as bars over the FACS codes, absent to e (eyes closed: open to closed).

    Raises:
        ValueError: the frame has no actions.
    """
    if frame.actions is None:
        raise ValueError(f"the frame at {frame.time_s:.2f} s has no face actions to draw")
    names = list(reversed(PSPI_ACTIONS))
    shares = [frame.actions.get(name, 0.0) / ACTION_MAXIMUM[name] for name in names]
    figure = go.Figure(layout={"template": TEMPLATE})
    figure.add_bar(
        x=shares,
        y=[f"{ACTION_NAMES[name]} ({name})" for name in names],
        orientation="h",
        width=0.62,
        marker={"color": "#2F6F9F"},
        text=[intensity_words(name, frame.actions.get(name, 0.0)) for name in names],
        textposition="outside",
        textfont={"size": 14, "color": INK},
        cliponaxis=False,
        hoverinfo="skip",
    )
    figure.update_xaxes(
        range=[0, 1.18], tickvals=[level / 5 for level in range(6)], ticktext=["–", *FACS_LETTERS[1:]], side="bottom"
    )
    figure.update_yaxes(ticklabelstandoff=6)
    figure.update_layout(height=250, margin={"l": 8, "r": 8, "t": 8, "b": 28}, showlegend=False)
    return figure


def intensity_words(name: str, intensity: float) -> str:
    """Return an action's intensity as staff code it: a letter with its number, or how far the eyes are closed.

    >>> intensity_words("AU4", 2.6), intensity_words("AU43", 0.9)
    ('c (2.6)', '90 %')
    """
    if ACTION_MAXIMUM[name] == 1.0:
        return percent(intensity)
    letter = FACS_LETTERS[min(5, int(intensity + 0.5))]
    return f"{t(letter) if letter == FACS_LETTERS[0] else letter} ({intensity:.1f})"
