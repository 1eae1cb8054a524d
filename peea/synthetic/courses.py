"""Scripts of a face over time: pain with onset, apex and offset, and everything else that faces and heads do.

Sources of the times: pain expressions last some 1-5 s, rise within about a second and fall more slowly (Prkachin &
Solomon 2008; Kunz & Lautenbacher 2014); a smile rises in 0.4-1 s (Schmidt et al. 2006); blinks last 0.15-0.4 s, 10-20 a
minute at rest (Bentivoglio et al. 1997); syllables come at 3-5 Hz. Time is seconds of the recording.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

import numpy as np

from peea.synthetic.expression import Expression
from peea.synthetic.expressions import Confounder, PainStyle, draw_pain_style, pain_actions, two_sided
from peea.synthetic.seeds import generator

BLINKS_A_MINUTE: Final = (10.0, 20.0)
BLINK_S: Final = (0.15, 0.40)
LATENCY_S: Final = 0.12
"""Largest delay between the first and the last action of one pain expression."""
TREMOR: Final = 0.05
"""Tremor of a held action as a share of its intensity."""


def smooth_rise(x: float) -> float:
    """Rise from 0 at x = 0 to 1 at x = 1 without a corner; flat outside."""
    x = min(1.0, max(0.0, x))
    return x * x * (3 - 2 * x)


@dataclass(frozen=True)
class Envelope:
    """Onset, apex and offset of one movement.

    Attributes:
        start_s: when it begins; onset_s, apex_s, offset_s: how long it rises, holds and falls.
    """

    start_s: float
    onset_s: float
    apex_s: float
    offset_s: float

    @property
    def end_s(self) -> float:
        return self.start_s + self.onset_s + self.apex_s + self.offset_s

    def at(self, time_s: float) -> float:
        """Return the share of the full movement, 0-1."""
        since = time_s - self.start_s
        if since <= 0 or time_s >= self.end_s:
            return 0.0
        falling = since - self.onset_s - self.apex_s
        return smooth_rise(since / self.onset_s) if falling <= 0 else 1 - smooth_rise(falling / self.offset_s)


@dataclass(frozen=True)
class Pain:
    """A bout of pain.

    Attributes:
        pspi: at its apex, 0-16.
        start_s, onset_s, apex_s, offset_s: see `Envelope`; onset is fast (0.3-1 s), offset slower.
    """

    pspi: float
    start_s: float
    onset_s: float = 0.7
    apex_s: float = 3.0
    offset_s: float = 1.5

    @property
    def envelope(self) -> Envelope:
        return Envelope(self.start_s, self.onset_s, self.apex_s, self.offset_s)


@dataclass(frozen=True)
class NoPain:
    """A bout of something that is not pain.

    Attributes:
        confounder: what it is; strength: 0-5.
        start_s, onset_s, apex_s, offset_s: see `Envelope`.
    """

    confounder: Confounder
    start_s: float
    apex_s: float
    strength: float = 3.0
    onset_s: float = 0.7
    offset_s: float = 1.0

    @property
    def envelope(self) -> Envelope:
        return Envelope(self.start_s, self.onset_s, self.apex_s, self.offset_s)

    def actions(self, time_s: float, phase: float) -> dict[str, float]:
        """Return what the face does at this time; `phase` (0-1) makes two speakers differ."""
        share = self.envelope.at(time_s)
        full = self.strength
        if self.confounder is Confounder.SMILE:
            return {
                "AU12": share * full,
                "AU6": 0.8 * share * full,
                "AU25": 0.6 * share * full,
                "AU7": 0.2 * share * full,
            }
        if self.confounder is Confounder.SPEECH:
            beat = 2 * np.pi * (time_s + phase)
            open_mouth = 0.5 + 0.5 * np.sin(3.9 * beat) * np.sin(0.83 * beat + 1.0)
            wide, round_mouth = np.sin(1.7 * beat), np.sin(1.31 * beat + 2.0)
            pause = smooth_rise(2.5 * (np.sin(0.29 * beat) + 0.85))  # a breath between phrases
            mouth = share * pause * full / 3.0
            return {
                "AU25": 2.8 * mouth * open_mouth,
                "AU26": 2.0 * mouth * open_mouth**1.5,
                "AU20": 1.4 * mouth * max(0.0, wide),
                "AU18": 1.8 * mouth * max(0.0, round_mouth) * (1 - open_mouth),
                "AU1": 0.8 * mouth * max(0.0, np.sin(0.41 * beat)),
                "AU2": 0.8 * mouth * max(0.0, np.sin(0.41 * beat)),
            }
        if self.confounder is Confounder.YAWN:
            return {
                "AU26": share * full,
                "AU25": 0.8 * share * full,
                "AU43": smooth_rise(1.6 * share - 0.4),
                "AU1": 0.3 * share * full,
            }
        if self.confounder is Confounder.SLEEP:
            return {"AU43": share, "AU25": 0.25 * share * full, "AU26": 0.2 * share * full}
        if self.confounder is Confounder.SQUINT:
            return {"AU7": 1.4 * share, "AU6": 0.9 * share, "AU43": 0.33 * share}
        if self.confounder is Confounder.RAISED_BROWS:
            return {"AU1": share * full, "AU2": share * full, "AU5": 0.3 * share * full}
        return {
            "AU20": share * full,
            "AU15": 0.7 * share * full,
            "AU25": 0.6 * share * full,
            "AU17": 0.4 * share * full,
        }


@dataclass(frozen=True)
class HeadTurn:
    """The head turns away, stays and comes back. Angles in degrees on top of the resting pose."""

    start_s: float
    hold_s: float
    yaw_deg: float
    pitch_deg: float = 0.0
    roll_deg: float = 0.0
    turn_s: float = 0.8

    @property
    def envelope(self) -> Envelope:
        return Envelope(self.start_s, self.turn_s, self.hold_s, self.turn_s)


@dataclass(frozen=True)
class LookAway:
    """The eyes, not the head, look elsewhere: gaze in radians (left, up)."""

    start_s: float
    hold_s: float
    gaze: tuple[float, float]

    @property
    def envelope(self) -> Envelope:
        return Envelope(self.start_s, 0.12, self.hold_s, 0.12)


@dataclass(frozen=True)
class Absence:
    """The patient leaves the picture sideways and comes back (or the bed is empty for `away_s`)."""

    start_s: float
    away_s: float
    move_s: float = 1.2
    towards: float = 1.0

    @property
    def envelope(self) -> Envelope:
        return Envelope(self.start_s, self.move_s, self.away_s, self.move_s)


@dataclass(frozen=True)
class HandPass:
    """A hand passes over the face from one side to the other, lingering `hold_s` in the middle."""

    start_s: float
    hold_s: float = 0.3
    move_s: float = 0.8
    height: float = 0.0

    @property
    def end_s(self) -> float:
        return self.start_s + self.hold_s + 2 * self.move_s

    def position(self, time_s: float) -> float | None:
        """Return -1 (outside, below) to 0 (over the face) to 1 (gone), or None when there is no hand."""
        if not self.start_s <= time_s < self.end_s:
            return None
        since = time_s - self.start_s
        if since < self.move_s:
            return smooth_rise(since / self.move_s) - 1
        return smooth_rise((since - self.move_s - self.hold_s) / self.move_s)


@dataclass(frozen=True)
class Visitor:
    """A second person steps in beside the patient and leaves again; `side` -1 is the picture's left."""

    start_s: float
    stay_s: float
    side: float = 1.0
    move_s: float = 1.2

    @property
    def envelope(self) -> Envelope:
        return Envelope(self.start_s, self.move_s, self.stay_s, self.move_s)


Event = Pain | NoPain | HeadTurn | LookAway | Absence | HandPass | Visitor


@dataclass(frozen=True)
class CourseMoment:
    """The patient at one time of a course.

    Attributes:
        expression: action units and gaze.
        yaw_deg, pitch_deg, roll_deg: on top of the resting pose.
        shift: (x, y) of the head from its resting place, in face heights.
        away: 0 at rest to 1 wholly out of the picture; away_towards: -1 left, 1 right.
        hand: position of a passing hand, see `HandPass.position`, or None; hand_height: in face heights above centre.
        visitor: 0 not there to 1 beside the patient; visitor_side: -1 left, 1 right.
        confounder: the strongest thing going on that is not pain, or None.
    """

    expression: Expression
    yaw_deg: float
    pitch_deg: float
    roll_deg: float
    shift: tuple[float, float]
    away: float
    away_towards: float
    hand: float | None
    hand_height: float
    visitor: float
    visitor_side: float
    confounder: Confounder | None


@dataclass(frozen=True)
class Course:
    """What one patient does over a recording. Every value follows from the events and the seed.

    Attributes:
        duration_s: length of the recording.
        events: what happens, in any order.
        seed: of the person's style of pain, blinks, sway and tremor.
        restlessness: size of the head's own sway, 1 is usual.
    """

    duration_s: float
    events: Sequence[Event]
    seed: int
    restlessness: float = 1.0
    style: PainStyle | None = None
    blinks: bool = field(default=True)

    @cached_property
    def _style(self) -> PainStyle:
        return self.style or draw_pain_style(generator(self.seed, 1))

    @cached_property
    def _delays(self) -> Mapping[str, float]:
        rng = generator(self.seed, 2)
        names = sorted(pain_actions(14.0, self._style))
        return dict(zip(names, rng.uniform(0, LATENCY_S, len(names)), strict=True))

    @cached_property
    def _waves(self) -> np.ndarray:
        """Frequencies (Hz) and phases of slow sway (rows 0-5) and tremor (row 6)."""
        rng = generator(self.seed, 3)
        frequency = np.vstack([rng.uniform(0.05, 0.35, (6, 3)), rng.uniform(2.0, 5.0, (1, 3))])
        return np.stack([frequency, rng.uniform(0, 2 * np.pi, (7, 3))], axis=-1)

    @cached_property
    def blink_times(self) -> tuple[tuple[float, float], ...]:
        """Start and length in seconds of every blink."""
        rng = generator(self.seed, 4)
        rate = rng.uniform(*BLINKS_A_MINUTE) / 60
        times, now = [], 0.0
        while self.blinks:
            now += 0.6 + rng.exponential(max(0.1, 1 / rate - 0.6))
            if now >= self.duration_s:
                break
            times.append((float(now), float(rng.uniform(*BLINK_S))))
        return tuple(times)

    def at(self, time_s: float) -> CourseMoment:
        """Return the patient at this time."""
        actions: dict[str, float] = {}
        for event in self.events:
            if isinstance(event, Pain):
                _keep_larger(actions, self._pain(event, time_s))
            elif isinstance(event, NoPain):
                _keep_larger(actions, event.actions(time_s, (self.seed % 97) / 97))
        tremble = 1 + TREMOR * self._wave(6, time_s)
        actions = {name: value if name == "AU43" else value * tremble for name, value in actions.items()}
        blink = max((_blink(time_s - start, length) for start, length in self.blink_times), default=0.0)
        actions["AU43"] = max(actions.get("AU43", 0.0), blink)
        gaze = [0.05 * self._wave(0, time_s), 0.03 * self._wave(1, time_s)]
        turn = np.zeros(3)
        for event in self.events:
            if isinstance(event, HeadTurn):
                turn += event.envelope.at(time_s) * np.array([event.yaw_deg, event.pitch_deg, event.roll_deg])
            elif isinstance(event, LookAway):
                share = event.envelope.at(time_s)
                gaze = [gaze[0] + share * event.gaze[0], gaze[1] + share * event.gaze[1]]
        pain = sum(actions.get(name, 0.0) for name in ("AU4", "AU9")) / 10
        sway = self.restlessness * np.array(
            [4.0 * self._wave(2, time_s), 2.0 * self._wave(3, time_s), 1.5 * self._wave(4, time_s)]
        )
        sway += pain * np.array([3.0, -3.0, 2.0]) * self._wave(5, 2.5 * time_s)
        breath = 0.006 * float(np.sin(2 * np.pi * 0.27 * time_s))
        shift = (
            0.02 * self.restlessness * self._wave(5, time_s),
            0.012 * self.restlessness * self._wave(0, time_s) + breath,
        )
        hand, hand_height = self._hand(time_s)
        away, towards = _strongest(self.events, Absence, time_s)
        visitor, side = _strongest(self.events, Visitor, time_s)
        return CourseMoment(
            expression=two_sided(actions, self._style.weaker_side, self._style.asymmetry, (gaze[0], gaze[1])),
            yaw_deg=float(sway[0] + turn[0]),
            pitch_deg=float(sway[1] + turn[1]),
            roll_deg=float(sway[2] + turn[2]),
            shift=shift,
            away=away,
            away_towards=towards,
            hand=hand,
            hand_height=hand_height,
            visitor=visitor,
            visitor_side=side,
            confounder=self._confounder(time_s),
        )

    def _pain(self, event: Pain, time_s: float) -> dict[str, float]:
        full = pain_actions(event.pspi, self._style)
        return {name: value * event.envelope.at(time_s - self._delays.get(name, 0.0)) for name, value in full.items()}

    def _confounder(self, time_s: float) -> Confounder | None:
        """A bout that is not pain counts where it is stronger than any pain."""
        pain = max((e.envelope.at(time_s) * e.pspi / 16 for e in self.events if isinstance(e, Pain)), default=0.0)
        bouts = [(e.envelope.at(time_s) * e.strength / 5, e.confounder) for e in self.events if isinstance(e, NoPain)]
        strength, name = max(bouts, default=(0.0, None), key=lambda bout: bout[0])
        return name if strength > pain else None

    def _hand(self, time_s: float) -> tuple[float | None, float]:
        for event in self.events:
            if isinstance(event, HandPass) and (position := event.position(time_s)) is not None:
                return position, event.height
        return None, 0.0

    def _wave(self, row: int, time_s: float) -> float:
        """A slow, irregular swing of about -1 to 1."""
        frequency, phase = self._waves[row, :, 0], self._waves[row, :, 1]
        return float(np.sin(2 * np.pi * frequency * time_s + phase).sum() / 1.8)


def _keep_larger(actions: dict[str, float], more: Mapping[str, float]) -> None:
    for name, value in more.items():
        actions[name] = max(actions.get(name, 0.0), float(value))


def _strongest(events: Sequence[Event], kind: type[Absence] | type[Visitor], time_s: float) -> tuple[float, float]:
    found = [event for event in events if isinstance(event, kind)]
    sides = [event.towards if isinstance(event, Absence) else event.side for event in found]
    return max(((e.envelope.at(time_s), side) for e, side in zip(found, sides, strict=True)), default=(0.0, 1.0))


def _blink(since_s: float, length_s: float) -> float:
    """Lids close in a third of a blink, and open in the rest."""
    if not 0 <= since_s < length_s:
        return 0.0
    share = since_s / length_s
    return smooth_rise(share * 3.0) if share < 1 / 3 else 1 - smooth_rise((share - 0.45) / 0.55)
