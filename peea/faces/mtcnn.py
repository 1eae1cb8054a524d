"""MTCNN's three networks (Zhang et al., IEEE Signal Processing Letters 23:1499, 2016), run by OpenVINO.

Weights are facenet-pytorch's. In float32 OpenVINO gives torch's numbers to the sixth digit in a fifth of the time;
nothing of a face's place, and so no crop that a grader learned from, depends on which of the two runs them.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from facenet_pytorch.models.mtcnn import ONet, PNet, RNet
from torch import nn

from peea.faces.cascade import OUTPUT_PX, PIXEL_MEAN, PIXEL_STD, REFINEMENT_PX, Networks
from peea.faces.cascade import cascade as cascade_of
from peea.inference import InferenceRules, Pixels, PreparedNetwork
from peea.inference.openvino_backend import OpenVINONetwork, compiled_for_pictures, compiled_model, converted
from peea.inference.rules import Precision

PATCH_PX: Final = OUTPUT_PX
"""O-Net's input."""

_RULES: Final = InferenceRules(precision=Precision.FLOAT32.value)


@dataclass(frozen=True, eq=False)
class _Loaded:
    """The networks as the cascade calls them, and O-Net once more for patches of pixels; shared by all threads."""

    in_cascade: Networks
    output_of_pixels: PreparedNetwork


_LOADING: Final = threading.Lock()


def _networks() -> _Loaded:
    # Several sessions may begin at once; they load the networks once.
    with _LOADING:
        return _loaded()


@functools.cache
def _loaded() -> _Loaded:
    output = ONet()
    return _Loaded(
        in_cascade=Networks(
            proposal=_compiled(PNet(), (3, -1, -1)).run,
            refinement=_compiled(RNet(), (3, REFINEMENT_PX, REFINEMENT_PX)).run,
            output=_compiled(output, (3, OUTPUT_PX, OUTPUT_PX)).run,
        ),
        output_of_pixels=compiled_for_pictures(
            output, Pixels(PATCH_PX, (PIXEL_MEAN,) * 3, (PIXEL_STD,) * 3), _RULES, divides=False
        ),
    )


def _compiled(network: nn.Module, shape: Sequence[int]) -> OpenVINONetwork:
    # Their batches are too small to be worth dividing; the other cores are left to whoever grades meanwhile.
    return compiled_model(converted(network, shape), _RULES, divides=False)


def load() -> None:
    """Load the networks now, so that the first frame need not wait for them."""
    _networks()


def cascade(
    image: np.ndarray, smallest_px: float, thresholds: tuple[float, float, float], factor: float
) -> tuple[np.ndarray, np.ndarray]:
    """Search an image with P-, R- and O-Net; see `peea.faces.cascade.cascade`."""
    return cascade_of(image, smallest_px, thresholds, factor, _networks().in_cascade)


def ask_output_network(patches: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return landmarks (N, 5, 2) in pixels of the patches and confidences (N,) of (N, 48, 48, 3) uint8 patches."""
    _, places, probabilities = _networks().output_of_pixels.run(patches)
    in_patches = places.reshape(-1, 2, 5).transpose(0, 2, 1) * PATCH_PX - 0.5
    return in_patches, probabilities[:, 1]
