"""When pain is assessed again: NICE guideline CG124 (Hip fracture: management), recommendation 1.3.1. Pure.

CG124 1.3.1: assess the patient's pain immediately upon presentation at hospital, within 30 minutes of administering
initial analgesia, hourly until settled on the ward, and regularly as part of routine nursing observations throughout
admission. As a rule, with the minutes of `ReassessmentRules`:

1. Without any assessment, the first one is due at arrival and overdue `arrival_min` later.
2. After an assessment the next one is due `unsettled_min` later, or `routine_min` later once the patient is settled:
   the last `settled_assessments` were all at `settled_grade` or below.
3. A dose given since the last assessment brings the next one forward to `first_analgesia_min` (the first dose of the
   stay) or `later_analgesia_min` after it. It never puts one off. One in the minute of an assessment came after it.
4. An assessment of any kind that gave a grade closes the task; a recording that could not be assessed closes nothing.

All times are aware datetimes and compared as moments, so that midnight, daylight saving and time zones change nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntEnum, StrEnum
from typing import Final

from peea.care.rules import ReassessmentRules
from peea.language import Names, later, t
from peea.scales import Grade


class Reason(StrEnum):
    """Why an assessment is due."""

    ARRIVAL = "arrival"
    FIRST_ANALGESIA = "first_analgesia"
    LATER_ANALGESIA = "later_analgesia"
    UNSETTLED = "unsettled"
    ROUTINE = "routine"


REASON_NAMES: Final[Mapping[Reason, str]] = Names(
    {
        Reason.ARRIVAL: later("On arrival"),
        Reason.FIRST_ANALGESIA: later("After the first analgesia"),
        Reason.LATER_ANALGESIA: later("After analgesia"),
        Reason.UNSETTLED: later("Hourly until settled"),
        Reason.ROUTINE: later("With routine observations"),
    }
)


class Urgency(IntEnum):
    """How urgent a task is, the most urgent first."""

    OVERDUE = 0
    DUE = 1
    LATER = 2


@dataclass(frozen=True)
class Assessed:
    """When pain was assessed, and the grade; None if it could not be."""

    at: datetime
    grade: Grade | None


@dataclass(frozen=True)
class Task:
    """The next assessment: by when, why, and whether the patient counts as settled."""

    due_at: datetime
    reason: Reason
    settled: bool

    def urgency(self, now: datetime, rules: ReassessmentRules) -> Urgency:
        """Return overdue after its time, due from `soon_min` before it, else later.

        A first assessment is due from arrival on.
        """
        if now > self.due_at:
            return Urgency.OVERDUE
        ahead = rules.arrival_min if self.reason is Reason.ARRIVAL else rules.soon_min
        return Urgency.DUE if now >= self.due_at - timedelta(minutes=ahead) else Urgency.LATER


@dataclass(frozen=True)
class PastTask:
    """A task of the past: why and by when it was due, and when it was closed (None: still open)."""

    due_at: datetime
    reason: Reason
    closed_at: datetime | None

    def late(self, now: datetime) -> bool:
        """True if it was closed after its time, or is open and its time has passed."""
        return (self.closed_at or now) > self.due_at


def next_task(
    arrived_at: datetime, assessed: Iterable[Assessed], doses: Iterable[datetime], rules: ReassessmentRules
) -> Task:
    """Return when a patient's pain is to be assessed next, and why.

    Args:
        arrived_at: when the patient arrived.
        assessed: assessments in any order; of a long history the last ones are enough.
        doses: when analgesia was given, the first dose of the stay among them.
        rules: of the site.
    """
    return _task(arrived_at.astimezone(UTC), _graded(assessed), _in_utc(doses), rules)


def past_tasks(
    arrived_at: datetime, assessed: Iterable[Assessed], doses: Iterable[datetime], rules: ReassessmentRules
) -> list[PastTask]:
    """Return every task of a stay in order of time; the last one is open."""
    arrived_at, graded, given = arrived_at.astimezone(UTC), _graded(assessed), _in_utc(doses)
    tasks = []
    for number in range(len(graded) + 1):
        closed_at = graded[number].at if number < len(graded) else None
        known = [at for at in given if closed_at is None or at < closed_at]
        first = max(0, number - rules.settled_assessments)
        task = _task(arrived_at, graded[first:number], known, rules)
        tasks.append(PastTask(task.due_at, task.reason, closed_at))
    return tasks


def _graded(assessed: Iterable[Assessed]) -> list[Assessed]:
    # In UTC: where a clock changes, Python adds an hour to a time of that zone by the clock, not by sixty minutes.
    graded = [Assessed(each.at.astimezone(UTC), each.grade) for each in assessed if each.grade is not None]
    return sorted(graded, key=lambda each: each.at)


def _in_utc(doses: Iterable[datetime]) -> list[datetime]:
    return sorted(at.astimezone(UTC) for at in doses)


def _task(
    arrived_at: datetime, graded: Sequence[Assessed], given: Sequence[datetime], rules: ReassessmentRules
) -> Task:
    if not graded:
        return Task(arrived_at + timedelta(minutes=rules.arrival_min), Reason.ARRIVAL, settled=False)
    last = graded[-1]
    settled = is_settled([each.grade for each in graded if each.grade is not None], rules)
    if settled:
        due = [(last.at + timedelta(minutes=rules.routine_min), Reason.ROUTINE)]
    else:
        due = [(last.at + timedelta(minutes=rules.unsettled_min), Reason.UNSETTLED)]
    for at in given:
        # Doses are entered to the minute: one in the minute of the assessment was most likely given for what it found.
        if at < last.at.replace(second=0, microsecond=0):
            continue
        if at == given[0]:
            due.append((at + timedelta(minutes=rules.first_analgesia_min), Reason.FIRST_ANALGESIA))
        elif rules.later_analgesia_min:
            due.append((at + timedelta(minutes=rules.later_analgesia_min), Reason.LATER_ANALGESIA))
    due_at, reason = min(due, key=lambda each: each[0])
    return Task(due_at, reason, settled)


def is_settled(grades: Sequence[Grade], rules: ReassessmentRules) -> bool:
    """Return whether the last grades, in order of time, are all low enough, and there are enough of them."""
    last = grades[-rules.settled_assessments :]
    return len(last) == rules.settled_assessments and all(grade <= rules.settled_grade for grade in last)


def span_text(span: timedelta) -> str:
    """Return a length of time as staff say it: minutes below two hours, then hours, from two days on days."""
    minutes = int(abs(span).total_seconds() // 60)
    if minutes < 120:
        return t("{n} min", n=minutes)
    if minutes < 48 * 60:
        return t("{n} h", n=minutes // 60)
    return t("{n} days", n=minutes // (24 * 60))


def task_sentence(task: Task, now: datetime) -> str:
    """Return whether a task is overdue or when it is due."""
    if now > task.due_at:
        # A begun minute is a minute: nobody is overdue by none.
        return t("Overdue by {span}", span=span_text(max(now - task.due_at, timedelta(minutes=1))))
    if task.due_at - now < timedelta(minutes=1):
        return t("Due now")
    return t("Due in {span}", span=span_text(task.due_at - now))
