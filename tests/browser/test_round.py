"""A nurse's round in the real app: find who is overdue, assess, confirm, give analgesia, be reminded, reassess."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from peea.scales import Context
from peea.store import CareLog, ManualKind, ManualLog, PatientLog, WardLog
from tests.browser import steps
from tests.browser.app_server import TABLET
from tests.records.sheets import text_of

pytestmark = pytest.mark.browser

NAME = "Margaret Eze"
UPLOADED_S = 3


@pytest.fixture
def overdue(server):
    """One patient who was assessed two hours ago and is the only one overdue with pain that is worth a look."""
    with PatientLog(server.database, actor="browser test") as log, log.together():
        patient = next(one for one in log.patients() if one.name == NAME)
        manual = log.beside(ManualLog)
        for one in log.patients():
            minutes, score = (120, 9) if one.patient_id == patient.patient_id else (5, 1)
            rated_at = datetime.now(UTC) - timedelta(minutes=minutes)
            manual.save(one.patient_id, ManualKind.NRS, "Nurse A", score=score, context=Context.REST, rated_at=rated_at)
    return patient


def test_the_round(open_app, server, overdue, tmp_path):
    page = open_app(size=TABLET, touch=True)
    # Find the overdue patient.
    row = page.locator(".peea-board .row").filter(has_text=NAME)
    expect(row).to_contain_text(re.compile(r"Overdue by 6\d min"))
    expect(page.locator(".peea-board .row").first).to_contain_text(NAME)
    row.click()
    banner = page.get_by_role("region", name="Patient")
    expect(banner).to_contain_text(NAME)
    expect(page.get_by_role("alert").first).to_contain_text(re.compile(r"Overdue by 6\d min"))

    # Assess.
    page.get_by_role("button", name="Assess with PEEA").click()
    expect(banner).to_contain_text(NAME)
    steps.choose_context(page, "Leg flexion and extension")
    expect(page.get_by_text("Still to choose: a recording.")).to_be_visible()
    steps.upload(page, steps.cut(steps.SEVERE, UPLOADED_S, tmp_path / "severe.mp4"))
    steps.score(page)
    steps.result(page)
    page.get_by_role("button", name="Save to the patient log").click()
    expect(page.get_by_text("Saved to the patient log at")).to_be_visible()

    # Back on the board she is no longer overdue; confirm, with a name once.
    page.get_by_role("link", name="Ward board").click()
    expect(row).to_contain_text(re.compile(r"Due in (5\d|60) min"))
    expect(row).to_contain_text("1 result to confirm")
    row.click()
    expect(page.get_by_role("button", name="Confirm", exact=True)).to_be_disabled()
    page.get_by_label("Your name and role").fill("Nurse Kim")
    page.get_by_role("button", name="Use this name").click()
    page.get_by_role("button", name="Confirm", exact=True).click()
    expect(page.get_by_text("To confirm:")).to_have_count(0)
    expect(page.get_by_text("Acting: Nurse Kim")).to_be_visible()

    # Give analgesia.
    page.get_by_role("button", name="Analgesia given").click()
    form = page.get_by_role("dialog")
    expect(form.get_by_label("Dose", exact=True)).to_be_visible()
    expect(form.get_by_label("Given at").first).to_be_visible()
    drug = form.get_by_role("combobox", name="Drug")
    drug.click()
    page.get_by_role("option", name="Morphine").click()
    expect(drug).to_have_value("Morphine")
    form.get_by_label("Dose", exact=True).fill("2.5")
    form.get_by_role("button", name="Save analgesia").click()
    expect(form).to_have_count(0)
    expect(page.get_by_text("After the first analgesia")).to_be_visible()
    expect(page.get_by_text(re.compile(r"Due in (2\d|30) min"))).to_be_visible()

    # Be reminded: time passes, which is told to the data base.
    with CareLog(server.database, actor="browser test") as care:
        (dose,) = care.doses(overdue.patient_id)
        assert (dose.entered_by, dose.dose) == ("Nurse Kim", 2.5)
        earlier = datetime.now(UTC) - timedelta(minutes=40)
        care.correct_dose(dose.analgesia_id, {"given_at": earlier}, "Forty minutes pass")
        with PatientLog(server.database, actor="browser test") as log, log._writing() as db:
            recorded = (datetime.now(UTC) - timedelta(minutes=50)).isoformat(timespec="seconds")
            db.execute("UPDATE assessments SET recorded_at = ? WHERE patient_id = ?", [recorded, overdue.patient_id])
    page.get_by_role("link", name="Ward board").click()
    expect(row).to_contain_text(re.compile(r"Overdue by 1\d min"))
    expect(row).to_contain_text("After the first analgesia")

    # Reassess by hand: the patient's own number.
    row.click()
    page.get_by_role("button", name="Rate by hand").click()
    form = page.get_by_role("dialog")
    form.get_by_role("radio", name="At rest").click()
    form.get_by_role("radio", name="6", exact=True).click()
    form.get_by_role("button", name="Save to the patient log").click()
    expect(form).to_have_count(0)

    # Print the sheet of her course.
    page.get_by_role("tab", name="Patient data").click()
    sheet = text_of(steps.downloaded(page, "Print the whole course (PDF)"))
    assert NAME in sheet
    assert "Morphine" in sheet

    page.get_by_role("button", name="Back to the ward board").click()
    expect(row).to_contain_text(re.compile(r"Due in (5\d|60) min"))
    expect(row).to_contain_text("Obvious")
    with WardLog(server.database, actor="browser test") as ward:
        kinds = [record.kind for record in ward.history(overdue.patient_id).records]
    assert kinds == ["nrs", "model", "nrs"]
