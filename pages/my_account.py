"""My account: who am I here, and where am I signed in?"""

from __future__ import annotations

import streamlit as st

from pages.parts.account_words import ward_text
from pages.parts.chips import escape
from pages.parts.entrance import leave
from pages.parts.saying import say, say_beside
from pages.parts.sign_in_page import ask_new_password
from pages.parts.visit import client_address, sign_in_of_visit, sign_in_store
from pages.parts.way_in import require_app
from peea.access import ROLE_NAMES
from peea.access.errors import AccountError, SignInRefusedError
from peea.access.signed_in import SignedIn
from peea.clock import on_ward, time_text
from peea.language import t, tn

_CHANGED = "password_changed"


def page() -> None:
    """Show who is signed in, where, and let the password be changed."""
    who = sign_in_of_visit()
    st.title(t("My account"), anchor=False)
    role = ROLE_NAMES[who.actor.role] if who.actor.role else ""
    facts = [(t("Name"), who.name), (t("Role"), role), (t("Wards"), ward_text(who.actor) or t("none"))]
    lines = "".join(f"<tr><th>{escape(name)}</th><td>{escape(value)}</td></tr>" for name, value in facts)
    st.html(f'<table class="peea-facts">{lines}</table>')
    signed_in_where(who)
    if who.account_id is None:
        st.caption(t("Name, role, wards and password are kept by the hospital; ask its IT to change them."))
    else:
        change_password(who)


def signed_in_where(who: SignedIn) -> None:
    """List where this person is signed in, and offer to sign out here or everywhere."""
    with sign_in_store() as front:
        mine = front.mine(who)
    st.header(t("Signed in"), anchor=False)
    lines = "".join(
        f"<tr><td>{escape(t('this device') if one.sign_in_id == who.sign_in_id else t('another device'))}</td>"
        f"<td>{escape(time_text(on_ward(one.started_at)))}</td><td>{escape(time_text(on_ward(one.used_at)))}</td></tr>"
        for one in mine
    )
    head = "".join(f"<th>{escape(name)}</th>" for name in (t("Where"), t("Signed in"), t("Last used")))
    st.html(f'<table class="peea-table"><tr>{head}</tr>{lines}</table>')
    here, everywhere = st.columns(2)
    if here.button(t("Sign out here"), type="primary", width="stretch"):
        leave()
        st.rerun()
    label = tn("Sign out everywhere ({n} device)", "Sign out everywhere ({n} devices)", len(mine))
    if everywhere.button(label, width="stretch"):
        leave(everywhere=True)
        st.rerun()


def change_password(who: SignedIn) -> None:
    """Let the own password be changed; everywhere else the person is signed out."""
    st.header(t("Change the password"), anchor=False)
    if st.session_state.pop(_CHANGED, False):
        say(t("The password is changed. On other devices you are signed out."), "good")
    with st.form("change_password", border=False, clear_on_submit=True):
        old = st.text_input(t("Your password now"), type="password", key="own_old", autocomplete="current-password")
        old_problem = st.empty()
        new, again = ask_new_password("own")
        new_problem = st.empty()
        pressed = st.form_submit_button(t("Change the password"), width="stretch")
    if not pressed:
        return
    try:
        if new != again:
            raise AccountError("new", t("The two passwords differ. Type them again."))
        with sign_in_store() as front:
            front.change_password(who, old, new, client_address())
    except AccountError as error:
        with (old_problem if error.field == "old" else new_problem).container():
            say_beside(str(error))
    except SignInRefusedError as error:
        with old_problem.container():
            say_beside(str(error))
    else:
        st.session_state[_CHANGED] = True
        st.rerun()


require_app()
page()
