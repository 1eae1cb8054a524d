"""A key frame's picture as it is kept: JPEG without anything beside the pixels (no place, no time, no name)."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

QUALITY: Final = 95
"""High, since a grader is trained on what is kept here."""


def encode_picture(picture: np.ndarray) -> bytes:
    """Return an RGB picture, (height, width, 3) uint8, as JPEG in full colour resolution.

    Raises:
        ValueError: the picture cannot be encoded.
    """
    options = [
        cv2.IMWRITE_JPEG_QUALITY,
        QUALITY,
        cv2.IMWRITE_JPEG_SAMPLING_FACTOR,
        cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444,
    ]
    done, content = cv2.imencode(".jpg", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), options)
    if not done:
        raise ValueError(f"a picture of shape {picture.shape} cannot be written as JPEG")
    return bytes(content)
