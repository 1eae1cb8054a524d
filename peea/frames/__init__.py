"""Sources of frames: a video file, a folder of recordings. Everything after this module sees only `Frame`.

`recording` reads one file as a stream of frames: it has `reader`, a process of its own whose rights are taken away by
`confinement`, open the file and decode it by `decoding`. `file_kind` tells what a file is from its first bytes,
`folder` lists the recordings of a folder, `errors` names everything that can be wrong with a file, `limits` what it may
cost.
"""

from peea.frames.errors import (
    EmptyRecordingError,
    MissingRecordingError,
    NoFramesError,
    NotAVideoError,
    NoVideoTrackError,
    RecordingError,
    RecordingTooLargeError,
    StoppedReadingError,
    TruncatedRecordingError,
)
from peea.frames.folder import VIDEO_SUFFIXES, MissingFolderError, recordings_in
from peea.frames.frame import Frame
from peea.frames.limits import RecordingLimits
from peea.frames.recording import Recording, frame_at, open_recording

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
    "StoppedReadingError",
    "TruncatedRecordingError",
    "frame_at",
    "open_recording",
    "recordings_in",
]
