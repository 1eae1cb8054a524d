"""Every threshold of the road by name, with its default, unit and reason; one TOML file changes them for a site.

A site copies `settings.example.toml`, edits it and points the environment variable `PEEA_SETTINGS` at it. Unknown names
and values out of range are refused with a sentence that says which.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class StabilityRules:
    """When a grade counts, and when a recording can be reported [P: a grade counts only once it has held].

    Attributes:
        stable_s: seconds a grade must hold to be stable; 0.5 s is the shortest pain expression that clinicians rated
            reliably in video and about the time of two blinks.
        bridge_s: seconds of unusable or unsettled frames that do not end an episode; a blink or a hand in passing.
        least_pain_s: seconds of stable pain (grades 1-4 together) below which the report is grade 0.
        least_coverage: share of the recording (0-1) with a usable face below which nothing is reported.
    """

    stable_s: float = 0.5
    bridge_s: float = 0.5
    least_pain_s: float = 1.0
    least_coverage: float = 0.5


@dataclass(frozen=True)
class Settings:
    """All settings of a site."""

    stability: StabilityRules = field(default_factory=StabilityRules)
