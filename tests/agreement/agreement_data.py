"""Published ratings with published results, and made-up ratings, for the tests of agreement."""

import json
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as st_numpy

from peea.agreement import Ratings

GOLDEN: dict[str, Any] = json.loads((Path(__file__).parent / "golden.json").read_text(encoding="utf-8"))

SIX_DIGITS = {"rel": 0, "abs": 5e-7}
GRADES = range(5)


def table_of_counts(counts) -> Ratings:
    """Ratings of A (rows) and B (columns) that have this cross-table; categories are 0, 1, 2, ..."""
    size = range(len(counts))
    return Ratings.of([[i, j] for i in size for j in size for _ in range(round(counts[i][j]))], raters=["A", "B"])


def ratings_of_diagnoses() -> Ratings:
    """The 30 subjects of Fleiss (1971) by 6 raters; R irr orders each subject's ratings by category."""
    counts = GOLDEN["fleiss_1971_diagnoses"]["counts"]
    return Ratings.of([[category for category, count in enumerate(row) for _ in range(count)] for row in counts])


def simulated(
    seed: int, recordings: int = 60, raters: int = 4, *, missing: float = 0.0, per_patient: int = 1
) -> Ratings:
    """Grades 0-4 of raters who err by a grade now and then; two recordings of a patient are alike."""
    rng = np.random.default_rng(seed)
    patients = -(-recordings // per_patient)
    truth = np.repeat(rng.integers(0, 5, patients), per_patient)[:recordings]
    errors = rng.choice([-1, 0, 1], p=[0.2, 0.55, 0.25], size=(recordings, raters))
    values = np.clip(truth[:, None] + errors, 0, 4).astype(float)
    values[rng.random(values.shape) < missing] = np.nan
    return Ratings.of(values, patients=np.repeat(np.arange(patients), per_patient)[:recordings].tolist())


@st.composite
def any_ratings(draw, *, least_raters: int = 1, most_raters: int = 4, missing: bool = True) -> Ratings:
    """Small tables of grades, degenerate ones among them on purpose."""
    shape = (draw(st.integers(1, 8)), draw(st.integers(least_raters, most_raters)))
    grade = st.sampled_from([0.0, 1.0, 2.0, 3.0, 4.0, *([float("nan")] if missing else [])])
    narrow = st.sampled_from([2.0, 3.0])
    values = draw(st_numpy.arrays(float, shape, elements=st.one_of(grade, narrow)))
    patients = draw(st.lists(st.integers(0, 5), min_size=shape[0], max_size=shape[0]))
    return Ratings.of(values, patients=patients)


def repeated(ratings: Ratings, times) -> Ratings:
    """The table in which each recording stands as often as `times` says, each copy a recording of its own."""
    rows = np.repeat(np.arange(len(ratings.recordings)), np.asarray(times, dtype=int))
    return Ratings.of(ratings.values[rows], raters=ratings.raters)
