"""A file of ratings as hospitals have it, to a `RatedTable`: which column is which is guessed, and said by the user."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

import numpy as np
import pandas as pd

from peea.agreement import Ratings, RatingTableError, RowProblem, ratings_from_long, ratings_from_wide
from peea.language import t
from peea.scales import Context, Grade
from peea.spreadsheets import FIRST_ROW
from peea.studies.rated_table import PEEA, RatedTable, Trait, age_band, table_of_ratings, tone_band
from peea.studies.values import (
    SCALE_RANGES,
    GraderOutput,
    ModelUnderTest,
    RatingScale,
    Study,
    StudyRater,
    StudyRecording,
)
from peea.uploads.errors import UploadRefusedError
from peea.uploads.limits import UploadLimits
from peea.uploads.reading import read_ratings
from peea.uploads.values import TextTable


class TableFileError(ValueError):
    """A file that cannot be read as a table; the sentence says why and what to do."""


class Layout(StrEnum):
    """How the file is laid out."""

    LONG = "long"
    WIDE = "wide"


@dataclass(frozen=True)
class Matching:
    """Which column of a file is which.

    Attributes:
        layout: a row a rating, or a column a rater.
        scale: what the ratings are.
        recording: column with the name of the recording.
        patient: column with the patient; "" if each recording is of another patient.
        rater, rating: columns of a long table.
        raters: columns of a wide one.
        peea: which rater is PEEA; "" if it is not among them.
        traits: columns with what is known of the recordings.
    """

    layout: Layout
    scale: RatingScale
    recording: str = ""
    patient: str = ""
    rater: str = ""
    rating: str = ""
    raters: tuple[str, ...] = ()
    peea: str = ""
    traits: Mapping[Trait, str] = field(default_factory=dict)


_NAMES: Final[Mapping[str, str]] = {
    "recording": r"recording|video|clip|file|录像|视频",
    "patient": r"patient|subject|person|患者|病人",
    "rater": r"rater|clinician|observer|assessor|doctor|nurse|who|评估者|医生",
    "rating": r"rating|grade|score|vas|nrs|pspi|评分|等级",
    Trait.SEX: r"sex|gender|性别",
    Trait.AGE: r"age|age_years|years|年龄",
    Trait.TONE: r"skin.?tone|tone|monk|肤色",
    Trait.CONTEXT: r"context|movement|activity|position|体位|状态",
    Trait.HOURS: r"hours?|hour.?after.?injury|time.?point|小时",
}
"""How hospitals call the columns, as patterns of the start of a name."""

_SEX_WORDS: Final[Mapping[str, str]] = {
    "f": "female", "female": "female", "w": "female", "woman": "female", "女": "female",
    "m": "male", "male": "male", "man": "male", "男": "male",
}  # fmt: skip


def read_table(name: str, content: bytes, limits: UploadLimits | None = None) -> pd.DataFrame:
    """Return the table of a CSV file as text: comma, semicolon or tab between the columns, UTF-8 or GB 18030.

    The file is read by a process of its own.

    Args:
        name: of the file, for sentences.
        content: its bytes.
        limits: what to refuse; the defaults if None.

    Raises:
        TableFileError: it is too large, empty, no table, or reading it had to be stopped.
    """
    try:
        return frame_of(read_ratings(name, content, limits))
    except UploadRefusedError as error:
        raise TableFileError(str(error)) from error


def frame_of(table: TextTable) -> pd.DataFrame:
    """Return a table of texts as a frame; empty cells are None."""
    return pd.DataFrame(table.rows, columns=list(table.names), dtype=object)


def guessed(table: pd.DataFrame) -> Matching:
    """Return which column is probably which; what cannot be guessed is empty."""
    columns = list(table.columns)
    found = {key: _named(columns, pattern) for key, pattern in _NAMES.items()}
    traits = {trait: found[trait] for trait in Trait if found[trait]}
    recording = found["recording"] or (columns[0] if columns else "")
    taken = {recording, found["patient"], *traits.values()}
    long = bool(found["rater"] and found["rating"])
    raters = () if long else tuple(name for name in columns if name not in taken and _numeric(table[name]))
    names = _distinct(table[found["rater"]]) if long else raters
    peea = next((name for name in names if name.lower().startswith("peea")), "")
    values = [table[found["rating"]]] if long else [table[name] for name in raters]
    return Matching(
        Layout.LONG if long else Layout.WIDE,
        _guessed_scale(values, found["rating"] if long else ""),
        recording,
        found["patient"],
        found["rater"] if long else "",
        found["rating"] if long else "",
        raters,
        peea,
        traits,
    )


def _named(columns: Sequence[str], pattern: str) -> str:
    return next((name for name in columns if re.match(rf"({pattern})", name.strip(), re.IGNORECASE)), "")


def _numeric(column: pd.Series) -> bool:
    filled = column.dropna()
    return len(filled) > 0 and bool(pd.to_numeric(filled, errors="coerce").notna().mean() >= 0.5)


def _distinct(column: pd.Series) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(cell).strip() for cell in column.dropna()))


def raters_in(table: pd.DataFrame, column: str) -> tuple[str, ...]:
    """Return the raters that a long table names, in order of first appearance."""
    return _distinct(table[column]) if column in table.columns else ()


def _guessed_scale(columns: Sequence[pd.Series], name: str) -> RatingScale:
    for scale in RatingScale:
        if scale.value in name.lower():
            return scale
    largest = max((pd.to_numeric(column, errors="coerce").max() for column in columns), default=0)
    if largest > SCALE_RANGES[RatingScale.VAS][1]:
        return RatingScale.PSPI
    return RatingScale.VAS if largest > SCALE_RANGES[RatingScale.GRADE][1] else RatingScale.GRADE


def table_of_file(table: pd.DataFrame, matching: Matching) -> RatedTable:
    """Return the ratings of a file.

    Raises:
        peea.agreement.RatingTableError: the content of rows; each row and what is wrong with it.
        ValueError: columns are missing or named twice, or no rater was chosen.
    """
    least, most = SCALE_RANGES[matching.scale]
    patient = matching.patient or None
    if matching.layout is Layout.LONG:
        ratings = ratings_from_long(
            table,
            recording=matching.recording,
            rater=matching.rater,
            rating=matching.rating,
            patient=patient,
            least=least,
            most=most,
        )
    else:
        if not matching.raters:
            raise ValueError(t("No column with ratings is chosen."))
        ratings = ratings_from_wide(
            table, recording=matching.recording, raters=matching.raters, patient=patient, least=least, most=most
        )
    if matching.scale is RatingScale.GRADE:
        _only_whole_grades(table, matching, ratings)
    traits = _traits(table, matching, ratings.recordings)
    numbers: dict[Trait, tuple[float, ...]] = {}
    for trait, band in ((Trait.AGE, age_band), (Trait.TONE, tone_band)):
        if trait in traits:
            numbers[trait] = tuple(_number(value) for value in traits[trait])
            traits[trait] = tuple(
                band(number) or value for number, value in zip(numbers[trait], traits[trait], strict=True)
            )
    return table_of_ratings(
        ratings,
        matching.scale,
        peea=matching.peea or None,
        traits={trait: traits[trait] for trait in Trait if trait in traits},
        ages=numbers.get(Trait.AGE),
        tones=numbers.get(Trait.TONE),
    )


def _only_whole_grades(table: pd.DataFrame, matching: Matching, ratings: Ratings) -> None:
    columns = [matching.rating] if matching.layout is Layout.LONG else list(matching.raters)
    problems = []
    for column in columns:
        numbers = pd.to_numeric(table[column], errors="coerce")
        for row, number in enumerate(numbers, start=FIRST_ROW):
            if np.isfinite(number) and number != int(number):
                sentence = t("{column} is {number:g}; a grade is 0, 1, 2, 3 or 4", column=column, number=number)
                problems.append(RowProblem(row, sentence))
    if problems:
        raise RatingTableError(sorted(problems, key=lambda each: each.row))


def _traits(table: pd.DataFrame, matching: Matching, recordings: Sequence[str]) -> dict[Trait, tuple[str, ...]]:
    """Return each trait by recording: what the first row that says it says; rows that contradict it are told."""
    found: dict[Trait, tuple[str, ...]] = {}
    problems: list[RowProblem] = []
    names = table[matching.recording].map(lambda cell: "" if pd.isna(cell) else str(cell).strip())
    for trait, column in matching.traits.items():
        if column not in table.columns:
            raise ValueError(t("The table has no column {column}.", column=column))
        by_recording: dict[str, str] = {}
        for row, (name, cell) in enumerate(zip(names, table[column], strict=True), start=FIRST_ROW):
            value = "" if pd.isna(cell) else _plain(trait, str(cell).strip())
            if not value:
                continue
            if by_recording.setdefault(name, value) != value:
                sentence = t(
                    "{column} of recording {recording} is {value} here, {before} in an earlier row",
                    column=column,
                    recording=name,
                    value=value,
                    before=by_recording[name],
                )
                problems.append(RowProblem(row, sentence))
        found[trait] = tuple(by_recording.get(name, "") for name in recordings)
    if problems:
        raise RatingTableError(sorted(problems, key=lambda each: each.row))
    return found


def _plain(trait: Trait, value: str) -> str:
    if trait is Trait.SEX:
        return _SEX_WORDS.get(value.lower(), value)
    if trait is Trait.CONTEXT:
        key = value.lower().replace(" ", "_").replace("-", "_")
        return key if key in list(Context) else value
    if trait is Trait.HOURS:
        return re.sub(r"\s*h(ours?)?$", "", value, flags=re.IGNORECASE)
    return value


def _number(value: str) -> float:
    try:
        return float(value)
    except ValueError:
        return float("nan")


def study_of_table(
    table: RatedTable,
    name: str,
    purpose: str,
    model: ModelUnderTest,
    inclusion: Sequence[str] = (),
    exclusion: Sequence[str] = (),
) -> Study:
    """Return an uploaded table as a study that can be kept and frozen.

    Ages and skin tones that are no number are not kept.
    """
    of = table.traits

    def value(trait: Trait, row: int) -> str:
        return of[trait][row] if trait in of else ""

    recordings = []
    ratings = {}
    for row, code in enumerate(table.scores.recordings):
        context, hours = value(Trait.CONTEXT, row), value(Trait.HOURS, row)
        output = None
        if PEEA in table.grades.raters:
            grade = table.grades.values[row, table.grades.column(PEEA)]
            score = table.scores.values[row, table.scores.column(PEEA)]
            if np.isfinite(grade):
                output = GraderOutput(Grade(int(grade)), float(score))
        age = float("nan") if table.ages is None else table.ages[row]
        tone = float("nan") if table.tones is None else table.tones[row]
        recordings.append(
            StudyRecording(
                recording=code,
                patient=table.scores.patients[row],
                sex=value(Trait.SEX, row),
                age_years=float(age) if np.isfinite(age) else None,
                skin_tone=int(tone) if tone_band(tone) else None,
                context=Context(context) if context in list(Context) else None,
                hours=int(hours) if hours.isdigit() else None,
                output=output,
            )
        )
        for rater in table.clinicians:
            given = table.scores.values[row, table.scores.column(rater)]
            if np.isfinite(given):
                ratings[code, rater] = float(given)
    return Study(
        study_id=str(uuid.uuid4()),
        name=name,
        purpose=purpose,
        model=model,
        inclusion=tuple(inclusion),
        exclusion=tuple(exclusion),
        recordings=tuple(recordings),
        raters=tuple(StudyRater(rater) for rater in table.clinicians),
        scale=table.scale,
        ratings=ratings,
    )


def long_table_of_study(study: Study) -> pd.DataFrame:
    """Return a study as the long table that can be uploaded again: one row a rating, PEEA among the raters."""
    by_code = {each.recording: each for each in study.included}
    given = [(code, rater, rating) for (code, rater), rating in study.ratings.items() if code in by_code]
    given += [
        (each.recording, PEEA, each.output.score)
        for each in study.included
        if each.output is not None and each.output.score is not None
    ]

    def row(code: str, rater: str, rating: float) -> dict[str, object]:
        of = by_code[code]
        return {
            "recording": code,
            "patient": of.patient,
            "rater": rater,
            study.scale.value: rating,
            "sex": of.sex,
            "age": of.age_years,
            "skin_tone": of.skin_tone,
            "context": "" if of.context is None else of.context.value,
            "hours": of.hours,
        }

    return pd.DataFrame([row(*each) for each in sorted(given)])
