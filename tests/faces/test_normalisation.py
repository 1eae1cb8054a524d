"""Normalised faces: level, of one size wherever they come from, without aliasing."""

from __future__ import annotations

import math

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peea.faces.normalisation import LandmarksError, alignment, cut, face_frame, normalise
from tests.faces.made_up import landmarks_at


def moved(points: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    return points @ matrix[:, :2].T + matrix[:, 2]


@given(
    roll=st.floats(-179, 179),
    yaw=st.floats(-45, 45),
    eyes_px=st.floats(12, 600),
    x=st.floats(-200, 2000),
    y=st.floats(-200, 2000),
)
@settings(max_examples=60, deadline=None)
def test_eyes_are_level_and_upright_wherever_the_face_was(roll, yaw, eyes_px, x, y):
    landmarks = landmarks_at(x, y, eyes_px, roll, yaw)
    in_crop = moved(landmarks, alignment(landmarks))
    across = in_crop[1] - in_crop[0]
    assert abs(math.degrees(math.atan2(across[1], across[0]))) < 0.01
    assert in_crop[3:, 1].mean() > in_crop[:2, 1].mean()


@given(roll=st.floats(-60, 60), eyes_px=st.floats(12, 600))
@settings(max_examples=40, deadline=None)
def test_every_face_fills_its_crop_alike(roll, eyes_px):
    def in_crop(landmarks):
        return moved(landmarks, alignment(landmarks, 256))

    standard = in_crop(landmarks_at(0, 0, 100))
    assert in_crop(landmarks_at(31, -7, eyes_px, roll)) == pytest.approx(standard, abs=1e-6)
    assert in_crop(landmarks_at(31, -7, eyes_px, roll)).mean(0)[0] == pytest.approx(127.5, abs=0.1)


def test_a_turned_face_is_not_blown_up_as_its_eye_distance_alone_would():
    frontal = face_frame(landmarks_at(0, 0, 100))[1]
    turned = face_frame(landmarks_at(0, 0, 100, yaw_deg=40))[1]
    by_eyes_alone = math.cos(math.radians(40))
    assert by_eyes_alone + 0.08 < turned / frontal < 1


def test_the_margin_shows_more_around_the_same_face():
    landmarks = landmarks_at(0, 0, 100)

    def eyes_apart(margin):
        points = moved(landmarks, alignment(landmarks, 300, margin))
        return points[1, 0] - points[0, 0]

    assert eyes_apart(0.5) == pytest.approx(eyes_apart(0.0) / 2)


def test_pixels_go_where_the_landmarks_go():
    image = np.zeros((480, 640, 3), np.uint8)
    landmarks = landmarks_at(300, 220, 70, roll_deg=25)
    for point in landmarks:
        cv2.circle(image, tuple(int(v) for v in np.round(point)), 6, (255, 255, 255), -1)
    crop = normalise(image, landmarks, 256)
    assert crop.shape == (256, 256, 3)
    assert crop.dtype == np.uint8
    for x, y in np.round(moved(landmarks, alignment(landmarks, 256))).astype(int):
        assert crop[y, x].min() > 200
    assert crop[:, :40].max() == 0


def test_shrinking_averages_and_does_not_alias():
    stripes = np.zeros((1200, 1200, 3), np.uint8)
    stripes[:, ::2] = 255
    crop = normalise(stripes, landmarks_at(600, 600, 330), 128)
    inner = crop[16:-16, 16:-16].astype(float)
    assert inner.std() < 8
    assert inner.mean() == pytest.approx(127, abs=6)


def test_shrinking_keeps_things_in_place():
    """A disc in a large picture lands where the matrix says, to a fraction of a pixel."""
    image = np.zeros((2000, 3000, 3), np.uint8)
    landmarks = landmarks_at(1400, 900, 500, roll_deg=10)
    cv2.circle(image, (1450, 950), 120, (255, 255, 255), -1)
    matrix = alignment(landmarks, 128)
    crop = cut(image, matrix, 128)[..., 0].astype(float)
    y, x = np.mgrid[:128, :128]
    found = np.array([(x * crop).sum(), (y * crop).sum()]) / crop.sum()
    assert found == pytest.approx(moved(np.array([[1450.0, 950.0]]), matrix)[0], abs=0.15)


def test_beyond_the_edge_the_edge_is_repeated():
    crop = normalise(np.full((200, 200, 3), 90, np.uint8), landmarks_at(0, 0, 60))
    assert (crop == 90).all()


@pytest.mark.parametrize(
    "landmarks",
    [np.zeros((4, 2)), np.full((5, 2), np.nan), np.full((5, 2), 7.0), np.zeros((5, 3))],
)
def test_landmarks_that_are_no_face_are_refused(landmarks):
    with pytest.raises(LandmarksError):
        normalise(np.zeros((10, 10, 3), np.uint8), landmarks)
