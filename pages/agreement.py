"""Agreement: does PEEA agree with us?"""

import streamlit as st

from pages.parts.agreement_report import show_planning, show_report
from pages.parts.agreement_results import (
    analysed,
    choose_options,
    choose_picture_form,
    show_answer,
    show_coefficients,
    show_each_clinician,
    show_people,
    show_side_by_side,
    show_subgroups,
)
from pages.parts.agreement_source import choose_source
from pages.parts.agreement_study import keep_as_study, show_study
from pages.parts.saying import say
from pages.parts.way_in import require_app
from peea.agreement import NoNumber
from peea.language import t


def page() -> None:
    """Ask for ratings, answer the question, show the rest in parts."""
    st.title(t("Agreement"), anchor=False)
    st.caption(t("Does PEEA grade pain as clinicians do? Compared on recordings that both have rated independently."))
    source = choose_source()
    if source is None:
        return
    if source.study is not None and source.study.simulated:
        say(t(source.study.note), "warning")
    chosen, options = choose_options(source.table)
    if not source.table.filtered(chosen).grades.recordings:
        say(t("No recording has all that was chosen. Take back one of the choices."))
        return
    analysis = analysed(source, chosen, options)
    show_answer(analysis)
    choose_picture_form()
    found = analysis.with_peea
    names = [
        t("Grade by grade"),
        t("Each clinician"),
        t("Groups of patients"),
        t("ICC and kappa"),
        t("Patients and raters"),
        t("Report"),
    ]
    side, each, groups, coefficients, people, report = st.tabs(names, key="agreement_part")
    with side:
        say(found.sentence) if isinstance(found, NoNumber) else show_side_by_side(found)
    with each:
        say(found.sentence) if isinstance(found, NoNumber) else show_each_clinician(analysis, found)
    with groups:
        say(found.sentence) if isinstance(found, NoNumber) else show_subgroups(analysis, found)
    with coefficients:
        show_coefficients(analysis)
    with people:
        show_people(analysis, source)
        if source.study is not None:
            show_study(source)
        else:
            keep_as_study(source)
    with report:
        show_report(analysis, source, chosen)
        show_planning(analysis)


require_app()
page()
