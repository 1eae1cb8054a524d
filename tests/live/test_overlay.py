"""What stands on the live picture: the box, the grade with its probability, a bar for each face action, the time."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from peea.grade_style import style_of
from peea.language import Language
from peea.live.overlay import drawn
from peea.live.view import LiveView, Stage
from peea.scales import Grade
from tests.factories import frame_record

BAR = (31, 95, 139)
GREY = np.full((480, 640, 3), 120, np.uint8)


def view_of(what, **others) -> LiveView:
    view = LiveView(
        stage=Stage.READY,
        camera_on=True,
        problem=None,
        record=frame_record(1.0, what),
        width=640,
        height=480,
        done_s=4.0,
        planned_s=22.0,
        frames_a_second=25.0,
        behind_s=0.02,
        dropped=0,
    )
    return replace(view, **others)


def shown(view: LiveView, language: Language = Language.ENGLISH) -> np.ndarray:
    return drawn(GREY, view, language)


def colour(text: str) -> tuple[int, ...]:
    return tuple(int(text[place : place + 2], 16) for place in (1, 3, 5))


@pytest.mark.parametrize("grade", Grade)
def test_the_box_has_the_colour_of_the_grade_and_stands_around_the_face(grade):
    picture = shown(view_of(grade))
    x0, y0, x1, y1 = (round(edge) for edge in view_of(grade).record.box)
    for x, y in ((x0, (y0 + y1) // 2), (x1, (y0 + y1) // 2), ((x0 + x1) // 2, y1)):
        assert tuple(picture[y, x]) == colour(style_of(grade).fill)
    assert (picture[y0 + 30 : y1 - 30, x0 + 30 : x1 - 30] == 120).all(), "nothing hides the face"
    assert (GREY == 120).all(), "the camera's own picture stays as it is"


def test_the_words_change_with_grade_and_probability():
    severe = view_of(Grade.SEVERE)
    surer = replace(severe, record=replace(severe.record, probabilities=(0.02, 0.02, 0.02, 0.92, 0.02)))
    above = np.s_[60:106, 200:440]
    assert (shown(severe)[above] != shown(surer)[above]).any()
    assert (shown(severe)[above] != shown(severe, Language.CHINESE)[above]).any()


def test_bars_of_the_actions_grow_with_their_intensity():
    lengths = []
    for share in (0.0, 0.5, 1.0):
        view = view_of(Grade.SEVERE)
        actions = {name: share * (1 if name == "AU43" else 5) for name in view.record.actions}
        picture = shown(replace(view, record=replace(view.record, actions=actions)))
        # Drawn a little translucent: near the colour is the bar.
        near = np.abs(picture[350:, :160].astype(int) - BAR).max(axis=2) < 40
        lengths.append(int(near.sum()))
    assert lengths[0] < lengths[1] < lengths[2]
    without = view_of(Grade.SEVERE)
    plain = shown(replace(without, record=replace(without.record, actions=None)))
    assert (plain[380:, :100] == 120).all()


def test_the_time_left_stands_on_the_picture_while_recording_only():
    corner = np.s_[:60, 480:]
    assert (shown(view_of(Grade.SEVERE))[corner] == 120).all()
    late, later = (shown(view_of(Grade.SEVERE, stage=Stage.RECORDING, done_s=s))[corner] for s in (4.0, 15.0))
    assert (late != 120).any()
    assert (late != later).any()
