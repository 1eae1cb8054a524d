"""The committed set of demonstration recordings, and its index."""

from __future__ import annotations

import json
import multiprocessing
import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import Any, Final

import cv2

from peea.synthetic.person import Person
from peea.synthetic.recording import HEIGHT, WIDTH, RecordingPlan, write_recording
from peea.synthetic.scripts import DEMONSTRATION_SCRIPTS, Script, script_named
from peea.synthetic.shots import Renderer
from peea.synthetic.still_sets import write_whole

INDEX_FILE: Final = "index.json"
DEMONSTRATION_SEED: Final = 5
"""Of room, light, camera, blinks and sway of the committed recordings."""


def plan_of(script: Script, seed: int = DEMONSTRATION_SEED) -> RecordingPlan:
    """Return the plan of a demonstration recording; each script has its own room and camera."""
    number = [each.name for each in DEMONSTRATION_SCRIPTS].index(script.name)
    return RecordingPlan(script, 1000 * seed + number)


def make_demonstration(
    folder: Path,
    scripts: Sequence[Script] = DEMONSTRATION_SCRIPTS,
    workers: int = 2,
    seed: int = DEMONSTRATION_SEED,
    report: Callable[[str, float], None] | None = None,
) -> list[dict[str, Any]]:
    """Render the scripts that the folder does not hold yet, write the index; return its entries.

    Args:
        folder: for the recordings.
        scripts: which ones; a recording whose summary is there already is kept.
        workers: processes; each renders one recording at a time.
        seed: of rooms and cameras.
        report: called with a script's name and its rendering time in seconds once it is done.
    """
    folder.mkdir(parents=True, exist_ok=True)
    os.environ.update({"LP_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"})
    missing = [script.name for script in scripts if not (folder / f"{script.name}.json").exists()]
    with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn")) as pool:
        jobs = {pool.submit(_render, name, folder, seed): name for name in missing}
        for job in as_completed(jobs):
            seconds = job.result()
            write_index(folder)
            if report:
                report(jobs[job], seconds)
    return write_index(folder)


def write_index(folder: Path) -> list[dict[str, Any]]:
    """Write the index of the recordings that are there, in the order of the scripts; return its entries."""
    entries = []
    for script in DEMONSTRATION_SCRIPTS:
        path = folder / f"{script.name}.json"
        if path.exists():
            entries.append({"file": f"{script.name}.mp4", "truth": f"{script.name}.csv"} | json.loads(path.read_text()))
    index = {"simulated": True, "note": "Rendered faces; nobody in these recordings exists.", "recordings": entries}
    write_whole(folder / INDEX_FILE, json.dumps(index, indent=2).encode())
    return entries


def face_renderer(person: Person) -> Renderer:
    """Return a renderer of a recording's size with this person loaded."""
    from peea.synthetic.renderer import FaceRenderer

    renderer = FaceRenderer(WIDTH, HEIGHT)
    renderer.load(person)
    return renderer


def _render(name: str, folder: Path, seed: int) -> float:
    cv2.setNumThreads(1)
    started = time.monotonic()
    write_recording(plan_of(script_named(name), seed), folder / f"{name}.mp4", face_renderer)
    return time.monotonic() - started
