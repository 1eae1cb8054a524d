"""The main promise, on the committed recordings of people in no training set: what was scripted is what is reported."""

import json

import pytest

from peea.assessment import assess
from peea.demonstration import DEMONSTRATION_FOLDER
from peea.graders import load_grader
from peea.model_cards import read_card
from peea.scales import Context
from peea.synthetic.seeds import dataset_person_seeds

LEAST_RIGHT = 0.9
RECORDINGS = json.loads((DEMONSTRATION_FOLDER / "index.json").read_text())["recordings"]


@pytest.fixture(scope="module")
def assessed():
    """Every recording with its entry in the index, scored by the released grader."""
    grader = load_grader()
    return [
        (entry, assess(DEMONSTRATION_FOLDER / entry["file"], grader, context=Context(entry["context"])))
        for entry in RECORDINGS
    ]


def test_nine_of_ten_gradable_recordings_get_the_scripted_grade_and_none_is_far_off(assessed):
    gradable = [(entry, assessment) for entry, assessment in assessed if entry["gradable"]]
    assert len(gradable) >= 10
    said = {entry["name"]: (assessment.report_grade, entry["grade"]) for entry, assessment in gradable}
    right = [grade == scripted for grade, scripted in said.values()]
    assert sum(right) / len(right) >= LEAST_RIGHT, said
    assert all(grade is not None and abs(grade - scripted) <= 1 for grade, scripted in said.values()), said


def test_what_cannot_be_graded_is_refused_for_the_right_reason(assessed):
    refused = [(entry, assessment) for entry, assessment in assessed if not entry["gradable"]]
    assert len(refused) >= 2
    for entry, assessment in refused:
        assert assessment.report_grade is None, entry["name"]
        assert assessment.timeline.main_problem == entry["why_not"], entry["name"]


def test_a_visitor_is_counted_and_never_graded(assessed):
    (visit,) = [assessment for entry, assessment in assessed if entry["name"] == "visitor"]
    with_visitor = [frame for frame in visit.frames if frame.other_faces]
    assert with_visitor
    middles = [(frame.box[0] + frame.box[2]) / 2 for frame in visit.frames if frame.probabilities is not None]
    assert max(middles) - min(middles) < visit.width / 4  # the graded face stays the one that it was


def test_their_people_are_in_no_training_set():
    people = {entry["patient"]["person_seed"] for entry in RECORDINGS if entry["patient"]}
    assert read_card()["data"]["synthetic"]
    for seed in range(4):
        assert people.isdisjoint(dataset_person_seeds(seed, 999))
