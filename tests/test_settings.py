"""A site's settings file: what it may say, and the sentence for what it may not."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import get_type_hints

import pytest

from peea.settings import Settings, SettingsError, StabilityRules, example_toml, load_settings

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def site(tmp_path):
    """Write a settings file and load it."""

    def load(text: str) -> Settings:
        file = tmp_path / "site.toml"
        file.write_text(text, encoding="utf-8")
        return load_settings(file)

    return load


def groups(of: type, name: str = ""):
    """Every group of settings with its full name."""
    for each, kind in get_type_hints(of).items():
        if is_dataclass(kind):
            yield f"{name}.{each}".lstrip("."), kind
            yield from groups(kind, f"{name}.{each}".lstrip("."))


def test_without_a_file_the_defaults_hold(monkeypatch):
    monkeypatch.delenv("PEEA_SETTINGS", raising=False)
    assert load_settings() == Settings()


def test_the_environment_names_the_file(monkeypatch, tmp_path):
    (tmp_path / "ward.toml").write_text("[stability]\nstable_s = 0.8\n")
    monkeypatch.setenv("PEEA_SETTINGS", str(tmp_path / "ward.toml"))
    assert load_settings() == Settings(stability=StabilityRules(stable_s=0.8))


def test_a_site_changes_what_it_names_and_nothing_else(site):
    settings = site(
        "[stability]\nleast_coverage = 0.6\n[faces.quality]\nsmallest_px = 30\n[recordings]\nmax_bytes = 5000000\n"
    )
    assert settings.stability == StabilityRules(least_coverage=0.6)
    assert settings.faces.quality.smallest_px == 30.0
    assert isinstance(settings.faces.quality.smallest_px, float)
    assert settings.recordings.max_bytes == 5_000_000
    assert settings.faces.tracking == Settings().faces.tracking


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[stabillity]\nstable_s = 1\n", r"there is no stabillity; known are stability, recordings, faces"),
        ("[stability]\nstabel_s = 1\n", r"there is no stabel_s in \[stability\]; known are stable_s, bridge_s"),
        ("[faces.qualty]\n", r"there is no qualty in \[faces\]; known are detection, tracking"),
        ("stability = 1\n", r"stability is a group; write \[stability\]"),
        ("[faces]\nquality = 3\n", r"faces.quality is a group"),
        (
            "[stability]\nstable_s = 'half'\n",
            r"stable_s in \[stability\] is 'half'; it must be a number from 0.1 to 5 \(s\)",
        ),
        ("[stability]\nstable_s = true\n", r"is True; it must be a number"),
        ("[stability]\nstable_s = nan\n", r"is nan; it must be a number"),
        ("[stability]\nstable_s = inf\n", r"is inf; it must be a number"),
        ("[stability]\nstable_s = 0.01\n", r"is 0.01; it must be a number from 0.1 to 5"),
        ("[stability]\nleast_coverage = 50\n", r"is 50; it must be a number from 0 to 1 \(share, 0-1\)"),
        (
            "[recordings]\nmax_bytes = 2e9\n",
            r"is 2000000000.0; it must be a whole number from 1000000 to 1000000000000",
        ),
        ("[stability]\nstable_s = 0.2\n", r"smoothing_s is 0.3 s; it must be below stable_s, 0.2 s"),
        ("[stability\n", r"is not a TOML file"),
        ("[ward]\ntime_zone = 8\n", r"time_zone in \[ward\] is 8; it must be a text in quotes"),
        ("[ward]\ntime_zone = 'Europe/Nowhere'\n", r"no zone has this name"),
        ("[ward]\ntime_zone = '../../etc/passwd'\n", r"no zone has this name"),
        ("[drift]\nlarge_effect = 0.2\n", r"they must rise"),
    ],
)
def test_what_cannot_be_used_is_refused_in_one_sentence(site, text, sentence):
    with pytest.raises(SettingsError, match=sentence) as caught:
        site(text)
    assert "site.toml" in str(caught.value)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(SettingsError, match=r"nowhere\.toml cannot be read \(No such file"):
        load_settings(tmp_path / "nowhere.toml")


def test_a_file_that_is_not_text(tmp_path):
    (tmp_path / "site.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SettingsError, match="not a TOML file"):
        load_settings(tmp_path / "site.toml")


def test_the_example_file_is_the_defaults():
    example = ROOT / "settings.example.toml"
    assert example.read_text(encoding="utf-8") == example_toml(), "run: peea settings > settings.example.toml"
    assert load_settings(example) == Settings()


@pytest.mark.parametrize(
    ("name", "group"), list(groups(Settings)), ids=lambda each: each if isinstance(each, str) else ""
)
def test_every_setting_has_a_reason_a_unit_and_a_range_that_holds_its_default(name, group):
    example = example_toml().partition(f"[{name}]\n")[2].partition("\n\n")[0].splitlines()
    for each in fields(group):
        if is_dataclass(get_type_hints(group)[each.name]):
            continue
        above = example[: example.index(f"{each.name} = {json.dumps(each.default)}")]
        others = [k for k, line in enumerate(above) if not line.startswith("#")]
        reason = " ".join(line.removeprefix("# ") for line in above[others[-1] + 1 if others else 0 :])
        if isinstance(each.default, str):
            assert reason.endswith(f"({each.metadata['unit']})")
        else:
            least, most = each.metadata["least"], each.metadata["most"]
            assert least <= each.default <= most
            assert reason.endswith(f"({each.metadata['unit']}; {least:.15g} to {most:.15g})")
        assert len(reason.partition(" (")[0]) > 10
