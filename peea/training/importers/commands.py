"""The command `peea dataset import`."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from peea.commands.shared import BAD_INPUT, BadInputError, SaysErrors, err, out
from peea.grade_style import style_of
from peea.scales import GRADES
from peea.training.importers.folders import read_folders
from peea.training.importers.rated_images import Found, ImportRefusedError
from peea.training.importers.tables import columns_told, read_table
from peea.training.importers.unbc import read_unbc
from peea.training.importers.writing import PROBLEMS_FILE, ImportedDataSet, write_data_set

MOST_SAID: Final = 20
"""Problems that are printed; all of them are in the file."""

app = typer.Typer(
    cls=SaysErrors,
    help="A hospital's own rated images as a data set for `peea train`.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


class Layout(StrEnum):
    """How the pictures and their ratings lie."""

    FOLDERS = "folders"
    MANIFEST = "manifest"
    UNBC = "unbc"


@app.callback()
def root() -> None:
    """Keeps `import` a command of its own."""


@app.command("import")
def import_folder(
    folder: Annotated[Path, typer.Argument(help="Folder of the pictures.")],
    to: Annotated[Path, typer.Option("--out", help="Folder of the data set; empty or not there yet.")],
    layout: Annotated[
        Layout | None,
        typer.Option(
            help="folders: a folder a grade, patients in folders within it or at the beginning of the file's name "
            "(P017_0031.png); manifest: a CSV table; unbc: the UNBC-McMaster archive. By default what is there."
        ),
    ] = None,
    table: Annotated[Path | None, typer.Option(help="The CSV table, if the folder has several.")] = None,
    column: Annotated[
        list[str] | None,
        typer.Option(
            help="WHAT=NAME for a column of another name; WHAT is image, patient, grade, pspi, vas, split, AU4, AU6, "
            "AU7, AU9, AU10 or AU43. Repeat for several."
        ),
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of the splits.")] = 1,
    in_place: Annotated[bool, typer.Option("--in-place", help="Do not copy the pictures.")] = False,
) -> None:
    """Make a data set of rated images, with patients in one part of the split only.

    Files that are broken or have no rating are listed here and in problems.csv. Exit code 0: all files were taken. 2:
    some were left out (the data set is made of the others), or nothing could be made, e.g. because patients of a given
    split stand in more than one part.
    """
    try:
        found = _read(layout or _layout_of(folder, table), folder, table, columns_told(column or []))
        with _bar() as bar:
            task = bar.add_task("Looking at the pictures", total=len(found.images))
            written = write_data_set(
                found,
                to,
                source=str(layout or _layout_of(folder, table)),
                seed=seed,
                in_place=in_place,
                progress=lambda done, total: bar.update(task, completed=done, total=total),
            )
    except ImportRefusedError as error:
        raise BadInputError(str(error)) from error
    _print(written)
    raise typer.Exit(BAD_INPUT if written.left_out else 0)


def _layout_of(folder: Path, table: Path | None) -> Layout:
    if (folder / "Frame_Labels").is_dir():
        return Layout.UNBC
    return Layout.MANIFEST if table is not None or any(folder.glob("*.csv")) else Layout.FOLDERS


def _read(layout: Layout, folder: Path, table: Path | None, columns: dict[str, str]) -> Found:
    if layout is Layout.UNBC:
        return read_unbc(folder)
    return read_table(folder, table, columns) if layout is Layout.MANIFEST else read_folders(folder)


def _bar() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=err, transient=True)


def _print(written: ImportedDataSet) -> None:
    out.print(f"{written.images} images of {written.patients} patients are in {written.folder}.")
    grades = Table("Grade", "Images")
    for grade in GRADES:
        grades.add_row(style_of(grade).label, str(written.by_grade[int(grade)]))
    out.print(grades)
    parts = Table("Part", "Images", "Patients", title="No patient stands in two parts")
    for part, (images, patients) in written.by_part.items():
        parts.add_row(part, str(images), str(patients))
    out.print(parts)
    for remark in written.remarks:
        out.print(Text(remark))
    doubtful = [each for each in written.problems if each.kept]
    for said, problems in (("Left out", written.left_out), ("Taken, but doubtful", doubtful)):
        if not problems:
            continue
        err.print(f"{said}: {len(problems)}, all of them in {written.folder / PROBLEMS_FILE}:")
        for each in problems[:MOST_SAID]:
            err.print(Text(f"  {each.file}: {each.why}"))
        if len(problems) > MOST_SAID:
            err.print(f"  ... and {len(problems) - MOST_SAID} more")
    out.print(f"Now run: peea train NETWORK --data {written.folder}")
