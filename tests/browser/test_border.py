"""Texts from outside in the real app: what looks like markup is shown as text, and the log names nobody."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from playwright.sync_api import Page, Request, expect

from peea.scales import Context
from peea.store import CareLog, ManualKind, ManualLog, PatientLog, Sex
from peea.store.care import ConsentDecision, ConsentPurpose, DoseUnit, Route
from peea.store.studies import StudyStore
from tests.browser.app_server import DESKTOP, Server, running_app
from tests.browser.server_log import check_that_it_names_nobody
from tests.factories import made_up_assessment
from tests.studies.made_up_study import made_up_study

pytestmark = pytest.mark.browser

PATIENCE_MS = 60_000
SETTLE_MS = 600
MARKUP = (
    "<img src=x onerror=window.hit=1><a href=http://evil.example>a</a> **boldmark** $latexmark^2$ :red[redmark] "
    "![p](http://evil.example/p.png) `codemark`"
)
"""At most 200 characters, which is the longest that short fields take."""

SHOWN = "**boldmark** $latexmark^2$ :red[redmark]"


def fill(server: Server) -> str:
    """Write markup into every text field of a patient, of care, results, ratings, studies; return the patient's id."""
    now = datetime.now(UTC)
    with PatientLog(server.database, actor=MARKUP) as log:
        patient = log.register_patient(
            MARKUP,
            date(1941, 5, 3),
            Sex.FEMALE,
            study_code="<b>code</b> **c**",
            ward=f"{MARKUP} ward"[:200],
            bed=MARKUP,
            team=MARKUP,
            fracture=MARKUP,
            cognition=MARKUP,
            communication=MARKUP,
            notes=MARKUP,
            demonstration=True,
        )
        log.save_assessment(
            patient.patient_id,
            made_up_assessment(recording=MARKUP, recorded_at=(now - timedelta(hours=1)).isoformat(timespec="seconds")),
        )
    with CareLog(server.database, actor=MARKUP) as care:
        care.give(patient.patient_id, MARKUP, 1, DoseUnit.G, Route.ORAL, now - timedelta(minutes=50), MARKUP)
        care.write_note(patient.patient_id, MARKUP, now - timedelta(minutes=40))
        care.record_consent(
            patient.patient_id, ConsentPurpose.KEY_FRAMES, ConsentDecision.GIVEN, now.date(), taken_by=MARKUP
        )
        care.correct_patient(patient.patient_id, {"bed": f"{MARKUP}!"}, MARKUP)
    with ManualLog(server.database, actor=MARKUP) as manual:
        manual.save(
            patient.patient_id,
            ManualKind.NRS,
            MARKUP,
            score=6.0,
            rated_at=now - timedelta(minutes=30),
            context=Context.REST,
            reason=MARKUP,
        )
    # A study refuses the name of a patient in its texts.
    other = MARKUP.replace("<img", "Trial <img").replace("codemark", "codemark two").replace("src=x", "src=x title=y")
    with StudyStore(server.database, actor=MARKUP) as studies:
        studies.save_draft(made_up_study(name=other, purpose=other, inclusion=(other,), exclusion=(other,)))
    return patient.patient_id


@pytest.fixture(scope="module")
def own_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running_app(tmp_path_factory.mktemp("data"), tmp_path_factory.mktemp("temporary")) as started:
        yield started


@pytest.fixture
def window(chromium, own_server) -> Iterator[Page]:
    """A window on the app that notes whom it asks."""
    context = chromium.new_context(viewport=DESKTOP, reduced_motion="reduce")
    context.set_default_timeout(PATIENCE_MS)
    page, asked = context.new_page(), []
    page.on("request", lambda request: asked.append(request))
    yield page
    outside = [one.url for one in asked if isinstance(one, Request) and "evil" in one.url]
    context.close()
    assert outside == []


def only_text(page: Page, what: str) -> None:
    """The page holds the texts as they were written, and nothing that they would make."""
    page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for(state="attached")
    page.wait_for_timeout(SETTLE_MS)
    assert page.evaluate("window.hit") is None, what
    for made in (
        'img[src="x"]',
        'a[href*="evil"]',
        'img[src*="evil"]',
        'strong:has-text("boldmark")',
        'b:has-text("boldmark"):not(:has-text("**boldmark**"))',
        ".katex",
        'code:has-text("codemark")',
        'span[style*="color"]:text-is("redmark")',
    ):
        assert page.locator(made).count() == 0, f"{what}: {made}"


def test_markup_in_every_text_field_shows_as_text(own_server, window):
    patient_id = fill(own_server)
    page = window
    visits = {
        "": SHOWN,
        f"patient-log?patient={patient_id}": SHOWN,
        "patient-log": SHOWN,
        "live-grading": "",
        "video-scoring": "",
        "rating": "",
        "agreement": "",
        "team-lead": "",
        "exchange": "",
        "audit": "",
    }
    for address, shown in visits.items():
        page.goto(f"{own_server.url}/{address}")
        page.get_by_text("Demonstration.", exact=True).wait_for()
        if shown:
            expect(page.locator("body")).to_contain_text(shown)
        only_text(page, address)
        if "patient=" in address:
            for tab in ("Assessments", "Analgesia", "Notes", "Patient data", "Consent"):
                page.get_by_role("tab", name=tab).click()
                only_text(page, tab)
                if tab == "Patient data":
                    page.get_by_role("button", name="Correct these data").click()
                    expect(page.get_by_role("dialog")).to_contain_text(SHOWN)
                    only_text(page, "dialog")
                    page.get_by_role("dialog").get_by_role("button", name="Close").click()


def test_the_log_of_a_whole_road_names_nobody(own_server, window):
    """Pages of patients, an address that leads nowhere, a file named after a patient: there are lines and no names."""
    page = window
    with PatientLog(own_server.database, actor="test") as log:
        patients = log.patients()
    agnes = next(one for one in patients if one.name == "Agnes Marlow")
    for address in ("patient-log", f"patient-log?patient={agnes.patient_id}", "patient-log?patient=Agnes%20Marlow"):
        page.goto(f"{own_server.url}/{address}")
        page.get_by_text("Demonstration.", exact=True).wait_for()
        page.wait_for_timeout(SETTLE_MS)
    page.goto(f"{own_server.url}/video-scoring")
    page.locator("input[type=file]").set_input_files(
        {"name": "Agnes Marlow.mp4", "mimeType": "video/mp4", "buffer": b"Agnes Marlow, " * 99}
    )
    expect(page.locator("body")).to_contain_text("Agnes Marlow.mp4 is not a video")
    check_that_it_names_nobody(own_server)
