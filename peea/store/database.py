"""Opening the data base: one place decides where it lies, how safe a write is and what SQLite's errors mean."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sqlcipher3 import dbapi2 as sqlcipher
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
from peea.store.site_key import KEY_FILE_VARIABLE, KeyMissingError, SiteKey, SiteKeyError, WrongKeyError, site_key

DATA_VARIABLE: Final = "PEEA_DATA"
"""Environment variable that names the folder of the data base."""

DATABASE_FILE: Final = "peea.db"

BUSY_TIMEOUT_S: Final = 10.0
"""Seconds to wait for another writer. A save takes some 10 ms, so this is only reached when a program hangs; a nurse
would not wait longer without being told."""

PLAIN_HEADER: Final = b"SQLite format 3\x00"
SEALED_HEADER: Final = b"PEEA-KEY"
"""An encrypted data base begins with this and the id of its key, in the place of SQLCipher's random salt: so that
a wrong key is told from a damaged file. The key is random and of one site only; pages have random vectors anyway."""

ERRORS: Final = (sqlite3.Error, sqlcipher.Error)
INTEGRITY_ERRORS: Final = (sqlite3.IntegrityError, sqlcipher.IntegrityError)
"""What a constraint of the schema raises, in a plain data base and in an encrypted one."""


class PlainDatabaseError(SiteKeyError):
    """A key was given and the data base is not encrypted."""


class DatabaseReplacedError(StoreError):
    """The file was replaced (another key, a restored backup) while it was open; nothing was written."""


class OpenDatabase(Database):
    """An open data base that knows which file it opened: writing into one that was replaced would be lost."""

    file: Path
    identity: tuple[int, int] | None = None

    @property
    def replaced(self) -> bool:
        """True if another file lies in the place of the one that is open."""
        return self.identity is not None and _identity(self.file) != self.identity


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

_BY_WORDS: Final = {
    "disk I/O error": sqlite3.SQLITE_IOERR,
    "database or disk is full": sqlite3.SQLITE_FULL,
    "database disk image is malformed": sqlite3.SQLITE_CORRUPT,
    "file is not a database": sqlite3.SQLITE_NOTADB,
    "attempt to write a readonly database": sqlite3.SQLITE_READONLY,
    "unable to open database file": sqlite3.SQLITE_CANTOPEN,
    "database is locked": sqlite3.SQLITE_BUSY,
}
"""SQLite's own words for these codes (sqlite3_errstr)."""


def default_path() -> Path:
    """Return where the data base lies: `peea.db` in the folder of PEEA_DATA, or in `data` under the working folder."""
    return Path(os.environ.get(DATA_VARIABLE) or "data") / DATABASE_FILE


def open_database(path: Path | str, busy_timeout_s: float = BUSY_TIMEOUT_S) -> OpenDatabase:
    """Open or make the data base at `path`, bring its schema up to date, and return it.

    With a key of the site (`peea.store.site_key`) it is encrypted, page by page, with SQLCipher (AES-256, each page
    authenticated); without one it is plain SQLite.

    Write-ahead logging lets pages read while an assessment is saved. `synchronous=FULL` costs one flush to disk a
    save (some milliseconds): with the faster NORMAL a power cut may take back the last saves that staff were told of.

    Raises:
        StoreError: one of its kinds says what is wrong and what to do.
    """
    path = Path(path)
    with named_errors(path):
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise DatabaseUnavailableError(
                t(
                    "The folder {folder} of the data base cannot be made ({why}). Choose another one.",
                    folder=path.parent,
                    why=error.strerror,
                )
            ) from error
        before = _identity(path)
        key = site_key(path.parent)
        connection = connect(path, key, busy_timeout_s)
        try:
            if before is None:
                # Patients' data: for the account that runs PEEA and nobody else. SQLite's side files follow suit.
                path.chmod(0o600)
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA synchronous = FULL")
            # The log of a data base that is only read could not be made on a read-only disk: say so on opening.
            connection.execute("PRAGMA journal_mode = WAL")
            database = OpenDatabase(connection)
            database.file, database.identity = path, before or _identity(path)
            if database.replaced:  # while this opening waited for it
                raise DatabaseReplacedError(_replaced(path))
            migrate(database, lambda: _set_aside(path, key))
        except BaseException:
            connection.close()
            raise
    return database


def connect(path: Path, key: SiteKey | None, busy_timeout_s: float = BUSY_TIMEOUT_S) -> Any:
    """Return a connection to a data base file, encrypted if there is a key; nothing is read or written yet.

    Raises:
        SiteKeyError: the file does not fit the key: encrypted and no key, with another key, or not encrypted.
    """
    _refuse_other_key(path, key)
    if key is None:
        return sqlite3.connect(path, timeout=busy_timeout_s)
    connection = sqlcipher.connect(path, timeout=busy_timeout_s)
    # What a wrong or damaged page means is said by `named_errors`, not on the console.
    connection.execute("PRAGMA cipher_log_level = NONE")
    connection.execute(f'PRAGMA key = "{cipher_key(key)}"')
    return connection


def cipher_key(key: SiteKey) -> str:
    """Return key and salt as SQLCipher takes them: a raw key needs no stretching, so that opening stays fast."""
    salt = SEALED_HEADER + bytes.fromhex(key.key_id)
    return f"x'{key.derived('data base').hex()}{salt.hex()}'"


def key_id_of(path: Path) -> str | None:
    """Return the id of the key with which a data base file is encrypted; "" if it is plain, None if nobody can tell.

    Nobody can tell of a file that is not there, empty, or no data base of PEEA.
    """
    try:
        with path.open("rb") as file:
            header = file.read(len(PLAIN_HEADER))
    except OSError:
        return None
    if header == PLAIN_HEADER:
        return ""
    return header[len(SEALED_HEADER) :].hex() if header.startswith(SEALED_HEADER) else None


def _set_aside(path: Path, key: SiteKey | None) -> None:
    from peea.store.copies import set_aside_before_update  # which opens data bases with what is defined here

    set_aside_before_update(path, key)


def _refuse_other_key(path: Path, key: SiteKey | None) -> None:
    found = key_id_of(path)
    if found is None or found == (key.key_id if key is not None else ""):
        return
    if key is None:
        raise KeyMissingError(
            t(
                "The data base {path} is encrypted (key {found}) and no key was given. Name the file of the key in "
                "{variable}; nothing was changed.",
                path=path,
                found=found,
                variable=KEY_FILE_VARIABLE,
            )
        )
    if not found:
        raise PlainDatabaseError(
            t(
                "The data base {path} is not encrypted although a key was given. Encrypt it with: peea key encrypt",
                path=path,
            )
        )
    raise WrongKeyError(
        t(
            "The data base {path} is encrypted with the key {found}; the key that was given is {given}. Give the right "
            "key; nothing was changed.",
            path=path,
            found=found,
            given=key.key_id,
        )
    )


def _replaced(path: Path) -> str:
    return t(
        "The data base {path} was replaced meanwhile (another key, or a restored backup). Load the page again and "
        "repeat the last step; it was not saved.",
        path=path,
    )


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


@contextmanager
def writing(database: Database) -> Iterator[Database]:
    """Run a block in one write transaction: all of it is kept, or, on any error, nothing.

    The write lock is taken at the start (BEGIN IMMEDIATE): a transaction that first reads and then writes would
    otherwise fail at once, without waiting, when another one wrote in between.
    """
    database.conn.execute("BEGIN IMMEDIATE")
    try:
        if isinstance(database, OpenDatabase) and database.replaced:
            raise DatabaseReplacedError(_replaced(database.file))
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
    except INTEGRITY_ERRORS:
        raise  # the caller asked the data base to check something and knows what it means
    except ERRORS as error:
        primary_code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
        if primary_code == sqlite3.SQLITE_ERROR:  # copies of SQLCipher tell what failed in words only
            primary_code = _BY_WORDS.get(str(error), primary_code)
        if primary_code not in _MEANING:
            raise
        kind, sentence = _MEANING[primary_code]
        raise kind(t("The data base {path} {what}", path=path, what=t(sentence))) from error
