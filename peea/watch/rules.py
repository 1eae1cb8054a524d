"""The settings of watching: where logs lie, and when PEEA counts as well."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

LEVELS: Final = ("DEBUG", "INFO", "WARNING", "ERROR")


@dataclass(frozen=True)
class WatchRules:
    """Logs, and when PEEA counts as well (docs/watching.md).

    Attributes:
        log_folder: where logs are written, as one JSON object a line. Empty: only to the console, which a service
            manager keeps.
        log_level: what is written, and all that is graver. INFO is a few lines a visit.
        log_megabytes: size at which a log file is put aside and the next one begun.
        log_files: log files that were put aside and are kept; the oldest goes when there are more. 100 MB are some
            weeks of a ward.
        least_free_mb: room on the disk of the data base below which PEEA is not well. Ten recordings of ten minutes.
        backup_within_h: hours within which there must have been a backup, 0 for never. A day, and two hours for a
            nightly backup that runs late.
        check_again_s: seconds for which an answer about health holds: checking reads all of the data base.
    """

    log_folder: str = field(default="", metadata={"unit": "folder"})
    log_level: str = field(default="INFO", metadata={"unit": ", ".join(LEVELS)})
    log_megabytes: int = field(default=10, metadata={"unit": "megabytes", "least": 1, "most": 1000})
    log_files: int = field(default=10, metadata={"unit": "files", "least": 1, "most": 1000})
    least_free_mb: int = field(default=2000, metadata={"unit": "megabytes", "least": 0, "most": 10**7})
    backup_within_h: int = field(default=26, metadata={"unit": "hours", "least": 0, "most": 10_000})
    check_again_s: int = field(default=60, metadata={"unit": "s", "least": 0, "most": 86_400})

    def __post_init__(self) -> None:
        if self.log_level not in LEVELS:
            raise ValueError(f"log_level is {self.log_level!r}; it must be one of {', '.join(LEVELS)}")
