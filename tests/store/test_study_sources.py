"""Recordings rated on the rating page become a study with the model's own results."""

from __future__ import annotations

from datetime import date

import pytest

from peea.scales import Grade
from peea.store import PatientLog, RatingStore, Sex, StudyIncompleteError
from peea.store.ratings import NewItem, SetKind
from peea.store.study_sources import rated_recordings, study_of_rating_set
from peea.studies import ModelUnderTest
from tests.factories import made_up_assessment


@pytest.fixture
def log(tmp_path):
    with PatientLog(tmp_path / "peea.db", actor="test") as opened:
        yield opened


@pytest.fixture
def ratings(tmp_path):
    with RatingStore(tmp_path / "peea.db", actor="test") as opened:
        yield opened


@pytest.fixture
def rated(log, ratings):
    """Two demonstration recordings, one of them assessed; Lin rated both, Wu could not rate the second."""
    patient = log.register_patient("Ada Kim", date(1941, 5, 3), Sex.FEMALE, study_code="P-1", demonstration=True)
    assessment = made_up_assessment(recording="severe.mp4", recorded_at="2026-11-21T14:05:00+00:00")
    log.save_assessment(patient.patient_id, assessment)
    items = [
        NewItem("P-1", "severe.mp4", demonstration_file="severe.mp4"),
        NewItem("P-2", "calm.mp4", demonstration_file="calm.mp4"),
    ]
    made = ratings.make_set("Round one", SetKind.RECORDINGS, items)
    first, second = ratings.items(made.set_id)
    lin, wu = ratings.rater("Lin"), ratings.rater("Wu")
    ratings.rate(first.item_id, lin.rater_id, vas=7.0)
    ratings.rate(second.item_id, lin.rater_id, vas=0.0)
    ratings.rate(first.item_id, wu.rater_id, vas=6.0)
    ratings.rate(second.item_id, wu.rater_id, cannot="Face turned away")
    return made, assessment.model


def make(ratings, log, made, model):
    return study_of_rating_set(ratings, log, made.set_id, "Round one", "", ModelUnderTest(*model))


def test_a_set_is_no_study_while_raters_still_rate(ratings, log, rated):
    made, model = rated
    assert rated_recordings(ratings) == []
    with pytest.raises(StudyIncompleteError, match="closed on the rating page"):
        make(ratings, log, made, (model.name, model.version, model.weights_sha256))


def test_a_closed_set_becomes_a_study_with_the_models_grade(ratings, log, rated):
    made, model = rated
    ratings.close_set(made.set_id)
    assert [each.title for each in rated_recordings(ratings)] == ["Round one"]
    study = make(ratings, log, made, (model.name, model.version, model.weights_sha256))
    severe, calm = study.recordings
    assert (severe.patient, severe.sex, severe.age_years) == ("P-1", "female", 85.0)
    assert severe.output.grade is Grade.SEVERE
    assert calm.output is None
    assert sorted(study.ratings.values()) == [0.0, 6.0, 7.0], "who could not rate has no rating"


def test_results_of_another_model_do_not_count(ratings, log, rated):
    made, _ = rated
    ratings.close_set(made.set_id)
    assert make(ratings, log, made, ("another", "9", "00")).with_output == 0
