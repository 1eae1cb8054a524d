"""From a fitted network to models/NAME: half-precision safetensors and the card that says what it is."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from safetensors.torch import save_file

from peea.graders import CARD_FILE, MODELS_FOLDER, sha256_of
from peea.networks import PainNet

WEIGHTS_FILE = "weights.safetensors"
FEATURES_FILE = "trained.safetensors"
RESULTS_FOLDER = "results"

INTENDED_USE = (
    "Supports trained staff in observing pain from the face of an adult aged 65 or more with a hip fracture. It does "
    "not replace the patient's own report or clinical judgement, and must not decide treatment."
)

LIMITS = (
    "Not clinically validated: it has never been compared with clinicians on real patients.",
    "Trained on rendered faces only. On real faces its figures will be lower, and how much lower is unknown.",
    "The labels are the generator's action units, not certified FACS coding.",
    "Faces that are dark, blurred, covered or turned away by more than about 45 degrees are not graded.",
    "Not for patients with facial palsy, dementia, delirium, sedation or other conditions that change expression.",
)


def release(network: PainNet, card: dict[str, Any], name: str, folder: Path = MODELS_FOLDER) -> Path:
    """Write the weights and the card of a released model.

    Args:
        network: fitted; its weights are stored as float16.
        card: everything but name, weights, dates, intended use and limits, which are added here.
        name: of the folder under `folder`.

    Returns:
        The folder of the model.
    """
    target = folder / name
    target.mkdir(parents=True, exist_ok=True)
    weights = target / WEIGHTS_FILE
    tensors = {
        key: (tensor.half() if tensor.is_floating_point() else tensor).contiguous()
        for key, tensor in network.state_dict().items()
    }
    save_file(tensors, weights)
    weights.chmod(0o644)  # safetensors writes for its owner alone; a released model is for every account that grades
    full = {
        "name": name,
        **card,
        "weights": {
            "file": WEIGHTS_FILE,
            "sha256": sha256_of(weights),
            "precision": "float16",
            "bytes": weights.stat().st_size,
            "parameters": sum(parameter.numel() for parameter in network.parameters()),
        },
        "clinically_validated": False,
        "intended_use": INTENDED_USE,
        "limits": list(LIMITS),
        "released": datetime.now(UTC).date().isoformat(),
    }
    write_card(target, full)
    return target


def save_features(network: PainNet, run_folder: Path) -> Path:
    """Write the trained weights beside the checkpoint, for a later training that starts from trained:FILE."""
    file = run_folder / FEATURES_FILE
    save_file({name: tensor.contiguous() for name, tensor in network.state_dict().items()}, file)
    return file


def write_card(model_folder: Path, card: dict[str, Any]) -> None:
    """Write card.json whole or not at all."""
    _write_json(model_folder / CARD_FILE, card)


def write_result(name: str, result: dict[str, Any], folder: Path = MODELS_FOLDER) -> Path:
    """Write results/NAME.json, the figures of something without released weights, whole or not at all."""
    file = folder / RESULTS_FOLDER / f"{name.lstrip('/')}.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    _write_json(file, result)
    return file


def _write_json(file: Path, content: dict[str, Any]) -> None:
    temporary = file.with_suffix(".part")
    temporary.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    temporary.replace(file)
