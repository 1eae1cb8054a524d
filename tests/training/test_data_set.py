"""Rated images: what a manifest must hold, and crops that are kept only while normalisation still makes them so."""

import cv2
import numpy as np
import pandas as pd
import pytest

from peea.training import data_set
from peea.training.data_set import CROP_SIZE, DataSetError, load_rated_faces, read_manifest

GREYS = (60, 120, 180)


@pytest.fixture
def folder(tmp_path):
    """Three grey pictures of three patients."""
    for number, grey in enumerate(GREYS):
        cv2.imwrite(str(tmp_path / f"{number}.png"), np.full((64, 64, 3), grey, np.uint8))
    table = pd.DataFrame({"image": [f"{n}.png" for n in range(3)], "person": ["a", "b", "c"], "grade": [0, 2, 4]})
    table["split_patients"] = ["train", "validation", "test"]
    table.to_csv(tmp_path / "manifest.csv", index=False)
    return tmp_path


@pytest.fixture
def normalised(monkeypatch):
    """Let every picture be its own face, without a pool of processes; returns the files that were looked at."""
    looked_at = []
    brighter = {"by": 0}

    def whole_picture(file):
        looked_at.append(file.name)
        picture = cv2.imread(str(file), cv2.IMREAD_COLOR_RGB)
        return np.full((CROP_SIZE, CROP_SIZE, 3), picture[0, 0, 0] + brighter["by"], np.uint8), "", 100.0

    class InThisProcess:
        def __init__(self, *_, **__): ...

        def __enter__(self):
            return self

        def __exit__(self, *_): ...

        def map(self, function, things, chunksize):
            return map(function, things)

    monkeypatch.setattr(data_set, "_normalised", whole_picture)
    monkeypatch.setattr(data_set, "ProcessPoolExecutor", InThisProcess)
    return looked_at, brighter


@pytest.mark.usefixtures("normalised")
def test_faces_are_normalised_once_and_kept(folder):
    steps = []
    first = load_rated_faces(folder, lambda done, total: steps.append((done, total)))
    assert [int(crop[0, 0, 0]) for crop in first.crops] == list(GREYS)
    assert steps == [(1, 3), (2, 3), (3, 3)]
    steps.clear()
    assert np.array_equal(load_rated_faces(folder, lambda done, total: steps.append(done)).crops, first.crops)
    assert not steps


def test_crops_of_another_normalisation_are_made_anew(folder, normalised):
    _, brighter = normalised
    load_rated_faces(folder)
    brighter["by"] = 9
    assert [int(crop[0, 0, 0]) for crop in load_rated_faces(folder).crops] == [grey + 9 for grey in GREYS]


@pytest.mark.usefixtures("normalised")
def test_parts_are_those_of_the_split(folder):
    faces = load_rated_faces(folder)
    assert faces.part("patients", "test").grades.tolist() == [4]
    with pytest.raises(DataSetError, match="no split 'random'"):
        faces.part("random", "test")


def test_a_patient_on_both_sides_of_the_split_is_refused(folder):
    table = pd.read_csv(folder / "manifest.csv")
    table["person"] = ["a", "b", "a"]
    table.to_csv(folder / "manifest.csv", index=False)
    with pytest.raises(DataSetError, match="patient a stands in more than one part"):
        read_manifest(folder)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda table: table.drop(columns="grade"), "lacks the columns grade"),
        (lambda table: table.assign(grade=[0, 9, 1]), "row 3: grade is 9"),
        (lambda table: table.assign(image=["0.png", "gone.png", "2.png"]), "gone.png"),
    ],
)
def test_what_is_wrong_with_a_manifest_is_said(folder, change, said):
    change(pd.read_csv(folder / "manifest.csv")).to_csv(folder / "manifest.csv", index=False)
    with pytest.raises(DataSetError, match=said):
        read_manifest(folder)


def test_a_folder_without_a_manifest_says_how_to_make_one(tmp_path):
    with pytest.raises(DataSetError, match="peea synth dataset"):
        read_manifest(tmp_path)
