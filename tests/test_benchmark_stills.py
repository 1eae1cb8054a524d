"""The committed benchmark: whole, small, and of people whom no grader has seen."""

import csv
import hashlib
import json
from pathlib import Path

import pytest

from peea.synthetic.seeds import benchmark_person_seeds, dataset_person_seeds
from peea.training.face_finding import measure, summary

BENCHMARK = Path(__file__).resolve().parent.parent / "data" / "demo" / "benchmark"
LARGEST_BYTES = 12_000_000
SEEDS_OF_DATA_SETS = 4


@pytest.fixture(scope="module")
def rows():
    with (BENCHMARK / "manifest.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def test_it_holds_600_pictures_as_they_were_rendered(rows):
    assert len(rows) == 600
    for row in rows:
        assert hashlib.sha256((BENCHMARK / row["image"]).read_bytes()).hexdigest() == row["sha256"]
    card = json.loads((BENCHMARK / "card.json").read_text())
    assert hashlib.sha256((BENCHMARK / "manifest.csv").read_bytes()).hexdigest() == card["manifest_sha256"]


def test_it_is_small_enough_to_be_committed():
    assert sum(file.stat().st_size for file in BENCHMARK.rglob("*") if file.is_file()) < LARGEST_BYTES


def test_its_people_are_in_no_training_data_set(rows):
    people = {int(row["person_seed"]) for row in rows}
    assert people == set(benchmark_person_seeds(len(people)))
    for seed in range(SEEDS_OF_DATA_SETS):
        assert people.isdisjoint(dataset_person_seeds(seed, 999))


def test_faces_that_nothing_ruins_are_found_where_they_are():
    clear = summary(measure(BENCHMARK, images=60, seed=1))["not ruined on purpose"]
    assert clear["images"] > 40
    assert clear["found"] >= 0.97
    assert clear["landmark_error_median"] < 0.07
