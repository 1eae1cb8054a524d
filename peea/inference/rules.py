"""Settings of how networks are run."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Backend(StrEnum):
    """What runs a network."""

    OPENVINO = "openvino"
    TORCH = "torch"


class Precision(StrEnum):
    """Numbers in which OpenVINO multiplies."""

    AUTO = "auto"
    FLOAT32 = "f32"
    BFLOAT16 = "bf16"


@dataclass(frozen=True)
class InferenceRules:
    """How the grading network is run.

    Attributes:
        backend: openvino, or torch, the reference, which is several times slower.
        precision: of OpenVINO. auto is bf16, which takes half the time, where the processor multiplies in it and the
            model's card says that it gives the same grades in it (`peea.bench.precision`); f32 otherwise.
        threads: processor cores that grade at the same time; 0 for all.
    """

    backend: str = field(default=Backend.OPENVINO.value, metadata={"unit": "openvino or torch"})
    precision: str = field(default=Precision.AUTO.value, metadata={"unit": "auto, f32 or bf16"})
    threads: int = field(default=0, metadata={"unit": "cores, 0 for all", "least": 0, "most": 256})

    def __post_init__(self) -> None:
        for name, value, allowed in (
            ("backend", self.backend, tuple(Backend)),
            ("precision", self.precision, tuple(Precision)),
        ):
            if value not in allowed:
                raise ValueError(f"{name} is {value!r}; it must be one of {', '.join(allowed)}")
