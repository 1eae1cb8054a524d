"""CSV as hospital systems and spreadsheets write it: UTF-8 or GB 18030; commas, semicolons or tabs."""

from __future__ import annotations

import codecs
import csv
import io
from typing import Final

ENCODINGS: Final = ("utf-8-sig", "gb18030")

for _encoding in ENCODINGS:
    codecs.lookup(_encoding)  # which is loaded when it is first needed, when a reader can open no file any more


def text_of(content: bytes) -> str | None:
    """Return the text of a file, or None if it is none."""
    for encoding in ENCODINGS:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    return None


def separator_of(first_line: str) -> str:
    """Return what stands between the columns: whatever of the three there is most of."""
    return max(",;\t", key=first_line.count)


def cells_of(text: str, separator: str, *, strict: bool) -> list[list[str]]:
    """Return the cells of each row.

    Args:
        text: of the file.
        separator: between the columns.
        strict: refuse quotes that stand wrong.

    Raises:
        csv.Error: the text is no table.
    """
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=strict))
