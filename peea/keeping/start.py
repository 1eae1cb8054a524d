"""What is checked when the app starts: the key, the data base, the clock; and what is offered if it is damaged."""

from __future__ import annotations

import logging
import shlex
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from peea.clock import on_ward, time_text
from peea.keeping.backup import backups_in, last_good_backup
from peea.keeping.retention import refuse_clock_behind
from peea.language import t
from peea.store.database import default_path, named_errors, open_database
from peea.store.errors import DatabaseDamagedError
from peea.store.site_key import KEY_FILE_VARIABLE, KeyMissingError, site_key

_log = logging.getLogger(__name__)

PROBLEMS_SHOWN: Final = 1


def check_start(path: Path | str | None = None, *, sign_in: bool) -> None:
    """Check that the app may start on a data base; bring it up to date.

    Args:
        path: of the data base.
        sign_in: people sign in, so that patients are no fictional ones.

    Raises:
        KeyMissingError: people sign in, and no key was given.
        SiteKeyError: the key cannot be used, or is not that of the data base.
        DatabaseDamagedError: a page or a reference of the data base is damaged.
        StoreError: it cannot be opened for another reason.
    """
    where = Path(path) if path is not None else default_path()
    if sign_in and site_key(where.parent) is None:
        raise KeyMissingError(
            t(
                "PEEA does not start: with sign-in, patients are real, and their data must be encrypted. Make a key "
                "with peea key new FILE, and name the file in {variable} (docs/keeping.md).",
                variable=KEY_FILE_VARIABLE,
            )
        )
    database = open_database(where)
    try:
        with named_errors(where):
            found = database.execute(f"PRAGMA quick_check({PROBLEMS_SHOWN})").fetchone()
            if found != ("ok",):
                _log.error("the data base is damaged: %s", found[0])
                raise DatabaseDamagedError(
                    t("The data base {path} is damaged. Stop using it and restore the last backup.", path=where)
                )
    finally:
        database.conn.close()


def check_clock(path: Path | str | None = None, now: datetime | None = None) -> None:
    """Check that the clock is not behind what was entered already.

    Raises:
        ClockBehindError: it is.
    """
    where = Path(path) if path is not None else default_path()
    database = open_database(where)
    try:
        with named_errors(where):
            refuse_clock_behind(database, now or datetime.now(UTC))
    finally:
        database.conn.close()


def offer_of_backup(folder: str, path: Path | str | None = None) -> str:
    """Return the sentence that offers the last good backup when the data base is damaged, with the command to type.

    Args:
        folder: of backups, as the settings have it; may be empty.
        path: of the data base.
    """
    where = Path(path) if path is not None else default_path()
    if not folder:
        return t("Whoever looks after PEEA stops it and types on its server: peea restore FILE")
    found = last_good_backup(Path(folder), where.parent)
    if found is None and backups_in(Path(folder)):
        return t("No backup in {folder} can be read; look for one elsewhere.", folder=folder)
    if found is None:
        return t("There is no backup in {folder}; look for one elsewhere.", folder=folder)
    file, moment = found
    return t(
        "The last good backup was made on {time}. Whoever looks after PEEA stops it and types on its server: {command}",
        time=time_text(on_ward(moment)),
        command=f"peea restore {shlex.quote(str(file))}",
    )
