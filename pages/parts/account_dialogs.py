"""What an administrator does with an account: make, change, lock, open, a new one-time code, retire."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import streamlit as st

from pages.parts.account_words import ROLE_HINTS, STATE_NAMES
from pages.parts.chips import as_text, escape
from pages.parts.saying import problems_told, say, say_beside
from pages.parts.visit import access, actor, open_ward
from peea.access import ROLE_NAMES, Role
from peea.access.account_store import AccountStore
from peea.access.accounts import LONGEST_NAME, Account, AccountState
from peea.access.errors import AccountError
from peea.access.roles import BOUND_TO_WARDS
from peea.clock import on_ward
from peea.language import t

_CODE = "given_code"


def given_code() -> tuple[str, str, str] | None:
    """Return name, sign-in name and one-time code that wait to be passed on."""
    return st.session_state.get(_CODE)


def give_code() -> None:
    """Show the one-time code that was just made, until it was passed on."""
    waiting = given_code()
    if waiting is None:
        return
    name, sign_in_name, code = waiting
    passed_on = t(
        "Pass this on to {name}. It works once, within {hours} h, and is not shown again.",
        name=name,
        hours=access().code_h,
    )
    st.html(
        f'<div class="peea-result" role="status"><p class="remark">{escape(passed_on)}</p>'
        f'<table class="peea-facts"><tr><th>{escape(t("Sign-in name"))}</th>'
        f"<td><b>{escape(sign_in_name)}</b></td></tr><tr><th>{escape(t('One-time code'))}</th>"
        f'<td class="peea-code">{escape(code)}</td></tr></table></div>'
    )
    st.button(t("It is passed on"), on_click=lambda: st.session_state.pop(_CODE, None), width="stretch")


def account_of_row_pressed(pressed: str | None) -> str | None:
    """Return which account's row was pressed; none while a code waits to be passed on."""
    return None if given_code() is not None else pressed


def new_account_dialog() -> None:
    """Ask for a new account, and make it."""
    with problems_told():
        beside: dict[str, st.delta_generator.DeltaGenerator] = {}
        name = st.text_input(_name_label(), key="new_name", max_chars=LONGEST_NAME)
        beside["name"] = st.empty()
        sign_in_name = st.text_input(t("Sign-in name"), key="new_sign_in_name", max_chars=LONGEST_NAME)
        beside["sign_in_name"] = st.empty()
        role, wards = _role_and_wards("new", None, beside)
        if not st.button(t("Make the account"), type="primary", width="stretch"):
            return
        if role is None:
            with beside["role"].container():
                say_beside(t("Choose what this person does."))
            return

        def make() -> None:
            with AccountStore(actor=actor()) as store:
                account, code = store.make(sign_in_name, name, role, wards, access())
            st.session_state[_CODE] = (account.name, account.sign_in_name, code)

        _done_or_told(make, beside)


def account_dialog(account: Account, locked_until: datetime | None) -> None:
    """Show one account and what can be done with it."""
    with problems_told():
        state = STATE_NAMES[account.state]
        if locked_until is not None:
            state = t("Locked after wrong passwords, until {clock}", clock=f"{on_ward(locked_until):%H:%M}")
        st.caption(t("Signs in as {name}. {state}.", name=as_text(account.sign_in_name), state=state))
        if account.state is AccountState.RETIRED:
            say(t("This account was retired for good. Its name stays in the audit trail."))
            return
        key = f"account_{account.account_id}"
        beside: dict[str, st.delta_generator.DeltaGenerator] = {}
        name = st.text_input(_name_label(), account.name, key=f"{key}_name", max_chars=LONGEST_NAME)
        beside["name"] = st.empty()
        role, wards = _role_and_wards(key, account, beside)
        if st.button(t("Save the changes"), type="primary", width="stretch") and role is not None:
            chosen = role
            _done_or_told(lambda: _change(account.account_id, name, chosen, wards), beside)
        left, right = st.columns(2)
        if left.button(
            t("New one-time code"),
            width="stretch",
            help=t("The password is taken away, and the person signed out everywhere."),
        ):
            _done_or_told(lambda: _new_code(account), beside)
        if account.state is AccountState.LOCKED or locked_until is not None:
            if right.button(t("Open the account"), width="stretch"):
                _done_or_told(lambda: _with_store(lambda store: store.unlock(account.account_id)), beside)
        elif right.button(t("Lock the account"), width="stretch", help=t("Nobody signs in with it until you open it.")):
            _done_or_told(lambda: _with_store(lambda store: store.lock(account.account_id)), beside)
        with st.expander(t("Retire this user")):
            st.caption(t("For somebody who has left. The account is closed for good; what was entered keeps the name."))
            if st.button(t("Retire {name} for good", name=as_text(account.name)), width="stretch"):
                _done_or_told(lambda: _with_store(lambda store: store.retire(account.account_id)), beside)
        beside[""] = st.empty()


def _role_and_wards(
    key: str, account: Account | None, beside: dict[str, st.delta_generator.DeltaGenerator]
) -> tuple[Role | None, list[str]]:
    roles = list(Role)
    role = st.selectbox(
        t("Role"),
        roles,
        index=None if account is None else roles.index(account.role),
        format_func=ROLE_NAMES.__getitem__,
        placeholder=t("Choose"),
        key=f"{key}_role",
    )
    if role is not None:
        st.caption(ROLE_HINTS[role])
    beside["role"] = st.empty()
    wards: list[str] = []
    if role in BOUND_TO_WARDS:
        with open_ward() as log:
            known = set(log.wards())
        mine = sorted(account.wards) if account else []
        wards = st.multiselect(
            t("Wards"),
            sorted(known | set(mine)),
            default=mine,
            accept_new_options=True,
            placeholder=t("Choose or type"),
            key=f"{key}_wards",
        )
    beside["wards"] = st.empty()
    return role, wards


def _name_label() -> str:
    return t("Name, as it stands under what this person enters")


def _change(account_id: str, name: str, role: Role, wards: list[str]) -> None:
    _with_store(lambda store: store.change(account_id, name, role, wards))


def _new_code(account: Account) -> None:
    with AccountStore(actor=actor()) as store:
        code = store.new_code(account.account_id, access())
    st.session_state[_CODE] = (account.name, account.sign_in_name, code)


def _with_store(call: Callable[[AccountStore], object]) -> None:
    with AccountStore(actor=actor()) as store:
        call(store)


def _done_or_told(do: Callable[[], object], beside: dict[str, st.delta_generator.DeltaGenerator]) -> None:
    """Do it and close the dialog, or say what cannot be right, beside its field."""
    try:
        do()
    except AccountError as error:
        with beside[error.field].container() if error.field in beside else st.container():
            say_beside(str(error))
    else:
        st.rerun()
