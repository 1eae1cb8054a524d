"""A recording brought for scoring: kept in a private place under a generated name, and only as long as needed.

The file name that came with an upload is for reading aloud only; it never becomes a part of a path. Nothing here enters
the patient log: when the holder is gone (another recording chosen, the visit over), so is the file.
"""

from __future__ import annotations

import logging
import shutil
import tempfile
import threading
import weakref
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import BinaryIO, Final
from uuid import uuid4

_log = logging.getLogger(__name__)

COPY_BYTES: Final = 4 * 1024 * 1024
"""Bytes copied at a time, so that a large upload is not held twice in memory."""

LONGEST_KEPT_S: Final = 3600.0
"""Seconds after which a copy is removed even if it is still held: a window left open at night keeps no face."""

LONGEST_NAME: Final = 80
"""Letters of a file name that are shown; more would push the page aside."""


class HeldRecording:
    """A video file that can be read until it is discarded.

    Attributes:
        path: where it can be read.
        name: as shown to staff.
    """

    def __init__(self, path: Path, name: str, folder: Path | None = None, keep_s: float = LONGEST_KEPT_S) -> None:
        self.path = path
        self.name = shown_name(name)
        self._remove = None
        if folder is not None:
            self._remove = weakref.finalize(self, _remove, folder)
            limit = threading.Timer(keep_s, self._remove)
            limit.daemon = True
            limit.start()
            weakref.finalize(self, limit.cancel)

    @classmethod
    def copy_of(cls, upload: BinaryIO, name: str, keep_s: float = LONGEST_KEPT_S) -> HeldRecording:
        """Copy an upload into a folder of its own that only this user of the machine can read, for at most `keep_s`.

        Raises:
            OSError: the disk is full or cannot be written; nothing is left behind.
        """
        folder = Path(tempfile.mkdtemp(prefix="peea-recording-"))
        try:
            path = folder / uuid4().hex
            with path.open("xb") as file:
                shutil.copyfileobj(upload, file, COPY_BYTES)
        except BaseException:
            _remove(folder)
            raise
        return cls(path, name, folder, keep_s)

    @classmethod
    def of_file(cls, path: Path, name: str) -> HeldRecording:
        """Use a file where it lies, such as a demonstration recording; discarding leaves it alone."""
        return cls(path, name)

    @property
    def available(self) -> bool:
        """True as long as the file can be read."""
        return self.path.is_file()

    def discard(self) -> None:
        """Remove the copy; calling it again does nothing."""
        if self._remove is not None:
            self._remove()


def shown_name(name: str) -> str:
    """Return a file's name without folders and control characters, shortened in the middle if it is very long.

    >>> shown_name("../../etc/passwd"), shown_name("C:\\\\videos\\\\bed 4.mp4")
    ('passwd', 'bed 4.mp4')
    """
    last = PureWindowsPath(PurePosixPath(name).name).name
    printable = "".join(letter for letter in last if letter.isprintable()).strip() or "recording"
    if len(printable) <= LONGEST_NAME:
        return printable
    half = (LONGEST_NAME - 1) // 2
    return f"{printable[:half]}…{printable[-half:]}"


def _remove(folder: Path) -> None:
    try:
        shutil.rmtree(folder)
    except FileNotFoundError:
        return
    except OSError:
        _log.exception("an uploaded recording could not be removed from %s", folder)
