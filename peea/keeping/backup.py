"""Backups: made while PEEA runs, checked before they count, the newest few kept."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from peea import __version__
from peea.keeping.archive import DATABASE, KEPT, BackupBrokenError, Contents, read_archive, sha256_of, write_archive
from peea.language import t
from peea.store.copies import copy_database, is_whole, make_durable
from peea.store.database import connect, default_path
from peea.store.errors import DatabaseUnavailableError, DiskFullError, StoreError
from peea.store.kept_files import KeptFiles
from peea.store.site_key import SiteKey, site_key

PREFIX: Final = "peea-"
SUFFIX: Final = ".backup"
STAMP: Final = "%Y-%m-%dT%H%M%SZ"
UNFINISHED: Final = ".unfinished-backup-"
"""Begins the name of the folder in which a backup is made; what a killed program left is removed by the next one."""


@dataclass(frozen=True)
class Backup:
    """A backup that was made and checked: the file, what it holds, and the older ones that were removed after it."""

    file: Path
    contents: Contents
    removed: tuple[Path, ...]

    @property
    def rows(self) -> int:
        """Rows of all tables together."""
        return sum(self.contents.rows.values())


def make_backup(folder: Path, path: Path | None = None, keep: int = 14) -> Backup:
    """Back up a data base with its kept files while others write; check it; then remove all but the newest `keep`.

    Args:
        folder: where to, made if it is not there; outside of the data folder.
        path: of the data base.
        keep: backups to leave there, the new one among them.

    Raises:
        StoreError: there is no data base, no room, or the backup is not like the original; no older one is removed.
    """
    where = path if path is not None else default_path()
    if not where.is_file():
        raise DatabaseUnavailableError(t("There is no data base {path} to back up.", path=where))
    if folder.resolve().is_relative_to(where.parent.resolve()):
        raise DatabaseUnavailableError(
            t(
                "The backup folder {folder} lies in the data folder: what destroys the one destroys the other. Choose "
                "a folder on another disk.",
                folder=folder,
            )
        )
    key = site_key(where.parent)
    with told(folder):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for left in folder.glob(f"{UNFINISHED}*"):
            shutil.rmtree(left)
        workshop = Path(tempfile.mkdtemp(prefix=UNFINISHED, dir=folder))
        try:
            contents, made = _made(workshop, where, key)
            file = _free_name(folder, contents.moment)
            os.replace(made, file)
            make_durable(folder)
        finally:
            shutil.rmtree(workshop)
        removed = tuple(each for each in backups_in(folder)[keep:] if each != file)
        for each in removed:
            each.unlink()
    return Backup(file, contents, removed)


def backups_in(folder: Path) -> list[Path]:
    """Return the backups in a folder, the newest first."""
    return sorted(folder.glob(f"{PREFIX}*{SUFFIX}"), reverse=True) if folder.is_dir() else []


def newest_backup(folder: Path) -> datetime | None:
    """Return when the newest backup of a folder was made (UTC), by its name; None if there is none.

    A file has this name only once it was checked; whether it can still be read, `last_good_backup` says.
    """
    for file in backups_in(folder):
        stamp = file.name.removeprefix(PREFIX).removesuffix(SUFFIX)[: len("2026-01-01T000000Z")]
        try:
            return datetime.strptime(stamp, STAMP).replace(tzinfo=UTC)
        except ValueError:
            continue  # somebody else's file
    return None


def check_backup(file: Path, key: SiteKey | None, workshop: Path) -> Contents:
    """Unpack a backup into an empty folder and check all of it: seal, hashes, pages and rows of the data base.

    Raises:
        BackupBrokenError: it is not as it was written.
        StoreError: it cannot be opened with this key.
    """
    (workshop / KEPT).mkdir()
    contents = read_archive(file, key, workshop)
    database = workshop / DATABASE
    own = key if contents.key_id else None
    connection = connect(database, own)
    try:
        rows = {name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in contents.rows}
    finally:
        connection.close()
    if rows != dict(contents.rows) or not is_whole(database, own):
        raise BackupBrokenError(t("The data base in the backup {path} is damaged. Choose another backup.", path=file))
    return contents


def last_good_backup(folder: Path, data_folder: Path) -> tuple[Path, datetime] | None:
    """Return the newest backup of a folder that can be read from its first to its last byte, and when it was made."""
    for file in backups_in(folder):
        try:
            return file, read_archive(file, site_key(data_folder)).moment
        except (StoreError, OSError):
            continue  # an older one may be good; `peea restore` says what is wrong with this one
    return None


@contextmanager
def told(folder: Path) -> Iterator[None]:
    """Say in a sentence what is wrong with the disk of backups."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise DiskFullError(
                t("There is no room in {folder}. Make room and try again; nothing was changed.", folder=folder)
            ) from error
        raise DatabaseUnavailableError(
            t("{folder} cannot be read or written ({why}). Nothing was changed.", folder=folder, why=error.strerror)
        ) from error


def _made(workshop: Path, path: Path, key: SiteKey | None) -> tuple[Contents, Path]:
    rows = copy_database(path, key, workshop / DATABASE)
    sources, missing = {DATABASE: workshop / DATABASE}, []
    files = KeptFiles(path, key)
    connection = connect(workshop / DATABASE, key)
    try:
        named = connection.execute("SELECT file FROM rating_items WHERE sha256 IS NOT NULL AND file IS NOT NULL")
        names = sorted({name for (name,) in named.fetchall()})
    finally:
        connection.close()
    (workshop / KEPT).mkdir()
    for name in names:
        try:
            shutil.copy(files.folder / Path(name).name, workshop / KEPT / Path(name).name)
            sources[f"{KEPT}{name}"] = workshop / KEPT / Path(name).name
        except FileNotFoundError:
            missing.append(name)  # a patient has taken back consent meanwhile
    contents = Contents(
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        peea=__version__,
        key_id="" if key is None else key.key_id,
        rows=rows,
        files={name: sha256_of(source) for name, source in sources.items()},
        missing=tuple(missing),
    )
    made = workshop / "made"
    with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:
        write_archive(target, contents, sources, key)
        target.flush()
        os.fsync(target.fileno())
    if read_archive(made, key) != contents:
        raise BackupBrokenError(t("The backup could not be read back; the disk may be failing. It was not kept."))
    return contents, made


def _free_name(folder: Path, moment: datetime) -> Path:
    stamp = moment.strftime(STAMP)
    file, number = folder / f"{PREFIX}{stamp}{SUFFIX}", 2
    while file.exists():
        file, number = folder / f"{PREFIX}{stamp}-{number}{SUFFIX}", number + 1
    return file
