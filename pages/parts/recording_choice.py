"""Choosing the recording: an upload or a demonstration recording, with a still to see that it is the right one."""

from __future__ import annotations

import streamlit as st

from pages.parts.chips import escape
from pages.parts.saying import say
from pages.parts.visit import Scoring, scoring, shared_settings
from peea.assessment.wording import seconds_text
from peea.demonstration import demonstration_recordings
from peea.frames import RecordingError, frame_at
from peea.held_recording import HeldRecording
from peea.language import Names, later, t
from peea.scales import CONTEXT_NAMES

UPLOAD, DEMONSTRATION = "upload", "demonstration"
WAYS = Names({UPLOAD: later("Upload a recording"), DEMONSTRATION: later("Take a demonstration recording")})
KINDS = ["mp4", "mov", "avi", "mkv", "webm", "m4v"]
STILL_AT_S = 1.0
"""Seconds into the recording; the very first picture of a camera is often dark or blurred."""


def choose_recording(holder: Scoring | None = None, key: str = "recording") -> None:
    """Let a recording be chosen; it goes into the holder, with what is wrong with it if it cannot be read.

    Args:
        holder: who keeps it; the visit's scoring if None.
        key: under which the choice is known, a key of its own on each page.
    """
    visit = holder or scoring()
    if visit.recording is not None:
        _show_chosen(visit)
        return
    way = st.segmented_control(
        t("Recording"), list(WAYS), format_func=WAYS.__getitem__, default=UPLOAD, required=True, key=f"{key}_way"
    )
    if way == DEMONSTRATION:
        _demonstration(visit)
    else:
        _upload(visit, key)


def _upload(visit: Scoring, key: str) -> None:
    upload = st.file_uploader(
        t("Video of 20 to 25 seconds, face uncovered, camera 1 to 1.5 m from the face"),
        type=KINDS,
        key=f"{key}_upload_{visit.uploads}",
    )
    if upload is None:
        return
    try:
        recording = HeldRecording.copy_of(upload, upload.name)
    except OSError as error:
        say(
            t(
                "The recording could not be stored: {why}. Make room on the disk and upload it again.",
                why=error.strerror,
            ),
            "error",
        )
        return
    # A new number is a new, empty field: the upload itself, now copied, is not kept in memory any longer.
    visit.uploads += 1
    _take(visit, recording, t("Uploaded recording"))


def _demonstration(visit: Scoring) -> None:
    recordings = demonstration_recordings()
    if not recordings:
        say(t("No demonstration recordings are installed. Upload a recording instead."))
        return
    chosen = st.selectbox(
        t("Demonstration recording"),
        recordings,
        index=None,
        format_func=lambda recording: t(recording.title),
        placeholder=t("Choose one of the simulated patients"),
    )
    if chosen is not None:
        note = t(
            "{title}. {length}, {context}. Simulated.",
            title=t(chosen.title),
            length=seconds_text(chosen.duration_s),
            context=CONTEXT_NAMES[chosen.context].lower(),
        )
        _take(visit, HeldRecording.of_file(chosen.path, chosen.path.name), note)


def _take(visit: Scoring, recording: HeldRecording, note: str) -> None:
    visit.take(recording, note)
    try:
        visit.still = frame_at(recording.path, STILL_AT_S, shared_settings().recordings, recording.name).image
    except RecordingError as error:
        visit.problem = str(error)
    st.rerun()


def _show_chosen(visit: Scoring) -> None:
    if visit.recording is None:
        return
    st.html(f'<div class="peea-label">{escape(t("Recording"))}</div>')
    picture, words = st.columns([2, 3], vertical_alignment="center")
    if visit.still is not None:
        picture.image(visit.still, width="stretch")
    with words if visit.still is not None else st.container():
        st.html(
            f'<div class="peea-row"><b>{escape(visit.recording.name)}</b><br>'
            f'<span class="quiet">{escape(visit.note)}</span></div>'
        )
        if visit.problem is not None:
            say(visit.problem, "error")
        st.button(t("Choose another recording"), on_click=visit.put_recording_back)
