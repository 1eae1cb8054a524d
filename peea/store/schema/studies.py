"""Studies of agreement: each a document that is never changed once it is frozen."""

from __future__ import annotations

from sqlite_utils import Database

from peea.store.schema.registry import migrations


@migrations()
def m201_studies(db: Database) -> None:
    """Studies; `content` is the JSON of `peea.studies.study_form`, `sha256` its hash."""
    db.execute(
        """
        CREATE TABLE studies (
            study_id TEXT PRIMARY KEY,
            name TEXT NOT NULL UNIQUE COLLATE NOCASE,
            content TEXT NOT NULL,
            sha256 TEXT NOT NULL,
            made_at TEXT NOT NULL,
            made_by TEXT NOT NULL,
            frozen_at TEXT,
            frozen_by TEXT,
            CHECK ((frozen_at IS NULL) = (frozen_by IS NULL))
        ) STRICT
        """
    )
    for change in ("UPDATE", "DELETE"):
        db.execute(
            f"CREATE TRIGGER studies_frozen_refuse_{change.lower()} BEFORE {change} ON studies "
            "WHEN OLD.frozen_at IS NOT NULL BEGIN SELECT RAISE(ABORT, 'a frozen study is never changed'); END"
        )
