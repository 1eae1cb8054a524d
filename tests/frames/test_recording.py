"""Reading recordings: every container and codec, times, rotation, damage, memory."""

from __future__ import annotations

import os
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from peea.frames import Frame, RecordingLimits
from peea.frames.decoding import decode_recording
from tests.frames.videos import luma, make_video

CONTAINERS_AND_CODECS = [
    ("mp4", "libx264"),
    ("mp4", "libx265"),
    ("mp4", "libvpx-vp9"),
    ("mp4", "mjpeg"),
    ("mov", "libx264"),
    ("mov", "libx265"),
    ("mov", "mjpeg"),
    ("avi", "libx264"),
    ("avi", "libvpx-vp9"),
    ("avi", "mjpeg"),
    ("mkv", "libx264"),
    ("mkv", "libx265"),
    ("mkv", "libvpx-vp9"),
    ("mkv", "mjpeg"),
    ("webm", "libvpx-vp9"),
]
NAME_IN_FILE = {"libx264": "h264", "libx265": "hevc", "libvpx-vp9": "vp9", "mjpeg": "mjpeg"}


def read(path: Path, limits: RecordingLimits | None = None) -> list[Frame]:
    with decode_recording(path, limits) as recording:
        return list(recording)


def brightness(frames: list[Frame]) -> list[float]:
    return [float(frame.image.mean()) for frame in frames]


@pytest.mark.parametrize(("container", "codec"), CONTAINERS_AND_CODECS)
def test_every_container_and_codec_gives_all_frames_in_order_at_their_times(tmp_path, container, codec):
    # Presets with B-frames, so that the order of storage differs from the order of showing.
    options = {"preset": "veryfast"} if codec in ("libx264", "libx265") else {}
    path = make_video(tmp_path / f"ward.{container}", codec, options=options)
    with decode_recording(path) as recording:
        frames = list(recording)
        assert recording.codec == NAME_IN_FILE[codec]
        assert (recording.width, recording.height) == (96, 64)
        assert recording.frame_rate == pytest.approx(10)
        assert recording.duration_s == pytest.approx(2.0, abs=0.11)
        assert (recording.frames_read, recording.broken_frames, recording.truncated) == (20, 0, False)
    assert [frame.time_s for frame in frames] == pytest.approx([index / 10 for index in range(20)], abs=0.002)
    assert brightness(frames) == pytest.approx([luma(index) for index in range(20)], abs=4)
    assert all(frame.image.shape == (64, 96, 3) and frame.image.dtype == np.uint8 for frame in frames)


@pytest.mark.parametrize("container", ["mp4", "mkv"])
def test_a_variable_frame_rate_keeps_the_time_of_each_frame(tmp_path, container):
    times_ms = [0, 40, 80, 330, 370, 900, 910, 1500]
    frames = read(make_video(tmp_path / f"phone.{container}", times_ms=times_ms))
    assert [frame.time_s for frame in frames] == pytest.approx([time / 1000 for time in times_ms], abs=0.001)


def test_times_start_at_zero_whenever_the_camera_started_counting(tmp_path):
    frames = read(make_video(tmp_path / "late.mkv", times_ms=[5200, 5300, 5400, 5500]))
    assert [frame.time_s for frame in frames] == pytest.approx([0, 0.1, 0.2, 0.3])


def test_pictures_stored_out_of_order_come_in_the_order_of_their_times(tmp_path):
    path = tmp_path / "shuffled.mkv"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mjpeg", rate=10)
        stream.width, stream.height, stream.pix_fmt = 96, 64, "yuvj420p"
        packets = []
        for index in range(8):
            picture = av.VideoFrame.from_ndarray(np.full((64, 96, 3), luma(index), np.uint8), format="rgb24")
            picture.pts = index
            packets += stream.encode(picture)
        packets += stream.encode()
        for index, packet in enumerate(packets):
            packet.pts, packet.dts = 100 + {3: 5, 5: 3}.get(index, index), index
        container.mux(packets)
    frames = read(path)
    expected = [luma(index) for index in (0, 1, 2, 5, 4, 3, 6, 7)]
    assert brightness(frames) == pytest.approx(expected, abs=4)
    assert [frame.time_s for frame in frames] == pytest.approx([index / 10 for index in range(8)], abs=0.002)


@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_the_rotation_of_a_phone_is_applied(tmp_path, rotation):
    upright = np.zeros((64, 96, 3), np.uint8)
    upright[:32, :48] = (230, 30, 30)  # red at the top left of what the patient's carer saw
    turns = rotation // 90
    stored = np.ascontiguousarray(np.rot90(upright, -turns))
    size = (stored.shape[1], stored.shape[0])
    # FFmpeg's angle counts counter-clockwise: a picture stored turned clockwise asks for that angle back.
    path = make_video(tmp_path / "phone.mp4", size=size, picture=stored, frames=3, rotation=rotation)
    with decode_recording(path) as recording:
        frame = next(iter(recording))
        assert (recording.width, recording.height) == (96, 64)
        assert recording.rotation_deg == (360 - rotation) % 360
    assert frame.image.shape == (64, 96, 3)
    reddest = np.unravel_index(np.argmax(frame.image[..., 0].astype(int) - frame.image[..., 1]), (64, 96))
    assert reddest[0] < 34
    assert reddest[1] < 50
    assert frame.image[10, 10, 0] > 150 > frame.image[50, 80, 0]


def test_colours_survive(tmp_path):
    picture = np.zeros((64, 96, 3), np.uint8)
    picture[:, :32], picture[:, 32:64], picture[:, 64:] = (200, 60, 50), (60, 180, 70), (50, 70, 190)
    for codec in ("libx264", "mjpeg"):
        frame = read(make_video(tmp_path / "colours.mkv", codec, picture=picture, frames=3))[1]
        for column, colour in ((16, picture[0, 0]), (48, picture[0, 40]), (80, picture[0, 80])):
            assert frame.image[30, column].astype(int) == pytest.approx(colour.astype(int), abs=15)


def damage(path: Path, start_share: float, length: int) -> None:
    """Overwrite bytes in the middle of a file with zeros."""
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(int(size * start_share))
        file.write(bytes(length))


def noise(seed: int, size: tuple[int, int]) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 255, (size[1], size[0], 3), dtype=np.uint8)


def test_a_broken_picture_in_the_middle_is_left_out_and_counted(tmp_path):
    path = make_video(tmp_path / "scratched.mkv", "mjpeg", picture=noise(1, (96, 64)))
    with path.open("rb") as file:
        # From the start marker of the tenth picture to that of the next: all of it is lost.
        starts = _places(file.read(), b"\xff\xd8\xff")
    with path.open("r+b") as file:
        file.seek(starts[9])
        file.write(bytes(starts[10] - starts[9] - 40))
    with decode_recording(path) as recording:
        times = [frame.time_s for frame in recording]
        assert recording.broken_frames == 1
    assert times == pytest.approx([index / 10 for index in range(20) if index != 9], abs=0.002)


def _places(data: bytes, marker: bytes) -> list[int]:
    places, place = [], data.find(marker)
    while place >= 0:
        places.append(place)
        place = data.find(marker, place + 1)
    return places


@pytest.mark.parametrize("codec", ["libx264", "libx265", "libvpx-vp9"])
def test_damage_in_the_middle_does_not_end_the_recording(tmp_path, codec):
    options = {"g": "5"}
    path = make_video(tmp_path / "damaged.mkv", codec, picture=noise(2, (96, 64)), frames=30, options=options)
    damage(path, 0.5, 300)
    frames = read(path)
    assert 20 <= len(frames) <= 30
    assert frames[-1].time_s > 2.5


@pytest.mark.parametrize(("container", "codec"), [("mp4", "libx264"), ("mkv", "libx264"), ("avi", "mjpeg")])
def test_a_file_cut_off_in_the_middle_gives_what_is_readable_and_says_so(tmp_path, container, codec):
    path = tmp_path / f"cut.{container}"
    # Key frames only, so that the bytes are spread evenly over the frames.
    options = {"g": "1"} if codec != "mjpeg" else {}
    make_video(path, codec, picture=noise(3, (96, 64)), frames=30, faststart=container == "mp4", options=options)
    os.truncate(path, path.stat().st_size * 6 // 10)
    with decode_recording(path) as recording:
        frames = list(recording)
        assert recording.truncated
    assert 5 < len(frames) < 25


def test_a_whole_file_is_not_called_cut_off(tmp_path):
    with decode_recording(make_video(tmp_path / "whole.webm", "libvpx-vp9")) as recording:
        assert len(list(recording)) == 20
        assert not recording.truncated


def test_pixels_that_are_not_square_are_made_square(tmp_path):
    path = tmp_path / "television.mkv"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=10, options={"x264-params": "log=0:sar=4/3"})
        stream.width, stream.height, stream.pix_fmt = 96, 64, "yuv420p"
        stream.codec_context.sample_aspect_ratio = Fraction(4, 3)
        container.mux(stream.encode(av.VideoFrame.from_ndarray(noise(4, (96, 64)), format="rgb24")))
        container.mux(stream.encode())
    with decode_recording(path) as recording:
        assert (recording.width, recording.height) == (128, 64)
        assert next(iter(recording)).image.shape == (64, 128, 3)


@pytest.mark.parametrize(("container", "codec"), [("mp4", "libx264"), ("avi", "mjpeg"), ("webm", "libvpx-vp9")])
def test_a_moment_can_be_looked_at_again(tmp_path, container, codec):
    path = make_video(tmp_path / f"ward.{container}", codec, options={"g": "5"} if codec != "mjpeg" else {})

    def frame_at(time_s):
        with decode_recording(path) as recording:
            return recording.frame_at(time_s)

    for index in (0, 7, 13, 19):
        frame = frame_at(index / 10)
        assert frame.time_s == pytest.approx(index / 10, abs=0.002)
        assert frame.image.mean() == pytest.approx(luma(index), abs=4)
    assert frame_at(0.75).time_s == pytest.approx(0.7, abs=0.002)
    assert frame_at(60).time_s == pytest.approx(1.9, abs=0.002)


def resident_bytes() -> int:
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.skipif(not os.path.exists("/proc/self/statm"), reason="resident memory is read from Linux' /proc")
def test_memory_does_not_grow_with_the_length(tmp_path):
    size, frames = (640, 480), 400
    path = make_video(tmp_path / "long.mp4", "libx264", size=size, frames=frames, picture=noise(5, size) // 8)
    with decode_recording(path) as recording:
        reader = iter(recording)
        for _ in range(50):
            next(reader)
        before = resident_bytes()
        highest = before
        for count, _ in enumerate(reader):
            if count % 20 == 0:
                highest = max(highest, resident_bytes())
    all_frames = (frames - 50) * size[0] * size[1] * 3
    assert highest - before < all_frames / 8
