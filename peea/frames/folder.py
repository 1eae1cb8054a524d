"""A folder of recordings."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

VIDEO_SUFFIXES: Final[tuple[str, ...]] = (".mp4", ".m4v", ".mov", ".avi", ".mkv", ".webm")
"""Endings of the files that count as recordings, in lower case; what they hold is judged when they are opened."""


class MissingFolderError(ValueError):
    """The folder does not exist or is a file."""


def recordings_in(folder: Path | str) -> tuple[Path, ...]:
    """Return the recordings directly in a folder, by name, numbers in their natural order (bed 2 before bed 10).

    Hidden files (as cameras and macOS leave behind) and sub-folders are left out. A file counts by its ending alone, so
    that a damaged one is reported rather than overlooked.

    Raises:
        MissingFolderError: `folder` is not a folder.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise MissingFolderError(f"{folder} is not a folder. Choose the folder that holds the recordings.")
    found = (
        path
        for path in folder.iterdir()
        if path.suffix.lower() in VIDEO_SUFFIXES and not path.name.startswith(".") and path.is_file()
    )
    return tuple(sorted(found, key=_natural_order))


def _natural_order(path: Path) -> tuple[tuple[tuple[int, str], ...], str]:
    parts = re.split(r"(\d+)", path.name.lower())
    # Splitting at a group puts the numbers at the odd places.
    return tuple((int(part), "") if place % 2 else (-1, part) for place, part in enumerate(parts)), path.name
