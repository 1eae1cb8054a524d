"""Who is signed in, at the top of every page, and the way out."""

from __future__ import annotations

import streamlit as st

from pages.parts.account_words import ward_text
from pages.parts.chips import escape
from pages.parts.entrance import leave
from pages.parts.saying import problems_told, say
from peea.access import ROLE_NAMES
from peea.access.signed_in import SignedIn
from peea.language import listed, t


def signed_in_mark(who: SignedIn) -> None:
    """Say on every page who is signed in, and as what."""
    role = ROLE_NAMES[who.actor.role] if who.actor.role else ""
    st.html(
        f'<div class="peea-mark signed-in" role="note"><span>{escape(t("Signed in:"))} <b>{escape(who.name)}</b></span>'
        f"<span>{escape(listed([role, ward_text(who.actor)]))}</span></div>"
    )


def offer_sign_out(unsaved: bool) -> None:
    """Offer to sign out; with unsaved work only after a question."""
    if not unsaved:
        st.button(t("Sign out"), key="sign_out", on_click=leave, width="stretch")
    elif st.button(t("Sign out"), key="sign_out_asks", width="stretch"):
        st.dialog(t("Sign out"))(_ask)()


def _ask() -> None:
    with problems_told():
        say(t("Something is not saved yet. It is lost when you sign out."), "warning")
        stay, go = st.columns(2)
        if stay.button(t("Stay"), type="primary", width="stretch"):
            st.rerun()
        if go.button(t("Sign out, and lose it"), width="stretch"):
            leave()
            st.rerun()
