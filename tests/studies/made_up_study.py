"""Small made-up studies for the tests."""

from __future__ import annotations

from peea.scales import Context, Grade
from peea.studies import GraderOutput, ModelUnderTest, Study, StudyRater, StudyRecording

MODEL = ModelUnderTest("lite0", "0.1.0", "ab" * 32)
VAS_OF_GRADE = (0.0, 2.0, 5.0, 7.0, 9.0)


def made_up_study(**changed) -> Study:
    """Return a study of 12 recordings of 6 patients by three clinicians; PEEA graded ten of them."""
    contexts = [Context.REST, Context.TURNING]
    recordings = []
    for number in range(12):
        grade = Grade(number % 5)
        recordings.append(
            StudyRecording(
                recording=f"R{number + 1:02d}",
                patient=f"P{number // 2 + 1}",
                sex="female" if number < 8 else "male",
                age_years=66.0 + 2 * number,
                skin_tone=1 + number // 2,
                context=contexts[number % 2],
                hours=24 if number % 2 == 0 else 48,
                output=None if number >= 10 else GraderOutput(grade, VAS_OF_GRADE[grade]),
            )
        )
    habits = {"Lin": 0.0, "Wu": 1.0, "Zhao": -1.0}
    vas = {
        (each.recording, name): min(10.0, max(0.0, VAS_OF_GRADE[number % 5] + habit * (number % 3 == 0)))
        for number, each in enumerate(recordings)
        for name, habit in habits.items()
    }
    values = {
        "study_id": "one",
        "name": "Trial of ward 7B",
        "purpose": "Does PEEA grade as we do?",
        "model": MODEL,
        "inclusion": ("Age 65 years or more",),
        "exclusion": ("Dim light",),
        "recordings": tuple(recordings),
        "raters": tuple(StudyRater(name, "nurse", 8) for name in habits),
        "ratings": vas,
    }
    return Study(**{**values, **changed})
