"""The command `peea agreement`: agreement of the raters in a file, as the agreement page shows it."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from peea.commands.shared import BadInputError, err, login_name, out

if TYPE_CHECKING:
    import pandas as pd

    from peea.studies import Study
    from peea.studies.analysis import Analysis
    from peea.studies.rated_table import RatedTable


class WeightsOption(StrEnum):
    """The values of --weights."""

    UNWEIGHTED = "unweighted"
    LINEAR = "linear"
    QUADRATIC = "quadratic"


class ScaleOption(StrEnum):
    """The values of --scale."""

    GRADE = "grade"
    VAS = "vas"
    PSPI = "pspi"


DEMONSTRATION = "demonstration"
"""What stands for the demonstration study in place of a file."""


def agreement(
    file: Annotated[str, typer.Argument(help="CSV of ratings, long or wide; or: demonstration, for the study there.")],
    recording: Annotated[str | None, typer.Option("--recording", help="Column with the recording.")] = None,
    patient: Annotated[str | None, typer.Option("--patient", help="Column with the patient.")] = None,
    rater: Annotated[str | None, typer.Option("--rater", help="Column with the rater, of a long table.")] = None,
    rating: Annotated[str | None, typer.Option("--rating", help="Column with the rating, of a long table.")] = None,
    raters: Annotated[
        list[str] | None, typer.Option("--raters", help="A rater's column of a wide table; once for each.")
    ] = None,
    peea: Annotated[str | None, typer.Option("--peea", help="Which rater is PEEA.")] = None,
    scale: Annotated[ScaleOption | None, typer.Option("--scale", help="What the ratings are.")] = None,
    weights: Annotated[
        WeightsOption, typer.Option("--weights", help="Of kappa for each clinician and group.")
    ] = WeightsOption.UNWEIGHTED,
    on_scores: Annotated[
        bool, typer.Option("--on-scores", help="ICC and Bland-Altman on the ratings as given, not on grades.")
    ] = False,
    report: Annotated[Path | None, typer.Option("--report", help="Write the GRRAS report there, as PDF.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")] = False,
) -> None:
    """Compute agreement of the raters in a file; columns that are not named are guessed from their titles."""
    from peea.agreement import Weighting
    from peea.studies.analysis import Options, analyse
    from peea.studies.words import answer, few_recordings, icc_sentence, remarks

    study, table = _table(file, recording, patient, rater, rating, raters, peea, scale)
    analysis = analyse(table, Options(weights=Weighting(weights.value), on_grades=not on_scores))
    if report is not None:
        _write_report(report, analysis, study)
    if as_json:
        sys.stdout.write(json.dumps(plain_analysis(analysis), ensure_ascii=False, default=_label) + "\n")
        return
    for sentence in (answer(analysis), *remarks(analysis), icc_sentence(analysis), few_recordings(analysis)):
        if sentence:
            out.print(Text(sentence))
    for title, frame in _frames(analysis):
        _print_table(title, frame)
    if study is not None and study.simulated:
        out.print(Text(study.note))


def _table(
    file: str,
    recording: str | None,
    patient: str | None,
    rater: str | None,
    rating: str | None,
    raters: list[str] | None,
    peea: str | None,
    scale: ScaleOption | None,
) -> tuple[Study | None, RatedTable]:
    from peea.agreement import RatingTableError
    from peea.settings import load_settings
    from peea.studies import RatingScale, demonstration_study
    from peea.studies.rated_table import table_of_study
    from peea.studies.uploads import Layout, TableFileError, guessed, read_table, table_of_file

    if file == DEMONSTRATION:
        study = demonstration_study()
        if study is None:
            raise BadInputError("The demonstration study is not installed.")
        return study, table_of_study(study)
    path = Path(file)
    if not path.is_file():
        raise BadInputError(f"There is no file {path}. Check its name.")
    try:
        table = read_table(path.name, path.read_bytes(), load_settings().uploads)
        found = guessed(table)
        chosen: dict[str, Any] = {
            "recording": recording,
            "patient": patient,
            "rater": rater,
            "rating": rating,
            "raters": tuple(raters) if raters else None,
            "peea": peea,
            "scale": None if scale is None else RatingScale(scale.value),
            "layout": Layout.LONG if rater or rating else Layout.WIDE if raters else None,
        }
        matching = replace(found, **{name: value for name, value in chosen.items() if value is not None})
        rated = table_of_file(table, matching)
    except RatingTableError as error:
        lines = [f"  row {problem.row}: {problem.sentence}" for problem in error.problems]
        raise BadInputError("\n".join([f"{path} cannot be used yet. Correct these rows:", *lines])) from error
    except (TableFileError, ValueError) as error:
        raise BadInputError(f"{path}: {error}") from error
    # What was guessed must be seen: a column that was taken for something else changes every number.
    patients = matching.patient or "no column (each recording is another patient)"
    clinicians = ", ".join(rated.clinicians) or "none"
    err.print(
        Text(
            f"Read as {matching.layout.value} table: recordings in {matching.recording}, patients in {patients}; "
            f"ratings are {matching.scale.value}; clinicians {clinicians}; PEEA {matching.peea or 'not among them'}."
        )
    )
    return None, rated


def _frames(analysis: Analysis) -> list[tuple[str, pd.DataFrame]]:
    from peea.agreement import NoNumber
    from peea.studies import result_tables as tables

    found = analysis.with_peea
    frames = [("Who was rated", tables.participants_table(analysis.table))]
    if not isinstance(found, NoNumber):
        frames += [
            ("Grade by grade", tables.cross_table_frame(found.cross)),
            ("ICC of PEEA and the clinicians together", tables.icc_table(found.icc)),
            ("Kappa", tables.kappa_table(found)),
            ("Each clinician against PEEA", tables.each_table(found)),
            ("Differences", tables.bland_altman_table(analysis)),
            ("Groups", tables.subgroup_table(found)),
        ]
    return [
        *frames,
        ("ICC of the clinicians among themselves", tables.icc_table(analysis.icc_clinicians)),
        ("Clinicians among themselves", tables.among_table(analysis)),
    ]


def _print_table(title: str, frame: pd.DataFrame) -> None:
    table = Table(*map(str, frame.columns), title=title, title_justify="left", box=None, header_style="dim")
    for row in frame.itertuples(index=False):
        table.add_row(*(Text(str(cell)) for cell in row))
    out.print()
    out.print(table)


def _write_report(path: Path, analysis: Analysis, study: Study | None) -> None:
    from peea.clock import on_ward
    from peea.records.paper import Printing
    from peea.studies.report_pdf import agreement_report

    try:
        path.write_bytes(agreement_report(analysis, study, Printing(login_name(), on_ward(datetime.now(UTC)))))
    except OSError as error:
        raise BadInputError(f"{path} cannot be written ({error.strerror}). Choose another place.") from error


def plain_analysis(analysis: Analysis) -> dict[str, Any]:
    """Return the results as plain values; a result without a number says why."""
    from peea.agreement import NoNumber
    from peea.studies.words import answer, remarks

    found = analysis.with_peea
    plain: dict[str, Any] = {
        "answer": answer(analysis),
        "remarks": list(remarks(analysis)),
        "recordings": len(analysis.table.grades.recordings),
        "patients": len(set(analysis.table.grades.patients)),
        "clinicians": list(analysis.table.clinicians),
        "icc_clinicians": _results(analysis.icc_clinicians),
        "clinicians_among_themselves": {name: asdict(result) for name, result in analysis.among},
    }
    if isinstance(found, NoNumber):
        return plain | {"peea": asdict(found)}
    return plain | {
        "peea": {
            "recordings": found.recordings,
            "patients": found.patients,
            "cross_table": asdict(found.cross),
            "equal": asdict(found.equal),
            "kappa": {weights.value: asdict(kappa) for weights, kappa in found.kappas},
            "icc": _results(found.icc),
            "icc_with_each_clinician": _results(found.icc_all),
            "each_clinician": [asdict(row) for row in found.each],
            "bland_altman": asdict(found.bland_altman),
            "detection": [asdict(each) for each in found.detection],
            "groups": [asdict(part) for part in found.subgroups],
        }
    }


def _results(results: Sequence[Any]) -> list[dict[str, Any]]:
    return [asdict(result) for result in results]


def _label(form: Any) -> str:
    """Return the name of a form of the ICC, the only value among the results that JSON does not know."""
    label: str = form.label
    return label
