"""Bringing a data base to the schema of this version."""

from __future__ import annotations

from collections.abc import Callable

from sqlite_utils import Database

from peea.language import t
from peea.store.errors import NewerDatabaseError
from peea.store.schema import migrations


def migrate(db: Database, set_aside: Callable[[], None] | None = None) -> None:
    """Bring the schema up to date in one transaction; does nothing but read when it is.

    Args:
        db: the data base.
        set_aside: keeps a copy of a data base that has something to lose; called before its schema is changed.

    Raises:
        NewerDatabaseError: the data base has had a change that this version does not know.
    """
    known = {migration.name for migration in migrations.pending(Database(memory=True))}
    unknown = sorted({applied.name for applied in migrations.applied(db)} - known)
    if unknown:
        raise NewerDatabaseError(
            t(
                "The data base was written by a newer version of PEEA (it has {changes}). Update PEEA, or open the "
                "data base with the version that wrote it; nothing was changed.",
                changes=", ".join(unknown),
            )
        )
    if not migrations.pending(db):
        return
    # Two programs may start at once: whoever comes second waits here and then finds nothing pending.
    db.execute("BEGIN IMMEDIATE")
    try:
        # This connection may not be copied from inside its transaction; another one sees what was there before it.
        if set_aside is not None and migrations.applied(db) and migrations.pending(db):
            set_aside()
        migrations.apply(db)
        db.execute("COMMIT")
    except BaseException:
        if db.conn.in_transaction:
            db.execute("ROLLBACK")
        raise
