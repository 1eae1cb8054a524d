"""One block of figures: a grader judged on one part of a data set, as cards and the model comparison page hold it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from peea.graders import Grader
from peea.training.data_set import RatedFaces
from peea.training.evaluation import figures, grade_faces, over_graded, pose_bands, subgroups

SUBGROUPS: Final = {
    "sex": "Sex",
    "age_band": "Age band",
    "tone_group": "Skin tone",
    "light": "Light",
    "pose": "Head turned",
    "glasses": "Glasses",
}
"""Manifest columns by which figures are split, and their titles."""

WHOLE: Final = "none"
"""Name of the split that takes a data set as it is, such as the benchmark."""


def judged(
    grader: Grader, faces: RatedFaces, split: str, part: str, progress: Callable[[int, int], None] | None = None
) -> dict[str, Any]:
    """Return the figures of a grader on one part of a data set.

    Args:
        grader: released or just fitted.
        faces: the whole data set.
        split: "patients", "random", or "none" for all faces.
        part: "train", "validation" or "test".
        progress: told faces done and in all.

    Returns:
        split, part, data_manifest_sha256, and `evaluation.figures` of all_faces, usable_faces (what the ward would
        grade) and consistent_faces (usable, and all raters agree; the published protocol), over_graded and subgroups
        of the usable ones.

    Raises:
        DataSetError: no such split or part, or the data set lacks the classes of the grader's scale.
    """
    chosen = faces.part(split, part) if split != WHOLE else faces
    graded = grade_faces(grader, chosen, progress)
    graded.faces.table["pose"] = pose_bands(graded.faces.table)
    usable = graded.where(graded.faces.table["usable"])
    result: dict[str, Any] = {
        "data_manifest_sha256": faces.manifest_sha256,
        "split": split,
        "part": part,
        "scale": graded.scale.name,
        "all_faces": figures(graded),
        "usable_faces": figures(usable),
        "over_graded": over_graded(usable),
        "subgroups": subgroups(usable, SUBGROUPS),
    }
    if "consistent" in graded.faces.table:
        result["consistent_faces"] = figures(usable.where(usable.faces.table["consistent"].astype(bool)))
    return result


def block_name(split: str, part: str, data_name: str) -> str:
    """Return the key of a block of figures in a card."""
    return f"{split}_{part}" if split != WHOLE else data_name
