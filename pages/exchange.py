"""Export and import: what leaves, and what comes in?"""

from datetime import time, timedelta

import streamlit as st

from pages.parts.clinician import named_clinician
from pages.parts.exchange_import import show_import
from pages.parts.saying import say
from pages.parts.visit import actor, open_log
from pages.parts.way_in import require_app
from peea.clock import at_clock
from peea.language import Names, current_language, later, t, tn, using_language
from peea.records.contents import ExportFilter, codes_of, patients_of, records_of
from peea.records.fhir_out import fhir_bundle
from peea.records.tables import csv_archive, parquet_archive, tables
from peea.store.exchange import ExchangeStore

EXPORT, IMPORT = "export", "import"
DIRECTIONS = Names({EXPORT: later("Export"), IMPORT: later("Import")})
FHIR, CSV, PARQUET = "fhir", "csv", "parquet"
FORMS = Names(
    {
        FHIR: later("FHIR R4, for other systems and another PEEA"),
        CSV: later("CSV, for a spreadsheet"),
        PARQUET: later("Parquet, for statistics"),
    }
)
FILES = {
    FHIR: ("peea.fhir.json", "application/fhir+json"),
    CSV: ("peea-csv.zip", "application/zip"),
    PARQUET: ("peea-parquet.zip", "application/zip"),
}


def page() -> None:
    """Ask for the direction, then for what that needs."""
    st.title(t("Export and import"), anchor=False)
    if named_clinician("exchange") is None:
        return
    way = st.segmented_control(
        t("Direction"),
        list(DIRECTIONS),
        format_func=DIRECTIONS.__getitem__,
        default=EXPORT,
        required=True,
        key="exchange_way",
    )
    if way == IMPORT:
        show_import()
    else:
        show_export()


def show_export() -> None:
    """Ask what is to leave and in which form, say how much that is, and offer the file."""
    who = actor()
    wanted = choose_filter()
    form = st.radio(t("Form"), list(FORMS), format_func=FORMS.__getitem__, key="exchange_form")
    if form == FHIR:
        whole = st.checkbox(
            t("With the course of every recording, so that another PEEA takes in everything"),
            value=True,
            key="exchange_whole",
        )
        names = True
    else:
        whole = True
        names = not st.checkbox(
            t("Without names, birth dates, beds and what staff wrote in words"), key="exchange_nameless"
        )
    patient_ids = patients_of(wanted, who)
    if not patient_ids:
        say(t("No patient matches. Choose another ward or other days."))
        return
    with ExchangeStore(actor=who) as store:
        numbers = store.count(patient_ids, wanted.since, wanted.until)
    parts = (
        tn("{n} patient", "{n} patients", len(patient_ids)),
        tn("{n} assessment by PEEA", "{n} assessments by PEEA", numbers["assessments"]),
        tn("{n} rating by hand", "{n} ratings by hand", numbers["manual_ratings"]),
        tn("{n} dose", "{n} doses", numbers["analgesia"]),
        tn("{n} note", "{n} notes", numbers["notes"]),
    )
    st.html(f'<div class="peea-row"><b>{" · ".join(parts)}</b></div>')
    language = current_language()

    def made() -> bytes:
        # In a thread of its own, which nobody told the reader's language.
        with using_language(language):
            records = records_of(wanted, who, form)
            if form == FHIR:
                return fhir_bundle(records, whole=whole).encode()
            found = tables(records, None if names else codes_of(patient_ids, who))
            return csv_archive(found) if form == CSV else parquet_archive(found)

    file, kind = FILES[form]
    st.download_button(
        t("Write the file"), made, file_name=file, mime=kind, type="primary", on_click="ignore", width="stretch"
    )
    st.caption(
        t(
            "The file holds patients' data: keep it as safe as the patient log. The audit trail keeps who wrote it and "
            "when."
        )
    )


def choose_filter() -> ExportFilter:
    """Ask for ward and days; everything by default."""
    with open_log() as log:
        wards = sorted({patient.ward for patient in log.patients() if patient.ward})
    ward_column, from_column, to_column = st.columns(3)
    ward = ward_column.selectbox(
        t("Ward"), ["", *wards], format_func=lambda one: one or t("All wards"), key="exchange_ward"
    )
    first = from_column.date_input(t("From (day/month/year)"), value=None, format="DD/MM/YYYY", key="exchange_from")
    last = to_column.date_input(t("To the end of (day/month/year)"), value=None, format="DD/MM/YYYY", key="exchange_to")
    return ExportFilter(
        ward=ward or None,
        since=at_clock(first, time()) if first else None,
        until=at_clock(last + timedelta(days=1), time()) if last else None,
    )


require_app()
page()
