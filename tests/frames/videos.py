"""Tiny videos for tests, made on the spot: frame `i` is grey of brightness `luma(i)`."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

QUIET = {
    "libx264": {"x264-params": "log=0", "preset": "ultrafast"},
    "libx265": {"x265-params": "log-level=none", "preset": "ultrafast"},
    "libvpx-vp9": {"deadline": "realtime", "cpu-used": "8"},
}


def luma(index: int) -> int:
    """Brightness of frame `index`: far enough apart for every codec to keep them distinct."""
    return 10 + 8 * index


def make_video(
    path: Path,
    codec: str = "libx264",
    *,
    frames: int = 20,
    rate: int = 10,
    size: tuple[int, int] = (96, 64),
    times_ms: Sequence[int] | None = None,
    rotation: int = 0,
    picture: np.ndarray | None = None,
    options: dict[str, str] | None = None,
    faststart: bool = False,
) -> Path:
    """Write a video; `times_ms` gives each frame's presentation time (variable rate), `picture` replaces the greys."""
    with av.open(str(path), "w", options={"movflags": "faststart"} if faststart else {}) as container:
        stream = container.add_stream(codec, rate=rate, options={**QUIET.get(codec, {}), **(options or {})})
        stream.width, stream.height = size
        stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        time_base = Fraction(1, 1000) if times_ms is not None else Fraction(1, rate)
        stream.codec_context.time_base = time_base
        if rotation:
            stream.set_display_rotation(rotation)
        for index in range(frames if times_ms is None else len(times_ms)):
            grey = np.full((size[1], size[0], 3), min(luma(index), 250), np.uint8)
            frame = av.VideoFrame.from_ndarray(grey if picture is None else picture, format="rgb24")
            frame.pts = index if times_ms is None else times_ms[index]
            frame.time_base = time_base
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def make_sound(path: Path, codec: str = "aac") -> Path:
    """Write half a second of silence without any picture."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=16000, layout="mono")
        for index in range(8):
            frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format="fltp", layout="mono")
            frame.sample_rate = 16000
            frame.pts = index * 1024
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path
