"""Which seeds belong to whom: people of the data set, the benchmark and the demonstration never overlap.

A person is a seed (`Person.from_seed`), so disjoint ranges of seeds are disjoint people: a grader trained on the data
set has never seen a face of the benchmark or of the demonstration recordings.
"""

from __future__ import annotations

from typing import Final

import numpy as np

PEOPLE_PER_DATASET: Final = 1_000
"""Largest number of people in one data set; its seed chooses which block of that many person seeds it takes."""

DATASET_PEOPLE: Final = range(1_000_000, 2_000_000)
"""Person seeds of training data sets."""

BENCHMARK_PEOPLE: Final = range(2_000_000, 2_001_000)
"""Person seeds of the benchmark stills, in no training split of any data set."""

DEMONSTRATION_PEOPLE: Final = range(3_000_000, 3_001_000)
"""Person seeds of the demonstration recordings."""

SHEET_PEOPLE: Final = range(4_000_000, 4_001_000)
"""Person seeds of the contact sheets in docs/synthetic."""


class SeedOutOfRangeError(ValueError):
    """A seed or a number of people for which no person seeds are set aside."""


def dataset_person_seeds(seed: int, people: int) -> range:
    """Return the person seeds of the data set with this seed.

    Raises:
        SeedOutOfRangeError: the seed is not within 0-999, or there are no people or more than `PEOPLE_PER_DATASET`.

    >>> dataset_person_seeds(3, 2)
    range(1003000, 1003002)
    """
    blocks = len(DATASET_PEOPLE) // PEOPLE_PER_DATASET
    if not 0 <= seed < blocks:
        raise SeedOutOfRangeError(f"the seed of a data set is {seed}; allowed is 0 to {blocks - 1}")
    if not 1 <= people <= PEOPLE_PER_DATASET:
        raise SeedOutOfRangeError(f"a data set of {people} people was asked for; allowed is 1 to {PEOPLE_PER_DATASET}")
    first = DATASET_PEOPLE.start + seed * PEOPLE_PER_DATASET
    return range(first, first + people)


def benchmark_person_seeds(people: int) -> range:
    """Return the person seeds of a benchmark of this many people."""
    if not 1 <= people <= len(BENCHMARK_PEOPLE):
        raise SeedOutOfRangeError(
            f"a benchmark of {people} people was asked for; allowed is 1 to {len(BENCHMARK_PEOPLE)}"
        )
    return BENCHMARK_PEOPLE[:people]


def generator(*seeds: int) -> np.random.Generator:
    """Return a random generator that depends on all seeds and on nothing else."""
    return np.random.default_rng([int(seed) for seed in seeds])
