"""Each clinician against PEEA and against the others."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings

from peea.agreement import NoNumber, Ratings, Reason, Resampling, Weighting, cohen_kappa, each_rater, light_kappa
from peea.agreement.bootstrap import resample_weights
from tests.agreement.agreement_data import GRADES, any_ratings, repeated, simulated

FEW = Resampling(resamples=20, seed=3)
NAMES = ("Lin", "Wu", "Chen", "PEEA")


def study(seed: int, **options) -> Ratings:
    ratings = simulated(seed, **options)
    return Ratings.of(ratings.values, raters=NAMES, patients=ratings.patients)


@pytest.mark.parametrize("weights", Weighting)
def test_each_row_holds_the_kappas_of_that_rater(weights):
    ratings = study(1, missing=0.1)
    options = {"categories": GRADES, "weights": weights, "resampling": FEW}
    rows = {row.rater: row for row in each_rater(ratings, "PEEA", **options)}
    assert list(rows) == ["PEEA", "Lin", "Wu", "Chen"]
    kappas = {frozenset(pair): cohen_kappa(ratings, *pair, **options).value for pair in combinations(NAMES, 2)}
    for name in NAMES[:3]:
        assert rows[name].with_reference == cohen_kappa(ratings, name, "PEEA", **options)
        others = [kappas[frozenset((name, other))] for other in NAMES[:3] if other != name]
        assert rows[name].with_others.value == pytest.approx(np.mean(others), abs=1e-12)
    own = [kappas[frozenset(("PEEA", name))] for name in NAMES[:3]]
    assert rows["PEEA"].with_others.value == pytest.approx(np.mean(own), abs=1e-12)
    assert rows["PEEA"].with_reference is None


def test_the_mean_over_clinicians_of_their_means_is_lights_kappa():
    ratings = study(2)
    rows = each_rater(ratings, "PEEA", categories=GRADES, resampling=FEW)
    light = light_kappa(ratings.without("PEEA"), categories=GRADES, resampling=FEW)
    assert np.mean([row.with_others.value for row in rows[1:]]) == pytest.approx(light.value, abs=1e-12)


def test_the_resampled_standard_error_is_that_of_resampled_tables():
    ratings = study(4, recordings=40, per_patient=2)
    plan = Resampling(resamples=20, seed=2)
    values = []
    for times in resample_weights(ratings, plan):
        rows = each_rater(repeated(ratings, times), "PEEA", categories=GRADES, resampling=Resampling(2))
        values.append(rows[1].with_others.value)
    found = each_rater(ratings, "PEEA", categories=GRADES, resampling=plan)[1].with_others.bootstrap
    assert found.standard_error == pytest.approx(np.std(values, ddof=1), rel=1e-9)
    assert found.patients == 20


def test_a_clinician_with_one_grade_only_is_named_and_left_out_of_the_means_of_the_others():
    values = study(3).values.copy()
    values[:, 1] = 2
    rows = {
        row.rater: row
        for row in each_rater(Ratings.of(values, raters=NAMES), "PEEA", categories=GRADES, resampling=FEW)
    }
    assert rows["Wu"].with_reference.reason is Reason.CONSTANT_RATER
    assert rows["Wu"].with_others.reason is Reason.CONSTANT_RATER
    assert rows["Wu"].with_others.sentence.startswith("Wu has no kappa with any other clinician: ")
    assert rows["Lin"].with_others.with_raters == ("Chen",)
    ((name, why),) = rows["Lin"].with_others.without
    assert (name, why.reason) == ("Wu", Reason.CONSTANT_RATER)
    assert rows["Wu"].equal_to_reference.of == 60


def test_a_single_clinician_has_no_others():
    lone = study(1).only(["Lin", "PEEA"])
    reference, row = each_rater(lone, "PEEA", categories=GRADES, resampling=FEW)
    assert row.with_others.reason is Reason.ONE_RATER
    assert reference.with_others.value == pytest.approx(row.with_reference.value)


@given(ratings=any_ratings(least_raters=2))
@settings(max_examples=60, deadline=None)
def test_any_table_gives_sound_numbers_or_reasons(ratings):
    for row in each_rater(ratings, "1", categories=GRADES, resampling=FEW):
        if isinstance(row.with_others, NoNumber):
            assert row.with_others.sentence
        else:
            assert -1 <= row.with_others.value <= 1


def test_an_unknown_reference_is_refused():
    with pytest.raises(ValueError, match="there is no rater 'PEEA'; the table has 1, 2, 3, 4"):
        each_rater(simulated(1), "PEEA", categories=GRADES)
