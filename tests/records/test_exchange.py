"""Export and import: what leaves is a valid Bundle, and what comes back is equal to what left."""

import json
import zipfile
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pandas as pd
import pytest
from fhir.resources.R4B.bundle import Bundle
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from peea.faces import Problem
from peea.rating import PspiCodes
from peea.records import fhir_codes as codes
from peea.records.candidates import Decision, checked, take_in
from peea.records.contents import ExportFilter, codes_of, records_of
from peea.records.fhir_out import fhir_bundle
from peea.records.tables import csv_archive, frames_of, parquet_archive, tables
from peea.scales import Context, Grade
from peea.store import PatientLog, Sex, Side
from peea.store.care import Answer, ConsentDecision, ConsentPurpose, DoseUnit, EligibilityQuestion, Route
from peea.store.care_log import CareLog
from peea.store.exchange import OWNED, ExchangeError, ExchangeStore
from peea.store.manual_log import ManualLog
from peea.store.monitoring_log import Episode, MonitoringLog
from peea.store.ratings import ManualKind
from tests.factories import made_up_assessment
from tests.records.read_here import candidates_of_bundle, candidates_of_csv

ACTOR = "test"
PSPI_9 = PspiCodes({"AU4": 3, "AU6": 0, "AU7": 3, "AU9": 0, "AU10": 2, "AU43": 1})
GIVEN_AT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


def register(path, name="Ada Kim", born=date(1941, 5, 3), **more):
    with PatientLog(path, actor=ACTOR) as log:
        return log.register_patient(name, born, more.pop("sex", Sex.FEMALE), **more)


def save(path, patient, **made_up):
    with PatientLog(path, actor=ACTOR) as log:
        return log.save_assessment(patient.patient_id, made_up_assessment(**made_up))


def exported(path, wanted=None, whole=True):
    return fhir_bundle(records_of(wanted or ExportFilter(), ACTOR, "fhir", path), whole)


def observations(text):
    resources = [entry["resource"] for entry in json.loads(text)["entry"]]
    return [each for each in resources if each["resourceType"] == "Observation"]


def part(observation, code):
    return next(one for one in observation["component"] if one["code"]["coding"][0]["code"] == code)


def bring_in(text, path, decide=lambda candidate: candidate.choices[0]):
    with PatientLog(path, actor=ACTOR) as log:
        candidates = checked(candidates_of_bundle(text), log.patients())
        return take_in(candidates, [decide(one) for one in candidates], "bundle.json", log)


def content_of(path):
    """Every row of every patient, whoever asks."""
    with PatientLog(path, actor=ACTOR) as log:
        ids = [patient.patient_id for patient in log.patients()]
    with ExchangeStore(path, actor=ACTOR) as store:
        return store.rows_of(sorted(ids))


def test_a_models_grade_is_an_observation_of_its_device_and_never_the_patients_word(tmp_path):
    saved = save(tmp_path / "a.db", register(tmp_path / "a.db"))
    text = exported(tmp_path / "a.db")
    Bundle.model_validate_json(text)
    (grade,) = observations(text)
    coding = grade["code"]["coding"][0]
    assert (coding["system"], coding["code"]) == (codes.OWN, "pain-expression-grade")
    assert grade["status"] == "preliminary"
    assert grade["valueCodeableConcept"]["coding"][0]["code"] == "3"
    assert grade["method"]["coding"][0]["code"] == "face-video-model"
    assert datetime.fromisoformat(grade["effectiveDateTime"]) == datetime.fromisoformat(saved.recorded_at)
    device = next(
        entry["resource"] for entry in json.loads(text)["entry"] if entry["resource"]["resourceType"] == "Device"
    )
    assert grade["device"]["reference"] == f"urn:uuid:{device['id']}"
    assert device["deviceName"][0]["name"] == "resnet50"
    assert device["version"][0]["value"] == "1.0"
    assert "Not validated for clinical decisions" in device["note"][0]["text"]
    assert part(grade, "seconds-grade-3")["valueQuantity"]["value"] == 6.0
    assert part(grade, "context")["valueCodeableConcept"]["coding"][0]["code"] == "turning_over"
    assert codes.LOINC not in json.dumps(grade["code"])


def test_a_confirmed_grade_is_final_an_overridden_one_amended_a_withdrawn_one_entered_in_error(tmp_path):
    path = tmp_path / "a.db"
    patient = register(path)
    ids = [save(path, patient, number=number).assessment_id for number in (1, 2, 3)]
    with CareLog(path, actor=ACTOR) as care:
        care.confirm(ids[0], "Dr Lee")
        care.override(ids[1], Grade.MILD, "She was talking.", "Dr Lee")
        care.withdraw_assessment(ids[2], "Wrong patient.")
    confirmed, overridden, withdrawn = (
        next(one for one in observations(exported(path)) if one["id"] == each) for each in ids
    )
    assert confirmed["status"] == "final"
    assert confirmed["performer"][0]["display"] == "Dr Lee"
    assert overridden["status"] == "amended"
    assert overridden["valueCodeableConcept"]["coding"][0]["code"] == "1"
    assert part(overridden, "model-grade")["valueCodeableConcept"]["coding"][0]["code"] == "3"
    assert overridden["note"][0]["text"] == "She was talking."
    assert withdrawn["status"] == "entered-in-error"


def test_what_could_not_be_assessed_has_a_reason_and_no_value(tmp_path):
    path = tmp_path / "a.db"
    save(path, register(path), course=[(Problem.TOO_DARK, 20.0)])
    (grade,) = observations(exported(path))
    assert "valueCodeableConcept" not in grade
    assert grade["dataAbsentReason"]["coding"][0] == {"system": codes.ABSENT, "code": "unknown", "display": "Unknown"}
    assert "too dark" in grade["dataAbsentReason"]["text"]


def test_the_patients_and_the_clinicians_numbers_have_their_loinc_codes(tmp_path):
    path = tmp_path / "a.db"
    patient = register(path)
    at = datetime(2026, 11, 21, 14, tzinfo=UTC)
    with ManualLog(path, actor=ACTOR) as log:
        kept = {
            log.save(patient.patient_id, kind, "Dr Lee", rated_at=at, context=Context.REST, **value).kind: value
            for kind, value in (
                (ManualKind.NRS, {"score": 7.0}),
                (ManualKind.VAS, {"score": 6.5}),
                (ManualKind.PSPI, {"codes": PSPI_9}),
            )
        }
    text = exported(path)
    Bundle.model_validate_json(text)
    by_kind = {one["valueQuantity"]["value"]: one for one in observations(text)}
    nrs, vas, by_hand = by_kind[7.0], by_kind[6.5], by_kind[9.0]
    assert len(kept) == 3
    assert (nrs["code"]["coding"][0]["system"], nrs["code"]["coding"][0]["code"]) == ("http://loinc.org", "72514-3")
    assert (vas["code"]["coding"][0]["system"], vas["code"]["coding"][0]["code"]) == ("http://loinc.org", "38214-3")
    assert by_hand["code"]["coding"][0]["system"] == codes.OWN
    assert part(by_hand, "AU4")["valueInteger"] == 3
    assert nrs["performer"] == [{"reference": f"urn:uuid:{patient.patient_id}"}]
    assert all(one["status"] == "final" for one in (nrs, vas, by_hand))


def test_simulated_patients_are_marked_as_test_data(tmp_path):
    register(tmp_path / "a.db", demonstration=True)
    resource = json.loads(exported(tmp_path / "a.db"))["entry"][0]["resource"]
    assert resource["meta"]["tag"][0]["code"] == "HTEST"


def test_every_export_stands_in_the_audit_trail(tmp_path):
    patient = register(tmp_path / "a.db")
    exported(tmp_path / "a.db")
    with PatientLog(tmp_path / "a.db", actor=ACTOR) as log:
        assert log.audit("patients", patient.patient_id)[-1].action == "exported"


def test_the_filter_keeps_ward_days_and_named_patients_apart(tmp_path):
    path = tmp_path / "a.db"
    ada, ben = register(path, ward="7B"), register(path, "Ben Low", ward="8A")
    save(path, ada, number=1, recorded_at="2026-11-20T10:00:00+00:00")
    save(path, ada, number=2, recorded_at="2026-11-22T10:00:00+00:00")
    save(path, ben, number=3)
    assert len(observations(exported(path, ExportFilter(ward="7B")))) == 2
    day = datetime(2026, 11, 22, tzinfo=UTC)
    assert len(observations(exported(path, ExportFilter(ward="7B", since=day)))) == 1
    assert len(observations(exported(path, ExportFilter(ward="7B", until=day)))) == 1
    assert len(observations(exported(path, ExportFilter(study_codes=frozenset({ben.study_code}))))) == 1


words = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=20)
moments = st.datetimes(datetime(2026, 1, 1), datetime(2026, 11, 20)).map(
    lambda moment: moment.replace(microsecond=0, tzinfo=UTC)
)


@st.composite
def patients(draw):
    return {
        "name": draw(words),
        "born": draw(st.dates(date(1915, 1, 1), date(1965, 12, 31))),
        "sex": draw(st.sampled_from(Sex)),
        "ward": draw(st.sampled_from(["", "7B", "骨科"])),
        "fracture_side": draw(st.sampled_from([None, *Side])),
        "notes": draw(st.sampled_from(["", "=1+1", 'Łódź; "quoted"\nnext line'])),
        "demonstration": draw(st.booleans()),
    }


def fill(path, draw):
    """A patient log with what staff and models enter, drawn at random."""
    number = 0
    for person in draw(st.lists(patients(), max_size=3, unique_by=lambda one: (one["name"].casefold(), one["born"]))):
        patient = register(path, person.pop("name"), person.pop("born"), **person)
        for _ in range(draw(st.integers(0, 2))):
            number += 1
            course = draw(
                st.lists(st.tuples(st.sampled_from([*Grade, *Problem]), st.floats(0.5, 3.0)), min_size=1, max_size=3)
            )
            saved = save(
                path,
                patient,
                number=number,
                course=course,
                context=draw(st.sampled_from([None, *Context])),
                recorded_at=draw(moments).isoformat(),
                with_actions=draw(st.booleans()),
            )
            with CareLog(path, actor=ACTOR) as care:
                what = draw(st.sampled_from(["nothing", "confirm", "override", "withdraw"]))
                if what == "confirm":
                    care.confirm(saved.assessment_id, "Dr Lee")
                elif what == "override":
                    other = next(grade for grade in (Grade.MILD, Grade.SEVERE) if grade != saved.report_grade)
                    care.override(saved.assessment_id, other, draw(words), "Dr Lee")
                elif what == "withdraw":
                    care.withdraw_assessment(saved.assessment_id, draw(words))
        with ManualLog(path, actor=ACTOR) as by_hand:
            if draw(st.booleans()):
                score = float(draw(st.integers(0, 10)))
                given = by_hand.save(patient.patient_id, ManualKind.NRS, draw(words), score=score)
                by_hand.save(patient.patient_id, ManualKind.PSPI, draw(words), codes=PSPI_9, rated_at=draw(moments))
                if draw(st.booleans()):
                    by_hand.withdraw(given.manual_id, "Wrong patient.")
        if draw(st.booleans()):
            number += 1
            watched = made_up_assessment(number=number)
            with PatientLog(path, actor=ACTOR) as log, MonitoringLog(path, actor=ACTOR) as monitoring:
                log.save_assessment(patient.patient_id, watched)
                monitoring.save(patient.patient_id, watched, GIVEN_AT, [Episode(Grade.SEVERE, 3.0, 4.5, True)])
        with CareLog(path, actor=ACTOR) as care:
            for _ in range(draw(st.integers(0, 2))):
                care.give(
                    patient.patient_id,
                    draw(words),
                    draw(st.floats(0.1, 2000)),
                    draw(st.sampled_from(DoseUnit)),
                    draw(st.sampled_from(Route)),
                    draw(moments),
                )
            if draw(st.booleans()):
                note = care.write_note(patient.patient_id, draw(words), draw(moments))
                care.correct_note(note.note_id, {"text": "corrected " + note.text}, "Slip of the pen.")
                care.record_consent(
                    patient.patient_id,
                    draw(st.sampled_from(ConsentPurpose)),
                    draw(st.sampled_from(ConsentDecision)),
                    date(2026, 11, 1),
                    draw(words),
                )
                care.answer(
                    patient.patient_id, draw(st.sampled_from(EligibilityQuestion)), draw(st.sampled_from(Answer))
                )


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_export_then_import_into_an_empty_data_base_gives_equal_content(data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("exchange")
    here, there = folder / "here.db", folder / "there.db"
    fill(here, data.draw)
    text = exported(here)
    Bundle.model_validate_json(text)
    bring_in(text, there)
    assert content_of(there) == content_of(here)
    again = bring_in(text, there)
    assert not again.records.written, "a second time changes nothing"
    assert content_of(there) == content_of(here)


def test_every_table_that_belongs_to_a_patient_is_exchanged(tmp_path):
    """A table that is added to the schema is either exchanged or named here with the reason why not."""
    # Ratings, and the table that links study codes to patients, stay with the pictures; what was removed, in the log.
    stays_here = {"rating_items", "ratings", "item_self_reports", "study_codes", "rated_recordings", "removals"}
    with ExchangeStore(tmp_path / "a.db", actor=ACTOR) as store:
        db = store._db
        owned = {"patients"}
        while True:
            more = {
                table
                for table in db.table_names()
                if any(reference.other_table in owned for reference in db.table(table).foreign_keys)
            }
            if more <= owned:
                break
            owned |= more
    assert owned - stays_here == set(OWNED)


def test_a_patient_who_is_here_already_is_decided_about(tmp_path):
    here, there = tmp_path / "here.db", tmp_path / "there.db"
    save(here, register(here, ward="7B"))
    same = register(there, ward="Old ward")
    text = exported(here)
    nothing = bring_in(text, there)
    assert nothing.patients[Decision.LEAVE_OUT] == 1
    assert len(content_of(there)[same.patient_id]) == 1
    bring_in(text, there, lambda _: Decision.UPDATE)
    with PatientLog(there, actor=ACTOR) as log, CareLog(there, actor=ACTOR) as care:
        assert log.patient(same.patient_id).ward == "7B"
        assert len(log.assessments(same.patient_id)) == 1
        (correction,) = care.corrections(same.patient_id)
    assert (correction.old_value, correction.new_value) == ("Old ward", "7B")
    assert "bundle.json" in correction.reason


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda row: row.update(report_grade=1), "contradicts itself"),
        (lambda row: row.update(status="certain"), "cannot be read"),
        (lambda row: row.update(summary="{}"), "cannot be read"),
        (lambda row: row.update(extra="column"), "does not fit this PEEA"),
        (lambda row: row.pop("coverage"), "does not fit this PEEA"),
        (lambda row: row.pop("assessment_id"), "belongs to nobody"),
        (lambda row: row.update(patient_id="someone else"), "patients who are not in it"),
    ],
)
def test_records_that_were_tampered_with_are_refused_and_nothing_of_them_is_taken_in(tmp_path, change, sentence):
    here, there = tmp_path / "here.db", tmp_path / "there.db"
    save(here, register(here))
    bundle = json.loads(exported(here))
    for entry in bundle["entry"]:
        for extension in entry["resource"].get("extension", ()):
            if extension["url"] == codes.RECORD:
                kept = json.loads(extension["valueString"])
                if kept["table"] == "assessments":
                    change(kept["row"])
                    extension["valueString"] = json.dumps(kept)
    with pytest.raises(ExchangeError, match=sentence):
        bring_in(json.dumps(bundle), there)
    assert content_of(there) == {}


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[1]", b"Dear colleague", b'{"resourceType": "Patient"}', b"\xff\xfe"]
)
def test_what_is_no_bundle_is_refused_in_a_sentence(content):
    with pytest.raises(ExchangeError, match="not a FHIR R4 Bundle"):
        candidates_of_bundle(content)


def test_patients_of_another_system_are_read_from_its_bundle(tmp_path):
    bundle = {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [
            {
                "resource": {
                    "resourceType": "Patient",
                    "identifier": [{"system": "urn:oid:1.2.3", "value": "MRN 7"}],
                    "name": [{"family": "Low", "given": ["Ben", "B."]}],
                    "gender": "male",
                    "birthDate": "1939-04-05",
                }
            },
            {"resource": {"resourceType": "Patient", "name": [{"text": "No Birthday"}]}},
        ],
    }
    path = tmp_path / "a.db"
    done = bring_in(json.dumps(bundle), path)
    assert done.patients[Decision.ADD] == 1
    with PatientLog(path, actor=ACTOR) as log:
        (patient,) = log.patients()
        problem = checked(candidates_of_bundle(json.dumps(bundle)), [])[1].problem
    assert (patient.name, patient.birth_date, patient.sex) == ("Ben B. Low", date(1939, 4, 5), Sex.MALE)
    assert patient.study_code == "P-0001", "a hospital's number is no pseudonym"
    assert problem == "The birth date is missing."


CSV = """name,birth_date,sex,ward,bed,study code,colour
Ada Kim,1941-05-03,f,7B,12,S-1,blue
"Low, Ben",05.04.1939,male,7B,13,,
,1940-01-01,f,,,,
Eve Gold,yesterday,f,,,,
Ada Kim,3/5/1941,female,7B,14,,
"""


def test_patients_come_in_from_csv_with_a_word_about_each_line(tmp_path):
    path = tmp_path / "a.db"
    with PatientLog(path, actor=ACTOR) as log:
        found = checked(candidates_of_csv(CSV.encode()), log.patients())
        assert [one.problem for one in found] == [
            "",
            "",
            "The name is missing.",
            "yesterday cannot be read as the birth date.",
            "The same patient stands in the file already: line 2.",
        ]
        done = take_in(found, [one.choices[0] for one in found], "ward.csv", log)
        assert {decision: n for decision, n in done.patients.items() if n} == {Decision.ADD: 2, Decision.LEAVE_OUT: 3}
        ada, ben = log.patients()
        assert (ada.study_code, ada.sex, ada.bed) == ("S-1", Sex.FEMALE, "12")
        assert (ben.name, ben.birth_date, ben.study_code) == ("Low, Ben", date(1939, 4, 5), "P-0001")
        again = checked(candidates_of_csv(CSV.encode()), log.patients())
        assert [one.same_by for one in again[:2]] == ["name and birth date"] * 2


def test_a_study_code_that_is_taken_by_somebody_else_is_decided_about(tmp_path):
    path = tmp_path / "a.db"
    register(path, "Zoe Other", study_code="S-1")
    with PatientLog(path, actor=ACTOR) as log:
        found = checked(candidates_of_csv(CSV.encode())[:1], log.patients())
        assert (found[0].same_by, found[0].choices[0]) == ("study code", Decision.LEAVE_OUT)
        take_in(found, [Decision.NEW_CODE], "ward.csv", log)
        assert sorted(patient.study_code for patient in log.patients()) == ["P-0001", "S-1"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_chinese_headings_encodings_and_delimiters_are_understood(encoding, delimiter):
    text = "姓名,出生日期,性别,病区,床号\n张伟,1941年5月3日,男,骨科,12\n".replace(",", delimiter)
    (found,) = checked(candidates_of_csv(text.encode(encoding)), [])
    assert not found.problem
    assert found.fields["name"] == "张伟"
    assert found.fields["sex"] is Sex.MALE
    assert found.fields["birth_date"] == date(1941, 5, 3)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "no patients"),
        (b"name,birth_date\n", "no patients"),
        (b"a,b\n1,2\n", "needs columns"),
        (b"PK\x03\x04\x00\x00\x00\x00", "not a text file"),
        (b'name,birth_date\n"never closed,1941-05-03\n', "not a CSV file"),
    ],
)
def test_what_is_no_list_of_patients_is_refused_in_a_sentence(content, sentence):
    with pytest.raises(ExchangeError, match=sentence):
        candidates_of_csv(content)


def unzipped(content):
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return [(name, archive.read(name)) for name in archive.namelist()]


def filled(path):
    patient = register(path, "=HYPERLINK(1)", ward="+7", notes="-1\n@x")
    save(path, patient)
    with CareLog(path, actor=ACTOR) as care:
        care.give(patient.patient_id, "@Drug", 2.5, DoseUnit.MG, Route.ORAL, GIVEN_AT)
        care.write_note(patient.patient_id, "\tindented", GIVEN_AT + timedelta(hours=1))
    return records_of(ExportFilter(), ACTOR, "csv", path)


def test_no_cell_of_a_csv_file_is_a_formula_and_reading_it_gives_the_text_back(tmp_path):
    made = tables(filled(tmp_path / "a.db"))
    files = unzipped(csv_archive(made))
    for _, content in files:
        for cell in pd.read_csv(BytesIO(content), dtype=str, keep_default_na=False).to_numpy().ravel():
            assert not cell.startswith(("=", "+", "@", "\t", "\r"))
            assert not cell.startswith("-") or cell.lstrip("-").replace(".", "").isdecimal()
    back = frames_of(files)
    assert back["patients"].loc[0, "name"] == "=HYPERLINK(1)"
    assert back["patients"].loc[0, "ward"] == "+7"
    assert back["analgesia"].loc[0, "drug"] == "@Drug"


def test_parquet_holds_the_same_numbers_with_their_types(tmp_path):
    made = tables(filled(tmp_path / "a.db"))
    read = {Path(name).stem: pd.read_parquet(BytesIO(file)) for name, file in unzipped(parquet_archive(made))}
    assert set(read) == set(made)
    assert read["assessments"].loc[0, "report_grade"] == 3
    assert read["assessments"].loc[0, "seconds_grade_3"] == 6.0
    assert read["analgesia"].loc[0, "dose"] == 2.5


def test_without_names_nothing_in_the_tables_names_anybody(tmp_path):
    path = tmp_path / "a.db"
    patient = register(path, "Ada Kim", bed="12B", notes="Daughter Eve calls.")
    save(path, patient, recording="Ada Kim.mp4")
    with PatientLog(path, actor="Nurse Wong") as log:
        log.save_assessment(patient.patient_id, made_up_assessment(number=2))
    with CareLog(path, actor="Nurse Wong") as care:
        care.write_note(patient.patient_id, "Ada slept.", GIVEN_AT)
        care.give(patient.patient_id, "Paracetamol", 1, DoseUnit.G, Route.ORAL, GIVEN_AT, "for Ada")
    records = records_of(ExportFilter(), ACTOR, "csv", path)
    codes = codes_of([record["patients"][0]["patient_id"] for record in records], ACTOR, path)
    made = tables(records, codes)
    text = "".join(content.decode("utf-8-sig") for _, content in unzipped(csv_archive(made)))
    for name in ("Ada", "1941", "12B", "Eve", "Wong", patient.patient_id, patient.study_code):
        assert name not in text
    assert made["patients"].loc[0, "age_at_registration"] >= 85
    assert "Paracetamol" in text
