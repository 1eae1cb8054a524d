"""Live grading: how much pain does this face show?"""

import streamlit as st

from pages.parts.assessment_view import model_line, show_course, show_result, show_tables
from pages.parts.camera import camera, say_if_insecure
from pages.parts.live_visit import MONITORING, RECORDING, LiveVisit, live
from pages.parts.monitoring_view import show_alert, show_episodes
from pages.parts.patient_choice import choose_patient, chosen_patient_banner
from pages.parts.result_actions import save_or_start_over
from pages.parts.saying import problems_told, say
from pages.parts.sheets import offer_record_sheet
from pages.parts.visit import open_log, shared_settings
from pages.parts.way_in import require_app
from peea.assessment.wording import seconds_text
from peea.grade_style import style_of
from peea.language import Names, joined, later, listed, t, tn
from peea.live.view import LiveView, Stage
from peea.live.wording import MISSING
from peea.model_cards import read_card
from peea.plots.live import live_chart
from peea.scales import CONTEXT_NAMES, PAIN_GRADES, Context, Grade

LOOK_S = 1.0
"""Seconds between two looks at the session."""

MONITORED_CHART_S = 60.0

_CONTEXT, _WAY, _ALERT = "live_context", "live_way", "live_alert"
"""Names of the fields."""

WAYS = Names(
    {RECORDING: later("One recording, with a result at its end"), MONITORING: later("Keep watching, with an alert")}
)


def page() -> None:
    """Show the step at which this visit's live grading is."""
    visit = live()
    visit.take_over()
    st.title(t("Live grading"), anchor=False)
    chosen_patient_banner(visit)
    if visit.assessment is not None:
        result(visit)
        return
    # The camera keeps its place on the page while the form above it goes: moved, it would begin anew.
    with st.container():
        if not visit.camera_on:
            preparation(visit)
    with st.container():
        if visit.chosen:
            bedside(visit)
        else:
            visit.turn_off()
    if not visit.camera_on:
        card = read_card()
        model_line(card["name"], card["version"], card["trained_on"], card["clinically_validated"])


def preparation(visit: LiveVisit) -> None:
    """Ask for patient and context before the camera; nothing is preset."""
    if visit.notice is not None:
        say(visit.notice, "warning")
    say_if_insecure()
    choose_patient(visit)
    # The visit knows what was chosen; the fields forget it when they are not shown for a while.
    usual = Grade(shared_settings().live.alert_grade)
    for key, chosen in ((_CONTEXT, visit.context), (_WAY, visit.way), (_ALERT, visit.alert_grade or usual)):
        st.session_state.setdefault(key, chosen)
    visit.context = st.pills(
        t("What does the patient do?"), list(Context), key=_CONTEXT, format_func=CONTEXT_NAMES.__getitem__
    )
    visit.way = st.segmented_control(
        t("How"), [RECORDING, MONITORING], key=_WAY, required=True, format_func=WAYS.__getitem__
    )
    if visit.way == MONITORING:
        visit.alert_grade = st.segmented_control(
            t("Alert from this grade on, once it has held"),
            list(PAIN_GRADES),
            key=_ALERT,
            required=True,
            format_func=lambda grade: style_of(grade).label,
        )
    missing = [
        name
        for name, value in ((t("the patient"), visit.patient_id), (t("what the patient does"), visit.context))
        if value is None
    ]
    if missing:
        st.caption(t("Still to choose: {missing}. Then the camera can be turned on.", missing=listed(missing)))
    st.caption(joined([t("The camera stands 1 to 1.5 m from the face."), pictures_kept(visit)]))


def pictures_kept(visit: LiveVisit) -> str:
    """Say whether pictures of the face are kept."""
    if visit.may_keep_pictures():
        return t(
            "The patient has consented: a few key frames of the face are kept for rating when the result is saved."
        )
    return t("No picture is kept.")


def bedside(visit: LiveVisit) -> None:
    """Show the camera and, beside it, what is to be done and what is graded."""
    if visit.session is None:
        visit.turn_on()
    picture, beside = st.columns([3, 2])
    with picture:
        on = visit.session is not None and camera(visit.session, visit.cameras)
        if visit.camera_on and visit.context is not None:
            st.caption(CONTEXT_NAMES[visit.context])
    if on != visit.camera_on:
        visit.camera_on = on
        if not on:
            visit.camera_gone()
        st.rerun()
    with beside:
        status()


@st.fragment(run_every=LOOK_S)
def status() -> None:
    """Show where the session stands, until it ends."""
    with problems_told():
        visit = live()
        session = visit.session
        if session is None or visit.take_over():
            st.rerun()
        view = session.view
        if view.stage in (Stage.WAITING, Stage.READY):
            before_start(visit, view)
        elif view.stage is Stage.RECORDING:
            while_recording(visit, view)
        else:
            while_monitoring(visit, view)


def before_start(visit: LiveVisit, view: LiveView) -> None:
    """Say what is missing for a start; offer it once nothing is."""
    if not visit.camera_on:
        say(t("Turn the camera on, and allow this page to use it if the browser asks."))
    elif not view.camera_on:
        say(t("Waiting for the camera."))
    elif view.stage is Stage.READY:
        say(t("The face can be graded."), "good")
    elif view.problem is not None:
        say(MISSING[view.problem], "warning")
    else:
        say(t("A face was found. One moment."))
    start = t("Start recording") if visit.way == RECORDING else t("Start watching")
    if st.button(start, type="primary", width="stretch", disabled=view.stage is not Stage.READY):
        begin(visit)
    if visit.camera_on and st.button(t("Back"), width="stretch"):
        visit.turn_off()
        st.rerun()


def begin(visit: LiveVisit) -> None:
    """Start the recording or the monitoring."""
    watch_from = (visit.alert_grade or Grade(shared_settings().live.alert_grade)) if visit.way == MONITORING else None
    if visit.start(watch_from):
        st.rerun(scope="fragment")
    say(t("The face was lost just now. Start again once it can be graded."), "warning")


def while_recording(visit: LiveVisit, view: LiveView) -> None:
    """Show the countdown and the chart that grows."""
    planned_s = view.planned_s or 1.0
    st.html(
        f'<div class="peea-working" role="status">'
        f"{t('Recording, {left} left.', left=seconds_text(round(view.seconds_left or 0.0)))}</div>"
    )
    st.progress(min(1.0, view.done_s / planned_s))
    chart(visit, planned_s, 0.0)
    if st.button(t("Stop"), width="stretch"):
        visit.turn_off()
        st.rerun()
    speed(view)


def while_monitoring(visit: LiveVisit, view: LiveView) -> None:
    """Show the alert, the chart of the last minute and the episodes so far."""
    session = visit.session
    if session is None:
        return
    show_alert(session, visit.alert_grade)
    st.html(
        f'<div class="peea-working" role="status">'
        f"{t('Watching for {length}.', length=seconds_text(round(view.done_s)))}</div>"
    )
    chart(visit, MONITORED_CHART_S, max(0.0, view.done_s - MONITORED_CHART_S))
    if st.button(t("End the watching"), width="stretch"):
        visit.turn_off()
        st.rerun()
    show_episodes(session)
    speed(view)


def chart(visit: LiveVisit, length_s: float, from_s: float) -> None:
    """Show the grades so far."""
    if visit.session is not None:
        st.image(live_chart(visit.session.records, length_s, from_s), width="stretch")


def speed(view: LiveView) -> None:
    """Say how many frames a second are graded, and what stands in the way now."""
    said = [t("{rate} frames a second graded.", rate=f"{view.frames_a_second:.0f}")]
    if view.problem is not None:
        said.append(MISSING[view.problem])
    st.caption(joined(said))


def result(visit: LiveVisit) -> None:
    """Show the result as that of a file, save it, go on to the next."""
    assessment = visit.assessment
    if assessment is None:
        return
    show_result(assessment, new=visit.saved is None)
    save_or_start_over(visit, t("Record again"))
    if visit.kept_pictures:
        st.caption(
            tn(
                "{n} key frame of the face is kept for rating, as the patient has consented.",
                "{n} key frames of the face are kept for rating, as the patient has consented.",
                visit.kept_pictures,
            )
        )
    if visit.ended is not None and visit.ended.monitored_from is not None:
        st.header(t("Episodes of pain while watching"), anchor=False)
        show_episodes(visit.ended, at_most=None)
    if visit.patient_id is not None:
        with open_log() as log:
            patient = log.patient(visit.patient_id)
        offer_record_sheet(patient, assessment, saved=visit.saved is not None)
    show_course(assessment, None)
    show_tables(assessment)
    model = assessment.model
    model_line(model.name, model.version, model.trained_on, model.clinically_validated)


require_app()
page()
