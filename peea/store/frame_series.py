"""The frame records of one assessment as one compact blob: quantised columns, compressed together.

25 s at 25 frames a second take some 30 kB. What is rounded, and to what (`PRECISION`): times to 1 microsecond,
probabilities to 1/65535, actions to 1/10000, boxes and landmarks to 1/16 pixel, brightness to 1/100. The report does
not depend on it: the timeline is stored exactly, beside the blob.
"""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from collections.abc import Sequence
from typing import Final

import numpy as np

from peea.assessment.values import FrameRecord
from peea.faces import Problem
from peea.uploads.limits import LARGEST_UNPACKED

FORM: Final = 1
"""Version of this form, stored beside each blob."""

PRECISION: Final = {
    "time_s": 1e-6,
    "probabilities": 1 / 65535,
    "actions": 1e-4,
    "box": 1 / 16,
    "landmarks": 1 / 16,
    "brightness": 1e-2,
}
"""Step of each quantised column; a value that is read back differs by at most half a step."""


class FrameSeriesError(ValueError):
    """A blob that is not a frame series of a known form."""


_CRAFTED: Final = (
    MemoryError,
    TypeError,
    AttributeError,
    OverflowError,
    RecursionError,
    NotImplementedError,
    RuntimeError,
)
"""What a blob that somebody made to fail raises beside what damage does: columns of other shapes and types, a method of
packing that nobody has, a header that claims more than fits."""


def pack(records: Sequence[FrameRecord]) -> bytes:
    """Return the records as one blob.

    Raises:
        ValueError: records with differing numbers of probabilities or landmarks, or differing actions.
    """
    graded = [record.probabilities for record in records if record.probabilities is not None]
    acted = [record.actions for record in records if record.actions is not None]
    boxed = [record.box for record in records if record.box is not None]
    marked = [record.landmarks for record in records if record.landmarks is not None]
    names = list(dict.fromkeys(name for actions in acted for name in actions))
    problems = sorted({record.problem.value for record in records if record.problem is not None})
    columns = {
        "header": np.frombuffer(json.dumps({"actions": names, "problems": problems}).encode(), np.uint8),
        "time_s": _steps([record.time_s for record in records], "time_s"),
        "problem": np.array([0 if r.problem is None else 1 + problems.index(r.problem) for r in records], np.uint8),
        "dim": np.array([record.dim for record in records], np.bool_),
        "other_faces": np.array([record.other_faces for record in records], np.int32),
        "brightness": _steps([record.brightness for record in records], "brightness"),
        "graded": np.array([record.probabilities is not None for record in records], np.bool_),
        "acted": np.array([record.actions is not None for record in records], np.bool_),
        "boxed": np.array([record.box is not None for record in records], np.bool_),
        "marked": np.array([record.landmarks is not None for record in records], np.bool_),
        "probabilities": _steps(graded, "probabilities"),
        "actions": _steps([[actions[name] for name in names] for actions in acted], "actions"),
        "box": _steps(boxed, "box"),
        "landmarks": _steps(marked, "landmarks"),
    }
    blob = io.BytesIO()
    np.savez_compressed(blob, **columns)  # type: ignore[arg-type]
    return blob.getvalue()


def unpack(blob: bytes, form: int = FORM) -> tuple[FrameRecord, ...]:
    """Return the records of a blob.

    Raises:
        FrameSeriesError: the blob is damaged or has another form.
    """
    if form != FORM:
        raise FrameSeriesError(f"the frame series has form {form}; this PEEA reads form {FORM}")
    try:
        with zipfile.ZipFile(io.BytesIO(blob)) as packed:
            # The archive's list can lie, but no member is read further than it says there.
            unpacked = sum(member.file_size for member in packed.infolist())
        if unpacked > LARGEST_UNPACKED:
            raise FrameSeriesError(f"the frame series would take {unpacked / 1e6:.0f} MB")
        with np.load(io.BytesIO(blob), allow_pickle=False) as stored:
            columns = {name: stored[name] for name in stored.files}
        header = json.loads(columns["header"].tobytes())
        return _records(columns, header["actions"], [None, *map(Problem, header["problems"])])
    except FrameSeriesError:
        raise
    except (ValueError, KeyError, IndexError, OSError, EOFError, zipfile.BadZipFile, zlib.error, *_CRAFTED) as error:
        raise FrameSeriesError(f"the frame series cannot be read: {error}") from error
    except StopIteration as error:
        raise FrameSeriesError("the frame series has fewer values than frames") from error


def _records(
    columns: dict[str, np.ndarray], names: list[str], problems: list[Problem | None]
) -> tuple[FrameRecord, ...]:
    times, brightness = _values(columns, "time_s"), _values(columns, "brightness")
    probabilities, actions = iter(_values(columns, "probabilities")), iter(_values(columns, "actions"))
    boxes, landmarks = iter(_values(columns, "box")), iter(_values(columns, "landmarks"))
    return tuple(
        FrameRecord(
            time_s=times[k],
            problem=problems[columns["problem"][k]],
            dim=bool(columns["dim"][k]),
            probabilities=tuple(next(probabilities)) if columns["graded"][k] else None,
            actions=dict(zip(names, next(actions), strict=True)) if columns["acted"][k] else None,
            box=tuple(next(boxes)) if columns["boxed"][k] else None,
            landmarks=tuple((x, y) for x, y in next(landmarks)) if columns["marked"][k] else None,
            brightness=brightness[k],
            other_faces=int(columns["other_faces"][k]),
        )
        for k in range(len(times))
    )


def _steps(values: object, column: str) -> np.ndarray:
    """Return values in whole steps, each as the difference to the frame before: small numbers compress well."""
    steps = np.rint(np.asarray(values, np.float64) / PRECISION[column]).astype(np.int64)
    return np.diff(steps, axis=0, prepend=np.zeros_like(steps[:1]))


def _values(columns: dict[str, np.ndarray], column: str) -> list:
    steps = np.cumsum(columns[column].astype(np.int64), axis=0)
    return (steps * PRECISION[column]).tolist()
