"""What was removed and why, and whose record was removed as a whole: the report of retention and of consent."""

from __future__ import annotations

from typing import Final

from sqlite_utils import Database

from peea.store.schema.registry import migrations

PROTECTED: Final = ("analgesia", "notes", "consents", "eligibility_answers", "corrections", "reviews")
"""Tables whose rows are deleted with a patient only (m302 to m305)."""


@migrations()
def m801_removals(db: Database) -> None:
    """One row for each kind of thing that was removed at once; `cause_id` is the decision about consent behind it."""
    db.execute(
        """
        CREATE TABLE removals (
            removal_id TEXT PRIMARY KEY,
            at TEXT NOT NULL,
            kind TEXT NOT NULL,
            cause TEXT NOT NULL CHECK (cause IN ('consent', 'retention')),
            cause_id TEXT,
            patient_id TEXT REFERENCES patients (patient_id),
            number INTEGER NOT NULL CHECK (number >= 0),
            removed_by TEXT NOT NULL
        ) STRICT
        """
    )
    db.execute("CREATE INDEX removals_by_cause ON removals (cause, kind, at)")


@migrations()
def m802_erasures(db: Database) -> None:
    """Patients whose record is removed as a whole when its time is over; only then may what was entered go."""
    db.execute(
        """
        CREATE TABLE erasures (
            patient_id TEXT PRIMARY KEY,
            at TEXT NOT NULL,
            erased_by TEXT NOT NULL
        ) STRICT
        """
    )
    for table in PROTECTED:
        db.execute(f"DROP TRIGGER {table}_refuses_delete")
        db.execute(
            f"CREATE TRIGGER {table}_refuses_delete BEFORE DELETE ON {table} "
            "WHEN (SELECT demonstration FROM patients WHERE patient_id = OLD.patient_id) = 0 "
            "AND NOT EXISTS (SELECT 1 FROM erasures WHERE patient_id = OLD.patient_id) "
            "BEGIN SELECT RAISE(ABORT, 'what was entered for a patient is never deleted'); END"
        )
