"""Shares with their intervals, and how often each grade was found, by week, ward or context."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import plotly.graph_objects as go

from peea.care.team import GradeCounts, Rate
from peea.clock import date_text
from peea.grade_style import GRADE_STYLES
from peea.language import percent, t
from peea.plots.look import INK, TEMPLATE
from peea.scales import GRADES

ROW_PX = 46
"""Height of one group: a line of text and some air."""

BESIDE_PX = 96


def group_name(group: date | str) -> str:
    """Return a group as staff read it; a week by its Monday."""
    return t("Week of {day}", day=date_text(group)) if isinstance(group, date) else group


def grade_shares_figure(groups: Sequence[GradeCounts]) -> go.Figure:
    """Draw the share of each grade in each group as one bar, with sign and number inside, and how many there were."""
    figure = go.Figure(layout={"template": TEMPLATE})
    names = [f"{group_name(group.group)} (n = {group.total})" for group in groups]
    for grade in GRADES:
        style = GRADE_STYLES[grade]
        counts = [group.counts.get(grade, 0) for group in groups]
        shares = [count / group.total if group.total else 0.0 for count, group in zip(counts, groups, strict=True)]
        figure.add_bar(
            x=shares,
            y=names,
            orientation="h",
            name=style.label,
            width=0.7,
            marker={"color": style.fill, "line": {"color": INK, "width": 0.8}},
            text=[f"{style.sign}: {percent(share)}" if share >= 0.09 else "" for share in shares],
            textposition="inside",
            insidetextanchor="middle",
            textangle=0,
            constraintext="none",
            textfont={"color": style.text, "size": 13},
            hovertext=[
                t("{grade}: {n} of {total}", grade=style.label, n=n, total=group.total)
                for n, group in zip(counts, groups, strict=True)
            ],
            hovertemplate="%{hovertext}<extra></extra>",
        )
    figure.update_layout(
        barmode="stack", height=BESIDE_PX + ROW_PX * max(1, len(groups)), legend={"traceorder": "normal"}
    )
    figure.update_xaxes(range=[0, 1], tickformat=".0%")
    figure.update_yaxes(autorange="reversed", showgrid=False, ticklabelstandoff=6)
    return figure


def rates_figure(rates: Sequence[tuple[date | str, Rate]], title: str) -> go.Figure:
    """Draw shares as points with their 95 % intervals, a row a group; groups of nothing are left out."""
    shown = [(group, rate) for group, rate in rates if rate.share is not None]
    figure = go.Figure(layout={"template": TEMPLATE})
    shares = [rate.share or 0.0 for _, rate in shown]
    figure.add_scatter(
        x=shares,
        y=[f"{group_name(group)} ({rate.hits}/{rate.total})" for group, rate in shown],
        mode="markers",
        marker={"size": 13, "color": INK},
        error_x={
            "type": "data",
            "symmetric": False,
            "array": [(rate.high or 0.0) - share for (_, rate), share in zip(shown, shares, strict=True)],
            "arrayminus": [share - (rate.low or 0.0) for (_, rate), share in zip(shown, shares, strict=True)],
            "color": INK,
            "thickness": 2,
            "width": 6,
        },
        hovertext=[rate_text(rate) for _, rate in shown],
        hovertemplate="%{hovertext}<extra></extra>",
        showlegend=False,
    )
    highest = max([rate.high or 0.0 for _, rate in shown], default=1.0)
    figure.update_layout(height=BESIDE_PX - 10 + ROW_PX * max(1, len(shown)))
    limit = min(1.0, max(0.1, highest * 1.1))
    figure.update_xaxes(
        range=[-0.02 * limit, 1.02 * limit], tickformat=".0%", title={"text": title, "font": {"size": 13}}
    )
    figure.update_yaxes(range=[len(shown) - 0.4, -0.6], ticklabelstandoff=6)
    return figure


def rate_text(rate: Rate) -> str:
    """Return a share with counts and interval as text."""
    if rate.share is None or rate.low is None or rate.high is None:
        return t("none yet")
    return t(
        "{share} % ({hits} of {total}; 95 % interval {low} to {high} %)",
        share=f"{100 * rate.share:.0f}",
        hits=rate.hits,
        total=rate.total,
        low=f"{100 * rate.low:.0f}",
        high=f"{100 * rate.high:.0f}",
    )
