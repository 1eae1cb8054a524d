"""Copies of a data base: made while others write, checked page by page and row by row; what is set aside."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from peea.language import t
from peea.store.database import ERRORS, connect, named_errors
from peea.store.errors import DatabaseDamagedError, DatabaseUnavailableError
from peea.store.site_key import SiteKey

SET_ASIDE: Final = "set_aside"
"""Folder beside the data base with what was there before a migration or a restore."""

BEFORE_UPDATE: Final = "before-update"
BEFORE_RESTORE: Final = "before-restore"

SIDE_FILES: Final = ("-wal", "-shm", "-journal")
"""What SQLite adds to the name of a data base for the files beside it."""


def copy_database(path: Path, key: SiteKey | None, target: Path) -> dict[str, int]:
    """Copy a data base as it is at one moment, while others write; check the copy; return the rows of each table.

    The copy is encrypted with the same key, plain without one.

    Raises:
        StoreError: the data base cannot be read, there is no room, or the copy is not like it.
    """
    remove_database(target)
    target.touch(mode=0o600)
    with named_errors(path):
        source = connect(path, key)
        try:
            source.execute("BEGIN")
            rows = counts(source)  # the first look: from here on this connection sees this moment only
            with named_errors(target):
                copy = connect(target, key)
                try:
                    source.backup(copy)
                    copy.execute("PRAGMA journal_mode = DELETE").fetchone()
                finally:
                    copy.close()
        finally:
            source.close()
    copied = connect(target, key)
    try:
        same = counts(copied) == rows
    finally:
        copied.close()
    if not (same and is_whole(target, key)):
        raise DatabaseDamagedError(
            t("The copy {path} is not like the original; the disk may be failing. Nothing was changed.", path=target)
        )
    make_durable(target)
    return rows


def new_folder_aside(path: Path, why: str) -> Path:
    """Make a folder for what is set aside from beside a data base, named after the time.

    Raises:
        DatabaseUnavailableError: it cannot be made.
    """
    stamp = datetime.now(UTC).strftime("%Y-%m-%dT%H%M%SZ")
    number = 1
    try:
        (path.parent / SET_ASIDE).mkdir(mode=0o700, exist_ok=True)
        while True:
            folder = path.parent / SET_ASIDE / (f"{stamp}-{why}" if number == 1 else f"{stamp}-{why}-{number}")
            try:
                folder.mkdir(mode=0o700)
                return folder
            except FileExistsError:
                number += 1
    except OSError as error:
        raise DatabaseUnavailableError(
            t("The folder {folder} cannot be made ({why}).", folder=path.parent / SET_ASIDE, why=error.strerror)
        ) from error


def set_aside_before_update(path: Path, key: SiteKey | None) -> Path:
    """Keep a checked copy of a data base before its schema changes; return where.

    Raises:
        StoreError: it cannot be made; the schema is not to be changed then.
    """
    folder = new_folder_aside(path, BEFORE_UPDATE)
    try:
        copy_database(path, key, folder / path.name)
    except BaseException:
        remove_database(folder / path.name)
        folder.rmdir()
        raise
    return folder


def counts(connection: Any, schema: str = "main") -> dict[str, int]:
    """Return the number of rows of each table."""
    tables = connection.execute(
        f"SELECT name FROM {schema}.sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
    ).fetchall()
    return {name: connection.execute(f'SELECT count(*) FROM {schema}."{name}"').fetchone()[0] for (name,) in tables}


def is_whole(path: Path, key: SiteKey | None) -> bool:
    """Return whether a closed data base file is whole: every page as it was written, every reference leading somewhere.

    Raises:
        SiteKeyError: it is encrypted with another key.
    """
    connection = connect(path, key)
    try:
        if key is not None and connection.execute("PRAGMA cipher_integrity_check").fetchall():
            return False
        whole: bool = connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return whole and not connection.execute("PRAGMA foreign_key_check").fetchall()
    except ERRORS:
        return False
    finally:
        connection.close()


def put_in_place(fresh: Path, path: Path) -> None:
    """Replace a data base file by another one in a single step that outlives a power cut."""
    os.replace(fresh, path)
    make_durable(path.parent)


def remove_database(path: Path) -> None:
    """Remove a data base file with what SQLite left beside it."""
    for side in ("", *SIDE_FILES):
        path.with_name(path.name + side).unlink(missing_ok=True)


def make_durable(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
