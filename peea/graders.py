"""A trained model as one object: normalised faces in, calibrated grade probabilities and action intensities out.

A released model is a folder ``models/NAME`` with ``card.json`` and one safetensors file, whose SHA-256 stands in the
card and is checked on loading. Nothing else is ever loaded: a pickle can run code.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from safetensors import SafetensorError
from safetensors.torch import load_file

from peea.face_grade import FaceGrade, ModelIdentity
from peea.inference import InferenceRules, Pixels, PreparedNetwork, prepared
from peea.model_cards import (
    CARD_FILE,
    DEFAULT_MODEL,
    MODELS_FOLDER,
    GraderError,
    ModelDamagedError,
    ModelMissingError,
    model_names,
    read_card,
)
from peea.networks import PainNet, UnknownArchitectureError, architecture
from peea.output_scales import SIX_LEVEL_SCALE, UnknownScaleError, output_scale
from peea.scales import ACTION_MAXIMUM, PSPI_ACTIONS

__all__ = [
    "CARD_FILE",
    "DEFAULT_MODEL",
    "MODELS_FOLDER",
    "Grader",
    "GraderError",
    "ModelDamagedError",
    "ModelMissingError",
    "load_grader",
    "load_network",
    "model_names",
    "read_card",
    "resize_crop",
    "sha256_of",
]


class Grader:
    """A loaded model. Safe to share between threads: grading does not change it.

    Args:
        card: content of card.json.
        network: with its weights loaded, ready to run.
    """

    def __init__(self, card: Mapping[str, Any], network: PreparedNetwork) -> None:
        self.card = card
        self.identity = ModelIdentity(
            name=card["name"],
            version=card["version"],
            weights_sha256=card["weights"]["sha256"],
            trained_on=card["trained_on"],
            clinically_validated=card["clinically_validated"],
        )
        self._network = network
        self._input_size: int = card["input_size"]
        self._temperature: float = card["temperature"]
        self._scale = output_scale(card["scale"])

    @property
    def runs_on(self) -> str:
        """What runs the network, e.g. "OpenVINO bf16, 2 threads"."""
        return self._network.description

    def grade(self, crops: Sequence[np.ndarray] | np.ndarray) -> list[FaceGrade]:
        """Grade normalised faces.

        Args:
            crops: N arrays (size, size, 3) uint8 RGB as `peea.faces.normalisation` makes them; any size.

        Returns:
            N grades in the same order; an empty list for no crops.

        Raises:
            ValueError: a crop is not square RGB of type uint8.
        """
        if len(crops) == 0:
            return []
        logits, shares = self._network.run(self._batch(crops))
        probabilities = _softmax(logits / self._temperature)
        of_grades = self._scale.grade_probabilities(probabilities)
        return [
            FaceGrade(
                probabilities=tuple(map(float, row)),
                actions={
                    name: float(share) * ACTION_MAXIMUM[name] for name, share in zip(PSPI_ACTIONS, face, strict=True)
                },
                levels=tuple(map(float, levels)) if self._scale is SIX_LEVEL_SCALE else None,
            )
            for row, levels, face in zip(of_grades, probabilities, shares, strict=True)
        ]

    def _batch(self, crops: Sequence[np.ndarray] | np.ndarray) -> np.ndarray:
        size = self._input_size
        batch = np.empty((len(crops), size, size, 3), np.uint8)
        for row, crop in zip(batch, crops, strict=True):
            if crop.ndim != 3 or crop.shape[2] != 3 or crop.shape[0] != crop.shape[1] or crop.dtype != np.uint8:
                raise ValueError(f"a crop must be (size, size, 3) uint8; got {crop.shape} {crop.dtype}")
            row[:] = resize_crop(crop, size)
        return batch


def _softmax(logits: np.ndarray) -> np.ndarray:
    """Return rows of probabilities, in double precision so that they sum to 1."""
    raised = np.exp(logits.astype(np.float64) - logits.max(axis=1, keepdims=True))
    return raised / raised.sum(axis=1, keepdims=True)


def resize_crop(crop: np.ndarray, size: int) -> np.ndarray:
    """Return a square crop at `size` pixels a side; averaging when it shrinks, so that no wrinkle aliases."""
    if crop.shape[0] == size:
        return crop
    shrinking = crop.shape[0] > size
    return cv2.resize(crop, (size, size), interpolation=cv2.INTER_AREA if shrinking else cv2.INTER_LINEAR)


def sha256_of(file: Path) -> str:
    """Return the SHA-256 of a file as hexadecimal digits."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def load_network(name: str = DEFAULT_MODEL, folder: Path = MODELS_FOLDER) -> tuple[dict[str, Any], PainNet]:
    """Load the card and the network, in torch, of a released model; its weights are checked to be the released ones.

    Args:
        name: of the model.
        folder: that holds the released models.

    Raises:
        ModelMissingError: no model of that name, or its weights file is absent.
        ModelDamagedError: the weights are not safetensors, do not match the card's hash, or do not fit the network.
    """
    card = read_card(name, folder)
    weights = folder / name / Path(card["weights"]["file"]).name
    if weights.suffix != ".safetensors":
        raise ModelDamagedError(f"The model {name} names {weights.name}; only safetensors files are loaded.")
    if not weights.is_file():
        raise ModelMissingError(f"The weights {weights.name} of the model {name} are missing. Install it again.")
    found = sha256_of(weights)
    if found != card["weights"]["sha256"]:
        raise ModelDamagedError(
            f"The weights of the model {name} are not the released ones (SHA-256 {found[:12]}, the card says "
            f"{card['weights']['sha256'][:12]}). Install it again."
        )
    try:
        network = architecture(card["network"]).build(classes=len(output_scale(card["scale"])))
        network.load_state_dict({key: tensor.float() for key, tensor in load_file(weights).items()})
    except (SafetensorError, UnknownArchitectureError, UnknownScaleError, RuntimeError) as error:
        raise ModelDamagedError(f"The weights of the model {name} do not fit its card: {error}") from error
    return card, network


def load_grader(name: str = DEFAULT_MODEL, folder: Path = MODELS_FOLDER, rules: InferenceRules | None = None) -> Grader:
    """Load a released model ready to grade; see `load_network` for what is checked and raised.

    Args:
        name: of the model.
        folder: that holds the released models.
        rules: what runs the network; the defaults if None.
    """
    card, network = load_network(name, folder)
    of = architecture(card["network"])
    pixels = Pixels(card["input_size"], _of_255(of.mean), _of_255(of.std))
    return Grader(card, prepared(network, pixels, rules, bfloat16=bool(card.get("bfloat16", {}).get("agrees"))))


def _of_255(shares: tuple[float, float, float]) -> tuple[float, float, float]:
    red, green, blue = (255 * share for share in shares)
    return red, green, blue
