"""How well faces are found and levelled, judged by the truth of synthetic images.

    python -m peea.training.face_finding data/synthetic --images 800

A face counts as ruined on purpose when a hand covers more than a tenth of it or it is darker than a mean luma of 35.
Distances are in shares of the true distance between the eyes; the tilt is what is left of the true line through the
eyes after the face was rotated by the line through the found ones.
"""

from __future__ import annotations

import json
import math
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Annotated, Any, Final

import cv2
import numpy as np
import pandas as pd
import typer

from peea.faces.patient_face import find_in_still
from peea.training.data_set import DataSetError, read_manifest

LANDMARKS_FILE: Final = "landmarks.npz"
COVERED_FROM: Final = 0.1
DARK_BELOW: Final = 35.0
YAW_LIMITS_DEG: Final = (0.0, 12.0, 25.0, 90.0)
YAW_BANDS: Final = ("up to 12 degrees", "12 to 25 degrees", "over 25 degrees")


def measure(folder: Path, images: int, seed: int, workers: int = 1) -> pd.DataFrame:
    """Return a row an image drawn from a synthetic data set.

    Args:
        folder: of the data set.
        images: how many are drawn at random; all if there are fewer.
        seed: of the draw.
        workers: processes.

    Returns:
        Columns ruined, yaw_deg, found, landmark_error (mean over the five points), tilt_deg; the last two NaN without a
        face.

    Raises:
        DataSetError: the folder holds no data set with the truth of the landmarks.
    """
    table = read_manifest(folder)
    if not (folder / LANDMARKS_FILE).is_file():
        raise DataSetError(f"{folder} has no {LANDMARKS_FILE}: only synthetic data sets know where the landmarks are.")
    truth = np.load(folder / LANDMARKS_FILE)["five"]
    chosen = np.sort(np.random.default_rng(seed).permutation(len(table))[:images])
    rows = table.iloc[chosen].reset_index(drop=True)
    with ProcessPoolExecutor(workers, get_context("spawn")) as pool:
        found = list(pool.map(_landmarks, [folder / image for image in rows["image"]], chunksize=16))
    return pd.DataFrame(
        {
            "ruined": (rows["occlusion"] > COVERED_FROM) | (rows["face_luma"] < DARK_BELOW),
            "yaw_deg": rows["yaw_deg"].abs(),
            "found": [points is not None for points in found],
            "landmark_error": [_error(points, true) for points, true in zip(found, truth[chosen], strict=True)],
            "tilt_deg": [_tilt(points, true) for points, true in zip(found, truth[chosen], strict=True)],
        }
    )


def summary(rows: pd.DataFrame) -> dict[str, Any]:
    """Return what `measure` found as shares and medians: of all images, of those not ruined, and of these by yaw."""
    clear = rows[~rows["ruined"]]
    bands = pd.cut(clear["yaw_deg"], YAW_LIMITS_DEG, labels=YAW_BANDS, include_lowest=True)
    return {
        "all": _of(rows),
        "not ruined on purpose": _of(clear),
        **{f"turned {band}": _of(clear[bands == band]) for band in YAW_BANDS},
    }


def _of(rows: pd.DataFrame) -> dict[str, Any]:
    return {
        "images": len(rows),
        "found": round(float(rows["found"].mean()), 4),
        "landmark_error_median": round(float(rows["landmark_error"].median()), 4),
        "tilt_deg_median": round(float(rows["tilt_deg"].median()), 2),
    }


def _landmarks(file: Path) -> np.ndarray | None:
    picture = cv2.imread(str(file), cv2.IMREAD_COLOR_RGB)
    if picture is None:
        raise DataSetError(f"{file} is not a picture that can be read.")
    face = find_in_still(picture).face
    return None if face is None else np.asarray(face.detection.landmarks)


def _error(points: np.ndarray | None, true: np.ndarray) -> float:
    if points is None:
        return math.nan
    apart = float(np.linalg.norm(true[0] - true[1]))
    return float(np.linalg.norm(points - true, axis=1).mean()) / apart


def _tilt(points: np.ndarray | None, true: np.ndarray) -> float:
    if points is None:
        return math.nan
    (x, y), (true_x, true_y) = points[1] - points[0], true[1] - true[0]
    return math.degrees(abs(math.atan2(x * true_y - y * true_x, x * true_x + y * true_y)))


def main(
    folder: Annotated[Path, typer.Argument(help="A synthetic data set, or the benchmark stills.")],
    images: Annotated[int, typer.Option(min=1, help="Images drawn at random.")] = 800,
    seed: Annotated[int, typer.Option(help="Of the draw.")] = 0,
    workers: Annotated[int, typer.Option(min=1, help="Processes.")] = 1,
) -> None:
    """Measure how well faces are found and levelled on images whose truth is known."""
    try:
        typer.echo(json.dumps(summary(measure(folder, images, seed, workers)), indent=1))
    except DataSetError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error


if __name__ == "__main__":
    typer.run(main)
