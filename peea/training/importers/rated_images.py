"""What every layout is read into: pictures with their ratings, and files that cannot be used, with the reason."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from peea.language import Language, using_language
from peea.scales import (
    ACTION_MAXIMUM,
    DEFAULT_VAS_MAPPING,
    GRADE_NAMES,
    GRADES,
    PSPI_ACTIONS,
    Grade,
    grade_of_vas,
    pspi,
    six_level_of_vas,
)

PICTURES: Final = frozenset({".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".webp"})

PARTS: Final[Mapping[str, str]] = {
    "train": "train",
    "training": "train",
    "validation": "validation",
    "valid": "validation",
    "val": "validation",
    "dev": "validation",
    "test": "test",
    "testing": "test",
}
"""How the parts of a given split are called, and what they are here."""

MOST_NAMED: Final = 10
"""Patients that a refusal names."""

_NO_PAIN_TOO: Final = ("no pain", "none", "neutral")


class ImportRefusedError(ValueError):
    """A folder cannot be made a data set; the sentence says why and what to do."""


@dataclass(frozen=True)
class RatedImage:
    """One picture and what is known of it.

    Attributes:
        file: where it lies.
        patient: code of the patient.
        grade: its grade, 0-4.
        actions: PSPI action -> intensity (0-5, AU43 0 or 1); what was not coded is missing and stays unknown.
        pspi: the total as it was rated, 0-16, or None.
        vas: 0-10, or None.
        part: train, validation or test of a split that came with the pictures, or None.
        more: further columns that evaluations know (sex, age_band, tone_group, ...).
    """

    file: Path
    patient: str
    grade: Grade
    actions: Mapping[str, float] = field(default_factory=dict)
    pspi: float | None = None
    vas: float | None = None
    part: str | None = None
    more: Mapping[str, str] = field(default_factory=dict)

    @property
    def six_level(self) -> int | None:
        """Label on the six-level scale, where a VAS or a PSPI is known; a grade alone does not tell."""
        vas = self.vas if self.vas is not None else None if self.pspi is None else DEFAULT_VAS_MAPPING.vas(self.pspi)
        return None if vas is None else six_level_of_vas(vas)


@dataclass(frozen=True)
class LeftOut:
    """A file that is not in the data set, or one that is (`kept`) but whose label is doubtful, and why."""

    file: Path
    why: str
    kept: bool = False


@dataclass(frozen=True)
class Found:
    """What was found in a folder.

    Attributes:
        images: that can be used, in a fixed order.
        problems: everything else, and what is doubtful.
    """

    images: tuple[RatedImage, ...]
    problems: tuple[LeftOut, ...]


def grade_of_name(name: str) -> Grade | None:
    """Return the grade that a folder's or a cell's name means, or None: 0-4, a grade's name, or both, as "2_obvious".

    >>> grade_of_name("2"), grade_of_name("Grade_3"), grade_of_name("1-mild"), grade_of_name("happy")
    (<Grade.OBVIOUS: 2>, <Grade.SEVERE: 3>, <Grade.MILD: 1>, None)
    """
    words = re.sub(r"(?<=\w)[_\-\s]+", " ", str(name).strip()).strip().lower()
    words = re.sub(r"^(grade|level|label)\s*(?=\d)", "", words)
    number, _, rest = words.partition(" ")
    named = {spelled: grade for grade, spellings in _names().items() for spelled in spellings}
    if re.fullmatch(r"[0-4](\.0+)?", number):
        grade = Grade(int(float(number)))
        return grade if not rest or named.get(rest) == grade else None
    return named.get(words)


def _names() -> dict[Grade, tuple[str, ...]]:
    spelled: dict[Grade, list[str]] = {grade: [] for grade in GRADES}
    for language in Language:
        with using_language(language):
            for grade in GRADES:
                spelled[grade].append(GRADE_NAMES[grade].lower())
    return {
        grade: (*spellings, *(_NO_PAIN_TOO if grade is Grade.NO_PAIN else ())) for grade, spellings in spelled.items()
    }


def checked_actions(actions: Mapping[str, float]) -> str:
    """Return what is wrong with intensities, as a sentence; empty if nothing is."""
    for name, intensity in actions.items():
        if not 0 <= intensity <= ACTION_MAXIMUM[name]:
            return f"{name} is {intensity:g}; allowed is 0 to {ACTION_MAXIMUM[name]:g}."
    return ""


def pspi_of_all(actions: Mapping[str, float]) -> float | None:
    """Return the PSPI of the actions, or None unless all six were coded."""
    return pspi(dict(actions)) if set(actions) == set(PSPI_ACTIONS) else None


def grade_of_pspi_total(total: float) -> Grade:
    """Return the grade of a PSPI total by the default mapping."""
    return grade_of_vas(DEFAULT_VAS_MAPPING.vas(total))


def refuse_overlap(images: Sequence[RatedImage]) -> None:
    """Refuse a given split in which a patient stands in more than one part, or that leaves pictures out.

    Raises:
        ImportRefusedError: it names the patients.
    """
    given = [image for image in images if image.part is not None]
    if not given:
        return
    if len(given) < len(images):
        first = next(image for image in images if image.part is None)
        raise ImportRefusedError(
            f"{len(images) - len(given)} of {len(images)} pictures have no part of the split, the first is "
            f"{first.file.name}. Give all of them one, or none."
        )
    parts: dict[str, set[str]] = defaultdict(set)
    for image in given:
        parts[image.patient].add(str(image.part))
    overlapping = sorted(patient for patient, in_parts in parts.items() if len(in_parts) > 1)
    if overlapping:
        named = ", ".join(overlapping[:MOST_NAMED]) + (" ..." if len(overlapping) > MOST_NAMED else "")
        raise ImportRefusedError(
            f"Patients stand in more than one part of the split ({len(overlapping)}): {named}. Test figures would "
            "flatter. Put all pictures of a patient into one part, or give no split and have it dealt."
        )
