"""Fitting one network: epochs with checkpoints, so that a killed run goes on where it was, with the same result.

Every random draw is seeded by (seed, epoch, image), never by what ran before, so the epochs after a resumed checkpoint
are those of the unbroken run (up to the rounding of parallel sums, which is why a tolerance of 1e-3 in loss is stated).
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from peea.networks import PainNet, architecture, first_weights
from peea.output_scales import output_scale
from peea.training.batches import Batches
from peea.training.data_set import RatedFaces
from peea.training.loss import ACTION_MAXIMA, class_weights, pain_loss
from peea.training.optimizers import optimizer
from peea.training.plan import FitPlan

CHECKPOINT_FILE = "checkpoint.pt"
CURVES_FILE = "curves.json"


@dataclass(frozen=True)
class Fitted:
    """What fitting left behind.

    Attributes:
        network: with the weights of the epoch of lowest validation loss.
        curves: one row an epoch: losses, validation accuracy, seconds.
        started_from: where the first weights came from.
    """

    network: PainNet
    curves: list[dict[str, float]]
    started_from: str


def fit(
    plan: FitPlan,
    training: RatedFaces,
    validation: RatedFaces,
    run_folder: Path,
    on_epoch: Callable[[int, dict[str, float]], None] | None = None,
    on_step: Callable[[int, int, int], None] | None = None,
) -> Fitted:
    """Fit a network, or go on with a run that was cut off.

    Args:
        plan: how.
        training, validation: of one split.
        run_folder: holds the checkpoint and the curves; a checkpoint of another plan is refused.
        on_epoch: told the epoch and its row of the curves.
        on_step: told epoch, step and steps an epoch.

    Raises:
        ValueError: a part is empty, or the folder holds a run of another plan.
    """
    if len(training) == 0 or len(validation) == 0:
        raise ValueError(f"cannot fit on {len(training)} training and {len(validation)} validation faces")
    run_folder.mkdir(parents=True, exist_ok=True)
    of = architecture(plan.network)
    torch.manual_seed(plan.seed)
    scale = output_scale(plan.scale)
    network = of.build(classes=len(scale))
    started_from = first_weights(network, of, plan.start)
    network = network.to(memory_format=torch.channels_last)
    weights = class_weights(training.classes(scale), len(scale), plan.class_balance)
    learner = _Learner(network, plan, max(1, len(training) // plan.batch_size), weights)
    batches, validation_batches = Batches(training, of, plan), Batches(validation, of, plan)
    state = _Progress(best=learner.judged.state_dict())
    checkpoint = run_folder / CHECKPOINT_FILE
    if checkpoint.is_file():
        state = _restore(checkpoint, plan, learner)

    for epoch in range(len(state.curves), plan.epochs):
        if state.epochs_without_gain >= plan.patience:
            break
        started = time.monotonic()
        torch.manual_seed(plan.seed * 10_000 + epoch)  # dropout: the same draws whether or not the run was cut off
        training_loss = learner.one_epoch(batches, epoch, on_step)
        judged = _validate(learner.judged, validation_batches, plan, weights)
        row = {"epoch": epoch + 1, "training_loss": training_loss, **judged}
        row["seconds"] = time.monotonic() - started
        state.add(row, learner.judged)
        _save(checkpoint, plan, learner, state)
        (run_folder / CURVES_FILE).write_text(json.dumps(state.curves, indent=1))
        if on_epoch:
            on_epoch(epoch, row)

    network.load_state_dict(state.best)
    return Fitted(network=network.eval(), curves=state.curves, started_from=started_from)


def predict(network: PainNet, faces: RatedFaces, plan: FitPlan) -> tuple[np.ndarray, np.ndarray]:
    """Return logits (N, K) and action intensities (N, 6) of faces as they are."""
    batches = Batches(faces, architecture(plan.network), plan)
    network.eval()
    with torch.inference_mode():
        outputs = [network(images.to(memory_format=torch.channels_last)) for images, _, _ in batches.in_order()]
    logits = torch.cat([logits for logits, _ in outputs]).numpy()
    return logits, (torch.cat([shares for _, shares in outputs]) * ACTION_MAXIMA).numpy()


class _Progress:
    """What a run has reached so far."""

    def __init__(self, best: dict[str, Tensor], curves: list[dict[str, float]] | None = None) -> None:
        self.curves = curves or []
        self.best = {name: tensor.clone() for name, tensor in best.items()}

    @property
    def epochs_without_gain(self) -> int:
        losses = [row["validation_loss"] for row in self.curves]
        return len(losses) - 1 - int(np.argmin(losses)) if losses else 0

    def add(self, row: dict[str, float], network: PainNet) -> None:
        self.curves.append(row)
        if self.epochs_without_gain == 0:
            self.best = {name: tensor.clone() for name, tensor in network.state_dict().items()}


class _Learner:
    """A network with what changes its weights: optimizer, schedule and the running average that is judged."""

    def __init__(self, network: PainNet, plan: FitPlan, steps: int, weights: Tensor) -> None:
        self.network, self._plan, self._steps, self._weights = network, plan, steps, weights
        self.optimizer = optimizer(
            plan.optimizer, network.parameters(), plan.learning_rate, plan.momentum, plan.weight_decay
        )
        self.schedule = torch.optim.lr_scheduler.OneCycleLR(
            self.optimizer,
            plan.learning_rate,
            total_steps=steps * plan.epochs,
            pct_start=0.1,
            final_div_factor=1000,
            cycle_momentum=False,
        )
        self._average: AveragedModel | None = None
        self.judged = network  # the network that is validated and released
        if plan.averaging:
            average = get_ema_multi_avg_fn(plan.averaging)
            self._average = AveragedModel(network, multi_avg_fn=average, use_buffers=True)
            self.judged = cast(PainNet, self._average.module)

    def one_epoch(self, batches: Batches, epoch: int, on_step: Callable[[int, int, int], None] | None) -> float:
        """Learn from every batch once; return the mean loss."""
        self.network.train()
        losses = []
        for step, (images, classes, actions) in enumerate(batches.training(epoch), start=1):
            with _depthwise_in_float32(self.network), torch.autocast("cpu", torch.bfloat16, enabled=has_bfloat16()):
                logits, shares = self.network(images.to(memory_format=torch.channels_last))
            loss = pain_loss(logits.float(), shares.float(), classes, actions, self._plan, self._weights)
            self.optimizer.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(self.network.parameters(), 5.0)
            self.optimizer.step()
            self.schedule.step()
            if self._average is not None:
                self._average.update_parameters(self.network)
            losses.append(loss.item())
            if on_step:
                on_step(epoch, step, self._steps)
        return float(np.mean(losses))

    def state(self) -> dict[str, Any]:
        """Return everything that a later run needs to go on."""
        parts: dict[str, Any] = {"network": self.network, "optimizer": self.optimizer, "schedule": self.schedule}
        if self._average is not None:
            parts["average"] = self._average
        return {name: part.state_dict() for name, part in parts.items()}

    def restore(self, state: dict[str, Any]) -> None:
        """Go on where `state` was taken."""
        self.network.load_state_dict(state["network"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.schedule.load_state_dict(state["schedule"])
        if self._average is not None:
            self._average.load_state_dict(state["average"])


@contextmanager
def _depthwise_in_float32(network: nn.Module) -> Iterator[None]:
    """Keep autocast away from depthwise convolutions, whose gradients oneDNN finds several times slower in bf16.

    A step of EfficientNet-B4 takes 0.6 of the time so.
    """

    def in_float32(forward: Callable[[Tensor], Tensor], images: Tensor) -> Tensor:
        with torch.autocast("cpu", enabled=False):
            return forward(images.float())

    depthwise = [each for each in network.modules() if isinstance(each, nn.Conv2d) and each.groups > 1]
    for each in depthwise:
        vars(each)["forward"] = partial(in_float32, each.forward)
    try:
        yield
    finally:
        for each in depthwise:
            del vars(each)["forward"]


def _validate(network: PainNet, batches: Batches, plan: FitPlan, weights: Tensor) -> dict[str, float]:
    network.eval()
    losses, right, count = [], 0, 0
    with torch.inference_mode():
        for images, classes, actions in batches.in_order():
            with torch.autocast("cpu", torch.bfloat16, enabled=has_bfloat16()):
                logits, shares = network(images.to(memory_format=torch.channels_last))
            loss = pain_loss(logits.float(), shares.float(), classes, actions, plan, weights)
            losses.append(loss.item() * len(classes))
            right += int((logits.argmax(1) == classes).sum())
            count += len(classes)
    return {"validation_loss": sum(losses) / count, "validation_accuracy": right / count}


def has_bfloat16() -> bool:
    """True if the processor multiplies bfloat16 natively (AVX-512 BF16 or AMX)."""
    return torch.cpu._is_avx512_bf16_supported()


def _save(file: Path, plan: FitPlan, learner: _Learner, state: _Progress) -> None:
    temporary = file.with_suffix(".part")
    kept = {"plan": json.dumps(asdict(plan)), "learner": learner.state(), "best": state.best, "curves": state.curves}
    torch.save(kept, temporary)
    temporary.replace(file)


def _restore(file: Path, plan: FitPlan, learner: _Learner) -> _Progress:
    saved = torch.load(file, weights_only=True)
    if FitPlan.of(json.loads(saved["plan"])) != plan:
        raise ValueError(f"{file.parent} holds a run of another plan; choose another folder or remove it")
    learner.restore(saved["learner"])
    return _Progress(best=saved["best"], curves=saved["curves"])
