"""Frame -> Sighting: the patient followed through a recording, judged, and looked for once more in the dark."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
import pytest

from peea.faces import FaceRules, Problem
from peea.faces.patient_face import FaceFinder, find_in_still
from peea.frames import Frame

RATE = 25


def watch(finder: FaceFinder, images, rate: float = RATE, start: float = 0.0):
    return [finder.find(Frame(start + number / rate, image)) for number, image in enumerate(images)]


def middle(sighting) -> np.ndarray:
    return sighting.face.detection.landmarks.mean(0)


pytestmark = pytest.mark.render


def test_a_still_gives_a_usable_crop(portraits, picture):
    image, (true,) = picture([(portraits["patient"], 320, 240, 70)])
    sighting = find_in_still(image)
    assert sighting.usable
    assert sighting.problems == ()
    assert sighting.face.crop.shape == (256, 256, 3)
    assert sighting.face.quality.size_px == pytest.approx(70, rel=0.12)
    assert abs(sighting.face.quality.yaw_deg) < 10
    assert (sighting.dim, sighting.gain, sighting.other_faces) == (False, 1.0, 0)
    assert middle(sighting) == pytest.approx(true.mean(0), abs=6)


def test_a_moving_patient_is_followed_in_every_frame_with_few_full_searches(portraits, picture):
    finder = FaceFinder()
    path = [(250 + 3 * number, 240 + 10 * np.sin(number / 6)) for number in range(40)]
    images = [picture([(portraits["patient"], x, y, 60)])[0] for x, y in path]
    sightings = watch(finder, images)
    assert all(sighting.usable for sighting in sightings)
    for sighting, place in zip(sightings, path, strict=True):
        assert middle(sighting) == pytest.approx(np.array(place), abs=7)
    assert finder.full_searches <= 6


def test_a_larger_visitor_is_counted_and_never_graded(portraits, picture):
    finder = FaceFinder()
    patient, visitor = portraits["patient"], portraits["visitor"]
    alone = picture([(patient, 330, 250, 45)])[0]
    both = picture([(patient, 330, 250, 45), (visitor, 130, 220, 75)])[0]
    left_behind = picture([(visitor, 130, 220, 75)])[0]
    watch(finder, [alone] * 15, rate=10)
    beside = watch(finder, [both] * 15, rate=10, start=1.5)
    assert all(middle(sighting)[0] == pytest.approx(330, abs=8) for sighting in beside)
    assert beside[-1].other_faces == 1
    after = watch(finder, [left_behind] * 15, rate=10, start=3.0)
    assert [sighting.problems for sighting in after] == [(Problem.NO_FACE,)] * 15
    assert after[-1].other_faces == 1


def test_a_patient_who_left_is_found_again(portraits, picture):
    finder = FaceFinder()
    present = picture([(portraits["patient"], 330, 250, 60)])[0]
    empty = picture([])[0]
    watch(finder, [present] * 30, rate=10)
    assert not any(sighting.usable for sighting in watch(finder, [empty] * 10, rate=10, start=3.0))
    assert watch(finder, [present] * 3, rate=10, start=4.0)[-1].usable


def test_a_dim_frame_is_graded_in_a_brightened_copy_and_says_so(portraits, picture):
    bright = find_in_still(picture([(portraits["patient"], 320, 240, 80)])[0])
    image = picture([(portraits["patient"], 320, 240, 80)], light=0.012, noise=0.02)[0]
    assert not FaceFinder(second_look=False).find(Frame(0, image)).dim
    sighting = find_in_still(image)
    assert sighting.usable
    assert sighting.dim
    assert sighting.gain > 2
    assert sighting.brightness < 45 < sighting.face.crop.mean()
    assert middle(sighting) == pytest.approx(middle(bright), abs=10)


def test_a_black_frame_is_too_dark_and_an_empty_one_has_no_face(picture):
    black = picture([], light=0.0005, noise=0.0005)[0]
    assert find_in_still(black).problems == (Problem.TOO_DARK,)
    assert find_in_still(picture([])[0]).problems == (Problem.NO_FACE,)


def test_problems_of_a_face(portraits, picture):
    patient = portraits["patient"]
    good = picture([(patient, 320, 240, 80)])[0]
    cases = {
        Problem.BLURRED: cv2.GaussianBlur(good, (0, 0), 9),
        Problem.TOO_SMALL: picture([(patient, 320, 240, 17)], (640, 360))[0],
        Problem.CUT_OFF: picture([(patient, 60, 240, 80)])[0],
        Problem.TOO_BRIGHT: cv2.convertScaleAbs(good, alpha=1.8),
    }
    assert {problem: find_in_still(image).problems for problem, image in cases.items()} == {
        problem: (problem,) for problem in cases
    }


def test_a_covered_face_is_not_graded(portraits, picture):
    image, (true,) = picture([(portraits["patient"], 320, 240, 80)])
    x, y = (int(v) for v in true[2])
    image[y - 15 : y + 110, x - 90 : x + 90] = (120, 160, 190)
    assert find_in_still(image).problems[0] in (Problem.COVERED, Problem.NO_FACE)


def test_finders_in_several_threads_do_not_disturb_each_other(portraits, picture):
    images = [picture([(portraits["patient"], 250 + 5 * number, 240, 60)])[0] for number in range(6)]
    alone = [middle(sighting) for sighting in watch(FaceFinder(), images)]
    with ThreadPoolExecutor(3) as pool:
        together = list(pool.map(lambda _: [middle(each) for each in watch(FaceFinder(), images)], range(3)))
    for other in together:
        assert np.array(other) == pytest.approx(np.array(alone), abs=1e-3)


def test_stricter_settings_are_obeyed(portraits, picture):
    image = picture([(portraits["patient"], 320, 240, 60)])[0]
    quality = type(FaceRules().quality)(smallest_px=100.0)
    sighting = find_in_still(image, FaceRules(quality=quality))
    assert sighting.problems == (Problem.TOO_SMALL,)


def test_the_words_of_faces_do_not_load_the_networks():
    code = "import sys, peea.faces; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
