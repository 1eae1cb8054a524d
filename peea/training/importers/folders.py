"""A folder a grade: FOLDER/[train|validation|test/]GRADE/[PATIENT/]picture.

The patient is the folder within the grade's folder; without one, what the file's name begins with, up to the first
underscore or hyphen: ``2/P017_0031.png`` and ``2/P017/0031.png`` are both of patient P017.
"""

from __future__ import annotations

import re
from pathlib import Path

from peea.training.importers.rated_images import (
    PARTS,
    PICTURES,
    Found,
    ImportRefusedError,
    LeftOut,
    RatedImage,
    grade_of_name,
)


def read_folders(folder: Path) -> Found:
    """Return the pictures of a folder that has a folder a grade.

    Args:
        folder: whose folders are called 0-4, or by a grade's name, or train, validation and test with those in them.

    Raises:
        ImportRefusedError: no such folder, or none in it is a grade's.
    """
    if not folder.is_dir():
        raise ImportRefusedError(f"There is no folder {folder}. Check its name.")
    inside = sorted(each for each in folder.iterdir() if each.is_dir())
    parts = {each: PARTS[each.name.lower()] for each in inside if each.name.lower() in PARTS}
    images: list[RatedImage] = []
    problems: list[LeftOut] = []
    for file in sorted(each for each in folder.rglob("*") if each.is_file()):
        steps = file.relative_to(folder).parts
        part = None
        if folder / steps[0] in parts:
            part, steps = parts[folder / steps[0]], steps[1:]
        read = _read(file, steps, part)
        (images if isinstance(read, RatedImage) else problems).append(read)  # type: ignore[arg-type]
    if not images:
        raise ImportRefusedError(
            f"{folder} has no folder of a grade with pictures in it. Call them 0, 1, 2, 3, 4, or by the grades' names."
        )
    return Found(tuple(images), tuple(problems))


def _read(file: Path, steps: tuple[str, ...], part: str | None) -> RatedImage | LeftOut:
    if file.suffix.lower() not in PICTURES:
        return LeftOut(file, "It is no picture.")
    if len(steps) < 2:
        return LeftOut(file, "It lies in no folder of a grade.")
    grade = grade_of_name(steps[0])
    if grade is None:
        return LeftOut(file, f"Its folder {steps[0]} is no grade: 0 to 4, or a grade's name.")
    if len(steps) > 2:
        patient = steps[1]
    else:
        beginning = re.match(r"(.+?)[_-]", file.name)
        if beginning is None:
            return LeftOut(
                file,
                "Its patient is not known: put it into a folder of the patient, or call it PATIENT_....png.",
            )
        patient = beginning.group(1)
    return RatedImage(file, patient, grade, part=part)
