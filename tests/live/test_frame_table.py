"""The table that keeps a live session's records as numbers: what is read from it is what was put in."""

from __future__ import annotations

from dataclasses import replace

import pytest

from peea.assessment import FrameRecord
from peea.assessment.road import moments_of
from peea.faces import Problem
from peea.live.frame_table import BLOCK_ROWS, FrameTable
from peea.scales import PSPI_ACTIONS, Grade
from peea.settings import StabilityRules

GRADED = FrameRecord(
    time_s=0.1 + 0.2,
    problem=None,
    dim=True,
    probabilities=(0.1, 0.2, 0.3, 0.15, 0.25),
    actions={name: number / 7 for number, name in enumerate(PSPI_ACTIONS)},
    box=(-3.5, 1 / 3, 200.25, 300.0),
    landmarks=((1.0, 2.0), (3.0, 4.5), (5.0, 6.0), (7.0, 8.0), (1 / 3, 10.0)),
    brightness=101.7,
    other_faces=2,
)
SEEN = replace(GRADED, time_s=0.4, problem=Problem.COVERED, dim=False, probabilities=None, actions=None)
NOBODY = replace(SEEN, time_s=0.5, problem=Problem.NO_FACE, box=None, landmarks=None, other_faces=0)
WITHOUT_ACTIONS = replace(GRADED, time_s=0.6, actions=None)
ALL = [GRADED, SEEN, NOBODY, WITHOUT_ACTIONS]


def table_of(records) -> FrameTable:
    table = FrameTable()
    for one in records:
        table.append(one)
    return table


def many(count: int) -> list[FrameRecord]:
    return [replace(ALL[number % len(ALL)], time_s=number / 25) for number in range(count)]


def test_records_come_back_as_they_were():
    frames = table_of(ALL).frames
    assert list(frames) == ALL
    assert (frames[-1], list(frames[1:3]), list(frames[::2])) == (WITHOUT_ACTIONS, ALL[1:3], ALL[::2])
    with pytest.raises(IndexError):
        frames[4]


def test_records_of_many_blocks_come_back_in_order():
    records = many(2 * BLOCK_ROWS + 3)
    table = table_of(records)
    assert list(table.frames) == records
    assert table.last_s == records[-1].time_s


def test_what_was_looked_at_stays_while_the_table_goes_on():
    records = many(3 * BLOCK_ROWS)
    table = table_of(records[:BLOCK_ROWS])
    before = table.frames
    for one in records[BLOCK_ROWS:]:
        table.append(one)
    table.forget_before(records[-2].time_s)
    assert list(before) == records[:BLOCK_ROWS]
    assert list(table.frames) == records[-2:]


def test_what_lies_before_a_time_is_forgotten_again_and_again():
    records = many(4 * BLOCK_ROWS)
    table = FrameTable()
    assert (len(table), table.last_s) == (0, 0.0)
    for place, one in enumerate(records):
        table.append(one)
        table.forget_before(one.time_s - 10.02)
        assert len(table) == min(place + 1, 251)
    assert list(table.frames) == records[-251:]
    assert list(table.frames.since(records[-3].time_s)) == records[-3:]
    table.forget_before(1e9)
    assert (len(table), table.last_s) == (0, 0.0)


def test_the_timeline_sees_the_table_as_it_sees_the_records():
    records = [
        replace(GRADED, time_s=number / 25, probabilities=(1 - share, 0.0, 0.0, share, 0.0))
        for number, share in enumerate([0.1, 0.9, 0.2, 0.8, 0.7, 0.3, 0.9, 0.9])
    ]
    records[3] = replace(SEEN, time_s=3 / 25)
    for smoothing_s in (0.0, 0.12):
        rules = StabilityRules(smoothing_s=smoothing_s)
        seen = table_of(records).frames.moments(rules)
        assert seen == moments_of(records, rules)
        assert seen[3].problem is Problem.COVERED
        assert {one.grade for one in seen} >= {Grade.SEVERE}
    assert table_of([]).frames.moments(StabilityRules()) == []
