"""Between WebRTC and a session: a camera's frame goes to the session and back with what was found drawn on it."""

from __future__ import annotations

import time
from collections.abc import Callable

import av
from aiortc import MediaStreamTrack
from aiortc.contrib.media import MediaRelay

from peea.frames import Frame
from peea.language import Language
from peea.live.backlog import Backlog
from peea.live.overlay import drawn
from peea.live.session import LiveSession


class LivePicture:
    """What is done with each frame of a camera; takes some milliseconds and never waits for the grading.

    Args:
        session: that the frames are for.
        language: of the words on the picture.
        clock: seconds that rise; for tests.
    """

    def __init__(self, session: LiveSession, language: Language, clock: Callable[[], float] = time.monotonic) -> None:
        self._session, self._language, self._clock = session, language, clock
        self._backlog = Backlog()

    def __call__(self, frame: av.VideoFrame) -> av.VideoFrame:
        """Offer a frame to the session; return it with the newest findings, or as it is if it came too late."""
        if frame.time is None or self._backlog.passes_by(frame.time, self._clock()):
            return frame
        image = frame.to_ndarray(format="rgb24")
        self._session.offer(Frame(frame.time, image))
        return av.VideoFrame.from_ndarray(drawn(image, self._session.view, self._language), format="rgb24")


class NewestOnly(MediaRelay):
    """Passes frames on without keeping those that a slow receiver has not asked for.

    aiortc's own way queues them without limit: on a busy machine, where sending takes longer than a frame lasts, the
    picture would fall behind by more and more seconds.
    """

    def subscribe(self, track: MediaStreamTrack, buffered: bool = False) -> MediaStreamTrack:
        """Return a track that gives the newest frame of another one."""
        return super().subscribe(track, buffered=False)
