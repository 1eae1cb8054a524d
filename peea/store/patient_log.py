"""The patient log: the one object through which pages and the command line read and write the data base."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from peea.access import Permission
from peea.assessment.values import Assessment
from peea.store import assessments, patients
from peea.store.assessments import SavedAssessment
from peea.store.audit import Action, AuditRow, read_audit, write_audit
from peea.store.database import named_errors
from peea.store.frame_series import pack
from peea.store.open_store import OpenStore
from peea.store.patients import Patient, Sex, Side
from peea.store.rights import needs


@dataclass(frozen=True)
class PatientOverview:
    """A patient with the latest assessment (or None) and the number of assessments, for lists."""

    patient: Patient
    last: SavedAssessment | None
    assessments: int


class PatientLog(OpenStore):
    """Patients and their assessments; see `OpenStore` for opening and errors."""

    @needs(Permission.ASSESS, of="ward")
    def register_patient(
        self,
        name: str,
        birth_date: date,
        sex: Sex,
        *,
        study_code: str | None = None,
        ward: str = "",
        bed: str = "",
        fracture: str = "",
        fracture_side: Side | None = None,
        surgery_date: date | None = None,
        notes: str = "",
        demonstration: bool = False,
        team: str = "",
        cognition: str = "",
        communication: str = "",
        arrived_at: datetime | None = None,
    ) -> Patient:
        """Add a patient and return it; without a study code the next free one (P-0001, ...) is given.

        Who comes without a time of arrival arrives now.

        Raises:
            InvalidPatientError: a field cannot be right; its `field` says which.
            DuplicatePatientError: the study code, or the name with the birth date, is taken; `patient_id` says by whom.
        """
        with self._writing() as db:
            patient = patients.new_patient(
                name,
                birth_date,
                sex,
                self.actor,
                study_code=patients.next_study_code(db) if study_code is None else study_code,
                ward=ward,
                bed=bed,
                fracture=fracture,
                fracture_side=fracture_side,
                surgery_date=surgery_date,
                notes=notes,
                demonstration=demonstration,
                team=team,
                cognition=cognition,
                communication=communication,
                arrived_at=arrived_at,
            )
            patients.insert_patient(db, self.actor, patient)
        return patient

    @needs(Permission.MANAGE_RETENTION)
    def remove_demonstration(self) -> int:
        """Remove the fictional patients with all their assessments, nothing else; return how many patients it was."""
        with self._writing() as db:
            removed = patients.read_patients(db, demonstration=True)
            for patient in removed:
                patients.delete_patient(db, self.actor, patient)
        return len(removed)

    @needs(Permission.READ_PATIENTS, of="ward", sees="patients")
    def patients(
        self,
        ward: str | None = None,
        search: str = "",
        demonstration: bool | None = None,
        team: str | None = None,
        present: bool | None = None,
    ) -> list[Patient]:
        """Return patients by ward, bed and name; see `patients.read_patients` for what narrows the list."""
        with named_errors(self.path):
            return patients.read_patients(self._db, ward, search, demonstration, team, present, self.who.only_wards)

    @needs(Permission.READ_PATIENTS, of="id_or_code", sees="patients")
    def patient(self, id_or_code: str) -> Patient:
        """Return the patient with this id or study code, or raise UnknownPatientError."""
        with named_errors(self.path):
            return patients.read_patient(self._db, id_or_code)

    @needs(Permission.READ_PATIENTS, of="ward", sees="patients")
    def overview(self, ward: str | None = None, search: str = "") -> list[PatientOverview]:
        """Return patients as `patients` does, each with the latest assessment and their number."""
        with named_errors(self.path):
            latest = {
                row["patient_id"]: (assessments.assessment_of_row(row), row["number"])
                for row in self._db.query(
                    # With max(), SQLite takes the other columns from the row that holds the maximum.
                    f"SELECT {assessments.LISTED}, max(recorded_at), count(*) AS number FROM assessments "
                    "WHERE status <> 'withdrawn' GROUP BY patient_id"
                )
            }
            return [
                PatientOverview(patient, *latest.get(patient.patient_id, (None, 0)))
                for patient in patients.read_patients(self._db, ward, search, only_wards=self.who.only_wards)
            ]

    @needs(Permission.ASSESS, of="patient_id")
    def save_assessment(self, patient_id: str, assessment: Assessment) -> SavedAssessment:
        """Save an assessment with its frames, all or nothing, and return its line.

        Raises:
            UnknownPatientError: no patient has this id.
            AlreadySavedError: this assessment is in the log (the button was pressed twice).
        """
        series = pack(assessment.frames)
        with self._writing() as db:
            assessments.insert_assessment(db, self.actor, patient_id, assessment, series)
            return assessments.read_saved(db, assessment.assessment_id)

    @needs(Permission.READ_PATIENTS, of="patient_id", sees="assessments")
    def assessments(self, patient_id: str) -> list[SavedAssessment]:
        """Return a patient's assessments, the latest recording first, without frames."""
        with named_errors(self.path):
            return assessments.read_assessments(self._db, patient_id)

    @needs(Permission.READ_PATIENTS, of="assessment_id", sees="assessments")
    def saved_assessment(self, assessment_id: str) -> SavedAssessment:
        """Return the line of one assessment: whose it is, who saved it and when; or raise UnknownAssessmentError."""
        with named_errors(self.path):
            return assessments.read_saved(self._db, assessment_id)

    @needs(Permission.READ_PATIENTS, of="assessment_id", sees="assessments")
    def assessment(self, assessment_id: str) -> Assessment:
        """Return one assessment with its frames, or raise UnknownAssessmentError."""
        with named_errors(self.path):
            return assessments.read_assessment(self._db, assessment_id)

    @needs(Permission.PRINT, of="patient_id")
    def note_printing(self, patient_id: str, sheet: str, assessment_id: str = "") -> None:
        """Keep that a sheet of a patient was printed, one row for each time.

        Args:
            patient_id: whose.
            sheet: which, as the audit trail calls it: "record_sheet" or "course_sheet".
            assessment_id: of which assessment, if it is of one.
        """
        with self._writing() as db:
            whose = patients.read_patient(db, patient_id).patient_id
            write_audit(db, self.actor, Action.PRINTED, sheet, assessment_id, patient_id=whose)

    @needs(Permission.SEARCH_AUDIT)
    def audit(self, table_name: str | None = None, row_id: str | None = None) -> list[AuditRow]:
        """Return who changed what, in the order in which it was written; `AuditLog` has who saw what too."""
        with named_errors(self.path):
            return read_audit(self._db, table_name, row_id)
