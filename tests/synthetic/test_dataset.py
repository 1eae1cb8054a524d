import csv
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from peea.scales import GRADES
from peea.synthetic.dataset import dataset_plan, deal_split, make_dataset, take_first_people
from peea.synthetic.seeds import generator
from peea.synthetic.shots import Kind, deal_wishes
from peea.synthetic.still_sets import StillSetError, StillSetPlan, make_still_set
from peea.synthetic.stills import make_benchmark
from tests.synthetic.made_up import OvalRenderer


def oval(size: int) -> OvalRenderer:
    return OvalRenderer(size, size)


def slow_oval(size: int) -> OvalRenderer:
    time.sleep(0.4)
    return oval(size)


def manifest(folder: Path) -> list[dict[str, str]]:
    with (folder / "manifest.csv").open() as file:
        return list(csv.DictReader(file))


def content(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    folder = tmp_path_factory.mktemp("set") / "stills"
    card = make_dataset(dataset_plan(people=10, images=60, seed=7, size=48), folder, workers=2, renderer=oval)
    return folder, card


def test_a_second_run_is_equal_byte_for_byte(small, tmp_path):
    folder, card = small
    again = make_dataset(dataset_plan(10, 60, 7, 48), tmp_path / "again", workers=1, renderer=oval)
    assert content(tmp_path / "again") == content(folder)
    assert again == card
    assert card["manifest_sha256"] == hashlib.sha256((folder / "manifest.csv").read_bytes()).hexdigest()


def test_the_first_people_of_an_unfinished_set_can_be_taken_alone(small, tmp_path):
    plan = dataset_plan(10, 60, 7, 48)
    make_still_set(plan, tmp_path, workers=2, renderer=oval)
    (tmp_path / "shards" / "p0007.json").unlink()
    card = take_first_people(plan, tmp_path, 5)
    assert card["people"] == len({row["person"] for row in manifest(tmp_path)}) == 5
    assert manifest(tmp_path)[0]["sha256"] == manifest(small[0])[0]["sha256"]
    with pytest.raises(StillSetError, match="first 7 people so far"):
        take_first_people(plan, tmp_path, 8)


def test_every_row_has_its_image_landmarks_and_hash(small):
    folder, card = small
    rows = manifest(folder)
    assert len(rows) == card["images"] == 60
    for row in rows:
        assert hashlib.sha256((folder / row["image"]).read_bytes()).hexdigest() == row["sha256"]
    marks = np.load(folder / "landmarks.npz")
    assert marks["image"].tolist() == [row["image"] for row in rows]
    assert marks["landmarks"].shape == (60, 68, 2)
    assert marks["visible"].shape == (60, 68)
    assert marks["five"].shape == (60, 5, 2)


def test_splits_are_60_20_20_and_no_patient_stands_in_two_parts(small):
    rows = manifest(small[0])
    parts = {}
    for row in rows:
        parts.setdefault(row["person"], set()).add(row["split_patients"])
    assert all(len(each) == 1 for each in parts.values())
    for split, things in (
        ("split_random", rows),
        ("split_patients", [{"split_patients": min(p)} for p in parts.values()]),
    ):
        shares = [
            sum(thing[split] == part for thing in things) / len(things) for part in ("train", "validation", "test")
        ]
        assert shares == pytest.approx([0.6, 0.2, 0.2])
    assert len({row["split_random"] for row in rows if row["person"] == "0"}) > 1


def test_dealing_is_fair_and_repeatable():
    first, again, other = (deal_split(1000, generator(seed)) for seed in (1, 1, 2))
    assert first == again != other
    assert [first.count(part) for part in ("train", "validation", "test")] == [600, 200, 200]


def test_all_grades_are_well_filled_and_a_tenth_is_confounders():
    wishes = deal_wishes(8400, generator(1))
    for grade in GRADES:
        assert sum(wish.grade is grade for wish in wishes) >= 0.12 * len(wishes)
    assert sum(wish.kind is Kind.CONFOUNDER for wish in wishes) >= 0.10 * len(wishes)


def test_the_truth_in_the_manifest_obeys_the_scales(small):
    for row in manifest(small[0]):
        total = (
            float(row["AU4"]) + max(float(row["AU6"]), float(row["AU7"])) + max(float(row["AU9"]), float(row["AU10"]))
        )
        total += float(row["AU43"]) >= 0.5
        assert float(row["pspi"]) == pytest.approx(total, abs=0.003)
        assert row["grade"] == ("0" if row["confounder"] else row["grade_pspi"])
        agree = len({row[f"{rater}_grade"] for rater in ("anaesthetist", "surgeon", "nurse_1", "nurse_2")}) == 1
        assert row["consistent"] == str(int(agree))


RUN = """
import sys
from pathlib import Path
from peea.synthetic.dataset import dataset_plan, make_dataset
from tests.synthetic.test_dataset import slow_oval
if __name__ == "__main__":
    make_dataset(dataset_plan(10, 60, 7, 48), Path(sys.argv[1]), workers=2, renderer=slow_oval)
"""


def test_a_killed_run_is_continued_to_the_same_set(small, tmp_path):
    folder = tmp_path / "killed"
    script = tmp_path / "run.py"
    script.write_text(RUN)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    process = subprocess.Popen([sys.executable, str(script), str(folder)], env=environment)
    deadline = time.monotonic() + 60
    while not list(folder.glob("shards/*.json")) and time.monotonic() < deadline:
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    time.sleep(0.3)  # its workers notice that it is gone
    assert list(folder.glob("shards/*.json"))
    assert not (folder / "manifest.csv").exists()
    make_dataset(dataset_plan(10, 60, 7, 48), folder, workers=2, renderer=oval)
    assert content(folder) == content(small[0])


def test_a_folder_with_another_set_or_other_files_is_refused(small, tmp_path):
    with pytest.raises(StillSetError, match=r"another set of stills \(it differs in seed"):
        make_still_set(StillSetPlan("peea-synthetic-stills", range(1007000, 1007010), 60, 48, 8), small[0])
    (tmp_path / "letter.txt").write_text("private")
    with pytest.raises(StillSetError, match="holds other files"):
        make_dataset(dataset_plan(2, 2, 7, 48), tmp_path)
    (tmp_path / "file").write_text("")
    with pytest.raises(StillSetError, match="cannot be written"):
        make_dataset(dataset_plan(2, 2, 7, 48), tmp_path / "file" / "set")


def dark_oval(size: int) -> OvalRenderer:
    return OvalRenderer(size, size, darker=0.5)


def test_other_sources_may_continue_a_set_only_if_they_render_the_same(small, tmp_path):
    folder = tmp_path / "begun"
    shutil.copytree(small[0], folder)
    begun = json.loads((folder / "plan.json").read_text()) | {"generator_sha256": "of other sources"}
    (folder / "plan.json").write_text(json.dumps(begun))
    (folder / "shards" / "p0004.json").unlink()
    with pytest.raises(StillSetError, match="whose pictures differ"):
        make_dataset(dataset_plan(10, 60, 7, 48), folder, renderer=dark_oval)
    card = make_dataset(dataset_plan(10, 60, 7, 48), folder, renderer=oval)
    assert card["manifest_sha256"] == small[1]["manifest_sha256"]
    assert card["plan"] == begun


def test_more_people_than_images_are_refused():
    with pytest.raises(StillSetError, match="at least one each"):
        dataset_plan(people=5, images=4)


def test_a_broken_renderer_stops_the_run_with_a_sentence(tmp_path, capfd):
    with pytest.raises(StillSetError, match="run again to continue"):
        make_still_set(dataset_plan(2, 2, 7, 48), tmp_path / "set", 1, renderer=int)  # type: ignore[arg-type]


def test_the_benchmark_keeps_only_what_an_evaluation_needs(tmp_path):
    plan = StillSetPlan("peea-benchmark-stills", range(2000000, 2000002), 4, 48, 20)
    card = make_benchmark(plan, tmp_path / "stills", renderer=oval)
    assert {path.name for path in (tmp_path / "stills").iterdir()} == {
        "images",
        "manifest.csv",
        "landmarks.npz",
        "card.json",
    }
    assert {row["split_patients"] for row in manifest(tmp_path / "stills")} == {"benchmark"}
    assert json.loads((tmp_path / "stills" / "card.json").read_text()) == card
