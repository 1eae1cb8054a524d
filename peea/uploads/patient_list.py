"""Patients from a CSV list, as a hospital system or a spreadsheet writes it, in English or Chinese, to texts."""

from __future__ import annotations

import csv
from typing import Final

from peea.language import t
from peea.spreadsheets import unguarded
from peea.uploads.csv_text import cells_of, separator_of, text_of
from peea.uploads.errors import UploadRefusedError
from peea.uploads.values import PatientOfFile

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


def patients_of_list(content: bytes) -> list[PatientOfFile]:
    """Return the patients of a CSV file.

    UTF-8 or GB 18030, commas, semicolons or tabs; headings in any order, unknown ones are left out.

    Raises:
        UploadRefusedError: it is no such file, or has no column for names or birth dates.
    """
    text = text_of(content)
    if text is None:
        raise UploadRefusedError(t("This is not a text file. Save the list as CSV and choose that file."))
    separator = separator_of(text.lstrip("\r\n").split("\n", 1)[0])
    try:
        rows = [row for row in cells_of(text, separator, strict=True) if any(row)]
    except csv.Error as error:
        raise UploadRefusedError(t("This is not a CSV file ({why}).", why=str(error))) from error
    if len(rows) < 2:
        raise UploadRefusedError(
            t("The file holds no patients: a line of headings and a line for each patient are needed.")
        )
    if len(rows) > MOST_ROWS + 1:
        raise UploadRefusedError(t("The file holds more than {n} lines.", n=MOST_ROWS))
    fields = [_field(heading) for heading in rows[0]]
    missing = [name for name in ("name", "birth_date") if name not in fields]
    if missing:
        raise UploadRefusedError(
            t(
                "The file needs columns with the headings name and birth_date; it has: {names}.",
                names=", ".join(rows[0]),
            )
        )
    return [PatientOfFile(number, _texts(fields, row)) for number, row in enumerate(rows[1:], start=2)]


def _texts(columns: list[str | None], row: list[str]) -> dict[str, str]:
    """Return the texts of a row by field; an empty one says nothing, but of the sex, which is then unknown."""
    texts: dict[str, str] = {}
    for field, cell in zip(columns, row, strict=False):
        text = unguarded(cell.strip())
        if field is not None and (text or field == "sex"):
            texts[field] = text
    return texts


def _field(heading: str) -> str | None:
    wanted = " ".join(heading.strip().casefold().split())
    return next((field for field, names in COLUMNS.items() if wanted in names), None)
