"""What runs a network: OpenVINO and torch give the same answers, in batches of any size, from several threads."""

from __future__ import annotations

import threading
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from peea.demonstration import DEMONSTRATION_FOLDER
from peea.faces.patient_face import find_in_still
from peea.frames import frame_at
from peea.graders import load_grader
from peea.inference import InferenceRules, Pixels, prepared
from peea.inference.openvino_backend import multiplies_in_bfloat16
from peea.networks import ARCHITECTURES, architecture

PIXELS = Pixels(64, (127.5, 127.5, 127.5), (64.0, 64.0, 64.0))
BENCHMARK = DEMONSTRATION_FOLDER / "benchmark"
TORCH = InferenceRules(backend="torch")


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(5)
    return architecture("efficientnet_lite0").build().eval()


@pytest.fixture(scope="module")
def on_openvino(network):
    return prepared(network, PIXELS)


def pictures(count: int) -> np.ndarray:
    return np.random.default_rng(2).integers(0, 256, (count, 64, 64, 3)).astype(np.uint8)


def test_both_give_the_same_answers(network, on_openvino):
    images = pictures(5)
    for mine, theirs in zip(on_openvino.run(images), prepared(network, PIXELS, TORCH).run(images), strict=True):
        assert mine.dtype == np.float32
        assert np.allclose(mine, theirs, atol=1e-4)


def test_batches_of_any_size_may_follow_each_other(on_openvino):
    images = pictures(17)
    whole = on_openvino.run(images)[0]
    for count in (1, 16, 1, 17, 3, 2, 16):
        assert np.allclose(on_openvino.run(images[:count])[0], whole[:count], atol=1e-5)


def test_a_view_of_a_larger_array_will_do(on_openvino):
    images = pictures(8)
    assert np.allclose(on_openvino.run(images[::2])[0], on_openvino.run(images)[0][::2], atol=1e-5)


def test_several_threads_share_one_network(on_openvino):
    images = pictures(12)
    alone = on_openvino.run(images)[0]
    wrong = []

    def work(count: int) -> None:
        answers = (on_openvino.run(images[:count])[0] for _ in range(10))
        wrong.extend(count for answer in answers if not np.allclose(answer, alone[:count], atol=1e-5))

    threads = [threading.Thread(target=work, args=(count,)) for count in (1, 1, 2, 5, 12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert wrong == []


def test_bfloat16_is_taken_only_where_the_model_allows_it(network):
    assert "f32" in prepared(network, PIXELS).description
    assert ("bf16" in prepared(network, PIXELS, bfloat16=True).description) == multiplies_in_bfloat16()
    assert "f32" in prepared(network, PIXELS, InferenceRules(precision="f32"), bfloat16=True).description


@pytest.mark.parametrize(("name", "value"), [("backend", "onnx"), ("precision", "int8")])
def test_an_unknown_setting_is_refused(name, value):
    with pytest.raises(ValueError, match=f"{name} is '{value}'; it must be one of"):
        InferenceRules(**{name: value})


@pytest.mark.parametrize("name", sorted(ARCHITECTURES))
def test_every_architecture_can_be_converted(name):
    torch.manual_seed(1)
    built = architecture(name).build().eval()
    images = pictures(2)
    mine, theirs = prepared(built, PIXELS).run(images), prepared(built, PIXELS, TORCH).run(images)
    assert np.allclose(
        torch.softmax(torch.from_numpy(mine[0]), 1), torch.softmax(torch.from_numpy(theirs[0]), 1), atol=0.02
    )


def stills() -> list[np.ndarray]:
    """Faces of the benchmark stills where they are installed, and of the demonstration recordings."""
    files = sorted(BENCHMARK.rglob("*.jpg"))[:60]
    images = [_read(file) for file in files]
    images += [
        frame_at(DEMONSTRATION_FOLDER / f"{name}.mp4", at_s).image for name in NAMES for at_s in (3.0, 9.0, 15.0)
    ]
    sightings = [find_in_still(image) for image in images]
    return [one.face.crop for one in sightings if one.usable]


NAMES = ("calm", "mild", "obvious", "severe", "intense", "smiling_talking")


def _read(file: Path) -> np.ndarray:
    return cv2.cvtColor(cv2.imread(str(file)), cv2.COLOR_BGR2RGB)


def test_the_released_model_grades_stills_as_its_reference_does():
    crops = stills()
    assert len(crops) >= 15
    mine, theirs = (
        np.array([one.probabilities for one in load_grader(rules=rules).grade(crops)]) for rules in (None, TORCH)
    )
    assert np.abs(mine - theirs).max() <= 0.02
    assert (mine.argmax(1) == theirs.argmax(1)).mean() >= 0.995
