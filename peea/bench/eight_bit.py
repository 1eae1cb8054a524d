"""`python -m peea.bench.eight_bit MODEL [MODEL ...] [--write]`: what eight-bit integers would gain, and what they cost.

MODEL is a released model, or a network's name: then its weights are random, which is as fast, and no grades are
compared. A model is turned into eight-bit integers by NNCF, OpenVINO's own tool for it, in two ways; milliseconds a
face and the grades of the benchmark stills stand beside those of 32- and 16-bit floating point. NNCF is needed for
this alone: ``pip install -r requirements-eight-bit.txt``. With --write the tables go to docs/eight_bit.md.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np

from peea.bench.material import ROOT, timed
from peea.bench.precision import LEAST_SAME, MOST_DIFFERENCE, STILLS, Agreement, benchmark_crops
from peea.bench.table import machine
from peea.graders import load_network, resize_crop
from peea.inference import InferenceRules, Pixels, PreparedNetwork
from peea.inference.openvino_backend import compiled_model, converted_for_pictures, multiplies_in_bfloat16
from peea.inference.rules import Precision
from peea.inference.torch_backend import TorchNetwork
from peea.model_cards import MODELS_FOLDER, model_names
from peea.networks import PainNet, UnknownArchitectureError, architecture
from peea.output_scales import output_scale

REPORT: Final = Path("docs") / "eight_bit.md"
BATCH: Final = 16
ROUNDS: Final = 9
CALIBRATED_ON: Final = 300
"""Faces that show NNCF how large the numbers between the layers become, as it advises."""

MISSING: Final = (
    "NNCF, which turns a network into eight-bit integers, is not installed: "
    "pip install -r requirements-eight-bit.txt (Apache-2.0; PEEA itself does not need it)."
)


@dataclass(frozen=True)
class Way:
    """One of NNCF's ways to eight bits.

    Attributes:
        name: for people.
        preset: "performance" takes numbers between the layers as symmetric about zero, "mixed" does not.
        fast: correct the layers' biases by estimate; otherwise each layer by running the network up to it.
    """

    name: str
    preset: str
    fast: bool


WAYS: Final = (
    Way("int8, made to be fast", "performance", True),
    Way("int8, made to agree (mixed, every bias corrected)", "mixed", False),
)


@dataclass(frozen=True)
class Material:
    """A network to measure: a version of a released model, or random weights, which have no version."""

    name: str
    version: str | None
    network: PainNet
    pixels: Pixels
    temperature: float
    scale: str


@dataclass(frozen=True)
class Row:
    """What one way to run a network gave: milliseconds a face, and its grades against torch in 32 bits."""

    name: str
    integers: bool
    batch_ms: float
    single_ms: float
    agreement: Agreement | None


def material(name: str, folder: Path) -> Material:
    """Return a released model of a folder, or a network with random weights."""
    if name in model_names(folder):
        card, network = load_network(name, folder)
        of, size, version = architecture(card["network"]), int(card["input_size"]), str(card["version"])
        temperature, scale = float(card["temperature"]), str(card["scale"])
    else:
        of, version = architecture(name), None
        network, size, temperature, scale = of.build(), of.input_size, 1.0, "grades 0-4"
    mean = (of.mean[0] * 255, of.mean[1] * 255, of.mean[2] * 255)
    std = (of.std[0] * 255, of.std[1] * 255, of.std[2] * 255)
    return Material(name, version, network.eval(), Pixels(size, mean, std), temperature, scale)


def measured(of: Material, crops: Sequence[np.ndarray], nncf: Any) -> list[Row]:
    """Measure a network in floating point and in eight bits, all ways in turns."""
    faces = np.stack([resize_crop(crop, of.pixels.size) for crop in crops])
    small = Precision.BFLOAT16 if multiplies_in_bfloat16() else Precision.FLOAT32
    networks: dict[str, PreparedNetwork] = {}
    for precision in dict.fromkeys((Precision.FLOAT32, small)):
        model = converted_for_pictures(of.network, of.pixels)
        networks[precision.value] = compiled_model(model, InferenceRules(precision=precision.value))
    for way in WAYS if of.version is not None else WAYS[:1]:
        # What is not in integers runs in the fastest floating point.
        networks[way.name] = compiled_model(_in_eight_bits(of, faces, way, nncf), InferenceRules(precision=small.value))
    agreements: dict[str, Agreement] = {}
    if of.version is not None:
        reference = grade_probabilities(TorchNetwork(of.network, of.pixels), faces, of)
        agreements = {
            name: agreement(grade_probabilities(network, faces, of), reference) for name, network in networks.items()
        }
    batches, singles = (_in_turns(networks, faces[:count]) for count in (BATCH, 1))
    integers = [way.name for way in WAYS]
    return [Row(name, name in integers, batches[name], singles[name], agreements.get(name)) for name in networks]


def _in_eight_bits(of: Material, faces: np.ndarray, way: Way, nncf: Any) -> Any:
    chosen = faces[:: max(1, len(faces) // CALIBRATED_ON)]
    return nncf.quantize(
        converted_for_pictures(of.network, of.pixels),
        nncf.Dataset([face[None] for face in chosen]),
        preset=nncf.QuantizationPreset(way.preset),
        subset_size=len(chosen),
        fast_bias_correction=way.fast,
    )


def _in_turns(networks: dict[str, PreparedNetwork], faces: np.ndarray) -> dict[str, float]:
    """Return the median milliseconds a face of each network; they take turns, so that all meet the same machine."""
    rounds = [
        {name: timed(partial(network.run, faces), 1, before=1).median_ms for name, network in networks.items()}
        for _ in range(ROUNDS)
    ]
    return {name: float(np.median([each[name] for each in rounds])) / len(faces) for name in networks}


def grade_probabilities(network: PreparedNetwork, faces: np.ndarray, of: Material) -> np.ndarray:
    """Return the probabilities (N, 5) of the grades of faces (N, size, size, 3) uint8."""
    logits = np.concatenate([network.run(faces[at : at + BATCH])[0] for at in range(0, len(faces), BATCH)])
    raised = np.exp((logits - logits.max(axis=1, keepdims=True)).astype(np.float64) / of.temperature)
    return output_scale(of.scale).grade_probabilities(raised / raised.sum(axis=1, keepdims=True))


def agreement(mine: np.ndarray, reference: np.ndarray) -> Agreement:
    """Return how two sets of probabilities (N, 5) of the same faces agree, by the measure of `peea.bench.precision`."""
    difference = float(np.abs(mine - reference).max())
    same = float((mine.argmax(1) == reference.argmax(1)).mean())
    agrees = difference <= MOST_DIFFERENCE and same >= LEAST_SAME
    return Agreement(agrees, len(mine), round(difference, 4), round(same, 4))


def section(of: Material, rows: Sequence[Row]) -> str:
    """Return what was found of one network as a section in Markdown."""
    random = "random weights: as fast as trained ones, but no grades to compare"
    weights = random if of.version is None else f"released, version {of.version}"
    lines = [
        f"## {of.name} at {of.pixels.size} px ({weights})",
        "",
        f"| runs in | a face in batches of {BATCH} | a single face | probabilities within | the same grade | |",
        "|---|---|---|---|---|---|",
    ]
    for row in rows:
        found = row.agreement
        grades = ["", "", ""]
        if found is not None:
            verdict = "agrees" if found.agrees else "**does not agree**"
            grades = [f"{found.largest_difference:.4f}", f"{found.same_grade:.1%}", verdict]
        lines.append(" | ".join([f"| {row.name}", f"{row.batch_ms:.1f} ms", f"{row.single_ms:.1f} ms", *grades]) + " |")
    floating, integers = (
        min((row for row in rows if row.integers is wanted), key=lambda row: row.batch_ms) for wanted in (False, True)
    )
    ratio = f"In batches eight bits are {floating.batch_ms / integers.batch_ms:.1f} times as fast as {floating.name}"
    compared = [row.agreement for row in rows if row.integers and row.agreement is not None]
    if not compared:
        return "\n".join([*lines, "", f"{ratio}.", ""])
    agrees = any(each.agrees for each in compared)
    verdict = "and give the same grades" if agrees else "but do not give the same grades, so PEEA does not use them"
    return "\n".join([*lines, "", f"{ratio}, {verdict} ({compared[0].faces} faces).", ""])


def report(sections: Sequence[str], version: str) -> str:
    """Return the whole report in Markdown."""
    when = datetime.now(UTC).strftime("%d %b %Y %H:%M UTC")
    lines = [
        "# Eight-bit integers",
        "",
        f"Written by `python -m peea.bench.eight_bit` on {when}: {machine()}, "
        f"NNCF {version}. Milliseconds are medians of {ROUNDS} rounds in turns, all cores. Grades are compared with "
        "those of torch in 32-bit floating point on the benchmark stills; to agree, probabilities must lie within "
        f"{MOST_DIFFERENCE} and {LEAST_SAME:.1%} of the grades be the same. NNCF was shown some {CALIBRATED_ON} of "
        "those very faces, which speaks for the integers rather than against them.",
        "",
    ]
    return "\n".join([*lines, *sections])


def main(arguments: list[str] | None = None) -> int:
    """Measure networks and say what was found."""
    asked = argparse.ArgumentParser(prog="python -m peea.bench.eight_bit", description=__doc__)
    asked.add_argument("models", nargs="+", metavar="MODEL")
    asked.add_argument("--folder", type=Path, default=MODELS_FOLDER, help="that holds the released models")
    asked.add_argument("--write", action="store_true", help=f"write {REPORT.as_posix()}")
    given = asked.parse_args(arguments)
    # NNCF and what it is made with would tell their makers that they were used.
    os.environ["NNCF_CI"] = "1"
    try:
        nncf = importlib.import_module("nncf")
    except ImportError:
        print(MISSING, file=sys.stderr)
        return 2
    try:
        wanted = [material(name, given.folder) for name in given.models]
    except UnknownArchitectureError as error:
        print(error, file=sys.stderr)
        return 2
    crops = benchmark_crops()
    if not crops:
        print(f"There are no benchmark stills in {STILLS}.", file=sys.stderr)
        return 2
    text = report([section(each, measured(each, crops, nncf)) for each in wanted], nncf.__version__)
    print(text)
    if given.write:
        (ROOT / REPORT).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
