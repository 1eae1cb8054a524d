"""Loading and using released models, as a ward PC does it."""

import json
import pickle

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from peea.graders import ModelDamagedError, ModelMissingError, load_grader, model_names, sha256_of
from peea.networks import architecture
from peea.scales import PSPI_ACTIONS


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    """A folder with one model of random weights under the name small."""
    folder = tmp_path_factory.mktemp("models")
    torch.manual_seed(3)
    write_model(folder, "small", architecture("efficientnet_lite0").build().state_dict())
    return folder


def write_model(folder, name, tensors, **changes):
    target = folder / name
    target.mkdir()
    save_file({key: tensor.contiguous() for key, tensor in tensors.items()}, target / "weights.safetensors")
    card = {
        "name": name,
        "version": "1.0.0",
        "network": "efficientnet_lite0",
        "scale": "grades 0-4",
        "input_size": 64,
        "temperature": 1.0,
        "trained_on": "nothing",
        "clinically_validated": False,
        "weights": {"file": "weights.safetensors", "sha256": sha256_of(target / "weights.safetensors")},
    }
    (target / "card.json").write_text(json.dumps(card | changes))


def crops(count, size=96):
    return np.random.default_rng(1).integers(0, 256, (count, size, size, 3)).astype(np.uint8)


def test_probabilities_sum_to_one_and_actions_stay_in_range(models):
    grades = load_grader("small", models).grade(crops(3))
    assert len(grades) == 3
    for grade in grades:
        assert sum(grade.probabilities) == pytest.approx(1)
        assert set(grade.actions) == set(PSPI_ACTIONS)
        assert 0 <= grade.pspi <= 16
        assert grade.probabilities[grade.grade] == max(grade.probabilities)


def test_a_face_is_graded_the_same_alone_and_in_a_batch(models):
    grader = load_grader("small", models)
    faces = crops(4)
    together = np.array([grade.probabilities for grade in grader.grade(faces)])
    alone = np.array([grader.grade(faces[index : index + 1])[0].probabilities for index in range(4)])
    assert np.allclose(together, alone, atol=1e-4)


def test_no_faces_give_no_grades(models):
    assert load_grader("small", models).grade([]) == []


@pytest.mark.parametrize("shape", [(96, 80, 3), (96, 96)])
def test_a_crop_of_another_shape_is_refused(models, shape):
    with pytest.raises(ValueError, match="crop must be"):
        load_grader("small", models).grade([np.zeros(shape, np.uint8)])


@pytest.mark.parametrize("name", ["large", "../small", ""])
def test_a_model_that_is_not_there_is_refused_with_those_that_are(models, name):
    with pytest.raises(ModelMissingError, match="small"):
        load_grader(name, models)


def test_changed_weights_are_refused(models, tmp_path):
    write_model(tmp_path, "changed", architecture("efficientnet_lite0").build().state_dict())
    with (tmp_path / "changed" / "weights.safetensors").open("r+b") as file:
        file.seek(-1, 2)
        file.write(b"\x7f")
    with pytest.raises(ModelDamagedError, match="not the released ones"):
        load_grader("changed", tmp_path)


def test_a_pickle_is_never_loaded(tmp_path):
    class Trap:
        def __reduce__(self):
            return (open, (str(tmp_path / "ran"), "w"))

    folder = tmp_path / "trap"
    folder.mkdir()
    (folder / "weights.safetensors").write_bytes(pickle.dumps(Trap()))
    card = {
        "name": "trap",
        "version": "1",
        "network": "efficientnet_lite0",
        "scale": "grades 0-4",
        "input_size": 64,
        "temperature": 1.0,
        "trained_on": "nothing",
        "clinically_validated": False,
        "weights": {"file": "weights.safetensors", "sha256": sha256_of(folder / "weights.safetensors")},
    }
    (folder / "card.json").write_text(json.dumps(card))
    with pytest.raises(ModelDamagedError):
        load_grader("trap", tmp_path)
    (folder / "weights.safetensors").rename(folder / "weights.pt")
    (folder / "card.json").write_text(json.dumps(card | {"weights": card["weights"] | {"file": "weights.pt"}}))
    with pytest.raises(ModelDamagedError, match="safetensors"):
        load_grader("trap", tmp_path)
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("text", ["", "{", '{"name": "x"}'])
def test_a_broken_card_is_refused(tmp_path, text):
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "card.json").write_text(text)
    with pytest.raises(ModelDamagedError, match="broken"):
        load_grader("broken", tmp_path)


def test_names_of_models_are_listed(models):
    assert model_names(models) == ["small"]
