"""The demonstration study: its shape is the paper's, its truths follow from scripts, its ratings from the truths."""

from __future__ import annotations

import csv
import json
from collections import Counter

import numpy as np
import pytest

from peea.agreement import IccForm, Ratings, icc
from peea.face_grade import ModelIdentity
from peea.scales import Grade
from peea.settings import StabilityRules
from peea.studies import demonstration_study
from peea.synthetic.person import Person
from peea.synthetic.seeds import DATASET_PEOPLE, DEMONSTRATION_PEOPLE
from peea.synthetic.study import DIM_LIGHT, planned_study, recording_plan, recording_truth, study_people
from peea.synthetic.study_clinicians import CLINICIANS, simulated_vas
from peea.synthetic.study_files import render_study, score_study, write_study


@pytest.fixture(scope="module")
def planned():
    return planned_study()


def test_the_study_has_the_shape_of_the_published_one(planned):
    assert len(planned) == 300
    assert sum(each.too_dark for each in planned) == 28
    counted = [each for each in planned if not each.too_dark]
    assert len(counted) == 272
    assert len({each.patient for each in counted}) == 182
    assert {each.hours for each in counted} == {24, 48}
    assert max(Counter(each.patient for each in planned).values()) == 2
    assert len(CLINICIANS) == 15
    assert min(each.years for each in CLINICIANS) > 5


def test_patients_are_old_enough_and_in_no_training_set():
    people = [Person.from_seed(DEMONSTRATION_PEOPLE[number]) for number in study_people()]
    assert len({person.seed for person in people}) == 182
    assert min(person.age_years for person in people) >= 65
    assert not {person.seed for person in people} & set(DATASET_PEOPLE)


def test_the_same_seed_gives_the_same_study_and_another_one_another(planned):
    assert planned_study() == planned
    assert planned_study(273) != planned


def test_truths_cover_every_grade_and_pain_is_worse_early_and_in_movement(planned):
    some = [each for each in planned if not each.too_dark][::6]
    truths = {each.recording: recording_truth(each) for each in some}
    assert {truth.grade for truth in truths.values()} == set(Grade)

    def mean(chosen):
        return np.mean([truths[each.recording].vas for each in some if chosen(each)])

    assert mean(lambda each: each.hours == 24) > mean(lambda each: each.hours == 48)
    assert mean(lambda each: each.script.context.movement) > mean(lambda each: not each.script.context.movement)


def test_clinicians_rate_around_the_truth_each_with_a_habit():
    truth = np.repeat(np.arange(3.0, 9.0), 200)
    vas = simulated_vas(truth, seed=1)
    assert vas.shape == (1200, 15)
    assert ((vas >= 0) & (vas <= 10) & (vas == np.round(vas))).all()
    habit = (vas - truth[:, None]).mean(axis=0)
    assert habit == pytest.approx([each.bias for each in CLINICIANS], abs=0.25)


def test_clinicians_share_an_error_beside_their_own():
    vas = simulated_vas(np.full(600, 5.0), seed=1)
    between = np.corrcoef((vas - vas.mean(axis=0)).T)
    assert np.median(between[np.triu_indices(15, 1)]) > 0.2, "all clinicians misread the same recordings"


def test_a_calm_face_is_rated_with_less_doubt():
    assert simulated_vas(np.zeros(200), 1).mean() < 0.5
    assert simulated_vas(np.zeros(200), 1).std() < simulated_vas(np.full(200, 5.0), 1).std()


class AlwaysSevere:
    """A grader that has one answer."""

    identity = ModelIdentity("stub", "1", "00" * 32, "nothing", False)

    def grade(self, crops):
        from peea.face_grade import FaceGrade

        return [FaceGrade((0.0, 0.0, 0.0, 1.0, 0.0), dict.fromkeys(("AU4", "AU6", "AU7"), 3.0))] * len(crops)


def test_files_without_any_rendering_give_a_study_of_all_ratings(tmp_path):
    assert write_study(tmp_path / "study") == 272
    assert score_study(tmp_path / "study", tmp_path / "videos", AlwaysSevere()) == (0, 0)
    study = demonstration_study(tmp_path / "study")
    assert study.simulated
    assert "Simulated" in study.note
    assert (len(study.recordings), len(study.included), study.patients, study.with_output) == (300, 272, 182, 0)
    assert {each.excluded for each in study.recordings} == {"", DIM_LIGHT}
    assert len(study.ratings) == 272 * 15
    values = [[study.ratings[each.recording, rater.name] for rater in study.raters] for each in study.included]
    single = icc(Ratings.of(values))[list(IccForm).index(IccForm.TWO_WAY_RANDOM_SINGLE)]
    assert 0.5 < single.value < 0.97
    about = json.loads((tmp_path / "study" / "study.json").read_text())
    assert about["rendered"]["recordings"] == 0
    assert {"bias", "scatter"} <= set(about["clinicians"][0])
    with (tmp_path / "study" / "peea.csv").open(newline="") as lines:
        assert csv.DictReader(lines).fieldnames == ["recording", "grade", "vas", "why_not"]


def test_rendering_goes_in_random_order_stops_with_its_minutes_and_goes_on_later(tmp_path, monkeypatch, planned):
    rendered = []

    def write(plan, path, renderers):
        rendered.append(path.stem)
        path.write_bytes(b"video")
        path.with_suffix(".json").write_text("{}")

    clock = iter(range(0, 10_000, 20))
    monkeypatch.setattr("peea.synthetic.study_files.write_recording", write)
    monkeypatch.setattr("peea.synthetic.study_files.time.process_time", lambda: float(next(clock)))
    count = render_study(tmp_path, 2.0, lambda: lambda person: None)
    assert 0 < count == len(rendered) < 12
    expected = sorted((each for each in planned if not each.too_dark), key=lambda each: each.place)
    assert rendered == [each.recording for each in expected[:count]]
    again = render_study(tmp_path, 2.0, lambda: lambda person: None)
    assert again > count
    assert len(set(rendered)) == len(rendered), "nothing is rendered twice"


def test_recordings_are_small_and_long_enough_for_a_stable_grade(planned):
    plan = recording_plan(planned[0], 320, 240, 3)
    assert plan.frame_count == 24
    assert 1 / plan.frames_a_second < StabilityRules().stable_s


def test_the_committed_study_names_the_graders_output_for_recordings_that_count():
    study = demonstration_study()
    assert study is not None
    assert study.patients == 182
    excluded = {each.recording for each in study.recordings if each.excluded}
    with_output = {each.recording for each in study.recordings if each.output is not None}
    assert with_output
    assert not with_output & excluded
