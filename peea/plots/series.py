"""How several networks are told apart on one chart: by colour and by mark, never by colour alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

SERIES_COLOURS: Final = ("#0B5A8F", "#B8471F", "#0F7A5C", "#8A3B78", "#5B5F00", "#3B3B3B")
"""Dark enough to be read on white (4.5:1), and apart for colour-blind readers in this order; none is a grade's."""

SERIES_SYMBOLS: Final = ("circle", "diamond", "square", "triangle-up", "cross", "star")
SERIES_PATTERNS: Final = ("", "/", "x", ".", "-", "\\")
SERIES_DASHES: Final = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")


@dataclass(frozen=True)
class SeriesLook:
    """The look of one network among others."""

    colour: str
    symbol: str
    pattern: str
    dash: str


def look_of(place: int) -> SeriesLook:
    """Return the look of the network at this place of a chart; beyond the sixth they begin anew."""
    at = place % len(SERIES_COLOURS)
    return SeriesLook(SERIES_COLOURS[at], SERIES_SYMBOLS[at], SERIES_PATTERNS[at], SERIES_DASHES[at])
