"""What can go wrong with the patient log. Each message is one or two sentences for staff: what is wrong, what to do."""

from __future__ import annotations


class StoreError(Exception):
    """Base of every error of the patient log; `str(error)` can be shown as it is."""


class PermissionRefusedError(StoreError):
    """Who asked may not do this, or not for this patient."""


class InvalidPatientError(StoreError):
    """A field of a patient is missing or cannot be right.

    Attributes:
        field: name of the field, so that a form can show the sentence beside it.
    """

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


class DuplicatePatientError(StoreError):
    """A patient with the same study code, or the same name and birth date, is registered already.

    Attributes:
        patient_id: of the patient who is registered.
    """

    def __init__(self, sentence: str, patient_id: str) -> None:
        super().__init__(sentence)
        self.patient_id = patient_id


class UnknownPatientError(StoreError):
    """No patient has this id or study code."""


class UnknownAssessmentError(StoreError):
    """No assessment has this id."""


class AlreadySavedError(StoreError):
    """This assessment is in the log already; it was not saved a second time."""


class UnknownStudyError(StoreError):
    """No study has this id."""


class DuplicateStudyError(StoreError):
    """Another study has this name."""


class FrozenStudyError(StoreError):
    """A frozen study was to be changed."""


class StudyIncompleteError(StoreError):
    """A study without recordings or ratings was to be frozen."""


class StudyTamperedError(StoreError):
    """The content of a study does not have the hash that was written with it."""


class DatabaseLockedError(StoreError):
    """Another program kept the data base locked for longer than the waiting time."""


class DiskFullError(StoreError):
    """There is no room left; nothing of the write was kept."""


class DatabaseDamagedError(StoreError):
    """The file is not a data base of PEEA, or a part of it cannot be read."""


class DatabaseUnavailableError(StoreError):
    """The folder or file cannot be opened, read or written: missing, read-only, no permission, failing disk."""


class NewerDatabaseError(StoreError):
    """The data base was written by a newer PEEA than this one."""


class InvalidEntryError(StoreError):
    """A field of a dose, note, consent, correction or confirmation is missing or cannot be right.

    Attributes:
        field: name of the field, so that a form can show the sentence beside it.
    """

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


class UnknownEntryError(StoreError):
    """No dose, note or other entry has this id."""


class InvalidRatingError(StoreError):
    """A rating, or a set to be rated, is not one: wrong kind, out of range, nothing in it, a title that is taken."""


class NoConsentError(StoreError):
    """Pictures of a patient were to be kept who has not consented to it."""


class RecordingsNotKeptError(StoreError):
    """A whole recording of a patient was to be kept at a site that keeps none."""


class ClosedSetError(StoreError):
    """A set whose raters are done was to be rated, or results of one were asked for before they are."""


class UnknownRatingError(StoreError):
    """No rater, set, item or manual rating has this id."""
