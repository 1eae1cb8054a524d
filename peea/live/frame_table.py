"""The records of a live session as rows of numbers: some 250 bytes a frame, where the records themselves take 1,700.

A camera gives 15,000 frames in ten minutes. They are read back as records, exactly as they came, when somebody looks.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from typing import Final, overload

import numpy as np

from peea.assessment import FrameRecord
from peea.assessment.road import moments
from peea.faces import Problem
from peea.scales import GRADES, PSPI_ACTIONS
from peea.settings import StabilityRules
from peea.timeline import Moment

BLOCK_ROWS: Final = 512
"""Rows that are made room for at once, 20 s of a camera: more would lie empty, fewer cost their own upkeep."""

_LANDMARKS: Final = 5
_WIDTHS: Final = {
    "time_s": 1,
    "problem": 1,
    "dim": 1,
    "brightness": 1,
    "other_faces": 1,
    "box": 4,
    "landmarks": 2 * _LANDMARKS,
    "probabilities": len(GRADES),
    "actions": len(PSPI_ACTIONS),
}
"""Columns of each attribute of a record. In double precision, so that numbers come back as they were; NaN for what is
not there."""

_ENDS: Final = dict(zip(_WIDTHS, np.cumsum(list(_WIDTHS.values())).tolist(), strict=True))
_AT: Final = {name: slice(end - _WIDTHS[name], end) for name, end in _ENDS.items()}
_TIME: Final = _AT["time_s"].start
_COLUMNS: Final = sum(_WIDTHS.values())
_PROBLEMS: Final = tuple(Problem)
_ABSENT: Final = math.nan


class RecordedFrames(Sequence[FrameRecord]):
    """Records of a table as they stood at one moment, read when asked for; a slice of them reads nothing either.

    Args:
        blocks: of rows, each (BLOCK_ROWS, columns) float64.
        rows: which of them, counted from the first row of the first block.
    """

    def __init__(self, blocks: Sequence[np.ndarray], rows: range) -> None:
        self._blocks, self._rows = blocks, rows

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, place: int) -> FrameRecord: ...
    @overload
    def __getitem__(self, place: slice) -> RecordedFrames: ...
    def __getitem__(self, place: int | slice) -> FrameRecord | RecordedFrames:
        if isinstance(place, slice):
            return RecordedFrames(self._blocks, self._rows[place])
        return _record(self._numbers(self._rows[place]))

    def since(self, time_s: float) -> RecordedFrames:
        """Return those from a time on."""
        first = bisect_left(self._rows, time_s, key=lambda row: float(self._numbers(row)[_TIME]))
        return self[first:]

    def moments(self, rules: StabilityRules) -> list[Moment]:
        """Return them as the timeline sees them; see `peea.assessment.road.moments`."""
        numbers = np.array([self._numbers(row) for row in self._rows]).reshape(-1, _COLUMNS)
        problems = [_problem(code) for code in numbers[:, _AT["problem"]].ravel().tolist()]
        return moments(numbers[:, _TIME], numbers[:, _AT["probabilities"]], problems, rules)

    def _numbers(self, row: int) -> np.ndarray:
        numbers: np.ndarray = self._blocks[row // BLOCK_ROWS][row % BLOCK_ROWS]
        return numbers


class FrameTable:
    """The frames of a recording or monitoring, added at the end and forgotten at the beginning. Not locked."""

    def __init__(self) -> None:
        self._blocks: list[np.ndarray] = []
        self._first, self._end = 0, 0

    def __len__(self) -> int:
        return self._end - self._first

    @property
    def frames(self) -> RecordedFrames:
        """Return the records as they stand now; they stay so whatever is added or forgotten later."""
        return RecordedFrames(tuple(self._blocks), range(self._first, self._end))

    @property
    def last_s(self) -> float:
        """Time of the newest record, 0.0 if there is none."""
        if not len(self):
            return 0.0
        block, row = divmod(self._end - 1, BLOCK_ROWS)
        return float(self._blocks[block][row, _TIME])

    def append(self, record: FrameRecord) -> None:
        """Add the record of a frame later than all others."""
        block, row = divmod(self._end, BLOCK_ROWS)
        if block == len(self._blocks):
            self._blocks.append(np.empty((BLOCK_ROWS, _COLUMNS)))
        self._blocks[block][row] = _row(record)
        self._end += 1

    def forget_before(self, time_s: float) -> None:
        """Forget the records before a time."""
        self._first = self._end - len(self.frames.since(time_s))
        emptied = self._first // BLOCK_ROWS
        del self._blocks[:emptied]
        self._first, self._end = self._first - emptied * BLOCK_ROWS, self._end - emptied * BLOCK_ROWS


def _row(record: FrameRecord) -> list[float]:
    """Return a record as the numbers of its row."""
    actions = record.actions or {}
    points = record.landmarks or ((_ABSENT, _ABSENT),) * _LANDMARKS
    return [
        record.time_s,
        _ABSENT if record.problem is None else float(_PROBLEMS.index(record.problem)),
        float(record.dim),
        record.brightness,
        float(record.other_faces),
        *(record.box or (_ABSENT,) * _WIDTHS["box"]),
        *(number for point in points for number in point),
        *(record.probabilities or (_ABSENT,) * len(GRADES)),
        *(actions.get(name, _ABSENT) for name in PSPI_ACTIONS),
    ]


def _record(row: np.ndarray) -> FrameRecord:
    """Return the record of a row."""
    numbers: list[float] = row.tolist()
    time_s, problem, dim, brightness, other_faces = numbers[: _ENDS["other_faces"]]
    x0, y0, x1, y1 = numbers[_AT["box"]]
    points = numbers[_AT["landmarks"]]
    probabilities = tuple(numbers[_AT["probabilities"]])
    intensities = zip(PSPI_ACTIONS, numbers[_AT["actions"]], strict=True)
    actions = {name: intensity for name, intensity in intensities if not math.isnan(intensity)}
    return FrameRecord(
        time_s=time_s,
        problem=_problem(problem),
        dim=bool(dim),
        probabilities=None if math.isnan(probabilities[0]) else probabilities,
        actions=actions or None,
        box=None if math.isnan(x0) else (x0, y0, x1, y1),
        landmarks=None if math.isnan(points[0]) else tuple(zip(points[::2], points[1::2], strict=True)),
        brightness=brightness,
        other_faces=int(other_faces),
    )


def _problem(code: float) -> Problem | None:
    return None if math.isnan(code) else _PROBLEMS[int(code)]
