"""What the graders are meant to reach on synthetic patients, what they reached, and what would bring more. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from peea.language import later
from peea.model_results.comparison import PLAIN, shown_first
from peea.model_results.values import PATIENTS, RANDOM, Judged, LearningPoint, Training

PATIENT_GROUPS: Final = ("Sex", "Age band", "Skin tone")
"""Groups of people; the others are of pictures."""


@dataclass(frozen=True)
class Aim:
    """One figure that a network is meant to reach on the test part of a split.

    Attributes:
        networks: names in the registry of those that are held to it.
        split: by which the training is judged.
        what: the figure, for people; to be translated.
        asked: 0-1.
        at_most: the figure is to stay at or below, rather than at or above, what is asked.
        measure: the figure of a judged training; None if it was not measured.
        in_percent: how it is written.
    """

    networks: tuple[str, ...]
    split: str
    what: str
    asked: float
    measure: Callable[[Judged], float | None]
    at_most: bool = False
    in_percent: bool = True


@dataclass(frozen=True)
class Outcome:
    """What a training reached of an aim.

    Attributes:
        aim: which.
        network: name in the registry.
        title: of the training; without one, of another training of this network, or its name.
        training: the one that counts for it; None if there is none of that split.
        reached: None if it was not measured.
    """

    aim: Aim
    network: str
    title: str
    training: Training | None
    reached: float | None

    @property
    def met(self) -> bool | None:
        """Whether it reached the aim; None if that is not known."""
        if self.reached is None:
            return None
        return self.reached <= self.aim.asked if self.aim.at_most else self.reached >= self.aim.asked


def _consistent(judged: Judged) -> float | None:
    return judged.consistent.accuracy if judged.consistent else None


def _level_accuracies(judged: Judged) -> list[float]:
    figures = judged.consistent or judged.usable
    return [share for share in figures.by_label.values() if share is not None]


def _least_correlation(judged: Judged) -> float | None:
    return min((value for value in judged.usable.action_correlation.values() if value is not None), default=None)


def _highest_group(judged: Judged) -> float | None:
    shares = [each.over_graded for each in judged.subgroups if each.group in PATIENT_GROUPS]
    return max((share for share in shares if share is not None), default=None)


_GRADES: Final = ("efficientnet_lite0", "resnet50")
_LEVELS: Final = ("efficientnet_b4s",)

AIMS: Final = (
    Aim(_GRADES, RANDOM, later("Right grade where raters agree"), 0.982, _consistent),
    Aim(_GRADES, PATIENTS, later("Right grade where raters agree"), 0.96, _consistent),
    Aim(_GRADES, PATIENTS, later("Two grades off or more"), 0.003, lambda one: one.usable.off_by_two, at_most=True),
    Aim(_GRADES, PATIENTS, later("PSPI, ICC(A,1)"), 0.98, lambda one: one.usable.pspi_icc, in_percent=False),
    Aim(
        _GRADES,
        PATIENTS,
        later("Correlation with the true intensity, least of the action units"),
        0.9,
        _least_correlation,
        in_percent=False,
    ),
    Aim(_GRADES, PATIENTS, later("Calibration error"), 0.03, lambda one: one.usable.ece, at_most=True),
    Aim(
        _GRADES,
        PATIENTS,
        later("Imitated pain graded obvious or worse"),
        0.03,
        lambda one: one.over_graded.share if one.over_graded else None,
        at_most=True,
    ),
    Aim(
        _GRADES,
        PATIENTS,
        later("Imitated pain graded obvious or worse, worst of sexes, ages and skin tones"),
        0.05,
        _highest_group,
        at_most=True,
    ),
    Aim(
        _LEVELS,
        RANDOM,
        later("Right level where raters agree, mean of the six levels"),
        0.947,
        lambda one: float(np.mean(_level_accuracies(one))) if _level_accuracies(one) else None,
    ),
    Aim(
        _LEVELS,
        RANDOM,
        later("Right level where raters agree, weakest level"),
        0.821,
        lambda one: min(_level_accuracies(one), default=None),
    ),
)
"""The papers' own figures on their data (98.2 %, 94.7 %, 82.1 %), and what a ward would ask beside them."""


def outcomes(trainings: Sequence[Training]) -> list[Outcome]:
    """Return, network by network, what was reached of each aim.

    Of several trainings of a network the released one counts, and of those that are not, the one that is right most
    often; where the aim is for random images and no training was made on them, the outcome names none.
    """
    found = []
    for network in (*_GRADES, *_LEVELS):
        other = next((each.title for each in trainings if each.network == network), network)
        for aim in AIMS:
            if network not in aim.networks:
                continue
            training = _counted(trainings, network, aim.split)
            test = training.test if training else None
            found.append(
                Outcome(
                    aim, network, training.title if training else other, training, aim.measure(test) if test else None
                )
            )
    return found


def accuracy_with(points: Sequence[LearningPoint], images: float) -> float | None:
    """Return the share of right grades that so many training images would bring, if errors go on falling as they did.

    The share of errors is fitted as a power of the number of images, the usual shape of learning curves (Hestness et
    al. 2017, arXiv:1712.00409). Beyond the points it is an extrapolation.

    Args:
        points: two or more, of different numbers of images, none without an error.
        images: how many.

    Returns:
        0-1; None if the points are too few or the errors do not fall.
    """
    if len({point.images for point in points}) < 2:
        return None
    slope, height = np.polyfit(
        np.log([point.images for point in points]), np.log([1 - point.accuracy for point in points]), 1
    )
    return float(1 - np.exp(height + slope * np.log(images))) if slope < 0 else None


def _counted(trainings: Sequence[Training], network: str, split: str) -> Training | None:
    of_network = [
        each for each in trainings if each.network == network and each.split == split and PLAIN not in each.name
    ]
    return min(
        of_network,
        key=lambda each: (not each.released, -(each.accuracy("test") or 0.0), *shown_first(each)),
        default=None,
    )
