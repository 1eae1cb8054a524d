"""Episodes of a monitoring in the patient log."""

from datetime import UTC, date, datetime

from peea.scales import Grade
from peea.store import PatientLog, Sex
from peea.store.monitoring_log import Episode, MonitoringLog
from tests.factories import made_up_assessment

BEGAN = datetime(2026, 11, 21, 22, 0, tzinfo=UTC)


def test_each_episode_is_a_row_with_its_clock_time_and_an_audit_row(tmp_path):
    assessment = made_up_assessment()
    with PatientLog(tmp_path / "peea.db", actor="Nurse A") as log:
        patient = log.register_patient("Ada Kim", date(1941, 5, 3), Sex.FEMALE)
        log.save_assessment(patient.patient_id, assessment)
    episodes = [Episode(Grade.SEVERE, 3600.0, 12.5, alert=True), Episode(Grade.MILD, 30.0, 2.0, alert=False)]
    with MonitoringLog(tmp_path / "peea.db", actor="Nurse A") as log:
        saved = log.save(patient.patient_id, assessment, BEGAN, episodes)
        assert [(one.grade, one.started_at, one.duration_s, one.alert) for one in saved] == [
            (Grade.MILD, "2026-11-21T22:00:30+00:00", 2.0, False),
            (Grade.SEVERE, "2026-11-21T23:00:00+00:00", 12.5, True),
        ]
        assert log.of_patient(patient.patient_id) == saved
        assert log.of_patient("somebody else") == []
    with PatientLog(tmp_path / "peea.db", actor="Nurse A") as log:
        kept = [row for row in log.audit() if row.table_name == "monitored_episodes"]
    assert len(kept) == 2
    assert {row.actor for row in kept} == {"Nurse A"}
