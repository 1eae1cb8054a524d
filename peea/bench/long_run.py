"""`python -m peea.bench.long_run [MODEL] [--sessions N] [--minutes M]`: do lag or memory grow over minutes?

Prints a line a minute and writes them to docs/bench_long.md, one section for each number of sessions::

    python -m peea.bench.long_run resnet50 --sessions 4 --minutes 5     # no lag that grows
    python -m peea.bench.long_run resnet50 --sessions 1 --minutes 10    # memory of a long session
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import numpy as np

from peea.bench.material import ROOT, bench_model, frames_of
from peea.bench.streams import Stream, play
from peea.bench.table import machine, rates_text
from peea.model_cards import DEFAULT_MODEL
from peea.settings import Settings

REPORT: Final = Path("docs") / "bench_long.md"
TITLE: Final = "# Lag and memory over minutes"
_LONGEST_PART_S: Final = 60.0
_WARM_UP_S: Final = 15.0


def main(arguments: list[str] | None = None) -> int:
    """Play the cameras and write what was found."""
    asked = argparse.ArgumentParser(prog="python -m peea.bench.long_run", description=__doc__)
    asked.add_argument("model", nargs="?", default=DEFAULT_MODEL)
    asked.add_argument("--sessions", type=int, default=4)
    asked.add_argument("--minutes", type=float, default=0.5)
    asked.add_argument("--print-only", action="store_true", help="write no file")
    given = asked.parse_args(arguments)
    model = bench_model(given.model)
    load = os.getloadavg()[0]
    parts = max(2, round(given.minutes * 60 / _LONGEST_PART_S))
    seconds = given.minutes * 60 / parts
    stream = play(
        frames_of(at_most=150), model.grader(), given.sessions, [min(seconds, 15.0), *[seconds] * parts], Settings()
    )
    text = section(stream, f"{model.name} at {model.input_size} px", (load, os.getloadavg()[0]))
    print(text)
    if not given.print_only:
        _write(ROOT / REPORT, text)
    return 0


def section(stream: Stream, model: str, load: tuple[float, float]) -> str:
    """Return what was found as a section in Markdown."""
    late = np.array([part.late_ms for part in stream.measured])
    slope = float(np.polyfit(np.arange(len(late)), late, 1)[0])
    when = datetime.now(UTC).strftime("%d %b %Y %H:%M UTC")
    sessions = f"{stream.sessions} session{'s' if stream.sessions > 1 else ''}"
    lines = [
        f"## {sessions} of {stream.seconds / 60:.1f} minutes, {model}",
        "",
        f"{when}, {machine()}; load {load[0]:.1f} when it began, {load[1]:.1f} when it ended. Cameras of 25 frames a",
        "second, 640 x 480; each frame is unpacked, drawn on and compressed as for a browser.",
        "",
        "| part | graded a second, each | median late | 95 % within | memory |",
        "|---|---|---|---|---|",
    ]
    lines += [
        f"| {number} ({part.seconds:.0f} s) | {rates_text(part.graded_a_second)} | {part.late_ms:.0f} ms | "
        f"{part.late_95_ms:.0f} ms | {part.memory_mb:.0f} MB |"
        for number, part in enumerate(stream.slices)
    ]
    lines += [
        "",
        f"Part 0 is the warm-up. The lag changes by {slope:+.1f} ms a part (least squares); memory grew by "
        f"{stream.memory_grew_mb:.1f} MB after the warm-up.",
        "",
    ]
    return "\n".join(lines)


def _write(file: Path, text: str) -> None:
    """Put the section into the report, in the place of an earlier one with the same number of sessions and model."""
    heading = text.splitlines()[0]
    same = re.sub(r" of [\d.]+ minutes", " of * minutes", heading)
    before = file.read_text(encoding="utf-8") if file.is_file() else f"{TITLE}\n"
    sections = re.split(r"(?m)^(?=## )", before)
    kept = [
        one.rstrip() for one in sections if re.sub(r" of [\d.]+ minutes", " of * minutes", one.split("\n")[0]) != same
    ]
    file.write_text("\n\n".join([*kept, text.rstrip()]) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
