"""Sound in the browser: a sentence of the screen read aloud, and what else is to be heard; muted where a site says."""

from __future__ import annotations

import base64
import time

import streamlit as st

from pages.parts.visit import shared_settings
from peea.language import t
from peea.records.voice import VoiceError, speak

_READ = "read_aloud"

_FRESH_S = 20.0
"""Seconds after which a sentence that was played by itself is not played again by a page that is built anew."""


def player(sound: bytes, plays: bool) -> str:
    """Return a player for a WAV file as HTML; inside `st.html` it plays when it appears, if it is to.

    `st.audio(autoplay=True)` stays silent now and then: Streamlit 1.67 notes that a sound was played when it first
    draws it, and the browser may throw that drawing away while it loads a chart, and draw it again.
    """
    content = base64.b64encode(sound).decode("ascii")
    by_itself = " autoplay" if plays else ""
    return f'<audio controls{by_itself} style="width: 100%" src="data:audio/wav;base64,{content}"></audio>'


def read_aloud(sentence: str, of: str, at_once: bool = False) -> None:
    """Offer a sentence aloud, in the language of the screen.

    Args:
        sentence: as it stands on the screen.
        of: id of what it tells of; it is played by itself no more than once in a visit.
        at_once: play it without being asked.
    """
    rules = shared_settings().voice
    if rules.muted:
        return
    try:
        sound = speak(sentence, rules)
    except VoiceError as error:
        st.caption(str(error))
        return
    played: dict[str, float] = st.session_state.setdefault(_READ, {})
    if at_once:
        played.setdefault(of, time.monotonic())
    # The player must not change while it plays: it would begin again, or stop.
    plays = of in played and time.monotonic() - played[of] < _FRESH_S
    label, field = st.columns([1, 3], vertical_alignment="center")
    label.html(f'<div class="peea-label">{t("Read aloud")}</div>')
    field.html(player(sound, plays))
