"""The commands `peea audit`."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table
from rich.text import Text

from peea.commands.shared import FAILED, BadInputError, By, Database, err, login_name, out
from peea.store.audit import Action

if TYPE_CHECKING:
    from peea.store.audit_log import AuditLog

audit_app = typer.Typer(
    help="Who saw, made, changed, printed or exported what of which patient, and when.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

AnchorFile = Annotated[
    list[Path] | None,
    typer.Option("--anchor", help="File with anchors that peea audit anchor wrote; may be given several times."),
]


@audit_app.command("verify")
def verify(anchor: AnchorFile = None, by: By = "", database: Database = None) -> None:
    """Find any row that was changed, removed or moved since it was written.

    Exit code 0: the trail is whole. 1: it is not; each finding is a line. Rows that were cut off the end together with
    the head, or a trail written anew by somebody who can write to the file, show only against an anchor that was kept
    elsewhere.
    """
    from peea.store.audit_log import Anchor

    anchors = []
    for file in anchor or ():
        try:
            anchors.append(Anchor.from_text(file.read_text(encoding="utf-8")))
        except (OSError, UnicodeDecodeError) as error:
            raise BadInputError(f"The anchor {file} cannot be read ({error}).") from error
    with _audit_log(by, database) as log:
        found = log.verify(*anchors)
    for finding in found.findings:
        err.print(Text(finding))
    if not found.whole:
        err.print(f"The audit trail of {found.rows} rows is not as it was written.")
        raise typer.Exit(FAILED)
    held = f", and holds what {len(anchors)} anchor(s) say" if anchors else ""
    out.print(f"The audit trail of {found.rows} rows is as it was written{held}.")


@audit_app.command("anchor")
def anchor(
    file: Annotated[
        Path | None, typer.Argument(help="File to add a line to; without it the anchor is printed.")
    ] = None,
    by: By = "",
    database: Database = None,
) -> None:
    """Write down how long the trail is now; keep it where whoever runs PEEA cannot change it."""
    with _audit_log(by, database) as log:
        now = log.anchor()
    line = f"PEEA audit trail, {datetime.now(UTC):%Y-%m-%d %H:%M} UTC: {now}"
    if file is None:
        out.print(line)
        return
    try:
        with file.open("a", encoding="utf-8") as opened:
            opened.write(line + "\n")
    except OSError as error:
        raise BadInputError(f"The anchor cannot be written to {file} ({error.strerror}).") from error
    err.print(f"Added to {file}.")


@audit_app.command("search")
def search(
    person: Annotated[str, typer.Option("--person", help="Name of who did it, or a part of it.")] = "",
    patient: Annotated[str, typer.Option("--patient", help="Study code or id of the patient.")] = "",
    action: Annotated[Action | None, typer.Option("--action", help="Only what was seen, saved, exported, ...")] = None,
    part: Annotated[str, typer.Option("--part", help="Only this part of the record, e.g. assessments.")] = "",
    since: Annotated[
        datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="Only from this day on.")
    ] = None,
    until: Annotated[
        datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Only up to the end of this day.")
    ] = None,
    page: Annotated[int, typer.Option("--page", min=1, help="Which page, the latest rows on the first.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")] = False,
    by: By = "",
    database: Database = None,
) -> None:
    """Search the audit trail, the latest rows first, a page at a time."""
    from peea.audit_words import what
    from peea.clock import at_clock, in_zone, time_text
    from peea.store.audit_log import ROWS_A_PAGE, AuditQuery

    wanted = AuditQuery(
        person,
        patient,
        action,
        part,
        at_clock(since.date(), time()) if since else None,
        at_clock(until.date() + timedelta(days=1), time()) if until else None,
    )
    with _audit_log(by, database) as log:
        found = log.search(wanted, page)
    if as_json:
        plain = [vars(each.row) | {"study_code": each.study_code} for each in found.rows]
        sys.stdout.write(json.dumps({"total": found.total, "rows": plain}, ensure_ascii=False, indent=1) + "\n")
        return
    table = Table(box=None, pad_edge=False)
    for title in ("when", "who", "did", "what", "patient"):
        table.add_column(title)
    for each in found.rows:
        row = each.row
        code = each.study_code or row.patient_id or ""
        table.add_row(time_text(in_zone(row.at)), Text(row.actor), row.action.value, Text(what(each)), Text(code))
    if found.rows:
        out.print(table)
    first = (page - 1) * ROWS_A_PAGE + 1
    err.print(
        f"Rows {first} to {first + len(found.rows) - 1} of {found.total}." if found.rows else "No such row was found."
    )


def _audit_log(by: str, database: Path | None) -> AuditLog:
    from peea.store.audit_log import AuditLog

    return AuditLog(database, actor=by or login_name())
