"""The table that an analysis starts from, whether a study or an uploaded file gave it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

import numpy as np

from peea.agreement import Consensus, Ratings
from peea.language import Names, later, t
from peea.scales import CONTEXT_NAMES, GRADES, Context, grade_of_pspi, grade_of_vas
from peea.studies.values import RatingScale, Study

PEEA: Final = "PEEA"
"""Name of the model under test in the table."""

CLINICIANS: Final = "Clinicians together"
"""Name of the clinicians' consensus in the table."""

GRADE_CATEGORIES: Final = tuple(float(grade) for grade in GRADES)


GRADE_OF: Final[Mapping[RatingScale, Callable[[float], float]]] = {
    RatingScale.GRADE: float,
    RatingScale.VAS: lambda vas: float(grade_of_vas(vas)),
    RatingScale.PSPI: lambda total: float(grade_of_pspi(total)),
}
"""The grade of a rating on each scale, by the rules of `peea.scales`."""


class Trait(StrEnum):
    """What recordings are told apart by in filters and subgroups."""

    SEX = "sex"
    AGE = "age"
    TONE = "tone"
    CONTEXT = "context"
    HOURS = "hours"


TRAIT_NAMES: Final[Mapping[Trait, str]] = Names(
    {
        Trait.SEX: later("Sex"),
        Trait.AGE: later("Age"),
        Trait.TONE: later("Skin tone"),
        Trait.CONTEXT: later("What the patient did"),
        Trait.HOURS: later("Hours after the injury"),
    }
)

AGE_BANDS: Final = ((0, 64), (65, 74), (75, 84), (85, 125))
"""Bands in whole years, both ends included: the paper's patients are 65 and older."""

TONE_BANDS: Final[Mapping[str, tuple[int, int]]] = {"light": (1, 3), "medium": (4, 6), "dark": (7, 10)}
"""Groups of the ten Monk skin tones."""

_SEXES: Final[Mapping[str, str]] = Names(
    {"female": later("female"), "male": later("male"), "other": later("other"), "unknown": later("unknown")}
)
_TONES: Final[Mapping[str, str]] = Names(
    {
        "light": later("light (Monk 1 to 3)"),
        "medium": later("medium (Monk 4 to 6)"),
        "dark": later("dark (Monk 7 to 10)"),
    }
)


def trait_text(trait: Trait, value: str) -> str:
    """Return a value of a trait as people read it; what is not known by name, as it is.

    >>> trait_text(Trait.AGE, "75-84"), trait_text(Trait.HOURS, "24"), trait_text(Trait.SEX, "")
    ('75 to 84 years', '24 h', 'not given')
    """
    if not value:
        return t("not given")
    if trait is Trait.SEX:
        return _SEXES.get(value.lower(), value)
    if trait is Trait.TONE:
        return _TONES.get(value, value)
    if trait is Trait.CONTEXT:
        return CONTEXT_NAMES[Context(value)] if value in list(Context) else value
    if trait is Trait.HOURS and value.isdigit():
        return t("{hours} h", hours=value)
    if trait is Trait.AGE and "-" in value:
        low, high = value.split("-")
        if int(low) == AGE_BANDS[0][0]:
            return t("under {years} years", years=AGE_BANDS[1][0])
        if int(high) == AGE_BANDS[-1][1]:
            return t("{years} years and older", years=low)
        return t("{low} to {high} years", low=low, high=high)
    return value


def age_band(age_years: float | None) -> str:
    """Return the band of an age; "" if it is not known or in no band.

    >>> age_band(74.9), age_band(None)
    ('65-74', '')
    """
    if age_years is None or np.isnan(age_years):
        return ""
    return next((f"{low}-{high}" for low, high in AGE_BANDS if low <= int(age_years) <= high), "")


def tone_band(tone: float | None) -> str:
    """Return the group of a Monk skin tone; "" if it is not known or not on the scale."""
    if tone is None or np.isnan(tone):
        return ""
    return next((name for name, (low, high) in TONE_BANDS.items() if low <= tone <= high), "")


@dataclass(frozen=True, eq=False)
class RatedTable:
    """Ratings of recordings by clinicians and, if it is among them, PEEA.

    Attributes:
        grades: grades 0-4, shape (recordings, raters); PEEA, if there, is the rater called `PEEA`.
        scores: the ratings as they were given (VAS, PSPI or again the grade), same recordings and raters.
        scale: of `scores`.
        traits: for each trait that is known, its value by recording, "" where unknown.
        ages: in years by recording, NaN where unknown; None if nobody's is known.
        tones: skin tones 1-10 on the Monk scale, in the same way.
    """

    grades: Ratings
    scores: Ratings
    scale: RatingScale
    traits: Mapping[Trait, tuple[str, ...]] = field(default_factory=dict)
    ages: tuple[float, ...] | None = None
    tones: tuple[float, ...] | None = None

    @property
    def clinicians(self) -> tuple[str, ...]:
        """The raters who are people."""
        return tuple(name for name in self.grades.raters if name != PEEA)

    @property
    def has_peea(self) -> bool:
        """True if PEEA is among the raters and graded at least one recording."""
        return PEEA in self.grades.raters and bool(np.isfinite(self.grades.only([PEEA]).values).any())

    @property
    def by_clinicians(self) -> RatedTable:
        """The table without PEEA."""
        if PEEA not in self.grades.raters:
            return self
        return replace(self, grades=self.grades.without(PEEA), scores=self.scores.without(PEEA))

    def values_of(self, trait: Trait) -> tuple[str, ...]:
        """Return the values of a trait that occur, in the order in which people list them."""
        present = set(self.traits.get(trait, ()))
        if trait is Trait.CONTEXT:
            order: Sequence[str] = [context.value for context in Context]
        elif trait is Trait.TONE:
            order = list(TONE_BANDS)
        else:
            order = []
        known = [value for value in order if value in present]
        number = {value: float(value.split("-")[0]) for value in present if value.split("-")[0].isdigit()}
        rest = sorted(present - set(known) - {""}, key=lambda value: (number.get(value, 0.0), value))
        return (*known, *rest, *([""] if "" in present else []))

    def where(self, mask: np.ndarray) -> RatedTable:
        """Return the table of the recordings chosen by a mask, shape (recordings,) of bool."""
        rows = np.flatnonzero(mask)
        return replace(
            self,
            grades=self.grades.where(mask),
            scores=self.scores.where(mask),
            traits={trait: tuple(values[row] for row in rows) for trait, values in self.traits.items()},
            ages=None if self.ages is None else tuple(self.ages[row] for row in rows),
            tones=None if self.tones is None else tuple(self.tones[row] for row in rows),
        )

    def filtered(self, chosen: Mapping[Trait, Sequence[str]]) -> RatedTable:
        """Return the table of the recordings that have one of the chosen values in each trait; none chosen is all."""
        mask = np.ones(len(self.grades.recordings), dtype=bool)
        for trait, values in chosen.items():
            if values and trait in self.traits:
                mask &= np.isin(np.array(self.traits[trait], dtype=object), list(values))
        return self.where(mask)

    def seen_by_peea(self) -> RatedTable:
        """Return the table of the recordings that PEEA graded and at least one clinician rated."""
        graded = np.isfinite(self.grades.only([PEEA]).values[:, 0])
        return self.where(graded & np.isfinite(self.grades.without(PEEA).values).any(axis=1))

    def against_clinicians(self, on_grades: bool = True) -> Ratings:
        """Return two raters, PEEA and the clinicians together, on the recordings that PEEA graded.

        The clinicians' grade is their median (of two middle ones the higher), so that it is always a grade; their score
        is their mean, as Bland-Altman and ICC want it.
        """
        seen = self.seen_by_peea()
        ratings, rule = (seen.grades, Consensus.MEDIAN) if on_grades else (seen.scores, Consensus.MEAN)
        return ratings.with_consensus(CLINICIANS, rule, seen.clinicians).only([CLINICIANS, PEEA])


def table_of_study(study: Study) -> RatedTable:
    """Return the table of a study: its counted recordings, as rated and in grades.

    PEEA's grade is the one that it reported, whatever its score.
    """
    recordings = study.included
    names = [each.name for each in study.raters]
    of_score = GRADE_OF[study.scale]
    scores = np.full((len(recordings), len(names) + 1), np.nan)
    grades = np.full_like(scores, np.nan)
    for row, recording in enumerate(recordings):
        for column, name in enumerate(names):
            given = study.ratings.get((recording.recording, name))
            if given is not None:
                scores[row, column], grades[row, column] = given, of_score(given)
        output = recording.output
        if output is not None and output.grade is not None:
            grades[row, -1] = output.grade
            if study.scale is RatingScale.GRADE:
                scores[row, -1] = output.grade
            elif output.score is not None:
                scores[row, -1] = output.score
    codes = [each.recording for each in recordings]
    patients = [each.patient for each in recordings]
    raters = [*names, PEEA]
    found = {
        Trait.SEX: tuple(each.sex for each in recordings),
        Trait.AGE: tuple(age_band(each.age_years) for each in recordings),
        Trait.TONE: tuple(tone_band(each.skin_tone) for each in recordings),
        Trait.CONTEXT: tuple("" if each.context is None else each.context.value for each in recordings),
        Trait.HOURS: tuple("" if each.hours is None else str(each.hours) for each in recordings),
    }
    ages = tuple(np.nan if each.age_years is None else float(each.age_years) for each in recordings)
    tones = tuple(np.nan if each.skin_tone is None else float(each.skin_tone) for each in recordings)
    return RatedTable(
        Ratings.of(grades, raters=raters, recordings=codes, patients=patients),
        Ratings.of(scores, raters=raters, recordings=codes, patients=patients),
        study.scale,
        {trait: values for trait, values in found.items() if any(values)},
        ages if np.isfinite(ages).any() else None,
        tones if np.isfinite(tones).any() else None,
    )


def table_of_ratings(
    ratings: Ratings,
    scale: RatingScale,
    *,
    peea: str | None = None,
    traits: Mapping[Trait, Sequence[str]] | None = None,
    ages: Sequence[float] | None = None,
    tones: Sequence[float] | None = None,
) -> RatedTable:
    """Return the table of ratings read from a file.

    Args:
        ratings: as they stand in the file.
        scale: what its numbers are.
        peea: which rater is PEEA; None if it is not among them.
        traits, ages, tones: of the recordings, as far as the file has them.

    Raises:
        ValueError: a rating is not on the scale (a grade of 2.5), or another rater is called PEEA already.
    """
    if peea is not None and peea != PEEA:
        if PEEA in ratings.raters:
            raise ValueError(t("Another rater is called PEEA already; rename that column."))
        renamed = tuple(PEEA if name == peea else name for name in ratings.raters)
        ratings = Ratings(ratings.values, ratings.recordings, renamed, ratings.patients)
    if peea is not None:
        ratings = ratings.only([*(name for name in ratings.raters if name != PEEA), PEEA])
    elif PEEA in ratings.raters:
        raise ValueError(t("One rater is called PEEA. Choose it as PEEA, or rename it."))
    of_score = GRADE_OF[scale]
    values = np.array(
        [[np.nan if np.isnan(value) else of_score(value) for value in row] for row in ratings.values]
    ).reshape(ratings.values.shape)
    grades = Ratings(values, ratings.recordings, ratings.raters, ratings.patients)
    grades.codes(GRADE_CATEGORIES)
    known = {trait: tuple(given) for trait, given in (traits or {}).items() if any(given)}
    return RatedTable(
        grades, ratings, scale, known, None if ages is None else tuple(ages), None if tones is None else tuple(tones)
    )
