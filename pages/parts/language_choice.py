"""The language of a visit: chosen with one press at the top of every page, kept in the browser for the next visit."""

from __future__ import annotations

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from pages.parts.visit import shared_settings
from peea.language import LANGUAGE_NAMES, Language, ask_for_language, current_language, language_of, t
from peea.settings import SettingsError

COOKIE = "peea_language"
YEAR_S = 365 * 24 * 3600
_LANGUAGE = "language"


def answer_for_visits() -> None:
    """Let every sentence answer in the language of the visit that is being served; once for the process."""
    ask_for_language(_language_of_visit)


def settle_language() -> None:
    """Settle the language: as the address says (?lang=zh), else as chosen before, else as the setting says."""
    asked = language_of(st.query_params.get("lang"))
    if asked is not None:
        st.session_state[_LANGUAGE] = asked
    elif _LANGUAGE not in st.session_state:
        st.session_state[_LANGUAGE] = language_of(st.context.cookies.get(COOKIE)) or _language_of_site()


def choose_language() -> None:
    """Offer the other language, in its own name."""
    current = current_language()
    other = next(language for language in Language if language is not current)
    st.button(LANGUAGE_NAMES[other], key="other_language", on_click=_take, args=(other,), width="stretch")


def words_of_widgets() -> None:
    """Put this language's words over the ones that Streamlit's field for files has of its own, in English."""
    if current_language() is Language.ENGLISH:
        return
    fields = (
        ('[data-testid="stFileUploaderDropzone"] button p', t("Choose a file")),
        ('[data-testid="stFileUploaderDropzoneInstructions"] span', t("or drag it here")),
    )
    rules = "".join(
        f'{field} {{ font-size: 0 !important; }} {field}::after {{ content: "{words}"; font-size: 1rem; }}'
        for field, words in fields
    )
    st.html(f"<style>{rules}</style>")


def remember_language() -> None:
    """Let the browser remember the language that is shown, and screen readers pronounce the page in it."""
    tag = current_language().value
    st.html(
        f"<script>document.documentElement.lang = '{tag}'; "
        f"document.cookie = '{COOKIE}={tag}; path=/; max-age={YEAR_S}; samesite=lax';</script>",
        unsafe_allow_javascript=True,
    )


def _take(language: Language) -> None:
    st.session_state[_LANGUAGE] = language
    st.query_params.pop("lang", None)


def _language_of_visit() -> Language | None:
    if get_script_run_ctx(suppress_warning=True) is None:
        return None
    return st.session_state.get(_LANGUAGE)


def _language_of_site() -> Language:
    try:
        chosen = shared_settings().language.default
    except SettingsError:
        # The page that needs the settings tells what is wrong with them.
        return Language.ENGLISH
    return language_of(st.context.locale if chosen == "browser" else chosen) or Language.ENGLISH
