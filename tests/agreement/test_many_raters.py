"""Coefficients for several raters against the papers, statsmodels and their definitions; and where there is none."""

from itertools import combinations, permutations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.inter_rater import fleiss_kappa as statsmodels_fleiss

from peea.agreement import (
    FleissKappa,
    Interval,
    NoNumber,
    Ratings,
    Reason,
    Resampling,
    Weighting,
    agreement_weights,
    brennan_prediger,
    cohen_kappa,
    conger_kappa,
    fleiss_kappa,
    gwet_ac,
    light_kappa,
)
from peea.agreement.bootstrap import resample_weights
from tests.agreement.agreement_data import (
    GOLDEN,
    GRADES,
    SIX_DIGITS,
    any_ratings,
    ratings_of_diagnoses,
    repeated,
    simulated,
    table_of_counts,
)

FEW = Resampling(resamples=20, seed=3)
ALL = (fleiss_kappa, conger_kappa, brennan_prediger, gwet_ac, light_kappa)
FOUR_RATERS = GOLDEN["krippendorff_C_1980_cac_raw4raters"]


def of_four_raters() -> Ratings:
    return Ratings.of(np.array(FOUR_RATERS["raters_rows"], dtype=float).T)


def test_fleiss_1971():
    golden = GOLDEN["fleiss_1971_diagnoses"]
    result = fleiss_kappa(ratings_of_diagnoses(), categories=GRADES, resampling=FEW)
    assert result.value == pytest.approx(golden["kappa"], **SIX_DIGITS)
    assert result.observed == pytest.approx(golden["P_bar"], **SIX_DIGITS)
    assert result.expected == pytest.approx(golden["P_e"], **SIX_DIGITS)
    assert result.test.standard_error == pytest.approx(golden["se_null"], **SIX_DIGITS)
    assert result.test.t == pytest.approx(golden["z"], **SIX_DIGITS)
    assert [part.value for part in result.by_category] == pytest.approx(golden["categorywise"], **SIX_DIGITS)


def test_conger_and_light_on_the_ratings_of_fleiss_1971():
    golden = GOLDEN["fleiss_1971_diagnoses"]
    ratings = ratings_of_diagnoses()
    conger = conger_kappa(ratings, categories=GRADES, resampling=FEW)
    assert conger.value == pytest.approx(golden["conger_exact"], **SIX_DIGITS)
    light = light_kappa(ratings, categories=GRADES, resampling=FEW)
    assert light.value == pytest.approx(golden["light_mean_pairwise"], **SIX_DIGITS)


@pytest.mark.parametrize(
    ("coefficient", "weights", "key"),
    [
        (gwet_ac, Weighting.UNWEIGHTED, "AC1"),
        (gwet_ac, Weighting.LINEAR, "AC2_linear"),
        (gwet_ac, Weighting.QUADRATIC, "AC2_quadratic"),
        (fleiss_kappa, Weighting.UNWEIGHTED, "fleiss_missing_aware"),
        (conger_kappa, Weighting.UNWEIGHTED, "conger"),
        (brennan_prediger, Weighting.UNWEIGHTED, "brennan_prediger"),
    ],
)
def test_four_raters_with_missing_ratings(coefficient, weights, key):
    result = coefficient(of_four_raters(), categories=range(1, 6), weights=weights, resampling=FEW)
    assert result.value == pytest.approx(FOUR_RATERS[key], **SIX_DIGITS)
    if weights is Weighting.UNWEIGHTED:
        assert result.observed == pytest.approx(FOUR_RATERS["percent_agreement"], **SIX_DIGITS)
    assert (result.recordings, result.raters) == (11, 4)


@pytest.mark.parametrize(
    ("coefficient", "categories", "value", "error"),
    [
        (fleiss_kappa, range(1, 6), 0.76116928, 0.1530192),
        (gwet_ac, range(1, 7), 0.78552678, 0.13869694),
        (brennan_prediger, range(1, 7), 0.78181818, 0.14072902),
    ],
)
def test_standard_errors_are_those_of_irrcac(coefficient, categories, value, error):
    # irrCAC 0.4.4 (Python) on the same ratings; it takes the missing cell for a sixth category, which AC1 and
    # Brennan-Prediger notice, so the scale has six here.
    result = coefficient(of_four_raters(), categories=categories, resampling=FEW)
    assert (result.value, result.standard_error) == pytest.approx((value, error), abs=5e-9)
    assert result.interval.low == pytest.approx(result.value - 2.200985 * result.standard_error, abs=1e-6)  # t, 11 df
    assert result.interval.high == 1


def test_gwets_two_abstractors():
    golden = GOLDEN["gwet_cont3x3abstractors"]
    keys = {Weighting.UNWEIGHTED: "AC1", Weighting.LINEAR: "AC2_linear", Weighting.QUADRATIC: "AC2_quadratic"}
    for weights, key in keys.items():
        result = gwet_ac(table_of_counts(golden["counts"]), categories=range(3), weights=weights, resampling=FEW)
        assert result.value == pytest.approx(golden[key], **SIX_DIGITS)
        assert result.statistic == ("Gwet's AC1" if key == "AC1" else "Gwet's AC2")


@pytest.mark.parametrize("seed", range(8))
def test_fleiss_and_brennan_prediger_against_statsmodels(seed):
    ratings = simulated(seed, recordings=30, raters=5)
    counts = np.array([[(row == grade).sum() for grade in GRADES] for row in ratings.values])
    found = fleiss_kappa(ratings, categories=GRADES, resampling=FEW).value
    assert found == pytest.approx(statsmodels_fleiss(counts, method="fleiss"), abs=1e-12)
    found = brennan_prediger(ratings, categories=GRADES, resampling=FEW).value
    assert found == pytest.approx(statsmodels_fleiss(counts, method="randolph"), abs=1e-12)


def by_definition(ratings: Ratings, weights: np.ndarray, coefficient) -> float:
    """The coefficients by loops over raters and recordings, as the definitions read (Gwet 2014)."""
    rows = [[int(grade) for grade in row if not np.isnan(grade)] for row in ratings.values]
    rows = [row for row in rows if row]
    observed = np.mean([np.mean([weights[a, b] for a, b in permutations(row, 2)]) for row in rows if len(row) > 1])
    share = [np.mean([row.count(grade) / len(row) for row in rows]) for grade in GRADES]
    if coefficient is fleiss_kappa:
        expected = sum(weights[a, b] * share[a] * share[b] for a, b in product(GRADES, GRADES))
    elif coefficient is gwet_ac:
        expected = weights.sum() / 20 * sum(p * (1 - p) for p in share)
    elif coefficient is brennan_prediger:
        expected = weights.mean()
    else:  # Conger: the mean over pairs of raters of what they agree on by chance, each with own habits
        habits = [[np.mean(column[~np.isnan(column)] == grade) for grade in GRADES] for column in ratings.values.T]
        expected = np.mean([np.array(a) @ weights @ np.array(b) for a, b in combinations(habits, 2)])
    return (observed - expected) / (1 - expected)


@pytest.mark.parametrize("weights", Weighting)
@pytest.mark.parametrize("coefficient", ALL[:4])
def test_every_coefficient_is_what_its_definition_says_with_missing_ratings(coefficient, weights):
    for seed in range(3):
        ratings = simulated(seed, recordings=25, raters=4, missing=0.25)
        found = coefficient(ratings, categories=GRADES, weights=weights, resampling=FEW).value
        assert found == pytest.approx(by_definition(ratings, agreement_weights(weights, 5), coefficient), abs=1e-12)


@pytest.mark.parametrize("weights", Weighting)
def test_light_is_the_mean_of_cohens_kappas_on_what_each_pair_rated(weights):
    ratings = simulated(6, recordings=40, raters=4, missing=0.2)
    pairs = [
        cohen_kappa(ratings, *pair, categories=GRADES, weights=weights, resampling=FEW)
        for pair in combinations(ratings.raters, 2)
    ]
    found = light_kappa(ratings, categories=GRADES, weights=weights, resampling=FEW)
    assert found.value == pytest.approx(np.mean([pair.value for pair in pairs]), abs=1e-12)
    assert found.observed == pytest.approx(np.mean([pair.observed for pair in pairs]), abs=1e-12)
    assert found.expected == pytest.approx(np.mean([pair.expected for pair in pairs]), abs=1e-12)
    assert found.standard_error.reason is Reason.RESAMPLING_ONLY


@pytest.mark.parametrize("weights", Weighting)
@pytest.mark.parametrize("coefficient", [conger_kappa, light_kappa])
def test_for_two_raters_conger_and_light_are_cohen(coefficient, weights):
    ratings = simulated(7, recordings=30, raters=2)
    cohen = cohen_kappa(ratings, "1", "2", categories=GRADES, weights=weights, resampling=FEW)
    found = coefficient(ratings, categories=GRADES, weights=weights, resampling=FEW)
    assert found.value == pytest.approx(cohen.value, abs=1e-12)
    assert found.bootstrap.standard_error == pytest.approx(cohen.bootstrap.standard_error, abs=1e-12)


@pytest.mark.parametrize("coefficient", ALL)
def test_the_resampled_standard_error_is_that_of_resampled_tables(coefficient):
    ratings = simulated(4, recordings=40, raters=3, missing=0.1, per_patient=2)
    rated = ratings.where(np.isfinite(ratings.values).any(axis=1))
    plan = Resampling(resamples=25, seed=2)
    values = [
        coefficient(repeated(rated, times), categories=GRADES, resampling=FEW).value
        for times in resample_weights(rated, plan)
    ]
    found = coefficient(rated, categories=GRADES, resampling=plan).bootstrap
    assert found.standard_error == pytest.approx(np.std(values, ddof=1), rel=1e-9)


@pytest.mark.parametrize("coefficient", [fleiss_kappa, gwet_ac, brennan_prediger])
def test_both_standard_errors_agree_for_many_independent_recordings(coefficient):
    result = coefficient(simulated(9, recordings=400, raters=4), categories=GRADES)
    assert result.bootstrap.standard_error == pytest.approx(result.standard_error, rel=0.1)


@pytest.mark.parametrize("coefficient", ALL)
@given(seed=st.integers(0, 10**6), order=st.permutations(range(4)), names=st.permutations(range(5)))
@settings(max_examples=15, deadline=None)
def test_order_of_raters_and_names_of_categories_do_not_matter(coefficient, seed, order, names):
    ratings = simulated(seed, recordings=25)
    value = coefficient(ratings, categories=GRADES, resampling=FEW).value
    other = Ratings.of(np.array(names)[ratings.values.astype(int)][:, order])
    assert coefficient(other, categories=GRADES, resampling=FEW).value == pytest.approx(value, abs=1e-12)


@pytest.mark.parametrize("coefficient", [fleiss_kappa, conger_kappa, light_kappa])
def test_a_category_that_nobody_used_changes_nothing_without_weights(coefficient):
    ratings = simulated(1)
    value = coefficient(ratings, categories=GRADES, resampling=FEW).value
    assert coefficient(ratings, categories=range(-2, 9), resampling=FEW).value == pytest.approx(value, abs=1e-12)


@pytest.mark.parametrize("coefficient", ALL)
@given(ratings=any_ratings(), weights=st.sampled_from(Weighting))
@settings(max_examples=60, deadline=None)
def test_any_table_gives_sound_numbers_or_a_reason(coefficient, ratings, weights):
    result = coefficient(ratings, categories=GRADES, weights=weights, resampling=FEW)
    if isinstance(result, NoNumber):
        assert result.sentence
        return
    assert np.isfinite([result.value, result.observed, result.expected]).all()
    assert result.value <= 1 + 1e-12
    if isinstance(result.interval, Interval):
        assert result.interval.low <= result.value <= result.interval.high
    if isinstance(result, FleissKappa) and not isinstance(result.by_category, NoNumber):
        assert sum(part.share for part in result.by_category) == pytest.approx(1)


@pytest.mark.parametrize("coefficient", ALL)
@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ([[1], [2], [3]], Reason.ONE_RATER),
        ([[1, 2, 1], [2, 2, 2]], Reason.TOO_FEW_PATIENTS),
        ([[2, 2, 2], [2, 2, 2], [2, 2, 2]], Reason.ONE_CATEGORY),
        ([[1, None, None], [None, 2, None], [None, None, 3]], Reason.NOTHING_IN_COMMON),
    ],
)
def test_ratings_without_a_coefficient_say_why(coefficient, values, reason):
    result = coefficient(Ratings.of(values), categories=GRADES)
    assert isinstance(result, NoNumber)
    assert result.reason is reason


def test_gwets_ac1_of_one_category_is_refused_although_its_formula_gives_1():
    result = gwet_ac(Ratings.of([[2, 2], [2, 2], [2, 2]]), categories=GRADES)
    assert result.sentence == "Every rating is 2; whether the raters can tell categories apart cannot be seen."


def test_light_names_the_pair_that_has_no_kappa():
    result = light_kappa(Ratings.of([[0, 1, 1], [1, 1, 2], [2, 1, 2]], raters=["Lin", "Wu", "PEEA"]), categories=GRADES)
    assert result.reason is Reason.CONSTANT_RATER
    assert result.sentence.startswith("Lin and Wu have no kappa: Wu gave all 3 recordings the rating 1")


def test_conger_names_the_rater_without_ratings():
    result = conger_kappa(Ratings.of([[0, 1, None], [1, 1, None], [2, 1, None]]), categories=GRADES)
    assert (result.reason, result.sentence) == (Reason.MISSING_RATINGS, "3 rated no recording; take 3 out.")


@pytest.mark.parametrize("coefficient", [fleiss_kappa, gwet_ac, brennan_prediger])
def test_raters_who_never_differ_agree_by_1_and_without_interval(coefficient):
    result = coefficient(Ratings.of([[0, 0], [1, 1], [3, 3], [4, 4]]), categories=GRADES)
    assert result.value == 1
    assert result.standard_error.reason is Reason.PERFECT_AGREEMENT
    assert result.interval.reason is Reason.PERFECT_AGREEMENT
    assert isinstance(result.bootstrap, NoNumber)


def test_the_test_of_fleiss_needs_equally_many_ratings_and_no_weights():
    incomplete = fleiss_kappa(simulated(1, missing=0.2), categories=GRADES, resampling=FEW)
    assert incomplete.test.reason is Reason.MISSING_RATINGS
    assert incomplete.by_category.reason is Reason.MISSING_RATINGS
    weighted = fleiss_kappa(simulated(1), categories=GRADES, weights=Weighting.LINEAR, resampling=FEW)
    assert weighted.test.reason is Reason.RESAMPLING_ONLY


def test_a_category_that_nobody_gave_has_no_kappa_of_its_own():
    result = fleiss_kappa(Ratings.of([[0, 0], [1, 0], [1, 1], [0, 0]]), categories=range(3), resampling=FEW)
    assert [isinstance(part.value, NoNumber) for part in result.by_category] == [False, False, True]
    assert result.by_category[2].value.sentence == "Nobody gave the rating 2."


@pytest.mark.parametrize("coefficient", ALL)
def test_asymmetric_weights_are_refused(coefficient):
    with pytest.raises(ValueError, match="with more than two raters the weights must be symmetric"):
        coefficient(simulated(1), categories=[0, 4], weights=[[1, 0.5], [0, 1]])


@pytest.mark.parametrize("coefficient", ALL)
def test_a_rating_outside_the_scale_is_refused(coefficient):
    with pytest.raises(ValueError, match="'2' rated recording '3' 7; the scale has 0, 1, 2, 3, 4"):
        coefficient(Ratings.of([[0, 1], [1, 1], [2, 7]]), categories=GRADES)
