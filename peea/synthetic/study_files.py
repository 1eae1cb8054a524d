"""Writes the demonstration study: truths and simulated ratings at once, recordings and real grades as time allows.

The small files that are committed are those that `peea.studies.demonstration` reads. The rendered recordings stay in a
folder of their own, so that another grader scores them again without rendering.
"""

from __future__ import annotations

import csv
import io
import json
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np

from peea.assessment import assess
from peea.assessment.road import GradesFaces
from peea.face_grade import ModelIdentity
from peea.language import later
from peea.studies.demonstration import OUTPUT_FILE, RATINGS_FILE, RECORDINGS_FILE, STUDY_FILE
from peea.studies.grader_output import grader_output
from peea.synthetic.person import Person
from peea.synthetic.recording import write_recording
from peea.synthetic.seeds import DEMONSTRATION_PEOPLE
from peea.synthetic.shots import Renderer
from peea.synthetic.still_sets import write_whole
from peea.synthetic.study import DIM_LIGHT, STUDY_SEED, PlannedRecording, planned_study, recording_plan, recording_truth
from peea.synthetic.study_clinicians import CLINICIANS, simulated_vas

VIDEO_WIDTH: Final = 320
VIDEO_HEIGHT: Final = 240
FRAMES_A_SECOND: Final = 3
"""A picture of a quarter of the usual size, three a second: 24 frames a recording; a stable grade (0.5 s) needs two."""

NAME: Final = later("Demonstration: 182 simulated patients, 15 simulated clinicians")
PURPOSE: Final = later("Does PEEA grade pain from the face as clinicians do? Laid out like the published validation.")
INCLUSION: Final = (
    later("Age 65 years or more"),
    later("Hip fracture confirmed"),
    later("Awake"),
    later("Consents"),
)
EXCLUSION: Final = (later("Neurological disease, deafness or aphasia"), later("Recording in dim light"))
NOTE: Final = later(
    "Simulated: the patients are scripted and the clinicians are random numbers around the script's truth. Only PEEA's "
    "grades are real: the released grader's output on the recordings that were rendered. Nothing here says how well "
    "PEEA agrees with people."
)


def write_study(folder: Path, seed: int = STUDY_SEED) -> int:
    """Write patients, recordings, truths and simulated ratings; return how many recordings are rated."""
    folder.mkdir(parents=True, exist_ok=True)
    planned = planned_study(seed)
    truths = [recording_truth(each) for each in planned]
    _write_rows(
        folder / RECORDINGS_FILE,
        (
            {**_patient_columns(each), "true_grade": int(truth.grade), "true_vas": truth.vas, "place": each.place}
            for each, truth in zip(planned, truths, strict=True)
        ),
    )
    vas = simulated_vas(np.array([truth.vas for truth in truths]), seed)
    names = [each.name for each in CLINICIANS]
    _write_rows(
        folder / RATINGS_FILE,
        (
            {"recording": each.recording} | dict(zip(names, row.astype(int).tolist(), strict=True))
            for each, row in zip(planned, vas, strict=True)
            if not each.too_dark
        ),
    )
    return sum(not each.too_dark for each in planned)


def _patient_columns(planned: PlannedRecording) -> dict[str, Any]:
    person = Person.from_seed(DEMONSTRATION_PEOPLE[planned.script.person])
    return {
        "recording": planned.recording,
        "patient": planned.patient,
        "sex": person.sex,
        "age_years": person.age_years,
        "skin_tone": person.skin_tone,
        "context": planned.script.context.value,
        "hours": planned.hours,
        "excluded": DIM_LIGHT if planned.too_dark else "",
    }


def render_study(
    videos: Path,
    minutes: float,
    make_renderers: Callable[[], Callable[[Person], Renderer]],
    seed: int = STUDY_SEED,
    report: Callable[[str, float], None] | None = None,
) -> int:
    """Render recordings of the study that are not there yet; return how many are there now.

    Args:
        videos: folder of the recordings.
        minutes: of processor time; no recording is begun after them.
        make_renderers: called once if anything is rendered; gives what loads a person into a renderer of the size
            `VIDEO_WIDTH` x `VIDEO_HEIGHT`.
        seed: of the study.
        report: called with a recording's code and its processor seconds once it is done.
    """
    videos.mkdir(parents=True, exist_ok=True)
    started = time.process_time()
    renderers: Callable[[Person], Renderer] | None = None
    # The truth of a recording in the dark needs no picture, and the study leaves it out.
    for planned in sorted((each for each in planned_study(seed) if not each.too_dark), key=lambda each: each.place):
        path = videos / f"{planned.recording}.mp4"
        if path.with_suffix(".json").exists():
            continue
        before = time.process_time()
        if before - started >= 60 * minutes:
            break
        renderers = renderers or make_renderers()
        plan = recording_plan(planned, VIDEO_WIDTH, VIDEO_HEIGHT, FRAMES_A_SECOND)
        write_recording(plan, path, renderers)
        if report:
            report(planned.recording, time.process_time() - before)
    return sum(1 for _ in _rendered(videos, seed))


def score_study(
    folder: Path,
    videos: Path,
    grader: GradesFaces,
    seed: int = STUDY_SEED,
    progress: Callable[[int], None] | None = None,
) -> tuple[int, int]:
    """Grade every rendered recording with this grader and write what it said; return how many got a grade, and of all.

    Output of another grader is replaced: a study judges one. The road is the same as for a nurse's upload.
    """
    rows = []
    for number, (planned, path) in enumerate(_rendered(videos, seed), start=1):
        output = grader_output(assess(path, grader, context=planned.script.context))
        rows.append(
            {
                "recording": planned.recording,
                "grade": "" if output.grade is None else int(output.grade),
                "vas": "" if output.score is None else output.score,
                "why_not": output.why_not,
            }
        )
        if progress:
            progress(number)
    _write_rows(folder / OUTPUT_FILE, rows, ["recording", "grade", "vas", "why_not"])
    write_about(folder, grader.identity, len(rows), seed)
    return sum(row["grade"] != "" for row in rows), len(rows)


def write_about(folder: Path, model: ModelIdentity, rendered: int, seed: int = STUDY_SEED) -> None:
    """Write what the study is: criteria, model, how clinicians were simulated, how many recordings were rendered."""
    about = {
        "name": NAME,
        "purpose": PURPOSE,
        "simulated": True,
        "note": NOTE,
        "model": {"name": model.name, "version": model.version, "weights_sha256": model.weights_sha256},
        "inclusion": INCLUSION,
        "exclusion": EXCLUSION,
        "seed": seed,
        "rendered": {
            "recordings": rendered,
            "width": VIDEO_WIDTH,
            "height": VIDEO_HEIGHT,
            "frames_a_second": FRAMES_A_SECOND,
            "which": "in a random order drawn before rendering, so that they are a random part of the study",
        },
        "clinicians": [
            {"name": each.name, "role": each.role, "years": each.years, "bias": each.bias, "scatter": each.scatter}
            for each in CLINICIANS
        ],
    }
    write_whole(folder / STUDY_FILE, (json.dumps(about, indent=2) + "\n").encode())


def _rendered(videos: Path, seed: int) -> Iterable[tuple[PlannedRecording, Path]]:
    for planned in planned_study(seed):
        path = videos / f"{planned.recording}.mp4"
        if path.with_suffix(".json").exists() and path.exists():
            yield planned, path


def _write_rows(file: Path, rows: Iterable[Mapping[str, Any]], columns: list[str] | None = None) -> None:
    listed = list(rows)
    text = io.StringIO()
    writer = csv.DictWriter(text, columns or list(listed[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(listed)
    write_whole(file, text.getvalue().encode())


def study_renderers() -> Callable[[Person], Renderer]:
    """Return what gives a renderer of the study's picture size with a person loaded.

    It is the same one for all of them: each holds some 100 MB of buffers.
    """
    from peea.synthetic.renderer import FaceRenderer

    renderer = FaceRenderer(VIDEO_WIDTH, VIDEO_HEIGHT)

    def loaded(person: Person) -> Renderer:
        renderer.load(person)
        return renderer

    return loaded
