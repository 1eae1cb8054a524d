"""MTCNN's three networks (Zhang et al., IEEE Signal Processing Letters 23:1499, 2016), run by OpenVINO.

Weights and cascade are facenet-pytorch's. In float32 OpenVINO gives torch's numbers to the sixth digit in a fifth of
the time; nothing of a face's place, and so no crop that a grader learned from, depends on which of the two runs them.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from facenet_pytorch.models.mtcnn import ONet, PNet, RNet
from facenet_pytorch.models.utils.detect_face import detect_face
from torch import nn

from peea.inference import InferenceRules, Pixels, PreparedNetwork
from peea.inference.openvino_backend import OpenVINONetwork, compiled_for_pictures, compiled_model, converted
from peea.inference.rules import Precision

PATCH_PX: Final = 48
"""O-Net's input."""

_REFINEMENT_PX: Final = 24
_PIXEL_MEAN: Final = (127.5, 127.5, 127.5)
_PIXEL_STD: Final = (128.0, 128.0, 128.0)
"""How the three networks want pixels."""

_RULES: Final = InferenceRules(precision=Precision.FLOAT32.value)


class _InCascade:
    """A network as facenet-pytorch's cascade calls it: a scaled batch of torch in, outputs of torch out."""

    def __init__(self, network: OpenVINONetwork) -> None:
        self._network = network

    def __call__(self, batch: torch.Tensor) -> tuple[torch.Tensor, ...]:
        return tuple(torch.from_numpy(output) for output in self._network.run(batch.contiguous().numpy()))

    def parameters(self) -> Iterator[torch.Tensor]:
        """Answer the cascade's question for the type of numbers."""
        yield torch.zeros(1)


@dataclass(frozen=True, eq=False)
class _Networks:
    """The networks as the cascade calls them, and O-Net once more for patches of pixels; shared by all threads."""

    proposal: _InCascade
    refinement: _InCascade
    output: _InCascade
    output_of_pixels: PreparedNetwork


@functools.cache
def _networks() -> _Networks:
    output = ONet()
    return _Networks(
        proposal=_InCascade(_compiled(PNet(), (3, -1, -1))),
        refinement=_InCascade(_compiled(RNet(), (3, _REFINEMENT_PX, _REFINEMENT_PX))),
        output=_InCascade(_compiled(output, (3, PATCH_PX, PATCH_PX))),
        output_of_pixels=compiled_for_pictures(
            output, Pixels(PATCH_PX, _PIXEL_MEAN, _PIXEL_STD), _RULES, divides=False
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
    """Search an image with P-, R- and O-Net.

    Args:
        image: (height, width, 3) uint8 RGB.
        smallest_px: height of the smallest face searched for.
        thresholds: of the probability that a network must give to go on, in the order of the networks.
        factor: step between the sizes of the image pyramid.

    Returns:
        Boxes with confidence (N, 5) and landmarks (N, 5, 2) in pixels.

    Raises:
        RuntimeError: facenet-pytorch fails on candidates that lie outside the image, or on none at all.
    """
    networks = _networks()
    with torch.inference_mode():
        boxes, landmarks = detect_face(
            image,
            smallest_px,
            networks.proposal,
            networks.refinement,
            networks.output,
            list(thresholds),
            factor,
            torch.device("cpu"),
        )
    # One image in, arrays of objects with one entry out.
    return np.asarray(boxes[0], np.float64).reshape(-1, 5), np.asarray(landmarks[0], np.float64).reshape(-1, 5, 2)


def ask_output_network(patches: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return landmarks (N, 5, 2) in pixels of the patches and confidences (N,) of (N, 48, 48, 3) uint8 patches."""
    _, places, probabilities = _networks().output_of_pixels.run(patches)
    in_patches = places.reshape(-1, 2, 5).transpose(0, 2, 1) * PATCH_PX - 0.5
    return in_patches, probabilities[:, 1]
