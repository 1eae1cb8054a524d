"""The sound of an alert: two rising tones, three times, as a WAV file. Nothing is read from disk or network."""

from __future__ import annotations

import io
import wave
from typing import Final

import numpy as np

_RATE_HZ: Final = 16_000
_TONES_HZ: Final = (660.0, 880.0)
_TONE_S: Final = 0.22
_PAUSE_S: Final = 0.35
_TIMES: Final = 3
_LOUDNESS: Final = 0.5
_RAMP_S: Final = 0.015
"""Fading in and out, so that the tones do not click."""


def alert_sound(number: int) -> bytes:
    """Return the sound of an alert: 16-bit mono WAV.

    Args:
        number: of the alert; each number gives another file (by a few silent samples), so that the browser plays a new
            alert although the sound is the same.
    """
    times = np.arange(round(_TONE_S * _RATE_HZ)) / _RATE_HZ
    ramp = np.clip(np.minimum(times, _TONE_S - times) / _RAMP_S, 0, 1)
    pause = np.zeros(round(_PAUSE_S * _RATE_HZ))
    call = np.concatenate([*(np.sin(2 * np.pi * tone * times) * ramp for tone in _TONES_HZ), pause])
    samples = np.concatenate([np.tile(call, _TIMES), np.zeros(number)])
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(_RATE_HZ)
        out.writeframes((samples * _LOUDNESS * np.iinfo(np.int16).max).astype("<i2").tobytes())
    return file.getvalue()
