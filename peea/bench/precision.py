"""`python -m peea.bench.precision MODEL [--write]`: does a released model give the same grades in bf16?

It compares OpenVINO in bf16 with the reference, torch in float32, on the benchmark stills. With --write the answer goes
into the model's card, where the setting `precision = "auto"` looks it up: a model that was not compared runs in f32.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image

from peea.demonstration import DEMONSTRATION_FOLDER
from peea.faces.patient_face import find_in_still
from peea.graders import load_grader
from peea.inference import InferenceRules
from peea.model_cards import CARD_FILE, MODELS_FOLDER

STILLS: Final = DEMONSTRATION_FOLDER / "benchmark"
MOST_DIFFERENCE: Final = 0.02
LEAST_SAME: Final = 0.995
_BATCH: Final = 16


@dataclass(frozen=True)
class Agreement:
    """How the grades of two ways to run a model agree.

    Attributes:
        agrees: probabilities within `MOST_DIFFERENCE` and grades the same on `LEAST_SAME` of the faces or more.
        faces: that were compared.
        largest_difference: between two probabilities of the same grade of the same face.
        same_grade: share of the faces.
    """

    agrees: bool
    faces: int
    largest_difference: float
    same_grade: float


def benchmark_crops(folder: Path = STILLS) -> list[np.ndarray]:
    """Return the normalised faces of the benchmark stills that can be graded."""
    found = []
    for file in sorted(folder.rglob("*.jpg")):
        with Image.open(file) as picture:
            sighting = find_in_still(np.asarray(picture.convert("RGB")))
        if sighting.face is not None and sighting.usable:
            found.append(sighting.face.crop)
    return found


def compare(name: str, crops: list[np.ndarray], precision: str, folder: Path = MODELS_FOLDER) -> Agreement:
    """Compare a released model in a precision of OpenVINO with its reference in torch."""
    mine, theirs = (
        np.concatenate(
            [
                [one.probabilities for one in grader.grade(crops[start : start + _BATCH])]
                for start in range(0, len(crops), _BATCH)
            ]
        )
        for grader in (
            load_grader(name, folder, InferenceRules(precision=precision)),
            load_grader(name, folder, InferenceRules(backend="torch")),
        )
    )
    difference = float(np.abs(mine - theirs).max())
    same = float((mine.argmax(1) == theirs.argmax(1)).mean())
    agrees = difference <= MOST_DIFFERENCE and same >= LEAST_SAME
    return Agreement(agrees, len(crops), round(difference, 4), round(same, 4))


def main(arguments: list[str] | None = None) -> int:
    """Compare one model and say how it went."""
    asked = argparse.ArgumentParser(prog="python -m peea.bench.precision", description=__doc__)
    asked.add_argument("model")
    asked.add_argument("--write", action="store_true", help="put the answer into the model's card")
    given = asked.parse_args(arguments)
    crops = benchmark_crops()
    if not crops:
        print(f"There are no benchmark stills in {STILLS}.", file=sys.stderr)
        return 2
    for precision in ("f32", "bf16"):
        found = compare(given.model, crops, precision)
        verdict = "agrees" if found.agrees else "does not agree"
        print(
            f"{given.model} in {precision} on {found.faces} faces: probabilities within "
            f"{found.largest_difference:.4f}, {found.same_grade:.1%} the same grade: {verdict}"
        )
    if given.write:
        file = MODELS_FOLDER / given.model / CARD_FILE
        card = json.loads(file.read_text(encoding="utf-8"))
        card["bfloat16"] = asdict(found)
        file.write_text(json.dumps(card, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
