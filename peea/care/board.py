"""The ward board: who needs somebody now. Pure: histories in, rows in order of need out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from peea.care.reassessment import Assessed, Task, Urgency, next_task
from peea.care.rules import ReassessmentRules
from peea.language import Names, later
from peea.store.pain_records import PainRecord
from peea.store.patients import Patient
from peea.store.ward_log import PatientHistory


class Direction(StrEnum):
    """Which way a patient's pain goes, against the assessment before under like circumstances."""

    UP = "up"
    SAME = "same"
    DOWN = "down"


DIRECTION_NAMES: Final[Mapping[Direction, str]] = Names(
    {Direction.UP: later("more pain"), Direction.SAME: later("the same"), Direction.DOWN: later("less pain")}
)
DIRECTION_SIGNS: Final[Mapping[Direction, str]] = {Direction.UP: "▲", Direction.SAME: "▶", Direction.DOWN: "▼"}


@dataclass(frozen=True)
class BoardRow:
    """One patient on the board.

    Attributes:
        patient: who.
        last: the latest assessment of any kind, or None.
        last_graded: the latest one that gave a grade, or None; it is `last` unless that could not be assessed.
        before: the one that `direction` compares with, or None.
        direction: which way the grade went since then, or None without anything to compare with.
        task: the next assessment.
        urgency: of that task now.
        to_confirm: results that wait for a clinician.
    """

    patient: Patient
    last: PainRecord | None
    last_graded: PainRecord | None
    before: PainRecord | None
    direction: Direction | None
    task: Task
    urgency: Urgency
    to_confirm: int


def board_rows(histories: Iterable[PatientHistory], now: datetime, rules: ReassessmentRules) -> list[BoardRow]:
    """Return the rows of the board, who needs somebody most first.

    Overdue before due before later; among those the higher grade, then the earlier time.
    """
    rows = [_row(history, now, rules) for history in histories]
    return sorted(rows, key=_need)


def task_of(history: PatientHistory, rules: ReassessmentRules) -> Task:
    """Return the next assessment of a patient."""
    return next_task(
        datetime.fromisoformat(history.patient.arrived_at),
        [Assessed(record.at, record.grade) for record in history.records],
        history.doses,
        rules,
    )


def direction_of(records: Sequence[PainRecord]) -> tuple[Direction | None, PainRecord | None]:
    """Return which way the last grade went and what it was compared with.

    Compared is like with like: at rest with at rest, moving with moving; not said is like nothing but itself.

    Args:
        records: the latest first.
    """
    graded = [record for record in records if record.grade is not None]
    if not graded:
        return None, None
    last = graded[0]
    before = next((record for record in graded[1:] if record.movement is last.movement), None)
    if before is None or before.grade is None or last.grade is None:
        return None, None
    if last.grade == before.grade:
        return Direction.SAME, before
    return (Direction.UP if last.grade > before.grade else Direction.DOWN), before


def _row(history: PatientHistory, now: datetime, rules: ReassessmentRules) -> BoardRow:
    direction, before = direction_of(history.records)
    task = task_of(history, rules)
    return BoardRow(
        patient=history.patient,
        last=history.records[0] if history.records else None,
        last_graded=next((record for record in history.records if record.grade is not None), None),
        before=before,
        direction=direction,
        task=task,
        urgency=task.urgency(now, rules),
        to_confirm=history.to_confirm,
    )


def _need(row: BoardRow) -> tuple[Urgency, int, datetime]:
    # Nobody knows how much pain an unassessed patient has: before all grades.
    grade = 9 if row.last_graded is None or row.last_graded.grade is None else int(row.last_graded.grade)
    return row.urgency, -grade, row.task.due_at
