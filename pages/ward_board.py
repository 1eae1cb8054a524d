"""Ward board: who needs me now?"""

from __future__ import annotations

from datetime import UTC, datetime

import streamlit as st

from pages.parts.board_table import board_html, where_and_who
from pages.parts.pressed import pressed
from pages.parts.saying import problems_told, say
from pages.parts.visit import open_ward, shared_settings
from pages.parts.way_in import require_app
from peea.care.board import BoardRow, board_rows
from peea.care.reassessment import Urgency, task_sentence
from peea.clock import on_ward
from peea.language import t

REFRESH_S = 60
"""Seconds after which the board looks again by itself: due times are in minutes."""

EVERYONE, OVERDUE, DUE, CONFIRM = "everyone", "overdue", "due", "confirm"


def page() -> None:
    """Show the board, and look again every minute."""
    st.title(t("Ward board"), anchor=False)
    board()


@st.fragment(run_every=REFRESH_S)
def board() -> None:
    """Show who needs somebody, the most urgent first."""
    with problems_told():
        _board()


def _board() -> None:
    with open_ward() as log:
        wards, teams = log.wards(), log.teams()
        ward, team = _filters(wards, teams)
        histories = log.board(ward, team)
    now = datetime.now(UTC)
    rows = board_rows(histories, now, shared_settings().reassessment)
    if not rows:
        _empty(narrowed=bool(ward or team))
        return
    shown = _shown(rows)
    _most_urgent(rows, now)
    if not shown:
        say(t("Nobody. Choose another list above."), "good")
    else:
        st.html(board_html(shown, now))
    opened = pressed("board_pressed")
    if opened:
        st.switch_page("pages/patient_log.py", query_params={"patient": opened})
    st.caption(t("As of {time}. The board looks again every minute.", time=f"{on_ward(now):%H:%M}"))


def _filters(wards: list[str], teams: list[str]) -> tuple[str | None, str | None]:
    """Return the chosen ward and team; a choice is offered only where there is one."""
    offered = {}
    if len(wards) > 1:
        offered["board_ward"] = (t("Ward"), wards, t("All wards"))
    if len(teams) > 1:
        offered["board_team"] = (t("Team"), teams, t("All teams"))
    if not offered:
        return None, None
    chosen = {}
    for column, (key, (label, names, every)) in zip(st.columns(3), offered.items(), strict=False):
        chosen[key] = column.selectbox(label, names, index=None, placeholder=every, key=key, persist_state="session")
    return chosen.get("board_ward"), chosen.get("board_team")


def _shown(rows: list[BoardRow]) -> list[BoardRow]:
    """Let one list be chosen, each with its number, and return its rows."""
    lists = {
        EVERYONE: rows,
        OVERDUE: [row for row in rows if row.urgency is Urgency.OVERDUE],
        DUE: [row for row in rows if row.urgency is Urgency.DUE],
        CONFIRM: [row for row in rows if row.to_confirm],
    }
    names = {
        EVERYONE: t("Everyone ({n})", n=len(rows)),
        OVERDUE: t("Overdue ({n})", n=len(lists[OVERDUE])),
        DUE: t("Due now ({n})", n=len(lists[DUE])),
        CONFIRM: t("To confirm ({n})", n=len(lists[CONFIRM])),
    }
    chosen = st.segmented_control(
        t("Show"),
        list(lists),
        default=EVERYONE,
        required=True,
        format_func=names.__getitem__,
        key="board_list",
        label_visibility="collapsed",
        persist_state="session",
    )
    return lists[chosen or EVERYONE]


def _most_urgent(rows: list[BoardRow], now: datetime) -> None:
    """Offer the way to whoever needs somebody most."""
    first = rows[0]
    if first.urgency is Urgency.LATER:
        say(t("Nobody is due now."), "good")
        return
    label = t("Go to {patient}: {task}", patient=where_and_who(first.patient), task=task_sentence(first.task, now))
    if st.button(label, type="primary", width="stretch", key="board_first"):
        st.switch_page("pages/patient_log.py", query_params={"patient": first.patient.patient_id})


def _empty(narrowed: bool) -> None:
    if narrowed:
        say(t("Nobody lies there now. Choose another ward or team."))
        return
    say(t("No patient is on the ward. Register the first one on the page Video scoring."))
    if st.button(t("Go to Video scoring"), type="primary"):
        st.switch_page("pages/video_scoring.py")


require_app()
page()
