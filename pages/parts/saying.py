"""How a page says something: sentences as plain text, never a traceback; the log has the rest."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

import streamlit as st

from pages.parts.chips import escape
from peea.access.errors import SignedOutError, StartRefusedError
from peea.demonstration import DemonstrationError
from peea.frames import RecordingError
from peea.keeping.start import offer_of_backup
from peea.language import later, t
from peea.model_cards import GraderError
from peea.settings import SettingsError, load_settings
from peea.store import DatabaseDamagedError, StoreError

_log = logging.getLogger("peea.pages")

FAULT = later(
    "This page could not be shown because of a fault in PEEA. Nothing that was saved is lost. Reload the page; if it "
    "happens again, tell the person who looks after PEEA and give the time."
)


def say(sentence: str, kind: Literal["error", "warning", "good", "hint"] = "hint", *, interrupts: bool = True) -> None:
    """Show a sentence in a box of its kind. It may hold names of patients and files: they show as they are written.

    Errors and warnings interrupt a screen reader, but for those that stand on every page (`interrupts` False).
    """
    role = "alert" if interrupts and kind in ("error", "warning") else "status"
    st.html(f'<div class="peea-say {kind}" role="{role}">{escape(sentence)}</div>')


def say_beside(sentence: str) -> None:
    """Show what is wrong with a field right under it."""
    st.html(f'<div class="peea-field-error" role="alert">{escape(sentence)}</div>')


@contextmanager
def problems_told() -> Iterator[None]:
    """Show what goes wrong inside as a sentence on the page."""
    try:
        yield
    except SignedOutError:
        st.rerun()  # app.py shows the sign-in page
    except DatabaseDamagedError as error:
        _log.error("the data base is damaged")
        say(str(error), "error")
        say(_way_back(), "error")
    except (StartRefusedError, DemonstrationError, StoreError, SettingsError, GraderError, RecordingError) as error:
        # Its text may name a patient or a recording; the log does without.
        _log.warning("told on the page: %s", type(error).__name__)
        say(str(error), "error")
    except Exception:  # noqa: BLE001 - the last place before the reader; Streamlit's own control flow is not among these
        _log.exception("a page failed")
        say(t(FAULT), "error")


def _way_back() -> str:
    """Return the sentence that offers the last good backup."""
    try:
        return offer_of_backup(load_settings().keeping.backup_folder)
    except (SettingsError, StoreError) as error:
        return str(error)
