"""The recordings of a folder."""

from __future__ import annotations

import pytest

from peea.frames import MissingFolderError, recordings_in


def test_recordings_come_in_natural_order_and_nothing_else_does(tmp_path):
    for name in ("bed 10.mp4", "bed 2.MOV", "a.webm", "b.mkv", "c.avi", "notes.txt", ".hidden.mp4", "²³.mp4"):
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / "sub.mp4").mkdir()
    names = [path.name for path in recordings_in(tmp_path)]
    assert names == ["a.webm", "b.mkv", "bed 2.MOV", "bed 10.mp4", "c.avi", "²³.mp4"]


def test_an_empty_folder_has_none(tmp_path):
    assert recordings_in(tmp_path) == ()


def test_a_file_is_no_folder(tmp_path):
    (tmp_path / "ward.mp4").write_bytes(b"x")
    with pytest.raises(MissingFolderError, match="is not a folder"):
        recordings_in(tmp_path / "ward.mp4")
