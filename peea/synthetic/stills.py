"""The benchmark: 600 stills of people in no training split, small enough to be committed, for evaluation by anybody."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from peea.synthetic.dataset import CARD_FILE, dataset_card
from peea.synthetic.seeds import benchmark_person_seeds
from peea.synthetic.shots import Renderer
from peea.synthetic.still_sets import (
    PLAN_FILE,
    SHARDS,
    StillSetPlan,
    face_renderer,
    make_still_set,
    write_manifest,
    write_whole,
)

BENCHMARK_STILLS: Final = 600
BENCHMARK_PEOPLE: Final = 100
BENCHMARK_SEED: Final = 20
BENCHMARK_QUALITY: Final = 86
"""JPEG quality of the committed pictures: 600 of them stay under 12 MB."""


def benchmark_plan(images: int = BENCHMARK_STILLS, people: int = BENCHMARK_PEOPLE) -> StillSetPlan:
    """Return the plan of the benchmark."""
    return StillSetPlan(
        "peea-benchmark-stills", benchmark_person_seeds(people), images, 256, BENCHMARK_SEED, BENCHMARK_QUALITY
    )


def make_benchmark(
    plan: StillSetPlan,
    folder: Path,
    workers: int = 2,
    progress: Callable[[int], None] | None = None,
    renderer: Callable[[int], Renderer] = face_renderer,
) -> dict[str, Any]:
    """Render the benchmark, write manifest, landmarks and card, and remove the traces of rendering; return the card."""
    rows = make_still_set(plan, folder, workers, progress, renderer)
    for row in rows:
        row["split_random"] = row["split_patients"] = "benchmark"
    card = dataset_card(plan, rows, write_manifest(folder, rows))
    write_whole(folder / CARD_FILE, json.dumps(card, indent=2).encode())
    shutil.rmtree(folder / SHARDS)
    (folder / PLAN_FILE).unlink()
    return card
