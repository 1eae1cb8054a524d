"""Everything that the agreement page and the report show, computed once from a table. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

import numpy as np

from peea.agreement import (
    BlandAltman,
    CrossTable,
    Detection,
    Icc,
    IccForm,
    Interval,
    Kappa,
    KrippendorffAlpha,
    ManyRaterKappa,
    MeanAgreement,
    Missing,
    NoNumber,
    Proportion,
    RaterAgreement,
    Reason,
    Resampling,
    Scale,
    Weighting,
    bland_altman,
    cohen_kappa,
    cross_table,
    each_rater,
    fleiss_kappa,
    gwet_ac,
    icc,
    krippendorff_alpha,
    light_kappa,
    mean_agreement,
    percent_agreement,
    sensitivity_specificity,
)
from peea.language import t
from peea.scales import PAIN_GRADES, Grade
from peea.studies.rated_table import CLINICIANS, GRADE_CATEGORIES, PEEA, RatedTable, RatingScale, Trait

Told: TypeAlias = Callable[[float], None]
"""Is told the share of the work that is done, 0-1."""

AmongClinicians: TypeAlias = ManyRaterKappa | KrippendorffAlpha | MeanAgreement

NEAR: Final = 1.0
"""Difference in grades that still counts as near: one grade."""


@dataclass(frozen=True)
class Options:
    """What the reader chose.

    Attributes:
        weights: of the kappas in the chart of clinicians and in the subgroups.
        on_grades: ICC and Bland-Altman on grades 0-4; otherwise on the scores as they were given.
        resampling: of patients.
    """

    weights: Weighting = Weighting.UNWEIGHTED
    on_grades: bool = True
    resampling: Resampling = field(default_factory=Resampling)


@dataclass(frozen=True)
class Subgroup:
    """Agreement of PEEA with the clinicians together in a part of the recordings.

    Attributes:
        trait, value: which part; both None for all recordings.
        patients, recordings: that PEEA graded there.
        kappa: with the weights of the options.
        equal: share of recordings with the same grade.
        single: ICC(2,1).
    """

    trait: Trait | None
    value: str | None
    patients: int
    recordings: int
    kappa: Kappa | NoNumber
    equal: Proportion | NoNumber
    single: Icc | NoNumber


@dataclass(frozen=True)
class WithPeea:
    """PEEA against the clinicians, on the recordings that PEEA graded.

    Attributes:
        patients, recordings: how many.
        cross: clinicians together by PEEA, in grades (the shape of Table 5).
        equal, near: share of recordings with the same grade, and within one grade.
        kappas: unweighted, linear, quadratic.
        icc: six forms of PEEA and the clinicians together; icc_all: of PEEA and each clinician.
        each: PEEA and every clinician (the idea of Fig. 9).
        bland_altman: PEEA less the clinicians together.
        detection: how PEEA finds what the clinicians call at least this grade.
        subgroups: all recordings first, then by trait.
    """

    patients: int
    recordings: int
    cross: CrossTable
    equal: Proportion | NoNumber
    near: Proportion | NoNumber
    kappas: tuple[tuple[Weighting, Kappa | NoNumber], ...]
    icc: tuple[Icc | NoNumber, ...]
    icc_all: tuple[Icc | NoNumber, ...]
    each: tuple[RaterAgreement, ...]
    bland_altman: BlandAltman | NoNumber
    detection: tuple[Detection, ...]
    subgroups: tuple[Subgroup, ...]


@dataclass(frozen=True)
class Analysis:
    """All results of one table.

    Attributes:
        table: what was analysed, after filters.
        options: as chosen.
        with_peea: PEEA against the clinicians; NoNumber if there is nothing of PEEA in the table.
        icc_clinicians: six forms of the clinicians among themselves, on all recordings.
        among: coefficients of the clinicians among themselves, by name.
    """

    table: RatedTable
    options: Options
    with_peea: WithPeea | NoNumber
    icc_clinicians: tuple[Icc | NoNumber, ...]
    among: tuple[tuple[str, AmongClinicians | NoNumber], ...]

    @property
    def scale(self) -> RatingScale:
        """The scale on which ICC and Bland-Altman are computed."""
        return RatingScale.GRADE if self.options.on_grades else self.table.scale


def analyse(table: RatedTable, options: Options | None = None, told: Told | None = None) -> Analysis:
    """Return all results of a table.

    Args:
        table: after filters.
        options: as chosen.
        told: called with the share of the work done.
    """
    chosen, tell = options or Options(), told or (lambda share: None)
    people = table.by_clinicians
    among = _among(people, chosen)
    tell(0.2)
    between = icc(
        people.grades if chosen.on_grades else people.scores,
        missing=Missing.LEAVE_OUT_RECORDING,
        resampling=chosen.resampling,
    )
    tell(0.3)
    with_peea = _with_peea(table, chosen, lambda share: tell(0.3 + 0.7 * share))
    tell(1.0)
    return Analysis(table, chosen, with_peea, between, among)


def _among(people: RatedTable, chosen: Options) -> tuple[tuple[str, AmongClinicians | NoNumber], ...]:
    """Return what clinicians agree on among themselves; the weights of AC and Light's kappa are those chosen."""
    grades, again = people.grades, chosen.resampling
    given: dict[str, Any] = {"categories": GRADE_CATEGORIES, "resampling": again}
    weighted = {**given, "weights": chosen.weights}
    return (
        ("equal", mean_agreement(grades, resampling=again)),
        ("fleiss", fleiss_kappa(grades, **weighted)),
        ("light", light_kappa(grades, **weighted)),
        ("gwet", gwet_ac(grades, **weighted)),
        ("alpha", krippendorff_alpha(grades, Scale.ORDINAL, resampling=again)),
    )


def _with_peea(table: RatedTable, chosen: Options, tell: Told) -> WithPeea | NoNumber:
    if PEEA not in table.grades.raters:
        return NoNumber(
            PEEA, Reason.ONE_RATER, t("PEEA is not among the raters, so it cannot be compared with the clinicians.")
        )
    if not table.clinicians:
        return NoNumber(PEEA, Reason.ONE_RATER, t("There is no clinician to compare PEEA with."))
    seen = table.seen_by_peea()
    if not seen.grades.recordings:
        return NoNumber(
            PEEA,
            Reason.NOTHING_IN_COMMON,
            t("No recording was both graded by PEEA and rated by a clinician, so nothing can be compared."),
        )
    again = chosen.resampling
    pair = table.against_clinicians()
    measured = pair if chosen.on_grades else table.against_clinicians(on_grades=False)
    leave_out: dict[str, Any] = {"missing": Missing.LEAVE_OUT_RECORDING, "resampling": again}
    together: dict[str, Any] = {"categories": GRADE_CATEGORIES, "resampling": again}
    kappas = tuple((weights, cohen_kappa(pair, CLINICIANS, PEEA, weights=weights, **together)) for weights in Weighting)
    tell(0.1)
    each = each_rater(seen.grades, PEEA, categories=GRADE_CATEGORIES, weights=chosen.weights, resampling=again)
    tell(0.4)
    subgroups = []
    parts = list(_parts(seen))
    for number, (trait, value, part) in enumerate(parts):
        subgroups.append(_subgroup(trait, value, part, chosen))
        tell(0.4 + 0.5 * (number + 1) / len(parts))
    return WithPeea(
        patients=len(set(seen.grades.patients)),
        recordings=len(seen.grades.recordings),
        cross=cross_table(pair, CLINICIANS, PEEA, categories=GRADE_CATEGORIES),
        equal=percent_agreement(pair, CLINICIANS, PEEA),
        near=percent_agreement(pair, CLINICIANS, PEEA, within=NEAR),
        kappas=kappas,
        icc=icc(measured, **leave_out),
        icc_all=icc(seen.grades if chosen.on_grades else seen.scores, **leave_out),
        each=each,
        bland_altman=bland_altman(measured, PEEA, CLINICIANS, resampling=again),
        detection=tuple(
            sensitivity_specificity(pair, test=PEEA, reference=CLINICIANS, from_category=float(grade))
            for grade in PAIN_GRADES
        ),
        subgroups=tuple(subgroups),
    )


def _parts(seen: RatedTable) -> Iterator[tuple[Trait | None, str | None, RatedTable]]:
    yield None, None, seen
    for trait, values in seen.traits.items():
        for value in seen.values_of(trait):
            yield trait, value, seen.where(np.array([given == value for given in values], dtype=bool))


def _subgroup(trait: Trait | None, value: str | None, part: RatedTable, chosen: Options) -> Subgroup:
    pair = part.against_clinicians()
    measured = pair if chosen.on_grades else part.against_clinicians(on_grades=False)
    return Subgroup(
        trait,
        value,
        len(set(pair.patients)),
        len(pair.recordings),
        cohen_kappa(
            pair,
            CLINICIANS,
            PEEA,
            categories=GRADE_CATEGORIES,
            weights=chosen.weights,
            resampling=chosen.resampling,
        ),
        percent_agreement(pair, CLINICIANS, PEEA),
        icc(measured, missing=Missing.LEAVE_OUT_RECORDING, resampling=chosen.resampling)[0],
    )


def form_of(results: tuple[Icc | NoNumber, ...], form: IccForm) -> Icc | NoNumber:
    """Return the result of one form; results stand in the order of `IccForm`."""
    return results[list(IccForm).index(form)]


def interval_of(result: Kappa | Icc) -> Interval | None:
    """Return the analytic interval of a result, or, where there is none, the resampled one, or None."""
    if not isinstance(result.interval, NoNumber):
        return result.interval
    return None if isinstance(result.bootstrap, NoNumber) else result.bootstrap.interval


def detection_at(analysis: WithPeea, grade: Grade) -> Detection:
    """Return how PEEA finds what the clinicians call at least this grade."""
    return next(each for each in analysis.detection if each.from_category == grade)
