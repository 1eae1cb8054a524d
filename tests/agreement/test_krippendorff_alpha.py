"""Krippendorff's alpha against his paper and the package `krippendorff`, by its symmetries, and where there is none."""

import krippendorff as oracle
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peea.agreement import NoNumber, Ratings, Reason, Resampling, Scale, krippendorff_alpha, mean_squares
from peea.agreement.bootstrap import resample_weights
from tests.agreement.agreement_data import GOLDEN, SIX_DIGITS, any_ratings, repeated, simulated

FEW = Resampling(resamples=20, seed=3)
GOLD = GOLDEN["krippendorff_C_1980_cac_raw4raters"]


def alpha(ratings: Ratings, scale: Scale = Scale.ORDINAL, resampling: Resampling = FEW):
    return krippendorff_alpha(ratings, scale, resampling=resampling)


@pytest.mark.parametrize("scale", Scale)
def test_krippendorffs_own_example(scale):
    result = alpha(Ratings.of(np.array(GOLD["raters_rows"], dtype=float).T), scale)
    assert result.value == pytest.approx(GOLD["alpha"][scale.value], **SIX_DIGITS)
    assert (result.recordings, result.ratings, result.raters) == (11, 40, 4)  # unit 12 has one rating only


@pytest.mark.parametrize("scale", Scale)
@pytest.mark.parametrize("seed", range(6))
def test_against_the_package_krippendorff_with_missing_ratings(seed, scale):
    ratings = simulated(seed, recordings=30, raters=4, missing=0.3)
    expected = oracle.alpha(reliability_data=ratings.values.T, level_of_measurement=scale.value)
    assert alpha(ratings, scale).value == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("scale", Scale)
def test_the_resampled_standard_error_is_that_of_resampled_tables(scale):
    ratings = simulated(4, recordings=40, raters=3, missing=0.1, per_patient=2)
    paired = ratings.where(np.isfinite(ratings.values).sum(axis=1) >= 2)
    plan = Resampling(resamples=25, seed=2)
    values = [alpha(repeated(paired, times), scale).value for times in resample_weights(paired, plan)]
    found = alpha(ratings, scale, plan).bootstrap
    assert found.standard_error == pytest.approx(np.std(values, ddof=1), rel=1e-9)


@given(seed=st.integers(0, 10**6))
@settings(max_examples=25, deadline=None)
def test_interval_alpha_of_complete_ratings_is_1_less_the_within_over_the_whole_variance(seed):
    ratings = simulated(seed, recordings=15)
    expected = 1 - mean_squares(ratings).within[0] / ratings.values.var(ddof=1)
    assert alpha(ratings, Scale.INTERVAL).value == pytest.approx(expected, abs=1e-9)


@given(seed=st.integers(0, 10**6), order=st.permutations(range(4)), names=st.permutations(range(5)))
@settings(max_examples=25, deadline=None)
def test_order_of_raters_never_and_names_of_categories_only_matter_where_they_mean_something(seed, order, names):
    ratings = simulated(seed, recordings=15)
    for scale in Scale:
        shuffled = Ratings.of(ratings.values[:, order])
        assert alpha(shuffled, scale).value == pytest.approx(alpha(ratings, scale).value, abs=1e-12)
    renamed = Ratings.of(np.array(names)[ratings.values.astype(int)])
    assert alpha(renamed, Scale.NOMINAL).value == pytest.approx(alpha(ratings, Scale.NOMINAL).value, abs=1e-12)
    stretched = Ratings.of(np.exp(ratings.values))
    assert alpha(stretched, Scale.ORDINAL).value == pytest.approx(alpha(ratings, Scale.ORDINAL).value, abs=1e-12)
    moved = Ratings.of(3 * ratings.values - 7)
    assert alpha(moved, Scale.INTERVAL).value == pytest.approx(alpha(ratings, Scale.INTERVAL).value, abs=1e-9)


@pytest.mark.parametrize("scale", Scale)
@given(ratings=any_ratings())
@settings(max_examples=60, deadline=None)
def test_any_table_gives_a_sound_number_or_a_reason(scale, ratings):
    result = alpha(ratings, scale)
    if isinstance(result, NoNumber):
        assert result.sentence
        return
    assert np.isfinite(result.value)
    assert result.value <= 1


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ([[1], [2], [3]], Reason.ONE_RATER),
        ([[1, 2], [2, 2]], Reason.TOO_FEW_PATIENTS),
        ([[2, 2], [2, 2], [2, 2], [3, None]], Reason.ONE_CATEGORY),
        ([[1, None], [None, 2], [3, None]], Reason.NOTHING_IN_COMMON),
    ],
)
def test_ratings_without_an_alpha_say_why(values, reason):
    for scale in Scale:
        assert alpha(Ratings.of(values), scale).reason is reason


def test_raters_who_never_differ_have_an_alpha_of_1_and_no_interval():
    result = alpha(Ratings.of([[0, 0], [1, 1], [3, 3], [4, 4], [2, 2], [0, 0], [1, 1]]))
    assert result.value == 1
    assert isinstance(result.bootstrap, NoNumber)


def test_negative_ratings_have_no_ratio_scale():
    with pytest.raises(ValueError, match="a ratio scale has no values below 0; got -1"):
        alpha(Ratings.of([[-1, 2], [1, 1], [2, 2]]), Scale.RATIO)
