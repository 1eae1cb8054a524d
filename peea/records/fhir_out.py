"""Records as a FHIR R4 Bundle: Patient, Device and Observations, with doses and consents beside them.

Built as plain JSON and validated by fhir.resources. Its package R4B is FHIR 4.3.0, in which the resources used here are
those of R4 (4.0.1): R4B changed only resources of evidence and of medication definitions.

A model's grade is never passed off as the patient's word: it has a code of PEEA's own, names the Device that graded it
and the method, is preliminary until a clinician has confirmed it and final then (amended where it was overridden), and
says dataAbsentReason where the face could not be assessed. The patient's NRS and the clinician's VAS are Observations
of their own with their LOINC codes.
"""

from __future__ import annotations

import base64
import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from fhir.resources.R4B.bundle import Bundle

from peea import __version__
from peea.assessment import Assessment
from peea.face_grade import ModelIdentity
from peea.records import fhir_codes as codes
from peea.scales import Context, Grade
from peea.store.assessments import Status, assessment_of_row
from peea.store.care import ConsentDecision, ConsentPurpose, Dose, Note, consent_of_row, dose_of_row, note_of_row
from peea.store.exchange import Row, Rows
from peea.store.manual_log import rating_of_row
from peea.store.patients import Patient, patient_of_row
from peea.store.ratings import ManualKind, ManualRating

STATUS: Final[Mapping[Status, str]] = {
    Status.PRELIMINARY: "preliminary",
    Status.CONFIRMED: "final",
    Status.OVERRIDDEN: "amended",
    Status.WITHDRAWN: "entered-in-error",
}

GRADE_WORDS: Final = {
    Grade.NO_PAIN: "No pain expression",
    Grade.MILD: "Mild",
    Grade.OBVIOUS: "Obvious",
    Grade.SEVERE: "Severe",
    Grade.INTENSE: "Intense",
}
"""In English whatever the reader's language: an exchange is read by programs."""

CONTEXT_WORDS: Final = {
    Context.REST: "At rest",
    Context.TURNING: "Turning over in bed",
    Context.TRANSFER: "Transfer trolley to bed",
    Context.LEG_FLEXION: "Leg flexion and extension",
    Context.STRAIGHT_LEG_RAISE: "Straight-leg raise",
    Context.STANDING: "Standing at the bedside",
}

CONSENT_STATUS: Final = {
    ConsentDecision.GIVEN: "active",
    ConsentDecision.REFUSED: "rejected",
    ConsentDecision.TAKEN_BACK: "inactive",
}

DEVICE_SPACE: Final = uuid.UUID("6f0b8f0e-7a53-4f5a-9a0d-3c5d8e6a1b42")
"""Name space from which the id of a model's Device is derived: the same model has the same id everywhere."""

PATIENT_FIELDS: Final = ("ward", "bed", "team", "fracture", "fracture_side", "surgery_date", "cognition")
"""What care knows of a patient beside FHIR's own elements, for systems other than PEEA."""


def fhir_bundle(records: Iterable[Rows], whole: bool = True) -> str:
    """Return the records as the JSON of a validated Bundle of type collection.

    Args:
        records: the rows of each patient, as `peea.store.exchange.ExchangeStore.rows_of` gives them.
        whole: with PEEA's own rows in extensions, from which another PEEA takes in exactly what was stored, the course
            of each recording included; without them the bundle is smaller by some 40 kB an assessment.
    """
    resources: list[dict[str, Any]] = []
    devices: dict[str, dict[str, Any]] = {}
    for record in records:
        resources += _resources(record, whole, devices)
    ordered = [*devices.values(), *resources]
    bundle = {
        "resourceType": "Bundle",
        "id": str(uuid.uuid4()),
        "type": "collection",
        "timestamp": datetime.now(UTC).isoformat(timespec="seconds"),
        "entry": [{"fullUrl": f"urn:uuid:{each['id']}", "resource": each} for each in ordered],
    }
    if not ordered:
        del bundle["entry"]
    json_text: str = Bundle.model_validate(bundle).model_dump_json()
    return json_text


def _resources(rows: Rows, whole: bool, devices: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    (patient_row,) = rows["patients"]
    patient = patient_of_row(dict(patient_row))
    subject = {"reference": f"urn:uuid:{patient.patient_id}"}
    made = [_patient(patient, _kept(whole, rows, ("patients", "corrections", "eligibility_answers")))]
    series = {row["assessment_id"]: row for row in rows.get("frame_series", ())}
    reviews, episodes = _by_assessment(rows, "reviews"), _by_assessment(rows, "monitored_episodes")
    for row in rows.get("assessments", ()):
        own_rows = {
            "assessments": [row],
            "reviews": reviews.get(row["assessment_id"], []),
            "monitored_episodes": episodes.get(row["assessment_id"], []),
        }
        if row["assessment_id"] in series:
            own_rows["frame_series"] = [series[row["assessment_id"]]]
        assessment = Assessment.from_plain({**json.loads(row["summary"]), "frames": []})
        device = _device(assessment.model)
        devices[device["id"]] = device
        made.append(_grade_observation(row, assessment, subject, device, own_rows, whole))
    made += [_answer_observation(row, subject) for row in rows.get("eligibility_answers", ())]
    for row in rows.get("manual_ratings", ()):
        made.append(_with_rows(_rating_observation(rating_of_row(row), subject), whole, {"manual_ratings": [row]}))
    for row in rows.get("analgesia", ()):
        made.append(_with_rows(_administration(dose_of_row(dict(row)), subject), whole, {"analgesia": [row]}))
    for row in rows.get("notes", ()):
        made.append(_with_rows(_note_observation(note_of_row(dict(row)), subject), whole, {"notes": [row]}))
    for row in rows.get("consents", ()):
        made.append(_with_rows(_consent(row, subject), whole, {"consents": [row]}))
    for each in made:
        if patient.demonstration:
            each["meta"] = {"tag": [{"system": codes.TEST_DATA, "code": "HTEST", "display": "test health data"}]}
    return made


def _by_assessment(rows: Rows, table: str) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows.get(table, ()):
        found.setdefault(row["assessment_id"], []).append(row)
    return found


def _patient(patient: Patient, kept: list[dict[str, Any]]) -> dict[str, Any]:
    known = {name: getattr(patient, name) for name in (*PATIENT_FIELDS, "communication", "notes")}
    return {
        "resourceType": "Patient",
        "id": patient.patient_id,
        "extension": [
            *({"url": codes.FIELD + name, "valueString": str(value)} for name, value in known.items() if value),
            *kept,
        ],
        "identifier": [{"system": codes.STUDY_CODE, "value": patient.study_code}],
        "active": patient.left_at is None,
        "name": [{"use": "official", "text": patient.name}],
        "gender": patient.sex.value,
        "birthDate": patient.birth_date.isoformat(),
    }


def _device(model: ModelIdentity) -> dict[str, Any]:
    validated = "Validated at the site." if model.clinically_validated else "Not validated for clinical decisions."
    return {
        "resourceType": "Device",
        "id": str(uuid.uuid5(DEVICE_SPACE, f"{model.name} {model.version} {model.weights_sha256}")),
        "identifier": [{"system": codes.WEIGHTS, "value": model.weights_sha256}],
        "status": "active",
        "manufacturer": "PEEA",
        "deviceName": [{"name": model.name, "type": "model-name"}],
        "modelNumber": model.name,
        "version": [
            {"type": {"text": "model"}, "value": model.version},
            {"type": {"text": "PEEA"}, "value": __version__},
        ],
        "type": codes.own("pain-grader"),
        "note": [{"text": f"Trained on: {model.trained_on.rstrip('.')}. {validated}"}],
    }


def _grade_observation(
    row: Row,
    assessment: Assessment,
    subject: dict[str, str],
    device: dict[str, Any],
    own_rows: Mapping[str, Sequence[Row]],
    whole: bool,
) -> dict[str, Any]:
    saved, timeline = assessment_of_row(dict(row)), assessment.timeline
    made: dict[str, Any] = {
        "resourceType": "Observation",
        "id": saved.assessment_id,
        "status": STATUS[saved.status],
        "category": [codes.coded(codes.CATEGORY, "exam", "Exam")],
        "code": codes.own("pain-expression-grade"),
        "subject": subject,
        "effectiveDateTime": saved.recorded_at,
        "issued": saved.reviewed_at or saved.saved_at,
        "performer": [{"display": saved.reviewed_by or saved.saved_by}],
        "device": {"reference": f"urn:uuid:{device['id']}", "display": f"{saved.model_name} {saved.model_version}"},
        "method": codes.own("face-video-model"),
    }
    if saved.grade is None:
        why = "the face could not be assessed"
        if saved.main_problem is not None and saved.status is not Status.OVERRIDDEN:
            why += f": {saved.main_problem.value.replace('_', ' ')}"
        made["dataAbsentReason"] = codes.coded(codes.ABSENT, "unknown", "Unknown", f"Unknown: {why}")
    else:
        made["valueCodeableConcept"] = _grade(saved.grade)
    components = [
        _part("coverage", valueQuantity=codes.quantity(round(100 * timeline.coverage, 1), "%", "%")),
        _part("duration", valueQuantity=codes.quantity(round(timeline.duration_s, 2), "s", "s")),
    ]
    if saved.context is not None:
        context = codes.coded(codes.OWN, saved.context.value, CONTEXT_WORDS[saved.context])
        components.append(_part("context", valueCodeableConcept=context))
    if saved.peak_grade is not None:
        components.append(_part("peak-grade", valueCodeableConcept=_grade(saved.peak_grade)))
    if saved.status is Status.OVERRIDDEN and saved.report_grade is not None:
        components.append(_part("model-grade", valueCodeableConcept=_grade(saved.report_grade)))
    components += [
        _part(f"seconds-grade-{int(grade)}", valueQuantity=codes.quantity(round(seconds, 2), "s", "s"))
        for grade, seconds in timeline.seconds.items()
    ]
    made["component"] = components
    reasons = [str(review["reason"]) for review in own_rows.get("reviews", ()) if review["reason"]]
    if reasons:
        made["note"] = [{"text": reason} for reason in reasons]
    return _with_rows(made, whole, own_rows)


def _rating_observation(rating: ManualRating, subject: dict[str, str]) -> dict[str, Any]:
    code = {
        ManualKind.NRS: codes.loinc(codes.NRS_CODE),
        ManualKind.VAS: codes.loinc(codes.VAS_CODE),
        ManualKind.PSPI: codes.own("pspi"),
    }[rating.kind]
    own_word = rating.kind is ManualKind.NRS
    made: dict[str, Any] = {
        "resourceType": "Observation",
        "id": rating.manual_id,
        "status": "final" if rating.withdrawn_at is None else "entered-in-error",
        "category": [codes.coded(codes.CATEGORY, *(("survey", "Survey") if own_word else ("exam", "Exam")))],
        "code": code,
        "subject": subject,
        "effectiveDateTime": rating.rated_at,
        "performer": [subject if own_word else {"display": rating.rater}],
        "valueQuantity": codes.quantity(rating.score, "score", "{score}"),
    }
    components = []
    if rating.context is not None:
        context = codes.coded(codes.OWN, rating.context.value, CONTEXT_WORDS[rating.context])
        components.append(_part("context", valueCodeableConcept=context))
    if rating.codes is not None:
        components += [
            {"code": codes.action(action), "valueInteger": intensity}
            for action, intensity in rating.codes.codes.items()
        ]
    if components:
        made["component"] = components
    if rating.reason:
        made["note"] = [{"text": rating.reason}]
    return made


def _administration(dose: Dose, subject: dict[str, str]) -> dict[str, Any]:
    amount = codes.quantity(dose.dose, dose.unit.value, codes.UCUM_OF_UNIT[dose.unit.value])
    made: dict[str, Any] = {
        "resourceType": "MedicationAdministration",
        "id": dose.analgesia_id,
        "status": "entered-in-error" if dose.withdrawn else "completed",
        "medicationCodeableConcept": {"text": dose.drug},
        "subject": subject,
        "effectiveDateTime": dose.given_at,
        "performer": [{"actor": {"display": dose.entered_by}}],
        "dosage": {
            "text": f"{dose.dose:g} {dose.unit.value} {dose.route.value.replace('_', ' ')}",
            "route": {"text": dose.route.value.replace("_", " ")},
            "dose": amount,
        },
    }
    if dose.remark:
        made["note"] = [{"text": dose.remark}]
    return made


def _note_observation(note: Note, subject: dict[str, str]) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "id": note.note_id,
        "status": "entered-in-error" if note.withdrawn else "final",
        "code": codes.own("note"),
        "subject": subject,
        "effectiveDateTime": note.written_at,
        "performer": [{"display": note.entered_by}],
        "valueString": note.text,
    }


def _answer_observation(row: Row, subject: dict[str, str]) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "id": row["answer_id"],
        "status": "final",
        "code": codes.own("eligibility", str(row["question"]).replace("_", " ")),
        "subject": subject,
        "effectiveDateTime": row["entered_at"],
        "performer": [{"display": row["entered_by"]}],
        "valueCodeableConcept": {"text": row["answer"]},
    }


def _consent(row: Row, subject: dict[str, str]) -> dict[str, Any]:
    consent = consent_of_row(dict(row))
    research = consent.purpose is not ConsentPurpose.ASSESSMENT
    scope = ("research", "Research") if research else ("treatment", "Treatment")
    return {
        "resourceType": "Consent",
        "id": consent.consent_id,
        "status": CONSENT_STATUS[consent.decision],
        "scope": codes.coded(codes.CONSENT_SCOPE, *scope),
        "category": [codes.loinc(codes.CONSENT_DOCUMENT)],
        "patient": subject,
        "dateTime": consent.decided_on.isoformat(),
        "performer": [subject if consent.given_by.value == "patient" else {"display": "representative"}],
        "policyRule": {"text": f"PEEA: {consent.purpose.value.replace('_', ' ')}; taken by {consent.taken_by}"},
        "provision": {"type": "permit" if consent.decision is ConsentDecision.GIVEN else "deny"},
    }


def _grade(grade: Grade) -> dict[str, Any]:
    return codes.coded(codes.GRADES, str(int(grade)), GRADE_WORDS[grade])


def _part(code: str, **value: Any) -> dict[str, Any]:
    return {"code": codes.own(code), **value}


def _with_rows(resource: dict[str, Any], whole: bool, rows: Mapping[str, Sequence[Row]]) -> dict[str, Any]:
    kept = _kept(whole, rows, tuple(rows))
    return {**resource, "extension": kept} if kept else resource


def _kept(whole: bool, rows: Mapping[str, Sequence[Row]], tables: Sequence[str]) -> list[dict[str, Any]]:
    """Return an extension a row, as JSON; bytes in base64."""
    if not whole:
        return []
    return [
        {
            "url": codes.RECORD,
            "valueString": json.dumps({"table": table, "row": dict(row)}, ensure_ascii=False, default=_plain),
        }
        for table in tables
        for row in rows.get(table, ())
    ]


def _plain(value: object) -> object:
    if isinstance(value, bytes):
        return {"base64": base64.b64encode(value).decode()}
    raise TypeError(f"a row holds a {type(value).__name__}, which JSON has no form for")
