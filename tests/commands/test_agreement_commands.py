"""`peea agreement FILE` as one types it."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from peea.cli import app

LONG = "video,patient,rater,grade,sex\n" + "".join(
    f"{video},P{video % 4},{rater},{(video + shift) % 5},{'F' if video % 2 else 'M'}\n"
    for video in range(10)
    for rater, shift in (("Lin", 0), ("Wu", video == 3), ("PEEA", video in (1, 2)))
)


@pytest.fixture
def ratings(tmp_path):
    file = tmp_path / "ratings.csv"
    file.write_text(LONG)
    return file


def run(*arguments):
    return CliRunner().invoke(app, ["agreement", *map(str, arguments)])


def test_a_file_is_answered_in_a_sentence_and_tables(ratings):
    done = run(ratings)
    assert done.exit_code == 0
    assert done.stdout.startswith("PEEA gave the same grade as the clinicians together in 7 of 10 recordings")
    for expected in ("ICC(2,1)", "Kappa, quadratic", "Sex: female", "Krippendorff's alpha, ordinal"):
        assert expected in done.stdout
    assert "recordings in video, patients in patient" in " ".join(done.stderr.split())


def test_json_holds_the_numbers_and_nothing_else(ratings):
    plain = json.loads(run(ratings, "--json").stdout)
    assert plain["recordings"] == 10
    assert plain["peea"]["equal"]["count"] == 7
    assert plain["peea"]["icc"][0]["form"] == "ICC(2,1)"
    assert plain["clinicians"] == ["Lin", "Wu"]


def test_without_peea_the_clinicians_are_compared_among_themselves(tmp_path):
    file = tmp_path / "people.csv"
    file.write_text("video,Lin,Wu\n1,0,1\n2,2,2\n3,4,4\n4,1,1\n")
    done = run(file, "--scale", "grade")
    assert done.exit_code == 0
    assert "PEEA is not among the raters" in done.stdout
    assert "Fleiss' kappa" in done.stdout


def test_the_report_is_written(ratings, tmp_path):
    done = run(ratings, "--report", tmp_path / "report.pdf")
    assert done.exit_code == 0
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF")


def test_bad_rows_are_all_named(tmp_path):
    file = tmp_path / "bad.csv"
    file.write_text("video,rater,grade\n1,Lin,9\n2,Wu,high\n")
    done = run(file, "--scale", "grade")
    assert done.exit_code == 2
    assert "row 2: grade is 9; allowed is 0 to 4" in done.stderr
    assert "row 3: grade is 'high', which is not a number" in done.stderr


def test_what_is_not_there_is_told(tmp_path, ratings):
    assert "There is no file" in run(tmp_path / "none.csv").stderr
    named = run(ratings, "--recording", "film")
    assert named.exit_code == 2
    assert "no column 'film'" in named.stderr


def test_the_demonstration_study_says_that_it_is_simulated():
    done = run("demonstration")
    assert done.exit_code == 0
    assert "Simulated:" in done.stdout
