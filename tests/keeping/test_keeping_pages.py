"""What pages say of keeping: damage and the way back, a wrong key, a clock that is behind, what a consent took."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from peea.keeping.backup import make_backup
from peea.store import CareLog, NewItem, PatientLog, RatingStore, SetKind, Sex
from peea.store.care import ConsentDecision, ConsentPurpose
from peea.store.site_key import SiteKey

APP = str(Path(__file__).resolve().parents[2] / "app.py")
PATIENCE_S = 60


@pytest.fixture
def site(tmp_path, monkeypatch):
    """A demonstration with a key and a backup folder; return the data base."""
    from pages.parts.visit import shared_settings

    settings = tmp_path / "site.toml"
    settings.write_text(f'[keeping]\nbackup_folder = "{tmp_path / "disk"}"\n')
    monkeypatch.setenv("PEEA_SETTINGS", str(settings))
    monkeypatch.setenv("PEEA_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("PEEA_KEY", SiteKey.new().text())
    shared_settings.clear()
    path = tmp_path / "data" / "peea.db"
    with PatientLog(path, actor="test") as log:
        log.register_patient("Ada Kim", date(1941, 5, 3), Sex.FEMALE, demonstration=True)
    yield path
    shared_settings.clear()


def words(app) -> str:
    return "\n".join(str(each.value) for kind in ("markdown", "html", "caption") for each in app.get(kind))


def opened(page=None, **address):
    app = AppTest.from_file(APP, default_timeout=PATIENCE_S).run()
    if page is not None:
        app.switch_page(f"pages/{page}.py")
    for name, value in address.items():
        app.query_params[name] = value
    return app.run() if page is not None else app


def test_a_damaged_data_base_is_told_with_the_command_that_goes_back(site):
    made = make_backup(site.parent.parent / "disk", site)
    whole = bytearray(site.read_bytes())
    for at in range(4096 * 2, len(whole), 4096):
        whole[at + 50] ^= 255
    site.write_bytes(whole)
    said = words(opened())
    assert "is damaged. Stop using it and restore the last backup." in said
    assert "The last good backup was made on" in said
    assert f"peea restore {made.file}" in said


def test_a_wrong_key_is_told_on_the_page(site, monkeypatch):
    monkeypatch.setenv("PEEA_KEY", SiteKey.new().text())
    said = words(opened())
    assert "Give the right key; nothing was changed." in said
    assert "Ada Kim" not in said


def test_a_clock_behind_what_was_entered_is_told(site, monkeypatch):
    class Earlier(datetime):
        @classmethod
        def now(cls, zone=None):
            return datetime(2020, 1, 1, tzinfo=UTC)

    monkeypatch.setattr("peea.keeping.start.datetime", Earlier)
    assert "Set the clock right before anything is entered" in words(opened())


def test_the_patients_page_says_what_a_withdrawn_consent_took(site):
    with PatientLog(site, actor="test") as log:
        (patient,) = log.patients()
    for day, decision in ((1, ConsentDecision.GIVEN), (2, ConsentDecision.TAKEN_BACK)):
        with CareLog(site, actor="test") as care:
            care.record_consent(
                patient.patient_id, ConsentPurpose.KEY_FRAMES, decision, date(2026, 11, day), "Nurse Kim"
            )
        if decision is ConsentDecision.GIVEN:
            with RatingStore(site, actor="test") as store:
                frame = NewItem("A", "a", patient_id=patient.patient_id, time_s=1.0, content=b"picture")
                store.make_set("Frames", SetKind.KEY_FRAMES, [frame])
    said = words(opened("patient_log", patient=patient.patient_id))
    assert "Removed: 1 kept key frame. What raters said of them stays, without the pictures." in said
