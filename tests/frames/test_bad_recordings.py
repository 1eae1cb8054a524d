"""Everything that can be handed in as a recording without being one: each gets its own error and its sentence."""

from __future__ import annotations

import os
import zipfile

import av
import numpy as np
import pytest

from peea.frames import (
    EmptyRecordingError,
    MissingRecordingError,
    NoFramesError,
    NotAVideoError,
    NoVideoTrackError,
    RecordingError,
    RecordingLimits,
    RecordingTooLargeError,
    TruncatedRecordingError,
)
from peea.frames.decoding import decode_recording
from tests.frames.videos import make_sound, make_video


def refusal(path, kind: type[RecordingError], limits: RecordingLimits | None = None) -> str:
    """Open and read the file, expect exactly this kind of error, and return its sentence."""
    with pytest.raises(kind) as caught, decode_recording(path, limits) as recording:
        list(recording)
    assert type(caught.value) is kind
    sentence = str(caught.value)
    assert sentence.startswith(path.name + " ")
    assert sentence.endswith(".")
    assert str(path.parent) not in sentence
    return sentence


def test_empty(tmp_path):
    path = tmp_path / "empty.mp4"
    path.touch()
    assert "is empty" in refusal(path, EmptyRecordingError)


def test_missing_and_folder(tmp_path):
    assert "is not there" in refusal(tmp_path / "gone.mp4", MissingRecordingError)
    (tmp_path / "folder.mp4").mkdir()
    assert "folder" in refusal(tmp_path / "folder.mp4", MissingRecordingError)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"Dear colleague, the patient in bed 4 ...", "a text file"),
        ("Häufige Fragen zu Schmerzen. ".encode() * 400, "a text file"),
        (b"#EXTM3U\n#EXTINF:10,\nhttp://127.0.0.1:9/secret.ts\n", "a text file"),
        (b"ffconcat version 1.0\nfile /etc/passwd\n", "a text file"),
        (b"%PDF-1.7 ...", "a PDF document"),
        (b"\x89PNG\r\n\x1a\n....", "a picture (PNG)"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF\x00", "a photograph (JPEG)"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00", "a photograph (HEIF)"),
        (b"RIFF\x24\x00\x00\x00WAVEfmt ", "a sound recording (WAV)"),
        (bytes(5000), "of an unknown kind"),
        (bytes(range(256)) * 20, "of an unknown kind"),
    ],
)
def test_mislabelled(tmp_path, content, words):
    path = tmp_path / "ward.mp4"
    path.write_bytes(content)
    assert f"is not a video but {words}" in refusal(path, NotAVideoError)


def test_a_photograph_is_not_a_video_of_one_frame(tmp_path):
    path = tmp_path / "photo.mp4"
    with av.open(str(tmp_path / "photo.jpg"), "w", format="mjpeg") as container:
        stream = container.add_stream("mjpeg", rate=1)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuvj420p"
        picture = av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), format="rgb24")
        container.mux(stream.encode(picture))
    (tmp_path / "photo.jpg").rename(path)
    assert "photograph" in refusal(path, NotAVideoError)


@pytest.mark.parametrize("locked", [False, True])
def test_zip_archive(tmp_path, locked):
    path = tmp_path / "recordings.mp4"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("ward.mp4", b"anything")
    if locked:
        # The standard library cannot encrypt; the flag of the first entry is what tells.
        content = bytearray(path.read_bytes())
        content[6] |= 1
        path.write_bytes(bytes(content))
    sentence = refusal(path, NotAVideoError)
    assert "zip archive; unpack it first" in sentence
    assert ("password-protected" in sentence) is locked


@pytest.mark.parametrize("name", ["voice.mp4", "voice.mkv", "voice.mov"])
def test_sound_only(tmp_path, name):
    assert "sound but no pictures" in refusal(make_sound(tmp_path / name), NoVideoTrackError)


def test_a_video_track_without_pictures(tmp_path):
    path = tmp_path / "nothing.mp4"
    with av.open(str(path), "w", options={"movflags": "empty_moov"}) as container:
        stream = container.add_stream("mpeg4", rate=10)
        stream.width, stream.height, stream.pix_fmt = 96, 64, "yuv420p"
        container.start_encoding()
    assert "no pictures" in refusal(path, NoFramesError)


def test_truncated_before_the_index(tmp_path):
    path = make_video(tmp_path / "cut.mp4", picture=np.random.default_rng(1).integers(0, 255, (64, 96, 3), np.uint8))
    os.truncate(path, path.stat().st_size // 2)
    assert "incomplete or damaged" in refusal(path, TruncatedRecordingError)


@pytest.mark.parametrize("name", ["cut.mp4", "cut.mkv", "cut.avi"])
@pytest.mark.parametrize("kept", [12, 40, 200])
def test_only_the_first_bytes(tmp_path, name, kept):
    path = make_video(tmp_path / name, "mjpeg" if name.endswith("avi") else "libx264")
    os.truncate(path, kept)
    with pytest.raises(RecordingError) as caught, decode_recording(path):
        pass
    assert isinstance(caught.value, TruncatedRecordingError | NoFramesError | NoVideoTrackError)


def test_four_gigabytes(tmp_path):
    path = make_video(tmp_path / "night.mp4")
    os.truncate(path, 4 * 1024**3)  # sparse: takes no space
    sentence = refusal(path, RecordingTooLargeError)
    assert "is 4.0 GB; up to 2.0 GB are accepted" in sentence


@pytest.mark.parametrize("codec", ["libx264", "libx265", "libvpx-vp9", "mjpeg"])
def test_pictures_too_large_to_unpack(tmp_path, codec):
    path = make_video(tmp_path / "large.mkv", codec, frames=2, size=(800, 600))
    assert "pixels" in refusal(path, RecordingTooLargeError, RecordingLimits(max_pixels=800 * 600 - 1))


def test_pictures_that_claim_to_be_small(tmp_path):
    """A header that understates the size: the decoder's own limit refuses the picture before it is unpacked."""
    path = make_video(tmp_path / "bomb.mkv", "mjpeg", frames=2, size=(800, 600))
    content = path.read_bytes()
    # Matroska PixelWidth (B0) and PixelHeight (BA), two bytes each: 800 -> 80, 600 -> 60.
    assert content.count(b"\xb0\x82\x03\x20") == content.count(b"\xba\x82\x02\x58") == 1
    content = content.replace(b"\xb0\x82\x03\x20", b"\xb0\x82\x00\x50").replace(
        b"\xba\x82\x02\x58", b"\xba\x82\x00\x3c"
    )
    path.write_bytes(content)
    limits = RecordingLimits(max_pixels=100_000)
    refusal(path, RecordingTooLargeError, limits)


def test_too_long(tmp_path):
    path = make_video(tmp_path / "watch.mp4", frames=3, rate=1)
    assert "minutes are accepted" in refusal(path, RecordingTooLargeError, RecordingLimits(max_duration_s=1.5))


def test_too_long_without_saying_so(tmp_path):
    """A recording of a browser states no length; the limit holds while it is read."""
    path = tmp_path / "stream.webm"
    with av.open(str(path), "w", format="webm", options={"live": "1"}) as container:
        stream = container.add_stream("libvpx-vp9", rate=10, options={"deadline": "realtime", "cpu-used": "8"})
        stream.width, stream.height, stream.pix_fmt = 96, 64, "yuv420p"
        for index in range(30):
            picture = av.VideoFrame.from_ndarray(np.full((64, 96, 3), 5 * index, np.uint8), format="rgb24")
            picture.pts = index
            container.mux(stream.encode(picture))
        container.mux(stream.encode())
    with decode_recording(path) as recording:
        assert recording.duration_s is None
        assert len(list(recording)) == 30
    assert "minutes are accepted" in refusal(path, RecordingTooLargeError, RecordingLimits(max_duration_s=1.5))


def test_the_name_of_an_upload_stands_in_the_sentence(tmp_path):
    path = tmp_path / "tmpabc123"
    path.touch()
    with pytest.raises(EmptyRecordingError, match=r"^bed 4\.mp4 is empty"):
        decode_recording(path, name="bed 4.mp4")
