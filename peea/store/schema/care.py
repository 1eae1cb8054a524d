"""Care of a patient: where and since when, analgesia, notes, consent, eligibility, corrections, confirmation.

What staff enter is never deleted: rows are withdrawn or superseded, and the data base itself refuses to delete them,
but for fictional patients.
"""

from __future__ import annotations

from sqlite_utils import Database

from peea.store.schema.registry import migrations


def _refuse_deleting(db: Database, table: str, *, updating: bool = False) -> None:
    """Let rows of a table be deleted for fictional patients only; and never be changed, if told so."""
    db.execute(
        f"CREATE TRIGGER {table}_refuses_delete BEFORE DELETE ON {table} "
        "WHEN (SELECT demonstration FROM patients WHERE patient_id = OLD.patient_id) = 0 "
        "BEGIN SELECT RAISE(ABORT, 'what was entered for a patient is never deleted'); END"
    )
    if updating:
        db.execute(
            f"CREATE TRIGGER {table}_refuses_update BEFORE UPDATE ON {table} "
            "BEGIN SELECT RAISE(ABORT, 'these rows are never changed; a new one supersedes them'); END"
        )


@migrations()
def m301_where_and_since_when(db: Database) -> None:
    """Team, cognition, communication, arrival and leaving; whoever was registered before had arrived by then."""
    for column in ("team", "cognition", "communication"):
        db.execute(f"ALTER TABLE patients ADD COLUMN {column} TEXT NOT NULL DEFAULT ''")
    db.execute("ALTER TABLE patients ADD COLUMN arrived_at TEXT NOT NULL DEFAULT ''")
    db.execute("ALTER TABLE patients ADD COLUMN left_at TEXT")
    db.execute("UPDATE patients SET arrived_at = registered_at")


@migrations()
def m302_analgesia_and_notes(db: Database) -> None:
    """Doses given and notes written; `withdrawn` marks what was entered in error."""
    db.execute(
        """
        CREATE TABLE analgesia (
            analgesia_id TEXT PRIMARY KEY,
            patient_id TEXT NOT NULL REFERENCES patients (patient_id),
            given_at TEXT NOT NULL,
            drug TEXT NOT NULL,
            dose REAL NOT NULL CHECK (dose > 0),
            unit TEXT NOT NULL,
            route TEXT NOT NULL,
            remark TEXT NOT NULL DEFAULT '',
            entered_at TEXT NOT NULL,
            entered_by TEXT NOT NULL,
            withdrawn INTEGER NOT NULL DEFAULT 0 CHECK (withdrawn IN (0, 1))
        ) STRICT
        """
    )
    db.execute("CREATE INDEX analgesia_by_patient ON analgesia (patient_id, given_at)")
    db.execute(
        """
        CREATE TABLE notes (
            note_id TEXT PRIMARY KEY,
            patient_id TEXT NOT NULL REFERENCES patients (patient_id),
            written_at TEXT NOT NULL,
            text TEXT NOT NULL,
            entered_at TEXT NOT NULL,
            entered_by TEXT NOT NULL,
            withdrawn INTEGER NOT NULL DEFAULT 0 CHECK (withdrawn IN (0, 1))
        ) STRICT
        """
    )
    db.execute("CREATE INDEX notes_by_patient ON notes (patient_id, written_at)")
    for table in ("analgesia", "notes"):
        _refuse_deleting(db, table)


@migrations()
def m303_consents_and_eligibility(db: Database) -> None:
    """Each decision and each answer is a row of its own; the latest one holds."""
    db.execute(
        """
        CREATE TABLE consents (
            consent_id TEXT PRIMARY KEY,
            patient_id TEXT NOT NULL REFERENCES patients (patient_id),
            purpose TEXT NOT NULL,
            decision TEXT NOT NULL,
            given_by TEXT NOT NULL,
            decided_on TEXT NOT NULL,
            taken_by TEXT NOT NULL,
            entered_at TEXT NOT NULL,
            entered_by TEXT NOT NULL
        ) STRICT
        """
    )
    db.execute("CREATE INDEX consents_by_patient ON consents (patient_id, purpose, decided_on)")
    db.execute(
        """
        CREATE TABLE eligibility_answers (
            answer_id TEXT PRIMARY KEY,
            patient_id TEXT NOT NULL REFERENCES patients (patient_id),
            question TEXT NOT NULL,
            answer TEXT NOT NULL,
            entered_at TEXT NOT NULL,
            entered_by TEXT NOT NULL
        ) STRICT
        """
    )
    db.execute("CREATE INDEX eligibility_by_patient ON eligibility_answers (patient_id, question, entered_at)")
    for table in ("consents", "eligibility_answers"):
        _refuse_deleting(db, table, updating=True)


@migrations()
def m304_corrections(db: Database) -> None:
    """What a field held before it was corrected, what it holds since, who did it, when and why."""
    db.execute(
        """
        CREATE TABLE corrections (
            correction_id TEXT PRIMARY KEY,
            patient_id TEXT NOT NULL REFERENCES patients (patient_id),
            table_name TEXT NOT NULL,
            row_id TEXT NOT NULL,
            field TEXT NOT NULL,
            old_value TEXT,
            new_value TEXT,
            reason TEXT NOT NULL,
            corrected_at TEXT NOT NULL,
            corrected_by TEXT NOT NULL
        ) STRICT
        """
    )
    db.execute("CREATE INDEX corrections_by_patient ON corrections (patient_id, corrected_at)")
    _refuse_deleting(db, "corrections", updating=True)


@migrations()
def m305_reviews(db: Database) -> None:
    """A clinician's confirmation or override of a model's result; the latest stands in the assessment's row too."""
    db.execute(
        """
        CREATE TABLE reviews (
            review_id TEXT PRIMARY KEY,
            patient_id TEXT NOT NULL REFERENCES patients (patient_id),
            assessment_id TEXT NOT NULL REFERENCES assessments (assessment_id),
            decision TEXT NOT NULL,
            grade INTEGER CHECK (grade BETWEEN 0 AND 4),
            reason TEXT NOT NULL,
            reviewed_at TEXT NOT NULL,
            reviewer TEXT NOT NULL
        ) STRICT
        """
    )
    db.execute("CREATE INDEX reviews_by_assessment ON reviews (assessment_id, reviewed_at)")
    db.execute("CREATE INDEX reviews_by_patient ON reviews (patient_id)")
    _refuse_deleting(db, "reviews", updating=True)
    db.execute("ALTER TABLE assessments ADD COLUMN reviewed_grade INTEGER CHECK (reviewed_grade BETWEEN 0 AND 4)")
    db.execute("ALTER TABLE assessments ADD COLUMN reviewed_by TEXT")
    db.execute("ALTER TABLE assessments ADD COLUMN reviewed_at TEXT")


@migrations()
def m306_measures(db: Database) -> None:
    """What the team lead's page watches of each recording; those saved before have none and are left out there."""
    for column in ("brightness", "dim_share", "sureness", "mean_pspi"):
        db.execute(f"ALTER TABLE assessments ADD COLUMN {column} REAL")


@migrations()
def m307_what_lists_need(db: Database) -> None:
    """Indexes for the ward board and the team lead's page: who waits for confirmation, what came in a week."""
    db.execute("CREATE INDEX assessments_to_confirm ON assessments (patient_id) WHERE status = 'preliminary'")
    db.execute("CREATE INDEX patients_present ON patients (ward, team) WHERE left_at IS NULL")


@migrations()
def m308_lists_from_an_index(db: Database) -> None:
    """All that lists show of an assessment, in one index: the rows themselves are long (summary) and far apart."""
    db.execute("DROP INDEX assessments_by_patient")
    db.execute(
        "CREATE INDEX assessments_by_patient ON assessments (patient_id, recorded_at, saved_at, status, assessment_id, "
        "saved_by, recording, context, report_grade, peak_grade, main_problem, duration_s, coverage, interrupted, "
        "model_name, model_version, reviewed_grade, reviewed_by, reviewed_at)"
    )
