"""The whole road beside the plain pipeline that a user would write: the same frames, in turns, as a ratio."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import torch
from facenet_pytorch import MTCNN

from peea.assessment import assess
from peea.bench.material import BenchModel
from peea.faces.patient_face import FaceFinder
from peea.frames import Frame
from peea.inference.openvino_backend import usable_cores
from peea.settings import Settings


@dataclass(frozen=True)
class Comparison:
    """Milliseconds a frame of both, round by round, and their ratio."""

    plain_ms: tuple[float, ...]
    whole_ms: tuple[float, ...]

    @property
    def ratios(self) -> tuple[float, ...]:
        return tuple(plain / whole for plain, whole in zip(self.plain_ms, self.whole_ms, strict=True))


class Held:
    """Frames in memory as a source for `assess`."""

    name = "bench"

    def __init__(self, frames: Sequence[Frame]) -> None:
        self._frames = frames
        self.height, self.width = frames[0].image.shape[:2]
        self.duration_s: float | None = None
        self.truncated = False

    def __iter__(self) -> Iterator[Frame]:
        return iter(self._frames)


class Plain:
    """facenet-pytorch's MTCNN with its defaults, then the network in torch fp32, frame by frame."""

    def __init__(self, model: BenchModel) -> None:
        self._mtcnn = MTCNN()
        self._network = model.torch_network
        self._size = model.input_size
        self._mean = np.array(model.pixels.mean, np.float32)
        self._std = np.array(model.pixels.std, np.float32)

    def grade(self, frame: Frame) -> np.ndarray | None:
        """Return the probabilities of one frame, or None without a face."""
        boxes, _ = self._mtcnn.detect(frame.image)
        if boxes is None:
            return None
        height, width = frame.image.shape[:2]
        x0, y0, x1, y1 = np.clip(boxes[0], 0, [width, height, width, height]).astype(int)
        crop = cv2.resize(frame.image[y0:y1, x0:x1], (self._size, self._size)).astype(np.float32)
        batch = torch.from_numpy(((crop - self._mean) / self._std).transpose(2, 0, 1)[None])
        with torch.inference_mode():
            probabilities: np.ndarray = torch.softmax(self._network(batch)[0], 1).numpy()
        return probabilities


def _best_threads(plain: Plain, frames: Sequence[Frame]) -> int:
    """Return the number of threads with which the plain pipeline is fastest here: on a busy machine not always all."""
    taken = {}
    for threads in sorted({1, usable_cores()}):
        torch.set_num_threads(threads)
        plain.grade(frames[0])
        begun = time.perf_counter()
        for frame in frames[:8]:
            plain.grade(frame)
        taken[threads] = time.perf_counter() - begun
    return min(taken, key=lambda threads: taken[threads])


def compare(model: BenchModel, frames: Sequence[Frame], rounds: int, plain_frames: int = 25) -> Comparison:
    """Measure both in turns, each on all cores, on frames in memory (decoding is the same for both).

    Args:
        model: graded with.
        frames: of one recording; each round of PEEA grades all of them from the start.
        rounds: how often both take a turn.
        plain_frames: that the plain pipeline grades in a round; it takes the same for each.
    """
    plain, grader = Plain(model), model.grader()
    torch.set_num_threads(_best_threads(plain, frames))
    assess(Held(frames[:32]), grader, lambda: FaceFinder(Settings().faces))
    plain_ms, whole_ms = [], []
    for turn in range(rounds):
        chosen = [frames[(turn * plain_frames + number) % len(frames)] for number in range(plain_frames)]
        begun = time.perf_counter()
        for frame in chosen:
            plain.grade(frame)
        plain_ms.append((time.perf_counter() - begun) / plain_frames * 1e3)
        begun = time.perf_counter()
        assess(Held(frames), grader, lambda: FaceFinder(Settings().faces))
        whole_ms.append((time.perf_counter() - begun) / len(frames) * 1e3)
    return Comparison(tuple(plain_ms), tuple(whole_ms))
