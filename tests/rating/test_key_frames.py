"""Which moments of a recording are proposed: apexes and calm faces, sharp, well lit, not nearly equal."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from peea.faces import FaceRules, Problem
from peea.frames import Frame
from peea.rating.key_frames import KeyFrameKind, candidates, face_picture, propose_key_frames, strength
from peea.rating.rules import KeyFrameRules
from peea.scales import Grade
from tests.factories import made_up_assessment

RULES, FACES = KeyFrameRules(), FaceRules()
SHARP = KeyFrameRules(least_sharpness=0.65)
"""The made-up texture has 0.8, blurred 0.55; faces have less of both."""
COURSE = [(Grade.NO_PAIN, 4.0), (Grade.SEVERE, 4.0), (Grade.NO_PAIN, 4.0), (Grade.MILD, 4.0)]
TEXTURE = np.random.default_rng(5).integers(40, 200, (480, 640, 3), np.uint8)


def face(what, seed=0, darker=1.0, blurred=0):
    """A picture whose face depends on what it shows, blurred sideways as by moving; another seed is another wrinkle."""
    image = cv2.GaussianBlur(TEXTURE, (5, 5), 1.2)
    patch = np.random.default_rng(100 * int(what) + seed).integers(40, 200, (60, 60, 3), np.uint8)
    image[180:340, 240:400] = cv2.resize(patch, (160, 160), interpolation=cv2.INTER_NEAREST)
    image = (image * darker).astype(np.uint8)
    return cv2.blur(image, (blurred, 1)) if blurred else image


def recording(assessment, **look):
    for record in assessment.frames:
        what = record.problem is None and int(np.argmax(record.probabilities))
        given = {name: value(record) if callable(value) else value for name, value in look.items()}
        yield Frame(record.time_s, face(what or 0, **given))


def kinds(key_frames):
    return [each.kind for each in key_frames]


def test_the_apex_of_each_episode_and_calm_ones_are_proposed_in_order_of_time():
    assessment = made_up_assessment(COURSE)
    # A calm face changes a little over time, so that two calm frames are not the same picture.
    found = propose_key_frames(assessment, recording(assessment, seed=lambda record: int(record.time_s) // 4))
    assert kinds(found) == [KeyFrameKind.CALM, KeyFrameKind.APEX, KeyFrameKind.CALM, KeyFrameKind.APEX]
    times = [each.time_s for each in found]
    assert times == sorted(times)
    assert 4 <= times[1] < 8
    assert 12 <= times[3] < 16


def test_nearly_equal_frames_are_proposed_once():
    assessment = made_up_assessment([*COURSE, (Grade.SEVERE, 4.0)])
    found = propose_key_frames(assessment, recording(assessment))
    assert len(found) == 3, "one calm, one severe, one mild: the others show the same picture"


@pytest.mark.parametrize("look", [{"darker": 0.2}, {"blurred": 61}])
def test_dark_and_blurred_faces_are_not_proposed(look):
    assessment = made_up_assessment(COURSE)
    assert propose_key_frames(assessment, recording(assessment, **look), SHARP) == []
    assert propose_key_frames(assessment, recording(assessment), SHARP)


def test_of_an_episode_a_sharp_frame_stands_for_a_blurred_apex():
    assessment = made_up_assessment([(Grade.SEVERE, 4.0)])
    found = propose_key_frames(
        assessment, recording(assessment, blurred=lambda record: 61 if record.time_s < 3.5 else 0), SHARP
    )
    assert len(found) == 1
    assert found[0].time_s >= 3.5


def test_the_strongest_frames_of_an_episode_are_looked_at():
    assessment = made_up_assessment([(Grade.SEVERE, 6.0)])
    frames = [
        replace(each, actions={**each.actions, "AU4": 5.0 if 2 <= each.time_s < 3 else 1.0})
        for each in assessment.frames
    ]
    found = candidates(replace(assessment, frames=tuple(frames)), RULES)
    assert found
    assert all(2 <= each.time_s < 3 for each in found)
    assert {each.strength for each in found} == {max(map(strength, frames))}


def test_what_was_not_graded_or_only_dimly_seen_is_not_proposed():
    assert candidates(made_up_assessment([(Problem.TOO_DARK, 20.0)]), RULES) == []
    assert candidates(made_up_assessment(COURSE, dim=True), RULES) == []


def test_a_grader_without_actions_ranks_by_expected_grade():
    assessment = made_up_assessment(COURSE, with_actions=False)
    by_time = {each.time_s: each.strength for each in candidates(assessment, RULES)}
    severe = [value for time_s, value in by_time.items() if 4 <= time_s < 8]
    mild = [value for time_s, value in by_time.items() if time_s >= 12]
    assert min(severe) > max(mild)


def test_no_calm_frames_are_proposed_where_the_settings_say_so():
    assessment = made_up_assessment(COURSE)
    found = propose_key_frames(assessment, recording(assessment), replace(RULES, calm_frames=0))
    assert set(kinds(found)) == {KeyFrameKind.APEX}


def test_the_picture_shows_the_face_and_leaves_the_ward_and_other_people_out():
    image = np.zeros((480, 640, 3), np.uint8)
    image[:, 560:] = 255  # somebody else at the edge
    landmarks = np.array([(270.0, 210.0), (370.0, 210.0), (320.0, 260.0), (280.0, 310.0), (360.0, 310.0)])
    picture = face_picture(image, landmarks, replace(RULES, picture_width=1.4))
    assert picture.max() == 0
    assert picture.shape[0] == pytest.approx(1.4 * 2.4 * 100, rel=0.1)
    assert max(face_picture(image, landmarks, replace(RULES, most_px=200)).shape) == 200
