"""Fair turns: a few threads grade for all sessions, one frame of each in turn, whoever asked first comes first.

A session asks again only after its frame was graded, at the end of the line, so that a session with a fast camera gets
no more turns than one with a slow one, and no session waits for more than one frame of each of the others.
"""

from __future__ import annotations

import functools
import logging
import queue
import threading
from typing import Protocol

_log = logging.getLogger(__name__)


class TakesTurns(Protocol):
    """What a session does when its turn comes."""

    def work_once(self) -> bool:
        """Grade the newest frame; return whether another one has come meanwhile."""
        ...


class Turns:
    """The line and the threads that serve it. The threads wait without using the processor while nobody asks.

    Args:
        threads: that grade at the same time.
    """

    def __init__(self, threads: int) -> None:
        if threads < 1:
            raise ValueError(f"turns need at least one thread; got {threads}")
        self._line: queue.SimpleQueue[TakesTurns | None] = queue.SimpleQueue()
        self._threads = [
            threading.Thread(target=self._serve, name=f"live-{number}", daemon=True) for number in range(threads)
        ]
        for thread in self._threads:
            thread.start()

    def ask(self, session: TakesTurns) -> None:
        """Put a session at the end of the line; it must not stand in it already."""
        self._line.put(session)

    def close(self) -> None:
        """End the threads once the line is served."""
        for _ in self._threads:
            self._line.put(None)
        for thread in self._threads:
            thread.join()

    def _serve(self) -> None:
        while (session := self._line.get()) is not None:
            try:
                again = session.work_once()
            except Exception:  # noqa: BLE001 - one session's fault must not end the grading of the others
                _log.exception("a frame of a live session could not be graded")
                continue
            if again:
                self._line.put(session)
            # Not kept until the next turn: a session whose visit is over would keep its pictures.
            del session


@functools.cache
def shared_turns() -> Turns:
    """Return the turns of this process: a thread for each core."""
    from peea.inference.openvino_backend import usable_cores

    return Turns(usable_cores())
