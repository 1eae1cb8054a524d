"""Monitoring on the page: the alert, seen and heard, and the episodes of pain so far, a row each."""

from __future__ import annotations

from datetime import timedelta

import streamlit as st

from pages.parts.chips import chip, escape
from pages.parts.reading_aloud import player
from pages.parts.saying import say
from pages.parts.visit import shared_settings
from peea.assessment.wording import seconds_text
from peea.clock import on_ward
from peea.grade_style import style_of
from peea.language import t
from peea.live.alert_sound import alert_sound
from peea.live.session import LiveSession
from peea.live.wording import alert_sentence
from peea.scales import Grade

ROWS = 8
"""Episodes shown on the page, the newest first; all are saved."""

_APART = 'style="padding: 0.25rem 1rem"'


def show_alert(session: LiveSession, alert_grade: Grade | None) -> None:
    """Show and sound the alert while its pain goes on and shortly after; otherwise say what is watched for."""
    alert, done_s = session.alert, session.view.done_s
    if alert is not None and done_s - alert.end_s <= shared_settings().live.alert_quiet_s:
        st.html(
            f'<div class="peea-alert" role="alert">{chip(alert.grade)} <b>{escape(alert_sentence(alert))}</b></div>'
        )
        st.html(player(alert_sound(alert.number), plays=True))
    elif alert_grade is not None:
        say(t("Watching for pain from grade {grade} on.", grade=style_of(alert_grade).label))


def show_episodes(session: LiveSession, at_most: int | None = ROWS) -> None:
    """Show the stable episodes of pain so far, the newest first, a row each, by the ward's clock."""
    episodes, started = session.episodes, session.started
    if not episodes or started is None:
        st.caption(t("No pain expression has held so far."))
        return
    rows = "".join(
        f"<tr><td>{on_ward(started + timedelta(seconds=one.start_s)):%H:%M:%S}</td>"
        f"<td {_APART}>{chip(one.grade)}</td><td>{escape(seconds_text(one.duration_s))}</td></tr>"
        for one in reversed(episodes if at_most is None else episodes[-at_most:])
    )
    head = "".join(f"<th {_APART}>{escape(name)}</th>" for name in (t("Time"), t("Grade"), t("Held")))
    st.html(f'<table class="peea-facts peea-episodes"><tr>{head}</tr>{rows}</table>')
