"""The chart that grows while a face is graded live.

Drawn as a small picture of lines and not by Plotly: it is new every second, and beside the camera's picture a tablet
has no time to draw a large chart again and again.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from html import escape
from itertools import groupby
from typing import Final

from peea.assessment import FrameRecord
from peea.grade_style import GRADE_STYLES
from peea.language import t
from peea.plots.look import FONT, INK, QUIET_INK
from peea.plots.timeline import thinned
from peea.scales import GRADES

MOST_POINTS: Final = 150
"""Points drawn at most: seven a second of a recording."""

WIDTH: Final = 420
HEIGHT: Final = 250
_LEFT: Final = 150
_BOTTOM: Final = 34
_STEPS_S: Final = (5, 15, 60, 600, 3600)
_MOST_TICKS: Final = 7


def live_chart(records: Sequence[FrameRecord], length_s: float, from_s: float = 0.0) -> str:
    """Return, as SVG, the mean grade (each grade weighed by its probability) so far over the bands of the grades.

    Args:
        records: the graded frames so far, in order of time; where a frame was not graded, the line has a gap.
        length_s: seconds that the chart shows.
        from_s: at which it begins.
    """
    band = (HEIGHT - _BOTTOM) / len(GRADES)
    middle = {grade: HEIGHT - _BOTTOM - (int(grade) + 0.5) * band for grade in GRADES}
    drawn = []
    for grade in GRADES:
        style, top = GRADE_STYLES[grade], middle[grade] - band / 2
        drawn.append(
            f'<rect x="{_LEFT}" y="{top:.1f}" width="{WIDTH - _LEFT}" height="{band:.1f}" fill="{style.fill}" '
            f'fill-opacity="0.55"/><text x="{_LEFT - 8}" y="{middle[grade] + 5:.1f}" text-anchor="end">'
            f"{escape(style.label)}</text>"
        )
    step = next(each for each in _STEPS_S if length_s / each < _MOST_TICKS)
    for seconds in range(-(-int(from_s) // step) * step, int(from_s + length_s) + 1, step):
        x = _LEFT + (WIDTH - _LEFT) * (seconds - from_s) / length_s
        anchor = "start" if x < _LEFT + 10 else "end" if x > WIDTH - 10 else "middle"
        drawn.append(f'<text x="{x:.1f}" y="{HEIGHT - 14}" text-anchor="{anchor}">{seconds}</text>')
    drawn.append(
        f'<text x="{_LEFT - 8}" y="{HEIGHT - 14}" text-anchor="end" fill="{QUIET_INK}">{escape(t("Seconds"))}</text>'
    )
    # A long monitoring has thousands of records, which are read from a table one by one: only those drawn are read.
    shown = thinned(records[bisect_left(records, from_s, key=lambda one: one.time_s) :], MOST_POINTS)
    for graded, run in groupby(shown, key=lambda one: one.probabilities is not None):
        if graded:
            points = " ".join(
                f"{_LEFT + (WIDTH - _LEFT) * min(1.0, (one.time_s - from_s) / length_s):.1f},"
                f"{HEIGHT - _BOTTOM - (_mean(one) + 0.5) * band:.1f}"
                for one in run
            )
            drawn.append(f'<polyline points="{points}" fill="none" stroke="{INK}" stroke-width="3"/>')
    title = escape(t("Grade of the face so far, over seconds"))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{title}" '
        f'font-family="{escape(FONT)}" font-size="15" fill="{INK}">{"".join(drawn)}</svg>'
    )


def _mean(record: FrameRecord) -> float:
    probabilities = record.probabilities or ()
    return sum(int(grade) * share for grade, share in zip(GRADES, probabilities, strict=True))
