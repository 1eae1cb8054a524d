"""The tables of how networks were trained, from what `peea.model_results` has read. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from peea.language import t
from peea.model_results import (
    RANDOM,
    Augmentation,
    CurvePoint,
    Evaluation,
    LearningPoint,
    ModelResults,
    PublishedFigure,
    Search,
    Training,
    improved_and_plain,
)
from peea.model_results.aims import Aim, Outcome
from peea.model_results.words import (
    AUGMENTATION_NAMES,
    SEARCHED_NAMES,
    SPLIT_NAMES,
    duration_words,
    interval_words,
    number,
    percent,
    short,
    training_name,
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
