"""The chart that grows beside the camera's picture."""

import re

from peea.grade_style import GRADE_STYLES
from peea.plots.live import HEIGHT, WIDTH, live_chart
from peea.scales import GRADES
from tests.factories import made_up_assessment


def lines(svg: str) -> list[list[tuple[float, float]]]:
    return [
        [tuple(map(float, point.split(","))) for point in points.split()]
        for points in re.findall(r'<polyline points="([^"]*)"', svg)
    ]


def test_without_frames_it_shows_the_bands_of_all_grades():
    svg = live_chart([], 22.0)
    assert lines(svg) == []
    for grade in GRADES:
        assert GRADE_STYLES[grade].label in svg
        assert GRADE_STYLES[grade].fill in svg


def test_the_line_grows_to_the_right_and_stays_inside():
    frames = made_up_assessment().frames
    early, late = (lines(live_chart([one for one in frames if one.time_s <= until], 30.0)) for until in (5.0, 12.0))
    assert max(x for line in late for x, _ in line) > max(x for line in early for x, _ in line)
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for line in late for x, y in line)


def test_more_pain_is_higher_and_frames_without_a_grade_leave_a_gap():
    frames = made_up_assessment().frames
    graded = [one for one in frames if one.probabilities is not None]
    low = min(graded, key=lambda one: one.probabilities.index(max(one.probabilities)))
    high = max(graded, key=lambda one: one.probabilities.index(max(one.probabilities)))
    ((_, low_y),), ((_, high_y),) = (lines(live_chart([one], 30.0))[0] for one in (low, high))
    assert high_y < low_y
    gap = any(one.probabilities is None for one in frames)
    assert (len(lines(live_chart(frames, 30.0))) > 1) == gap
