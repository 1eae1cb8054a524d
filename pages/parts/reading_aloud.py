"""A sentence of the screen read aloud in the browser; silent where the site mutes it."""

from __future__ import annotations

import streamlit as st

from pages.parts.visit import shared_settings
from peea.language import t
from peea.records.voice import VoiceError, speak

_READ = "read_aloud"


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
    already: set[str] = st.session_state.setdefault(_READ, set())
    # The field must not change while it plays, so that what was played once is remembered under another name.
    first = at_once and (of not in already or st.session_state.get("reading") == of)
    if first:
        already.add(of)
        st.session_state["reading"] = of
    label, player = st.columns([1, 3], vertical_alignment="center")
    label.html(f'<div class="peea-label">{t("Read aloud")}</div>')
    player.audio(sound, format="audio/wav", autoplay=first)
