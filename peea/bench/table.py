"""The figures as a table in Markdown, with how they were measured."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from peea.bench.floor import Floor
from peea.bench.material import Measured
from peea.bench.plain import Comparison
from peea.bench.steps import Steps
from peea.bench.streams import Stream


@dataclass(frozen=True)
class Figures:
    """All figures of one run.

    Attributes:
        model, input_size, trained: what graded.
        steps, comparison, file_s, file_frames: of the road.
        streams: by number of sessions.
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


def markdown(all_figures: Sequence[Figures], others: Mapping[str, str] | None = None) -> str:
    """Return the tables of several models measured in one run, and what else was measured, by title."""
    lines = [
        "# How fast PEEA is",
        "",
        f"Written by `make bench` on {all_figures[0].measured_at}: {machine()}. Frames of 640 x 480 of the "
        "demonstration recording `severe`. Median, and from the 10th to the 90th percentile. The machine was not "
        f"idle (load {all_figures[0].load[0]:.1f} when the run began, {all_figures[-1].load[1]:.1f} when it ended): "
        "times are too long by that, ratios of things measured in turns are not.",
        "",
    ]
    for figures in all_figures:
        lines += _of_model(figures)
    for title, text in (others or {}).items():
        lines += [f"## {title}", "", text, ""]
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
        "| cameras of 25 frames a second at once | graded a second, each | late, 95 % within | median late, first and "
        "last third | memory grew |",
        "|---|---|---|---|---|",
    ]
    lines += [
        f"| {one.sessions} ({one.seconds:.0f} s) | {_rates(one.graded_a_second)} | {one.late_ms:.0f} ms | "
        f"{one.late_first_ms:.0f} and {one.late_last_ms:.0f} ms | {one.memory_mb:.1f} MB |"
        for one in figures.streams
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


def _row(name: str, measured: Measured) -> str:
    return f"| {name} | {measured.median_ms:.1f} | {measured.low_ms:.1f}-{measured.high_ms:.1f} |"


def _range(values: Sequence[float]) -> str:
    return f"{min(values):.1f}-{max(values):.1f}"


def _rates(rates: Sequence[float]) -> str:
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
        f"| {one.sessions} live camera{'s' if one.sessions > 1 else ''} | {_rates(one.graded_a_second)} frames a "
        f"second each, 95 % within {one.late_ms:.0f} ms |"
        for one in figures.streams
    ]
    where = f"{machine()}, busy with other work (load {figures.load[0]:.1f} to {figures.load[1]:.1f})"
    return "\n".join(
        [*rows, "", f"`make bench` wrote this on {figures.measured_at} on {where}; all of it in [{file}]({file})."]
    )
