"""How soon the picture of a camera is back in the browser with the grade drawn on it, over a real WebRTC connection.

A program of its own stands in for the browser: it stamps each picture with the time at which it is captured, in black
and white squares that survive compression, sends it at 25 frames a second, and reads the stamp off what comes back.
What is measured of each frame is thus everything between the camera and the screen: compressing, sending, unpacking,
offering it to the session, drawing, compressing, sending and unpacking again, all on this machine, while the session
finds and grades the face. A frame that does not come back counts as not shown.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import time
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any, Final

import av
import numpy as np
from aiortc import MediaStreamTrack, RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError

from peea.bench.material import CAMERA_RATE, frames_of
from peea.bench.streams import CLOCK
from peea.faces.patient_face import FaceFinder
from peea.graders import Grader
from peea.inference.openvino_backend import usable_cores
from peea.language import Language
from peea.live.session import LiveSession
from peea.live.stream import LivePicture, NewestOnly
from peea.live.turns import Turns
from peea.live.view import Stage
from peea.scales import Context, Grade
from peea.settings import Settings

SOON_MS: Final = 150.0
_BITS: Final = 24
_SQUARE_PX: Final = 16
_ROW: Final = 12
"""The stamp: milliseconds in 24 squares, two rows of twelve in the lower right corner, where nothing is drawn."""

_WARM_UP_S: Final = 3.0
_LAST_S: Final = 1.0
"""Seconds for which frames may still come back after the last one was sent."""

_FRAMES: Final = 100


@dataclass(frozen=True)
class Shown:
    """What came back of the frames that were sent in the measured seconds.

    Attributes:
        sent: frames.
        back_ms: of each that came back, the time from its capture until it was unpacked again.
        graded_a_second: by the session meanwhile.
        drawing_ms: 95th percentile of the time from a frame's arrival at the server until it was handed, with what is
            drawn on it, to the connection: PEEA's own part.
    """

    sent: int
    back_ms: tuple[float, ...]
    graded_a_second: float
    drawing_ms: float

    @property
    def soon(self) -> float:
        """Share of the frames sent that were shown within `SOON_MS`."""
        return sum(each <= SOON_MS for each in self.back_ms) / self.sent if self.sent else float("nan")


def stamped(image: np.ndarray, number: int) -> np.ndarray:
    """Return a copy of a picture with a number of 24 bits in its lower right corner."""
    picture = image.copy()
    for bit, (rows, columns) in enumerate(_squares(*image.shape[:2])):
        picture[rows, columns] = 235 if number >> bit & 1 else 16
    return picture


def stamp_of(image: np.ndarray) -> int:
    """Return the number in the lower right corner of a picture."""
    return sum(
        (float(image[rows, columns].mean()) > 128) << bit
        for bit, (rows, columns) in enumerate(_squares(*image.shape[:2]))
    )


def _squares(height: int, width: int) -> list[tuple[slice, slice]]:
    corners = [
        (height - _SQUARE_PX * (2 - bit // _ROW), width - _SQUARE_PX * (_ROW - bit % _ROW)) for bit in range(_BITS)
    ]
    return [(slice(y, y + _SQUARE_PX), slice(x, x + _SQUARE_PX)) for y, x in corners]


def measure_shown(grader: Grader, seconds: float, settings: Settings | None = None) -> Shown:
    """Play a camera through a real connection for so many seconds, after a warm-up, while a session monitors.

    Args:
        grader: that grades.
        seconds: that are measured.
        settings: of the site.
    """
    settings = settings or Settings()
    turns = Turns(usable_cores())
    session = LiveSession(lambda: FaceFinder(settings.faces), grader, turns, settings)
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    browser = context.Process(target=_browse, args=(there, seconds), daemon=True)
    browser.start()
    try:
        graded, drawing_ms, sent, back_ms = asyncio.run(_serve(here, session))
    finally:
        browser.join(10)
        if browser.is_alive():
            browser.terminate()
        session.stop()
        turns.close()
    return Shown(sent, tuple(back_ms), graded, drawing_ms)


class _Drawn(MediaStreamTrack):
    """What streamlit-webrtc does with a track: each frame through the callback, in the thread of the connection."""

    kind = "video"

    def __init__(self, source: MediaStreamTrack, session: LiveSession, picture: LivePicture) -> None:
        super().__init__()
        self._source, self._session, self._picture = source, session, picture
        self.took_s: list[float] = []

    async def recv(self) -> av.VideoFrame:
        got = await self._source.recv()
        assert isinstance(got, av.VideoFrame)
        begun = time.perf_counter()
        drawn = self._picture(got)
        drawn.pts, drawn.time_base = got.pts, got.time_base
        self.took_s.append(time.perf_counter() - begun)
        if self._session.view.stage is Stage.READY:
            self._session.start(Context.REST, monitor_from=Grade.INTENSE)
        return drawn


async def _serve(pipe: Connection, session: LiveSession) -> tuple[float, float, int, list[float]]:
    """Answer the stand-in for the browser as the app does, until it has what it wants."""
    connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    relay = NewestOnly()
    drawn: list[_Drawn] = []

    @connection.on("track")
    def answer(track: MediaStreamTrack) -> None:
        drawn.append(_Drawn(track, session, LivePicture(session, Language.ENGLISH)))
        connection.addTrack(relay.subscribe(drawn[0]))

    await connection.setRemoteDescription(RTCSessionDescription(*await _received(pipe)))
    await connection.setLocalDescription(await connection.createAnswer())
    pipe.send((connection.localDescription.sdp, connection.localDescription.type))
    await _received(pipe)  # the warm-up is over
    before, begun, seen = len(session.records), time.monotonic(), len(drawn[0].took_s)
    sent, back_ms = await _received(pipe)
    graded = (len(session.records) - before) / (time.monotonic() - begun)
    await connection.close()
    return graded, float(np.quantile(drawn[0].took_s[seen:] or [float("nan")], 0.95) * 1e3), sent, back_ms


async def _received(pipe: Connection) -> Any:
    """Return what the other program sends, without keeping the connection waiting."""
    return await asyncio.get_running_loop().run_in_executor(None, pipe.recv)


class _Stamping(MediaStreamTrack):
    """A camera of 25 frames a second that stamps each picture with the milliseconds since it was turned on."""

    kind = "video"

    def __init__(self, images: Sequence[np.ndarray]) -> None:
        super().__init__()
        self._images, self._count, self._begun_s = images, 0, time.monotonic()
        self.sent_ms: list[int] = []

    def now_ms(self) -> float:
        """Milliseconds since the camera was turned on."""
        return (time.monotonic() - self._begun_s) * 1e3

    async def recv(self) -> av.VideoFrame:
        due_s = self._begun_s + self._count / CAMERA_RATE
        # A camera does not make up for frames that were not fetched in time.
        self._count += max(1, int((time.monotonic() - due_s) * CAMERA_RATE))
        await asyncio.sleep(max(0.0, due_s - time.monotonic()))
        captured_ms = round(self.now_ms())
        image = stamped(self._images[self._count % len(self._images)], captured_ms)
        frame = av.VideoFrame.from_ndarray(image, format="rgb24")
        frame.pts, frame.time_base = round(captured_ms / 1e3 / CLOCK), CLOCK
        self.sent_ms.append(captured_ms)
        return frame


def _browse(pipe: Connection, seconds: float) -> None:
    """Stand in for the browser, in a program of its own."""
    asyncio.run(_call(pipe, seconds))


async def _call(pipe: Connection, seconds: float) -> None:
    connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    returned: asyncio.Queue[MediaStreamTrack] = asyncio.Queue()
    connection.on("track", returned.put_nowait)
    camera = _Stamping([frame.image for frame in frames_of(at_most=_FRAMES)])
    connection.addTrack(camera)
    await connection.setLocalDescription(await connection.createOffer())
    pipe.send((connection.localDescription.sdp, connection.localDescription.type))
    await connection.setRemoteDescription(RTCSessionDescription(*await _received(pipe)))
    shown = await returned.get()
    first_ms = camera.now_ms() + _WARM_UP_S * 1e3
    last_ms = first_ms + seconds * 1e3
    back: dict[int, float] = {}

    async def watch() -> None:
        while True:
            try:
                frame = await shown.recv()
            except MediaStreamError:
                return
            assert isinstance(frame, av.VideoFrame)
            stamp = stamp_of(frame.to_ndarray(format="rgb24"))
            back.setdefault(stamp, camera.now_ms() - stamp)

    watching = asyncio.ensure_future(watch())
    await asyncio.sleep(_WARM_UP_S)
    pipe.send("warm")
    await asyncio.sleep(seconds + _LAST_S)
    sent = [each for each in camera.sent_ms if first_ms <= each < last_ms]
    pipe.send((len(sent), [back[each] for each in sent if each in back]))
    watching.cancel()
    await connection.close()
