"""Being alone with a data base, and putting another file in its place: for a change of key and for restoring a backup.

The new file is made complete and checked beside the old one, and a single rename decides: whoever is interrupted before
it has the old state, after it the new one, and never a mixture. Other programs find the data base locked meanwhile, and
those that had it open notice that it was replaced (`peea.store.database.OpenDatabase.replaced`).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sqlcipher3 import dbapi2 as sqlcipher

from peea.language import t
from peea.store.copies import counts, is_whole, make_durable, remove_database
from peea.store.database import cipher_key, connect, named_errors
from peea.store.errors import DatabaseDamagedError
from peea.store.site_key import SiteKey

WAIT_S: Final = 5.0
"""Seconds to wait for other programs to close the data base: a page holds it open for less than one."""


@contextmanager
def alone(path: Path, key: SiteKey | None, wait_s: float = WAIT_S) -> Iterator[Any]:
    """Keep every other program out of a data base while the block runs; gives a connection of SQLCipher's SQLite.

    All that was written lies in the file itself afterwards, with no log beside it, so that the file may be replaced.

    Raises:
        DatabaseLockedError: another program has it open.
        StoreError: it cannot be opened with this key, or is damaged.
    """
    with named_errors(path):
        if key is None:
            connect(path, None).close()  # says so if it is encrypted
            connection = sqlcipher.connect(path, timeout=wait_s)
        else:
            connection = connect(path, key, wait_s)
        try:
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            connection.execute("PRAGMA journal_mode = DELETE").fetchone()
            connection.execute("BEGIN EXCLUSIVE")
            connection.execute("COMMIT")  # in this mode the lock stays until the connection is closed
            yield connection
        finally:
            connection.close()


def copy_encrypted(connection: Any, target: Path, key: SiteKey) -> None:
    """Write the whole content of an open data base into a new file that is encrypted with `key`, and check it.

    Raises:
        StoreError: there is no room, or the copy is not like the original.
    """
    remove_database(target)
    target.touch(mode=0o600)
    with named_errors(target):
        connection.execute("ATTACH DATABASE ? AS fresh KEY ?", [str(target), cipher_key(key)])
        try:
            # A new file that counts for nothing until it was checked and written to the disk as a whole.
            connection.execute("PRAGMA fresh.journal_mode = MEMORY").fetchone()
            connection.execute("PRAGMA fresh.synchronous = OFF")
            connection.execute("SELECT sqlcipher_export('fresh')").fetchone()
            before, after = counts(connection, "main"), counts(connection, "fresh")
        finally:
            connection.execute("DETACH DATABASE fresh")
    if before != after or not is_whole(target, key):
        raise DatabaseDamagedError(
            t("The copy {path} is not like the original; the disk may be failing. Nothing was changed.", path=target)
        )
    make_durable(target)
