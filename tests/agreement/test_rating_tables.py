"""The table of ratings, tables of people read into it, consensus, weights, words."""

import numpy as np
import pandas as pd
import pytest

from peea.agreement import (
    Consensus,
    Interval,
    Ratings,
    RatingTableError,
    Weighting,
    agreement_weights,
    icc_word,
    icc_words,
    kappa_word,
    ratings_from_long,
    ratings_from_wide,
    weights_of_disagreement,
)

LONG = {"recording": "video", "rater": "who", "rating": "VAS"}


def refusal(call) -> str:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 (the whole message is compared)
        call()
    return str(caught.value)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Ratings.of([1, 2]), "ratings are a matrix of recordings by raters; got 1 dimension(s)"),
        (
            lambda: Ratings.of([[1, 2]], raters=["A"]),
            "the ratings have 2 raters, but 1 names were given for them",
        ),
        (lambda: Ratings.of([[1, 2]], raters=["A", "A"]), "the rater 'A' stands more than once in the table"),
        (
            lambda: Ratings.of([[1], [2]], recordings=[7, 7]),
            "the recording '7' stands more than once in the table",
        ),
        (
            lambda: Ratings.of([[1, float("inf")]]),
            "the rating of recording '1' by '2' is infinite; a rating is a finite number or missing",
        ),
        (
            lambda: Ratings(np.ones((2, 2)), ("1",), ("A", "B"), ("1",)),
            "the values have shape (2, 2), but there are 1 recordings, 2 raters and 1 patient names",
        ),
        (
            lambda: Ratings.of([[1, 2]]).where([1]),
            "a choice of recordings is one true or false for each of the 1; got int64 of shape (1,)",
        ),
        (lambda: Ratings.of([[1, 2]]).with_consensus("2", Consensus.MEAN), "there is a rater '2' already"),
    ],
)
def test_a_table_that_cannot_be_is_refused_with_what_is_wrong(call, message):
    assert refusal(call) == message


def test_ratings_are_a_copy_that_nobody_can_change():
    values = np.array([[1.0, 2.0]])
    ratings = Ratings.of(values)
    values[0, 0] = 9
    assert ratings.values[0, 0] == 1
    with pytest.raises(ValueError, match="read-only"):
        ratings.values[0, 0] = 9


def test_a_subgroup_keeps_names_and_patients():
    ratings = Ratings.of([[1], [2], [3]], recordings="abc", patients=["P", "P", "Q"])
    part = ratings.where([False, True, True])
    assert (part.recordings, part.patients) == (("b", "c"), ("P", "Q"))
    assert part.patient_codes.tolist() == [0, 1]


@pytest.mark.parametrize(
    ("rule", "agreed"),
    [
        (Consensus.MAJORITY, [1, None, 3, None]),
        (Consensus.MEDIAN, [1, 4, 3, None]),
        (Consensus.MEAN, [1.25, 2, 3, None]),
    ],
)
def test_consensus_of_clinicians(rule, agreed):
    values = [[1, 1, 1, 2, 9], [0, 0, 4, 4, 9], [3, None, None, 3, 9], [None, None, None, None, 9]]
    ratings = Ratings.of(values, raters=[*"ABCD", "PEEA"]).with_consensus("clinicians", rule, list("ABCD"))
    np.testing.assert_array_equal(ratings.values[:, -1], np.array(agreed, dtype=float))


def test_a_long_table_becomes_recordings_by_raters_with_their_patients():
    table = pd.DataFrame(
        {
            "video": ["v2", "v1", "v2", "v3"],
            "who": ["Lin", "Lin", "PEEA", "PEEA"],
            "VAS": [4, 7.5, "5", None],
            "patient": [11.0, 12.0, 11.0, 11.0],
        }
    )
    ratings = ratings_from_long(table, **LONG, patient="patient", least=0, most=10)
    assert (ratings.recordings, ratings.raters, ratings.patients) == (
        ("v2", "v1", "v3"),
        ("Lin", "PEEA"),
        ("11", "12", "11"),
    )
    np.testing.assert_array_equal(ratings.values, [[4, 5], [7.5, np.nan], [np.nan, np.nan]])


def test_everything_wrong_in_a_long_table_is_told_at_once_by_spreadsheet_row():
    table = pd.DataFrame(
        {
            "video": ["v1", "v1", "v2", None, "v3", "v4", "v1"],
            "who": ["Lin", "Lin", "Lin", "Lin", " ", "Wu", "Wu"],
            "VAS": [4, 5, "high", 3, 2, 11, 4],
            "patient": ["P", "P", "P", "P", "P", "P", "Q"],
        }
    )
    with pytest.raises(RatingTableError) as refused:
        ratings_from_long(table, **LONG, patient="patient", least=0, most=10)
    assert [(problem.row, problem.sentence) for problem in refused.value.problems] == [
        (3, "Lin has rated recording v1 in an earlier row"),
        (4, "VAS is 'high', which is not a number"),
        (5, "video is empty"),
        (6, "who is empty"),
        (7, "VAS is 11; allowed is 0 to 10, or empty"),
        (8, "recording v1 is of patient Q here, of P in an earlier row"),
    ]
    assert str(refused.value) == "row 3: Lin has rated recording v1 in an earlier row (and 5 more)"


def test_a_wide_table_and_its_faults():
    table = pd.DataFrame({"video": [1, 2], "Lin": [4, None], "PEEA": [5, 6], "patient": ["P", "P"]})
    ratings = ratings_from_wide(table, recording="video", raters=["Lin", "PEEA"], patient="patient")
    assert (ratings.recordings, ratings.patients, ratings.missing) == (("1", "2"), ("P", "P"), 1)
    table = pd.DataFrame({"video": [1, 1, None], "Lin": [4, "x", 2], "PEEA": [5, "nan", float("inf")]})
    with pytest.raises(RatingTableError) as refused:
        ratings_from_wide(table, recording="video", raters=["Lin", "PEEA"], least=0, most=10)
    assert [problem.row for problem in refused.value.problems] == [3, 3, 3, 4, 4]


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({**LONG, "rating": "NRS"}, "the table has no column 'NRS'; it has video, who, VAS"),
        ({**LONG, "rating": "who"}, "each column has one meaning; got video, who, who"),
    ],
)
def test_columns_that_do_not_fit_are_refused(columns, message):
    table = pd.DataFrame({"video": [1], "who": ["Lin"], "VAS": [1]})
    assert refusal(lambda: ratings_from_long(table, **columns)) == message


def test_an_empty_table_is_refused():
    table = pd.DataFrame({"video": [], "who": [], "VAS": []})
    assert refusal(lambda: ratings_from_long(table, **LONG)) == "the table has no rows"


def test_usual_weights():
    linear, quadratic = (agreement_weights(weights, 5)[0] for weights in (Weighting.LINEAR, Weighting.QUADRATIC))
    assert linear.tolist() == [1, 0.75, 0.5, 0.25, 0]
    assert quadratic.tolist() == [1, 0.9375, 0.75, 0.4375, 0]


@pytest.mark.parametrize(
    ("matrix", "message"),
    [
        ([[1, 0], [0, 0.5]], "a category agrees with itself by weight 1; the diagonal is [1.0, 0.5]"),
        (
            [[1, 2], [0, 1]],
            "agreement weights lie from 0 (no agreement) to 1; for weights of disagreement use weights_of_disagreement",
        ),
        (
            [[1, float("nan")], [0, 1]],
            "agreement weights lie from 0 (no agreement) to 1; for weights of disagreement use weights_of_disagreement",
        ),
    ],
)
def test_unusable_weights_are_refused(matrix, message):
    assert refusal(lambda: agreement_weights(matrix, 2)) == message


@pytest.mark.parametrize("matrix", [[[0, 1], [1, 1]], [[0, -1], [1, 0]], [[0, 0], [0, 0]]])
def test_unusable_weights_of_disagreement_are_refused(matrix):
    assert refusal(lambda: weights_of_disagreement(matrix)).startswith("weights of disagreement are 0 on the diagonal")


@pytest.mark.parametrize(
    ("value", "word"),
    [
        (-0.3, "poor"),
        (0.499, "poor"),
        (0.5, "moderate"),
        (0.75, "moderate"),
        (0.76, "good"),
        (0.9, "good"),
        (0.91, "excellent"),
    ],
)
def test_words_of_koo_and_li(value, word):
    assert icc_word(value) == word


def test_the_interval_not_the_value_is_put_into_words():
    assert icc_words(Interval(0.45, 0.92)) == "poor to excellent"
    assert icc_words(Interval(0.91, 0.95)) == "excellent"


@pytest.mark.parametrize(
    ("value", "word"),
    [
        (-0.01, "poor"),
        (0, "slight"),
        (0.2, "slight"),
        (0.21, "fair"),
        (0.6, "moderate"),
        (0.683, "substantial"),
        (1, "almost perfect"),
    ],
)
def test_words_of_landis_and_koch(value, word):
    assert kappa_word(value) == word


@pytest.mark.parametrize("value", [float("nan"), 1.1])
def test_there_is_no_word_for_what_is_no_coefficient(value):
    assert refusal(lambda: icc_word(value)).startswith("an ICC is a number of at most 1")


@pytest.mark.parametrize(("low", "high"), [(1, 0), (float("nan"), 1), (0, float("inf"))])
def test_an_interval_has_two_finite_limits_in_order(low, high):
    assert refusal(lambda: Interval(low, high)).startswith("an interval needs two finite limits in ascending order")
