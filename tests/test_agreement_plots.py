"""Charts of agreement show what the results say, and nothing where there is no number."""

from __future__ import annotations

import pytest

from peea.agreement import Interval, Ratings, bland_altman, cross_table
from peea.plots import CoefficientRow, bland_altman_figure, coefficient_figure, cross_table_figure, saving_config

RATINGS = Ratings.of([[0, 0], [1, 2], [2, 2], [1, 2], [4, 3]], raters=["Lin", "PEEA"])


def test_the_cross_table_puts_clinicians_in_rows_and_peea_in_columns():
    figure = cross_table_figure(cross_table(RATINGS, "Lin", "PEEA", categories=range(5)))
    heat = figure.data[0]
    assert heat.z[1][2] == 2
    assert heat.text[1][2] == "2"
    assert heat.text[0][1] == "", "an empty cell stays empty"
    assert "clinicians" in figure.layout.yaxis.title.text
    assert "PEEA" in figure.layout.xaxis.title.text
    assert len(figure.layout.shapes) == 5, "equal grades are framed"
    assert figure.layout.yaxis.range[0] > figure.layout.yaxis.range[1], "the lowest grade stands on top"


def test_coefficients_stand_in_rows_with_their_intervals():
    rows = [
        CoefficientRow("Lin", 0.5, Interval(0.3, 0.7), 0.6, Interval(0.5, 0.7)),
        CoefficientRow("Wu", None, None, None, None, "Wu gave all 5 recordings the rating 1."),
    ]
    figure = coefficient_figure(rows, "Kappa", "With PEEA", "With the others")
    others, mine = figure.data
    assert (mine.name, others.name) == ("With PEEA", "With the others")
    assert list(mine.x) == [0.5]
    assert mine.error_x.array[0] == pytest.approx(0.2)
    assert mine.error_x.arrayminus[0] == pytest.approx(0.2)
    assert "Wu gave all" in " ".join(note.text for note in figure.layout.annotations)


def test_an_axis_reaches_below_chance_where_a_row_does():
    figure = coefficient_figure([CoefficientRow("Lin", -0.4, Interval(-0.7, -0.1))], "Kappa", "With PEEA")
    assert figure.layout.xaxis.range[0] < -0.7


def test_no_coefficient_at_all_is_still_a_chart():
    figure = coefficient_figure([CoefficientRow("All", None, note="No kappa.")], "Kappa", "With PEEA")
    assert list(figure.data[0].x) == []


def test_bland_altman_draws_recordings_once_and_the_limits():
    result = bland_altman(RATINGS, "PEEA", "Lin")
    figure = bland_altman_figure(result, "grades")
    discs = figure.data[-1]
    assert sum(discs.marker.size) == 5
    assert sorted(discs.marker.size)[-1] == 2, "two recordings fall together"
    heights = {round(shape.y0, 6) for shape in figure.layout.shapes if shape.y0 == shape.y1}
    assert {round(result.bias.value, 6), round(result.upper.value, 6), round(result.lower.value, 6)} <= heights


@pytest.mark.parametrize(("form", "scale"), [("png", 3), ("svg", 1)])
def test_a_chart_is_saved_in_the_browser_under_its_name(form, scale):
    config = saving_config("peea-clinicians", form)
    assert config["toImageButtonOptions"] == {"format": form, "filename": "peea-clinicians", "scale": scale}
    assert config["modeBarButtons"] == [["toImage"]]
