"""MTCNN over a frame: finds faces and their landmarks, survives odd frames, finds nothing where nobody is."""

from __future__ import annotations

import math

import numpy as np
import pytest

from peea.faces.detection import find_faces, refine
from peea.faces.face import Detection
from peea.faces.normalisation import alignment


def eye_distance(landmarks: np.ndarray) -> float:
    return float(np.hypot(*(landmarks[1] - landmarks[0])))


def landmark_error(found: np.ndarray, true: np.ndarray) -> float:
    return float(np.linalg.norm(found - true, axis=1).mean()) / eye_distance(true)


@pytest.mark.render
@pytest.mark.parametrize("size", [(640, 480), (1920, 1080), (480, 640)])
def test_a_face_and_its_landmarks_are_found_at_any_resolution(portraits, picture, size):
    width, height = size
    image, (true,) = picture([(portraits["patient"], width * 0.55, height * 0.5, height * 0.13)], size)
    (face,) = find_faces(image)
    assert landmark_error(face.landmarks, true) < 0.12
    assert face.confidence > 0.9
    x0, y0, x1, y1 = face.box
    assert ((true > [x0, y0]) & (true < [x1, y1])).all()


@pytest.mark.render
def test_eyes_are_level_after_normalising_by_the_landmarks_found(portraits, picture):
    tilts = []
    for roll in (-25, -15, -5, 0, 5, 15, 25):
        image, (true,) = picture([(portraits["patient"], 320, 240, 70)], roll_deg=roll)
        (face,) = find_faces(image)
        matrix = alignment(face.landmarks)
        across = (true[1] - true[0]) @ matrix[:, :2].T
        tilts.append(abs(math.degrees(math.atan2(across[1], across[0]))))
    assert np.median(tilts) < 1
    assert max(tilts) < 3


@pytest.mark.render
def test_everybody_is_found_once(portraits, picture):
    image, truths = picture([(portraits["patient"], 200, 240, 60), (portraits["visitor"], 460, 220, 45)])
    faces = sorted(find_faces(image), key=lambda face: face.box[0])
    assert [landmark_error(face.landmarks, true) < 0.12 for face, true in zip(faces, truths, strict=True)] == [True] * 2


@pytest.mark.render
def test_refining_pulls_displaced_landmarks_onto_the_face(portraits, picture):
    image, (true,) = picture([(portraits["patient"], 320, 240, 70)])
    (face,) = find_faces(image)
    displaced = Detection(face.box + 8, (face.landmarks + 8).astype(np.float32), 1.0)
    refined = refine(image, displaced)
    assert landmark_error(refined.landmarks, true) < 0.6 * landmark_error(displaced.landmarks, true)
    assert refined.confidence > 0.9


def test_nobody_is_found_in_noise_or_on_a_wall():
    noise = np.random.default_rng(1).integers(0, 255, (240, 320, 3), dtype=np.uint8)
    assert find_faces(noise) == ()
    assert find_faces(np.full((240, 320, 3), 128, np.uint8)) == ()


@pytest.mark.parametrize("size", [(1, 1), (8, 8), (11, 400), (400, 11), (24, 24)])
def test_tiny_frames_hold_no_face_and_do_not_crash(size):
    assert find_faces(np.full((*size, 3), 90, np.uint8)) == ()


@pytest.mark.parametrize(
    "image",
    [
        np.zeros((48, 48), np.uint8),
        np.zeros((48, 48, 4), np.uint8),
        np.zeros((48, 48, 3), np.float32),
        np.zeros((0, 48, 3), np.uint8),
    ],
)
def test_what_is_no_frame_is_refused(image):
    with pytest.raises(ValueError, match=r"a frame must be \(height, width, 3\) uint8 RGB"):
        find_faces(image)
