"""Every training whose figures stand on the model comparison page and in the cards, by name and in order.

`run_experiment` trains one (or goes on where it was cut off), judges it on its own split and writes models/NAME (card
and weights) if it is released, otherwise models/results/NAME.json (those of a group in a folder of their own, since
they stand in a table of their own). Together with `peea search` this is all that it takes to rebuild every figure from
a data set. Nothing is done twice: a result that was made by the same plan on the same data stays as it is.

The networks other than Lite0 have no ImageNet weights that could be had here: ResNet50 and DenseNet121 start from our
own pretraining, which learns the intensities of the actions from the same training images; the others start from random
weights and learn both at once. ResNet50 is trained with its usual settings and with those that `peea search` found, all
else being equal. The released one takes those settings too, after a second and longer part of the pretraining on
larger pictures: every face is aligned alike, so that what was learned at 80 px does not hold at 96 px already (60 %
right, then 25 %), but it is a far better beginning than random weights.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from peea.graders import CARD_FILE, MODELS_FOLDER, load_grader
from peea.language import later
from peea.model_results.reading import PRETRAININGS
from peea.training.augmentation import AUGMENTATIONS
from peea.training.data_set import SPLIT_PARTS, RatedFaces
from peea.training.fit import fit
from peea.training.judging import block_name, judged
from peea.training.plan import FitPlan
from peea.training.release import FEATURES_FILE, RESULTS_FOLDER, release, save_features, write_card, write_result
from peea.training.search import PAPER_SPACE
from peea.training.trainings import training_card

AUGMENTATION: Final = "augmentation"
MORE_IMAGES: Final = "more_images"
LARGER_PICTURES: Final = "larger_pictures"
LEARNING: Final = "learning"
"""File of both: what more of either brings."""
SEARCH_FILE: Final = "search.json"
"""Written by `peea search --write`."""


@dataclass(frozen=True)
class Experiment:
    """One training.

    Attributes:
        name: of the result.
        title: of the row in tables; the network's title if empty.
        plan: how the network is fitted.
        split: "patients" or "random".
        released: whether its weights are kept under models/.
        pretrained_by: name of the experiment whose features it starts from.
        searched: takes what the search found: learning rate, momentum, L2 regularisation.
        images: at most this many training images, drawn once; all if None.
        group: of experiments that are compared with each other only.
    """

    name: str
    plan: FitPlan
    title: str = ""
    split: str = "patients"
    released: bool = False
    pretrained_by: str | None = None
    searched: bool = False
    images: int | None = None
    group: str = ""


LITE0: Final = FitPlan("efficientnet_lite0", epochs=12)

SMALL: Final = FitPlan(
    "resnet50", start="random", input_size=80, epochs=6, optimizer="sgd", learning_rate=0.05, weight_decay=1e-4
)
"""How the rivals are compared: small pictures, few epochs, the same for all. Too few without a pretraining: from random
weights DenseNet121 graded no better than by the commonest grade after five."""

PRETRAINING: Final = replace(
    SMALL, optimizer="adamw", learning_rate=1.5e-3, weight_decay=0.02, grade_weight=0.0, epochs=14
)

PLAIN: Final = replace(SMALL, learning_rate=0.0125)
"""The settings with which ResNet50 was published (He et al. 2016: 0.1 for 256 images a step, momentum 0.9, L2 1e-4),
the rate in proportion to our 32 images a step (Goyal et al. 2017); DenseNet121 was published with the same."""

BOTH_AT_ONCE: Final = replace(PRETRAINING, grade_weight=1.0, action_weight=10.0)
"""Grades and actions from random weights. The actions weigh more than elsewhere: a network learns them first."""

LARGER: Final = replace(BOTH_AT_ONCE, input_size=112, learning_rate=1e-3, epochs=28)
"""Goes on with what was learned from small pictures (Tan & Le 2021, section 4: progressive learning)."""

LONGER: Final = replace(PLAIN, input_size=LARGER.input_size, action_weight=LARGER.action_weight, epochs=8)
"""The end of the longer training, by the settings that the search found."""

VGG19: Final = replace(BOTH_AT_ONCE, network="vgg19", batch_size=64, learning_rate=2e-4, epochs=4)
"""Without normalisation inside it wants a low rate; with 140 million weights of which most are dense, larger batches
and, at seven minutes a core and epoch, few epochs."""

FROM_IMAGENET: Final = FitPlan("efficientnet_lite0", input_size=112, epochs=8)
"""A light network that starts well, for comparisons of what it learns from."""

FEW_IMAGES: Final = 1200
"""For comparisons of what a network learns from, each of as many steps."""

SIX_LEVELS: Final = replace(BOTH_AT_ONCE, network="efficientnet_b4", scale="six levels", epochs=20)
"""How the two networks for cancer pain are compared."""

B4S: Final = replace(SIX_LEVELS, network="efficientnet_b4s")

B4S_LONGER: Final = replace(B4S, input_size=112, learning_rate=1e-3, epochs=8, class_balance=0.5)
"""Goes on with B4S on larger pictures. Half way to every level counting the same: "4 Some pain" is 6 of 100 images, and
what is taken as it comes is hardly ever called so."""

EXPERIMENTS: Final[tuple[Experiment, ...]] = (
    Experiment("lite0", LITE0, released=True),
    Experiment("lite0_random", replace(FROM_IMAGENET, epochs=4), split="random"),
    Experiment("resnet50_pretraining", PRETRAINING, group=PRETRAININGS),
    Experiment("resnet50_plain", PLAIN, title=later("Plain ResNet50"), pretrained_by="resnet50_pretraining"),
    Experiment(
        "resnet50_improved",
        PLAIN,
        title=later("Improved ResNet50"),
        pretrained_by="resnet50_pretraining",
        searched=True,
    ),
    Experiment("resnet50_pretraining_112_px", LARGER, pretrained_by="resnet50_pretraining", group=PRETRAININGS),
    Experiment(
        "improved_resnet50",
        LONGER,
        title=later("Improved ResNet50, trained for longer"),
        pretrained_by="resnet50_pretraining_112_px",
        searched=True,
        released=True,
    ),
    Experiment("resnet50_random_pretraining", PRETRAINING, split="random", group=PRETRAININGS),
    Experiment(
        "resnet50_random_pretraining_112_px",
        LARGER,
        split="random",
        pretrained_by="resnet50_random_pretraining",
        group=PRETRAININGS,
    ),
    Experiment(
        "resnet50_random",
        LONGER,
        title=later("Improved ResNet50, trained for longer"),
        split="random",
        pretrained_by="resnet50_random_pretraining_112_px",
        searched=True,
    ),
    Experiment("densenet121_pretraining", replace(PRETRAINING, network="densenet121"), group=PRETRAININGS),
    Experiment("densenet121", replace(PLAIN, network="densenet121"), pretrained_by="densenet121_pretraining"),
    Experiment("vgg19", VGG19),
    Experiment("efficientnet_b4", SIX_LEVELS),
    Experiment("efficientnet_b4s_80_px", B4S),
    Experiment(
        "efficientnet_b4s",
        B4S_LONGER,
        title=later("EfficientNet-B4S, trained for longer"),
        pretrained_by="efficientnet_b4s_80_px",
        released=True,
    ),
    Experiment("efficientnet_b4s_random_80_px", B4S, split="random", group=PRETRAININGS),
    Experiment(
        "efficientnet_b4s_random",
        B4S_LONGER,
        title=later("EfficientNet-B4S, trained for longer"),
        split="random",
        pretrained_by="efficientnet_b4s_random_80_px",
    ),
    *(
        Experiment(
            name.replace(" ", "_"),
            replace(FROM_IMAGENET, augmentation=augmentation),
            title=name,
            images=FEW_IMAGES,
            group=AUGMENTATION,
        )
        for name, augmentation in AUGMENTATIONS.items()
    ),
    *(  # fewer images are seen more often, so that each network takes as many steps
        Experiment(
            f"lite0_{images or 'all'}_images", replace(FROM_IMAGENET, epochs=epochs), images=images, group=MORE_IMAGES
        )
        for images, epochs in ((300, 32), (600, 16), (FEW_IMAGES, 8), (2400, 4), (None, 2))
    ),
    *(
        Experiment(
            f"lite0_{size}_px", replace(FROM_IMAGENET, input_size=size), images=FEW_IMAGES, group=LARGER_PICTURES
        )
        for size in (64, 112, 160)
    ),
)  # fmt: skip
"""In an order in which those that others start from come first."""

Listener = Callable[[int, dict[str, float]], None]


def experiment(name: str) -> Experiment:
    """Return the experiment of that name.

    Raises:
        ValueError: there is none; the message lists the names.
    """
    for each in EXPERIMENTS:
        if each.name == name:
            return each
    raise ValueError(f"no experiment is called {name!r}; known are {', '.join(one.name for one in EXPERIMENTS)}")


def planned(of: Experiment, runs: Path, models: Path = MODELS_FOLDER) -> FitPlan:
    """Return the plan of an experiment, with the file that it starts from and what the search found.

    Raises:
        ValueError: it takes what the search found, and no search was written.
    """
    plan = of.plan
    if of.pretrained_by is not None:
        plan = replace(plan, start=f"trained:{runs / of.pretrained_by / FEATURES_FILE}")
    if of.searched:
        found = _read(models / RESULTS_FOLDER / SEARCH_FILE).get("best")
        if not found:
            raise ValueError(f"{of.name} takes what the search found: run peea search {plan.network} --write first")
        plan = replace(plan, **{name: found[name] for name in PAPER_SPACE})
    return plan


def is_done(of: Experiment, faces: RatedFaces, runs: Path, models: Path = MODELS_FOLDER) -> bool:
    """Tell whether a result of the same plan on the same data is there, with all its figures."""
    card = _read(_result_file(of, models))
    return (
        bool(card)
        and FitPlan.of(card["plan"]) == planned(of, runs, models)
        and card.get("data", {}).get("manifest_sha256") == faces.manifest_sha256
        and all(block_name(of.split, part, "") in card.get("figures", {}) for part in SPLIT_PARTS)
    )


def run_experiment(
    of: Experiment,
    data: Path,
    faces: RatedFaces,
    runs: Path,
    version: str,
    on_epoch: Listener | None = None,
    models: Path = MODELS_FOLDER,
) -> dict[str, Any]:
    """Train, judge and write one experiment, or go on with it; return its card.

    Args:
        of: which.
        data: folder of the data set, for its card.
        faces: the data set.
        runs: folder of the checkpoints, a folder an experiment.
        version: of a released model.
        on_epoch: told epoch and its row of the curves.
        models: folder of the released models.

    Raises:
        DataSetError: the data set does not suit it.
        PretrainedWeightsMissingError: the weights it starts from cannot be had.
    """
    plan = planned(of, runs, models)
    training, validation = faces.part(of.split, "train"), faces.part(of.split, "validation")
    if of.images is not None:
        training = training.drawn(of.images, plan.seed)
    run = runs / _first_of_same_training(of).name
    fitted = fit(plan, training, validation, run, on_epoch)
    save_features(fitted.network, run)
    card = training_card(plan, fitted, data, faces, of.split, version) | ({"title": of.title} if of.title else {})
    # Half-precision weights are what is used, so they are what is judged, whether or not they are released.
    folder = release(fitted.network, card, of.name, models if of.released else run / "released")
    grader = load_grader(of.name, folder.parent)
    card = _read(folder / CARD_FILE)
    card["figures"] = {
        block_name(of.split, part, data.name): judged(grader, faces, of.split, part) for part in SPLIT_PARTS
    }
    write_card(folder, card)
    if not of.released:
        write_result(f"{of.group}/{of.name}", {key: value for key, value in card.items() if key != "weights"}, models)
    return card


def augmentation_table(models: Path = MODELS_FOLDER) -> dict[str, Any]:
    """Return the comparison of augmentations [P, Table 1] from the results that are there."""
    rows, network = [], ""
    for of in EXPERIMENTS:
        card = _read(_result_file(of, models))
        if of.group != AUGMENTATION or not card:
            continue
        network = card["network"]
        training, validation, test = (
            card["figures"][block_name(of.split, part, "")]["usable_faces"] for part in SPLIT_PARTS
        )
        rows.append(
            {
                "augmentation": of.title,
                "training_accuracy": training["accuracy"],
                "validation_accuracy": validation["accuracy"],
                "test_accuracy": test["accuracy"],
                "images": of.images,
            }
        )
    return {"command": "peea experiments --data DIR", "network": network, "rows": rows}


def learning_curves(models: Path = MODELS_FOLDER) -> dict[str, Any]:
    """Return how often unseen people are graded right by number of training images and by size of the pictures."""
    found: dict[str, Any] = {"command": "peea experiments --data DIR", MORE_IMAGES: [], LARGER_PICTURES: []}
    for of in EXPERIMENTS:
        card = _read(_result_file(of, models))
        if of.group not in (MORE_IMAGES, LARGER_PICTURES) or not card:
            continue
        test = card["figures"][block_name(of.split, "test", "")]["usable_faces"]
        found["network"] = card["title"]
        found[of.group].append(
            {
                "images": card["figures"][block_name(of.split, "train", "")]["usable_faces"]["images"]
                if of.images is None
                else of.images,
                "input_size": of.plan.input_size,
                "training_seconds": card["training_seconds"],
                "test_accuracy": test["accuracy"],
                "test_interval": test["accuracy_interval"],
                "test_pspi_icc": test["pspi_icc"],
            }
        )
    return found


def _first_of_same_training(of: Experiment) -> Experiment:
    """Return the first experiment that trains alike: what stands in several tables is trained once."""

    def training(each: Experiment) -> Experiment:
        return replace(each, name="", title="", group="", released=False)

    return next((each for each in EXPERIMENTS if training(each) == training(of)), of)


def _result_file(of: Experiment, models: Path) -> Path:
    return models / of.name / CARD_FILE if of.released else models / RESULTS_FOLDER / of.group / f"{of.name}.json"


def _read(file: Path) -> dict[str, Any]:
    return json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
