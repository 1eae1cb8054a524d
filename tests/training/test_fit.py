"""Fitting on faces that a network can learn: it learns them, and a killed run ends as the unbroken one."""

import json
import os
import signal
import subprocess
import sys
import textwrap
from dataclasses import asdict, replace

import numpy as np
import pandas as pd
import pytest
import torch

from peea.networks import architecture
from peea.scales import PSPI_ACTIONS
from peea.training.data_set import CROP_SIZE, DataSetError, RatedFaces
from peea.training.fit import CHECKPOINT_FILE, fit, predict
from peea.training.loss import class_weights, pain_loss
from peea.training.plan import FitPlan

PLAN = FitPlan(
    "efficientnet_lite0", start="random", input_size=64, epochs=3, batch_size=16, learning_rate=3e-3, averaging=0.5
)


def bright_faces(count, seed):
    """Faces whose grade is their brightness: nothing but pixels decides."""
    random = np.random.default_rng(seed)
    grades = random.integers(0, 5, count)
    crops = np.clip(random.normal(40 + 45 * grades[:, None, None, None], 12, (count, 24, 24, 3)), 0, 255)
    crops = np.repeat(np.repeat(crops, CROP_SIZE // 24, 1), CROP_SIZE // 24, 2).astype(np.uint8)
    table = pd.DataFrame({"grade": grades, "person": [f"p{index % 7}" for index in range(count)]})
    for name in PSPI_ACTIONS:
        table[name] = grades.astype(float) if name != "AU43" else np.nan
    return RatedFaces(crops, table, table.iloc[:0], "0" * 64)


@pytest.fixture(scope="module")
def unbroken(tmp_path_factory):
    torch.set_num_threads(1)
    return fit(PLAN, bright_faces(192, 0), bright_faces(48, 1), tmp_path_factory.mktemp("unbroken"))


def test_the_network_learns_and_unknown_actions_do_no_harm(unbroken):
    losses = [row["training_loss"] for row in unbroken.curves]
    assert losses[-1] < losses[0] * 0.7
    _, actions = predict(unbroken.network, bright_faces(8, 2), PLAN)
    assert np.isfinite(actions).all()


def test_a_run_killed_between_epochs_ends_as_the_unbroken_one(unbroken, tmp_path):
    script = textwrap.dedent(
        f"""
        import os, signal, sys, torch
        sys.path.insert(0, {os.path.dirname(__file__)!r})
        from test_fit import PLAN, bright_faces, fit
        from pathlib import Path
        torch.set_num_threads(1)
        def kill_after_the_first(epoch, row):
            os.kill(os.getpid(), signal.SIGKILL)
        fit(PLAN, bright_faces(192, 0), bright_faces(48, 1), Path({str(tmp_path)!r}), on_epoch=kill_after_the_first)
        """
    )
    killed = subprocess.run([sys.executable, "-c", script], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert len(json.loads((tmp_path / "curves.json").read_text())) == 1
    resumed = fit(PLAN, bright_faces(192, 0), bright_faces(48, 1), tmp_path)
    for ours, theirs in zip(resumed.curves, unbroken.curves, strict=True):
        assert ours["validation_loss"] == pytest.approx(theirs["validation_loss"], abs=1e-3)


def test_a_folder_with_a_run_of_another_plan_is_refused(tmp_path):
    plan = replace(PLAN, epochs=1)
    faces = bright_faces(16, 0)
    fit(plan, faces, faces, tmp_path)
    with pytest.raises(ValueError, match="another plan"):
        fit(PLAN, faces, faces, tmp_path)


def test_a_checkpoint_from_before_an_option_was_there_goes_on(tmp_path):
    faces = bright_faces(16, 0)
    fit(replace(PLAN, epochs=1), faces, faces, tmp_path)
    saved = torch.load(tmp_path / CHECKPOINT_FILE, weights_only=True)
    older = json.loads(saved["plan"])
    del older["class_balance"]
    torch.save(saved | {"plan": json.dumps(older)}, tmp_path / CHECKPOINT_FILE)
    assert len(fit(replace(PLAN, epochs=1), faces, faces, tmp_path).curves) == 1
    with pytest.raises(ValueError, match="another plan"):
        fit(replace(PLAN, epochs=1, class_balance=0.5), faces, faces, tmp_path)


def test_a_plan_of_a_later_version_is_told():
    plain = asdict(PLAN)
    assert FitPlan.of(json.loads(json.dumps(plain))) == PLAN
    with pytest.raises(ValueError, match=r"does not know .*mixing"):
        FitPlan.of(plain | {"mixing": 0.2})
    with pytest.raises(ValueError, match="does not know"):
        FitPlan.of({})


def test_no_faces_are_refused(tmp_path):
    with pytest.raises(ValueError, match="0 training"):
        fit(PLAN, bright_faces(0, 0), bright_faces(4, 0), tmp_path)


def test_faces_without_action_labels_are_learned_from_their_grade_alone():
    logits, shares = torch.zeros(2, 5), torch.full((2, 6), 0.5, requires_grad=True)
    grades = torch.tensor([0, 4])
    with_none = pain_loss(logits, shares, grades, torch.full((2, 6), float("nan")), PLAN)
    assert with_none.item() == pytest.approx(np.log(5))


def test_the_weights_of_classes_go_from_as_they_come_to_all_alike():
    classes = np.array([0] * 8 + [1] * 2)
    assert class_weights(classes, 2, 0.0).tolist() == [1, 1]
    assert class_weights(classes, 2, 1.0).numpy() * [8, 2] == pytest.approx([10, 10])
    assert class_weights(classes, 2, 0.5).numpy() ** 2 == pytest.approx([10 / 8, 10 / 2])
    assert torch.isfinite(class_weights(classes, 3, 1.0)).all()  # a class without an image


def test_balanced_images_of_a_rare_class_weigh_as_much_as_those_of_a_frequent_one():
    logits, grades = torch.zeros(4, 5), torch.tensor([0, 0, 0, 4])
    logits[3, 4] = -3.0  # the rare one is mistaken
    shares, unknown = torch.full((4, 6), 0.5), torch.full((4, 6), float("nan"))
    weights = class_weights(grades.numpy(), 5, 1.0)
    rare, frequent = (torch.nn.functional.cross_entropy(logits[rows], grades[rows]) for rows in ([3], [0, 1, 2]))
    assert pain_loss(logits, shares, grades, unknown, PLAN, weights).item() == pytest.approx(
        (rare.item() + frequent.item()) / 2
    )


@pytest.mark.parametrize(("name", "rate"), [("sgd", 0.05), ("rmsprop", 1e-4), ("adam", 3e-3)])
def test_every_optimizer_that_is_compared_learns(name, rate, tmp_path):
    torch.set_num_threads(1)
    plan = replace(PLAN, optimizer=name, learning_rate=rate, weight_decay=1e-5, averaging=0.0, epochs=2)
    curves = fit(plan, bright_faces(128, 0), bright_faces(16, 1), tmp_path).curves
    assert curves[-1]["training_loss"] < curves[0]["training_loss"]


def test_an_unknown_optimizer_is_refused(tmp_path):
    faces = bright_faces(16, 0)
    with pytest.raises(ValueError, match="rmsprop"):
        fit(replace(PLAN, optimizer="sgdd"), faces, faces, tmp_path)


def test_the_six_levels_are_learned_where_the_manifest_gives_them(tmp_path):
    plan = replace(PLAN, scale="six levels", epochs=1)
    faces = bright_faces(32, 0)
    with pytest.raises(DataSetError, match="six_level"):
        fit(plan, faces, faces, tmp_path)
    faces.table["six_level"] = 2 * faces.table["grade"] + 2 * (faces.table["grade"] == 4)
    assert predict(fit(plan, faces, faces, tmp_path).network, faces, plan)[0].shape == (32, 6)


def test_actions_alone_are_learned_as_a_pretraining(tmp_path):
    plan = replace(PLAN, grade_weight=0.0, epochs=1)
    head = architecture("efficientnet_lite0")
    torch.manual_seed(plan.seed)
    untouched = head.build().grade_head.weight.detach().clone()
    faces = bright_faces(32, 0)
    learned = fit(replace(plan, weight_decay=0.0, averaging=0.0), faces, faces, tmp_path).network
    assert torch.allclose(learned.grade_head.weight, untouched)
