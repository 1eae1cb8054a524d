"""Words for the values of the store, in the current language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from peea.language import Names, later
from peea.store.care import Answer, ConsentDecision, ConsentGiver, ConsentPurpose, EligibilityQuestion, Route
from peea.store.patients import Sex, Side

SEX_NAMES: Final[Mapping[Sex, str]] = Names(
    {
        Sex.FEMALE: later("female"),
        Sex.MALE: later("male"),
        Sex.OTHER: later("other"),
        Sex.UNKNOWN: later("unknown"),
    }
)

SIDE_NAMES: Final[Mapping[Side, str]] = Names(
    {Side.LEFT: later("left"), Side.RIGHT: later("right"), Side.BOTH: later("both")}
)

STATUS_NAMES: Final[Mapping[str, str]] = Names(
    {
        "preliminary": later("Preliminary"),
        "confirmed": later("Confirmed"),
        "overridden": later("Overridden"),
        "withdrawn": later("Withdrawn"),
    }
)
"""Status of an assessment."""

ROUTE_NAMES: Final[Mapping[Route, str]] = Names(
    {
        Route.ORAL: later("by mouth"),
        Route.INTRAVENOUS: later("intravenous"),
        Route.SUBCUTANEOUS: later("subcutaneous"),
        Route.INTRAMUSCULAR: later("intramuscular"),
        Route.NERVE_BLOCK: later("nerve block"),
        Route.TRANSDERMAL: later("through the skin"),
        Route.RECTAL: later("rectal"),
        Route.INHALED: later("inhaled"),
    }
)

CONSENT_NAMES: Final[Mapping[ConsentPurpose, str]] = Names(
    {
        ConsentPurpose.ASSESSMENT: later("Assessment by PEEA"),
        ConsentPurpose.KEY_FRAMES: later("Keeping key frames"),
        ConsentPurpose.RESEARCH: later("Research"),
    }
)

DECISION_NAMES: Final[Mapping[ConsentDecision, str]] = Names(
    {
        ConsentDecision.GIVEN: later("given"),
        ConsentDecision.REFUSED: later("refused"),
        ConsentDecision.TAKEN_BACK: later("taken back"),
    }
)

GIVER_NAMES: Final[Mapping[ConsentGiver, str]] = Names(
    {
        ConsentGiver.PATIENT: later("by the patient"),
        ConsentGiver.REPRESENTATIVE: later("by a representative"),
    }
)

QUESTION_NAMES: Final[Mapping[EligibilityQuestion, str]] = Names(
    {
        EligibilityQuestion.HIP_FRACTURE: later("Hip fracture confirmed"),
        EligibilityQuestion.AWAKE: later("Awake"),
        EligibilityQuestion.NEUROLOGICAL: later("Neurological disease"),
        EligibilityQuestion.DEAFNESS: later("Deafness"),
        EligibilityQuestion.APHASIA: later("Aphasia"),
    }
)

ANSWER_NAMES: Final[Mapping[Answer, str]] = Names(
    {Answer.YES: later("yes"), Answer.NO: later("no"), Answer.UNKNOWN: later("not known")}
)

FIELD_NAMES: Final[Mapping[str, str]] = Names(
    {
        "study_code": later("Study code"),
        "name": later("Name"),
        "birth_date": later("Birth date"),
        "sex": later("Sex"),
        "ward": later("Ward"),
        "bed": later("Bed"),
        "team": later("Team"),
        "fracture": later("Fracture"),
        "fracture_side": later("Side of the fracture"),
        "surgery_date": later("Day of surgery"),
        "cognition": later("Cognition"),
        "communication": later("Communication"),
        "notes": later("Further notes"),
        "arrived_at": later("Arrived"),
        "left_at": later("Left the ward"),
        "drug": later("Drug"),
        "dose": later("Dose"),
        "unit": later("Unit"),
        "route": later("How it was given"),
        "given_at": later("Given at"),
        "remark": later("Remark"),
        "text": later("Note"),
        "written_at": later("Written at"),
        "withdrawn": later("Withdrawn"),
        "status": later("Status"),
    }
)
"""Fields that staff see and may correct."""
