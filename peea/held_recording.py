"""A recording brought for scoring: kept in a private place under a generated name, and only as long as needed.

The file name that came with an upload is for reading aloud only; it never becomes a part of a path. Nothing here enters
the patient log: when the holder is gone (another recording chosen, the visit over), so is the file.

A held recording is not encrypted, since it is read again and again while somebody waits. So it lies in memory where the
system has a folder for that (/dev/shm) with room for it, and else in the folder of temporary files (TMPDIR); what a
program left behind that was killed is removed by the next one.
"""

from __future__ import annotations

import logging
import os
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

IN_MEMORY: Final = Path("/dev/shm")
"""Linux's folder in memory: gone with the power, never on a disk (but for swap, which a site encrypts)."""

ROOM_LEFT: Final = 2
"""How many times its size must be free in memory for a recording to be held there: others need memory, too."""

PREFIX: Final = "peea-recording-"
"""Begins the name of each folder of a held recording; the id of the process comes next."""

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
        folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=place_to_hold(_size(upload))))
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


def place_to_hold(size: int) -> Path:
    """Return the folder for a recording of `size` bytes: in memory if there is room, else that of temporary files.

    A site that names a folder in TMPDIR has chosen, and that one is taken.
    """
    chosen = Path(tempfile.gettempdir())
    if os.environ.get("TMPDIR") or not IN_MEMORY.is_dir() or not os.access(IN_MEMORY, os.W_OK | os.X_OK):
        return chosen
    return IN_MEMORY if shutil.disk_usage(IN_MEMORY).free >= ROOM_LEFT * size else chosen


def remove_left_behind() -> int:
    """Remove what programs held that are no longer running, such as one that was killed; return how many folders."""
    removed = 0
    for place in {Path(tempfile.gettempdir()), IN_MEMORY}:
        for folder in place.glob(f"{PREFIX}*-*") if place.is_dir() else ():
            process = folder.name.removeprefix(PREFIX).partition("-")[0]
            if process.isdigit() and folder.stat().st_uid == os.getuid() and not Path(f"/proc/{process}").exists():
                _remove(folder)
                removed += 1
    return removed


def _size(upload: BinaryIO) -> int:
    """Return the bytes of an upload, which is read from where it stands."""
    at = upload.tell()
    size = upload.seek(0, os.SEEK_END) - at
    upload.seek(at)
    return size


def _remove(folder: Path) -> None:
    try:
        shutil.rmtree(folder)
    except FileNotFoundError:
        return
    except OSError:
        _log.exception("an uploaded recording could not be removed from %s", folder)
