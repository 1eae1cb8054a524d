"""Patients from a CSV file, as a hospital system or a spreadsheet writes it, in English or Chinese."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from typing import Any, Final

from peea.language import Names, later, t
from peea.records.candidates import Candidate, date_of, sex_of, side_of
from peea.spreadsheets import unguarded
from peea.store.exchange import ExchangeError

LARGEST_BYTES: Final = 20_000_000
MOST_ROWS: Final = 20_000
"""More patients than a hospital admits with hip fractures in a decade: a file of another kind."""

COLUMNS: Final = {
    "name": ("name", "patient", "full name", "姓名", "患者姓名"),
    "birth_date": ("birth_date", "birth date", "date of birth", "born", "dob", "birthdate", "出生日期", "生日"),
    "sex": ("sex", "gender", "性别"),
    "ward": ("ward", "unit", "病区", "科室"),
    "bed": ("bed", "bed number", "床号", "床位"),
    "team": ("team", "小组", "医疗组"),
    "study_code": ("study_code", "study code", "code", "研究编号", "编号"),
    "fracture": ("fracture", "fracture type", "diagnosis", "骨折", "骨折类型", "诊断"),
    "fracture_side": ("fracture_side", "side", "fracture side", "侧别", "骨折侧"),
    "surgery_date": ("surgery_date", "surgery date", "operation date", "手术日期"),
    "cognition": ("cognition", "认知"),
    "communication": ("communication", "沟通"),
    "notes": ("notes", "note", "remarks", "备注"),
}
"""Field -> headings by which it is known."""

_READ_AS: Final[Mapping[str, str]] = Names(
    {
        "birth_date": later("the birth date"),
        "surgery_date": later("the date of surgery"),
        "sex": later("the sex"),
        "fracture_side": later("the side of the fracture"),
    }
)

_READERS: Final = {"birth_date": date_of, "surgery_date": date_of, "sex": sex_of, "fracture_side": side_of}


def candidates_of_csv(content: bytes) -> list[Candidate]:
    """Return the patients of a CSV file, with what is wrong with each; nothing is written.

    UTF-8 or GB 18030, commas, semicolons or tabs; headings in any order, unknown ones are left out. Dates have the year
    or the day first, never the month.

    Raises:
        ExchangeError: it is no such file, or has no column for names or birth dates.
    """
    if len(content) > LARGEST_BYTES:
        raise ExchangeError(t("The file is too large."))
    text = _text(content)
    first_line = text.lstrip("\r\n").split("\n", 1)[0]
    delimiter = max(",;\t", key=first_line.count)
    try:
        rows = [row for row in csv.reader(io.StringIO(text), delimiter=delimiter, strict=True) if any(row)]
    except csv.Error as error:
        raise ExchangeError(t("This is not a CSV file ({why}).", why=str(error))) from error
    if len(rows) < 2:
        raise ExchangeError(t("The file holds no patients: a line of headings and a line for each patient are needed."))
    if len(rows) > MOST_ROWS + 1:
        raise ExchangeError(t("The file holds more than {n} lines.", n=MOST_ROWS))
    fields = [_field(heading) for heading in rows[0]]
    missing = [name for name in ("name", "birth_date") if name not in fields]
    if missing:
        raise ExchangeError(
            t(
                "The file needs columns with the headings name and birth_date; it has: {names}.",
                names=", ".join(rows[0]),
            )
        )
    return [_candidate(fields, row, number) for number, row in enumerate(rows[1:], start=2)]


def _candidate(columns: list[str | None], row: list[str], number: int) -> Candidate:
    place = t("line {n}", n=number)
    fields: dict[str, Any] = {}
    for field, cell in zip(columns, row, strict=False):
        text = unguarded(cell.strip())
        if field is None or (not text and field != "sex"):
            continue
        value = _READERS[field](text) if field in _READERS else text
        if value is None:
            return Candidate(place, fields, t("{text} cannot be read as {field}.", text=text, field=_READ_AS[field]))
        fields[field] = value
    fields.setdefault("sex", sex_of(""))
    return Candidate(place, fields)


def _field(heading: str) -> str | None:
    wanted = " ".join(heading.strip().casefold().split())
    return next((field for field, names in COLUMNS.items() if wanted in names), None)


def _text(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise ExchangeError(t("This is not a text file. Save the list as CSV and choose that file."))
