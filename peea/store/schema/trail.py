"""The audit trail as a chain of hashes that only grows; see `peea.store.audit`."""

from __future__ import annotations

import json

from sqlite_utils import Database

from peea.store.audit import CHAINED, NO_HASH, hash_of
from peea.store.codes import code_of
from peea.store.schema.registry import migrations


@migrations()
def m701_chain_of_audit_rows(db: Database) -> None:
    """Rows name the patient and carry the chain's hash; those written before are chained in their order.

    The data base refuses to change or remove a row, or to add one elsewhere than at the end (INSERT OR REPLACE removes
    without asking the triggers of DELETE), and counts what is added.
    """
    for change in ("update", "delete"):
        db.execute(f"DROP TRIGGER audit_refuses_{change}")
    db.execute("ALTER TABLE audit ADD COLUMN patient_id TEXT")
    db.execute("ALTER TABLE audit ADD COLUMN hash TEXT NOT NULL DEFAULT ''")
    before, number, last = NO_HASH, 0, 0
    for row in list(db.query("SELECT * FROM audit ORDER BY audit_id")):
        detail = json.loads(row["detail"])
        row["patient_id"] = detail.pop("patient_id", row["row_id"] if row["table_name"] == "patients" else None)
        row["detail"] = json.dumps(detail, ensure_ascii=False, sort_keys=True)
        before, number, last = hash_of(before, {name: row[name] for name in CHAINED}), number + 1, row["audit_id"]
        db.execute(
            "UPDATE audit SET patient_id = ?, detail = ?, hash = ? WHERE audit_id = ?",
            [row["patient_id"], row["detail"], before, row["audit_id"]],
        )
    db.execute(
        """
        CREATE TABLE audit_head (
            only INTEGER PRIMARY KEY CHECK (only = 1),
            number INTEGER NOT NULL,
            last_id INTEGER NOT NULL,
            hash TEXT NOT NULL
        ) STRICT
        """
    )
    db.execute("INSERT INTO audit_head (only, number, last_id, hash) VALUES (1, ?, ?, ?)", [number, last, before])
    refuse = "BEGIN SELECT RAISE(ABORT, 'audit rows are never changed'); END"
    for change in ("update", "delete"):
        db.execute(f"CREATE TRIGGER audit_refuses_{change} BEFORE {change.upper()} ON audit {refuse}")
    db.execute(
        "CREATE TRIGGER audit_grows_at_its_end BEFORE INSERT ON audit "
        "WHEN NEW.audit_id <> (SELECT last_id FROM audit_head) + 1 OR length(NEW.hash) <> 64 "
        "BEGIN SELECT RAISE(ABORT, 'audit rows are added at the end of their chain only'); END"
    )
    db.execute(
        "CREATE TRIGGER audit_head_follows AFTER INSERT ON audit BEGIN "
        "UPDATE audit_head SET number = number + 1, last_id = NEW.audit_id, hash = NEW.hash; END"
    )
    db.execute(f"CREATE TRIGGER audit_head_refuses_delete BEFORE DELETE ON audit_head {refuse}")
    db.execute(f"CREATE TRIGGER audit_head_refuses_insert BEFORE INSERT ON audit_head {refuse}")
    db.execute(
        "CREATE TRIGGER audit_head_refuses_update BEFORE UPDATE ON audit_head "
        "WHEN NEW.number <> OLD.number + 1 OR NEW.last_id <> (SELECT max(audit_id) FROM audit) "
        f"OR NEW.hash <> (SELECT hash FROM audit WHERE audit_id = NEW.last_id) {refuse}"
    )
    db.execute("CREATE INDEX audit_by_patient ON audit (patient_id, audit_id) WHERE patient_id IS NOT NULL")
    db.execute("CREATE INDEX audit_by_actor ON audit (actor, audit_id)")
    db.execute("CREATE INDEX audit_by_action ON audit (action, audit_id)")
    db.execute("CREATE INDEX audit_by_time ON audit (at)")


@migrations()
def m702_study_codes(db: Database) -> None:
    """What is rated knows its patient by a random study code only; one table links codes to patients.

    `rating_items.patient_id` stays empty from here on, and so does the name of the file of a patient's recording, which
    may say who it is: both lie behind the permission to link codes, in `study_codes` and `rated_recordings`.
    """
    db.execute(
        """
        CREATE TABLE study_codes (
            code TEXT PRIMARY KEY,
            patient_id TEXT NOT NULL UNIQUE REFERENCES patients (patient_id),
            made_at TEXT NOT NULL,
            made_by TEXT NOT NULL
        ) STRICT
        """
    )
    db.execute("ALTER TABLE rating_items ADD COLUMN study_code TEXT REFERENCES study_codes (code)")
    db.execute("CREATE INDEX rating_items_by_code ON rating_items (study_code) WHERE study_code IS NOT NULL")
    db.execute(
        """
        CREATE TABLE rated_recordings (
            item_id TEXT PRIMARY KEY REFERENCES rating_items (item_id),
            recording TEXT NOT NULL
        ) STRICT
        """
    )
    linked = list(
        db.query(
            "SELECT item_id, set_id, patient_id, recording FROM rating_items WHERE patient_id IS NOT NULL "
            "ORDER BY set_id, place"
        )
    )
    named: dict[tuple[str, str, str], str] = {}
    for row in linked:
        code = code_of(db, row["patient_id"], "migration")
        of_patient = [key for key in named if key[:2] == (row["set_id"], code)]
        name = named.setdefault((row["set_id"], code, row["recording"]), f"{code} {len(of_patient) + 1}")
        db.execute(
            "INSERT INTO rated_recordings (item_id, recording) VALUES (?, ?)", [row["item_id"], row["recording"]]
        )
        db.execute(
            "UPDATE rating_items SET patient_id = NULL, patient_code = :code, study_code = :code, recording = :name "
            "WHERE item_id = :item",
            {"code": code, "name": name, "item": row["item_id"]},
        )
    for change in ("INSERT", "UPDATE"):
        db.execute(
            f"CREATE TRIGGER rating_items_name_nobody_on_{change.lower()} BEFORE {change} ON rating_items "
            "WHEN NEW.patient_id IS NOT NULL "
            "BEGIN SELECT RAISE(ABORT, 'what is rated knows its patient by the study code only'); END"
        )
