"""The picture of a chosen moment: the frame with the face's box and landmarks, or a sketch where no picture is kept."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from peea.assessment import FrameRecord

SHOWN_WIDTH: Final = 640
"""Pixels a picture is wide on the page; a phone's 1080p frame would be slow to send to a tablet and no clearer."""

MARK_RGB: Final = (255, 255, 255)
EDGE_RGB: Final = (11, 61, 145)
SHEET_RGB: Final = (243, 246, 248)
"""White marks with a dark edge can be seen on every skin and background."""

EDGE_PX: Final = 5
MARK_PX: Final = 2
LANDMARK_RADIUS_PX: Final = 4


def marked_frame(image: np.ndarray, record: FrameRecord) -> np.ndarray:
    """Return the frame at the page's width, with the box and the five landmarks of the face that was graded.

    Args:
        image: (height, width, 3) uint8 RGB, the frame of `record`.
        record: what was found in it; without a face the frame is only scaled.
    """
    height, width = image.shape[:2]
    scale = SHOWN_WIDTH / width
    interpolation = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    picture = cv2.resize(image, (SHOWN_WIDTH, max(1, round(height * scale))), interpolation=interpolation)
    return _marked(picture, record, scale)


def face_sketch(record: FrameRecord, width: int, height: int) -> np.ndarray:
    """Return a blank sheet of the frame's shape with the box and landmarks where the face was.

    Args:
        record: what was found in the frame.
        width, height: of the frames of the recording in pixels.
    """
    scale = SHOWN_WIDTH / width
    sheet = np.full((max(1, round(height * scale)), SHOWN_WIDTH, 3), SHEET_RGB, np.uint8)
    return _marked(sheet, record, scale)


def _marked(picture: np.ndarray, record: FrameRecord, scale: float) -> np.ndarray:
    if record.box is not None:
        x0, y0, x1, y1 = (round(value * scale) for value in record.box)
        for colour, thickness in ((EDGE_RGB, EDGE_PX), (MARK_RGB, MARK_PX)):
            cv2.rectangle(picture, (x0, y0), (x1, y1), colour, thickness, cv2.LINE_AA)
    for x, y in record.landmarks or ():
        centre = (round(x * scale), round(y * scale))
        cv2.circle(picture, centre, LANDMARK_RADIUS_PX + 2, EDGE_RGB, -1, cv2.LINE_AA)
        cv2.circle(picture, centre, LANDMARK_RADIUS_PX, MARK_RGB, -1, cv2.LINE_AA)
    return picture
