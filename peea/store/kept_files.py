"""Pictures and recordings that are kept to be rated: files beside the data base, readable by its account alone.

Nothing is kept of a patient without the patient's consent; who asks for it is `RatingStore.make_set`. Names are random,
so that a folder listing says nothing of anybody.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import uuid
from pathlib import Path

from peea.language import t
from peea.store.errors import DatabaseUnavailableError, DiskFullError

FOLDER = "to_rate"
"""Name of the folder beside the data base."""


class KeptFiles:
    """The folder of kept files of one data base."""

    def __init__(self, database: Path) -> None:
        self.folder = database.parent / FOLDER

    def path(self, name: str) -> Path:
        """Return where a kept file lies; nothing but its last part counts."""
        return self.folder / Path(name).name

    def names(self) -> set[str]:
        """Return the names of all kept files."""
        return {path.name for path in self.folder.iterdir()} if self.folder.is_dir() else set()

    def keep(self, content: bytes | Path, suffix: str) -> tuple[str, str]:
        """Keep a copy under a random name; return the name and its SHA-256.

        Raises:
            StoreError: there is no room, or the folder cannot be written; nothing is left behind.
        """
        path = self.folder / f"{uuid.uuid4().hex}{suffix}"
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                if isinstance(content, Path):
                    with content.open("rb") as source:
                        shutil.copyfileobj(source, file)
                else:
                    file.write(content)
            with path.open("rb") as written:
                return path.name, hashlib.file_digest(written, "sha256").hexdigest()
        except OSError as error:
            path.unlink(missing_ok=True)
            if error.errno == errno.ENOSPC:
                raise DiskFullError(
                    t("The pictures were not kept: the disk is full. Make room and try again.")
                ) from error
            raise DatabaseUnavailableError(
                t("The pictures cannot be kept in {folder} ({why}).", folder=self.folder, why=error.strerror)
            ) from error

    def remove(self, name: str) -> None:
        """Remove a kept file; one that is gone already is fine.

        Raises:
            DatabaseUnavailableError: it is there and cannot be removed.
        """
        try:
            self.path(name).unlink(missing_ok=True)
        except OSError as error:
            raise DatabaseUnavailableError(
                t("A kept picture cannot be removed from {folder} ({why}).", folder=self.folder, why=error.strerror)
            ) from error
