"""What a processor could do at best: a network's multiply-adds and bytes over what this machine does when measured."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from peea.bench.material import BenchModel
from peea.inference import InferenceRules
from peea.inference.openvino_backend import compiled_model, converted, multiplies_in_bfloat16, usable_cores

_PEAK_SIDE = 2048
_COPIED_MB = 256


@dataclass(frozen=True)
class Floor:
    """The least time that one face can take on all cores.

    Attributes:
        multiply_adds: of one face, in thousand millions.
        weights_mb: as they are read for one face.
        peak_gmacs: thousand million multiply-adds a second, measured on a large product of matrices.
        bandwidth_gb_s: of memory, measured by reading a large array.
        compute_ms, memory_ms: what follows from them.
        precision: of the numbers multiplied.
    """

    multiply_adds: float
    weights_mb: float
    peak_gmacs: float
    bandwidth_gb_s: float
    compute_ms: float
    memory_ms: float
    precision: str

    @property
    def floor_ms(self) -> float:
        return max(self.compute_ms, self.memory_ms)


def multiply_adds(network: nn.Module, size: int) -> int:
    """Return the multiply-adds of a network's convolutions and linear layers for one picture."""
    total = 0

    def convolution(layer: nn.Module, _: object, output: torch.Tensor) -> None:
        nonlocal total
        weight = layer.weight
        assert isinstance(weight, torch.Tensor)
        total += output[0].numel() * weight[0].numel()

    def linear(layer: nn.Module, _: object, output: torch.Tensor) -> None:
        nonlocal total
        weight = layer.weight
        assert isinstance(weight, torch.Tensor)
        total += output[0].numel() * weight.shape[1]

    hooks = [
        layer.register_forward_hook(convolution if isinstance(layer, nn.Conv2d) else linear)
        for layer in network.modules()
        if isinstance(layer, nn.Conv2d | nn.Linear)
    ]
    with torch.inference_mode():
        network(torch.zeros(1, 3, size, size))
    for hook in hooks:
        hook.remove()
    return total


def measure_floor(model: BenchModel) -> Floor:
    """Measure this machine's peak and bandwidth and return the floor of a model."""
    bfloat16 = model.bfloat16 and multiplies_in_bfloat16()
    macs = multiply_adds(model.torch_network, model.input_size)
    bytes_a_weight = 2 if bfloat16 else 4
    weights = sum(each.numel() for each in model.torch_network.parameters()) * bytes_a_weight
    peak, bandwidth = _peak(bfloat16), _bandwidth()
    return Floor(
        macs / 1e9,
        weights / 2**20,
        peak / 1e9,
        bandwidth / 1e9,
        macs / peak * 1e3,
        weights / bandwidth * 1e3,
        "bf16" if bfloat16 else "f32",
    )


def _peak(bfloat16: bool) -> float:
    """Return multiply-adds a second of a 1 x 1 convolution large enough to do nothing but multiply."""
    layer = nn.Conv2d(_PEAK_SIDE, _PEAK_SIDE, 1, bias=False)
    rules = InferenceRules(precision="bf16" if bfloat16 else "f32")
    network = compiled_model(converted(layer, (_PEAK_SIDE, 16, 16)), rules)
    batch = np.ones((2 * usable_cores(), _PEAK_SIDE, 16, 16), np.float32)
    macs = len(batch) * 16 * 16 * _PEAK_SIDE**2
    return macs / _quickest(lambda: network.run(batch))


def _bandwidth() -> float:
    """Return bytes a second at which all cores together read memory."""
    array = torch.ones(_COPIED_MB * 2**20 // 4)
    return array.numel() * 4 / _quickest(lambda: array.sum())


def _quickest(do: object, times: int = 8) -> float:
    assert callable(do)
    do()
    best = float("inf")
    for _ in range(times):
        begun = time.perf_counter()
        do()
        best = min(best, time.perf_counter() - begun)
    return best
