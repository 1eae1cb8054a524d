"""The settings of the ward: its time zone, when pain is assessed again, and when a model's outputs have drifted."""

from __future__ import annotations

from dataclasses import dataclass, field
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


def _minutes(default: int, least: int, most: int) -> int:
    value: int = field(default=default, metadata={"unit": "minutes", "least": least, "most": most})
    return value


@dataclass(frozen=True)
class WardRules:
    """The ward itself.

    Attributes:
        time_zone: IANA name of the zone in which times are shown, such as "Europe/London" or "Asia/Shanghai"; empty for
            that of this machine. Times are stored in UTC, so that a change here changes no record.
    """

    time_zone: str = field(default="", metadata={"unit": "IANA name"})

    def __post_init__(self) -> None:
        self.zone()

    def zone(self) -> ZoneInfo | None:
        """Return the zone of the ward, or None for that of this machine."""
        if not self.time_zone:
            return None
        try:
            return ZoneInfo(self.time_zone)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ValueError(
                f"time_zone is {self.time_zone!r}; no zone has this name. Write it as in the IANA list, such as "
                "Europe/London"
            ) from error


@dataclass(frozen=True)
class ReassessmentRules:
    """When a patient's pain is assessed again (NICE CG124, 1.3.1), in minutes.

    Attributes:
        arrival_min: after arrival until the first assessment. CG124 says immediately; a quarter of an hour is the time
            to bring the patient to a bed.
        first_analgesia_min: after the first analgesia of the stay. CG124: within 30 minutes.
        later_analgesia_min: after each later analgesia, 0 for no rule. CG124 leaves it to the hourly assessments; an
            hour is when a tablet works, and a dose given to a settled patient means that pain has come back.
        unsettled_min: after each assessment until the patient is settled. CG124: hourly.
        routine_min: after each assessment of a settled patient. CG124: as part of routine nursing observations; four
            hours is usual after surgery of the hip.
        settled_grade: highest grade at which an assessment counts towards being settled: 1, mild, is VAS 1-3.
        settled_assessments: assessments in a row up to that grade after which the patient is settled.
        soon_min: before the time from which an assessment is listed as due.
    """

    arrival_min: int = _minutes(15, 0, 240)
    first_analgesia_min: int = _minutes(30, 5, 240)
    later_analgesia_min: int = _minutes(60, 0, 480)
    unsettled_min: int = _minutes(60, 10, 480)
    routine_min: int = _minutes(240, 30, 1440)
    settled_grade: int = field(default=1, metadata={"unit": "grade", "least": 0, "most": 3})
    settled_assessments: int = field(default=2, metadata={"unit": "assessments", "least": 1, "most": 6})
    soon_min: int = _minutes(15, 0, 120)


@dataclass(frozen=True)
class DriftRules:
    """When the pain lead is told that recent recordings differ from those of the reference weeks.

    Attributes:
        reference_weeks: weeks from the first recording of a model version that serve as reference.
        recent_weeks: weeks up to now that are held against them.
        least_recordings: recordings on each side below which nothing is said: a median of fewer moves by itself.
        small_effect: Cliff's delta (0-1) from which a difference counts as small; 0.147, 0.33 and 0.474 are the limits
            of Romano et al. 2006, after Cohen's d 0.2, 0.5 and 0.8.
        medium_effect: from which it is a medium one, and worth a look at camera, light and model.
        large_effect: from which it is a large one.
        significance: level that the p values of all measures must reach together (Holm's correction).
    """

    reference_weeks: int = field(default=4, metadata={"unit": "weeks", "least": 1, "most": 52})
    recent_weeks: int = field(default=1, metadata={"unit": "weeks", "least": 1, "most": 12})
    least_recordings: int = field(default=20, metadata={"unit": "recordings", "least": 5, "most": 1000})
    small_effect: float = field(default=0.147, metadata={"unit": "Cliff's delta", "least": 0.01, "most": 0.9})
    medium_effect: float = field(default=0.33, metadata={"unit": "Cliff's delta", "least": 0.02, "most": 0.95})
    large_effect: float = field(default=0.474, metadata={"unit": "Cliff's delta", "least": 0.03, "most": 0.99})
    significance: float = field(default=0.05, metadata={"unit": "probability, 0-1", "least": 0.001, "most": 0.2})

    def __post_init__(self) -> None:
        if not self.small_effect < self.medium_effect < self.large_effect:
            raise ValueError(
                f"small_effect, medium_effect and large_effect are {self.small_effect:g}, {self.medium_effect:g} and "
                f"{self.large_effect:g}; they must rise"
            )
