"""Where the ratings of the agreement page come from: a study, or a table that the user uploads."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

import pandas as pd
import streamlit as st

from pages.parts.agreement_new_study import OPENED, study_from_ratings
from pages.parts.saying import say
from pages.parts.visit import actor, shared_settings
from peea.agreement import RatingTableError
from peea.language import t, tn
from peea.model_cards import model_names, read_card
from peea.spreadsheets import csv_bytes
from peea.store import SavedStudy, StudyStore
from peea.studies import SCALE_NAMES, RatingScale, Study, demonstration_study
from peea.studies.rated_table import TRAIT_NAMES, RatedTable, Trait, table_of_study
from peea.studies.uploads import (
    Layout,
    Matching,
    TableFileError,
    guessed,
    long_table_of_study,
    raters_in,
    read_table,
    table_of_file,
)

STUDY, UPLOAD = "study", "upload"
FIRST_ROWS = 4
"""Rows of an upload that are shown, so that its columns can be recognised."""

PROBLEMS_AT_ONCE = 20


@dataclass(frozen=True)
class Source:
    """What is analysed.

    Attributes:
        key: the same for the same ratings; results are kept by it.
        table: the ratings.
        study: the study that they are of, or None for an upload.
        saved: its line in the data base; None for the demonstration and for an upload.
    """

    key: str
    table: RatedTable
    study: Study | None = None
    saved: SavedStudy | None = None


def open_studies() -> StudyStore:
    """Open the studies; use it in a `with` block."""
    return StudyStore(actor=actor())


@st.cache_resource(show_spinner=False)
def shared_demonstration() -> Study | None:
    """Return the demonstration study, read once."""
    return demonstration_study()


def choose_source() -> Source | None:
    """Ask for a study or a table; return it once it can be analysed."""
    made = st.session_state.pop(OPENED, None)
    if made is not None:
        st.session_state["agreement_way"], st.session_state["agreement_study"] = STUDY, made
    st.session_state.setdefault("agreement_way", STUDY)
    way = st.segmented_control(
        t("Where are the ratings?"),
        [STUDY, UPLOAD],
        required=True,
        format_func=lambda way: t("In a study") if way == STUDY else t("In a table of mine (CSV)"),
        key="agreement_way",
    )
    return _upload() if way == UPLOAD else _study()


def _study() -> Source | None:
    demonstration = shared_demonstration()
    with open_studies() as store:
        lines = {line.study_id: line for line in store.studies()}
        names = {key: line.name for key, line in lines.items()}
        if demonstration is not None:
            names[demonstration.study_id] = t(demonstration.name)
        if not names:
            study_from_ratings()
            say(t("There is no study yet. Upload a table of ratings instead; it can be kept as a study."))
            return None
        chosen = st.selectbox(t("Study"), list(names), format_func=names.__getitem__, key="agreement_study")
        if demonstration is not None and chosen == demonstration.study_id:
            study, saved = demonstration, None
        else:
            study, saved = store.study(chosen), lines[chosen]
    study_from_ratings()
    _say_if_another_model(study)
    key = f"{chosen}:{'' if saved is None else saved.sha256}"
    return Source(key, table_of_study(study), study, saved)


def _say_if_another_model(study: Study) -> None:
    """Say that the model has changed since: what the study found holds for the model that it judged."""
    name = study.model.name
    if name not in model_names():
        return
    card = read_card(name)
    if card["weights"]["sha256"] != study.model.weights_sha256:
        say(
            t(
                "This study judged {model}. Installed is version {version} now, of which the study says nothing.",
                model=str(study.model),
                version=card["version"],
            ),
            "warning",
        )


def _upload() -> Source | None:
    file = st.file_uploader(
        t("Table of ratings as CSV: a row for each rating, or a column for each rater"),
        type=["csv", "txt", "tsv"],
        max_upload_size=shared_settings().uploads.max_table_mb,
        key="agreement_file",
    )
    if file is None:
        demonstration = shared_demonstration()
        if demonstration is not None:
            st.download_button(
                t("Example table"),
                csv_bytes(long_table_of_study(demonstration)),
                "peea-example-ratings.csv",
                "text/csv",
            )
        return None
    content = file.getvalue()
    digest = hashlib.sha256(content).hexdigest()
    try:
        table = _read(digest, file.name, content)
    except TableFileError as error:
        say(str(error), "error")
        return None
    matching = _match_columns(table, digest)
    try:
        rated = table_of_file(table, matching)
    except RatingTableError as error:
        _show_problems(error)
        return None
    except ValueError as error:
        say(str(error), "error")
        return None
    return Source(f"{digest}:{matching}", rated)


@st.cache_data(show_spinner=False, max_entries=4)
def _read(digest: str, _name: str, _content: bytes) -> pd.DataFrame:
    """Return the table of a file, which is read once, not at every press."""
    return read_table(_name, _content, shared_settings().uploads)


def _match_columns(table: pd.DataFrame, digest: str) -> Matching:
    """Let the user say which column is which; what was guessed from their names is filled in."""
    guess = guessed(table)
    columns = list(table.columns)
    with st.expander(t("Which column is which"), expanded=True):
        st.dataframe(table.head(FIRST_ROWS), hide_index=True, width="stretch")
        st.caption(t("{rows} rows. The first {shown} are shown.", rows=len(table), shown=min(FIRST_ROWS, len(table))))
        left, right = st.columns(2)
        with left:
            layout = st.segmented_control(
                t("Layout"),
                list(Layout),
                default=guess.layout,
                required=True,
                format_func=lambda one: (
                    t("A row for each rating") if one is Layout.LONG else t("A column for each rater")
                ),
                key=f"match_layout_{digest}",
            )
        with right:
            scale = st.selectbox(
                t("What the ratings are"),
                list(RatingScale),
                index=list(RatingScale).index(guess.scale),
                format_func=lambda one: SCALE_NAMES[one],
                key=f"match_scale_{digest}",
            )

        def column(label: str, value: str, name: str, optional: bool = False) -> str:
            options = ["", *columns] if optional else columns
            index = options.index(value) if value in options else 0
            none = t("not in the table")
            return st.selectbox(
                label, options, index=index, format_func=lambda one: one or none, key=f"match_{name}_{digest}"
            )

        left, right = st.columns(2)
        with left:
            recording = column(t("Recording"), guess.recording, "recording")
        with right:
            patient = column(t("Patient"), guess.patient, "patient", optional=True)
        rater = rating = ""
        raters: tuple[str, ...] = ()
        if layout is Layout.LONG:
            left, right = st.columns(2)
            with left:
                rater = column(t("Rater"), guess.rater, "rater")
            with right:
                rating = column(t("Rating"), guess.rating, "rating")
            names = raters_in(table, rater)
        else:
            raters = tuple(
                st.multiselect(
                    t("Raters, a column each"), columns, default=list(guess.raters), key=f"match_raters_{digest}"
                )
            )
            names = raters
        options = ["", *names]
        peea = st.selectbox(
            t("Which rater is PEEA?"),
            options,
            index=options.index(guess.peea) if guess.peea in options else 0,
            format_func=lambda one: one or t("PEEA is not in the table"),
            key=f"match_peea_{digest}",
        )
        st.html(f'<div class="peea-label">{t("What is known of the recordings")}</div>')
        traits = {}
        for trait, place in zip(Trait, st.columns(len(Trait)), strict=True):
            with place:
                named = column(TRAIT_NAMES[trait], guess.traits.get(trait, ""), trait.value, optional=True)
            if named:
                traits[trait] = named
    return replace(
        guess,
        layout=layout,
        scale=scale,
        recording=recording,
        patient=patient,
        rater=rater,
        rating=rating,
        raters=raters,
        peea=peea,
        traits=traits,
    )


def _show_problems(error: RatingTableError) -> None:
    say(
        tn(
            "The table cannot be used yet: {n} row needs a look. Correct it in the file and upload it again.",
            "The table cannot be used yet: {n} rows need a look. Correct them in the file and upload it again.",
            len({problem.row for problem in error.problems}),
        ),
        "error",
    )
    shown = error.problems[:PROBLEMS_AT_ONCE]
    st.table(
        pd.DataFrame(
            {t("Row in the file"): [one.row for one in shown], t("What is wrong"): [one.sentence for one in shown]}
        ),
        hide_index=True,
    )
    if len(error.problems) > len(shown):
        st.caption(t("And {count} more.", count=len(error.problems) - len(shown)))
