"""Everything that a filter shows as tables: CSV for a spreadsheet, Parquet for statistics.

One table a kind of record, one row a record, in English codes whatever the reader's language, times in ISO 8601 UTC.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final

import pandas as pd

from peea.scales import GRADES
from peea.spreadsheets import csv_bytes, unguarded
from peea.store.exchange import Row, Rows

NAMING: Final = frozenset({"name", "birth_date", "bed", "notes", "communication", "registered_by"})
"""Columns of a patient that are left out where names are."""

FREE_TEXT_TABLES: Final = frozenset({"notes", "corrections"})
"""Tables that are left out where names are: what staff wrote in words may name anybody."""

LEFT_IN_THE_DATABASE: Final = frozenset({"frame_series"})
"""Too long for a table: the course of a recording, frame by frame. A FHIR bundle takes it along."""


def tables(records: Iterable[Rows], codes: Mapping[str, str] | None = None) -> dict[str, pd.DataFrame]:
    """Return the records as tables by name; each holds the code of the patient.

    Args:
        records: the rows of each patient.
        codes: by patient id, the study codes under which patients leave without their names (`contents.codes_of`). Then
            names, the log's own codes and ids, birth dates (the age stays), beds and all that staff wrote in words are
            left out.
    """
    names = codes is None
    rows: dict[str, list[dict[str, Any]]] = {"patients": []}
    for record in records:
        (patient,) = record["patients"]
        code = patient["study_code"] if codes is None else codes[patient["patient_id"]]
        for table, own in record.items():
            if table in LEFT_IN_THE_DATABASE or (not names and table in FREE_TEXT_TABLES):
                continue
            rows.setdefault(table, []).extend({"study_code": code, **_columns(table, row, names)} for row in own)
    return {table: pd.DataFrame(own) for table, own in rows.items() if own or table == "patients"}


def csv_archive(made: Mapping[str, pd.DataFrame]) -> bytes:
    """Return the tables as CSV files in one zip: UTF-8 with its mark, so that spreadsheets read Chinese names."""
    return _archive({f"{name}.csv": csv_bytes(table) for name, table in made.items()})


def parquet_archive(made: Mapping[str, pd.DataFrame]) -> bytes:
    """Return the tables as Parquet files in one zip."""
    files = {}
    for name, table in made.items():
        file = io.BytesIO()
        table.to_parquet(file, index=False, engine="pyarrow")
        files[f"{name}.parquet"] = file.getvalue()
    return _archive(files)


def _columns(table: str, row: Row, names: bool) -> dict[str, Any]:
    if table == "assessments":
        return _assessment_columns(row, names)
    columns = {name: value for name, value in row.items() if name != "study_code"}
    if table == "patients" and not names:
        born = date.fromisoformat(columns["birth_date"])
        today = date.fromisoformat(columns["registered_at"][:10])
        columns = {name: value for name, value in columns.items() if name not in NAMING}
        columns["age_at_registration"] = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    if not names:
        columns = {name: value for name, value in columns.items() if name not in _PEOPLE}
    return columns


_PEOPLE: Final = frozenset(
    {
        "entered_by",
        "taken_by",
        "reviewer",
        "reviewed_by",
        "saved_by",
        "corrected_by",
        "remark",
        "reason",
        "recording",
        "rater",
        "patient_id",
    }
    | {"withdrawn_by", "withdrawn_reason"}
)


def _assessment_columns(row: Row, names: bool) -> dict[str, Any]:
    """Return the row of an assessment with the seconds of each grade in place of its JSON."""
    columns = {name: value for name, value in row.items() if name != "summary" and (names or name not in _PEOPLE)}
    seconds: Mapping[str, float] = json.loads(row["summary"])["timeline"]["seconds"]
    for grade in GRADES:
        columns[f"seconds_grade_{int(grade)}"] = seconds.get(str(int(grade)), 0.0)
    return columns


def _archive(files: Mapping[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return file.getvalue()


def frames_of(files: Sequence[tuple[str, bytes]]) -> dict[str, pd.DataFrame]:
    """Return CSV files as tables, as `csv_archive` wrote them: every cell as text, apostrophes taken off again."""
    read = {}
    for name, content in files:
        table = pd.read_csv(io.BytesIO(content), dtype=str, keep_default_na=False, encoding="utf-8-sig")
        read[name.removesuffix(".csv")] = table.map(unguarded)
    return read
