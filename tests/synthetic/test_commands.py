from pathlib import Path

import pytest
from typer.testing import CliRunner

from peea.synthetic.commands import app


def run(*arguments: str):
    return CliRunner().invoke(app, list(arguments))


def one_sentence(result) -> str:
    text = result.stderr.strip()
    assert "Traceback" not in text
    return text


def test_a_folder_with_other_files_is_refused(tmp_path: Path):
    (tmp_path / "letter.txt").write_text("private")
    result = run("dataset", "--out", str(tmp_path), "--people", "1", "--images", "1")
    assert result.exit_code == 2
    assert one_sentence(result) == f"{tmp_path} holds other files and no set of stills; choose an empty folder"
    assert (tmp_path / "letter.txt").read_text() == "private"


@pytest.mark.parametrize("command", ["dataset", "stills", "demo"])
def test_an_unwritable_folder_is_refused(command: str, tmp_path: Path):
    (tmp_path / "file").write_text("")
    result = run(command, "--out", str(tmp_path / "file" / "set"))
    assert result.exit_code == 2
    assert "cannot be written" in one_sentence(result)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("dataset", "--out", "{}/new", "--seed", "1000"), "the seed of a data set is 1000; allowed is 0 to 999"),
        (("dataset", "--out", "{}/new", "--people", "5", "--images", "2"), "ask for at least one each"),
        (("video", "sever", "--out", "{}/a.mp4"), "there is no script 'sever'; known are calm"),
        (("video", "severe", "--out", "{}/a.avi"), "a recording is written as .mp4; got a.avi"),
        (("video", "severe", "--out", "{}/a.mp4", "--light", "moon"), "there is no light 'moon'"),
        (("demo", "--out", "{}", "--only", "sever"), "there is no script 'sever'"),
        (("sheets", "--out", "{}", "--only", "cats"), "there is no sheet 'cats'"),
    ],
)
def test_what_cannot_be_made_is_said_in_a_sentence(arguments, sentence, tmp_path: Path):
    result = run(*(argument.replace("{}", str(tmp_path)) for argument in arguments))
    assert result.exit_code == 2
    assert sentence in one_sentence(result)
    assert list(tmp_path.iterdir()) == []


def test_scripts_are_listed_with_their_titles():
    result = run("scripts")
    assert result.exit_code == 0
    assert "Severe pain, leg flexion" in result.output
