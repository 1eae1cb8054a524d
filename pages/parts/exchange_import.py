"""Taking patients in: a file, a preview of what it holds, a decision about each patient who may be here already."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from pages.parts.chips import escape, place
from pages.parts.saying import say
from pages.parts.visit import open_log, shared_settings, without_sign_in
from peea.clock import date_text
from peea.language import t, tn
from peea.records.candidates import DECISION_WORDS, Candidate, Decision, checked, take_in
from peea.records.incoming import candidates_of_file
from peea.store import StoreError

AT_ONCE = 30
"""Decisions asked for at a time; a file with more patients who are here already is taken in in several goes."""


def show_import() -> None:
    """Ask for a file, show what is in it, and take in what was decided."""
    done = st.session_state.pop("exchange_done", None)
    if done is not None:
        say(done, "good")
    upload = st.file_uploader(
        t("List of patients (CSV) or FHIR R4 Bundle (JSON)"),
        type=["csv", "txt", "json"],
        max_upload_size=shared_settings().uploads.max_bundle_mb,
        key=f"exchange_file_{st.session_state.get('exchange_files', 0)}",
    )
    st.caption(
        t(
            "A list needs the headings name and birth_date; it may have sex, ward, bed, team, study code, fracture, "
            "side, surgery date and notes. Days are written year first or day first."
        )
    )
    if upload is None:
        return
    try:
        with open_log() as log:
            found = checked(_read(upload.name, upload.file_id, upload.getvalue()), log.patients())
    except StoreError as error:
        say(str(error), "error")
        return
    _preview(found)
    decisions = [_decided(upload.file_id, one) for one in found]
    _same_persons(found, upload.file_id)
    count = sum(decision is not Decision.LEAVE_OUT for decision in decisions)
    if st.button(
        tn("Take in {n} patient", "Take in {n} patients", count), type="primary", width="stretch", disabled=not count
    ):
        _take_in(found, decisions, upload.name)


@st.cache_data(show_spinner=False, max_entries=4)
def _read(name: str, file_id: str, _content: bytes) -> list[Candidate]:
    return candidates_of_file(name, _content, shared_settings().uploads)


def _preview(found: Sequence[Candidate]) -> None:
    new = sum(not one.problem and one.same_as is None for one in found)
    wrong = sum(bool(one.problem) for one in found)
    st.html(
        '<div class="peea-row"><b>'
        + escape(
            t(
                "{total} in the file: {new} new, {same} may be here already, {wrong} cannot be taken in.",
                total=len(found),
                new=new,
                same=len(found) - new - wrong,
                wrong=wrong,
            )
        )
        + "</b></div>"
    )
    rows = [
        {
            t("Place"): one.place,
            t("Name"): one.fields.get("name", ""),
            t("Born"): date_text(one.fields["birth_date"]) if one.fields.get("birth_date") else "",
            t("Ward"): one.fields.get("ward", ""),
            t("Study code"): one.fields.get("study_code", ""),
            t("Records"): sum(len(rows) for table, rows in one.records.items() if table != "patients"),
            t("What it is"): one.problem or (t("May be here already") if one.same_as else t("New")),
        }
        for one in found
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True, width="stretch")


def _key(file_id: str, one: Candidate) -> str:
    return f"exchange_{file_id}_{one.place}"


def _decided(file_id: str, one: Candidate) -> Decision:
    """Return what was decided about a patient; the proposal where nobody was asked yet."""
    return st.session_state.get(_key(file_id, one)) or one.choices[0]


def _same_persons(found: Sequence[Candidate], file_id: str) -> None:
    asked = [one for one in found if one.same_as is not None and not one.problem]
    if not asked:
        return
    st.header(t("May be here already"), anchor=False)
    for one in asked[:AT_ONCE]:
        here = one.same_as
        if here is None:
            continue
        with st.container(border=True):
            words, choice = st.columns(2, vertical_alignment="center")
            in_file = f"{one.fields.get('name', '')} · {date_text(one.fields['birth_date'])}"
            registered = f"{here.name} · {here.study_code} · {place(here)} · {date_text(here.birth_date)}"
            words.html(
                f'<div class="peea-row"><b>{escape(in_file)}</b><br><span class="quiet">'
                f"{escape(t('Here: {who}', who=registered))}<br>{escape(WHY[one.same_by]())}</span></div>"
            )
            choice.selectbox(
                t("What to do"),
                list(one.choices),
                format_func=DECISION_WORDS.__getitem__,
                key=_key(file_id, one),
            )
    if len(asked) > AT_ONCE:
        say(t("The others are left out for now: take these in, then choose the file again."))


WHY = {
    "id": lambda: t("The same record: it came from this patient log or to it before."),
    "name and birth date": lambda: t("The same name and birth date."),
    "study code": lambda: t("The same study code."),
}


def _take_in(found: Sequence[Candidate], decisions: Sequence[Decision], name: str) -> None:
    try:
        with open_log() as log:
            done = take_in(found, decisions, name, log, demonstration=without_sign_in())
    except StoreError as error:
        say(str(error), "error")
        return
    added = done.patients[Decision.ADD] + done.patients[Decision.NEW_CODE]
    st.session_state["exchange_done"] = t(
        "{added} registered, {updated} updated, {left_out} left out; {records} records were written.",
        added=added,
        updated=done.patients[Decision.UPDATE],
        left_out=done.patients[Decision.LEAVE_OUT],
        records=sum(done.records.written.values()),
    )
    st.session_state["exchange_files"] = st.session_state.get("exchange_files", 0) + 1
    st.rerun()
