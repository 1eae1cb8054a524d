"""One video file as a stream of frames, unpacked by a process of its own (`peea.frames.reader`).

Nothing that comes from outside is decoded in the process that holds patients' data. The reader has bounds on memory and
time and no rights (`peea.apart`); what it answers is checked as if a stranger said it. If it crashes or falls silent,
that is a sentence about the file.
"""

from __future__ import annotations

import atexit
import json
import logging
import math
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any, Final

import numpy as np

from peea.apart.process import ReaderStoppedError, Spare, Stop
from peea.apart.protocol import ENDED, RefusedError
from peea.frames import errors
from peea.frames.errors import RecordingError, StoppedReadingError
from peea.frames.frame import Frame
from peea.frames.limits import HIGHEST_RATE_HZ, RecordingLimits
from peea.frames.protocol import CHANNELS, OPENED, PICTURE, SLOTS, slot_bytes
from peea.language import t

_log = logging.getLogger(__name__)

_KINDS: Final = {
    kind.__name__: kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, RecordingError)
}

_spare = Spare("peea.frames.reader")
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
            shared = SLOTS * slot_bytes(limits)
            self._memory = self._reader.share(shared)
            asked = {"path": str(path.absolute()), "name": name, "limits": asdict(limits)}
            self._reader.ask(asked, limits.max_memory_bytes + shared, limits.max_processor_s)
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
            return self._reader.said(self._limits.answer_within_s)
        except RefusedError as refused:
            raise _KINDS.get(refused.kind, StoppedReadingError)(self.name, refused.sentence) from refused
        except ReaderStoppedError as stopped:
            if stopped.why is Stop.SILENT:
                raise StoppedReadingError(
                    self.name,
                    t(
                        "takes too long to unpack, so reading it was stopped. Copy it from the camera once more, or "
                        "record again."
                    ),
                ) from stopped
            if self._closed:  # by another thread, meanwhile
                return {"is": ENDED}
            raise self._stopped() from stopped

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
