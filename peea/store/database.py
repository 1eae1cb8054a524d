"""Opening the data base: one place decides where it lies, how safe a write is and what SQLite's errors mean."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sqlite_utils import Database

from peea.language import later, t
from peea.store.errors import (
    DatabaseDamagedError,
    DatabaseLockedError,
    DatabaseUnavailableError,
    DiskFullError,
    StoreError,
)
from peea.store.migrations import migrate

DATA_VARIABLE: Final = "PEEA_DATA"
"""Environment variable that names the folder of the data base."""

DATABASE_FILE: Final = "peea.db"

BUSY_TIMEOUT_S: Final = 10.0
"""Seconds to wait for another writer. A save takes some 10 ms, so this is only reached when a program hangs; a nurse
would not wait longer without being told."""

_MEANING: Final[dict[int, tuple[type[StoreError], str]]] = {
    sqlite3.SQLITE_BUSY: (
        DatabaseLockedError,
        later("is in use by another program. Wait a moment and try again; nothing was lost."),
    ),
    sqlite3.SQLITE_LOCKED: (
        DatabaseLockedError,
        later("is in use by another program. Wait a moment and try again; nothing was lost."),
    ),
    sqlite3.SQLITE_FULL: (DiskFullError, later("was not changed: the disk is full. Make room and save again.")),
    sqlite3.SQLITE_CORRUPT: (
        DatabaseDamagedError,
        later("is damaged. Stop using it and restore the last backup."),
    ),
    sqlite3.SQLITE_NOTADB: (
        DatabaseDamagedError,
        later("is not a data base of PEEA, or it is damaged. Choose another file or restore the last backup."),
    ),
    sqlite3.SQLITE_READONLY: (
        DatabaseUnavailableError,
        later("cannot be written: it is read-only. Ask for permission to write to its folder."),
    ),
    sqlite3.SQLITE_PERM: (
        DatabaseUnavailableError,
        later("cannot be opened: permission is missing. Ask for permission to write to its folder."),
    ),
    sqlite3.SQLITE_CANTOPEN: (
        DatabaseUnavailableError,
        later("cannot be opened. Check that its folder exists and may be written to."),
    ),
    sqlite3.SQLITE_IOERR: (
        DatabaseUnavailableError,
        later(
            "was not changed: the disk could not be read or written. It may be full or failing; check it and try again."
        ),
    ),
}
"""What each of SQLite's primary result codes means to staff."""


def default_path() -> Path:
    """Return where the data base lies: `peea.db` in the folder of PEEA_DATA, or in `data` under the working folder."""
    return Path(os.environ.get(DATA_VARIABLE) or "data") / DATABASE_FILE


def open_database(path: Path | str, busy_timeout_s: float = BUSY_TIMEOUT_S) -> Database:
    """Open or make the data base at `path`, bring its schema up to date, and return it.

    Write-ahead logging lets pages read while an assessment is saved. `synchronous=FULL` costs one flush to disk a
    save (some milliseconds): with the faster NORMAL a power cut may take back the last saves that staff were told of.

    Raises:
        StoreError: one of its kinds says what is wrong and what to do.
    """
    path = Path(path)
    with named_errors(path):
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DatabaseUnavailableError(
                t(
                    "The folder {folder} of the data base cannot be made ({why}). Choose another one.",
                    folder=path.parent,
                    why=error.strerror,
                )
            ) from error
        new = not path.exists()
        connection = sqlite3.connect(path, timeout=busy_timeout_s)
        try:
            if new:
                # Patients' data: for the account that runs PEEA and nobody else. SQLite's side files follow suit.
                path.chmod(0o600)
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA synchronous = FULL")
            # The log of a data base that is only read could not be made on a read-only disk: say so on opening.
            connection.execute("PRAGMA journal_mode = WAL")
            database = Database(connection)
            migrate(database)
        except BaseException:
            connection.close()
            raise
    return database


@contextmanager
def writing(database: Database) -> Iterator[Database]:
    """Run a block in one write transaction: all of it is kept, or, on any error, nothing.

    The write lock is taken at the start (BEGIN IMMEDIATE): a transaction that first reads and then writes would
    otherwise fail at once, without waiting, when another one wrote in between.
    """
    database.conn.execute("BEGIN IMMEDIATE")
    try:
        yield database
        database.conn.execute("COMMIT")
    except BaseException:
        # SQLite ends the transaction by itself on some errors, such as a full disk.
        if database.conn.in_transaction:
            database.conn.execute("ROLLBACK")
        raise


@contextmanager
def named_errors(path: Path) -> Iterator[None]:
    """Turn SQLite's errors into the named errors of the store."""
    try:
        yield
    except sqlite3.IntegrityError:
        raise  # the caller asked the data base to check something and knows what it means
    except sqlite3.Error as error:
        primary_code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
        if primary_code not in _MEANING:
            raise
        kind, sentence = _MEANING[primary_code]
        raise kind(t("The data base {path} {what}", path=path, what=t(sentence))) from error
