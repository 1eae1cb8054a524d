"""Encrypting a data base that was plain, and changing the site's key, with all kept files.

Everything is encrypted anew, beside what is there: the kept files in a folder of the new key, the data base in a file
of its own, which then takes the place of the old one by one rename. Until that moment the old key opens everything,
from it on the new one does; what is left of the other side is removed by the next run or start.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlite_utils import Database

from peea.store.audit import Action, write_audit
from peea.store.copies import counts, make_durable, put_in_place, remove_database
from peea.store.database import connect, named_errors, writing
from peea.store.exclusive import alone, copy_encrypted
from peea.store.kept_files import KeptFiles, remove_other_keys
from peea.store.site_key import SiteKey

FRESH: Final = ".rekeying"
"""Added to the name of the data base while its new form is being written."""


@dataclass(frozen=True)
class Rekeyed:
    """What was encrypted: kept files, rows; and the ids of the key before ("" for plain) and since."""

    files: int
    rows: int
    before: str
    since: str


def rekey(path: Path, old: SiteKey | None, new: SiteKey, actor: str) -> Rekeyed:
    """Encrypt a data base and its kept files with a new key; all of it or nothing, however it is interrupted.

    Args:
        path: of the data base; no other program may have it open.
        old: key until now, None for a plain data base.
        new: key from now on.
        actor: who does this, for the audit trail.

    Raises:
        StoreError: the data base is in use, cannot be opened with the old key, or there is no room.
    """
    fresh = path.with_name(path.name + FRESH)
    with alone(path, old) as connection:
        before, since = KeptFiles(path, old), KeptFiles(path, new)
        names = sorted(before.names())
        for name in names:
            since.take_over(name, before)
        copy_encrypted(connection, fresh, new)
        rows = sum(counts(connection).values())
        _note(fresh, old, new, actor)
        put_in_place(fresh, path)
        remove_database(fresh)
        remove_other_keys(path, new)
    return Rekeyed(len(names), rows, "" if old is None else old.key_id, new.key_id)


def _note(fresh: Path, old: SiteKey | None, new: SiteKey, actor: str) -> None:
    """Write into the audit trail of the new file that the key was changed: it is true from the rename on."""
    with named_errors(fresh):
        db = Database(connect(fresh, new))
        try:
            with writing(db):
                before = "" if old is None else old.key_id
                write_audit(db, actor, Action.KEY_CHANGED, "data base", new.key_id, before=before)
        finally:
            db.conn.close()
    make_durable(fresh)
