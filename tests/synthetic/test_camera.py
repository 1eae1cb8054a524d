from dataclasses import replace

import numpy as np
import pytest

from peea.synthetic.camera import Camera, automatic_gain, compress, decode_jpeg, draw_camera, encode_jpeg, take_picture
from peea.synthetic.seeds import generator

EXACT = Camera(softness_px=0.0, full_well=1e9, read_noise=0.0, jpeg_quality=None)


def scene(brightness: float = 0.2) -> np.ndarray:
    rows = np.linspace(0.5, 1.5, 64)
    return np.broadcast_to((brightness * rows)[:, None, None], (64, 80, 3)).astype(np.float32)


def test_the_same_seed_gives_the_same_picture():
    cameras = [draw_camera(generator(1)) for _ in range(2)]
    assert cameras[0] == cameras[1]
    pictures = [take_picture(scene(), cameras[0], generator(seed)) for seed in (2, 2, 3)]
    assert np.array_equal(pictures[0], pictures[1])
    assert not np.array_equal(pictures[0], pictures[2])


def test_exposure_brings_an_ordinary_room_to_the_same_brightness_and_leaves_a_dim_one_dark():
    bright, usual, dim = (take_picture(scene(b), EXACT, generator(0)).mean() for b in (0.5, 0.2, 0.01))
    assert bright == pytest.approx(usual, abs=3)
    assert dim < usual / 2
    assert automatic_gain(scene(0.001), EXACT) == EXACT.largest_gain


def test_a_camera_that_finds_faces_exposes_a_dark_face_before_a_bright_wall_longer():
    light = scene(0.5)
    face = np.zeros(light.shape[:2], bool)
    face[20:40, 30:50] = True
    light = np.where(face[..., None], np.float32(0.03), light)
    tablet = replace(EXACT, finds_faces=True)
    assert automatic_gain(light, tablet, face) > 1.3 * automatic_gain(light, EXACT, face)
    assert automatic_gain(light, tablet) == automatic_gain(light, EXACT)


def test_mid_grey_is_coded_as_srgb():
    picture = take_picture(np.full((8, 8, 3), 0.2140, np.float32), EXACT, generator(0), gain=1.0)
    assert picture.mean() == pytest.approx(127.5, abs=1)


def test_white_balance_softness_motion_and_noise_each_do_what_they_say():
    grey = np.full((64, 64, 3), 0.2, np.float32)
    warm = take_picture(grey, replace(EXACT, white_balance=(1.2, 1.0, 0.8)), generator(0), gain=1.0)
    assert warm[..., 0].mean() > warm[..., 1].mean() > warm[..., 2].mean()
    noisy = take_picture(grey, replace(EXACT, full_well=500.0), generator(0), gain=1.0)
    assert noisy.std() > 3
    edge = np.zeros((64, 64, 3), np.float32)
    edge[:, 32:] = 0.5
    sharp, soft, moved = (
        np.abs(np.diff(take_picture(edge, camera, generator(0), gain=1.0).astype(int), axis=1)).max()
        for camera in (EXACT, replace(EXACT, softness_px=4.0), replace(EXACT, motion_px=16.0, motion_deg=0.0))
    )
    assert soft < sharp / 2
    assert moved < sharp / 2


def test_compression_loses_little_and_the_file_is_the_same_each_time():
    picture = take_picture(scene(), EXACT, generator(0))
    assert encode_jpeg(picture, 80) == encode_jpeg(picture, 80)
    assert np.abs(compress(picture, 80).astype(int) - picture).mean() < 3
    with pytest.raises(ValueError, match="not a JPEG"):
        decode_jpeg(b"no picture")


def test_filming_is_less_noisy_than_a_still_and_not_compressed_twice():
    camera = draw_camera(generator(4))
    filming = camera.for_video()
    assert filming.jpeg_quality is None
    assert filming.read_noise < camera.read_noise
