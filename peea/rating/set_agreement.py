"""How far the raters of a set of key frames agree: how many frames count, and the usual figures of agreement. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from peea.agreement import (
    Icc,
    IccForm,
    KrippendorffAlpha,
    MeanAgreement,
    Missing,
    NoNumber,
    Ratings,
    Scale,
    icc,
    krippendorff_alpha,
    mean_agreement,
)
from peea.rating.codes import PspiCodes
from peea.rating.consistency import FrameAgreement, agreement_on_frame
from peea.rating.rules import ConsistencyRules


@dataclass(frozen=True)
class SetAgreement:
    """How far the raters of a set of key frames agree.

    Attributes:
        frames: agreement on each frame, in the order given.
        same_grade: mean share of pairs of raters who give a frame the same grade, with its interval.
        alpha: Krippendorff's alpha of the grades (ordinal); missing ratings are allowed.
        pspi_icc: ICC(A,1) of the PSPI totals over the frames that everybody rated.
    """

    frames: Mapping[str, FrameAgreement]
    same_grade: MeanAgreement | NoNumber
    alpha: KrippendorffAlpha | NoNumber
    pspi_icc: Icc | NoNumber

    @property
    def agreed(self) -> tuple[str, ...]:
        """The frames on which the raters agree."""
        return tuple(name for name, each in self.frames.items() if each.agreed)


def agreement_of_set(
    ratings: Mapping[str, Mapping[str, PspiCodes]], patients: Mapping[str, str], rules: ConsistencyRules
) -> SetAgreement:
    """Return the agreement of several raters on a set of frames.

    Args:
        ratings: frame -> rater -> codes; a rater who did not rate a frame is not named there.
        patients: frame -> patient, whose frames hang together.
        rules: rule and threshold for each frame.
    """
    raters = sorted({rater for each in ratings.values() for rater in each})
    names = list(ratings)
    of = [patients[name] for name in names]

    def table(value: str) -> Ratings:
        cells = [
            [
                math.nan if rater not in ratings[name] else float(getattr(ratings[name][rater], value))
                for rater in raters
            ]
            for name in names
        ]
        return Ratings.of(cells, raters=raters, recordings=names, patients=of)

    frames = {name: agreement_on_frame(list(ratings[name].values()), rules) for name in names}
    grades, totals = table("grade"), table("pspi")
    return SetAgreement(
        frames,
        mean_agreement(grades),
        krippendorff_alpha(grades, Scale.ORDINAL),
        icc(totals, missing=Missing.LEAVE_OUT_RECORDING)[list(IccForm).index(IccForm.TWO_WAY_RANDOM_SINGLE)],
    )
