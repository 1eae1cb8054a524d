"""Released models answer as when they were released: their outputs on one drawn face are stored beside this test.

After a release: python -m tests.networks.test_released
"""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from peea.graders import load_grader, model_names
from peea.inference import InferenceRules
from peea.inference.rules import Backend
from peea.model_cards import MODELS_FOLDER, read_card

GOLDEN = Path(__file__).parent / "golden"
TOLERANCE = 2e-3
"""In probabilities and shares of an action's maximum; processors differ in the order of their sums."""


def drawn_face(side=256):
    """A picture that any network can be asked about: smooth shading with a face's few dark places."""
    y, x = np.mgrid[0:side, 0:side].astype(np.float32) / side
    face = np.stack([0.75 - 0.25 * x, 0.6 - 0.2 * y, 0.5 - 0.15 * x * y], axis=2)
    picture = np.ascontiguousarray((255 * face).astype(np.uint8))
    for centre in ((85, 100), (171, 100)):
        cv2.ellipse(picture, centre, (22, 9), 0, 0, 360, (60, 45, 40), -1, cv2.LINE_AA)
    cv2.ellipse(picture, (128, 190), (38, 12), 0, 0, 360, (120, 50, 55), -1, cv2.LINE_AA)
    return picture


def answer(name):
    torch.set_num_threads(1)
    said = load_grader(name, rules=InferenceRules(backend=Backend.TORCH)).grade([drawn_face()])[0]
    return {"probabilities": list(said.levels or said.probabilities), "actions": dict(said.actions)}


@pytest.mark.parametrize("name", model_names())
def test_a_released_model_answers_as_when_it_was_released(name):
    stored = json.loads((GOLDEN / f"{name}.json").read_text())
    assert stored["weights_sha256"] == read_card(name)["weights"]["sha256"]
    now = answer(name)
    assert now["probabilities"] == pytest.approx(stored["probabilities"], abs=TOLERANCE)
    assert now["actions"] == pytest.approx(stored["actions"], abs=5 * TOLERANCE)


def test_all_released_weights_together_stay_small():
    sizes = [file.stat().st_size for file in MODELS_FOLDER.rglob("*.safetensors")]
    assert max(sizes) < 60_000_000
    assert sum(sizes) < 120_000_000


if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    for released in model_names():
        golden = {"weights_sha256": read_card(released)["weights"]["sha256"]} | answer(released)
        (GOLDEN / f"{released}.json").write_text(json.dumps(golden, indent=1) + "\n")
