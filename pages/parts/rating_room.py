"""What a visit's rating holds, and the open data base of ratings."""

from __future__ import annotations

from dataclasses import dataclass, field

import streamlit as st

from pages.parts.pspi_form import begun_codings
from pages.parts.visit import actor
from peea.held_recording import HeldRecording
from peea.rating_proposal import Proposal, ProposalJob, Source
from peea.store import RatingStore, SetKind

_ROOM = "rating_room"


@dataclass
class Preparation:
    """A set being prepared.

    Attributes:
        kind: of the set.
        sources: recordings chosen so far that are not demonstrations.
        held: their uploads, which live as long as this is held.
        job: looks for key frames.
        proposals: what it found; None before.
        remarks: what it has to say.
        left_out: places of proposals that are not wanted.
        uploads: so far; a new number empties the upload field.
    """

    kind: SetKind = SetKind.KEY_FRAMES
    sources: list[Source] = field(default_factory=list)
    held: list[HeldRecording] = field(default_factory=list)
    job: ProposalJob | None = None
    proposals: list[Proposal] | None = None
    remarks: list[str] = field(default_factory=list)
    uploads: int = 0

    def take_over(self) -> None:
        """Take over what the job ended with."""
        if self.job is not None and not self.job.running:
            self.proposals, self.remarks = self.job.proposals, self.job.remarks
            self.job = None


@dataclass
class RatingRoom:
    """Rating in this visit.

    Attributes:
        set_id: of the set being rated; None while one is chosen.
        item_id: of the item looked at; None for the next one without a rating.
        notice: what is to be said once, as a sentence.
        problem: why something was not saved, to be said once.
        preparation: a set being prepared.
    """

    set_id: str | None = None
    item_id: str | None = None
    notice: str | None = None
    problem: str | None = None
    preparation: Preparation = field(default_factory=Preparation)

    def leave(self) -> None:
        """Stop rating for now; all that was saved stays."""
        self.set_id = None
        self.item_id = None

    def start(self, set_id: str) -> None:
        """Rate this set, at the first item without a rating."""
        self.set_id = set_id
        self.item_id = None


def rating_room() -> RatingRoom:
    """Return the rating of this visit."""
    if _ROOM not in st.session_state:
        st.session_state[_ROOM] = RatingRoom()
    return st.session_state[_ROOM]


def open_ratings() -> RatingStore:
    """Open the ratings; use it in a `with` block."""
    return RatingStore(actor=actor())


def unsaved_ratings() -> bool:
    """True if leaving would lose codes that were given, or a set that was not made."""
    return begun_codings() or bool(rating_room().preparation.proposals)
