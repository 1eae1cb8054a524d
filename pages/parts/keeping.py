"""What pages say of the data base as a whole: that it is damaged and how to go back, that the clock is behind."""

from __future__ import annotations

import streamlit as st

from pages.parts.saying import say
from pages.parts.visit import without_sign_in
from peea.keeping.retention import ClockBehindError
from peea.keeping.start import check_clock, check_start
from peea.language import Language, current_language
from peea.store import default_path

CLOCK_LOOKED_AT_S = 300
"""Seconds between two looks at the clock."""


def check_data_base() -> None:
    """Check key and data base before the first page that this process shows of it, and again while they are not well.

    Raises:
        StoreError: the key is missing or wrong, or the data base is damaged.
    """
    _checked(str(default_path().resolve()))


def clock_warning() -> None:
    """Say that the clock of the server is behind, if it is."""
    told = _clock(str(default_path().resolve()), current_language())
    if told is not None:
        say(told, "warning", interrupts=False)


@st.cache_resource(show_spinner=False)
def _checked(path: str) -> bool:
    check_start(path, sign_in=not without_sign_in())
    return True


@st.cache_data(ttl=CLOCK_LOOKED_AT_S, show_spinner=False)
def _clock(path: str, language: Language) -> str | None:
    try:
        check_clock(path)
    except ClockBehindError as error:
        return str(error)
    return None
