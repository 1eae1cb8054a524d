"""When pain is assessed again: NICE CG124 1.3.1, across midnight, daylight saving and time zones."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peea.care.reassessment import Assessed, Reason, Urgency, next_task, past_tasks, task_sentence
from peea.care.rules import ReassessmentRules
from peea.clock import at_clock, on_ward
from peea.scales import Grade

RULES = ReassessmentRules()
ARRIVED = datetime(2026, 11, 20, 22, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def after(minutes, grade=Grade.SEVERE):
    return Assessed(ARRIVED + minutes * MINUTE, grade)


def due(assessed=(), doses=(), rules=RULES):
    task = next_task(ARRIVED, assessed, [ARRIVED + minutes * MINUTE for minutes in doses], rules)
    return round((task.due_at - ARRIVED) / MINUTE), task.reason


def test_the_first_assessment_is_due_at_arrival_and_overdue_a_quarter_of_an_hour_later():
    assert due() == (15, Reason.ARRIVAL)
    task = next_task(ARRIVED, [], [], RULES)
    assert task.urgency(ARRIVED, RULES) is Urgency.DUE
    assert task.urgency(ARRIVED + 15 * MINUTE, RULES) is Urgency.DUE
    assert task.urgency(ARRIVED + 16 * MINUTE, RULES) is Urgency.OVERDUE


def test_within_30_minutes_of_the_first_analgesia_and_not_later_for_a_dose_given_before_the_assessment():
    assert due([after(5)], doses=[10]) == (40, Reason.FIRST_ANALGESIA)
    assert due([after(5)], doses=[2]) == (65, Reason.UNSETTLED)
    assert due([], doses=[2]) == (15, Reason.ARRIVAL), "the arrival comes first"


def test_later_analgesia_brings_the_next_assessment_forward_and_never_puts_it_off():
    settled = [after(5, Grade.MILD), after(65, Grade.NO_PAIN)]
    assert due(settled, doses=[1]) == (65 + 240, Reason.ROUTINE)
    assert due(settled, doses=[1, 70]) == (130, Reason.LATER_ANALGESIA)
    assert due([after(5)], doses=[1, 60]) == (65, Reason.UNSETTLED)
    assert due(settled, doses=[1, 70], rules=ReassessmentRules(later_analgesia_min=0)) == (305, Reason.ROUTINE)


def test_a_dose_entered_for_the_minute_of_the_assessment_was_given_for_what_it_found():
    last = Assessed(ARRIVED + 5 * MINUTE + timedelta(seconds=40), Grade.SEVERE)
    assert due([last], doses=[5]) == (35, Reason.FIRST_ANALGESIA)


def test_hourly_until_settled_then_with_routine_observations():
    assert due([after(0)]) == (60, Reason.UNSETTLED)
    assert due([after(0), after(60, Grade.MILD)]) == (120, Reason.UNSETTLED), "one low grade is not settled"
    assert due([after(0), after(60, Grade.MILD), after(120, Grade.MILD)]) == (360, Reason.ROUTINE)
    back = [after(60, Grade.MILD), after(120, Grade.MILD), after(360, Grade.OBVIOUS)]
    assert due(back) == (420, Reason.UNSETTLED), "pain that comes back"


def test_an_assessment_closes_the_task_and_one_that_could_not_be_made_does_not():
    assert due([after(5), after(35)], doses=[10]) == (95, Reason.UNSETTLED)
    assert due([after(5), after(35, None)], doses=[10]) == (40, Reason.FIRST_ANALGESIA)


def test_the_site_changes_every_number():
    rules = ReassessmentRules(
        arrival_min=0, first_analgesia_min=20, unsettled_min=30, routine_min=120, settled_grade=0, settled_assessments=1
    )
    assert due(rules=rules) == (0, Reason.ARRIVAL)
    assert due([after(5)], doses=[6], rules=rules) == (26, Reason.FIRST_ANALGESIA)
    assert due([after(5, Grade.MILD)], rules=rules) == (35, Reason.UNSETTLED)
    assert due([after(5, Grade.NO_PAIN)], rules=rules) == (125, Reason.ROUTINE)


class TestClocks:
    @pytest.mark.parametrize("zone", ["Europe/Berlin", "Asia/Shanghai", "America/New_York", "Asia/Kolkata"])
    def test_across_midnight_the_ward_reads_the_next_day(self, zone):
        ward = ZoneInfo(zone)
        last = at_clock(date(2026, 11, 21), time(23, 40), ward)
        task = next_task(last - timedelta(hours=5), [Assessed(last, Grade.SEVERE)], [], RULES)
        shown = on_ward(task.due_at, ward)
        assert (shown.date(), shown.time()) == (date(2026, 11, 22), time(0, 40))

    @pytest.mark.parametrize(
        ("day", "last", "shown"),
        [
            # Berlin, spring: 02:00 becomes 03:00. Autumn: 03:00 becomes 02:00 again.
            (date(2026, 3, 29), time(1, 30), "2026-03-29T03:30:00+02:00"),
            (date(2026, 10, 25), time(1, 30), "2026-10-25T02:30:00+02:00"),
            (date(2026, 10, 25), time(2, 30), "2026-10-25T02:30:00+01:00"),
        ],
    )
    def test_an_hour_is_sixty_minutes_in_the_nights_when_the_clock_changes(self, day, last, shown):
        berlin = ZoneInfo("Europe/Berlin")
        at = at_clock(day, last, berlin)
        task = next_task(at - timedelta(hours=3), [Assessed(at, Grade.SEVERE)], [], RULES)
        assert task.due_at - at == timedelta(minutes=60)
        assert on_ward(task.due_at, berlin).isoformat() == shown
        assert task.urgency(at + timedelta(minutes=61), RULES) is Urgency.OVERDUE
        assert task.urgency(at + timedelta(minutes=40), RULES) is Urgency.LATER
        assert task.urgency(at + timedelta(minutes=46), RULES) is Urgency.DUE

    @given(
        minutes=st.lists(st.integers(0, 6000), max_size=8),
        doses=st.lists(st.integers(0, 6000), max_size=4),
        grades=st.lists(st.sampled_from([None, *Grade]), min_size=8, max_size=8),
        zone=st.sampled_from(["Europe/Berlin", "Asia/Shanghai", "America/St_Johns", "UTC"]),
    )
    def test_the_zone_in_which_times_are_written_changes_nothing(self, minutes, doses, grades, zone):
        there = ZoneInfo(zone)
        # Over the night in which Berlin's summer ends.
        start = datetime(2026, 10, 24, 12, 0, tzinfo=UTC)
        assessed = [Assessed(start + m * MINUTE, grade) for m, grade in zip(minutes, grades, strict=False)]
        given_at = [start + m * MINUTE for m in doses]
        task = next_task(start, assessed, given_at, RULES)
        elsewhere = next_task(
            start.astimezone(there),
            [Assessed(each.at.astimezone(there), each.grade) for each in assessed],
            [at.astimezone(there) for at in given_at],
            RULES,
        )
        assert elsewhere == task


def test_the_past_is_told_task_by_task_and_the_last_is_open():
    tasks = past_tasks(
        ARRIVED,
        [after(10), after(50), after(200, Grade.MILD), after(90, None)],
        [ARRIVED + 15 * MINUTE],
        RULES,
    )
    assert [(round((task.due_at - ARRIVED) / MINUTE), task.reason) for task in tasks] == [
        (15, Reason.ARRIVAL),
        (45, Reason.FIRST_ANALGESIA),
        (110, Reason.UNSETTLED),
        (260, Reason.UNSETTLED),
    ]
    now = ARRIVED + 261 * MINUTE
    assert [task.late(now) for task in tasks] == [False, True, True, True]
    assert [task.closed_at is None for task in tasks] == [False, False, False, True]
    assert not tasks[-1].late(ARRIVED + 259 * MINUTE)


@given(minutes=st.lists(st.integers(0, 3000), min_size=1, max_size=10, unique=True))
def test_the_open_task_of_the_past_is_the_next_one(minutes):
    assessed = [after(m, Grade(m % 5)) for m in minutes]
    doses = [ARRIVED + m * MINUTE for m in minutes[::3]]
    task, (*_, last) = next_task(ARRIVED, assessed, doses, RULES), past_tasks(ARRIVED, assessed, doses, RULES)
    assert (last.due_at, last.reason) == (task.due_at, task.reason)


@pytest.mark.parametrize(
    ("ahead", "sentence"),
    [(12, "Due in 12 min"), (-119, "Overdue by 119 min"), (-121, "Overdue by 2 h"), (-3000, "Overdue by 2 days")],
)
def test_it_is_said_in_words(ahead, sentence):
    task = next_task(ARRIVED, [], [], RULES)
    assert task_sentence(task, task.due_at - ahead * MINUTE) == sentence
