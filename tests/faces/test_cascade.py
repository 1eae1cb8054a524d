"""The cascade gives what facenet-pytorch's gives, and survives candidates on which that one fails."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from facenet_pytorch.models.mtcnn import ONet, PNet, RNet
from facenet_pytorch.models.utils.detect_face import detect_face
from PIL import Image

from peea.demonstration import DEMONSTRATION_FOLDER
from peea.faces import mtcnn
from peea.faces.cascade import Networks, cascade

THRESHOLDS = (0.5, 0.5, 0.6)
STILLS = sorted((DEMONSTRATION_FOLDER / "benchmark").rglob("*.jpg"))


def two_beds(width: int) -> np.ndarray:
    """Two stills side by side, one shrunk, in a picture of this width that is not square."""
    picture = np.full((width * 3 // 4, width, 3), 120, np.uint8)
    for place, (still, side) in enumerate(((STILLS[0], width // 2), (STILLS[7], width // 3))):
        with Image.open(still) as opened:
            part = np.asarray(opened.convert("RGB").resize((side, side)))
        picture[20 : 20 + side, place * (width // 2) : place * (width // 2) + side] = part
    return picture


@pytest.mark.parametrize(("width", "factor"), [(480, 0.709), (333, 0.709), (640, 0.6)])
def test_boxes_and_landmarks_are_those_of_facenet_pytorch(width, factor):
    image = two_beds(width)
    smallest = 0.1 * min(image.shape[:2])
    boxes, landmarks = mtcnn.cascade(image, smallest, THRESHOLDS, factor)
    with torch.inference_mode():
        networks = (each.eval() for each in (PNet(), RNet(), ONet()))
        theirs = detect_face(image, smallest, *networks, list(THRESHOLDS), factor, torch.device("cpu"))
    assert len(boxes) >= 2
    np.testing.assert_allclose(boxes, np.asarray(theirs[0][0], np.float64), atol=1e-2)
    np.testing.assert_allclose(landmarks, np.asarray(theirs[1][0], np.float64), atol=1e-2)


def test_candidates_outside_the_picture_are_left_out():
    def proposes(batch: np.ndarray) -> tuple[np.ndarray, ...]:
        _, _, height, width = batch.shape
        moves = np.zeros((1, 4, height // 2, width // 2), np.float32)
        moves[:, :2] = moves[:, 2:] = 90.0
        probabilities = np.zeros((1, 2, height // 2, width // 2), np.float32)
        probabilities[0, 1, 1, 1] = 0.9
        return moves, probabilities

    def unasked(_: np.ndarray) -> tuple[np.ndarray, ...]:
        raise AssertionError("no candidate lies in the picture")

    image = np.zeros((240, 320, 3), np.uint8)
    boxes, landmarks = cascade(image, 48.0, THRESHOLDS, 0.709, Networks(proposes, unasked, unasked))
    assert boxes.shape == (0, 5)
    assert landmarks.shape == (0, 5, 2)


def test_patches_are_cut_at_the_edge_and_averaged_as_torch_does():
    seen: list[np.ndarray] = []
    rng = np.random.default_rng(3)
    image = rng.integers(0, 256, (96, 130, 3)).astype(np.uint8)

    def proposes(batch: np.ndarray) -> tuple[np.ndarray, ...]:
        seen.append(batch)
        _, _, height, width = batch.shape
        probabilities = np.zeros((1, 2, (height - 10) // 2 + 1, (width - 10) // 2 + 1), np.float32)
        probabilities[0, 1, 0, 0] = 0.9
        return np.full((1, 4, *probabilities.shape[2:]), -0.2, np.float32), probabilities

    def refines(batch: np.ndarray) -> tuple[np.ndarray, ...]:
        seen.append(batch)
        return np.zeros((len(batch), 4), np.float32), np.zeros((len(batch), 2), np.float32)

    cascade(image, 48.0, THRESHOLDS, 0.709, Networks(proposes, refines, refines))
    pixels = torch.from_numpy(image).permute(2, 0, 1)[None].float()
    whole = torch.nn.functional.interpolate(pixels, size=(25, 33), mode="area")
    np.testing.assert_allclose(seen[0], (whole - 127.5) / 128, atol=1e-5)
    assert seen[-1].shape[1:] == (3, 24, 24)
    # The first square is moved by -0.2 of its side of 44 px, from 4-48 to -4.8-39.2: what is there of it ends at 39.
    corner = torch.nn.functional.interpolate(pixels[:, :, :39, :39], size=(24, 24), mode="area")
    assert any(np.allclose(patch, (corner[0] - 127.5) / 128, atol=1e-5) for patch in seen[-1])


def test_sessions_that_begin_at_once_load_the_networks_together():
    mtcnn._loaded.cache_clear()
    patches = np.full((1, mtcnn.PATCH_PX, mtcnn.PATCH_PX, 3), 90, np.uint8)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: mtcnn.ask_output_network(patches)[1], range(4)))
    assert np.ptp(found) == 0
