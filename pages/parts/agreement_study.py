"""A study on the agreement page: what it is, who was left out and why, freezing it, and keeping an upload as one."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import streamlit as st

from pages.parts.agreement_new_study import new_study_form
from pages.parts.agreement_source import Source, open_studies
from pages.parts.chips import escape
from pages.parts.clinician import named_clinician
from peea.clock import in_zone, time_text
from peea.language import listed, t
from peea.spreadsheets import csv_bytes
from peea.studies import Study
from peea.studies.uploads import long_table_of_study, study_of_table


def show_study(source: Source) -> None:
    """Show what the study is; a draft can be changed and frozen."""
    study = source.study
    if study is None:
        return
    st.header(t("About this study"), anchor=False)
    rows = [
        (t("Purpose"), t(study.purpose) if study.purpose else ""),
        (t("Model under test"), f"{study.model}, SHA-256 {study.model.weights_sha256[:16]}"),
        (t("Included"), listed(t(each) for each in study.inclusion)),
        (t("Excluded"), listed(t(each) for each in study.exclusion)),
        (t("State"), _state(source)),
    ]
    st.html(
        '<table class="peea-facts">'
        + "".join(f"<tr><th>{escape(name)}</th><td>{escape(value)}</td></tr>" for name, value in rows if value)
        + "</table>"
    )
    st.download_button(
        t("Ratings as CSV"),
        csv_bytes(long_table_of_study(study)),
        "peea-ratings.csv",
        "text/csv",
        on_click="ignore",
        key="agreement_ratings_csv",
    )
    if source.saved is not None and not source.saved.frozen:
        _change_draft(study)


def _state(source: Source) -> str:
    if source.saved is None:
        return t("Comes with PEEA and does not change.")
    if source.saved.frozen_at is None or source.saved.frozen_by is None:
        return t("Draft: recordings can still be left out. Freeze it before its results are reported.")
    return t(
        "Frozen {time} by {name}. Nothing of it can change. SHA-256 {sha256}",
        time=time_text(in_zone(source.saved.frozen_at)),
        name=source.saved.frozen_by,
        sha256=source.saved.sha256,
    )


def _change_draft(study: Study) -> None:
    st.subheader(t("Complete the study"), anchor=False)
    st.caption(
        t(
            "Write beside a recording why it is left out, such as dim light; an empty reason takes it in again. The "
            "hours after the injury can be given too."
        )
    )
    reason, hours = t("Reason for leaving it out"), t("Hours after the injury")
    edited = st.data_editor(
        pd.DataFrame(
            {
                t("Recording"): [each.recording for each in study.recordings],
                t("Patient"): [each.patient for each in study.recordings],
                hours: pd.array([each.hours for each in study.recordings], dtype="Int64"),
                reason: [each.excluded for each in study.recordings],
            }
        ),
        disabled=[t("Recording"), t("Patient")],
        hide_index=True,
        width="stretch",
        height=320,
        key=f"exclude_{study.study_id}",
    )
    recordings = tuple(
        replace(
            each,
            excluded="" if pd.isna(text) else str(text).strip(),
            hours=None if pd.isna(after) else int(after),
        )
        for each, text, after in zip(study.recordings, edited[reason].tolist(), edited[hours].tolist(), strict=True)
    )
    changed = replace(study, recordings=recordings)
    if changed != study and st.button(t("Save these changes"), key="save_study", type="primary"):
        with open_studies() as store:
            store.save_draft(changed)
        st.rerun()
    st.subheader(t("Freeze the study"), anchor=False)
    if changed != study:
        st.caption(t("Save the changes first."))
        return
    st.caption(t("After that neither recordings nor ratings nor reasons can be changed, by anybody."))
    name = named_clinician("freeze")
    if name is None:
        return
    sure = st.checkbox(t("The study is complete"), key=f"sure_{study.study_id}")
    if st.button(t("Freeze the study"), disabled=not sure, key="freeze"):
        with open_studies() as store:
            store.freeze(study.study_id)
        st.rerun()


def keep_as_study(source: Source) -> None:
    """Offer to keep an uploaded table as a study, which can then be frozen."""
    st.header(t("Keep this table as a study"), anchor=False)
    st.caption(t("A study names the model under test and who was left out; frozen, it cannot change any more."))
    new_study_form("upload_study", lambda *named: study_of_table(source.table, *named))
