"""What a team lead reads: grades, late assessments, coverage and overrides by week, ward and context. Pure.

Every share comes with its counts and its 95 % interval by Wilson's score, which stays within 0 and 1 and holds for
small numbers [Brown, Cai, DasGupta, Statistical Science 16(2):101-133, 2001]. Assessments of one patient are alike, so
that the intervals are somewhat too narrow; the page says so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from scipy.stats import binomtest

from peea.care.reassessment import REASON_NAMES, Assessed, PastTask, past_tasks
from peea.care.rules import ReassessmentRules
from peea.clock import on_ward
from peea.language import Names, later, t
from peea.scales import CONTEXT_NAMES, Grade
from peea.store.assessments import Status
from peea.store.pain_records import PainRecord
from peea.store.ward_log import PatientHistory, RecordingFacts

CONFIDENCE: Final = 0.95


class Grouping(StrEnum):
    """By what numbers are split."""

    WEEK = "week"
    WARD = "ward"
    CONTEXT = "context"


GROUPING_NAMES: Final[Mapping[Grouping, str]] = Names(
    {Grouping.WEEK: later("By week"), Grouping.WARD: later("By ward"), Grouping.CONTEXT: later("By context")}
)


@dataclass(frozen=True)
class Rate:
    """A share with its counts and its interval.

    Attributes:
        hits, total: counts.
        share: hits / total, 0-1; None of nothing.
        low, high: its 95 % interval by Wilson's score, 0-1; None of nothing.
    """

    hits: int
    total: int
    share: float | None
    low: float | None
    high: float | None


def rate_of(hits: int, total: int) -> Rate:
    """Return the share of `hits` in `total` with Wilson's interval.

    Raises:
        ValueError: there are more hits than there is in total, or fewer than none.

    >>> rate = rate_of(8, 10)
    >>> round(rate.low, 3), round(rate.high, 3)
    (0.49, 0.943)
    """
    if not 0 <= hits <= total:
        raise ValueError(f"{hits} of {total} is no share")
    if total == 0:
        return Rate(0, 0, None, None, None)
    interval = binomtest(hits, total).proportion_ci(CONFIDENCE, method="wilson")
    return Rate(hits, total, hits / total, float(interval.low), float(interval.high))


def week_of(moment: datetime) -> date:
    """Return the Monday of the week of a time, by the ward's calendar."""
    day = on_ward(moment).date()
    return day - timedelta(days=day.weekday())


@dataclass(frozen=True)
class GradeCounts:
    """How often each grade was found in one group; `not_assessed` are tries that gave none."""

    group: date | str
    counts: Mapping[Grade, int]
    not_assessed: int

    @property
    def total(self) -> int:
        return sum(self.counts.values())


def grades_by(
    histories: Iterable[PatientHistory], grouping: Grouping, since: datetime, movement: bool | None = None
) -> list[GradeCounts]:
    """Return the grades of all assessments of every kind since a time, a group each.

    Args:
        histories: the patients.
        grouping: week, ward or context.
        since: earlier ones are left out.
        movement: only during movement (True), only at rest (False), or all.
    """
    found: dict[date | str, list[PainRecord]] = defaultdict(list)
    for history in histories:
        for record in history.records:
            if record.at >= since and (movement is None or record.movement is movement):
                found[_group(grouping, record.at, history.patient.ward, _context(record))].append(record)
    return [
        GradeCounts(
            group,
            {grade: sum(record.grade is grade for record in records) for grade in Grade},
            sum(record.grade is None for record in records),
        )
        for group, records in sorted(found.items(), key=lambda item: str(item[0]))
    ]


def tasks_of(history: PatientHistory, rules: ReassessmentRules, now: datetime) -> list[PastTask]:
    """Return the tasks of a stay whose time has come by now or, for who has left, came before that."""
    left = history.patient.left_at
    end = now if left is None else min(now, datetime.fromisoformat(left))
    tasks = past_tasks(
        datetime.fromisoformat(history.patient.arrived_at),
        [Assessed(record.at, record.grade) for record in history.records],
        history.doses,
        rules,
    )
    # A task that nobody closed and that is not due yet says nothing.
    return [task for task in tasks if task.closed_at is not None or task.due_at <= end]


def late_by(
    histories: Iterable[PatientHistory],
    grouping: Grouping,
    rules: ReassessmentRules,
    since: datetime,
    now: datetime,
) -> list[tuple[date | str, Rate]]:
    """Return the share of assessments that were due since a time and came late or not at all, a group each.

    By context means by the reason for which they were due: what the patient would have done is not known.
    """
    found: dict[date | str, list[bool]] = defaultdict(list)
    for history in histories:
        for task in tasks_of(history, rules, now):
            if since <= task.due_at <= now or (task.closed_at is not None and task.closed_at >= since):
                group = _group(grouping, task.due_at, history.patient.ward, REASON_NAMES[task.reason])
                found[group].append(task.late(now))
    return _rates(found)


def assessable_by(recordings: Iterable[RecordingFacts], grouping: Grouping) -> list[tuple[date | str, Rate, float]]:
    """Return the share of recordings that could be assessed, with the mean share of seconds that were graded (0-1)."""
    found: dict[date | str, list[RecordingFacts]] = defaultdict(list)
    for each in recordings:
        found[_facts_group(each, grouping)].append(each)
    return [
        (
            group,
            rate_of(sum(one.report_grade is not None for one in own), len(own)),
            sum(one.coverage for one in own) / len(own),
        )
        for group, own in sorted(found.items(), key=lambda item: str(item[0]))
    ]


def overridden_by(
    recordings: Iterable[RecordingFacts], key: Callable[[RecordingFacts], date | str]
) -> list[tuple[date | str, Rate, int]]:
    """Return the share of overrides among results that a clinician decided on, with the number still preliminary.

    Args:
        recordings: of which those without a grade count once a clinician has put one in its place.
        key: the group of each, such as its model and version.
    """
    found: dict[date | str, list[Status]] = defaultdict(list)
    for each in recordings:
        if each.report_grade is not None or each.status is not Status.PRELIMINARY:
            found[key(each)].append(each.status)
    return [
        (
            group,
            rate_of(own.count(Status.OVERRIDDEN), len(own) - own.count(Status.PRELIMINARY)),
            own.count(Status.PRELIMINARY),
        )
        for group, own in sorted(found.items(), key=lambda item: str(item[0]))
    ]


def by_model(recording: RecordingFacts) -> str:
    """Return the group of a recording by model and version."""
    return recording.model


def by_grouping(grouping: Grouping) -> Callable[[RecordingFacts], date | str]:
    """Return the function that gives the group of a recording."""
    return lambda recording: _facts_group(recording, grouping)


def _facts_group(each: RecordingFacts, grouping: Grouping) -> date | str:
    context = CONTEXT_NAMES[each.context] if each.context else t("Context not given")
    return _group(grouping, each.recorded_at, each.ward, context)


def _context(record: PainRecord) -> str:
    return CONTEXT_NAMES[record.context] if record.context else t("Context not given")


def _group(grouping: Grouping, at: datetime, ward: str, context: str) -> date | str:
    if grouping is Grouping.WEEK:
        return week_of(at)
    return (ward or t("No ward given")) if grouping is Grouping.WARD else context


def _rates(found: Mapping[date | str, Sequence[bool]]) -> list[tuple[date | str, Rate]]:
    return [(group, rate_of(sum(own), len(own))) for group, own in sorted(found.items(), key=lambda item: str(item[0]))]
