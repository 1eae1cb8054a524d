"""The expression of a face as action units, left and right apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from peea.scales import EYES_CLOSED_FROM, PSPI_ACTIONS, pspi

MOVED_ACTIONS: tuple[str, ...] = (
    "AU1", "AU2", "AU4", "AU5", "AU6", "AU7", "AU9", "AU10", "AU12", "AU15", "AU17", "AU18", "AU20", "AU24", "AU25",
    "AU26", "AU43",
)  # fmt: skip
"""Every action unit that the anatomy can move; intensities 0-5, AU43 0-1 (share of lid closure)."""


@dataclass(frozen=True)
class Expression:
    """Action units of one face at one moment.

    Attributes:
        left: intensity of each action on the person's left side; what is missing is absent. Actions of the midline
            (AU17, AU18, AU24, AU25, AU26) are read from `left` alone.
        right: the same on the person's right side.
        gaze: horizontal and vertical eye direction in radians, positive to the person's left and upward.
    """

    left: Mapping[str, float] = field(default_factory=dict)
    right: Mapping[str, float] = field(default_factory=dict)
    gaze: tuple[float, float] = (0.0, 0.0)

    @classmethod
    def symmetric(cls, gaze: tuple[float, float] = (0.0, 0.0), **actions: float) -> Expression:
        """Return an expression that is the same on both sides, e.g. ``Expression.symmetric(AU4=3, AU43=1)``."""
        return cls(left=dict(actions), right=dict(actions), gaze=gaze)

    def coded_actions(self) -> dict[str, float]:
        """Return the PSPI actions as a coder sees them: the stronger side (FACS codes the stronger side of an
        asymmetric action); AU43 needs both eyes, so there the weaker side."""
        coded = {}
        for name in PSPI_ACTIONS:
            sides = (self.left.get(name, 0.0), self.right.get(name, 0.0))
            coded[name] = min(sides) if name == "AU43" else max(sides)
        return coded

    @property
    def pspi(self) -> float:
        """PSPI of the coded actions, 0-16."""
        return pspi(self.coded_actions())

    @property
    def eyes_closed(self) -> bool:
        return self.coded_actions()["AU43"] >= EYES_CLOSED_FROM
