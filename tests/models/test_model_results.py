"""Reading the results of trainings: what is there, what is not, what is broken; and what is said of them."""

import json
from typing import Any

import pytest

from peea.model_cards import DEFAULT_MODEL, MODELS_FOLDER
from peea.model_results import (
    PATIENTS,
    RANDOM,
    default_training,
    improved_and_plain,
    read_results,
    rivals,
    whole_courses,
)
from peea.model_results.tables import (
    accuracy_table,
    by_label_table,
    confusion_table,
    group_table,
    on_benchmark,
    on_test,
    published_table,
)
from peea.model_results.training_tables import (
    augmentation_table,
    course_table,
    learning_table,
    space_table,
    training_table,
)
from peea.model_results.words import fairness_sentences, improvement_sentence, limits_sentence, trust_sentence
from peea.output_scales import GRADE_SCALE, SIX_LEVEL_SCALE
from peea.plots import course_figure
from tests.models.made_up_results import block, card, fill, write


@pytest.fixture
def results(tmp_path):
    fill(tmp_path, DEFAULT_MODEL)
    write(tmp_path / "results" / "published.json", json.loads((MODELS_FOLDER / "results/published.json").read_text()))
    found = read_results(tmp_path)
    assert not found.problems
    return found


def named(results, title, split=PATIENTS):
    return next(each for each in results.trainings if each.title == title and each.split == split)


def test_an_empty_folder_is_an_empty_state(tmp_path):
    found = read_results(tmp_path / "nothing")
    assert found.trainings == ()
    assert found.augmentation is None
    assert found.search is None
    assert found.problems == ()


@pytest.mark.parametrize("broken", ["{", "[]", '{"network": "resnet50"}', '{"network": "vgg19", "scale": "moods"}'])
def test_a_broken_file_is_told_by_name_and_the_others_are_read(tmp_path, broken):
    fill(tmp_path, DEFAULT_MODEL)
    (tmp_path / "results" / "vgg19.json").write_text(broken)
    found = read_results(tmp_path)
    (problem,) = found.problems
    assert "results/vgg19.json" in problem
    assert len(found.trainings) == 5


def test_the_default_model_stands_first_and_patient_disjoint_before_random(results):
    assert results.trainings[0].name == DEFAULT_MODEL
    splits = [each.split for each in results.trainings]
    assert splits == sorted(splits, key=lambda split: split == RANDOM)
    assert default_training(results.trainings).released


def test_the_answer_says_how_many_of_ten_on_whom_and_that_it_is_not_validated(results):
    training = default_training(results.trainings)
    assert trust_sentence(training) == (
        f"Improved ResNet50 ({DEFAULT_MODEL} 9.9.9) grades here. It gives the right grade of five in more than 9 of 10 "
        "faces of simulated patients that it has never seen."
    )
    assert "60 images of 6 made-up patients" in limits_sentence(training)
    assert "Not clinically validated" in limits_sentence(training)


def test_a_model_that_was_not_judged_gets_no_figure(tmp_path):
    plain = card(DEFAULT_MODEL, "resnet50", "ResNet50", 0.9) | {"figures": {}}
    write(tmp_path / DEFAULT_MODEL / "card.json", plain)
    training = default_training(read_results(tmp_path).trainings)
    assert "has not been measured" in trust_sentence(training)


def test_random_figures_of_a_network_that_saw_those_images_are_not_its_test(tmp_path):
    plain = card(DEFAULT_MODEL, "resnet50", "ResNet50", 0.9)
    plain["figures"] = {"random_test": block("random", "test", 0.999)}
    write(tmp_path / DEFAULT_MODEL / "card.json", plain)
    training = default_training(read_results(tmp_path).trainings)
    assert training.test is None
    assert accuracy_table(on_test([training])).empty


def test_the_benchmark_stands_apart_from_the_parts_of_the_data_set(tmp_path):
    plain = card(DEFAULT_MODEL, "resnet50", "ResNet50", 0.9)
    plain["figures"]["benchmark"] = block("none", "test", 0.7)
    write(tmp_path / DEFAULT_MODEL / "card.json", plain)
    trainings = read_results(tmp_path).trainings
    assert list(accuracy_table(on_test(trainings))["Right"]) == ["90.0 %"]
    assert list(accuracy_table(on_benchmark(trainings))["Right"]) == ["70.0 %"]


def test_tables_without_a_row_are_an_empty_state(tmp_path):
    write(tmp_path / "results" / "augmentation.json", {"command": "", "network": "", "rows": []})
    write(tmp_path / "results" / "search.json", {"network": "", "space": {}, "evaluations": []})
    found = read_results(tmp_path)
    assert (found.augmentation, found.search, found.problems) == (None, None, ())


def test_improved_against_plain_in_accuracy_and_in_time_to_the_plain_ones_best(results):
    (pair,) = improved_and_plain(results.trainings)
    assert (pair.improved.name, pair.plain.name) == (DEFAULT_MODEL, "resnet50_plain")
    # The plain network's best is 0.92 in its fourth epoch; the improved one passes that in its second.
    assert (pair.seconds_plain, pair.seconds_improved) == (240, 120)
    assert improvement_sentence(pair) == (
        "Improved ResNet50 is right more often than Plain ResNet50: 96.5 % against 91.0 %. To the plain network's best "
        "validation accuracy, 92.0 %, it took 2 min; the plain 4 min."
    )


def test_an_improvement_that_fell_the_other_way_is_reported_as_such(tmp_path):
    write(tmp_path / DEFAULT_MODEL / "card.json", card(DEFAULT_MODEL, "resnet50", "ResNet50", 0.8))
    write(tmp_path / "results" / "resnet50_plain.json", card("resnet50_plain", "resnet50", "Plain", 0.95))
    (pair,) = improved_and_plain(read_results(tmp_path).trainings)
    assert "ResNet50 is right less often than Plain: 80.0 % against 95.0 %" in improvement_sentence(pair)
    assert "never reached" in improvement_sentence(pair)


def test_networks_are_compared_within_one_scale_and_split(results):
    pair = rivals(results.trainings, ("efficientnet_b4s", "efficientnet_b4"))
    assert [each.network for each in pair] == ["efficientnet_b4s", "efficientnet_b4"]
    assert {each.scale for each in pair} == {SIX_LEVEL_SCALE}


def test_a_network_trained_for_longer_does_not_stand_against_one_that_was_not(tmp_path):
    for name, network, epochs in (("b4s", "b4s", 8), ("b4s_short", "b4s", 20), ("b4", "b4", 20)):
        made = card(name, network, name, 0.9) | {"plan": {"epochs": epochs, "start": "random"}}
        write(tmp_path / (f"{name}/card.json" if name == "b4s" else f"results/{name}.json"), made)
    pair = rivals(read_results(tmp_path).trainings, ("b4s", "b4"))
    assert [each.name for each in pair] == ["b4s_short", "b4"]


def test_table_3_has_our_rows_and_the_papers_marked_as_its_own(results):
    table = training_table(results)
    first, second, last = table.iloc[0], table.iloc[1], table.iloc[-1]
    assert (first["Settings"], second["Settings"]) == ("improved", "plain")
    assert (first["Training right"], first["Validation right"], first["Test right"]) == ("98.0 %", "97.5 %", "96.5 %")
    assert first["Training time"] == "4 min"
    assert last["Whose figures"] == "Yang et al. 2024, other data"
    assert last["Test right"] == "98.2 %"
    assert set(table["Whose figures"][:-1]) == {"Ours, simulated patients"}


def test_the_time_of_a_pretraining_stands_beside_that_of_the_training(tmp_path):
    def starts_from(name: str) -> dict[str, dict[str, str]]:
        return {"plan": {"start": f"trained:runs/{name}/trained.safetensors"}}

    (tmp_path / "results" / "pretraining").mkdir(parents=True)
    for file, each in (
        ("pretraining/first.json", card("first", "resnet50", "First", 0.2) | {"training_seconds": 1500}),
        (
            "pretraining/second.json",
            card("second", "resnet50", "Second", 0.3) | {"training_seconds": 600} | starts_from("first"),
        ),
        ("pretraining/itself.json", card("itself", "resnet50", "Itself", 0.3) | starts_from("itself")),
        ("later.json", card("later", "resnet50", "Later", 0.9) | starts_from("first")),
        ("last.json", card("last", "resnet50", "Last", 0.9) | starts_from("second")),
        ("odd.json", card("odd", "resnet50", "Odd", 0.9) | starts_from("itself") | {"training_seconds": 60}),
        ("alone.json", card("alone", "vgg19", "Alone", 0.7)),
    ):
        write(tmp_path / "results" / file, each)
    table = training_table(read_results(tmp_path)).set_index("Model")
    assert table["Pretraining"].to_dict() == {
        "Alone (alone)": "–",
        "Later (later)": "25 min",
        "Last (last)": "35 min",
        "Odd (odd)": "4 min",
    }


def test_the_course_of_a_training_begins_with_the_first_it_builds_on(tmp_path):
    def made(name: str, start: str, grade_weight: float, input_size: int) -> dict[str, Any]:
        plan = {"start": start, "grade_weight": grade_weight, "input_size": input_size}
        return card(name, "resnet50", name, 0.9) | {"plan": plan}

    (tmp_path / "results" / "pretraining").mkdir(parents=True)
    write(tmp_path / "results" / "pretraining" / "actions.json", made("actions", "random", 0.0, 80))
    write(tmp_path / "results" / "small.json", made("small", "trained:runs/actions/trained.safetensors", 1.0, 80))
    write(tmp_path / "large" / "card.json", made("large", "trained:runs/small/trained.safetensors", 1.0, 112))
    write(tmp_path / "results" / "alone.json", made("alone", "random", 1.0, 80))
    trainings = read_results(tmp_path).trainings
    (large, alone) = whole_courses(trainings, GRADE_SCALE)
    assert (large.name, alone.name) == ("large", "alone")
    assert [each.name for each in large.before] == ["actions", "small"]
    epochs = len(large.curves)
    once = sum(point.seconds for point in large.curves)
    assert [point.input_size for point in large.course] == [80] * epochs + [112] * epochs
    assert large.course[0].seconds == pytest.approx(once + large.curves[0].seconds)  # the actions took time first
    assert large.course[-1].seconds == pytest.approx(3 * once)
    assert large.course[-1].validation_accuracy == large.curves[-1].validation_accuracy
    table = course_table([large])
    assert list(table["Picture"]) == ["80 px"] * epochs + ["112 px"] * epochs
    figure = course_figure([large, alone])
    assert [trace.name for trace in figure.data] == ["large", "alone"]
    assert figure.data[0].x[-1] == pytest.approx(3 * once / 60)
    assert figure.data[0].y[-1] == pytest.approx(100 * large.curves[-1].validation_accuracy)


def test_epochs_that_taught_another_scale_count_as_time_only(tmp_path):
    write(tmp_path / "results" / "pretraining" / "grades.json", card("grades", "resnet50", "Grades", 0.9))
    start = {"start": "trained:runs/grades/trained.safetensors"}
    six = card("six", "resnet50", "Six", 0.9, scale="six levels") | {"plan": start}
    write(tmp_path / "results" / "six.json", six)
    (training,) = whole_courses(read_results(tmp_path).trainings, SIX_LEVEL_SCALE)
    assert len(training.course) == len(training.curves)
    assert training.course[0].seconds == pytest.approx(240 + training.curves[0].seconds)


def test_levels_stand_beside_the_cancer_papers(results):
    table = by_label_table(results.trainings, SIX_LEVEL_SCALE, results.published)
    ours, theirs = table.iloc[0], table.iloc[-1]
    assert ours["0 No pain"] == "93.0 %"
    assert theirs["2 Slight pain"] == "82.1 %"
    assert theirs["Mean"] == "94.7 %"
    assert "volunteers" in theirs["Judged on"]


def test_every_published_figure_has_a_source_and_says_on_what_data(results):
    table = published_table(results)
    assert (table[["Figure", "Value", "Data", "Source"]] != "").all(axis=None)
    assert set(table["Source"]) == {"Yang et al. 2024", "Chen, Liang, Yang 2023", "Hammal & Cohn 2012"}


def test_the_search_stands_beside_what_the_paper_found(results):
    table = space_table(results.search, results.published).set_index("Searched")
    assert table.loc["Learning rate", "Found here"] == "0.08"
    assert table.loc["Learning rate", "Found in the paper, on other data"] == "0.1679"
    assert list(table["Drawn"]) == ["logarithmically", "evenly", "logarithmically"]


def test_gaps_between_groups_are_named_and_chance_only_where_intervals_overlap(results):
    said = fairness_sentences(named(results, "VGG19").test)
    sex, tone = said
    assert "female (90.0 %)" in sex
    assert "overlap" in sex
    assert "dark (80.0 %), most often for light (95.0 %)" in tone
    assert "overlap" not in tone


def test_groups_have_intervals_and_stand_in_their_natural_order(results):
    table = group_table(named(results, "VGG19").test.subgroups)
    assert list(table["Value"]) == ["Female", "Male", "light", "dark", "up to 15 degrees", "over 25 degrees"]
    assert table["95 % interval"].iloc[0] == "86.0 to 93.0 %"


def test_the_other_tables_say_what_was_written(results):
    table = augmentation_table(results.augmentation)
    assert list(table["Test right"]) == ["79.0 %", "81.0 %", "83.0 %", "85.0 %", "87.0 %"]
    table = learning_table(results.learning.more_images)
    assert list(table["Training images"]) == [300, 1200, 4800]
    assert list(table["95 % interval"]) == ["58.0 to 63.0 %", "67.0 to 72.0 %", "75.0 to 80.0 %"]
    assert list(learning_table(results.learning.larger_pictures)["PSPI, ICC(A,1)"]) == ["–", "–"]
    training = named(results, "VGG19")
    counts = confusion_table(training.test.usable, training.scale)
    assert counts.iloc[:, 1:].to_numpy().sum() == training.test.usable.images
    assert [each.images for each in training.test.usable.reliability] == [20, 180], "empty bins are left out"


def test_the_released_cards_and_results_can_all_be_read():
    found = read_results()
    assert found.problems == ()
    assert default_training(found.trainings) is not None
    assert len(found.published) >= 10
