"""One network for every architecture: a feature extractor and two heads, grades and action units."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from peea.scales import GRADES, PSPI_ACTIONS


class PainNet(nn.Module):
    """Features of a face, a softmax head over the grades [P] or the six levels [E], and a head of action intensities.

    The intensities explain the grade (their PSPI is shown beside it) and teach far more from an image than its grade
    alone does, so both heads are trained together.

    Args:
        features: module mapping (N, 3, S, S) to (N, feature_count), global pooling included.
        feature_count: width of what it returns.
        dropout: probability of dropping a feature before the heads while training.
        classes: number of outputs of the softmax head.
    """

    def __init__(
        self, features: nn.Module, feature_count: int, dropout: float = 0.2, classes: int = len(GRADES)
    ) -> None:
        super().__init__()
        self.features = features
        self.dropout = nn.Dropout(dropout)
        self.grade_head = nn.Linear(feature_count, classes)
        self.action_head = nn.Linear(feature_count, len(PSPI_ACTIONS))

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Return logits (N, classes) and actions (N, 6) as shares 0-1 of their maxima, in the order of PSPI_ACTIONS."""
        features = self.dropout(self.features(images))
        return self.grade_head(features), torch.sigmoid(self.action_head(features))
