"""Reading what trainings and evaluations have written under models/: tolerant of what is not there, never of nonsense.

Files: NAME/card.json of released models; results/NAME.json of networks whose weights are not kept, of the same form;
results/pretraining/NAME.json of the trainings from which others start; results/augmentation.json,
results/learning.json, results/search.json, results/published.json.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, TypeVar

from peea.language import t
from peea.model_cards import CARD_FILE, MODELS_FOLDER
from peea.model_results.comparison import shown_first
from peea.model_results.published import published_from_plain
from peea.model_results.values import (
    PATIENTS,
    RANDOM,
    Augmentation,
    AugmentationRow,
    CurvePoint,
    Evaluation,
    FaceFigures,
    Judged,
    Learning,
    LearningPoint,
    ModelResults,
    OptimizerRun,
    OverGraded,
    ReliabilityBin,
    Search,
    Subgroup,
    Training,
)
from peea.output_scales import output_scale

RESULTS_FOLDER: Final = "results"
PRETRAININGS: Final = "pretraining"
"""Folder of the results from which others start, and the group of their experiments."""
AUGMENTATION_FILE: Final = "augmentation.json"
LEARNING_FILE: Final = "learning.json"
SEARCH_FILE: Final = "search.json"
PUBLISHED_FILE: Final = "published.json"
_TABLES: Final = (AUGMENTATION_FILE, LEARNING_FILE, SEARCH_FILE, PUBLISHED_FILE)

Read = TypeVar("Read")


def read_results(folder: Path = MODELS_FOLDER) -> ModelResults:
    """Return all results under a folder of models; what is not there is left empty.

    Files that cannot be read, or are not of their form, become sentences in `ModelResults.problems`; the others are
    read all the same.
    """
    problems: list[str] = []

    def read(file: Path, take: Callable[[Mapping[str, Any]], Read]) -> Read | None:
        if not file.is_file():
            return None
        try:
            return take(json.loads(file.read_text(encoding="utf-8")))
        except (OSError, UnicodeDecodeError, LookupError, TypeError, ValueError, AttributeError) as error:
            name = file.relative_to(folder).as_posix()
            why = f"{type(error).__name__}: {error}"
            problems.append(t("The results in {file} cannot be read ({why}). Make them again.", file=name, why=why))
            return None

    results = folder / RESULTS_FOLDER
    pretrainings = [read(file, _not_released) for file in sorted((results / PRETRAININGS).glob("*.json"))]
    trainings = [read(card, _released) for card in sorted(folder.glob(f"*/{CARD_FILE}"))]
    trainings += [read(file, _not_released) for file in sorted(results.glob("*.json")) if file.name not in _TABLES]
    by_name = {each.name: each for each in [*pretrainings, *trainings] if each is not None}
    augmentation = read(results / AUGMENTATION_FILE, _augmentation)
    learning = read(results / LEARNING_FILE, _learning)
    search = read(results / SEARCH_FILE, _search)
    published = read(results / PUBLISHED_FILE, published_from_plain)
    return ModelResults(
        trainings=tuple(
            replace(each, before=_trainings_before(each, by_name))
            for each in sorted(filter(None, trainings), key=shown_first)
        ),
        augmentation=augmentation if augmentation and augmentation.rows else None,
        learning=learning if learning and (learning.more_images or learning.larger_pictures) else None,
        search=search if search and search.evaluations else None,
        sources=published[0] if published else {},
        published=published[1] if published else (),
        problems=tuple(problems),
    )


def _released(card: Mapping[str, Any]) -> Training:
    return _training(card, released=True)


def _not_released(results: Mapping[str, Any]) -> Training:
    return _training(results, released=False)


def _training(plain: Mapping[str, Any], released: bool) -> Training:
    judged = {}
    for name, block in (plain.get("figures") or {}).items():
        one = _judged(block)
        # A set of images of its own is known by its name.
        judged[one.split if one.split in (PATIENTS, RANDOM) else name, one.part] = one
    return Training(
        name=plain["name"],
        title=plain.get("title") or plain["network"],
        network=plain["network"],
        scale=output_scale(plain["scale"]),
        released=released,
        split=RANDOM if str(plain.get("split", "")).startswith(RANDOM) else PATIENTS,
        version=str(plain.get("version", "")),
        trained_on=str(plain.get("trained_on", "")),
        synthetic=bool((plain.get("data") or {}).get("synthetic", False)),
        clinically_validated=bool(plain.get("clinically_validated", False)),
        start=str(plain.get("start", "")),
        plan=plain.get("plan") or {},
        curves=tuple(_curve_point(row) for row in plain.get("curves") or ()),
        training_seconds=_number(plain.get("training_seconds")),
        judged=judged,
        command=str(plain.get("command", "")),
    )


def _trainings_before(training: Training, by_name: Mapping[str, Training]) -> tuple[Training, ...]:
    """Return the trainings on whose features it builds, the first first; a circle of them ends where it closes."""
    before: dict[str, Training] = {}
    name = _earlier_training(training)
    while name in by_name and name not in before:
        before[name] = by_name[name]
        name = _earlier_training(by_name[name])
    return tuple(reversed(before.values()))


def _earlier_training(training: Training) -> str:
    """Return the name of the training whose features it started from: that of the folder in which they lie."""
    kind, _, file = str(training.plan.get("start", "")).partition(":")
    return Path(file).parent.name if kind == "trained" else ""


def _curve_point(row: Mapping[str, Any]) -> CurvePoint:
    return CurvePoint(
        epoch=int(row["epoch"]),
        training_loss=float(row["training_loss"]),
        validation_loss=float(row["validation_loss"]),
        validation_accuracy=float(row["validation_accuracy"]),
        seconds=float(row["seconds"]),
        training_accuracy=_number(row.get("training_accuracy")),
    )


def _judged(block: Mapping[str, Any]) -> Judged:
    # The reliability of the usable faces may stand in their own figures or beside them.
    shared = block.get("reliability")
    found = block.get("all_faces")
    consistent = block.get("consistent_faces")
    usable = block["usable_faces"] if block.get("usable_faces") else block["all_faces"]
    return Judged(
        split=block["split"],
        part=block["part"],
        usable=_figures(usable, shared),
        found=_figures(found) if found else None,
        consistent=_figures(consistent) if consistent else None,
        over_graded=_over_graded(block["over_graded"]) if block.get("over_graded") else None,
        subgroups=tuple(_subgroup(row) for row in block.get("subgroups") or ()),
        command=str(block.get("command", "")),
    )


def _figures(plain: Mapping[str, Any], reliability: Any = None) -> FaceFigures:
    bins = plain.get("reliability") or reliability or ()
    by_label = plain.get("accuracy_by_grade") or {}
    correlation = plain.get("action_correlation") or {}
    return FaceFigures(
        images=int(plain["images"]),
        patients=None if plain.get("patients") is None else int(plain["patients"]),
        accuracy=_number(plain.get("accuracy")),
        interval=_interval(plain.get("accuracy_interval")),
        by_label={int(label): _number(share) for label, share in by_label.items()},
        four_grade_accuracy=_number(plain.get("four_grade_accuracy")),
        macro_f1=_number(plain.get("macro_f1")),
        quadratic_kappa=_number(plain.get("quadratic_kappa")),
        mean_absolute_error=_number(plain.get("mean_absolute_error")),
        off_by_two=_number(plain.get("off_by_two_or_more")),
        ece=_number(plain.get("ece")),
        confusion=tuple(tuple(map(int, row)) for row in plain.get("confusion") or ()),
        pspi_mean_absolute_error=_number(plain.get("pspi_mean_absolute_error")),
        pspi_icc=_number(plain.get("pspi_icc")),
        action_correlation={name: _number(value) for name, value in correlation.items()},
        reliability=tuple(
            ReliabilityBin(float(each["confidence"]), float(each["accuracy"]), int(each["images"]))
            for each in bins
            if each["images"]
        ),
    )


def _over_graded(plain: Mapping[str, Any]) -> OverGraded:
    return OverGraded(
        images=int(plain["images"]),
        share=_number(plain.get("share")),
        by_confounder={
            name: (int(each["images"]), _number(each.get("share")))
            for name, each in (plain.get("by_confounder") or {}).items()
        },
    )


def _subgroup(row: Mapping[str, Any]) -> Subgroup:
    return Subgroup(
        group=row["group"],
        value=row["value"],
        images=int(row["images"]),
        patients=int(row["patients"]),
        accuracy=_number(row.get("accuracy")),
        interval=_interval(row.get("accuracy_interval")),
        mean_error=_number(row.get("mean_error")),
        over_graded=_number(row.get("imitating_over_graded")),
    )


def _learning(plain: Mapping[str, Any]) -> Learning:
    def points(rows: Iterable[Mapping[str, Any]]) -> tuple[LearningPoint, ...]:
        return tuple(
            LearningPoint(
                images=int(row["images"]),
                input_size=int(row["input_size"]),
                accuracy=float(row["test_accuracy"]),
                interval=_interval(row.get("test_interval")),
                pspi_icc=_number(row.get("test_pspi_icc")),
                seconds=_number(row.get("training_seconds")),
            )
            for row in rows
        )

    return Learning(
        network=str(plain.get("network", "")),
        command=str(plain.get("command", "")),
        more_images=points(plain["more_images"]),
        larger_pictures=points(plain["larger_pictures"]),
    )


def _augmentation(plain: Mapping[str, Any]) -> Augmentation:
    return Augmentation(
        network=plain["network"],
        command=str(plain.get("command", "")),
        rows=tuple(
            AugmentationRow(
                augmentation=row["augmentation"],
                training_accuracy=_number(row.get("training_accuracy")),
                validation_accuracy=_number(row.get("validation_accuracy")),
                test_accuracy=_number(row.get("test_accuracy")),
                images=None if row.get("images") is None else int(row["images"]),
            )
            for row in plain["rows"]
        ),
    )


def _search(plain: Mapping[str, Any]) -> Search:
    return Search(
        network=plain["network"],
        command=str(plain.get("command", "")),
        space={name: _range(values) for name, values in plain["space"].items()},
        evaluations=tuple(
            Evaluation(
                number=int(row["number"]),
                learning_rate=float(row["learning_rate"]),
                momentum=_number(row.get("momentum")),
                weight_decay=_number(row.get("weight_decay")),
                objective=_number(row.get("objective")),
                seconds=_number(row.get("seconds")),
                state=str(row.get("state", "")),
            )
            for row in sorted(plain["evaluations"], key=lambda row: row["number"])
        ),
        best={name: float(value) for name, value in plain.get("best", {}).items() if isinstance(value, int | float)},
        optimizers=tuple(
            OptimizerRun(row["optimizer"], _number(row.get("objective")), tuple(map(float, row.get("curve") or ())))
            for row in plain.get("optimizers") or ()
        ),
        objective_means=str(plain.get("objective_means", "")),
    )


def _range(values: list[Any]) -> tuple[float, float, bool]:
    return float(values[0]), float(values[1]), "log" in values[2:]


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


def _interval(values: Any) -> tuple[float, float] | None:
    if values is None:
        return None
    low, high = values
    return float(low), float(high)
