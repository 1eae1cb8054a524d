"""One assessment on the page: the sentence first, numbers under it, charts under them, the chosen moment beside."""

from __future__ import annotations

import numpy as np
import streamlit as st

from pages.parts.chips import chip, escape, numbers
from pages.parts.heat_map_view import show_heat_map
from pages.parts.reading_aloud import read_aloud
from pages.parts.saying import problems_told, say
from pages.parts.visit import shared_settings
from peea.assessment import Assessment, FrameRecord, remarks, result_sentence
from peea.assessment.wording import percent_text, seconds_text
from peea.frames import RecordingError, frame_at
from peea.grade_style import style_of
from peea.held_recording import HeldRecording
from peea.language import joined, later, t
from peea.marked_frame import face_sketch, marked_frame
from peea.model_cards import training_text
from peea.moments import PROBLEM_NAMES, confidence_words, grade_of_frame, lost_words, nearest_frame, telling_moment
from peea.plots import CHART_CONFIG, action_figure, thinned, timeline_figure
from peea.scales import CONTEXT_NAMES
from peea.tables import episode_table, frame_table, grade_table

KEPT_NO_PICTURE = later(
    "Pictures are not kept in the patient log. The sketch shows where the face was: box, eyes, nose and mouth corners."
)


def show_result(assessment: Assessment, new: bool = False, preliminary: bool = True) -> None:
    """Show the sentence, what else should be said, and the numbers.

    Args:
        assessment: what was found.
        new: it is read aloud at once.
        preliminary: no clinician has decided about it yet.
    """
    timeline, sentence = assessment.timeline, result_sentence(assessment, preliminary)
    said = "".join(f'<p class="remark">{escape(remark)}</p>' for remark in remarks(assessment))
    st.html(
        f'<div class="peea-result" role="region" aria-label="{escape(t("Result"))}">{chip(assessment.report_grade)}'
        f'<p class="sentence">{escape(sentence)}</p>{said}</div>'
    )
    read_aloud(joined([sentence, *remarks(assessment)]), assessment.assessment_id, at_once=new)
    held = "–" if timeline.report_grade is None else seconds_text(timeline.seconds.get(timeline.report_grade, 0.0))
    peak = "–" if timeline.peak_grade is None else style_of(timeline.peak_grade).label
    context = t("not given") if assessment.context is None else CONTEXT_NAMES[assessment.context]
    face = t("{share} of {length}", share=percent_text(timeline.coverage), length=seconds_text(timeline.duration_s))
    st.html(
        numbers(
            [
                (t("Reported grade held"), held),
                (t("Highest stable grade"), peak),
                (t("Face could be graded"), face),
                (t("What the patient did"), context),
            ]
        )
    )


def model_line(name: str, version: str, trained_on: str, clinically_validated: bool) -> None:
    """Say which model grades, what it was trained on, and whether it was validated here."""
    validated = (
        t("Validated at this site.")
        if clinically_validated
        else t("Not validated for clinical decisions. It supports staff; ask the patient first.")
    )
    graded_by = t("Graded by the model {name} {version}.", name=name, version=version)
    training = t("Trained on: {what}.", what=training_text(trained_on))
    st.html(f'<div class="peea-model">{escape(joined([graded_by, training, validated]))}</div>')


@st.fragment
def show_course(assessment: Assessment, recording: HeldRecording | None) -> None:
    """Show the timeline, and the moment that is chosen in it by a press on the chart or with the slider.

    Args:
        assessment: what to show.
        recording: where its pictures can be read, or None if they are not kept.
    """
    with problems_told():
        if not assessment.frames:
            say(t("This assessment has no frames to show."))
            return
        _course(assessment, recording)


def _course(assessment: Assessment, recording: HeldRecording | None) -> None:
    st.header(t("The course of the recording"), anchor=False)
    times = [frame.time_s for frame in thinned(assessment.frames)]
    slider, chart = f"moment_{assessment.assessment_id}", f"timeline_{assessment.assessment_id}"
    if st.session_state.get(slider) not in times:
        first = telling_moment(assessment).time_s
        st.session_state[slider] = min(times, key=lambda time_s: abs(time_s - first))

    def take_from_chart() -> None:
        points = st.session_state[chart].selection.points
        if points:
            st.session_state[slider] = min(times, key=lambda time_s: abs(time_s - points[0]["x"]))

    def step(direction: int) -> None:
        at = times.index(st.session_state[slider]) + direction * max(1, len(times) // 40)
        st.session_state[slider] = times[min(max(at, 0), len(times) - 1)]

    st.plotly_chart(
        timeline_figure(assessment, st.session_state[slider]),
        theme=None,
        key=chart,
        on_select=take_from_chart,
        selection_mode="points",
        config=CHART_CONFIG,
        alt=t("Graded course of the recording: probability of each grade, stable grades, face, PSPI over seconds"),
    )
    lost = lost_words(assessment.timeline)
    st.caption(joined([lost, t("Press on the chart to choose a moment, or move the slider.")]))
    earlier, middle, after = st.columns([1, 5, 1], vertical_alignment="bottom")
    earlier.button(t("Earlier"), on_click=step, args=(-1,), width="stretch")
    with middle:
        chosen_s = st.select_slider(
            t("Moment"), times, key=slider, format_func=lambda time_s: t("{number} s", number=f"{time_s:.2f}")
        )
    after.button(t("Later"), on_click=step, args=(1,), width="stretch")
    _moment(assessment, nearest_frame(assessment, chosen_s), recording)


def _moment(assessment: Assessment, frame: FrameRecord, recording: HeldRecording | None) -> None:
    st.header(t("The face at {seconds} s", seconds=f"{frame.time_s:.1f}"), anchor=False)
    picture, words = st.columns(2)
    with picture:
        image = _picture(assessment, frame, recording)
    graded = grade_of_frame(frame)
    with words:
        if graded is None:
            why = "" if frame.problem is None else t("{problem}.", problem=PROBLEM_NAMES[frame.problem])
            said = joined([t("This moment was not graded."), why])
            st.html(f'{chip(None)}<p class="peea-row">{escape(said)}</p>')
            return
        share = graded.probabilities[graded.grade]
        dim = t("The light was dim: graded in a brightened copy.") if frame.dim else ""
        pspi = "" if graded.pspi is None else t("PSPI {total} of 16", total=f"{graded.pspi:.1f}")
        st.html(
            f'{chip(graded.grade)}<p class="peea-row">{escape(confidence_words(share))} '
            f'<span class="quiet">{escape(t("Counted on simulated patients."))}</span> {escape(dim)}</p>'
            f'<p class="peea-row"><b>{escape(pspi)}</b></p>'
        )
        _actions(assessment, frame)
    if image is not None:
        show_heat_map(assessment, frame, image)


def _actions(assessment: Assessment, frame: FrameRecord) -> None:
    if frame.actions is not None:
        st.plotly_chart(
            action_figure(frame),
            theme=None,
            config=CHART_CONFIG,
            key=f"actions_{assessment.assessment_id}",
            alt=t("Face actions at this moment, from absent to e"),
        )


def _picture(assessment: Assessment, frame: FrameRecord, recording: HeldRecording | None) -> np.ndarray | None:
    """Show the picture of a moment, and return it; a sketch where none is kept."""
    if recording is None or not recording.available:
        st.image(face_sketch(frame, assessment.width, assessment.height), width="stretch")
        st.caption(t(KEPT_NO_PICTURE))
        return None
    try:
        shown = frame_at(recording.path, frame.time_s, shared_settings().recordings, recording.name)
    except RecordingError as error:
        say(str(error), "error")
        return None
    st.image(marked_frame(shown.image, frame), width="stretch")
    if frame.box is not None:
        st.caption(t("Marked: the face that was graded, with eyes, nose and mouth corners."))
    return shown.image


def show_tables(assessment: Assessment) -> None:
    """Offer the same numbers as tables, one press away."""
    with st.expander(t("The same numbers as tables")):
        st.subheader(t("Seconds of each grade"), anchor=False)
        st.dataframe(grade_table(assessment), hide_index=True, width="stretch")
        st.subheader(t("Stable episodes"), anchor=False)
        st.dataframe(episode_table(assessment), hide_index=True, width="stretch")
        st.subheader(t("Every frame"), anchor=False)
        st.dataframe(frame_table(assessment), hide_index=True, width="stretch")
