"""A finished training in words and numbers: what a card says of it, and the command that repeats it."""

from __future__ import annotations

import json
import shlex
from dataclasses import asdict
from pathlib import Path
from typing import Any

from peea.networks import architecture
from peea.output_scales import output_scale
from peea.training.augmentation import AUGMENTATIONS
from peea.training.calibration import fit_temperature
from peea.training.data_set import RatedFaces
from peea.training.fit import Fitted, predict
from peea.training.plan import FitPlan


def training_card(
    plan: FitPlan, fitted: Fitted, data: Path, faces: RatedFaces, split: str, version: str
) -> dict[str, Any]:
    """Return what the card of a trained network says, but for its weights (see `peea.training.release`).

    The temperature is fitted on the validation part of the split.
    """
    training, validation = faces.part(split, "train"), faces.part(split, "validation")
    logits, _ = predict(fitted.network, validation, plan)
    facts = data_set_facts(data, faces, training)
    return {
        "title": architecture(plan.network).title,
        "version": version,
        "network": plan.network,
        "scale": plan.scale,
        "input_size": plan.input_size,
        "temperature": fit_temperature(logits, validation.classes(output_scale(plan.scale))),
        "trained_on": facts["sentence"],
        "data": facts,
        "split": f"{split}: {len(training)} training, {len(validation)} validation faces",
        "start": fitted.started_from,
        "plan": asdict(plan),
        "curves": fitted.curves,
        "training_seconds": round(sum(row["seconds"] for row in fitted.curves)),
        "command": training_command(plan, split),
    }


def training_command(plan: FitPlan, split: str) -> str:
    """Return the command that repeats a training, with every option that is not the default."""
    default = FitPlan(plan.network)
    said = [f"peea train {plan.network} --data DIR --split {split} --input-size {plan.input_size}"]
    for name in (
        "start", "scale", "epochs", "batch_size", "optimizer", "learning_rate", "momentum", "weight_decay",
        "action_weight", "class_balance", "seed",
    ):  # fmt: skip
        value = getattr(plan, name)
        if value != getattr(default, name):
            said.append(f"--{name.replace('_', '-')} {shlex.quote(str(value))}")
    if plan.augmentation != default.augmentation:
        named = next((name for name, each in AUGMENTATIONS.items() if each == plan.augmentation), "an own augmentation")
        said.append(f"--augmentation {shlex.quote(named)}")
    if plan.grade_weight == 0:
        said.append("--actions-only")
    return " ".join(said)


def data_set_facts(data: Path, faces: RatedFaces, training: RatedFaces) -> dict[str, Any]:
    """Return what a card says of the data that a network was trained on."""
    card_file = data / "card.json"
    card = json.loads(card_file.read_text(encoding="utf-8")) if card_file.is_file() else {}
    synthetic = bool(card.get("synthetic", False))
    patients = training.table["person"].nunique()
    kind = "synthetic (rendered) patients" if synthetic else "patients"
    return {
        "sentence": f"{len(training)} images of {patients} {kind}",
        "synthetic": synthetic,
        "images": len(faces),
        "patients": int(faces.table["person"].nunique()),
        "no_face_found": len(faces.not_found),
        "manifest_sha256": faces.manifest_sha256,
    }
