from dataclasses import replace

import numpy as np
import pytest

from peea.synthetic.expression import Expression
from peea.synthetic.hand import HandPose
from peea.synthetic.lights import LightLevel, brightened, draw_illumination, irradiance
from peea.synthetic.person import Person
from peea.synthetic.scenes import (
    RenderingDefectError,
    background,
    compose,
    covered_share,
    draw_hand,
    draw_scene,
    draw_view,
    hidden_by,
)
from peea.synthetic.seeds import generator
from peea.synthetic.view import View
from tests.synthetic.made_up import OvalRenderer

SIZE = 96


@pytest.fixture(scope="module")
def renderer():
    oval = OvalRenderer(SIZE, SIZE)
    oval.load(Person.from_seed(5))
    return oval


def hand_at(x: float, y: float) -> HandPose:
    return HandPose((x, y), 60.0, 0.0, 0.2, False, (0.4, 0.25, 0.2), (0.2, 0.3, 0.5))


def test_a_hand_hides_the_landmarks_under_it_and_no_others(renderer):
    scene = draw_scene(generator(1), LightLevel.WARD, lying=True)
    view = View(face_height=0.6)
    rendering = renderer.render(Expression(), view, scene.illumination.lighting)
    behind = background(scene, view, SIZE, SIZE)
    free = compose(rendering, behind, scene)
    covered = compose(rendering, behind, scene, hand_at(SIZE / 2, SIZE / 2 + 10))
    assert free.visible.all()
    assert free.occlusion == 0
    assert 0 < np.count_nonzero(~covered.visible) < 68
    assert 0.1 < covered.occlusion < 1
    changed = np.abs(covered.linear - free.linear).max(axis=-1)
    hidden = rendering.landmarks[~covered.visible].astype(int)
    assert changed[hidden[:, 1], hidden[:, 0]].min() > 0
    away = compose(rendering, behind, scene, hand_at(-200, -200))
    assert away.visible.all()
    assert np.allclose(away.linear, free.linear)


def test_pixels_that_are_not_numbers_are_not_hidden(renderer):
    scene = draw_scene(generator(1), LightLevel.WARD, lying=True)
    rendering = renderer.render(Expression(), View(), scene.illumination.lighting)
    rendering.color[50, 50] = np.nan
    with pytest.raises(RenderingDefectError, match="1 pixels of a rendered head are not numbers"):
        compose(rendering, background(scene, View(), SIZE, SIZE), scene)


def test_coverage_of_landmarks_is_read_where_they_lie():
    alpha = np.zeros((10, 10), np.float32)
    alpha[:5] = 1
    corners = np.array([[2, 2], [8, 2], [8, 8], [2, 8], [-3, 2]], np.float32)
    assert hidden_by(alpha, corners).tolist() == [True, True, False, False, False]
    assert covered_share(alpha, corners[:4]) == pytest.approx(3 / 7)


def test_nobody_in_bed_shows_the_bed_alone():
    scene = draw_scene(generator(2), LightLevel.WARD, lying=True)
    behind = background(scene, View(), SIZE, SIZE)
    composition = compose(None, behind, scene)
    assert np.array_equal(composition.linear, behind)
    assert not composition.visible.any()


def test_light_levels_are_ordered_and_light_adds_up():
    def on_face(level: LightLevel) -> float:
        facing = np.array([[0.0, 0.0, 1.0]], np.float32)
        lightings = [draw_illumination(generator(3, seed), level).lighting for seed in range(30)]
        return float(np.mean([irradiance(lighting, facing).mean() for lighting in lightings]))

    levels = (LightLevel.TOO_DARK, LightLevel.NIGHT_LAMP, LightLevel.EVENING, LightLevel.WARD)
    powers = [on_face(level) for level in levels]
    assert powers == sorted(powers)
    illumination = draw_illumination(generator(4), LightLevel.WARD)
    normals = generator(5).normal(size=(20, 3)).astype(np.float32)
    double = irradiance(brightened(illumination, 2.0, LightLevel.WARD).lighting, normals)
    assert np.allclose(double, 2 * irradiance(illumination.lighting, normals), rtol=1e-5)


def test_scenes_and_poses_stay_within_the_limits_of_the_data_set_and_reach_them():
    views = [draw_view(generator(6, seed), lying=seed % 2 == 0) for seed in range(400)]
    for name, limit in (("yaw_deg", 35), ("pitch_deg", 20), ("roll_deg", 25)):
        angles = np.abs([getattr(view, name) for view in views])
        assert 0.9 * limit < angles.max() <= limit
    heights = [view.face_height for view in views]
    assert min(heights) >= 0.45
    assert max(heights) <= 0.80
    levels = {draw_scene(generator(7, seed)).illumination.level for seed in range(100)}
    assert levels == set(LightLevel) - {LightLevel.TOO_DARK}


def test_every_ward_can_be_painted_and_a_back_lit_one_is_brighter_behind_than_on_the_face():
    for seed in range(12):
        level = list(LightLevel)[seed % len(LightLevel)]
        scene = draw_scene(generator(8, seed), level)
        picture = background(scene, View(face_height=0.4), SIZE, SIZE)
        assert picture.shape == (SIZE, SIZE, 3)
        assert np.isfinite(picture).all()
        assert picture.min() >= 0
    scene = draw_scene(generator(9), LightLevel.BACK_LIT, lying=False)
    bare = replace(scene, ward=replace(scene.ward, pillow=None, bed_head=None))
    facing = irradiance(scene.illumination.lighting, np.array([[0.0, 0.0, 1.0]], np.float32)).mean()
    assert np.quantile(background(bare, View(), SIZE, SIZE), 0.9) > 2 * 0.5 * facing


def test_hands_are_drawn_over_the_face():
    view = View(face_height=0.6)
    shares = []
    for seed in range(30):
        rng = generator(10, seed)
        pose = draw_hand(rng, view, (0.4, 0.3, 0.2), SIZE, SIZE)
        oval = OvalRenderer(SIZE, SIZE)
        oval.load(Person.from_seed(1))
        scene = draw_scene(rng)
        rendering = oval.render(Expression(), view, scene.illumination.lighting)
        shares.append(compose(rendering, background(scene, view, SIZE, SIZE), scene, pose).occlusion)
    assert np.mean(np.array(shares) > 0.03) > 0.8
