"""The agreed key frames as a folder that `peea train NETWORK --data FOLDER` takes as it is.

images/0001.jpg ..., manifest.csv (one line an image: the patient's study code, the actions, the grade, both splits) and
card.json (what it is, how raters agreed). What is not in it is listed in left_out.csv with the reason, never dropped
without a word.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from peea.language import t
from peea.rating.consistency import FrameAgreement
from peea.rating.rules import ConsistencyRules
from peea.rating.splits import deal_images, deal_patients
from peea.scales import GRADES, PSPI_ACTIONS
from peea.spreadsheets import guarded_cell

IMAGES: Final = "images"
MANIFEST: Final = "manifest.csv"
CARD: Final = "card.json"
LEFT_OUT: Final = "left_out.csv"

FEW_IMAGES: Final = 200
"""Images under which a grader cannot be expected to be worth much; [P] had 4,538."""


class TrainingSetError(ValueError):
    """The training set cannot be written; the sentence says why and what to do."""


@dataclass(frozen=True)
class RatedFrame:
    """A key frame with what its raters said together.

    Attributes:
        patient_code: study code.
        recording, time_s: where it comes from.
        picture: JPEG, or None if it was removed.
        agreement: of its raters.
        demonstration: nobody real is in it.
        research: the patient has not refused research.
    """

    patient_code: str
    recording: str
    time_s: float
    picture: bytes | None
    agreement: FrameAgreement
    demonstration: bool
    research: bool = True


@dataclass(frozen=True)
class TrainingSet:
    """What was written.

    Attributes:
        folder: where.
        images: agreed key frames in it.
        patients: they are of.
        by_grade: number of images of each grade 0-4.
        left_out: reason -> number of key frames that are not in it.
        remarks: what to know before training, as sentences.
    """

    folder: Path
    images: int
    patients: int
    by_grade: Mapping[int, int]
    left_out: Mapping[str, int]
    remarks: tuple[str, ...]


def write_training_set(
    frames: Sequence[RatedFrame], folder: Path, rules: ConsistencyRules, *, title: str, simulated: bool, seed: int = 1
) -> TrainingSet:
    """Write the agreed frames into a folder that is empty or not there yet.

    Args:
        frames: of one or more sets.
        folder: of the training set.
        rules: by which raters agreed, for the card.
        title: of the set, for the card.
        simulated: the ratings come from simulated raters.
        seed: of the splits.

    Raises:
        TrainingSetError: the folder is not empty or cannot be written, nothing was agreed on, or all of it is of one
            patient.
    """
    left_out = [(frame, why) for frame in frames if (why := _why_not(frame, rules)) is not None]
    chosen = [frame for frame in frames if _why_not(frame, rules) is None]
    patients = [frame.patient_code for frame in chosen]
    if not chosen:
        raise TrainingSetError(
            t(
                "There is no key frame on which the raters agree, of {n}. Let more raters rate, or widen the rule in "
                "the settings.",
                n=len(frames),
            )
        )
    if len(set(patients)) < 2:
        raise TrainingSetError(
            t(
                "All {n} agreed key frames are of one patient. A grader needs two patients at least: one to learn from "
                "and another to be judged on.",
                n=len(chosen),
            )
        )
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise TrainingSetError(t("{folder} is not empty. Choose another folder.", folder=folder))
    grades = [int(frame.agreement.grade or 0) for frame in chosen]
    by_patient, by_image = deal_patients(patients, grades, seed), deal_images(len(chosen), seed)
    rows = []
    try:
        (folder / IMAGES).mkdir(parents=True, exist_ok=True)
        for number, frame in enumerate(chosen, start=1):
            name = f"{IMAGES}/{number:05d}.jpg"
            assert frame.picture is not None
            (folder / name).write_bytes(frame.picture)
            rows.append(
                _row(name, frame) | {"split_patients": by_patient[number - 1], "split_random": by_image[number - 1]}
            )
        _write_table(folder / MANIFEST, rows)
        _write_table(
            folder / LEFT_OUT,
            [
                {"patient": each.patient_code, "recording": each.recording, "time_s": round(each.time_s, 3), "why": why}
                for each, why in left_out
            ],
            ("patient", "recording", "time_s", "why"),
        )
        card = _card(chosen, rules, title, simulated, folder / MANIFEST)
        (folder / CARD).write_text(json.dumps(card, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    except OSError as error:
        raise TrainingSetError(
            t("{folder} cannot be written ({why}). Choose another folder.", folder=folder, why=error.strerror)
        ) from error
    return TrainingSet(
        folder,
        len(chosen),
        len(set(patients)),
        {int(grade): grades.count(int(grade)) for grade in GRADES},
        Counter(why for _, why in left_out),
        _remarks(chosen, by_patient, grades),
    )


def _why_not(frame: RatedFrame, rules: ConsistencyRules) -> str | None:
    if frame.picture is None:
        return "picture removed"
    if not frame.research:
        return "no consent to research"
    if frame.agreement.raters < rules.least_raters:
        return "too few raters"
    return None if frame.agreement.agreed else "raters do not agree"


def _row(name: str, frame: RatedFrame) -> dict[str, Any]:
    agreement = frame.agreement
    codes = agreement.codes or {}
    assert frame.picture is not None
    return {
        "image": name,
        "person": frame.patient_code,
        "grade": int(agreement.grade or 0),
        **{action: codes[action] for action in PSPI_ACTIONS},
        "pspi": round(agreement.pspi or 0.0, 3),
        "raters": agreement.raters,
        "agreeing": agreement.agreeing,
        "recording": frame.recording,
        "time_s": round(frame.time_s, 3),
        "sha256": hashlib.sha256(frame.picture).hexdigest(),
    }


def _write_table(file: Path, rows: Sequence[Mapping[str, Any]], columns: Sequence[str] | None = None) -> None:
    with file.open("w", newline="", encoding="utf-8") as opened:
        writer = csv.DictWriter(opened, columns or list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows({name: guarded_cell(value) for name, value in row.items()} for row in rows)


def _card(
    chosen: Sequence[RatedFrame], rules: ConsistencyRules, title: str, simulated: bool, manifest: Path
) -> dict[str, Any]:
    return {
        "what": f"Key frames on which raters agree, from the set {title}",
        "synthetic": all(frame.demonstration for frame in chosen),
        "simulated_ratings": simulated,
        "images": len(chosen),
        "people": len({frame.patient_code for frame in chosen}),
        "grades": dict(Counter(str(int(frame.agreement.grade or 0)) for frame in chosen)),
        "consistency": asdict(rules),
        "manifest_sha256": hashlib.sha256(manifest.read_bytes()).hexdigest(),
    }


def _remarks(chosen: Sequence[RatedFrame], by_patient: Sequence[str], grades: Sequence[int]) -> tuple[str, ...]:
    remarks = []
    if len(chosen) < FEW_IMAGES:
        remarks.append(
            t(
                "{n} images are few: the grader will train, and will not be worth much. The paper had 4,538.",
                n=len(chosen),
            )
        )
    if "test" not in by_patient:
        remarks.append(
            t(
                "There are too few patients for a test part. Rate key frames of three patients or more to judge the "
                "grader."
            )
        )
    missing = [int(grade) for grade in GRADES if int(grade) not in grades]
    if missing:
        remarks.append(
            t("No image has grade {grades}; the grader cannot learn it.", grades=", ".join(str(one) for one in missing))
        )
    if any(frame.demonstration for frame in chosen) and not all(frame.demonstration for frame in chosen):
        remarks.append(t("Rendered and real patients are mixed in this set."))
    return tuple(remarks)
