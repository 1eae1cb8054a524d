"""Made-up cards and results, simulated, for tests only."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

GROUPS = (
    ("Sex", "female", 0.9, (0.86, 0.93)),
    ("Sex", "male", 0.94, (0.91, 0.97)),
    ("Skin tone", "dark", 0.8, (0.75, 0.85)),
    ("Skin tone", "light", 0.95, (0.92, 0.98)),
    ("Head turned", "over 25 degrees", 0.8, (0.7, 0.9)),
    ("Head turned", "up to 15 degrees", 0.95, (0.9, 0.99)),
)


def figures(accuracy: float, labels: tuple[int, ...] = (0, 1, 2, 3, 4), images: int = 200) -> dict[str, Any]:
    each = images // len(labels)
    right = round(accuracy * each)
    confusion = [[right if row == column else 0 for column in range(len(labels))] for row in range(len(labels))]
    for row in range(len(labels)):
        confusion[row][row - 1 if row else 1] += each - right
    return {
        "images": images,
        "patients": 20,
        "accuracy": accuracy,
        "accuracy_interval": [accuracy - 0.03, accuracy + 0.02],
        "accuracy_by_grade": {str(label): accuracy - 0.01 * place for place, label in enumerate(labels)},
        "macro_f1": accuracy,
        "quadratic_kappa": 0.97,
        "mean_absolute_error": 0.1,
        "off_by_two_or_more": 0.002,
        "ece": 0.021,
        "confusion": confusion,
        "pspi_mean_absolute_error": 0.5,
        "pspi_icc": 0.981,
        "reliability": [
            {"confidence": 0.55, "accuracy": 0.5, "images": 20},
            {"confidence": 0.75, "accuracy": 0.0, "images": 0},
            {"confidence": 0.95, "accuracy": 0.97, "images": 180},
        ],
    }


def block(split: str, part: str, accuracy: float, labels: tuple[int, ...] = (0, 1, 2, 3, 4)) -> dict[str, Any]:
    return {
        "split": split,
        "part": part,
        "all_faces": figures(accuracy - 0.01, labels),
        "usable_faces": figures(accuracy, labels),
        "consistent_faces": figures(accuracy + 0.01, labels),
        "over_graded": {"images": 40, "share": 0.025, "by_confounder": {"smile": {"images": 40, "share": 0.025}}},
        "subgroups": [
            {"group": group, "value": value, "images": 100, "patients": 10, "accuracy": share,
             "accuracy_interval": list(interval), "mean_error": 0.1}
            for group, value, share, interval in GROUPS
        ],
    }  # fmt: skip


def card(name: str, network: str, title: str, accuracy: float, split: str = "patients", **more: Any) -> dict[str, Any]:
    labels = (0, 2, 4, 6, 8, 10) if more.get("scale") == "six levels" else (0, 1, 2, 3, 4)
    best = accuracy + 0.01
    return {
        "name": name,
        "title": title,
        "version": "9.9.9",
        "network": network,
        "scale": "grades 0-4",
        "input_size": 160,
        "temperature": 1.1,
        "trained_on": "60 images of 6 made-up patients",
        "data": {"synthetic": True},
        "split": f"{split}: 60 training, 20 validation faces",
        "start": "random",
        "plan": {"learning_rate": 0.1},
        "curves": [
            {"epoch": epoch, "training_loss": 2.0 / epoch, "validation_loss": 2.1 / epoch, "seconds": 60.0,
             "training_accuracy": best + 0.005, "validation_accuracy": best - 0.02 * (4 - epoch)}
            for epoch in (1, 2, 3, 4)
        ],
        "training_seconds": 240,
        "weights": {"file": "weights.safetensors", "sha256": "0" * 64},
        "clinically_validated": False,
        "figures": {f"{split}_test": block(split, "test", accuracy, labels)},
        **more,
    }  # fmt: skip


SEARCH = {
    "command": "peea search resnet50 --data DIR",
    "network": "resnet50",
    "space": {"learning_rate": [0.01, 1.0, "log"], "momentum": [0.8, 0.98, "linear"],
              "weight_decay": [1e-10, 0.01, "log"]},
    "evaluations": [
        {"number": number, "learning_rate": 0.01 * number, "momentum": 0.9, "weight_decay": 1e-5,
         "objective": None if number == 3 else 0.5 - 0.03 * number + 0.05 * (number % 2), "seconds": 20.0,
         "state": "failed" if number == 3 else "complete"}
        for number in range(1, 9)
    ],
    "best": {"number": 8, "learning_rate": 0.08, "momentum": 0.9, "weight_decay": 1e-5, "objective": 0.26},
    "optimizers": [{"optimizer": "SGD with momentum", "objective": 0.26, "curve": [0.4, 0.3, 0.26]},
                   {"optimizer": "Adam", "objective": 0.3, "curve": [0.5, 0.35, 0.3]}],
    "objective_means": "share of wrong grades among the validation images",
}  # fmt: skip

AUGMENTATION = {
    "command": "peea experiments --data DIR",
    "network": "efficientnet_lite0",
    "rows": [
        {"augmentation": name, "training_accuracy": 0.99, "validation_accuracy": 0.8 + 0.02 * place,
         "test_accuracy": 0.79 + 0.02 * place, "images": 240}
        for place, name in enumerate(("none", "hip-fracture paper", "cancer paper", "ours", "all"))
    ],
}  # fmt: skip

LEARNING = {
    "command": "peea experiments --data DIR",
    "network": "EfficientNet-Lite0",
    "more_images": [
        {"images": images, "input_size": 112, "training_seconds": images / 2, "test_accuracy": accuracy,
         "test_interval": [accuracy - 0.03, accuracy + 0.02], "test_pspi_icc": accuracy + 0.1}
        for images, accuracy in ((300, 0.61), (1200, 0.7), (4800, 0.78))
    ],
    "larger_pictures": [
        {"images": 1200, "input_size": size, "training_seconds": size * 3.0, "test_accuracy": accuracy,
         "test_interval": [accuracy - 0.03, accuracy + 0.02], "test_pspi_icc": None}
        for size, accuracy in ((64, 0.6), (160, 0.72))
    ],
}  # fmt: skip


def write(file: Path, content: dict[str, Any]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(content), encoding="utf-8")


def fill(models: Path, default: str) -> None:
    """Put made-up cards and results of every kind into a folder of models."""
    improved = card(default, "resnet50", "Improved ResNet50", 0.965)
    write(models / default / "card.json", improved)
    six = "six levels"
    write(models / "b4s" / "card.json", card("b4s", "efficientnet_b4s", "EfficientNet-B4S", 0.93, scale=six))
    results = models / "results"
    plain = card("resnet50_plain", "resnet50", "Plain ResNet50", 0.91)
    write(results / "resnet50_plain.json", plain)
    write(results / "resnet50_random.json", card("x", "resnet50", "Improved ResNet50", 0.985, split="random"))
    write(results / "vgg19.json", card("vgg19", "vgg19", "VGG19", 0.88))
    write(results / "efficientnet_b4.json", card("b4", "efficientnet_b4", "EfficientNet-B4", 0.9, scale=six))
    write(results / "search.json", SEARCH)
    write(results / "augmentation.json", AUGMENTATION)
    write(results / "learning.json", LEARNING)
