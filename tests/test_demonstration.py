"""The list of demonstration recordings."""

import json

import pytest

from peea.demonstration import DemonstrationError, demonstration_recordings
from peea.scales import Context

ENTRY = {"file": "calm.mp4", "title": "Calm at rest", "context": "at_rest", "seconds": 22.0}


def folder_with(tmp_path, entries, files=("calm.mp4",)):
    (tmp_path / "index.json").write_text(json.dumps({"simulated": True, "recordings": entries}))
    for file in files:
        (tmp_path / file).write_bytes(b"video")
    return tmp_path


def test_recordings_are_listed_with_title_context_and_length(tmp_path):
    (recording,) = demonstration_recordings(folder_with(tmp_path, [ENTRY]))
    assert recording.path == tmp_path / "calm.mp4"
    assert (recording.title, recording.context, recording.duration_s) == ("Calm at rest", Context.REST, 22.0)


def test_without_an_index_there_are_none(tmp_path):
    assert demonstration_recordings(tmp_path) == []


def test_a_recording_that_is_not_there_is_left_out(tmp_path):
    recordings = demonstration_recordings(folder_with(tmp_path, [ENTRY, {**ENTRY, "file": "gone.mp4"}]))
    assert [recording.path.name for recording in recordings] == ["calm.mp4"]


def test_an_index_cannot_name_files_outside_its_folder(tmp_path):
    (recording,) = demonstration_recordings(folder_with(tmp_path, [{**ENTRY, "file": "../../calm.mp4"}]))
    assert recording.path == tmp_path / "calm.mp4"


@pytest.mark.parametrize("text", ["", "[]", '{"recordings": [{"file": "a.mp4"}]}', '{"recordings": 3}'])
def test_a_damaged_index_is_named(tmp_path, text):
    (tmp_path / "index.json").write_text(text)
    with pytest.raises(DemonstrationError, match=r"index\.json cannot be read"):
        demonstration_recordings(tmp_path)
