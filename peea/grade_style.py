"""How a grade looks everywhere: one colour, one sign, one word on pages, charts and paper. Pure.

The ramp is ordered in lightness, so that it reads in grey and for colour-blind people; the sign and the word stand
beside the colour wherever a grade is shown. Text on each colour has a contrast of at least 4.5:1 (WCAG 2.2, success
criterion 1.4.3), which `tests/test_grade_style.py` computes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from peea.language import later, t
from peea.scales import GRADE_NAMES, Grade


@dataclass(frozen=True)
class GradeStyle:
    """The look of one grade.

    Attributes:
        fill: background colour, #RRGGBB.
        text: colour of text on `fill`, #RRGGBB.
        sign: the one-character sign.
        grade: which; None for what could not be assessed.
        stripe: second colour of a hatched background, #RRGGBB, or None for a plain one.
    """

    fill: str
    text: str
    sign: str
    grade: Grade | None
    stripe: str | None = None

    @property
    def word(self) -> str:
        """The grade in words, in the current language."""
        return t(NOT_ASSESSED_WORD) if self.grade is None else GRADE_NAMES[self.grade]

    @property
    def label(self) -> str:
        """Sign and word together, as on chips and bands."""
        return f"{self.sign} {self.word}"


NOT_ASSESSED_WORD: Final = later("Could not be assessed")
_BLACK: Final = "#000000"
_WHITE: Final = "#FFFFFF"

GRADE_STYLES: Final[Mapping[Grade, GradeStyle]] = {
    Grade.NO_PAIN: GradeStyle("#E8EEF2", _BLACK, "0", Grade.NO_PAIN),
    Grade.MILD: GradeStyle("#FDE3A7", _BLACK, "1", Grade.MILD),
    Grade.OBVIOUS: GradeStyle("#F5A65B", _BLACK, "2", Grade.OBVIOUS),
    Grade.SEVERE: GradeStyle("#C8553D", _BLACK, "3", Grade.SEVERE),
    Grade.INTENSE: GradeStyle("#7A1F3D", _WHITE, "4", Grade.INTENSE),
}

NOT_ASSESSED: Final = GradeStyle("#E3E6E8", _BLACK, "–", None, stripe="#C5CBD0")


def style_of(grade: Grade | None) -> GradeStyle:
    """Return the look of a grade; None means that it could not be assessed."""
    return NOT_ASSESSED if grade is None else GRADE_STYLES[grade]


def luminance(colour: str) -> float:
    """Return the relative luminance, 0-1, of an sRGB colour #RRGGBB (WCAG 2.2, definition of relative luminance)."""
    if len(colour) != 7 or not colour.startswith("#"):
        raise ValueError(f"a colour is written #RRGGBB; got {colour!r}")
    channels = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio, 1-21, of two colours #RRGGBB (WCAG 2.2, definition of contrast ratio).

    >>> contrast("#000000", "#FFFFFF")
    21.0
    """
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)
