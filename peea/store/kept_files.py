"""Pictures and recordings that are kept to be rated: files beside the data base, readable by its account alone.

Nothing is kept of a patient without the patient's consent; who asks for it is `RatingStore.make_set`. Names are random,
so that a folder listing says nothing of anybody. With a key of the site each file is sealed (`peea.store.sealing`) and
lies in a folder named after the key, so that a change of key can prepare all files before it counts.
"""

from __future__ import annotations

import errno
import hashlib
import io
import os
import shutil
import uuid
from pathlib import Path
from typing import BinaryIO, Final

from peea.language import t
from peea.store.errors import DatabaseUnavailableError, DiskFullError
from peea.store.sealing import PIECE_BYTES, SealedReader, SealedWriter
from peea.store.site_key import SiteKey

FOLDER: Final = "to_rate"
"""Name of the folder beside the data base."""


class KeptFiles:
    """The folder of kept files of one data base.

    Args:
        database: the file of the data base.
        key: of the site, or None for files in plain; the same as of the data base.
    """

    def __init__(self, database: Path, key: SiteKey | None) -> None:
        self.key = key
        self._all = database.parent / FOLDER
        self.folder = self._all / (key.key_id if key is not None else "")

    def names(self) -> set[str]:
        """Return the names of all kept files."""
        return {path.name for path in self.folder.iterdir() if path.is_file()} if self.folder.is_dir() else set()

    def make_folder(self) -> None:
        """Make the folder if it is not there, for this account only."""
        for folder in (self._all, self.folder):  # `parents` would make the upper one readable by others
            folder.mkdir(mode=0o700, exist_ok=True)

    def keep(self, content: bytes | Path, suffix: str) -> tuple[str, str]:
        """Keep a copy under a random name; return the name and the SHA-256 of the content.

        Raises:
            StoreError: there is no room, or the folder cannot be written; nothing is left behind.
        """
        name = f"{uuid.uuid4().hex}{suffix}"
        try:
            if isinstance(content, Path):
                with content.open("rb") as source:
                    return name, self._write(name, source)
            return name, self._write(name, io.BytesIO(content))
        except OSError as error:
            self._path(name).unlink(missing_ok=True)
            raise _told(error, self.folder) from error

    def take_over(self, name: str, other: KeptFiles) -> None:
        """Copy a file of another folder under its name, sealed with this folder's key; one that is there is renewed.

        Raises:
            StoreError: it cannot be read, or there is no room.
        """
        try:
            self._path(name).unlink(missing_ok=True)
            with other.open(name) as source:
                self._write(name, source)
        except OSError as error:
            self._path(name).unlink(missing_ok=True)
            raise _told(error, self.folder) from error

    def open(self, name: str) -> BinaryIO:
        """Open a kept file for reading in plain, from its beginning.

        Raises:
            OSError: it is not there, or cannot be read.
            SealBrokenError: (reading, too) it is damaged or was exchanged.
            WrongKeyError: it was sealed with another key.
        """
        file = self._path(name).open("rb")
        if self.key is None:
            return file
        try:
            return _Unsealed(SealedReader(file, self.key, _purpose(name)), file)
        except BaseException:
            file.close()
            raise

    def content(self, name: str) -> bytes | None:
        """Return a kept file in plain, or None if it was removed.

        Raises:
            StoreError: it is damaged, was exchanged, or cannot be read.
        """
        try:
            with self.open(name) as file:
                return file.read()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise DatabaseUnavailableError(
                t("A kept picture cannot be read from {folder} ({why}).", folder=self.folder, why=error.strerror)
            ) from error

    def remove(self, name: str) -> None:
        """Remove a kept file; one that is gone already is fine.

        Raises:
            DatabaseUnavailableError: it is there and cannot be removed.
        """
        try:
            self._path(name).unlink(missing_ok=True)
        except OSError as error:
            raise DatabaseUnavailableError(
                t("A kept picture cannot be removed from {folder} ({why}).", folder=self.folder, why=error.strerror)
            ) from error

    def _path(self, name: str) -> Path:
        """Return where a kept file lies; nothing but the last part of its name counts."""
        return self.folder / Path(name).name

    def _write(self, name: str, source: BinaryIO) -> str:
        """Write a new file that outlives a power cut; return the SHA-256 of its content."""
        self.make_folder()
        digest = hashlib.sha256()
        descriptor = os.open(self._path(name), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            target = SealedWriter(file, self.key, _purpose(name)) if self.key is not None else None
            while piece := source.read(PIECE_BYTES):
                digest.update(piece)
                (target or file).write(piece)
            if target is not None:
                target.finish()
            file.flush()
            os.fsync(file.fileno())
        return digest.hexdigest()


class _Unsealed(io.BufferedReader):
    """A sealed file in plain that closes the file under it."""

    def __init__(self, reader: SealedReader, file: BinaryIO) -> None:
        super().__init__(reader, PIECE_BYTES)
        self._file = file

    def close(self) -> None:
        super().close()
        self._file.close()


def remove_other_keys(database: Path, key: SiteKey | None) -> None:
    """Remove files that a change of key left behind: those in plain, or sealed with a key that is not the one in use.

    Inside a write transaction, or alone with the data base: a change of key that is under way prepares such files.
    """
    folder, own = database.parent / FOLDER, KeptFiles(database, key).folder
    if not folder.is_dir():
        return
    for path in folder.iterdir():
        if path.is_dir() and path != own:
            shutil.rmtree(path)
        elif path.is_file() and own != folder:
            path.unlink()


def _purpose(name: str) -> str:
    return f"kept file {Path(name).name}"


def _told(error: OSError, folder: Path) -> DatabaseUnavailableError | DiskFullError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return DiskFullError(t("The pictures were not kept: the disk is full. Make room and try again."))
    return DatabaseUnavailableError(
        t("The pictures cannot be kept in {folder} ({why}).", folder=folder, why=error.strerror)
    )
