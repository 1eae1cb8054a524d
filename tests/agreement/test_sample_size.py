"""Planning by precision against Bonett (2002), R presize, and Donner & Eliasziw (1992)."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peea.agreement import (
    Ratings,
    Resampling,
    Weighting,
    cohen_kappa,
    icc,
    recordings_for_icc,
    recordings_for_kappa,
    width_for_icc,
    width_for_kappa,
)

EVEN = [0.2] * 5


def test_bonetts_example():
    assert recordings_for_icc(0.85, 4, 0.2) == 20


def test_the_width_that_r_presize_gives():
    assert width_for_icc(0.5, 3, 50) == pytest.approx(0.3233102, abs=5e-8)  # prec_icc(.5, 3, 50)


def test_two_raters_with_high_agreement_need_bonetts_correction():
    without = 8 * 1.959964**2 * 0.2**2 * 1.8**2 / (2 * 0.1**2) + 1
    assert recordings_for_icc(0.8, 2, 0.1) == int(np.ceil(without + 5 * 0.8))


FEWEST_FOR_BONETTS_CORRECTION = 8
"""The correction takes up to five recordings away: of fewer than this nothing is left to count with."""


@given(expected=st.floats(0, 0.97), raters=st.integers(2, 20), width=st.floats(0.05, 0.6))
@settings(max_examples=60, deadline=None)
def test_as_many_recordings_as_advised_give_the_width_and_one_less_does_not(expected, raters, width):
    needed = recordings_for_icc(expected, raters, width)
    assert width_for_icc(expected, raters, needed) <= width + 1e-9
    if needed > FEWEST_FOR_BONETTS_CORRECTION:
        assert width_for_icc(expected, raters, needed - 1) > width - 1e-9


@given(
    expected=st.floats(0, 0.97),
    shares=st.lists(st.floats(0.05, 1), min_size=2, max_size=5),
    width=st.floats(0.05, 0.6),
    weights=st.sampled_from(Weighting),
)
@settings(max_examples=60, deadline=None)
def test_as_many_recordings_as_advised_give_the_width_of_kappa(expected, shares, width, weights):
    shares = np.array(shares) / sum(shares)
    needed = recordings_for_kappa(expected, shares, width, weights=weights)
    assert width_for_kappa(expected, shares, needed, weights=weights) <= width + 1e-9
    if needed > 3:
        assert width_for_kappa(expected, shares, needed - 1, weights=weights) > width - 1e-9


@pytest.mark.parametrize("prevalence", [0.1, 0.3, 0.5])
@pytest.mark.parametrize("kappa", [0.0, 0.4, 0.8])
def test_two_categories_have_the_variance_of_donner_and_eliasziw(kappa, prevalence):
    # Var = (1-k)/n [(1-k)(1-2k) + k(2-k) / 2p(1-p)], the common-correlation model with two raters.
    pq = prevalence * (1 - prevalence)
    variance = (1 - kappa) * ((1 - kappa) * (1 - 2 * kappa) + kappa * (2 - kappa) / (2 * pq)) / 500
    expected = 2 * 1.959964 * np.sqrt(variance)
    assert width_for_kappa(kappa, [1 - prevalence, prevalence], 500) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("weights", Weighting)
def test_a_study_as_planned_gets_about_the_planned_interval_of_kappa(weights):
    rng = np.random.default_rng(5)
    first, second = rng.choice(5, (2, 20_000), p=EVEN)
    alike = rng.random(20_000) < 0.7
    ratings = Ratings.of(np.column_stack([first, np.where(alike, first, second)]))
    result = cohen_kappa(ratings, "1", "2", categories=range(5), weights=weights, resampling=Resampling(2))
    assert result.value == pytest.approx(0.7, abs=0.02)
    width = result.interval.high - result.interval.low
    assert width_for_kappa(0.7, EVEN, 20_000, weights=weights) == pytest.approx(width, rel=0.05)


def test_a_study_as_planned_gets_about_the_planned_interval_of_the_icc():
    rng = np.random.default_rng(6)
    ratings = Ratings.of(rng.normal(0, 1, (600, 1)) + rng.normal(0, 1, (600, 3)))  # ICC 0.5
    result = icc(ratings, resampling=Resampling(2))[0]
    assert width_for_icc(0.5, 3, 600) == pytest.approx(result.interval.high - result.interval.low, rel=0.05)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: recordings_for_icc(1.0, 4, 0.2), "the expected ICC is from 0 to below 1; got 1.0"),
        (lambda: recordings_for_icc(float("nan"), 4, 0.2), "the expected ICC is from 0 to below 1; got nan"),
        (lambda: recordings_for_icc(0.8, 1, 0.2), "an ICC needs two raters or more; got 1"),
        (lambda: recordings_for_icc(0.8, 4, 0), "the width of an interval is between 0 and 2; got 0"),
        (lambda: width_for_icc(0.8, 4, 2), "a study has 3 recordings or more; got 2"),
        (lambda: recordings_for_kappa(-0.1, EVEN, 0.2), "the expected kappa is from 0 to below 1; got -0.1"),
        (
            lambda: recordings_for_kappa(0.5, [0.5, 0.6], 0.2),
            "the shares of two categories or more add up to 1; got [0.5, 0.6]",
        ),
        (lambda: recordings_for_kappa(0.5, [1.0, 0.0], 0.2), "kappa needs two categories that occur"),
        (lambda: width_for_kappa(0.5, EVEN, 1), "a study has 3 recordings or more; got 1"),
    ],
)
def test_an_impossible_plan_is_refused_with_what_was_wrong(call, message):
    with pytest.raises(ValueError) as refusal:  # noqa: PT011 (the whole message is compared)
        call()
    assert str(refusal.value) == message
