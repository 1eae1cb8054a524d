"""Studies of agreement: what was rated by whom, the analysis for the agreement page, and the GRRAS report."""

from peea.studies.demonstration import DEMONSTRATION_STUDY, demonstration_study
from peea.studies.grader_output import grader_output, held_vas
from peea.studies.values import (
    SCALE_NAMES,
    SCALE_RANGES,
    GraderOutput,
    ModelUnderTest,
    RatingScale,
    Study,
    StudyError,
    StudyRater,
    StudyRecording,
    study_form,
    study_of_form,
    study_sha256,
)

__all__ = [
    "DEMONSTRATION_STUDY",
    "SCALE_NAMES",
    "SCALE_RANGES",
    "GraderOutput",
    "ModelUnderTest",
    "RatingScale",
    "Study",
    "StudyError",
    "StudyRater",
    "StudyRecording",
    "demonstration_study",
    "grader_output",
    "held_vas",
    "study_form",
    "study_of_form",
    "study_sha256",
]
