"""The whole road of a still with the real renderer: slow, so only a handful of pictures."""

import hashlib
from pathlib import Path

import cv2
import numpy as np
import pytest

from peea.synthetic.dataset import dataset_plan, make_dataset

pytestmark = pytest.mark.render


def hashes(folder: Path) -> dict[str, str]:
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in folder.rglob("*.*")}


def test_two_runs_with_other_numbers_of_processes_are_equal_byte_for_byte(tmp_path):
    plan = dataset_plan(people=2, images=6, seed=11, size=128)
    make_dataset(plan, tmp_path / "one", workers=2)
    make_dataset(plan, tmp_path / "two", workers=1)
    assert hashes(tmp_path / "one") == hashes(tmp_path / "two")
    marks = np.load(tmp_path / "one" / "landmarks.npz")
    assert marks["visible"].mean() > 0.5
    right, left = marks["five"][:, 0], marks["five"][:, 1]
    assert (left[:, 0] > right[:, 0]).all()
    for name, eyes in zip(marks["image"], marks["five"][:, :2], strict=True):
        picture = cv2.imread(str(tmp_path / "one" / str(name)))
        assert picture.shape == (128, 128, 3)
        assert picture.std() > 2
        assert ((eyes > 0) & (eyes < 128)).all()
