"""What is measured on: frames of a demonstration recording held in memory, and a model, released or untrained."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from peea.demonstration import DEMONSTRATION_FOLDER
from peea.frames import Frame, open_recording
from peea.graders import Grader, load_grader
from peea.inference import InferenceRules, Pixels, PreparedNetwork, prepared
from peea.model_cards import model_names
from peea.networks import ARCHITECTURES, PainNet, architecture

ROOT: Final = Path(__file__).resolve().parent.parent.parent
"""Of the checkout, where reports are written."""

RECORDING: Final = DEMONSTRATION_FOLDER / "severe.mp4"
CAMERA_RATE: Final = 25.0


@dataclass(frozen=True)
class Measured:
    """Milliseconds of something that was done again and again."""

    median_ms: float
    low_ms: float
    high_ms: float

    @classmethod
    def of(cls, seconds: list[float]) -> Measured:
        """Return median and the 10th and 90th percentile."""
        low, median, high = np.quantile(np.array(seconds) * 1e3, [0.1, 0.5, 0.9])
        return cls(float(median), float(low), float(high))


def timed(do: Callable[[], object], times: int, before: int = 3) -> Measured:
    """Do something `times` times, after doing it `before` times unmeasured."""
    for _ in range(before):
        do()
    seconds = []
    for _ in range(times):
        begun = time.perf_counter()
        do()
        seconds.append(time.perf_counter() - begun)
    return Measured.of(seconds)


def frames_of(recording: Path = RECORDING, at_most: int = 300) -> list[Frame]:
    """Return the first frames of a recording."""
    with open_recording(recording) as opened:
        return [frame for frame, _ in zip(opened, range(at_most), strict=False)]


@dataclass(frozen=True)
class BenchModel:
    """A model under measurement.

    Attributes:
        name: of the released model, or of the architecture.
        trained: False for random weights, whose speed is the same.
        input_size: in pixels.
        torch_network: as a user of torch would run it.
        pixels: what it expects.
        bfloat16: it runs in bf16 where the processor can.
    """

    name: str
    trained: bool
    input_size: int
    torch_network: PainNet
    pixels: Pixels
    bfloat16: bool

    def grader(self, rules: InferenceRules | None = None) -> Grader:
        """Return it as PEEA runs it."""
        if self.trained:
            return load_grader(self.name, rules=rules)
        return Grader(_made_up_card(self.name, self.input_size), self.prepared(rules))

    def prepared(self, rules: InferenceRules | None = None) -> PreparedNetwork:
        """Return its network ready to run."""
        return prepared(self.torch_network, self.pixels, rules, bfloat16=self.bfloat16)


def bench_model(name: str) -> BenchModel:
    """Return a released model, or an architecture with random weights."""
    if name in model_names():
        card = load_grader(name).card
        of, size, trained = architecture(card["network"]), card["input_size"], True
        bfloat16 = bool(card.get("bfloat16", {}).get("agrees"))
    else:
        of = ARCHITECTURES[name]
        size, trained, bfloat16 = of.input_size, False, True
    mean = (of.mean[0] * 255, of.mean[1] * 255, of.mean[2] * 255)
    std = (of.std[0] * 255, of.std[1] * 255, of.std[2] * 255)
    return BenchModel(name, trained, size, of.build().eval(), Pixels(size, mean, std), bfloat16)


def _made_up_card(name: str, size: int) -> dict[str, object]:
    return {
        "name": name,
        "version": "untrained",
        "network": name,
        "scale": "grades 0-4",
        "input_size": size,
        "temperature": 1.0,
        "trained_on": "nothing",
        "clinically_validated": False,
        "weights": {"file": "", "sha256": "0" * 64},
    }
