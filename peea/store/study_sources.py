"""Where the ratings of a study come from: recordings that were rated on the rating page, with the model's results."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from peea.language import t
from peea.store.assessments import SavedAssessment, Status
from peea.store.errors import StudyIncompleteError
from peea.store.patient_log import PatientLog
from peea.store.rating_store import RatingStore
from peea.store.ratings import RatingItem, RatingSet, SetKind
from peea.store.study_codes import RatedRecording, StudyCodes
from peea.studies.grader_output import grader_output
from peea.studies.values import ModelUnderTest, RatingScale, Study, StudyRater, StudyRecording


def rated_recordings(ratings: RatingStore) -> list[RatingSet]:
    """Return the sets of recordings that can become a study: closed, so that nobody is influenced any more."""
    return [each for each in ratings.sets() if each.kind is SetKind.RECORDINGS and each.closed and each.done]


def study_of_rating_set(
    ratings: RatingStore,
    log: PatientLog,
    set_id: str,
    name: str,
    purpose: str,
    model: ModelUnderTest,
    inclusion: Sequence[str] = (),
    exclusion: Sequence[str] = (),
) -> Study:
    """Return a draft of a study of recordings that were rated on the rating page.

    PEEA's result is that of the newest assessment of the same recording in the patient log that the model under test
    made and nobody withdrew: what the model reported, whatever a clinician put in its place. A rater who could not rate
    a recording has no rating of it. Recordings of patients who refused research, or no longer take part, are left out.

    Raises:
        UnknownRatingError: there is no such set.
        PermissionRefusedError: this actor may not link study codes to patients.
        StudyIncompleteError: it is not a set of recordings, or raters still rate in it.
    """
    of = ratings.set(set_id)
    behind = ratings.beside(StudyCodes).rated_recordings(of.set_id)
    if of.kind is not SetKind.RECORDINGS or not of.closed:
        raise StudyIncompleteError(
            t(
                "{title} cannot become a study: it must hold recordings and be closed on the rating page.",
                title=of.title,
            )
        )
    without = ratings.without_research(of.set_id)
    items = [item for item in ratings.items(of.set_id) if item.item_id not in without]
    given = {item: said for item, said in ratings.ratings_of_set(of.set_id).items() if item not in without}
    codes = {item.item_id: f"{item.place:03d} {item.recording}" for item in items}
    raters = sorted({rater for by_rater in given.values() for rater in by_rater})
    return Study(
        study_id=str(uuid.uuid4()),
        name=name,
        purpose=purpose,
        model=model,
        inclusion=tuple(inclusion),
        exclusion=tuple(exclusion),
        recordings=tuple(_recording(log, item, behind.get(item.item_id), codes[item.item_id], model) for item in items),
        raters=tuple(StudyRater(rater) for rater in raters),
        scale=RatingScale.VAS,
        ratings={
            (codes[item_id], rater): rating.vas
            for item_id, by_rater in given.items()
            for rater, rating in by_rater.items()
            if rating.vas is not None
        },
        simulated=of.simulated,
        note=t("The ratings of this set are simulated.") if of.simulated else "",
    )


def _recording(
    log: PatientLog, item: RatingItem, source: RatedRecording | None, code: str, model: ModelUnderTest
) -> StudyRecording:
    found = _assessment(log, item, source, model)
    patient = None if source is None else log.patient(source.patient_id)
    if patient is None and found is not None:
        patient = log.patient(found.patient_id)
    age = None
    if patient is not None and found is not None:
        age = float(patient.age(datetime.fromisoformat(found.recorded_at).date()))
    elif patient is not None:
        age = float(patient.age())
    return StudyRecording(
        recording=code,
        patient=item.patient_code,
        sex="" if patient is None else patient.sex.value,
        age_years=age,
        context=item.context or (None if found is None else found.context),
        output=None if found is None else grader_output(log.assessment(found.assessment_id)),
        assessment_id=None if found is None else found.assessment_id,
    )


def _assessment(
    log: PatientLog, item: RatingItem, source: RatedRecording | None, model: ModelUnderTest
) -> SavedAssessment | None:
    """Return the newest assessment of this recording by this model; a demonstration recording may be of any patient."""
    patients = [source.patient_id] if source else [each.patient_id for each in log.patients(demonstration=True)]
    recording = source.recording if source else item.recording
    lines = [line for patient_id in patients for line in log.assessments(patient_id)]
    same = [
        line
        for line in lines
        if line.recording == recording or (item.demonstration and line.recording == item.file)
        if line.model_name == model.name and line.model_version == model.version
        if line.status is not Status.WITHDRAWN
    ]
    return max(same, key=lambda line: line.recorded_at, default=None)
