"""peea key, backup and restore as IT types them, from a plain demonstration to a changed key and back."""

from __future__ import annotations

from datetime import date

import pytest
from typer.testing import CliRunner

from peea.cli import app
from peea.store import PatientLog, Sex


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.setenv("PEEA_DATA", str(tmp_path / "data"))
    for name in ("PEEA_KEY", "PEEA_KEY_FILE", "PEEA_SETTINGS"):
        monkeypatch.delenv(name, raising=False)
    with PatientLog(actor="test") as log:
        log.register_patient("Ada Kim", date(1941, 5, 3), Sex.FEMALE, demonstration=True)
    return lambda *typed: CliRunner().invoke(app, [str(word) for word in typed])


def names():
    with PatientLog(actor="test") as log:
        return [patient.name for patient in log.patients()]


def test_the_way_of_a_key(run, tmp_path, monkeypatch):
    first, second = tmp_path / "first key", tmp_path / "second key"
    assert run("key", "new", tmp_path / "data" / "key").exit_code != 0, "never among the data"
    assert run("key", "encrypt").exit_code == 2, "no key is given yet"
    assert run("key", "new", first).exit_code == 0
    assert first.stat().st_mode & 0o077 == 0
    kept = first.read_text()
    again = run("key", "new", first)
    assert (again.exit_code, first.read_text()) == (2, kept), "a key is never overwritten"
    monkeypatch.setenv("PEEA_KEY_FILE", str(first))
    assert run("key", "check").exit_code == 1
    assert "not encrypted although a key was given" in run("patients", "list").output
    assert run("key", "encrypt").exit_code == 0
    assert run("key", "check").exit_code == 0
    assert run("key", "rotate", first).exit_code == 2, "the key in use is no new one"
    turned = run("key", "rotate", second)
    assert turned.exit_code == 0
    assert f"PEEA_KEY_FILE={second}" in turned.output
    assert run("patients", "list").exit_code != 0
    monkeypatch.setenv("PEEA_KEY_FILE", str(second))
    assert run("key", "check").exit_code == 0
    assert names() == ["Ada Kim"]


def test_a_backup_and_the_way_back(run, tmp_path, monkeypatch):
    key, disk = tmp_path / "key", tmp_path / "disk"
    run("key", "new", key)
    monkeypatch.setenv("PEEA_KEY_FILE", str(key))
    run("key", "encrypt")
    assert run("backup").exit_code == 2, "it does not know where to"
    for _ in range(3):
        made = run("backup", disk, "--keep", 2)
        assert made.exit_code == 0
    assert "checked" in made.output
    assert len(list(disk.glob("*.backup"))) == 2
    file = max(disk.glob("*.backup"))
    run("demo", "--remove")
    assert names() == []
    assert CliRunner().invoke(app, ["restore", str(file)], input="n\n").exit_code != 0
    assert names() == [], "whoever says no keeps what is there"
    done = run("restore", file, "--yes")
    assert done.exit_code == 0
    assert "before-restore" in done.output
    assert names() == ["Ada Kim"]
    assert run("restore", tmp_path / "nothing.backup", "--yes").exit_code != 0
