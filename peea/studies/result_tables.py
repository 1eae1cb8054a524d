"""The results as tables: what the page shows, what is downloaded as CSV and what the report prints. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from peea.agreement import (
    Bootstrapped,
    CrossTable,
    Icc,
    KrippendorffAlpha,
    ManyRaterKappa,
    MeanAgreement,
    MeanKappa,
    NoNumber,
    Proportion,
    icc_words,
)
from peea.grade_style import GRADE_STYLES
from peea.language import percent, t
from peea.scales import GRADES, Grade
from peea.studies.analysis import Analysis, Subgroup, WithPeea, interval_of
from peea.studies.rated_table import TRAIT_NAMES, RatedTable, trait_text
from peea.studies.words import (
    AMONG_NAMES,
    DEFINITION_NAMES,
    MODEL_NAMES,
    SHORT_WEIGHT_NAMES,
    UNIT_NAMES,
    interval_text,
    number,
    p_text,
)


def _error(bootstrap: Bootstrapped | NoNumber) -> str:
    return "–" if isinstance(bootstrap, NoNumber) else number(bootstrap.standard_error, 3)


def _resampled(bootstrap: Bootstrapped | NoNumber) -> str:
    return "–" if isinstance(bootstrap, NoNumber) else interval_text(bootstrap.interval)


def participants_table(table: RatedTable) -> pd.DataFrame:
    """Return who was rated: patients and recordings, and their traits as counts and percentages (Table 4's shape)."""
    patients = np.array(table.grades.patients)
    recordings = len(patients)
    rows: list[tuple[str, str, str, str]] = [
        (t("All"), "", str(len(set(patients))), str(recordings)),
    ]
    if table.ages is not None:
        by_patient = dict(zip(patients, table.ages, strict=True))
        ages = np.array([age for age in by_patient.values() if np.isfinite(age)])
        if len(ages):
            mean = t(
                "{mean:.1f} ± {sd:.1f}, {least:.0f} to {most:.0f}",
                mean=ages.mean(),
                sd=ages.std(ddof=1) if len(ages) > 1 else 0.0,
                least=ages.min(),
                most=ages.max(),
            )
            rows.append((t("Age in years"), t("mean ± standard deviation, range"), mean, ""))
    for trait in table.traits:
        values = np.array(table.traits[trait], dtype=object)
        for value in table.values_of(trait):
            here = values == value
            count, people = int(here.sum()), len(set(patients[here]))
            rows.append(
                (
                    TRAIT_NAMES[trait],
                    trait_text(trait, value),
                    f"{people} ({percent(people / len(set(patients)))})",
                    f"{count} ({percent(count / recordings)})",
                )
            )
    return pd.DataFrame(rows, columns=[t("Trait"), t("Value"), t("Patients"), t("Recordings")])


def raters_table(table: RatedTable, about: dict[str, tuple[str, str]] | None = None) -> pd.DataFrame:
    """Return who rated: how many recordings each, the mean grade, and what is known of them (role, years)."""
    rows = []
    for column, name in enumerate(table.grades.raters):
        given = table.grades.values[:, column]
        rated = given[np.isfinite(given)]
        role, years = (about or {}).get(name, ("", ""))
        mean = number(float(rated.mean())) if len(rated) else "–"
        rows.append((name, role, years, str(len(rated)), mean))
    columns = [t("Rater"), t("Role"), t("Years of experience"), t("Recordings rated"), t("Mean grade")]
    made = pd.DataFrame(rows, columns=columns)
    # Of the raters of an uploaded table nothing but the name is known.
    return made.loc[:, [column == columns[0] or bool((made[column] != "").any()) for column in columns]]


def cross_table_frame(cross: CrossTable) -> pd.DataFrame:
    """Return the cross-table, clinicians in rows and PEEA in columns, with totals (Table 5's shape)."""
    names = [GRADE_STYLES[Grade(int(category))].label for category in cross.categories]
    rows: list[list[Any]] = [
        [name, *counts, total] for name, counts, total in zip(names, cross.counts, cross.row_totals, strict=True)
    ]
    rows.append([t("All"), *cross.column_totals, cross.total])
    columns = [t("Clinicians together"), *(t("PEEA: {grade}", grade=name) for name in names), t("All")]
    return pd.DataFrame(rows, columns=columns)


def icc_table(results: Sequence[Icc | NoNumber]) -> pd.DataFrame:
    """Return the six forms of the ICC with test, both intervals, standard error and words (Table 6's shape)."""
    rows = []
    for result in results:
        if isinstance(result, NoNumber):
            rows.append([result.statistic, "", "–", "–", "–", "–", "–", "–", result.sentence])
            continue
        form = result.form
        model = t(
            "{model}, {definition}, {unit}",
            model=MODEL_NAMES[form.model],
            definition=DEFINITION_NAMES[form.definition],
            unit=UNIT_NAMES[form.unit],
        )
        test = result.test
        interval = interval_of(result)
        rows.append(
            [
                form.label,
                model,
                number(result.value, 3),
                interval_text(result.interval, 3),
                _error(result.bootstrap),
                _resampled(result.bootstrap),
                "–" if isinstance(test, NoNumber) else f"{test.f:.2f} ({test.df1}, {test.df2})",
                "–" if isinstance(test, NoNumber) else p_text(test.p),
                "–" if interval is None else icc_words(interval),
            ]
        )
    columns = [
        t("Form"),
        t("Model, definition, unit"),
        t("ICC"),
        t("95 % interval"),
        t("Standard error, resampled"),
        t("95 % interval, resampled"),
        t("F (df)"),
        t("p"),
        t("Reliability (Koo & Li)"),
    ]
    return pd.DataFrame(rows, columns=columns)


def kappa_table(found: WithPeea) -> pd.DataFrame:
    """Return the kappas of PEEA and the clinicians together, laid out as SPSS's table of symmetric measures."""
    rows = []
    for weights, kappa in found.kappas:
        name = t("Kappa, {weights}", weights=SHORT_WEIGHT_NAMES[weights])
        if isinstance(kappa, NoNumber):
            rows.append([name, "–", "–", "–", "–", "–", "–", kappa.sentence])
            continue
        error = kappa.standard_error
        rows.append(
            [
                name,
                number(kappa.value, 3),
                "–" if isinstance(error, NoNumber) else number(error, 3),
                "–" if isinstance(kappa.test, NoNumber) else number(kappa.test.t, 3),
                "–" if isinstance(kappa.test, NoNumber) else p_text(kappa.test.p),
                interval_text(kappa.interval, 3),
                _error(kappa.bootstrap),
                t("{count} recordings", count=kappa.recordings),
            ]
        )
    columns = [
        t("Measure of agreement"),
        t("Value"),
        t("Asymptotic standard error"),
        t("Approximate T"),
        t("Approximate significance"),
        t("95 % interval"),
        t("Standard error, resampled"),
        t("Valid cases"),
    ]
    return pd.DataFrame(rows, columns=columns)


def each_table(found: WithPeea) -> pd.DataFrame:
    """Return each clinician's agreement with PEEA and with the other clinicians (the numbers of the chart)."""
    rows = []
    for row in found.each:
        kappa, others, equal = row.with_reference, row.with_others, row.equal_to_reference
        if kappa is None:
            value, interval, error = "", "", ""
        elif isinstance(kappa, NoNumber):
            value, interval, error = "–", kappa.sentence, "–"
        else:
            value, interval, error = number(kappa.value), interval_text(interval_of(kappa)), _error(kappa.bootstrap)
        rows.append(
            [
                row.rater,
                value,
                interval,
                error,
                f"{equal.count} / {equal.of} ({percent(equal.value)})" if isinstance(equal, Proportion) else "",
                number(others.value) if isinstance(others, MeanKappa) else "–",
                _resampled(others.bootstrap) if isinstance(others, MeanKappa) else others.sentence,
            ]
        )
    columns = [
        t("Rater"),
        t("Kappa with PEEA"),
        t("95 % interval"),
        t("Standard error, resampled"),
        t("Same grade as PEEA"),
        t("Mean kappa with the other clinicians"),
        t("95 % interval, resampled"),
    ]
    return pd.DataFrame(rows, columns=columns)


def among_table(analysis: Analysis) -> pd.DataFrame:
    """Return what the clinicians agree on among themselves."""
    rows = []
    for name, result in analysis.among:
        rows.append([AMONG_NAMES[name], *_among_cells(result)])
    columns = [
        t("Measure"),
        t("Value"),
        t("95 % interval"),
        t("Standard error, resampled"),
        t("95 % interval, resampled"),
        t("Recordings"),
    ]
    return pd.DataFrame(rows, columns=columns)


def _among_cells(result: ManyRaterKappa | KrippendorffAlpha | MeanAgreement | NoNumber) -> list[str]:
    if isinstance(result, NoNumber):
        return ["–", result.sentence, "–", "–", "–"]
    analytic = result.interval if isinstance(result, ManyRaterKappa) else None
    resampled = (_error(result.bootstrap), _resampled(result.bootstrap))
    return [number(result.value, 3), interval_text(analytic, 3), *resampled, str(result.recordings)]


def detection_table(found: WithPeea) -> pd.DataFrame:
    """Return how PEEA finds what the clinicians together call at least each grade."""
    rows = []
    for each in found.detection:
        cells: list[str] = []
        for share in (each.sensitivity, each.specificity):
            if isinstance(share, NoNumber):
                cells += ["–", share.sentence]
            else:
                limits = t("{low} to {high}", low=percent(share.interval.low), high=percent(share.interval.high))
                cells += [f"{share.count} / {share.of} ({percent(share.value)})", limits]
        grade = Grade(int(each.from_category))
        label = GRADE_STYLES[grade].label
        rows.append([label if grade is GRADES[-1] else t("{grade} or more", grade=label), *cells])
    columns = [
        t("The clinicians say"),
        t("Found by PEEA (sensitivity)"),
        t("95 % interval"),
        t("Below it, and so said by PEEA (specificity)"),
        t("95 % interval of that"),
    ]
    return pd.DataFrame(rows, columns=columns)


def subgroup_name(part: Subgroup) -> str:
    """Return a part of the recordings as a row is called."""
    if part.trait is None or part.value is None:
        return t("All recordings")
    return f"{TRAIT_NAMES[part.trait]}: {trait_text(part.trait, part.value)}"


def subgroup_table(found: WithPeea) -> pd.DataFrame:
    """Return agreement of PEEA with the clinicians together in each part of the recordings."""
    rows = []
    for part in found.subgroups:
        kappa, single, equal = part.kappa, part.single, part.equal
        rows.append(
            [
                subgroup_name(part),
                part.patients,
                part.recordings,
                f"{equal.count} / {equal.of} ({percent(equal.value)})" if isinstance(equal, Proportion) else "–",
                "–" if isinstance(kappa, NoNumber) else number(kappa.value),
                kappa.sentence if isinstance(kappa, NoNumber) else interval_text(interval_of(kappa)),
                "–" if isinstance(single, NoNumber) else number(single.value),
                single.sentence if isinstance(single, NoNumber) else interval_text(interval_of(single)),
            ]
        )
    columns = [
        t("Recordings of"),
        t("Patients"),
        t("Recordings"),
        t("Same grade"),
        t("Kappa"),
        t("95 % interval of kappa"),
        t("ICC(2,1)"),
        t("95 % interval of the ICC"),
    ]
    return pd.DataFrame(rows, columns=columns)


def bland_altman_table(analysis: Analysis) -> pd.DataFrame:
    """Return bias and limits of agreement of PEEA less the clinicians together."""
    found = analysis.with_peea
    result = found if isinstance(found, NoNumber) else found.bland_altman
    columns = [t("Measure"), t("Value"), t("95 % interval"), t("95 % interval, resampled")]
    if isinstance(result, NoNumber):
        return pd.DataFrame([[t("Bland-Altman"), "–", result.sentence, "–"]], columns=columns)
    named = (
        (t("Mean difference, PEEA less clinicians"), result.bias),
        (t("Lower limit of agreement"), result.lower),
        (t("Upper limit of agreement"), result.upper),
    )
    rows = [
        [name, number(each.value), interval_text(each.interval), _resampled(each.bootstrap)] for name, each in named
    ]
    return pd.DataFrame(rows, columns=columns)


def excluded_table(reasons: Sequence[str]) -> pd.DataFrame:
    """Return how many recordings were left out for which reason."""
    # Reasons of the demonstration are in the catalogue; what staff wrote stays as it is.
    counted = Counter(t(reason) for reason in reasons if reason)
    return pd.DataFrame(counted.most_common(), columns=[t("Left out because of"), t("Recordings")])
