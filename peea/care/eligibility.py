"""Whether a patient fulfils the inclusion and exclusion criteria of the hip-fracture study [P]. Pure.

Inclusion: aged 65 or over, hip fracture confirmed, awake, consents. Exclusion: neurological disease, deafness, aphasia.
These are the criteria under which the paper's figures hold; they decide about studies, never about care.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from peea.store.care import Answer, Consent, ConsentDecision, ConsentPurpose, EligibilityAnswer, EligibilityQuestion

LEAST_AGE: Final = 65
"""Years [P]."""

INCLUSION: Final = (EligibilityQuestion.HIP_FRACTURE, EligibilityQuestion.AWAKE)
EXCLUSION: Final = (EligibilityQuestion.NEUROLOGICAL, EligibilityQuestion.DEAFNESS, EligibilityQuestion.APHASIA)


@dataclass(frozen=True)
class Eligibility:
    """Whether a patient can be included, and what stands against it or is open.

    Attributes:
        too_young: under `LEAST_AGE`.
        against: questions whose answer excludes.
        unanswered: questions without an answer, or with "not known".
        consent: decision about research, or None if nobody asked yet.
    """

    too_young: bool
    against: tuple[EligibilityQuestion, ...]
    unanswered: tuple[EligibilityQuestion, ...]
    consent: ConsentDecision | None

    @property
    def included(self) -> bool | None:
        """True or False once that is certain, None as long as something is open."""
        if self.too_young or self.against or self.consent in (ConsentDecision.REFUSED, ConsentDecision.TAKEN_BACK):
            return False
        return None if self.unanswered or self.consent is None else True


def eligibility_of(
    age: int,
    answers: Mapping[EligibilityQuestion, EligibilityAnswer],
    consents: Mapping[ConsentPurpose, Consent],
) -> Eligibility:
    """Return a patient's eligibility from age in years, the latest answers and the consents in force."""
    said = {question: answers[question].answer for question in answers}
    against = [question for question in INCLUSION if said.get(question) is Answer.NO]
    against += [question for question in EXCLUSION if said.get(question) is Answer.YES]
    research = consents.get(ConsentPurpose.RESEARCH)
    return Eligibility(
        too_young=age < LEAST_AGE,
        against=tuple(against),
        unanswered=tuple(
            question for question in EligibilityQuestion if said.get(question, Answer.UNKNOWN) is Answer.UNKNOWN
        ),
        consent=research.decision if research else None,
    )
