"""Monitoring in the patient log: its assessment, and a row for each stable episode of pain."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from peea.access import Permission
from peea.assessment import Assessment
from peea.scales import Grade
from peea.store.audit import Action, now_utc, stored_time, write_audit
from peea.store.database import named_errors
from peea.store.open_store import OpenStore
from peea.store.rights import needs


@dataclass(frozen=True)
class Episode:
    """A stable episode of pain: seconds since the monitoring began, and whether it was of an alert's grade."""

    grade: Grade
    start_s: float
    duration_s: float
    alert: bool


@dataclass(frozen=True)
class MonitoredEpisode:
    """A row: whose, of which monitoring, how much pain, when (ISO 8601, UTC) and for how long."""

    episode_id: str
    patient_id: str
    assessment_id: str
    grade: Grade
    started_at: str
    duration_s: float
    alert: bool


class MonitoringLog(OpenStore):
    """Episodes found while monitoring; see `OpenStore` for opening and errors."""

    @needs(Permission.ASSESS, of="patient_id")
    def save(
        self, patient_id: str, assessment: Assessment, began: datetime, episodes: Sequence[Episode]
    ) -> list[MonitoredEpisode]:
        """Save the episodes of a monitoring whose assessment is in the patient log.

        Args:
            patient_id: whose.
            assessment: of the monitoring, saved before.
            began: when the monitoring began, with a time zone.
            episodes: none is allowed.
        """
        rows = [
            {
                "episode_id": str(uuid.uuid4()),
                "patient_id": patient_id,
                "assessment_id": assessment.assessment_id,
                "grade": int(one.grade),
                "started_at": stored_time(began + timedelta(seconds=one.start_s)),
                "duration_s": one.duration_s,
                "alert": int(one.alert),
                "saved_at": now_utc(),
                "saved_by": self.actor,
            }
            for one in episodes
        ]
        with self._writing() as db:
            for row in rows:
                columns, marks = ", ".join(row), ", ".join(f":{column}" for column in row)
                db.execute(f"INSERT INTO monitored_episodes ({columns}) VALUES ({marks})", row)
                key = str(row["episode_id"])
                write_audit(db, self.actor, Action.SAVED, "monitored_episodes", key, patient_id=patient_id)
        return self.of_assessment(assessment.assessment_id)

    @needs(Permission.READ_PATIENTS, of="assessment_id", sees="assessments")
    def of_assessment(self, assessment_id: str) -> list[MonitoredEpisode]:
        """Return the episodes of one monitoring in order of time."""
        return self._read("assessment_id", assessment_id)

    @needs(Permission.READ_PATIENTS, of="patient_id", sees="assessments")
    def of_patient(self, patient_id: str) -> list[MonitoredEpisode]:
        """Return all monitored episodes of a patient in order of time."""
        return self._read("patient_id", patient_id)

    def _read(self, column: str, key: str) -> list[MonitoredEpisode]:
        with named_errors(self.path):
            query = f"SELECT * FROM monitored_episodes WHERE {column} = ? ORDER BY started_at, episode_id"
            return [
                MonitoredEpisode(
                    episode_id=row["episode_id"],
                    patient_id=row["patient_id"],
                    assessment_id=row["assessment_id"],
                    grade=Grade(row["grade"]),
                    started_at=row["started_at"],
                    duration_s=row["duration_s"],
                    alert=bool(row["alert"]),
                )
                for row in self._db.query(query, [key])
            ]
