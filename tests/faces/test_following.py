"""Following the patient through whole recordings whose truth is known: nobody else, found again, seldom searched."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from facenet_pytorch.models.mtcnn import ONet

from peea.faces import Sighting, mtcnn
from peea.faces.patient_face import FaceFinder
from peea.faces.rules import FaceRules
from peea.frames import open_recording

DEMO = Path(__file__).resolve().parent.parent.parent / "data" / "demo"
NEAR = 0.5
"""Distances between the eyes; another person's face is several away."""

FOUND_AGAIN_S = 0.5
SEARCH_EVERY_S = FaceRules().tracking.full_search_s


@dataclass(frozen=True)
class Watched:
    """What was seen of one recording beside what there was to see."""

    sightings: tuple[Sighting, ...]
    truth: pd.DataFrame
    full_searches: int

    @property
    def seconds(self) -> float:
        return float(self.truth["time_s"].iloc[-1])

    def distance_from_patient(self) -> np.ndarray:
        """How far the face that was seen is from the patient's, in distances between the patient's eyes; NaN unseen."""
        eyes = self.truth[["right_eye_x", "right_eye_y", "left_eye_x", "left_eye_y"]].to_numpy().reshape(-1, 2, 2)
        between = np.linalg.norm(eyes[:, 1] - eyes[:, 0], axis=1)
        seen = np.array(
            [
                np.full(2, np.nan) if one.face is None else one.face.detection.landmarks[:2].mean(0)
                for one in self.sightings
            ]
        )
        return np.linalg.norm(seen - eyes.mean(1), axis=1) / between


def watched(name: str) -> Watched:
    finder = FaceFinder()
    with open_recording(DEMO / f"{name}.mp4") as recording:
        sightings = tuple(finder.find(frame) for frame in recording)
    return Watched(sightings, pd.read_csv(DEMO / f"{name}.csv"), finder.full_searches)


@pytest.mark.parametrize("name", ["visitor", "turning_head", "leaving"])
def test_the_face_followed_is_the_patients_in_every_frame_and_the_picture_is_seldom_searched(name):
    seen = watched(name)
    present = seen.truth["problem"].isna().to_numpy()
    assert np.nanmax(seen.distance_from_patient()[present]) < NEAR
    if name != "leaving":
        assert not np.isnan(seen.distance_from_patient()).any(), "turned or beside a visitor, the face is never lost"
        assert seen.full_searches <= seen.seconds / SEARCH_EVERY_S + 2, "following hardly ever falls back to a search"


def test_nobody_is_seen_while_the_patient_is_away_and_the_face_is_found_again_at_once():
    seen = watched("leaving")
    times = seen.truth["time_s"].to_numpy()
    away = np.flatnonzero((seen.truth["problem"] == "no_face").to_numpy())
    assert len(away) > 10
    assert not any(seen.sightings[frame].usable for frame in away)
    back_s = times[away[-1]]
    found_s = next(
        time_s for time_s, one in zip(times, seen.sightings, strict=True) if time_s > back_s and one.face is not None
    )
    assert found_s - back_s <= FOUND_AGAIN_S
    assert np.nanmax(seen.distance_from_patient()[times > found_s]) < NEAR


def test_the_networks_that_follow_answer_as_torch_does():
    rng = np.random.default_rng(4)
    patches = rng.integers(0, 256, (6, mtcnn.PATCH_PX, mtcnn.PATCH_PX, 3)).astype(np.uint8)
    points, confidences = mtcnn.ask_output_network(patches)
    with torch.inference_mode():
        planes = torch.from_numpy(patches).permute(0, 3, 1, 2)
        _, places, probabilities = ONet()((planes - 127.5) / 128)
    in_patches = places.numpy().reshape(-1, 2, 5).transpose(0, 2, 1) * mtcnn.PATCH_PX - 0.5
    assert np.allclose(points, in_patches, atol=1e-3)
    assert np.allclose(confidences, probabilities.numpy()[:, 1], atol=1e-5)
