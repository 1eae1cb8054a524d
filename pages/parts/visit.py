"""What one person's visit to the app holds, and the shared things it uses: model, settings, patient log."""

from __future__ import annotations

import gc
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from peea.access import Actor
from peea.access.errors import SignedOutError
from peea.access.rules import AccessRules, SignInWay
from peea.access.sign_in import SignIn
from peea.access.signed_in import SignedIn
from peea.access.starting import refuse_demonstration_on_patients
from peea.assessment import Assessment
from peea.held_recording import HeldRecording
from peea.language import later, t
from peea.scales import Context
from peea.scoring import ScoringJob
from peea.settings import Settings, load_settings
from peea.store import CareLog, ManualLog, PatientLog, SavedAssessment, WardLog

if TYPE_CHECKING:
    from peea.graders import Grader

ACTOR = later("Demonstration, no sign-in")
"""Who reads and writes where nobody signs in; stands in the audit trail as it stands on every page."""

TRUSTED_S = 2.0
"""Seconds for which a visit takes what the data base said of its sign-in: one page asks many times."""

_VISIT = "visit"
_ACTING = "acting_name"
_SIGN_IN = "signed_in_as"
_REFUSED_NOT = "demonstration_allowed"


@dataclass
class Scoring:
    """The recording being scored: from choosing the patient to the saved result.

    Attributes:
        patient_id: whose recording; None until chosen.
        context: what the patient did; None until chosen.
        recording: the video, None until chosen; with a note and a still of it.
        job: the scoring under way.
        assessment: its result.
        saved: the line in the patient log, once saved.
        problem: why the recording cannot be scored, as a sentence.
        notice: what else is to be said above the form, as a sentence.
        uploads: uploads so far; a new number empties the upload field.
    """

    patient_id: str | None = None
    context: Context | None = None
    recording: HeldRecording | None = None
    note: str = ""
    still: np.ndarray | None = None
    job: ScoringJob | None = None
    assessment: Assessment | None = None
    saved: SavedAssessment | None = None
    problem: str | None = None
    notice: str | None = None
    uploads: int = 0

    @property
    def unsaved(self) -> bool:
        """True if there is a result that would be lost by leaving."""
        return self.assessment is not None and self.saved is None

    def picture_source(self, assessment_id: str) -> HeldRecording | None:
        """Return the recording of an assessment if it is the one just scored and still held."""
        mine = self.assessment is not None and self.assessment.assessment_id == assessment_id
        return self.recording if mine else None

    def take(self, recording: HeldRecording, note: str) -> None:
        """Hold this recording from now on, and no other."""
        self.put_recording_back()
        self.recording = recording
        self.note = note

    def put_recording_back(self) -> None:
        """Hold no recording; the copy of an upload is removed."""
        if self.recording is not None:
            self.recording.discard()
        self.recording = None
        self.note = ""
        self.still = None
        self.problem = None
        self.notice = None

    def take_over(self) -> bool:
        """Take over what the scoring ended with; return whether it has ended."""
        job = self.job
        if job is None or job.running:
            return False
        self.job = None
        self.assessment = job.assessment
        self.problem = None if job.fault else job.problem
        if job.cancelled:
            self.notice = t("Scoring was cancelled. Nothing was saved.")
        elif job.fault:
            self.notice = job.problem
        return True

    def save(self) -> None:
        """Write the result into the patient log."""
        if self.patient_id is not None and self.assessment is not None:
            with open_log() as log:
                self.saved = log.save_assessment(self.patient_id, self.assessment)

    def start_over(self) -> None:
        """Forget recording, context and result, keep the patient: the next recording is most often of the same one."""
        self.put_recording_back()
        self.context = None
        self.job = None
        self.assessment = None
        self.saved = None


def scoring() -> Scoring:
    """Return the scoring of this visit."""
    if _VISIT not in st.session_state:
        st.session_state[_VISIT] = Scoring()
    return st.session_state[_VISIT]


def access() -> AccessRules:
    """Return the site's rules of signing in."""
    return shared_settings().access


def without_sign_in() -> bool:
    """True in the demonstration, where nobody signs in."""
    return access().way is SignInWay.DEMONSTRATION


def refuse_patients_without_sign_in() -> None:
    """Refuse a demonstration on a data base with patients who are none; asked once a visit.

    Raises:
        StartRefusedError: somebody has registered them since the app started.
    """
    if not st.session_state.get(_REFUSED_NOT):
        refuse_demonstration_on_patients(access())
        st.session_state[_REFUSED_NOT] = True


def sign_in_store() -> SignIn:
    """Open what signing in needs; use it in a `with` block."""
    return SignIn(access())


def client_address() -> str:
    """Return the network address of the browser; empty for one on this machine."""
    address = st.context.ip_address
    return address if isinstance(address, str) else ""


def sign_in_of_visit(fresh: bool = False) -> SignedIn:
    """Return who is signed in in this visit.

    Args:
        fresh: ask the data base now; otherwise what it said up to TRUSTED_S ago is enough.

    Raises:
        SignedOutError: nobody is any more; app.py shows the sign-in page at its next run.
    """
    held: tuple[SignedIn, float] | None = st.session_state.get(_SIGN_IN)
    if held is None:
        raise SignedOutError(None)
    who, asked = held
    if fresh or time.monotonic() - asked > TRUSTED_S:
        with sign_in_store() as front:
            who = front.active(who.sign_in_id)
        take_sign_in(who)
    return who


def signed_in_before() -> bool:
    """True if somebody signed in in this visit, whether or not that still holds."""
    return _SIGN_IN in st.session_state


def take_sign_in(who: SignedIn) -> None:
    """From here on in this visit, this person is signed in."""
    st.session_state[_SIGN_IN] = (who, time.monotonic())


def forget_sign_in() -> None:
    """From here on in this visit, nobody is signed in."""
    st.session_state.pop(_SIGN_IN, None)


def actor() -> Actor:
    """Return who reads and writes in this visit: who is signed in, or in the demonstration whoever gave a name.

    Where that has ended, what asks goes no further, be it a page, a part of one or a press: app.py runs anew and shows
    the sign-in page.

    Raises:
        SignedOutError: nobody is signed in any more, and there is no page to run anew.
    """
    if without_sign_in():
        return Actor(st.session_state.get(_ACTING) or ACTOR, trusted=True)
    try:
        return sign_in_of_visit().actor
    except SignedOutError:
        st.rerun()
        raise


def acting_name() -> str | None:
    """Return the name of who acts in this visit, or None in a demonstration in which nobody has given one."""
    return st.session_state.get(_ACTING) if without_sign_in() else actor().name


def set_acting_name(name: str) -> None:
    """From here on in this visit of a demonstration, whoever has this name acts; an empty name is nobody."""
    st.session_state[_ACTING] = " ".join(name.split()) or None


def open_log() -> PatientLog:
    """Open the patient log; use it in a `with` block."""
    return PatientLog(actor=actor())


def open_care() -> CareLog:
    """Open what is kept of a patient's care; use it in a `with` block."""
    return CareLog(actor=actor())


def open_manual() -> ManualLog:
    """Open the ratings by hand; use it in a `with` block."""
    return ManualLog(actor=actor())


def open_ward() -> WardLog:
    """Open the ward as a whole; use it in a `with` block."""
    return WardLog(actor=actor())


def settle_memory() -> None:
    """Leave what is loaded by now out of the search for garbage; it stays for good.

    Streamlit searches all of memory for garbage after each run of a page. With the model's libraries loaded that takes
    0.3 s, during which nothing else runs, again and again while a recording is being scored.
    """
    gc.collect()
    gc.freeze()


@st.cache_resource(show_spinner="Loading the model")
def shared_grader() -> Grader:
    """Return the model, loaded once for all visits; grading does not change it, so that visits can share it."""
    # Its libraries take seconds to load; pages that grade nothing open without them.
    from peea.graders import load_grader

    grader = load_grader(rules=shared_settings().inference)
    settle_memory()
    return grader


@st.cache_resource(show_spinner=False)
def shared_settings() -> Settings:
    """Return the site's settings, read once."""
    return load_settings()
