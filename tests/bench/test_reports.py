"""What the bench writes: its tables, the place in the README, the report of long runs; and the stamp it reads back."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from peea.bench import __main__ as bench
from peea.bench import long_run
from peea.bench.floor import Floor
from peea.bench.material import Measured
from peea.bench.plain import Comparison
from peea.bench.shown import Shown, stamp_of, stamped
from peea.bench.steps import Steps
from peea.bench.streams import Slice, Stream
from peea.bench.table import Figures, markdown, readme_table

ONE = Measured(2.0, 1.0, 3.0)


def stream(sessions: int, late_ms: tuple[float, ...] = (20.0, 22.0), memory_mb: float = 510.0) -> Stream:
    parts = [Slice(10.0, (8.0,) * sessions, late, late + 30, memory_mb) for late in late_ms]
    return Stream(sessions, (Slice(3.0, (1.0,) * sessions, 400.0, 900.0, 500.0), *parts))


@pytest.fixture
def figures() -> Figures:
    return Figures(
        model="made_up",
        input_size=224,
        trained=False,
        steps=Steps(ONE, ONE, ONE, ONE, ONE, Measured(10.0, 9.0, 12.0), ONE, "OpenVINO bf16, 2 threads"),
        comparison=Comparison((100.0, 120.0, 90.0), (10.0, 10.0, 10.0)),
        file_s=7.5,
        file_frames=625,
        streams=[stream(1), stream(4)],
        shown=Shown(sent=4, back_ms=(40.0, 90.0, 210.0), graded_a_second=24.4, drawing_ms=6.0),
        floor=Floor(4.1, 50.0, 410.0, 20.0, 8.0, 2.5, "bf16"),
        peak_mb=900.0,
        load=(0.4, 2.0),
        measured_at="1 Nov 2026 04:05 UTC",
    )


def test_ratio_floor_and_frames_shown_in_time_are_worked_out(figures):
    text = markdown([figures])
    assert "**10.0 times** the plain pipeline (3 rounds in turns: 9.0 to 12.0)" in text
    assert "1.2 times the floor" in text, "10 ms over 8"
    assert "**50.0% of 4 frames were shown within 150 ms**" in text, "one late, one lost"
    assert "| 4 (20 s) | 8.0 | 52 ms | 20, 22 ms | 10.0 MB |" in text, "without the warm-up"


def test_the_table_takes_its_place_in_the_readme_again_and_again(figures, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(bench, "ROOT", tmp_path)
    readme = tmp_path / "README.md"
    readme.write_text(f"# One\n\n{bench.MARKS[0]}\n{bench.MARKS[1]}\n\nLast.\n")
    for _ in range(2):
        bench._into_readme(readme_table(figures, "docs/bench.md"))
    text = readme.read_text()
    assert text.startswith("# One\n")
    assert text.endswith("\n\nLast.\n")
    assert text.count("10.0 times as fast (9.0 to 12.0)") == 1
    readme.write_text("# Without a place\n")
    bench._into_readme("table")
    assert "has no place for the table" in capsys.readouterr().err


def test_the_real_readme_has_a_place_for_the_table():
    text = (bench.ROOT / "README.md").read_text(encoding="utf-8")
    assert text.count(bench.MARKS[0]) == text.count(bench.MARKS[1]) == 1


def test_long_runs_stand_side_by_side_and_a_new_one_replaces_the_old(tmp_path):
    file = tmp_path / "bench_long.md"
    for one in (stream(4), stream(1), stream(4, (20.0, 30.0, 40.0), 540.0)):
        long_run._write(file, long_run.section(one, "made up at 224 px", (1.0, 2.0)))
    text = file.read_text()
    assert text.count("## ") == 2
    assert "changes by +10.0 ms a part" in text
    assert "memory grew by 40.0 MB" in text
    assert text.startswith(long_run.TITLE)


@pytest.mark.parametrize("number", [0, 1, 74_565, 2**24 - 1])
def test_the_stamp_survives_compression_and_drawing(number):
    rng = np.random.default_rng(4)
    picture = stamped(rng.integers(0, 256, (480, 640, 3)).astype(np.uint8), number)
    picture[:200] = 0
    _, packed = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 20])
    assert stamp_of(cv2.imdecode(packed, cv2.IMREAD_COLOR)) == number
