"""Words for the values of the store, in the current language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from peea.language import Names, later
from peea.store.patients import Sex, Side

SEX_NAMES: Final[Mapping[Sex, str]] = Names(
    {
        Sex.FEMALE: later("female"),
        Sex.MALE: later("male"),
        Sex.OTHER: later("other"),
        Sex.UNKNOWN: later("unknown"),
    }
)

SIDE_NAMES: Final[Mapping[Side, str]] = Names(
    {Side.LEFT: later("left"), Side.RIGHT: later("right"), Side.BOTH: later("both")}
)

STATUS_NAMES: Final[Mapping[str, str]] = Names(
    {
        "preliminary": later("Preliminary"),
        "confirmed": later("Confirmed"),
        "overridden": later("Overridden"),
        "withdrawn": later("Withdrawn"),
    }
)
"""Status of an assessment."""
