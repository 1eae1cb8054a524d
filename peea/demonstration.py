"""The committed demonstration recordings: simulated patients with a known course, to try PEEA without any patient."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from peea.language import t
from peea.scales import Context

DEMONSTRATION_FOLDER: Final = Path(
    os.environ.get("PEEA_DEMO") or Path(__file__).resolve().parent.parent / "data" / "demo"
)
"""Where the demonstration recordings lie; the environment variable PEEA_DEMO moves it."""

INDEX_FILE: Final = "index.json"


class DemonstrationError(RuntimeError):
    """The demonstration recordings are there but their list cannot be read."""


@dataclass(frozen=True)
class DemonstrationRecording:
    """One recording of a simulated patient.

    Attributes:
        path: of the video file.
        title: what it shows, for staff.
        context: what the simulated patient does.
        duration_s: length in seconds.
        sex: "female" or "male", or None if nobody is in the recording.
        age_years: of the simulated patient, or None.
        person: study code of the simulated patient, or None if nobody is in the recording.
    """

    path: Path
    title: str
    context: Context
    duration_s: float
    sex: str | None = None
    age_years: int | None = None
    person: str | None = None


def demonstration_recordings(folder: Path = DEMONSTRATION_FOLDER) -> list[DemonstrationRecording]:
    """Return the demonstration recordings in the order of their index; none if there is no index.

    A recording that the index names and that is not there is left out.

    Raises:
        DemonstrationError: the index is not one.
    """
    index = folder / INDEX_FILE
    if not index.is_file():
        return []
    try:
        entries = json.loads(index.read_text(encoding="utf-8"))["recordings"]
        listed = [
            DemonstrationRecording(
                path=folder / Path(entry["file"]).name,
                title=str(entry["title"]),
                context=Context(entry["context"]),
                duration_s=float(entry["seconds"]),
                sex=(entry.get("patient") or {}).get("sex"),
                age_years=(entry.get("patient") or {}).get("age_years"),
                person=_code(entry.get("patient")),
            )
            for entry in entries
        ]
    except (KeyError, TypeError, ValueError) as error:
        raise DemonstrationError(
            t(
                "The list of demonstration recordings {file} cannot be read ({why}). Install PEEA again, or upload a "
                "recording.",
                file=index,
                why=f"{type(error).__name__}: {error}",
            )
        ) from error
    return [recording for recording in listed if recording.path.is_file()]


def _code(patient: dict[str, Any] | None) -> str | None:
    """The study code of a simulated patient: the seed is the person, so that nobody stands under two codes."""
    return f"SIM-{patient['person_seed']}" if patient and "person_seed" in patient else None
