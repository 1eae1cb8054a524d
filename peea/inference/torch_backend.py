"""The reference: a network run by torch in float32, as it was trained."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from peea.inference import Pixels


class TorchNetwork:
    """A network run by torch. Safe to share between threads: running does not change it.

    Args:
        network: with its weights.
        pixels: what it expects.
    """

    def __init__(self, network: nn.Module, pixels: Pixels) -> None:
        self._network = network.eval().to(memory_format=torch.channels_last)
        self._mean = torch.tensor(pixels.mean).view(1, 3, 1, 1)
        self._std = torch.tensor(pixels.std).view(1, 3, 1, 1)

    @property
    def description(self) -> str:
        """What runs it."""
        return f"torch f32, {torch.get_num_threads()} threads"

    def run(self, images: np.ndarray) -> tuple[np.ndarray, ...]:
        """See `PreparedNetwork.run`."""
        with torch.inference_mode():
            planes = torch.from_numpy(images).permute(0, 3, 1, 2).float()
            outputs = self._network((planes - self._mean) / self._std)
        return tuple(output.numpy() for output in outputs)
