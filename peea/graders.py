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
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file

from peea.face_grade import FaceGrade, ModelIdentity
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
    "model_names",
    "read_card",
    "resize_crop",
    "sha256_of",
]


class Grader:
    """A loaded model. Safe to share between threads: grading does not change it.

    Args:
        card: content of card.json.
        network: with its weights loaded.
    """

    def __init__(self, card: Mapping[str, Any], network: PainNet) -> None:
        self.card = card
        self.identity = ModelIdentity(
            name=card["name"],
            version=card["version"],
            weights_sha256=card["weights"]["sha256"],
            trained_on=card["trained_on"],
            clinically_validated=card["clinically_validated"],
        )
        self._network = network.eval().to(memory_format=torch.channels_last)
        self._input_size: int = card["input_size"]
        self._temperature: float = card["temperature"]
        of = architecture(card["network"])
        self._mean = np.array(of.mean, np.float32) * 255
        self._std = np.array(of.std, np.float32) * 255

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
        with torch.inference_mode():
            logits, shares = self._network(self._batch(crops))
            probabilities = torch.softmax(logits.double() / self._temperature, dim=1).numpy()
        return [
            FaceGrade(
                probabilities=tuple(map(float, row)),
                actions={
                    name: float(share) * ACTION_MAXIMUM[name] for name, share in zip(PSPI_ACTIONS, face, strict=True)
                },
            )
            for row, face in zip(probabilities, shares.numpy(), strict=True)
        ]

    def _batch(self, crops: Sequence[np.ndarray] | np.ndarray) -> torch.Tensor:
        batch = np.empty((len(crops), self._input_size, self._input_size, 3), np.float32)
        for row, crop in zip(batch, crops, strict=True):
            if crop.ndim != 3 or crop.shape[2] != 3 or crop.shape[0] != crop.shape[1] or crop.dtype != np.uint8:
                raise ValueError(f"a crop must be (size, size, 3) uint8; got {crop.shape} {crop.dtype}")
            row[:] = (resize_crop(crop, self._input_size) - self._mean) / self._std
        return torch.from_numpy(batch).permute(0, 3, 1, 2)


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


def load_grader(name: str = DEFAULT_MODEL, folder: Path = MODELS_FOLDER) -> Grader:
    """Load a released model and check that its weights are the released ones.

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
        network = architecture(card["network"]).build()
        network.load_state_dict({key: tensor.float() for key, tensor in load_file(weights).items()})
    except (SafetensorError, UnknownArchitectureError, RuntimeError) as error:
        raise ModelDamagedError(f"The weights of the model {name} do not fit its card: {error}") from error
    return Grader(card, network)
