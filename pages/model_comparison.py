"""Model comparison: which model may I trust, and how far?"""

from typing import Final

import streamlit as st

from pages.parts.chips import escape
from pages.parts.model_accuracy import show_calibration, show_fairness, show_right_grades
from pages.parts.model_side_by_side import show_side_by_side
from pages.parts.model_speed_view import show_speed
from pages.parts.model_tables import EVALUATE, EXPERIMENTS, nothing_yet, paragraph, table_with_csv
from pages.parts.model_training import show_aims, show_trainings
from pages.parts.saying import say
from pages.parts.way_in import require_app
from peea.language import Names, later, t
from peea.model_results import ModelResults, default_training, read_results
from peea.model_results.tables import published_table
from peea.model_results.words import limits_sentence, trust_sentence

RIGHT, GROUPS, SURE, TRAINED = "right", "groups", "sure", "trained"
AIMED, SPEED, TWO, PAPERS = "aimed", "speed", "two", "papers"
QUESTIONS: Final = Names(
    {
        RIGHT: later("How often right"),
        GROUPS: later("Alike for everybody"),
        SURE: later("As sure as right"),
        TRAINED: later("How trained"),
        AIMED: later("Aims"),
        SPEED: later("Speed"),
        TWO: later("Two models, one recording"),
        PAPERS: later("The papers' figures"),
    }
)


def page() -> None:
    """Answer in a sentence, then show the question that is chosen."""
    st.title(t("Model comparison"), anchor=False)
    results = read_results()
    answer(results)
    for problem in results.problems:
        say(problem, "warning")
    chosen = st.pills(
        t("What do you want to know?"),
        list(QUESTIONS),
        default=RIGHT,
        required=True,
        format_func=QUESTIONS.__getitem__,
        key="model_question",
    )
    if chosen == RIGHT:
        show_right_grades(results)
    elif chosen == GROUPS:
        show_fairness(results)
    elif chosen == SURE:
        show_calibration(results)
    elif chosen == TRAINED:
        show_trainings(results)
    elif chosen == AIMED:
        show_aims(results)
    elif chosen == SPEED:
        show_speed()
    elif chosen == TWO:
        show_side_by_side()
    else:
        papers(results)


def answer(results: ModelResults) -> None:
    """Say which model grades, how often it is right, and what that does not mean."""
    training = default_training(results.trainings)
    if training is None:
        nothing_yet(t("The model that should grade is not installed."), EXPERIMENTS)
        return
    if training.judged:
        st.html(
            f'<div class="peea-result"><p class="sentence">{escape(trust_sentence(training))}</p>'
            f'<p class="remark">{escape(limits_sentence(training))}</p></div>'
        )
    else:
        nothing_yet(trust_sentence(training), EVALUATE)


def papers(results: ModelResults) -> None:
    """Show what the papers report, as theirs and on other data."""
    st.header(t("What the papers report"), anchor=False)
    paragraph(
        t(
            "These figures are the papers' own, measured on their data: real patients and volunteers. Ours are "
            "measured on simulated patients. Higher or lower says little about which is better."
        )
    )
    table_with_csv(published_table(results), "papers")
    references = "".join(f"<li>{escape(source.reference)}</li>" for source in results.sources.values())
    st.html(f"<ul>{references}</ul>")


require_app()
page()
