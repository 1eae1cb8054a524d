"""One picture of a recording: all that the rest of the road sees of a file, a folder or a camera."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Frame:
    """One picture of a recording.

    Attributes:
        time_s: presentation timestamp in seconds from the start of the recording (never a frame count).
        image: (height, width, 3) uint8 RGB, upright (the rotation that phones write into the file is applied).
    """

    time_s: float
    image: np.ndarray
