"""The training data set: stills of several hundred people, both splits, a manifest and a card.

Two splits stand side by side in the manifest. `split_random` deals images, as [P] did: one patient's images then
stand in training and in test. `split_patients` deals people, so that the test people were never seen: results on it
come first.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from peea.scales import GRADE_NAMES, GRADES
from peea.synthetic.raters import RATERS
from peea.synthetic.seeds import dataset_person_seeds, generator
from peea.synthetic.shots import Renderer
from peea.synthetic.still_sets import (
    PLAN_FILE,
    SHARDS,
    StillSetError,
    StillSetPlan,
    face_renderer,
    make_still_set,
    write_manifest,
    write_whole,
)

SPLITS: Final = {"train": 0.6, "validation": 0.2, "test": 0.2}
"""Shares of both splits [P]."""

DEFAULT_PEOPLE: Final = 320
DEFAULT_IMAGES: Final = 8_400
CARD_FILE: Final = "card.json"


def dataset_plan(
    people: int = DEFAULT_PEOPLE, images: int = DEFAULT_IMAGES, seed: int = 1, size: int = 256
) -> StillSetPlan:
    """Return the plan of a training data set; its seed also chooses the people."""
    return StillSetPlan("peea-synthetic-stills", dataset_person_seeds(seed, people), images, size, seed)


def make_dataset(
    plan: StillSetPlan,
    folder: Path,
    workers: int = 2,
    progress: Callable[[int], None] | None = None,
    renderer: Callable[[int], Renderer] = face_renderer,
) -> dict[str, Any]:
    """Render a data set (or what is missing of it), write manifest, landmarks and card; return the card.

    Raises:
        StillSetError: the folder holds something else or cannot be written, or a worker failed.
    """
    return _described(plan, folder, make_still_set(plan, folder, workers, progress, renderer))


def take_first_people(plan: StillSetPlan, folder: Path, people: int) -> dict[str, Any]:
    """Write manifest, landmarks and card of the first people of a plan alone, who are rendered already.

    For a first grader while a long rendering goes on; `make_dataset` replaces it by the whole set in the end.

    Raises:
        StillSetError: one of them is not finished yet; the message says how many are.
    """
    records = [folder / SHARDS / f"p{index:04d}.json" for index in range(min(people, len(plan.person_seeds)))]
    finished = next((index for index, record in enumerate(records) if not record.exists()), len(records))
    if finished < people:
        raise StillSetError(f"{folder} holds the first {finished} people so far; {people} were asked for")
    return _described(plan, folder, [row for record in records for row in json.loads(record.read_text())])


def _described(plan: StillSetPlan, folder: Path, rows: list[dict[str, Any]]) -> dict[str, Any]:
    add_splits(rows, plan.seed)
    manifest_sha256 = write_manifest(folder, rows)
    card = dataset_card(plan, rows, manifest_sha256)
    card["plan"] = json.loads((folder / PLAN_FILE).read_text())  # with the generator that rendered it
    write_whole(folder / CARD_FILE, json.dumps(card, indent=2).encode())
    return card


def deal_split(count: int, rng: np.random.Generator) -> list[str]:
    """Return a split name for each of `count` things, 60/20/20 up to rounding, in random order."""
    ends = np.round(np.cumsum(list(SPLITS.values())) * count).astype(int)
    names = np.repeat(list(SPLITS), np.diff(ends, prepend=0))
    dealt: list[str] = names[np.argsort(rng.permutation(count))].tolist()
    return dealt


def add_splits(rows: Sequence[dict[str, Any]], seed: int) -> None:
    """Add the columns `split_random` (over images) and `split_patients` (over people) to the rows."""
    by_image = deal_split(len(rows), generator(seed, 71))
    people = sorted({row["person"] for row in rows})
    by_person = dict(zip(people, deal_split(len(people), generator(seed, 72)), strict=True))
    for row, split in zip(rows, by_image, strict=True):
        row["split_random"] = split
        row["split_patients"] = by_person[row["person"]]


def dataset_card(plan: StillSetPlan, rows: Sequence[dict[str, Any]], manifest_sha256: str) -> dict[str, Any]:
    """Return what a reader must know of the set, with its counts."""

    def shares(column: str) -> dict[str, float]:
        counts = Counter(str(row[column]) for row in rows)
        return {name: round(count / len(rows), 4) for name, count in sorted(counts.items())}

    return {
        "synthetic": True,
        "what": "Rendered elderly faces with action units known to the generator. Nobody in these pictures exists.",
        "not": "The labels are the generator's action units, not certified FACS coding; nothing trained on them is "
        "validated on people.",
        "plan": plan.identity(),
        "manifest_sha256": manifest_sha256,
        "people": len({row["person"] for row in rows}),
        "images": len(rows),
        "grades": {GRADE_NAMES[grade]: sum(row["grade"] == grade for row in rows) for grade in GRADES},
        "consistent": round(sum(row["consistent"] for row in rows) / len(rows), 4),
        "shares": {
            column: shares(column)
            for column in (
                "grade", "kind", "confounder", "light", "hand", "lying", "sex", "age_band", "skin_tone", "tone_group",
                "glasses", "cannula", "split_random", "split_patients",
            )
        },
        "raters": [
            {
                "name": rater.name,
                "role": rater.role,
                "bias": dict(rater.bias),
                "scatter": rater.scatter,
                "overlooks_below": rater.overlooks_below,
                "recognises_confounders": rater.recognises,
            }
            for rater in RATERS
        ],
    }  # fmt: skip
