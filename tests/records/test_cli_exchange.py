"""peea export and peea import."""

from datetime import date

import pytest
from typer.testing import CliRunner

from peea.cli import app
from peea.store import PatientLog, Sex
from tests.factories import made_up_assessment


def run(*arguments):
    return CliRunner().invoke(app, [str(one) for one in arguments])


@pytest.fixture
def here(tmp_path):
    path = tmp_path / "here.db"
    with PatientLog(path, actor="test") as log:
        patient = log.register_patient("Ada Kim", date(1941, 5, 3), Sex.FEMALE, ward="7B")
        log.save_assessment(patient.patient_id, made_up_assessment())
    return path


def test_what_is_exported_comes_in_elsewhere_with_its_assessments(here, tmp_path):
    bundle, there = tmp_path / "out.json", tmp_path / "there.db"
    assert run("export", bundle, "--database", here).exit_code == 0
    assert bundle.stat().st_mode & 0o077 == 0, "nobody else may read patients' data"
    assert run("import", bundle, "--database", there, "--dry-run").exit_code == 0
    with PatientLog(there, actor="test") as log:
        assert log.patients() == []
    assert run("import", bundle, "--database", there).exit_code == 0
    with PatientLog(there, actor="test") as log:
        (patient,) = log.patients()
        assert len(log.assessments(patient.patient_id)) == 1


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_tables_are_written_as_a_zip(here, tmp_path, form):
    file = tmp_path / "out.zip"
    assert run("export", file, "--database", here, "--format", form, "--without-names").exit_code == 0
    assert file.read_bytes().startswith(b"PK")


def test_a_list_with_a_patient_who_cannot_be_taken_in_says_so_by_its_exit_code(tmp_path):
    file, there = tmp_path / "ward.csv", tmp_path / "there.db"
    file.write_text("name,birth_date\nBen Low,1939-04-05\nEve Gold,soon\n", encoding="utf-8")
    assert run("import", file, "--database", there).exit_code == 2
    with PatientLog(there, actor="test") as log:
        assert [patient.name for patient in log.patients()] == ["Ben Low"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("import", "missing.json"),
        ("export", "out.json", "--ward", "no such ward"),
        ("export", "out.json", "--without-names"),
    ],
)
def test_bad_input_has_its_exit_code(here, arguments):
    assert run(*arguments, "--database", here).exit_code == 2
