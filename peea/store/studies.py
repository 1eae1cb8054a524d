"""Studies in the data base: drafts that can be changed, and frozen ones that cannot."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass, replace

from sqlite_utils import Database

from peea.access import Permission
from peea.language import t
from peea.store.audit import Action, AuditRow, now_utc, read_audit, write_audit
from peea.store.codes import code_of, refuse_names
from peea.store.database import named_errors
from peea.store.errors import (
    DuplicateStudyError,
    FrozenStudyError,
    StudyIncompleteError,
    StudyTamperedError,
    UnknownStudyError,
)
from peea.store.open_store import OpenStore
from peea.store.rights import needs
from peea.studies.values import Study, study_form, study_of_form, study_sha256

_LINE = "study_id, name, sha256, made_at, made_by, frozen_at, frozen_by"


@dataclass(frozen=True)
class SavedStudy:
    """The line of a study in a list.

    Attributes:
        study_id: of the study.
        name: as staff know it.
        sha256: of its content, see `peea.studies.study_sha256`.
        made_at, made_by: first saved, ISO 8601 UTC, and by whom.
        frozen_at, frozen_by: frozen, or None while it is a draft.
    """

    study_id: str
    name: str
    sha256: str
    made_at: str
    made_by: str
    frozen_at: str | None
    frozen_by: str | None

    @property
    def frozen(self) -> bool:
        """True if nothing of it can be changed any more."""
        return self.frozen_at is not None


class StudyStore(OpenStore):
    """Studies of agreement; see `OpenStore` for opening and errors."""

    @needs(Permission.WRITE_STUDIES)
    def save_draft(self, study: Study) -> SavedStudy:
        """Save a study that is not frozen, new or changed. A patient of the log is kept under the study code.

        Raises:
            InvalidEntryError: a text of it holds the name of a patient.
            FrozenStudyError: this study is frozen.
            DuplicateStudyError: another study has this name.
        """
        with self._writing() as db:
            study = self._under_codes(db, study)
            content, sha256 = json.dumps(study_form(study), ensure_ascii=False, sort_keys=True), study_sha256(study)
            known = db.execute("SELECT frozen_at FROM studies WHERE study_id = ?", [study.study_id]).fetchone()
            if known is not None and known[0] is not None:
                raise FrozenStudyError(
                    t("The study {name} is frozen. Make a new one for what should change.", name=study.name)
                )
            try:
                db.execute(
                    "INSERT INTO studies (study_id, name, content, sha256, made_at, made_by) VALUES (?, ?, ?, ?, ?, ?) "
                    "ON CONFLICT (study_id) DO UPDATE SET name = excluded.name, content = excluded.content, "
                    "sha256 = excluded.sha256",
                    [study.study_id, study.name.strip(), content, sha256, now_utc(), self.actor],
                )
            except sqlite3.IntegrityError as error:
                raise DuplicateStudyError(
                    t("There is a study called {name} already. Choose another name.", name=study.name.strip())
                ) from error
            write_audit(db, self.actor, Action.SAVED, "studies", study.study_id, sha256=sha256)
        return self.saved_study(study.study_id)

    @needs(Permission.WRITE_STUDIES)
    def freeze(self, study_id: str) -> SavedStudy:
        """Freeze a study: from here on the data base itself refuses every change of it.

        Raises:
            UnknownStudyError: there is no such study.
            FrozenStudyError: it is frozen already.
            StudyIncompleteError: it has no recordings, or no ratings.
        """
        with self._writing() as db:
            saved, study = self._read(study_id)
            if saved.frozen:
                raise FrozenStudyError(t("The study {name} is frozen already.", name=saved.name))
            if not study.included or not study.ratings:
                raise StudyIncompleteError(
                    t(
                        "The study {name} has no ratings to freeze. Add recordings and the clinicians' ratings first.",
                        name=saved.name,
                    )
                )
            db.execute(
                "UPDATE studies SET frozen_at = ?, frozen_by = ? WHERE study_id = ?", [now_utc(), self.actor, study_id]
            )
            write_audit(db, self.actor, Action.FROZEN, "studies", study_id, sha256=saved.sha256)
        return self.saved_study(study_id)

    @needs(Permission.WRITE_STUDIES)
    def remove_draft(self, study_id: str) -> None:
        """Remove a draft; a frozen study stays.

        Raises:
            UnknownStudyError: there is no such study.
            FrozenStudyError: it is frozen.
        """
        with self._writing() as db:
            saved, _ = self._read(study_id)
            if saved.frozen:
                raise FrozenStudyError(t("The study {name} is frozen and stays.", name=saved.name))
            db.execute("DELETE FROM studies WHERE study_id = ?", [study_id])
            write_audit(db, self.actor, Action.REMOVED, "studies", study_id, sha256=saved.sha256)

    @needs(Permission.READ_STUDIES)
    def studies(self) -> list[SavedStudy]:
        """Return the lines of all studies, the newest first."""
        with named_errors(self.path):
            rows = self._db.query(f"SELECT {_LINE} FROM studies ORDER BY made_at DESC, study_id")
            return [SavedStudy(**row) for row in rows]

    @needs(Permission.READ_STUDIES)
    def saved_study(self, study_id: str) -> SavedStudy:
        """Return the line of one study, or raise UnknownStudyError."""
        with named_errors(self.path):
            return self._read(study_id)[0]

    @needs(Permission.READ_STUDIES, sees="studies")
    def study(self, study_id: str) -> Study:
        """Return one study.

        Raises:
            UnknownStudyError: there is no such study.
            StudyTamperedError: its content does not have the hash that was written with it.
        """
        with named_errors(self.path):
            return self._read(study_id)[1]

    @needs(Permission.READ_STUDIES)
    def audit(self, study_id: str) -> list[AuditRow]:
        """Return who did what to a study and when."""
        with named_errors(self.path):
            return read_audit(self._db, "studies", study_id)

    def _under_codes(self, db: Database, study: Study) -> Study:
        """Return the study with study codes for patients of the log whom a table called by name or number."""
        known = {
            key.strip().casefold(): patient_id
            for patient_id, name, log_code in db.execute("SELECT patient_id, name, study_code FROM patients").fetchall()
            for key in (name, log_code)
        }
        called = {each.patient: known.get(each.patient.strip().casefold()) for each in study.recordings}
        codes = {name: code_of(db, patient_id, self.actor) for name, patient_id in called.items() if patient_id}
        coded = replace(
            study,
            recordings=tuple(replace(each, patient=codes.get(each.patient, each.patient)) for each in study.recordings),
        )
        refuse_names(
            db,
            {
                "name": [coded.name],
                "purpose": [coded.purpose],
                "note": [coded.note],
                "criteria": [*coded.inclusion, *coded.exclusion],
                "recordings": [
                    text for each in coded.recordings for text in (each.recording, each.patient, each.excluded)
                ],
            },
        )
        return coded

    def _read(self, study_id: str) -> tuple[SavedStudy, Study]:
        row = next(self._db.query(f"SELECT {_LINE}, content FROM studies WHERE study_id = ?", [study_id]), None)
        if row is None:
            raise UnknownStudyError(t("No study has the id {study_id}.", study_id=study_id))
        study = study_of_form(json.loads(row.pop("content")))
        saved = SavedStudy(**row)
        if study_sha256(study) != saved.sha256:
            raise StudyTamperedError(
                t(
                    "The study {name} was changed outside PEEA: its content does not fit the hash written with it. "
                    "Restore the last backup.",
                    name=saved.name,
                )
            )
        return saved, study
