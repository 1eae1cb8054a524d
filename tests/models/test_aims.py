"""What was aimed at: every aim has its outcome, whichever way it fell, and what was not measured says so."""

import json

import pytest

from peea.model_cards import DEFAULT_MODEL
from peea.model_results import LearningPoint, read_results
from peea.model_results.aims import AIMS, accuracy_with, outcomes
from peea.model_results.training_tables import aims_table
from peea.model_results.words import more_images_sentence
from tests.models.made_up_results import block, card, fill


@pytest.fixture
def trainings(tmp_path):
    fill(tmp_path, DEFAULT_MODEL)
    return read_results(tmp_path).trainings


def outcome(found, network, what, split="patients"):
    return next(each for each in found if (each.network, each.aim.what, each.aim.split) == (network, what, split))


def test_every_network_that_is_held_to_an_aim_has_a_row_of_it(trainings):
    found = outcomes(trainings)
    assert len(found) == sum(len(aim.networks) for aim in AIMS)
    assert len(aims_table(found)) == len(found)


def test_what_was_never_trained_is_not_measured():
    found = outcomes([])
    assert all(each.met is None for each in found)
    assert set(aims_table(found)["Verdict"]) == {"not measured"}


@pytest.mark.parametrize(("accuracy", "met"), [(0.94, False), (0.97, True)])
def test_a_share_must_be_as_high_as_asked_or_higher(tmp_path, accuracy, met):
    written = card("resnet50", "resnet50", "ResNet50", accuracy)
    written["figures"] = {"patients_test": block("patients", "test", accuracy - 0.01)}  # raters agree: 0.01 more
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / "resnet50.json").write_text(json.dumps(written))
    found = outcomes(read_results(tmp_path).trainings)
    each = outcome(found, "resnet50", "Right grade where raters agree")
    assert (each.reached, each.met) == (pytest.approx(accuracy), met)
    off = outcome(found, "resnet50", "Two grades off or more")
    assert (off.reached, off.met) == (0.002, True)
    assert outcome(found, "resnet50", "Right grade where raters agree", "random").met is None


def test_the_worst_group_of_people_counts_and_groups_of_pictures_do_not(tmp_path):
    written = card("resnet50", "resnet50", "ResNet50", 0.9)
    judged = block("patients", "test", 0.9)
    for row, share in zip(judged["subgroups"], (0.01, 0.02, 0.06, 0.0, 0.5, 0.0), strict=True):
        row["imitating_over_graded"] = share
    written["figures"] = {"patients_test": judged}
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / "resnet50.json").write_text(json.dumps(written))
    worst = outcome(
        outcomes(read_results(tmp_path).trainings),
        "resnet50",
        "Imitated pain graded obvious or worse, worst of sexes, ages and skin tones",
    )
    assert (worst.reached, worst.met) == (0.06, False)


def points(errors):
    return [LearningPoint(images, 112, 1 - error, None, None, None) for images, error in errors]


def test_errors_that_fall_with_the_root_of_the_images_are_continued_so():
    curve = points((n, 2 * n**-0.5) for n in (100, 400, 1600))
    assert accuracy_with(curve, 10_000) == pytest.approx(1 - 2 / 100)
    assert "up to 1,600" in more_images_sentence(curve)
    assert "about 98 % right" in more_images_sentence(curve)


@pytest.mark.parametrize("errors", [[(100, 0.2), (200, 0.3)], [(100, 0.2)], []])
def test_errors_that_do_not_fall_promise_nothing(errors):
    assert accuracy_with(points(errors), 1000) is None
    assert more_images_sentence(points(errors)) == ""
