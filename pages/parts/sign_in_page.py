"""The sign-in page: what everybody sees who is not signed in, whatever the address."""

from __future__ import annotations

import streamlit as st

from pages.parts.entrance import drop_cookie, enter, why_signed_out
from pages.parts.saying import problems_told, say, say_beside
from pages.parts.visit import access, client_address, sign_in_store
from peea.access.errors import AccountError, SignInRefusedError
from peea.access.rules import SignInWay
from peea.access.sign_in import CodeAccepted
from peea.language import t

_CODE = "accepted_code"
"""Where the name and the accepted one-time code wait for the first password."""


def sign_in_page() -> None:
    """Ask who is there."""
    drop_cookie()
    _, middle, _ = st.columns([1, 2, 1])
    with middle, problems_told():
        st.title(t("Sign in to PEEA"), anchor=False)
        because = why_signed_out()
        if because is not None:
            say(because)
        if access().way is SignInWay.OIDC:
            _by_hospital()
        elif _CODE in st.session_state:
            _first_password(*st.session_state[_CODE])
        else:
            _by_password()


def _by_hospital() -> None:
    if not (st.secrets.load_if_toml_exists() and st.secrets.get("auth")):
        say(
            t(
                "Signing in with the hospital account is not set up: the secrets file has no [auth]. The person who "
                "looks after PEEA finds how in docs/sign_in.md."
            ),
            "error",
        )
        return
    st.write(t("You sign in with your hospital account, on the hospital's own page."))
    st.button(t("Sign in with the hospital account"), type="primary", width="stretch", on_click=st.login)


def _by_password() -> None:
    with st.form("sign_in_form", border=False):
        name = st.text_input(t("Sign-in name"), key="sign_in_name", autocomplete="username", max_chars=80)
        secret = st.text_input(
            t("Password or one-time code"), type="password", key="sign_in_secret", autocomplete="current-password"
        )
        problem = st.empty()
        pressed = st.form_submit_button(t("Sign in"), type="primary", width="stretch")
    st.caption(
        t(
            "New here, or the password is forgotten? The administrator gives you a one-time code: type it in place of "
            "the password, then choose a password of your own."
        )
    )
    if not pressed:
        return
    if not name.strip() or not secret:
        with problem.container():
            say_beside(t("Type your sign-in name and your password."))
        return
    try:
        with sign_in_store() as front:
            came = front.by_password(name, secret, client_address())
    except SignInRefusedError as error:
        with problem.container():
            say_beside(str(error))
        return
    if isinstance(came, CodeAccepted):
        st.session_state[_CODE] = (name, secret, came.account.name)
    else:
        enter(came)
    st.rerun()


def _first_password(sign_in_name: str, code: str, shown: str) -> None:
    say(t("Welcome, {name}. Choose the password with which you will sign in from now on.", name=shown), "good")
    with st.form("first_password", border=False):
        new, again = ask_new_password("first")
        problem = st.empty()
        pressed = st.form_submit_button(t("Keep this password and sign in"), type="primary", width="stretch")
    st.button(t("Back"), on_click=lambda: st.session_state.pop(_CODE, None), width="stretch")
    if not pressed:
        return
    try:
        if new != again:
            raise AccountError("new", t("The two passwords differ. Type them again."))
        with sign_in_store() as front:
            who = front.by_code(sign_in_name, code, new, client_address())
    except AccountError as error:
        with problem.container():
            say_beside(str(error))
    except SignInRefusedError as error:
        with problem.container():
            say_beside(str(error))
    else:
        st.session_state.pop(_CODE, None)
        enter(who)
        st.rerun()


def ask_new_password(key: str) -> tuple[str, str]:
    """Ask twice for a new password, and say what it needs."""
    least = access().password_least
    new = st.text_input(
        t("New password, {n} characters or more", n=least),
        type="password",
        key=f"{key}_new",
        autocomplete="new-password",
    )
    st.caption(t("Three or four words are easy to remember and hard to guess. Signs and digits are not needed."))
    again = st.text_input(t("The new password again"), type="password", key=f"{key}_again", autocomplete="new-password")
    return new, again
