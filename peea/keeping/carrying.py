"""What must outlive a restore: consents that were refused or taken back since the backup was made."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from peea.access import Permission
from peea.keeping.archive import Contents
from peea.store.audit import Action, write_audit
from peea.store.care import ConsentDecision, consent_of_row
from peea.store.database import ERRORS
from peea.store.kept_files import KeptFiles
from peea.store.open_store import OpenStore
from peea.store.rights import needs
from peea.store.site_key import site_key
from peea.store.withdrawal import apply_decision, remove_files

RESTORER: Final = "peea restore"


class Carrying(OpenStore):
    """A restored data base before it takes its place."""

    @needs(Permission.MANAGE_RETENTION)
    def carry(self, decisions: list[dict[str, Any]], contents: Contents) -> int:
        """Add decisions that the backup does not know, and remove what they cover; return how many."""
        names, carried = [], 0
        with self._writing() as db:
            for row in decisions:
                known = db.execute("SELECT 1 FROM consents WHERE consent_id = ?", [row["consent_id"]]).fetchone()
                patient = db.execute("SELECT 1 FROM patients WHERE patient_id = ?", [row["patient_id"]]).fetchone()
                if known or not patient:
                    continue
                marks = ", ".join(f":{column}" for column in row)
                db.execute(f"INSERT INTO consents ({', '.join(row)}) VALUES ({marks})", row)
                write_audit(db, self.actor, Action.SAVED, "consents", row["consent_id"], patient_id=row["patient_id"])
                names += apply_decision(db, self.actor, consent_of_row(dict(row)))
                carried += 1
            write_audit(
                db, self.actor, Action.RESTORED, "data base", contents.made_at, rows=sum(contents.rows.values())
            )
        remove_files(KeptFiles(self.path, site_key(self.path.parent)), names)
        return carried


def carry_decisions(present: Any | None, fresh: Path, contents: Contents) -> int:
    """Carry decisions against a purpose from the present data base over into a restored one; return how many.

    Args:
        present: connection to the present data base, or None if it cannot be opened.
        fresh: the restored data base, in a folder with its kept files.
        contents: of the backup.
    """
    decisions: list[dict[str, Any]] = []
    if present is not None:
        try:
            found = present.execute(
                "SELECT * FROM consents WHERE decision <> ? ORDER BY rowid", [ConsentDecision.GIVEN.value]
            )
            columns = [column[0] for column in found.description]
            decisions = [dict(zip(columns, row, strict=True)) for row in found.fetchall()]
        except ERRORS:
            decisions = []  # damaged just there; the state is set aside, and staff are told to look at it
    with Carrying(fresh, actor=RESTORER) as store:
        return store.carry(decisions, contents)
