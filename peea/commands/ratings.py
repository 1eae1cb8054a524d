"""The commands `peea ratings`: what there is to rate, how far raters agree, the training set that comes of it."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from peea.commands.shared import By, Database, err, login_name, out
from peea.scales import GRADE_NAMES, GRADES

if TYPE_CHECKING:
    from peea.store import RatingStore

ratings_app = typer.Typer(
    help="Ratings of key frames: list the sets, compute how far raters agree, write a training set.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

SetName = Annotated[str, typer.Argument(metavar="SET", help="Title or id of the set, see `peea ratings list`.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]


@ratings_app.command("list")
def list_sets(as_json: AsJson = False, by: By = "", database: Database = None) -> None:
    """List the sets with how far each rater is."""
    with _open(by, database) as store:
        sets = store.sets()
    if as_json:
        _print_json({"sets": [vars(each) for each in sets]})
        return
    if not sets:
        err.print("No sets to rate. Prepare one on the page Rating.")
        return
    table = Table("Title", "Holds", "Items", "Rated", "State", box=None, header_style="dim")
    for each in sets:
        rated = ", ".join(f"{name} {count}" for name, count in each.done.items()) or "nobody yet"
        state = ("closed" if each.closed else "open") + (", simulated" if each.simulated else "")
        table.add_row(*map(Text, (each.title, each.kind.replace("_", " "), str(each.items), rated, state)))
    out.print(table)


@ratings_app.command("consistency")
def consistency(name: SetName, as_json: AsJson = False, by: By = "", database: Database = None) -> None:
    """Print on how many key frames the raters agree, by the rule of the settings, and the usual figures."""
    from peea.rating_export import set_agreement
    from peea.settings import load_settings

    rules = load_settings().rating.consistency
    with _open(by, database) as store:
        rated = store.set(name)
        found = set_agreement(store, rated, rules)
    figures = {
        "Pairs of raters with the same grade": found.same_grade,
        "Krippendorff's alpha of the grades (ordinal)": found.alpha,
        "ICC(A,1) of the PSPI totals": found.pspi_icc,
    }
    if as_json:
        _print_json(
            {
                "set": rated.title,
                "rule": vars(rules),
                "frames": {item: vars(each) for item, each in found.frames.items()},
                "agreed": len(found.agreed),
                "figures": {title: getattr(each, "value", None) for title, each in figures.items()},
            }
        )
        return
    simulated = " Its ratings are simulated." if rated.simulated else ""
    out.print(f"{rated.title}: raters agree on {len(found.agreed)} of {rated.items} key frames.{simulated}")
    agree = f"{rules.rule}, {rules.least_agreeing:.0%} of at least {rules.least_raters} raters"
    out.print(f"Rule: {agree}.")
    table = Table("Figure", "Value", "95 % interval", box=None, header_style="dim")
    for title, each in figures.items():
        value = getattr(each, "value", None)
        if value is None:
            table.add_row(title, "-", Text(str(each)))
            continue
        interval = getattr(getattr(each, "bootstrap", None), "interval", None)
        shown = f"{interval.low:.2f} to {interval.high:.2f}" if interval is not None else "-"
        table.add_row(title, f"{value:.2f}", shown)
    out.print(table)


@ratings_app.command("export")
def export(
    name: SetName,
    folder: Annotated[Path, typer.Option("--out", help="Folder of the training set; empty or not there yet.")],
    by: By = "",
    database: Database = None,
) -> None:
    """Write the agreed key frames as a training set that `peea train NETWORK --data FOLDER` takes as it is."""
    from peea.rating_export import export_training_set
    from peea.settings import load_settings

    with _open(by, database) as store:
        written = export_training_set(store, store.set(name), folder, load_settings().rating.consistency)
    grades = ", ".join(f"{GRADE_NAMES[grade].lower()} {written.by_grade[int(grade)]}" for grade in GRADES)
    out.print(f"{written.images} key frames of {written.patients} patients in {folder}: {grades}.")
    for why, count in written.left_out.items():
        out.print(f"Left out: {count}, {why} (listed in {folder / 'left_out.csv'}).")
    for remark in written.remarks:
        err.print(Text(remark))
    out.print(Text(f"Train with: peea train efficientnet_lite0 --data {folder} --name NAME"))


def _open(by: str, database: Path | None) -> RatingStore:
    from peea.store import RatingStore

    return RatingStore(database, actor=by or login_name())


def _print_json(plain: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(plain, ensure_ascii=False, default=str) + "\n")
