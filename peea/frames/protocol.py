"""What the reader of a recording and the process that started it say to each other, beside `peea.apart.protocol`.

Pictures lie in memory shared by both, in `SLOTS` places of the largest picture that is allowed; a byte to the reader
says that a place is free again.
"""

from __future__ import annotations

from typing import Final

from peea.frames.limits import RecordingLimits

SLOTS: Final = 4
"""Pictures that lie ready at a time, so that unpacking goes on while the last one is looked at."""

CHANNELS: Final = 3

OPENED, PICTURE = "opened", "picture"
"""What an answer is."""


def slot_bytes(limits: RecordingLimits) -> int:
    """Return the size of a place for one picture; memory that no picture fills is never taken."""
    return limits.max_pixels * CHANNELS
