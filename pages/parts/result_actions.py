"""What is done with a new result: it is saved, or given up for the next one, and never lost by a single press."""

from __future__ import annotations

from typing import Protocol

import streamlit as st

from pages.parts.saying import problems_told, say
from peea.clock import in_zone, time_text
from peea.language import t
from peea.store import SavedAssessment


class HoldsResult(Protocol):
    """What a page holds of its work once there is a result."""

    saved: SavedAssessment | None

    @property
    def unsaved(self) -> bool:
        """Whether there is a result that is not in the patient log."""
        ...

    def save(self) -> None:
        """Write the result into the patient log."""
        ...

    def start_over(self) -> None:
        """Forget the result."""
        ...


def save_or_start_over(visit: HoldsResult, again: str) -> None:
    """Offer to save the result, and a button with the words `again` to go on to the next one."""
    save, next_one = st.columns(2)
    with save:
        if visit.saved is not None:
            say(t("Saved to the patient log at {time}.", time=time_text(in_zone(visit.saved.saved_at))), "good")
        elif st.button(t("Save to the patient log"), type="primary", width="stretch"):
            visit.save()
            st.rerun()
    with next_one:
        if st.button(again, width="stretch"):
            if visit.unsaved:
                st.dialog(t("This result is not saved"))(_before_leaving)(visit)
            else:
                visit.start_over()
                st.rerun()


def _before_leaving(visit: HoldsResult) -> None:
    say(t("If you go on without saving, this result is lost."), "warning")
    if st.button(t("Save, then go on"), type="primary", width="stretch"):
        with problems_told():
            visit.save()
            visit.start_over()
            st.rerun()
    if st.button(t("Give up this result"), width="stretch"):
        visit.start_over()
        st.rerun()
