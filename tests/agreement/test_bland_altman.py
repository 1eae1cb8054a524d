"""Limits of agreement against Bland & Altman (1986, 1999), and where there are none."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peea.agreement import Bootstrapped, Consensus, Interval, NoNumber, Ratings, Reason, Resampling, bland_altman
from peea.agreement.bootstrap import resample_weights
from tests.agreement.agreement_data import any_ratings, repeated, simulated

# Bland & Altman (1986), Lancet 327:307-310: first readings of the large (Wright) and the mini peak flow meter, l/min.
WRIGHT = (494, 395, 516, 434, 476, 557, 413, 442, 650, 433, 417, 656, 267, 478, 178, 423, 427)
MINI = (512, 430, 520, 428, 500, 600, 364, 380, 658, 445, 432, 626, 260, 477, 259, 350, 451)
PEAK_FLOW = Ratings.of(np.column_stack([WRIGHT, MINI]), raters=["Wright", "mini"])


def test_peak_flow_of_bland_and_altman_1986():
    result = bland_altman(PEAK_FLOW, "Wright", "mini")
    assert result.bias.value == pytest.approx(-2.1, abs=0.05)
    assert result.standard_deviation == pytest.approx(38.8, abs=0.05)
    assert (result.bias.interval.low, result.bias.interval.high) == pytest.approx((-22.0, 17.8), abs=0.06)
    # They take 2 standard deviations for 1.96.
    assert result.bias.value - 2 * result.standard_deviation == pytest.approx(-79.7, abs=0.06)
    assert (result.upper.value - result.lower.value) / 2 == pytest.approx(
        1.959964 * result.standard_deviation, rel=1e-6
    )


def test_blood_pressure_of_bland_and_altman_1999():
    # 85 differences with the mean and standard deviation that they print; the limits follow from these two alone.
    differences = np.linspace(-1, 1, 85)
    differences = -16.29 + 19.61 * differences / differences.std(ddof=1)
    result = bland_altman(Ratings.of(np.column_stack([differences, np.zeros(85)])), "1", "2", resampling=Resampling(20))
    assert (result.lower.value, result.upper.value) == pytest.approx((-54.7, 22.1), abs=0.06)
    assert (result.bias.interval.low, result.bias.interval.high) == pytest.approx((-20.5, -12.1), abs=0.06)
    # For these they round the standard error of a limit, to 1.71 s / sqrt(n).
    assert (result.lower.interval.low, result.lower.interval.high) == pytest.approx((-61.9, -47.5), abs=0.12)
    assert (result.upper.interval.low, result.upper.interval.high) == pytest.approx((14.9, 29.3), abs=0.12)


def test_the_points_of_the_plot_are_means_and_differences():
    result = bland_altman(PEAK_FLOW, "Wright", "mini", resampling=Resampling(20))
    assert (result.means[0], result.differences[0]) == (503, -18)
    assert (len(result.means), result.recordings, result.left_out) == (17, 17, 0)


def test_swapping_the_raters_turns_the_signs():
    one, other = (bland_altman(PEAK_FLOW, *pair) for pair in (("Wright", "mini"), ("mini", "Wright")))
    assert other.bias.value == -one.bias.value
    assert other.lower.value == pytest.approx(-one.upper.value)
    assert other.lower.interval.low == pytest.approx(-one.upper.interval.high)


def test_the_resampled_standard_error_is_that_of_resampled_tables():
    ratings = simulated(4, recordings=40, raters=2, per_patient=2)
    plan = Resampling(resamples=30, seed=2)
    uppers = [
        bland_altman(repeated(ratings, times), "1", "2", resampling=Resampling(2)).upper.value
        for times in resample_weights(ratings, plan)
    ]
    found = bland_altman(ratings, "1", "2", resampling=plan).upper.bootstrap
    assert found.standard_error == pytest.approx(np.std(uppers, ddof=1), rel=1e-9)


def test_intervals_by_formula_and_by_resampling_agree_for_many_normal_differences():
    rng = np.random.default_rng(1)
    result = bland_altman(Ratings.of(rng.normal(5, 1, (400, 2))), "1", "2")
    for estimate in (result.bias, result.lower, result.upper):
        width = estimate.interval.high - estimate.interval.low
        assert estimate.bootstrap.interval.high - estimate.bootstrap.interval.low == pytest.approx(width, rel=0.15)


@given(seed=st.integers(0, 10**6), shift=st.floats(-50, 50), scale=st.floats(0.1, 10))
@settings(max_examples=20, deadline=None)
def test_bias_and_limits_move_with_a_shift_and_stretch_with_the_unit(seed, shift, scale):
    ratings = simulated(seed, recordings=20, raters=2)
    one = bland_altman(ratings, "1", "2", resampling=Resampling(10))
    moved = Ratings.of(ratings.values * scale + np.array([shift, 0.0]))
    other = bland_altman(moved, "1", "2", resampling=Resampling(10))
    for name in ("bias", "lower", "upper"):
        assert getattr(other, name).value == pytest.approx(getattr(one, name).value * scale + shift, abs=1e-6)


@given(ratings=any_ratings(least_raters=2, most_raters=2))
@settings(max_examples=80, deadline=None)
def test_any_table_gives_sound_numbers_or_a_reason(ratings):
    result = bland_altman(ratings, "1", "2", resampling=Resampling(20))
    if isinstance(result, NoNumber):
        assert result.sentence
        return
    for estimate in (result.lower, result.bias, result.upper):
        assert np.isfinite(estimate.value)
        if isinstance(estimate.interval, Interval):
            assert estimate.interval.low <= estimate.value <= estimate.interval.high
        if isinstance(estimate.bootstrap, Bootstrapped):
            assert estimate.bootstrap.standard_error > 0
    assert result.lower.value <= result.bias.value <= result.upper.value


@pytest.mark.parametrize(
    ("values", "reason"),
    [([[1, 1], [2, 2]], Reason.TOO_FEW_PATIENTS), ([[1, None], [None, 2], [3, None]], Reason.NOTHING_IN_COMMON)],
)
def test_ratings_without_limits_say_why(values, reason):
    assert bland_altman(Ratings.of(values), "1", "2").reason is reason


def test_raters_who_differ_by_the_same_everywhere_have_a_bias_but_no_intervals():
    result = bland_altman(Ratings.of([[1, 2], [2, 3], [5, 6], [4, 5]]), "1", "2")
    assert (result.lower.value, result.bias.value, result.upper.value) == (-1, -1, -1)
    assert result.bias.interval.reason is Reason.NO_VARIANCE
    assert result.bias.interval.sentence == "The two differ by -1 in every recording, so there is no interval."
    assert result.bias.bootstrap.reason is Reason.NO_SPREAD


def test_peea_against_the_mean_of_the_clinicians():
    ratings = Ratings.of([[1, 3, 4], [2, 4, 3], [5, None, 4], [0, 0, 1]], raters=["Lin", "Wu", "PEEA"])
    table = ratings.with_consensus("clinicians", Consensus.MEAN, ["Lin", "Wu"])
    result = bland_altman(table, "PEEA", "clinicians", resampling=Resampling(20))
    assert result.differences == (2, 0, -1, 1)


def test_one_rater_twice_is_refused():
    with pytest.raises(ValueError, match="Bland-Altman compares two raters; got 'mini' twice"):
        bland_altman(PEAK_FLOW, "mini", "mini")
