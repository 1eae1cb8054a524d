"""Putting a backup in the place of the data base, with the present state set aside."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from peea.keeping.archive import DATABASE, KEPT, Contents
from peea.keeping.backup import check_backup, told
from peea.keeping.carrying import RESTORER, carry_decisions
from peea.keeping.rekeying import rekey
from peea.language import t
from peea.store.copies import BEFORE_RESTORE, SIDE_FILES, make_durable, new_folder_aside, put_in_place
from peea.store.database import PlainDatabaseError, default_path
from peea.store.errors import DatabaseDamagedError, DatabaseUnavailableError
from peea.store.exclusive import alone
from peea.store.kept_files import FOLDER, KeptFiles
from peea.store.site_key import KeyMissingError, SiteKey, WrongKeyError, site_key

UNFINISHED: Final = ".unfinished-restore-"
"""Begins the name of the folder in which a backup is unpacked; what a killed program left goes with the next one."""


@dataclass(frozen=True)
class Restored:
    """What was restored, where the state before it was set aside (None if there was none), and what was carried over.

    `carried` is the number of consents that were refused or taken back since the backup: they hold, and what they cover
    is not restored.
    """

    contents: Contents
    aside: Path | None
    carried: int


def restore_backup(file: Path, path: Path | None = None, backup_key: SiteKey | None = None) -> Restored:
    """Put a backup in the place of the data base; all of it or nothing, and the present state is set aside first.

    Args:
        file: the backup.
        path: of the data base; no other program may have it open.
        backup_key: key of a backup that was made before the key was changed; by default the site's.

    Raises:
        StoreError: the backup is damaged or of another key, the data base is in use, or there is no room; the present
            state is as it was.
    """
    where = path if path is not None else default_path()
    if not file.is_file():
        raise DatabaseUnavailableError(t("There is no backup {path}. Check its name.", path=file))
    with told(where.parent):
        where.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        key = site_key(where.parent)
        for left in where.parent.glob(f"{UNFINISHED}*"):
            shutil.rmtree(left)
        workshop = Path(tempfile.mkdtemp(prefix=UNFINISHED, dir=where.parent))
        try:
            contents = check_backup(file, backup_key or key, workshop)
            fresh = _with_key_of_site(workshop, contents, backup_key or key, key)
            with ExitStack() as stack:
                present = _alone(stack, where, key) if where.exists() else None
                carried = carry_decisions(present, fresh, contents)
                aside = _set_aside(where) if where.exists() else None
                _take_files(fresh, where, key)
                for side in SIDE_FILES:  # of a damaged data base: set aside with it
                    where.with_name(where.name + side).unlink(missing_ok=True)
                put_in_place(fresh, where)
        finally:
            shutil.rmtree(workshop)
    return Restored(contents, aside, carried)


def _with_key_of_site(workshop: Path, contents: Contents, given: SiteKey | None, key: SiteKey | None) -> Path:
    """Return the unpacked data base, its kept files beside it as the store has them, encrypted with the site's key."""
    unpacked = workshop / "data" / DATABASE
    unpacked.parent.mkdir()
    os.replace(workshop / DATABASE, unpacked)
    own = given if contents.key_id else None
    folder = KeptFiles(unpacked, own).folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    os.replace(workshop / KEPT, folder) if own is not None else _move_all(workshop / KEPT, folder)
    if key is not None and key != own:
        rekey(unpacked, own, key, RESTORER)
    elif key is None and own is not None:
        raise KeyMissingError(
            t("The backup is encrypted (key {found}) and no key was given for the data.", found=own.key_id)
        )
    return unpacked


def _alone(stack: ExitStack, path: Path, key: SiteKey | None) -> Any | None:
    """Keep other programs out of the present data base; None if it cannot be opened, and so nobody else can."""
    try:
        return stack.enter_context(alone(path, key))
    except (DatabaseDamagedError, WrongKeyError, KeyMissingError, PlainDatabaseError):
        return None


def _set_aside(path: Path) -> Path:
    """Link the present data base and kept files into a folder of their own."""
    folder = new_folder_aside(path, BEFORE_RESTORE)
    for side in ("", *SIDE_FILES):
        present = path.with_name(path.name + side)
        if present.exists():
            _link(present, folder / present.name)
    if (path.parent / FOLDER).is_dir():
        shutil.copytree(path.parent / FOLDER, folder / FOLDER, copy_function=_link)
    make_durable(folder)
    return folder


def _take_files(fresh: Path, path: Path, key: SiteKey | None) -> None:
    """Move the restored kept files to those that are there; their names are random, so that none is overwritten."""
    source, target = KeptFiles(fresh, key), KeptFiles(path, key)
    if source.names():
        target.make_folder()
        for name in source.names():
            os.replace(source.folder / name, target.folder / name)
        make_durable(target.folder)


def _link(source: str | Path, target: str | Path) -> None:
    """Give a file a second name, which costs no room; where the disk has no such thing, copy it."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def _move_all(source: Path, target: Path) -> None:
    target.mkdir(mode=0o700, parents=True, exist_ok=True)
    for each in source.iterdir():
        os.replace(each, target / each.name)
