"""Cross-tables, percent agreement, sensitivity and specificity, with published Wilson intervals."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from peea.agreement import (
    NoNumber,
    Ratings,
    Reason,
    Resampling,
    cross_table,
    mean_agreement,
    percent_agreement,
    proportion,
    sensitivity_specificity,
)
from tests.agreement.agreement_data import GOLDEN, GRADES, SIX_DIGITS, any_ratings, simulated, table_of_counts

FEW = Resampling(resamples=20, seed=3)


def test_a_cross_table_gives_back_the_counts_it_was_made_of():
    counts = GOLDEN["fleiss_cohen_everitt_1969"]["counts"]
    table = cross_table(table_of_counts(counts), "A", "B", categories=range(3))
    assert table.counts == tuple(tuple(row) for row in counts)
    assert (table.row_totals, table.column_totals) == ((120, 60, 20), (130, 50, 20))
    assert (table.total, table.equal, table.left_out) == (200, 140, 0)


def test_rows_are_the_clinician_columns_are_peea_and_unused_grades_stay():
    ratings = Ratings.of([[0, 1], [0, 1], [4, 1], [None, 2]], raters=["Lin", "PEEA"])
    table = cross_table(ratings, "Lin", "PEEA", categories=GRADES)
    assert table.counts[0] == (0, 2, 0, 0, 0)
    assert table.counts[4] == (0, 1, 0, 0, 0)
    assert (len(table.counts), table.left_out) == (5, 1)


def test_several_clinicians_add_up():
    ratings = simulated(1, raters=4, missing=0.1)
    whole = np.array(cross_table(ratings, ["1", "2", "3"], "4", categories=GRADES).counts)
    single = [np.array(cross_table(ratings, name, "4", categories=GRADES).counts) for name in "123"]
    assert (whole == sum(single)).all()


def test_a_cross_table_of_nothing_in_common_is_empty():
    table = cross_table(Ratings.of([[1, None], [None, 2]]), "1", "2", categories=GRADES)
    assert (table.total, table.left_out) == (0, 2)


def test_a_rater_against_itself_is_refused():
    with pytest.raises(ValueError, match="a cross-table sets raters against another one; got 1, 2 against 2"):
        cross_table(simulated(1), ["1", "2"], "2", categories=GRADES)


@pytest.mark.parametrize(
    ("count", "of", "low", "high"),
    # Newcombe (1998), Statistics in Medicine 17:857-872, Table I, method 3.
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_intervals_of_newcombe_1998(count, of, low, high):
    share = proportion("share", count, of)
    assert (share.interval.low, share.interval.high) == pytest.approx((low, high), abs=5e-5)


@given(of=st.integers(1, 500), share=st.floats(0, 1))
@settings(max_examples=50, deadline=None)
def test_wilson_intervals_against_statsmodels(of, share):
    found = proportion("share", round(share * of), of)
    expected = proportion_confint(round(share * of), of, method="wilson")
    assert (found.interval.low, found.interval.high) == pytest.approx(expected, abs=1e-9)
    assert found.interval.low <= found.value <= found.interval.high


@pytest.mark.parametrize(("count", "of"), [(3, 2), (-1, 2)])
def test_an_impossible_share_is_refused(count, of):
    with pytest.raises(ValueError, match=f"a share counts from 0 to its whole; got {count} of {of}"):
        proportion("share", count, of)


def test_percent_agreement_exact_and_within_one_grade():
    ratings = Ratings.of([[0, 0], [1, 2], [2, 4], [3, 3], [4, None]])
    exact, near = (percent_agreement(ratings, "1", "2", within=within) for within in (0, 1))
    assert (exact.count, near.count, exact.of) == (2, 3, 4)


@pytest.mark.parametrize("within", [-1, float("nan")])
def test_agreement_within_less_than_nothing_is_refused(within):
    with pytest.raises(ValueError, match="agreement is within 0 or more; got"):
        percent_agreement(simulated(1), "1", "2", within=within)
    with pytest.raises(ValueError, match="agreement is within 0 or more; got"):
        mean_agreement(simulated(1), within=within)


def test_mean_agreement_of_the_published_four_raters():
    golden = GOLDEN["krippendorff_C_1980_cac_raw4raters"]
    result = mean_agreement(Ratings.of(np.array(golden["raters_rows"], dtype=float).T), resampling=FEW)
    assert result.value == pytest.approx(golden["percent_agreement"], **SIX_DIGITS)
    assert (result.recordings, result.raters) == (11, 4)


def test_mean_agreement_of_complete_ratings_is_the_mean_over_pairs():
    ratings = simulated(3, raters=4)
    pairs = [percent_agreement(ratings, *pair, within=1).value for pair in combinations(ratings.raters, 2)]
    assert mean_agreement(ratings, within=1, resampling=FEW).value == pytest.approx(np.mean(pairs))


@given(ratings=any_ratings())
@settings(max_examples=60, deadline=None)
def test_mean_agreement_of_any_table_is_a_share_or_a_reason(ratings):
    result = mean_agreement(ratings, resampling=FEW)
    assert isinstance(result, NoNumber) or 0 <= result.value <= 1


@pytest.mark.parametrize(
    ("values", "reason"), [([[1], [2]], Reason.ONE_RATER), ([[1, None], [None, 1]], Reason.NOTHING_IN_COMMON)]
)
def test_mean_agreement_of_nothing_says_why(values, reason):
    assert mean_agreement(Ratings.of(values)).reason is reason


def test_sensitivity_and_specificity_at_a_grade():
    # By hand: Lin sees severe pain or more in recordings 1, 2, 3; PEEA in 1, 2, 5.
    ratings = Ratings.of([[3, 4], [4, 3], [3, 2], [1, 0], [2, 3], [0, 0], [0, 1], [None, 4]], raters=["Lin", "PEEA"])
    found = sensitivity_specificity(ratings, test="PEEA", reference="Lin", from_category=3)
    assert (found.sensitivity.count, found.sensitivity.of) == (2, 3)
    assert (found.specificity.count, found.specificity.of) == (3, 4)
    assert found.left_out == 1
    assert found.sensitivity.interval.low < 2 / 3 < found.sensitivity.interval.high


def test_without_such_recordings_there_is_no_sensitivity_but_a_specificity():
    ratings = Ratings.of([[0, 1], [1, 1], [2, 4]], raters=["Lin", "PEEA"])
    found = sensitivity_specificity(ratings, test="PEEA", reference="Lin", from_category=4)
    assert found.sensitivity.reason is Reason.NO_SUCH_RECORDINGS
    assert found.sensitivity.sentence == "Recordings rated 4 or more by Lin: there are no such recordings."
    assert (found.specificity.count, found.specificity.of) == (2, 3)


def test_sensitivity_refuses_a_rater_against_itself_and_no_grade():
    with pytest.raises(ValueError, match="sensitivity compares two raters; got '1' twice"):
        sensitivity_specificity(simulated(1), test="1", reference="1", from_category=3)
    with pytest.raises(ValueError, match="the lowest positive category is a number; got nan"):
        sensitivity_specificity(simulated(1), test="1", reference="2", from_category=float("nan"))
