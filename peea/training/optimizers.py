"""The optimizers that are compared [P]: SGD with momentum, RMSProp, Adam; and AdamW, with which Lite0 is trained."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final

import torch
from torch import nn

Parameters = Iterable[nn.Parameter]

OPTIMIZERS: Final[Mapping[str, Callable[[Parameters, float, float, float], torch.optim.Optimizer]]] = {
    "sgd": lambda of, rate, momentum, decay: torch.optim.SGD(of, rate, momentum=momentum, weight_decay=decay),
    "rmsprop": lambda of, rate, momentum, decay: torch.optim.RMSprop(of, rate, momentum=momentum, weight_decay=decay),
    "adam": lambda of, rate, _, decay: torch.optim.Adam(of, rate, weight_decay=decay),
    "adamw": lambda of, rate, _, decay: torch.optim.AdamW(of, rate, weight_decay=decay),
}
"""Optimizer by name: (parameters, learning rate, momentum, weight decay) -> optimizer. For SGD, RMSProp and Adam the
weight decay is the L2 regularisation of the paper; AdamW keeps it apart from the gradient (Loshchilov & Hutter)."""

OPTIMIZER_TITLES: Final = {"sgd": "SGD with momentum", "rmsprop": "RMSProp", "adam": "Adam", "adamw": "AdamW"}


def optimizer(name: str, of: Parameters, rate: float, momentum: float, decay: float) -> torch.optim.Optimizer:
    """Return the optimizer of that name for these parameters.

    Raises:
        ValueError: there is none; the message lists the names.
    """
    if name not in OPTIMIZERS:
        raise ValueError(f"no optimizer is called {name!r}; known are {', '.join(OPTIMIZERS)}")
    return OPTIMIZERS[name](of, rate, momentum, decay)
