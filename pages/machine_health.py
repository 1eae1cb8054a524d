"""Health: is PEEA well?"""

from __future__ import annotations

from datetime import datetime

import streamlit as st

from pages.parts.chips import escape
from pages.parts.saying import say
from pages.parts.visit import shared_settings
from pages.parts.way_in import require_app
from peea.clock import on_ward, time_text
from peea.language import t
from peea.watch.health import PART_NAMES, STATE_NAMES, Health, State, examine

_FOUND = "health_found"


def page() -> None:
    """Say whether PEEA is well, then what was looked at, then which versions run."""
    st.title(t("Health"), anchor=False)
    if _FOUND not in st.session_state:
        look()
    found: Health = st.session_state[_FOUND]
    say(found.sentence(), "good" if found.well else "error")
    rows = "".join(
        f'<tr><th>{escape(PART_NAMES[check.part])}</th><td style="padding-right: 1.5rem; white-space: nowrap">'
        f"{_shown(check.state)}</td><td>{escape(check.sentence)}</td></tr>"
        for check in found.checks
    )
    st.html(f'<table class="peea-facts">{rows}</table>')
    st.caption(t("Looked at: {time}", time=time_text(on_ward(datetime.fromisoformat(found.looked_at)))))
    st.button(t("Look again"), type="primary", width="stretch", on_click=look)
    st.header(t("Versions"), anchor=False)
    rows = "".join(
        f"<tr><th>{escape(name)}</th><td>{escape(version or t('not installed'))}</td></tr>"
        for name, version in found.versions.items()
    )
    st.html(f'<table class="peea-facts">{rows}</table>')


def look() -> None:
    """Look at everything, which takes as long as reading the data base once."""
    st.session_state[_FOUND] = examine(shared_settings())


def _shown(state: State) -> str:
    word = escape(STATE_NAMES[state])
    return f"<b>{word}</b>" if state is State.NOT_WELL else word


require_app()
page()
