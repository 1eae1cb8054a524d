"""The demonstration recordings as scripts: who, where, in what light, what happens, and what must come out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from peea.scales import Context
from peea.synthetic.courses import (
    Absence,
    Course,
    Event,
    HandPass,
    HeadTurn,
    LookAway,
    NoPain,
    Pain,
    Visitor,
)
from peea.synthetic.expressions import Confounder
from peea.synthetic.lights import LightLevel
from peea.synthetic.person import Person
from peea.synthetic.seeds import DEMONSTRATION_PEOPLE

DIM_FACE_LUMA: Final = 17.0
"""Mean luma (0-255) of the face in a dim recording that can still be graded once brightened."""

TOO_DARK_FACE_LUMA: Final = 2.0
"""Mean luma of the face in a recording that is beyond rescue: what is left of the face is the sensor's noise."""


class UnknownScriptError(ValueError):
    """There is no script of this name."""


@dataclass(frozen=True)
class Script:
    """One scripted recording.

    Attributes:
        name: of the script and its files.
        title: what a nurse reads in the list of demonstration recordings.
        person: number of the demonstration patient; traits: what differs from the person of that seed.
        context: what the patient does, as chosen before a real recording.
        duration_s: 20-25 s.
        events: what happens.
        level: light of the room; face_luma: if set, the room is darkened until the face has this mean luma.
        lying: posture; face_height: distance, see `View`; yaw_deg, pitch_deg, roll_deg: resting pose.
        empty: nobody is in the bed.
        visitor: number of the demonstration person who visits, or None.
        gradable: whether the recording must get a grade; why_not: otherwise the reason, for the list.
        restlessness: of the head, 1 is usual.
    """

    name: str
    title: str
    person: int
    events: Sequence[Event]
    traits: Mapping[str, Any] = field(default_factory=dict)
    context: Context = Context.REST
    duration_s: float = 20.0
    level: LightLevel = LightLevel.WARD
    face_luma: float | None = None
    lying: bool = True
    face_height: float = 0.43
    yaw_deg: float = 0.0
    pitch_deg: float = 2.0
    roll_deg: float = 0.0
    empty: bool = False
    visitor: int | None = None
    gradable: bool = True
    why_not: str = ""
    restlessness: float = 1.0

    def patient(self) -> Person:
        """Return the patient of the recording."""
        return replace(Person.from_seed(DEMONSTRATION_PEOPLE[self.person]), **self.traits)

    def course(self, seed: int) -> Course:
        """Return what the patient does; the seed gives blinks, sway and the style of pain."""
        return Course(self.duration_s, self.events, seed, self.restlessness)


DEMONSTRATION_SCRIPTS: Final[tuple[Script, ...]] = (
    Script(
        "calm", "Calm at rest", 26,
        (
            LookAway(4.0, 1.6, (0.35, 0.05)), LookAway(13.0, 1.2, (-0.3, 0.1)),
            NoPain(Confounder.RAISED_BROWS, 16.5, 0.8, 1.6),
        ),
    ),
    Script(
        "mild", "Mild pain at rest", 1,
        (Pain(2.8, 3.0, 0.8, 5.5, 1.8), Pain(2.7, 13.5, 0.7, 5.0, 1.8)),
        level=LightLevel.WINDOW, yaw_deg=6.0,
    ),
    Script(
        "obvious", "Obvious pain while turning over", 22,
        (Pain(5.8, 4.0, 0.6, 6.0, 1.8), Pain(5.6, 14.5, 0.6, 4.0, 1.8)),
        context=Context.TURNING, roll_deg=6.0, restlessness=1.3,
    ),
    Script(
        "severe", "Severe pain, leg flexion", 3,
        (Pain(9.2, 3.5, 0.5, 7.0, 2.2), Pain(9.4, 14.0, 0.5, 4.5, 2.0)),
        context=Context.LEG_FLEXION, level=LightLevel.WINDOW, restlessness=1.3,
    ),
    Script(
        "intense", "Intense pain, transfer to bed", 4,
        (Pain(13.6, 3.0, 0.4, 7.5, 2.5), Pain(13.2, 14.0, 0.4, 5.0, 2.2)),
        context=Context.TRANSFER, restlessness=1.5,
    ),
    Script(
        "rising", "Mixed course: rising to severe", 5,
        (Pain(2.8, 1.5, 0.7, 3.5, 2.0), Pain(5.7, 5.0, 0.6, 4.0, 2.0), Pain(9.3, 9.5, 0.6, 6.5, 2.0)),
        context=Context.STRAIGHT_LEG_RAISE, lying=True,
    ),
    Script(
        "fading", "Mixed course: intense, then fading, a hand in passing", 6,
        (
            Pain(13.4, 1.5, 0.5, 3.2, 1.2), Pain(5.7, 4.0, 0.5, 8.5, 1.5), Pain(2.7, 12.5, 0.5, 4.5, 1.5),
            HandPass(9.5, 0.2, 0.7),
        ),
        context=Context.TURNING, level=LightLevel.EVENING,
    ),
    Script(
        "smiling_talking", "Smiling and talking, no pain", 20,
        (
            NoPain(Confounder.SPEECH, 1.5, 4.0), NoPain(Confounder.SMILE, 6.2, 3.5, 4.3),
            NoPain(Confounder.SPEECH, 11.0, 4.5, 3.5), NoPain(Confounder.SMILE, 16.5, 3.0, 3.6),
        ),
        lying=False, level=LightLevel.WINDOW,
    ),
    Script(
        "turning_head", "Strong head turning, obvious pain", 24,
        (
            HeadTurn(2.5, 1.2, 42, 3), HeadTurn(7.0, 1.0, -40, -4), HeadTurn(13.0, 1.0, 62, 0),
            HeadTurn(17.0, 0.8, -38, 8),
            Pain(5.8, 4.6, 0.6, 7.0, 1.8), Pain(5.7, 15.0, 0.6, 4.5, 1.6),
        ),
        lying=True, restlessness=1.6,
    ),
    Script(
        "glasses_cannula", "Glasses and oxygen cannula, obvious pain", 19,
        (Pain(5.6, 3.5, 0.7, 7.0, 2.0), Pain(5.8, 14.5, 0.6, 4.0, 2.0)),
        traits={"glasses": "square", "cannula": True}, lying=False, context=Context.STANDING,
    ),
    Script(
        "dim", "Dim room, severe pain", 30,
        (Pain(9.2, 3.0, 0.6, 8.0, 2.0), Pain(9.3, 14.5, 0.6, 4.5, 2.0)),
        level=LightLevel.EVENING, face_luma=DIM_FACE_LUMA, context=Context.TURNING,
    ),
    Script(
        "too_dark", "Too dark to be assessed", 11,
        (Pain(5.8, 3.5, 0.6, 7.0, 2.0), Pain(5.6, 14.5, 0.6, 4.0, 2.0)),
        level=LightLevel.EVENING, face_luma=TOO_DARK_FACE_LUMA, gradable=False, why_not="too dark",
    ),
    Script(
        "back_lit", "Window behind the patient, severe pain", 32,
        (Pain(9.3, 3.5, 0.6, 7.0, 2.0), Pain(9.2, 14.0, 0.6, 4.5, 2.0)),
        level=LightLevel.BACK_LIT, lying=False, context=Context.LEG_FLEXION,
    ),
    Script("empty_bed", "Empty bed, no face", 13, (), empty=True, gradable=False, why_not="no face"),
    Script(
        "leaving", "Patient leaves and comes back, mild pain", 23,
        (Absence(7.0, 3.0, 1.0), Pain(2.8, 1.0, 0.7, 4.3, 0.8), Pain(2.8, 12.6, 0.7, 4.8, 1.5)),
        lying=False, context=Context.STANDING,
    ),
    Script(
        "visitor", "A visitor's second face, intense pain", 15,
        (Visitor(6.0, 5.0, 1.0), Pain(13.2, 3.0, 0.5, 7.0, 2.0), Pain(13.4, 14.0, 0.5, 4.5, 2.0)),
        visitor=39, face_height=0.40, context=Context.LEG_FLEXION,
    ),
)  # fmt: skip
"""The committed set, in the order of the list that staff see."""


def script_named(name: str) -> Script:
    """Return the script of this name.

    Raises:
        UnknownScriptError: there is none.
    """
    for script in DEMONSTRATION_SCRIPTS:
        if script.name == name:
            return script
    known = ", ".join(script.name for script in DEMONSTRATION_SCRIPTS)
    raise UnknownScriptError(f"there is no script {name!r}; known are {known}")


def in_good_light(script: Script) -> Script:
    """Return the same script in a well-lit room."""
    return replace(script, face_luma=None, level=LightLevel.WARD)


def in_dim_light(script: Script, face_luma: float = DIM_FACE_LUMA) -> Script:
    """Return the same script, same room and same lamps as `in_good_light`, all of them turned down."""
    return replace(script, face_luma=face_luma, level=LightLevel.WARD)
