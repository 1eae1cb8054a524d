"""Dealing patients to training, validation and test, so that nobody stands in two of them. Pure.

[P] split at random over images, which lets one patient stand in training and in test; on the UNBC archive that showed
an ICC of 0.85 where unknown patients gave 0.55 (Hammal & Cohn 2012). Both are dealt; believe the one over patients.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Final

import numpy as np

PARTS: Final = ("train", "validation", "test")
SHARES: Final = (0.6, 0.2, 0.2)
"""Of images in each part [P]."""

DRAWS: Final = 50
"""Orders of patients that are tried; the one whose parts come nearest to the shares of each grade is taken."""


def deal_patients(patients: Sequence[str], grades: Sequence[int], seed: int = 1) -> list[str]:
    """Return the part of each image, such that all images of a patient are in one part.

    Parts come near 60/20/20 of the images, and of each grade, as far as whole patients allow. Three patients or more
    fill every part; two leave no test part; one is all training.

    Args:
        patients: (N,) the patient of each image.
        grades: (N,) the grade of each.
        seed: of the orders that are tried; the same input and seed give the same parts.
    """
    if len(patients) != len(grades):
        raise ValueError(f"there are {len(patients)} patients' names for {len(grades)} grades")
    counts: dict[str, Counter[int]] = defaultdict(Counter)
    for patient, grade in zip(patients, grades, strict=True):
        counts[patient][int(grade)] += 1
    kinds = sorted({int(grade) for grade in grades})
    names = sorted(counts)
    table = np.array([[counts[name][kind] for kind in kinds] for name in names], float)
    parts = PARTS[: max(1, min(len(names), len(PARTS)))]
    wanted = np.array(SHARES[: len(parts)])[:, None] / sum(SHARES[: len(parts)]) * table.sum(0, keepdims=True)
    random = np.random.default_rng(seed)
    best, best_cost = np.zeros(len(names), int), np.inf
    for _ in range(DRAWS):
        dealt = _dealt(table, wanted, random.permutation(len(names)))
        held = np.array([table[dealt == part].sum(0) for part in range(len(parts))])
        cost = np.abs(held - wanted).sum() + np.abs((held - wanted).sum(1)).sum()
        if cost < best_cost:
            best, best_cost = dealt, cost
    part_of = dict(zip(names, best, strict=True))
    return [parts[part_of[patient]] for patient in patients]


def _dealt(table: np.ndarray, wanted: np.ndarray, order: np.ndarray) -> np.ndarray:
    """The part of each patient: one after the other goes where most is still missing for the grades that they bring."""
    dealt = np.zeros(len(table), int)
    missing = wanted.copy()
    empty = set(range(len(wanted)))
    for place, patient in enumerate(order):
        use = (np.maximum(missing, 0) * table[patient]).sum(1)
        if len(order) - place <= len(empty):  # whoever is left now fills the parts that hold nobody yet
            use = np.array([value if part in empty else -1.0 for part, value in enumerate(use)])
        part = int(np.argmax(use))
        dealt[patient] = part
        missing[part] -= table[patient]
        empty.discard(part)
    return dealt


def deal_images(count: int, seed: int = 1) -> list[str]:
    """Return the part of each of `count` images, dealt at random 60/20/20 over images, as in [P]."""
    ends = np.round(np.cumsum(SHARES) * count).astype(int)
    ends[-1] = count
    names = np.repeat(list(PARTS), np.diff(ends, prepend=0))
    dealt: list[str] = names[np.argsort(np.random.default_rng(seed).permutation(count))].tolist()
    return dealt
