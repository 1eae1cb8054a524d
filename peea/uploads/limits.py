"""What a table, a list or a bundle from outside may cost before it is refused."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

MEGABYTE: Final = 1024**2

LARGEST_UNPACKED: Final = 100_000_000
"""Bytes of the course of one recording, unpacked: two hours at 60 frames a second. A small one that unpacks to more is
made to fill the memory."""


@dataclass(frozen=True)
class UploadLimits:
    """What a table, a list of patients or a FHIR Bundle may cost before it is refused.

    Attributes:
        max_table_mb: size of a table of ratings or a list of patients. 20 MB are some 400,000 ratings; a larger file is
            another one by mistake.
        max_bundle_mb: size of a FHIR Bundle. 200 MB are some 4,000 assessments with the course of each.
        max_memory_bytes: memory of the process that reads such a file. A Bundle of 3,600 assessments (184 MB) takes
            0.9 GB.
        max_processor_s: processor time of that process. A Bundle of 3,600 assessments takes 6 s.
        read_within_s: how long reading such a file may take in all; a busy machine takes some times as long as an idle
            one.
    """

    max_table_mb: int = field(default=20, metadata={"unit": "megabytes", "least": 1, "most": 200})
    max_bundle_mb: int = field(default=200, metadata={"unit": "megabytes", "least": 1, "most": 1000})
    max_memory_bytes: int = field(default=2 * 1024**3, metadata={"unit": "bytes", "least": 5 * 10**8, "most": 10**12})
    max_processor_s: int = field(default=60, metadata={"unit": "s", "least": 1, "most": 3600})
    read_within_s: float = field(default=120.0, metadata={"unit": "s", "least": 1.0, "most": 3600.0})
