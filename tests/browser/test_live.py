"""Live grading in Chromium whose camera plays a demonstration recording."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Page, expect

from peea.demonstration import DEMONSTRATION_FOLDER
from peea.scales import Grade
from peea.store import PatientLog
from tests.browser import steps
from tests.browser.app_server import TABLET, Server, running_app
from tests.browser.cameras import camera_film, chromium_with_camera
from tests.browser.conftest import PATIENCE_MS

pytestmark = pytest.mark.browser

PICTURES = (".jpg", ".jpeg", ".png")

COUNTS_WHAT_PLAYS = """
window.played = 0;
document.addEventListener("play", event => { window.played += event.target.tagName === "AUDIO" }, true);
"""
"""The result and the alert are heard without a press: their sound begins to play."""

SITE = """
[live]
recording_s = 20
stall_s = 3
kept_after_s = 2
frame_rate = 10
"""
"""As long as the demonstration recordings are; a window that was closed is given up sooner than on a ward. Ten frames a
second, since browser and server share two cores here with other tests, and encode and decode all of it in software."""


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("live")
    (folder / "site.toml").write_text(SITE)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PEEA_SETTINGS", str(folder / "site.toml"))
        with running_app(folder, tmp_path_factory.mktemp("temporary")) as started:
            yield started


@pytest.fixture
def at_bedside(site, tmp_path) -> Iterator[Callable[..., Page]]:
    """Return a function that opens live grading with a camera that plays a recording, up to the camera being on.

    After the test: nothing was asked for outside this machine.
    """
    outside: list[str] = []

    def note(url: str) -> None:
        if not url.startswith((site.url, site.url.replace("http", "ws", 1), "data:", "blob:")):
            outside.append(url)

    with ExitStack() as open_things:

        def opened(recording: str | None, patient: str, start_watching: bool = False) -> Page:
            film = None
            if recording is not None:
                film = camera_film(DEMONSTRATION_FOLDER / f"{recording}.mp4", tmp_path / f"{recording}.mjpeg")
            browser = open_things.enter_context(chromium_with_camera(film))
            context = browser.new_context(viewport=TABLET, reduced_motion="reduce")
            context.set_default_timeout(PATIENCE_MS)
            page = context.new_page()
            page.add_init_script(COUNTS_WHAT_PLAYS)
            page.on("request", lambda request: note(request.url))
            page.on("websocket", lambda socket: note(socket.url))
            page.goto(f"{site.url}/live-grading")
            page.get_by_text("Still to choose: the patient, what the patient does.").wait_for()
            camera_is_off(page)
            steps.choose_patient(page, patient)
            steps.choose_context(page, "Turning over in bed")
            if start_watching:
                page.get_by_role("radio", name="Keep watching, with an alert").click()
                page.get_by_text("Alert from this grade on").wait_for()
            page.frame_locator("iframe").get_by_role("button", name="Turn the camera on").click()
            return page

        yield opened
    assert outside == [], "the app asked outside this machine"


def start(page: Page) -> None:
    button = page.get_by_role("button", name="Start recording")
    expect(button).to_be_enabled()
    button.click()
    page.get_by_text(re.compile("Recording, .* left")).wait_for()


def camera_is_off(page: Page) -> None:
    """Wait until no picture of a camera is shown, on the page or in a frame of it."""
    page.wait_for_function(
        "() => [document, ...[...document.querySelectorAll('iframe')].map(one => one.contentDocument)]"
        ".every(one => !one?.querySelector('video'))"
    )


def assessments_of(site: Server, name: str):
    with PatientLog(site.database, actor="browser test") as log:
        (patient,) = log.patients(search=name)
        return log.assessments(patient.patient_id)


@pytest.mark.parametrize(
    ("recording", "patient", "grade", "sentence"),
    [
        ("calm", "Agnes Marlow", Grade.NO_PAIN, "No pain expression in 20 s while turning over."),
        ("obvious", "Tomasz Wilk", Grade.OBVIOUS, "Obvious pain expression, held for"),
        ("severe", "Henry Osei", Grade.SEVERE, "Severe pain expression, held for"),
        ("intense", "Li Xiuying", Grade.INTENSE, "Intense pain expression, held for"),
    ],
)
def test_live_reports_the_grade_that_the_file_gets(at_bedside, site, recording, patient, grade, sentence):
    page = at_bedside(recording, patient)
    start(page)
    expect(page.get_by_text(re.compile(r"\d+ frames a second graded"))).to_be_visible()
    expect(page.locator('[data-testid="stImage"] img').first).to_be_visible()
    assert steps.result(page).startswith(sentence)
    page.wait_for_function("window.played > 0")
    camera_is_off(page)
    expect(page.get_by_role("heading", name="The course of the recording")).to_be_visible()
    page.get_by_role("button", name="Save to the patient log").click()
    expect(page.get_by_text("Saved to the patient log at")).to_be_visible()
    assert assessments_of(site, patient)[0].report_grade is grade
    kept = [file.name for file in site.database.parent.rglob("*") if file.suffix in PICTURES]
    assert kept == [], "whose consent is fictional, of them no picture is kept"


@pytest.mark.parametrize("by", ["the page", "the camera"])
def test_stopping_keeps_what_was_graded_and_lets_the_camera_go(at_bedside, by):
    page = at_bedside("intense", "Agnes Marlow")
    start(page)
    page.wait_for_timeout(6000)
    if by == "the page":
        page.get_by_role("button", name="Stop").click()
    else:
        page.frame_locator("iframe").get_by_role("button", name="Turn the camera off").click()
    page.get_by_text("The recording ended early; this is what was graded until then.").wait_for()
    camera_is_off(page)
    page.get_by_role("button", name="Record again").click()
    page.get_by_role("dialog").get_by_role("button", name="Give up this result").click()
    page.get_by_text("Still to choose: what the patient does.").wait_for()


def test_leaving_the_page_keeps_what_was_graded_until_it_is_saved(at_bedside):
    page = at_bedside("severe", "Agnes Marlow")
    start(page)
    page.wait_for_timeout(6000)
    page.get_by_role("link", name="Patient log").click()
    page.get_by_text("The live result for Agnes Marlow is not saved yet.").wait_for()
    camera_is_off(page)
    page.get_by_role("button", name="Back to the live result").click()
    page.get_by_text("The recording ended early; this is what was graded until then.").wait_for()


def test_closing_the_window_saves_what_was_graded_as_an_interrupted_recording(at_bedside, site):
    name = "Agnes Marlow"
    before = len(assessments_of(site, name))
    page = at_bedside("severe", name)
    start(page)
    page.wait_for_timeout(6000)
    context = page.context
    page.close()
    waiting = context.new_page()
    for _ in range(60):
        if len(assessments_of(site, name)) > before:
            break
        waiting.wait_for_timeout(500)
    newest = assessments_of(site, name)[0]
    with PatientLog(site.database, actor="browser test") as log:
        assert log.assessment(newest.assessment_id).interrupted


def test_without_a_face_nothing_starts_and_the_page_says_what_is_missing(at_bedside):
    page = at_bedside("empty_bed", "Agnes Marlow")
    page.get_by_text("No face is seen. Point the camera at the face from 1 to 1.5 m.").wait_for()
    expect(page.get_by_role("button", name="Start recording")).to_be_disabled()
    page.get_by_role("button", name="Back").click()
    # For a moment two cameras stand on the page: the one that is going and the one of the first step.
    expect(page.locator("iframe").last.content_frame.get_by_role("button", name="Turn the camera on")).to_be_enabled()
    camera_is_off(page)


def test_in_the_dark_the_page_asks_for_light(at_bedside):
    page = at_bedside("too_dark", "Agnes Marlow")
    page.get_by_text("It is too dark. Switch on the bedside light.").wait_for()
    expect(page.get_by_role("button", name="Start recording")).to_be_disabled()


def test_watching_raises_an_alert_that_is_seen_and_heard_and_lists_the_episodes(at_bedside, site):
    name = "Rosa Benedetti"
    page = at_bedside("intense", name, start_watching=True)
    button = page.get_by_role("button", name="Start watching")
    expect(button).to_be_enabled()
    button.click()
    expect(page.get_by_role("alert").filter(has_text="Go and see the patient.")).to_be_visible()
    page.wait_for_function("window.played > 0")
    expect(page.locator(".peea-episodes tr")).not_to_have_count(0)
    page.get_by_role("button", name="End the watching").click()
    assert "pain expression" in steps.result(page)
    camera_is_off(page)


def test_without_a_camera_the_page_waits_and_says_so(at_bedside):
    page = at_bedside(None, "Agnes Marlow")
    page.get_by_text("Turn the camera on, and allow this page to use it").wait_for()
    expect(page.get_by_role("button", name="Start recording")).to_be_disabled()
