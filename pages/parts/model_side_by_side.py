"""Two models on one recording: their timelines over the same seconds."""

from __future__ import annotations

from dataclasses import dataclass, field

import streamlit as st

from pages.parts.chips import chip, escape
from pages.parts.model_graders import grader_named
from pages.parts.recording_choice import choose_recording
from pages.parts.saying import problems_told, say
from pages.parts.visit import Scoring, shared_settings
from peea.assessment import Assessment, result_sentence
from peea.assessment.wording import seconds_text
from peea.language import t
from peea.model_cards import DEFAULT_MODEL, model_names
from peea.model_results.two_models import agreement_sentence
from peea.plots import CHART_CONFIG, two_timelines_figure
from peea.scoring import ScoringJob, start_scoring

POLL_S = 1.0
"""Seconds between two looks at how far the grading is."""

_VISIT = "two_models"


@dataclass
class TwoModels:
    """What a visit compares: the recording, the models and what they found so far.

    Attributes:
        visit: holds the recording.
        models: to be run, in order.
        job: the one that runs.
        found: by model.
    """

    visit: Scoring = field(default_factory=Scoring)
    models: tuple[str, ...] = ()
    job: ScoringJob | None = None
    found: dict[str, Assessment] = field(default_factory=dict)

    def start(self, models: tuple[str, ...]) -> None:
        """Begin with the first model."""
        self.models, self.found = models, {}
        self.go_on()

    def go_on(self) -> None:
        """Begin with the next model that has not graded yet."""
        left = [name for name in self.models if name not in self.found]
        recording = self.visit.recording
        self.job = (
            start_scoring(recording, grader_named(left[0]), shared_settings(), None) if left and recording else None
        )

    def take_over(self) -> bool:
        """Take over what a job ended with and begin the next; return whether something changed."""
        job = self.job
        if job is None or job.running:
            return False
        self.job = None
        if job.assessment is not None:
            self.found[self.models[len(self.found)]] = job.assessment
            self.go_on()
        elif job.cancelled:
            self.stop(t("Grading was cancelled."))
        else:
            self.stop(job.problem)
        return True

    def stop(self, notice: str | None = None) -> None:
        """Give up what was found; the recording stays chosen."""
        self.models, self.job, self.found = (), None, {}
        self.visit.notice = notice


def two_models() -> TwoModels:
    """Return the comparison of this visit."""
    if _VISIT not in st.session_state:
        st.session_state[_VISIT] = TwoModels()
    return st.session_state[_VISIT]


def show_side_by_side() -> None:
    """Let two models and a recording be chosen, grade, and show both timelines."""
    st.header(t("Two models, one recording"), anchor=False)
    state = two_models()
    state.take_over()
    if state.job is not None:
        _running()
    elif state.models and len(state.found) == len(state.models):
        _result(state)
    else:
        _choice(state)


def _choice(state: TwoModels) -> None:
    if state.visit.notice:
        say(state.visit.notice, "warning")
    names = model_names()
    if len(names) < 2:
        say(t("Only the model {name} is installed. A second one is needed to compare.", name=DEFAULT_MODEL))
        return
    one, other = st.columns(2)
    first = one.selectbox(t("First model"), names, index=0, key="first_model")
    second = other.selectbox(t("Second model"), names, index=1, key="second_model")
    choose_recording(state.visit, key="two_models")
    same = first == second
    if same:
        say(t("Choose two different models."))
    ready = state.visit.recording is not None and state.visit.problem is None and not same
    if st.button(t("Grade with both models"), type="primary", width="stretch", disabled=not ready):
        state.visit.notice = None
        state.start((first, second))
        st.rerun()
    st.caption(t("Nothing of this is saved to the patient log."))


@st.fragment(run_every=POLL_S)
def _running() -> None:
    with problems_told():
        state = two_models()
        if state.take_over() or state.job is None:
            st.rerun()
        at = len(state.found)
        progress = state.job.progress
        doing = t("Reading the recording") if progress is None else progress.sentence()
        said = t(
            "{model}, {n} of {total}: {doing}.", model=state.models[at], n=at + 1, total=len(state.models), doing=doing
        )
        st.html(f'<div class="peea-working" role="status">{escape(said)}</div>')
        share = 0.0 if progress is None or progress.share is None else progress.share
        st.progress((at + share) / len(state.models))
        if st.button(t("Cancel"), width="stretch", key="cancel_two_models"):
            state.job.cancel()


def _result(state: TwoModels) -> None:
    both = [(name, state.found[name]) for name in state.models]
    st.html(f'<div class="peea-result"><p class="sentence">{escape(agreement_sentence(*both))}</p></div>')
    for column, (name, assessment) in zip(st.columns(2), both, strict=True):
        column.html(
            f'<p class="peea-row"><b>{escape(name)}</b></p>{chip(assessment.report_grade)}'
            f'<p class="peea-row">{escape(_held(assessment))}</p>'
        )
    st.plotly_chart(
        two_timelines_figure(both),
        theme=None,
        config=CHART_CONFIG,
        key="two_timelines",
        alt=t("The same recording as both models graded it, over its seconds"),
    )
    if st.button(t("Compare another recording"), width="stretch"):
        state.stop()
        state.visit.put_recording_back()
        st.rerun()


def _held(assessment: Assessment) -> str:
    """Return how long the reported grade was held; of a recording that could not be assessed, why."""
    timeline = assessment.timeline
    if timeline.report_grade is None:
        return result_sentence(assessment)
    held = timeline.seconds.get(timeline.report_grade, 0.0)
    return t("Held for {held} of {length}.", held=seconds_text(held), length=seconds_text(timeline.duration_s))
