"""Roles, what each of them may do, and in which words both are told."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from peea.language import Names, later


class Role(StrEnum):
    """What somebody with an account is there for."""

    WARD_STAFF = "ward_staff"
    RATER = "rater"
    PAIN_LEAD = "pain_lead"
    ADMINISTRATOR = "administrator"


class Permission(StrEnum):
    """One thing that a role may do or not. Every call of the store names the one that it needs."""

    READ_PATIENTS = "read_patients"
    """See patients with their assessments, care and recordings; of ward staff: on their own wards."""
    ASSESS = "assess"
    """Enter and correct patients, results, ratings by hand, doses, notes, consents; of ward staff: on their wards."""
    PRINT = "print"
    """Print the record sheet or the course of one patient; of ward staff: on their own wards."""
    CONFIRM = "confirm"
    """Confirm or override what a model reported."""
    READ_TEAM = "read_team"
    """See how wards do over time: what is late, whether a model drifts."""
    EXPORT = "export"
    """Take records out as a file."""
    IMPORT = "import"
    """Take records in from a file."""
    RATE = "rate"
    """See what is to be rated, without names, and rate it."""
    PREPARE_RATING = "prepare_rating"
    """Make and close sets to be rated, read all ratings, export training sets."""
    READ_STUDIES = "read_studies"
    """See studies of agreement and their reports."""
    WRITE_STUDIES = "write_studies"
    """Make, freeze and remove studies of agreement."""
    LINK_CODES = "link_codes"
    """Learn which patient a study code stands for."""
    READ_MODELS = "read_models"
    """See what the models reach."""
    MANAGE_USERS = "manage_users"
    """Make, change and close accounts, and end their sessions."""
    MANAGE_SETTINGS = "manage_settings"
    """See and change the settings of the site, and whether the machine is well."""
    MANAGE_RETENTION = "manage_retention"
    """Say how long what is kept, carry it out, and remove fictional patients."""
    SEARCH_AUDIT = "search_audit"
    """Search and verify the audit trail."""


ALLOWED: Final[Mapping[Role, frozenset[Permission]]] = {
    Role.WARD_STAFF: frozenset(
        {Permission.READ_PATIENTS, Permission.ASSESS, Permission.PRINT, Permission.READ_MODELS},
    ),
    Role.RATER: frozenset({Permission.RATE}),
    Role.PAIN_LEAD: frozenset(
        {
            Permission.READ_PATIENTS,
            Permission.ASSESS,
            Permission.PRINT,
            Permission.CONFIRM,
            Permission.READ_TEAM,
            Permission.EXPORT,
            Permission.IMPORT,
            Permission.RATE,
            Permission.PREPARE_RATING,
            Permission.READ_STUDIES,
            Permission.WRITE_STUDIES,
            Permission.LINK_CODES,
            Permission.READ_MODELS,
        }
    ),
    Role.ADMINISTRATOR: frozenset(
        {
            Permission.READ_MODELS,
            Permission.MANAGE_USERS,
            Permission.MANAGE_SETTINGS,
            Permission.MANAGE_RETENTION,
            Permission.SEARCH_AUDIT,
        }
    ),
}
"""What each role may do, and nothing else. An administrator sees no patient, a rater no name."""

BOUND_TO_WARDS: Final[frozenset[Role]] = frozenset({Role.WARD_STAFF})
"""Roles that see patients of their own wards only."""

ROLE_NAMES: Final[Mapping[Role, str]] = Names(
    {
        Role.WARD_STAFF: later("Ward staff"),
        Role.RATER: later("Rater"),
        Role.PAIN_LEAD: later("Pain lead"),
        Role.ADMINISTRATOR: later("Administrator"),
    }
)

PERMISSION_NAMES: Final[Mapping[Permission, str]] = Names(
    {
        Permission.READ_PATIENTS: later("Seeing patients"),
        Permission.ASSESS: later("Entering for a patient"),
        Permission.PRINT: later("Printing the sheet of a patient"),
        Permission.CONFIRM: later("Confirming or overriding a result"),
        Permission.READ_TEAM: later("Seeing how the wards do"),
        Permission.EXPORT: later("Exporting records"),
        Permission.IMPORT: later("Importing records"),
        Permission.RATE: later("Rating"),
        Permission.PREPARE_RATING: later("Preparing ratings, seeing their results"),
        Permission.READ_STUDIES: later("Seeing studies of agreement"),
        Permission.WRITE_STUDIES: later("Changing studies of agreement"),
        Permission.LINK_CODES: later("Seeing who a study code stands for"),
        Permission.READ_MODELS: later("Comparing models"),
        Permission.MANAGE_USERS: later("Managing accounts"),
        Permission.MANAGE_SETTINGS: later("Managing settings"),
        Permission.MANAGE_RETENTION: later("Managing how long data are kept"),
        Permission.SEARCH_AUDIT: later("Searching the audit trail"),
    }
)
"""Permissions in words."""

REFUSALS: Final[Mapping[Permission, str]] = Names(
    {
        Permission.READ_PATIENTS: later("Your account may not see patients."),
        Permission.ASSESS: later("Your account may not enter anything for a patient."),
        Permission.PRINT: later("Your account may not print the sheet of a patient."),
        Permission.CONFIRM: later("Your account may not confirm or override a result; the pain lead does."),
        Permission.READ_TEAM: later("Your account may not see how the wards do; the pain lead does."),
        Permission.EXPORT: later("Your account may not export records; the pain lead does."),
        Permission.IMPORT: later("Your account may not import records; the pain lead does."),
        Permission.RATE: later("Your account may not rate recordings and key frames; raters and the pain lead do."),
        Permission.PREPARE_RATING: later(
            "Your account may not prepare ratings or see their results; the pain lead does."
        ),
        Permission.READ_STUDIES: later("Your account may not see studies of agreement; the pain lead does."),
        Permission.WRITE_STUDIES: later("Your account may not change studies of agreement; the pain lead does."),
        Permission.LINK_CODES: later("Your account may not see which patient a study code stands for."),
        Permission.READ_MODELS: later("Your account may not compare models."),
        Permission.MANAGE_USERS: later("Your account may not manage accounts; the administrator does."),
        Permission.MANAGE_SETTINGS: later("Your account may not manage settings; the administrator does."),
        Permission.MANAGE_RETENTION: later(
            "Your account may not manage how long data are kept; the administrator does."
        ),
        Permission.SEARCH_AUDIT: later("Your account may not search the audit trail; the administrator does."),
    }
)
"""What is said to whoever lacks a permission."""

OTHER_WARD: Final = later("This patient is not on one of your wards.")
OTHER_WARDS: Final = later("This ward is not one of yours.")
"""What is said to ward staff who ask for somebody, or something, of another ward; through `t` when shown."""
