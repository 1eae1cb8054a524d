"""Rows of a patient's care: how values become rows, and rows are found."""

from __future__ import annotations

from datetime import date, datetime
from enum import Enum
from typing import Any, Final

from sqlite_utils import Database

from peea.language import t
from peea.scales import Grade
from peea.store.audit import stored_time
from peea.store.errors import UnknownEntryError

KEYS: Final = {"analgesia": "analgesia_id", "notes": "note_id", "assessments": "assessment_id"}
"""Primary keys of the tables whose entries staff correct or withdraw."""


def stripped(value: Any) -> Any:
    """Return a text without white space around it, anything else as it is."""
    # Not for the values of an Enum, which are texts too.
    return value.strip() if type(value) is str else value


def text_of(value: Any) -> str | None:
    """Return a value as the data base holds it, as text."""
    if value is None:
        return None
    if isinstance(value, datetime):
        return stored_time(value)
    if isinstance(value, date):
        return value.isoformat()
    return str(value.value) if isinstance(value, Enum) else str(value)


def row_of(db: Database, table: str, row_id: str) -> dict[str, Any]:
    """Return a row of a table by its key, or raise UnknownEntryError."""
    row = next(db.query(f"SELECT * FROM {table} WHERE {KEYS[table]} = ?", [row_id]), None)
    if row is None:
        raise UnknownEntryError(t("This entry is not in the data base. Load the page again."))
    return row


def insert_entry(db: Database, table: str, entry: Any) -> None:
    """Add a value of `peea.store.care`, or a review, as a row."""
    row = {
        name: int(value) if isinstance(value, bool | Grade) else value if isinstance(value, float) else text_of(value)
        for name, value in vars(entry).items()
    }
    columns, marks = ", ".join(row), ", ".join(f":{column}" for column in row)
    db.execute(f"INSERT INTO {table} ({columns}) VALUES ({marks})", row)
