"""What monitoring at the bedside found: a row for each stable episode of pain."""

from __future__ import annotations

from sqlite_utils import Database

from peea.store.schema.registry import migrations


@migrations()
def m501_monitored_episodes(db: Database) -> None:
    """`assessment_id` is the monitoring's own line in the patient log, which keeps only the frames of its end."""
    db.execute(
        """
        CREATE TABLE monitored_episodes (
            episode_id TEXT PRIMARY KEY,
            patient_id TEXT NOT NULL REFERENCES patients (patient_id),
            assessment_id TEXT NOT NULL REFERENCES assessments (assessment_id),
            grade INTEGER NOT NULL CHECK (grade BETWEEN 1 AND 4),
            started_at TEXT NOT NULL,
            duration_s REAL NOT NULL CHECK (duration_s >= 0),
            alert INTEGER NOT NULL CHECK (alert IN (0, 1)),
            saved_at TEXT NOT NULL,
            saved_by TEXT NOT NULL
        ) STRICT
        """
    )
    db.execute("CREATE INDEX monitored_episodes_by_patient ON monitored_episodes (patient_id, started_at)")
