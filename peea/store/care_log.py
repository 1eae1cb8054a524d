"""Care of a patient: doses, notes, consents, eligibility, corrections, and the confirmation of results."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final

from sqlite_utils import Database

from peea.access import Permission
from peea.language import t
from peea.scales import Grade
from peea.store import care
from peea.store.assessments import SavedAssessment, Status, read_saved
from peea.store.audit import Action, now_utc, stored_time, write_audit
from peea.store.care import (
    Answer,
    Consent,
    ConsentDecision,
    ConsentGiver,
    ConsentPurpose,
    Correction,
    Dose,
    DoseUnit,
    EligibilityAnswer,
    EligibilityQuestion,
    Note,
    Route,
)
from peea.store.care_rows import KEYS, insert_entry, row_of, stripped, text_of
from peea.store.database import named_errors
from peea.store.errors import InvalidEntryError, PermissionRefusedError
from peea.store.kept_files import KeptFiles
from peea.store.open_store import OpenStore
from peea.store.patients import Patient, check_patient, read_patient, refuse_duplicate
from peea.store.rights import is_own, needs
from peea.store.site_key import site_key
from peea.store.withdrawal import Removable, apply_decision, remove_files, removed_by

CORRECTABLE: Final[Mapping[str, frozenset[str]]] = {
    "patients": frozenset(
        {"name", "birth_date", "sex", "ward", "bed", "team", "fracture", "fracture_side", "surgery_date", "cognition"}
        | {"communication", "notes", "arrived_at", "left_at"}
    ),
    "analgesia": frozenset({"drug", "dose", "unit", "route", "given_at", "remark"}),
    "notes": frozenset({"text", "written_at"}),
}
"""What staff may correct; ids, study codes and who entered what stay as they are."""


@dataclass(frozen=True)
class Review:
    """A named clinician's decision on a model's result: confirmed, or overridden by `grade` for a reason.

    `grade` None with an override means that the clinician holds that it could not be assessed.
    """

    review_id: str
    patient_id: str
    assessment_id: str
    decision: Status
    grade: Grade | None
    reason: str
    reviewed_at: str
    reviewer: str


class CareLog(OpenStore):
    """Doses, notes, consents, eligibility, corrections, confirmations; see `OpenStore` for opening and errors.

    Further errors of the methods that write: `InvalidEntryError` with the `field` that cannot be right,
    `UnknownPatientError`, `UnknownAssessmentError`, `UnknownEntryError`. Nothing is deleted.
    """

    @needs(Permission.ASSESS, of="patient_id")
    def give(
        self,
        patient_id: str,
        drug: str,
        dose: float,
        unit: DoseUnit,
        route: Route,
        given_at: datetime,
        remark: str = "",
    ) -> Dose:
        """Keep that a dose of an analgesic was given, and return it."""
        entry = Dose(
            analgesia_id=str(uuid.uuid4()),
            patient_id=patient_id,
            given_at=stored_time(care.past_time("given_at", given_at)),
            drug=care.short_text("drug", drug, t("The drug is missing.")),
            dose=care.allowed_dose(dose),
            unit=unit,
            route=route,
            remark=care.short_text("remark", remark, "") if remark.strip() else "",
            entered_at=now_utc(),
            entered_by=self.actor,
            withdrawn=False,
        )
        self._insert("analgesia", entry.analgesia_id, entry)
        return entry

    @needs(Permission.READ_PATIENTS, of="patient_id", sees="care")
    def doses(self, patient_id: str, withdrawn: bool = False) -> list[Dose]:
        """Return a patient's doses, the latest first; those entered in error too if told so."""
        rows = self._rows(
            "SELECT * FROM analgesia WHERE patient_id = ? AND withdrawn <= ? ORDER BY given_at DESC, entered_at DESC",
            [patient_id, int(withdrawn)],
        )
        return [care.dose_of_row(row) for row in rows]

    @needs(Permission.ASSESS, of="patient_id")
    def write_note(self, patient_id: str, text: str, written_at: datetime) -> Note:
        """Keep a note about a patient, and return it."""
        entry = Note(
            note_id=str(uuid.uuid4()),
            patient_id=patient_id,
            written_at=stored_time(care.past_time("written_at", written_at)),
            text=care.short_text("text", text, t("The note is empty."), care.LONGEST_NOTE),
            entered_at=now_utc(),
            entered_by=self.actor,
            withdrawn=False,
        )
        self._insert("notes", entry.note_id, entry)
        return entry

    @needs(Permission.READ_PATIENTS, of="patient_id", sees="care")
    def notes(self, patient_id: str, withdrawn: bool = False) -> list[Note]:
        """Return the notes about a patient, the latest first; those entered in error too if told so."""
        rows = self._rows(
            "SELECT * FROM notes WHERE patient_id = ? AND withdrawn <= ? ORDER BY written_at DESC, entered_at DESC",
            [patient_id, int(withdrawn)],
        )
        return [care.note_of_row(row) for row in rows]

    @needs(Permission.ASSESS, of="patient_id")
    def record_consent(
        self,
        patient_id: str,
        purpose: ConsentPurpose,
        decision: ConsentDecision,
        decided_on: date,
        taken_by: str,
        given_by: ConsentGiver = ConsentGiver.PATIENT,
    ) -> Consent:
        """Keep a decision about consent, and remove what it no longer covers (`peea.store.withdrawal`).

        It supersedes earlier ones for the same purpose, which stay on record.
        """
        if decided_on > datetime.now().astimezone().date():
            raise InvalidEntryError("decided_on", t("This date lies ahead. Enter what was decided."))
        entry = Consent(
            consent_id=str(uuid.uuid4()),
            patient_id=patient_id,
            purpose=purpose,
            decision=decision,
            given_by=given_by,
            decided_on=decided_on,
            taken_by=care.short_text("taken_by", taken_by, t("The name of who took the consent is missing.")),
            entered_at=now_utc(),
            entered_by=self.actor,
        )
        with self._writing() as db:
            self._insert("consents", entry.consent_id, entry)
            names = apply_decision(db, self.actor, entry)
        if not self._db.conn.in_transaction:  # else the files go with the next look at what nobody names any more
            remove_files(KeptFiles(self.path, site_key(self.path.parent)), names)
        return entry

    @needs(Permission.ASSESS, of="patient_id")
    def removed_with(self, patient_id: str, consent_id: str) -> Counter[Removable]:
        """Return how much of what kind was removed by a patient's decision about consent."""
        with named_errors(self.path):
            return removed_by(self._db, patient_id, consent_id)

    @needs(Permission.READ_PATIENTS, of="patient_id", sees="care")
    def consents(self, patient_id: str) -> list[Consent]:
        """Return all decisions of a patient about consent, the one that holds first for each purpose."""
        rows = self._rows(
            "SELECT * FROM consents WHERE patient_id = ? ORDER BY purpose, decided_on DESC, rowid DESC",
            [patient_id],
        )
        return [care.consent_of_row(row) for row in rows]

    @needs(Permission.READ_PATIENTS, of="patient_id", sees="care")
    def consents_in_force(self, patient_id: str) -> dict[ConsentPurpose, Consent]:
        """Return the latest decision for each purpose that was decided."""
        latest: dict[ConsentPurpose, Consent] = {}
        for each in self.consents(patient_id):
            latest.setdefault(each.purpose, each)
        return latest

    @needs(Permission.ASSESS, of="patient_id")
    def answer(self, patient_id: str, question: EligibilityQuestion, answer: Answer) -> EligibilityAnswer:
        """Keep an answer to an inclusion or exclusion question; earlier ones stay on record."""
        entry = EligibilityAnswer(str(uuid.uuid4()), patient_id, question, answer, now_utc(), self.actor)
        self._insert("eligibility_answers", entry.answer_id, entry)
        return entry

    @needs(Permission.READ_PATIENTS, of="patient_id", sees="care")
    def answers(self, patient_id: str) -> dict[EligibilityQuestion, EligibilityAnswer]:
        """Return the latest answer to each question that was answered."""
        rows = self._rows(
            "SELECT * FROM eligibility_answers WHERE patient_id = ? ORDER BY entered_at, rowid", [patient_id]
        )
        return {answer.question: answer for answer in map(care.answer_of_row, rows)}

    @needs(Permission.ASSESS, of="patient_id")
    def correct_patient(self, patient_id: str, changes: Mapping[str, Any], reason: str) -> Patient:
        """Change fields of a patient, keeping what they held, and return the patient.

        Raises:
            InvalidPatientError: a new value cannot be right; its `field` says which.
        """
        with self._writing() as db:
            patient = read_patient(db, patient_id)
            kept: dict[str, Any] = {
                name: stored_time(value) if isinstance(value, datetime) else stripped(value)
                for name, value in changes.items()
            }
            corrected = replace(patient, **kept)
            check_patient(corrected)
            refuse_duplicate(db, corrected)
            self._correct(db, "patients", patient.patient_id, patient.patient_id, vars(patient), kept, reason)
            return read_patient(db, patient.patient_id)

    @needs(Permission.ASSESS, of="analgesia_id")
    def correct_dose(self, analgesia_id: str, changes: Mapping[str, Any], reason: str) -> Dose:
        """Change fields of a dose, keeping what they held, and return it."""
        checks: dict[str, Callable[[Any], Any]] = {
            "drug": lambda value: care.short_text("drug", value, t("The drug is missing.")),
            "dose": care.allowed_dose,
            "given_at": lambda value: stored_time(care.past_time("given_at", value)),
        }
        return care.dose_of_row(self._correct_entry("analgesia", analgesia_id, changes, reason, checks))

    @needs(Permission.ASSESS, of="note_id")
    def correct_note(self, note_id: str, changes: Mapping[str, Any], reason: str) -> Note:
        """Change a note, keeping what it said, and return it."""
        checks: dict[str, Callable[[Any], Any]] = {
            "text": lambda value: care.short_text("text", value, t("The note is empty."), care.LONGEST_NOTE),
            "written_at": lambda value: stored_time(care.past_time("written_at", value)),
        }
        return care.note_of_row(self._correct_entry("notes", note_id, changes, reason, checks))

    @needs(Permission.ASSESS, of="analgesia_id")
    def withdraw_dose(self, analgesia_id: str, reason: str) -> None:
        """Mark a dose as entered in error: it stays on record and counts no more."""
        self._withdraw("analgesia", analgesia_id, "withdrawn", "0", "1", reason)

    @needs(Permission.ASSESS, of="note_id")
    def withdraw_note(self, note_id: str, reason: str) -> None:
        """Mark a note as entered in error: it stays on record."""
        self._withdraw("notes", note_id, "withdrawn", "0", "1", reason)

    @needs(Permission.ASSESS, of="assessment_id")
    def withdraw_assessment(self, assessment_id: str, reason: str) -> SavedAssessment:
        """Mark an assessment as saved in error (wrong patient, test): it stays on record and counts no more."""
        with named_errors(self.path):
            before = read_saved(self._db, assessment_id)
        self._withdraw("assessments", assessment_id, "status", before.status, Status.WITHDRAWN, reason)
        with named_errors(self.path):
            return read_saved(self._db, assessment_id)

    @needs(Permission.READ_PATIENTS, of="patient_id", sees="care")
    def corrections(self, patient_id: str) -> list[Correction]:
        """Return everything that was corrected for a patient, the latest first."""
        rows = self._rows(
            "SELECT * FROM corrections WHERE patient_id = ? ORDER BY corrected_at DESC, rowid DESC", [patient_id]
        )
        return [Correction(**row) for row in rows]

    @needs(Permission.CONFIRM, of="assessment_id")
    def confirm(self, assessment_id: str, reviewer: str) -> SavedAssessment:
        """Let a named clinician confirm a model's result; it is no longer preliminary."""
        return self._review(assessment_id, Status.CONFIRMED, None, "", reviewer)

    @needs(Permission.CONFIRM, of="assessment_id")
    def override(self, assessment_id: str, grade: Grade | None, reason: str, reviewer: str) -> SavedAssessment:
        """Let a named clinician put another grade, or that it could not be assessed (None), in place of a result."""
        why = care.short_text("reason", reason, t("The reason is missing."))
        return self._review(assessment_id, Status.OVERRIDDEN, grade, why, reviewer)

    @needs(Permission.READ_PATIENTS, of="assessment_id", sees="care")
    def reviews(self, assessment_id: str) -> list[Review]:
        """Return all decisions on an assessment, the latest first."""
        rows = self._rows(
            "SELECT * FROM reviews WHERE assessment_id = ? ORDER BY reviewed_at DESC, rowid DESC", [assessment_id]
        )
        return [
            Review(
                **{
                    **row,
                    "decision": Status(row["decision"]),
                    "grade": None if row["grade"] is None else Grade(row["grade"]),
                }
            )
            for row in rows
        ]

    def _review(
        self, assessment_id: str, decision: Status, grade: Grade | None, reason: str, reviewer: str
    ) -> SavedAssessment:
        name = care.short_text("reviewer", reviewer, t("The name of the clinician is missing."))
        if not is_own(self.who, name):
            raise PermissionRefusedError(t("You can confirm or override in your own name only."))
        with self._writing() as db:
            saved = read_saved(db, assessment_id)
            if saved.status is Status.WITHDRAWN:
                raise InvalidEntryError(
                    "decision", t("This assessment was withdrawn; it cannot be confirmed any more.")
                )
            if decision is Status.OVERRIDDEN and grade is saved.report_grade:
                raise InvalidEntryError(
                    "grade", t("This is the grade of the model. Confirm it, or choose another one.")
                )
            at = now_utc()
            review = Review(str(uuid.uuid4()), saved.patient_id, assessment_id, decision, grade, reason, at, name)
            insert_entry(db, "reviews", review)
            db.execute(
                "UPDATE assessments SET status = ?, reviewed_grade = ?, reviewed_by = ?, reviewed_at = ? "
                "WHERE assessment_id = ?",
                [decision.value, grade, name, at, assessment_id],
            )
            action = Action.CONFIRMED if decision is Status.CONFIRMED else Action.OVERRIDDEN
            write_audit(db, self.actor, action, "assessments", assessment_id, patient_id=saved.patient_id)
            return read_saved(db, assessment_id)

    def _rows(self, query: str, values: list[Any]) -> list[dict[str, Any]]:
        with named_errors(self.path):
            return list(self._db.query(query, values))

    def _insert(self, table: str, row_id: str, entry: Any) -> None:
        with self._writing() as db:
            read_patient(db, entry.patient_id)
            insert_entry(db, table, entry)
            write_audit(db, self.actor, Action.SAVED, table, row_id, patient_id=entry.patient_id)

    def _correct_entry(
        self, table: str, row_id: str, changes: Mapping[str, Any], reason: str, checks: Mapping[str, Any]
    ) -> dict[str, Any]:
        kept = {name: checks[name](value) if name in checks else value for name, value in changes.items()}
        with self._writing() as db:
            row = row_of(db, table, row_id)
            if row["withdrawn"]:
                raise InvalidEntryError("reason", t("This entry was withdrawn; it cannot be corrected any more."))
            self._correct(db, table, row_id, row["patient_id"], row, kept, reason)
            return row_of(db, table, row_id)

    def _withdraw(self, table: str, row_id: str, field: str, old: str, new: str, reason: str) -> None:
        why = care.short_text("reason", reason, t("The reason is missing."))
        with self._writing() as db:
            row = row_of(db, table, row_id)
            if str(row[field]) == new:
                raise InvalidEntryError("reason", t("This entry was withdrawn already."))
            db.execute(f"UPDATE {table} SET {field} = ? WHERE {KEYS[table]} = ?", [new, row_id])
            self._keep(db, row["patient_id"], table, row_id, field, old, new, why)
            write_audit(db, self.actor, Action.WITHDRAWN, table, row_id, patient_id=row["patient_id"])

    def _correct(
        self,
        db: Database,
        table: str,
        row_id: str,
        patient_id: str,
        before: Mapping[str, Any],
        changes: Mapping[str, Any],
        reason: str,
    ) -> None:
        """Write what differs, a correction a field, and one audit row; inside a transaction."""
        refused = sorted(set(changes) - CORRECTABLE[table])
        if refused:
            raise ValueError(f"{', '.join(refused)} cannot be corrected; allowed are {sorted(CORRECTABLE[table])}")
        why = care.short_text("reason", reason, t("The reason is missing."))
        differing = {name: value for name, value in changes.items() if text_of(value) != text_of(before[name])}
        if not differing:
            raise InvalidEntryError("reason", t("Nothing was changed."))
        key = "patient_id" if table == "patients" else KEYS[table]
        for name, value in differing.items():
            new = value if isinstance(value, float) else text_of(value)
            db.execute(f"UPDATE {table} SET {name} = ? WHERE {key} = ?", [new, row_id])
            self._keep(db, patient_id, table, row_id, name, text_of(before[name]), text_of(value), why)
        write_audit(db, self.actor, Action.CORRECTED, table, row_id, patient_id=patient_id, fields=sorted(differing))

    def _keep(
        self,
        db: Database,
        patient_id: str,
        table: str,
        row_id: str,
        field: str,
        old: str | None,
        new: str | None,
        reason: str,
    ) -> None:
        insert_entry(
            db,
            "corrections",
            Correction(str(uuid.uuid4()), patient_id, table, row_id, field, old, new, reason, now_utc(), self.actor),
        )
