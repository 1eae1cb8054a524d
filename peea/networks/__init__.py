"""The architectures by name (`registry`) and the network they stand in (`pain_net`): features, then two heads."""

from peea.networks.pain_net import PainNet
from peea.networks.registry import (
    ARCHITECTURES,
    Architecture,
    PretrainedWeightsMissingError,
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
]
