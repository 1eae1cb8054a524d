"""The commands `peea export` and `peea import`."""

from __future__ import annotations

import sys
from datetime import datetime, time, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from peea.commands.shared import BAD_INPUT, BadInputError, By, Database, err, login_name, open_log


class Form(StrEnum):
    """The values of --format."""

    FHIR = "fhir"
    CSV = "csv"
    PARQUET = "parquet"


class Duplicates(StrEnum):
    """The values of --duplicates."""

    LEAVE_OUT = "leave-out"
    KEEP = "keep"
    UPDATE = "update"


def export(
    out: Annotated[Path, typer.Argument(help="File to write; - writes to standard output.")],
    form: Annotated[
        Form, typer.Option("--format", help="fhir: a FHIR R4 Bundle (JSON). csv, parquet: tables in a zip file.")
    ] = Form.FHIR,
    ward: Annotated[str | None, typer.Option("--ward", help="Only this ward.")] = None,
    team: Annotated[str | None, typer.Option("--team", help="Only this team.")] = None,
    patient: Annotated[
        list[str] | None, typer.Option("--patient", help="Only this study code; may be given several times.")
    ] = None,
    since: Annotated[
        datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="Only from this day on.")
    ] = None,
    until: Annotated[
        datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Only up to the end of this day.")
    ] = None,
    without_courses: Annotated[
        bool, typer.Option("--without-courses", help="fhir: leave out what only another PEEA can read.")
    ] = False,
    without_names: Annotated[
        bool,
        typer.Option(
            "--without-names",
            help="csv, parquet: study codes in place of names; no birth dates, nothing that staff wrote.",
        ),
    ] = False,
    by: By = "",
    database: Database = None,
) -> None:
    """Write patients and everything recorded of them to a file; the audit trail keeps that they left.

    The file holds patients' data: keep it as safe as the data base.
    """
    from peea.clock import at_clock
    from peea.records.contents import ExportFilter, codes_of, records_of
    from peea.records.fhir_out import fhir_bundle
    from peea.records.tables import csv_archive, parquet_archive, tables

    if without_names and form is Form.FHIR:
        raise BadInputError("--without-names goes with --format csv or parquet: a FHIR Patient has a name.")
    wanted = ExportFilter(
        ward=ward,
        team=team,
        since=at_clock(since.date(), time()) if since else None,
        until=at_clock(until.date() + timedelta(days=1), time()) if until else None,
        study_codes=frozenset(patient or ()),
    )
    records = records_of(wanted, by or login_name(), form.value, database)
    if not records:
        raise BadInputError("No patient matches; nothing was written.")
    if form is Form.FHIR:
        content = fhir_bundle(records, whole=not without_courses).encode()
    else:
        codes = None
        if without_names:
            codes = codes_of([record["patients"][0]["patient_id"] for record in records], by or login_name(), database)
        made = tables(records, codes)
        content = csv_archive(made) if form is Form.CSV else parquet_archive(made)
    if str(out) == "-":
        sys.stdout.buffer.write(content)
    else:
        out.touch(mode=0o600)
        out.write_bytes(content)
    assessments = sum(len(one.get("assessments", ())) for one in records)
    err.print(f"{len(records)} patients with {assessments} assessments were written to {out}.")


def import_file(
    file: Annotated[Path, typer.Argument(help="List of patients (CSV) or FHIR R4 Bundle (JSON).")],
    duplicates: Annotated[
        Duplicates,
        typer.Option(
            "--duplicates",
            help="What to do with patients who are here already: leave-out, keep (add new records), update (also the "
            "entries that differ; what they were stays on record).",
        ),
    ] = Duplicates.LEAVE_OUT,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be done.")] = False,
    by: By = "",
    database: Database = None,
) -> None:
    """Take in patients from a CSV list or a FHIR Bundle; from a Bundle that PEEA wrote with all their records."""
    from peea.records.candidates import Decision, checked, take_in
    from peea.records.incoming import candidates_of_file
    from peea.settings import load_settings

    if not file.is_file():
        raise BadInputError(f"There is no file {file}. Check its name.")
    wanted = {
        Duplicates.LEAVE_OUT: Decision.LEAVE_OUT,
        Duplicates.KEEP: Decision.KEEP,
        Duplicates.UPDATE: Decision.UPDATE,
    }[duplicates]
    with open_log(by, database) as log:
        incoming = candidates_of_file(file.name, file.read_bytes(), load_settings().uploads)
        found = checked(incoming, log.patients())
        decisions = [
            Decision.ADD if Decision.ADD in one.choices else wanted if wanted in one.choices else Decision.LEAVE_OUT
            for one in found
        ]
        for one, decision in zip(found, decisions, strict=True):
            same = f" (the same {one.same_by} as {one.same_as.study_code})" if one.same_as else ""
            said = one.problem or f"{decision.value.replace('_', ' ')}{same}"
            err.print(Text(f"{one.place}: {one.fields.get('name', '')}: {said}"))
        if dry_run:
            err.print("Nothing was changed.")
            return
        done = take_in(found, decisions, file.name, log)
    written = sum(done.records.written.values())
    added = done.patients[Decision.ADD] + done.patients[Decision.NEW_CODE]
    err.print(
        f"{added} patients were registered, {done.patients[Decision.UPDATE]} updated, "
        f"{done.patients[Decision.LEAVE_OUT]} left out; {written} records were written."
    )
    if any(one.problem for one in found):
        raise typer.Exit(BAD_INPUT)


def add_exchange(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.command("export")(export)
    app.command("import")(import_file)
