"""The picture of a moment: marks lie where the face is, at the page's width."""

import numpy as np
import pytest

from peea.faces import Problem
from peea.marked_frame import MARK_RGB, SHEET_RGB, SHOWN_WIDTH, face_sketch, marked_frame
from peea.scales import Grade
from tests.factories import frame_record

FACE = frame_record(0.0, Grade.MILD)


@pytest.mark.parametrize(("width", "height"), [(640, 480), (1280, 960), (320, 240)])
def test_marks_lie_on_box_and_landmarks_whatever_the_size_of_the_recording(width, height):
    scale = width / 640
    record = frame_record(0.0, Grade.MILD)
    record = type(record)(
        **{
            **vars(record),
            "box": tuple(value * scale for value in record.box),
            "landmarks": tuple((x * scale, y * scale) for x, y in record.landmarks),
        }
    )
    picture = marked_frame(np.zeros((height, width, 3), np.uint8), record)
    assert picture.shape == (480, SHOWN_WIDTH, 3)
    for x, y in FACE.landmarks:
        assert tuple(picture[round(y), round(x)]) == MARK_RGB
    x0, y0, x1, y1 = map(round, FACE.box)
    for x, y in ((x0, 240), (x1, 240), (320, y0), (320, y1)):
        assert tuple(picture[y, x]) == MARK_RGB


def test_without_a_face_nothing_is_marked_and_the_frame_itself_is_untouched():
    image = np.full((480, 640, 3), 90, np.uint8)
    before = image.copy()
    picture = marked_frame(image, frame_record(0.0, Problem.NO_FACE))
    assert np.array_equal(picture, before)
    marked_frame(image, FACE)
    assert np.array_equal(image, before)


def test_the_sketch_shows_the_marks_on_a_blank_sheet_of_the_frames_shape():
    sheet = face_sketch(FACE, 640, 480)
    assert sheet.shape == (480, SHOWN_WIDTH, 3)
    assert tuple(sheet[0, 0]) == SHEET_RGB
    x, y = FACE.landmarks[2]
    assert tuple(sheet[round(y), round(x)]) == MARK_RGB


def test_a_box_that_reaches_past_the_edge_is_drawn_as_far_as_it_goes():
    record = type(FACE)(**{**vars(FACE), "box": (-50.0, -50.0, 700.0, 600.0)})
    assert face_sketch(record, 640, 480).shape == (480, SHOWN_WIDTH, 3)
