"""The reminder on all other pages that somebody on the ward is overdue."""

from __future__ import annotations

from datetime import UTC, datetime

import streamlit as st

from pages.parts.board_table import where_and_who
from pages.parts.saying import problems_told, say
from pages.parts.visit import actor, open_ward, shared_settings
from peea.access import Actor
from peea.care.board import board_rows
from peea.care.reassessment import Urgency
from peea.language import joined, t, tn
from peea.store import default_path

LOOK_AGAIN_S = 60
"""Seconds between two looks, and for which one look serves all visits."""


@st.fragment(run_every=LOOK_AGAIN_S)
def overdue_reminder() -> None:
    """Say who is overdue on the ward and team that the board shows in this visit; nothing if nobody is."""
    with problems_told():
        ward, team = st.session_state.get("board_ward"), st.session_state.get("board_team")
        number, first = _overdue(str(default_path()), ward, team, actor())
        if number:
            overdue = tn(
                "{n} patient is overdue for an assessment.", "{n} patients are overdue for an assessment.", number
            )
            say(joined([overdue, t("First: {patient}.", patient=first)]), "warning", interrupts=False)


@st.cache_data(ttl=LOOK_AGAIN_S / 2, show_spinner=False)
def _overdue(path: str, ward: str | None, team: str | None, who: Actor) -> tuple[int, str]:
    """Return how many are overdue and who is first.

    The data base's path tells one data base from another; each person looks for themselves, since wards differ and the
    audit trail holds who was shown whom.
    """
    with open_ward() as log:
        rows = board_rows(log.board(ward, team), datetime.now(UTC), shared_settings().reassessment)
    overdue = [row for row in rows if row.urgency is Urgency.OVERDUE]
    return len(overdue), where_and_who(overdue[0].patient) if overdue else ""
