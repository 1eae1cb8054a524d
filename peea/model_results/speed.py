"""How fast a model grades faces on this machine."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from peea.assessment.road import FACES_A_BATCH
from peea.graders import Grader

WARM_UP: Final = 3
"""Faces graded before the clock starts: the first ones also set up memory."""

REPEATS: Final = 25
"""Faces, and batches, over which the median is taken."""

LONGEST_S: Final = 4.0
"""Seconds after which a series ends early, so that a slow machine does not keep anybody waiting."""

CROP_PX: Final = 256


@dataclass(frozen=True)
class Speed:
    """What one model takes on this machine.

    Attributes:
        model: its name.
        runs_on: what runs it.
        one_ms: milliseconds for one face alone, as live grading needs it; median.
        many_ms: milliseconds a face when a recording is scored, in batches; median.
    """

    model: str
    runs_on: str
    one_ms: float
    many_ms: float


def measure_speed(grader: Grader, progress: Callable[[float], None] | None = None) -> Speed:
    """Grade made-up faces, one by one and in batches, and return the medians.

    Args:
        grader: the model. Its time does not depend on what the pictures show.
        progress: called with the share that is done, 0-1.
    """
    faces = np.random.default_rng(0).integers(0, 256, (FACES_A_BATCH, CROP_PX, CROP_PX, 3), np.uint8)
    tell = progress or (lambda share: None)
    for _ in range(WARM_UP):
        grader.grade(faces[:1])
    one = _median_ms(grader, faces[:1], lambda share: tell(0.5 * share))
    many = _median_ms(grader, faces, lambda share: tell(0.5 + 0.5 * share)) / len(faces)
    return Speed(grader.identity.name, grader.runs_on, one, many)


def _median_ms(grader: Grader, faces: np.ndarray, tell: Callable[[float], None]) -> float:
    taken: list[float] = []
    began = time.perf_counter()
    while len(taken) < REPEATS and (not taken or time.perf_counter() - began < LONGEST_S):
        start = time.perf_counter()
        grader.grade(faces)
        taken.append(1000 * (time.perf_counter() - start))
        tell(max(len(taken) / REPEATS, min(1.0, (time.perf_counter() - began) / LONGEST_S)))
    tell(1.0)
    return float(np.median(taken))
