"""Every page in Chinese: no word of English is left, but for names that every language writes so."""

import re
from dataclasses import replace
from datetime import date

import pytest
from streamlit.testing.v1 import AppTest

from peea.faces import Problem
from peea.model_cards import model_names, read_card
from peea.model_results import read_results
from peea.scales import Context, Grade
from peea.store import PatientLog, Sex, Side
from peea.store.care import Answer, ConsentDecision, ConsentPurpose, DoseUnit, EligibilityQuestion, Route
from peea.store.care_log import CareLog
from tests.factories import made_up_assessment
from tests.language.page_words import texts_of
from tests.test_pages import APP, PATIENCE_S

LATIN = re.compile(r"[A-Za-z][A-Za-z'’]{2,}")
HEXADECIMAL = re.compile(r"\b[0-9a-f]{12,}\b")

SAME_IN_EVERY_LANGUAGE = {
    "alpha",
    "Altman",
    "AUC",
    "Bland",
    "Bundle",
    "Chen",
    "Cohen",
    "Clinician",
    "Cohn",
    "CSV",
    "DenseNet",
    "EfficientNet",
    "English",
    "FACS",
    "FHIR",
    "Fleiss",
    "GRRAS",
    "Gwet",
    "Hammal",
    "ICC",
    "JSON",
    "kappa",
    "Kappa",
    "Koch",
    "Koo",
    "Krippendorff",
    "Landis",
    "Liang",
    "Light",
    "Lite",
    "McMaster",
    "Monk",
    "MTCNN",
    "NRS",
    "OpenVINO",
    "Parquet",
    "PDF",
    "PEEA",
    "PNG",
    "PSPI",
    "Python",
    "ResNet",
    "SHA",
    "Shrout",
    "SPSS",
    "SVG",
    "UNBC",
    "UTC",
    "VAS",
    "VGG",
    "Wilson",
    "Yang",
}
"""Names, abbreviations and statistics that Chinese papers write in Latin letters too, and the button to English."""


@pytest.fixture
def ward(tmp_path, monkeypatch):
    """A ward on which everything there is was done once, entered in Chinese."""
    monkeypatch.setenv("PEEA_DATA", str(tmp_path))
    card = read_card()
    with PatientLog(actor="李医生") as log, CareLog(actor="李医生") as care:
        patient = log.register_patient(
            "张伟",
            date(1941, 5, 3),
            Sex.MALE,
            study_code="1",
            ward="骨科",
            bed="12",
            fracture="股骨颈骨折",
            fracture_side=Side.LEFT,
            surgery_date=date(2026, 11, 20),
            demonstration=True,
        )
        log.register_patient("王芳", date(1938, 3, 14), Sex.FEMALE, study_code="2", ward="骨科", demonstration=True)
        ids = []
        for number, (course, context) in enumerate(
            (
                (None, Context.TURNING),
                ([(Grade.NO_PAIN, 20.0)], Context.REST),
                ([(Problem.TOO_DARK, 18.0), (Grade.MILD, 2.0)], None),
            ),
            start=1,
        ):
            made = made_up_assessment(
                **({} if course is None else {"course": course}),
                context=context,
                number=number,
                recording="1.mp4",
                recorded_at=f"2026-11-2{number}T0{number}:05:00+00:00",
                dim=number == 1,
                other_faces=number == 1,
            )
            model = replace(made.model, name="1", trained_on=card["trained_on"])
            ids.append(log.save_assessment(patient.patient_id, replace(made, model=model)).assessment_id)
        care.override(ids[0], Grade.MILD, "患者在说话", "李医生")
        now = patient_time(2)
        care.give(patient.patient_id, "对乙酰氨基酚", 1, DoseUnit.G, Route.ORAL, now)
        care.write_note(patient.patient_id, "睡得好", now)
        care.record_consent(
            patient.patient_id, ConsentPurpose.RESEARCH, ConsentDecision.GIVEN, date(2026, 11, 20), "李医生"
        )
        care.answer(patient.patient_id, EligibilityQuestion.AWAKE, Answer.YES)
        care.correct_patient(patient.patient_id, {"bed": "13"}, "换床")
    return patient.patient_id, ids


def patient_time(hour):
    from datetime import UTC, datetime

    return datetime(2026, 11, 21, hour, tzinfo=UTC)


def in_chinese(page, **address):
    app = AppTest.from_file(str(APP), default_timeout=PATIENCE_S)
    app.query_params["lang"] = "zh-Hans"
    app.run()
    app.switch_page(f"pages/{page}.py")
    for name, value in address.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


def english_left(app):
    allowed = SAME_IN_EVERY_LANGUAGE | names_of_models()
    return sorted(
        {
            f"{where}: {word} in: {' '.join(text.split())[:160]}"
            for where, text in texts_of(app)
            for word in LATIN.findall(HEXADECIMAL.sub("", text))
            if word not in allowed
        }
    )


def names_of_models():
    """Words of the names that models and networks have, and of the data that cards name as they are."""
    names = {training.name for training in read_results().trainings}
    names |= {str(read_card(name)["network"]) for name in model_names()}
    return {word for name in names for word in LATIN.findall(name)}


PAGES = (
    "ward_board",
    "live_grading",
    "video_scoring",
    "patient_log",
    "rating",
    "agreement",
    "model_comparison",
    "team_lead",
    "exchange",
    "about",
)


@pytest.mark.parametrize("page", PAGES)
def test_no_english_is_left_on_a_page(page, ward):
    left = english_left(in_chinese(page))
    assert not left, "\n".join(left)


def test_no_english_is_left_on_a_patients_page(ward):
    left = english_left(in_chinese("patient_log", patient=ward[0]))
    assert not left, "\n".join(left)


@pytest.mark.parametrize("number", [0, 1, 2])
def test_no_english_is_left_on_an_assessment(ward, number):
    left = english_left(in_chinese("patient_log", assessment=ward[1][number]))
    assert not left, "\n".join(left)
