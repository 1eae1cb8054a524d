"""What can be wrong with a recording. Each error is one or two sentences for staff: what is wrong, and what to do."""

from __future__ import annotations


class RecordingError(ValueError):
    """A file that cannot be scored. `str(error)` names the file and says what to do.

    Attributes:
        name: name of the file as staff know it.
    """

    def __init__(self, name: str, sentence: str) -> None:
        super().__init__(f"{name} {sentence}")
        self.name = name


class MissingRecordingError(RecordingError):
    """There is no such file, it is a folder, or it may not be read."""


class EmptyRecordingError(RecordingError):
    """The file has no bytes."""


class NotAVideoError(RecordingError):
    """The file is something else than a video, whatever its name says."""


class NoVideoTrackError(RecordingError):
    """The file holds sound but no picture."""


class NoFramesError(RecordingError):
    """The file has a video track without a single picture that can be read."""


class TruncatedRecordingError(RecordingError):
    """The file begins like a video but is incomplete or damaged beyond reading."""


class RecordingTooLargeError(RecordingError):
    """The file, its pictures or its length are over the limits of `RecordingLimits`."""


class StoppedReadingError(RecordingError):
    """Unpacking the file ended the process that did it, or had to be stopped: it took too long."""
