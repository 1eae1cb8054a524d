"""What a visit holds of live grading: the patient, the camera's session, its result."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module

import streamlit as st

from pages.parts.saying import say
from pages.parts.visit import actor, open_log, shared_grader, shared_settings
from peea.access import Actor
from peea.assessment import Assessment
from peea.clock import in_zone, time_text
from peea.language import t
from peea.live.pictures import HeldPictures
from peea.live.session import LiveSession
from peea.live.turns import shared_turns
from peea.live.view import Stage
from peea.scales import Context, Grade
from peea.store import NoConsentError, PatientLog, SavedAssessment
from peea.store.live_key_frames import LiveKeyFrames
from peea.store.monitoring_log import Episode, MonitoringLog

_LIVE = "live"
RECORDING, MONITORING = "recording", "monitoring"


@dataclass
class LiveVisit:
    """Live grading in this visit, from choosing the patient to the saved result.

    Attributes:
        patient_id: whose face; None until chosen.
        context: what the patient does; None until chosen.
        way: RECORDING or MONITORING.
        alert_grade: from which grade on monitoring raises an alert; None until chosen.
        session: the camera's, from when it may be turned on.
        camera_on: the browser is connecting or connected, as of the last run of the page.
        ended: the session that the result comes from.
        assessment: the result.
        saved: the line in the patient log, once saved.
        cameras: how often the camera was turned on; each time the browser's part begins anew.
        pictures: held of the recording under way, or None where the patient has not consented to key frames.
        kept_pictures: how many of them were kept with the saved result.
        notice: what is to be said above the form, as a sentence.
    """

    patient_id: str | None = None
    context: Context | None = None
    way: str = RECORDING
    alert_grade: Grade | None = None
    session: LiveSession | None = None
    camera_on: bool = False
    ended: LiveSession | None = None
    assessment: Assessment | None = None
    saved: SavedAssessment | None = None
    cameras: int = 0
    pictures: HeldPictures | None = None
    kept_pictures: int = 0
    notice: str | None = None

    @property
    def unsaved(self) -> bool:
        """True if there is a result that would be lost by leaving."""
        return self.assessment is not None and self.saved is None

    @property
    def chosen(self) -> bool:
        """True if the camera may be turned on: it is known who is in front of it and what the patient does."""
        return self.patient_id is not None and self.context is not None

    @property
    def running(self) -> bool:
        """True while a recording or monitoring is under way."""
        return self.session is not None and self.session.view.stage in (Stage.RECORDING, Stage.MONITORING)

    def turn_on(self) -> None:
        """Make a session for a camera that may be turned on."""
        # Both load the networks' libraries; pages that show no camera open without them. The grader's come first: a
        # thread may still be loading those, and whoever came to them another way could meet half-made modules.
        import_module("peea.graders")
        from peea.faces.patient_face import FaceFinder

        settings = shared_settings()
        self.cameras += 1
        self.session = LiveSession(lambda: FaceFinder(settings.faces), shared_grader(), shared_turns(), settings)

    def may_keep_pictures(self) -> bool:
        """Return whether key frames of this recording may be kept: a single one, of a patient who has consented."""
        if self.patient_id is None or self.way == MONITORING:
            return False
        with LiveKeyFrames(actor=actor()) as store:
            return store.may_keep(self.patient_id)

    def start(self, watch_from: Grade | None) -> bool:
        """Start the recording, or the monitoring with alerts from a grade on; return whether there was a face to."""
        if self.session is None or self.context is None:
            return False
        rules = shared_settings()
        self.notice = None
        self.pictures = HeldPictures(rules.rating.key_frames, rules.faces) if self.may_keep_pictures() else None
        return self.session.start(self.context, keep=self.keeper(), keep_picture=self.pictures, monitor_from=watch_from)

    def keeper(self) -> Callable[[Assessment], None]:
        """Return what saves a result that nobody took over; it runs when no page does any more."""
        patient_id, who, session, pictures = self.patient_id, actor(), self.session, self.pictures

        def keep(assessment: Assessment) -> None:
            if patient_id is not None and session is not None:
                self.saved = _saved(patient_id, assessment, session, who)
                _keep_key_frames(patient_id, assessment, pictures, who)

        return keep

    def take_over(self) -> bool:
        """Take over what the session ended with and let the camera go; return whether it has ended."""
        session = self.session
        if session is None or session.view.stage not in (Stage.FINISHED, Stage.INTERRUPTED):
            return False
        self.assessment = session.claim()
        self.session, self.ended, self.camera_on = None, session, False
        if self.assessment is None:
            self.notice = t("The recording ended before a face was graded. Nothing was saved.")
        return True

    def turn_off(self) -> None:
        """Let the camera go; what was graded is kept as an interrupted recording."""
        if self.session is not None:
            self.session.stop()
            if not self.take_over():
                self.session, self.camera_on = None, False

    def camera_gone(self) -> None:
        """Note that the camera was turned off by its own button, or the connection to it ended.

        A recording under way is interrupted at once: this comes before the camera's last word, and until that the form
        for the next patient would be shown.
        """
        if self.session is not None and self.running:
            self.session.camera_ended()
            self.take_over()

    def leave(self) -> None:
        """Note that another page is shown: the browser has let the camera go."""
        if self.session is not None:
            self.session.camera_ended()
            if not self.take_over():
                self.session, self.camera_on = None, False

    def save(self) -> None:
        """Write the result into the patient log."""
        if self.patient_id is not None and self.assessment is not None and self.ended is not None:
            self.saved = _saved(self.patient_id, self.assessment, self.ended, actor())
            self.kept_pictures = _keep_key_frames(self.patient_id, self.assessment, self.pictures, actor())

    def start_over(self) -> None:
        """Forget the result and what the patient did, keep the patient."""
        self.session = self.ended = self.assessment = self.saved = self.context = self.notice = self.pictures = None
        self.kept_pictures = 0


def _saved(patient_id: str, assessment: Assessment, session: LiveSession, who: Actor) -> SavedAssessment:
    """Write a result into the patient log; of a monitoring also a row for each episode of pain."""
    with PatientLog(actor=who) as log:
        saved = log.save_assessment(patient_id, assessment)
    if session.monitored_from is not None and session.started is not None:
        episodes = [
            Episode(one.grade, one.start_s, one.duration_s, alert=one.grade >= session.monitored_from)
            for one in session.episodes
        ]
        with MonitoringLog(actor=who) as rows:
            rows.save(patient_id, assessment, session.started, episodes)
    return saved


def _keep_key_frames(patient_id: str, assessment: Assessment, pictures: HeldPictures | None, who: Actor) -> int:
    """Keep the key frames of a recording for rating; return how many. None without the patient's consent."""
    if pictures is None:
        return 0
    chosen = pictures.key_frames(assessment)
    made_at = in_zone(assessment.recorded_at)
    when = f"{time_text(made_at)}:{made_at:%S}"
    try:
        with LiveKeyFrames(actor=who) as store:
            made = store.keep(patient_id, assessment.recording, assessment.context, chosen, when)
    except NoConsentError:
        # Taken back between the recording and its saving: the result is saved, the pictures are gone.
        return 0
    return 0 if made is None else made.items


def live() -> LiveVisit:
    """Return the live grading of this visit."""
    if _LIVE not in st.session_state:
        st.session_state[_LIVE] = LiveVisit()
    return st.session_state[_LIVE]


def open_live_work() -> None:
    """On other pages: the camera is off; say that its result waits to be saved."""
    visit = live()
    visit.leave()
    if visit.patient_id is None or not visit.unsaved:
        return
    with open_log() as log:
        name = log.patient(visit.patient_id).name
    say(t("The live result for {name} is not saved yet. It is kept until this window is closed.", name=name), "warning")
    if st.button(t("Back to the live result")):
        st.switch_page("pages/live_grading.py")
