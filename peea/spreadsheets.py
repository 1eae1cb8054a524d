"""CSV that spreadsheets open: no cell of it is taken for a formula.

A spreadsheet runs a text that begins like a formula, and a formula can send what stands beside it to a stranger or
start a program (OWASP, CSV injection). Such a text gets an apostrophe in front, by which spreadsheets know a text.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import pandas as pd

FIRST_ROW: Final = 2
"""The number a spreadsheet shows beside the first row of data: row 1 holds the names of the columns."""

FORMULA_SIGNS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""First letters of what spreadsheets take for a formula; the wide forms are those of Chinese and Japanese keyboards."""

_NUMBER: Final = re.compile(r"-?\d+([.,]\d+)?")
"""A negative number that stands as text cannot do anything, and stays one."""


def guarded(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula: an apostrophe stands before one that looks like it.

    >>> guarded("=HYPERLINK(1)"), guarded("Ada Kim"), guarded("-0.12")
    ("'=HYPERLINK(1)", 'Ada Kim', '-0.12')
    """
    return f"'{text}" if _looks_like_formula(text) else text


def unguarded(text: str) -> str:
    """Return a text without the apostrophe that `guarded` put before it."""
    return text[1:] if text.startswith("'") and _looks_like_formula(text[1:]) else text


def guarded_cell(value: Any) -> Any:
    """Return a cell of a table guarded if it is a text, and as it is otherwise."""
    return guarded(value) if isinstance(value, str) else value


def csv_bytes(table: pd.DataFrame) -> bytes:
    """Return a table as a CSV file that spreadsheets open in the right letters (UTF-8 with its mark), guarded."""
    safe = table.astype(dict.fromkeys(table.select_dtypes("category"), object))
    safe = safe.map(guarded_cell).rename(columns=guarded_cell)
    # With both ends of line, cells that hold either are quoted (RFC 4180): a bare one would begin a new, unguarded row.
    return safe.to_csv(index=False, lineterminator="\r\n").encode("utf-8-sig")


def _looks_like_formula(text: str) -> bool:
    return text.startswith(FORMULA_SIGNS) and not _NUMBER.fullmatch(text)
