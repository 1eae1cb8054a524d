"""The cards of released models: what a model is, was trained on and may be used for. Reads no weights, loads no torch.

A released model is a folder ``models/NAME`` with ``card.json`` and one safetensors file (see `peea.graders`).
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any, Final

from peea.language import t

MODELS_FOLDER: Final = Path(os.environ.get("PEEA_MODELS", Path(__file__).resolve().parent.parent / "models"))
"""Where released models lie; the environment variable PEEA_MODELS moves it."""

DEFAULT_MODEL: Final = "lite0"
"""The model that grades unless another is asked for."""

CARD_FILE: Final = "card.json"

_COUNTED: Final = re.compile(r"(\d+) images of (\d+) synthetic \(rendered\) patients\.?")
"""What training writes of a model that learned from rendered patients; the numbers differ from model to model."""


class GraderError(RuntimeError):
    """A model cannot be used; the message says which and what to do."""


class ModelMissingError(GraderError):
    """No model of that name is installed."""


class ModelDamagedError(GraderError):
    """A model's card or weights are not what was released."""


def read_card(name: str = DEFAULT_MODEL, folder: Path = MODELS_FOLDER) -> dict[str, Any]:
    """Return the card of a released model.

    Raises:
        ModelMissingError: no folder of that name, or no card in it.
        ModelDamagedError: the card is not a card.
    """
    file = folder / name / CARD_FILE
    if Path(name).name != name or not file.is_file():
        installed = ", ".join(model_names(folder)) or t("none")
        raise ModelMissingError(t("No model is called {name}. Installed: {installed}.", name=name, installed=installed))
    try:
        card = json.loads(file.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise ModelDamagedError(
            t("The card of the model {name} cannot be read ({why}). Install it again.", name=name, why=error)
        ) from error
    missing = {"name", "version", "network", "scale", "input_size", "temperature", "weights", "trained_on"} - set(card)
    if missing:
        raise ModelDamagedError(
            t(
                "The card of the model {name} lacks {what}. Install it again.",
                name=name,
                what=", ".join(sorted(missing)),
            )
        )
    return card


def training_text(trained_on: str) -> str:
    """Return what a model was trained on, as its card says it, in the current language.

    >>> training_text("4875 images of 192 synthetic (rendered) patients.")
    '4875 images of 192 synthetic (rendered) patients'
    """
    counted = _COUNTED.fullmatch(trained_on.strip())
    if counted is not None:
        return t("{images} images of {people} synthetic (rendered) patients", images=counted[1], people=counted[2])
    return t(trained_on).rstrip(".。")


def model_names(folder: Path = MODELS_FOLDER) -> list[str]:
    """Return the names of the released models in `folder`, sorted; the default model first."""
    names = sorted(card.parent.name for card in folder.glob(f"*/{CARD_FILE}"))
    return sorted(names, key=lambda name: name != DEFAULT_MODEL)
