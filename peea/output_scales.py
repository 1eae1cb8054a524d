"""What a network's softmax is over: the grades 0-4, or the six levels of the cancer-pain scale. Pure.

Whatever a grader was trained on, the road reports grades. The scores of a level mostly lie within one grade; level 0
(scores 0 and 1) reaches from no pain into mild pain and is read as no pain, levels 4 and 6 (scores 4 and 5-6) are both
obvious pain.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from peea.scales import GRADES, SIX_LEVELS, Grade


class UnknownScaleError(ValueError):
    """No scale has this name."""


@dataclass(frozen=True)
class OutputScale:
    """The classes of a network.

    Attributes:
        name: as it stands in cards and command lines.
        column: of a manifest, with the true class of an image.
        labels: true values in that column, in the order of the network's outputs.
        grades: the grade that each label is reported as.
    """

    name: str
    column: str
    labels: tuple[int, ...]
    grades: tuple[Grade, ...]

    def __len__(self) -> int:
        return len(self.labels)

    def classes(self, values: np.ndarray) -> np.ndarray:
        """Return (N,) int64 outputs 0..K-1 of (N,) true labels.

        Raises:
            ValueError: a value is no label of this scale.
        """
        index = {label: position for position, label in enumerate(self.labels)}
        unknown = sorted(set(values.tolist()) - set(index))
        if unknown:
            raise ValueError(f"{unknown[0]} is no label of the scale {self.name}; its labels are {self.labels}")
        return np.array([index[value] for value in values.tolist()], np.int64)

    def grade_probabilities(self, probabilities: np.ndarray) -> np.ndarray:
        """Return (N, 5) probabilities of the grades of (N, K) probabilities of the labels."""
        of_grades = np.zeros((len(probabilities), len(GRADES)))
        for position, grade in enumerate(self.grades):
            of_grades[:, int(grade)] += probabilities[:, position]
        return of_grades


GRADE_SCALE: Final = OutputScale("grades 0-4", "grade", tuple(int(grade) for grade in GRADES), tuple(GRADES))

SIX_LEVEL_SCALE: Final = OutputScale(
    "six levels",
    "six_level",
    SIX_LEVELS,
    (Grade.NO_PAIN, Grade.MILD, Grade.OBVIOUS, Grade.OBVIOUS, Grade.SEVERE, Grade.INTENSE),
)

OUTPUT_SCALES: Final[Mapping[str, OutputScale]] = {scale.name: scale for scale in (GRADE_SCALE, SIX_LEVEL_SCALE)}


def output_scale(name: str) -> OutputScale:
    """Return the scale of that name.

    Raises:
        UnknownScaleError: there is none; the message lists the names.
    """
    try:
        return OUTPUT_SCALES[name]
    except KeyError:
        raise UnknownScaleError(f"no scale is called {name!r}; known are {', '.join(OUTPUT_SCALES)}") from None
