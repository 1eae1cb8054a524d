"""Tables and empty states of the model comparison."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages.parts.chips import escape
from pages.parts.saying import say
from peea.language import joined, t
from peea.spreadsheets import csv_bytes

EXPERIMENTS = "peea experiments --data DIR"
"""Makes every training of the page that is not there yet."""

EVALUATE = "peea evaluate NAME --data DIR --write"

SHORT = 16
"""Letters up to which a cell is not broken into lines."""

LONGEST_TABLE = 40
"""Rows from which a table scrolls within itself."""


def table_with_csv(table: pd.DataFrame, name: str) -> None:
    """Show a table, and offer it as a CSV file.

    Args:
        table: its columns are titles for people.
        name: of the file, without its ending; also the key of the button.
    """
    if len(table) > LONGEST_TABLE:
        st.dataframe(table, hide_index=True, width="stretch")
    else:
        head = "".join(f"<th>{escape(str(column))}</th>" for column in table.columns)
        rows = "".join(
            "<tr>" + _first_cell(row[0]) + "".join(map(_cell, row[1:])) + "</tr>"
            for row in table.itertuples(index=False)
        )
        st.html(
            '<div style="overflow-x: auto"><table class="peea-table">'
            f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
        )
    st.download_button(
        t("Table as CSV"),
        csv_bytes(table),
        file_name=f"peea_{name}.csv",
        mime="text/csv",
        key=f"csv_{name}",
    )


def _cell(value: object) -> str:
    text = str(value)
    # A number and its unit stay on one line.
    lines = "white-space: nowrap" if len(text) <= SHORT else "overflow-wrap: break-word"
    return f'<td style="{lines}">{escape(text)}</td>'


def _first_cell(value: object) -> str:
    """The name of the row: words, which are broken between them only."""
    return f'<td style="min-width: 8.5rem; overflow-wrap: break-word">{escape(str(value))}</td>'


def paragraph(*sentences: str) -> None:
    """Show sentences as plain text, a line each."""
    if sentences:
        st.html(f'<p class="peea-row">{"<br>".join(map(escape, sentences))}</p>')


def nothing_yet(what: str, command: str) -> None:
    """Say that a table or figure was not made yet, and which command makes it."""
    say(joined([what, t("This command makes it:")]))
    st.code(command, language=None)
