"""Language, sheets, voice and exchange in the real app."""

from __future__ import annotations

import re
from datetime import date

import pytest
from fhir.resources.R4B.bundle import Bundle
from playwright.sync_api import expect

from peea.store import PatientLog, Sex
from tests.browser import steps
from tests.factories import made_up_assessment
from tests.records.sheets import text_of

pytestmark = pytest.mark.browser


@pytest.fixture
def assessed(server):
    """A patient with one assessment, in the log of the app."""
    with PatientLog(server.database, actor="browser test") as log:
        known = log.patients(search="Zhou Min")
        patient = (
            known[0]
            if known
            else log.register_patient("Zhou Min", date(1940, 2, 1), Sex.FEMALE, ward="9X", demonstration=True)
        )
        found = log.assessments(patient.patient_id)
        if not found:
            log.save_assessment(patient.patient_id, made_up_assessment(number=987))
            found = log.assessments(patient.patient_id)
    return patient, found[0].assessment_id


def test_the_language_is_chosen_with_one_press_and_kept_in_the_browser(open_app):
    page = open_app("patient-log")
    expect(page.get_by_role("heading", name="Patient log")).to_be_visible()
    page.get_by_role("button", name="简体中文").click()
    expect(page.get_by_role("heading", name="患者记录")).to_be_visible()
    expect(page.get_by_role("link", name="病区看板")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
    page.reload()
    expect(page.get_by_role("heading", name="患者记录")).to_be_visible()
    page.get_by_role("link", name="录像评分").click()
    expect(page.get_by_role("heading", name="录像评分")).to_be_visible()
    page.get_by_role("button", name="登记患者").click()
    expect(page.get_by_role("dialog")).to_contain_text("姓名（与腕带一致）")
    page.get_by_role("dialog").get_by_role("button", name="登记", exact=True).click()
    expect(page.get_by_role("dialog")).to_contain_text("缺少姓名。")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", name="Video scoring")).to_be_visible()


def test_a_result_is_heard_and_printed_in_the_language_of_the_screen(open_app, assessed):
    patient, assessment_id = assessed
    page = open_app(f"patient-log?assessment={assessment_id}")
    expect(page.locator(".peea-result .sentence")).to_contain_text("Severe pain expression")
    player = page.locator("audio")
    expect(player).to_be_attached()
    page.wait_for_function("document.querySelector('audio').duration > 3")
    english = player.get_attribute("src")
    said = text_of(steps.downloaded(page, "Print the record sheet (PDF)"))
    assert "Severe pain expression, held for 6.0 s of 21 s" in said
    assert patient.name in said
    page.get_by_role("button", name="简体中文").click()
    expect(page.locator(".peea-result .sentence")).to_contain_text("重度疼痛")
    page.wait_for_function("src => document.querySelector('audio').getAttribute('src') !== src", arg=english)
    said = "".join(text_of(steps.downloaded(page, "打印记录单（PDF）")).split())
    assert "呈重度疼痛表情" in said


def test_records_leave_as_a_valid_bundle_and_a_list_comes_in_after_a_look_at_it(open_app, assessed, server):
    page = open_app("exchange")
    page.get_by_label("Your name and role").fill("Dr Lee")
    page.get_by_role("button", name="Use this name").click()
    ward = page.get_by_role("combobox", name="Ward")
    ward.click()
    page.get_by_role("option", name="9X").click()
    expect(page.get_by_text("1 patient · 1 assessment by PEEA")).to_be_visible()
    bundle = Bundle.model_validate_json(steps.downloaded(page, "Write the file"))
    kinds = [entry.resource.get_resource_type() for entry in bundle.entry]
    assert sorted(set(kinds)) == ["Device", "Observation", "Patient"]

    page.get_by_role("radio", name="Import").click()
    upload = page.locator("input[type=file]")
    upload.wait_for(state="attached")
    content = b"name,birth_date,sex,ward\nZhou Min,1940-02-01,f,9X\nQuinn Ash,1939-01-01,m,9X\n"
    upload.set_input_files({"name": "ward.csv", "mimeType": "text/csv", "buffer": content})
    expect(page.get_by_text("2 in the file: 1 new, 1 may be here already, 0 cannot be taken in.")).to_be_visible()
    page.get_by_role("button", name="Take in 1 patient").click()
    expect(page.get_by_text(re.compile("1 registered, 0 updated, 1 left out"))).to_be_visible()
    with PatientLog(server.database, actor="browser test") as log:
        assert [patient.registered_by for patient in log.patients(search="Quinn Ash")] == ["Dr Lee"]
