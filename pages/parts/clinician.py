"""Who acts: whoever is signed in; in the demonstration, whoever confirms, overrides or rates gives a name once."""

from __future__ import annotations

import streamlit as st

from pages.parts.saying import say
from pages.parts.visit import acting_name, set_acting_name, without_sign_in
from peea.language import t

LONGEST_NAME = 80


def named_clinician(key: str) -> str | None:
    """Return the name of who acts in this visit; where none is known yet, ask for it and return None until it is.

    Args:
        key: of the place that asks, so that two places on one page stay apart.
    """
    name = acting_name()
    if not without_sign_in():
        return name
    if name is not None:
        words, change = st.columns([3, 1], vertical_alignment="center")
        words.caption(t("You act as {name}. Nobody signs in here: the name is kept for this visit.", name=name))
        change.button(
            t("Not {name}", name=name), key=f"{key}_not_me", on_click=set_acting_name, args=("",), width="stretch"
        )
        return name
    say(t("This needs a named person. Give your name once; it is kept for this visit."))

    def take() -> None:
        set_acting_name(st.session_state[f"{key}_name"])

    field, button = st.columns([3, 1], vertical_alignment="bottom")
    field.text_input(t("Your name and role"), key=f"{key}_name", max_chars=LONGEST_NAME, on_change=take)
    button.button(t("Use this name"), key=f"{key}_use", on_click=take, width="stretch")
    return None
