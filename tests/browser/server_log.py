"""What the app under test wrote while it ran: lines, and nobody's name or number in them."""

from __future__ import annotations

import json

from peea.store import PatientLog
from tests.browser.app_server import Server


def check_that_it_names_nobody(server: Server) -> None:
    """Look for every name, part of a name and number of every patient in the log of the server.

    Raises:
        AssertionError: one is there, or there is no log.
    """
    told = (server.database.parent / "server.log").read_text(encoding="utf-8")
    assert any("at" in json.loads(line) for line in told.splitlines() if line.startswith("{")), "there is no log"
    with PatientLog(server.database, actor="test") as log:
        patients = [one for one in log.patients() if one.demonstration]
    for patient in patients:
        for said in (patient.name, patient.name.split()[-1], patient.study_code, patient.patient_id):
            assert said not in told, said
