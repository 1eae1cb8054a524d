"""Which of the faces in a frame is the patient's, and that it stays the same person. Pure but for its memory.

No face is recognised: PEEA stores no biometric template, so place, size and time decide.

1. The first patient is the largest face near the middle (`first_choice`).
2. From then on the patient is the face that continues the last sighting: moved by less than `TrackingRules.shift` face
   widths (more, the longer ago that was) and alike in size. All other faces are visitors and are followed likewise;
   each face continues the track that it fits best. So a visitor does not take over while the patient is there, however
   large, nor by stepping in front of the patient.
3. If the patient is gone, nobody is the patient until a face comes back to that place and size, or until the absence
   has lasted `absence_s`; then rule 1 chooses anew among all faces. A face that was seen beside the patient cannot come
   back as the patient; one that appeared in the meantime can, wherever in the picture it came in.

The limit of it: a visitor who was not seen before and sits down in the patient's place within that time is taken for
the patient, and a patient who comes back elsewhere is not graded until it has passed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from peea.faces.face import Detection
from peea.faces.rules import TrackingRules


@dataclass(frozen=True, eq=False)
class Sighted:
    """Where somebody's face was last seen.

    Attributes:
        detection: the face.
        time_s: when.
        since_s: since when it has been followed.
        beside: it was seen at the same time as the patient's face (or is that face), so that it is somebody else's.
    """

    detection: Detection
    time_s: float
    since_s: float
    beside: bool = True


def width(face: Detection) -> float:
    """Return the width of a face's box in pixels."""
    return float(face.box[2] - face.box[0])


def middle(face: Detection) -> tuple[float, float]:
    """Return x, y of the middle of a face's box."""
    return float(face.box[0] + face.box[2]) / 2, float(face.box[1] + face.box[3]) / 2


def shift_in_widths(before: Detection, after: Detection) -> float:
    """Return how far a face moved, in widths of its box before."""
    return math.dist(middle(before), middle(after)) / width(before)


def continues(before: Sighted, face: Detection, time_s: float, rules: TrackingRules) -> bool:
    """Tell whether a face can be the one seen before, by place and size."""
    gap_s = max(0.0, time_s - before.time_s)
    farthest = min(rules.shift + rules.shift_a_second * gap_s, rules.longest_shift)
    ratio = width(face) / width(before.detection)
    alike = 1 / rules.size_ratio <= ratio <= rules.size_ratio
    return alike and shift_in_widths(before.detection, face) <= farthest


def first_choice(faces: Sequence[Detection], frame_size: tuple[int, int], rules: TrackingRules) -> Detection | None:
    """Return the largest face near the middle: its width, reduced by `middle_weight` towards the frame's corners."""
    half_diagonal = math.hypot(*frame_size) / 2
    centre = (frame_size[0] / 2, frame_size[1] / 2)

    def score(face: Detection) -> float:
        aside = min(1.0, math.dist(middle(face), centre) / half_diagonal)
        return width(face) * (1 - rules.middle_weight * aside)

    return max(faces, key=score, default=None)


class PatientTrack:
    """Memory of one recording: the patient's last place and the visitors'."""

    def __init__(self, rules: TrackingRules) -> None:
        self._rules = rules
        self.patient: Sighted | None = None
        self.visitors: list[Sighted] = []

    def choose(self, faces: Sequence[Detection], time_s: float, frame_size: tuple[int, int]) -> Detection | None:
        """Take in all faces of a frame (width, height in pixels) and return the patient's, or None if it is gone."""
        self.visitors = [one for one in self.visitors if time_s - one.time_s <= self._rules.visitor_s]
        if self.patient is not None and time_s - self.patient.time_s > self._absence_allowed_s():
            self.patient = None
            self.visitors = []
        if self.patient is None:
            chosen = first_choice(faces, frame_size, self._rules)
            if chosen is not None:
                self.patient = Sighted(chosen, time_s, time_s)
            self.visitors = [Sighted(face, time_s, time_s) for face in faces if face is not chosen]
            return chosen
        return self._continued(faces, time_s, self.patient)

    def follow(self, face: Detection, time_s: float) -> bool:
        """Take in the patient's face as followed from the last frame; False if it cannot be the same face."""
        if self.patient is None or not continues(self.patient, face, time_s, self._rules):
            return False
        self.patient = Sighted(face, time_s, self.patient.since_s)
        return True

    @property
    def visitor_close(self) -> bool:
        """True if another face is so near the patient's that one could be taken for the other."""
        return self.patient is not None and any(
            shift_in_widths(self.patient.detection, visitor.detection) <= self._rules.close for visitor in self.visitors
        )

    def _absence_allowed_s(self) -> float:
        """Return how long the patient's place is kept: as long as the face had been followed, within limits."""
        if self.patient is None:
            return 0.0
        followed_s = self.patient.time_s - self.patient.since_s
        return min(max(followed_s, self._rules.least_absence_s), self._rules.absence_s)

    def _continued(self, faces: Sequence[Detection], time_s: float, patient: Sighted) -> Detection | None:
        """Give each face to the track that it fits best, first to the patient and those seen beside the patient.

        A track fits the less, the farther the face is from its last place and the longer ago that was: a visitor seen
        a moment ago who now stands where the patient was is still the visitor.
        """
        tracks = [patient, *self.visitors]

        def misfit(track: Sighted, face: Detection) -> float:
            return shift_in_widths(track.detection, face) + self._rules.misfit_a_second * (time_s - track.time_s)

        fits = sorted(
            (not track.beside, misfit(track, face), place, number)
            for place, track in enumerate(tracks)
            for number, face in enumerate(faces)
            if continues(track, face, time_s, self._rules)
        )
        taken: dict[int, int] = {}
        for _, _, place, number in fits:
            if place not in taken and number not in taken.values():
                taken[place] = number
        chosen = faces[taken[0]] if 0 in taken else None
        visitors = []
        for place, visitor in enumerate(self.visitors, start=1):
            if place in taken:
                beside = visitor.beside or chosen is not None
                visitors.append(Sighted(faces[taken[place]], time_s, visitor.since_s, beside))
            elif visitor.beside or chosen is None:
                visitors.append(visitor)
        newcomers = set(range(len(faces))) - set(taken.values())
        visitors += [Sighted(faces[number], time_s, time_s, chosen is not None) for number in sorted(newcomers)]
        self.visitors = visitors
        if chosen is not None:
            self.patient = Sighted(chosen, time_s, patient.since_s)
        return chosen
