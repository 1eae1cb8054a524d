"""Confirming a model's result: preliminary until a named clinician confirms or overrides it."""

from __future__ import annotations

from typing import Final

import streamlit as st

from pages.parts.care_dialogs import saved_or_told, withdrawal
from pages.parts.chips import as_text, chip, escape
from pages.parts.clinician import named_clinician
from pages.parts.saying import problems_told, say, say_beside
from pages.parts.visit import actor, open_care
from peea.access import Permission
from peea.clock import in_zone, time_text
from peea.grade_style import style_of
from peea.language import later, t
from peea.scales import GRADES, Grade
from peea.store import SavedAssessment, Status

CANNOT: Final = -1
"""Chosen in place of a grade: it could not be assessed."""

OVERRIDE_REASONS: Final = (
    later("The patient says otherwise"),
    later("Smiling, talking or yawning"),
    later("Another person was graded"),
    later("Light or picture too bad"),
)


def review_box(saved: SavedAssessment) -> None:
    """Show whether a result is confirmed; let a named clinician confirm or override it."""
    with st.container(border=True):
        if saved.status is Status.WITHDRAWN:
            say(t("This assessment was withdrawn. It counts no more."), "warning")
            return
        _state(saved)
        name = named_clinician(f"review_{saved.assessment_id}")
        preliminary = saved.status is Status.PRELIMINARY
        if not actor().may(Permission.CONFIRM):
            st.caption(t("The pain lead confirms or overrides results."))
            if st.button(t("Saved in error"), width="stretch", key=f"error_{saved.assessment_id}"):
                st.dialog(t("Saved in error"))(withdrawal)(saved.assessment_id)
            return
        confirm, override, withdraw = st.columns(3)
        gradable = saved.grade is not None
        if (
            preliminary
            and gradable
            and confirm.button(
                t("Confirm"),
                type="primary",
                width="stretch",
                disabled=name is None,
                key=f"confirm_{saved.assessment_id}",
            )
        ):
            with open_care() as care:
                care.confirm(saved.assessment_id, name or "")
            st.rerun()
        label = t("Override") if preliminary else t("Decide anew")
        label = label if gradable else t("Put a grade in its place")
        if override.button(label, width="stretch", disabled=name is None, key=f"override_{saved.assessment_id}"):
            st.dialog(t("Override the result"))(_override)(saved, name or "")
        if withdraw.button(
            t("Saved in error"), width="stretch", disabled=name is None, key=f"error_{saved.assessment_id}"
        ):
            st.dialog(t("Saved in error"))(withdrawal)(saved.assessment_id)


def decision_sentence(saved: SavedAssessment) -> str:
    """Return who confirmed or overrode a result and when, or that nobody did yet."""
    if saved.grade is None:
        return t("Could not be assessed. Rate by hand, or put a grade in its place.")
    if saved.status is Status.PRELIMINARY or saved.reviewed_at is None or saved.reviewed_by is None:
        if not actor().may(Permission.CONFIRM):
            return t("Preliminary: no clinician has confirmed it yet.")
        return t("Preliminary: please confirm.")
    when = time_text(in_zone(saved.reviewed_at))
    if saved.status is Status.CONFIRMED:
        return t("Confirmed by {name}, {time}.", name=saved.reviewed_by, time=when)
    return t(
        "Overridden by {name}, {time}. The model said: {grade}.",
        name=saved.reviewed_by,
        time=when,
        grade=style_of(saved.report_grade).word,
    )


def _state(saved: SavedAssessment) -> None:
    reason = ""
    if saved.status is Status.OVERRIDDEN:
        with open_care() as care:
            reason = next((each.reason for each in care.reviews(saved.assessment_id)), "")
    st.html(
        f'<div class="peea-row">{chip(saved.grade)} <b>{escape(decision_sentence(saved))}</b> {escape(reason)}</div>'
    )


def _override(saved: SavedAssessment, name: str) -> None:
    with problems_told():
        others = [int(grade) for grade in GRADES if grade is not saved.report_grade]
        if saved.report_grade is not None:
            others.append(CANNOT)
        chosen = st.pills(
            t("What is it?"),
            others,
            format_func=lambda level: style_of(None if level == CANNOT else Grade(level)).label,
            key=f"instead_{saved.assessment_id}",
        )
        pressed = st.pills(t("Why?"), OVERRIDE_REASONS, format_func=t, key=f"why_{saved.assessment_id}")
        words = st.text_input(t("Or in your own words"), key=f"words_{saved.assessment_id}", max_chars=200)
        if saved.status is not Status.PRELIMINARY:
            st.caption(t("The earlier decision stays on record."))
        if st.button(t("Save as {name}", name=as_text(name)), type="primary", width="stretch"):
            if chosen is None:
                say_beside(t("The grade is missing."))
                return
            grade = None if chosen == CANNOT else Grade(chosen)

            def save() -> None:
                with open_care() as care:
                    care.override(saved.assessment_id, grade, words.strip() or (t(pressed) if pressed else ""), name)

            saved_or_told(save)
        if saved.status is Status.OVERRIDDEN and st.button(t("Confirm the model's grade after all"), width="stretch"):
            with open_care() as care:
                care.confirm(saved.assessment_id, name)
            st.rerun()
