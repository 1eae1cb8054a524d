"""The whole road in the real app: upload, progress, result, moment, save, find again; and all that can go wrong."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import av
import numpy as np
import pytest
from playwright.sync_api import expect

from peea.store import PatientLog
from tests.browser import steps
from tests.browser.app_server import GIVEN_UP_S, TABLET
from tests.frames.videos import make_sound, make_video

pytestmark = pytest.mark.browser

LEAST_TOUCH_PX = 44
UPLOADED_S = 9
SETTLE_MS = 700
"""Seconds of the demonstration recording that are uploaded: calm, then pain; the whole would only take longer."""


def test_a_recording_is_uploaded_scored_looked_at_saved_and_found_again(open_app, server, tmp_path):
    page = open_app("video-scoring")
    expect(page.get_by_role("button", name="Score recording")).to_be_disabled()
    steps.choose_patient(page, "Agnes Marlow")
    steps.choose_context(page, "Leg flexion and extension")
    steps.upload(page, steps.cut(steps.SEVERE, UPLOADED_S, tmp_path / "severe.mp4"))
    steps.score(page)
    expect(page.get_by_role("progressbar")).to_be_visible()
    expect(page.get_by_role("button", name="Cancel")).to_be_visible()
    sentence = steps.result(page)
    assert re.search(r"held for .* of .* while bending and stretching the leg\.", sentence)
    expect(page.get_by_text("Not validated for clinical decisions")).to_be_visible()

    chart = page.locator(".js-plotly-plot").first
    expect(chart).to_contain_text("Stable grade")
    expect(chart).to_contain_text("Probability of each grade")
    expect(page.get_by_role("heading", name="Where the model saw this grade")).to_be_visible()
    chart.evaluate("one => one.scrollIntoView({block: 'center', behavior: 'instant'})")
    page.wait_for_timeout(SETTLE_MS)
    place = chart.locator(".nsewdrag").first.bounding_box()
    page.mouse.move(place["x"] + place["width"] * 0.25, place["y"] + 60)
    expect(chart.locator(".hoverlayer")).to_contain_text(re.compile(r"\d+\.\d s: (\d .+, \d+ %|no grade)"))
    before = page.get_by_role("heading", name=re.compile("The face at")).inner_text()
    page.mouse.click(place["x"] + place["width"] * 0.25, place["y"] + 60)
    expect(page.get_by_role("heading", name=re.compile("The face at"))).not_to_have_text(before)
    expect(page.get_by_text("Marked: the face that was graded")).to_be_visible()
    expect(page.get_by_text(re.compile(r"such frames the grade is right"))).to_be_visible()
    expect(page.locator('[data-testid="stImage"] img')).to_have_count(2)  # the face, and where the model saw its grade

    assert len(server.held_recordings()) == 1
    page.get_by_role("button", name="Save to the patient log").click()
    expect(page.get_by_text("Saved to the patient log at")).to_be_visible()
    expect(page.get_by_role("button", name="Save to the patient log")).to_have_count(0)
    page.get_by_role("button", name="Score another recording").click()
    page.get_by_text("What did the patient do?").wait_for()
    assert server.held_recordings() == [], "the upload is removed once it is not needed"

    page.get_by_role("link", name="Patient log").click()
    page.get_by_label("Search").fill("marlow")
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 of 25 patients")).to_be_visible()
    steps.open_row(page, "Agnes Marlow")
    expect(page.locator(".js-plotly-plot").first).to_contain_text("Time (")
    page.get_by_role("tab", name="Assessments").click()
    steps.open_row(page, "Leg flexion and extension")
    assert steps.result(page) == sentence
    expect(page.locator(".js-plotly-plot").first).to_contain_text("Stable grade")
    expect(page.get_by_text("Pictures are not kept in the patient log")).to_be_visible()
    with PatientLog(server.database, actor="browser test") as log:
        (patient,) = log.patients(search="Agnes Marlow")
        (saved,) = log.assessments(patient.patient_id)
    assert saved.status == "preliminary"


def bad_recordings(folder: Path) -> dict[Path, str]:
    """Make files that are no recordings, each with what the page has to say of it."""
    empty, letter, locked, half, bare, sound = (
        folder / name for name in ("empty.mp4", "letter.mp4", "locked.mp4", "half.mp4", "bare.mp4", "sound.mp4")
    )
    empty.write_bytes(b"")
    letter.write_bytes(b"Dear colleague, " * 100)
    with zipfile.ZipFile(locked, "w") as archive:
        archive.writestr("ward.mp4", b"anything")
    content = bytearray(locked.read_bytes())
    content[6] |= 1  # the flag of an encrypted entry, which the standard library cannot write
    locked.write_bytes(bytes(content))
    make_video(half, picture=np.random.default_rng(1).integers(0, 255, (64, 96, 3), np.uint8))
    half.write_bytes(half.read_bytes()[: half.stat().st_size // 2])
    with av.open(str(bare), "w", options={"movflags": "empty_moov"}) as container:
        stream = container.add_stream("mpeg4", rate=10)
        stream.width, stream.height, stream.pix_fmt = 96, 64, "yuv420p"
        container.start_encoding()
    make_sound(sound)
    return {
        empty: "is empty",
        letter: "is not a video but a text file",
        locked: "password-protected",
        half: "is incomplete or damaged",
        bare: "has no pictures",
        sound: "holds sound but no pictures",
    }


def test_bad_files_are_told_in_a_sentence_and_the_app_goes_on(open_app, tmp_path):
    page = open_app("video-scoring")
    steps.choose_patient(page, "Henry Osei")
    steps.choose_context(page, "At rest")
    for file, sentence in bad_recordings(tmp_path).items():
        steps.upload(page, file)
        expect(page.get_by_role("alert")).to_contain_text(f"{file.name} ")
        expect(page.get_by_role("alert")).to_contain_text(sentence)
        expect(page.get_by_role("button", name="Score recording")).to_be_disabled()
        page.get_by_role("button", name="Choose another recording").click()
        expect(page.get_by_role("alert")).to_have_count(0)
    blank = make_video(tmp_path / "ceiling.mp4", picture=np.full((64, 96, 3), 140, np.uint8))
    steps.upload(page, blank)
    steps.score(page)
    assert steps.result(page).startswith("Could not be assessed: no face was seen in 100 % of the recording.")


def test_a_file_that_is_too_large_is_refused_before_it_is_sent(open_app, tmp_path):
    large = tmp_path / "film.mp4"
    with large.open("wb") as file:
        file.truncate(4 * 1024**3)
    page = open_app("video-scoring")
    page.locator("input[type=file]").set_input_files(large)
    expect(page.get_by_text(re.compile("must be 1.*GB or smaller"))).to_be_visible()


def test_what_cannot_be_assessed_says_why_and_is_kept_until_it_is_saved(open_app, tmp_path):
    page = open_app("video-scoring")
    steps.choose_patient(page, "Li Xiuying")
    steps.choose_context(page, "At rest")
    steps.upload(page, steps.cut(steps.TOO_DARK, 4, tmp_path / "dark.mp4"))
    steps.score(page)
    sentence = steps.result(page)
    assert sentence.startswith("Could not be assessed: too dark in ")
    assert "record again, or rate by hand" in sentence

    page.get_by_role("link", name="Patient log").click()
    expect(page.get_by_text("The result for Li Xiuying is not saved yet.")).to_be_visible()
    page.get_by_role("button", name="Back to the unsaved result").click()
    assert steps.result(page) == sentence
    page.get_by_role("button", name="Score another recording").click()
    expect(page.get_by_role("dialog")).to_contain_text("this result is lost")
    page.get_by_role("dialog").get_by_role("button", name="Close").click()
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.close(run_before_unload=True)
    page.wait_for_timeout(500)
    assert asked == ["beforeunload"], "the browser asks before it closes the window"

    page.get_by_role("button", name="Save to the patient log").click()
    expect(page.get_by_text("Saved to the patient log at")).to_be_visible()
    expect(page.get_by_role("region", name="Patient")).to_contain_text("Could not be assessed")


def test_scoring_a_demonstration_recording_can_be_cancelled_and_started_again(open_app):
    page = open_app("video-scoring")
    steps.choose_patient(page, "Tomasz Wilk")
    steps.choose_context(page, "At rest")
    steps.take_demonstration(page, "Calm at rest")
    expect(page.get_by_text("at rest. Simulated.")).to_be_visible()
    steps.score(page)
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("Scoring was cancelled. Nothing was saved.")).to_be_visible()
    expect(page.get_by_role("button", name="Score recording")).to_be_enabled()


def test_an_upload_is_removed_when_its_window_is_closed(open_app, server, tmp_path):
    page = open_app("video-scoring")
    held_before = set(server.held_recordings())
    steps.upload(page, steps.cut(steps.SEVERE, 1, tmp_path / "short.mp4"))
    (mine,) = set(server.held_recordings()) - held_before
    page.context.close()
    for _ in range(20):
        # Ended visits are cleared when other visits go on.
        other = open_app("about")
        other.wait_for_timeout(GIVEN_UP_S * 1000)
        other.context.close()
        if not mine.exists():
            break
    assert not mine.exists()


def test_a_patient_is_registered_with_errors_beside_the_fields_and_duplicates_explained(open_app, server):
    page = open_app("video-scoring")
    page.get_by_role("button", name="Register a patient").click()
    form = page.get_by_role("dialog")
    form.get_by_role("button", name="Register", exact=True).click()
    for sentence in ("The name is missing.", "The birth date is missing.", "The sex is missing."):
        expect(form.get_by_text(sentence)).to_be_visible()
    name = "<b>Kim</b> ![a](http://evil.example/a.png)"
    fill_form(form, name, "03051941")
    form.get_by_role("button", name="Register", exact=True).click()
    expect(page.get_by_role("region", name="Patient")).to_contain_text(name)
    expect(page.get_by_role("combobox", name="Patient")).to_have_value(re.compile(re.escape(name)))

    page.get_by_role("button", name="Register a patient").click()
    fill_form(form, "Agnes Marlow", "14031938")
    form.get_by_role("button", name="Register", exact=True).click()
    expect(form.get_by_text("is registered already with the study code DEMO-01")).to_be_visible()
    form.get_by_role("button", name="Choose that patient").click()
    expect(page.get_by_role("region", name="Patient")).to_contain_text("DEMO-01")
    page.get_by_role("link", name="Patient log").click()
    expect(page.get_by_text(name)).to_be_visible()
    with PatientLog(server.database, actor="browser test") as log:
        kept = log.patients(search="Kim</b>")
    assert [patient.demonstration for patient in kept] == [True], "without sign-in there are fictional patients only"


def fill_form(form, name, birth_date):
    form.get_by_label("Name, as on the wristband").fill(name)
    form.get_by_role("spinbutton").first.click()
    form.page.keyboard.type(birth_date)
    form.get_by_role("combobox", name="Sex").click()
    form.page.get_by_role("option", name="female", exact=True).click()


def test_the_page_that_opens_first_is_found_by_its_own_address_too(open_app, server):
    page = open_app("ward-board")
    page.get_by_role("heading", name="Ward board").wait_for()
    page.wait_for_load_state("networkidle")
    expect(page.get_by_text("Page not found")).to_have_count(0)
    expect(page).to_have_url(f"{server.url}/")


@pytest.mark.parametrize("address", ["", "video-scoring", "patient-log", "about"])
def test_pages_fit_a_tablet_and_what_is_pressed_is_large_enough_for_a_finger(open_app, address):
    page = open_app(address, size=TABLET, touch=True)
    page.get_by_role("heading").first.wait_for()
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.documentElement.scrollWidth") <= TABLET["width"]
    small = page.evaluate(
        """least => [...document.querySelectorAll('button, [role=radio], [role=combobox], a[data-testid=stTopNavLink]')]
            .map(one => one.getAttribute('role') === 'combobox' ? one.parentElement : one)
            .filter(one => one.offsetParent && one.getBoundingClientRect().height < least - 0.5)
            .map(one => `${one.tagName} ${one.innerText} ${one.getBoundingClientRect().height}`)""",
        LEAST_TOUCH_PX,
    )
    assert small == []
