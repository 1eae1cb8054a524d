"""Whether PEEA is well: what each part says, on the command line and at the address for monitoring."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, date, datetime, timedelta

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from typer.testing import CliRunner

from peea.cli import app
from peea.keeping.backup import PREFIX, STAMP, SUFFIX
from peea.keeping.rules import KeepingRules
from peea.settings import Settings
from peea.store import PatientLog, Sex
from peea.watch import health, web
from peea.watch.health import Part, State, examine
from peea.watch.rules import WatchRules

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


@pytest.fixture
def database(tmp_path, monkeypatch):
    monkeypatch.setenv("PEEA_DATA", str(tmp_path))
    with PatientLog(actor="test") as log:
        log.register_patient("Ada Kim", date(1941, 5, 3), Sex.FEMALE, ward="7B", demonstration=True)
    return tmp_path / "peea.db"


def found(database, part, settings=None, now=NOW):
    return next(check for check in examine(settings or Settings(), database, now).checks if check.part is part)


def test_a_new_ward_is_well_and_says_what_is_still_to_be_set_up(database):
    seen = examine(Settings(), database)
    assert seen.well
    assert {check.part: check.state for check in seen.checks} == {
        Part.DATABASE: State.WELL,
        Part.SCHEMA: State.WELL,
        Part.KEY: State.TO_DO,
        Part.DISK: State.WELL,
        Part.MODELS: State.WELL,
        Part.BACKUP: State.TO_DO,
    }
    assert seen.sentence() == "PEEA is well. Still to be set up: Encryption, Last backup."
    assert seen.versions["peea"]
    assert seen.versions["model lite0"]
    assert seen.versions["schema"].startswith("m")


def test_a_data_base_that_is_missing_damaged_or_another_file_is_not_well(database):
    content = bytearray(database.read_bytes())
    for place in range(4096 * 3, len(content), 4096):
        content[place : place + 64] = b"\xff" * 64
    database.write_bytes(content)
    assert found(database, Part.DATABASE).state is State.NOT_WELL
    database.write_bytes(b"Dear colleague, " * 500)
    assert found(database, Part.DATABASE).state is State.NOT_WELL
    database.unlink()
    assert "There is no data base" in found(database, Part.DATABASE).sentence


def test_too_little_room_on_the_disk_is_not_well(database, monkeypatch):
    usage = shutil.disk_usage(database.parent)
    monkeypatch.setattr(health.shutil, "disk_usage", lambda _: usage._replace(free=100_000_000))
    check = found(database, Part.DISK)
    assert check.state is State.NOT_WELL
    assert check.sentence == "100 MB are free."
    assert found(database, Part.DISK, Settings(watch=WatchRules(least_free_mb=50))).state is State.WELL


def test_weights_that_are_not_the_released_ones_are_not_well(database, tmp_path, monkeypatch):
    models = tmp_path / "models"
    shutil.copytree(health.MODELS_FOLDER / "lite0", models / "lite0")
    monkeypatch.setattr(health, "MODELS_FOLDER", models)
    weights = next((models / "lite0").glob("*.safetensors"))
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(content)
    check = found(database, Part.MODELS)
    assert check.state is State.NOT_WELL
    assert "not the released ones" in check.sentence


def test_a_backup_that_is_missing_or_old_is_not_well(database, tmp_path):
    folder = tmp_path / "backups"
    folder.mkdir()
    settings = Settings(keeping=KeepingRules(backup_folder=str(folder)))
    assert found(database, Part.BACKUP, settings).state is State.NOT_WELL
    for hours, state in ((27, State.NOT_WELL), (2, State.WELL)):
        made = NOW - timedelta(hours=hours)
        (folder / f"{PREFIX}{made.strftime(STAMP)}{SUFFIX}").write_bytes(b"x")
        assert found(database, Part.BACKUP, settings).state is state


def test_the_command_says_it_in_words_and_as_json_and_tells_nothing_of_a_patient(database):
    told = CliRunner().invoke(app, ["health"])
    assert told.exit_code == 0
    assert "PEEA is well." in told.stdout
    plain = CliRunner().invoke(app, ["health", "--json"])
    assert json.loads(plain.stdout)["status"] == "well"
    assert "Ada" not in told.stdout + plain.stdout
    database.unlink()
    assert CliRunner().invoke(app, ["health"]).exit_code == 1


@pytest.fixture
def monitor(database):
    return TestClient(Starlette(routes=web.routes()))


def test_a_monitoring_system_is_told_well_or_not_by_the_status_code(monitor, database, monkeypatch):
    answer = monitor.get("/health")
    assert (answer.status_code, answer.json()) == (200, {"status": "well"})
    database.unlink()
    assert monitor.get("/health").status_code == 200, "the answer holds for a minute"
    monkeypatch.setattr(web.time, "monotonic", lambda: 10.0**9)
    answer = monitor.get("/health")
    assert (answer.status_code, answer.json()) == (503, {"status": "not_well"})


def test_versions_and_what_is_wrong_are_for_whoever_knows_the_word(monitor, monkeypatch):
    for headers in ({}, {"Authorization": "Bearer "}, {"Authorization": "Bearer guess"}):
        assert set(monitor.get("/health", headers=headers).json()) == {"status"}
    monkeypatch.setenv("PEEA_HEALTH_TOKEN", "word of the monitor")
    assert set(monitor.get("/health", headers={"Authorization": "Bearer guess"}).json()) == {"status"}
    told = monitor.get("/health", headers={"Authorization": "Bearer word of the monitor"})
    assert told.json()["checks"]["database"]["state"] == "well"
    assert told.json()["versions"]["peea"]
    assert "Ada" not in told.text
