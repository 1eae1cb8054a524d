"""The codes of the exchange: public ones where there are any, PEEA's own where there are none.

LOINC for what a patient or clinician says, HL7's terminology for absent data, categories and test data, UCUM for units.
A grade that a model read from a face has no public code and must not be taken for the patient's own word: it has a code
of PEEA's own system.
"""

from __future__ import annotations

from typing import Any, Final

OWN: Final = "urn:peea:fhir:CodeSystem:pain"
"""PEEA's own codes."""

GRADES: Final = "urn:peea:fhir:CodeSystem:grade"
"""The pain grades 0-4."""

STUDY_CODE: Final = "urn:peea:fhir:identifier:study-code"
WEIGHTS: Final = "urn:peea:fhir:identifier:weights-sha256"
RECORD: Final = "urn:peea:fhir:StructureDefinition:record"
"""Extension with the rows of PEEA's data base, so that another PEEA takes in exactly what was stored."""

FIELD: Final = "urn:peea:fhir:StructureDefinition:patient-"
"""Prefix of the extensions that hold what care knows of a patient and FHIR's Patient has no element for."""

LOINC: Final = "http://loinc.org"
UCUM: Final = "http://unitsofmeasure.org"
CATEGORY: Final = "http://terminology.hl7.org/CodeSystem/observation-category"
ABSENT: Final = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
TEST_DATA: Final = "http://terminology.hl7.org/CodeSystem/v3-ActReason"
CONSENT_SCOPE: Final = "http://terminology.hl7.org/CodeSystem/consentscope"

NRS_CODE: Final = "72514-3"
VAS_CODE: Final = "38214-3"
CONSENT_DOCUMENT: Final = "59284-0"

LOINC_NAMES: Final = {
    NRS_CODE: "Pain severity - 0-10 verbal numeric rating [Score] - Reported",
    VAS_CODE: "Pain severity [Score] Visual analog score",
    CONSENT_DOCUMENT: "Consent Document",
}

OWN_NAMES: Final = {
    "pain-expression-grade": "Pain grade of the facial expression, read from a video by a trained model",
    "pspi": "Prkachin and Solomon pain intensity of the face, rated by a clinician",
    "context": "What the patient did during the recording",
    "peak-grade": "Highest stable grade",
    "model-grade": "Grade of the model before a clinician's override",
    "coverage": "Share of the recording in which the face could be graded",
    "duration": "Length of the recording",
    "seconds-grade-0": "Stable seconds of no pain expression",
    "seconds-grade-1": "Stable seconds of mild pain expression",
    "seconds-grade-2": "Stable seconds of obvious pain expression",
    "seconds-grade-3": "Stable seconds of severe pain expression",
    "seconds-grade-4": "Stable seconds of intense pain expression",
    "note": "Note of the staff",
    "face-video-model": "Facial expression in a video, graded by a trained model",
    "pain-grader": "Model that grades pain from a face",
    "eligibility": "Question of inclusion or exclusion",
}

UCUM_OF_UNIT: Final = {"mg": "mg", "g": "g", "microgram": "ug", "ml": "mL", "microgram/h": "ug/h"}


def coded(system: str, code: str, display: str, text: str = "") -> dict[str, Any]:
    """Return a CodeableConcept of one coding."""
    return {"coding": [{"system": system, "code": code, "display": display}], "text": text or display}


def own(code: str, text: str = "") -> dict[str, Any]:
    """Return a CodeableConcept of PEEA's own system."""
    return coded(OWN, code, OWN_NAMES[code], text)


def action(name: str) -> dict[str, Any]:
    """Return a CodeableConcept of a facial action unit, e.g. AU4."""
    return coded(OWN, name, f"Facial action unit {name.removeprefix('AU')}")


def loinc(code: str) -> dict[str, Any]:
    """Return a CodeableConcept of LOINC."""
    return coded(LOINC, code, LOINC_NAMES[code])


def quantity(value: float, unit: str, code: str) -> dict[str, Any]:
    """Return a Quantity with a UCUM unit."""
    return {"value": value, "unit": unit, "system": UCUM, "code": code}
