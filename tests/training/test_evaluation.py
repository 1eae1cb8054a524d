"""The figures of an evaluation against numbers worked out by hand or by an independent library."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import softmax

from peea.output_scales import SIX_LEVEL_SCALE
from peea.scales import PSPI_ACTIONS
from peea.training.calibration import expected_calibration_error, fit_temperature, reliability
from peea.training.data_set import RatedFaces
from peea.training.evaluation import Graded, absolute_agreement, bootstrap_interval, figures, over_graded, subgroups


def graded(truth, said, **columns):
    truth, said = np.array(truth), np.array(said)
    table = pd.DataFrame({"grade": truth, "person": columns.pop("person", [f"p{i}" for i in range(len(truth))])})
    for name in PSPI_ACTIONS:
        table[name] = 0.0 if name != "AU4" else truth.astype(float)
    table = table.assign(**columns)
    probabilities = np.full((len(said), 5), 0.05)
    probabilities[np.arange(len(said)), said] = 0.8
    faces = RatedFaces(np.zeros((len(truth), 2, 2, 3), np.uint8), table, table.iloc[:0], "")
    return Graded(faces, probabilities, table[list(PSPI_ACTIONS)].to_numpy())


def test_figures_of_ten_faces():
    result = figures(graded([0, 0, 1, 1, 2, 2, 3, 3, 4, 4], [0, 0, 1, 2, 2, 2, 3, 1, 4, 4]))
    assert result["accuracy"] == pytest.approx(0.8)
    assert result["mean_absolute_error"] == pytest.approx(0.3)
    assert result["off_by_two_or_more"] == pytest.approx(0.1)
    assert result["accuracy_by_grade"] == {0: 1, 1: 0.5, 2: 1, 3: 0.5, 4: 1}
    assert result["four_grade_accuracy"] == pytest.approx(6 / 8)
    assert result["confusion"][3] == [0, 1, 0, 1, 0]
    assert result["pspi_icc"] == pytest.approx(1)


def test_six_levels_are_judged_by_their_labels_and_over_graded_by_their_grades():
    faces = graded([0, 0, 2, 3, 4], [0] * 5, six_level=[0, 0, 6, 8, 10], confounder=["smile", "", "", "", ""]).faces
    said = np.array([3, 0, 3, 3, 5])  # labels 6, 0, 6, 6, 10
    probabilities = np.full((5, 6), 0.02)
    probabilities[np.arange(5), said] = 0.9
    answers = Graded(faces, probabilities, np.full((5, 6), np.nan), SIX_LEVEL_SCALE)
    result = figures(answers)
    assert result["accuracy_by_grade"] == {0: 0.5, 2: None, 4: None, 6: 1, 8: 0, 10: 1}
    assert result["mean_by_grade"] == pytest.approx(2.5 / 4)
    assert "four_grade_accuracy" not in result
    assert np.shape(result["confusion"]) == (6, 6)
    assert answers.grades.tolist() == [2, 0, 2, 2, 4]
    assert over_graded(answers)["share"] == 1


def test_the_reliability_curve_of_two_bins():
    probabilities = np.array([[0.95, 0.05], [0.95, 0.05], [0.45, 0.55], [0.42, 0.58]])
    assert reliability(probabilities, np.array([0, 1, 1, 1])) == [
        {"confidence": pytest.approx(0.565), "accuracy": 1, "images": 2},
        {"confidence": pytest.approx(0.95), "accuracy": 0.5, "images": 2},
    ]


def test_absolute_agreement_is_the_icc_of_shrout_and_fleiss_1979():
    # Judges 1 and 3 of their Table 2; ICC(2,1) by their formula from the mean squares, worked out here independently.
    first, third = np.array([9, 6, 8, 7, 10, 6]), np.array([5, 3, 6, 2, 6, 4])
    ratings = np.stack([first, third], 1).astype(float)
    n, k = ratings.shape
    grand = ratings.mean()
    between = k * ((ratings.mean(1) - grand) ** 2).sum() / (n - 1)
    judges = n * ((ratings.mean(0) - grand) ** 2).sum() / (k - 1)
    rest = ((ratings - ratings.mean(1, keepdims=True) - ratings.mean(0) + grand) ** 2).sum() / ((n - 1) * (k - 1))
    expected = (between - rest) / (between + (k - 1) * rest + k * (judges - rest) / n)
    assert absolute_agreement(first, third) == pytest.approx(expected)


def test_the_interval_resamples_patients_not_images():
    right = np.array([1.0] * 50 + [0.0] * 50)
    of_two = bootstrap_interval(right, ["a"] * 50 + ["b"] * 50)
    of_hundred = bootstrap_interval(right, [f"p{index}" for index in range(100)])
    assert of_two == (0, 1)
    assert 0.35 < of_hundred[0] < 0.45
    assert 0.55 < of_hundred[1] < 0.65


def test_over_grading_counts_only_faces_without_pain_that_imitate_it():
    result = over_graded(graded([0, 0, 0, 0, 3], [0, 2, 1, 3, 3], confounder=["smile", "smile", "talk", "", "smile"]))
    assert result["images"] == 3
    assert result["share"] == pytest.approx(1 / 3)
    assert result["by_confounder"]["smile"] == {"images": 2, "share": 0.5}


def test_subgroups_split_by_every_column_that_is_there():
    rows = subgroups(graded([0, 1, 2, 3], [0, 1, 2, 2], sex=["f", "f", "m", "m"]), {"sex": "Sex", "light": "Light"})
    assert [(row["group"], row["value"], row["accuracy"]) for row in rows] == [("Sex", "f", 1.0), ("Sex", "m", 0.5)]
    assert rows[1]["mean_error"] == -0.5


def test_temperature_recovers_the_factor_by_which_logits_were_blown_up():
    random = np.random.default_rng(2)
    honest = random.normal(0, 1.5, (20_000, 5))
    grades = np.array([random.choice(5, p=row) for row in softmax(honest, axis=1)])
    assert fit_temperature(honest * 3, grades) == pytest.approx(3, rel=0.05)
    overconfident = expected_calibration_error(softmax(honest * 3, axis=1), grades)
    assert expected_calibration_error(softmax(honest, axis=1), grades) < 0.02 < overconfident


def test_calibration_without_faces_is_refused():
    with pytest.raises(ValueError, match="empty"):
        fit_temperature(np.empty((0, 5)), np.empty(0, int))
