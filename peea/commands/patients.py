"""The commands `peea patients`."""

from __future__ import annotations

import json
import sys
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from peea.commands.shared import By, Database, err, open_log, out
from peea.scales import CONTEXT_NAMES, GRADE_NAMES

patients_app = typer.Typer(help="List and register patients.", no_args_is_help=True, rich_markup_mode=None)


@patients_app.command("list")
def list_patients(
    ward: Annotated[str | None, typer.Option("--ward", help="Only this ward.")] = None,
    search: Annotated[str, typer.Option("--search", help="Only with this in name, study code or bed.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")] = False,
    by: By = "",
    database: Database = None,
) -> None:
    """List patients with their last assessment."""
    with open_log(by, database) as log:
        overview = log.overview(ward, search)
    if as_json:
        plain = [
            {**vars(each.patient), "last": vars(each.last) if each.last else None, "assessments": each.assessments}
            for each in overview
        ]
        sys.stdout.write(json.dumps({"patients": plain}, ensure_ascii=False, default=str) + "\n")
        return
    if not overview:
        err.print("No patients. Register one with: peea patients add")
        return
    table = Table("Code", "Name", "Born", "Ward", "Bed", "Last grade", "When (UTC)", box=None, header_style="dim")
    for each in overview:
        grade, when = "", ""
        if each.last:
            found = each.last.report_grade
            grade = "Could not be assessed" if found is None else GRADE_NAMES[found]
            grade += f", {CONTEXT_NAMES[each.last.context].lower()}" if each.last.context else ""
            when = datetime.fromisoformat(each.last.recorded_at).strftime("%d %b %Y %H:%M")
        one = each.patient
        name = f"{one.name} (demonstration)" if one.demonstration else one.name
        table.add_row(*map(Text, (one.study_code, name, f"{one.birth_date:%d %b %Y}", one.ward, one.bed, grade, when)))
    out.print(table)


class SexOption(StrEnum):
    """The values of --sex."""

    FEMALE = "female"
    MALE = "male"
    OTHER = "other"
    UNKNOWN = "unknown"


@patients_app.command("add")
def add_patient(
    name: Annotated[str, typer.Option("--name", help="Name as on the wristband.")],
    born: Annotated[datetime, typer.Option("--born", formats=["%Y-%m-%d"], help="Birth date, e.g. 1941-05-03.")],
    sex: Annotated[SexOption, typer.Option("--sex", help="Administrative sex.")] = SexOption.UNKNOWN,
    code: Annotated[str | None, typer.Option("--code", help="Study code; by default the next free one.")] = None,
    ward: Annotated[str, typer.Option("--ward", help="Ward.")] = "",
    bed: Annotated[str, typer.Option("--bed", help="Bed.")] = "",
    by: By = "",
    database: Database = None,
) -> None:
    """Register a patient and print the study code."""
    from peea.store import Sex

    with open_log(by, database) as log:
        birth_date = date(born.year, born.month, born.day)
        patient = log.register_patient(name, birth_date, Sex(sex.value), study_code=code, ward=ward, bed=bed)
    sys.stdout.write(f"{patient.study_code}\n")
