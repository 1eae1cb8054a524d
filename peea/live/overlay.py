"""What stands on the live picture: the face's box, the grade in words with its probability, the face actions, the time.

Drawn some 25 times a second for every camera, so words are drawn once and then copied.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping
from typing import Final

import cv2
import numpy as np

from peea.assessment.wording import percent_text
from peea.grade_style import NOT_ASSESSED, GradeStyle, style_of
from peea.language import Language, current_language, t, using_language
from peea.live.view import LiveView, Stage
from peea.moments import PROBLEM_NAMES, grade_of_frame
from peea.scales import ACTION_MAXIMUM, PSPI_ACTIONS

WORDS_PX: Final = 22
"""Height of the letters on a picture of `REFERENCE_WIDTH`; larger pictures have larger letters."""

REFERENCE_WIDTH: Final = 640
PADDING_PX: Final = 6
BAR_PX: Final = (64, 12)
"""Width and height of the bar of one face action."""

WORDS_HELD: Final = 128
"""Words held as pictures, of all cameras together. A clock says something new each second and a grade has a hundred
percentages: held for longer, their pictures, 10 to 30 KB each, would be most of what a long session holds."""

_EDGE_RGB: Final = (27, 39, 48)
_SHEET_RGB: Final = (255, 255, 255)
_BAR_RGB: Final = (31, 95, 139)
_WEIGHT: Final = 600


def drawn(image: np.ndarray, view: LiveView, language: Language) -> np.ndarray:
    """Return a copy of a frame with what the session knows of it drawn on it.

    Args:
        image: (height, width, 3) uint8 RGB, the newest frame; what is drawn may come from one or two frames before.
        view: of the session.
        language: of the words.
    """
    with using_language(language):
        picture = image.copy()
        scale = max(1.0, image.shape[1] / REFERENCE_WIDTH)
        if view.stage in (Stage.RECORDING, Stage.MONITORING):
            _put_clock(picture, view, scale)
        if view.record is not None and view.camera_on:
            _put_face(picture, view, scale)
        return picture


def _put_face(picture: np.ndarray, view: LiveView, scale: float) -> None:
    record = view.record
    if record is None:
        return
    graded = grade_of_frame(record)
    style: GradeStyle = NOT_ASSESSED
    if graded is not None:
        style = style_of(graded.grade)
        words = f"{style.sign}  {style.word}  {percent_text(graded.probabilities[graded.grade])}"
    elif record.problem is not None:
        words = PROBLEM_NAMES[record.problem]
    else:
        words = t("Face found")
    plate = _plate(words, style.fill, style.text, scale, current_language())
    if record.box is None:
        _put(picture, plate, round(PADDING_PX * scale), round(PADDING_PX * scale))
    else:
        x0, y0, x1, y1 = (round(edge) for edge in record.box)
        for colour, thickness in ((_EDGE_RGB, 6), (_rgb(style.fill), 3)):
            cv2.rectangle(picture, (x0, y0), (x1, y1), colour, round(thickness * scale), cv2.LINE_AA)
        _put(picture, plate, x0, y0 - plate.shape[0] - round(4 * scale))
    if graded is not None and graded.actions is not None:
        _put_actions(picture, graded.actions, scale)


def _put_actions(picture: np.ndarray, actions: Mapping[str, float], scale: float) -> None:
    """Draw a bar for each face action in the lower left corner."""
    width, height = (round(side * scale) for side in BAR_PX)
    pad = round(PADDING_PX * scale)
    names = [_words(name, "#1B2730", round(13 * scale), current_language()) for name in PSPI_ACTIONS]
    wide = max(name.shape[1] for name in names)
    line = height + pad
    sheet = np.full((line * len(names) + pad, wide + width + 3 * pad, 3), _SHEET_RGB, np.uint8)
    for place, (name, words) in enumerate(zip(PSPI_ACTIONS, names, strict=True)):
        y = pad + place * line
        _put(sheet, words, pad, y + (height - words.shape[0]) // 2)
        x = wide + 2 * pad
        filled = round(width * min(1.0, actions.get(name, 0.0) / ACTION_MAXIMUM[name]))
        cv2.rectangle(sheet, (x, y), (x + filled, y + height), _BAR_RGB, -1)
        cv2.rectangle(sheet, (x, y), (x + width, y + height), _EDGE_RGB, 1)
    _put(picture, sheet, pad, picture.shape[0] - sheet.shape[0] - pad, opacity=0.85)


def _put_clock(picture: np.ndarray, view: LiveView, scale: float) -> None:
    """Write how long the recording still takes, or how long is monitored, in the upper right corner."""
    if view.seconds_left is not None:
        words = t("{seconds} s left", seconds=math.ceil(view.seconds_left))
    else:
        words = t("Monitoring {minutes}:{seconds}", minutes=int(view.done_s // 60), seconds=f"{view.done_s % 60:02.0f}")
    plate = _plate(words, "#123A56", "#FFFFFF", scale, current_language())
    _put(picture, plate, picture.shape[1] - plate.shape[1] - round(PADDING_PX * scale), round(PADDING_PX * scale))


def _put(picture: np.ndarray, patch: np.ndarray, x: int, y: int, opacity: float = 1.0) -> None:
    """Copy a patch into the picture, pushed inside where it would reach past its edge."""
    height, width = min(patch.shape[0], picture.shape[0]), min(patch.shape[1], picture.shape[1])
    x = min(max(x, 0), picture.shape[1] - width)
    y = min(max(y, 0), picture.shape[0] - height)
    place = picture[y : y + height, x : x + width]
    if opacity < 1:
        cv2.addWeighted(patch[:height, :width], opacity, place, 1 - opacity, 0, dst=place)
    else:
        place[:] = patch[:height, :width]


@functools.lru_cache(maxsize=WORDS_HELD)
def _plate(words: str, fill: str, text: str, scale: float, language: Language) -> np.ndarray:
    """Return words on a plate of their own with an edge."""
    del language  # part of the key: the same sign may be drawn by another font
    letters = _lettered(words, text, round(WORDS_PX * scale), fill)
    pad = round(PADDING_PX * scale)
    return cv2.copyMakeBorder(
        cv2.copyMakeBorder(letters, pad, pad, pad, pad, cv2.BORDER_CONSTANT, value=_rgb(fill)),
        *(2, 2, 2, 2),
        cv2.BORDER_CONSTANT,
        value=_EDGE_RGB,
    )


@functools.lru_cache(maxsize=WORDS_HELD)
def _words(words: str, colour: str, px: int, language: Language) -> np.ndarray:
    """Return words as a picture on white."""
    del language  # part of the key, as above
    return _lettered(words, colour, px, "#FFFFFF")


def _lettered(words: str, colour: str, px: int, fill: str) -> np.ndarray:
    """Return words as a picture, cut to what they need. OpenCV's own font has Latin and Chinese letters."""
    sheet = np.empty((3 * px, px * (len(words) + 4), 3), np.uint8)
    sheet[:] = _rgb(fill)
    cv2.putText(sheet, words, (px, 2 * px), _rgb(colour), cv2.FontFace("sans"), px, _WEIGHT)
    marked = np.flatnonzero((sheet != np.array(_rgb(fill))).any(axis=(0, 2)))
    first, last = (marked[0], marked[-1] + 1) if len(marked) else (0, 1)
    # The same height for all words, so that plates do not jump with the letters on them.
    return sheet[round(0.95 * px) : round(2.35 * px), first:last].copy()


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
