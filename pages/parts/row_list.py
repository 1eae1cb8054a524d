"""Lists whose rows are pressed: one piece of HTML, so that hundreds of rows are there at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pages.parts.chips import escape
from pages.parts.pressed import OPEN


@dataclass(frozen=True)
class Row:
    """One row: what `pressed` returns for it, and its cells as HTML made of escaped texts.

    `faded` marks what was withdrawn.
    """

    opens: str
    cells: tuple[str, ...]
    faded: bool = False


def cell(first: str, *quiet: str) -> str:
    """Return a cell: a line that is read first, and quieter ones under it; empty ones are left out. Plain texts."""
    return f"<b>{escape(first)}</b>" + "".join(f"<small>{escape(line)}</small>" for line in quiet if line)


def rows_html(rows: Iterable[Row], label: str) -> str:
    """Return the list; `label` names it for those who hear it."""
    body = "".join(
        f'<button type="button" role="listitem" class="row{" faded" if row.faded else ""}" '
        f'{OPEN}="{escape(row.opens)}">' + "".join(f"<span>{each}</span>" for each in row.cells) + "</button>"
        for row in rows
    )
    return f'<div class="peea-list" role="list" aria-label="{escape(label)}">{body}</div>'
