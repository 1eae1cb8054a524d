"""Which moments of a recording are worth a rater's time: the apex of each stable episode, and some calm faces. Pure.

Two steps, since a recording is read once from front to back: `candidate_times` says from the assessment alone which
frames to look at, `chosen_key_frames` takes what was seen of them (`FrameLook`) and chooses. A frame that PEEA could
not grade is never proposed; how PEEA graded the others decides which are shown, but goes no further: raters are blind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import cv2
import numpy as np

from peea.assessment import Assessment, FrameRecord
from peea.faces import FaceRules
from peea.faces.normalisation import DEFAULT_MARGIN, FACE_SQUARE, LandmarksError, face_frame, normalise
from peea.faces.quality import face_brightness, inner_face, sharpness
from peea.frames import Frame
from peea.rating.rules import KeyFrameRules
from peea.scales import Grade, pspi

LOOKED_AT: Final = 8
"""Frames of an episode that are looked at, so that a blurred one can be passed over."""

_COMPARED_PX: Final = 64
"""Side of the normalised faces that are compared: finer differences are noise of the camera."""


class KeyFrameKind(StrEnum):
    """Why a moment was proposed."""

    APEX = "apex"
    CALM = "calm"


@dataclass(frozen=True)
class Candidate:
    """A moment that could become a key frame.

    Attributes:
        time_s: seconds of the recording.
        kind: why.
        strength: PEEA's estimate of the pain in it (PSPI, or expected grade where there are no actions).
        group: number of the episode; of each at most one becomes an apex.
        landmarks: five (x, y) in pixels of the frame.
    """

    time_s: float
    kind: KeyFrameKind
    strength: float
    group: int
    landmarks: tuple[tuple[float, float], ...]


@dataclass(frozen=True, eq=False)
class FrameLook:
    """What was seen of a candidate.

    Attributes:
        candidate: which.
        sharpness: 0-1, see `peea.faces.quality.sharpness`.
        brightness: mean luma of the face, 0-255.
        face: (64, 64) float32 luma of the normalised face, 0-1, evened in brightness; for comparing.
        picture: (side, side, 3) uint8 RGB: the face with its surroundings, as it would be kept.
    """

    candidate: Candidate
    sharpness: float
    brightness: float
    face: np.ndarray
    picture: np.ndarray


@dataclass(frozen=True, eq=False)
class KeyFrame:
    """A moment proposed to raters, with its picture."""

    time_s: float
    kind: KeyFrameKind
    picture: np.ndarray


def candidates(assessment: Assessment, rules: KeyFrameRules) -> list[Candidate]:
    """Return the moments to look at, by episode in order of time.

    Of each stable episode of pain the strongest frames, of each calm one frames spread over it.
    """
    usable = [each for each in assessment.frames if each.probabilities is not None and each.landmarks and not each.dim]
    found: list[Candidate] = []
    for group, episode in enumerate(assessment.timeline.episodes):
        frames = [each for each in usable if episode.start_s <= each.time_s < episode.end_s]
        if not frames:
            continue
        if episode.grade is Grade.NO_PAIN:
            chosen, kind = _spread(frames, LOOKED_AT * max(1, rules.calm_frames)), KeyFrameKind.CALM
        else:
            strongest = max(strength(each) for each in frames)
            apex = [each for each in frames if strength(each) >= rules.apex_share * strongest]
            chosen, kind = _spread(apex, LOOKED_AT), KeyFrameKind.APEX
        found += [Candidate(each.time_s, kind, strength(each), group, each.landmarks or ()) for each in chosen]
    return found


def strength(frame: FrameRecord) -> float:
    """Return how much pain PEEA saw in a frame: the PSPI of its actions, or the expected grade without them."""
    if frame.actions is not None:
        return pspi(frame.actions)
    return sum(grade * share for grade, share in enumerate(frame.probabilities or ()))


def look_at(frame: Frame, candidate: Candidate, rules: KeyFrameRules, faces: FaceRules) -> FrameLook | None:
    """Return what a candidate's picture shows, or None if its landmarks are no face."""
    points = np.asarray(candidate.landmarks, np.float64)
    margin = faces.normalisation.margin
    try:
        crop = normalise(frame.image, points, faces.normalisation.crop_px, margin)
        picture = face_picture(frame.image, points, rules)
    except LandmarksError:
        return None
    return FrameLook(candidate, sharpness(crop, margin), face_brightness(crop, margin), _evened(crop), picture)


def looks_at(
    frames: Iterable[Frame],
    wanted: Sequence[Candidate],
    rules: KeyFrameRules,
    faces: FaceRules,
    progress: Callable[[float], None] | None = None,
) -> list[FrameLook]:
    """Return what the wanted moments of a recording show, reading it once; stops after the last one.

    Args:
        frames: in order of time, with the times of the assessment (half a millisecond off is the same frame).
        wanted: candidates of this recording.
        rules, faces: thresholds.
        progress: told the seconds that were read.
    """
    by_time = {round(each.time_s, 3): each for each in wanted}
    last = max(by_time, default=-1.0)
    seen = []
    for frame in frames:
        time_s = round(frame.time_s, 3)
        if time_s > last:
            break
        if progress is not None:
            progress(frame.time_s)
        wanted_here = by_time.get(time_s)
        look = None if wanted_here is None else look_at(frame, wanted_here, rules, faces)
        if look is not None:
            seen.append(look)
    return seen


def chosen_key_frames(looks: Sequence[FrameLook], rules: KeyFrameRules) -> list[KeyFrame]:
    """Return the key frames of a recording in order of time.

    Sharp and well lit ones only; of each episode of pain the sharpest; then calm ones, each as far in time as it can be
    from those chosen before; none nearly equal to another. The strongest come first where two are nearly equal.
    """
    clear = [
        each
        for each in looks
        if each.sharpness >= rules.least_sharpness and rules.darkest <= each.brightness <= rules.brightest
    ]
    chosen: list[FrameLook] = []

    def take(look: FrameLook) -> bool:
        if any(difference(look.face, other.face) < rules.least_difference for other in chosen):
            return False
        chosen.append(look)
        return True

    apexes = [each for each in clear if each.candidate.kind is KeyFrameKind.APEX]
    groups: Mapping[int, list[FrameLook]] = {
        group: [each for each in apexes if each.candidate.group == group]
        for group in dict.fromkeys(each.candidate.group for each in apexes)
    }
    for group in sorted(groups, key=lambda one: -max(each.candidate.strength for each in groups[one])):
        next(filter(take, sorted(groups[group], key=lambda each: -each.sharpness)), None)
    calm = [each for each in clear if each.candidate.kind is KeyFrameKind.CALM]
    taken = 0
    while calm and taken < rules.calm_frames:
        of_calm = [each for each in chosen if each.candidate.kind is KeyFrameKind.CALM]

        def remoteness(look: FrameLook, others: Sequence[FrameLook] = tuple(of_calm)) -> tuple[float, float]:
            apart = min((abs(look.candidate.time_s - other.candidate.time_s) for other in others), default=0.0)
            return apart, look.sharpness

        best = max(calm, key=remoteness)
        calm.remove(best)
        taken += take(best)
    return [
        KeyFrame(each.candidate.time_s, each.candidate.kind, each.picture)
        for each in sorted(chosen, key=lambda one: one.candidate.time_s)
    ]


def propose_key_frames(
    assessment: Assessment,
    frames: Iterable[Frame],
    rules: KeyFrameRules | None = None,
    faces: FaceRules | None = None,
    progress: Callable[[float], None] | None = None,
) -> list[KeyFrame]:
    """Return the key frames of an assessed recording, in order of time; maybe none.

    Args:
        assessment: of this recording.
        frames: the recording, from its beginning.
        rules, faces: thresholds; by default those that come with PEEA.
        progress: told the seconds that were read.
    """
    rules, faces = rules or KeyFrameRules(), faces or FaceRules()
    return chosen_key_frames(looks_at(frames, candidates(assessment, rules), rules, faces, progress), rules)


def difference(one: np.ndarray, other: np.ndarray) -> float:
    """Return the mean difference of two evened faces within the face, 0-1."""
    inside = inner_face(_COMPARED_PX, DEFAULT_MARGIN)
    return float(np.abs(one - other)[inside].mean())


def face_picture(image: np.ndarray, landmarks: np.ndarray, rules: KeyFrameRules) -> np.ndarray:
    """Return the upright square around a face, `picture_width` times the face's square, cut at the picture's edge.

    Raises:
        LandmarksError: the landmarks are no face.
    """
    centre, unit, _ = face_frame(landmarks)
    half = FACE_SQUARE * unit * rules.picture_width / 2
    height, width = image.shape[:2]
    x0, y0 = max(0, round(centre[0] - half)), max(0, round(centre[1] - half))
    x1, y1 = min(width, round(centre[0] + half)), min(height, round(centre[1] + half))
    if x1 <= x0 or y1 <= y0:
        raise LandmarksError("the face lies outside the picture")
    part = image[y0:y1, x0:x1]
    scale = rules.most_px / max(part.shape[:2])
    if scale < 1:
        part = cv2.resize(part, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return np.ascontiguousarray(part)


def _evened(crop: np.ndarray) -> np.ndarray:
    """The crop's luma at the size of comparison, its mean brought to the middle: light alone makes no difference."""
    small = cv2.resize(
        cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY), (_COMPARED_PX, _COMPARED_PX), interpolation=cv2.INTER_AREA
    )
    grey = small.astype(np.float32) / 255
    return grey - float(grey[inner_face(_COMPARED_PX, DEFAULT_MARGIN)].mean()) + 0.5


def _spread(frames: Sequence[FrameRecord], count: int) -> list[FrameRecord]:
    """Return up to `count` frames spread evenly over those given."""
    if len(frames) <= count:
        return list(frames)
    places = np.linspace(0, len(frames) - 1, count).round().astype(int)
    return [frames[place] for place in dict.fromkeys(places.tolist())]
