"""The table behind an analysis: the same whether a study or a file gave it; filters leave the rest alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from peea.agreement import Ratings
from peea.scales import Context, Grade
from peea.studies import GraderOutput, RatingScale
from peea.studies.rated_table import CLINICIANS, PEEA, Trait, age_band, table_of_ratings, table_of_study
from tests.studies.made_up_study import made_up_study


def test_a_study_gives_scores_and_the_grades_that_follow():
    table = table_of_study(made_up_study())
    assert table.grades.raters == ("Lin", "Wu", "Zhao", PEEA)
    assert table.scores.values[1].tolist() == [2.0, 2.0, 2.0, 2.0]
    assert table.grades.values[1].tolist() == [1.0, 1.0, 1.0, 1.0]
    assert np.isnan(table.grades.values[10:, 3]).all(), "PEEA graded ten of the twelve"


def test_peeas_grade_is_what_it_reported_whatever_its_score():
    study = made_up_study()
    first, *rest = study.recordings
    study = replace(study, recordings=(replace(first, output=GraderOutput(Grade.SEVERE, 5.0)), *rest))
    table = table_of_study(study)
    assert table.grades.values[0, -1] == 3
    assert table.scores.values[0, -1] == 5


def test_what_was_left_out_is_not_in_the_table():
    table = table_of_study(made_up_study().excluding({"R01": "dim light"}))
    assert "R01" not in table.grades.recordings
    assert len(table.traits[Trait.SEX]) == 11


def test_filters_keep_recordings_that_have_a_chosen_value_in_every_trait():
    table = table_of_study(made_up_study())
    part = table.filtered({Trait.SEX: ("female",), Trait.CONTEXT: (Context.REST.value,)})
    assert part.grades.recordings == ("R01", "R03", "R05", "R07")
    assert part.ages == (66.0, 70.0, 74.0, 78.0)
    assert table.filtered({Trait.SEX: ()}).grades.recordings == table.grades.recordings


def test_clinicians_together_are_their_middle_grade_and_their_mean_score():
    table = table_of_study(made_up_study())
    pair = table.against_clinicians()
    assert pair.raters == (CLINICIANS, PEEA)
    assert len(pair.recordings) == 10
    scores = table.against_clinicians(on_grades=False)
    given = table.scores.values[3, :3]
    assert scores.values[3, 0] == pytest.approx(given.mean())


@pytest.mark.parametrize(
    ("scale", "value", "grade"),
    [(RatingScale.GRADE, 3, 3), (RatingScale.VAS, 6.5, 3), (RatingScale.VAS, 0, 0), (RatingScale.PSPI, 16, 4)],
)
def test_each_scale_gives_its_grade(scale, value, grade):
    table = table_of_ratings(Ratings.of([[value, value]], raters=["Lin", "PEEA"]), scale, peea="PEEA")
    assert table.grades.values.tolist() == [[grade, grade]]


def test_peea_is_renamed_and_stands_last():
    table = table_of_ratings(Ratings.of([[1, 2]], raters=["PEEA v1", "Lin"]), RatingScale.GRADE, peea="PEEA v1")
    assert table.grades.raters == ("Lin", PEEA)
    assert table.clinicians == ("Lin",)


def test_a_rater_called_peea_must_be_chosen_as_peea():
    with pytest.raises(ValueError, match="Choose it as PEEA"):
        table_of_ratings(Ratings.of([[1, 2]], raters=["PEEA", "Lin"]), RatingScale.GRADE)


@pytest.mark.parametrize(("age", "band"), [(64.9, "0-64"), (65, "65-74"), (74.9, "65-74"), (85, "85-125"), (None, "")])
def test_age_bands_in_whole_years(age, band):
    assert age_band(age) == band


def test_values_are_listed_in_the_order_in_which_people_list_them():
    table = table_of_study(made_up_study())
    assert table.values_of(Trait.CONTEXT) == ("at_rest", "turning_over")
    assert table.values_of(Trait.HOURS) == ("24", "48")
    assert table.values_of(Trait.TONE) == ("light", "medium")
