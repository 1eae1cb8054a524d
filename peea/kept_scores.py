"""Results of the demonstration recordings that were made once and are kept beside them: scoring takes minutes.

A kept result counts only for the very recording and the very model that it was made with: both are known by their
SHA-256. With another model, or a recording that was rendered again, there is no kept result, and it is scored anew.
`peea demo --keep-scores` makes them.
"""

from __future__ import annotations

import base64
import hashlib
import json
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from peea.assessment import Assessment, AssessmentFormatError, Progress, assess
from peea.assessment.road import GradesFaces
from peea.demonstration import DEMONSTRATION_FOLDER, DemonstrationError, DemonstrationRecording
from peea.settings import Settings
from peea.store.frame_series import FORM, FrameSeriesError, pack, unpack

KEPT_FOLDER: Final = DEMONSTRATION_FOLDER / "scores"


def keep_scores(
    recordings: Sequence[DemonstrationRecording],
    grader: GradesFaces,
    settings: Settings,
    folder: Path = KEPT_FOLDER,
    progress: Callable[[DemonstrationRecording, Progress], None] | None = None,
) -> Iterator[Assessment]:
    """Score recordings and keep each result in a file of its own; yield each once it is kept.

    Args:
        recordings: what to score.
        grader: the released model.
        settings: the defaults, since a site's own settings would make other results.
        folder: where to keep them.
        progress: called while a recording is scored.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for recording in recordings:

        def tell(done: Progress, of: DemonstrationRecording = recording) -> None:
            if progress is not None:
                progress(of, done)

        assessment = assess(recording.path, grader, settings=settings, context=recording.context, progress=tell)
        kept = {
            "recording_sha256": _sha256(recording.path),
            "weights_sha256": assessment.model.weights_sha256,
            "summary": assessment.to_plain(frames=False),
            "series_form": FORM,
            "series": base64.b64encode(pack(assessment.frames)).decode("ascii"),
        }
        _file(recording, folder).write_text(json.dumps(kept, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        yield assessment


def kept_score(
    recording: DemonstrationRecording, weights_sha256: str, recorded_at: datetime, folder: Path = KEPT_FOLDER
) -> Assessment | None:
    """Return the kept result of a recording as an assessment of its own, or None if there is none of this model.

    Args:
        recording: which.
        weights_sha256: of the model that is to have made it.
        recorded_at: when the recording is said to have been made, aware.
        folder: where results are kept.

    Raises:
        DemonstrationError: the file is there and cannot be read.
    """
    file = _file(recording, folder)
    if not file.is_file():
        return None
    try:
        kept = json.loads(file.read_text(encoding="utf-8"))
        if kept["weights_sha256"] != weights_sha256 or kept["recording_sha256"] != _sha256(recording.path):
            return None
        frames = unpack(base64.b64decode(kept["series"]), kept["series_form"])
        plain = {**kept["summary"], "frames": [vars(frame) for frame in frames]}
        assessment = Assessment.from_plain(plain)
    except (OSError, KeyError, TypeError, ValueError, FrameSeriesError, AssessmentFormatError) as error:
        raise DemonstrationError(
            f"The kept result {file} cannot be read ({type(error).__name__}: {error}). Make it again with: "
            "peea demo --keep-scores"
        ) from error
    return replace(
        assessment,
        assessment_id=str(uuid.uuid4()),
        recorded_at=recorded_at.astimezone(UTC).isoformat(timespec="seconds"),
    )


def _file(recording: DemonstrationRecording, folder: Path) -> Path:
    return folder / f"{recording.path.stem}.json"


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
