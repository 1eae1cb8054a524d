"""The figures as a table in Markdown, with how they were measured."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from peea.bench.floor import Floor
from peea.bench.material import Measured
from peea.bench.plain import Comparison
from peea.bench.shown import SOON_MS, Shown
from peea.bench.steps import Steps
from peea.bench.streams import Stream


@dataclass(frozen=True)
class Figures:
    """All figures of one run.

    Attributes:
        model, input_size, trained: what graded.
        steps, comparison, file_s, file_frames: of the road.
        streams: by number of sessions.
        shown: of one camera over a real connection.
        floor: of the network.
        peak_mb: the most memory that the run held.
        load: processes that wanted a core, beside this one, when the run began and ended.
        measured_at: date and time.
    """

    model: str
    input_size: int
    trained: bool
    steps: Steps
    comparison: Comparison
    file_s: float
    file_frames: int
    streams: Sequence[Stream]
    shown: Shown
    floor: Floor
    peak_mb: float
    load: tuple[float, float]
    measured_at: str


def machine() -> str:
    """Return the processor and the number of cores in use."""
    names = [line.split(":", 1)[1].strip() for line in _cpu_info() if line.startswith("model name")]
    return f"{names[0] if names else platform.processor()}, {len(names)} cores"


def _cpu_info() -> list[str]:
    file = Path("/proc/cpuinfo")
    return file.read_text().splitlines() if file.is_file() else []


def markdown(all_figures: Sequence[Figures], others: Sequence[str] = ()) -> str:
    """Return the tables of several models measured in one run, and what else was measured, with titles of its own."""
    lines = [
        "# How fast PEEA is",
        "",
        f"Written by `make bench` on {all_figures[0].measured_at}: {machine()}. Frames of 640 x 480 of the "
        "demonstration recording `severe`. Median, and from the 10th to the 90th percentile. Load was "
        f"{all_figures[0].load[0]:.1f} when the run began and {all_figures[-1].load[1]:.1f}, with the run itself, when "
        "it ended. Other work on the machine makes times too long, but not ratios of things measured in turns.",
        "",
    ]
    for figures in all_figures:
        lines += _of_model(figures)
    for text in others:
        lines += [text, ""]
    return "\n".join(lines)


def _of_model(figures: Figures) -> list[str]:
    steps, comparison, floor = figures.steps, figures.comparison, figures.floor
    weights = "released" if figures.trained else "random weights: as fast as trained ones"
    ratios = np.array(comparison.ratios)
    measured_ms = steps.grade_batch.median_ms
    lines = [
        f"## {figures.model} at {figures.input_size} px ({weights}), {steps.runs_on}",
        "",
        "| milliseconds a frame | median | 10-90 % |",
        "|---|---|---|",
        _row("decode", steps.decode),
        _row("detect: full MTCNN cascade, one core", steps.detect),
        _row("follow, normalise and judge, cascade twice a second among it, one core", steps.track),
        _row("normalise, one core", steps.normalise),
        _row("grade one face, one core", steps.grade_one),
        _row("grade in batches of 16, all cores", steps.grade_batch),
        _row("the same network in torch fp32, one core", steps.grade_torch),
        f"| whole road on a file, all cores, without decoding | {np.median(comparison.whole_ms):.1f} | "
        f"{_range(comparison.whole_ms)} |",
        f"| the plain pipeline: facenet-pytorch's MTCNN with defaults, the same network in torch fp32 | "
        f"{np.median(comparison.plain_ms):.1f} | {_range(comparison.plain_ms)} |",
        "",
        f"**{np.median(ratios):.1f} times** the plain pipeline ({len(ratios)} rounds in turns: {ratios.min():.1f} to "
        f"{ratios.max():.1f}). A file of {figures.file_frames} frames (25 s at 25 frames a second) takes "
        f"**{figures.file_s:.1f} s**, decoding included, every frame graded. Peak memory {figures.peak_mb:.0f} MB.",
        "",
        "| cameras of 25 frames a second at once | graded a second, each | late, 95 % within | median late, part by "
        "part | memory grew |",
        "|---|---|---|---|---|",
    ]
    lines += [
        f"| {one.sessions} ({one.seconds:.0f} s) | {rates_text(one.graded_a_second)} | {one.late_95_ms:.0f} ms | "
        f"{', '.join(f'{part.late_ms:.0f}' for part in one.measured)} ms | {one.memory_grew_mb:.1f} MB |"
        for one in figures.streams
    ]
    lines += [
        "",
        "Late is the time from a frame's arrival at the session to its grade. Each frame is also unpacked, drawn on "
        "and compressed, as for a browser. A frame that finds the graders busy gives way to the next one.",
        "",
        _shown(figures.shown),
    ]
    lines += [
        "",
        f"The floor: {floor.multiply_adds:.2f} thousand million multiply-adds a face over {floor.peak_gmacs:.0f} a "
        f"second measured ({floor.precision}, all cores) are {floor.compute_ms:.1f} ms; {floor.weights_mb:.0f} MB of "
        f"weights over {floor.bandwidth_gb_s:.0f} GB/s are {floor.memory_ms:.1f} ms. Grading a batch takes "
        f"{measured_ms:.1f} ms a face, {measured_ms / floor.floor_ms:.1f} times the floor.",
        "",
    ]
    return lines


def _shown(shown: Shown) -> str:
    """Return how soon the pictures of one camera come back, and what exactly was measured."""
    back = np.array(shown.back_ms) if shown.back_ms else np.array([np.nan])
    return (
        f"One camera of 25 frames a second, 640 x 480, over a real WebRTC connection to a program of its own on this "
        f"machine that stands in for the browser: **{shown.soon:.1%} of {shown.sent} frames were shown within "
        f"{SOON_MS:.0f} ms** of their capture (median {np.median(back):.0f} ms, 95 % within "
        f"{np.quantile(back, 0.95):.0f} ms of those that came back), while {shown.graded_a_second:.1f} a second were "
        "graded. Measured from the time stamp drawn into the captured picture until the picture with the grade drawn "
        "on it is unpacked on the other side: compressing and sending both ways is part of it and runs on the same "
        "cores, the tablet's camera and screen are not. Both ends are aiortc, which hands a picture on when the next "
        "one begins to arrive, 40 ms later, at each end; a browser does not wait for that. PEEA's own part, from a "
        f"frame's arrival until it is handed back drawn on, takes up to {shown.drawing_ms:.0f} ms (95 %)."
    )


def _row(name: str, measured: Measured) -> str:
    return f"| {name} | {measured.median_ms:.1f} | {measured.low_ms:.1f}-{measured.high_ms:.1f} |"


def _range(values: Sequence[float]) -> str:
    return f"{min(values):.1f}-{max(values):.1f}"


def rates_text(rates: Sequence[float]) -> str:
    """Return frames a second of several sessions: one number where they are alike, otherwise the range."""
    low, high = min(rates), max(rates)
    return f"{low:.1f}" if high - low < 0.15 else f"{low:.1f} to {high:.1f}"


def readme_table(figures: Figures, file: str) -> str:
    """Return the few lines that the README shows."""
    ratios = np.array(figures.comparison.ratios)
    rows = [
        f"| {figures.model}, {figures.input_size} px, {figures.steps.runs_on} | |",
        "|---|---|",
        f"| against the plain pipeline (MTCNN defaults, torch fp32) | {np.median(ratios):.1f} times as fast "
        f"({ratios.min():.1f} to {ratios.max():.1f}) |",
        f"| a file of 25 s at 25 frames a second, every frame graded | {figures.file_s:.1f} s |",
    ]
    rows += [
        f"| {one.sessions} live camera{'s' if one.sessions > 1 else ''} | {rates_text(one.graded_a_second)} frames a "
        f"second each, graded within {one.late_95_ms:.0f} ms (95 %) |"
        for one in figures.streams
    ]
    rows.append(
        f"| pictures of one live camera back in the browser within {SOON_MS:.0f} ms | {figures.shown.soon:.1%} |"
    )
    where = f"{machine()} (load {figures.load[0]:.1f} when it began)"
    return "\n".join(
        [*rows, "", f"`make bench` wrote this on {figures.measured_at} on {where}; all of it in [{file}]({file})."]
    )
