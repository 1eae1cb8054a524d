"""What darkness does to recordings: the darkened copies, and the sums of what a second look saves and costs."""

import statistics

import numpy as np
import pytest

from peea.demonstration import DEMONSTRATION_FOLDER
from peea.faces.quality import luma
from peea.frames import open_recording
from peea.scales import Grade
from peea.training.dim_rescue import (
    CoverageOnly,
    DimRecording,
    Measured,
    cost_of,
    darkened,
    light_for,
    to_light,
    true_grades,
    write_darkened,
)
from tests.factories import made_up_assessment

BOX = np.array([200.0, 120.0, 420.0, 400.0])


@pytest.fixture(scope="module")
def frame():
    with open_recording(DEMONSTRATION_FOLDER / "calm.mp4") as recording:
        return next(iter(recording))


def face_luma(image):
    x0, y0, x1, y1 = BOX.astype(int)
    return float(luma(image[y0:y1, x0:x1]).mean())


def test_light_is_found_for_any_luma_that_is_wanted(frame):
    for wanted in (30.0, 12.0):
        assert face_luma(darkened(frame, 0, light_for(wanted, frame, BOX))) == pytest.approx(wanted, abs=1.5)


def test_darkening_is_seeded_and_leaves_noise(frame):
    first, again, other = (darkened(frame, number, 0.02) for number in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_light_is_that_of_the_srgb_standard():
    assert to_light(np.array([0, 255], np.uint8)).tolist() == [0, 1]
    assert to_light(np.array([188], np.uint8))[0] == pytest.approx(0.5, abs=0.005)


def test_copies_are_thinned_and_the_first_is_the_recording_as_it_is(tmp_path):
    copies, brightness = write_darkened(DEMONSTRATION_FOLDER / "calm.mp4", [20.0], 2.0, tmp_path)
    assert [copy.name for copy in copies] == ["calm_good.mp4", "calm_dim0.mp4"]
    means = []
    for copy in copies:
        with open_recording(copy) as recording:
            frames = list(recording)
        assert len(frames) == pytest.approx(40, abs=1)
        means.append(np.mean([each.image.mean() for each in frames]))
    assert means[1] < 0.4 * means[0]
    assert brightness > 80


def test_truth_is_read_where_there_is_one(tmp_path):
    in_pain = [grade for grade in true_grades(DEMONSTRATION_FOLDER / "severe.csv").values() if grade]
    assert statistics.mode(in_pain) == 3
    assert true_grades(tmp_path / "absent.csv") == {}


def measured(name, levels):
    """A recording at some levels of light: (face luma, grade without, grade with, frames' grade)."""
    rows = []
    for index, (brightness, without, with_look, seen) in enumerate(levels):
        assessment = made_up_assessment([(seen, 2.0)])
        summary = DimRecording(name, brightness, index > 0, float(without is not None), 1.0, without, with_look)
        rows.append(Measured(summary, assessment, {0.0: 2, 1.0: 2}))
    return rows


def test_what_is_rescued_and_what_it_costs_is_summed_over_recordings():
    both = [
        measured("a", [(120, 2, 2, Grade.OBVIOUS), (18, None, 2, Grade.OBVIOUS)]),
        measured("b", [(110, 2, 2, Grade.OBVIOUS), (18, 3, 3, Grade.SEVERE)]),
    ]
    cost = cost_of(1, both)
    assert (cost.recordings, cost.assessable_without, cost.assessable_with, cost.same_report) == (2, 1, 2, 1)
    assert cost.same_grade == 0.5
    assert cost.within_one == 1
    assert cost.frames_with_truth > 0
    assert cost.right_in_good_light == 1
    assert cost.right_in_dim_light == pytest.approx(0.5)
    assert cost_of(1, both, graded=False).same_grade is None


def test_where_only_coverage_is_asked_for_every_face_is_calm():
    assert [face.grade for face in CoverageOnly().grade([np.zeros((8, 8, 3), np.uint8)] * 2)] == [Grade.NO_PAIN] * 2
