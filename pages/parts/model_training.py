"""How the models were trained: Table 3, augmentation, more data, search, losses."""

from __future__ import annotations

from operator import attrgetter

import streamlit as st

from pages.parts.model_tables import EXPERIMENTS, nothing_yet, paragraph, table_with_csv
from peea.language import joined, listed, t
from peea.model_results import Learning, ModelResults, Search, improved_and_plain, rivals, whole_courses
from peea.model_results.aims import outcomes
from peea.model_results.training_tables import (
    aims_table,
    augmentation_table,
    course_table,
    curve_table,
    evaluation_table,
    learning_table,
    space_table,
    training_table,
)
from peea.model_results.words import improvement_sentence, more_images_sentence, percent, short, training_name
from peea.output_scales import OUTPUT_SCALES, SIX_LEVEL_SCALE
from peea.plots import CHART_CONFIG, course_figure, learning_figure, loss_figure, optimizer_figure, search_figure

B4_PAIR = ("efficientnet_b4s", "efficientnet_b4")


def show_trainings(results: ModelResults) -> None:
    """Show accuracies and training times, augmentation, search and losses."""
    _table_3(results)
    _augmentation(results)
    _learning(results)
    _search(results)
    _losses(results)


def _table_3(results: ModelResults) -> None:
    st.header(t("Accuracy and training time"), anchor=False)
    pairs = improved_and_plain(results.trainings)
    for pair in pairs:
        paragraph(improvement_sentence(pair))
    if not results.trainings:
        nothing_yet(t("No network has been trained yet."), EXPERIMENTS)
        return
    table_with_csv(training_table(results), "trainings")
    st.caption(
        t(
            "Random images: the same patient stands in training and test. Pretraining: learning the actions of the "
            "face first. Times on the machine on which each was trained, for some beside another training. The "
            "paper's figures are its own, on real patients: not to be compared one to one."
        )
    )
    if not pairs:
        nothing_yet(
            t("No plain network to compare the improved one with has been trained yet."),
            EXPERIMENTS,
        )


def _augmentation(results: ModelResults) -> None:
    st.header(t("What augmentation brings"), anchor=False)
    if results.augmentation is None:
        nothing_yet(t("Augmentations have not been compared yet."), EXPERIMENTS)
        return
    table_with_csv(augmentation_table(results.augmentation), "augmentation")
    _made_by(results.augmentation.command)


def show_aims(results: ModelResults) -> None:
    """Show what the networks were meant to reach, and what they reached."""
    st.header(t("What was aimed at"), anchor=False)
    if not any(each.test for each in results.trainings):
        nothing_yet(t("No network has been trained yet."), EXPERIMENTS)
        return
    found = outcomes(results.trainings)
    met = sum(each.met is True for each in found)
    said = [t("{met} of {all} aims are reached on simulated patients.", met=met, all=len(found))]
    if results.learning is not None and (more := more_images_sentence(results.learning.more_images)):
        said.append(more)
    paragraph(*said)
    table_with_csv(aims_table(found), "aims")
    st.caption(
        t(
            "The papers reached such figures on real images, dealt at random, of the same patients in training and "
            "test. What more data, larger pictures and longer training bring is shown under How trained."
        )
    )


def _learning(results: ModelResults) -> None:
    st.header(t("What more data, larger pictures and longer training bring"), anchor=False)
    _more_and_larger(results.learning)
    _longer(results)


def _more_and_larger(learning: Learning | None) -> None:
    if learning is None:
        nothing_yet(t("Numbers of images and sizes of pictures have not been compared yet."), EXPERIMENTS)
        return
    for points, along, varied in (
        (learning.more_images, t("Training images"), "images"),
        (learning.larger_pictures, t("Side of the picture (pixels)"), "input_size"),
    ):
        if not points:
            continue
        st.plotly_chart(
            learning_figure(points, along, attrgetter(varied)),
            theme=None,
            config=CHART_CONFIG,
            key=f"learning_{varied}",
            alt=t("Share of right grades on unseen people against: {what}", what=along),
        )
        table_with_csv(learning_table(points), f"learning_by_{varied}")
    st.caption(
        t("With more images each was seen less often: every network of the first curve learned in as many steps.")
    )
    _made_by(learning.command)


def _longer(results: ModelResults) -> None:
    courses = {scale: whole_courses(results.trainings, scale) for scale in OUTPUT_SCALES.values()}
    if not any(courses.values()):
        nothing_yet(t("No network has been trained yet."), EXPERIMENTS)
        return
    for scale, shown in courses.items():
        if not shown:
            continue
        six = scale is SIX_LEVEL_SCALE
        st.subheader(t("Longer training, six levels") if six else t("Longer training, five grades"), anchor=False)
        st.plotly_chart(
            course_figure(shown),
            theme=None,
            config=CHART_CONFIG,
            key=f"course_{scale.name}",
            alt=t("Share of right grades on validation images against training time, a line a network"),
        )
        with st.expander(t("Every epoch as a table")):
            table_with_csv(course_table(shown), f"course_{scale.column}")
    st.caption(
        t(
            "The time of the pretraining is counted; epochs that taught the actions of the face alone are not drawn. "
            "Validation images are of patients who were not trained on. Times as in the table above."
        )
    )


def _search(results: ModelResults) -> None:
    st.header(t("The search for the settings"), anchor=False)
    search = results.search
    if search is None:
        nothing_yet(t("No search has been run yet."), "peea search resnet50 --data DIR --write")
        return
    paragraph(_search_sentence(search))
    table_with_csv(space_table(search, results.published), "search_space")
    st.plotly_chart(
        search_figure(search),
        theme=None,
        config=CHART_CONFIG,
        key="search",
        alt=t("Objective of each evaluation of the search and the best so far"),
    )
    if search.objective_means:
        st.caption(t("Objective: {what}. The lower, the better.", what=t(search.objective_means).rstrip(".")))
    if search.optimizers:
        st.subheader(t("Optimisers"), anchor=False)
        st.plotly_chart(
            optimizer_figure(search.optimizers),
            theme=None,
            config=CHART_CONFIG,
            key="optimizers",
            alt=t("Best objective so far by evaluation, a line an optimiser"),
        )
    with st.expander(t("Every evaluation as a table")):
        table_with_csv(evaluation_table(search.evaluations), "search_evaluations")
    _made_by(search.command)


def _search_sentence(search: Search) -> str:
    done = [each for each in search.evaluations if each.objective is not None]
    if not done:
        return t("No evaluation has a result yet.")
    best = min(done, key=lambda each: each.objective or 0.0)
    return t(
        "The best of {n} evaluations is number {number}: learning rate {rate}, momentum {momentum}, L2 {decay}.",
        n=len(search.evaluations),
        number=best.number,
        rate=short(best.learning_rate),
        momentum=short(best.momentum),
        decay=short(best.weight_decay),
    )


def _losses(results: ModelResults) -> None:
    st.header(t("Loss by epoch, EfficientNet-B4S against B4"), anchor=False)
    trained = rivals(results.trainings, B4_PAIR)
    if len(trained) == len(B4_PAIR):
        b4s, b4 = (each.accuracy("test") for each in trained)
        if b4s is not None and b4 is not None:
            gap = 100 * (b4s - b4)
            ours = t(
                "B4S is right in {b4s} of test images, B4 in {b4}: {gap} points.",
                b4s=percent(b4s),
                b4=percent(b4),
                gap=f"{gap:+.1f}",
            )
            paragraph(joined([ours, t("The paper reports 7 % more, on other data.")]))
    else:
        nothing_yet(
            t("The two networks have not both been trained in the same way yet."),
            EXPERIMENTS,
        )
        trained = trained or tuple(each for each in results.trainings if each.curves)[:2]
    shown = [each for each in trained if each.curves]
    if not shown:
        return
    st.plotly_chart(
        loss_figure(shown),
        theme=None,
        config=CHART_CONFIG,
        key="losses",
        alt=t("Training and validation loss by epoch"),
    )
    if len(trained) < len(B4_PAIR):
        st.caption(t("Shown instead: {models}.", models=listed(training_name(each) for each in shown)))
    with st.expander(t("Every epoch as a table")):
        table_with_csv(curve_table(shown), "epochs")


def _made_by(command: str) -> None:
    if command:
        st.caption(t("Made by: {command}", command=command))
