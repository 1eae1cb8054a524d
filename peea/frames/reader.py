"""The process that unpacks one recording: `peea.frames.recording` starts it, speaks to it through pipes, and trusts no
answer of it.

It gets one line of JSON with what to read, takes its own rights away, opens the file, and answers in the words of
`peea.frames.protocol`.
"""

from __future__ import annotations

import importlib
import json
import mmap
import os
import pkgutil
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import av
import numpy as np

from peea.frames.confinement import allow_one_more_file, leave_only, limit_resources
from peea.frames.decoding import DecodedRecording, decode_recording
from peea.frames.errors import RecordingError
from peea.frames.frame import Frame
from peea.frames.limits import RecordingLimits
from peea.frames.protocol import ENDED, FAULT, OPENED, PICTURE, REFUSED, SLOTS, slot_bytes
from peea.language import Language, catalog, using_language


def main(arguments: list[str]) -> int:
    """Read the recording that the first line asks for.

    Args:
        arguments: the number of the shared memory, and languages to have ready.
    """
    memory = int(arguments[0])
    for module in pkgutil.walk_packages(av.__path__, "av."):
        # The library loads some of its parts when they are first needed, when no file can be opened any more.
        importlib.import_module(module.name)
    for language in map(Language, arguments[1:]):
        _prepare(language)
    line = sys.stdin.buffer.readline()
    if not line:  # not needed any more
        return 0
    asked = json.loads(line)
    language = Language(asked["language"])
    _prepare(language)
    limits = RecordingLimits(**asked["limits"])
    limit_resources(limits.max_memory_bytes + SLOTS * slot_bytes(limits), limits.max_processor_s)
    with using_language(language):
        try:
            _read(Path(asked["path"]), asked["name"], limits, memory)
        except RecordingError as error:
            sentence = str(error).removeprefix(f"{error.name} ")
            _answer(REFUSED, kind=type(error).__name__, sentence=sentence)
        except Exception as error:  # noqa: BLE001 - the other side has to know that this is no end of the recording
            _answer(FAULT, kind=type(error).__name__)
    return 0


def _prepare(language: Language) -> None:
    """Load what sentences need before no file can be opened any more."""
    if language is not Language.ENGLISH:
        catalog(language)


def _read(path: Path, name: str, limits: RecordingLimits, memory: int) -> None:
    shared = mmap.mmap(memory, SLOTS * slot_bytes(limits))
    confined = leave_only(path)
    allow_one_more_file()
    with shared, decode_recording(path, limits, name) as recording:
        _answer(
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
            _answer(PICTURE, time_s=frame.time_s, height=height, width=width)
    finally:
        del places  # the shared memory cannot be closed before


def _end(recording: DecodedRecording) -> None:
    _answer(
        ENDED,
        truncated=recording.truncated,
        frames_read=recording.frames_read,
        broken_frames=recording.broken_frames,
    )


def _answer(kind_of: str, **named: Any) -> None:
    os.write(sys.stdout.fileno(), (json.dumps({"is": kind_of, **named}) + "\n").encode())


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
