"""Rated images as normalised faces: reads a manifest, finds and normalises each face once, keeps the crops on disk.

The faces go through the very same detection and normalisation as on the ward, so that a grader never meets a crop that
was made in another way than those it learned from.
"""

from __future__ import annotations

import json
import multiprocessing
import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np
import pandas as pd
import torch

from peea.faces.patient_face import find_in_still
from peea.graders import resize_crop, sha256_of
from peea.output_scales import OutputScale
from peea.scales import GRADES, PSPI_ACTIONS

MANIFEST_FILE: Final = "manifest.csv"
CROP_SIZE: Final = 192
"""Side in pixels of the stored crops: above every input size used for training here, so that cropping costs nothing."""

PROBES: Final = 16
"""Images that are normalised again to see that kept crops are still what the ward's normalisation gives."""

SAME_CROP: Final = 1.0
"""Mean difference in grey levels up to which two crops are the same; rounding stays far below."""

REQUIRED_COLUMNS: Final = ("image", "person", "grade")
SPLITS: Final = {"patients": "split_patients", "random": "split_random"}
"""The manifest's split columns by name; the patient-disjoint one is reported first."""
SPLIT_PARTS: Final = ("train", "validation", "test")

Progress = Callable[[int, int], None]
"""Called with the number of images done and the number in all."""


class DataSetError(ValueError):
    """A data set cannot be used; the message names the file, what is wrong and what to do."""


@dataclass(frozen=True, eq=False)
class RatedFaces:
    """Normalised faces and what is known of each.

    Attributes:
        crops: (N, CROP_SIZE, CROP_SIZE, 3) uint8 RGB, memory-mapped.
        table: N rows of the manifest in the same order, with `usable` (the ward would grade this face) and the PSPI
            actions, NaN where unknown.
        not_found: rows of the manifest in which no face was found, with the reason in `problem`.
        manifest_sha256: hash of the manifest.
    """

    crops: np.ndarray
    table: pd.DataFrame
    not_found: pd.DataFrame
    manifest_sha256: str

    def __len__(self) -> int:
        return len(self.table)

    def where(self, chosen: np.ndarray | pd.Series) -> RatedFaces:
        """Return the faces for which `chosen`, (N,) bool, is true."""
        rows = np.flatnonzero(np.asarray(chosen))
        return RatedFaces(
            self.crops[rows], self.table.iloc[rows].reset_index(drop=True), self.not_found, self.manifest_sha256
        )

    def drawn(self, count: int, seed: int) -> RatedFaces:
        """Return at most `count` of the faces, drawn at random by a seed, in their order."""
        chosen = np.random.default_rng(seed).permutation(len(self))[:count]
        return self.where(np.isin(np.arange(len(self)), chosen))

    def part(self, split: str, part: str) -> RatedFaces:
        """Return one part ("train", "validation", "test") of a split ("patients" or "random")."""
        if split not in SPLITS or SPLITS[split] not in self.table:
            raise DataSetError(f"The data set has no split {split!r}; known are {', '.join(SPLITS)}.")
        if part not in SPLIT_PARTS:
            raise DataSetError(f"A split has the parts {', '.join(SPLIT_PARTS)}; got {part!r}.")
        return self.where(self.table[SPLITS[split]] == part)

    @property
    def grades(self) -> np.ndarray:
        """(N,) int64 grades 0-4."""
        return self.table["grade"].to_numpy(np.int64)

    def classes(self, scale: OutputScale) -> np.ndarray:
        """Return (N,) int64 outputs 0..K-1 of the true class of each face.

        Raises:
            DataSetError: the manifest does not give the classes of this scale.
        """
        if scale.column not in self.table:
            raise DataSetError(f"The data set has no column {scale.column}, so it cannot teach the {scale.name}.")
        try:
            return scale.classes(self.table[scale.column].to_numpy())
        except ValueError as error:
            raise DataSetError(f"The column {scale.column} of the data set: {error}.") from error

    @property
    def actions(self) -> np.ndarray:
        """(N, 6) float32 intensities in the order of PSPI_ACTIONS; NaN where unknown."""
        return self.table[list(PSPI_ACTIONS)].to_numpy(np.float32)


def read_manifest(folder: Path) -> pd.DataFrame:
    """Return the manifest of a data set: one row an image, PSPI actions NaN where a column is missing.

    Raises:
        DataSetError: no manifest, missing columns, a grade that is none, an image that is not there, or a patient who
            stands in more than one part of the patient-disjoint split.
    """
    file = folder / MANIFEST_FILE
    if not file.is_file():
        raise DataSetError(f"{folder} has no {MANIFEST_FILE}; make one with: peea synth dataset --out {folder}")
    try:
        table = pd.read_csv(file, dtype={"image": str, "person": str})
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as error:
        raise DataSetError(f"{file} is not a CSV table ({error}).") from error
    missing = [column for column in REQUIRED_COLUMNS if column not in table]
    if missing:
        raise DataSetError(f"{file} lacks the columns {', '.join(missing)}.")
    wrong = table.loc[~table["grade"].isin([int(grade) for grade in GRADES])]
    if len(wrong):
        raise DataSetError(f"{file}, row {wrong.index[0] + 2}: grade is {wrong['grade'].iloc[0]}; allowed is 0 to 4.")
    split = SPLITS["patients"]
    if split in table:
        parts = table.groupby("person")[split].nunique()
        if (parts > 1).any():
            raise DataSetError(f"{file}: patient {parts.idxmax()} stands in more than one part of the patient split.")
    absent = [image for image in table["image"] if not (folder / image).is_file()]
    if absent:
        raise DataSetError(f"{file} names {len(absent)} images that are not there, the first is {absent[0]}.")
    for name in PSPI_ACTIONS:
        if name not in table:
            table[name] = np.nan
    return table


def load_rated_faces(folder: Path, progress: Progress | None = None) -> RatedFaces:
    """Return the faces of a data set, normalised once and kept beside it in ``faces/``.

    Args:
        folder: with manifest.csv and the images that it names.
        progress: told how many images were normalised, only when they were not kept from an earlier run.

    Raises:
        DataSetError: see `read_manifest`; or an image that cannot be read.
    """
    table = read_manifest(folder)
    manifest_sha256 = sha256_of(folder / MANIFEST_FILE)
    kept = folder / "faces"
    state_file, crops_file, found_file = kept / "state.json", kept / "crops.npy", kept / "found.csv"
    state = {"manifest_sha256": manifest_sha256, "crop_size": CROP_SIZE}
    same = state_file.is_file() and json.loads(state_file.read_text()) == state
    if not same or not _come_out_the_same(folder, table, crops_file, found_file):
        kept.mkdir(exist_ok=True)
        state_file.unlink(missing_ok=True)
        _normalise_all(folder, table, crops_file, found_file, progress or (lambda done, total: None))
        state_file.write_text(json.dumps(state))
    found = pd.read_csv(found_file, keep_default_na=False)
    has_face = found["crop"] >= 0
    crops = np.load(crops_file, mmap_mode="r")
    full = table.assign(problem=found["problem"], usable=found["problem"] == "", brightness=found["brightness"])
    return RatedFaces(
        crops=crops,
        table=full[has_face].reset_index(drop=True),
        not_found=full[~has_face].reset_index(drop=True),
        manifest_sha256=manifest_sha256,
    )


def _normalise_all(folder: Path, table: pd.DataFrame, crops_file: Path, found_file: Path, progress: Progress) -> None:
    crops: list[np.ndarray] = []
    rows = []
    # One process a core with one thread each: the networks of the face finder are too small to share out.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(os.cpu_count(), context, initializer=_one_thread) as pool:
        files = [folder / image for image in table["image"]]
        for done, (crop, problem, brightness) in enumerate(pool.map(_normalised, files, chunksize=32), start=1):
            rows.append((problem, brightness, -1 if crop is None else len(crops)))
            if crop is not None:
                crops.append(crop)
            progress(done, len(table))
    empty = np.empty((0, CROP_SIZE, CROP_SIZE, 3), np.uint8)
    np.save(crops_file, np.stack(crops) if crops else empty)
    pd.DataFrame(rows, columns=["problem", "brightness", "crop"]).to_csv(found_file, index=False)


def _one_thread() -> None:
    torch.set_num_threads(1)
    cv2.setNumThreads(1)


def _normalised(file: Path) -> tuple[np.ndarray | None, str, float]:
    """Return the crop of an image (None without a face), the worst problem ("" for none) and the brightness."""
    pixels = cv2.imread(str(file), cv2.IMREAD_COLOR_RGB)
    if pixels is None:
        raise DataSetError(f"{file} is not a picture that can be read.")
    sighting = find_in_still(pixels)
    problem = str(sighting.problems[0]) if sighting.problems else ""
    crop = None if sighting.face is None else resize_crop(sighting.face.crop, CROP_SIZE)
    return crop, problem, sighting.brightness


def _come_out_the_same(folder: Path, table: pd.DataFrame, crops_file: Path, found_file: Path) -> bool:
    """Normalise a few images again: crops kept from an older way of finding faces are made anew."""
    found, crops = pd.read_csv(found_file, keep_default_na=False), np.load(crops_file, mmap_mode="r")
    for row in np.unique(np.linspace(0, len(table) - 1, PROBES).astype(int)):
        crop, problem, _ = _normalised(folder / table["image"].iloc[row])
        kept = found["crop"].iloc[row]
        if (crop is None) != (kept < 0) or problem != found["problem"].iloc[row]:
            return False
        if crop is not None and cv2.absdiff(crop, np.ascontiguousarray(crops[kept])).mean() > SAME_CROP:
            return False
    return True
