"""Where the pictures lie with which raters compare: each action alone at each code, made by `peea synth references`."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from peea.demonstration import DEMONSTRATION_FOLDER

REFERENCES: Final = DEMONSTRATION_FOLDER / "references"


def reference_picture(action: str, code: int) -> Path | None:
    """Return the picture of an action at a code, or None if it is not installed."""
    path = REFERENCES / f"{action}_{code}.jpg"
    return path if path.is_file() else None
