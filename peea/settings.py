"""Every threshold of the road by name, with its default, unit and reason; one TOML file changes them for a site.

A site copies `settings.example.toml`, edits it and points the environment variable `PEEA_SETTINGS` at it. Unknown names
and values out of range are refused with a sentence that says which.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from peea.frames import RecordingLimits


@dataclass(frozen=True)
class StabilityRules:
    """When a grade counts, and when a recording can be reported [P: a grade counts only once it has held].

    Attributes:
        stable_s: seconds a grade must hold to be stable; 0.5 s is the shortest pain expression that clinicians rated
            reliably in video and about the time of two blinks.
        bridge_s: seconds of unusable or unsettled frames that do not end an episode; a blink or a hand in passing.
        least_pain_s: seconds of stable pain (grades 1-4 together) below which the report is grade 0.
        least_coverage: share of the recording (0-1) with a usable face below which nothing is reported.
        smoothing_s: width in seconds of the centred mean over the grade probabilities, 0 for none; shorter than
            stable_s, so that it outvotes single wrong frames but cannot make an episode of one.
    """

    stable_s: float = field(default=0.5, metadata={"unit": "s", "least": 0.1, "most": 5.0})
    bridge_s: float = field(default=0.5, metadata={"unit": "s", "least": 0.0, "most": 5.0})
    least_pain_s: float = field(default=1.0, metadata={"unit": "s", "least": 0.0, "most": 60.0})
    least_coverage: float = field(default=0.5, metadata={"unit": "share, 0-1", "least": 0.0, "most": 1.0})
    smoothing_s: float = field(default=0.3, metadata={"unit": "s", "least": 0.0, "most": 2.0})


@dataclass(frozen=True)
class Settings:
    """All settings of a site."""

    stability: StabilityRules = field(default_factory=StabilityRules)
    recordings: RecordingLimits = field(default_factory=RecordingLimits)
