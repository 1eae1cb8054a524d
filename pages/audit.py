"""Audit trail: who saw or changed what?"""

from __future__ import annotations

from datetime import time, timedelta
from typing import Final

import streamlit as st

from pages.parts.saying import problems_told, say, say_beside
from pages.parts.visit import actor
from pages.parts.way_in import require_app
from peea.audit_words import part_name, what
from peea.clock import at_clock, in_zone, time_text
from peea.language import t, tn
from peea.store import Action, InvalidEntryError
from peea.store.audit import ACTION_NAMES
from peea.store.audit_log import ROWS_A_PAGE, Anchor, AuditLog, AuditQuery, FoundRow, Verification

_PAGE: Final = "audit_page"
_ASKED: Final = "audit_asked"
_VERIFIED: Final = "audit_verified"


def page() -> None:
    """Ask what is looked for, list it, and let the trail be verified."""
    st.title(t("Audit trail"), anchor=False)
    st.caption(
        t(
            "Everything that was seen, entered, changed, printed or exported, with who did it. Patients stand here by "
            "their code; nothing of what was entered is shown."
        )
    )
    with AuditLog(actor=actor()) as log:
        show_rows(log, ask(log))
        show_verification(log)


def ask(log: AuditLog) -> AuditQuery:
    """Ask what is looked for; everything by default."""
    who, patient, did = st.columns(3)
    of, start, end = st.columns(3)
    person = who.selectbox(
        t("Person"), log.people(), index=None, placeholder=t("Everybody"), format_func=t, key="audit_person"
    )
    code = patient.text_input(t("Patient's code"), key="audit_patient", max_chars=80, placeholder="P-0001")
    action = did.selectbox(
        t("What was done"),
        list(Action),
        index=None,
        placeholder=t("Anything"),
        format_func=ACTION_NAMES.__getitem__,
        key="audit_action",
    )
    part = of.selectbox(
        t("Part of the record"),
        log.parts(),
        index=None,
        placeholder=t("Every part"),
        format_func=part_name,
        key="audit_part",
    )
    first = start.date_input(t("From (day/month/year)"), value=None, format="DD/MM/YYYY", key="audit_from")
    last = end.date_input(t("To the end of (day/month/year)"), value=None, format="DD/MM/YYYY", key="audit_to")
    return AuditQuery(
        person=person or "",
        patient=code,
        action=action,
        part=part or "",
        since=at_clock(first, time()) if first else None,
        until=at_clock(last + timedelta(days=1), time()) if last else None,
    )


def show_rows(log: AuditLog, wanted: AuditQuery) -> None:
    """List what was found, a page at a time, the latest first."""
    if st.session_state.get(_ASKED) != wanted:
        st.session_state[_ASKED], st.session_state[_PAGE] = wanted, 1
    number = st.session_state[_PAGE]
    found = log.search(wanted, number)
    if not found.rows:
        say(t("No such row was found."))
        return
    st.dataframe([_shown(each) for each in found.rows], hide_index=True, width="stretch", height="content")
    pages = -(-found.total // ROWS_A_PAGE)
    newer, said, older = st.columns([1, 2, 1], vertical_alignment="center")
    first = (number - 1) * ROWS_A_PAGE + 1
    said.caption(
        t("Rows {first} to {last} of {total}", first=first, last=first + len(found.rows) - 1, total=f"{found.total:,}"),
        text_alignment="center",
    )
    newer.button(t("Newer"), disabled=number == 1, on_click=_turn, args=(-1,), key="audit_newer", width="stretch")
    older.button(t("Older"), disabled=number >= pages, on_click=_turn, args=(1,), key="audit_older", width="stretch")


def _shown(found: FoundRow) -> dict[str, str]:
    row = found.row
    return {
        t("When"): time_text(in_zone(row.at)),
        t("Who"): t(row.actor),
        t("Did"): ACTION_NAMES[row.action],
        t("What"): what(found),
        t("Patient"): found.study_code or (row.patient_id or "")[:8],
    }


def _turn(by: int) -> None:
    st.session_state[_PAGE] = max(1, st.session_state.get(_PAGE, 1) + by)


def show_verification(log: AuditLog) -> None:
    """Let the trail be verified, against an anchor that was kept elsewhere if there is one."""
    st.header(t("Is the trail as it was written?"), anchor=False)
    kept = st.text_input(
        t("An anchor that was kept elsewhere, if there is one"),
        key="audit_anchor",
        placeholder=t("rows … last row … hash …"),
    )
    if st.button(t("Verify the trail"), type="primary", width="stretch"):
        st.session_state[_VERIFIED] = None
        with problems_told():
            try:
                anchors = [Anchor.from_text(kept)] if kept.strip() else []
            except InvalidEntryError as error:
                say_beside(str(error))
                return
            with st.spinner(t("Reading the whole trail")):
                st.session_state[_VERIFIED] = log.verify(*anchors)
    verified: Verification | None = st.session_state.get(_VERIFIED)
    if verified is None:
        return
    if not verified.whole:
        for finding in verified.findings:
            say(finding, "error")
        return
    say(
        tn("The trail of {n} row is as it was written.", "The trail of {n} rows is as it was written.", verified.rows),
        "good",
    )
    st.caption(
        t(
            "Rows that somebody cuts off its end together with what counts them show only against an anchor. Keep this "
            "one where whoever runs PEEA cannot change it, on paper for instance:"
        )
    )
    st.code(str(verified.anchor), language=None, wrap_lines=True)


require_app()
page()
