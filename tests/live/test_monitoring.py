"""Monitoring without an end: a row an episode, an alert for pain that holds, each told once."""

import pytest

from peea.live.monitoring import WINDOW_S, Monitoring
from peea.scales import Grade
from peea.settings import StabilityRules
from peea.timeline import Moment

CALM, MILD, OBVIOUS, SEVERE, INTENSE = Grade
RATE = 10


def watched(course, alert_grade=SEVERE, quiet_s=10.0):
    """Play a course; return the monitoring and the numbers of its alerts as they came, with their times."""
    monitoring = Monitoring(StabilityRules(), alert_grade, quiet_s)
    grades = [grade for grade, seconds in course for _ in range(round(seconds * RATE))]
    moments, alerts = [], []
    for number, grade in enumerate(grades):
        moments.append(Moment(number / RATE, grade))
        if number % 5 == 4:
            recent = [one for one in moments if moments[-1].time_s - one.time_s <= WINDOW_S]
            monitoring.take(recent)
            if monitoring.alert is not None and (not alerts or alerts[-1][0] != monitoring.alert.number):
                alerts.append((monitoring.alert.number, number / RATE))
    return monitoring, alerts


def rows(monitoring):
    return [(one.grade, round(one.start_s), round(one.end_s), one.going_on) for one in monitoring.episodes]


def test_each_stable_pain_episode_is_a_row():
    monitoring, _ = watched([(CALM, 5), (MILD, 4), (CALM, 3), (SEVERE, 6), (CALM, 5)])
    assert rows(monitoring) == [(MILD, 5, 9, False), (SEVERE, 12, 18, False)]


def test_an_episode_longer_than_the_window_stays_one_row_and_older_ones_stay_as_they_were():
    monitoring, alerts = watched([(OBVIOUS, 4), (CALM, 4), (SEVERE, 3 * WINDOW_S)])
    assert rows(monitoring) == [(OBVIOUS, 0, 4, False), (SEVERE, 8, round(8 + 3 * WINDOW_S), True)]
    assert [number for number, _ in alerts] == [1]


def test_an_alert_comes_soon_after_the_pain_is_stable_and_counts_from_the_chosen_grade():
    _, alerts = watched([(CALM, 10), (OBVIOUS, 10), (SEVERE, 5)])
    assert [number for number, _ in alerts] == [1]
    assert 20.4 <= alerts[0][1] <= 21.1
    _, alerts = watched([(CALM, 10), (OBVIOUS, 10), (SEVERE, 5)], alert_grade=INTENSE)
    assert alerts == []


def test_pain_that_soon_comes_back_or_rises_belongs_to_the_same_alert():
    monitoring, alerts = watched([(SEVERE, 3), (CALM, 5), (SEVERE, 3), (INTENSE, 3)])
    assert [number for number, _ in alerts] == [1]
    assert monitoring.alert.grade is INTENSE
    assert monitoring.alert.held_s == pytest.approx(9, abs=0.5), "the calm in between has not held"
    _, alerts = watched([(SEVERE, 3), (CALM, 15), (SEVERE, 3)])
    assert [number for number, _ in alerts] == [1, 2]


def test_a_wince_is_no_alert():
    assert watched([(CALM, 5), (INTENSE, 0.3), (CALM, 5)])[1] == []


def test_an_episode_that_slides_out_of_the_window_is_not_told_again():
    monitoring, alerts = watched([(SEVERE, 10), (CALM, 2 * WINDOW_S)])
    assert rows(monitoring) == [(SEVERE, 0, 10, False)]
    assert [number for number, _ in alerts] == [1]
