"""The settings of rating: which moments become key frames, and when raters agree on one."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class ConsistencyRule(StrEnum):
    """What must agree among the raters of a key frame."""

    SAME_GRADE = "same_grade"
    NEAR_PSPI = "near_pspi"


def _number(default: float, unit: str, least: float, most: float) -> float:
    value: float = field(default=default, metadata={"unit": unit, "least": least, "most": most})
    return value


def _count(default: int, unit: str, least: int, most: int) -> int:
    value: int = field(default=default, metadata={"unit": unit, "least": least, "most": most})
    return value


@dataclass(frozen=True)
class KeyFrameRules:
    """Which moments of a recording are proposed to raters.

    Attributes:
        calm_frames: calm faces proposed a recording, as far apart as they can be: a grader learns from them what no
            pain looks like on the same face.
        apex_share: of the strongest estimate of a stable episode that a frame must reach to stand for its apex; among
            these the sharpest is taken.
        least_sharpness: see `peea.faces.quality.sharpness`; above the limit for grading (0.24), since raters look for
            fine wrinkles.
        darkest: mean luma of the face under which a frame is not proposed.
        brightest: mean luma of the face above which it is not proposed.
        least_difference: mean difference of brightness between two normalised faces of one recording, as a share of
            the range, under which they are nearly equal and only one is kept. On seven demonstration recordings two
            calm frames of one face differed by 0.01 to 0.02 (median), a calm one and the apex by 0.02 to 0.05.
        picture_width: side of the square that is kept of the picture, in sides of the face's own square (mid-forehead
            to chin): the face with its surroundings, not the ward or other people.
        most_px: longest side in pixels of a kept picture.
    """

    calm_frames: int = _count(2, "frames", 0, 20)
    apex_share: float = _number(0.9, "share, 0-1", 0.5, 1.0)
    least_sharpness: float = _number(0.28, "0-1", 0.0, 1.0)
    darkest: float = _number(45.0, "luma, 0-255", 0.0, 128.0)
    brightest: float = _number(215.0, "luma, 0-255", 128.0, 255.0)
    least_difference: float = _number(0.02, "share of the range, 0-1", 0.0, 0.5)
    picture_width: float = _number(1.8, "sides of the face's square", 1.3, 6.0)
    most_px: int = _count(720, "px", 200, 2000)


@dataclass(frozen=True)
class ConsistencyRules:
    """When raters agree on a key frame, so that it may teach a grader.

    Attributes:
        rule: what must agree. With same_grade the grades, as in [P]; with near_pspi the PSPI totals, near their median.
        least_raters: raters who must have rated the frame. [P] had four.
        least_agreeing: share of them who must agree; 1 is all, as in [P].
        widest_pspi: for near_pspi: furthest that a total may lie from the median.
    """

    rule: str = field(default=ConsistencyRule.SAME_GRADE.value, metadata={"unit": "same_grade or near_pspi"})
    least_raters: int = _count(2, "raters", 1, 100)
    least_agreeing: float = _number(1.0, "share, 0-1", 0.5, 1.0)
    widest_pspi: float = _number(1.0, "PSPI points", 0.0, 16.0)

    def __post_init__(self) -> None:
        if self.rule not in list(ConsistencyRule):
            raise ValueError(f"rule is {self.rule!r}; known are {', '.join(ConsistencyRule)}")


@dataclass(frozen=True)
class RatingRules:
    """All settings of rating."""

    key_frames: KeyFrameRules = field(default_factory=KeyFrameRules)
    consistency: ConsistencyRules = field(default_factory=ConsistencyRules)
