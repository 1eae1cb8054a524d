"""Make the pictures of all pages and states, on desktop and tablet: `python -m tests.browser.screenshots FOLDER`."""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page

from tests.browser import steps
from tests.browser.app_server import DESKTOP, ROOT, TABLET, Server, running_app, running_chromium

PATIENCE_MS = 180_000
SETTLE_MS = 1200
COLOURS = 128
SCORED_BEFORE = 3
"""Demonstration recordings in the log, so that the pictures of the log are of a ward and not of an empty room; each
takes some twenty seconds to score."""


TABS_OF_A_PATIENT = ("Assessments", "Analgesia", "Patient data", "Consent")

OTHER_PAGES = {
    "Live grading": "Live grading",
    "Rating": "Rating",
    "Agreement": "Agreement",
    "Model comparison": "Model comparison",
    "Team lead": "Team lead",
    "Export and import": "Export and import",
    "About this model": "Intended use",
}
"""Link -> a heading that stands there once the page is built."""


class Album:
    """Takes numbered pictures of one window."""

    def __init__(self, page: Page, folder: Path, kind: str) -> None:
        self.page, self.folder, self.kind, self.number = page, folder, kind, 0

    def take(self, name: str, top_of: str | None = None) -> None:
        """Take a picture, scrolled so that the element with this text is at the top."""
        self.page.wait_for_timeout(SETTLE_MS)
        if top_of is not None:
            self.page.get_by_role("heading", name=top_of).evaluate(
                "one => one.scrollIntoView({block: 'start', behavior: 'instant'})"
            )
            self.page.wait_for_timeout(SETTLE_MS)
        self.number += 1
        file = self.folder / f"{self.kind}_{self.number:02d}_{name}.png"
        self.page.screenshot(path=file)
        Image.open(file).convert("RGB").quantize(COLOURS).save(file, optimize=True)


def walk(browser: Browser, server: Server, folder: Path, kind: str, size: dict[str, int]) -> None:
    """Go through all pages as a nurse would and take a picture of each state."""
    context = browser.new_context(viewport=size, has_touch=kind == "tablet", reduced_motion="reduce")
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    page.goto(f"{server.url}/video-scoring")
    page.get_by_text("Still to choose").wait_for()
    album = Album(page, folder, kind)
    album.take("scoring_empty")
    page.get_by_role("button", name="Register a patient").click()
    page.get_by_role("dialog").get_by_role("button", name="Register", exact=True).click()
    page.get_by_text("The name is missing.").wait_for()
    album.take("register_errors")
    page.get_by_role("dialog").get_by_role("button", name="Close").click()
    steps.choose_patient(page, "Tomasz Wilk")
    steps.upload(page, {"name": "letter.mp4", "mimeType": "video/mp4", "buffer": b"Dear colleague, " * 99})
    album.take("scoring_bad_file")
    page.get_by_role("button", name="Choose another recording").click()
    steps.choose_context(page, "Leg flexion and extension")
    steps.take_demonstration(page, "Severe pain, leg flexion")
    album.take("scoring_ready")
    steps.score(page)
    page.get_by_text("left.").wait_for()
    album.take("scoring_running")
    steps.result(page)
    page.get_by_role("heading", name="The course of the recording").wait_for()
    page.locator(".js-plotly-plot .nsewdrag").first.wait_for()
    album.take("result")
    album.take("course", top_of="The course of the recording")
    album.take("moment", top_of="The face at")
    page.get_by_role("link", name="Patient log").click()
    page.get_by_text("is not saved yet").wait_for()
    album.take("log_unsaved")
    page.get_by_role("button", name="Back to the unsaved result").click()
    page.get_by_role("button", name="Save to the patient log").click()
    page.get_by_text("Saved to the patient log").wait_for()
    album.take("saved")
    page.get_by_role("button", name="Score another recording").click()
    steps.choose_context(page, "At rest")
    steps.take_demonstration(page, "Too dark to be assessed")
    steps.score(page)
    steps.result(page)
    album.take("not_assessable")
    page.get_by_role("button", name="Save to the patient log").click()
    page.get_by_text("Saved to the patient log").wait_for()
    page.get_by_role("link", name="Patient log").click()
    page.get_by_text("of 25 patients").wait_for()
    album.take("log")
    page.get_by_role("link", name="Ward board").click()
    board = page.locator(".peea-board .row")
    board.first.wait_for()
    album.take("board")
    board.filter(has_text="Tomasz Wilk").click()
    page.locator(".js-plotly-plot .nsewdrag").first.wait_for()
    album.take("patient")
    for tab in TABS_OF_A_PATIENT:
        page.get_by_role("tab", name=tab).click()
        album.take(f"patient_{tab.lower().replace(' ', '_')}")
    for link, shown in OTHER_PAGES.items():
        if not page.get_by_role("link", name=link).is_visible():  # a tablet's width holds not all of them
            page.get_by_role("button", name=re.compile(r"^\d+ more")).click()
        page.get_by_role("link", name=link).click()
        page.get_by_role("heading", name=shown).first.wait_for()
        album.take(link.lower().replace(" ", "_"))
    context.close()


def main() -> None:
    """Start the app on a demonstration log and walk through it twice."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", choices=["desktop", "tablet"])
    parser.add_argument("--scored", type=int, default=SCORED_BEFORE, help="recordings in the log beforehand")
    chosen = parser.parse_args()
    chosen.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch, running_chromium() as browser:
        data = Path(scratch)
        seed = [sys.executable, "-m", "peea", "demo"]
        if chosen.scored:
            seed += ["--score", "--at-most", str(chosen.scored)]
        subprocess.run(seed, cwd=ROOT, env={**os.environ, "PEEA_DATA": scratch}, check=True)
        with running_app(data, data) as server:
            for kind, size in (("desktop", DESKTOP), ("tablet", TABLET)):
                if chosen.only in (None, kind):
                    walk(browser, server, chosen.folder, kind, size)


if __name__ == "__main__":
    main()
