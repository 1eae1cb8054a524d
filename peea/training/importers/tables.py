"""A CSV table of the pictures, one line each, with its columns matched by name or as told."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pandas as pd

from peea.scales import ACTION_MAXIMUM, EYES_CLOSED_FROM, PSPI_ACTIONS, Grade, grade_of_vas
from peea.training.importers.rated_images import (
    PARTS,
    PICTURES,
    Found,
    ImportRefusedError,
    LeftOut,
    RatedImage,
    checked_actions,
    grade_of_name,
    grade_of_pspi_total,
    pspi_of_all,
)

KNOWN_AS: Final[Mapping[str, tuple[str, ...]]] = {
    "image": ("image", "file", "filename", "picture", "path", "frame"),
    "patient": ("patient", "person", "subject", "study_code", "patient_id", "subject_id"),
    "grade": ("grade", "pain_grade", "label"),
    "pspi": ("pspi",),
    "vas": ("vas", "nrs"),
    "split": ("split", "split_patients", "part", "set"),
    **{
        name: (name.lower(), name.lower().replace("au", "au0"), name.lower().replace("au", "au_"))
        for name in PSPI_ACTIONS
    },
}
"""Columns by what they hold, and the names under which they are known without being told (in small letters)."""

PASSED_ON: Final = ("sex", "age_band", "tone_group", "light", "glasses", "yaw_deg", "consistent")
"""Further columns that evaluations know. No other column is taken over: it could hold a name."""


def read_table(folder: Path, table: Path | None = None, columns: Mapping[str, str] | None = None) -> Found:
    """Return the pictures that a CSV table names.

    A picture's grade is that of its column; without one it follows from its VAS, its PSPI, or its six actions.

    Args:
        folder: that the names of the pictures are relative to.
        table: the CSV file; the only one in the folder if None.
        columns: what a column holds (a key of `KNOWN_AS`) -> the name of the column, for names that are not known.

    Raises:
        ImportRefusedError: no table, not a table, or no column of pictures, of patients or of ratings.
    """
    if not folder.is_dir():
        raise ImportRefusedError(f"There is no folder {folder}. Check its name.")
    file = table or _only_table(folder)
    try:
        rows = pd.read_csv(file, dtype=str, keep_default_na=False, encoding="utf-8-sig", skipinitialspace=True)
    except (OSError, UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise ImportRefusedError(f"{file.name} is not a CSV table ({error}).") from error
    matched = matched_columns([str(column) for column in rows.columns], columns or {}, file.name)
    images: list[RatedImage] = []
    problems: list[LeftOut] = []
    named: set[Path] = set()
    for number, row in enumerate(rows.to_dict("records"), start=2):
        picture = folder / str(row[matched["image"]]).strip().replace("\\", "/")
        named.add(picture.resolve())
        for read in _read(picture, {str(key): str(value) for key, value in row.items()}, matched, number):
            (images if isinstance(read, RatedImage) else problems).append(read)  # type: ignore[arg-type]
    problems += [
        LeftOut(each, f"No line of {file.name} names it.")
        for each in sorted(folder.rglob("*"))
        if each.suffix.lower() in PICTURES and each.resolve() not in named
    ]
    if not images:
        raise ImportRefusedError(
            f"No line of {file.name} can be used; the first: {problems[0].why}"
            if problems
            else f"{file.name} has no lines."
        )
    return Found(tuple(images), tuple(problems))


def _only_table(folder: Path) -> Path:
    tables = sorted(folder.glob("*.csv"))
    if len(tables) != 1:
        raise ImportRefusedError(f"{folder} holds {len(tables)} CSV tables; say which one with --table.")
    return tables[0]


def matched_columns(present: list[str], told: Mapping[str, str], file: str) -> dict[str, str]:
    """Return what is held -> name of the column, of the columns that are there.

    Raises:
        ImportRefusedError: a column that was told is not there, or there is none of pictures, patients or ratings.
    """
    matched: dict[str, str] = {}
    for holds, name in told.items():
        if holds not in KNOWN_AS:
            raise ImportRefusedError(f"A column holds one of {', '.join(KNOWN_AS)}; got {holds}.")
        if name not in present:
            raise ImportRefusedError(f"{file} has no column {name}; it has {', '.join(present)}.")
        matched[holds] = name
    simple = {re.sub(r"[\s\-]+", "_", name.strip().lower()): name for name in reversed(present)}
    for holds, names in KNOWN_AS.items():
        found = next((simple[name] for name in names if name in simple), None)
        if holds not in matched and found is not None:
            matched[holds] = found
    rated = {"grade", "pspi", "vas"} & set(matched) or set(PSPI_ACTIONS) <= set(matched)
    for holds, there in (("image", "image" in matched), ("patient", "patient" in matched), ("grade", bool(rated))):
        if not there:
            raise ImportRefusedError(
                f"{file} has no column of the {holds}; it has {', '.join(present)}. Say which it is with "
                f"--column {holds}=NAME."
            )
    return matched


def _read(picture: Path, row: Mapping[str, str], matched: Mapping[str, str], number: int) -> list[RatedImage | LeftOut]:
    def cell(holds: str) -> str:
        return row[matched[holds]].strip() if holds in matched else ""

    def out(why: str) -> list[RatedImage | LeftOut]:
        return [LeftOut(picture, f"Line {number}: {why}")]

    if not cell("image"):
        return out("It names no picture.")
    if not picture.is_file():
        return out("The picture is not there.")
    if not cell("patient"):
        return out("It names no patient.")
    part = None
    if cell("split"):
        part = PARTS.get(cell("split").lower())
        if part is None:
            return out(f"{cell('split')} is no part of a split: train, validation or test.")
    try:
        total, vas = _number(cell("pspi"), "PSPI", 16), _number(cell("vas"), "VAS", 10)
        actions = {name: value for name in PSPI_ACTIONS if (value := _number(cell(name), name, 5)) is not None}
    except ValueError as error:
        return out(str(error))
    if "AU43" in actions:
        actions["AU43"] = float(actions["AU43"] >= EYES_CLOSED_FROM)
    wrong = checked_actions(actions)
    if wrong:
        return out(wrong)
    counted = pspi_of_all(actions)
    grade, why = _grade(cell("grade"), vas, total if total is not None else counted)
    if grade is None:
        return out(why)
    more = {name: row[name].strip() for name in PASSED_ON if row.get(name, "").strip()}
    image = RatedImage(
        picture, cell("patient"), grade, actions, total if total is not None else counted, vas, part, more
    )
    doubts: list[RatedImage | LeftOut] = [image]
    if total is not None and counted is not None and abs(total - counted) > ACTION_MAXIMUM["AU43"] / 2:
        said = f"The PSPI is {total:g}, its actions make {counted:g}."
        doubts.append(LeftOut(picture, f"Line {number}: {said}", kept=True))
    return doubts


def _grade(said: str, vas: float | None, total: float | None) -> tuple[Grade | None, str]:
    if said:
        grade = grade_of_name(said)
        return grade, "" if grade is not None else f"{said} is no grade: 0 to 4, or a grade's name."
    if vas is not None:
        return grade_of_vas(vas), ""
    if total is not None:
        return grade_of_pspi_total(total), ""
    return None, "It is not rated."


def _number(text: str, name: str, most: float) -> float | None:
    if not text:
        return None
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        raise ValueError(f"{name} is {text}, which is no number.") from None
    if not 0 <= value <= most or math.isnan(value):
        raise ValueError(f"{name} is {text}; allowed is 0 to {most:g}.")
    return value


def columns_told(pairs: list[str]) -> dict[str, str]:
    """Return what columns hold from texts such as ``patient=Fallnummer``.

    Raises:
        ImportRefusedError: a text has no equals sign.
    """
    told: dict[str, Any] = {}
    for pair in pairs:
        holds, equals, name = pair.partition("=")
        if not equals or not name:
            raise ImportRefusedError(f"Write --column WHAT=NAME; got {pair}.")
        told[holds.strip()] = name.strip()
    return told
