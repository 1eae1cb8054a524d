"""Fitting on faces that a network can learn: it learns them, and a killed run ends as the unbroken one."""

import json
import os
import signal
import subprocess
import sys
import textwrap

import numpy as np
import pandas as pd
import pytest
import torch

from peea.scales import PSPI_ACTIONS
from peea.training.augmentation import NO_AUGMENTATION, Augmentation, augment
from peea.training.data_set import CROP_SIZE, RatedFaces
from peea.training.fit import FitPlan, fit, pain_loss, predict

PLAN = FitPlan("efficientnet_lite0", start="random", input_size=64, epochs=3, batch_size=16, learning_rate=3e-3)


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
    plan = FitPlan("efficientnet_lite0", start="random", input_size=64, epochs=1, batch_size=16)
    faces = bright_faces(16, 0)
    fit(plan, faces, faces, tmp_path)
    with pytest.raises(ValueError, match="another plan"):
        fit(PLAN, faces, faces, tmp_path)


def test_no_faces_are_refused(tmp_path):
    with pytest.raises(ValueError, match="0 training"):
        fit(PLAN, bright_faces(0, 0), bright_faces(4, 0), tmp_path)


def test_faces_without_action_labels_are_learned_from_their_grade_alone():
    logits, shares = torch.zeros(2, 5), torch.full((2, 6), 0.5, requires_grad=True)
    grades = torch.tensor([0, 4])
    with_none = pain_loss(logits, shares, grades, torch.full((2, 6), float("nan")), action_weight=2.0)
    assert with_none.item() == pytest.approx(np.log(5))


def test_augmentation_is_seeded_and_can_be_switched_off():
    crop = np.random.default_rng(0).integers(0, 256, (CROP_SIZE, CROP_SIZE, 3)).astype(np.uint8)
    first, again = (augment(crop, 160, Augmentation(), np.random.default_rng(5)) for _ in range(2))
    other = augment(crop, 160, Augmentation(), np.random.default_rng(6))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
    assert np.array_equal(augment(crop, CROP_SIZE, NO_AUGMENTATION, np.random.default_rng(5)), crop)


def test_flipping_mirrors_the_face():
    crop = np.zeros((CROP_SIZE, CROP_SIZE, 3), np.uint8)
    crop[:, : CROP_SIZE // 2] = 200
    only_flip = Augmentation(0, 0, 0, True, 0, 0, 0, 0, 0, 0, 0)
    seen = {augment(crop, CROP_SIZE, only_flip, np.random.default_rng(seed))[10, 10, 0] for seed in range(12)}
    assert seen == {0, 200}
