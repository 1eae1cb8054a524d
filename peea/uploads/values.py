"""What is found in a file from outside, as plain texts, and how a reader hands it over: as lines of JSON, and back.

Whoever takes it back believes nothing: `table_of` and `patients_of` raise where it is not what a reader gives.
"""

from __future__ import annotations

import base64
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

MOST_COLUMNS: Final = 500
MOST_CELLS: Final = 5_000_000
"""Of a table as it is read, every row as wide as the first: a small file of commas would be a table of billions."""

MOST_OBJECTS: Final = 500_000
"""Of a bundle: 4,000 assessments have some 400,000. Each takes time and memory whatever is in it, so that a small file
could hold a server for hours."""

FIELDS: Final = frozenset(
    {
        "name",
        "birth_date",
        "sex",
        "ward",
        "bed",
        "team",
        "study_code",
        "fracture",
        "fracture_side",
        "surgery_date",
        "cognition",
        "communication",
        "notes",
    }
)
"""What a file can say of a patient."""

CELLS_A_LINE: Final = 20_000
"""Cells that a reader hands over at a time."""

NAMES, ROWS, PATIENT, RECORD = "names", "rows", "patient", "record"
"""What an answer is, beside `peea.apart.protocol`."""

_WHOLE_NUMBERS: Final = range(-(2**63), 2**63)
"""Whole numbers that the data base can keep."""

Row = Mapping[str, Any]
Answer = Mapping[str, Any]


class Content(StrEnum):
    """What a file from outside is taken for."""

    RATINGS = "ratings"
    LIST = "list"
    BUNDLE = "bundle"


class NotAsSaidError(ValueError):
    """An answer that no reader gives."""


@dataclass(frozen=True)
class TextTable:
    """A table as texts.

    Attributes:
        names: of the columns, each once.
        rows: of cells, as many as there are names; None where a cell is empty.
    """

    names: Sequence[str]
    rows: Sequence[Sequence[str | None]]


@dataclass(frozen=True)
class PatientOfFile:
    """One patient of a file, as it says.

    Attributes:
        number: the line or the place among the patients of the file, from 1.
        fields: texts by name, of `FIELDS`, in the order of the file.
        demonstration: the file calls the patient fictional.
        records: rows of PEEA's own by table, if the file has them.
    """

    number: int
    fields: Mapping[str, str]
    demonstration: bool = False
    records: Mapping[str, Sequence[Row]] = field(default_factory=dict)


def value_of(plain: Any) -> Any:
    """Return what a column of a record holds; bytes stand in base64.

    Raises:
        TypeError, ValueError, KeyError: no column holds it.
    """
    if isinstance(plain, dict):
        return base64.b64decode(plain["base64"], validate=True)
    if isinstance(plain, list) or (isinstance(plain, int) and plain not in _WHOLE_NUMBERS):
        raise ValueError(f"{type(plain).__name__} is nothing that a column holds")
    if isinstance(plain, str):
        plain.encode()  # half a character, which JSON can hold and nothing else, is a ValueError
    return plain


def _plain(value: Any) -> Any:
    return {"base64": base64.b64encode(value).decode()} if isinstance(value, bytes) else value


def table_answers(table: TextTable) -> Iterator[Answer]:
    """Yield a table in answers of a bearable length."""
    yield {"is": NAMES, "names": table.names}
    at_once = max(1, CELLS_A_LINE // len(table.names))
    for start in range(0, len(table.rows), at_once):
        yield {"is": ROWS, "rows": table.rows[start : start + at_once]}


def table_of(answers: Iterable[Answer]) -> TextTable:
    """Return the table that `table_answers` yielded.

    Raises:
        NotAsSaidError: these are other answers.
    """
    names: Sequence[str] | None = None
    rows: list[Sequence[str | None]] = []
    for answer in answers:
        if answer.get("is") == NAMES and names is None:
            names = _list(answer.get("names"))
            _texts(names)
            if not 1 <= len(names) <= MOST_COLUMNS or len(set(names)) < len(names):
                raise NotAsSaidError("these are no names of columns")
        elif answer.get("is") == ROWS and names is not None:
            more = _list(answer.get("rows"))
            if (len(rows) + len(more)) * len(names) > MOST_CELLS:
                raise NotAsSaidError("there are too many cells")
            for row in more:
                if len(_list(row)) != len(names):
                    raise NotAsSaidError("a row has other cells than there are names")
                _texts(cell for cell in row if cell is not None)
            rows += more
        else:
            raise NotAsSaidError("this is no part of a table")
    if names is None:
        raise NotAsSaidError("a table has names of its columns")
    return TextTable(names, rows)


def patient_answers(patients: Iterable[PatientOfFile]) -> Iterator[Answer]:
    """Yield each patient, and each record after the patient whose it is."""
    for one in patients:
        yield {"is": PATIENT, "number": one.number, "fields": one.fields, "demonstration": one.demonstration}
        for table, rows in one.records.items():
            for row in rows:
                plain = {name: _plain(value) for name, value in row.items()}
                yield {"is": RECORD, "table": table, "row": plain}


def patients_of(answers: Iterable[Answer], tables: Collection[str]) -> list[PatientOfFile]:
    """Return the patients whom `patient_answers` yielded.

    Args:
        answers: of a reader.
        tables: those whose records it may hand over.

    Raises:
        NotAsSaidError: these are other answers.
    """
    found: list[PatientOfFile] = []
    records: dict[str, list[Row]] = {}
    for count, answer in enumerate(answers):
        if count > MOST_OBJECTS:
            raise NotAsSaidError("there are too many patients and records")
        if answer.get("is") == PATIENT:
            records = {}
            found.append(_patient(answer, records))
        elif answer.get("is") == RECORD and found:
            table, row = answer.get("table"), answer.get("row")
            if not isinstance(table, str) or table not in tables or not isinstance(row, dict):
                raise NotAsSaidError("this is no record")
            _texts(row)
            try:
                records.setdefault(table, []).append({name: value_of(plain) for name, plain in row.items()})
            except (TypeError, ValueError, KeyError) as error:
                raise NotAsSaidError("a record holds what no column holds") from error
        else:
            raise NotAsSaidError("this is no patient")
    if any(one.records and not _has_one_owner(one.records) for one in found):
        raise NotAsSaidError("records belong to one patient")
    return found


def _patient(answer: Answer, records: Mapping[str, Sequence[Row]]) -> PatientOfFile:
    number, fields, demonstration = answer.get("number"), answer.get("fields"), answer.get("demonstration")
    if type(number) is not int or number < 1 or type(demonstration) is not bool:
        raise NotAsSaidError("this is no patient")
    if not isinstance(fields, dict) or not fields.keys() <= FIELDS:
        raise NotAsSaidError("this is no patient")
    _texts(fields.values())
    return PatientOfFile(number, fields, demonstration, records)


def _has_one_owner(records: Mapping[str, Sequence[Row]]) -> bool:
    own = records.get("patients", ())
    return len(own) == 1 and isinstance(own[0].get("patient_id"), str)


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise NotAsSaidError("this is no list")
    return value


def _texts(values: Iterable[Any]) -> None:
    """Refuse what is no text, or half a letter, which JSON can hold and nothing else."""
    try:
        "".join(values).encode()
    except (TypeError, UnicodeEncodeError) as error:
        raise NotAsSaidError("this is no text") from error
