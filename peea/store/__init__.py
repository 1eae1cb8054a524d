"""The patient log in one SQLite file: patients, assessments, frame series and an audit row for every write.

How pages and the command line call it::

    from peea.store import DuplicatePatientError, InvalidPatientError, PatientLog, Sex, Side, StoreError

    with PatientLog(actor="Nurse Kim") as log:         # $PEEA_DATA/peea.db, or data/peea.db; made if not there
        log.patients(ward="7B", search="kim")          # -> list[Patient], by ward, bed and name
        log.overview()                                 # -> list[PatientOverview]: patient, last assessment, number
        patient = log.register_patient("Ada Kim", date(1941, 5, 3), Sex.FEMALE, ward="7B", bed="12")
        log.patient("P-0001")                          # by id or study code
        log.save_assessment(patient.patient_id, assessment)    # all or nothing
        log.assessments(patient.patient_id)            # -> list[SavedAssessment], latest first, no frames
        log.saved_assessment(assessment_id)            # one such line: whose, saved by whom, when
        log.assessment(assessment_id)                  # -> Assessment with its frames

Open a log where it is needed and close it (a `with` block): opening takes a millisecond, and a log belongs to the
thread that opened it. Every error is a `StoreError` whose text can be shown; `InvalidPatientError.field` names the
field beside which to show it, `DuplicatePatientError.patient_id` the patient who is there already.

`patient_log` is the front; `database` opens the file, `schema` is the schema, `patients`, `assessments`,
`frame_series` and `audit` are its tables, `errors` what can go wrong.
"""

from peea.store.assessments import SavedAssessment, Status
from peea.store.audit import Action, AuditRow
from peea.store.care_log import CareLog, Review
from peea.store.database import DATA_VARIABLE, default_path
from peea.store.errors import (
    AlreadySavedError,
    ClosedSetError,
    DatabaseDamagedError,
    DatabaseLockedError,
    DatabaseUnavailableError,
    DiskFullError,
    DuplicatePatientError,
    DuplicateStudyError,
    FrozenStudyError,
    InvalidEntryError,
    InvalidPatientError,
    InvalidRatingError,
    NewerDatabaseError,
    NoConsentError,
    PermissionRefusedError,
    RecordingsNotKeptError,
    StoreError,
    StudyIncompleteError,
    StudyTamperedError,
    UnknownAssessmentError,
    UnknownEntryError,
    UnknownPatientError,
    UnknownRatingError,
    UnknownStudyError,
)
from peea.store.manual_log import ManualLog
from peea.store.pain_records import KIND_NAMES, Kind, PainRecord
from peea.store.patient_log import PatientLog, PatientOverview
from peea.store.patients import Patient, Sex, Side
from peea.store.rating_store import RatingStore
from peea.store.ratings import (
    ManualKind,
    ManualRating,
    NewItem,
    QueuedItem,
    Rater,
    Rating,
    RatingItem,
    RatingSet,
    SetKind,
)
from peea.store.studies import SavedStudy, StudyStore
from peea.store.ward_log import PatientHistory, RecordingFacts, WardLog

__all__ = [
    "DATA_VARIABLE",
    "KIND_NAMES",
    "Action",
    "AlreadySavedError",
    "AuditRow",
    "CareLog",
    "ClosedSetError",
    "DatabaseDamagedError",
    "DatabaseLockedError",
    "DatabaseUnavailableError",
    "DiskFullError",
    "DuplicatePatientError",
    "DuplicateStudyError",
    "FrozenStudyError",
    "InvalidEntryError",
    "InvalidPatientError",
    "InvalidRatingError",
    "Kind",
    "ManualKind",
    "ManualLog",
    "ManualRating",
    "NewItem",
    "NewerDatabaseError",
    "NoConsentError",
    "PainRecord",
    "Patient",
    "PatientHistory",
    "PatientLog",
    "PatientOverview",
    "PermissionRefusedError",
    "QueuedItem",
    "Rater",
    "Rating",
    "RatingItem",
    "RatingSet",
    "RatingStore",
    "RecordingFacts",
    "RecordingsNotKeptError",
    "Review",
    "SavedAssessment",
    "SavedStudy",
    "SetKind",
    "Sex",
    "Side",
    "Status",
    "StoreError",
    "StudyIncompleteError",
    "StudyStore",
    "StudyTamperedError",
    "UnknownAssessmentError",
    "UnknownEntryError",
    "UnknownPatientError",
    "UnknownRatingError",
    "UnknownStudyError",
    "WardLog",
    "default_path",
]
