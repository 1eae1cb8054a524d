"""Printed sheets, read back as a PDF reader reads them."""

from datetime import UTC, date, datetime, timedelta

import pypdfium2
import pytest

from peea.clock import using_zone
from peea.faces import Problem
from peea.grade_style import GRADE_STYLES
from peea.language import Language, using_language
from peea.records.course_sheet import Course, course_sheet
from peea.records.fonts import EASTERN, PLAIN, runs
from peea.records.paper import Printing
from peea.records.record_sheet import Sheet, record_sheet
from peea.scales import Context, Grade
from peea.store import PatientLog, Sex, Side
from peea.store.care import (
    Consent,
    ConsentDecision,
    ConsentGiver,
    ConsentPurpose,
    Dose,
    DoseUnit,
    Note,
    Route,
)
from peea.store.care_log import CareLog
from peea.store.pain_records import Kind, PainRecord
from tests.factories import made_up_assessment
from tests.records.sheets import colours_of, pages_of, text_of

PRINTING = Printing("Nurse Kim", datetime(2026, 11, 22, 4, 0, tzinfo=UTC))
A4_POINTS = (595, 842)


@pytest.fixture(autouse=True)
def utc():
    with using_zone(UTC):
        yield


@pytest.fixture
def log(tmp_path):
    with PatientLog(tmp_path / "peea.db", actor="Nurse Kim") as opened:
        yield opened


def register(log, name="Ada Kim", **more):
    known = {"ward": "7B", "bed": "12", "fracture": "Femoral neck", "fracture_side": Side.LEFT}
    return log.register_patient(
        name, date(1941, 5, 3), Sex.FEMALE, surgery_date=date(2026, 11, 20), **{**known, **more}
    )


def saved_sheet(log, **made_up):
    patient, assessment = register(log), made_up_assessment(**made_up)
    return Sheet(patient, assessment, log.save_assessment(patient.patient_id, assessment))


def test_the_sheet_says_whose_what_by_which_model_how_long_and_what_peea_is_for(log):
    pdf = record_sheet(saved_sheet(log), PRINTING)
    assert len(pages_of(pdf)) == 1
    said = text_of(pdf)
    for words in (
        "Ada Kim",
        "P-0001",
        "ward 7B, bed 12",
        "3 May 1941, 85 years",
        "Femoral neck, left",
        "20 Nov 2026",
        "21 Nov 2026 14:05 (UTC)",
        "Turning over in bed",
        "Severe pain expression, held for 6.0 s of 21 s while turning over.",
        "Preliminary: no clinician has confirmed this result yet.",
        "resnet50 1.0",
        "Trained on: synthetic patients. Not validated for clinical decisions.",
        "in 90 % of 21 s",
        "Not graded: turned away 2.0 s.",
        "Signature",
        "does not replace the patient's own report",
        "Printed 22 Nov 2026 04:00 by Nurse Kim.",
        "Page 1 of 1",
    ):
        assert words in said
    held = [f"{seconds} s" for seconds in ("4.0", "4.8", "3.0", "6.0", "1.2")]
    assert " ".join(["Held stable", *held]) in said
    assert "Demonstration" not in said


def test_the_sheet_is_a4_and_shows_the_course_in_the_colours_of_the_grades(log):
    pdf = record_sheet(saved_sheet(log), PRINTING)
    width, height = pypdfium2.PdfDocument(pdf)[0].get_size()
    assert (round(width), round(height)) == A4_POINTS
    colours = colours_of(pdf)
    # Severe held for 6 s, intense for 1.2 s: areas in that order, and every grade is there.
    assert colours[GRADE_STYLES[Grade.SEVERE].fill] > 3 * colours[GRADE_STYLES[Grade.INTENSE].fill]
    assert all(colours[style.fill] > 500 for style in GRADE_STYLES.values())


def test_a_confirmed_and_an_overridden_result_name_the_clinician(log):
    sheet = saved_sheet(log)
    with CareLog(log.path, actor="Dr Lee") as care:
        confirmed = care.confirm(sheet.assessment.assessment_id, "Dr Lee")
        said = text_of(record_sheet(Sheet(sheet.patient, sheet.assessment, confirmed), PRINTING))
        assert "Confirmed by Dr Lee on" in said
        assert "no clinician has confirmed" not in said
        assert "please confirm" not in said
        overridden = care.override(sheet.assessment.assessment_id, Grade.MILD, "She was talking.", "Dr Lee")
    said = text_of(record_sheet(Sheet(sheet.patient, sheet.assessment, overridden, "She was talking."), PRINTING))
    assert "Overridden by Dr Lee on" in said
    assert "Reason: She was talking." in said
    assert "1 Mild in place of the model's result" in said


def test_what_could_not_be_assessed_says_why_and_has_no_grades_to_draw(log):
    sheet = saved_sheet(log, course=[(Problem.TOO_DARK, 20.0)])
    said = text_of(record_sheet(sheet, PRINTING))
    assert "Could not be assessed: too dark in 100 % of the recording." in said
    assert "Probability of each grade" not in said


def test_an_unsaved_assessment_and_one_without_context_can_be_printed(log):
    patient = register(log)
    said = text_of(record_sheet(Sheet(patient, made_up_assessment(context=None)), PRINTING))
    assert "not saved yet" in said
    assert "not given" in said


def test_a_long_recording_with_every_remark_stays_within_two_pages(log):
    course = [(Grade(level % 5), 1.0) for level in range(600)]
    sheet = saved_sheet(log, course=course, dim=True, other_faces=1, recording="ward camera " * 15)
    assert len(pages_of(record_sheet(sheet, PRINTING))) <= 2


def test_chinese_is_printed_in_an_embedded_font_and_read_back_as_it_was_written(log):
    patient = register(log, "张伟", ward="骨科")
    sheet = Sheet(patient, made_up_assessment())
    with using_language(Language.CHINESE):
        pdf = record_sheet(sheet, PRINTING)
    said = "".join(text_of(pdf).split())
    assert "翻身时，21秒中有6.0秒呈重度疼痛表情。" in said
    assert "张伟" in said
    assert "2026年11月21日14:05" in said
    assert b"FontFile2" in pdf


def test_letters_of_both_scripts_are_each_set_in_a_font_that_has_them():
    assert list(runs("Wei 张伟 Łódź")) == [(PLAIN, "Wei "), (EASTERN, "张伟"), (PLAIN, " Łódź")]
    assert list(runs("a\N{EGYPTIAN HIEROGLYPH A001}")) == [(PLAIN, "a"), (EASTERN, "\N{WHITE SQUARE}")]


def test_markup_in_what_staff_wrote_is_printed_as_it_was_written(log):
    patient = register(log, "<b>Ada</b> & <font color=red>", ward="<para>")
    assert "<b>Ada</b> & <font color=red>" in text_of(record_sheet(Sheet(patient, made_up_assessment()), PRINTING))


def record(hours, kind=Kind.MODEL, grade=Grade.OBVIOUS, value=None, context=Context.REST):
    at = datetime(2026, 11, 20, 8, tzinfo=UTC) + timedelta(hours=hours)
    return PainRecord(f"r{hours}", "x", at, kind, grade, context, value=value, by="Nurse Kim")


def full_course(patient, records):
    at = "2026-11-20T09:00:00+00:00"
    return Course(
        patient,
        records,
        doses=[Dose("d", "x", at, "Paracetamol", 1000, DoseUnit.MG, Route.ORAL, "", at, "Nurse Kim", False)],
        notes=[Note("n", "x", at, "Sleeps <well>.", at, "Nurse Kim", False)],
        consents=[
            Consent(
                "c",
                "x",
                ConsentPurpose.RESEARCH,
                ConsentDecision.REFUSED,
                ConsentGiver.PATIENT,
                date(2026, 11, 20),
                "Dr Lee",
                at,
                "Dr Lee",
            )
        ],
    )


def test_the_course_sheet_lists_every_kind_of_assessment_and_what_was_given(log):
    records = [record(0), record(5, Kind.NRS, Grade.SEVERE, 7.0, Context.STANDING), record(9, grade=None)]
    said = text_of(course_sheet(full_course(register(log, demonstration=True), records), PRINTING))
    for words in (
        "20 Nov 2026 13:00 Standing at the bedside NRS 7 3 Severe",
        "20 Nov 2026 09:00 Paracetamol 1000 mg by mouth",
        "20 Nov 2026 Research refused, by the patient Dr Lee",
        "Sleeps <well>.",
        "N = NRS, by the patient",
        "Analgesia given",
        "Demonstration: this patient is simulated.",
        "Surgery",
    ):
        assert words in said


def test_a_long_course_runs_over_numbered_pages_with_the_name_on_each(log):
    records = [record(hours) for hours in range(300)]
    pages = pages_of(course_sheet(full_course(register(log), records), PRINTING))
    assert len(pages) > 3
    for number, page in enumerate(pages, start=1):
        assert "Ada Kim" in page
        assert f"Page {number} of {len(pages)}" in page


def test_a_patient_who_was_never_assessed_has_a_sheet_too(log):
    assert "Not assessed yet." in text_of(course_sheet(Course(register(log), []), PRINTING))
