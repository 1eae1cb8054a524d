"""Ratings by hand: raters, sets to rate, every rating and correction; assessments by hand in the patient log."""

from __future__ import annotations

from sqlite_utils import Database

from peea.store.schema.registry import migrations


@migrations()
def m101_rating_sets(db: Database) -> None:
    """Raters, sets and their items; `file` is a name in the folder of kept files, or that of a demonstration."""
    db.execute(
        """
        CREATE TABLE raters (
            rater_id TEXT PRIMARY KEY,
            name TEXT NOT NULL UNIQUE COLLATE NOCASE,
            simulated INTEGER NOT NULL DEFAULT 0 CHECK (simulated IN (0, 1)),
            registered_at TEXT NOT NULL,
            registered_by TEXT NOT NULL
        ) STRICT
        """
    )
    db.execute(
        """
        CREATE TABLE rating_sets (
            set_id TEXT PRIMARY KEY,
            title TEXT NOT NULL UNIQUE COLLATE NOCASE,
            kind TEXT NOT NULL CHECK (kind IN ('key_frames', 'recordings')),
            simulated INTEGER NOT NULL DEFAULT 0 CHECK (simulated IN (0, 1)),
            made_at TEXT NOT NULL,
            made_by TEXT NOT NULL,
            closed_at TEXT,
            closed_by TEXT
        ) STRICT
        """
    )
    db.execute(
        """
        CREATE TABLE rating_items (
            item_id TEXT PRIMARY KEY,
            set_id TEXT NOT NULL REFERENCES rating_sets (set_id),
            place INTEGER NOT NULL,
            patient_id TEXT REFERENCES patients (patient_id),
            patient_code TEXT NOT NULL,
            recording TEXT NOT NULL,
            time_s REAL,
            context TEXT,
            demonstration INTEGER NOT NULL CHECK (demonstration IN (0, 1)),
            file TEXT,
            sha256 TEXT,
            UNIQUE (set_id, place)
        ) STRICT
        """
    )


@migrations()
def m102_ratings(db: Database) -> None:
    """A correction is a further row with a higher number: what was given first stays."""
    db.execute(
        """
        CREATE TABLE ratings (
            rating_id TEXT PRIMARY KEY,
            item_id TEXT NOT NULL REFERENCES rating_items (item_id),
            rater_id TEXT NOT NULL REFERENCES raters (rater_id),
            number INTEGER NOT NULL CHECK (number >= 1),
            given_at TEXT NOT NULL,
            AU4 INTEGER CHECK (AU4 BETWEEN 0 AND 5),
            AU6 INTEGER CHECK (AU6 BETWEEN 0 AND 5),
            AU7 INTEGER CHECK (AU7 BETWEEN 0 AND 5),
            AU9 INTEGER CHECK (AU9 BETWEEN 0 AND 5),
            AU10 INTEGER CHECK (AU10 BETWEEN 0 AND 5),
            AU43 INTEGER CHECK (AU43 BETWEEN 0 AND 1),
            vas REAL CHECK (vas BETWEEN 0 AND 10),
            cannot TEXT,
            UNIQUE (item_id, rater_id, number)
        ) STRICT
        """
    )
    db.execute("CREATE INDEX ratings_by_rater ON ratings (rater_id, item_id)")
    db.execute(
        """
        CREATE TABLE item_self_reports (
            report_id TEXT PRIMARY KEY,
            item_id TEXT NOT NULL REFERENCES rating_items (item_id),
            nrs INTEGER NOT NULL CHECK (nrs BETWEEN 0 AND 10),
            entered_at TEXT NOT NULL,
            entered_by TEXT NOT NULL
        ) STRICT
        """
    )
    for table in ("ratings", "item_self_reports"):
        db.execute(
            f"CREATE TRIGGER {table}_refuse_update BEFORE UPDATE ON {table} "
            "BEGIN SELECT RAISE(ABORT, 'ratings are never changed; a correction is added'); END"
        )


@migrations()
def m103_manual_ratings(db: Database) -> None:
    """Assessments by hand where the face cannot be graded, and the patient's own report: a kind of their own."""
    db.execute(
        """
        CREATE TABLE manual_ratings (
            manual_id TEXT PRIMARY KEY,
            patient_id TEXT NOT NULL REFERENCES patients (patient_id),
            assessment_id TEXT REFERENCES assessments (assessment_id),
            kind TEXT NOT NULL CHECK (kind IN ('pspi', 'vas', 'nrs')),
            score REAL NOT NULL CHECK (score BETWEEN 0 AND 16),
            codes TEXT,
            context TEXT,
            reason TEXT NOT NULL DEFAULT '',
            rater TEXT NOT NULL,
            rated_at TEXT NOT NULL,
            saved_at TEXT NOT NULL,
            saved_by TEXT NOT NULL,
            simulated INTEGER NOT NULL DEFAULT 0 CHECK (simulated IN (0, 1)),
            withdrawn_at TEXT,
            withdrawn_by TEXT,
            withdrawn_reason TEXT,
            CHECK ((kind = 'pspi') = (codes IS NOT NULL)),
            CHECK (kind = 'pspi' OR score <= 10)
        ) STRICT
        """
    )
    db.execute("CREATE INDEX manual_ratings_by_patient ON manual_ratings (patient_id, rated_at)")
