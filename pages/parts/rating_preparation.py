"""Preparing a set: choose recordings, look at the key frames that are proposed, confirm."""

from __future__ import annotations

from datetime import UTC, datetime

import streamlit as st

from pages.parts.chips import as_text, escape
from pages.parts.rating_queue import KIND_NAMES
from pages.parts.rating_room import Preparation, open_ratings, rating_room
from pages.parts.recording_choice import KINDS
from pages.parts.saying import problems_told, say
from pages.parts.visit import open_care, open_log, shared_grader, shared_settings
from peea.demonstration import DemonstrationRecording, demonstration_recordings
from peea.held_recording import HeldRecording
from peea.kept_scores import kept_score
from peea.language import t, tn
from peea.model_cards import read_card
from peea.rating_proposal import Proposal, ProposalJob, Source
from peea.scales import CONTEXT_NAMES, Context
from peea.store import NewItem, Patient, SetKind
from peea.store.care import ConsentDecision, ConsentPurpose

POLL_S = 0.5
PICTURES_A_ROW = 4


def prepare() -> None:
    """Show the step at which the preparation is."""
    room = rating_room()
    room.preparation.take_over()
    if room.preparation.job is not None:
        _looking()
    elif room.preparation.proposals is not None:
        _confirm(room.preparation)
    else:
        _choose(room.preparation)


def _choose(now: Preparation) -> None:
    st.caption(
        t("Who prepares a set chooses what is rated. Raters see neither the title of a recording nor its grade.")
    )
    now.kind = st.segmented_control(
        t("What is rated?"),
        list(SetKind),
        default=now.kind,
        required=True,
        format_func=KIND_NAMES.__getitem__,
        key="set_kind",
    )
    if now.kind is SetKind.KEY_FRAMES:
        st.caption(t("Single pictures, rated by face actions (PSPI). They can train a grader."))
    else:
        st.caption(t("Whole recordings, rated by VAS 0-10."))
    people = [each for each in demonstration_recordings() if each.person is not None]
    chosen = st.multiselect(
        t("Demonstration recordings"),
        people,
        format_func=lambda each: each.title,
        placeholder=t("Choose simulated patients"),
        key="set_demonstrations",
    )
    if st.checkbox(t("All demonstration recordings"), key="set_all"):
        chosen = people
    _patients_recording(now)
    if now.sources:
        st.html(
            "".join(
                f'<div class="peea-row"><b>{escape(each.patient_code)}</b> {escape(each.name)}</div>'
                for each in now.sources
            )
        )
    count = len(chosen) + len(now.sources)
    if now.kind is SetKind.KEY_FRAMES:
        if st.button(t("Propose key frames"), type="primary", width="stretch", disabled=not count):
            sources = [*map(_demonstration, chosen), *now.sources]
            now.job = ProposalJob(sources, shared_grader, shared_settings())
            st.rerun()
    else:
        title = st.text_input(t("Title of the set"), key="set_title")
        if st.button(t("Make this set"), type="primary", width="stretch", disabled=not (count and title.strip())):
            sources = [*map(Source.of_demonstration, chosen), *now.sources]
            _make(title, SetKind.RECORDINGS, [each.whole() for each in sources])
    if not count:
        st.caption(t("Still to choose: a recording."))


def _demonstration(recording: DemonstrationRecording) -> Source:
    kept = kept_score(recording, str(read_card()["weights"]["sha256"]), datetime.now(UTC))
    return Source.of_demonstration(recording, kept)


def _patients_recording(now: Preparation) -> None:
    with st.expander(t("A patient's recording")):
        with open_log() as log:
            patients = {patient.patient_id: patient for patient in log.patients()}
        patient_id = st.selectbox(
            t("Patient"),
            list(patients),
            index=None,
            format_func=lambda one: f"{patients[one].study_code} · {patients[one].name}",
            placeholder=t("Type a name or a study code"),
            key="set_patient",
        )
        context = st.pills(
            t("What did the patient do?"), list(Context), format_func=CONTEXT_NAMES.__getitem__, key="set_context"
        )
        if patient_id is None:
            return
        patient = patients[patient_id]
        if not _consents(patient):
            say(
                t(
                    "{name} has not consented to pictures of the face being kept. Ask, and enter the consent on the "
                    "patient's page.",
                    name=patient.name,
                ),
                "warning",
            )
            return
        if (
            now.kind is SetKind.RECORDINGS
            and not patient.demonstration
            and not shared_settings().keeping.recordings_kept
        ):
            say(
                t(
                    "This site does not keep recordings of patients. Let key frames be rated, or ask the administrator "
                    "for the setting keep_recordings."
                ),
                "warning",
            )
            return
        upload = st.file_uploader(t("The recording"), type=KINDS, key=f"set_upload_{now.uploads}")
        if upload is not None and context is None:
            st.caption(t("Still to choose: what the patient did."))
        elif upload is not None:
            try:
                held = HeldRecording.copy_of(upload, upload.name)
            except OSError as error:
                say(t("The recording could not be stored: {why}. Make room on the disk.", why=error.strerror), "error")
                return
            now.held.append(held)
            now.sources.append(Source(held.path, held.name, patient.study_code, patient.patient_id, context))
            now.uploads += 1
            st.rerun()


def _consents(patient: Patient) -> bool:
    if patient.demonstration:
        return True
    with open_care() as care:
        decision = care.consents_in_force(patient.patient_id).get(ConsentPurpose.KEY_FRAMES)
    return decision is not None and decision.decision is ConsentDecision.GIVEN


@st.fragment(run_every=POLL_S)
def _looking() -> None:
    with problems_told():
        now = rating_room().preparation
        job = now.job
        if job is None or not job.running:
            st.rerun()
            return
        with st.container(border=True):
            st.html(f'<div class="peea-working" role="status">{escape(job.sentence)}</div>')
            st.progress(job.share)
            found = len(job.proposals)
            st.caption(tn("{n} key frame so far", "{n} key frames so far", found))
            if st.button(t("Stop here"), width="stretch"):
                job.cancel()


def _confirm(now: Preparation) -> None:
    proposals = now.proposals or []
    for remark in now.remarks:
        say(remark)
    if not proposals:
        say(t("No key frame was found. Choose other recordings."), "warning")
        st.button(t("Choose other recordings"), on_click=_again, type="primary")
        return
    st.header(t("Look through the key frames"), anchor=False)
    st.caption(t("Take out what shows nothing to rate. Nobody sees here how PEEA graded a face."))
    kept: list[Proposal] = []
    for first in range(0, len(proposals), PICTURES_A_ROW):
        row = proposals[first : first + PICTURES_A_ROW]
        for number, (column, each) in enumerate(zip(st.columns(PICTURES_A_ROW), row, strict=False), start=first):
            with column:
                st.image(each.key_frame.picture, width="stretch")
                label = t("{code}, {time} s", code=each.source.patient_code, time=f"{each.key_frame.time_s:.1f}")
                if st.checkbox(as_text(label), value=True, key=f"keep_{number}"):
                    kept.append(each)
    patients = len({each.source.patient_code for each in kept})
    title = st.text_input(t("Title of the set"), key="set_title")
    make, again = st.columns([3, 1])
    count = len(kept)
    if make.button(
        tn("Make a set of {n} key frame", "Make a set of {n} key frames", count),
        type="primary",
        width="stretch",
        disabled=not (kept and title.strip()),
    ):
        _make(title, SetKind.KEY_FRAMES, [each.source.frame(each.key_frame) for each in kept])
    again.button(t("Begin again"), on_click=_again, width="stretch")
    if not title.strip():
        st.caption(t("Still to give: a title."))
    elif patients < 3:
        say(t("A grader needs key frames of three patients or more: to learn from, to choose by, and to be judged on."))


def _make(title: str, kind: SetKind, items: list[NewItem]) -> None:
    with open_ratings() as store:
        made = store.make_set(title, kind, items, recordings_kept=shared_settings().keeping.recordings_kept)
    _again()
    rating_room().notice = tn(
        "The set {title} with {n} item is ready to be rated.",
        "The set {title} with {n} items is ready to be rated.",
        made.items,
        title=made.title,
    )
    st.session_state["rating_task_next"] = "rate"
    st.rerun()


def _again() -> None:
    room = rating_room()
    for held in room.preparation.held:
        held.discard()
    room.preparation = Preparation(kind=room.preparation.kind, uploads=room.preparation.uploads)
    for name in [key for key in st.session_state if str(key).startswith("keep_")]:
        del st.session_state[name]
