"""What a recording may cost before it is refused."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

HIGHEST_RATE_HZ: Final = 240.0
"""Highest frame rate that a camera can have."""


@dataclass(frozen=True)
class RecordingLimits:
    """What is refused before it can fill the memory or keep the machine busy for hours.

    Attributes:
        max_bytes: size of a file. 2 GiB is more than 20 minutes of a phone's 1080p; an assessment takes 20-25 s.
        max_pixels: pixels of one picture. 40 million is above 8K video (33 million); a small file can claim far more
            and would fill the memory when its first picture is unpacked.
        max_duration_s: length of a recording. Two hours; longer files are surveillance, not assessments.
        truncated_after_s: a file that ends this many seconds before its own stated length is marked as cut off.
        assumed_rate_hz: frame rate by which times are filled in where a file states neither times nor a rate.
        max_memory_bytes: memory of the process that unpacks a recording. 3 GiB holds the pictures that a decoder of 8K
            video keeps.
        max_processor_s: processor time of that process. Two hours; the longest recording of a phone takes one.
        answer_within_s: how long that process may be silent while somebody waits for the next picture. A picture takes
            well under a second, also on a busy machine.
        max_upload_mb: size of a file that the app takes from a browser. Ten minutes of a phone's 1080p; an upload is
            held in memory until it has arrived.
    """

    max_bytes: int = field(default=2 * 1024**3, metadata={"unit": "bytes", "least": 10**6, "most": 10**12})
    max_pixels: int = field(default=40_000_000, metadata={"unit": "pixels", "least": 10**5, "most": 2 * 10**8})
    max_duration_s: float = field(default=7200.0, metadata={"unit": "s", "least": 1.0, "most": 86_400.0})
    truncated_after_s: float = field(default=0.5, metadata={"unit": "s", "least": 0.0, "most": 60.0})
    assumed_rate_hz: float = field(default=25.0, metadata={"unit": "frames a second", "least": 1.0, "most": 240.0})
    max_memory_bytes: int = field(default=3 * 1024**3, metadata={"unit": "bytes", "least": 10**9, "most": 10**12})
    max_processor_s: int = field(default=7200, metadata={"unit": "s", "least": 1, "most": 86_400})
    answer_within_s: float = field(default=30.0, metadata={"unit": "s", "least": 1.0, "most": 600.0})
    max_upload_mb: int = field(default=1000, metadata={"unit": "megabytes", "least": 1, "most": 10_000})
