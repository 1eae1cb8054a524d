"""Tables of people to `Ratings`: a long one (a row a rating) or a wide one (a column a rater). Pure.

The user says which column is which; what is wrong with the content is reported by row, all of it at once, so that a
file is put right in one go.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from peea.agreement.ratings import Ratings
from peea.language import listed, t
from peea.spreadsheets import FIRST_ROW


@dataclass(frozen=True)
class RowProblem:
    """What is wrong in one row, by the number that a spreadsheet shows beside it."""

    row: int
    sentence: str


class RatingTableError(ValueError):
    """A table whose content cannot be read as ratings; `problems` has one entry for each fault, in order of rows."""

    def __init__(self, problems: Sequence[RowProblem]) -> None:
        self.problems = tuple(problems)
        first = self.problems[0]
        if len(self.problems) == 1:
            super().__init__(t("row {row}: {sentence}", row=first.row, sentence=first.sentence))
        else:
            more = len(self.problems) - 1
            super().__init__(
                t("row {row}: {sentence} (and {more} more)", row=first.row, sentence=first.sentence, more=more)
            )


@dataclass(frozen=True)
class _Reader:
    """Reads cells and collects what is wrong with them."""

    least: float
    most: float
    problems: list[RowProblem]

    def name(self, cell: object, row: int, column: str) -> str | None:
        """Return the text of a name, whole numbers without a trailing .0; None, and a problem, if it is empty."""
        if pd.isna(cell) or not str(cell).strip():  # type: ignore[call-overload]
            self.problems.append(RowProblem(row, t("{column} is empty", column=column)))
            return None
        whole = isinstance(cell, float) and cell.is_integer()
        return str(int(cell)) if whole else str(cell).strip()  # type: ignore[call-overload]

    def rating(self, cell: object, row: int, column: str) -> float:
        """Return a rating, NaN for an empty cell and, with a problem, for what is no number in range."""
        if pd.isna(cell) or not str(cell).strip():  # type: ignore[call-overload]
            return math.nan
        try:
            value = float(str(cell).strip())
        except ValueError:
            self.problems.append(
                RowProblem(
                    row, t("{column} is {value!r}, which is not a number", column=column, value=str(cell).strip())
                )
            )
            return math.nan
        if not self.least <= value <= self.most:
            self.problems.append(
                RowProblem(
                    row,
                    t(
                        "{column} is {value:g}; allowed is {least:g} to {most:g}, or empty",
                        column=column,
                        value=value,
                        least=self.least,
                        most=self.most,
                    ),
                )
            )
            return math.nan
        return value


def _check_columns(table: pd.DataFrame, columns: Sequence[str]) -> None:
    for column in columns:
        if column not in table.columns:
            raise ValueError(
                t(
                    "the table has no column {column!r}; it has {columns}",
                    column=column,
                    columns=listed(map(str, table.columns)),
                )
            )
    if len(set(columns)) != len(columns):
        raise ValueError(t("each column has one meaning; got {columns}", columns=listed(columns)))
    if table.empty:
        raise ValueError(t("the table has no rows"))


def ratings_from_long(
    table: pd.DataFrame,
    *,
    recording: str,
    rater: str,
    rating: str,
    patient: str | None = None,
    least: float = -math.inf,
    most: float = math.inf,
) -> Ratings:
    """Return the ratings of a long table, one row for each rating.

    Parameters
    ----------
    table : DataFrame
        The rows, in any order.
    recording, rater, rating : str
        The columns with the name of the recording, of the rater, and the rating; an empty rating is missing.
    patient : str, optional
        The column with the patient; each recording is its own patient if not given.
    least, most : float
        The range of a rating (VAS: 0 and 10).

    Returns
    -------
    Ratings
        Recordings and raters in the order in which they first appear.

    Raises
    ------
    ValueError
        A named column does not exist, or two of them are one column.
    RatingTableError
        Empty names, ratings that are no number or out of range, two ratings of a recording by a rater, a recording
        with two patients; with the row of each.

    Examples
    --------
    >>> rows = pd.DataFrame({"video": [1, 1, 2], "who": ["Lin", "PEEA", "Lin"], "VAS": [4, 5, 7]})
    >>> ratings_from_long(rows, recording="video", rater="who", rating="VAS").values
    array([[ 4.,  5.],
           [ 7., nan]])
    """
    _check_columns(table, [recording, rater, rating] + ([patient] if patient else []))
    reader = _Reader(least, most, [])
    cells: dict[tuple[str, str], float] = {}
    owners: dict[str, str] = {}
    raters: dict[str, None] = {}
    columns = [table[column].tolist() for column in (recording, rater, rating, patient or recording)]
    for row, (a_recording, a_rater, a_rating, a_patient) in enumerate(zip(*columns, strict=True), start=FIRST_ROW):
        name = reader.name(a_recording, row, recording)
        who = reader.name(a_rater, row, rater)
        owner = name if patient is None else reader.name(a_patient, row, patient)
        value = reader.rating(a_rating, row, rating)
        if name is None or who is None or owner is None:
            continue
        if (name, who) in cells:
            reader.problems.append(
                RowProblem(
                    row, t("{rater} has rated recording {recording} in an earlier row", rater=who, recording=name)
                )
            )
        if owners.setdefault(name, owner) != owner:
            reader.problems.append(
                RowProblem(
                    row,
                    t(
                        "recording {recording} is of patient {patient} here, of {before} in an earlier row",
                        recording=name,
                        patient=owner,
                        before=owners[name],
                    ),
                )
            )
        raters[who] = None
        cells[name, who] = value
    if reader.problems:
        raise RatingTableError(reader.problems)
    values = [[cells.get((name, who), math.nan) for who in raters] for name in owners]
    return Ratings.of(values, raters=tuple(raters), recordings=tuple(owners), patients=tuple(owners.values()))


def ratings_from_wide(
    table: pd.DataFrame,
    *,
    recording: str,
    raters: Sequence[str],
    patient: str | None = None,
    least: float = -math.inf,
    most: float = math.inf,
) -> Ratings:
    """Return the ratings of a wide table, one row for each recording and one column for each rater.

    Parameters
    ----------
    table : DataFrame
        The rows.
    recording : str
        The column with the name of the recording.
    raters : sequence of str
        The columns with ratings; an empty cell is a missing rating.
    patient : str, optional
        The column with the patient; each recording is its own patient if not given.
    least, most : float
        The range of a rating (VAS: 0 and 10).

    Raises
    ------
    ValueError
        A named column does not exist, or two of them are one column.
    RatingTableError
        Empty or repeated recordings, ratings that are no number or out of range; with the row of each.

    Examples
    --------
    >>> rows = pd.DataFrame({"video": ["a", "b"], "Lin": [4, 7], "PEEA": [5, "high"]})
    >>> ratings_from_wide(rows, recording="video", raters=["Lin", "PEEA"])
    Traceback (most recent call last):
    peea.agreement.rating_files.RatingTableError: row 3: PEEA is 'high', which is not a number
    """
    _check_columns(table, [recording, *raters] + ([patient] if patient else []))
    reader = _Reader(least, most, [])
    rows: dict[str, list[float]] = {}
    owners: list[str] = []
    for row, (_, record) in enumerate(table.iterrows(), start=FIRST_ROW):
        name = reader.name(record[recording], row, recording)
        owner = name if patient is None else reader.name(record[patient], row, patient)
        values = [reader.rating(record[rater], row, rater) for rater in raters]
        if name is None or owner is None:
            continue
        if name in rows:
            reader.problems.append(RowProblem(row, t("recording {recording} stands in an earlier row", recording=name)))
        rows[name] = values
        owners.append(owner)
    if reader.problems:
        raise RatingTableError(reader.problems)
    return Ratings.of(np.array(list(rows.values())), raters=raters, recordings=tuple(rows), patients=owners)
