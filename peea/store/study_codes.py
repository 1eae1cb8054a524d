"""The table that links study codes to patients, behind a permission of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from peea.access import Permission
from peea.language import t
from peea.store.codes import code_of, patient_behind
from peea.store.database import named_errors
from peea.store.errors import UnknownPatientError
from peea.store.open_store import OpenStore
from peea.store.patients import Patient, read_patient
from peea.store.rights import needs


@dataclass(frozen=True)
class RatedRecording:
    """Where an item of a rating set comes from: the patient, by id, and the name of the recording's file."""

    patient_id: str
    recording: str


class StudyCodes(OpenStore):
    """Who stands behind which study code; see `OpenStore` for opening and errors. Each look is in the audit trail."""

    @needs(Permission.LINK_CODES, sees="study_codes")
    def patient(self, code: str) -> Patient:
        """Return the patient for whom a code stands, or raise UnknownPatientError."""
        with named_errors(self.path):
            patient_id = patient_behind(self._db, code)
            if patient_id is None:
                raise UnknownPatientError(t("No patient has the study code {code}.", code=code))
            return read_patient(self._db, patient_id)

    @needs(Permission.LINK_CODES, of="patient_ids", sees="study_codes")
    def codes(self, patient_ids: Sequence[str]) -> dict[str, str]:
        """Return the study code of each patient, by id; who has none gets one."""
        with self._writing() as db:
            return {one: code_of(db, read_patient(db, one).patient_id, self.actor) for one in patient_ids}

    @needs(Permission.LINK_CODES, sees="study_codes")
    def rated_recordings(self, set_id: str) -> dict[str, RatedRecording]:
        """Return where the items of a set come from, by item; those of demonstration recordings are not among them."""
        with named_errors(self.path):
            rows = self._db.query(
                "SELECT item_id, study_codes.patient_id, rated_recordings.recording FROM rating_items "
                "JOIN study_codes ON study_codes.code = rating_items.study_code "
                "JOIN rated_recordings USING (item_id) WHERE set_id = ? ORDER BY place",
                [set_id],
            )
            return {row["item_id"]: RatedRecording(row["patient_id"], row["recording"]) for row in rows}
