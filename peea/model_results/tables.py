"""The tables of how often networks are right, from what `peea.model_results` has read. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import pandas as pd

from peea.language import t
from peea.model_results import (
    FaceFigures,
    Judged,
    ModelResults,
    PublishedFigure,
    ReliabilityBin,
    Subgroup,
    Training,
)
from peea.model_results.words import (
    GROUP_NAMES,
    PUBLISHED_DATA,
    PUBLISHED_NAMES,
    SPLIT_NAMES,
    confounder_name,
    group_name,
    interval_words,
    number,
    percent,
    published_words,
    training_name,
    value_name,
)
from peea.output_scales import OutputScale
from peea.plots import label_names

_IN_ORDER: Final = ("light", "medium", "dark", "up to 15 degrees", "15 to 25 degrees", "over 25 degrees")
"""Values that have an order which is not that of their letters."""


Row = tuple[Training, Judged]
"""A training and what it was judged on."""


def on_test(trainings: Sequence[Training]) -> list[Row]:
    """Return the trainings that were judged on the test part of their own split, with those figures."""
    return [(training, training.test) for training in trainings if training.test is not None]


def on_benchmark(trainings: Sequence[Training]) -> list[Row]:
    """Return the trainings that were judged on the benchmark images, with those figures."""
    return [(training, training.benchmark) for training in trainings if training.benchmark is not None]


def accuracy_table(rows: Sequence[Row]) -> pd.DataFrame:
    """Return one row a training: how often it is right."""
    return pd.DataFrame(
        [
            {
                t("Model"): training_name(training),
                t("Classes"): str(len(training.scale)),
                t("Right"): percent(test.usable.accuracy),
                t("95 % interval"): interval_words(test.usable.interval),
                t("Right where raters agree"): percent(test.consistent.accuracy if test.consistent else None),
                t("Right of grades 1 to 4"): percent(test.usable.four_grade_accuracy),
                t("Two off or more"): percent(test.usable.off_by_two),
                t("Images (patients)"): f"{test.usable.images} ({test.usable.patients or '–'})",
            }
            for training, test in rows
        ]
    )


def further_table(rows: Sequence[Row]) -> pd.DataFrame:
    """Return one row a judged training: how far off, how well calibrated, how easily fooled."""
    return pd.DataFrame(
        [
            {
                t("Model"): training_name(training),
                t("Macro F1"): number(test.usable.macro_f1),
                t("Quadratic kappa"): number(test.usable.quadratic_kappa),
                t("Mean error"): number(test.usable.mean_absolute_error, 2),
                t("PSPI, ICC(A,1)"): number(test.usable.pspi_icc),
                t("Calibration error"): percent(test.usable.ece),
                t("Imitated pain graded obvious or worse"): percent(
                    test.over_graded.share if test.over_graded else None
                ),
            }
            for training, test in rows
        ]
    )


def by_label_table(
    trainings: Sequence[Training], scale: OutputScale, published: Sequence[PublishedFigure]
) -> pd.DataFrame:
    """Return the share right by true grade or level, a row a network; a paper's row last."""
    names = label_names(scale)
    rows: list[dict[str, object]] = []
    for training in trainings:
        test = training.test
        if test is None or training.scale is not scale:
            continue
        values = [test.usable.by_label.get(label) for label in scale.labels]
        rows.append(
            {
                t("Model"): training_name(training),
                t("Judged on"): SPLIT_NAMES[training.split],
                **dict(zip(names, map(percent, values), strict=True)),
                t("Mean"): percent(_mean(values)),
            }
        )
    rows += [
        {
            t("Model"): figure.network,
            t("Judged on"): PUBLISHED_DATA[figure.data],
            **dict(zip(names, map(percent, figure.value), strict=True)),
            t("Mean"): percent(_mean(figure.value)),
        }
        for figure in published
        if isinstance(figure.value, tuple) and len(figure.value) == len(scale)
    ]
    return pd.DataFrame(rows)


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def confusion_table(figures: FaceFigures, scale: OutputScale) -> pd.DataFrame:
    """Return the numbers of images: rows the true class, columns the class that the network gave."""
    names = label_names(scale)
    table = pd.DataFrame(figures.confusion, columns=names)
    table.insert(0, t("True"), names)
    return table


def reliability_table(series: Mapping[str, Sequence[ReliabilityBin]]) -> pd.DataFrame:
    """Return, by name of the model, how sure it was, how often it was right, and of how many faces."""
    return pd.DataFrame(
        [
            {
                t("Model"): name,
                t("How sure the model was"): percent(each.confidence),
                t("How often it was right"): percent(each.accuracy),
                t("Images"): each.images,
            }
            for name, bins in series.items()
            for each in bins
        ]
    )


def in_order(subgroups: Sequence[Subgroup]) -> list[Subgroup]:
    """Return subgroups property by property, values in their natural order."""
    return sorted(
        subgroups,
        key=lambda each: (
            list(GROUP_NAMES).index(each.group) if each.group in GROUP_NAMES else len(GROUP_NAMES),
            _IN_ORDER.index(each.value) if each.value in _IN_ORDER else 0,
        ),
    )


def group_table(subgroups: Sequence[Subgroup]) -> pd.DataFrame:
    """Return the figures of each group of patients or pictures, with intervals."""
    ordered = in_order(subgroups)
    return pd.DataFrame(
        {
            t("Property"): [group_name(each.group) for each in ordered],
            t("Value"): [value_name(each.group, each.value) for each in ordered],
            t("Right"): [percent(each.accuracy) for each in ordered],
            t("95 % interval"): [interval_words(each.interval) for each in ordered],
            t("Too high (+) or too low (-), grades"): [
                "–" if each.mean_error is None else f"{each.mean_error:+.2f}" for each in ordered
            ],
            t("Imitated pain graded obvious or worse"): [percent(each.over_graded) for each in ordered],
            t("Images"): [each.images for each in ordered],
            t("Patients"): [each.patients for each in ordered],
        }
    )


def over_graded_table(judged: Judged) -> pd.DataFrame:
    """Return how often each kind of face that imitates pain was graded obvious or worse."""
    of = judged.over_graded.by_confounder if judged.over_graded else {}
    return pd.DataFrame(
        {
            t("Face without pain"): [confounder_name(name) for name in of],
            t("Graded obvious or worse"): [percent(share) for _, share in of.values()],
            t("Images"): [images for images, _ in of.values()],
        }
    )


def published_table(results: ModelResults) -> pd.DataFrame:
    """Return the papers' own figures, each with its source and the data it was measured on."""
    return pd.DataFrame(
        {
            t("Figure"): [PUBLISHED_NAMES[each.figure] for each in results.published],
            t("Network"): [each.network or "–" for each in results.published],
            t("Value"): [published_words(each) for each in results.published],
            t("Data"): [PUBLISHED_DATA[each.data] for each in results.published],
            t("Source"): [results.sources[each.source].short for each in results.published],
        }
    )
