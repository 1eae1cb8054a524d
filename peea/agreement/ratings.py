"""The table of ratings that every statistic starts from: recordings in rows, raters in columns. Pure.

PEEA is a rater like any other, by the name it has in the table. A recording that a rater did not rate is a missing
cell (NaN), never a 0. Each recording belongs to a patient, because resampling draws patients, not recordings.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from statistics import median_high

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


class Missing(StrEnum):
    """What to do, in a statistic that needs every cell, with a recording that somebody did not rate."""

    REFUSE = "refuse"
    LEAVE_OUT_RECORDING = "leave_out_recording"


class Consensus(StrEnum):
    """How the ratings of several raters become one: see `Ratings.with_consensus`."""

    MAJORITY = "majority"
    MEDIAN = "median"
    MEAN = "mean"


def _named(names: Sequence[object] | None, count: int, what: str) -> tuple[str, ...]:
    """Return `count` names as strings, numbered from 1 if none are given; refuse the wrong number of them."""
    if names is None:
        return tuple(str(number) for number in range(1, count + 1))
    if len(names) != count:
        raise ValueError(f"the ratings have {count} {what}, but {len(names)} names were given for them")
    return tuple(str(name) for name in names)


@dataclass(frozen=True, eq=False)
class Ratings:
    """Ratings of recordings by raters.

    Attributes
    ----------
    values : array of float, shape (recordings, raters)
        Grades, VAS or PSPI; NaN where a rater gave none. Read-only.
    recordings, raters : tuple of str
        Names of the rows and of the columns, each unique.
    patients : tuple of str
        The patient of each recording.

    Raises
    ------
    ValueError
        The shape and the names do not fit, a name stands twice, or a value is infinite.

    Examples
    --------
    >>> ratings = Ratings.of([[0, 1], [2, 2], [4, None]], raters=["Dr. Lin", "PEEA"])
    >>> ratings.values.shape, ratings.missing
    ((3, 2), 1)
    """

    values: FloatArray
    recordings: tuple[str, ...]
    raters: tuple[str, ...]
    patients: tuple[str, ...]

    def __post_init__(self) -> None:
        values = np.array(self.values, dtype=float)
        if values.shape != (len(self.recordings), len(self.raters)) or len(self.patients) != len(self.recordings):
            raise ValueError(
                f"the values have shape {values.shape}, but there are {len(self.recordings)} recordings, "
                f"{len(self.raters)} raters and {len(self.patients)} patient names"
            )
        for what, names in (("recording", self.recordings), ("rater", self.raters)):
            twice = sorted(name for name, count in Counter(names).items() if count > 1)
            if twice:
                raise ValueError(f"the {what} {twice[0]!r} stands more than once in the table")
        if np.isinf(values).any():
            row, column = np.argwhere(np.isinf(values))[0]
            raise ValueError(
                f"the rating of recording {self.recordings[row]!r} by {self.raters[column]!r} is infinite; "
                "a rating is a finite number or missing"
            )
        values.flags.writeable = False
        object.__setattr__(self, "values", values)

    @classmethod
    def of(
        cls,
        values: ArrayLike,
        *,
        raters: Sequence[object] | None = None,
        recordings: Sequence[object] | None = None,
        patients: Sequence[object] | None = None,
    ) -> Ratings:
        """Return the table of a matrix with recordings in rows; None and NaN are missing.

        Parameters
        ----------
        values : array_like, shape (recordings, raters)
            The ratings.
        raters, recordings : sequence, optional
            Their names; numbered from 1 if not given.
        patients : sequence, optional
            The patient of each recording; each recording is its own patient if not given.

        Examples
        --------
        >>> Ratings.of([[1, 2], [3, 3]], patients=["A", "A"]).patients
        ('A', 'A')
        """
        matrix = np.array(values, dtype=float)
        if matrix.ndim != 2:
            raise ValueError(f"ratings are a matrix of recordings by raters; got {matrix.ndim} dimension(s)")
        names = _named(recordings, matrix.shape[0], "recordings")
        return cls(
            matrix,
            names,
            _named(raters, matrix.shape[1], "raters"),
            names if patients is None else _named(patients, matrix.shape[0], "recordings (patients)"),
        )

    @cached_property
    def patient_codes(self) -> IntArray:
        """The patient of each recording as a number 0, 1, ... in order of first appearance, shape (recordings,)."""
        codes = {name: number for number, name in enumerate(dict.fromkeys(self.patients))}
        return np.array([codes[name] for name in self.patients], dtype=np.int64)

    @property
    def missing(self) -> int:
        """How many cells have no rating."""
        return int(np.isnan(self.values).sum())

    def column(self, rater: str) -> int:
        """Return the column of a rater; ValueError with the known names if there is none."""
        if rater not in self.raters:
            raise ValueError(f"there is no rater {rater!r}; the table has {', '.join(self.raters)}")
        return self.raters.index(rater)

    def only(self, raters: Sequence[str]) -> Ratings:
        """Return the table with these raters alone, in this order.

        Examples
        --------
        >>> Ratings.of([[1, 2, 3]], raters="abc").only(["c", "a"]).values
        array([[3., 1.]])
        """
        columns = [self.column(rater) for rater in raters]
        return Ratings(self.values[:, columns], self.recordings, tuple(raters), self.patients)

    def without(self, rater: str) -> Ratings:
        """Return the table without one rater."""
        self.column(rater)
        return self.only([name for name in self.raters if name != rater])

    def where(self, chosen: ArrayLike) -> Ratings:
        """Return the table of the recordings chosen by a mask (a subgroup), shape (recordings,) of bool."""
        mask = np.asarray(chosen)
        if mask.dtype != bool or mask.shape != (len(self.recordings),):
            raise ValueError(
                f"a choice of recordings is one true or false for each of the {len(self.recordings)}; "
                f"got {mask.dtype} of shape {mask.shape}"
            )
        rows = np.flatnonzero(mask)
        return Ratings(
            self.values[rows],
            tuple(self.recordings[row] for row in rows),
            self.raters,
            tuple(self.patients[row] for row in rows),
        )

    def complete(self) -> Ratings:
        """Return the table of the recordings that every rater rated."""
        return self.where(np.isfinite(self.values).all(axis=1))

    def codes(self, categories: Sequence[float]) -> IntArray:
        """Return each rating as the position of its category, -1 where missing, shape (recordings, raters).

        Parameters
        ----------
        categories : sequence of float
            Every category of the scale in its order, whether it was used or not (grades: 0, 1, 2, 3, 4).

        Raises
        ------
        ValueError
            Fewer than two categories, one of them twice, or a rating that is none of them.

        Examples
        --------
        >>> Ratings.of([[0, 4], [None, 2]]).codes([0, 2, 4])
        array([[ 0,  2],
               [-1,  1]])
        """
        scale = np.array(categories, dtype=float)
        if len(scale) < 2 or len(np.unique(scale)) != len(scale) or not np.isfinite(scale).all():
            raise ValueError(f"a scale has two categories or more, each once; got {list(categories)}")
        matches = self.values[:, :, None] == scale
        unknown = ~matches.any(axis=2) & ~np.isnan(self.values)
        if unknown.any():
            row, column = np.argwhere(unknown)[0]
            allowed = ", ".join(f"{category:g}" for category in scale)
            raise ValueError(
                f"{self.raters[column]!r} rated recording {self.recordings[row]!r} {self.values[row, column]:g}; "
                f"the scale has {allowed}"
            )
        return np.where(np.isnan(self.values), -1, matches.argmax(axis=2)).astype(np.int64)

    def with_consensus(self, name: str, rule: Consensus, raters: Sequence[str] | None = None) -> Ratings:
        """Return the table with one more rater: the consensus of some of those in it.

        Parameters
        ----------
        name : str
            The name of the new column.
        rule : Consensus
            MAJORITY: the rating given most often; missing where two are given equally often. MEDIAN: the middle
            rating, of two middle ones the higher, so that pain is not played down. MEAN: the mean, for ICC and
            Bland-Altman.
        raters : sequence of str, optional
            Whose consensus; of all raters if not given. Missing ratings do not vote.

        Examples
        --------
        >>> table = Ratings.of([[1, 1, 2], [1, 2, None]])
        >>> table.with_consensus("clinicians", Consensus.MAJORITY).values[:, -1]
        array([ 1., nan])
        >>> table.with_consensus("clinicians", Consensus.MEDIAN).values[:, -1]
        array([1., 2.])
        """
        if name in self.raters:
            raise ValueError(f"there is a rater {name!r} already")
        voters = self.values[:, [self.column(rater) for rater in (self.raters if raters is None else raters)]]
        agreed = np.array([_consensus_of(row[~np.isnan(row)].tolist(), rule) for row in voters]).reshape(-1, 1)
        return Ratings(np.hstack([self.values, agreed]), self.recordings, (*self.raters, name), self.patients)


def _consensus_of(votes: list[float], rule: Consensus) -> float:
    """Return the consensus of the ratings of one recording, NaN (missing) if there is none."""
    if not votes:
        return float("nan")
    if rule is Consensus.MEAN:
        return float(np.mean(votes))
    if rule is Consensus.MEDIAN:
        return float(median_high(votes))
    (first, most), *others = Counter(votes).most_common()
    return float("nan") if others and others[0][1] == most else first
