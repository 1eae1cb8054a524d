"""Where in a face a model saw the grade that it gave: class activation maps by the gradients of its last layers.

LayerCAM (Jiang et al., IEEE Trans. Image Processing 30:5875, 2021), a form of Grad-CAM (Selvaraju et al., ICCV 2017)
that weighs each place by its own gradient, so that a layer of finer resolution than the last one can be used: the last
layer of a face network has some 5 x 5 places, in which brow and eyes are one. A map shows what the network used, not
how much pain there is, nor that it is right.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
import torch
from torch import Tensor, nn

from peea.assessment import FrameRecord
from peea.face_grade import FaceGrade
from peea.faces.dim_light import brighten, gain_for
from peea.faces.normalisation import normalise
from peea.faces.rules import FaceRules
from peea.graders import load_network, resize_crop
from peea.language import Names, later
from peea.model_cards import DEFAULT_MODEL, MODELS_FOLDER
from peea.networks import PainNet, architecture
from peea.output_scales import OutputScale, output_scale
from peea.scales import Grade

LEAST_PLACES: Final = 9
"""Places a side that the map of one layer must have: fewer cannot tell brow from eyes."""

OVERLAY: Final = 0.65
"""Share of the colour where the map is highest; the face must still be seen under it, and plainly where it is low."""

SHOWN_PX: Final = 320
"""Side of the picture on the page."""


class Region(StrEnum):
    """A third of the face in which the PSPI actions lie."""

    BROW_AND_EYES = "brow_and_eyes"
    NOSE_AND_CHEEKS = "nose_and_cheeks"
    MOUTH_AND_CHIN = "mouth_and_chin"


REGION_NAMES: Final[Mapping[Region, str]] = Names(
    {
        Region.BROW_AND_EYES: later("brow and eyes"),
        Region.NOSE_AND_CHEEKS: later("nose and cheeks"),
        Region.MOUTH_AND_CHIN: later("mouth and chin"),
    }
)

_REGION_ENDS: Final = {Region.BROW_AND_EYES: 0.42, Region.NOSE_AND_CHEEKS: 0.6, Region.MOUTH_AND_CHIN: 1.0}
"""Lower ends as shares of the crop's height: `peea.faces.normalisation` puts the eyes at 0.32 and the mouth at 0.68."""


@dataclass(frozen=True, eq=False)
class HeatMap:
    """Where a model saw, in one face, one grade or more (of no pain: that it is none).

    Attributes:
        grade: which grade is explained.
        weights: (S, S) float32, 0-1 with a maximum of 1, over the crop as the model saw it; all 0 where nothing in the
            face speaks for the grade.
        crop: (S, S, 3) uint8 RGB, that crop.
    """

    grade: Grade
    weights: np.ndarray
    crop: np.ndarray

    @property
    def by_region(self) -> dict[Region, float]:
        """Share of the map's weight in each third of the face, the largest first; empty for an empty map."""
        total = float(self.weights.sum())
        if total <= 0:
            return {}
        height, start, shares = len(self.weights), 0, {}
        for region, end in _REGION_ENDS.items():
            stop = round(end * height)
            shares[region] = float(self.weights[start:stop].sum()) / total
            start = stop
        return dict(sorted(shares.items(), key=lambda item: -item[1]))

    def picture(self, side: int = SHOWN_PX) -> np.ndarray:
        """Return the face with the map laid over it, (side, side, 3) uint8 RGB: the lighter, the more it counted."""
        face = cv2.resize(self.crop, (side, side), interpolation=cv2.INTER_CUBIC).astype(np.float32)
        weights = cv2.resize(self.weights, (side, side), interpolation=cv2.INTER_LINEAR)
        colours = cv2.applyColorMap((255 * weights).clip(0, 255).astype(np.uint8), cv2.COLORMAP_INFERNO)
        alpha = (OVERLAY * np.sqrt(weights))[..., None]
        mixed = (1 - alpha) * face + alpha * cv2.cvtColor(colours, cv2.COLOR_BGR2RGB)
        return mixed.clip(0, 255).astype(np.uint8)


def crop_of_frame(image: np.ndarray, record: FrameRecord, rules: FaceRules | None = None) -> np.ndarray | None:
    """Return the normalised face of a frame as it was graded, or None if the record has no face.

    Args:
        image: (height, width, 3) uint8 RGB, the frame of `record`.
        record: what was found in it.
        rules: thresholds of the site, as when it was graded.
    """
    if record.landmarks is None:
        return None
    rules = rules or FaceRules()
    form, dim = rules.normalisation, rules.dim
    crop = normalise(image, np.array(record.landmarks, np.float32), form.crop_px, form.margin)
    if record.dim and record.brightness < dim.dim_face_below:
        gain = gain_for(record.brightness, dim.brightened_to, dim.highest_gain)
        crop = brighten(crop, gain, dim.crop_smoothing * crop.shape[0])
    return crop


class HeatMaps:
    """Explains what one model grades. Safe to share between threads, one map at a time.

    Args:
        card: of the model.
        network: its network in torch, with its weights.
    """

    def __init__(self, card: Mapping[str, Any], network: PainNet) -> None:
        self.weights_sha256: str = card["weights"]["sha256"]
        of = architecture(card["network"])
        self._size: int = card["input_size"]
        self._scale: OutputScale = output_scale(card["scale"])
        self._mean = torch.tensor(of.mean).view(1, 3, 1, 1)
        self._std = torch.tensor(of.std).view(1, 3, 1, 1)
        self._network = network.eval().requires_grad_(False)
        for module in self._network.modules():
            # What a layer gave must still be there when its gradient arrives.
            if getattr(module, "inplace", False):
                setattr(module, "inplace", False)  # noqa: B010 - mypy does not know which modules have it
        self._layer = _finest_late_layer(self._network, self._size)

    @classmethod
    def of_model(cls, name: str = DEFAULT_MODEL, folder: Path = MODELS_FOLDER) -> HeatMaps:
        """Load a released model for explaining; see `peea.graders.load_network` for what is checked and raised."""
        return cls(*load_network(name, folder))

    def of_face(self, crop: np.ndarray, grade: Grade | None = None) -> HeatMap:
        """Return where the model sees a grade in a normalised face.

        Args:
            crop: (size, size, 3) uint8 RGB as `peea.faces.normalisation` makes it; any size.
            grade: which; the one that the model gives if None.

        Raises:
            ValueError: the crop is not square RGB of type uint8.
        """
        if crop.ndim != 3 or crop.shape[2] != 3 or crop.shape[0] != crop.shape[1] or crop.dtype != np.uint8:
            raise ValueError(f"a crop must be (size, size, 3) uint8; got {crop.shape} {crop.dtype}")
        seen = resize_crop(crop, self._size)
        pixels = torch.from_numpy(seen).permute(2, 0, 1)[None].float() / 255
        given: list[Tensor] = []
        hook = self._layer.register_forward_hook(lambda module, inputs, output: given.append(output))
        try:
            with torch.enable_grad():
                logits, _ = self._network(((pixels - self._mean) / self._std).requires_grad_(True))
                graded = self._scale.grade_probabilities(torch.softmax(logits, 1).detach().numpy())
                grade = FaceGrade(tuple(graded[0])).grade if grade is None else grade
                (gradient,) = torch.autograd.grad(self._evidence(logits[0], grade), given[0])
        finally:
            hook.remove()
        places = (gradient.clamp(min=0) * given[0].detach()).sum(1)[0].clamp(min=0).numpy()
        weights = cv2.resize(places, (self._size, self._size), interpolation=cv2.INTER_CUBIC).clip(min=0)
        highest = float(weights.max())
        return HeatMap(grade, weights / highest if highest > 0 else weights, seen)

    def _evidence(self, logits: Tensor, grade: Grade) -> Tensor:
        """Return what speaks for a grade: the log-odds of so much pain or more against less; of no pain, of it alone.

        Against all other grades, more pain included, a calm mouth would speak for mild pain as much as a lowered brow.

        Args:
            logits: (K,) over the labels of the scale.
            grade: that is explained.
        """
        speaks = torch.tensor([each >= grade if grade else each == grade for each in self._scale.grades])
        return torch.logsumexp(logits[speaks], 0) - torch.logsumexp(logits[~speaks], 0)


def _finest_late_layer(network: PainNet, size: int) -> nn.Module:
    """Return the last layer that still has `LEAST_PLACES` places a side; of a coarser network its last one with any."""
    seen: list[tuple[nn.Module, int]] = []

    def note(module: nn.Module, inputs: Any, output: Any) -> None:
        if isinstance(output, Tensor) and output.ndim == 4 and output.shape[2] > 1:
            seen.append((module, output.shape[2]))

    hooks = [module.register_forward_hook(note) for module in network.features.modules()]
    with torch.inference_mode():
        network(torch.zeros(1, 3, size, size))
    for hook in hooks:
        hook.remove()
    fine = [module for module, places in seen if places >= LEAST_PLACES]
    return fine[-1] if fine else seen[-1][0]
