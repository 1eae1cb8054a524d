"""How a network is to be fitted: every choice in one value, which cards and checkpoints keep."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from peea.output_scales import GRADE_SCALE
from peea.training.augmentation import EVERYTHING, Augmentation


@dataclass(frozen=True)
class FitPlan:
    """Everything that decides how a network is fitted.

    Attributes:
        network: name of the architecture.
        start: first weights, see `peea.networks.first_weights`.
        scale: name of the classes to learn, see `peea.output_scales`.
        input_size: side of the input in pixels.
        epochs: at most this many.
        batch_size: images a step.
        optimizer: name in `peea.training.optimizers`.
        learning_rate: highest rate, reached after the first tenth of the steps, then falling as a cosine.
        momentum: of SGD and RMSProp.
        weight_decay: L2 regularisation.
        grade_weight: weight of the cross-entropy of the grade; 0 learns the actions alone, as a pretraining.
        action_weight: weight of the loss of the action intensities beside it.
        class_balance: how far a rare class counts as much as a frequent one, see `class_weights`; 0 takes the images
            as they come.
        averaging: share that the running average of the weights keeps at each step; the average is what is judged and
            released (Polyak & Juditsky 1992). 0 for none.
        patience: stop after this many epochs without a lower validation loss.
        seed: of every random draw.
        augmentation: of the training images.
    """

    network: str
    start: str = "imagenet"
    scale: str = GRADE_SCALE.name
    input_size: int = 160
    epochs: int = 14
    batch_size: int = 32
    optimizer: str = "adamw"
    learning_rate: float = 1.5e-3
    momentum: float = 0.9
    weight_decay: float = 0.02
    grade_weight: float = 1.0
    action_weight: float = 2.0
    class_balance: float = 0.0
    averaging: float = 0.99
    patience: int = 5
    seed: int = 1
    augmentation: Augmentation = EVERYTHING

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> FitPlan:
        """Return the plan that a card or a checkpoint holds; what was not there yet when it was made has its default.

        Raises:
            ValueError: it is no plan, or one of a later version.
        """
        try:
            return cls(**{**plain, "augmentation": Augmentation(**plain["augmentation"])})
        except (TypeError, KeyError) as error:
            raise ValueError(f"a plan of training that this version of PEEA does not know ({error})") from error
