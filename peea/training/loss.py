"""What a network is taught by: the cross-entropy of the class and the intensities of the actions."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from peea.scales import ACTION_MAXIMUM, PSPI_ACTIONS
from peea.training.plan import FitPlan

ACTION_MAXIMA = torch.tensor([ACTION_MAXIMUM[name] for name in PSPI_ACTIONS])


def class_weights(classes: np.ndarray, count: int, balance: float) -> Tensor:
    """Return (count,) weights of the classes in the cross-entropy: their share of the images to the power of -balance.

    0 takes the images as they come, 1 lets every class count the same, as in the data base of [E] (Chen et al. 2023),
    whose levels have nearly as many images each; between them the rare are found more often and the frequent mistaken
    a little more.

    Args:
        classes: (N,) of the training images.
        count: number of classes.
        balance: see above.
    """
    images = np.bincount(classes, minlength=count)
    return torch.from_numpy(np.maximum(images / len(classes), 1 / len(classes)) ** -balance).float()


def pain_loss(
    logits: Tensor, shares: Tensor, classes: Tensor, actions: Tensor, plan: FitPlan, weights: Tensor | None = None
) -> Tensor:
    """Return the weighted cross-entropy of the class [P] plus the weighted smooth L1 of the intensities.

    Actions that are not known (NaN: a hospital's images may carry a grade alone) take no part.

    Args:
        logits: (B, K). shares: (B, 6), 0-1 of each action's maximum. classes: (B,). actions: (B, 6) intensities.
        plan: with the weights of both.
        weights: (K,) of the classes; all alike if None.
    """
    loss = plan.grade_weight * functional.cross_entropy(logits, classes, weights)
    known = ~actions.isnan()
    if known.any():
        truth = actions / ACTION_MAXIMA
        loss = loss + plan.action_weight * functional.smooth_l1_loss(shares[known], truth[known], beta=0.1)
    return loss
