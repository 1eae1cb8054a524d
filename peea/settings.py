"""Every threshold of the road by name, with its default, unit and reason; one TOML file changes them for a site.

A site copies `settings.example.toml`, edits it and points the environment variable `PEEA_SETTINGS` at it. Unknown names
and values out of range are refused with a sentence that says which.

A group of settings is a frozen dataclass, of numbers, texts or further groups, that lives with the rules it serves.
Its docstring gives each setting's reason, the metadata of a number's field ("unit", "least", "most") what is allowed; a
text has a "unit" that says what it is, and its group's `__post_init__` refuses what cannot be used.
"""

from __future__ import annotations

import inspect
import json
import os
import re
import textwrap
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from pathlib import Path
from typing import Any, Final, get_type_hints

from peea.access.rules import AccessRules
from peea.care.rules import DriftRules, ReassessmentRules, WardRules
from peea.faces.rules import FaceRules
from peea.frames import RecordingLimits
from peea.inference.rules import InferenceRules
from peea.keeping.rules import KeepingRules
from peea.language.rules import LanguageRules, VoiceRules
from peea.live.rules import LiveRules
from peea.rating.rules import RatingRules
from peea.uploads.limits import UploadLimits
from peea.watch.rules import WatchRules

SETTINGS_VARIABLE: Final = "PEEA_SETTINGS"
"""Environment variable that names the settings file of a site."""


class SettingsError(ValueError):
    """The settings file cannot be used; the sentence names the file, the setting, its value and what is allowed."""


def number(default: float, unit: str, least: float, most: float) -> float:
    """Return the field of a settings group: a number with its default, unit and allowed range."""
    value: float = field(default=default, metadata={"unit": unit, "least": least, "most": most})
    return value


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

    stable_s: float = number(0.5, "s", 0.1, 5.0)
    bridge_s: float = number(0.5, "s", 0.0, 5.0)
    least_pain_s: float = number(1.0, "s", 0.0, 60.0)
    least_coverage: float = number(0.5, "share, 0-1", 0.0, 1.0)
    smoothing_s: float = number(0.3, "s", 0.0, 2.0)

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
    faces: FaceRules = field(default_factory=FaceRules)
    inference: InferenceRules = field(default_factory=InferenceRules)
    live: LiveRules = field(default_factory=LiveRules)
    ward: WardRules = field(default_factory=WardRules)
    reassessment: ReassessmentRules = field(default_factory=ReassessmentRules)
    drift: DriftRules = field(default_factory=DriftRules)
    language: LanguageRules = field(default_factory=LanguageRules)
    voice: VoiceRules = field(default_factory=VoiceRules)
    rating: RatingRules = field(default_factory=RatingRules)
    watch: WatchRules = field(default_factory=WatchRules)
    access: AccessRules = field(default_factory=AccessRules)
    keeping: KeepingRules = field(default_factory=KeepingRules)
    uploads: UploadLimits = field(default_factory=UploadLimits)


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
    settings: Settings = _group(path, "", Settings, tables)
    return settings


def example_toml() -> str:
    """Return the settings file with every default, unit, reason and range: the text of `settings.example.toml`."""
    lines = [
        "# All settings of PEEA with their defaults. Copy this file, change what your site needs, delete the rest, and",
        f"# name the copy in the environment variable {SETTINGS_VARIABLE}.",
    ]
    return "\n".join([*lines, *_example_of("", Settings)]) + "\n"


def _example_of(name: str, group: type) -> list[str]:
    types, reasons, lines = get_type_hints(group), _reasons(group), []
    if name:
        lines += ["", f"# {inspect.getdoc(group).splitlines()[0]}", f"[{name}]"]  # type: ignore[union-attr]
    for each in fields(group):
        if is_dataclass(types[each.name]):
            lines += _example_of(f"{name}.{each.name}".lstrip("."), types[each.name])
            continue
        allowed = each.metadata["unit"]
        if types[each.name] is not str:
            allowed += f"; {_shown(each.metadata['least'])} to {_shown(each.metadata['most'])}"
        reason = f"{reasons[each.name]} ({allowed})"
        lines += textwrap.wrap(reason, 116, initial_indent="# ", subsequent_indent="# ")
        # TOML's double quotes, as JSON writes them; numbers read the same in both.
        lines.append(f"{each.name} = {json.dumps(each.default)}")
    return lines


def _group(path: Path, name: str, group: Any, table: Mapping[str, Any]) -> Any:
    """Return a group, or a group of groups, of the values in a table of the file."""
    types = get_type_hints(group)
    known = {each.name: each for each in fields(group)}
    values: dict[str, Any] = {}
    where = f" in [{name}]" if name else ""
    for setting, value in table.items():
        if setting not in known:
            raise SettingsError(f"{path}: there is no {setting}{where}; known are {', '.join(known)}.")
        kind, inner = types[setting], f"{name}.{setting}".lstrip(".")
        if kind is str:
            if not isinstance(value, str):
                raise SettingsError(f"{path}: {setting}{where} is {value!r}; it must be a text in quotes.")
            values[setting] = value
        elif not is_dataclass(kind):
            values[setting] = _number(path, setting + where, value, kind is int, known[setting].metadata)
        elif isinstance(value, dict):
            values[setting] = _group(path, inner, kind, value)
        else:
            raise SettingsError(f"{path}: {inner} is a group; write [{inner}] and its settings below.")
    try:
        return group(**values)
    except ValueError as error:
        raise SettingsError(f"{path}: [{name}]: {error}.") from error


def _number(path: Path, setting: str, value: Any, whole: bool, allowed: Mapping[str, Any]) -> float:
    is_number = isinstance(value, int if whole else int | float) and not isinstance(value, bool)
    # Written so that not-a-number, which compares as false, is refused too.
    if not is_number or not allowed["least"] <= value <= allowed["most"]:
        raise SettingsError(
            f"{path}: {setting} is {value!r}; it must be {'a whole number' if whole else 'a number'} from "
            f"{_shown(allowed['least'])} to {_shown(allowed['most'])} ({allowed['unit']})."
        )
    return value if whole else float(value)


def _shown(bound: float) -> str:
    return f"{bound:.15g}"


def _reasons(group: type) -> dict[str, str]:
    """Return the description of each setting from the Attributes section of the group's docstring."""
    section = (inspect.getdoc(group) or "").partition("Attributes:\n")[2].partition("\n\n")[0]
    entries = re.split(r"^ {4}(?=\w+: )", section, flags=re.MULTILINE)[1:]
    reasons = {}
    for entry in entries:
        setting, _, reason = entry.partition(": ")
        sentence = " ".join(reason.split())
        reasons[setting] = f"{sentence[:1].upper()}{sentence[1:]}"
    return reasons
