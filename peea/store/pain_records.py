"""One assessment of pain of whatever kind, as the board, the charts and the rules see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from peea.language import Names, later
from peea.scales import Context, Grade, grade_of_pspi, grade_of_vas
from peea.store.assessments import SavedAssessment, Status


class Kind(StrEnum):
    """Who or what said how much pain there is."""

    MODEL = "model"
    PSPI = "pspi"
    VAS = "vas"
    NRS = "nrs"


KIND_NAMES: Final[Mapping[Kind, str]] = Names(
    {
        Kind.MODEL: later("PEEA, from a recording"),
        Kind.PSPI: later("PSPI, rated by hand"),
        Kind.VAS: later("VAS, by the clinician"),
        Kind.NRS: later("NRS, by the patient"),
    }
)


@dataclass(frozen=True)
class PainRecord:
    """One assessment of pain of whatever kind.

    Attributes:
        record_id, patient_id: which and whose.
        at: when pain was assessed, aware, UTC.
        kind: who or what assessed it.
        grade: the grade that counts (a clinician's override before the model's); None if it could not be assessed.
        context: what the patient did, or None if that was not said.
        value: PSPI, VAS or NRS as entered; None for a model's result.
        by: who confirmed, overrode or rated it; else who saved it.
        status: of a model's result; None for a rating by hand, which needs no confirmation.
        simulated: invented for the demonstration.
    """

    record_id: str
    patient_id: str
    at: datetime
    kind: Kind
    grade: Grade | None
    context: Context | None
    value: float | None = None
    by: str = ""
    status: Status | None = None
    simulated: bool = False

    @property
    def movement(self) -> bool | None:
        """True during movement, False at rest, None if that was not said."""
        return None if self.context is None else self.context.movement

    @property
    def waits(self) -> bool:
        """True for a model's grade that no clinician has decided about; without a grade there is nothing to confirm."""
        return self.status is Status.PRELIMINARY and self.grade is not None


def record_of_assessment(saved: SavedAssessment) -> PainRecord:
    """Return a model's result as a record."""
    return PainRecord(
        record_id=saved.assessment_id,
        patient_id=saved.patient_id,
        at=datetime.fromisoformat(saved.recorded_at),
        kind=Kind.MODEL,
        grade=saved.grade,
        context=saved.context,
        by=saved.reviewed_by or saved.saved_by,
        status=saved.status,
    )


MANUAL: Final = "manual_id, patient_id, rated_at, kind, score, context, rater, simulated"
"""Columns of a rating by hand that `record_of_manual` needs."""


def record_of_manual(row: Mapping[str, Any]) -> PainRecord:
    """Return a rating by hand, a row with the columns `MANUAL`, as a record."""
    kind, score = Kind(row["kind"]), float(row["score"])
    return PainRecord(
        record_id=row["manual_id"],
        patient_id=row["patient_id"],
        at=datetime.fromisoformat(row["rated_at"]),
        kind=kind,
        grade=grade_of_pspi(score) if kind is Kind.PSPI else grade_of_vas(score),
        context=None if row["context"] is None else Context(row["context"]),
        value=score,
        by=row["rater"],
        simulated=bool(row["simulated"]),
    )
