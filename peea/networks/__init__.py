"""The architectures by name (`registry`), the network they stand in (`pain_net`: features, then two heads), and the
weights with which its training begins (`first_weights`)."""

from peea.networks.first_weights import PretrainedWeightsMissingError, first_weights
from peea.networks.pain_net import PainNet
from peea.networks.registry import (
    ARCHITECTURES,
    Architecture,
    UnknownArchitectureError,
    architecture,
)

__all__ = [
    "ARCHITECTURES",
    "Architecture",
    "PainNet",
    "PretrainedWeightsMissingError",
    "UnknownArchitectureError",
    "architecture",
    "first_weights",
]
