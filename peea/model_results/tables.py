"""The tables of the model comparison, from what `peea.model_results` has read. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import pandas as pd

from peea.language import t
from peea.model_results import (
    RANDOM,
    Augmentation,
    CurvePoint,
    Evaluation,
    FaceFigures,
    Judged,
    LearningPoint,
    ModelResults,
    PublishedFigure,
    ReliabilityBin,
    Search,
    Subgroup,
    Training,
    improved_and_plain,
)
from peea.model_results.aims import Aim, Outcome
from peea.model_results.words import (
    AUGMENTATION_NAMES,
    GROUP_NAMES,
    PUBLISHED_DATA,
    PUBLISHED_NAMES,
    SEARCHED_NAMES,
    SPLIT_NAMES,
    confounder_name,
    duration_words,
    group_name,
    interval_words,
    number,
    percent,
    published_words,
    short,
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


def training_table(results: ModelResults) -> pd.DataFrame:
    """Return Table 3 of [P] in our figures: accuracy of training, validation and test images, and training time.

    Improved networks stand before their plain ones; the paper's own row, on other data, comes last.
    """
    pairs = improved_and_plain(results.trainings)
    plain_of = {id(pair.plain): pair for pair in pairs}
    improved_of = {id(pair.improved): pair for pair in pairs}
    ordered: list[Training] = []
    for pair in pairs:
        ordered += [pair.improved, pair.plain]
    ordered += [each for each in results.trainings if id(each) not in plain_of and id(each) not in improved_of]
    rows: list[dict[str, object]] = []
    for training in ordered:
        role = t("improved") if id(training) in improved_of else t("plain") if id(training) in plain_of else ""
        rows.append(
            {
                t("Model"): training_name(training),
                t("Settings"): role,
                t("Judged on"): SPLIT_NAMES[training.split],
                t("Training right"): percent(training.accuracy("train")),
                t("Validation right"): percent(training.accuracy("validation")),
                t("Test right"): percent(training.accuracy("test")),
                t("Pretraining"): duration_words(training.pretraining_seconds),
                t("Training time"): duration_words(training.training_seconds),
                t("Installed"): t("yes") if training.released else t("no"),
                t("Whose figures"): t("Ours, simulated patients") if training.synthetic else t("Ours"),
            }
        )
    rows += _published_table_3(results)
    return pd.DataFrame(rows)


def _published_table_3(results: ModelResults) -> list[dict[str, object]]:
    theirs = {
        each.figure: each
        for each in results.published
        if each.figure.endswith("_accuracy") and each.data == "hip_images"
    }
    if not theirs:
        return []
    any_of_them = next(iter(theirs.values()))

    def share(figure: str) -> str:
        found = theirs.get(figure)
        return "–" if found is None or isinstance(found.value, tuple) else percent(found.value)

    return [
        {
            t("Model"): any_of_them.network,
            t("Settings"): t("improved"),
            t("Judged on"): SPLIT_NAMES[RANDOM],
            t("Training right"): share("training_accuracy"),
            t("Validation right"): share("validation_accuracy"),
            t("Test right"): share("test_accuracy"),
            t("Pretraining"): "–",
            t("Training time"): "–",
            t("Installed"): t("no"),
            t("Whose figures"): t("{paper}, other data", paper=results.sources[any_of_them.source].short),
        }
    ]


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


def aims_table(found: Sequence[Outcome]) -> pd.DataFrame:
    """Return one row an aim of a network: what is asked, what was reached."""

    def written(aim: Aim, value: float | None) -> str:
        return percent(value) if aim.in_percent else number(value)

    reached = {True: t("reached"), False: t("not reached"), None: t("not measured")}
    return pd.DataFrame(
        [
            {
                t("Network"): t(each.title),
                t("Aim"): t(each.aim.what),
                t("Judged on"): SPLIT_NAMES[each.aim.split],
                t("Asked"): t("at most {value}", value=written(each.aim, each.aim.asked))
                if each.aim.at_most
                else t("at least {value}", value=written(each.aim, each.aim.asked)),
                t("Reached"): written(each.aim, each.reached),
                t("Verdict"): reached[each.met],
            }
            for each in found
        ]
    )


def augmentation_table(augmentation: Augmentation) -> pd.DataFrame:
    """Return Table 1 of [P] in our figures: accuracy with no augmentation, each paper's, ours and all."""
    rows = augmentation.rows
    return pd.DataFrame(
        {
            t("Augmentation of the training images"): [
                AUGMENTATION_NAMES.get(row.augmentation, row.augmentation) for row in rows
            ],
            t("Training right"): [percent(row.training_accuracy) for row in rows],
            t("Validation right"): [percent(row.validation_accuracy) for row in rows],
            t("Test right"): [percent(row.test_accuracy) for row in rows],
            t("Training images"): [t("all") if row.images is None else str(row.images) for row in rows],
        }
    )


def learning_table(points: Sequence[LearningPoint]) -> pd.DataFrame:
    """Return one row a training: from how many images of what size, what was reached, and how long it took."""
    return pd.DataFrame(
        {
            t("Training images"): [point.images for point in points],
            t("Picture, pixels"): [f"{point.input_size} × {point.input_size}" for point in points],
            t("Test right"): [percent(point.accuracy) for point in points],
            t("95 % interval"): [interval_words(point.interval) for point in points],
            t("PSPI, ICC(A,1)"): [number(point.pspi_icc) for point in points],
            t("Training time"): [duration_words(point.seconds) for point in points],
        }
    )


def space_table(search: Search, published: Sequence[PublishedFigure]) -> pd.DataFrame:
    """Return Table 2 of [P]: what was searched between which limits, what was found, and what the paper found."""
    theirs = {each.figure: each.value for each in published if not isinstance(each.value, tuple)}

    def found_there(name: str) -> str:
        return short(theirs.get(f"found_{name}"))

    return pd.DataFrame(
        {
            t("Searched"): [SEARCHED_NAMES.get(name, name) for name in search.space],
            t("From"): [f"{low:g}" for low, _, _ in search.space.values()],
            t("To"): [f"{high:g}" for _, high, _ in search.space.values()],
            t("Drawn"): [t("logarithmically") if log else t("evenly") for _, _, log in search.space.values()],
            t("Found here"): [short(search.best.get(name)) for name in search.space],
            t("Found in the paper, on other data"): [found_there(name) for name in search.space],
        }
    )


def evaluation_table(evaluations: Sequence[Evaluation]) -> pd.DataFrame:
    """Return one row an evaluation of the search."""
    return pd.DataFrame(
        {
            t("Evaluation"): [each.number for each in evaluations],
            t("Learning rate"): [short(each.learning_rate) for each in evaluations],
            t("Momentum"): [short(each.momentum) for each in evaluations],
            t("L2 regularisation"): [short(each.weight_decay) for each in evaluations],
            t("Objective"): [number(each.objective, 4) for each in evaluations],
            t("Seconds"): [number(each.seconds, 0) for each in evaluations],
            t("State"): [each.state for each in evaluations],
        }
    )


def curve_table(trainings: Sequence[Training]) -> pd.DataFrame:
    """Return one row an epoch of each training."""

    def row(training: Training, point: CurvePoint) -> dict[str, object]:
        return {
            t("Model"): training_name(training),
            t("Epoch"): point.epoch,
            t("Training loss"): number(point.training_loss),
            t("Validation loss"): number(point.validation_loss),
            t("Validation right"): percent(point.validation_accuracy),
            t("Seconds"): number(point.seconds, 0),
        }

    return pd.DataFrame([row(training, point) for training in trainings for point in training.curves])


def course_table(trainings: Sequence[Training]) -> pd.DataFrame:
    """Return one row an epoch in which grades were learned, with the training time until then."""
    return pd.DataFrame(
        [
            {
                t("Model"): training_name(training),
                t("Training so far"): duration_words(point.seconds),
                t("Picture"): "–" if point.input_size is None else t("{n} px", n=point.input_size),
                t("Validation right"): percent(point.validation_accuracy),
            }
            for training in trainings
            for point in training.course
        ]
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
