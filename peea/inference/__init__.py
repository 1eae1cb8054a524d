"""Running a network: pictures in, numbers out, by OpenVINO or by torch behind one small interface.

`rules` holds the settings, `openvino_backend` is what a ward runs, `torch_backend` the reference that it is compared
with. This package stays light for those who only read settings; the backends load their libraries::

    network = prepared(pain_net, Pixels(224, mean, std), rules)
    logits, actions = network.run(images)             # (N, 224, 224, 3) uint8 RGB; from any number of threads
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from peea.inference.rules import Backend, InferenceRules

if TYPE_CHECKING:
    from torch import nn

__all__ = ["Backend", "InferenceRules", "Pixels", "PreparedNetwork", "prepared"]


@dataclass(frozen=True)
class Pixels:
    """What a network expects of its pictures.

    Attributes:
        size: side of the square in pixels.
        mean, std: of the RGB values 0-255, subtracted and divided before the first layer.
    """

    size: int
    mean: tuple[float, float, float]
    std: tuple[float, float, float]


class PreparedNetwork(Protocol):
    """A network ready to run; safe to share between threads."""

    @property
    def description(self) -> str:
        """What runs it, e.g. "OpenVINO bf16, 2 threads"."""
        ...

    def run(self, images: np.ndarray) -> tuple[np.ndarray, ...]:
        """(N, size, size, 3) uint8 RGB in, N of 1 or more; the network's outputs out, each float32 with N rows."""
        ...


def prepared(
    network: nn.Module, pixels: Pixels, rules: InferenceRules | None = None, *, bfloat16: bool = False
) -> PreparedNetwork:
    """Return a network of torch, with its weights, ready to run on the backend that the settings name.

    Args:
        network: with its weights.
        pixels: what it expects.
        rules: backend, precision, threads; the defaults if None.
        bfloat16: the network was found to give the same grades in bf16.
    """
    rules = rules or InferenceRules()
    if rules.backend == Backend.TORCH:
        from peea.inference.torch_backend import TorchNetwork

        return TorchNetwork(network, pixels)
    # Each backend loads a library of some hundred megabytes; only the one in use is loaded.
    from peea.inference.openvino_backend import compiled_for_pictures

    return compiled_for_pictures(network, pixels, rules, bfloat16=bfloat16)
