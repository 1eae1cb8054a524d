"""Files from outside are unpacked by another process without rights: what it may not do, and how its end is told."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from fractions import Fraction

import av
import numpy as np
import pytest

from peea.frames import (
    EmptyRecordingError,
    Frame,
    MissingRecordingError,
    NotAVideoError,
    RecordingLimits,
    RecordingTooLargeError,
    StoppedReadingError,
    frame_at,
    open_recording,
)
from peea.frames.decoding import decode_recording
from peea.frames.protocol import SLOTS, slot_bytes
from peea.language import Language, using_language
from tests.frames.videos import luma, make_video


def test_frames_are_the_same_as_decoded_here(tmp_path):
    noise = np.random.default_rng(1).integers(0, 255, (64, 96, 3), np.uint8)
    path = make_video(tmp_path / "ward.mp4", picture=noise, rotation=90)
    with decode_recording(path) as here, open_recording(path) as apart:
        assert (apart.width, apart.height, apart.codec) == (here.width, here.height, here.codec)
        assert (apart.duration_s, apart.frame_rate, apart.rotation_deg) == (
            here.duration_s,
            here.frame_rate,
            here.rotation_deg,
        )
        for mine, theirs in zip(here, apart, strict=True):
            assert isinstance(theirs, Frame)
            assert mine.time_s == theirs.time_s
            assert np.array_equal(mine.image, theirs.image)
        assert (apart.frames_read, apart.truncated) == (here.frames_read, here.truncated) == (20, False)
    assert frame_at(path, 0.72).time_s == pytest.approx(0.7)


def test_a_frame_stays_as_it_was_while_others_are_read(tmp_path):
    with open_recording(make_video(tmp_path / "ward.mp4")) as recording:
        frames = list(recording)
    assert [frame.image.mean() for frame in frames] == pytest.approx([luma(index) for index in range(20)], abs=4)


@pytest.mark.parametrize(
    ("content", "kind", "words"),
    [
        (None, MissingRecordingError, "is not there"),
        (b"", EmptyRecordingError, "is empty"),
        (b"Dear colleague, " * 99, NotAVideoError, "is not a video but a text file"),
    ],
)
def test_what_is_wrong_with_a_file_comes_across_by_kind_and_sentence(tmp_path, content, kind, words):
    path = tmp_path / "x"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(kind, match=rf"^bed 4\.mp4 {words}"):
        open_recording(path, name="bed 4.mp4")


def test_what_is_wrong_is_said_in_the_language_of_whoever_asks(tmp_path):
    (tmp_path / "empty.mp4").touch()
    with using_language(Language.CHINESE), pytest.raises(EmptyRecordingError) as caught:
        open_recording(tmp_path / "empty.mp4")
    assert "is empty" not in str(caught.value)


@pytest.fixture
def long_recording(tmp_path):
    return make_video(tmp_path / "long.mp4", frames=200)


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSEGV])
def test_a_decoder_that_dies_is_a_sentence_and_the_next_recording_is_read(long_recording, how):
    with open_recording(long_recording) as recording:
        frames = iter(recording)
        next(frames)
        os.kill(recording._reader.process.pid, how)
        recording._reader.process.wait()
        with pytest.raises(StoppedReadingError, match=r"^long\.mp4 cannot be read: unpacking it had to be stopped"):
            list(frames)
    with open_recording(long_recording) as recording:
        assert sum(1 for _ in recording) == 200


def test_a_decoder_that_falls_silent_is_ended(long_recording):
    with open_recording(long_recording, RecordingLimits(answer_within_s=1.0)) as recording:
        os.kill(recording._reader.process.pid, signal.SIGSTOP)
        begun = time.monotonic()
        with pytest.raises(StoppedReadingError, match="takes too long to unpack"):
            list(recording)
        assert time.monotonic() - begun < 20
    assert recording._reader.process.poll() is not None


def test_closing_ends_whoever_waits_for_the_next_picture_in_another_thread(long_recording):
    recording = open_recording(long_recording)
    os.kill(recording._reader.process.pid, signal.SIGSTOP)
    read: list[int] = []
    waiting = threading.Thread(target=lambda: read.append(sum(1 for _ in recording)))
    waiting.start()
    recording.close()
    waiting.join(20)
    assert not waiting.is_alive()
    assert len(read) == 1
    assert list(recording) == []


def test_processor_time_is_limited(long_recording):
    with open_recording(long_recording, RecordingLimits(max_processor_s=1)) as recording:
        bounds = _limits_of(recording._reader.process.pid)
    assert bounds["Max cpu time"] == ("1", "1")
    assert bounds["Max file size"] == ("0", "0")
    assert bounds["Max core file size"] == ("0", "0")


def test_memory_is_limited(tmp_path):
    limits = RecordingLimits(max_memory_bytes=10**9)
    path = make_video(tmp_path / "ward.mp4")
    with open_recording(path, limits) as recording:
        bound, hard = _limits_of(recording._reader.process.pid)["Max address space"]
    assert int(bound) == int(hard) == 10**9 + SLOTS * slot_bytes(limits)


def _limits_of(process: int) -> dict[str, tuple[str, str]]:
    with open(f"/proc/{process}/limits") as file:
        return {line[:26].strip(): (line[26:47].strip(), line[47:68].strip()) for line in file.read().splitlines()[1:]}


def test_the_reader_is_not_told_the_keys_and_passwords_of_the_app(tmp_path):
    """A process started with a key in its environment; its reader has none."""
    path = make_video(tmp_path / "ward.mp4")
    program = (
        "import sys\nfrom peea.frames import open_recording\n"
        "with open_recording(sys.argv[1]) as recording:\n"
        "    sys.stdout.write(open(f'/proc/{recording._reader.process.pid}/environ').read())\n"
    )
    environment = {**os.environ, "PEEA_KEY": "a secret of the ward"}
    told = subprocess.run(
        [sys.executable, "-c", program, str(path)], env=environment, capture_output=True, text=True, check=True
    )
    assert "OMP_NUM_THREADS=1" in told.stdout
    assert "secret" not in told.stdout


TRIES = """
import json, os, socket, sys
from pathlib import Path
from peea.apart.confinement import allow_more_files, leave_only
folder = Path(sys.argv[1])
confined = leave_only(folder / "mine.mp4")
allow_more_files(1)
def tried(do):
    try:
        do()
    except OSError as error:
        return "refused"
    return "done"
found = {"confined": confined, "mine": tried(lambda: (folder / "mine.mp4").read_bytes())}
opened = open(folder / "mine.mp4", "rb")
found["other"] = tried(lambda: (folder / "patients.db").read_bytes())
found["remove"] = tried(lambda: (folder / "patients.db").unlink())
found["make"] = tried(lambda: (folder / "new").mkdir())
found["socket"] = tried(lambda: socket.socket())
found["signal"] = tried(lambda: os.kill(os.getppid(), 0))
found["program"] = tried(lambda: os.execv("/bin/true", ["true"]))
print(json.dumps(found))
"""


def test_the_reader_can_open_its_recording_and_nothing_else(tmp_path):
    for name in ("mine.mp4", "patients.db"):
        (tmp_path / name).write_bytes(b"x")
    told = subprocess.run(
        [sys.executable, "-c", TRIES, str(tmp_path)], capture_output=True, text=True, check=True, close_fds=True
    )
    found = json.loads(told.stdout)
    if not found.pop("confined"):
        pytest.skip("this kernel has no Landlock; limits of open files, memory and time hold all the same")
    signals = found.pop("signal")
    assert found == {
        "mine": "done",
        "other": "refused",
        "remove": "refused",
        "make": "refused",
        "socket": "refused",
        "program": "refused",
    }
    assert (tmp_path / "patients.db").read_bytes() == b"x"
    if tuple(map(int, os.uname().release.split(".")[:2])) >= (6, 12):
        assert signals == "refused"


def test_answers_of_the_reader_are_not_believed(tmp_path, monkeypatch):
    """A reader that was taken over names a picture larger than its place, or a time before the last one."""
    path = make_video(tmp_path / "ward.mp4")
    picture = {"is": "picture", "time_s": 0.0, "height": 64, "width": 96}
    for lie in (
        {"height": 10**6, "width": 10**6},
        {"height": -1},
        {"height": 1.5},
        {"time_s": float("nan")},
        {"time_s": -1.0},
        {"time_s": "soon"},
        {"is": "anything"},
    ):
        with open_recording(path) as recording:
            monkeypatch.setattr(recording._reader, "answer", lambda within_s, lie=lie: {**picture, **lie})
            with pytest.raises(StoppedReadingError):
                next(iter(recording))
    with open_recording(path) as recording:
        monkeypatch.setattr(recording._reader, "answer", lambda within_s: picture)
        with pytest.raises(StoppedReadingError):
            list(recording)


def test_the_memory_of_the_pictures_cannot_be_cut_short(tmp_path):
    """Looking at pictures whose memory is gone would end the app, not the reader."""
    with open_recording(make_video(tmp_path / "ward.mp4")) as recording:
        for size in (0, 10**12):
            with pytest.raises(PermissionError):
                os.ftruncate(recording._reader._memory, size)
        assert sum(1 for _ in recording) == 20


def test_pictures_over_forty_megapixels_are_refused(tmp_path):
    """One black picture of 8,000 x 5,008: a file of some 200 kB that would fill 120 MB when it is unpacked."""
    path = tmp_path / "large.mkv"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mjpeg", rate=1, width=8_000, height=5_008, pix_fmt="yuvj420p")
        container.mux(stream.encode(av.VideoFrame(8_000, 5_008, "yuvj420p")))
        container.mux(stream.encode())
    assert path.stat().st_size < 1_000_000
    with pytest.raises(RecordingTooLargeError, match="more than 40 million pixels"):
        open_recording(path)


def test_pixels_that_are_said_to_be_very_wide_do_not_make_a_picture_over_the_limit(tmp_path):
    """The file states the shape of its pixels: 96 x 64 of them, each 20 times as wide as it is high."""
    path = tmp_path / "wide.mkv"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=10, options={"x264-params": "log=0:sar=20/1"})
        stream.width, stream.height, stream.pix_fmt = 96, 64, "yuv420p"
        stream.codec_context.sample_aspect_ratio = Fraction(20, 1)
        container.mux(stream.encode(av.VideoFrame.from_ndarray(np.zeros((64, 96, 3), np.uint8))))
        container.mux(stream.encode())
    with open_recording(path) as recording:
        assert recording.width == 96 * 20
    with pytest.raises(RecordingTooLargeError, match="million pixels"):
        open_recording(path, RecordingLimits(max_pixels=96 * 20 * 64 - 1))


def test_more_pictures_than_any_camera_makes_are_refused(tmp_path):
    """Pictures a hundredth of a millisecond apart: the length never ends the recording, the number does."""
    limits = RecordingLimits(max_duration_s=1.0)
    path = make_video(tmp_path / "endless.mkv", "mjpeg", times_ms=range(300))
    with open_recording(path, limits) as recording, pytest.raises(RecordingTooLargeError):
        list(recording)
