"""Team lead: is pain assessed as it should be, and is PEEA still what it was?"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from pages.parts.saying import say
from pages.parts.visit import open_ward, shared_settings
from pages.parts.way_in import require_app
from peea.care.drift import (
    MEASURE_NAMES,
    SIZE_NAMES,
    Drift,
    Size,
    drift_between,
    drift_sentence,
    shown_value,
    summary_sentence,
    windows_of,
)
from peea.care.team import (
    GROUPING_NAMES,
    Grouping,
    Rate,
    assessable_by,
    by_grouping,
    by_model,
    grades_by,
    late_by,
    overridden_by,
    rate_of,
)
from peea.clock import date_text, on_ward
from peea.grade_style import GRADE_STYLES
from peea.language import joined, percent, t
from peea.plots import CHART_CONFIG
from peea.plots.rates import grade_shares_figure, group_name, rate_text, rates_figure
from peea.scales import GRADES
from peea.store import PatientHistory, RecordingFacts

WEEKS = {"two": 2, "four": 4, "twelve": 12, "year": 52}


def page() -> None:
    """Show what a team lead asks, each with its counts and intervals."""
    st.title(t("Team lead"), anchor=False)
    now = datetime.now(UTC)
    since, ward = _filters(now)
    with open_ward() as log:
        histories = [one for one in log.histories(since) if ward is None or one.patient.ward == ward]
        every = [one for one in log.recordings() if ward is None or one.ward == ward]
    recordings = [one for one in every if one.recorded_at >= since]
    if not any(record.at >= since for history in histories for record in history.records):
        say(t("Nothing was assessed in this time. Choose a longer time, or all wards."))
        return
    _summary(histories, since, now)
    grouping = st.segmented_control(
        t("Split"),
        list(Grouping),
        default=Grouping.WEEK,
        required=True,
        format_func=GROUPING_NAMES.__getitem__,
        key="team_split",
        label_visibility="collapsed",
        persist_state="session",
    )
    by = Grouping(grouping or Grouping.WEEK)
    _grades(histories, by, since)
    _late(histories, by, since, now)
    _assessable(recordings, by)
    _overrides(recordings, by)
    _drift(every, now)
    st.caption(
        t(
            "Intervals are 95 % by Wilson's score. Assessments of one patient are alike, so that the true ones are "
            "somewhat wider."
        )
    )


def _filters(now: datetime) -> tuple[datetime, str | None]:
    with open_ward() as log:
        wards = log.wards()
    span_column, ward_column = st.columns([2, 1], vertical_alignment="bottom")
    names = {"two": t("2 weeks"), "four": t("4 weeks"), "twelve": t("12 weeks"), "year": t("1 year")}
    with span_column:
        chosen = st.segmented_control(
            t("Time"),
            list(WEEKS),
            default="four",
            required=True,
            format_func=names.__getitem__,
            key="team_span",
            persist_state="session",
        )
    ward = None
    if len(wards) > 1:
        ward = ward_column.selectbox(
            t("Ward"), wards, index=None, placeholder=t("All wards"), key="team_ward", persist_state="session"
        )
    return now - timedelta(weeks=WEEKS[chosen or "four"]), ward


def _summary(histories: list[PatientHistory], since: datetime, now: datetime) -> None:
    """Say in two sentences how much was assessed and how much of it late."""
    rules = shared_settings().reassessment
    assessed = sum(record.at >= since for history in histories for record in history.records)
    late = late_by(histories, Grouping.WARD, rules, since, now)
    whole = rate_of(sum(rate.hits for _, rate in late), sum(rate.total for _, rate in late))
    say(
        joined(
            [
                t(
                    "{n} assessments of {patients} patients since {day}.",
                    n=assessed,
                    patients=len(histories),
                    day=date_text(on_ward(since)),
                ),
                t("Of those that were due, late or missing: {rate}.", rate=rate_text(whole)),
            ]
        )
    )


def _grades(histories: list[PatientHistory], by: Grouping, since: datetime) -> None:
    st.header(t("How much pain was found"), anchor=False)
    for movement, name in ((False, t("At rest")), (True, t("During movement"))):
        groups = [group for group in grades_by(histories, by, since, movement) if group.total]
        if not groups:
            continue
        st.subheader(name, anchor=False)
        _chart(grade_shares_figure(groups), f"grades_{movement}", name)
        _table(
            {
                t("Group"): [group_name(group.group) for group in groups],
                **{GRADE_STYLES[grade].label: [group.counts[grade] for group in groups] for grade in GRADES},
                t("Could not be assessed"): [group.not_assessed for group in groups],
            }
        )


def _late(histories: list[PatientHistory], by: Grouping, since: datetime, now: datetime) -> None:
    st.header(t("Late or missing assessments"), anchor=False)
    if by is Grouping.CONTEXT:
        st.caption(t("Here by the reason for which an assessment was due."))
    _rates(late_by(histories, by, shared_settings().reassessment, since, now), "late", t("Late or missing"))


def _assessable(recordings: list[RecordingFacts], by: Grouping) -> None:
    st.header(t("Recordings that could be assessed"), anchor=False)
    found = assessable_by(recordings, by)
    if not found:
        say(t("No recording was made in this time."))
        return
    rates = [(group, rate) for group, rate, _ in found]
    coverage = [percent(share) for _, _, share in found]
    _rates(rates, "assessable", t("Could be assessed"), {t("Mean share of seconds that were graded"): coverage})


def _overrides(recordings: list[RecordingFacts], by: Grouping) -> None:
    st.header(t("Results that clinicians overrode"), anchor=False)
    if not recordings:
        say(t("No recording was made in this time."))
        return
    for key, found in (
        ("models", overridden_by(recordings, by_model)),
        ("groups", overridden_by(recordings, by_grouping(by))),
    ):
        rates = [(group, rate) for group, rate, _ in found]
        waiting = [number for _, _, number in found]
        st.subheader(t("By model and version") if key == "models" else GROUPING_NAMES[by], anchor=False)
        if all(rate.share is None for _, rate in rates):
            say(t("No clinician has decided on a result yet."))
            continue
        _rates(rates, f"overrides_{key}", t("Overridden, of those decided"), {t("Still preliminary"): waiting})


def _drift(recordings: list[RecordingFacts], now: datetime) -> None:
    st.header(t("Has anything changed?"), anchor=False)
    rules = shared_settings().drift
    models = sorted({one.model for one in recordings})
    if not models:
        say(t("No recording was made yet."))
        return
    model = models[-1]
    if len(models) > 1:
        model = st.selectbox(t("Model"), models, index=len(models) - 1, key="team_model") or model
    own = [one for one in recordings if one.model == model]
    windows = windows_of(own, now, rules)
    if windows is None:
        return
    if not windows.ready:
        ready = windows.reference_until + timedelta(weeks=rules.recent_weeks)
        say(
            t(
                "The reference weeks of {model} began {day} and are not over. From {ready} on, recent recordings are "
                "compared with them.",
                model=model,
                day=date_text(on_ward(windows.reference_from)),
                ready=date_text(on_ward(ready)),
            )
        )
        return
    drifts = drift_between(own, windows, rules)
    notable = any(one.size in (Size.MEDIUM, Size.LARGE) for one in drifts)
    say(summary_sentence(drifts), "warning" if notable else "hint")
    st.caption(
        t(
            "{model}: from {recent} on, against {start} to {end}.",
            model=model,
            recent=date_text(on_ward(windows.recent_from)),
            start=date_text(on_ward(windows.reference_from)),
            end=date_text(on_ward(windows.reference_until)),
        )
    )
    for one in drifts:
        if one.size not in (Size.NONE, Size.TOO_FEW):
            say(drift_sentence(one), "warning" if one.size is not Size.SMALL else "hint")
    _drift_table(drifts)


def _drift_table(drifts: list[Drift]) -> None:
    _table(
        {
            t("What"): [MEASURE_NAMES[one.measure] for one in drifts],
            t("Reference weeks"): [shown_value(one.measure, one.reference) for one in drifts],
            t("Lately"): [shown_value(one.measure, one.recent) for one in drifts],
            t("Recordings"): [f"{one.reference_n} / {one.recent_n}" for one in drifts],
            t("Effect"): [None if one.effect is None else round(one.effect, 2) for one in drifts],
            t("Corrected p"): [None if one.p is None else round(one.p, 4) for one in drifts],
            t("In words"): [SIZE_NAMES[one.size] for one in drifts],
        }
    )


def _rates(rates: list[tuple[date | str, Rate]], key: str, title: str, further: dict[str, list] | None = None) -> None:
    _chart(rates_figure(rates, title), key, title)
    _table(
        {
            t("Group"): [group_name(group) for group, _ in rates],
            title: [rate_text(rate) for _, rate in rates],
            **(further or {}),
        }
    )


def _chart(figure: go.Figure, key: str, alt: str) -> None:
    st.plotly_chart(figure, theme=None, config=CHART_CONFIG, key=f"team_{key}", alt=alt)


def _table(columns: dict[str, list]) -> None:
    with st.expander(t("The same numbers as a table")):
        st.dataframe(pd.DataFrame(columns), hide_index=True, width="stretch")


require_app()
page()
