"""The commands `peea ratings` as somebody types them."""

import json

import numpy as np
import pytest
from typer.testing import CliRunner

from peea.cli import app
from peea.rating import PspiCodes
from peea.rating.pictures import encode_picture
from peea.store import NewItem, RatingStore, SetKind
from peea.training.data_set import read_manifest

CALM, SEVERE = PspiCodes.of(), PspiCodes.of(AU4=3, AU7=3, AU10=2)


@pytest.fixture(autouse=True)
def data_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("PEEA_DATA", str(tmp_path))


def run(*arguments):
    return CliRunner().invoke(app, ["ratings", *arguments])


@pytest.fixture
def pilot():
    """Four frames of four patients; two raters agree on three of them."""
    picture = encode_picture(np.full((40, 40, 3), 90, np.uint8))
    items = [
        NewItem(f"SIM-{k}", "calm.mp4", time_s=1.0, content=picture, demonstration_file="calm.mp4") for k in range(4)
    ]
    with RatingStore(actor="test") as store:
        made = store.make_set("Pilot", SetKind.KEY_FRAMES, items)
        for name in ("Lin", "Kim"):
            rater = store.rater(name)
            for place, item in enumerate(store.items(made.set_id)):
                codes = CALM if place == 0 and name == "Kim" else SEVERE
                store.rate(item.item_id, rater.rater_id, codes=codes)


def test_nothing_to_list_says_where_sets_are_made():
    assert "Prepare one on the page Rating" in run("list").stderr


def test_sets_are_listed_with_how_far_raters_are(pilot):
    said = run("list").stdout
    assert "Pilot" in said
    assert "Kim 4, Lin 4" in said
    (line,) = json.loads(run("list", "--json").stdout)["sets"]
    assert line["done"] == {"Kim": 4, "Lin": 4}


def test_consistency_counts_the_agreed_frames(pilot):
    assert "raters agree on 3 of 4 key frames" in run("consistency", "pilot").stdout
    found = json.loads(run("consistency", "Pilot", "--json").stdout)
    assert found["agreed"] == 3
    assert found["figures"]["Pairs of raters with the same grade"] == 0.75


def test_export_writes_what_the_trainer_reads(pilot, tmp_path):
    done = run("export", "Pilot", "--out", str(tmp_path / "set"))
    assert done.exit_code == 0
    assert "3 key frames of 3 patients" in done.stdout
    assert "Left out: 1, raters do not agree" in done.stdout
    assert len(read_manifest(tmp_path / "set")) == 3
    again = run("export", "Pilot", "--out", str(tmp_path / "set"))
    assert again.exit_code == 2
    assert "is not empty" in again.stderr


@pytest.mark.parametrize("command", [("consistency", "Nothing"), ("export", "Nothing", "--out", "x")])
def test_an_unknown_set_is_told_in_a_sentence(command):
    done = run(*command)
    assert done.exit_code == 2
    assert "No set to rate has the id or title Nothing." in done.stderr
