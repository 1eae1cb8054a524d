"""Cameras played to the road: how many frames a second are graded for several at once, how late, and the memory."""

from __future__ import annotations

import itertools
import os
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Final

import av
import numpy as np
from aiortc.codecs.vpx import Vp8Decoder, Vp8Encoder, VpxPayloadDescriptor
from aiortc.jitterbuffer import JitterFrame

from peea.assessment.road import GradesFaces
from peea.bench.material import CAMERA_RATE
from peea.face_grade import FaceGrade
from peea.faces.patient_face import FaceFinder
from peea.frames import Frame
from peea.graders import Grader
from peea.inference.openvino_backend import usable_cores
from peea.language import Language
from peea.live.session import LiveSession
from peea.live.stream import LivePicture
from peea.live.turns import Turns
from peea.live.view import Stage
from peea.scales import Context, Grade
from peea.settings import Settings

CLOCK: Final = Fraction(1, 90_000)
"""WebRTC's unit of time."""


@dataclass(frozen=True)
class Slice:
    """One part of the time for which cameras were played.

    Attributes:
        seconds: how long it was.
        graded_a_second: of each session.
        late_ms: median of the time from a frame's arrival to its grade, all sessions together.
        late_95_ms: its 95th percentile.
        memory_mb: that the program held at the end of it.
    """

    seconds: float
    graded_a_second: tuple[float, ...]
    late_ms: float
    late_95_ms: float
    memory_mb: float


@dataclass(frozen=True)
class Stream:
    """What so many sessions got, each with a camera of 25 frames a second, part by part; the first is the warm-up."""

    sessions: int
    slices: tuple[Slice, ...]

    @property
    def measured(self) -> tuple[Slice, ...]:
        """All parts but the warm-up."""
        return self.slices[1:]

    @property
    def seconds(self) -> float:
        return sum(one.seconds for one in self.measured)

    @property
    def graded_a_second(self) -> tuple[float, ...]:
        """Of each session, without the warm-up."""
        by_session = zip(*(one.graded_a_second for one in self.measured), strict=True)
        lengths = np.array([one.seconds for one in self.measured])
        return tuple(float(np.dot(rates, lengths) / lengths.sum()) for rates in by_session)

    @property
    def late_95_ms(self) -> float:
        """The worst 95th percentile of any part."""
        return max(one.late_95_ms for one in self.measured)

    @property
    def memory_grew_mb(self) -> float:
        """From the end of the warm-up to the end."""
        return self.slices[-1].memory_mb - self.slices[0].memory_mb


def resident_mb() -> float:
    """Return the memory that this program holds now, in MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def peak_mb() -> float:
    """Return the most memory that this program has held."""
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def compressed(frames: Sequence[Frame]) -> list[bytes]:
    """Return frames as a browser sends them, in VP8; the first one can be unpacked by itself."""
    encoder, packed = Vp8Encoder(), []
    for number, frame in enumerate(frames):
        picture = av.VideoFrame.from_ndarray(frame.image, format="rgb24").reformat(format="yuv420p")
        picture.pts, picture.time_base = round(number / CAMERA_RATE / CLOCK), CLOCK
        parts, _ = encoder.encode(picture)
        packed.append(b"".join(VpxPayloadDescriptor.parse(part)[1] for part in parts))
    return packed


class Counted:
    """The shared grader as one session sees it, with a count of the faces that it graded."""

    def __init__(self, grader: GradesFaces) -> None:
        self._grader = grader
        self.identity = grader.identity
        self.count = 0

    def grade(self, crops: np.ndarray) -> list[FaceGrade]:
        """See `GradesFaces.grade`."""
        grades = self._grader.grade(crops)
        self.count += len(grades)
        return grades


class Camera(threading.Thread):
    """A camera at its rate: each frame is unpacked, offered, drawn on and compressed again, as for a browser."""

    def __init__(self, session: LiveSession, grader: Counted, frames: Sequence[bytes], first_s: float) -> None:
        super().__init__(daemon=True)
        self._session, self._frames, self._first_s = session, frames, first_s
        self.grader = grader
        self._stopped = threading.Event()
        self.late_s: list[float] = []

    def run(self) -> None:
        picture, decoder, encoder = LivePicture(self._session, Language.ENGLISH), Vp8Decoder(), Vp8Encoder()
        begun, last_s = time.monotonic() + self._first_s, -1.0
        for count, packed in enumerate(itertools.cycle(self._frames)):
            if self._stopped.wait(max(0.0, begun + count / CAMERA_RATE - time.monotonic())):
                return
            stamp = round(count / CAMERA_RATE / CLOCK)
            for frame in decoder.decode(JitterFrame(data=packed, timestamp=stamp)):
                assert isinstance(frame, av.VideoFrame)
                drawn = picture(frame)
                drawn.pts, drawn.time_base = stamp, CLOCK
                encoder.encode(drawn)
            view = self._session.view
            if view.stage is Stage.READY:
                self._session.start(Context.REST, monitor_from=Grade.INTENSE)
            if view.stage is Stage.MONITORING and view.record is not None and view.record.time_s != last_s:
                last_s = view.record.time_s
                self.late_s.append(view.behind_s)

    def stop(self) -> None:
        """End at the next frame."""
        self._stopped.set()


def play(frames: Sequence[Frame], grader: Grader, sessions: int, slices: Sequence[float], settings: Settings) -> Stream:
    """Play so many cameras, each of which monitors the same patient.

    Args:
        frames: of a recording; played again and again.
        grader: shared by the sessions.
        sessions: at once.
        slices: seconds of each part; the first is the warm-up.
        settings: of the site.
    """
    turns = Turns(usable_cores())
    graders = [Counted(grader) for _ in range(sessions)]
    bedsides = [LiveSession(lambda: FaceFinder(settings.faces), each, turns, settings) for each in graders]
    packed = compressed(frames)
    cameras = [
        Camera(bedside, counted, packed, place / CAMERA_RATE / sessions)
        for place, (bedside, counted) in enumerate(zip(bedsides, graders, strict=True))
    ]
    for each in cameras:
        each.start()
    try:
        parts = tuple(_slice(cameras, seconds) for seconds in slices)
    finally:
        for each in cameras:
            each.stop()
        for each in cameras:
            each.join()
        for bedside in bedsides:
            bedside.stop()
        turns.close()
    return Stream(sessions, parts)


def _slice(cameras: Sequence[Camera], seconds: float) -> Slice:
    looked, graded = [len(each.late_s) for each in cameras], [each.grader.count for each in cameras]
    begun = time.monotonic()
    time.sleep(seconds)
    took_s = time.monotonic() - begun
    late_ms = np.array([late for each, before in zip(cameras, looked, strict=True) for late in each.late_s[before:]])
    late_ms = late_ms * 1e3 if len(late_ms) else np.array([np.nan])
    return Slice(
        took_s,
        tuple((each.grader.count - before) / took_s for each, before in zip(cameras, graded, strict=True)),
        float(np.median(late_ms)),
        float(np.quantile(late_ms, 0.95)),
        resident_mb(),
    )
