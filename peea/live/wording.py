"""What is said at the bedside: what is missing for a start, and the alert."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from peea.assessment.wording import seconds_text
from peea.faces import Problem
from peea.language import Names, later, t
from peea.live.monitoring import Alert
from peea.scales import GRADE_NAMES

MISSING: Final[Mapping[Problem, str]] = Names(
    {
        Problem.NO_FACE: later("No face is seen. Point the camera at the face from 1 to 1.5 m."),
        Problem.TOO_DARK: later("It is too dark. Switch on the bedside light."),
        Problem.TOO_BRIGHT: later("It is too bright. Turn the lamp aside or close the curtain."),
        Problem.COVERED: later("The face is covered. Uncover it where care allows it."),
        Problem.TURNED_AWAY: later("The face is turned away. Move the camera to where the patient looks."),
        Problem.CUT_OFF: later(
            "The face reaches past the edge. Move the camera until the whole face is in the picture."
        ),
        Problem.TOO_SMALL: later("The face is too far away. Bring the camera to 1 to 1.5 m."),
        Problem.BLURRED: later("The picture is blurred. Stand the camera still and wipe its lens."),
    }
)
"""What keeps a recording from starting, and what to do about it."""


def alert_sentence(alert: Alert) -> str:
    """Return an alert as the sentence on the page."""
    return t(
        "{grade} pain expression, held for {length}. Go and see the patient.",
        grade=GRADE_NAMES[alert.grade],
        length=seconds_text(alert.held_s),
    )
