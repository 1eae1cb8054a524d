"""A network of torch, converted when it is loaded and run by OpenVINO on the processor.

The conversion goes through OpenVINO's own front end for torch and not through `openvino.convert_model`: that function
sends usage statistics to a server outside unless it is told not to, and nothing leaves the hospital.
"""

from __future__ import annotations

import functools
import os
import queue
import threading
import warnings
from collections.abc import Sequence
from typing import Final

import numpy as np
import openvino
import torch
from openvino import Layout, Type
from openvino.frontend import FrontEndManager
from openvino.frontend.pytorch.ts_decoder import TorchScriptPythonDecoder
from openvino.preprocess import PrePostProcessor
from torch import nn

from peea.inference import Pixels
from peea.inference.rules import InferenceRules, Precision

_DEVICE: Final = "CPU"
_TRACING: Final = threading.Lock()


@functools.cache
def _core() -> openvino.Core:
    return openvino.Core()


def usable_cores() -> int:
    """Return how many processor cores this program may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def multiplies_in_bfloat16() -> bool:
    """Tell whether this processor has instructions for bfloat16."""
    return "BF16" in _core().get_property(_DEVICE, "OPTIMIZATION_CAPABILITIES")


class OpenVINONetwork:
    """A compiled network. Safe to share: each caller borrows one of as many requests as there are threads.

    A single picture runs on one thread, so that several callers run side by side; a batch is divided among the threads
    that are free, unless the network is too small for that to pay.

    Args:
        requests: one for each thread; at least one.
        divides: whether a batch is divided.
        description: for people.
    """

    def __init__(self, requests: Sequence[openvino.InferRequest], divides: bool, description: str) -> None:
        self._outputs = len(requests[0].results)
        self._shares = len(requests) if divides else 1
        # The one used last comes first: its memory has the size of the last batch and lies in the processor's cache.
        self._idle: queue.LifoQueue[openvino.InferRequest] = queue.LifoQueue()
        for request in requests:
            self._idle.put(request)
        self.description = description

    def run(self, images: np.ndarray) -> tuple[np.ndarray, ...]:
        """See `PreparedNetwork.run`; the array has the shape and type that the network was compiled for."""
        images = np.ascontiguousarray(images)
        borrowed = [self._idle.get()]
        try:
            while len(borrowed) < min(len(images), self._shares):
                # Waiting for a second one while holding the first could wait for another caller that does the same.
                try:
                    borrowed.append(self._idle.get_nowait())
                except queue.Empty:
                    break
            if len(borrowed) == 1:
                borrowed[0].infer([images], share_inputs=True, share_outputs=True)
            else:
                # Shared, not copied: a request keeps no input of its own, which would be of the wrong size next time.
                # The shares are held until all have been waited for.
                shares = np.array_split(images, len(borrowed))
                for request, share in zip(borrowed, shares, strict=True):
                    request.start_async([share], share_inputs=True)
                for request in borrowed:
                    request.wait()
            return tuple(
                np.concatenate([request.get_output_tensor(place).data for request in borrowed])
                for place in range(self._outputs)
            )
        finally:
            for request in borrowed:
                self._idle.put(request)


def compiled_for_pictures(
    network: nn.Module, pixels: Pixels, rules: InferenceRules, *, bfloat16: bool = False, divides: bool = True
) -> OpenVINONetwork:
    """Return a network that takes pictures (N, size, size, 3) uint8 RGB; scaling them is part of what is compiled."""
    return compiled_model(converted_for_pictures(network, pixels), rules, bfloat16=bfloat16, divides=divides)


def converted_for_pictures(network: nn.Module, pixels: Pixels) -> openvino.Model:
    """Return a network as OpenVINO's model that takes pictures (N, size, size, 3) uint8 RGB."""
    model = converted(network, (3, pixels.size, pixels.size))
    steps = PrePostProcessor(model)
    steps.input().tensor().set_element_type(Type.u8).set_layout(Layout("NHWC"))
    steps.input().model().set_layout(Layout("NCHW"))
    steps.input().preprocess().convert_element_type(Type.f32).mean(list(pixels.mean)).scale(list(pixels.std))
    return steps.build()


def converted(network: nn.Module, shape: Sequence[int]) -> openvino.Model:
    """Return a network as OpenVINO's model with any number of inputs (N, *shape); -1 leaves a side open."""
    example = torch.zeros(1, *(64 if side < 0 else side for side in shape))
    # Tracing is not safe in two threads at once.
    with _TRACING, torch.inference_mode(), warnings.catch_warnings():
        # torch would rather have its newer way of export; OpenVINO converts that one three times as slowly.
        warnings.simplefilter("ignore", FutureWarning)
        # Sizes are fixed by `reshape` below, so that what depends on them may well be treated as a constant.
        warnings.simplefilter("ignore", torch.jit.TracerWarning)
        decoder = TorchScriptPythonDecoder(network.eval(), example_input=example)
    front_end = FrontEndManager().load_by_framework("pytorch")
    model = front_end.convert(front_end.load(decoder))
    model.reshape([-1, *shape])
    return model


def compiled_model(
    model: openvino.Model, rules: InferenceRules, *, bfloat16: bool = False, divides: bool = True
) -> OpenVINONetwork:
    """Return a model compiled for this processor.

    Args:
        model: from `converted` or `converted_for_pictures`.
        rules: threads and precision.
        bfloat16: the network was found to give the same grades in bf16; without that, precision "auto" is f32.
        divides: as in `OpenVINONetwork`.
    """
    threads = rules.threads or usable_cores()
    chosen = rules.precision == Precision.AUTO and bfloat16 and multiplies_in_bfloat16()
    precision = Precision.BFLOAT16 if chosen or rules.precision == Precision.BFLOAT16 else Precision.FLOAT32
    # With several streams OpenVINO hands each picture to a thread of its own, with one it stays in the caller's. Where
    # a network takes a millisecond, changing threads twice takes longer than that as soon as the machine is busy, so a
    # network that is not divided is compiled once for each thread.
    streams, copies = (threads, 1) if divides else (1, threads)
    options = {
        "INFERENCE_PRECISION_HINT": precision.value,
        "NUM_STREAMS": str(streams),
        "INFERENCE_NUM_THREADS": streams,
        # Pinned threads stand in each other's way as soon as anything else runs on the machine.
        "ENABLE_CPU_PINNING": False,
    }
    compiled = [_core().compile_model(model, _DEVICE, options) for _ in range(copies)]
    requests = [each.create_infer_request() for each in compiled for _ in range(streams)]
    return OpenVINONetwork(requests, divides, f"OpenVINO {precision.value}, {threads} threads")
