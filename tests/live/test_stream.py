"""Frames of WebRTC: a stub track, and a loopback between two real connections on this machine."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction

import av
import numpy as np
import pytest
from aiortc import MediaStreamTrack, RTCConfiguration, RTCPeerConnection, VideoStreamTrack
from aiortc.contrib.media import MediaRelay
from aiortc.mediastreams import MediaStreamError

from peea.language import Language
from peea.live.session import LiveSession
from peea.live.stream import LivePicture, NewestOnly
from peea.live.turns import Turns
from peea.live.view import Stage
from peea.scales import Context, Grade
from peea.settings import Settings
from tests.assessment.doubles import ScriptedFinder, ScriptedGrader

SEVERE = Grade.SEVERE
CLOCK_HZ = 90_000


def in_a_loop_of_its_own(coroutine: Coroutine) -> object:
    """Run to the end in a thread: a browser test before this one may have left its event loop in the main one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, coroutine).result()


def frame(number: int, rate: int = 25, grey: int = 120) -> av.VideoFrame:
    made = av.VideoFrame.from_ndarray(np.full((240, 320, 3), grey, np.uint8), format="rgb24")
    made.pts, made.time_base = number * CLOCK_HZ // rate, Fraction(1, CLOCK_HZ)
    return made


@pytest.fixture
def turns():
    made = Turns(1)
    yield made
    made.close()


def session_of(turns: Turns, frames: int = 10_000) -> LiveSession:
    return LiveSession(lambda: ScriptedFinder([SEVERE] * frames), ScriptedGrader(), turns, Settings())


def test_a_frame_goes_to_the_session_and_comes_back_with_the_findings_on_it(turns):
    session = session_of(turns)
    now = [50.0]
    picture = LivePicture(session, Language.ENGLISH, clock=lambda: now[0])
    shown = None
    for number in range(40):
        now[0] += 1 / 25
        shown = picture(frame(number))
        for _ in range(200):
            if session.view.record is not None and session.view.record.time_s == pytest.approx(number / 25):
                break
            time.sleep(0.005)
    assert session.view.stage is Stage.READY
    assert session.view.record.time_s == pytest.approx(39 / 25), "time is the frame's own"
    image = shown.to_ndarray(format="rgb24")
    assert image.shape == (240, 320, 3)
    assert (image != 120).any(), "the box and its words are on it"


def test_a_frame_without_a_time_is_passed_on_untouched(turns):
    session = session_of(turns)
    untimed = av.VideoFrame(320, 240, "rgb24")
    assert LivePicture(session, Language.ENGLISH)(untimed) is untimed
    assert session.view.record is None


class Numbered(MediaStreamTrack):
    """Gives ten frames as fast as they are asked for."""

    kind = "video"

    def __init__(self) -> None:
        super().__init__()
        self.given = 0

    async def recv(self):
        if self.given == 10:
            raise MediaStreamError
        self.given += 1
        await asyncio.sleep(0.01)
        return frame(self.given)


@pytest.mark.parametrize(("relay", "newest"), [(NewestOnly, True), (MediaRelay, False)])
def test_a_slow_receiver_gets_the_newest_frame(relay, newest):
    async def second_frame() -> int:
        track = relay().subscribe(Numbered())
        await track.recv()
        await asyncio.sleep(0.06)
        return round((await track.recv()).time * 25)

    number = in_a_loop_of_its_own(second_frame())
    assert (number > 3) == newest


class Film(VideoStreamTrack):
    """A camera at aiortc's 30 frames a second."""

    async def recv(self):
        pts, time_base = await self.next_timestamp()
        made = frame(0)
        made.pts, made.time_base = pts, time_base
        return made


class Shown(MediaStreamTrack):
    """What streamlit-webrtc does with a track: each frame through the callback."""

    kind = "video"

    def __init__(self, source: MediaStreamTrack, picture: LivePicture) -> None:
        super().__init__()
        self._source, self._picture = source, picture

    async def recv(self):
        got = await self._source.recv()
        shown = self._picture(got)
        shown.pts, shown.time_base = got.pts, got.time_base
        return shown


def test_a_recording_through_two_real_connections(turns):
    """Encoded, sent, decoded, graded, drawn, sent back: the session records, and stops when the sender hangs up."""
    session = session_of(turns)
    settings = RTCConfiguration(iceServers=[])

    async def call() -> int:
        here, there = RTCPeerConnection(settings), RTCPeerConnection(settings)
        back: asyncio.Queue = asyncio.Queue()
        relay = NewestOnly()

        @there.on("track")
        def answer(track):
            track.on("ended", session.camera_ended)
            there.addTrack(relay.subscribe(Shown(track, LivePicture(session, Language.ENGLISH))))

        @here.on("track")
        def returned(track):
            back.put_nowait(track)

        here.addTrack(Film())
        await here.setLocalDescription(await here.createOffer())
        await there.setRemoteDescription(here.localDescription)
        await there.setLocalDescription(await there.createAnswer())
        await here.setRemoteDescription(there.localDescription)
        shown = await asyncio.wait_for(back.get(), 30)
        seen = 0
        for _ in range(300):
            await asyncio.wait_for(shown.recv(), 30)
            seen += 1
            if session.view.stage is Stage.READY:
                session.start(Context.REST)
            if len(session.records) >= 20:
                break
        await here.close()
        for _ in range(100):
            if session.view.stage is Stage.INTERRUPTED:
                break
            await asyncio.sleep(0.1)
        await there.close()
        return seen

    assert in_a_loop_of_its_own(call()) > 5
    assert session.view.stage is Stage.INTERRUPTED
    assert session.result.interrupted
    assert len(session.result.frames) >= 20
    assert session.result.timeline.seconds[SEVERE] > 0.3
