"""The audit trail: one row for every write, in the same transaction, with who did it and when."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlite_utils import Database


class Action(StrEnum):
    """What was done to a row."""

    REGISTERED = "registered"
    SAVED = "saved"
    REMOVED = "removed"
    FROZEN = "frozen"
    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"
    CONFIRMED = "confirmed"
    OVERRIDDEN = "overridden"
    CLOSED = "closed"
    EXPORTED = "exported"
    IMPORTED = "imported"


@dataclass(frozen=True)
class AuditRow:
    """One entry: time (ISO 8601, UTC), who, what, on which row, and what else there is to know."""

    audit_id: int
    at: str
    actor: str
    action: Action
    table_name: str
    row_id: str
    detail: Mapping[str, Any]


def now_utc() -> str:
    """Return the time as the data base stores it: ISO 8601 in UTC to the microsecond."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


def stored_time(moment: datetime) -> str:
    """Return an aware time as the data base stores it: in UTC to the second, so that text sorts by time.

    Raises:
        ValueError: the time has no offset from UTC.
    """
    if moment.tzinfo is None:
        raise ValueError(f"the time {moment.isoformat()} has no offset from UTC")
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def write_audit(db: Database, actor: str, action: Action, table_name: str, row_id: str, **detail: object) -> None:
    """Add a row; to be called inside the transaction of the write that it records."""
    db.execute(
        "INSERT INTO audit (at, actor, action, table_name, row_id, detail) VALUES (?, ?, ?, ?, ?, ?)",
        [now_utc(), actor, action.value, table_name, row_id, json.dumps(detail, ensure_ascii=False, sort_keys=True)],
    )


def read_audit(db: Database, table_name: str | None = None, row_id: str | None = None) -> list[AuditRow]:
    """Return the entries in the order in which they were written, of one table or row if told so."""
    rows = db.query(
        "SELECT * FROM audit WHERE (:table IS NULL OR table_name = :table) AND (:row IS NULL OR row_id = :row) "
        "ORDER BY audit_id",
        {"table": table_name, "row": row_id},
    )
    return [AuditRow(**{**row, "action": Action(row["action"]), "detail": json.loads(row["detail"])}) for row in rows]
