"""The values of rating: who rates, what is rated, what was said; each with its row in the data base."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from peea.rating import PspiCodes
from peea.scales import PSPI_ACTIONS, Context, Grade, grade_of_vas


class SetKind(StrEnum):
    """What a set holds, and so how it is rated."""

    KEY_FRAMES = "key_frames"
    RECORDINGS = "recordings"


@dataclass(frozen=True)
class Rater:
    """A person who rates; `simulated` marks one who does not exist."""

    rater_id: str
    name: str
    simulated: bool
    registered_at: str
    registered_by: str


@dataclass(frozen=True)
class NewItem:
    """Something to be rated, before it is in a set.

    Attributes:
        patient_code: study code of a rendered person; whoever is in the patient log is known by a code drawn for it.
        recording: name of the recording, as shown to who prepares the set.
        patient_id: of the patient log, who must have consented to key frames being kept; None for a demonstration
            recording, in which nobody real is.
        time_s: seconds of the recording, for a key frame.
        context: what the patient did.
        content: the picture (JPEG) to keep; None where a file is kept or a demonstration recording is shown.
        source: a recording to keep a copy of.
        demonstration_file: name of a demonstration recording that is shown where it lies.
    """

    patient_code: str
    recording: str
    patient_id: str | None = None
    time_s: float | None = None
    context: Context | None = None
    content: bytes | None = None
    source: Path | None = None
    demonstration_file: str | None = None


@dataclass(frozen=True)
class RatingItem:
    """One key frame or recording of a set; see `NewItem`. Whose it is, `StudyCodes` knows.

    Attributes:
        patient_code: study code.
        recording: of the patient, by number; the name of a demonstration recording.
        file: name of the kept file or demonstration recording; None once pictures of the patient were removed.
        sha256: of the kept file, or None.
    """

    item_id: str
    set_id: str
    place: int
    patient_code: str
    recording: str
    time_s: float | None
    context: Context | None
    demonstration: bool
    file: str | None
    sha256: str | None


@dataclass(frozen=True)
class RatingSet:
    """A set of items that several raters rate, each alone.

    Attributes:
        set_id, title, kind: which.
        simulated: ratings in it come from nobody.
        made_at, made_by: ISO 8601 UTC, and who.
        closed_at, closed_by: since when nobody rates in it any more and its results may be seen; None while open.
        items: number of items.
        done: rater's name -> number of items rated so far.
    """

    set_id: str
    title: str
    kind: SetKind
    simulated: bool
    made_at: str
    made_by: str
    closed_at: str | None
    closed_by: str | None
    items: int
    done: Mapping[str, int]

    @property
    def closed(self) -> bool:
        """True if nobody rates in it any more."""
        return self.closed_at is not None


@dataclass(frozen=True)
class Rating:
    """What one rater says of one item. Exactly one of codes, vas and cannot is set.

    Attributes:
        rating_id, item_id, rater_id: which, of what, by whom.
        number: 1 for what was given first, then one more for each correction.
        given_at: ISO 8601 UTC.
        codes: PSPI codes of a key frame.
        vas: 0-10 of a recording.
        cannot: why it cannot be rated, in the rater's words.
    """

    rating_id: str
    item_id: str
    rater_id: str
    number: int
    given_at: str
    codes: PspiCodes | None
    vas: float | None
    cannot: str | None

    @property
    def grade(self) -> Grade | None:
        """The grade that follows, or None if it cannot be rated."""
        if self.codes is not None:
            return self.codes.grade
        return None if self.vas is None else grade_of_vas(self.vas)


@dataclass(frozen=True)
class QueuedItem:
    """An item as one rater meets it: with this rater's own rating, if there is one, and nobody else's."""

    item: RatingItem
    rating: Rating | None


class ManualKind(StrEnum):
    """What was rated by hand."""

    PSPI = "pspi"
    VAS = "vas"
    NRS = "nrs"


@dataclass(frozen=True)
class ManualRating:
    """An assessment by hand, or the patient's own report, in the patient log.

    Attributes:
        manual_id, patient_id: which, and whose.
        assessment_id: the assessment whose face could not be graded, or None.
        kind: PSPI by staff, VAS by staff, or the patient's own NRS.
        score: PSPI total 0-16, or VAS or NRS 0-10.
        codes: of a PSPI, else None.
        context: what the patient did, or None.
        reason: why by hand, in words; may be empty.
        rater: who rated; for an NRS who asked the patient.
        rated_at: ISO 8601 UTC.
        saved_at, saved_by: when and by whom it was entered.
        simulated: nobody rated it.
        withdrawn_at, withdrawn_by, withdrawn_reason: entered in error; None otherwise.
    """

    manual_id: str
    patient_id: str
    assessment_id: str | None
    kind: ManualKind
    score: float
    codes: PspiCodes | None
    context: Context | None
    reason: str
    rater: str
    rated_at: str
    saved_at: str
    saved_by: str
    simulated: bool = False
    withdrawn_at: str | None = None
    withdrawn_by: str | None = None
    withdrawn_reason: str | None = None

    @property
    def grade(self) -> Grade:
        """The grade of the score; of an NRS the one that a VAS of the same number has."""
        return self.codes.grade if self.codes is not None else grade_of_vas(self.score)

    @property
    def withdrawn(self) -> bool:
        """True if it was entered in error."""
        return self.withdrawn_at is not None


def rater_of_row(row: Mapping[str, Any]) -> Rater:
    """Return the rater of a row."""
    return Rater(**{**row, "simulated": bool(row["simulated"])})


def item_of_row(row: Mapping[str, Any]) -> RatingItem:
    """Return the item of a row."""
    context = Context(row["context"]) if row["context"] is not None else None
    known = {name: row[name] for name in RatingItem.__dataclass_fields__}
    return RatingItem(**{**known, "context": context, "demonstration": bool(row["demonstration"])})


def rating_of_row(row: Mapping[str, Any]) -> Rating:
    """Return the rating of a row."""
    codes = None if row["AU4"] is None else PspiCodes({name: row[name] for name in PSPI_ACTIONS})
    kept = ("rating_id", "item_id", "rater_id", "number", "given_at", "vas", "cannot")
    return Rating(**{name: row[name] for name in kept}, codes=codes)
