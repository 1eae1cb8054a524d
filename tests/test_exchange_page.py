"""The page of export and import as Streamlit runs it, and the sheets and the voice on the pages that offer them."""

import json
import os
import signal
from datetime import date

import pytest

from peea.apart.process import ReaderProcess
from peea.records import voice
from peea.records.contents import ExportFilter, records_of
from peea.records.fhir_out import fhir_bundle
from peea.store import PatientLog, Sex
from tests.test_pages import (  # noqa: F401 - fixtures
    button,
    data_folder,
    opened,
    register,
    save,
    words,
)

CSV = b"name,birth_date,sex,ward\nAda Kim,1941-05-03,f,9C\nBen Low,1939-04-05,m,7B\nEve Gold,soon,f,\n"


def at_exchange(way=None):
    app = opened("exchange")
    next(one for one in app.text_input if one.label == "Your name and role").set_value("Dr Lee").run()
    if way is not None:
        next(one for one in app.button_group if one.label == "Direction").set_value(way).run()
    return app


def with_file(name, content):
    app = at_exchange("import")
    app.file_uploader[0].set_value([(name, content, "text/plain")]).run()
    assert not app.exception
    return app


def test_nobody_exports_without_a_name():
    register()
    app = opened("exchange")
    assert "This needs a named person" in words(app)
    assert not app.radio


def test_the_page_says_how_much_leaves_before_it_does():
    save(register(), recorded_at="2026-11-21T14:05:00+00:00")
    register("Ben Low", ward="8A")
    app = at_exchange()
    assert "2 patients · 1 assessment by PEEA · 0 ratings by hand" in words(app)
    app.selectbox[0].set_value("8A").run()
    assert "1 patient · 0 assessments by PEEA" in words(app)
    app.selectbox[0].set_value("").run()
    app.date_input[0].set_value(date(2026, 11, 22)).run()
    assert "2 patients · 0 assessments by PEEA" in words(app)


def test_an_empty_log_has_nothing_to_export():
    assert "No patient matches" in words(at_exchange())


def test_a_list_is_shown_before_anything_is_written_and_each_double_is_decided_about():
    register(ward="7B")
    app = with_file("ward.csv", CSV)
    assert "3 in the file: 1 new, 1 may be here already, 1 cannot be taken in." in words(app)
    assert "The same name and birth date." in words(app)
    with PatientLog(actor="test") as log:
        assert len(log.patients()) == 1
    next(one for one in app.selectbox if one.label == "What to do").set_value("update").run()
    button(app, "Take in 2 patients").click().run()
    assert "1 registered, 1 updated, 1 left out" in words(app)
    with PatientLog(actor="test") as log:
        assert {patient.name: patient.ward for patient in log.patients()} == {"Ada Kim": "9C", "Ben Low": "7B"}
        assert all(patient.demonstration for patient in log.patients()), "nobody signs in here"


def test_a_bundle_of_another_peea_comes_in_with_its_records(tmp_path, monkeypatch):
    other = tmp_path / "other"
    other.mkdir()
    with monkeypatch.context() as there:
        there.setenv("PEEA_DATA", str(other))
        with PatientLog(actor="test") as log:
            save(log.register_patient("Ada Kim", date(1941, 5, 3), Sex.FEMALE, ward="7B", bed="12"))
        bundle = fhir_bundle(records_of(ExportFilter(), "test", "fhir"))
    app = with_file("bundle.json", bundle.encode())
    button(app, "Take in 1 patient").click().run()
    assert "1 registered, 0 updated, 0 left out; 3 records were written." in words(app)
    with PatientLog(actor="test") as log:
        (patient,) = log.patients()
        assert len(log.assessments(patient.patient_id)) == 1
        assert patient.demonstration, "nobody signs in here"


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("letter.csv", b"Dear colleague", "holds no patients"),
        ("letter.json", b"Dear colleague", "not a FHIR R4 Bundle"),
        ("patient.json", json.dumps({"resourceType": "Patient"}).encode(), "not a FHIR R4 Bundle"),
    ],
)
def test_a_file_of_another_kind_is_told_in_a_sentence(name, content, sentence):
    assert sentence in words(with_file(name, content))


def test_a_file_that_ends_its_reader_is_told_in_a_sentence_and_the_page_goes_on(monkeypatch):
    with monkeypatch.context() as crafted:
        crafted.setattr(ReaderProcess, "ask", lambda self, *_: os.kill(self.process.pid, signal.SIGSEGV))
        app = with_file("ward.csv", CSV)
    assert "ward.csv cannot be read: reading it had to be stopped" in words(app)
    app.file_uploader[0].set_value([("again.csv", CSV, "text/plain")]).run()
    assert not app.exception
    assert "3 in the file: 2 new" in words(app)


def test_the_result_can_be_printed_and_heard_and_says_what_is_missing_for_that(monkeypatch):
    assessment = save(register())
    app = opened("patient_log", assessment=assessment.assessment_id)
    assert [one.proto.label for one in app.get("download_button")] == ["Print the record sheet (PDF)"]
    assert words(app).count("<audio controls") == 1
    monkeypatch.setattr(voice, "PROGRAM", "espeak-ng-that-is-not-there")
    voice._spoken.cache_clear()
    app = opened("patient_log", assessment=assessment.assessment_id)
    assert not app.exception
    assert "Results cannot be read aloud: espeak-ng is not installed" in words(app)


def test_a_site_that_mutes_the_voice_hears_nothing(tmp_path, monkeypatch):
    (tmp_path / "site.toml").write_text("[voice]\nmuted = 1\n", encoding="utf-8")
    monkeypatch.setenv("PEEA_SETTINGS", str(tmp_path / "site.toml"))
    from pages.parts.visit import shared_settings

    shared_settings.clear()
    assessment = save(register())
    try:
        app = opened("patient_log", assessment=assessment.assessment_id)
        assert "<audio" not in words(app)
        assert "Severe pain expression" in words(app)
    finally:
        shared_settings.clear()
