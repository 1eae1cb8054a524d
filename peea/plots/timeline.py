"""The graded course of one recording, over its seconds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Final
from unicodedata import east_asian_width

import plotly.graph_objects as go

from peea.assessment import Assessment, FrameRecord
from peea.faces import Problem
from peea.grade_style import GRADE_STYLES
from peea.language import later, t
from peea.moments import PROBLEM_NAMES, moment_words
from peea.plots.look import CHOSEN, INK, QUIET_INK, TEMPLATE
from peea.plots.rows import Row, lay_out_rows
from peea.scales import GRADES, pspi

USABLE_FILL: Final = "#3F7D6B"
DIM_FILL: Final = "#B9A13A"
PROBLEM_FILL: Final = "#E3E6E8"
PROBLEM_STRIPE: Final = "#7C8891"
MOST_POINTS: Final = 1500
"""Frames drawn at most: more than a screen has columns of pixels; a ten-minute recording has 15,000."""

SHARE_A_LETTER: Final = 0.0115
"""Share of a chart's width that one letter takes at its narrowest, some 700 px. A band that is too short for its words
carries the sign alone, or nothing."""

SHARE_A_SMALL_LETTER: Final = 0.009

PROBABILITY_AXIS: Final = {
    "range": [0, 1],
    "tickvals": [0, 0.5, 1],
    "ticktext": ["0 %", "50 %", "100 %"],
    "showgrid": False,
    "ticklabelstandoff": 4,
}
BAND_AXIS: Final = {"range": [-0.5, 0.5], "visible": False}
"""The y axes of the rows with probabilities and with bands."""

TIMELINE_TRACE: Final = "moments"
"""Name of the one trace of the timeline that answers to hovering and choosing; its x is seconds of the recording."""


@dataclass(frozen=True)
class _Stretch:
    """A run of frames with the same state of the picture. Seconds; end_s is exclusive."""

    start_s: float
    end_s: float
    problem: Problem | None
    dim: bool


_PROBABILITY_ROW: Final = Row(later("Probability of each grade"), 190, 1)
_EPISODE_ROW: Final = Row(later("Stable grade: held long enough to count"), 44, 2)
_QUALITY_ROW: Final = Row(later("Face: plain where it could be graded, hatched where not"), 34, 3)
_PSPI_ROW: Final = Row(later("PSPI, 0 to 16, from the face actions"), 96, 4)
"""Titles in English, for the catalogue."""


def timeline_figure(assessment: Assessment, chosen_s: float | None = None) -> go.Figure:
    """Draw the graded course of a recording over its seconds.

    From the top: probability of each grade, stacked; stable episodes as bands with sign and word; whether the face
    could be graded, with the reason where not; PSPI, if the grader gives face actions. Without any graded frame only
    the row that says why is left. The trace `TIMELINE_TRACE` has
    one point a drawn frame, so that choosing one anywhere in the chart gives its time.

    Args:
        assessment: what to draw.
        chosen_s: seconds of the chosen moment, marked by a line through all rows.
    """
    frames = thinned(assessment.frames)
    graded = any(frame.probabilities is not None for frame in frames)
    has_actions = any(frame.actions is not None for frame in frames)
    rows = [_PROBABILITY_ROW, _EPISODE_ROW] if graded else []
    rows += [_QUALITY_ROW, *([_PSPI_ROW] if has_actions else [])]
    figure = go.Figure(layout={"template": TEMPLATE})
    lay_out_rows(figure, [replace(row, title=t(row.title)) for row in rows], assessment.timeline.duration_s)
    _let_moments_be_chosen(figure)
    if graded:
        add_probabilities(figure, frames)
        figure.update_layout(yaxis=PROBABILITY_AXIS)
        add_episodes(figure, assessment, _EPISODE_ROW.axis_id)
        figure.update_layout(yaxis2=BAND_AXIS)
    _add_quality(figure, assessment)
    if has_actions:
        _add_pspi(figure, frames)
    _add_moments(figure, frames, rows[0])
    if chosen_s is not None:
        figure.add_shape(
            type="line",
            xref="x",
            yref="paper",
            x0=chosen_s,
            x1=chosen_s,
            y0=0,
            y1=1,
            line={"color": CHOSEN, "width": 2},
        )
    return figure


def thinned(frames: Sequence[FrameRecord], most: int = MOST_POINTS) -> Sequence[FrameRecord]:
    """Return every k-th frame, the last one too, so that about `most` are left; all of them if there are no more."""
    if len(frames) <= most:
        return frames
    step = -(-len(frames) // most)
    chosen = list(frames[::step])
    return chosen if (len(frames) - 1) % step == 0 else [*chosen, frames[-1]]


def _let_moments_be_chosen(figure: go.Figure) -> None:
    """Let hovering and choosing work in all rows at once, with a line through them."""
    figure.update_layout(
        hovermode="x", hoversubplots="axis", hoverdistance=-1, clickmode="event+select", legend={"y": 1.0}
    )
    figure.update_xaxes(showspikes=True, spikemode="across", spikethickness=1, spikedash="solid", spikecolor=QUIET_INK)


def add_probabilities(
    figure: go.Figure, frames: Sequence[FrameRecord], axis_id: str = "y", legend: bool = True
) -> None:
    """Stack the probability of each grade over the seconds, on this y axis of the figure."""
    times = [frame.time_s for frame in frames]
    for grade in GRADES:
        style = GRADE_STYLES[grade]
        figure.add_scatter(
            x=times,
            y=[frame.probabilities[grade] if frame.probabilities else 0.0 for frame in frames],
            name=style.label,
            yaxis=axis_id,
            showlegend=legend,
            stackgroup="grades",
            mode="lines",
            line={"width": 0.6, "color": QUIET_INK, "shape": "linear"},
            fillcolor=style.fill,
            hoverinfo="skip",
        )


def add_episodes(figure: go.Figure, assessment: Assessment, axis_id: str) -> None:
    """Lay the stable episodes as bands with sign and word along this y axis of the figure."""
    duration_s = assessment.timeline.duration_s
    for grade, episodes in groupby(
        sorted(assessment.timeline.episodes, key=lambda episode: episode.grade), key=lambda episode: episode.grade
    ):
        of_grade = list(episodes)
        style = GRADE_STYLES[grade]
        figure.add_bar(
            x=[episode.duration_s for episode in of_grade],
            base=[episode.start_s for episode in of_grade],
            y=[0.0] * len(of_grade),
            orientation="h",
            width=1.0,
            yaxis=axis_id,
            text=[_band_text(style.sign, style.word, episode.duration_s, duration_s) for episode in of_grade],
            textposition="inside",
            insidetextanchor="middle",
            textangle=0,
            constraintext="none",
            textfont={"color": style.text, "size": 14},
            marker={"color": style.fill, "line": {"color": INK, "width": 1}},
            unselected={"marker": {"opacity": 1}, "textfont": {"color": style.text}},
            showlegend=False,
            hoverinfo="skip",
            name=style.label,
        )


def _band_text(sign: str, word: str, seconds: float, duration_s: float) -> str:
    if _fits(f"{sign} {word}", seconds, duration_s):
        return f"<b>{sign}</b> {word}"
    return f"<b>{sign}</b>" if _fits(sign, seconds, duration_s) else ""


def _fits(text: str, seconds: float, duration_s: float, share_a_letter: float = SHARE_A_LETTER) -> bool:
    return seconds >= (_letters(text) + 1) * share_a_letter * duration_s


def _letters(text: str) -> int:
    """Return how many narrow letters take as much room: a Chinese one takes that of two."""
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def _quality_stretches(assessment: Assessment) -> list[_Stretch]:
    frames = assessment.frames
    stretches: list[_Stretch] = []
    for (problem, dim), run in groupby(frames, key=lambda frame: (frame.problem, frame.dim and frame.problem is None)):
        start_s = next(run).time_s
        if stretches:
            before = stretches[-1]
            stretches[-1] = _Stretch(before.start_s, start_s, before.problem, before.dim)
        stretches.append(_Stretch(start_s, assessment.timeline.duration_s, problem, dim))
    return stretches


def _add_quality(figure: go.Figure, assessment: Assessment) -> None:
    stretches = _quality_stretches(assessment)
    duration_s = assessment.timeline.duration_s
    looks = (
        (t("Could be graded"), lambda stretch: stretch.problem is None and not stretch.dim, USABLE_FILL, ""),
        (t("Dim, graded in a brightened copy"), lambda stretch: stretch.dim, DIM_FILL, "."),
        (t("Could not be graded"), lambda stretch: stretch.problem is not None, PROBLEM_FILL, "/"),
    )
    for name, belongs, fill, pattern in looks:
        shown = [stretch for stretch in stretches if belongs(stretch)]
        if not shown:
            continue
        figure.add_bar(
            x=[stretch.end_s - stretch.start_s for stretch in shown],
            base=[stretch.start_s for stretch in shown],
            y=[0.0] * len(shown),
            orientation="h",
            width=1.0,
            yaxis=_QUALITY_ROW.axis_id,
            marker={
                "color": fill,
                "line": {"color": fill, "width": 0},
                "pattern": {"shape": pattern, "fgcolor": PROBLEM_STRIPE, "size": 7, "solidity": 0.25},
            },
            unselected={"marker": {"opacity": 1}},
            showlegend=False,
            hoverinfo="skip",
            name=name,
        )
    for stretch in stretches:
        words = PROBLEM_NAMES[stretch.problem] if stretch.problem else t("Dim") if stretch.dim else ""
        if words and _fits(words, stretch.end_s - stretch.start_s, duration_s, SHARE_A_SMALL_LETTER):
            figure.add_annotation(
                text=words,
                x=(stretch.start_s + stretch.end_s) / 2,
                y=0,
                xref="x",
                yref=_QUALITY_ROW.axis_id,
                showarrow=False,
                bgcolor="rgba(255,255,255,0.9)",
                borderpad=1,
                font={"size": 12, "color": INK},
            )
    figure.update_layout(yaxis3=BAND_AXIS)


def _add_pspi(figure: go.Figure, frames: Sequence[FrameRecord]) -> None:
    figure.add_scatter(
        x=[frame.time_s for frame in frames],
        y=[pspi(frame.actions) if frame.actions is not None else None for frame in frames],
        yaxis=_PSPI_ROW.axis_id,
        mode="lines",
        line={"color": INK, "width": 2},
        connectgaps=False,
        hoverinfo="skip",
        showlegend=False,
        name="PSPI",
    )
    figure.update_layout(yaxis4={"range": [0, 16.5], "tickvals": [0, 4, 8, 12, 16], "ticklabelstandoff": 4})


def _add_moments(figure: go.Figure, frames: Sequence[FrameRecord], row: Row) -> None:
    figure.add_scatter(
        x=[frame.time_s for frame in frames],
        y=[0.5 if row is _PROBABILITY_ROW else 0.0] * len(frames),
        yaxis=row.axis_id,
        mode="markers",
        marker={"size": 14, "opacity": 0},
        selected={"marker": {"opacity": 0}},
        unselected={"marker": {"opacity": 0}},
        text=[moment_words(frame) for frame in frames],
        hovertemplate="%{text}<extra></extra>",
        showlegend=False,
        name=TIMELINE_TRACE,
    )
