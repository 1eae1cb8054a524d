"""What a nurse does, step by step, in words; used by the tests and by the screenshots."""

from __future__ import annotations

import re
from pathlib import Path

import av
from playwright.sync_api import Page, expect

from peea.demonstration import DEMONSTRATION_FOLDER

SEVERE, TOO_DARK = DEMONSTRATION_FOLDER / "severe.mp4", DEMONSTRATION_FOLDER / "too_dark.mp4"


def cut(file: Path, seconds: float, to: Path) -> Path:
    """Copy the beginning of a recording, packet by packet."""
    with av.open(str(file)) as source, av.open(str(to), "w") as target:
        video = source.streams.video[0]
        copy = target.add_stream_from_template(video)
        for packet in source.demux(video):
            if packet.dts is None or packet.pts * packet.time_base > seconds:
                continue
            packet.stream = copy
            target.mux(packet)
    return to


def choose_patient(page: Page, name: str) -> None:
    field = page.get_by_role("combobox", name="Patient")
    field.click()
    field.press_sequentially(name)
    page.get_by_role("option", name=re.compile(re.escape(name))).first.click()
    expect(page.get_by_role("region", name="Patient")).to_contain_text(name)


def choose_context(page: Page, name: str) -> None:
    page.get_by_role("radio", name=name).click()
    expect(page.get_by_role("radio", name=name)).to_have_attribute("aria-checked", "true")


def upload(page: Page, file: Path | dict) -> None:
    """Give a file to the page's one field for files, whatever the page is doing."""
    field = page.locator("input[type=file]")
    expect(field).to_have_count(1)  # while a page runs anew, the field of the run before may still be there
    field.set_input_files(file)
    page.get_by_role("button", name="Choose another recording").wait_for()


def take_demonstration(page: Page, title: str) -> None:
    page.get_by_role("radio", name="Take a demonstration recording").click()
    field = page.get_by_role("combobox", name="Demonstration recording")
    field.click()
    page.get_by_role("option", name=title).click()
    page.get_by_role("button", name="Choose another recording").wait_for()


def score(page: Page) -> None:
    button = page.get_by_role("button", name="Score recording")
    expect(button).to_be_enabled()
    # The still of the recording pushes the button down when it comes: a press in that moment hits nothing.
    page.locator('[data-testid="stImage"] img').first.evaluate("one => one.decode()")
    page.wait_for_timeout(500)
    button.click()


def result(page: Page) -> str:
    """Wait for the result and return its sentence."""
    sentence = page.locator(".peea-result .sentence")
    sentence.wait_for()
    return sentence.inner_text()


def open_row(page: Page, text: str) -> None:
    """Press the row of a list that holds a text."""
    page.locator(".peea-list .row").filter(has_text=text).first.click()


def downloaded(page: Page, button: str) -> bytes:
    """Press a button that gives a file, and return the file."""
    # A file that is pressed for while the page runs anew is that of the run before, and gone.
    page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for(state="attached")
    with page.expect_download() as coming:
        page.get_by_role("button", name=button).click()
    return Path(coming.value.path()).read_bytes()
