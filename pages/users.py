"""Users: who may come in, and as what?"""

from __future__ import annotations

import streamlit as st

from pages.parts.account_dialogs import (
    account_dialog,
    account_of_row_pressed,
    give_code,
    given_code,
    new_account_dialog,
)
from pages.parts.account_words import STATE_NAMES, ward_text
from pages.parts.chips import as_text, escape
from pages.parts.pressed import pressed
from pages.parts.row_list import Row, cell, rows_html
from pages.parts.saying import say
from pages.parts.visit import access, actor, sign_in_of_visit
from pages.parts.way_in import require_app
from peea.access import ROLE_NAMES
from peea.access.account_store import AccountStore
from peea.access.accounts import Account, AccountState
from peea.access.rules import SignInWay
from peea.access.signed_in import SignedIn
from peea.clock import in_zone, on_ward, time_text
from peea.language import t, tn

_RETIRED = "users_retired"


def page() -> None:
    """List the accounts, and who is signed in."""
    st.title(t("Users"), anchor=False)
    with AccountStore(actor=actor()) as store:
        if access().way is SignInWay.ACCOUNTS:
            show_accounts(store)
        else:
            say(t("Accounts, roles and wards are kept by the hospital. Here you see who is signed in."))
        show_signed_in(store, store.signed_in(access()))


def show_accounts(store: AccountStore) -> None:
    """List the accounts; a row opens what can be done with one."""
    give_code()
    accounts, locked = store.accounts(), store.locked_names(access())
    signed_in = [one.account_id for one in store.signed_in(access())]
    if st.button(t("New user"), type="primary", width="stretch", disabled=given_code() is not None):
        st.dialog(t("New user"), width="medium")(new_account_dialog)()
    retired = [one for one in accounts if one.state is AccountState.RETIRED]
    everyone = retired and st.toggle(t("Show retired users ({n})", n=len(retired)), key=_RETIRED)
    shown = [one for one in accounts if everyone or one.state is not AccountState.RETIRED]
    st.caption(tn("{n} user. Press one to change it.", "{n} users. Press one to change it.", len(shown)))
    st.html(rows_html([account_row(one, one.account_id in locked, signed_in) for one in shown], t("Users")))
    opened = account_of_row_pressed(pressed("users_pressed"))
    if opened is not None:
        account = store.account(opened)
        st.dialog(as_text(account.name), width="medium")(account_dialog)(account, locked.get(opened))


def account_row(account: Account, locked: bool, signed_in: list[str | None]) -> Row:
    """Return one account as a row of the list."""
    role = cell(ROLE_NAMES[account.role], ward_text(account.actor))
    state = t("Locked after wrong passwords") if locked else STATE_NAMES[account.state]
    if account.state is AccountState.WAITING and account.code_until:
        last = t("until {time}", time=time_text(in_zone(account.code_until)))
    elif account.account_id in signed_in:
        last = t("Signed in now")
    elif account.signed_in_at:
        last = t("Last here {time}", time=time_text(in_zone(account.signed_in_at)))
    else:
        last = t("Never here yet")
    who = cell(account.name, account.sign_in_name)
    return Row(account.account_id, (who, role, cell(state, last)), faded=account.state is AccountState.RETIRED)


def show_signed_in(store: AccountStore, everybody: list[SignedIn]) -> None:
    """List who is signed in at present, and offer to sign somebody out."""
    st.header(t("Signed in now"), anchor=False)
    own = sign_in_of_visit().sign_in_id
    lines = "".join(
        f"<tr><td>{escape(one.actor.name)}</td><td>{escape(ROLE_NAMES[one.actor.role] if one.actor.role else '')}</td>"
        f"<td>{escape(time_text(on_ward(one.started_at)))}</td><td>{escape(time_text(on_ward(one.used_at)))}</td></tr>"
        for one in everybody
    )
    head = "".join(f"<th>{escape(name)}</th>" for name in (t("Who"), t("Role"), t("Signed in"), t("Last used")))
    st.html(f'<table class="peea-table"><tr>{head}</tr>{lines}</table>')
    others = {}
    for one in everybody:
        if one.sign_in_id != own:
            others.setdefault(one.actor.name, []).append(one.sign_in_id)
    if not others:
        return
    choice, button = st.columns([2, 1], vertical_alignment="bottom")
    name = choice.selectbox(
        t("Sign somebody out"), sorted(others), index=None, placeholder=t("Choose a person"), key="users_sign_out"
    )
    if button.button(t("Sign out everywhere"), width="stretch", disabled=name is None) and name is not None:
        store.sign_out(others[name])
        st.rerun()


require_app()
page()
