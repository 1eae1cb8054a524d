"""Recordings held for scoring: private, under a generated name, gone when nobody needs them."""

import gc
import io
import shutil
import stat
import subprocess

import pytest

from peea.held_recording import HeldRecording, place_to_hold, remove_left_behind, shown_name


def copy(name="bed 4.mp4", content=b"video", **limits):
    return HeldRecording.copy_of(io.BytesIO(content), name, **limits)


def test_a_copy_can_be_read_and_its_path_says_nothing_about_the_upload():
    recording = copy("../../Ada Kim 1941.mp4")
    assert recording.path.read_bytes() == b"video"
    assert "Ada" not in str(recording.path)
    assert recording.name == "Ada Kim 1941.mp4"
    recording.discard()


def test_only_this_user_of_the_machine_can_look_into_the_folder():
    recording = copy()
    assert stat.S_IMODE(recording.path.parent.stat().st_mode) == 0o700
    recording.discard()


def test_discarding_removes_the_copy_with_its_folder_and_may_be_repeated():
    recording = copy()
    recording.discard()
    recording.discard()
    assert not recording.path.parent.exists()
    assert not recording.available


def test_the_copy_goes_with_its_last_holder():
    recording = copy()
    folder = recording.path.parent
    del recording
    gc.collect()
    assert not folder.exists()


def test_a_copy_that_is_still_held_goes_when_its_time_is_over(monkeypatch):
    started = []

    class Clock:
        def __init__(self, seconds, ring):
            self.seconds, self.ring, self.daemon = seconds, ring, False

        def start(self):
            started.append(self)

        def cancel(self):
            pass

    monkeypatch.setattr("peea.held_recording.threading.Timer", Clock)
    recording = copy(keep_s=60.0)
    (clock,) = started
    assert clock.seconds == 60.0
    assert clock.daemon, "a program that ends does not wait for it"
    assert recording.available
    clock.ring()
    assert not recording.available


def test_a_demonstration_recording_is_left_where_it_lies(tmp_path):
    file = tmp_path / "calm.mp4"
    file.write_bytes(b"video")
    recording = HeldRecording.of_file(file, file.name)
    recording.discard()
    del recording
    gc.collect()
    assert file.exists()


def test_nothing_is_left_behind_when_the_disk_is_full(monkeypatch, tmp_path):
    class FullDisk(io.BytesIO):
        def read(self, size=-1):
            raise OSError(28, "No space left on device")

    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with pytest.raises(OSError, match="No space left"):
        HeldRecording.copy_of(FullDisk(), "a.mp4")
    assert list(tmp_path.iterdir()) == []


def test_it_lies_in_memory_where_there_is_room_and_where_the_site_says_otherwise_there(monkeypatch, tmp_path):
    memory, chosen = tmp_path / "memory", tmp_path / "chosen"
    memory.mkdir()
    chosen.mkdir()
    monkeypatch.setattr("peea.held_recording.IN_MEMORY", memory)
    monkeypatch.setattr("tempfile.tempdir", str(chosen))
    monkeypatch.delenv("TMPDIR", raising=False)
    free = shutil.disk_usage(memory).free
    assert place_to_hold(free // 4) == memory
    assert place_to_hold(free) == chosen
    recording = copy()
    assert recording.path.is_relative_to(memory)
    recording.discard()
    monkeypatch.setenv("TMPDIR", str(chosen))
    assert place_to_hold(1) == chosen


def test_what_a_killed_program_held_goes_and_what_others_hold_stays(monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr("peea.held_recording.IN_MEMORY", tmp_path / "none")
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    gone = subprocess.Popen(["true"])
    gone.wait()
    left = tmp_path / f"peea-recording-{gone.pid}-x"
    left.mkdir()
    (left / "video").write_bytes(b"a face")
    mine = copy()
    assert remove_left_behind() == 1
    assert not left.exists()
    assert mine.available
    mine.discard()


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("/etc/passwd", "passwd"),
        ("..\\..\\bed 4.mp4", "bed 4.mp4"),
        ("a\nb\x00.mp4", "ab.mp4"),
        ("", "recording"),
        ("视频.mp4", "视频.mp4"),
    ],
)
def test_names_are_shown_without_folders_and_control_characters(given, shown):
    assert shown_name(given) == shown


def test_a_very_long_name_keeps_its_beginning_and_its_end():
    shown = shown_name("x" * 300 + " bed 4.mp4")
    assert len(shown) <= 80
    assert shown.endswith("bed 4.mp4")
