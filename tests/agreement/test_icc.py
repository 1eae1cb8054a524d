"""Intraclass correlation against Shrout & Fleiss, by its symmetries, and where there is none."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
import pingouin
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peea.agreement import (
    Bootstrapped,
    FTest,
    Icc,
    IccForm,
    Interval,
    Missing,
    NoNumber,
    Ratings,
    Reason,
    Resampling,
    mean_squares,
)
from peea.agreement import icc as icc_forms
from peea.agreement.bootstrap import resample_weights
from tests.agreement.agreement_data import GOLDEN, SIX_DIGITS, any_ratings, repeated, simulated

SHROUT_FLEISS = GOLDEN["shrout_fleiss_1979"]
FEW = Resampling(resamples=20, seed=3)


def by_label(ratings: Ratings, **options) -> dict[str, Icc | NoNumber]:
    options = {"resampling": FEW, **options}
    return {form.label: result for form, result in zip(IccForm, icc_forms(ratings, **options), strict=True)}


@pytest.mark.parametrize("form", IccForm, ids=lambda form: form.label)
def test_all_six_forms_give_the_numbers_of_shrout_and_fleiss(form):
    published = SHROUT_FLEISS["icc"][form.label]
    result = by_label(Ratings.of(SHROUT_FLEISS["data"]))[form.label]
    assert result.form is form
    assert result.value == pytest.approx(published["icc"], **SIX_DIGITS)
    assert result.test.f == pytest.approx(published["F"], **SIX_DIGITS)
    assert (result.test.df1, result.test.df2) == (published["df1"], published["df2"])
    assert result.test.p == pytest.approx(published["p"], **SIX_DIGITS)
    assert result.interval.low == pytest.approx(published["ci95_low"], **SIX_DIGITS)
    assert result.interval.high == pytest.approx(published["ci95_high"], **SIX_DIGITS)
    assert (result.recordings, result.raters, result.left_out) == (6, 4, 0)


def test_the_mean_squares_and_satterthwaites_degrees_of_freedom_are_those_of_shrout_and_fleiss():
    published = SHROUT_FLEISS["anova"]
    squares = mean_squares(Ratings.of(SHROUT_FLEISS["data"]))
    assert (squares.recordings[0], squares.raters) == (published["n"], published["k"])
    for name, key in (("between", "MSB"), ("within", "MSW"), ("rater", "MSJ"), ("error", "MSE")):
        assert getattr(squares, name)[0] == pytest.approx(published[key], **SIX_DIGITS)
    for label in ("ICC(2,1)", "ICC(2,k)"):
        result = by_label(Ratings.of(SHROUT_FLEISS["data"]))[label]
        assert result.interval_df == pytest.approx(SHROUT_FLEISS["satterthwaite_df_for_ICC2_CI"], **SIX_DIGITS)


def test_the_papers_choice_comes_first():
    first = icc_forms(Ratings.of(SHROUT_FLEISS["data"]), resampling=FEW)[0]
    assert (first.form.model, first.form.definition) == ("two-way random effects", "absolute agreement")


@pytest.mark.parametrize("form", IccForm, ids=lambda form: form.label)
def test_the_standard_error_is_that_of_resampled_tables_given_to_pingouin(form):
    ratings = simulated(5, recordings=30, raters=3, per_patient=2)
    plan = Resampling(resamples=25, seed=8)
    values = []
    for times in resample_weights(ratings, plan):
        cells = repeated(ratings, times)
        long = {"recording": np.repeat(cells.recordings, 3), "rater": np.tile(cells.raters, len(cells.recordings))}
        table = pingouin.intraclass_corr(
            pd.DataFrame({**long, "rating": cells.values.ravel()}), "recording", "rater", "rating"
        )
        values.append(table.set_index("Type").loc[form.pingouin_type, "ICC"])
    result = by_label(ratings, resampling=plan)[form.label].bootstrap
    assert result.standard_error == pytest.approx(np.std(values, ddof=1), rel=1e-9)
    assert [result.interval.low, result.interval.high] == pytest.approx(np.percentile(values, [2.5, 97.5]), rel=1e-9)
    assert (result.resamples, result.usable, result.patients) == (25, 25, 15)


def test_two_alike_recordings_of_a_patient_count_as_little_more_than_one():
    once = simulated(2, recordings=50, raters=3)
    twice = np.repeat(once.values, 2, axis=0)
    plan = Resampling(resamples=1000)
    as_strangers = by_label(Ratings.of(twice), resampling=plan)["ICC(2,1)"].bootstrap.standard_error
    as_patients = by_label(Ratings.of(twice, patients=np.repeat(once.patients, 2).tolist()), resampling=plan)[
        "ICC(2,1)"
    ].bootstrap.standard_error
    assert as_patients / as_strangers == pytest.approx(np.sqrt(2), rel=0.1)


def test_the_resampled_standard_error_is_close_to_the_analytic_interval_for_independent_recordings():
    result = by_label(simulated(11, recordings=300, raters=5), resampling=Resampling())["ICC(3,1)"]
    assert result.bootstrap.standard_error == pytest.approx(
        (result.interval.high - result.interval.low) / 3.92, rel=0.25
    )


def test_the_same_seed_gives_the_same_standard_error_and_another_one_another():
    ratings = simulated(1)
    first, again, other = (
        by_label(ratings, resampling=Resampling(200, seed))["ICC(2,1)"].bootstrap for seed in (1, 1, 2)
    )
    assert first == again
    assert first.standard_error != other.standard_error


@given(seed=st.integers(0, 10**6), order=st.permutations(range(4)))
@settings(max_examples=15, deadline=None)
def test_the_order_of_raters_and_of_recordings_does_not_matter(seed, order):
    ratings = simulated(seed, recordings=12)
    shuffled = np.random.default_rng(seed).permutation(12)
    other = by_label(Ratings.of(ratings.values[np.ix_(shuffled, order)]))
    for label, result in by_label(ratings).items():
        assert other[label].value == pytest.approx(result.value, abs=1e-9)


@given(seed=st.integers(0, 10**6), scale=st.floats(0.1, 100), shift=st.floats(-1e4, 1e4))
@settings(max_examples=15, deadline=None)
def test_another_unit_of_the_scale_does_not_change_the_icc(seed, scale, shift):
    ratings = simulated(seed, recordings=12)
    other = by_label(Ratings.of(ratings.values * scale + shift))
    for label, result in by_label(ratings).items():
        assert other[label].value == pytest.approx(result.value, abs=1e-6)


@given(seed=st.integers(0, 10**6), shifts=st.lists(st.integers(-3, 3), min_size=4, max_size=4))
@settings(max_examples=15, deadline=None)
def test_consistency_does_not_see_a_rater_who_is_stricter_throughout(seed, shifts):
    ratings = simulated(seed, recordings=12)
    one, other = by_label(ratings), by_label(Ratings.of(ratings.values + np.array(shifts)))
    for label in ("ICC(3,1)", "ICC(3,k)"):
        assert other[label].value == pytest.approx(one[label].value, abs=1e-9)


@given(ratings=any_ratings())
@settings(max_examples=150, deadline=None)
def test_any_table_gives_sound_numbers_or_a_reason(ratings):
    for result in icc_forms(ratings, missing=Missing.LEAVE_OUT_RECORDING, resampling=FEW):
        if isinstance(result, NoNumber):
            assert result.sentence
            continue
        assert np.isfinite(result.value)
        assert result.value <= 1 + 1e-12
        if isinstance(result.test, FTest):
            assert np.isfinite(result.test.f)
            assert 0 <= result.test.p <= 1
        if isinstance(result.interval, Interval):
            assert result.interval.low - 1e-9 <= result.value <= result.interval.high + 1e-9
            assert result.interval.high <= 1
        if isinstance(result.bootstrap, Bootstrapped):
            assert result.bootstrap.standard_error > 0


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ([[1], [2], [3]], Reason.ONE_RATER),
        ([[1, 2], [2, 3]], Reason.TOO_FEW_PATIENTS),
        ([[2, 2], [2, 2], [2, 2], [2, 2]], Reason.NO_VARIANCE),
        ([[0.1, 0.1], [0.1, 0.1], [0.1, 0.1]], Reason.NO_VARIANCE),
        ([[1, 3], [3, 1], [2, 2], [0, 4]], Reason.NO_DIFFERENCE_BETWEEN_RECORDINGS),
        ([[1, 3], [3, 1], [2, None], [0, 4]], Reason.MISSING_RATINGS),
        ([[1, None], [None, 1], [2, None]], Reason.NOTHING_IN_COMMON),
    ],
)
def test_ratings_without_an_icc_say_why_in_every_form(values, reason):
    for result in icc_forms(Ratings.of(values), resampling=FEW):
        assert isinstance(result, NoNumber)
        assert result.reason is reason


def test_missing_ratings_are_counted_and_left_out_only_on_request():
    full = simulated(3, recordings=20)
    holed = full.values.copy()
    holed[[2, 7], [0, 3]] = np.nan
    refused = icc_forms(Ratings.of(holed), resampling=FEW)[0]
    assert refused.reason is Reason.MISSING_RATINGS
    assert refused.sentence.startswith("2 of 20 recordings lack a rating")
    left = by_label(Ratings.of(holed), missing=Missing.LEAVE_OUT_RECORDING)["ICC(2,1)"]
    direct = by_label(Ratings.of(np.delete(full.values, [2, 7], axis=0)))["ICC(2,1)"]
    assert (left.value, left.recordings, left.left_out) == (direct.value, 18, 2)


def test_leaving_out_all_but_two_patients_says_that_missing_ratings_are_the_cause():
    ratings = Ratings.of([[1, 2, 2], [2, 2, 1], [3, 3, None], [4, None, 4]])
    result = icc_forms(ratings, missing=Missing.LEAVE_OUT_RECORDING)[0]
    assert result.reason is Reason.MISSING_RATINGS


def test_raters_who_never_differ_have_an_icc_of_1_and_no_interval():
    for result in icc_forms(Ratings.of([[0, 0, 0], [1, 1, 1], [3, 3, 3], [4, 4, 4]]), resampling=FEW):
        assert result.value == 1
        assert result.test.reason is Reason.PERFECT_AGREEMENT
        assert result.interval.reason is Reason.PERFECT_AGREEMENT
        assert result.bootstrap.reason is Reason.NO_SPREAD


def test_a_rater_who_is_one_grade_stricter_throughout_is_consistent_but_does_not_agree():
    results = by_label(Ratings.of([[0, 1], [1, 2], [2, 3], [3, 4], [0, 1]]))
    assert results["ICC(3,1)"].value == 1
    assert results["ICC(3,1)"].interval.reason is Reason.PERFECT_AGREEMENT
    assert results["ICC(2,1)"].value < 0.9
    assert results["ICC(2,1)"].interval.reason is Reason.PERFECT_AGREEMENT
    assert isinstance(results["ICC(1,1)"].interval, Interval)


def test_an_absolute_icc_below_the_least_correlation_of_two_raters_is_no_number():
    # Shrout & Fleiss's formula gives (1/3 - 29/6) / (1/3 + 29/6 + 2 (1/2 - 29/6) / 4) = -1.5 for ICC(2,1).
    results = by_label(Ratings.of([[4, 0], [4, 2], [2, 3], [1, 4]]))
    for label in ("ICC(2,1)", "ICC(2,k)"):
        assert results[label].reason is Reason.NO_DIFFERENCE_BETWEEN_RECORDINGS
    assert -1 <= results["ICC(3,1)"].value < 0


def test_an_analytic_interval_past_its_pole_is_refused_and_the_value_kept():
    results = by_label(Ratings.of([[2, 4], [4, 4], [1, 0]]))
    assert results["ICC(2,1)"].interval.reason is Reason.INTERVAL_WITHOUT_LIMIT  # its lower limit would be below -1
    result = results["ICC(2,k)"]
    assert result.value == pytest.approx(32 / 37)  # BMS 13/2, EMS 7/6, JMS 1/6
    assert result.interval.reason is Reason.INTERVAL_WITHOUT_LIMIT


def test_an_empty_subgroup_says_why():
    nobody = simulated(1).where(np.zeros(60, dtype=bool))
    assert icc_forms(nobody)[0].reason is Reason.NOTHING_IN_COMMON


def test_calls_at_the_same_time_all_get_full_precision_and_leave_pingouin_as_it_was():
    before = dict(pingouin.options)
    ratings = Ratings.of(SHROUT_FLEISS["data"])
    with ThreadPoolExecutor(4) as pool:
        lows = list(pool.map(lambda _: by_label(ratings)["ICC(2,1)"].interval.low, range(16)))
    assert lows == pytest.approx([SHROUT_FLEISS["icc"]["ICC(2,1)"]["ci95_low"]] * 16, **SIX_DIGITS)
    assert dict(pingouin.options) == before
