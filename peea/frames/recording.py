"""One video file as a stream of frames, unpacked by a process of its own (`peea.frames.reader`).

Nothing that comes from outside is decoded in the process that holds patients' data. The reader has bounds on memory and
time and no rights (`peea.frames.confinement`); what it answers is checked as if a stranger said it. If it crashes or
falls silent, that is a sentence about the file.
"""

from __future__ import annotations

import atexit
import json
import logging
import math
import mmap
import os
import select
import subprocess
import sys
import threading
import weakref
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any, Final

import numpy as np

from peea.frames import errors
from peea.frames.errors import RecordingError, StoppedReadingError
from peea.frames.frame import Frame
from peea.frames.limits import HIGHEST_RATE_HZ, RecordingLimits
from peea.frames.protocol import CHANNELS, ENDED, FAULT, OPENED, PICTURE, REFUSED, SLOTS, slot_bytes
from peea.language import Language, current_language, t

_log = logging.getLogger(__name__)

LONGEST_ANSWER: Final = 8192
"""Bytes of the reader's longest answer, a sentence with the name of the file in it."""

_KINDS: Final = {
    kind.__name__: kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, RecordingError)
}

_ENVIRONMENT: Final = {
    # Keys and passwords that stand in the app's environment are none of the reader's business.
    name: os.environ[name]
    for name in ("LD_LIBRARY_PATH", "LANG", "LC_ALL")
    if name in os.environ
} | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"}


class _Reader:
    """A reader process: waiting for its one recording, or at it."""

    def __init__(self, language: Language) -> None:
        self._memory = os.memfd_create("peea-pictures", os.MFD_CLOEXEC)
        command = [sys.executable, "-I", "-m", "peea.frames.reader", str(self._memory), language.value]
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # FFmpeg's complaints name files
            pass_fds=[self._memory],
            env=_ENVIRONMENT,
            cwd="/",
            bufsize=0,
        )
        self._waiting = b""
        # Pipes are not closed under whoever waits at them in another thread.
        self._pipes = threading.Lock()
        self.end = weakref.finalize(self, _end, self.process, self._memory, self._pipes)

    def share(self, size: int) -> mmap.mmap:
        """Return the memory for pictures; what nobody fills is never taken."""
        os.ftruncate(self._memory, size)
        return mmap.mmap(self._memory, size)

    def tell(self, line: bytes) -> None:
        """Send bytes; a reader that is gone shows when its answer is asked for."""
        with self._pipes:
            if self.process.stdin is None or self.process.stdin.closed:
                return
            try:
                self.process.stdin.write(line)
            except BrokenPipeError:
                _log.info("the reader of a recording ended early")

    def answer(self, within_s: float) -> dict[str, Any] | None:
        """Return the next answer; None if the reader has ended or answers nonsense.

        Raises:
            TimeoutError: it was silent for too long.
        """
        with self._pipes:
            return self._answer(within_s)

    def _answer(self, within_s: float) -> dict[str, Any] | None:
        if self.process.stdout is None or self.process.stdout.closed:
            return None
        ready = select.poll()
        ready.register(self.process.stdout, select.POLLIN)
        while b"\n" not in self._waiting:
            if len(self._waiting) > LONGEST_ANSWER:
                return None
            if not ready.poll(within_s * 1000):
                raise TimeoutError
            received = os.read(self.process.stdout.fileno(), LONGEST_ANSWER)
            if not received:
                return None
            self._waiting += received
        line, _, self._waiting = self._waiting.partition(b"\n")
        try:
            said = json.loads(line)
        except ValueError:
            return None
        return said if isinstance(said, dict) else None


def _end(process: subprocess.Popen[bytes], memory: int, pipes: threading.Lock) -> None:
    process.kill()
    process.wait()  # with it ends whoever waits for its answer
    with pipes:
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()
    os.close(memory)


class _Spare:
    """One reader that has started already: starting takes some 0.3 s, for which a slider should not wait."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._reader: _Reader | None = None

    def take(self) -> _Reader:
        """Return a reader for one recording, and start the next one."""
        language = current_language()
        with self._lock:
            taken, self._reader = self._reader, None
            if taken is None or taken.process.poll() is not None:
                taken = _Reader(language)
            self._reader = _Reader(language)
        return taken

    def end(self) -> None:
        """End the one that waits."""
        with self._lock:
            if self._reader is not None:
                self._reader.end()
            self._reader = None


_spare = _Spare()
atexit.register(_spare.end)


class Recording:
    """A video file opened for reading once from start to end; use it in a `with` block and iterate over it.

    Memory does not grow with the length: a handful of decoded pictures is held at a time.

    Attributes:
        name: of the file, as shown to staff.
        duration_s: length that the file states, or None if it states none (some browsers' recordings).
        width, height: of the frames in pixels, upright.
        frame_rate: nominal frames a second, or None if the file states none; variable rates vary around it.
        codec: "h264", "hevc", "vp9", "mjpeg", "mpeg4", ...
        rotation_deg: by how much the pictures are turned clockwise to stand upright: 0, 90, 180 or 270.
        frames_read: pictures handed out so far.
        broken_frames: after the last frame: pictures that could not be decoded and were left out.
        truncated: after the last frame: the file ends before its own stated length, or in the middle of a picture.
        confined: the kernel took away the reader's rights over files and network, beside bounding memory and time.
    """

    def __init__(self, path: Path, limits: RecordingLimits, name: str) -> None:
        self.name = name
        self.frames_read = 0
        self.broken_frames = 0
        self.truncated = False
        self._limits = limits
        self._begun = self._closed = False
        self._reader = _spare.take()
        try:
            self._memory = self._reader.share(SLOTS * slot_bytes(limits))
            asked = {
                "path": str(path.absolute()),
                "name": name,
                "limits": asdict(limits),
                "language": current_language().value,
            }
            self._reader.tell(json.dumps(asked).encode() + b"\n")
            said = self._answer()
            if said.get("is") != OPENED:
                raise self._stopped()
            self.width, self.height = self._size(said)
            self.duration_s = self._number_or_none(said, "duration_s", limits.max_duration_s)
            self.frame_rate = self._number_or_none(said, "frame_rate", HIGHEST_RATE_HZ)
            self.codec = str(said.get("codec"))[:40]
            self.rotation_deg = int(self._number_or_none(said, "rotation_deg", 270) or 0)
            self.confined = said.get("confined") is True
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Recording:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the reader. Reading further yields nothing."""
        self._closed = True
        self._reader.end()

    def __iter__(self) -> Iterator[Frame]:
        """Yield each frame once, times strictly rising from 0.

        Raises:
            RecordingError: the recording turns out longer than the limit although it did not say so, or its pictures
                larger; or reading it had to be stopped.
        """
        if not self._begin("all"):
            return
        last_s = -1.0
        while not self._closed:
            frame = self._next()
            if frame is None:
                return
            if not last_s < frame.time_s <= self._limits.max_duration_s:
                raise self._stopped()
            if self.frames_read > self._limits.max_duration_s * HIGHEST_RATE_HZ:
                raise self._stopped()
            last_s = frame.time_s
            yield frame

    def frame_at(self, time_s: float) -> Frame:
        """Return the frame shown at `time_s`, jumping there; the recording cannot be iterated over afterwards.

        Before the first frame that is the first one, after the end the last one that can be read.
        """
        frame = self._next() if self._begin(repr(float(time_s))) else None
        if frame is None:
            raise self._stopped()
        return frame

    def _begin(self, wanted: str) -> bool:
        """Say once what is wanted; False if it was said before or the reader has ended."""
        if self._begun or self._closed:
            return False
        self._begun = True
        self._reader.tell(json.dumps(wanted).encode() + b"\n")
        return True

    def _next(self) -> Frame | None:
        """Return the next picture, or None after the last."""
        said = self._answer()
        if said.get("is") == ENDED:
            self.truncated = said.get("truncated") is True
            self.broken_frames = int(self._number_or_none(said, "broken_frames", math.inf) or 0)
            if self.broken_frames:
                _log.info("%d pictures of a recording could not be decoded and were left out", self.broken_frames)
            return None
        if said.get("is") != PICTURE:
            raise self._stopped()
        width, height = self._size(said)
        time_s = self._number_or_none(said, "time_s", math.inf)
        if time_s is None:
            raise self._stopped()
        start = self.frames_read % SLOTS * slot_bytes(self._limits)
        image = np.empty((height, width, CHANNELS), np.uint8)
        image.reshape(-1)[:] = np.frombuffer(self._memory, np.uint8, image.size, start)
        self.frames_read += 1
        self._reader.tell(b".")
        return Frame(time_s, image)

    def _answer(self) -> dict[str, Any]:
        """Return the reader's next answer.

        Raises:
            RecordingError: it refused the file, ended, or was silent for too long.
        """
        try:
            said = self._reader.answer(self._limits.answer_within_s)
        except TimeoutError as error:
            raise StoppedReadingError(
                self.name,
                t(
                    "takes too long to unpack, so reading it was stopped. Copy it from the camera once more, or record "
                    "again."
                ),
            ) from error
        if said is None:
            if self._closed:  # by another thread, meanwhile
                return {"is": ENDED}
            raise self._stopped()
        if said.get("is") == FAULT:
            _log.warning("the reader of a recording met a %s", str(said.get("kind"))[:40])
            raise self._stopped()
        if said.get("is") == REFUSED:
            kind = _KINDS.get(str(said.get("kind")), StoppedReadingError)
            raise kind(self.name, str(said.get("sentence")))
        return said

    def _size(self, said: dict[str, Any]) -> tuple[int, int]:
        width, height = said.get("width"), said.get("height")
        if type(width) is not int or type(height) is not int or min(width, height) < 1:
            raise self._stopped()
        if width * height > self._limits.max_pixels:
            raise self._stopped()
        return width, height

    def _number_or_none(self, said: dict[str, Any], name: str, most: float) -> float | None:
        value = said.get(name)
        if value is None:
            return None
        if type(value) not in (int, float) or not 0 <= value <= most:
            raise self._stopped()
        return value

    def _stopped(self) -> StoppedReadingError:
        ended = self._reader.process.poll()
        _log.warning("the reader of a recording was given up (it ended with %s)", ended)
        return StoppedReadingError(
            self.name,
            t(
                "cannot be read: unpacking it had to be stopped, as happens with damaged files and with files made to "
                "do harm. Copy it from the camera once more, or record again."
            ),
        )


def open_recording(path: Path | str, limits: RecordingLimits | None = None, name: str | None = None) -> Recording:
    """Open a video file for reading, in a process of its own.

    Args:
        path: of the file.
        limits: what to refuse; the defaults if None.
        name: how staff know the file, if it is not the last part of the path (an upload in a temporary file).

    Raises:
        RecordingError: one of its kinds says what is wrong with the file and what to do.
    """
    path = Path(path)
    return Recording(path, limits or RecordingLimits(), name or path.name)


def frame_at(path: Path | str, time_s: float, limits: RecordingLimits | None = None, name: str | None = None) -> Frame:
    """Return the frame that a recording shows at `time_s`, e.g. to look at a moment of a timeline again.

    Raises:
        RecordingError: as `open_recording`.
    """
    with open_recording(path, limits, name) as recording:
        return recording.frame_at(time_s)
