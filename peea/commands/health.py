"""`peea health`: whether PEEA is well, for whoever keeps machines and for scripts."""

from __future__ import annotations

import json
import sys
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from peea.commands.shared import FAILED, Database, out


def health(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")] = False,
    database: Database = None,
) -> None:
    """Say whether PEEA is well: data base, encryption, disk, models, last backup; and which versions run.

    Exit code 0: well. 1: not well. Nothing is changed, and nothing of a patient is told.
    """
    from peea.settings import load_settings
    from peea.watch.health import PART_NAMES, STATE_NAMES, examine

    found = examine(load_settings(), database)
    if as_json:
        sys.stdout.write(json.dumps(found.to_plain()) + "\n")
    else:
        out.print(Text(found.sentence()))
        table = Table(show_header=False)
        for check in found.checks:
            table.add_row(PART_NAMES[check.part], STATE_NAMES[check.state], Text(check.sentence))
        out.print(table)
        out.print(Text(", ".join(f"{name} {version}" for name, version in found.versions.items() if version)))
    raise typer.Exit(0 if found.well else FAILED)
