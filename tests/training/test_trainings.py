"""The command on a card repeats the training that it stands for."""

from __future__ import annotations

import shlex

import pytest
from typer.testing import CliRunner

from peea.training import commands
from peea.training.experiments import EXPERIMENTS, experiment
from peea.training.trainings import training_command


class Faces:
    """Stands for a data set, which this test does not need."""

    def part(self, split: str, part: str) -> range:
        return range({"train": 80, "validation": 20}[part])


@pytest.mark.parametrize("name", [each.name for each in EXPERIMENTS])
def test_the_command_of_every_training_makes_the_same_plan(monkeypatch, name):
    planned, split = experiment(name).plan, experiment(name).split
    plans = []

    def fit_nothing(plan, *_):
        plans.append(plan)
        raise ValueError("enough is known")

    monkeypatch.setattr(commands, "_load", lambda data: Faces())
    monkeypatch.setattr(commands, "fit", fit_nothing)
    program, *arguments = shlex.split(training_command(planned, split))
    assert program == "peea"
    CliRunner().invoke(commands.app, arguments)
    assert plans == [planned]
    assert arguments[arguments.index("--split") + 1] == split
