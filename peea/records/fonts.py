"""The fonts of printed records: DejaVu Sans for European scripts, Droid Sans Fallback for Chinese, both embedded.

DejaVu Sans (its own free licence, from Bitstream Vera) comes with matplotlib; Droid Sans Fallback (Apache-2.0) with the
Debian package fonts-droid-fallback. Where the latter is not installed, Chinese is set in STSong-Light, one of the fonts
that PDF readers bring along themselves. Only the letters that a sheet uses are embedded.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape

import matplotlib
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFError, TTFont

PLAIN: Final = "PEEA Sans"
BOLD: Final = "PEEA Sans Bold"
EASTERN: Final = "PEEA CJK"
STANDARD_EASTERN: Final = "STSong-Light"

EASTERN_FILES: Final = (
    Path("/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf"),
    Path("/usr/share/fonts-droid-fallback/truetype/DroidSansFallbackFull.ttf"),
)
"""Where Debian and Ubuntu put the Chinese font."""

_UNKNOWN: Final = "\N{WHITE SQUARE}"


@functools.cache
def eastern_font() -> str:
    """Register the fonts once and return the name of the one for Chinese."""
    folder = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    pdfmetrics.registerFont(TTFont(PLAIN, str(folder / "DejaVuSans.ttf")))
    pdfmetrics.registerFont(TTFont(BOLD, str(folder / "DejaVuSans-Bold.ttf")))
    pdfmetrics.registerFontFamily(PLAIN, normal=PLAIN, bold=BOLD, italic=PLAIN, boldItalic=BOLD)
    for file in EASTERN_FILES:
        try:
            pdfmetrics.registerFont(TTFont(EASTERN, str(file)))
        except TTFError:
            continue
        return EASTERN
    pdfmetrics.registerFont(UnicodeCIDFont(STANDARD_EASTERN))
    return STANDARD_EASTERN


def runs(text: str, font: str = PLAIN) -> Iterator[tuple[str, str]]:
    """Yield a text in pieces with the font that has their letters: (font name, piece)."""
    eastern = eastern_font()
    known = pdfmetrics.getFont(font).face.charToGlyph
    for is_known, letters in groupby(text, key=lambda letter: ord(letter) in known):
        piece = "".join(letters)
        yield (font, piece) if is_known else (eastern, "".join(map(_shown, piece)))


def weight_for(text: str, bold: bool) -> str:
    """Return the font in which to set a text: bold if asked, but not beside Chinese letters, which have one weight."""
    eastern = eastern_font()
    return BOLD if bold and all(name != eastern for name, _ in runs(text, BOLD)) else PLAIN


def width_of(text: str, size: float, font: str = PLAIN) -> float:
    """Return the width of a text in points."""
    return sum(pdfmetrics.stringWidth(piece, name, size) for name, piece in runs(text, font))


def marked_up(text: str, font: str = PLAIN) -> str:
    """Return a text as reportlab's paragraph markup, each piece in its font; markup in the text shows as text."""
    return "".join(f'<font name="{name}">{escape(piece)}</font>' for name, piece in runs(text, font)).replace(
        "\n", "<br/>"
    )


def _shown(letter: str) -> str:
    """Return a letter that the Chinese font has; a white square for one that no font has."""
    glyphs = getattr(pdfmetrics.getFont(eastern_font()).face, "charToGlyph", None)
    return letter if glyphs is None or ord(letter) in glyphs else _UNKNOWN
