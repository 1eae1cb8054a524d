"""Assessments by hand and the patient's own report, in the patient log: a kind of their own beside PEEA's."""

from __future__ import annotations

import json
import math
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from peea.access import Permission
from peea.language import t
from peea.rating import PspiCodes
from peea.scales import Context
from peea.store.audit import Action, now_utc, write_audit
from peea.store.database import named_errors
from peea.store.errors import InvalidRatingError, UnknownRatingError
from peea.store.open_store import OpenStore
from peea.store.patients import read_patient
from peea.store.ratings import ManualKind, ManualRating
from peea.store.rights import needs

AHEAD = timedelta(minutes=5)
"""Clocks of two machines may differ by so much; a rating further ahead is a slip."""


class ManualLog(OpenStore):
    """Manual ratings; see `OpenStore` for opening and errors."""

    @needs(Permission.ASSESS, of="patient_id")
    def save(
        self,
        patient_id: str,
        kind: ManualKind,
        rater: str,
        *,
        codes: PspiCodes | None = None,
        score: float | None = None,
        context: Context | None = None,
        reason: str = "",
        assessment_id: str | None = None,
        rated_at: datetime | None = None,
        simulated: bool = False,
    ) -> ManualRating:
        """Save an assessment by hand.

        Args:
            patient_id: whose.
            kind: PSPI (give `codes`), VAS or NRS (give `score`, 0-10; an NRS is a whole number).
            rater: who rated, or asked the patient.
            codes: of a PSPI.
            score: of a VAS or NRS.
            context: what the patient did.
            reason: why by hand.
            assessment_id: the assessment whose face could not be graded.
            rated_at: when, with a time zone; by default now.
            simulated: nobody rated it.

        Raises:
            InvalidRatingError: the score does not fit the kind, nobody is named, or the time lies ahead.
            UnknownPatientError: no patient has this id.
        """
        if not rater.strip():
            raise InvalidRatingError(t("Say who rated."))
        if (codes is None) == (kind is ManualKind.PSPI) or (score is None) != (kind is ManualKind.PSPI):
            raise InvalidRatingError(t("A PSPI needs the codes of all six actions, a VAS or NRS a score."))
        value = float(codes.pspi if codes is not None else score or 0.0)
        if score is not None and (math.isnan(score) or not 0 <= score <= 10):
            raise InvalidRatingError(t("The score is {score}; allowed is 0 to 10.", score=score))
        if kind is ManualKind.NRS and value != int(value):
            raise InvalidRatingError(t("The NRS is a whole number from 0 to 10."))
        now = datetime.fromisoformat(now_utc())
        if rated_at is not None and (rated_at.tzinfo is None or rated_at > now + AHEAD):
            raise InvalidRatingError(t("This time lies ahead. Enter when the patient was rated."))
        row = {
            "manual_id": str(uuid.uuid4()),
            "patient_id": patient_id,
            "assessment_id": assessment_id,
            "kind": kind.value,
            "score": value,
            "codes": None if codes is None else json.dumps(dict(codes.codes)),
            "context": context,
            "reason": reason.strip(),
            "rater": " ".join(rater.split()),
            "rated_at": (rated_at or now).astimezone(now.tzinfo).isoformat(timespec="seconds"),
            "saved_at": now_utc(),
            "saved_by": self.actor,
            "simulated": int(simulated),
        }
        with self._writing() as db:
            read_patient(db, patient_id)
            columns, marks = ", ".join(row), ", ".join(f":{column}" for column in row)
            db.execute(f"INSERT INTO manual_ratings ({columns}) VALUES ({marks})", row)
            write_audit(db, self.actor, Action.SAVED, "manual_ratings", str(row["manual_id"]), patient_id=patient_id)
        return self.manual_rating(str(row["manual_id"]))

    @needs(Permission.READ_PATIENTS, of="manual_id", sees="manual_ratings")
    def manual_rating(self, manual_id: str) -> ManualRating:
        """Return one manual rating, or raise UnknownRatingError."""
        found = self._read("SELECT * FROM manual_ratings WHERE manual_id = ?", [manual_id])
        if not found:
            raise UnknownRatingError(t("No rating by hand has the id {key}.", key=manual_id))
        return found[0]

    @needs(Permission.READ_PATIENTS, of="patient_id", sees="manual_ratings")
    def of_patient(self, patient_id: str) -> list[ManualRating]:
        """Return a patient's manual ratings, the latest first, withdrawn ones among them."""
        return self._read(
            "SELECT * FROM manual_ratings WHERE patient_id = ? ORDER BY rated_at DESC, saved_at DESC", [patient_id]
        )

    @needs(Permission.READ_PATIENTS, sees="manual_ratings")
    def latest_of_patients(self, at_most: int = 12) -> dict[str, list[ManualRating]]:
        """Return up to `at_most` manual ratings of every patient who has any, the latest first."""
        wards = self.who.only_wards
        own = "" if wards is None else f"AND ward IN ({', '.join('?' * len(wards))})"
        rows = self._read(
            "SELECT * FROM (SELECT *, row_number() OVER (PARTITION BY patient_id ORDER BY rated_at DESC, "
            "saved_at DESC) AS nth FROM manual_ratings) "
            "JOIN (SELECT patient_id, ward FROM patients) USING (patient_id) "
            f"WHERE nth <= ? {own} ORDER BY patient_id, nth",
            [at_most, *(wards or ())],
        )
        found: dict[str, list[ManualRating]] = {}
        for each in rows:
            found.setdefault(each.patient_id, []).append(each)
        return found

    @needs(Permission.ASSESS, of="manual_id")
    def withdraw(self, manual_id: str, reason: str) -> ManualRating:
        """Mark a rating as entered in error; it stays on record. A second time changes nothing.

        Raises:
            InvalidRatingError: no reason is given.
            UnknownRatingError: there is none of this id.
        """
        if not reason.strip():
            raise InvalidRatingError(t("Give the reason why this was entered in error."))
        patient_id = self.manual_rating(manual_id).patient_id
        with self._writing() as db:
            changed = db.execute(
                "UPDATE manual_ratings SET withdrawn_at = ?, withdrawn_by = ?, withdrawn_reason = ? "
                "WHERE manual_id = ? AND withdrawn_at IS NULL",
                [now_utc(), self.actor, reason.strip(), manual_id],
            ).rowcount
            if changed:
                write_audit(db, self.actor, Action.WITHDRAWN, "manual_ratings", manual_id, patient_id=patient_id)
        return self.manual_rating(manual_id)

    def _read(self, query: str, values: list[Any]) -> list[ManualRating]:
        with named_errors(self.path):
            return [rating_of_row(row) for row in self._db.query(query, values)]


def rating_of_row(row: Mapping[str, Any]) -> ManualRating:
    """Return the rating of a row of the table; further columns are ignored."""
    known = {name: row[name] for name in ManualRating.__dataclass_fields__}
    return ManualRating(
        **{
            **known,
            "kind": ManualKind(row["kind"]),
            "codes": PspiCodes(json.loads(row["codes"])) if row["codes"] is not None else None,
            "context": Context(row["context"]) if row["context"] is not None else None,
            "simulated": bool(row["simulated"]),
        }
    )
