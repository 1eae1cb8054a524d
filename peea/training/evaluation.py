"""How well a released grader grades rated faces: one table of figures with intervals, and by subgroup.

The patient-disjoint split comes first: over a random split of images one patient stands in training and test, which
flatters every figure (Hammal & Cohn 2012: ICC 0.85 against 0.55).
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
import pingouin
from sklearn.metrics import cohen_kappa_score, confusion_matrix, f1_score

from peea.graders import Grader
from peea.output_scales import GRADE_SCALE, OutputScale, output_scale
from peea.scales import ACTION_MAXIMUM, PSPI_ACTIONS, Grade, pspi
from peea.training.calibration import expected_calibration_error, reliability
from peea.training.data_set import RatedFaces

RESAMPLES: Final = 1000
"""Bootstrap resamples of patients behind each 95 % interval, as many as [P] took for its ICC."""

POSE_LIMITS_DEG: Final = (0.0, 15.0, 25.0, 90.0)
POSE_BANDS: Final = ("up to 15 degrees", "15 to 25 degrees", "over 25 degrees")

BATCH: Final = 64
"""Faces graded at a time."""


@dataclass(frozen=True, eq=False)
class Graded:
    """Rated faces beside what a grader said of them.

    Attributes:
        faces: N rated faces.
        probabilities: (N, K) of the classes of the scale.
        actions: (N, 6) estimated intensities in the order of PSPI_ACTIONS; NaN for a grader without that head.
        scale: what the classes are.
    """

    faces: RatedFaces
    probabilities: np.ndarray
    actions: np.ndarray
    scale: OutputScale = GRADE_SCALE

    @property
    def classes(self) -> np.ndarray:
        """(N,) most probable classes, 0..K-1."""
        return self.probabilities.argmax(axis=1)

    @property
    def true_classes(self) -> np.ndarray:
        """(N,) true classes, 0..K-1."""
        return self.faces.classes(self.scale)

    @property
    def grades(self) -> np.ndarray:
        """(N,) most probable grades, whatever the scale."""
        return self.scale.grade_probabilities(self.probabilities).argmax(axis=1)

    def where(self, chosen: np.ndarray | pd.Series) -> Graded:
        """Return the rows for which `chosen`, (N,) bool, is true."""
        mask = np.asarray(chosen)
        return Graded(self.faces.where(mask), self.probabilities[mask], self.actions[mask], self.scale)


def grade_faces(grader: Grader, faces: RatedFaces, progress: Callable[[int, int], None] | None = None) -> Graded:
    """Return what `grader` says of each face, in batches."""
    answers = []
    for start in range(0, len(faces), BATCH):
        answers.extend(grader.grade(faces.crops[start : start + BATCH]))
        if progress:
            progress(min(start + BATCH, len(faces)), len(faces))
    unknown = dict.fromkeys(PSPI_ACTIONS, np.nan)
    scale = output_scale(grader.card["scale"])
    return Graded(
        faces=faces,
        probabilities=np.array([answer.levels or answer.probabilities for answer in answers]).reshape(-1, len(scale)),
        actions=np.array([[(answer.actions or unknown)[name] for name in PSPI_ACTIONS] for answer in answers]),
        scale=scale,
    )


def figures(graded: Graded) -> dict[str, Any]:
    """Return every figure of one set of graded faces, in the classes of the grader's scale.

    Keys: images, patients, accuracy, accuracy_interval (95 %, bootstrap over patients), accuracy_by_grade (by label of
    the scale), mean_by_grade (their mean), four_grade_accuracy (grades only: images of grades 1-4, the most probable of
    1-4 taken, as in [P]), macro_f1, quadratic_kappa, mean_absolute_error (classes), off_by_two_or_more (share), ece,
    reliability, confusion (rows truth, columns grader), and, where action truth is known, pspi_mean_absolute_error,
    pspi_icc (two-way, absolute agreement, single rating) and action_correlation.
    """
    truth, said = graded.true_classes, graded.classes
    distance = np.abs(truth - said)
    right = said == truth
    by_label = {label: _mean(right[truth == index]) for index, label in enumerate(graded.scale.labels)}
    known = [share for share in by_label.values() if share is not None]
    every = list(range(len(graded.scale)))
    result: dict[str, Any] = {
        "images": len(truth),
        "patients": int(graded.faces.table["person"].nunique()),
        "accuracy": _mean(right),
        "accuracy_interval": bootstrap_interval(right, graded.faces.table["person"]),
        "accuracy_by_grade": by_label,
        "mean_by_grade": _mean(np.array(known)),
        "macro_f1": float(f1_score(truth, said, labels=every, average="macro")),
        "quadratic_kappa": float(cohen_kappa_score(truth, said, labels=every, weights="quadratic")),
        "mean_absolute_error": _mean(distance),
        "off_by_two_or_more": _mean(distance >= 2),
        "ece": expected_calibration_error(graded.probabilities, truth),
        "reliability": reliability(graded.probabilities, truth),
        "confusion": confusion_matrix(truth, said, labels=every).tolist(),
    }
    if graded.scale is GRADE_SCALE:
        in_pain = truth > 0
        four = graded.probabilities[:, 1:].argmax(axis=1) + 1
        result["four_grade_accuracy"] = _mean(four[in_pain] == truth[in_pain])
    return result | _action_figures(graded)


def _action_figures(graded: Graded) -> dict[str, Any]:
    truth = graded.faces.actions
    known = ~(np.isnan(truth).any(axis=1) | np.isnan(graded.actions).any(axis=1))
    if known.sum() < 3:
        return {}
    truth, said = truth[known], graded.actions[known]
    pspi_truth, pspi_said = _pspi_rows(truth), _pspi_rows(said)
    correlation = {}
    for column, name in enumerate(PSPI_ACTIONS):
        varies = truth[:, column].std() > 0 and said[:, column].std() > 0
        correlation[name] = float(np.corrcoef(truth[:, column], said[:, column])[0, 1]) if varies else None
    return {
        "pspi_mean_absolute_error": float(np.abs(pspi_truth - pspi_said).mean()),
        "pspi_icc": absolute_agreement(pspi_truth, pspi_said),
        "action_correlation": correlation,
    }


def _pspi_rows(actions: np.ndarray) -> np.ndarray:
    maxima = np.array([ACTION_MAXIMUM[name] for name in PSPI_ACTIONS])
    clipped = np.clip(actions, 0, maxima)
    return np.array([pspi(dict(zip(PSPI_ACTIONS, map(float, row), strict=True))) for row in clipped])


def absolute_agreement(first: np.ndarray, second: np.ndarray) -> float:
    """Return ICC(A,1) of two ratings of the same N faces: two-way random effects, absolute agreement, single rating."""
    count = len(first)
    long = pd.DataFrame(
        {
            "face": np.tile(np.arange(count), 2),
            "rater": np.repeat(["truth", "grader"], count),
            "rating": np.concatenate([first, second]),
        }
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        table = pingouin.intraclass_corr(long, targets="face", raters="rater", ratings="rating")
    return float(table.loc[table["Type"] == "ICC(A,1)", "ICC"].iloc[0])


def bootstrap_interval(values: np.ndarray, patients: Sequence[str] | pd.Series, seed: int = 0) -> tuple[float, float]:
    """Return the 95 % percentile interval of the mean of `values`, resampling patients, not images."""
    table = pd.DataFrame({"value": np.asarray(values, float), "patient": list(patients)}).groupby("patient")["value"]
    sums, counts = table.sum().to_numpy(), table.count().to_numpy()
    draws = np.random.default_rng(seed).integers(0, len(sums), (RESAMPLES, len(sums)))
    means = sums[draws].sum(axis=1) / counts[draws].sum(axis=1)
    low, high = np.percentile(means, [2.5, 97.5])
    return float(low), float(high)


def subgroups(graded: Graded, columns: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the figures of each value of each column that the manifest has.

    They are accuracy, its interval, the mean signed error, and how often a face that imitates pain is graded too high.

    Args:
        graded: graded faces.
        columns: manifest column -> title for people.
    """
    rows = []
    for column, title in columns.items():
        if column not in graded.faces.table:
            continue
        values = graded.faces.table[column]
        for value in sorted(values.dropna().unique(), key=str):
            group = graded.where(values == value)
            right = group.classes == group.true_classes
            imitating = over_graded(group)
            rows.append(
                {
                    "group": title,
                    "value": str(value),
                    "images": len(right),
                    "patients": int(group.faces.table["person"].nunique()),
                    "accuracy": _mean(right),
                    "accuracy_interval": bootstrap_interval(right, group.faces.table["person"]),
                    "mean_error": _mean(group.classes - group.true_classes),
                    "imitating_images": imitating.get("images"),
                    "imitating_over_graded": imitating.get("share"),
                }
            )
    return rows


def pose_bands(table: pd.DataFrame) -> pd.Series:
    """Return how far each head is turned as a band of `yaw_deg`; missing where the manifest has no pose."""
    if "yaw_deg" not in table:
        return pd.Series(pd.NA, index=table.index, dtype="string")
    return pd.cut(table["yaw_deg"].abs(), POSE_LIMITS_DEG, labels=POSE_BANDS, include_lowest=True).astype("string")


def over_graded(graded: Graded) -> dict[str, Any]:
    """Return how often a face without pain that imitates it (full smile, talk, yawn, sleep ...) is graded too high.

    Keys: images, share graded obvious or worse among all of grade 0, and the same by confounder.
    """
    table = graded.faces.table
    if "confounder" not in table:
        return {}
    named = table["confounder"].fillna("").astype(str)
    imitates = ((named != "") & (named != "none")).to_numpy() & (graded.faces.grades == Grade.NO_PAIN)
    too_high = graded.grades >= Grade.OBVIOUS
    return {
        "images": int(imitates.sum()),
        "share": _mean(too_high[imitates]),
        "by_confounder": {
            name: {"images": int(mask.sum()), "share": _mean(too_high[mask])}
            for name in sorted(set(named[imitates]))
            if (mask := imitates & (named == name).to_numpy()).any()
        },
    }


def _mean(values: np.ndarray) -> float | None:
    return float(np.mean(values)) if len(values) else None
