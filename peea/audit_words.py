"""A row of the audit trail in words, for the administrator's page and the command line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from peea.access import PERMISSION_NAMES, Permission
from peea.language import Names, later, listed, t, tn
from peea.store.audit import Action
from peea.store.audit_log import FoundRow

PART_NAMES: Final[Mapping[str, str]] = Names(
    {
        "patients": later("Patients"),
        "assessments": later("Assessments"),
        "frame_series": later("Frames of an assessment"),
        "board": later("Ward board"),
        "team": later("Team lead's page"),
        "care": later("Care: doses, notes, consents, corrections"),
        "analgesia": later("Analgesia"),
        "notes": later("Notes"),
        "consents": later("Consents"),
        "eligibility_answers": later("Eligibility"),
        "corrections": later("Corrections"),
        "reviews": later("Confirmations"),
        "manual_ratings": later("Ratings by hand"),
        "monitored_episodes": later("Monitored episodes"),
        "records": later("Whole records"),
        "record_sheet": later("Record sheet"),
        "course_sheet": later("Sheet of the course"),
        "raters": later("Raters"),
        "rating_sets": later("Sets to rate"),
        "rating_items": later("What is to be rated"),
        "ratings": later("Ratings"),
        "item_self_reports": later("What patients said"),
        "studies": later("Studies of agreement"),
        "study_codes": later("Which patient a study code stands for"),
        "audit": later("Audit trail"),
        "accounts": later("Accounts"),
        "sign_ins": later("Signing in"),
        "data base": later("The data base"),
    }
)
"""Parts of the record in words; one that is not here is called as the data base calls it."""


FORMS: Final[Mapping[str, str]] = Names({"training set": later("as a training set"), "parquet": later("Parquet")})
"""What records left as, or came in as, where the letters of the kind are not its name."""


def part_name(part: str) -> str:
    """Return what a part of the record is called."""
    return PART_NAMES.get(part, part)


def what(found: FoundRow) -> str:
    """Return what a row is about: the part of the record, and of how many patients, or what was refused."""
    row = found.row
    if row.action is Action.REFUSED:
        asked = row.detail.get("needs")
        name = PERMISSION_NAMES[Permission(asked)] if asked in list(Permission) else ""
        return listed([name, t("of another ward") if row.patient_id else ""])
    number = row.detail.get("number")
    of = tn("of {n} patient", "of {n} patients", number) if isinstance(number, int) and number else ""
    form = str(row.detail.get("to") or row.detail.get("source") or "")
    return listed([part_name(row.table_name), of, FORMS.get(form, form.upper())])
