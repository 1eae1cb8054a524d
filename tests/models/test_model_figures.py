"""The figures of the model comparison: what they show, and that no network is told by colour alone."""

import pytest

from peea.grade_style import contrast
from peea.model_cards import DEFAULT_MODEL
from peea.model_results import OptimizerRun, read_results
from peea.output_scales import GRADE_SCALE, SIX_LEVEL_SCALE
from peea.plots import (
    GroupBar,
    LabelAccuracy,
    accuracy_by_label_figure,
    confusion_figure,
    group_figure,
    loss_figure,
    optimizer_figure,
    reliability_figure,
    search_figure,
    two_timelines_figure,
)
from peea.plots.series import SERIES_COLOURS, look_of
from peea.scales import Grade
from tests.factories import made_up_assessment
from tests.models.made_up_results import fill


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    models = tmp_path_factory.mktemp("models")
    fill(models, DEFAULT_MODEL)
    return read_results(models)


def named(results, name):
    return next(each for each in results.trainings if each.name == name)


def test_networks_differ_in_colour_symbol_and_pattern_and_can_be_read_on_white():
    looks = [look_of(place) for place in range(len(SERIES_COLOURS))]
    for property_of in ("colour", "symbol", "pattern", "dash"):
        assert len({getattr(look, property_of) for look in looks}) == len(looks)
    assert all(contrast(look.colour, "#FFFFFF") >= 4.5 for look in looks)


def test_a_papers_bars_are_hatched_and_named_even_alone():
    theirs = LabelAccuracy("A paper, other data", {0: 0.9, 2: None}, published=True)
    (bar,) = accuracy_by_label_figure(SIX_LEVEL_SCALE, [theirs]).data
    assert (bar.marker.color, bar.marker.pattern.shape) == ("white", "/")
    assert bar.showlegend
    assert bar.name == "A paper, other data"
    assert list(bar.text[:2]) == ["90", ""]
    assert bar.x[1] == "2 Slight pain"


def test_the_confusion_matrix_shows_shares_of_the_true_grade_and_counts(results):
    figures = named(results, "vgg19").test.usable
    figure = confusion_figure(figures, GRADE_SCALE)
    for row, counts in zip(figure.data[0].z, figures.confusion, strict=True):
        assert sum(row) == pytest.approx(1)
        assert [share * sum(counts) for share in row] == pytest.approx(list(counts))
    texts = {(note.x, note.y): note.text for note in figure.layout.annotations}
    assert texts[0, 0] == "<b>88 %</b><br>35"
    assert (4, 0) not in texts, "an empty cell stays empty"


def test_a_confusion_matrix_of_another_scale_is_refused(results):
    with pytest.raises(ValueError, match="5 rows; the scale six levels has 6 labels"):
        confusion_figure(named(results, "vgg19").test.usable, SIX_LEVEL_SCALE)


def test_reliability_is_drawn_against_the_diagonal_with_larger_marks_for_more_faces(results):
    bins = named(results, "vgg19").test.usable.reliability
    diagonal, curve = reliability_figure({"VGG19": bins}).data
    assert list(diagonal.x) == list(diagonal.y)
    assert list(curve.x) == [0.55, 0.95]
    assert list(curve.y) == [0.5, 0.97]
    assert curve.marker.size[1] > curve.marker.size[0]


def test_groups_show_their_interval_their_size_and_the_share_of_all():
    bars = [GroupBar("Sex", "Female", 0.8, (0.7, 0.85), 40, 4), GroupBar("Light", "window", 0.9, None, 10, 1)]
    figure = group_figure(bars, 0.84)
    (dots,) = figure.data
    assert list(dots.x) == [0.8, 0.9]
    assert dots.error_x.array[0] == pytest.approx(0.05)
    assert dots.error_x.arrayminus[0] == pytest.approx(0.1)
    assert "40 images, 4 patients" in figure.layout.yaxis.ticktext[0]
    assert "10 images, 1 patient<" in figure.layout.yaxis.ticktext[1]
    assert any("84 %" in note.text for note in figure.layout.annotations)


def test_losses_of_both_networks_are_drawn_by_epoch(results):
    pair = [named(results, "b4s"), named(results, "b4")]
    figure = loss_figure(pair)
    assert [trace.name for trace in figure.data] == [
        "EfficientNet-B4S, training",
        "EfficientNet-B4S, validation",
        "EfficientNet-B4, training",
        "EfficientNet-B4, validation",
    ]
    assert list(figure.data[1].y) == [point.validation_loss for point in pair[0].curves]


def test_the_search_shows_the_best_so_far_and_failed_evaluations_apart(results):
    each, best, failed = search_figure(results.search).data
    objectives = [one.objective for one in results.search.evaluations if one.objective is not None]
    assert list(each.y) == objectives
    assert list(best.y) == [min(objectives[: end + 1]) for end in range(len(objectives))]
    assert list(failed.x) == [3]


def test_optimisers_are_lines_by_evaluation():
    figure = optimizer_figure([OptimizerRun("SGD with momentum", 0.2, (0.4, 0.2)), OptimizerRun("Adam", None, (0.5,))])
    assert [(line.name, list(line.x)) for line in figure.data] == [("SGD with momentum", [1, 2]), ("Adam", [1])]
    assert len({line.line.dash for line in figure.data}) == 2


def test_two_timelines_share_their_seconds_and_each_has_its_own_rows():
    one, other = made_up_assessment(), made_up_assessment([(Grade.MILD, 16.0)])
    figure = two_timelines_figure([("first", one), ("second", other)])
    titles = [note.text for note in figure.layout.annotations]
    assert [title for title in titles if "first" in title and "stable grade" in title]
    assert [title for title in titles if "second" in title and "stable grade" in title]
    bands = [bar for bar in figure.data if bar.type == "bar"]
    assert {bar.yaxis for bar in bands} == {"y2", "y4"}
    (mild,) = [bar for bar in bands if bar.yaxis == "y4"]
    assert (list(mild.base), list(mild.x)) == ([0.0], [16.0])
    assert {trace.xaxis for trace in figure.data} == {None}
    stacked = [trace for trace in figure.data if trace.type == "scatter" and trace.stackgroup]
    assert [trace.showlegend for trace in stacked] == 5 * [True] + 5 * [False], "one legend for both"
