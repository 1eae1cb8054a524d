"""Measurements on a face, and the problems that follow from them."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from peea.faces import Detection, FaceRules, Problem
from peea.faces.detection import box_around
from peea.faces.quality import (
    burnt_out_share,
    cut_off_share,
    face_brightness,
    judge,
    sharpness,
    yaw_deg,
)
from tests.faces.made_up import landmarks_at

MARGIN = 0.15
RULES = FaceRules()


def textured(size: int = 256, brightness: int = 120) -> np.ndarray:
    """A crop with sharp edges at many scales, as wrinkles and brows have."""
    rng = np.random.default_rng(3)
    crop = np.full((size, size, 3), brightness, np.uint8)
    for _ in range(160):
        x, y = rng.integers(0, size, 2)
        shade = int(np.clip(brightness + rng.normal(0, 40), 5, 240))
        angle = int(rng.integers(180))
        cv2.ellipse(crop, (int(x), int(y)), (int(rng.integers(4, 30)), 3), angle, 0, 360, (shade,) * 3, -1)
    return crop


def detection(eyes_px: float = 60.0, x: float = 320, y: float = 240, yaw: float = 0.0) -> Detection:
    landmarks = landmarks_at(x, y, eyes_px, yaw_deg=yaw)
    return Detection(box_around(landmarks), landmarks.astype(np.float32), 0.99)


def problems(crop: np.ndarray | None = None, face: Detection | None = None, **known) -> tuple[Problem, ...]:
    return judge(face or detection(), textured() if crop is None else crop, (640, 480), RULES, **known).problems


def test_a_good_face_has_no_problem():
    assert problems() == ()


def test_brightness_is_that_of_the_face_and_not_of_the_pillow():
    crop = np.full((256, 256, 3), 255, np.uint8)
    cv2.ellipse(crop, (128, 128), (85, 120), 0, 0, 360, (60, 60, 60), -1)
    assert face_brightness(crop, MARGIN) == pytest.approx(60, abs=2)
    assert burnt_out_share(crop, MARGIN) < 0.02


def test_dark_and_bright_faces_are_refused():
    assert problems(brightness=RULES.quality.darkest - 1) == (Problem.TOO_DARK,)
    assert problems(brightness=RULES.quality.darkest + 1) == ()
    burnt = cv2.convertScaleAbs(textured(brightness=150), alpha=2.2)
    assert Problem.TOO_BRIGHT in problems(burnt)


def test_dark_skin_in_good_light_is_not_too_dark():
    assert problems(textured(brightness=45)) == ()


@pytest.mark.parametrize("direction", ["out of focus", "sideways", "up and down"])
def test_the_more_blurred_the_less_sharp(direction):
    def blurred(width: int) -> np.ndarray:
        if width == 1 or direction == "out of focus":
            return cv2.GaussianBlur(textured(), (0, 0), width / 3) if width > 1 else textured()
        return cv2.blur(textured(), (width, 1) if direction == "sideways" else (1, width))

    measured = [sharpness(blurred(width), MARGIN) for width in (1, 9, 17, 55)]
    assert measured == sorted(measured, reverse=True)
    assert measured[0] > 1.5 * RULES.quality.least_sharpness
    assert measured[-1] < 0.7 * measured[0]
    assert problems(blurred(1)) == ()


def test_a_face_out_of_focus_is_refused():
    assert problems(cv2.GaussianBlur(textured(), (0, 0), 8)) == (Problem.BLURRED,)


def test_sharpness_does_not_depend_on_the_size_or_contrast_of_the_crop():
    crop = textured(512)
    half = cv2.resize(crop, (256, 256), interpolation=cv2.INTER_AREA)
    assert sharpness(half, MARGIN) == pytest.approx(sharpness(crop, MARGIN), abs=0.03)
    pale = (crop.astype(float) * 0.4 + 70).astype(np.uint8)
    assert sharpness(pale, MARGIN) == pytest.approx(sharpness(crop, MARGIN), abs=0.03)


def test_a_flat_crop_has_no_sharpness():
    assert sharpness(np.full((256, 256, 3), 99, np.uint8), MARGIN) == 0


@pytest.mark.parametrize("yaw", [0, 10, 20, 30])
def test_yaw_is_estimated_towards_the_right_side(yaw):
    for sign in (-1, 1):
        for roll in (-30, 0, 30):
            estimate = yaw_deg(landmarks_at(100, 100, 50, roll_deg=roll, yaw_deg=sign * yaw))
            assert estimate * sign == pytest.approx(yaw, abs=6)


def test_a_face_turned_far_away_is_refused():
    assert problems(face=detection(yaw=70)) == (Problem.TURNED_AWAY,)
    assert problems(face=detection(yaw=-70)) == (Problem.TURNED_AWAY,)


def test_the_share_outside_the_frame():
    inside = landmarks_at(320, 240, 60)
    assert cut_off_share(inside, 640, 480) == 0
    assert cut_off_share(inside - np.array([320, 0]), 640, 480) == pytest.approx(0.5, abs=0.05)
    assert cut_off_share(inside + np.array([2000, 0]), 640, 480) == 1
    assert problems(face=detection(x=15)) == (Problem.CUT_OFF,)
    assert problems(face=detection(x=90)) == ()


def test_a_small_face_is_refused():
    assert problems(face=detection(eyes_px=RULES.quality.smallest_px - 1)) == (Problem.TOO_SMALL,)


def test_a_covered_face_is_refused():
    assert problems(covered=0.99) == (Problem.COVERED,)


def test_the_worst_problem_comes_first():
    found = problems(np.full((256, 256, 3), 5, np.uint8), detection(eyes_px=10, x=2))
    assert found == (Problem.TOO_DARK, Problem.CUT_OFF, Problem.TOO_SMALL, Problem.BLURRED)


def test_measurements_are_kept():
    quality = judge(detection(eyes_px=44), textured(), (640, 480), RULES, brightness=31, dim=True, gain=2.5)
    assert quality.size_px == pytest.approx(44, abs=0.01)
    assert (quality.brightness, quality.dim, quality.gain) == (31, True, 2.5)
    assert quality.usable
