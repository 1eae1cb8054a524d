"""Tables as hospitals save them: read in any usual form, matched by their titles, faults told by row."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from peea.agreement import RatingTableError
from peea.spreadsheets import csv_bytes
from peea.studies import ModelUnderTest, RatingScale
from peea.studies.analysis import Options, analyse
from peea.studies.rated_table import PEEA, Trait, table_of_study
from peea.studies.uploads import (
    Layout,
    Matching,
    TableFileError,
    frame_of,
    guessed,
    long_table_of_study,
    read_table,
    study_of_table,
    table_of_file,
)
from peea.uploads.rating_table import rating_table
from tests.studies.made_up_study import MODEL, made_up_study

WIDE = "Video,Patient,Dr. Lin,Dr. Wu,PEEA,Sex,Age,Hours\n1,A,3,4,3,F,81,24 h\n2,A,0,,1,F,81,48 h\n3,B,2,2,2,m,77,24 h\n"


def table(text):
    return frame_of(rating_table(text.encode()))


def test_a_study_written_as_csv_is_read_back_as_the_same_ratings():
    study = made_up_study()
    again = read_table("study.csv", csv_bytes(long_table_of_study(study)))
    matching = guessed(again)
    assert matching.layout is Layout.LONG
    assert matching.scale is RatingScale.VAS
    assert set(matching.traits) == set(Trait)
    rated, expected = table_of_file(again, matching), table_of_study(study)
    for rater in expected.grades.raters:
        given, read = (each.grades.only([rater]).values[:, 0] for each in (expected, rated))
        assert read.tolist() == pytest.approx(given.tolist(), nan_ok=True)
    assert rated.traits == expected.traits
    assert (rated.ages, rated.tones) == (expected.ages, expected.tones)
    kept = table_of_study(study_of_table(rated, "Kept", "", MODEL))
    assert kept.traits == expected.traits


def test_a_wide_table_is_matched_by_its_titles():
    matching = guessed(table(WIDE))
    assert matching.layout is Layout.WIDE
    assert matching.raters == ("Dr. Lin", "Dr. Wu", "PEEA")
    assert matching.peea == "PEEA"
    assert matching.scale is RatingScale.GRADE
    rated = table_of_file(table(WIDE), matching)
    assert rated.grades.raters == ("Dr. Lin", "Dr. Wu", PEEA)
    assert rated.grades.missing == 1
    assert rated.traits[Trait.SEX] == ("female", "female", "male")
    assert rated.traits[Trait.AGE] == ("75-84", "75-84", "75-84")
    assert rated.traits[Trait.HOURS] == ("24", "48", "24")


@pytest.mark.parametrize(
    "content",
    [
        WIDE.encode("utf-8-sig"),
        WIDE.replace(",", ";").encode(),
        WIDE.replace(",", "\t").encode(),
        WIDE.replace("\n", "\r\n").encode(),
        (WIDE + ",,,,,,,\n\n").encode(),
        WIDE.replace("Dr. Lin", "林医生").encode("gb18030"),
    ],
)
def test_every_usual_way_to_save_a_table_is_read(content):
    found = frame_of(rating_table(content))
    assert len(found) == 3
    assert len(table_of_file(found, guessed(found)).grades.raters) == 3


def test_decimal_commas_are_numbers_where_columns_are_divided_by_semicolons():
    found = read_table("vas.csv", b"video;rater;vas\n1;Lin;3,5\n")
    assert table_of_file(found, guessed(found)).scores.values.tolist() == [[3.5]]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "no columns"),
        (b"just words\nand more\n", "no columns"),
        (b"a,b\n", "no rows"),
        (b"PK\x03\x04" + b"\0" * 50, "spreadsheet file"),
        (b"\xff\xfe\0\0" * 9, "not a text file"),
        (b"a,b\n1,2\n1,2,3,4\n", "Row 3 has more cells"),
        (b"a,b,a\n1,2,3\n", "Two columns are called a"),
        (b"a,b\n" + b"1,2\n" * 6_000_000, "larger than 20 MB"),
    ],
)
def test_what_is_no_table_is_told_in_a_sentence(content, sentence):
    with pytest.raises(TableFileError, match=sentence):
        read_table("table.csv", content)


def test_every_faulty_row_is_told_by_the_number_that_a_spreadsheet_shows():
    text = "video,rater,grade\n1,Lin,3\n1,Wu,high\n,Lin,2\n2,Lin,7\n1,Lin,2\n3,Lin,2.5\n"
    with pytest.raises(RatingTableError) as caught:
        table_of_file(table(text), replace(guessed(table(text)), scale=RatingScale.GRADE))
    told = {problem.row: problem.sentence for problem in caught.value.problems}
    assert set(told) == {3, 4, 5, 6}
    assert "not a number" in told[3]
    assert "empty" in told[4]
    assert "allowed is 0 to 4" in told[5]
    assert "earlier row" in told[6]


def test_half_grades_are_told_by_row():
    text = "video,Lin,Wu\n1,2,3\n2,2.5,3\n"
    with pytest.raises(RatingTableError, match=r"row 3: Lin is 2.5; a grade is 0, 1, 2, 3 or 4"):
        table_of_file(table(text), guessed(table(text)))


def test_a_recording_of_two_sexes_is_told_by_row():
    text = "video,rater,grade,sex\n1,Lin,3,F\n1,Wu,3,M\n"
    with pytest.raises(RatingTableError, match="row 3: sex of recording 1 is male here, female in an earlier row"):
        table_of_file(table(text), guessed(table(text)))


def test_no_rater_chosen_is_told():
    with pytest.raises(ValueError, match="No column with ratings"):
        table_of_file(table(WIDE), Matching(Layout.WIDE, RatingScale.GRADE, recording="Video"))


def test_an_upload_kept_as_a_study_has_the_same_results():
    rated = table_of_file(table(WIDE), guessed(table(WIDE)))
    study = study_of_table(rated, "Ward 7B", "Do we agree?", MODEL, ("Age 65 or more",))
    assert study.model == ModelUnderTest("lite0", "0.1.0", MODEL.weights_sha256)
    assert study.scale is RatingScale.GRADE
    assert analyse(table_of_study(study), Options()).among == analyse(rated, Options()).among


def test_the_example_table_has_one_row_a_rating():
    long = long_table_of_study(made_up_study())
    assert len(long) == 36 + 10
    assert isinstance(long, pd.DataFrame)
