"""What a network is shown at each step: normalised faces in an order and with changes that the seed decides."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import torch
from torch import Tensor

from peea.graders import resize_crop
from peea.networks import Architecture
from peea.output_scales import output_scale
from peea.training.augmentation import augment
from peea.training.data_set import RatedFaces
from peea.training.plan import FitPlan


class Batches:
    """Normalised, shuffled, augmented batches of one epoch, prepared in a thread while the last one is learned."""

    def __init__(self, faces: RatedFaces, of: Architecture, plan: FitPlan) -> None:
        self._faces, self._plan = faces, plan
        self._classes = faces.classes(output_scale(plan.scale))
        self._actions = faces.actions
        self._mean = np.array(of.mean, np.float32)[:, None, None] * 255
        self._std = np.array(of.std, np.float32)[:, None, None] * 255

    def training(self, epoch: int) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
        """Yield images (B, 3, S, S), classes (B,) and actions (B, 6; NaN unknown) in this epoch's order."""
        order = np.random.default_rng((self._plan.seed, epoch)).permutation(len(self._faces))
        full = len(order) // self._plan.batch_size * self._plan.batch_size or len(order)
        yield from self._yield_batches(order[:full], epoch)

    def in_order(self) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
        """Yield all faces as they are, for validation."""
        yield from self._yield_batches(np.arange(len(self._faces)), None)

    def _yield_batches(self, order: np.ndarray, epoch: int | None) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
        chunks = np.array_split(order, range(self._plan.batch_size, len(order), self._plan.batch_size))
        with ThreadPoolExecutor(max_workers=1) as ahead:
            waiting = ahead.submit(self._batch, chunks[0], epoch)
            for following in [*chunks[1:], None]:
                batch = waiting.result()
                if following is not None:
                    waiting = ahead.submit(self._batch, following, epoch)
                yield batch

    def _batch(self, rows: np.ndarray, epoch: int | None) -> tuple[Tensor, Tensor, Tensor]:
        size = self._plan.input_size
        images = np.empty((len(rows), size, size, 3), np.uint8)
        for image, row in zip(images, rows, strict=True):
            crop = self._faces.crops[row]
            if epoch is None:
                image[:] = resize_crop(crop, size)
            else:
                random = np.random.default_rng((self._plan.seed, epoch, int(row)))
                image[:] = augment(crop, size, self._plan.augmentation, random)
        # NumPy, not torch: torch would start threads of its own here, which slow those that learn by half.
        batch = torch.from_numpy((images.transpose(0, 3, 1, 2).astype(np.float32) - self._mean) / self._std)
        return batch, torch.from_numpy(self._classes[rows]), torch.from_numpy(self._actions[rows])
