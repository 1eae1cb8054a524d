"""Two raters in two windows rate the same key frames blind; what they agree on trains a grader by one command."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from peea.demonstration import demonstration_recordings
from peea.graders import load_grader
from peea.kept_scores import kept_score
from peea.model_cards import read_card
from peea.rating_proposal import ProposalJob, Source
from peea.settings import Settings
from peea.store import RatingStore, SetKind
from tests.browser.app_server import ROOT

pytestmark = pytest.mark.browser

RATERS = ("Dr. Lin", "Nurse Kim")
CODES = {"SIM-3000003": ("c0c0b0", "c0d0b0"), "SIM-3000026": ("000000", "000000"), "SIM-3000001": ("a00000", "e0e0e1")}
"""What the two say of each patient: nearly the same of the first, the same of the second, much else of the third."""
FRAMES = 4
PATIENCE_S = 600


@pytest.fixture
def made(server):
    """Key frames of three simulated patients, proposed as on the page from what is kept of the released grader."""
    weights = str(read_card()["weights"]["sha256"])
    by_name = {each.path.stem: each for each in demonstration_recordings()}

    chosen = [by_name[name] for name in ("calm", "severe", "mild")]
    sources = [Source.of_demonstration(each, kept_score(each, weights, datetime.now(UTC))) for each in chosen]
    job = ProposalJob(sources, load_grader, Settings())
    assert job.wait(PATIENCE_S)
    assert job.remarks == []
    frames = [each.source.frame(each.key_frame) for each in job.proposals]
    one_each = list({frame.patient_code: frame for frame in frames}.values())
    others = [frame for frame in frames if frame not in one_each]
    with RatingStore(server.database, actor="browser test") as store:
        return store.make_set("Two raters", SetKind.KEY_FRAMES, [*one_each, *others][:FRAMES])


def begin(page: Page, name: str) -> None:
    page.get_by_label("Your name and role").fill(name)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_role("heading", name=f"Key frame 1 of {FRAMES}")).to_be_visible()


def press_codes(page: Page, codes: str) -> None:
    """Press one key an action, as a rater does who looks at the face and not at the form."""
    for number, sign in enumerate(codes):
        page.keyboard.press(sign if sign.isdigit() else str("abcde".index(sign) + 1))
        still = 5 - number
        said = f"{still} of 6 actions still to code." if still else "All six actions are coded."
        expect(page.get_by_text(said)).to_be_visible()
    expect(page.get_by_role("button", name="Save and next")).to_be_enabled()
    page.keyboard.press("Enter")


def type_codes(page: Page, codes: str) -> None:
    """Type all codes into the field for them."""
    page.get_by_label("Or type all six codes").fill(codes)
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Save and next")).to_be_enabled()
    page.get_by_role("button", name="Save and next").click()


def test_two_raters_rate_blind_and_what_they_agree_on_trains_a_grader(open_app, server, made, tmp_path):
    windows = {name: open_app("rating") for name in RATERS}
    for name, page in windows.items():
        begin(page, name)
    with RatingStore(server.database, actor="browser test") as store:
        order = {name: [q.item for q in store.queue(made.set_id, store.rater(name).rater_id)] for name in RATERS}
    for number in range(FRAMES):
        for place, (name, page) in enumerate(windows.items()):
            shown = page.locator("body").inner_text()
            assert not any(other in shown for other in RATERS if other != name), "raters see nothing of each other"
            assert not re.search(r"SIM-|Severe pain|Calm at rest|Mild pain|\.mp4", shown)
            say = press_codes if place == 0 else type_codes
            say(page, CODES[order[name][number].patient_code][place])
            following = (
                page.get_by_text("You have rated everything in this set.")
                if number + 1 == FRAMES
                else page.get_by_role("heading", name=f"Key frame {number + 2} of {FRAMES}")
            )
            expect(following).to_be_visible()

    page = windows["Dr. Lin"]
    page.get_by_role("button", name="Pause").click()
    page.get_by_text("Results", exact=True).click()
    expect(page.get_by_text("Results are shown once the set is closed")).to_be_visible()
    assert "agree on" not in page.locator("body").inner_text()
    page.get_by_text("Nobody is to rate in this set any more").click()
    page.get_by_role("button", name="Close the set and see how the raters agree").click()
    agreed = sum(item.patient_code != "SIM-3000001" for item in order["Dr. Lin"])
    expect(page.locator(".peea-result .sentence")).to_have_text(f"The raters agree on {agreed} of {FRAMES} key frames.")
    page.get_by_role("button", name="Write the training set").click()
    command = page.locator("code", has_text="peea train").inner_text().split()
    folder = Path(command[command.index("--data") + 1])
    assert folder.is_relative_to(server.database.parent)

    run = [sys.executable, "-m", *command[:2], "efficientnet_lite0", "--data", str(folder)]
    run += ["--run", str(tmp_path / "run"), "--epochs", "1", "--input-size", "64"]
    done = subprocess.run(run, cwd=ROOT, env={**os.environ, "OMP_NUM_THREADS": "1"}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    (row,) = json.loads((tmp_path / "run" / "curves.json").read_text())
    assert row["validation_loss"] > 0
