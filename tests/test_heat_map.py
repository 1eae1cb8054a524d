"""Heat maps: they show what the released model uses, and come with the face that it saw."""

from dataclasses import replace
from functools import cache

import cv2
import numpy as np
import pytest
import torch

from peea.demonstration import DEMONSTRATION_FOLDER
from peea.faces import Problem
from peea.faces.patient_face import find_in_still
from peea.frames import frame_at
from peea.graders import load_grader
from peea.heat_map import HeatMaps, Region, crop_of_frame
from peea.networks import ARCHITECTURES
from peea.scales import Grade
from tests.factories import frame_record

FACES = [("intense", 8.0), ("mild", 8.0), ("severe", 12.0), ("calm", 5.0), ("obvious", 10.0)]
"""Moments of demonstration recordings in which a face is graded."""


@cache
def maps():
    return HeatMaps.of_model()


@cache
def face(recording, time_s):
    frame = frame_at(DEMONSTRATION_FOLDER / f"{recording}.mp4", time_s)
    return find_in_still(frame.image).face


def explained(graded, grade):
    """Probability of what a map of this grade explains: so much pain or more; of no pain, none."""
    return sum(graded.probabilities[grade:]) if grade else graded.probabilities[0]


def test_hiding_where_the_map_is_high_costs_the_grade_more_than_hiding_where_it_is_low():
    grader = load_grader()
    drops = {"high": [], "low": []}
    for recording, time_s in FACES:
        heat = maps().of_face(face(recording, time_s).crop)
        blurred = cv2.GaussianBlur(heat.crop, (0, 0), 12)
        before = explained(grader.grade([heat.crop])[0], heat.grade)
        order = heat.weights.ravel().argsort()
        quarter = len(order) // 4
        for name, places in (("low", order[:quarter]), ("high", order[-quarter:])):
            hidden = heat.crop.copy()
            hidden.reshape(-1, 3)[places] = blurred.reshape(-1, 3)[places]
            drops[name].append(before - explained(grader.grade([hidden])[0], heat.grade))
    assert np.mean(drops["high"]) > 0.2 + np.mean(drops["low"])


@pytest.mark.parametrize(("recording", "time_s"), FACES)
def test_the_map_explains_the_grade_that_the_model_gives_and_lies_on_the_face(recording, time_s):
    crop = face(recording, time_s).crop
    heat = maps().of_face(crop)
    assert heat.grade == load_grader().grade([crop])[0].grade
    assert heat.weights.shape == heat.crop.shape[:2]
    assert (heat.weights.min(), heat.weights.max()) == (0, 1)
    assert sum(heat.by_region.values()) == pytest.approx(1)
    rows, columns = np.indices(heat.weights.shape) / len(heat.weights) - 0.5
    on_the_face = np.hypot(rows, columns) < 0.42
    assert heat.weights[on_the_face].mean() > 1.5 * heat.weights[~on_the_face].mean()
    assert heat.picture(200).shape == (200, 200, 3)


@pytest.mark.render
def test_a_lowered_brow_alone_is_seen_at_brow_and_eyes_first():
    from peea.synthetic.expression import Expression
    from peea.synthetic.person import Person
    from peea.synthetic.renderer import FaceRenderer
    from peea.synthetic.seeds import SHEET_PEOPLE
    from peea.synthetic.view import Lighting, View

    renderer = FaceRenderer(320, 320)
    renderer.load(Person.from_seed(SHEET_PEOPLE[3]))
    drawn = renderer.render(Expression.symmetric(AU4=4.0), View(face_height=0.6), Lighting())
    linear = drawn.color + (1 - drawn.alpha[..., None]) * 0.3
    image = np.uint8(255 * linear.clip(0, 1) ** (1 / 2.2))
    heat = maps().of_face(find_in_still(image).face.crop)
    assert heat.grade > Grade.NO_PAIN
    assert next(iter(heat.by_region)) is Region.BROW_AND_EYES


def test_another_grade_can_be_explained_too():
    crop = face("severe", 12.0).crop
    assert maps().of_face(crop, Grade.NO_PAIN).grade is Grade.NO_PAIN
    assert not np.allclose(maps().of_face(crop, Grade.NO_PAIN).weights, maps().of_face(crop, Grade.INTENSE).weights)


def test_the_crop_of_a_stored_frame_is_the_crop_that_was_graded():
    frame = frame_at(DEMONSTRATION_FOLDER / "severe.mp4", 12.0)
    found = find_in_still(frame.image).face
    points = tuple((float(x), float(y)) for x, y in found.detection.landmarks)
    record = replace(frame_record(12.0, Grade.SEVERE), landmarks=points)
    np.testing.assert_allclose(crop_of_frame(frame.image, record), found.crop, atol=1)
    assert crop_of_frame(frame.image, frame_record(12.0, Problem.NO_FACE)) is None


def test_a_picture_that_is_no_crop_is_refused():
    with pytest.raises(ValueError, match=r"must be \(size, size, 3\) uint8; got \(10, 20, 3\) uint8"):
        maps().of_face(np.zeros((10, 20, 3), np.uint8))


@pytest.mark.parametrize("name", sorted(ARCHITECTURES))
def test_every_network_can_be_explained_at_a_resolution_that_tells_brow_from_mouth(name):
    torch.manual_seed(1)
    card = {"weights": {"sha256": ""}, "network": name, "scale": "six levels", "input_size": 160}
    network = ARCHITECTURES[name].build(classes=6)
    heat = HeatMaps(card, network).of_face(np.random.default_rng(1).integers(0, 255, (160, 160, 3), np.uint8))
    assert heat.weights.shape == (160, 160)
    assert np.isfinite(heat.weights).all()
