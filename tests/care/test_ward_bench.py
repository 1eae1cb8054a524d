"""The measurement of the board and the patient page measures what it says."""

from __future__ import annotations

import json

from peea.bench.ward import fill, look_at_board, look_at_patient, main
from peea.store import PatientLog


def test_it_looks_at_every_patient_and_a_whole_history(tmp_path):
    fill(tmp_path / "peea.db", patients=12, assessments=60)
    assert look_at_board(tmp_path / "peea.db") == 12
    with PatientLog(tmp_path / "peea.db", actor="me") as log:
        overview = log.overview()
        assert sum(each.assessments for each in overview) == 60
        patient = overview[0].patient.patient_id
    assert look_at_patient(tmp_path / "peea.db", patient) >= 14, "ten ratings by hand, and five results or four"


def test_it_prints_one_document_and_its_exit_code_says_whether_both_are_fast_enough(capsys):
    code = main(["--patients", "5", "--assessments", "20", "--json"])
    told = json.loads(capsys.readouterr().out)
    assert [page["page"] for page in told["pages"]] == ["Ward board", "Patient page"]
    board, patient = told["pages"]
    assert board["audit_rows"] == 1, "one row for a look at all five patients"
    assert patient["audit_rows"] <= 3
    assert code == (0 if all(page["within_limit"] for page in told["pages"]) else 1)
