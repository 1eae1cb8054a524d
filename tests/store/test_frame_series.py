"""Packed frame series: small, and read back within the stated precision."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peea.assessment import FrameRecord
from peea.faces import Problem
from peea.scales import PSPI_ACTIONS
from peea.store.frame_series import PRECISION, FrameSeriesError, pack, unpack

PIXELS = st.floats(-2000, 10_000)
SHARES = st.lists(st.floats(0, 1), min_size=5, max_size=5).map(tuple)
RECORDS = st.builds(
    FrameRecord,
    time_s=st.floats(0, 7200),
    problem=st.one_of(st.none(), st.sampled_from(list(Problem))),
    dim=st.booleans(),
    probabilities=st.one_of(st.none(), SHARES),
    actions=st.one_of(st.none(), st.fixed_dictionaries({name: st.floats(0, 5) for name in PSPI_ACTIONS})),
    box=st.one_of(st.none(), st.tuples(PIXELS, PIXELS, PIXELS, PIXELS)),
    landmarks=st.one_of(st.none(), st.lists(st.tuples(PIXELS, PIXELS), min_size=5, max_size=5).map(tuple)),
    brightness=st.floats(0, 255),
    other_faces=st.integers(0, 50),
)


def half_a_step(column: str) -> float:
    return PRECISION[column] / 2 * 1.001


@given(records=st.lists(RECORDS, max_size=12))
@settings(max_examples=60)
def test_records_come_back_within_the_stated_precision(records):
    again = unpack(pack(records))
    assert len(again) == len(records)
    for was, now in zip(records, again, strict=True):
        assert (now.problem, now.dim, now.other_faces) == (was.problem, was.dim, was.other_faces)
        assert now.time_s == pytest.approx(was.time_s, abs=half_a_step("time_s"))
        assert now.brightness == pytest.approx(was.brightness, abs=half_a_step("brightness"))
        for column in ("probabilities", "box"):
            before, after = getattr(was, column), getattr(now, column)
            assert after == (before and pytest.approx(before, abs=half_a_step(column)))
        assert now.actions == (was.actions and pytest.approx(dict(was.actions), abs=half_a_step("actions")))
        assert (now.landmarks is None) == (was.landmarks is None)
        for one, other in zip(was.landmarks or (), now.landmarks or (), strict=True):
            assert other == pytest.approx(one, abs=half_a_step("landmarks"))


def test_packing_what_was_unpacked_changes_nothing_more():
    once = unpack(pack(noisy_records(50)))
    assert unpack(pack(once)) == once


def test_25_s_at_25_frames_a_second_of_pure_noise_stay_under_100_kb():
    assert len(pack(noisy_records(625))) < 100_000


def noisy_records(number: int) -> list[FrameRecord]:
    """The worst case for compression: every value of every frame random."""
    dice = random.Random(7)
    return [
        FrameRecord(
            time_s=k / 25 + dice.random() / 50,
            problem=None,
            dim=dice.random() < 0.5,
            probabilities=tuple(dice.random() for _ in range(5)),
            actions={name: dice.random() for name in PSPI_ACTIONS},
            box=tuple(dice.random() * 1920 for _ in range(4)),
            landmarks=tuple((dice.random() * 1920, dice.random() * 1080) for _ in range(5)),
            brightness=dice.random() * 255,
            other_faces=dice.randrange(3),
        )
        for k in range(number)
    ]


@pytest.mark.parametrize("damage", ["cut", "empty", "flipped", "other"])
def test_a_damaged_blob_is_named(damage):
    blob = pack(noisy_records(20))
    middle = len(blob) // 2
    damaged = {
        "cut": blob[:middle],
        "empty": b"",
        "flipped": blob[:middle] + bytes(byte ^ 0xFF for byte in blob[middle : middle + 50]) + blob[middle + 50 :],
        "other": b"PK\x03\x04 and then something else",
    }[damage]
    with pytest.raises(FrameSeriesError, match="cannot be read"):
        unpack(damaged)


def test_an_unknown_form_is_named():
    with pytest.raises(FrameSeriesError, match="form 2"):
        unpack(pack([]), form=2)
