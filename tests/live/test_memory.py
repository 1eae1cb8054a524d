"""A session of ten minutes stays small: what is kept of each frame, and of the words drawn on it."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import numpy as np

from peea.frames import Frame
from peea.language import Language
from peea.live.overlay import drawn
from peea.live.session import LiveSession
from peea.live.view import LiveView, Stage
from peea.scales import Context, Grade
from peea.settings import Settings
from tests.assessment.doubles import ScriptedFinder, ScriptedGrader

FRAMES = 2_000
"""Enough to see what one takes; ten minutes at 25 frames a second have 15,000."""

MOST_BYTES_A_FRAME = 400
"""6 MB in ten minutes."""

MOST_BYTES_OF_WORDS = 5_000_000
"""Pictures of words are held for all sessions together."""


class AtOnce:
    """Turns that grade each frame as it comes."""

    def ask(self, session: LiveSession) -> None:
        while session.work_once():
            pass


@contextmanager
def held() -> Iterator[list[int]]:
    """Put into the list how many bytes more are held at the end than at the beginning."""
    grew: list[int] = []
    gc.collect()
    tracemalloc.start()
    try:
        yield grew
        gc.collect()
        grew.append(tracemalloc.get_traced_memory()[0])
    finally:
        tracemalloc.stop()


def test_a_frame_of_a_long_session_takes_little_memory():
    states = [Grade.SEVERE] * (FRAMES + 100)
    session = LiveSession(lambda: ScriptedFinder(states), ScriptedGrader(), AtOnce(), Settings())
    image = np.zeros((48, 64, 3), np.uint8)
    for number in range(100):
        session.offer(Frame(number / 25, image))
    assert session.start(Context.REST, monitor_from=Grade.INTENSE)
    with held() as grew:
        # Close together, so that the timeline, which is made again twice a second, does not take most of the test.
        for number in range(FRAMES):
            session.offer(Frame(4.0 + number / 10_000, image))
    assert (session.view.stage, len(session.records)) == (Stage.MONITORING, FRAMES)
    assert grew[0] / FRAMES < MOST_BYTES_A_FRAME


def test_the_clock_on_the_picture_does_not_fill_the_memory_with_words():
    view = LiveView(
        stage=Stage.MONITORING,
        camera_on=True,
        problem=None,
        record=None,
        width=640,
        height=480,
        done_s=0.0,
        planned_s=None,
        frames_a_second=25.0,
        behind_s=0.0,
        dropped=0,
    )
    image = np.zeros((480, 640, 3), np.uint8)
    with held() as grew:
        for second in range(300):
            drawn(image, replace(view, done_s=float(second)), Language.ENGLISH)
    assert grew[0] < MOST_BYTES_OF_WORDS
