"""Bayesian search: it is kept, goes on after a kill, refuses another way of training, and finds what learns."""

import os
import signal
import subprocess
import sys
import textwrap
from dataclasses import replace

import pytest
import torch

from peea.training.augmentation import NO_AUGMENTATION
from peea.training.plan import FitPlan
from peea.training.search import (
    PAPER_SPACE,
    SearchError,
    SearchPlan,
    best_of,
    best_so_far,
    evaluations_of,
    search,
    search_report,
)
from tests.training.test_fit import bright_faces

BASE = FitPlan(
    "efficientnet_lite0",
    start="random",
    input_size=32,
    epochs=1,
    batch_size=8,
    optimizer="sgd",
    averaging=0.0,
    augmentation=NO_AUGMENTATION,
)
PLAN = SearchPlan(BASE, evaluations=3)


@pytest.fixture(autouse=True)
def one_thread():
    torch.set_num_threads(1)


def test_a_search_keeps_what_it_tried_and_goes_on_after_a_kill(tmp_path):
    journal = tmp_path / "search.journal"
    script = textwrap.dedent(
        f"""
        import os, signal
        from pathlib import Path
        import torch
        from tests.training.test_search import PLAN
        from tests.training.test_fit import bright_faces
        from peea.training import search as module
        torch.set_num_threads(1)
        module.search(PLAN, bright_faces(32, 0), bright_faces(16, 1), Path({str(journal)!r}),
                      lambda *_: os.kill(os.getpid(), signal.SIGKILL))
        """
    )
    killed = subprocess.run([sys.executable, "-c", script], check=False, cwd=os.getcwd())
    assert killed.returncode == -signal.SIGKILL
    before = evaluations_of(PLAN, journal)
    assert [each["state"] for each in before] == ["complete"]
    told = []
    after = search(PLAN, bright_faces(32, 0), bright_faces(16, 1), journal, lambda *row: told.append(row))
    assert after[0] == before[0]
    assert sum(each["state"] == "complete" for each in after) == 3
    assert [row[0] for row in told] == [2, 3]
    for each in after:
        for name, limits in PAPER_SPACE.items():
            assert limits.low <= each[name] <= limits.high
    best = best_of(after)
    assert best_so_far(after)[-1] == best["objective"] == min(each["objective"] for each in after)
    with pytest.raises(SearchError, match="another way"):
        search(SearchPlan(replace(BASE, batch_size=4)), bright_faces(8, 0), bright_faces(8, 1), journal)
    report = search_report([PLAN, SearchPlan(replace(BASE, optimizer="adam"))], journal)
    assert report["space"]["learning_rate"] == [0.01, 1.0, "log"]
    assert [row["optimizer"] for row in report["optimizers"]] == ["SGD with momentum"]


def test_an_optimizer_without_a_space_is_refused(tmp_path):
    with pytest.raises(SearchError, match="sgd, rmsprop, adam"):
        search(SearchPlan(replace(BASE, optimizer="adamw")), bright_faces(8, 0), bright_faces(8, 1), tmp_path / "j")


def test_a_search_without_evaluations_has_no_best():
    with pytest.raises(SearchError, match="no evaluation"):
        best_of([])
