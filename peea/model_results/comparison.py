"""Which trainings stand beside each other: improved and plain, a network and its base. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from peea.model_cards import DEFAULT_MODEL
from peea.model_results.values import PATIENTS, Training
from peea.output_scales import OutputScale

PLAIN: Final = "_plain"
"""End of the name of a training with a network's usual settings, which the improved one is compared with."""


@dataclass(frozen=True)
class ImprovedAndPlain:
    """A network with what the search found, and the same network with its usual settings, on the same split [P]."""

    improved: Training
    plain: Training

    @property
    def plain_best(self) -> float | None:
        """The plain network's best validation accuracy."""
        return max((point.validation_accuracy for point in self.plain.curves), default=None)

    @property
    def seconds_plain(self) -> float | None:
        """Training seconds that the plain network took to its best."""
        return None if self.plain_best is None else self.plain.seconds_to_reach(self.plain_best)

    @property
    def seconds_improved(self) -> float | None:
        """Training seconds that the improved network took to the plain one's best; None if it never was as good."""
        return None if self.plain_best is None else self.improved.seconds_to_reach(self.plain_best)


def shown_first(training: Training) -> tuple[bool, bool, bool, str]:
    """Return the order of trainings on a page: the default model, the released ones, patient-disjoint before random."""
    return training.name != DEFAULT_MODEL, training.split != PATIENTS, not training.released, training.name


def default_training(trainings: Iterable[Training]) -> Training | None:
    """Return the training of the model that grades unless another is asked for, or None if it is not there."""
    return next((each for each in trainings if each.released and each.name == DEFAULT_MODEL), None)


def improved_and_plain(trainings: Sequence[Training]) -> tuple[ImprovedAndPlain, ...]:
    """Return every plain training with the improved one that differs in its settings alone; released ones first."""
    pairs = []
    for plain in trainings:
        if PLAIN not in plain.name:
            continue
        improved = [
            each
            for each in sorted(trainings, key=shown_first)
            if PLAIN not in each.name and _task(each) == _task(plain)
        ]
        if improved:
            pairs.append(ImprovedAndPlain(improved[0], plain))
    return tuple(sorted(pairs, key=lambda pair: shown_first(pair.improved)))


def _task(training: Training) -> tuple[str, ...]:
    """Return what two trainings must share for their difference to be that of the settings which the search sets."""
    return training.network, *_conditions(training)


def _conditions(training: Training) -> tuple[str, ...]:
    """Return what two trainings must share for their difference to be that of their networks or settings."""
    shared = (str(training.plan.get(name)) for name in ("input_size", "epochs", "start", "seed"))
    return training.scale.name, training.split, *shared


def whole_courses(trainings: Iterable[Training], scale: OutputScale) -> tuple[Training, ...]:
    """Return the trainings of one scale, judged on unseen patients, on which no other of them builds."""
    chosen = [each for each in trainings if each.scale is scale and each.split == PATIENTS and each.course]
    built_on = {before.name for each in chosen for before in each.before}
    return tuple(each for each in sorted(chosen, key=shown_first) if each.name not in built_on)


def rivals(trainings: Sequence[Training], networks: Sequence[str]) -> tuple[Training, ...]:
    """Return the trainings of these networks that can be compared: trained under one condition, a training a network.

    The condition under which most of the networks were trained is taken; of equals, a patient-disjoint one.
    """
    groups: dict[tuple[str, ...], dict[str, Training]] = {}
    for training in sorted(trainings, key=shown_first):
        if training.network in networks and PLAIN not in training.name:
            groups.setdefault(_conditions(training), {}).setdefault(training.network, training)
    if not groups:
        return ()
    _, best = max(groups.items(), key=lambda item: (len(item[1]), PATIENTS in item[0], item[0]))
    return tuple(best[network] for network in networks if network in best)
