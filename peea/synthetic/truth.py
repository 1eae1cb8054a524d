"""What is true of one synthetic image: who, which actions, PSPI, grade, landmarks, pose, light, occlusion, ratings.

These are truths of the generator, not certified FACS coding.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from peea.scales import DEFAULT_VAS_MAPPING, PSPI_ACTIONS, Grade, grade_of_pspi, six_level_of_vas
from peea.synthetic.expression import MOVED_ACTIONS, Expression
from peea.synthetic.expressions import Confounder
from peea.synthetic.raters import Rating, consistent
from peea.synthetic.view import View

AGE_BANDS: Final = ((50, 64), (65, 74), (75, 84), (85, 95))
"""Bands in whole years, both ends included, for results by age."""

TONE_GROUPS: Final = {"light": (1, 3), "medium": (4, 6), "dark": (7, 10)}
"""Groups of the ten Monk skin tones, for results by skin tone."""


FIVE_POINTS: Final = ("right_eye", "left_eye", "nose", "mouth_right", "mouth_left")
"""Names of the five points of MTCNN, in its order: the patient's right is left in the picture."""


@dataclass(frozen=True)
class PainTruth:
    """The truth about pain in one face.

    Attributes:
        actions: coded intensity of each PSPI action (the stronger side; AU43 the weaker), continuous.
        pspi: their sum, 0-16.
        grade_pspi: the grade that the mapping gives this PSPI.
        grade: the grade by script: `grade_pspi`, but 0 for a confounder, where nobody is in pain.
        vas: VAS-equivalent, 0-10; 0 for a confounder.
        six_level: label of the six-level scale for `vas`.
    """

    actions: Mapping[str, float]
    pspi: float
    grade_pspi: Grade
    grade: Grade
    vas: float
    six_level: int


def pain_truth(expression: Expression, confounder: Confounder | None) -> PainTruth:
    """Return the truth about pain by the rules of `peea.scales`, and by script for confounders."""
    total = expression.pspi
    vas = DEFAULT_VAS_MAPPING.vas(total) if confounder is None else 0.0
    grade_pspi = grade_of_pspi(total)
    return PainTruth(
        actions=expression.coded_actions(),
        pspi=total,
        grade_pspi=grade_pspi,
        grade=grade_pspi if confounder is None else Grade.NO_PAIN,
        vas=vas,
        six_level=six_level_of_vas(vas),
    )


def age_band(age_years: float) -> str:
    """Return the age band of a person.

    Raises:
        ValueError: the age lies in no band.

    >>> age_band(74.6)
    '65-74'
    """
    for lowest, highest in AGE_BANDS:
        if lowest <= int(age_years) <= highest:
            return f"{lowest}-{highest}"
    raise ValueError(f"no age band holds {age_years} years; the bands reach from 50 to 95")


def tone_group(skin_tone: int) -> str:
    """Return "light", "medium" or "dark" for a Monk skin tone, 1-10."""
    for group, (lowest, highest) in TONE_GROUPS.items():
        if lowest <= skin_tone <= highest:
            return group
    raise ValueError(f"skin tone {skin_tone} is not on the Monk scale, 1-10")


def hull_mask(shape: tuple[int, ...], landmarks: np.ndarray) -> np.ndarray:
    """Return the face (the hull of its landmarks, (n, 2) pixels) as (height, width) bool."""
    hull = cv2.convexHull(np.round(landmarks).astype(np.int32))
    return cv2.fillConvexPoly(np.zeros(shape[:2], np.uint8), hull, 1) > 0


def face_luma(image: np.ndarray, landmarks: np.ndarray) -> float:
    """Return the mean luma, 0-255 (ITU-R BT.601), of the face in an RGB image; 0 if it is outside the picture."""
    face = hull_mask(image.shape, landmarks)
    return float(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)[face].mean()) if face.any() else 0.0


def expression_columns(expression: Expression) -> dict[str, float]:
    """Return every action of both sides as columns, e.g. "AU4_left", rounded to 0.001."""
    columns = {}
    for name in MOVED_ACTIONS:
        columns[f"{name}_left"] = round(float(expression.left.get(name, 0.0)), 3)
        columns[f"{name}_right"] = round(float(expression.right.get(name, 0.0)), 3)
    return columns


def pain_columns(truth: PainTruth) -> dict[str, float | int]:
    """Return the truth about pain as columns."""
    columns: dict[str, float | int] = {name: round(float(truth.actions[name]), 3) for name in PSPI_ACTIONS}
    columns |= {
        "pspi": round(truth.pspi, 3),
        "vas": round(truth.vas, 3),
        "grade": int(truth.grade),
        "grade_pspi": int(truth.grade_pspi),
        "six_level": truth.six_level,
    }
    return columns


def rating_columns(ratings: tuple[Rating, ...]) -> dict[str, int]:
    """Return the codes, PSPI and grade of every rater as columns, and whether they agree in grade."""
    columns: dict[str, int] = {}
    for rating in ratings:
        columns |= {f"{rating.rater}_{name}": code for name, code in rating.codes.items()}
        columns |= {f"{rating.rater}_pspi": rating.pspi, f"{rating.rater}_grade": int(rating.grade)}
    return columns | {"consistent": int(consistent(ratings))}


def view_columns(view: View) -> dict[str, float | int]:
    """Return the pose as columns: degrees, shares of the picture."""
    return {
        "yaw_deg": round(view.yaw_deg, 2),
        "pitch_deg": round(view.pitch_deg, 2),
        "roll_deg": round(view.roll_deg, 2),
        "lying": int(view.lying),
        "face_height": round(view.face_height, 4),
    }
