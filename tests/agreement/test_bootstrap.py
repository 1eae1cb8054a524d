"""Resampling of patients."""

import numpy as np
import pytest

from peea.agreement import Ratings, Reason, Resampling
from peea.agreement.bootstrap import bootstrap, resample_weights
from tests.agreement.agreement_data import simulated


def test_a_patient_is_drawn_with_all_recordings_and_as_many_patients_as_there_are():
    ratings = Ratings.of(np.arange(5.0).reshape(5, 1), patients=["A", "B", "A", "C", "A"])
    weights = resample_weights(ratings, Resampling(200))
    assert (weights[:, 0] == weights[:, 2]).all()
    assert (weights[:, 0] == weights[:, 4]).all()
    assert (weights[:, [0, 1, 3]].sum(axis=1) == 3).all()
    assert weights[:, [0, 1, 3]].mean(axis=0) == pytest.approx([1, 1, 1], abs=0.2)


def test_the_standard_error_of_a_mean_is_that_of_the_textbook():
    values = np.random.default_rng(3).normal(0, 2, 400)
    ratings = Ratings.of(values.reshape(-1, 1))
    result = bootstrap("mean", ratings, lambda w: w @ values / w.sum(axis=1), Resampling(4000))
    assert result.standard_error == pytest.approx(values.std(ddof=1) / 20, rel=0.05)
    assert result.interval.low == pytest.approx(values.mean() - 1.96 * values.std() / 20, abs=0.02)
    assert result.interval.high == pytest.approx(values.mean() + 1.96 * values.std() / 20, abs=0.02)


def test_resamples_without_a_number_are_counted_and_too_many_of_them_refused():
    ratings = simulated(1)
    values = np.linspace(0, 1, 100)

    def with_gaps(gaps):
        return lambda _: np.where(np.arange(100) < gaps, np.nan, values)

    assert bootstrap("x", ratings, with_gaps(5), Resampling(100)).usable == 95
    refused = bootstrap("x", ratings, with_gaps(6), Resampling(100))
    assert refused.reason is Reason.UNSTABLE_RESAMPLES
    assert refused.sentence.startswith("Only 94 of 100 resamples of the patients give a number")


def test_equal_resamples_give_no_standard_error():
    assert bootstrap("x", simulated(1), lambda w: np.ones(len(w)), Resampling(50)).reason is Reason.NO_SPREAD


def test_one_resample_is_refused():
    with pytest.raises(ValueError, match="a standard error needs 2 resamples or more; got 1"):
        Resampling(1)
