"""Experiments: trained, judged and written once, released or as figures alone."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch

from peea.graders import load_grader
from peea.training import experiments
from peea.training.experiments import (
    EXPERIMENTS,
    Experiment,
    augmentation_table,
    experiment,
    is_done,
    planned,
    run_experiment,
)
from tests.training.test_fit import PLAN, bright_faces


@pytest.fixture
def faces():
    torch.set_num_threads(1)
    faces = bright_faces(60, 0)
    faces.table["split_patients"] = np.where(
        faces.table["person"] == "p0", "test", np.where(faces.table["person"] == "p1", "validation", "train")
    )
    faces.table["usable"] = True
    faces.table["consistent"] = 1
    return faces


def tiny(name, **changes):
    return Experiment(name, replace(PLAN, epochs=1), **changes)


def test_a_released_experiment_can_be_loaded_and_is_not_run_again(faces, tmp_path):
    of = tiny("tiny", released=True, title="Tiny one")
    models, runs = tmp_path / "models", tmp_path / "runs"
    assert not is_done(of, faces, runs, models)
    card = run_experiment(of, tmp_path, faces, runs, "0.0.1", models=models)
    assert is_done(of, faces, runs, models)
    assert not is_done(replace(of, plan=replace(of.plan, seed=2)), faces, runs, models)
    assert load_grader("tiny", models).identity.version == "0.0.1"
    assert card["title"] == "Tiny one"
    for part in ("train", "validation", "test"):
        figures = card["figures"][f"patients_{part}"]["usable_faces"]
        assert figures["images"] == len(faces.part("patients", part))
        assert 0 <= figures["accuracy"] <= 1


def test_figures_alone_are_kept_of_what_is_not_released(faces, tmp_path):
    of = tiny("rival", group="augmentation", images=16)
    run_experiment(of, tmp_path, faces, tmp_path / "runs", "1", models=tmp_path)
    result = json.loads((tmp_path / "results" / "augmentation" / "rival.json").read_text())
    assert "weights" not in result
    assert is_done(of, faces, tmp_path / "runs", tmp_path)
    assert not (tmp_path / "rival").exists()


def test_what_stands_in_two_tables_is_trained_once(faces, tmp_path, monkeypatch):
    twins = (tiny("one", group="augmentation", images=16), tiny("two", group="more_images", images=16))
    monkeypatch.setattr(experiments, "EXPERIMENTS", twins)
    trained = []
    for of in twins:
        run_experiment(of, tmp_path, faces, tmp_path / "runs", "1", lambda *_: trained.append(1), models=tmp_path)
        assert is_done(of, faces, tmp_path / "runs", tmp_path)
    assert len(trained) == 1


def test_a_training_starts_from_the_features_of_its_pretraining(faces, tmp_path):
    pretraining = Experiment("pre", replace(PLAN, epochs=1, grade_weight=0.0), group="pretraining")
    run_experiment(pretraining, tmp_path, faces, tmp_path / "runs", "1", models=tmp_path)
    of = tiny("after", pretrained_by="pre")
    assert planned(of, tmp_path / "runs").start.endswith("pre/trained.safetensors")
    card = run_experiment(of, tmp_path, faces, tmp_path / "runs", "1", models=tmp_path)
    assert card["start"] == "features of an earlier training, pre"


def test_what_the_search_found_goes_into_the_plan(tmp_path):
    of = tiny("improved", searched=True)
    with pytest.raises(ValueError, match="peea search"):
        planned(of, tmp_path / "runs", tmp_path)
    (tmp_path / "results").mkdir()
    best = {"number": 7, "learning_rate": 0.3, "momentum": 0.85, "weight_decay": 1e-5, "objective": 0.2}
    (tmp_path / "results" / "search.json").write_text(json.dumps({"best": best}))
    plan = planned(of, tmp_path / "runs", tmp_path)
    assert (plan.learning_rate, plan.momentum, plan.weight_decay) == (0.3, 0.85, 1e-5)
    assert (
        replace(plan, learning_rate=of.plan.learning_rate, momentum=of.plan.momentum, weight_decay=of.plan.weight_decay)
        == of.plan
    )


def test_the_table_of_augmentations_waits_for_its_results(tmp_path):
    assert augmentation_table(tmp_path)["rows"] == []


def test_names_are_unique_and_what_others_start_from_comes_first():
    names = [(each.group, each.name) for each in EXPERIMENTS]
    assert len(names) == len(set(names))
    seen = set()
    for each in EXPERIMENTS:
        assert each.pretrained_by is None or each.pretrained_by in seen
        seen.add(each.name)
    with pytest.raises(ValueError, match="resnet50_plain"):
        experiment("resnet51")
