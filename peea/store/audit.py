"""The audit trail: who saw, made, changed, printed or exported what of which patient, and when; a chain of hashes.

A row for every write, in the same transaction, and one for every look at patients. Each row holds the SHA-256 of its
content and of the hash before it, so that a row that is changed, removed or moved breaks the chain; `audit_head` holds
how many rows there are and the hash of the last. `peea.store.audit_log` searches and verifies.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final

from sqlite_utils import Database

from peea.language import Names, later


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
    PRINTED = "printed"
    BACKED_UP = "backed_up"
    RESTORED = "restored"
    KEY_CHANGED = "key_changed"
    SEEN = "seen"
    REFUSED = "refused"
    SIGNED_IN = "signed in"
    SIGNED_OUT = "signed out"
    SIGN_IN_REFUSED = "sign-in refused"
    CODE_GIVEN = "code given"
    PASSWORD_SET = "password set"
    LOCKED = "locked"
    UNLOCKED = "unlocked"
    RETIRED = "retired"


ACTION_NAMES: Final[Mapping[Action, str]] = Names(
    {
        Action.REGISTERED: later("Registered"),
        Action.SAVED: later("Saved"),
        Action.REMOVED: later("Removed"),
        Action.FROZEN: later("Frozen"),
        Action.CORRECTED: later("Corrected"),
        Action.WITHDRAWN: later("Withdrawn"),
        Action.CONFIRMED: later("Confirmed"),
        Action.OVERRIDDEN: later("Overridden"),
        Action.CLOSED: later("Closed"),
        Action.EXPORTED: later("Exported"),
        Action.IMPORTED: later("Imported"),
        Action.PRINTED: later("Printed"),
        Action.BACKED_UP: later("Backed up"),
        Action.RESTORED: later("Restored"),
        Action.KEY_CHANGED: later("Key changed"),
        Action.SEEN: later("Seen"),
        Action.REFUSED: later("Refused"),
        Action.SIGNED_IN: later("Signed in"),
        Action.SIGNED_OUT: later("Signed out"),
        Action.SIGN_IN_REFUSED: later("Sign-in refused"),
        Action.CODE_GIVEN: later("One-time code given"),
        Action.PASSWORD_SET: later("Password set"),
        Action.LOCKED: later("Locked"),
        Action.UNLOCKED: later("Opened"),
        Action.RETIRED: later("Retired"),
    }
)
"""What was done, in words."""

LOOKS: Final = frozenset({Action.SEEN, Action.PRINTED, Action.REFUSED})
"""What changes nothing of a row."""

NO_HASH: Final = "0" * 64
"""What stands before the first row of the chain."""


@dataclass(frozen=True)
class AuditRow:
    """One entry.

    Attributes:
        audit_id: its place in the chain.
        at: ISO 8601, UTC.
        actor: who.
        action: did what.
        table_name, row_id: to which row, or to what part of the record.
        patient_id: of the patient whom it is about, or None; a look at a list names its patients in the detail.
        detail: what else there is to know. No names of patients, no values of what was entered.
        hash: SHA-256 of the hash before it and of all this (`hash_of`), in hexadecimal.
    """

    audit_id: int
    at: str
    actor: str
    action: Action
    table_name: str
    row_id: str
    patient_id: str | None
    detail: Mapping[str, Any]
    hash: str


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


CHAINED: Final = ("audit_id", "at", "actor", "action", "table_name", "row_id", "patient_id", "detail")
"""The columns that the hash of a row is made of, as they are stored, in this order."""


def hash_of(before: str, row: Mapping[str, Any]) -> str:
    """Return the hash of a row as it is stored (`detail` is text), by the hash of the row before it."""
    content = json.dumps([before, *(row[column] for column in CHAINED)], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(content.encode()).hexdigest()


def write_audit(
    db: Database,
    actor: str,
    action: Action,
    table_name: str,
    row_id: str,
    *,
    patient_id: str | None = None,
    at: str | None = None,
    **detail: object,
) -> None:
    """Add a row to the end of the chain; to be called inside the transaction of the write that it records.

    `at` is when it happened, if that was not now.
    """
    last_id, before = db.execute("SELECT last_id, hash FROM audit_head").fetchone()
    row = {
        "audit_id": last_id + 1,
        "at": at or now_utc(),
        "actor": actor,
        "action": action.value,
        "table_name": table_name,
        "row_id": row_id,
        "patient_id": row_id if patient_id is None and table_name == "patients" and row_id else patient_id,
        "detail": json.dumps(detail, ensure_ascii=False, sort_keys=True),
    }
    # The head follows by a trigger.
    db.execute(
        "INSERT INTO audit (audit_id, at, actor, action, table_name, row_id, patient_id, detail, hash) "
        "VALUES (:audit_id, :at, :actor, :action, :table_name, :row_id, :patient_id, :detail, :hash)",
        row | {"hash": hash_of(before, row)},
    )


def read_audit(
    db: Database, table_name: str | None = None, row_id: str | None = None, *, looks: bool = False
) -> list[AuditRow]:
    """Return the entries in the order in which they were written, of one table or row if told so.

    Args:
        db: the data base.
        table_name, row_id: only of these.
        looks: those too by which nothing was changed.
    """
    rows = db.query(
        "SELECT * FROM audit WHERE (:table IS NULL OR table_name = :table) AND (:row IS NULL OR row_id = :row) "
        "ORDER BY audit_id",
        {"table": table_name, "row": row_id},
    )
    return [each for each in map(audit_of_row, rows) if looks or each.action not in LOOKS]


def audit_of_row(row: Mapping[str, Any]) -> AuditRow:
    """Return the entry of a row."""
    return AuditRow(**{**row, "action": Action(row["action"]), "detail": json.loads(row["detail"])})
