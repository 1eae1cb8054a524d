"""Names of files from outside are for reading aloud: they lead nowhere."""

from __future__ import annotations

import io

import pytest

from peea.frames import NotAVideoError, open_recording
from peea.held_recording import LONGEST_NAME, HeldRecording
from peea.store.kept_files import KeptFiles
from tests.test_pages import data_folder, opened, words  # noqa: F401 - fixtures

NAMES = [
    "../../../etc/passwd",
    "..\\..\\windows\\system32\\config.mp4",
    "/etc/shadow.mp4",
    "bed\x00 4.mp4",
    "x" * 300 + ".mp4",
    "王秀英的录像 🎥.mp4",
    "\u202e4pm.exe",
    "-rf *.mp4",
    "$(reboot).mp4",
    "line\nbreak.mp4",
    "..",
    ".",
    "",
    "file:///etc/passwd",
    "http://localhost/x.mp4",
]


@pytest.mark.parametrize("name", NAMES)
def test_no_name_of_an_upload_becomes_a_part_of_a_path(name):
    held = HeldRecording.copy_of(io.BytesIO(b"Dear colleague, " * 9), name)
    try:
        parts = held.path.parts
        assert held.path.parent.name.startswith("peea-recording-")
        assert held.path.name.isalnum()
        assert not any(len(word) > 3 and word in part for word in name.split() for part in parts[-2:])
        assert held.name.isprintable()
        assert 0 < len(held.name) <= LONGEST_NAME
        assert "/" not in held.name
        assert "\\" not in held.name
        with pytest.raises(NotAVideoError) as refused:
            open_recording(held.path, name=held.name)
        assert str(refused.value).startswith(f"{held.name} is not a video but a text file")
        assert str(held.path.parent) not in str(refused.value)
    finally:
        held.discard()


@pytest.mark.parametrize("name", ["../peea.db", "../../outside", "a/../../peea.db"])
def test_a_kept_picture_lies_in_its_folder_whatever_its_row_says(tmp_path, name):
    database = tmp_path / "data" / "peea.db"
    database.parent.mkdir()
    for file in (database, tmp_path / "outside"):
        file.write_bytes(b"x")
    kept = KeptFiles(database, None)
    kept.remove(name)
    assert database.exists()
    assert (tmp_path / "outside").exists()
    assert kept.content(name) is None


def test_the_page_shows_a_name_that_leads_elsewhere_as_a_name(data_folder, tmp_path):  # noqa: F811
    app = opened("video_scoring")
    app.file_uploader[0].set_value([("../../outside.mp4", b"Dear colleague, " * 9, "video/mp4")]).run()
    assert not app.exception
    assert "outside.mp4 is not a video" in words(app)
    assert "../" not in words(app)
    assert not list(tmp_path.parent.rglob("outside.mp4"))
