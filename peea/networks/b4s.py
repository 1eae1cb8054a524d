"""EfficientNet-B4S [E]: EfficientNet-B4 with mish for swish and Inception-v4 blocks in place of MBConv.

[E] Chen, Liang, Yang, Advances in Clinical Medicine 13(7):11934-11942 (2023). The paper names the two changes and
gives no table of layers. What it leaves open, and what is chosen here:

- *Stages.* B4's: widths 24, 32, 56, 112, 160, 272, 448, depths 2, 4, 4, 6, 6, 8, 2, strides 1, 2, 2, 2, 1, 2, 1,
  stem 48, head 1792 (Tan & Le 2019, scaled by 1.4 in width and 1.8 in depth).
- *Which Inception block where.* Inception-v4 uses A at its 35x35, B at its 17x17 and C at its 8x8 grid (Szegedy et
  al. 2017, figures 4 to 6). At 380 px the stages stand at strides 2 to 8 (190x190 to 48x48: A), 16 (24x24: B) and 32
  (12x12: C).
- *Branch widths.* Inception-v4's own, as shares of the block's width (A: 96 of 384 each; B: 128, 384, 256, 256 of
  1024; C: 256, 256, 512, 512 of 1536), inner widths likewise; the block has the width that B4 gives its stage.
- *Stride.* The first block of a stage halves the picture in the last convolution of each branch, and in its pool.
- *Squeeze-and-excitation* after the branches are joined, reduced to a quarter of the block's input width, as in B4;
  the skip connection of MBConv stays where input and output have one shape.
- *Linear ends.* The last convolution of each branch has no mish, as MBConv's projection has no swish and the blocks of
  Inception-ResNet have no activation before their sum. With it, each block adds what is hardly ever negative: the 1792
  features of unlike faces then vary along 3 directions at the start of training instead of 23, and nothing was learned
  in six epochs.
- *First weights* as B4's and ResNet's (He et al. 2015, by the number of outputs). PyTorch's own are several times
  smaller, so that each step of training turns them several times as far: learning then began in the sixth epoch
  instead of the third.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Final

import torch
from torch import Tensor, nn

STAGES: Final = (
    # width, depth, stride, block
    (24, 2, 1, "A"),
    (32, 4, 2, "A"),
    (56, 4, 2, "A"),
    (112, 6, 2, "B"),
    (160, 6, 1, "B"),
    (272, 8, 2, "C"),
    (448, 2, 1, "C"),
)
"""B4's stages and the Inception-v4 block that stands in each."""

STEM_WIDTH: Final = 48
HEAD_WIDTH: Final = 1792
SQUEEZE: Final = 0.25

Kernel = tuple[int, int]
Branch = tuple[tuple[float, Kernel], ...]
"""Convolutions of one branch: width as a share of the block's width, kernel (height, width)."""

_POINT: Final[Kernel] = (1, 1)
_SQUARE: Final[Kernel] = (3, 3)

BRANCHES: Final[dict[str, tuple[Branch, ...]]] = {
    "A": (
        ((96 / 384, _POINT),),
        ((64 / 384, _POINT), (96 / 384, _SQUARE)),
        ((64 / 384, _POINT), (96 / 384, _SQUARE), (96 / 384, _SQUARE)),
    ),
    "B": (
        ((384 / 1024, _POINT),),
        ((192 / 1024, _POINT), (224 / 1024, (1, 7)), (256 / 1024, (7, 1))),
        (
            (192 / 1024, _POINT),
            (192 / 1024, (1, 7)),
            (224 / 1024, (7, 1)),
            (224 / 1024, (1, 7)),
            (256 / 1024, (7, 1)),
        ),
    ),
    "C": (
        ((256 / 1536, _POINT),),
        ((384 / 1536, _POINT), (256 / 1536, (1, 3))),
        ((384 / 1536, _POINT), (256 / 1536, (3, 1))),
        ((384 / 1536, _POINT), (448 / 1536, (1, 3)), (512 / 1536, (3, 1)), (256 / 1536, (3, 1))),
        ((384 / 1536, _POINT), (448 / 1536, (1, 3)), (512 / 1536, (3, 1)), (256 / 1536, (1, 3))),
    ),
}
"""Branches of each block beside the pooled one, which takes what is left of the width. The two forked branches of block
C are written out, so that each fork has its own stem."""


class ConvMish(nn.Sequential):
    """Convolution, batch normalisation and, unless it is linear, mish (Misra 2019: x * tanh(softplus(x)))."""

    def __init__(self, inputs: int, outputs: int, kernel: Kernel, stride: int = 1, linear: bool = False) -> None:
        padding = (kernel[0] // 2, kernel[1] // 2)
        convolution = nn.Conv2d(inputs, outputs, kernel, stride, padding, bias=False)
        nn.init.kaiming_normal_(convolution.weight, mode="fan_out", nonlinearity="relu")
        super().__init__(convolution, nn.BatchNorm2d(outputs))
        if not linear:
            self.append(nn.Mish())


class SqueezeExcite(nn.Module):
    """Channel weights from the pooled picture (Hu et al. 2018), with mish inside as everywhere in B4S."""

    def __init__(self, width: int, reduced: int) -> None:
        super().__init__()
        self.weigh = nn.Sequential(nn.Conv2d(width, reduced, 1), nn.Mish(), nn.Conv2d(reduced, width, 1), nn.Sigmoid())

    def forward(self, picture: Tensor) -> Tensor:
        """Return (N, C, H, W), each channel scaled."""
        return picture * self.weigh(picture.mean((2, 3), keepdim=True))


class InceptionBlock(nn.Module):
    """An Inception-v4 block of B4's width with squeeze-and-excitation and, where shapes allow, a skip connection.

    Args:
        kind: "A", "B" or "C". inputs: channels in. width: channels out. stride: 1, or 2 to halve the picture.
    """

    def __init__(self, kind: str, inputs: int, width: int, stride: int) -> None:
        super().__init__()
        branches: list[nn.Module] = []
        taken = 0
        for branch in BRANCHES[kind]:
            widths = [inputs, *(max(4, round(width * share)) for share, _ in branch)]
            last = len(branch) - 1
            branches.append(
                nn.Sequential(
                    *(
                        ConvMish(before, after, kernel, stride if at == last else 1, linear=at == last)
                        for at, ((before, after), (_, kernel)) in enumerate(zip(pairwise(widths), branch, strict=True))
                    )
                )
            )
            taken += widths[-1]
        pooled = nn.AvgPool2d(3, stride, padding=1, count_include_pad=False)
        branches.append(nn.Sequential(pooled, ConvMish(inputs, width - taken, _POINT, linear=True)))
        self.branches = nn.ModuleList(branches)
        self.excite = SqueezeExcite(width, max(1, round(inputs * SQUEEZE)))
        self.skips = stride == 1 and inputs == width

    def forward(self, picture: Tensor) -> Tensor:
        """Return (N, width, H / stride, W / stride)."""
        joined = self.excite(torch.cat([_whole_gradient(branch(picture)) for branch in self.branches], dim=1))
        return picture + joined if self.skips else joined


def _whole_gradient(picture: Tensor) -> Tensor:
    """Return `picture`, its gradient in one piece: a slice of the joined one makes steps a tenth longer."""
    if picture.requires_grad:
        picture.register_hook(lambda gradient: gradient.contiguous(memory_format=torch.channels_last))
    return picture


class B4SFeatures(nn.Module):
    """Stem, the seven stages and the head of B4S: (N, 3, S, S) to (N, 1792)."""

    def __init__(self) -> None:
        super().__init__()
        layers: list[nn.Module] = [ConvMish(3, STEM_WIDTH, _SQUARE, stride=2)]
        inputs = STEM_WIDTH
        for width, depth, stride, kind in STAGES:
            for index in range(depth):
                layers.append(InceptionBlock(kind, inputs, width, stride if index == 0 else 1))
                inputs = width
        self.layers = nn.Sequential(*layers, ConvMish(inputs, HEAD_WIDTH, _POINT))

    def forward(self, images: Tensor) -> Tensor:
        """Return (N, 1792) pooled features of (N, 3, S, S) images."""
        pooled: Tensor = self.layers(images).mean((2, 3))
        return pooled
