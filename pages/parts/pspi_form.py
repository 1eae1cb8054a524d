"""The PSPI form: one action after the other, each with its drawn reference, by keyboard, mouse or finger."""

from __future__ import annotations

import streamlit as st

from pages.parts.chips import chip, escape
from pages.parts.saying import say_beside
from peea.language import Names, later, t
from peea.rating import CodesError, Coding, code_word, codes_of
from peea.rating.references import reference_picture
from peea.scales import ACTION_NAMES, PSPI_ACTIONS, grade_of_pspi

WHAT_TO_LOOK_FOR = Names(
    {
        "AU4": later("Brows pulled down and together; upright lines between them."),
        "AU6": later("Cheeks pushed up; crow's feet and folds under the eyes."),
        "AU7": later("Lids narrowed, the lower one tense and straight."),
        "AU9": later("Nose drawn up; lines across its root."),
        "AU10": later("Upper lip drawn up; the fold beside the nose deepens."),
        "AU43": later("Lids closed and relaxed, for longer than a blink."),
    }
)
"""How each action is recognised (FACS), in a line."""

REFERENCES_A_ROW = 3
_CODINGS = "codings"


def coding(key: str) -> Coding:
    """Return the coding under way of a face; a new one codes nothing yet."""
    codings: dict[str, Coding] = st.session_state.setdefault(_CODINGS, {})
    return codings.get(key, Coding())


def set_coding(key: str, value: Coding) -> None:
    """Keep a coding for as long as this visit lasts."""
    st.session_state.setdefault(_CODINGS, {})[key] = value


def forget_coding(key: str) -> None:
    """Forget a coding, as once it is saved."""
    st.session_state.setdefault(_CODINGS, {}).pop(key, None)


def begun_codings() -> bool:
    """True if codes were given that are not saved."""
    return any(each.codes for each in st.session_state.get(_CODINGS, {}).values())


def pspi_form(key: str) -> Coding:
    """Show the form of one face and return its coding so far.

    Args:
        key: of the face; a coding is kept under it for as long as this visit lasts.
    """
    now = coding(key)
    with st.container(key="actions_coded"):
        _overview(key, now)
    action = now.action
    st.html(
        f'<div class="peea-action"><b>{escape(action)} {escape(ACTION_NAMES[action])}.</b> '
        f"{escape(WHAT_TO_LOOK_FOR[action])}</div>"
    )
    codes = list(codes_of(action))
    # Actions have one or two rows: in a container, so that what follows keeps its place and never stands there twice.
    with st.container():
        for first in range(0, len(codes), REFERENCES_A_ROW):
            columns = st.columns(REFERENCES_A_ROW, gap="small")
            for column, code in zip(columns, codes[first : first + REFERENCES_A_ROW], strict=False):
                with column:
                    _choice(key, now, action, code)
    total = now.pspi_so_far
    missing = len(now.missing)
    still = t("{n} of 6 actions still to code.", n=missing) if missing else t("All six actions are coded.")
    st.html(
        f'<div class="peea-total" role="status"><span class="value">PSPI {total}</span> '
        f'<span class="quiet">{escape(t("of 16"))}</span> {chip(grade_of_pspi(total))} '
        f'<span class="quiet">{escape(still)}</span></div>'
    )
    return now


def _overview(key: str, now: Coding) -> None:
    """One button an action with its code; a press looks at it again."""
    for column, action in zip(st.columns(len(PSPI_ACTIONS), gap="xsmall"), PSPI_ACTIONS, strict=True):
        code = now.codes.get(action)
        column.button(
            f"{action} –" if code is None else f"{action} {_short(action, code)}",
            key=f"{key}_{action}",
            help=ACTION_NAMES[action],
            type="primary" if action == now.action else "secondary",
            on_click=_look,
            args=(key, action),
            width="stretch",
        )


def _choice(key: str, now: Coding, action: str, code: int) -> None:
    picture = reference_picture(action, code)
    if picture is not None:
        st.image(picture, width="stretch")
    chosen = now.codes.get(action) == code
    st.button(
        code_word(action, code),
        # The same button for every action: one that came and went with its action would miss keys typed meanwhile.
        key=f"{key}_code_{code}",
        shortcut=str(code),
        type="primary" if chosen else "secondary",
        on_click=_code,
        args=(key, code),
        width="stretch",
    )


def _short(action: str, code: int) -> str:
    """A code in one sign: 0, a to e; for AU43 0 or 1."""
    return str(code) if action == "AU43" or not code else code_word(action, code)


def _code(key: str, code: int) -> None:
    """Code the action that is looked at by now: who types faster than the page follows means the next action."""
    now = coding(key)
    if code in codes_of(now.action):
        set_coding(key, now.coded(code))


def type_codes(key: str) -> None:
    """Offer a field that takes all six codes at once."""
    field, problem = f"{key}_typed", f"{key}_typing_problem"

    def take() -> None:
        try:
            set_coding(key, coding(key).typed(st.session_state[field]))
            st.session_state[problem] = None
            st.session_state[field] = ""
        except CodesError as error:
            st.session_state[problem] = str(error)

    st.text_input(t("Or type all six codes, then Enter"), key=field, on_change=take, placeholder="c0b0a1", max_chars=20)
    if st.session_state.get(problem):
        say_beside(st.session_state[problem])


def _look(key: str, action: str) -> None:
    set_coding(key, coding(key).looking_at(action))
