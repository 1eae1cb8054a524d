"""The results of the agreement page: the answer first, then figures and tables, each with how to read it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from pages.parts.agreement_source import Source
from pages.parts.chips import escape, numbers
from pages.parts.saying import say
from peea.agreement import IccForm, NoNumber, Weighting
from peea.language import current_language, t
from peea.plots import bland_altman_figure, coefficient_figure, cross_table_figure, saving_config
from peea.spreadsheets import csv_bytes
from peea.studies import RatingScale
from peea.studies.analysis import Analysis, Options, WithPeea, analyse, form_of, interval_of
from peea.studies.chart_rows import clinician_rows, subgroup_rows
from peea.studies.rated_table import TRAIT_NAMES, RatedTable, Trait, trait_text
from peea.studies.result_tables import (
    among_table,
    bland_altman_table,
    cross_table_frame,
    detection_table,
    each_table,
    excluded_table,
    icc_table,
    kappa_table,
    participants_table,
    raters_table,
    subgroup_table,
)
from peea.studies.words import (
    SHORT_WEIGHT_NAMES,
    WEIGHT_NAMES,
    answer,
    few_recordings,
    icc_sentence,
    interval_text,
    number,
    published_sentence,
    remarks,
    unit_name,
)

KEPT_RESULTS = 30
"""Results kept for all visits, so that going back to an earlier choice costs nothing; each is some 200 kB."""

PICTURE_FORMS = {"png": "PNG", "svg": "SVG"}


@st.cache_resource(show_spinner=False)
def _kept() -> OrderedDict[tuple, Analysis]:
    return OrderedDict()


def choose_options(table: RatedTable) -> tuple[Mapping[Trait, tuple[str, ...]], Options]:
    """Ask which recordings count and how they are compared; the usual choice is set."""
    chosen: dict[Trait, tuple[str, ...]] = {}
    on_grades, weights = True, Weighting.UNWEIGHTED
    with st.expander(t("Only some recordings, or another comparison")):
        known = [trait for trait in Trait if trait in table.traits]
        for trait in known:
            picked = st.pills(
                TRAIT_NAMES[trait],
                table.values_of(trait),
                selection_mode="multi",
                format_func=lambda value, trait=trait: trait_text(trait, value),
                key=f"agreement_filter_{trait}",
            )
            if picked:
                chosen[trait] = tuple(picked)
        if known:
            st.caption(t("Nothing pressed in a row means all of them."))
        weights = st.selectbox(
            t("Kappa in the charts"),
            list(Weighting),
            format_func=lambda one: WEIGHT_NAMES[one],
            key="agreement_weights",
        )
        if table.scale is not RatingScale.GRADE:
            on_grades = st.segmented_control(
                t("ICC and differences on"),
                [True, False],
                default=True,
                required=True,
                format_func=lambda grades: t("Pain grades, 0 to 4") if grades else _score_name(table.scale),
                key="agreement_on_grades",
            )
    return chosen, Options(weights=weights, on_grades=on_grades)


def _score_name(scale: RatingScale) -> str:
    return t("VAS points, 0 to 10") if scale is RatingScale.VAS else t("PSPI, 0 to 16")


def analysed(source: Source, chosen: Mapping[Trait, tuple[str, ...]], options: Options) -> Analysis:
    """Return the results; computed once for each choice, with a bar while that lasts."""
    # A place of its own, bar or not: what stands below would otherwise move, and a chosen tab would be forgotten.
    place = st.empty()
    kept = _kept()
    key = (source.key, tuple(chosen.items()), options, current_language())
    if key in kept:
        kept.move_to_end(key)
        return kept[key]
    text = t("Comparing the raters and resampling patients 1,000 times")
    bar = place.progress(0.0, text=text)
    result = analyse(source.table.filtered(chosen), options, lambda share: bar.progress(min(share, 1.0), text=text))
    place.empty()
    kept[key] = result
    while len(kept) > KEPT_RESULTS:
        kept.popitem(last=False)
    return result


def show_answer(analysis: Analysis) -> None:
    """Show the sentence to read aloud, what belongs beside it, the numbers, and what was published."""
    said = "".join(f'<p class="remark">{escape(remark)}</p>' for remark in remarks(analysis))
    st.html(
        f'<div class="peea-result" role="region" aria-label="{escape(t("Result"))}">'
        f'<p class="sentence">{escape(answer(analysis))}</p>{said}</div>'
    )
    few = few_recordings(analysis)
    if few:
        say(few)
    boxes = [
        (t("Recordings"), str(len(analysis.table.grades.recordings))),
        (t("Patients"), str(len(set(analysis.table.grades.patients)))),
        (t("Clinicians"), str(len(analysis.table.clinicians))),
    ]
    found = analysis.with_peea
    if not isinstance(found, NoNumber):
        kappa = found.kappas[0][1]
        single = form_of(found.icc, IccForm.TWO_WAY_RANDOM_SINGLE)
        boxes[0] = (t("Recordings graded by PEEA"), f"{found.recordings} / {boxes[0][1]}")
        if not isinstance(kappa, NoNumber):
            boxes.append((t("Kappa, {interval}", interval=interval_text(interval_of(kappa))), number(kappa.value)))
        if not isinstance(single, NoNumber):
            boxes.append((t("ICC(2,1), {interval}", interval=interval_text(interval_of(single))), number(single.value)))
    st.html(numbers(boxes))
    st.html(f'<div class="peea-model">{escape(published_sentence())}</div>')


def show_figure(figure: go.Figure, name: str, alt: str) -> None:
    """Show a figure with the button that saves it, in the form chosen on the page."""
    form = st.session_state.get("agreement_picture_form") or "png"
    st.plotly_chart(figure, theme=None, config=saving_config(f"peea-{name}", form), key=f"agreement_{name}", alt=alt)


def choose_picture_form() -> None:
    """Ask in which form figures are saved."""
    words, choice = st.columns([3, 1], vertical_alignment="center")
    words.caption(
        t("To save a figure, press the camera at its upper right. PNG suits slides and letters, SVG suits print.")
    )
    with choice:
        st.segmented_control(
            t("Save figures as"),
            list(PICTURE_FORMS),
            default="png",
            required=True,
            format_func=lambda form: PICTURE_FORMS[form],
            key="agreement_picture_form",
            label_visibility="collapsed",
        )


def show_table(table: pd.DataFrame, name: str) -> None:
    """Show a table whole, its texts wrapped, and offer it as CSV."""
    st.table(table, hide_index=True)
    st.download_button(
        t("Table as CSV"),
        csv_bytes(table),
        f"peea-{name}.csv",
        "text/csv",
        key=f"agreement_csv_{name}",
        on_click="ignore",
    )


def read_it(sentence: str) -> None:
    """Say how a figure or table is read."""
    st.html(f'<p class="peea-row">{escape(sentence)}</p>')


def show_people(analysis: Analysis, source: Source) -> None:
    """Show who was rated and who rated."""
    st.header(t("Who was rated"), anchor=False)
    show_table(participants_table(analysis.table), "participants")
    if source.study is not None:
        reasons = [each.excluded for each in source.study.recordings]
        left_out = sum(bool(reason) for reason in reasons)
        if left_out:
            made = len(reasons)
            st.caption(
                t("{made} recordings were made; {left_out} of them were left out.", made=made, left_out=left_out)
            )
            st.table(excluded_table(reasons), hide_index=True)
    st.header(t("Who rated"), anchor=False)
    about = {}
    if source.study is not None:
        about = {
            each.name: (t(each.role) if each.role else "", "" if each.years is None else f"{each.years:g}")
            for each in source.study.raters
        }
    show_table(raters_table(analysis.table, about), "raters")


def show_side_by_side(found: WithPeea) -> None:
    """Show the cross-table and how PEEA finds each grade."""
    st.header(t("Grade by grade"), anchor=False)
    read_it(
        t(
            "Each recording stands in the row of the clinicians' grade (the middle one of their grades) and in the "
            "column of PEEA's grade. Framed: the same grade. Right of the frames PEEA graded higher, left of them "
            "lower."
        )
    )
    show_figure(cross_table_figure(found.cross), "cross-table", t("Recordings by the clinicians' grade and PEEA's"))
    with st.expander(t("The same numbers as a table")):
        show_table(cross_table_frame(found.cross), "cross-table")
    st.header(t("Does PEEA miss severe pain?"), anchor=False)
    read_it(
        t(
            "Of the recordings that the clinicians put at a grade or above, the share that PEEA puts there too "
            "(sensitivity); and of those below it, the share that PEEA puts below it (specificity)."
        )
    )
    show_table(detection_table(found), "detection")


def show_each_clinician(analysis: Analysis, found: WithPeea) -> None:
    """Show each clinician against PEEA, and how far PEEA is from the clinicians together."""
    st.header(t("Each clinician against PEEA"), anchor=False)
    read_it(
        t(
            "Filled: how well PEEA agrees with that clinician. Open: how well the other clinicians do. Where the two "
            "lie side by side, PEEA agrees with that clinician as colleagues do. 1 is full agreement, 0 is chance."
        )
    )
    show_figure(
        coefficient_figure(
            clinician_rows(found),
            t("Kappa, {weights}", weights=SHORT_WEIGHT_NAMES[analysis.options.weights]),
            t("With PEEA"),
            t("With the other clinicians"),
        ),
        "clinicians",
        t("Kappa of each clinician with PEEA and with the other clinicians, with 95 % intervals"),
    )
    with st.expander(t("The same numbers as a table")):
        show_table(each_table(found), "clinicians")
    st.header(t("How far apart are they?"), anchor=False)
    result = found.bland_altman
    if isinstance(result, NoNumber):
        say(result.sentence)
        return
    read_it(
        t(
            "Each disc is a recording, larger where several fall together: how much higher (above 0) or lower (below "
            "0) PEEA is than the clinicians together. About 95 of 100 recordings lie between the dashed limits "
            "(Bland-Altman)."
        )
    )
    show_figure(
        bland_altman_figure(result, unit_name(analysis)),
        "bland-altman",
        t("Differences of PEEA and the clinicians against their mean, with limits of agreement"),
    )
    show_table(bland_altman_table(analysis), "bland-altman")


def show_subgroups(analysis: Analysis, found: WithPeea) -> None:
    """Show agreement in parts of the recordings."""
    st.header(t("Is it as good for everybody?"), anchor=False)
    read_it(
        t(
            "Agreement of PEEA with the clinicians together in parts of the recordings. Few recordings make wide "
            "intervals: intervals that overlap do not show that PEEA is better for one group than for another."
        )
    )
    if len(found.subgroups) == 1:
        say(t("Nothing is known of the recordings that would divide them, such as sex, age or what the patient did."))
        return
    title = t("Kappa, {weights}", weights=SHORT_WEIGHT_NAMES[analysis.options.weights])
    show_figure(
        coefficient_figure(subgroup_rows(found), title, t("With PEEA")),
        "subgroups",
        t("Kappa of PEEA and the clinicians together by sex, age, skin tone, context and hours after the injury"),
    )
    with st.expander(t("The same numbers as a table")):
        show_table(subgroup_table(found), "subgroups")


def show_coefficients(analysis: Analysis) -> None:
    """Show ICC and kappa as journals want them."""
    found = analysis.with_peea
    st.header(t("Intraclass correlation (ICC)"), anchor=False)
    groups: dict[str, Sequence] = {}
    if not isinstance(found, NoNumber):
        groups[t("PEEA and the clinicians together")] = found.icc
        groups[t("PEEA and each clinician")] = found.icc_all
    groups[t("Clinicians among themselves")] = analysis.icc_clinicians
    read_it(icc_sentence(analysis))
    chosen = st.selectbox(t("ICC of"), list(groups), key="agreement_icc_of")
    show_table(icc_table(groups[chosen]), "icc")
    st.caption(
        t(
            "The paper's choice, two-way random effects and absolute agreement, comes first. Standard error and the "
            "second interval: {resamples} resamples of patients. Words by Koo and Li (2016), for the whole interval.",
            resamples=f"{analysis.options.resampling.resamples:,}",
        )
    )
    if not isinstance(found, NoNumber):
        st.header(t("Kappa"), anchor=False)
        read_it(t("PEEA and the clinicians together, laid out as the table of symmetric measures in SPSS."))
        show_table(kappa_table(found), "kappa")
    st.header(t("Clinicians among themselves"), anchor=False)
    read_it(
        t(
            "How well people agree is the measure for PEEA: it can hardly agree with them better than they do "
            "themselves."
        )
    )
    show_table(among_table(analysis), "clinicians-among-themselves")
