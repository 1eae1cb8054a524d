"""How often each model is right: overall, by grade, what for what it took; and whom it serves less well."""

from __future__ import annotations

import streamlit as st

from pages.parts.model_tables import EVALUATE, EXPERIMENTS, nothing_yet, paragraph, table_with_csv
from peea.language import joined, t
from peea.model_results import PATIENTS, RANDOM, ModelResults, Training
from peea.model_results.tables import (
    accuracy_table,
    by_label_table,
    confusion_table,
    further_table,
    group_table,
    in_order,
    on_benchmark,
    on_test,
    over_graded_table,
    reliability_table,
)
from peea.model_results.words import chart_names, fairness_sentences, group_name, percent, training_name, value_name
from peea.output_scales import OUTPUT_SCALES, SIX_LEVEL_SCALE, OutputScale
from peea.plots import (
    CHART_CONFIG,
    GroupBar,
    LabelAccuracy,
    accuracy_by_label_figure,
    confusion_figure,
    group_figure,
    reliability_figure,
)

FEW_IMAGES = 30
"""Images under which a bar or a bin says little."""


def judged_trainings(results: ModelResults) -> list[Training]:
    """Return the trainings that were judged on their test part, patient-disjoint first."""
    judged = [each for each in results.trainings if each.test is not None]
    return sorted(judged, key=lambda each: each.split != PATIENTS)


def show_right_grades(results: ModelResults) -> None:
    """Show how often each model is right, patient-disjoint first, then by grade or level, then the confusion."""
    trainings = judged_trainings(results)
    st.header(t("How often each model is right"), anchor=False)
    if not trainings:
        nothing_yet(t("No model has been judged yet."), EVALUATE)
        return
    unseen = [each for each in trainings if each.split == PATIENTS]
    random = [each for each in trainings if each.split == RANDOM]
    st.subheader(t("On patients that the model has never seen"), anchor=False)
    if unseen:
        table_with_csv(accuracy_table(on_test(unseen)), "right_unseen_patients")
        table_with_csv(further_table(on_test(unseen)), "further_unseen_patients")
    else:
        nothing_yet(t("No model has been judged on unseen patients yet."), EVALUATE)
    st.caption(
        t(
            "Images that the ward would grade. Intervals: 95 %, by resampling patients. Mean error in grades; PSPI "
            "against the true one."
        )
    )
    benchmark = on_benchmark(results.trainings)
    if benchmark:
        st.subheader(t("On the benchmark images"), anchor=False)
        table_with_csv(accuracy_table(benchmark), "right_benchmark")
        st.caption(t("Simulated people who stand in no data set; the images come with PEEA, for anybody to check."))
    st.subheader(t("On images dealt at random, as in the papers"), anchor=False)
    st.caption(
        t(
            "The same patient stands in training and test, which flatters every figure. These are here to be compared "
            "with the papers, not to be trusted."
        )
    )
    if random:
        table_with_csv(accuracy_table(on_test(random)), "right_random_images")
        table_with_csv(further_table(on_test(random)), "further_random_images")
    else:
        nothing_yet(
            t("No model has been trained on images dealt at random yet."),
            EXPERIMENTS,
        )
    for scale in OUTPUT_SCALES.values():
        _by_label(results, trainings, scale)
    _confusion(trainings)


def _by_label(results: ModelResults, trainings: list[Training], scale: OutputScale) -> None:
    six = scale is SIX_LEVEL_SCALE
    st.header(t("Right by level, six levels") if six else t("Right by grade"), anchor=False)
    of_scale = [each for each in trainings if each.scale is scale]
    if not of_scale:
        nothing_yet(
            t("No network of six levels has been judged yet.") if six else t("No model has been judged yet."),
            EXPERIMENTS,
        )
    shown = [each for each in of_scale if each.split == PATIENTS] or of_scale
    series = [
        LabelAccuracy(name, each.test.usable.by_label)
        for name, each in zip(chart_names(shown), shown, strict=True)
        if each.test
    ]
    for figure in results.published:
        if isinstance(figure.value, tuple) and len(figure.value) == len(scale):
            name = t("{paper}, other data", paper=results.sources[figure.source].short)
            series.append(LabelAccuracy(name, dict(zip(scale.labels, figure.value, strict=True)), published=True))
    if series:
        st.plotly_chart(
            accuracy_by_label_figure(scale, series),
            theme=None,
            config=CHART_CONFIG,
            key=f"by_label_{len(scale)}",
            alt=t("Share of right grades by true grade, a bar a model"),
        )
        table_with_csv(by_label_table(trainings, scale, results.published), f"right_by_label_{len(scale)}")


def _confusion(trainings: list[Training]) -> None:
    st.header(t("What was given for what was true"), anchor=False)
    chosen = choose_training(trainings, "confusion")
    test = chosen.test
    if test is None or not test.usable.confusion:
        return
    st.plotly_chart(
        confusion_figure(test.usable, chosen.scale),
        theme=None,
        config=CHART_CONFIG,
        key="confusion",
        alt=t("Confusion matrix: rows the true grade, columns the grade that the model gave"),
    )
    st.caption(t("Each row adds up to 100 %; under the percentage, the number of images."))
    with st.expander(t("The same numbers as a table")):
        table_with_csv(confusion_table(test.usable, chosen.scale), f"confusion_{chosen.name}")


def show_calibration(results: ModelResults) -> None:
    """Show whether models are as sure as they are right."""
    trainings = judged_trainings(results)
    st.header(t("Is the model as sure as it is right?"), anchor=False)
    paragraph(t("On the dotted line a model is right as often as it says. Below it, it is too sure."))
    trainings = [each for each in trainings if each.split == PATIENTS] or trainings
    names = chart_names(trainings)
    bins = {name: each.test.usable.reliability for name, each in zip(names, trainings, strict=True) if each.test}
    bins = {name: each for name, each in bins.items() if each}
    if not bins:
        nothing_yet(t("The calibration by confidence has not been measured yet."), EVALUATE)
    else:
        st.plotly_chart(
            reliability_figure(bins),
            theme=None,
            config=CHART_CONFIG,
            key="reliability",
            alt=t("Reliability curve: how sure each model was, against how often it was right"),
        )
    paragraph(
        *(
            t("{model}: calibration error {error}.", model=name, error=percent(each.test.usable.ece))
            for name, each in zip(names, trainings, strict=True)
            if each.test and each.test.usable.ece is not None
        )
    )
    if bins:
        with st.expander(t("The same numbers as a table")):
            table_with_csv(reliability_table(bins), "calibration")


def show_fairness(results: ModelResults) -> None:
    """Show the figures of each group of patients and pictures, and of faces that imitate pain."""
    st.header(t("Does it serve everybody alike?"), anchor=False)
    trainings = [each for each in judged_trainings(results) if each.test and each.test.subgroups]
    if not trainings:
        nothing_yet(t("No model has been judged by groups yet."), EVALUATE)
        return
    chosen = choose_training(trainings, "fairness")
    test = chosen.test
    if test is None:
        return
    paragraph(*fairness_sentences(test))
    bars = [
        GroupBar(
            group_name(each.group),
            value_name(each.group, each.value),
            each.accuracy,
            each.interval,
            each.images,
            each.patients,
        )
        for each in in_order(test.subgroups)
        if each.accuracy is not None
    ]
    st.plotly_chart(
        group_figure(bars, test.usable.accuracy),
        theme=None,
        config=CHART_CONFIG,
        key="groups",
        alt=t("Share of right grades by sex, age, skin tone, light and pose, with 95 % intervals"),
    )
    st.caption(
        t("Lines: 95 % intervals, by resampling patients. Simulated patients; skin tones as they were rendered.")
    )
    with st.expander(t("The same numbers as a table")):
        table_with_csv(group_table(test.subgroups), f"groups_{chosen.name}")
    over = test.over_graded
    if over is None or not over.images:
        return
    st.header(t("Faces without pain that look like it"), anchor=False)
    share = t(
        "{share} of {images} such faces were graded obvious or worse.", share=percent(over.share), images=over.images
    )
    fewest = min((images for images, _ in over.by_confounder.values()), default=over.images)
    few = t("Few images of each kind: one more or less moves the percentage far.") if fewest < FEW_IMAGES else ""
    paragraph(joined([share, few]))
    table_with_csv(over_graded_table(test), f"imitated_{chosen.name}")


def choose_training(trainings: list[Training], key: str) -> Training:
    """Ask which model is meant; one alone is not asked for."""
    if len(trainings) == 1:
        return trainings[0]
    chosen = st.selectbox(
        t("Model"),
        range(len(trainings)),
        format_func=lambda place: training_name(trainings[place]),
        key=f"model_for_{key}",
    )
    return trainings[chosen]
