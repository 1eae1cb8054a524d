"""What a study is: it refuses contradictions, survives being written down, and its hash knows every change."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peea.studies import ModelUnderTest, StudyError, StudyRater, study_form, study_of_form, study_sha256
from tests.studies.made_up_study import MODEL, made_up_study


def test_a_study_knows_what_counts_and_what_the_model_graded():
    study = made_up_study().excluding({"R01": "dim light", "R12": "dim light"})
    assert len(study.recordings) == 12
    assert len(study.included) == 10
    assert study.patients == 6
    assert study.with_output == 9


def test_a_recording_can_be_taken_in_again():
    study = made_up_study().excluding({"R01": "dim light"}).excluding({"R01": ""})
    assert len(study.included) == 12


def test_written_down_as_json_and_read_it_is_the_same_study():
    study = made_up_study().excluding({"R03": "dim light"})
    again = study_of_form(json.loads(json.dumps(study_form(study))))
    assert again == study
    assert study_sha256(again) == study_sha256(study)


@given(rating=st.integers(0, 35), vas=st.integers(0, 10))
def test_one_rating_changed_changes_the_hash(rating, vas):
    study = made_up_study()
    key = sorted(study.ratings)[rating]
    changed = replace(study, ratings={**study.ratings, key: float(vas)})
    assert (study_sha256(changed) == study_sha256(study)) == (study.ratings[key] == vas)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"name": "  "}, "needs a name"),
        ({"raters": (StudyRater("Lin"), StudyRater("Lin"))}, "rater Lin stands in the study twice"),
        ({"ratings": {("R01", "Lin"): 11.0}}, "rating of R01 by Lin is 11; allowed is 0 to 10"),
        ({"ratings": {("R99", "Lin"): 1.0}}, "is of nobody in the study"),
    ],
)
def test_a_contradiction_is_refused_in_a_sentence(changed, sentence):
    with pytest.raises(StudyError, match=sentence):
        made_up_study(**changed)


def test_a_model_without_a_version_is_refused():
    with pytest.raises(StudyError, match="its version"):
        ModelUnderTest("lite0", " ", MODEL.weights_sha256)


def test_excluding_what_is_not_there_is_refused():
    with pytest.raises(StudyError, match="no recording R99"):
        made_up_study().excluding({"R99": "dim light"})


def test_what_is_no_study_is_refused():
    with pytest.raises(StudyError, match="not a saved study"):
        study_of_form({"name": "x"})
