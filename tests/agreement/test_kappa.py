"""Cohen's kappa against the papers, scikit-learn and statsmodels, by its symmetries, and where there is none."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.inter_rater import cohens_kappa

from peea.agreement import (
    Interval,
    Kappa,
    NoNumber,
    NullTest,
    Ratings,
    Reason,
    Resampling,
    Weighting,
    agreement_weights,
    cohen_kappa,
    icc,
    weights_of_disagreement,
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


def kappa(ratings: Ratings, weights=Weighting.UNWEIGHTED, categories=GRADES, **options) -> Kappa | NoNumber:
    options = {"resampling": FEW, **options}
    return cohen_kappa(ratings, *ratings.raters[:2], categories=categories, weights=weights, **options)


def test_cohen_1968():
    golden = GOLDEN["cohen_1968"]
    ratings = table_of_counts(np.array(golden["proportions"]) * golden["n"])
    own = weights_of_disagreement(golden["disagreement_weights"])
    found = [
        kappa(ratings, weights, range(3)).value
        for weights in (Weighting.UNWEIGHTED, own, Weighting.LINEAR, Weighting.QUADRATIC)
    ]
    keys = ("kappa", "weighted_kappa", "linear", "quadratic")
    assert found == pytest.approx([golden[key] for key in keys], **SIX_DIGITS)
    assert found[:2] == pytest.approx(golden["published"], abs=5e-4)


def test_fleiss_cohen_everitt_1969():
    golden = GOLDEN["fleiss_cohen_everitt_1969"]
    ratings = table_of_counts(golden["counts"])
    plain = kappa(ratings, categories=range(3))
    assert plain.value == pytest.approx(golden["kappa"], **SIX_DIGITS)
    assert plain.standard_error == pytest.approx(golden["se"], **SIX_DIGITS)
    assert plain.test.standard_error == pytest.approx(golden["se_null"], **SIX_DIGITS)
    weighted = kappa(ratings, golden["agreement_weights"], range(3))
    assert weighted.weights == "custom"
    assert weighted.value == pytest.approx(golden["weighted_kappa"], **SIX_DIGITS)
    assert weighted.standard_error == pytest.approx(golden["weighted_se"], **SIX_DIGITS)


def test_gwets_two_abstractors():
    golden = GOLDEN["gwet_cont3x3abstractors"]
    ratings = table_of_counts(golden["counts"])
    for weights in Weighting:
        value = kappa(ratings, weights, range(3)).value
        assert value == pytest.approx(golden["cohen"][weights.value], **SIX_DIGITS)


def test_pairs_of_the_raters_of_fleiss_1971():
    golden = GOLDEN["fleiss_1971_diagnoses"]
    ratings = ratings_of_diagnoses()
    for first, second in ((1, 2), (2, 3)):
        result = cohen_kappa(ratings, str(first), str(second), categories=GRADES, resampling=FEW)
        assert result.value == pytest.approx(golden[f"cohen_raters_{first}_{second}"], **SIX_DIGITS)


def test_t_significance_and_interval_follow_from_the_two_standard_errors_as_in_the_table_of_symmetric_measures():
    result = kappa(table_of_counts(GOLDEN["fleiss_cohen_everitt_1969"]["counts"]), categories=range(3))
    assert result.test.t == pytest.approx(result.value / result.test.standard_error)
    assert result.test.p == pytest.approx(2 * (1 - stats.norm.cdf(result.test.t)), abs=1e-12)
    assert result.interval.low == pytest.approx(result.value - 1.959964 * result.standard_error, abs=1e-6)
    assert result.interval.high == pytest.approx(result.value + 1.959964 * result.standard_error, abs=1e-6)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("weights", Weighting)
def test_own_formula_and_standard_errors_against_scikit_learn_and_statsmodels(seed, weights):
    ratings = simulated(seed, recordings=40, raters=2)
    named = kappa(ratings, weights)
    by_matrix = kappa(ratings, agreement_weights(weights, 5))
    assert by_matrix.value == pytest.approx(
        cohen_kappa_score(*ratings.values.T, labels=list(GRADES), weights=None if weights == "unweighted" else weights),
        abs=1e-12,
    )
    assert named.value == pytest.approx(by_matrix.value, abs=1e-12)
    counts = np.zeros((5, 5))
    np.add.at(counts, tuple(ratings.values.astype(int).T), 1)
    oracle = cohens_kappa(counts, wt={"unweighted": None, "linear": "linear", "quadratic": "quadratic"}[weights])
    assert named.value == pytest.approx(oracle.kappa, abs=1e-12)
    assert named.standard_error == pytest.approx(oracle.std_kappa, abs=1e-12)
    assert named.test.standard_error == pytest.approx(oracle.std_kappa0, abs=1e-12)
    assert named.test.p == pytest.approx(oracle.pvalue_two_sided, abs=1e-12)


@pytest.mark.parametrize("weights", Weighting)
def test_the_resampled_standard_error_is_that_of_resampled_tables(weights):
    ratings = simulated(4, recordings=40, raters=2, per_patient=2)
    plan = Resampling(resamples=30, seed=2)
    values = [kappa(repeated(ratings, times), weights).value for times in resample_weights(ratings, plan)]
    found = kappa(ratings, weights, resampling=plan).bootstrap
    assert found.standard_error == pytest.approx(np.std(values, ddof=1), rel=1e-9)
    assert found.patients == 20


def test_a_resample_in_which_a_rater_used_one_grade_only_counts_as_one_without_a_number():
    ratings = Ratings.of([[0, 0], [1, 0], [1, 1], [0, 1], [2, 1], [0, 0], [0, 1], [0, 0]])
    plan = Resampling(resamples=300, seed=4)
    resampled = [kappa(repeated(ratings, times)) for times in resample_weights(ratings, plan)]
    values = [result.value for result in resampled if isinstance(result, Kappa)]
    found = kappa(ratings, resampling=plan).bootstrap
    assert found.usable == len(values) < 300
    assert found.standard_error == pytest.approx(np.std(values, ddof=1), rel=1e-9)


def test_the_interval_of_a_kappa_near_1_ends_at_1():
    result = kappa(Ratings.of([[0, 0], [1, 1], [2, 2], [3, 3]] * 5 + [[0, 1]]))
    assert result.value + 1.96 * result.standard_error > 1
    assert result.interval.high == 1


def test_both_standard_errors_agree_for_many_independent_recordings():
    result = kappa(simulated(9, recordings=400, raters=2), resampling=Resampling())
    assert result.bootstrap.standard_error == pytest.approx(result.standard_error, rel=0.1)


def test_grades_that_nobody_gave_do_not_change_the_weights():
    ratings = Ratings.of([[1, 1], [2, 1], [2, 2], [4, 2], [4, 4], [1, 2], [4, 4]])  # nobody gave 0 or 3
    apart = np.abs(ratings.values[:, 0] - ratings.values[:, 1]).mean()
    apart_by_chance = np.abs(np.subtract.outer(*ratings.values.T)).mean()
    found = kappa(ratings, Weighting.LINEAR).value
    assert found == pytest.approx(1 - apart / apart_by_chance)  # Cohen (1968) with the distances of grades 0-4
    assert kappa(ratings, Weighting.LINEAR, [1, 2, 4]).value != pytest.approx(found)  # there 2 and 4 are neighbours
    assert kappa(ratings).value == pytest.approx(kappa(ratings, categories=[1, 2, 4]).value)


@given(seed=st.integers(0, 10**6), weights=st.sampled_from(Weighting))
@settings(max_examples=30, deadline=None)
def test_swapping_the_raters_changes_nothing(seed, weights):
    ratings = simulated(seed, recordings=25, raters=2)
    one, other = kappa(ratings, weights), kappa(ratings.only(["2", "1"]), weights)
    assert other.value == pytest.approx(one.value, abs=1e-12)
    assert other.standard_error == pytest.approx(one.standard_error, abs=1e-12)


@given(seed=st.integers(0, 10**6), names=st.permutations(range(5)))
@settings(max_examples=30, deadline=None)
def test_unweighted_kappa_does_not_care_what_the_categories_are_called(seed, names):
    ratings = simulated(seed, recordings=25, raters=2)
    renamed = Ratings.of(np.array(names)[ratings.values.astype(int)])
    assert kappa(renamed).value == pytest.approx(kappa(ratings).value, abs=1e-12)


@given(seed=st.integers(0, 10**6), weights=st.sampled_from(Weighting))
@settings(max_examples=30, deadline=None)
def test_turning_the_scale_round_changes_nothing(seed, weights):
    ratings = simulated(seed, recordings=25, raters=2)
    assert kappa(Ratings.of(4 - ratings.values), weights).value == pytest.approx(
        kappa(ratings, weights).value, abs=1e-12
    )


@given(grades=st.lists(st.integers(0, 4), min_size=4, max_size=30), seed=st.integers(0, 10**6))
@settings(max_examples=30, deadline=None)
def test_quadratic_kappa_is_icc_3_1_when_the_raters_have_equal_means(grades, seed):
    other = np.random.default_rng(seed).permutation(grades)  # the same grades on other recordings: equal means
    ratings = Ratings.of(np.column_stack([grades, other]))
    forms = icc(ratings, resampling=FEW)
    assume(not isinstance(forms[2], NoNumber))
    assert forms[2].form.label == "ICC(3,1)"
    assert kappa(ratings, Weighting.QUADRATIC).value == pytest.approx(forms[2].value, abs=1e-9)


@given(ratings=any_ratings(least_raters=2, most_raters=2, missing=False))
@settings(max_examples=30, deadline=None)
def test_quadratic_kappa_is_lins_concordance_with_variances_over_n(ratings):
    result = kappa(ratings, Weighting.QUADRATIC)
    assume(not isinstance(result, NoNumber))
    x, y = ratings.values.T
    concordance = 2 * np.cov(x, y, ddof=0)[0, 1] / (x.var() + y.var() + (x.mean() - y.mean()) ** 2)
    assert result.value == pytest.approx(concordance, abs=1e-9)


@given(ratings=any_ratings(least_raters=2, most_raters=2), weights=st.sampled_from(Weighting))
@settings(max_examples=150, deadline=None)
def test_any_table_gives_sound_numbers_or_a_reason(ratings, weights):
    result = kappa(ratings, weights)
    if isinstance(result, NoNumber):
        assert result.sentence
        return
    assert -1 - 1e-12 <= result.value <= 1 + 1e-12
    if isinstance(result.interval, Interval):
        assert result.interval.low <= result.value <= result.interval.high
    if isinstance(result.test, NullTest):
        assert np.isfinite(result.test.t)
        assert 0 <= result.test.p <= 1
    assert result.recordings + result.left_out == len(ratings.recordings)


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ([[1, 1], [2, 2]], Reason.TOO_FEW_PATIENTS),
        ([[1, 1], [1, 1], [1, 1]], Reason.ONE_CATEGORY),
        ([[1, 1], [1, 2], [1, 3], [1, 1]], Reason.CONSTANT_RATER),
        ([[1, 2], [1, 2], [1, 2], [1, 2]], Reason.CONSTANT_RATER),
        ([[1, None], [None, 2], [3, None]], Reason.NOTHING_IN_COMMON),
    ],
)
def test_ratings_without_a_kappa_say_why(values, reason):
    result = kappa(Ratings.of(values))
    assert isinstance(result, NoNumber)
    assert result.reason is reason


def test_missing_ratings_are_left_out_and_counted():
    result = kappa(Ratings.of([[0, 0], [1, 1], [2, 1], [3, None], [None, 4], [2, 2]]))
    assert (result.recordings, result.left_out) == (4, 2)
    assert result.value == kappa(Ratings.of([[0, 0], [1, 1], [2, 1], [2, 2]])).value


def test_raters_who_never_differ_have_a_kappa_of_1_and_no_interval():
    result = kappa(Ratings.of([[0, 0], [1, 1], [2, 2], [2, 2]]))
    assert result.value == 1
    assert result.standard_error.reason is Reason.PERFECT_AGREEMENT
    assert result.interval.reason is Reason.PERFECT_AGREEMENT
    assert isinstance(result.test, NullTest)


def test_raters_with_no_category_in_common_have_no_t():
    result = kappa(Ratings.of([[0, 3], [1, 4], [0, 4], [1, 3]]))
    assert result.value == 0
    assert result.test.reason is Reason.NO_CHANCE_AGREEMENT
    assert isinstance(result.interval, NoNumber)


def test_weights_that_call_everything_agreement_give_no_kappa():
    result = kappa(Ratings.of([[0, 1], [1, 0], [0, 0], [1, 1]]), np.ones((2, 2)), range(2))
    assert result.reason is Reason.NO_CHANCE_AGREEMENT


def test_few_recordings_say_that_resampling_is_unstable():
    result = kappa(Ratings.of([[0, 0], [1, 1], [1, 0]]), resampling=Resampling())
    assert result.bootstrap.reason is Reason.UNSTABLE_RESAMPLES


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"categories": range(4)}, "'B' rated recording '3' 4; the scale has 0, 1, 2, 3"),
        ({"categories": [0, 0, 1]}, "a scale has two categories or more, each once; got [0, 0, 1]"),
        ({"categories": GRADES, "weights": np.eye(3)}, "the scale has 5 categories, but the weights have shape (3, 3)"),
        (
            {"categories": GRADES, "weights": "linaer"},
            "weights are unweighted, linear, quadratic or a matrix; got 'linaer'",
        ),
    ],
)
def test_unusable_input_is_refused_with_what_was_wrong(arguments, message):
    with pytest.raises(ValueError) as refusal:  # noqa: PT011 (the whole message is compared)
        cohen_kappa(Ratings.of([[0, 0], [1, 2], [3, 4]], raters=["A", "B"]), "A", "B", **arguments)
    assert str(refusal.value) == message


def test_an_unknown_rater_is_refused_with_the_known_ones():
    with pytest.raises(ValueError, match="there is no rater 'C'; the table has A, B"):
        cohen_kappa(Ratings.of([[0, 0], [1, 2], [3, 4]], raters=["A", "B"]), "A", "C", categories=GRADES)
    with pytest.raises(ValueError, match="kappa compares two raters; got 'A' twice"):
        cohen_kappa(Ratings.of([[0, 0], [1, 2], [3, 4]], raters=["A", "B"]), "A", "A", categories=GRADES)
