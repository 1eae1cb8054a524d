"""A table of ratings as CSV, to texts."""

from __future__ import annotations

import csv
import re
from collections import Counter
from typing import Final

from peea.language import t
from peea.spreadsheets import FIRST_ROW, unguarded
from peea.uploads.csv_text import cells_of, separator_of, text_of
from peea.uploads.errors import UploadRefusedError
from peea.uploads.values import MOST_CELLS, MOST_COLUMNS, TextTable

_DECIMAL_COMMA: Final = re.compile(r"^\s*(-?\d+),(\d+)\s*$")


def rating_table(content: bytes) -> TextTable:
    """Return the table of a CSV file: comma, semicolon or tab between the columns, UTF-8 or GB 18030.

    Raises:
        UploadRefusedError: it is empty, or no table.
    """
    text = _text(content).lstrip()
    first_line = text.partition("\n")[0]
    separator = separator_of(first_line)
    if not first_line.strip() or separator not in first_line:
        raise UploadRefusedError(
            t("The file has no columns. Save the table as CSV, with the names of the columns in the first row.")
        )
    try:
        header, *rows = cells_of(text, separator, strict=False)
    except csv.Error as error:
        raise UploadRefusedError(t("The file cannot be read as a table: {error}.", error=error)) from error
    if len(header) > MOST_COLUMNS or len(header) * len(rows) > MOST_CELLS:
        raise UploadRefusedError(
            t(
                "The table has {columns} columns and {rows} rows, more than a study has. Choose the table of ratings "
                "alone.",
                columns=len(header),
                rows=len(rows),
            )
        )
    names = [unguarded(name.strip()) for name in header]
    twice = [name for name, count in Counter(filter(None, names)).items() if count > 1]
    if twice:
        raise UploadRefusedError(t("Two columns are called {name}. Give each column a name of its own.", name=twice[0]))
    # Spreadsheets end tables with empty rows; those in the middle keep the others' numbers.
    while rows and not any(cell.strip() for cell in rows[-1]):
        rows.pop()
    if not rows:
        raise UploadRefusedError(t("The table has no rows below the names of its columns."))
    for number, row in enumerate(rows, start=FIRST_ROW):
        if any(cell.strip() for cell in row[len(names) :]):
            raise UploadRefusedError(t("Row {row} has more cells than there are names of columns.", row=number))
    named = [column for column, name in enumerate(names) if name]
    decimal_commas = separator == ";"
    return TextTable(
        [names[column] for column in named],
        [[_cell(row[column] if column < len(row) else "", decimal_commas) for column in named] for row in rows],
    )


def _cell(text: str, decimal_commas: bool) -> str | None:
    if not text.strip():
        return None
    plain = unguarded(text)
    return _DECIMAL_COMMA.sub(r"\1.\2", plain) if decimal_commas else plain


def _text(content: bytes) -> str:
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise UploadRefusedError(t("This is a spreadsheet file. Save the table as CSV and upload that."))
    text = text_of(content)
    if text is None:
        raise UploadRefusedError(t("The file is not a text file. Save the table as CSV and upload that."))
    return text
