"""What a grader says of a face, and who it is: values only, so that who reads results need not load a network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from peea.scales import Grade, pspi


@dataclass(frozen=True)
class FaceGrade:
    """What a grader says of one face.

    Attributes:
        probabilities: calibrated probability of each grade 0-4, summing to 1.
        actions: estimated intensity of each PSPI action (0-5, AU43 0-1), or None for a grader without that head.
        levels: calibrated probability of each of the six levels 0, 2, 4, 6, 8, 10, for a grader of that scale.
    """

    probabilities: tuple[float, ...]
    actions: Mapping[str, float] | None = None
    levels: tuple[float, ...] | None = None

    @property
    def grade(self) -> Grade:
        """The most probable grade; of equals the lower one."""
        return Grade(max(range(len(self.probabilities)), key=lambda grade: (self.probabilities[grade], -grade)))

    @property
    def pspi(self) -> float | None:
        """PSPI of the estimated actions, 0-16, or None without them."""
        return None if self.actions is None else pspi(self.actions)


@dataclass(frozen=True)
class FrameGrade(FaceGrade):
    """What a grader says of the face in one frame, `time_s` seconds into the recording."""

    time_s: float = 0.0


@dataclass(frozen=True)
class ModelIdentity:
    """Which grader produced a result.

    Attributes:
        name, version: of the released model.
        weights_sha256: hash of the weights that graded.
        trained_on: one sentence for staff.
        clinically_validated: True only after a site's own validation.
    """

    name: str
    version: str
    weights_sha256: str
    trained_on: str
    clinically_validated: bool
