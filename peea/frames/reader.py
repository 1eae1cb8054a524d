"""The process that unpacks one recording: `peea.frames.recording` starts it, speaks to it through pipes, and trusts no
answer of it.

Beside what `peea.apart.inside` does for every reader, it hands over pictures in the words of `peea.frames.protocol`.
"""

from __future__ import annotations

import importlib
import json
import mmap
import pkgutil
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import av
import numpy as np

from peea.apart.confinement import allow_more_files, leave_only
from peea.apart.inside import answer, serve
from peea.apart.protocol import ENDED, RefusedError
from peea.frames.decoding import DecodedRecording, decode_recording
from peea.frames.errors import RecordingError
from peea.frames.frame import Frame
from peea.frames.limits import RecordingLimits
from peea.frames.protocol import OPENED, PICTURE, SLOTS, slot_bytes


def main(arguments: list[str]) -> int:
    """Read the recording that the first line asks for; the arguments are those of `peea.apart.inside.serve`."""
    for module in pkgutil.walk_packages(av.__path__, "av."):
        # The library loads some of its parts when they are first needed, when no file can be opened any more.
        importlib.import_module(module.name)
    return serve(arguments, _read)


def _read(asked: Mapping[str, Any], memory: int) -> None:
    limits = RecordingLimits(**asked["limits"])
    try:
        _unpack(Path(asked["path"]), asked["name"], limits, memory)
    except RecordingError as error:
        raise RefusedError(type(error).__name__, str(error).removeprefix(f"{error.name} ")) from error


def _unpack(path: Path, name: str, limits: RecordingLimits, memory: int) -> None:
    shared = mmap.mmap(memory, SLOTS * slot_bytes(limits))
    confined = leave_only(path)
    allow_more_files(1)
    with shared, decode_recording(path, limits, name) as recording:
        answer(
            OPENED,
            width=recording.width,
            height=recording.height,
            duration_s=recording.duration_s,
            frame_rate=recording.frame_rate,
            codec=recording.codec,
            rotation_deg=recording.rotation_deg,
            confined=confined,
        )
        wanted = json.loads(sys.stdin.buffer.readline() or "null")
        if wanted is None:
            return
        frames: Iterable[Frame] = recording if wanted == "all" else [recording.frame_at(float(wanted))]
        _hand_over(frames, shared, limits)
        _end(recording)


def _hand_over(frames: Iterable[Frame], shared: mmap.mmap, limits: RecordingLimits) -> None:
    places = np.frombuffer(shared, np.uint8)
    try:
        for number, frame in enumerate(frames):
            if number >= SLOTS and not sys.stdin.buffer.read(1):
                return
            start = (number % SLOTS) * slot_bytes(limits)
            places[start : start + frame.image.size] = frame.image.reshape(-1)
            height, width, _ = frame.image.shape
            answer(PICTURE, time_s=frame.time_s, height=height, width=width)
    finally:
        del places  # the shared memory cannot be closed before


def _end(recording: DecodedRecording) -> None:
    answer(
        ENDED,
        truncated=recording.truncated,
        frames_read=recording.frames_read,
        broken_frames=recording.broken_frames,
    )


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
