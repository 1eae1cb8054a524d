"""Writing the pictures that were found as a data set: manifest.csv, images/, card.json, and what was left out."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import shutil
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np

from peea.rating.splits import PARTS, deal_images, deal_patients
from peea.scales import GRADES, PSPI_ACTIONS
from peea.spreadsheets import guarded_cell
from peea.training.importers.rated_images import Found, ImportRefusedError, LeftOut, RatedImage, refuse_overlap

MANIFEST_FILE: Final = "manifest.csv"
CARD_FILE: Final = "card.json"
PROBLEMS_FILE: Final = "problems.csv"
SOURCES_FILE: Final = "sources.csv"
IMAGES_FOLDER: Final = "images"

Progress = Callable[[int, int], None]
"""Called with the number of pictures looked at and the number in all."""


@dataclass(frozen=True)
class ImportedDataSet:
    """What was written.

    Attributes:
        folder: where.
        images, patients: how many.
        by_grade: grade 0-4 -> images.
        by_part: part of the patient-disjoint split -> (images, patients).
        problems: every file that was left out or is doubtful.
        remarks: what to know before training, as sentences.
    """

    folder: Path
    images: int
    patients: int
    by_grade: Mapping[int, int]
    by_part: Mapping[str, tuple[int, int]]
    problems: tuple[LeftOut, ...]
    remarks: tuple[str, ...]

    @property
    def left_out(self) -> tuple[LeftOut, ...]:
        """Files that are not in it."""
        return tuple(each for each in self.problems if not each.kept)


def write_data_set(
    found: Found,
    out: Path,
    *,
    source: str,
    seed: int = 1,
    in_place: bool = False,
    progress: Progress | None = None,
) -> ImportedDataSet:
    """Check every picture, deal the splits, and write the data set into a folder that is empty or not there yet.

    Pictures are copied under numbers, so that no name of a file goes further; which file each number is stands in
    sources.csv. A picture that is there twice is taken once.

    Args:
        found: what a layout was read into.
        out: folder of the data set.
        source: the layout, for the card.
        seed: of the splits; the same pictures and seed give the same parts.
        in_place: do not copy; the manifest then names the pictures where they lie.
        progress: told how many pictures were looked at.

    Raises:
        ImportRefusedError: `out` is not empty, fewer than two patients are left, or a given split has patients in more
            than one part.
        OSError: the disk is full or cannot be written; nothing is left behind that looks whole: the manifest comes
            last.
    """
    refuse_overlap(found.images)
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise ImportRefusedError(f"{out} is not empty. Choose another folder.")
    images, broken = _readable(found.images, progress or (lambda done, total: None))
    problems = (*found.problems, *broken)
    patients = [image.patient for image in images]
    if len(set(patients)) < 2:
        first = f"{problems[0].file.name}: {problems[0].why}" if problems else "none"
        raise ImportRefusedError(
            f"{len(images)} pictures of {len(set(patients))} patients can be used. A grader needs two patients at "
            f"least: one to learn from and another to be judged on. The first problem: {first}"
        )
    grades = [int(image.grade) for image in images]
    given = images[0].part is not None
    by_patient = [str(image.part) for image in images] if given else deal_patients(patients, grades, seed)
    out.mkdir(parents=True, exist_ok=True)
    names = [_placed(image, number, out, in_place) for number, image in enumerate(images, start=1)]
    _write_csv(out / SOURCES_FILE, ("image", "source"), zip(names, (image.file for image in images), strict=True))
    _write_csv(
        out / PROBLEMS_FILE,
        ("file", "why", "in_the_data_set"),
        ((each.file, each.why, "yes" if each.kept else "no") for each in problems),
    )
    _write_manifest(out / MANIFEST_FILE, images, names, by_patient, deal_images(len(images), seed))
    written = ImportedDataSet(
        folder=out,
        images=len(images),
        patients=len(set(patients)),
        by_grade={int(grade): grades.count(int(grade)) for grade in GRADES},
        by_part={part: _part(part, by_patient, patients) for part in PARTS},
        problems=problems,
        remarks=_remarks(images, by_patient),
    )
    _write_card(written, source, seed, given)
    return written


def _readable(images: Sequence[RatedImage], progress: Progress) -> tuple[list[RatedImage], list[LeftOut]]:
    """Return the pictures that can be read, each once, and the others with the reason."""
    good: list[RatedImage] = []
    bad: list[LeftOut] = []
    seen: dict[str, RatedImage] = {}
    for done, image in enumerate(images, start=1):
        why = ""
        try:
            content = image.file.read_bytes()
        except OSError as error:
            content, why = b"", f"It cannot be read ({error.strerror})."
        if not why and cv2.imdecode(np.frombuffer(content or b"\0", np.uint8), cv2.IMREAD_COLOR) is None:
            why = "It is not a picture that can be read."
        first = seen.setdefault(hashlib.sha256(content).hexdigest(), image) if not why else image
        if first is not image:
            same = f"It is the same picture as {first.file.name}."
            other = "Their patients or grades differ: check both."
            differ = (first.patient, first.grade) != (image.patient, image.grade)
            why = f"{same} {other}" if differ else same
        if why:
            bad.append(LeftOut(image.file, why))
        else:
            good.append(image)
        progress(done, len(images))
    return good, bad


def _placed(image: RatedImage, number: int, out: Path, in_place: bool) -> str:
    """Put a picture into the data set and return its name in the manifest."""
    if in_place:
        return Path(os.path.relpath(image.file.resolve(), out.resolve())).as_posix()
    name = f"{IMAGES_FOLDER}/{number:06d}{image.file.suffix.lower()}"
    (out / IMAGES_FOLDER).mkdir(exist_ok=True)
    shutil.copyfile(image.file, out / name)
    return name


def _write_manifest(
    file: Path, images: Sequence[RatedImage], names: Sequence[str], by_patient: Sequence[str], by_image: Sequence[str]
) -> None:
    more = sorted({name for image in images for name in image.more})
    # One image without it, and networks of six levels could not be trained on the rest: all or none.
    levels = [image.six_level for image in images]
    six = ("six_level",) if all(level is not None for level in levels) else ()
    head = ("image", "person", "grade", *six, *PSPI_ACTIONS, "pspi", "vas", *more, "split_patients", "split_random")

    def rows() -> Any:
        for image, name, level, part, drawn in zip(images, names, levels, by_patient, by_image, strict=True):
            actions = [_cell(image.actions.get(action)) for action in PSPI_ACTIONS]
            further = [image.more.get(key, "") for key in more]
            known = [level] if six else []
            totals = [_cell(image.pspi), _cell(image.vas)]
            yield [name, image.patient, int(image.grade), *known, *actions, *totals, *further, part, drawn]

    _write_csv(file, head, rows())


def _cell(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


def _write_csv(file: Path, head: Sequence[str], rows: Any) -> None:
    temporary = file.with_suffix(".part")
    with temporary.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(head)
        writer.writerows([guarded_cell(cell) for cell in row] for row in rows)
    temporary.replace(file)


def _part(part: str, parts: Sequence[str], patients: Sequence[str]) -> tuple[int, int]:
    inside = [patient for patient, its in zip(patients, parts, strict=True) if its == part]
    return len(inside), len(set(inside))


def _remarks(images: Sequence[RatedImage], by_patient: Sequence[str]) -> tuple[str, ...]:
    said = [f"No patient is left for the part {part}." for part in PARTS if part not in set(by_patient)]
    missing = [str(int(grade)) for grade in GRADES if grade not in {image.grade for image in images}]
    if missing:
        said.append(f"No picture has the grade {', '.join(missing)}.")
    coded = sum(len(image.actions) == len(PSPI_ACTIONS) for image in images)
    if coded < len(images):
        said.append(
            f"The face actions are known of {coded} of {len(images)} pictures; the others teach the grade alone."
        )
    return tuple(said)


def _write_card(written: ImportedDataSet, source: str, seed: int, given: bool) -> None:
    card = {
        "synthetic": False,
        "source": source,
        "images": written.images,
        "patients": written.patients,
        "by_grade": dict(written.by_grade),
        "split": "given" if given else f"dealt, seed {seed}",
        "by_part": {part: {"images": n, "patients": people} for part, (n, people) in written.by_part.items()},
        "left_out": dict(Counter(each.why for each in written.left_out).most_common(20)),
        "doubtful": sum(each.kept for each in written.problems),
        "remarks": list(written.remarks),
    }
    text = json.dumps(card, indent=2, ensure_ascii=False) + "\n"
    (written.folder / CARD_FILE).write_text(text, encoding="utf-8")
