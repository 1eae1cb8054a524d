"""A trained model as one object: normalised faces in, calibrated grade probabilities and action intensities out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from peea.scales import Grade, pspi


@dataclass(frozen=True)
class FrameGrade:
    """What a grader says of one usable face.

    Attributes:
        time_s: time of the frame in seconds of the recording.
        probabilities: calibrated probability of each grade 0-4, summing to 1.
        actions: estimated intensity of each PSPI action (0-5, AU43 0-1), or None for a grader without that head.
    """

    time_s: float
    probabilities: tuple[float, ...]
    actions: Mapping[str, float] | None = None

    @property
    def grade(self) -> Grade:
        """The most probable grade; of equals the lower one."""
        return Grade(max(range(len(self.probabilities)), key=lambda grade: (self.probabilities[grade], -grade)))

    @property
    def pspi(self) -> float | None:
        """PSPI of the estimated actions, 0-16, or None without them."""
        return None if self.actions is None else pspi(self.actions)
