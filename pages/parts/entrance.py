"""Who is signed in in this visit; the pages stand behind it. The rules are those of peea.access, asked at every run."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime, timedelta

import streamlit as st

from pages.parts.live_visit import live
from pages.parts.saying import say
from pages.parts.visit import (
    access,
    forget_sign_in,
    scoring,
    sign_in_of_visit,
    sign_in_store,
    signed_in_before,
    take_sign_in,
)
from peea.access.errors import Ended, SignedOutError, SignInRefusedError
from peea.access.hospital import hospital_identity
from peea.access.rules import SignInWay
from peea.access.signed_in import SignedIn
from peea.access.web import COOKIE, COOKIE_ADDRESS, USE_ADDRESS
from peea.language import t, tn
from peea.store import StoreError

_log = logging.getLogger("peea.pages")

LOOK_AGAIN_S = 10
"""Seconds between two looks whether the sign-in still holds."""

WARN_S = 60
"""Seconds before the end of an idle sign-in from which the page warns."""

REPORT_USE_MS = 15_000
"""Milliseconds for which one touch of the screen or key counts as use: each report costs a request."""

_TICKET = "cookie_ticket"
_BECAUSE = "signed_out_because"
_PERSON = "person_of_visit"
_DROP_COOKIE = "drop_cookie"
_JUST_NOW = "just_signed_in"
_KEPT = ("language", "through_app", _BECAUSE, _DROP_COOKIE)


def settle_sign_in() -> SignedIn | None:
    """Return who is signed in, from this visit, the browser's cookie or the hospital's page; None if nobody is."""
    try:
        who = _known() or _from_hospital()
    except SignedOutError as error:
        if error.why is not None:
            st.session_state[_BECAUSE] = str(error)
        if error.why not in (Ended.IDLE, Ended.LONG):
            forget_work()
        forget_sign_in()
        return None
    except SignInRefusedError as error:
        st.session_state[_BECAUSE] = str(error)
        return None
    if who is None:
        return None
    _go_on_as(who)
    note_use(who)
    return who


def enter(who: SignedIn) -> None:
    """Go on as this person, who has just signed in."""
    _go_on_as(who)
    st.session_state[_JUST_NOW] = True


def just_signed_in() -> bool:
    """Return once, after somebody has signed in by hand, that this was so."""
    return st.session_state.pop(_JUST_NOW, False)


def leave(everywhere: bool = False) -> None:
    """Sign out, here or everywhere, and forget what this visit held."""
    try:
        with sign_in_store() as front:
            who = sign_in_of_visit()
            if everywhere:
                front.end_everywhere(who)
            else:
                front.end(who)
    except SignedOutError:
        _log.info("signed out before")
    forget_work()
    forget_sign_in()
    st.session_state[_BECAUSE] = t("You are signed out on all devices.") if everywhere else t("You are signed out.")
    st.session_state[_DROP_COOKIE] = True
    if access().way is SignInWay.OIDC and st.user.get("is_logged_in"):
        st.logout()


def why_signed_out() -> str | None:
    """Return the sentence that tells why nobody is signed in, if there is something to tell."""
    return st.session_state.get(_BECAUSE)


def keep_cookie(who: SignedIn) -> None:
    """Let the browser fetch its cookie, and report from then on that somebody is at work in it."""
    if not who.cookie:
        made, ticket = st.session_state.get(_TICKET, (None, ""))
        if made is None or datetime.now(UTC) - made > timedelta(seconds=LOOK_AGAIN_S):
            with sign_in_store() as front:
                ticket = front.ticket(who.sign_in_id)
            st.session_state[_TICKET] = (datetime.now(UTC), ticket)
        _script(
            f"fetch('{COOKIE_ADDRESS}', {{method: 'POST', headers: {{'Content-Type': 'application/json'}}, "
            f"body: {json.dumps(json.dumps({'ticket': ticket}))}}});"
        )
    _script(
        f"""if (!window.peeaUse) {{
          window.peeaUse = {{ told: 0 }};
          const tell = () => {{
            if (Date.now() - window.peeaUse.told < {REPORT_USE_MS}) return;
            window.peeaUse.told = Date.now();
            fetch('{USE_ADDRESS}', {{method: 'POST'}});
          }};
          for (const what of ['pointerdown', 'keydown', 'wheel', 'touchmove'])
            document.addEventListener(what, tell, {{ capture: true, passive: true }});
        }}"""
    )


def drop_cookie() -> None:
    """After signing out, let the browser throw its cookie away; it opens nothing any more."""
    if st.session_state.pop(_DROP_COOKIE, False):
        _script(f"fetch('{COOKIE_ADDRESS}', {{method: 'DELETE'}});")


@st.fragment(run_every=LOOK_AGAIN_S)
def watch_sign_in() -> None:
    """Look every few seconds whether the sign-in still holds, and warn before it ends for want of use."""
    try:
        who = sign_in_of_visit(fresh=True)
    except SignedOutError:
        st.rerun()
    if live().running or scoring().job is not None:
        note_use(who)  # a camera that watches a patient, or a recording being scored, is use
        return
    left = who.used_at + timedelta(minutes=access().idle_min) - datetime.now(UTC)
    if left < timedelta(seconds=WARN_S):
        seconds = max(0, round(left.total_seconds()))
        words, button = st.columns([3, 1], vertical_alignment="center")
        with words:
            say(
                tn(
                    "You will be signed out in {n} s, since PEEA is not being used.",
                    "You will be signed out in {n} s, since PEEA is not being used.",
                    seconds,
                ),
                "warning",
            )
        button.button(t("Stay signed in"), on_click=note_use, args=(who,), width="stretch")


def note_use(who: SignedIn) -> None:
    """Note that this person is at work."""
    try:
        with sign_in_store() as front:
            front.use(who)
    except StoreError as error:
        # A full disk must not keep a nurse from reading; whoever goes on without it is signed out when idle.
        _log.warning("use could not be noted: %s", type(error).__name__)


def forget_work() -> None:
    """Let go of all that this visit holds of patients: the next person at this screen is another one."""
    visit = scoring()
    if visit.job is not None:
        visit.job.cancel()
    visit.put_recording_back()
    live().turn_off()
    kept = {key: st.session_state[key] for key in _KEPT if key in st.session_state}
    st.session_state.clear()
    for key, value in kept.items():
        st.session_state[key] = value


def _go_on_as(who: SignedIn) -> None:
    """Go on as this person; what this visit held of another one's work is gone."""
    person = who.account_id or who.subject
    if st.session_state.get(_PERSON) not in (None, person):
        forget_work()
    st.session_state[_PERSON] = person
    st.session_state.pop(_BECAUSE, None)
    take_sign_in(who)


def _known() -> SignedIn | None:
    if signed_in_before():
        return sign_in_of_visit(fresh=True)
    token = st.context.cookies.get(COOKIE)
    if not isinstance(token, str) or not token:
        return None
    with sign_in_store() as front:
        try:
            return front.of_token(token)
        except SignedOutError as error:
            # The cookie that came when this window was opened may be older than the sign-in of the hospital.
            if error.why is None or st.session_state.get(_BECAUSE):
                return None
            st.session_state[_BECAUSE] = str(error)
            return None


def _from_hospital() -> SignedIn | None:
    if access().way is not SignInWay.OIDC or not st.user.get("is_logged_in"):
        return None
    identity = hospital_identity(st.user.to_dict(), access())
    with sign_in_store() as front:
        return front.by_hospital(identity)


def _script(script: str) -> None:
    st.html(f"<script>{script}</script>", unsafe_allow_javascript=True)
