"""Every threshold of the road by name, with its default, unit and reason; one TOML file changes them for a site.

A site copies `settings.example.toml`, edits it and points the environment variable `PEEA_SETTINGS` at it. Unknown names
and values out of range are refused with a sentence that says which.

A group of settings is a frozen dataclass of numbers whose docstring gives each its unit and reason; it lives with the
rule that it serves. To add one: a field in `Settings`, and a line in `RANGES` for each number.
"""

from __future__ import annotations

import inspect
import os
import re
import textwrap
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Final, get_type_hints

from peea.frames import RecordingLimits

SETTINGS_VARIABLE: Final = "PEEA_SETTINGS"
"""Environment variable that names the settings file of a site."""


class SettingsError(ValueError):
    """The settings file cannot be used; the sentence names the file, the setting, its value and what is allowed."""


@dataclass(frozen=True)
class StabilityRules:
    """When a grade counts, and when a recording can be reported [P: a grade counts only once it has held].

    Attributes:
        stable_s: seconds a grade must hold to be stable; 0.5 s is longer than a blink (up to 0.4 s) and a syllable, and
            short enough for the wince of a movement.
        bridge_s: seconds of unusable or unsettled frames that do not end an episode; a blink or a hand in passing.
        least_pain_s: seconds of stable pain (grades 1-4 together) below which the report is grade 0.
        least_coverage: share of the recording (0-1) with a usable face below which nothing is reported.
        smoothing_s: width in seconds of the centred mean over the grade probabilities, 0 for none; below stable_s, so
            that it outvotes single wrong frames but cannot make an episode of one.
    """

    stable_s: float = 0.5
    bridge_s: float = 0.5
    least_pain_s: float = 1.0
    least_coverage: float = 0.5
    smoothing_s: float = 0.3

    def __post_init__(self) -> None:
        if self.smoothing_s >= self.stable_s:
            raise ValueError(
                f"smoothing_s is {self.smoothing_s:g} s; it must be below stable_s, {self.stable_s:g} s, since a mean "
                "that wide makes an episode of a single frame"
            )


@dataclass(frozen=True)
class Settings:
    """All settings of a site, by group; a group is a table of the settings file."""

    stability: StabilityRules = field(default_factory=StabilityRules)
    recordings: RecordingLimits = field(default_factory=RecordingLimits)


@dataclass(frozen=True)
class Range:
    """The least and the greatest value that a setting may have; what lies outside is a slip, not a choice."""

    least: float
    most: float


RANGES: Final[Mapping[str, Mapping[str, Range]]] = {
    "stability": {
        "stable_s": Range(0.1, 5.0),
        "bridge_s": Range(0.0, 5.0),
        "least_pain_s": Range(0.0, 60.0),
        "least_coverage": Range(0.0, 1.0),
        "smoothing_s": Range(0.0, 2.0),
    },
    "recordings": {
        "max_bytes": Range(1_000_000, 10**12),
        "max_pixels": Range(100_000, 200_000_000),
        "max_duration_s": Range(1.0, 86_400.0),
        "truncated_after_s": Range(0.0, 60.0),
        "assumed_rate_hz": Range(1.0, 240.0),
    },
}
"""Allowed values of every setting, by group and name."""


def load_settings(file: Path | str | None = None) -> Settings:
    """Return the settings of a TOML file; of the one that PEEA_SETTINGS names by default; without one, the defaults.

    What the file leaves out keeps its default.

    Raises:
        SettingsError: the file is not there, is not TOML, or a setting is unknown, of the wrong type or out of range.
    """
    named = file if file is not None else os.environ.get(SETTINGS_VARIABLE)
    if not named:
        return Settings()
    path = Path(named)
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(
            f"The settings file {path} cannot be read ({error.strerror}). Correct the path in {SETTINGS_VARIABLE}."
        ) from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"The settings file {path} is not a TOML file: {error}.") from error
    groups = get_type_hints(Settings)
    values = {}
    for name, table in tables.items():
        if name not in groups:
            raise SettingsError(f"{path}: there is no group [{name}]; known are {_listed(groups)}.")
        if not isinstance(table, dict):
            raise SettingsError(f"{path}: {name} must be a table: write [{name}] above its settings.")
        values[name] = _group(path, name, groups[name], table)
    return Settings(**values)


def example_toml() -> str:
    """Return the settings file with every default, unit, reason and range: the text of `settings.example.toml`."""
    lines = [
        "# All settings of PEEA with their defaults. Copy this file, change what your site needs, delete the rest, and",
        f"# name the copy in the environment variable {SETTINGS_VARIABLE}.",
    ]
    for name, group in get_type_hints(Settings).items():
        reasons = _reasons(group)
        lines += ["", f"# {inspect.getdoc(group).splitlines()[0]}", f"[{name}]"]  # type: ignore[union-attr]
        for setting, value in vars(group()).items():
            allowed = RANGES[name][setting]
            reason = f"{reasons[setting]} Allowed: {allowed.least:.15g} to {allowed.most:.15g}."
            lines += textwrap.wrap(reason, 116, initial_indent="# ", subsequent_indent="# ")
            lines.append(f"{setting} = {value!r}")
    return "\n".join(lines) + "\n"


def _group(path: Path, name: str, group: type, table: Mapping[str, Any]) -> Any:
    types = get_type_hints(group)
    known = [each.name for each in fields(group)]
    values: dict[str, float] = {}
    for setting, value in table.items():
        if setting not in known:
            raise SettingsError(f"{path}: there is no setting {setting} in [{name}]; known are {_listed(known)}.")
        allowed, whole = RANGES[name][setting], types[setting] is int
        number = isinstance(value, int if whole else int | float) and not isinstance(value, bool)
        # Written so that not-a-number, which compares as false, is refused too.
        if not number or not allowed.least <= value <= allowed.most:
            kind = "a whole number" if whole else "a number"
            raise SettingsError(
                f"{path}: {setting} in [{name}] is {value!r}; it must be {kind} from {allowed.least:.15g} to "
                f"{allowed.most:.15g}."
            )
        values[setting] = value if whole else float(value)
    try:
        return group(**values)
    except ValueError as error:
        raise SettingsError(f"{path}: [{name}]: {error}.") from error


def _reasons(group: type) -> dict[str, str]:
    """Return the description of each setting from the Attributes section of the group's docstring."""
    section = (inspect.getdoc(group) or "").partition("Attributes:\n")[2].partition("\n\n")[0]
    entries = re.split(r"^ {4}(?=\w+: )", section, flags=re.MULTILINE)[1:]
    reasons = {}
    for entry in entries:
        setting, _, reason = entry.partition(": ")
        sentence = " ".join(reason.split()).rstrip(".")
        reasons[setting] = f"{sentence[0].upper()}{sentence[1:]}."
    return reasons


def _listed(names: Mapping[str, Any] | list[str]) -> str:
    return ", ".join(sorted(names))
