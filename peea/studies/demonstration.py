"""The demonstration study: the committed files of simulated patients and clinicians, with real output of the grader.

`peea synth study` writes them (see `peea.synthetic.study`); nothing here renders or simulates anything.
"""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path
from typing import Any, Final

from peea.demonstration import DEMONSTRATION_FOLDER
from peea.language import t
from peea.scales import Context, Grade
from peea.studies.values import GraderOutput, ModelUnderTest, Study, StudyError, StudyRater, StudyRecording

DEMONSTRATION_STUDY: Final = "demonstration"
"""The id of the demonstration study, which lies in files and not in the data base."""

STUDY_FOLDER: Final = Path(os.environ.get("PEEA_DEMO_STUDY") or DEMONSTRATION_FOLDER / "study")
"""Where its files lie; the environment variable PEEA_DEMO_STUDY moves it."""

STUDY_FILE: Final = "study.json"
RECORDINGS_FILE: Final = "recordings.csv"
RATINGS_FILE: Final = "ratings.csv"
OUTPUT_FILE: Final = "peea.csv"


def demonstration_study(folder: Path = STUDY_FOLDER) -> Study | None:
    """Return the demonstration study, or None if it is not installed.

    Raises:
        StudyError: its files are there but cannot be read.
    """
    if not (folder / STUDY_FILE).is_file():
        return None
    try:
        about = json.loads((folder / STUDY_FILE).read_text(encoding="utf-8"))
        output = {row["recording"]: _output(row) for row in _rows(folder / OUTPUT_FILE)}
        recordings = tuple(_recording(row, output) for row in _rows(folder / RECORDINGS_FILE))
        raters = tuple(StudyRater(each["name"], each["role"], each["years"]) for each in about["clinicians"])
        ratings = {
            (row["recording"], rater.name): float(row[rater.name])
            for row in _rows(folder / RATINGS_FILE)
            for rater in raters
            if row[rater.name]
        }
        return Study(
            study_id=DEMONSTRATION_STUDY,
            name=about["name"],
            purpose=about["purpose"],
            model=ModelUnderTest(**about["model"]),
            inclusion=tuple(about["inclusion"]),
            exclusion=tuple(about["exclusion"]),
            recordings=recordings,
            raters=raters,
            ratings=ratings,
            simulated=True,
            note=about["note"],
        )
    except StudyError:
        raise
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise StudyError(
            t(
                "The demonstration study in {folder} cannot be read ({kind}: {error}). Install PEEA again.",
                folder=folder,
                kind=type(error).__name__,
                error=error,
            )
        ) from error


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _output(row: dict[str, str]) -> GraderOutput:
    return GraderOutput(
        Grade(int(row["grade"])) if row["grade"] else None, float(row["vas"]) if row["vas"] else None, row["why_not"]
    )


def _recording(row: dict[str, Any], output: dict[str, GraderOutput]) -> StudyRecording:
    return StudyRecording(
        recording=row["recording"],
        patient=row["patient"],
        sex=row["sex"],
        age_years=float(row["age_years"]),
        skin_tone=int(row["skin_tone"]),
        context=Context(row["context"]),
        hours=int(row["hours"]),
        excluded=row["excluded"],
        output=output.get(row["recording"]),
    )
