"""What a team lead reads: shares with counts and intervals, and whether recordings have changed."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

from peea.care.drift import (
    Measure,
    Size,
    _holm,
    drift_between,
    drift_of,
    drift_sentence,
    summary_sentence,
    windows_of,
)
from peea.care.rules import DriftRules, ReassessmentRules
from peea.care.team import (
    Grouping,
    assessable_by,
    by_model,
    grades_by,
    late_by,
    overridden_by,
    rate_of,
    week_of,
)
from peea.clock import using_zone
from peea.scales import Context, Grade
from peea.store import Kind, PainRecord, PatientHistory, RecordingFacts, Status
from peea.store.patients import Sex, new_patient

ZONE_NAME = "Asia/Shanghai"
START = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
RULES = DriftRules()
FACTS = RecordingFacts(
    "p",
    "7B",
    START,
    Context.REST,
    Grade.MILD,
    Status.CONFIRMED,
    "lite0 0.1.0",
    0.9,
    21.0,
    100.0,
    0.0,
    0.8,
    3.0,
)


def history(records, arrived=START, doses=(), ward="7B"):
    patient = new_patient("Ada", date(1941, 5, 3), Sex.FEMALE, "x", study_code="P-0001", ward=ward, arrived_at=arrived)
    made = [
        PainRecord(str(number), patient.patient_id, START + timedelta(minutes=minutes), Kind.NRS, grade, context)
        for number, (minutes, grade, context) in enumerate(records)
    ]
    return PatientHistory(patient, tuple(reversed(made)), tuple(doses), 0)


@given(total=st.integers(1, 500), share=st.floats(0, 1))
def test_the_interval_is_wilsons(total, share):
    hits = round(share * total)
    rate = rate_of(hits, total)
    low, high = proportion_confint(hits, total, method="wilson")
    assert (rate.low, rate.high) == (pytest.approx(low, abs=1e-9), pytest.approx(high, abs=1e-9))
    assert rate.share == hits / total


def test_of_nothing_there_is_no_share():
    assert rate_of(0, 0).share is None
    with pytest.raises(ValueError, match="3 of 2"):
        rate_of(3, 2)


def test_a_week_begins_on_monday_by_the_wards_calendar():
    late_sunday = datetime(2026, 11, 8, 20, 0, tzinfo=UTC)
    with using_zone(ZoneInfo("UTC")):
        assert week_of(late_sunday) == date(2026, 11, 2)
    with using_zone(ZoneInfo(ZONE_NAME)):
        assert week_of(late_sunday) == date(2026, 11, 9)


def test_grades_are_counted_by_week_ward_and_context_and_tries_apart():
    rest, turning = Context.REST, Context.TURNING
    one = history(
        [(10, Grade.SEVERE, rest), (70, Grade.MILD, turning), (80, None, rest), (60 * 24 * 8, Grade.MILD, rest)]
    )
    two = history([(10, Grade.SEVERE, rest)], ward="8A")
    weeks = grades_by([one, two], Grouping.WEEK, START)
    assert [(each.total, each.not_assessed) for each in weeks] == [(3, 1), (1, 0)]
    wards = {each.group: each.counts[Grade.SEVERE] for each in grades_by([one, two], Grouping.WARD, START)}
    assert wards == {"7B": 1, "8A": 1}
    moving = grades_by([one, two], Grouping.CONTEXT, START, movement=True)
    assert [(each.group, each.total) for each in moving] == [("Turning over in bed", 1)]


def test_late_is_what_came_after_its_time_or_not_at_all():
    rules = ReassessmentRules()
    # Arrival in time, the hourly one late by 20 minutes, the next hourly one never.
    stay = history([(5, Grade.SEVERE, Context.REST), (85, Grade.SEVERE, Context.REST)])
    ((_, rate),) = late_by([stay], Grouping.WARD, rules, START, START + timedelta(minutes=300))
    assert (rate.hits, rate.total) == (2, 3)
    ((_, rate),) = late_by([stay], Grouping.WARD, rules, START, START + timedelta(minutes=100))
    assert (rate.hits, rate.total) == (1, 2), "what is not due yet says nothing"
    reasons = dict(late_by([stay], Grouping.CONTEXT, rules, START, START + timedelta(minutes=300)))
    assert (reasons["On arrival"].hits, reasons["Hourly until settled"].hits) == (0, 2)


def test_overrides_are_counted_among_decided_results_by_model_version():
    versions = [
        replace(FACTS, status=status, model=model)
        for model, statuses in (
            ("lite0 0.1.0", [Status.CONFIRMED] * 7 + [Status.OVERRIDDEN] * 3 + [Status.PRELIMINARY] * 5),
            ("lite0 0.2.0", [Status.PRELIMINARY] * 2),
        )
        for status in statuses
    ]
    (old, rate, waiting), (new, nothing, also_waiting) = overridden_by(versions, by_model)
    assert (old, rate.hits, rate.total, waiting) == ("lite0 0.1.0", 3, 10, 5)
    assert (new, nothing.share, also_waiting) == ("lite0 0.2.0", None, 2)


def test_coverage_is_the_mean_share_of_seconds():
    some = [FACTS, replace(FACTS, report_grade=None, coverage=0.1)]
    ((_, rate, coverage),) = assessable_by(some, Grouping.WARD)
    assert (rate.hits, rate.total, coverage) == (1, 2, pytest.approx(0.5))


def recordings(rng, n, brightness=100.0, refused=0.05, start=START):
    return [
        replace(
            FACTS,
            recorded_at=start + timedelta(hours=5 * number),
            brightness=float(rng.normal(brightness, 12)),
            sureness=float(rng.uniform(0.6, 0.9)),
            mean_pspi=float(rng.normal(4, 1)),
            coverage=float(rng.uniform(0.7, 1.0)),
            report_grade=None if rng.random() < refused else Grade(int(rng.integers(5))),
        )
        for number in range(n)
    ]


class TestDrift:
    def test_the_same_kind_of_recordings_is_no_change(self):
        rng = np.random.default_rng(3)
        found = drift_of(recordings(rng, 120), recordings(rng, 60), RULES)
        assert {one.size for one in found} == {Size.NONE}
        assert summary_sentence(found) == "No change that is worth a look was found."

    def test_a_darker_room_is_found_named_and_measured(self):
        rng = np.random.default_rng(4)
        before, now = recordings(rng, 120), recordings(rng, 60, brightness=80)
        found = {one.measure: one for one in drift_of(before, now, RULES)}
        dark = found[Measure.BRIGHTNESS]
        pairs = itertools.product([one.brightness for one in now], [one.brightness for one in before])
        assert dark.effect == pytest.approx(np.mean([np.sign(a - b) for a, b in pairs]))
        assert dark.size is Size.LARGE
        assert all(one.size is Size.NONE for measure, one in found.items() if measure is not Measure.BRIGHTNESS)
        assert drift_sentence(dark).startswith(
            "Brightness of the face: lower than in the reference weeks, 79 against 100."
        )
        assert "Mann-Whitney U test" in drift_sentence(dark)
        assert "Brightness of the face" in summary_sentence(list(found.values()))

    def test_more_recordings_that_could_not_be_assessed(self):
        rng = np.random.default_rng(5)
        found = {one.measure: one for one in drift_of(recordings(rng, 200), recordings(rng, 80, refused=0.6), RULES)}
        refused = found[Measure.REFUSED]
        assert refused.size is Size.LARGE
        assert refused.effect == pytest.approx(refused.recent - refused.reference)
        assert "Fisher's exact test" in drift_sentence(refused)

    def test_too_few_say_nothing_however_different_they_are(self):
        rng = np.random.default_rng(6)
        found = drift_of(recordings(rng, 200), recordings(rng, 19, brightness=20), RULES)
        assert {one.size for one in found} == {Size.TOO_FEW}
        assert "too few recordings to say (" in drift_sentence(found[0])

    def test_values_that_never_differ_are_no_change(self):
        found = drift_of([FACTS] * 40, [FACTS] * 40, RULES)
        assert {one.size for one in found} == {Size.NONE}

    def test_the_first_weeks_are_held_against_the_last_ones(self):
        rng = np.random.default_rng(7)
        first = recordings(rng, 130)
        later = recordings(rng, 34, brightness=70, start=START + timedelta(weeks=9))
        now = START + timedelta(weeks=10)
        windows = windows_of(first + later, now, RULES)
        assert windows.ready
        found = {one.measure: one for one in drift_between(first + later, windows, RULES)}
        assert found[Measure.BRIGHTNESS].reference_n == len(
            [one for one in first if one.recorded_at < START + timedelta(weeks=4)]
        )
        assert found[Measure.BRIGHTNESS].size is Size.LARGE
        assert not windows_of(first, START + timedelta(weeks=3), RULES).ready
        assert windows_of([], now, RULES) is None

    @given(ps=st.lists(st.floats(0, 1), min_size=1, max_size=7))
    def test_p_values_are_corrected_as_holm_does(self, ps):
        assert _holm(ps) == pytest.approx(multipletests(ps, method="holm")[1])
