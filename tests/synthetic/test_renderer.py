"""The renderer as its users see it: the same picture for the same inputs, actions in their own region, landmarks."""

import hashlib
import subprocess
import sys
from dataclasses import replace

import moderngl
import numpy as np
import pytest

from peea.synthetic.expression import MOVED_ACTIONS, Expression
from peea.synthetic.graphics import GraphicsUnavailableError
from peea.synthetic.muscles import MIDLINE_ACTIONS
from peea.synthetic.person import SKIN_TONES, Person
from peea.synthetic.renderer import FaceRenderer, NoPersonError
from peea.synthetic.view import Lighting, Rendering, View

pytestmark = pytest.mark.render

SIZE = 160
VIEW = View(face_height=0.7)
OWN_SHARE = 0.75
"""Least share of an action's change of the picture that lies in the action's own region."""


@pytest.fixture(scope="module")
def renderer():
    return FaceRenderer(SIZE, SIZE)


@pytest.fixture
def bald_man(renderer):
    renderer.load(replace(Person.from_seed(2), glasses="none"))
    return renderer


def luma(rendering: Rendering) -> np.ndarray:
    return np.sqrt(np.clip(rendering.color.mean(2), 0, 1))


def change(renderer: FaceRenderer, neutral: Rendering, expression: Expression) -> np.ndarray:
    return np.abs(luma(renderer.render(expression, VIEW, Lighting())) - luma(neutral))


def full(name: str) -> float:
    return 1.0 if name == "AU43" else 5.0


def digest(rendering: Rendering) -> str:
    parts = (rendering.color, rendering.alpha, rendering.landmarks, rendering.visible)
    return hashlib.sha256(b"".join(part.tobytes() for part in parts)).hexdigest()


def region(name: str, neutral: Rendering) -> np.ndarray:
    """Return the (SIZE, SIZE) mask of an action's region of the face, as bands between landmarks."""
    points = neutral.landmarks
    apart = np.linalg.norm(points[36:42].mean(0) - points[42:48].mean(0))
    rows = np.arange(SIZE)[:, None]
    columns = np.arange(SIZE)[None, :]
    brow_y, eye_y = points[17:27, 1].min(), points[36:48, 1].mean()
    nose_y, mouth_y, chin_y = points[33, 1], points[48:60, 1].mean(), points[8, 1]
    middle = points[27, 0]
    top, bottom, half_width = {
        "AU1": (brow_y - 1.0 * apart, eye_y + 0.1 * apart, 1.3),
        "AU2": (brow_y - 1.0 * apart, eye_y + 0.1 * apart, 1.3),
        "AU4": (brow_y - 0.5 * apart, eye_y + 0.2 * apart, 1.2),
        "AU5": (brow_y, eye_y + 0.4 * apart, 1.2),
        "AU6": (brow_y - 0.1 * apart, nose_y + 0.1 * apart, 1.4),
        "AU7": (brow_y, eye_y + 0.4 * apart, 1.2),
        "AU9": (brow_y - 0.2 * apart, mouth_y + 0.1 * apart, 0.7),
        "AU10": (eye_y + 0.4 * apart, mouth_y + 0.3 * apart, 0.9),
        "AU12": (eye_y + 0.1 * apart, chin_y, 1.1),
        "AU43": (brow_y - 0.1 * apart, eye_y + 0.5 * apart, 1.2),
    }.get(name, (nose_y - 0.4 * apart, chin_y + 0.7 * apart, 1.2))
    mask: np.ndarray = (rows >= top) & (rows <= bottom) & (np.abs(columns - middle) <= half_width * apart)
    return mask


@pytest.mark.parametrize("name", MOVED_ACTIONS)
def test_an_action_changes_its_own_region_and_more_of_it_more(bald_man, name):
    neutral = bald_man.render(Expression(), VIEW, Lighting())
    own = region(name, neutral)
    changes = [
        change(bald_man, neutral, Expression.symmetric(**{name: share * full(name)})) for share in (0.2, 0.6, 1.0)
    ]
    assert changes[-1][own].sum() / changes[-1].sum() >= OWN_SHARE
    assert 0 < changes[0].sum() < changes[1].sum() < changes[2].sum()


@pytest.mark.parametrize("name", [name for name in MOVED_ACTIONS if name not in MIDLINE_ACTIONS])
def test_left_changes_the_pictures_right_half_and_right_the_left_one(bald_man, name):
    neutral = bald_man.render(Expression(), VIEW, Lighting())
    middle = round(float(neutral.landmarks[27, 0]))
    for side, half in (("left", slice(middle, None)), ("right", slice(0, middle))):
        difference = change(bald_man, neutral, Expression(**{side: {name: full(name)}}))
        assert difference[:, half].sum() / difference.sum() > 0.75


def test_pain_shows_on_dark_skin_as_well_as_on_light(renderer):
    shown: dict[int, dict[str, float]] = {}
    for tone in (2, 9):
        renderer.load(replace(Person.from_seed(12), glasses="none", skin_tone=tone, skin_rgb=SKIN_TONES[tone]))
        neutral = renderer.render(Expression(), VIEW, Lighting())
        shown[tone] = {}
        for name in ("AU4", "AU6", "AU7", "AU9", "AU10"):
            own = region(name, neutral)
            difference = change(renderer, neutral, Expression.symmetric(**{name: 5}))
            shown[tone][name] = float(difference[own].mean() / luma(neutral)[own].mean())
    for name, on_light in shown[2].items():
        assert on_light > 0.02
        assert shown[9][name] > 0.75 * on_light


def test_the_same_inputs_give_the_same_bytes_whatever_was_rendered_before(renderer):
    expression, view = Expression.symmetric(AU4=3, AU43=0.4), View(yaw_deg=20, face_height=0.6)
    renderer.load(Person.from_seed(9))
    first = digest(renderer.render(expression, view, Lighting()))
    renderer.load(Person.from_seed(8))
    renderer.render(Expression.symmetric(AU26=5), View(), Lighting())
    renderer.load(Person.from_seed(9))
    assert digest(renderer.render(expression, view, Lighting())) == first


def test_another_process_gives_the_same_bytes(renderer):
    renderer.load(Person.from_seed(10))
    here = digest(renderer.render(Expression.symmetric(AU9=4), VIEW, Lighting()))
    script = (
        "from tests.synthetic.test_renderer import *\n"
        f"r = FaceRenderer({SIZE}, {SIZE}); r.load(Person.from_seed(10))\n"
        "print(digest(r.render(Expression.symmetric(AU9=4), VIEW, Lighting())))"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == here


def test_colours_are_finite_and_premultiplied(bald_man):
    rendering = bald_man.render(Expression.symmetric(AU12=5, AU25=3), VIEW, Lighting())
    assert rendering.color.dtype == rendering.alpha.dtype == np.float32
    assert rendering.color.shape == (SIZE, SIZE, 3)
    assert np.isfinite(rendering.color).all()
    assert 0 <= rendering.alpha.min() <= rendering.alpha.max() <= 1
    assert rendering.color[rendering.alpha == 0].max() == 0


def test_landmarks_of_a_frontal_face_lie_in_the_picture_and_in_order(bald_man):
    rendering = bald_man.render(Expression(), VIEW, Lighting())
    points = rendering.landmarks
    assert points.shape == (68, 2)
    assert ((points > 0) & (points < SIZE)).all()
    assert rendering.visible[17:60].all()
    brows, eyes, nose, mouth, chin = (
        points[a:b, 1].mean() for a, b in ((17, 27), (36, 48), (31, 36), (48, 60), (8, 9))
    )
    assert brows < eyes < nose < mouth < chin
    assert points[36:42, 0].mean() < points[27, 0] < points[42:48, 0].mean()
    assert (np.diff(points[:17, 0]) > 0).all()
    extra = rendering.extra
    assert extra["mtcnn_right_eye"][0] < extra["mtcnn_nose"][0] < extra["mtcnn_left_eye"][0]
    assert extra["mtcnn_mouth_right"][1] > extra["mtcnn_nose"][1] > extra["mtcnn_right_eye"][1]


def test_yaw_pitch_and_roll_turn_the_way_the_view_says(bald_man):
    def points(**pose: float) -> np.ndarray:
        return bald_man.render(Expression(), View(face_height=0.6, **pose), Lighting()).landmarks

    def nose_beside_eyes(marks: np.ndarray) -> float:
        return float(marks[30, 0] - marks[36:48, 0].mean())

    assert nose_beside_eyes(points(yaw_deg=30)) > 5
    assert nose_beside_eyes(points(yaw_deg=30)) == pytest.approx(-nose_beside_eyes(points(yaw_deg=-30)), rel=0.25)
    raised, level = points(pitch_deg=18), points()
    assert raised[30, 1] - raised[36:48, 1].mean() < level[30, 1] - level[36:48, 1].mean()
    tilted = points(roll_deg=20)
    across = tilted[42:48].mean(0) - tilted[36:42].mean(0)
    assert np.rad2deg(np.arctan2(across[1], across[0])) == pytest.approx(20, abs=4)


def test_a_turned_head_hides_its_far_side(bald_man):
    seen = bald_man.render(Expression(), View(yaw_deg=60, face_height=0.6), Lighting()).visible
    assert not seen[10:15].any()
    assert seen[[31, 36, 48]].all()


def test_landmarks_follow_the_face_height_and_the_centre(bald_man):
    view = View(face_height=0.5, center=(0.4, 0.55))
    points = bald_man.render(Expression(), view, Lighting()).landmarks
    assert points[8, 1] == pytest.approx((0.55 + 0.25) * SIZE, abs=0.05 * SIZE)
    assert points[27:31, 0].mean() == pytest.approx(0.4 * SIZE, abs=0.05 * SIZE)


def test_rendering_without_a_person_says_so():
    with pytest.raises(NoPersonError, match="load a person"):
        FaceRenderer(32, 32).render(Expression(), View(), Lighting())


def test_without_egl_the_error_names_the_packages(monkeypatch):
    def fail(**_: object) -> None:
        raise RuntimeError("libEGL.so not loaded")

    monkeypatch.setattr(moderngl, "create_standalone_context", fail)
    with pytest.raises(GraphicsUnavailableError, match="apt-get install libegl1"):
        FaceRenderer(64, 64)
