"""Patients, assessments, their frame series, and the audit trail: the schema that everything else refers to."""

from __future__ import annotations

from sqlite_utils import Database

from peea.store.schema.registry import migrations


@migrations()
def m001_patients(db: Database) -> None:
    """Patients; `demonstration` marks fictional ones."""
    db.execute(
        """
        CREATE TABLE patients (
            patient_id TEXT PRIMARY KEY,
            study_code TEXT NOT NULL UNIQUE COLLATE NOCASE,
            name TEXT NOT NULL COLLATE NOCASE,
            birth_date TEXT NOT NULL,
            sex TEXT NOT NULL,
            ward TEXT NOT NULL DEFAULT '',
            bed TEXT NOT NULL DEFAULT '',
            fracture TEXT NOT NULL DEFAULT '',
            fracture_side TEXT,
            surgery_date TEXT,
            notes TEXT NOT NULL DEFAULT '',
            demonstration INTEGER NOT NULL DEFAULT 0 CHECK (demonstration IN (0, 1)),
            registered_at TEXT NOT NULL,
            registered_by TEXT NOT NULL
        ) STRICT
        """
    )
    # Two patients of the same name and birth date are one patient entered twice far more often than two people.
    db.execute("CREATE UNIQUE INDEX patients_by_person ON patients (name, birth_date)")
    db.execute("CREATE INDEX patients_by_ward ON patients (ward, bed)")


@migrations()
def m002_assessments(db: Database) -> None:
    """One row an assessment with what lists need; the rest is in `summary` (JSON) and in the frame series."""
    db.execute(
        """
        CREATE TABLE assessments (
            assessment_id TEXT PRIMARY KEY,
            patient_id TEXT NOT NULL REFERENCES patients (patient_id),
            recorded_at TEXT NOT NULL,
            saved_at TEXT NOT NULL,
            saved_by TEXT NOT NULL,
            status TEXT NOT NULL DEFAULT 'preliminary',
            recording TEXT NOT NULL,
            context TEXT,
            report_grade INTEGER CHECK (report_grade BETWEEN 0 AND 4),
            peak_grade INTEGER CHECK (peak_grade BETWEEN 0 AND 4),
            main_problem TEXT,
            duration_s REAL NOT NULL,
            coverage REAL NOT NULL,
            interrupted INTEGER NOT NULL CHECK (interrupted IN (0, 1)),
            model_name TEXT NOT NULL,
            model_version TEXT NOT NULL,
            weights_sha256 TEXT NOT NULL,
            summary TEXT NOT NULL
        ) STRICT
        """
    )
    db.execute("CREATE INDEX assessments_by_patient ON assessments (patient_id, recorded_at)")
    db.execute("CREATE INDEX assessments_by_time ON assessments (recorded_at)")
    db.execute(
        """
        CREATE TABLE frame_series (
            assessment_id TEXT PRIMARY KEY REFERENCES assessments (assessment_id),
            form INTEGER NOT NULL,
            frames INTEGER NOT NULL,
            series BLOB NOT NULL
        ) STRICT
        """
    )


@migrations()
def m003_audit(db: Database) -> None:
    """Who did what and when; rows are only ever added, which the data base itself enforces."""
    db.execute(
        """
        CREATE TABLE audit (
            audit_id INTEGER PRIMARY KEY AUTOINCREMENT,
            at TEXT NOT NULL,
            actor TEXT NOT NULL,
            action TEXT NOT NULL,
            table_name TEXT NOT NULL,
            row_id TEXT NOT NULL,
            detail TEXT NOT NULL
        ) STRICT
        """
    )
    db.execute("CREATE INDEX audit_by_row ON audit (table_name, row_id)")
    for change in ("UPDATE", "DELETE"):
        db.execute(
            f"CREATE TRIGGER audit_refuses_{change.lower()} BEFORE {change} ON audit "
            "BEGIN SELECT RAISE(ABORT, 'audit rows are never changed'); END"
        )
