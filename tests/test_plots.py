"""The figures: what they show, and that no grade is told by colour alone."""

import itertools
from datetime import datetime

import pytest

from peea.faces import Problem
from peea.grade_style import GRADE_STYLES
from peea.moments import moment_words
from peea.plots import (
    TEMPLATE,
    TIMELINE_TRACE,
    TrendPoint,
    action_figure,
    intensity_words,
    thinned,
    timeline_figure,
    trend_figure,
)
from peea.scales import GRADES, PSPI_ACTIONS, Grade
from tests.factories import COURSE, frame_record, made_up_assessment


def trace(figure, name):
    (found,) = [trace for trace in figure.data if trace.name == name]
    return found


def annotations(figure):
    return " | ".join(note.text for note in figure.layout.annotations)


def test_the_timeline_stacks_the_probability_of_every_grade_under_its_sign_and_word():
    assessment = made_up_assessment()
    figure = timeline_figure(assessment)
    for grade in GRADES:
        area = next(trace for trace in figure.data if trace.name == GRADE_STYLES[grade].label and trace.stackgroup)
        assert area.fillcolor == GRADE_STYLES[grade].fill
        for time_s, value, frame in zip(area.x, area.y, assessment.frames, strict=True):
            assert time_s == frame.time_s
            assert value == (frame.probabilities[grade] if frame.probabilities else 0)


def test_stable_episodes_are_bands_at_their_seconds_with_sign_and_word():
    figure = timeline_figure(made_up_assessment())
    bands = [
        (base, length, text)
        for bar in figure.data
        if bar.type == "bar" and bar.yaxis == "y2"
        for base, length, text in zip(bar.base, bar.x, bar.text, strict=True)
    ]
    assert (7.0, 6.0, "<b>3</b> Severe") in bands
    assert (0.0, 4.0, "<b>0</b>") in bands, "too short for its long words, so the sign alone"
    assert len(bands) == 5


def test_the_face_strip_says_why_a_stretch_could_not_be_graded():
    course = [(Grade.MILD, 5.0), (Problem.TOO_DARK, 6.0), (Grade.MILD, 5.0)]
    figure = timeline_figure(made_up_assessment(course))
    refused = trace(figure, "Could not be graded")
    assert (refused.base[0], refused.x[0]) == pytest.approx((5.0, 6.0))
    assert refused.marker.pattern.shape, "hatched, not coloured alone"
    assert "Too dark" in annotations(figure)


def test_the_face_strip_covers_the_whole_recording_without_overlap():
    figure = timeline_figure(made_up_assessment())
    stretches = sorted(
        (base, base + length)
        for bar in figure.data
        if bar.type == "bar" and bar.yaxis == "y3"
        for base, length in zip(bar.base, bar.x, strict=True)
    )
    assert stretches[0][0] == 0
    assert stretches[-1][1] == pytest.approx(sum(seconds for _, seconds in COURSE))
    for (_, end), (start, _) in itertools.pairwise(stretches):
        assert end == pytest.approx(start)


def test_a_dim_recording_is_marked_on_the_face_strip():
    figure = timeline_figure(made_up_assessment([(Grade.SEVERE, 10.0)], dim=True))
    assert trace(figure, "Dim, graded in a brightened copy").base == (0.0,)


def test_pspi_has_a_row_only_if_the_grader_gives_actions():
    with_row = timeline_figure(made_up_assessment())
    without = timeline_figure(made_up_assessment(with_actions=False))
    assert "PSPI" in annotations(with_row)
    assert "PSPI" not in annotations(without)
    values = [value for value in trace(with_row, "PSPI").y if value is not None]
    assert max(values) == pytest.approx(4.8 + 4.4 + 4.0 + 1)


def test_every_frame_can_be_chosen_and_hovering_says_time_grade_and_probability():
    assessment = made_up_assessment()
    moments = trace(timeline_figure(assessment), TIMELINE_TRACE)
    assert list(moments.x) == [frame.time_s for frame in assessment.frames]
    assert moments.text[0] == "0.0 s: 0 No pain expression, 82 %"
    others = [t for t in timeline_figure(assessment).data if t.name != TIMELINE_TRACE]
    assert all(t.hoverinfo == "skip" for t in others), "one thing answers to the pointer"


def test_hovering_over_a_frame_without_a_grade_says_why():
    assert moment_words(frame_record(3.21, Problem.TURNED_AWAY)) == "3.2 s: no grade, turned away"


def test_the_chosen_moment_is_a_line_through_all_rows():
    figure = timeline_figure(made_up_assessment(), chosen_s=8.0)
    (line,) = figure.layout.shapes
    assert (line.x0, line.x1, line.y0, line.y1, line.yref) == (8.0, 8.0, 0, 1, "paper")
    assert not timeline_figure(made_up_assessment()).layout.shapes


def test_a_long_recording_is_drawn_with_fewer_points_from_its_first_to_its_last_frame():
    frames = [frame_record(index / 25, Grade.MILD) for index in range(15_001)]
    drawn = thinned(frames, most=1000)
    assert 500 <= len(drawn) <= 1001
    assert drawn[0] is frames[0]
    assert drawn[-1] is frames[-1]
    assert thinned(frames[:10], most=1000) == frames[:10]


def test_an_assessment_without_any_face_is_drawn():
    figure = timeline_figure(made_up_assessment([(Problem.NO_FACE, 20.0)]))
    assert "No face" in annotations(figure)
    assert trace(figure, "Could not be graded").x == (20.0,)
    assert "Probability" not in annotations(figure), "no empty rows"
    assert len(trace(figure, TIMELINE_TRACE).x) == 20 * 15


def test_action_bars_carry_name_code_and_letter():
    frame = frame_record(0.0, Grade.SEVERE)
    (bars,) = action_figure(frame).data
    shown = dict(zip(bars.y, zip(bars.x, bars.text, strict=True), strict=True))
    assert len(shown) == len(PSPI_ACTIONS)
    assert shown["Brow lowered (AU4)"] == (pytest.approx(0.7), "d (3.5)")
    assert shown["Eyes closed (AU43)"] == (pytest.approx(0.6), "60 %")


def test_action_bars_of_a_frame_without_actions_are_refused():
    with pytest.raises(ValueError, match="no face actions"):
        action_figure(frame_record(0.0, Problem.NO_FACE))


@pytest.mark.parametrize(
    ("intensity", "words"), [(0.0, "absent (0.0)"), (0.49, "absent (0.5)"), (0.5, "a (0.5)"), (5.0, "e (5.0)")]
)
def test_intensities_read_as_facs_letters(intensity, words):
    assert intensity_words("AU9", intensity) == words


def points():
    return [
        TrendPoint(datetime(2026, 11, 21, 8), Grade.SEVERE, True, "turning over"),
        TrendPoint(datetime(2026, 11, 21, 6), Grade.MILD, False, "at rest"),
        TrendPoint(datetime(2026, 11, 21, 10), None, True, "standing"),
        TrendPoint(datetime(2026, 11, 21, 12), Grade.OBVIOUS, True, "standing"),
    ]


def test_the_trend_shows_rest_and_movement_as_different_marks_in_order_of_time():
    figure = trend_figure(points(), "Europe/Berlin")
    rest, movement = trace(figure, "At rest"), trace(figure, "Movement")
    assert rest.marker.symbol != movement.marker.symbol
    assert list(movement.y) == [Grade.SEVERE, Grade.OBVIOUS], "what could not be assessed is no grade on the line"
    assert list(movement.x) == sorted(movement.x)
    assert trace(figure, "Movement, not assessed").y == (-1,)
    assert "Europe/Berlin" in figure.layout.xaxis.title.text


def test_a_single_assessment_has_an_axis_of_hours_around_it():
    first, last = trend_figure(points()[:1], "UTC").layout.xaxis.range
    assert first < points()[0].when < last
    assert (last - first).total_seconds() >= 3600


def test_the_trend_has_each_grade_as_a_band_with_sign_and_word():
    figure = trend_figure(points(), "UTC")
    bands = {(shape.y0 + shape.y1) / 2: shape.fillcolor for shape in figure.layout.shapes}
    for grade in GRADES:
        assert bands[grade] == GRADE_STYLES[grade].fill
        assert GRADE_STYLES[grade].label in figure.layout.yaxis.ticktext


def test_all_figures_have_the_one_template():
    figures = [
        timeline_figure(made_up_assessment()),
        action_figure(frame_record(0.0, Grade.MILD)),
        trend_figure(points(), "UTC"),
    ]
    for figure in figures:
        assert figure.layout.template.layout.font.family == TEMPLATE.layout.font.family
