"""The settings of keeping: what is kept at all, how long, and where backups lie."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

YES_OR_NO: Final = ("no", "yes")


def _days(default: int, least: int = 0, most: int = 36500) -> int:
    value: int = field(default=default, metadata={"unit": "days", "least": least, "most": most})
    return value


@dataclass(frozen=True)
class KeepingRules:
    """What is kept, how long, and where backups lie (docs/keeping.md). Removed at start and once a day.

    Attributes:
        keep_recordings: "yes" lets whole recordings of consenting patients be kept to be rated; with "no" only key
            frames are: a recording shows ward, voice and gait, a key frame little more than the face.
        recordings_days: after which a kept recording is removed, 0 for never. Three months are enough for a rating
            study; the ratings stay.
        key_frames_days: after which a kept key frame is removed, 0 for never. Two years: a training is repeated when
            the next ratings have come in.
        copies_days: after which copies are removed that a migration or a restore set aside, 0 for never. By then it is
            known whether they went well.
        patients_days: after which a patient who has left is removed with everything but the audit trail, 0 for never.
            How long medical records must be kept differs by country and is for the hospital to say, so that nothing is
            removed unless it does.
        backup_folder: where `peea backup` writes and where start-up looks for the last good backup; on another disk
            than the data. Empty: named with each command.
        backups_kept: newest backups that `peea backup` leaves there; two weeks of daily ones.
    """

    keep_recordings: str = field(default="no", metadata={"unit": '"yes" or "no"'})
    recordings_days: int = _days(90)
    key_frames_days: int = _days(730)
    copies_days: int = _days(30)
    patients_days: int = _days(0)
    backup_folder: str = field(default="", metadata={"unit": "folder"})
    backups_kept: int = field(default=14, metadata={"unit": "backups", "least": 1, "most": 1000})

    def __post_init__(self) -> None:
        if self.keep_recordings not in YES_OR_NO:
            raise ValueError(f'keep_recordings is {self.keep_recordings!r}; it must be "yes" or "no"')

    @property
    def recordings_kept(self) -> bool:
        """True if whole recordings may be kept."""
        return self.keep_recordings == "yes"
