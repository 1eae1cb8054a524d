"""`python -m peea.bench [MODEL ...]`: measure, print, and write docs/bench.md and the README's table.

It takes some minutes; what takes longer, sessions of five and ten minutes, is `python -m peea.bench.long_run`.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import tempfile
import time
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Final

import av

from peea.assessment import assess
from peea.bench.floor import measure_floor
from peea.bench.material import CAMERA_RATE, ROOT, BenchModel, bench_model, frames_of
from peea.bench.plain import compare
from peea.bench.shown import measure_shown
from peea.bench.steps import measure_steps
from peea.bench.streams import peak_mb, play
from peea.bench.table import Figures, markdown, readme_table
from peea.frames import Frame
from peea.model_cards import DEFAULT_MODEL
from peea.settings import Settings

REPORT: Final = Path("docs") / "bench.md"
MARKS: Final = ("<!-- bench: written by make bench -->", "<!-- /bench -->")
SESSIONS: Final = (1, 2, 4, 8)
FILE_S: Final = 25
WARM_UP_S: Final = 3.0


def main(arguments: list[str] | None = None) -> int:
    """Measure what is asked for and write it."""
    asked = argparse.ArgumentParser(prog="python -m peea.bench", description=__doc__)
    asked.add_argument("models", nargs="*", help="released models or architectures; the default model and resnet50")
    asked.add_argument("--seconds", type=float, default=12.0, help="that each number of cameras is played")
    asked.add_argument("--rounds", type=int, default=5, help="in which PEEA and the plain pipeline take turns")
    asked.add_argument("--print-only", action="store_true", help="write no file")
    given = asked.parse_args(arguments)
    names = given.models or list(dict.fromkeys([DEFAULT_MODEL, "resnet50"]))
    measured = [figures_of(bench_model(name), given.seconds, given.rounds) for name in names]
    text = markdown(measured, [ward] if (ward := _ward()) else [])
    print(text)
    if not given.print_only:
        (ROOT / REPORT).parent.mkdir(exist_ok=True)
        (ROOT / REPORT).write_text(text.rstrip() + "\n", encoding="utf-8")
        shown = next((one for one in measured if one.model == DEFAULT_MODEL), measured[0])
        _into_readme(readme_table(shown, REPORT.as_posix()))
    return 0


def figures_of(model: BenchModel, seconds: float, rounds: int) -> Figures:
    """Measure everything for one model."""
    load = os.getloadavg()[0]
    print(f"{model.name}: steps", file=sys.stderr)
    steps = measure_steps(model)
    frames = frames_of(at_most=150)
    print(f"{model.name}: against the plain pipeline", file=sys.stderr)
    comparison = compare(model, frames, rounds)
    with tempfile.TemporaryDirectory() as folder:
        file = _film(frames, Path(folder) / "film.mp4")
        grader = model.grader()
        begun = time.perf_counter()
        count = len(assess(file, grader).frames)
        file_s = time.perf_counter() - begun
    streams = []
    for sessions in SESSIONS:
        print(f"{model.name}: {sessions} cameras", file=sys.stderr)
        streams.append(play(frames, grader, sessions, [WARM_UP_S, *[seconds / 3] * 3], Settings()))
    print(f"{model.name}: shown", file=sys.stderr)
    shown = measure_shown(grader, seconds)
    return Figures(
        model.name,
        model.input_size,
        model.trained,
        steps,
        comparison,
        file_s,
        count,
        streams,
        shown,
        measure_floor(model),
        peak_mb(),
        (load, os.getloadavg()[0]),
        datetime.now(UTC).strftime("%d %b %Y %H:%M UTC"),
    )


def _film(frames: list[Frame], file: Path) -> Path:
    """Write a recording of 25 s at 25 frames a second, of the same frames again and again."""
    with av.open(str(file), "w") as container:
        stream = container.add_stream("h264", rate=Fraction(int(CAMERA_RATE)))
        stream.height, stream.width = frames[0].image.shape[:2]
        stream.pix_fmt = "yuv420p"
        for number in range(round(FILE_S * CAMERA_RATE)):
            picture = av.VideoFrame.from_ndarray(frames[number % len(frames)].image, format="rgb24")
            container.mux(stream.encode(picture))
        container.mux(stream.encode())
    return file


def _ward() -> str:
    """Return what the ward's own bench says, if it is there."""
    try:
        from peea.bench.ward import markdown_of_ward
    except ImportError:
        return ""
    return str(markdown_of_ward())


def _into_readme(table: str) -> None:
    """Put the table between its marks in the README, if it has them."""
    file = ROOT / "README.md"
    text = file.read_text(encoding="utf-8")
    block = f"{MARKS[0]}\n{table}\n{MARKS[1]}"
    found = re.compile(re.escape(MARKS[0]) + r".*?" + re.escape(MARKS[1]), re.DOTALL)
    if found.search(text):
        file.write_text(found.sub(lambda _: block, text), encoding="utf-8")
    else:
        print(f"README.md has no place for the table; put {MARKS[0]} and {MARKS[1]} there", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
