"""Whether the pictures of a camera have begun to wait somewhere between the camera and us. Pure but for its memory."""

from __future__ import annotations

from typing import Final

MOST_WAITING_S: Final = 0.3
"""Frames that waited longer than this are passed by: the newest one is more use than all of them."""

TAKEN_EVERY_S: Final = 0.1
"""After so long one is taken even so: on a machine that is busy with other things every frame comes late."""

CLOCKS_DRIFT: Final = 0.001
"""By how many seconds a second the camera's clock may run slower than ours; real ones do by some 0.0001."""


class Backlog:
    """Compares the time stamps of a camera with our clock.

    The frame that came soonest after its time stamp tells how the two clocks stand to each other; what comes later than
    that has waited.
    """

    def __init__(self) -> None:
        self._soonest_s: float | None = None
        self._seen_s = 0.0
        self._taken_s: float | None = None

    def waited_s(self, stamp_s: float, now_s: float) -> float:
        """Return how long a frame has waited, in seconds.

        Args:
            stamp_s: the frame's own time, from any origin.
            now_s: our time, from any origin.
        """
        late_s = now_s - stamp_s
        if self._soonest_s is None:
            self._soonest_s, self._seen_s = late_s, now_s
        self._soonest_s = min(self._soonest_s + CLOCKS_DRIFT * max(0.0, now_s - self._seen_s), late_s)
        self._seen_s = now_s
        return late_s - self._soonest_s

    def passes_by(self, stamp_s: float, now_s: float) -> bool:
        """Tell whether a frame is to be passed by, since it waited so long that newer ones must be behind it."""
        late = self.waited_s(stamp_s, now_s) > MOST_WAITING_S
        if late and self._taken_s is not None and now_s - self._taken_s < TAKEN_EVERY_S:
            return True
        self._taken_s = now_s
        return False
