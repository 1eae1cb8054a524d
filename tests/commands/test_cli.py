"""The command `peea`, run in this process with a scripted grader, and once as a real process."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from peea import __version__, cli
from peea.assessment import Assessment
from peea.faces.face import Detection, Face, Problem, Quality, Sighting
from peea.frames import Frame
from peea.graders import ModelMissingError
from peea.scales import Grade
from peea.settings import example_toml
from peea.store import PatientLog
from peea.store.demonstration import FICTIONAL_PATIENTS
from tests.assessment.doubles import ScriptedGrader
from tests.frames.videos import make_sound, make_video

ROOT = Path(__file__).resolve().parent.parent.parent
BRIGHT, DARK = np.full((64, 96, 3), 150, np.uint8), np.full((64, 96, 3), 6, np.uint8)


class FinderByLight:
    """Sees a severely pained face in bright frames, and darkness in dark ones."""

    def __init__(self, rules: object = None) -> None:
        pass

    def find(self, frame: Frame) -> Sighting:
        if frame.image.mean() < 50:
            return Sighting(None, (Problem.TOO_DARK,), 6.0)
        quality = Quality((), brightness=120.0, sharpness=1.0, size_px=60.0, yaw_deg=0.0)
        detection = Detection(np.array([1, 2, 31, 42], np.float32), np.zeros((5, 2), np.float32), 0.99)
        crop = np.full((8, 8, 3), Grade.SEVERE.value, np.uint8)
        return Sighting(Face(detection, crop, quality), (), 120.0)


@pytest.fixture(autouse=True)
def scripted(monkeypatch, tmp_path):
    """No model, no detector, and a data base of this test's own."""
    monkeypatch.setattr(cli, "_grader", lambda name: ScriptedGrader())
    monkeypatch.setattr("peea.assessment.road._face_finder", lambda settings: FinderByLight())
    monkeypatch.setenv("PEEA_DATA", str(tmp_path / "data"))
    monkeypatch.delenv("PEEA_SETTINGS", raising=False)


def run(*arguments: object, code: int = 0) -> Any:
    """Run a command, check its exit code and that no traceback is shown."""
    result = CliRunner().invoke(cli.app, [str(each) for each in arguments], env={"COLUMNS": "200"})
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    return result


@pytest.fixture
def severe(tmp_path) -> Path:
    return make_video(tmp_path / "severe.mp4", frames=30, rate=10, picture=BRIGHT)


@pytest.fixture
def dark(tmp_path) -> Path:
    return make_video(tmp_path / "dark.mp4", frames=30, rate=10, picture=DARK)


class TestScore:
    def test_the_sentence_comes_first_then_the_numbers(self, severe):
        shown = run("score", severe, "--context", "turning_over").stdout
        lines = shown.splitlines()
        assert lines[0] == "severe.mp4, turning over in bed"
        assert lines[1] == (
            "Severe pain expression, held for 3.0 s of 3.0 s while turning over. Preliminary: please confirm."
        )
        assert any(line.split() == ["3", "Severe", "3.0", "s", "100", "%"] for line in lines)
        assert "scripted 1.0, not validated for clinical decisions" in shown

    def test_a_recording_that_cannot_be_assessed_ends_with_3(self, dark):
        shown = run("score", dark, code=3).stdout
        assert "Could not be assessed: too dark in 100 % of the recording. Switch on the bedside light" in shown

    def test_json_is_one_document_and_nothing_else(self, severe):
        document = json.loads(run("score", severe, "--json").stdout)
        (result,) = document["results"]
        assert document["peea"] == __version__
        assert result["sentence"].startswith("Severe pain expression")
        assert result["file"] == str(severe)
        assert Assessment.from_plain(result["assessment"]).report_grade is Grade.SEVERE

    def test_json_of_a_bad_file_is_a_document_too(self, tmp_path):
        (tmp_path / "empty.mp4").write_bytes(b"")
        result = run("score", tmp_path / "empty.mp4", "--json", code=2)
        assert "is empty" in json.loads(result.stdout)["results"][0]["error"]

    @pytest.mark.parametrize("name", ["[bold]x[red].mp4", "a b; rm -rf.mp4", "疼痛.mp4"])
    def test_a_name_is_shown_as_it_is(self, tmp_path, name):
        assert name in run("score", make_video(tmp_path / name, frames=20, picture=BRIGHT)).stdout


class TestFolder:
    @pytest.fixture
    def folder(self, tmp_path, severe, dark) -> Path:
        ward = tmp_path / "ward"
        ward.mkdir()
        severe.rename(ward / "bed 2.mp4")
        return ward

    def test_it_goes_on_past_bad_files_and_lists_them_at_the_end(self, folder, dark):
        (folder / "bed 1.mp4").write_bytes(b"")
        (folder / "bed 3.mp4").write_text("Dear Sir or Madam, this is a letter.")
        make_sound(folder / "bed 4.mp4")
        dark.rename(folder / "bed 10.mp4")
        result = run("score", folder, code=2)
        assert result.stdout.index("Severe pain") < result.stdout.index("Could not be assessed")
        listed = result.stderr[result.stderr.index("3 files could not be read:") :].splitlines()
        assert [line.split(".mp4")[0].strip() for line in listed[1:4]] == ["bed 1", "bed 3", "bed 4"]

    def test_of_readable_files_one_that_cannot_be_assessed_ends_with_3(self, folder, dark):
        dark.rename(folder / "dark.mp4")
        result = run("score", folder, code=3)
        assert "could not be read" not in result.stderr

    def test_all_assessed_ends_with_0(self, folder):
        assert len(json.loads(run("score", folder, "--json").stdout)["results"]) == 1

    def test_an_empty_folder_is_bad_input(self, tmp_path):
        (tmp_path / "nothing").mkdir()
        assert "holds no recordings" in run("score", tmp_path / "nothing", code=2).stderr


class TestBadInput:
    def test_every_bad_file_gets_its_sentence(self, tmp_path):
        files = {
            "empty": (b"", "is empty"),
            "letter": (b"Dear Sir or Madam", "is not a video"),
            "zip": (b"PK\x03\x04\x14\x00\x01\x00" + b"\x00" * 60, "is not a video"),
        }
        for name, (content, sentence) in files.items():
            (tmp_path / f"{name}.mp4").write_bytes(content)
            assert sentence in run("score", tmp_path / f"{name}.mp4", code=2).stderr

    def test_no_such_file(self, tmp_path):
        assert "There is no file or folder" in run("score", tmp_path / "nowhere.mp4", code=2).stderr

    def test_saving_needs_a_patient(self, severe):
        assert "--save needs --patient" in run("score", severe, "--save", code=2).stderr

    def test_an_unknown_patient_is_named_before_anything_is_scored(self, severe):
        result = run("score", severe, "--save", "--patient", "P-0007", code=2)
        assert "No patient has the id or study code P-0007" in result.stderr
        assert "Severe" not in result.stdout

    def test_an_unknown_context(self, severe):
        assert "turning_over" in run("score", severe, "--context", "dancing", code=2).stderr

    def test_a_settings_file_that_cannot_be_used(self, severe, tmp_path, monkeypatch):
        (tmp_path / "site.toml").write_text("[stability]\nstable_s = 0\n")
        monkeypatch.setenv("PEEA_SETTINGS", str(tmp_path / "site.toml"))
        assert "must be a number from 0.1 to 5" in run("score", severe, code=2).stderr

    def test_a_missing_model_is_not_the_inputs_fault(self, severe, monkeypatch):
        def missing(name: str | None) -> None:
            raise ModelMissingError("No model is called 'big'. Installed: lite0.")

        monkeypatch.setattr(cli, "_grader", missing)
        assert "No model is called 'big'" in run("score", severe, "--model", "big", code=1).stderr

    def test_an_unexpected_error_shows_its_place_only_when_asked(self, severe, monkeypatch):
        def broken(name: str | None) -> None:
            raise ZeroDivisionError("division by zero")

        monkeypatch.setattr(cli, "_grader", broken)
        assert "Something unexpected went wrong (ZeroDivisionError" in run("score", severe, code=1).stderr
        result = CliRunner().invoke(cli.app, ["--debug", "score", str(severe)])
        assert isinstance(result.exception, ZeroDivisionError)

    def test_stopped_by_the_keyboard(self, severe, monkeypatch):
        def stop(name: str | None) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr(cli, "_grader", stop)
        assert "Stopped." in run("score", severe, code=130).stderr


class TestPatients:
    def test_registered_scored_saved_and_found_again(self, severe):
        arguments = ("--name", "Ada Kim", "--born", "1941-05-03", "--sex", "female", "--ward", "7B", "--bed", "12")
        code = run("patients", "add", *arguments, "--by", "Nurse Kim").stdout.strip()
        assert code == "P-0001"
        saved = run("score", severe, "--save", "--patient", code, "--context", "turning_over", "--by", "Dr Roe")
        assert "Saved to the patient log." in saved.stdout
        shown = run("patients", "list").stdout
        assert "Ada Kim" in shown
        assert "Severe, turning over in bed" in shown
        (listed,) = json.loads(run("patients", "list", "--json").stdout)["patients"]
        assert (listed["name"], listed["assessments"], listed["last"]["report_grade"]) == ("Ada Kim", 1, 3)
        with PatientLog(actor="me") as log:
            assert [row.actor for row in log.audit()] == ["Nurse Kim", "Dr Roe"]

    def test_the_same_patient_twice(self):
        arguments = ("patients", "add", "--name", "Ada Kim", "--born", "1941-05-03")
        run(*arguments)
        assert "registered already" in run(*arguments, code=2).stderr

    def test_a_birth_date_in_the_future(self):
        result = run("patients", "add", "--name", "Ada Kim", "--born", "2941-05-03", code=2)
        assert "is in the future" in result.stderr

    def test_nobody_there(self):
        result = run("patients", "list")
        assert "No patients" in result.stderr
        assert json.loads(run("patients", "list", "--json").stdout) == {"patients": []}

    def test_a_data_base_that_cannot_be_opened(self, tmp_path):
        (tmp_path / "file").write_text("")
        assert "cannot be made" in run("patients", "list", "--database", tmp_path / "file" / "x.db", code=1).stderr


class TestDemo:
    def test_it_comes_and_goes(self):
        run("patients", "add", "--name", "Ada Kim", "--born", "1941-05-03")
        run("demo", "--among-others")
        run("demo", "--among-others")
        listed = run("patients", "list").stdout
        assert listed.count("(demonstration)") == len(FICTIONAL_PATIENTS)
        run("demo", "--remove")
        assert "Ada Kim" in run("patients", "list").stdout
        assert "(demonstration)" not in run("patients", "list").stdout

    def test_fictional_patients_do_not_come_among_others_unasked(self):
        run("patients", "add", "--name", "Ada Kim", "--born", "1941-05-03")
        assert "--among-others" in run("demo", code=2).stderr
        assert "(demonstration)" not in run("patients", "list").stdout


def test_settings_prints_a_file_to_copy():
    assert run("settings").stdout == example_toml()


def test_commands_of_missing_extras_say_what_to_install(monkeypatch):
    def missing(name: str) -> None:
        raise ModuleNotFoundError("No module named 'optuna'", name="optuna")

    monkeypatch.setattr(cli.importlib, "import_module", missing)
    for command in ("synth", "train", "evaluate", "networks"):
        stderr = run(command, "--help", code=1).stderr
        assert "needs the library optuna" in stderr
        assert "pip install -r requirements-training.txt" in stderr


def commands(of: Any, name: str = "peea") -> Iterator[tuple[str, Any]]:
    """Every command under one, with its full name."""
    yield name, of
    for inner, command in getattr(of, "commands", {}).items():
        yield from commands(command, f"{name} {inner}")


def leaves() -> list[str]:
    """Full names of the commands that do something by themselves."""
    return [name for name, command in ALL_COMMANDS if not getattr(command, "commands", {})]


EXTRAS = ("peea.synthetic.commands", "peea.training.commands")
ALL_COMMANDS = list(commands(typer.main.get_command(cli.app)))


@pytest.mark.parametrize(("name", "command"), ALL_COMMANDS, ids=[name for name, _ in ALL_COMMANDS])
def test_every_command_and_option_is_explained(name, command):
    assert command.help
    for parameter in command.params:
        assert getattr(parameter, "help", None), f"{name} {parameter.name} has no help"


@pytest.mark.parametrize("module", EXTRAS)
def test_so_is_everything_in_the_extras(module):
    for name, command in commands(typer.main.get_command(importlib.import_module(module).app), module):
        assert command.help, f"{name} has no help"
        for parameter in command.params:
            assert getattr(parameter, "help", None), f"{name} {parameter.name} has no help"


def test_the_commands_handed_on_are_there():
    training = typer.main.get_command(importlib.import_module("peea.training.commands").app)
    assert {"train", "evaluate", "networks", "search", "experiments"} <= set(training.commands)


@pytest.mark.parametrize("name", leaves())
def test_the_readme_names_every_command(name):
    assert name in (ROOT / "README.md").read_text(encoding="utf-8")


def test_it_runs_as_a_process_of_its_own(tmp_path):
    def start(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "peea", *arguments]
        return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=60, check=False)

    assert start("version").stdout == f"{__version__}\n"
    (tmp_path / "empty.mp4").write_bytes(b"")
    result = start("score", str(tmp_path / "empty.mp4"))
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith("empty.mp4 is empty")
