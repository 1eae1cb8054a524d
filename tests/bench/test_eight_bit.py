"""What is said of eight-bit integers, and what is asked for to measure them."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from peea.bench.eight_bit import Material, Row, agreement, main, material, section
from peea.model_cards import MODELS_FOLDER

FEW = np.array([[0.9, 0.1, 0.0, 0.0, 0.0], [0.2, 0.5, 0.3, 0.0, 0.0]])


@pytest.fixture(scope="module")
def untrained() -> Material:
    return material("resnet50", MODELS_FOLDER / "no such folder")


def rows(found) -> list[Row]:
    return [Row("f32", False, 20.0, 40.0, found), Row("bf16", False, 9.0, 18.0, found), Row("i", True, 4.5, 9.0, found)]


def test_grades_agree_within_a_limit_and_not_past_it():
    assert agreement(FEW, FEW).agrees
    near = agreement(FEW + 0.019, FEW)
    assert near.agrees
    assert near.largest_difference == pytest.approx(0.019)
    assert not agreement(FEW + 0.021, FEW).agrees
    swapped = agreement(FEW[:, [1, 0, 2, 3, 4]], FEW)
    assert (swapped.agrees, swapped.same_grade, swapped.faces) == (False, 0.0, 2)


def test_the_verdict_follows_from_the_grades(untrained):
    assert "2.0 times as fast as bf16, and give the same grades" in section(untrained, rows(agreement(FEW, FEW)))
    assert "but do not give the same grades" in section(untrained, rows(agreement(FEW + 0.3, FEW)))


def test_without_trained_weights_only_the_speed_is_said(untrained):
    text = section(untrained, rows(None))
    assert "## resnet50 at 224 px (random weights" in text
    assert "2.0 times as fast as bf16." in text
    assert "same grades" not in text


def test_without_nncf_it_says_what_to_install(monkeypatch, capsys):
    monkeypatch.setenv("NNCF_CI", "1")
    monkeypatch.setitem(sys.modules, "nncf", None)
    assert main(["lite0"]) == 2
    assert "pip install -r requirements-eight-bit.txt" in capsys.readouterr().err
