"""A study: which recordings of whom, rated by whom, against which model, who was left out and why. Pure."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import Any, Final

from peea.language import Names, later, t
from peea.scales import Context, Grade


class RatingScale(StrEnum):
    """What the numbers of raters are."""

    GRADE = "grade"
    VAS = "vas"
    PSPI = "pspi"


SCALE_NAMES: Final[Mapping[RatingScale, str]] = Names(
    {
        RatingScale.GRADE: later("Pain grade, 0 to 4"),
        RatingScale.VAS: later("VAS, 0 to 10"),
        RatingScale.PSPI: later("PSPI, 0 to 16"),
    }
)

SCALE_RANGES: Final[Mapping[RatingScale, tuple[float, float]]] = {
    RatingScale.GRADE: (0.0, 4.0),
    RatingScale.VAS: (0.0, 10.0),
    RatingScale.PSPI: (0.0, 16.0),
}


class StudyError(ValueError):
    """A study that contradicts itself; the sentence says where."""


@dataclass(frozen=True)
class ModelUnderTest:
    """Which grader a study judges: name, version and the SHA-256 of its weights, so that nothing else can pass for it.

    Raises:
        StudyError: the name or the version is empty.
    """

    name: str
    version: str
    weights_sha256: str

    def __post_init__(self) -> None:
        if not self.name.strip() or not self.version.strip():
            raise StudyError(t("A study names the model under test and its version."))

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


@dataclass(frozen=True)
class StudyRater:
    """One clinician of a study.

    Attributes:
        name: as in the ratings; a code, not a person's name, if the site wants it so.
        role: profession.
        years: of experience in it, or None.
    """

    name: str
    role: str = ""
    years: float | None = None


@dataclass(frozen=True)
class GraderOutput:
    """What the model under test made of a recording.

    Attributes:
        grade: reported, or None if it could not be assessed.
        score: on the scale of the study; on the VAS, the VAS-equivalent of the faces on which that grade rests, see
            `peea.studies.held_vas`. None if there is none.
        why_not: why there is no grade, in words.
    """

    grade: Grade | None
    score: float | None = None
    why_not: str = ""


@dataclass(frozen=True)
class StudyRecording:
    """One recording of a study.

    Attributes:
        recording: its code, unique in the study.
        patient: study code of the patient.
        sex: "female", "male", ...; "" unknown.
        age_years: of the patient, or None.
        skin_tone: 1-10 on the Monk scale, or None.
        context: what the patient did, or None.
        hours: hours after the injury at which it was planned (24, 48), or None.
        excluded: why it was left out; "" if it is in.
        output: of the model under test; None if the model never saw it.
        assessment_id: of the assessment in the patient log, if it came from there.
    """

    recording: str
    patient: str
    sex: str = ""
    age_years: float | None = None
    skin_tone: int | None = None
    context: Context | None = None
    hours: int | None = None
    excluded: str = ""
    output: GraderOutput | None = None
    assessment_id: str | None = None


@dataclass(frozen=True)
class Study:
    """Everything that the agreement page needs, and everything that a frozen study keeps.

    Attributes:
        study_id: random UUID, or "demonstration".
        name: as staff know it.
        purpose: the question, in a sentence.
        model: under test.
        inclusion, exclusion: criteria, one sentence each.
        recordings: all that were made, those left out among them.
        raters: the clinicians.
        scale: on which the clinicians rated.
        ratings: by (recording, rater); what was not rated is not in it.
        simulated: patients or raters are not people.
        note: what else must be known, such as how ratings were simulated.

    Raises:
        StudyError: a recording or rater stands twice, a rating is of nobody or out of range.
    """

    study_id: str
    name: str
    purpose: str
    model: ModelUnderTest
    inclusion: tuple[str, ...] = ()
    exclusion: tuple[str, ...] = ()
    recordings: tuple[StudyRecording, ...] = ()
    raters: tuple[StudyRater, ...] = ()
    scale: RatingScale = RatingScale.VAS
    ratings: Mapping[tuple[str, str], float] = field(default_factory=dict)
    simulated: bool = False
    note: str = ""

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise StudyError(t("A study needs a name."))
        recordings = [each.recording for each in self.recordings]
        raters = [each.name for each in self.raters]
        for name, count in Counter(recordings).items():
            if not name.strip() or count > 1:
                raise StudyError(t("The recording {name} stands in the study twice, or has no name.", name=name))
        for name, count in Counter(raters).items():
            if not name.strip() or count > 1:
                raise StudyError(t("The rater {name} stands in the study twice, or has no name.", name=name))
        known_recordings, known_raters = set(recordings), set(raters)
        least, most = SCALE_RANGES[self.scale]
        for (recording, rater), rating in self.ratings.items():
            named = {"recording": recording, "rater": rater}
            if recording not in known_recordings or rater not in known_raters:
                raise StudyError(t("A rating of {recording} by {rater} is of nobody in the study.", **named))
            if not least <= rating <= most:
                raise StudyError(
                    t(
                        "The rating of {recording} by {rater} is {rating:g}; allowed is {least:g} to {most:g}.",
                        **named,
                        rating=rating,
                        least=least,
                        most=most,
                    )
                )

    @property
    def included(self) -> tuple[StudyRecording, ...]:
        """The recordings that count."""
        return tuple(each for each in self.recordings if not each.excluded)

    @property
    def patients(self) -> int:
        """How many patients the counted recordings are of."""
        return len({each.patient for each in self.included})

    @property
    def with_output(self) -> int:
        """How many of the counted recordings the model under test gave a grade."""
        return sum(each.output is not None and each.output.grade is not None for each in self.included)

    def excluding(self, reasons: Mapping[str, str]) -> Study:
        """Return the study with these recordings left out, each for its reason; an empty reason takes it in again.

        Raises:
            StudyError: a recording is not in the study.
        """
        unknown = sorted(set(reasons) - {each.recording for each in self.recordings})
        if unknown:
            raise StudyError(t("There is no recording {name} in the study.", name=unknown[0]))
        changed = tuple(
            replace(each, excluded=reasons.get(each.recording, each.excluded).strip()) for each in self.recordings
        )
        return replace(self, recordings=changed)


def study_form(study: Study) -> dict[str, Any]:
    """Return a study as plain JSON values, always the same for the same content: what is stored, and what is hashed."""
    plain = asdict(study)
    plain["ratings"] = [[recording, rater, rating] for (recording, rater), rating in sorted(study.ratings.items())]
    return plain


def study_of_form(plain: Mapping[str, Any]) -> Study:
    """Return the study that `study_form` wrote.

    Raises:
        StudyError: it is not the form of a study.
    """
    try:
        return Study(
            **{
                **plain,
                "model": ModelUnderTest(**plain["model"]),
                "inclusion": tuple(plain["inclusion"]),
                "exclusion": tuple(plain["exclusion"]),
                "recordings": tuple(_recording_of_form(each) for each in plain["recordings"]),
                "raters": tuple(StudyRater(**each) for each in plain["raters"]),
                "scale": RatingScale(plain["scale"]),
                "ratings": {(recording, rater): float(rating) for recording, rater, rating in plain["ratings"]},
            }
        )
    except StudyError:
        raise
    except (KeyError, TypeError, ValueError) as error:
        raise StudyError(
            t("This is not a saved study ({kind}: {error}).", kind=type(error).__name__, error=error)
        ) from error


def _recording_of_form(plain: Mapping[str, Any]) -> StudyRecording:
    output = plain["output"]
    if output is not None:
        grade = None if output["grade"] is None else Grade(output["grade"])
        output = GraderOutput(grade, output["score"], output["why_not"])
    context = None if plain["context"] is None else Context(plain["context"])
    return StudyRecording(**{**plain, "context": context, "output": output})


def study_sha256(study: Study) -> str:
    """Return the SHA-256 of a study's content as hexadecimal digits; one rating changed, and it is another.

    >>> study = Study("id", "Trial", "", ModelUnderTest("lite0", "0.1.0", "ab"))
    >>> study_sha256(study) == study_sha256(study_of_form(study_form(study)))
    True
    """
    text = json.dumps(study_form(study), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
