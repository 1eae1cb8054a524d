"""One video file as a stream of frames: decoded one by one, upright, with times from 0 at the first picture.

Decoding is done by PyAV (FFmpeg), in the process that calls. Files from outside are not opened here but by
`peea.frames.recording`, which has a process of its own do it. Containers mp4, mov, avi, mkv and webm with H.264, HEVC,
VP9, MJPEG and MPEG-4 video.
"""

from __future__ import annotations

import heapq
import itertools
import logging
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Final

import av
import numpy as np
from av.container import InputContainer
from av.error import ArgumentError, FFmpegError
from av.stream import Disposition
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from peea.frames.errors import (
    EmptyRecordingError,
    MissingRecordingError,
    NoFramesError,
    NotAVideoError,
    NoVideoTrackError,
    RecordingTooLargeError,
    TruncatedRecordingError,
)
from peea.frames.file_kind import HEAD_BYTES, container_format, describe
from peea.frames.frame import Frame
from peea.frames.limits import HIGHEST_RATE_HZ, RecordingLimits
from peea.language import t

_log = logging.getLogger(__name__)

_REORDER_FRAMES: Final = 8
"""Pictures held back to put times into order. Encoders of cameras and phones reorder over at most 4."""

_EARLIEST_RATE_HZ: Final = 1.0
"""Lowest frame rate that a camera can have; a file that states one out of range states none (webm of a browser says
1000)."""


class DecodedRecording:
    """A video file decoded in this process; use it in a `with` block and iterate over it.

    Memory does not grow with the length: a handful of decoded pictures is held at a time. Its attributes are those of
    `peea.frames.Recording`, which reads it from a process of its own; `broken_frames` counts from the first picture on.
    """

    def __init__(self, container: InputContainer, stream: VideoStream, name: str, limits: RecordingLimits) -> None:
        self._container = container
        self._stream = stream
        self._limits = limits
        self._closed = False
        self.name = name
        self.codec = stream.codec_context.name
        self.duration_s = _duration_s(container, stream)
        self.frame_rate = _frame_rate(stream)
        self.frames_read = 0
        self.broken_frames = 0
        self.truncated = False
        self._step_s = 1 / (self.frame_rate or limits.assumed_rate_hz)
        self._ordered = self._in_order(self._decoded())
        first = next(self._ordered, None)
        if first is None:
            raise NoFramesError(name, t("has no pictures that can be read. Record again, or copy the file once more."))
        self._origin_s, picture = first
        self._ordered = itertools.chain([first], self._ordered)
        self.rotation_deg = _clockwise_turn(picture)
        self._aspect = _pixel_aspect(stream)
        width, height = self._square_width(picture), picture.height
        self.width, self.height = (height, width) if self.rotation_deg % 180 else (width, height)

    def __enter__(self) -> DecodedRecording:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Release the file and the decoder. Reading further yields nothing."""
        self._closed = True
        self._ordered = iter(())
        self._container.close()

    def __iter__(self) -> Iterator[Frame]:
        """Yield each frame once, times strictly rising from 0.

        Raises:
            RecordingTooLargeError: the recording turns out longer than the limit although it did not say so.
        """
        last_s = -1.0
        for stamp_s, picture in self._ordered:
            time_s = stamp_s - self._origin_s
            if time_s <= last_s:
                self.broken_frames += 1
                _log.warning("%s: left out a picture with the time of an earlier one (%.3f s)", self.name, time_s)
                continue
            # Without a bound on their number, pictures a nanosecond apart would never end.
            too_many = self.frames_read >= self._limits.max_duration_s * HIGHEST_RATE_HZ
            if time_s > self._limits.max_duration_s or too_many:
                raise _too_long(self.name, time_s, self._limits)
            last_s = time_s
            self.frames_read += 1
            yield Frame(time_s, self._upright(picture))
        if self._closed or self.duration_s is None:
            return
        if last_s + self._step_s < self.duration_s - self._limits.truncated_after_s:
            self.truncated = True

    def frame_at(self, time_s: float) -> Frame:
        """Return the frame shown at `time_s`, jumping there; the recording cannot be iterated over afterwards.

        Before the first frame that is the first one, after the end the last one that can be read.
        """
        # The nearest key frame before the wanted time, by the file's index; without an index the file is read through.
        wanted_s = max(time_s, 0.0) + self._origin_s
        time_base = self._stream.time_base
        if time_s > 0 and time_base is not None:
            try:
                self._container.seek(int(wanted_s / time_base), stream=self._stream, backward=True)
                self._ordered = self._in_order(self._decoded())
            except FFmpegError as error:
                _log.info("%s: cannot jump to %.2f s (%s), reading from the start", self.name, time_s, error)
        shown = None
        for stamp_s, picture in self._ordered:
            # Half a millisecond absorbs the rounding of times that were written down and read back.
            if shown is not None and stamp_s > wanted_s + 0.0005:
                break
            shown = (stamp_s, picture)
        if shown is None:
            raise NoFramesError(self.name, t("has no picture that can be read at {n} s.", n=f"{time_s:.1f}"))
        return Frame(shown[0] - self._origin_s, self._upright(shown[1]))

    def _decoded(self) -> Iterator[VideoFrame]:
        """Decode packet by packet; what cannot be decoded is counted and left out."""
        packets = self._container.demux(self._stream)
        pictures_owed = 0
        any_decoded = False
        while True:
            try:
                packet = next(packets)
            except StopIteration:
                # Where every packet is one picture, those that vanished without an error are broken too.
                if self._stream.codec_context.codec.intra_only:
                    self.broken_frames += max(pictures_owed, 0)
                return
            except FFmpegError as error:
                # The container itself breaks off: nothing after this place can be found.
                _log.warning("%s: ends in the middle (%s)", self.name, error)
                self.truncated = True
                return
            if packet.is_corrupt:
                self.truncated = True
            pictures_owed += packet.size > 0
            try:
                pictures = packet.decode()
            except FFmpegError as error:
                # Before the first picture "invalid argument" is the decoder's refusal of one over `max_pixels`.
                if isinstance(error, ArgumentError) and not any_decoded:
                    raise _too_many_pixels(self.name, self._limits) from error
                self.broken_frames += 1
                pictures_owed -= 1
                _log.info("%s: left out a picture that cannot be decoded (%s)", self.name, error)
                continue
            for picture in pictures:
                pictures_owed -= 1
                if picture.is_corrupt:
                    self.broken_frames += 1
                    continue
                # The decoder refuses larger pictures itself; this is for formats whose decoder does not ask.
                if picture.width * picture.height > self._limits.max_pixels:
                    raise _too_many_pixels(self.name, self._limits)
                any_decoded = True
                yield picture

    def _in_order(self, pictures: Iterator[VideoFrame]) -> Iterator[tuple[float, VideoFrame]]:
        """Give each picture its time in seconds and bring both into rising order within a short window.

        A decoder that reorders (H.264, HEVC, MPEG-4) hands out pictures in the right order, but an AVI file, which
        stores no presentation times, lends them the times of their packets: then the times are sorted. Other decoders
        keep the order of the file, where packets may have been written out of order: then the pictures are sorted.
        """
        reorders = self._stream.codec_context.codec.reorder
        times: list[float] = []
        in_decoder_order: list[VideoFrame] = []
        by_time: list[tuple[float, int, VideoFrame]] = []
        last_s: float | None = None
        for count, picture in enumerate(pictures):
            time_s = picture.time
            if time_s is None:
                time_s = 0.0 if last_s is None else last_s + self._step_s
            last_s = time_s
            if reorders:
                heapq.heappush(times, time_s)
                in_decoder_order.append(picture)
                if len(times) > _REORDER_FRAMES:
                    yield heapq.heappop(times), in_decoder_order.pop(0)
            else:
                heapq.heappush(by_time, (time_s, count, picture))
                if len(by_time) > _REORDER_FRAMES:
                    time_s, _, picture = heapq.heappop(by_time)
                    yield time_s, picture
        while times:
            yield heapq.heappop(times), in_decoder_order.pop(0)
        while by_time:
            time_s, _, picture = heapq.heappop(by_time)
            yield time_s, picture

    def _upright(self, picture: VideoFrame) -> np.ndarray:
        """Return (height, width, 3) uint8 RGB: square pixels, turned upright."""
        image = picture.to_ndarray(format="rgb24", width=self._square_width(picture), height=picture.height)
        turns = _clockwise_turn(picture) // 90
        return np.ascontiguousarray(np.rot90(image, -turns)) if turns else image

    def _square_width(self, picture: VideoFrame) -> int:
        """Return the width of a picture with square pixels; a file can state any shape of its pixels, and so any width.

        Raises:
            RecordingTooLargeError: the picture would be over the limit.
        """
        width = max(1, round(picture.width * self._aspect))
        if width * picture.height > self._limits.max_pixels:
            raise _too_many_pixels(self.name, self._limits)
        return width


def decode_recording(
    path: Path | str, limits: RecordingLimits | None = None, name: str | None = None
) -> DecodedRecording:
    """Open a video file for reading.

    Args:
        path: of the file.
        limits: what to refuse; the defaults if None.
        name: how staff know the file, if it is not the last part of the path (an upload in a temporary file).

    Raises:
        RecordingError: one of its kinds says what is wrong with the file and what to do.
    """
    limits = limits or RecordingLimits()
    path = Path(path)
    name = name or path.name
    container_name = _checked_format(path, name, limits)
    # Only this file may be read, whatever addresses its contents may name; and no picture over the limit is unpacked.
    options = {"protocol_whitelist": "file", "max_pixels": str(limits.max_pixels)}
    try:
        container = av.open(f"file:{path.absolute()}", format=container_name, options=options)
    except FFmpegError as error:
        _log.info("%s cannot be opened: %s", name, error)
        raise TruncatedRecordingError(
            name,
            t(
                "is incomplete or damaged: the recording was probably interrupted, or the file was not copied to its "
                "end. Copy it from the camera once more, or record again."
            ),
        ) from error
    try:
        stream = _video_stream(container, name)
        if stream.codec_context.width * stream.codec_context.height > limits.max_pixels:
            raise _too_many_pixels(name, limits)
        duration_s = _duration_s(container, stream)
        if duration_s is not None and duration_s > limits.max_duration_s:
            raise _too_long(name, duration_s, limits)
        stream.codec_context.options = {"max_pixels": str(limits.max_pixels)}
        stream.thread_type = "AUTO"
        return DecodedRecording(container, stream, name, limits)
    except BaseException:
        container.close()
        raise


def _checked_format(path: Path, name: str, limits: RecordingLimits) -> str:
    """Return the container of a file that exists, is not empty, not too large and begins like a video."""
    if not path.is_file():
        raise MissingRecordingError(name, t("is not there, or is a folder. Choose a video file."))
    size = path.stat().st_size
    if size == 0:
        raise EmptyRecordingError(name, t("is empty (0 bytes). Copy it from the camera once more, or record again."))
    if size > limits.max_bytes:
        raise RecordingTooLargeError(
            name,
            t(
                "is {size} GB; up to {most} GB are accepted. Cut it to the 20 to 25 seconds to be graded, or record "
                "again at a lower resolution.",
                size=f"{size / 1024**3:.1f}",
                most=f"{limits.max_bytes / 1024**3:.1f}",
            ),
        )
    try:
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
    except OSError as error:
        raise MissingRecordingError(
            name, t("cannot be read ({why}). Ask for access to it.", why=error.strerror)
        ) from error
    container_name = container_format(head)
    if container_name is None:
        raise NotAVideoError(
            name, t("is not a video but {what}. Choose an mp4, mov, avi, mkv or webm file.", what=describe(head))
        )
    return container_name


def _video_stream(container: InputContainer, name: str) -> VideoStream:
    # A cover picture in a sound file is stored as a video track of one picture.
    streams = [stream for stream in container.streams.video if not stream.disposition & Disposition.attached_pic]
    if not streams:
        raise NoVideoTrackError(
            name, t("holds sound but no pictures. Choose the video, or record again with the camera on.")
        )
    return streams[0]


def _duration_s(container: InputContainer, stream: VideoStream) -> float | None:
    if stream.duration is not None and stream.time_base is not None:
        return float(stream.duration * stream.time_base)
    if container.duration is not None:
        return container.duration / av.time_base
    return None


def _frame_rate(stream: VideoStream) -> float | None:
    for rate in (stream.average_rate, stream.guessed_rate):
        if rate and _EARLIEST_RATE_HZ <= rate <= HIGHEST_RATE_HZ:
            return float(rate)
    return None


def _clockwise_turn(picture: VideoFrame) -> int:
    """Return 0, 90, 180 or 270: the clockwise turn that the file asks for (FFmpeg's angle counts the other way)."""
    return round(-picture.rotation / 90) % 4 * 90


def _pixel_aspect(stream: VideoStream) -> float:
    """Return width over height of one pixel; cameras have 1, old television formats do not."""
    ratio: Fraction | None = stream.sample_aspect_ratio
    return float(ratio) if ratio else 1.0


def _too_many_pixels(name: str, limits: RecordingLimits) -> RecordingTooLargeError:
    return RecordingTooLargeError(
        name,
        t(
            "has pictures of more than {n} million pixels, which is the most that is accepted. Record again at a lower "
            "resolution, e.g. 1920 x 1080.",
            n=f"{limits.max_pixels / 1e6:.0f}",
        ),
    )


def _too_long(name: str, duration_s: float, limits: RecordingLimits) -> RecordingTooLargeError:
    return RecordingTooLargeError(
        name,
        t(
            "is over {n} minutes long; up to {most} minutes are accepted. Cut it to the 20 to 25 seconds to be graded.",
            n=f"{duration_s / 60:.0f}",
            most=f"{limits.max_duration_s / 60:.0f}",
        ),
    )
