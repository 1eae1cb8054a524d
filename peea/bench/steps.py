"""Milliseconds a frame of each step of the road, each alone on one core but for the grading of a batch."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import cv2
import torch

from peea.bench.material import RECORDING, BenchModel, Measured, frames_of, timed
from peea.faces.detection import find_faces
from peea.faces.normalisation import normalise
from peea.faces.patient_face import FaceFinder
from peea.frames import open_recording
from peea.inference import InferenceRules


@dataclass(frozen=True)
class Steps:
    """What each step takes for one frame of 640 x 480."""

    decode: Measured
    detect: Measured
    track: Measured
    normalise: Measured
    grade_one: Measured
    grade_batch: Measured
    grade_torch: Measured
    runs_on: str


def measure_steps(model: BenchModel, times: int = 40) -> Steps:
    """Measure each step; `track` is everything from the frame to the crop of a face that is being followed."""
    frames = frames_of(at_most=120)
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    with open_recording(RECORDING) as recording:
        pictures = iter(recording)
        decode = timed(lambda: next(pictures), 100)
    round_and_round = itertools.cycle(frames)
    detect = timed(lambda: find_faces(next(round_and_round).image), times)
    finder, following, seen = FaceFinder(), iter(frames), []

    def track() -> None:
        searched = finder.full_searches
        sighting = finder.find(next(following))
        if sighting.face is not None:
            seen.append((sighting.face, finder.full_searches > searched))

    track_all = timed(track, len(frames) - 3)
    crops = [face.crop for face, _ in seen]
    image, landmarks = frames[-1].image, seen[-1][0].detection.landmarks
    normalising = timed(lambda: normalise(image, landmarks), times)
    one_core = model.grader(InferenceRules(threads=1))
    grade_one = timed(lambda: one_core.grade(crops[:1]), times)
    grader = model.grader()
    batch = timed(lambda: grader.grade(crops[:16]), max(5, times // 8))
    of_torch = model.grader(InferenceRules(backend="torch"))
    in_torch = timed(lambda: of_torch.grade(crops[:1]), max(5, times // 4))
    return Steps(
        decode,
        detect,
        track_all,
        normalising,
        grade_one,
        Measured(batch.median_ms / 16, batch.low_ms / 16, batch.high_ms / 16),
        in_torch,
        grader.runs_on,
    )
