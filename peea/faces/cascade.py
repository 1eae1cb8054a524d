"""MTCNN's cascade over one image (Zhang et al., IEEE Signal Processing Letters 23:1499, 2016), networks passed in.

Step by step what facenet-pytorch's `detect_face` does, with its numbers, in a third of the time: the pyramid and every
patch are averages over rectangles of the image, and all of them are read off one table of sums. A candidate that lies
outside the image is left out here; the original fails on it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import torch
from torchvision.ops import nms

CELL_PX: Final = 12
"""Side of P-Net's window."""

STRIDE_PX: Final = 2
REFINEMENT_PX: Final = 24
OUTPUT_PX: Final = 48
"""Sides of R-Net's and O-Net's patches."""

PIXEL_MEAN: Final = 127.5
PIXEL_STD: Final = 128.0
"""How the three networks want pixels."""

_ONE_PLACE: Final = 0.5
_ALL_PLACES: Final = 0.7
"""Overlap (intersection over union) from which two candidates are one: within a size of the pyramid, and among all."""

Network = Callable[[np.ndarray], tuple[np.ndarray, ...]]
"""(N, 3, height, width) float32 scaled pixels in, outputs with N rows out."""


@dataclass(frozen=True, eq=False)
class Networks:
    """P-Net, R-Net and O-Net."""

    proposal: Network
    refinement: Network
    output: Network


def cascade(
    image: np.ndarray,
    smallest_px: float,
    thresholds: tuple[float, float, float],
    factor: float,
    networks: Networks,
) -> tuple[np.ndarray, np.ndarray]:
    """Search an image with P-, R- and O-Net.

    Args:
        image: (height, width, 3) uint8 RGB.
        smallest_px: height of the smallest face searched for.
        thresholds: of the probability that a network must give to go on, in the order of the networks.
        factor: step between the sizes of the image pyramid.
        networks: the three.

    Returns:
        Boxes with confidence (N, 5) and landmarks (N, 5, 2) in pixels.
    """
    # Sums may pass the range of int32 in images over 8 million pixels; differences of them are right even so.
    sums = cv2.integral(image)
    boxes = _proposed(sums, image.shape[:2], smallest_px, thresholds[0], factor, networks.proposal)
    if len(boxes):
        boxes = _refined(sums, boxes, thresholds[1], networks.refinement)
    if len(boxes):
        return _with_landmarks(sums, boxes, thresholds[2], networks.output)
    return np.zeros((0, 5)), np.zeros((0, 5, 2))


def _proposed(
    sums: np.ndarray, size: tuple[int, int], smallest_px: float, threshold: float, factor: float, network: Network
) -> np.ndarray:
    """Return the squares (N, 5) that P-Net proposes over the pyramid."""
    height, width = size
    scale = CELL_PX / smallest_px
    found = []
    while min(height, width) * scale >= CELL_PX:
        rows, columns = _bins(0, height, int(height * scale + 1)), _bins(0, width, int(width * scale + 1))
        moves, probabilities = network(_scaled(_averages(sums, rows, columns)[None]))
        sure = probabilities[0, 1] >= threshold
        corner = np.argwhere(sure)[:, ::-1].astype(np.float32) * STRIDE_PX
        first, last = np.floor((corner + 1) / scale), np.floor((corner + CELL_PX) / scale)
        boxes = np.column_stack([first, last, probabilities[0, 1][sure], moves[0][:, sure].T])
        found.append(boxes[_apart(boxes, _ONE_PLACE)])
        scale *= factor
    boxes = np.concatenate(found) if found else np.zeros((0, 9), np.float32)
    boxes = boxes[_apart(boxes, _ALL_PLACES)]
    sides = np.tile(boxes[:, 2:4] - boxes[:, :2], 2)
    return _squared(np.column_stack([boxes[:, :4] + boxes[:, 5:] * sides, boxes[:, 4]]))


def _refined(sums: np.ndarray, boxes: np.ndarray, threshold: float, network: Network) -> np.ndarray:
    """Return the squares (N, 5) that R-Net leaves."""
    boxes, patches = _patches(sums, boxes, REFINEMENT_PX)
    if not len(boxes):
        return boxes
    moves, probabilities = network(patches)
    sure = probabilities[:, 1] > threshold
    boxes, moves = np.column_stack([boxes[sure, :4], probabilities[sure, 1]]), moves[sure]
    kept = _apart(boxes, _ALL_PLACES)
    return _squared(_moved(boxes[kept], moves[kept]))


def _with_landmarks(
    sums: np.ndarray, boxes: np.ndarray, threshold: float, network: Network
) -> tuple[np.ndarray, np.ndarray]:
    """Return the boxes (N, 5) and landmarks (N, 5, 2) that O-Net leaves."""
    boxes, patches = _patches(sums, boxes, OUTPUT_PX)
    if not len(boxes):
        return np.zeros((0, 5)), np.zeros((0, 5, 2))
    moves, places, probabilities = network(patches)
    sure = probabilities[:, 1] > threshold
    boxes = np.column_stack([boxes[sure, :4], probabilities[sure, 1]])
    sides = boxes[:, 2:4] - boxes[:, :2] + 1
    in_boxes = places[sure].reshape(-1, 2, 5).transpose(0, 2, 1)
    landmarks = in_boxes * sides[:, None] + boxes[:, None, :2] - 1
    boxes = _moved(boxes, moves[sure])
    kept = _not_inside(boxes)
    return boxes[kept].astype(np.float64), landmarks[kept].astype(np.float64)


def _patches(sums: np.ndarray, boxes: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the boxes that lie in the image at least in part, and what is there as (N, 3, size, size) for a network.

    What reaches past the image's edge is cut off, not filled up.
    """
    height, width = sums.shape[0] - 1, sums.shape[1] - 1
    corners = boxes[:, :4].astype(np.int32)
    x0, y0 = np.maximum(corners[:, 0], 1) - 1, np.maximum(corners[:, 1], 1) - 1
    x1, y1 = np.minimum(corners[:, 2], width), np.minimum(corners[:, 3], height)
    within = (x1 > x0) & (y1 > y0)
    rows, columns = _bins(y0[within], y1[within], size), _bins(x0[within], x1[within], size)
    return boxes[within], _scaled(_averages(sums, rows, columns))


def _bins(first: np.ndarray | int, last: np.ndarray | int, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return where `count` bins over the pixels from `first` to before `last` begin and end (..., count).

    Bins of a length that is no whole number overlap by a pixel, as in torch's adaptive average pooling.
    """
    first, length = np.asarray(first)[..., None], np.asarray(last - first)[..., None]
    steps = np.arange(count)
    return first + steps * length // count, first - (-(steps + 1) * length // count)


def _averages(
    sums: np.ndarray, rows: tuple[np.ndarray, np.ndarray], columns: tuple[np.ndarray, np.ndarray]
) -> np.ndarray:
    """Return the mean colour (..., rows, columns, 3) float32 of each rectangle of bins."""
    (top, bottom), (left, right) = rows, columns
    if top.ndim == 1:
        strips = sums[bottom] - sums[top]
        total = strips[:, right] - strips[:, left]
    else:
        places, step = sums.reshape(-1, sums.shape[2]), sums.shape[1]

        def at(row: np.ndarray, column: np.ndarray) -> np.ndarray:
            return places.take(row[:, :, None] * step + column[:, None, :], axis=0)

        total = at(bottom, right) - at(top, right) - at(bottom, left) + at(top, left)
    top, bottom, left, right = top[..., :, None], bottom[..., :, None], left[..., None, :], right[..., None, :]
    return total.astype(np.float32) / ((bottom - top) * (right - left)).astype(np.float32)[..., None]


def _scaled(colours: np.ndarray) -> np.ndarray:
    """Return (N, height, width, 3) colours as the networks want them, (N, 3, height, width) float32."""
    return np.ascontiguousarray(((colours - np.float32(PIXEL_MEAN)) / np.float32(PIXEL_STD)).transpose(0, 3, 1, 2))


def _apart(boxes: np.ndarray, overlap: float) -> np.ndarray:
    """Return which boxes stay, the surest first, once those that overlap a surer one by more are left out."""
    corners, confidences = torch.from_numpy(boxes[:, :4].copy()), torch.from_numpy(boxes[:, 4].copy())
    return np.asarray(nms(corners, confidences, overlap).numpy())


def _not_inside(boxes: np.ndarray) -> list[int]:
    """Return which boxes stay, the surest first, once those that lie mostly inside or around a surer one are left out.

    Measured against the smaller of both, with sides that count both edge pixels, as in the original.
    """
    areas = (boxes[:, 2] - boxes[:, 0] + 1) * (boxes[:, 3] - boxes[:, 1] + 1)
    left = np.argsort(boxes[:, 4])
    kept = []
    while len(left):
        surest, left = left[-1], left[:-1]
        kept.append(int(surest))
        low = np.maximum(boxes[surest, :2], boxes[left, :2])
        high = np.minimum(boxes[surest, 2:4], boxes[left, 2:4])
        common = np.prod(np.maximum(0, high - low + 1), axis=1)
        left = left[common / np.minimum(areas[surest], areas[left]) <= _ALL_PLACES]
    return kept


def _moved(boxes: np.ndarray, moves: np.ndarray) -> np.ndarray:
    """Return the boxes with each edge moved by a share of the box's side."""
    sides = np.tile(boxes[:, 2:4] - boxes[:, :2] + 1, 2)
    return np.column_stack([boxes[:, :4] + moves * sides, boxes[:, 4]])


def _squared(boxes: np.ndarray) -> np.ndarray:
    """Return squares of the boxes' longer side around the same middles."""
    sides = boxes[:, 2:4] - boxes[:, :2]
    longer = sides.max(axis=1, keepdims=True)
    corner = boxes[:, :2] + sides * np.float32(0.5) - longer * np.float32(0.5)
    return np.column_stack([corner, corner + longer, boxes[:, 4]])
