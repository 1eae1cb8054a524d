"""Sources of frames: a video file, a folder of recordings. Everything after this module sees only `Frame`.

`recording` reads one file as a stream of frames, `file_kind` tells what a file is from its first bytes, `folder` lists
the recordings of a folder, `errors` names everything that can be wrong with a file.
"""

from peea.frames.errors import (
    EmptyRecordingError,
    MissingRecordingError,
    NoFramesError,
    NotAVideoError,
    NoVideoTrackError,
    RecordingError,
    RecordingTooLargeError,
    TruncatedRecordingError,
)
from peea.frames.folder import VIDEO_SUFFIXES, MissingFolderError, recordings_in
from peea.frames.frame import Frame
from peea.frames.recording import Recording, RecordingLimits, frame_at, open_recording

__all__ = [
    "VIDEO_SUFFIXES",
    "EmptyRecordingError",
    "Frame",
    "MissingFolderError",
    "MissingRecordingError",
    "NoFramesError",
    "NoVideoTrackError",
    "NotAVideoError",
    "Recording",
    "RecordingError",
    "RecordingLimits",
    "RecordingTooLargeError",
    "TruncatedRecordingError",
    "frame_at",
    "open_recording",
    "recordings_in",
]
