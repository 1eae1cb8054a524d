"""The GRRAS report: all 15 items, what is known written, what is not known marked, nothing cut off."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from peea.agreement import Ratings, Resampling
from peea.language import Language, using_language
from peea.records.paper import Printing
from peea.studies import RatingScale
from peea.studies.analysis import Options, analyse
from peea.studies.grras import REQUESTS, grras_items
from peea.studies.rated_table import PEEA, Trait, table_of_ratings, table_of_study
from peea.studies.report_pdf import agreement_report
from tests.records.sheets import text_of
from tests.studies.made_up_study import made_up_study

QUICK = Options(resampling=Resampling(resamples=20))
PRINTING = Printing("Dr. Lin", datetime(2026, 11, 22, 9, 30, tzinfo=UTC))


@pytest.fixture(scope="module")
def analysis():
    return analyse(table_of_study(made_up_study().excluding({"R04": "dim light"})), QUICK)


def test_there_are_the_15_items_of_grras_in_order(analysis):
    assert list(REQUESTS) == list(range(1, 16))
    items = grras_items(analysis, made_up_study())
    assert [item.number for item in items] == list(range(1, 16))


def test_what_the_study_knows_is_said_and_the_rest_is_asked(analysis):
    items = {item.number: item for item in grras_items(analysis, made_up_study().excluding({"R04": "dim light"}))}
    assert any("lite0 0.1.0" in said for said in items[2].said)
    assert any("11 recordings of 6 patients by 3 clinicians" in said for said in items[11].said)
    assert "1 recording was left out because of: dim light." in items[11].said
    assert any("two-way random effects" in said for said in items[10].said)
    assert [number for number, item in items.items() if item.to_fill] == [5, 6, 7, 8, 9, 14]


def test_an_uploaded_table_asks_for_more_than_a_study(analysis):
    asked = [item.number for item in grras_items(analysis, None) if item.to_fill]
    assert {2, 3, 4, 12} <= set(asked)


def test_what_people_write_takes_the_place_of_the_question(analysis):
    items = grras_items(analysis, made_up_study(), written={6: "  Chosen by precision.  "})
    assert items[5].written == "Chosen by precision."
    assert items[5].to_fill == ()


def test_filters_are_said(analysis):
    items = grras_items(analysis, made_up_study(), {Trait.HOURS: ("24",)})
    assert "Only recordings with Hours after the injury: 24 h." in items[10].said


def test_the_pdf_holds_items_tables_and_marks(analysis):
    study = made_up_study()
    read = text_of(agreement_report(analysis, study, PRINTING, sha256="ab" * 32, written={6: "By precision."}))
    for number, (_, request) in REQUESTS.items():
        assert f"{number}. {request}" in read
    assert "By precision." in read
    assert "To be filled in: How were patients and recordings sampled" in read
    for expected in (
        "ICC(2,1)",
        "Kappa, quadratic",
        "Mean difference",
        "Zhao",
        "Frozen study, SHA-256 abababababababab",
    ):
        assert expected in read
    assert "Page 1 of" in read


def test_a_simulated_study_says_so_on_the_report(analysis):
    study = made_up_study(simulated=True, note="Nobody of these exists.")
    read = text_of(agreement_report(analysis, study, PRINTING))
    assert "Simulated patients and clinicians" in read
    assert "Nobody of these exists." in read
    assert "The study is not frozen." in read


def test_a_name_with_markup_is_printed_as_it_is_written(analysis):
    read = text_of(agreement_report(analysis, made_up_study(name="<b>Ward</b> & 7B"), PRINTING))
    assert "<b>Ward</b> & 7B" in read


@pytest.mark.parametrize("rows", [[[1, 1, 1]] * 4, [[1, 2, None], [2, 2, None], [3, 1, None]], [[2, 3, 1]]])
def test_degenerate_ratings_still_make_a_report(rows):
    table = table_of_ratings(Ratings.of(rows, raters=["Lin", "Wu", PEEA]), RatingScale.GRADE, peea=PEEA)
    assert "GRRAS" in text_of(agreement_report(analyse(table, QUICK), None, PRINTING))


def test_the_report_is_made_in_chinese_too(analysis):
    with using_language(Language.CHINESE):
        made = agreement_report(analyse(analysis.table, QUICK), made_up_study(), PRINTING)
    assert made.startswith(b"%PDF")
