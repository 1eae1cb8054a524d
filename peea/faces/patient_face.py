"""The step Frame -> Sighting: find the patient's face or follow it, normalise it, judge it.

One `FaceFinder` belongs to one recording or camera, since it remembers who the patient is; the networks behind it are
shared by all and may be used from several threads at once.
"""

from __future__ import annotations

import logging
import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from peea.faces.covering import covered
from peea.faces.detection import check_image, find_faces, refine
from peea.faces.dim_light import brighten, even, gain_for
from peea.faces.face import Detection, Face, Problem, Sighting
from peea.faces.normalisation import LandmarksError, normalise
from peea.faces.quality import face_brightness, judge, luma
from peea.faces.rules import FaceRules
from peea.faces.tracking import PatientTrack
from peea.frames import Frame

_log = logging.getLogger(__name__)

_BRIGHTNESS_STEP_PX: Final = 4
"""Every fourth pixel each way is enough to know how bright a frame is."""


@dataclass(frozen=True)
class _Look:
    """How a frame is looked at: as recorded, brightened by a gain over 1, or with its light evened."""

    gain: float = 1.0
    evened: bool = False


_AS_RECORDED: Final = _Look()


@dataclass(frozen=True, eq=False)
class _Found:
    """The patient's face, how the frame was looked at, the copy in which it was seen, and whether by a full search."""

    detection: Detection
    look: _Look
    seen: np.ndarray
    searched: bool


class FaceFinder:
    """Finds the patient's face in each frame of one recording, frames in order of time.

    Args:
        rules: thresholds; the defaults if None.
        second_look: look once more at frames without a face, and brighten dark faces. Off only to measure what it does.

    Attributes:
        full_searches: frames so far in which the whole picture was searched; the others were only followed.
    """

    def __init__(self, rules: FaceRules | None = None, second_look: bool = True) -> None:
        self._rules = rules or FaceRules()
        self._looks_twice = second_look
        self._track = PatientTrack(self._rules.tracking)
        self._searched_s: float | None = None
        self._confirmed_s: float | None = None
        self._second_look_helped = False
        self._covered = (-math.inf, 1.0)
        self._others = 0
        self.full_searches = 0

    def find(self, frame: Frame) -> Sighting:
        """Return what is seen of the patient in a frame; frames must come in order of time.

        Raises:
            ValueError: the image is not (height, width, 3) uint8.
        """
        check_image(frame.image)
        frame_brightness = float(luma(frame.image[::_BRIGHTNESS_STEP_PX, ::_BRIGHTNESS_STEP_PX]).mean())
        dark = frame_brightness < self._rules.dim.dim_below
        second_look = self._second_look(frame_brightness, dark)
        found = self._follow(frame, second_look)
        if found is None and not self._idle(frame.time_s):
            found = self._search(frame, second_look)
        if found is not None:
            return self._sighting(frame, found, dark)
        return Sighting(
            face=None,
            problems=(Problem.TOO_DARK if dark else Problem.NO_FACE,),
            brightness=frame_brightness,
            dim=second_look.gain > 1,
            gain=second_look.gain,
            other_faces=self._others,
        )

    def _second_look(self, frame_brightness: float, dark: bool) -> _Look:
        if not self._looks_twice:
            return _AS_RECORDED
        rules = self._rules.dim
        gain = gain_for(frame_brightness, rules.brightened_to, rules.highest_gain)
        return _Look(gain=gain) if dark and gain >= rules.least_gain else _Look(evened=True)

    def _looked_at(self, image: np.ndarray, look: _Look) -> np.ndarray:
        rules = self._rules.dim
        if look.evened:
            return even(image, rules.evened_contrast, rules.evened_tiles)
        if look.gain > 1:
            return brighten(image, look.gain, rules.search_smoothing * max(image.shape[:2]))
        return image

    def _idle(self, time_s: float) -> bool:
        """True if nobody has been there for a while and the last search was only a moment ago."""
        rules = self._rules.tracking
        if self._searched_s is None or not 0 <= time_s - self._searched_s < rules.idle_search_s:
            return False
        patient = self._track.patient
        return patient is None or time_s - patient.time_s > rules.least_absence_s

    def _follow(self, frame: Frame, second_look: _Look) -> _Found | None:
        """Look for the patient only around the last place; None if that will not do for this frame."""
        rules = self._rules.tracking
        patient = self._track.patient
        if patient is None or self._searched_s is None:
            return None
        due = frame.time_s - self._searched_s >= rules.full_search_s
        if due or frame.time_s < patient.time_s or patient.time_s < self._searched_s or self._track.visitor_close:
            return None
        look = second_look if self._second_look_helped else _AS_RECORDED
        return self._followed(self._looked_at(frame.image, look), frame.time_s, look)

    def _followed(self, image: np.ndarray, time_s: float, look: _Look) -> _Found | None:
        rules = self._rules
        patient = self._track.patient
        if patient is None:
            return None
        try:
            face = refine(image, patient.detection, rules.detection, rules.tracking.widening)
        except LandmarksError as error:
            _log.info("the face followed came apart (%s)", error)
            return None
        if face.confidence < rules.tracking.followed_confidence or not self._track.follow(face, time_s):
            return None
        self._second_look_helped = look != _AS_RECORDED
        return _Found(face, look, image, searched=False)

    def _search(self, frame: Frame, second_look: _Look) -> _Found | None:
        """Search the whole frame; if the patient is not seen, search it once more in the copy for the second look.

        While the second look is the one that helps, it comes first.
        """
        self.full_searches += 1
        self._searched_s = frame.time_s
        height, width = frame.image.shape[:2]
        looks = [_AS_RECORDED] if second_look == _AS_RECORDED else [_AS_RECORDED, second_look]
        for look in reversed(looks) if self._second_look_helped else looks:
            image = self._looked_at(frame.image, look)
            faces = find_faces(image, self._rules.detection)
            chosen = self._track.choose(faces, frame.time_s, (width, height))
            self._others = len(faces) - (chosen is not None)
            if chosen is not None:
                self._confirmed_s = frame.time_s
                self._second_look_helped = look != _AS_RECORDED
                return _Found(chosen, look, image, searched=True)
            confirmed_s = -math.inf if self._confirmed_s is None else self._confirmed_s
            still_trusted = frame.time_s - confirmed_s <= self._rules.tracking.unconfirmed_s
            if still_trusted and not self._track.visitor_close:
                followed = self._followed(image, frame.time_s, look)
                if followed is not None:
                    return followed
        self._second_look_helped = False
        return None

    def _covered_by(self, found: _Found, time_s: float) -> float:
        """Return how much speaks for something covering the face, now or, plainly free and followed, a moment ago."""
        rules = self._rules.quality
        checked_s, value = self._covered
        recent = 0 <= time_s - checked_s < rules.cover_check_s
        if found.searched or not recent or value > rules.plainly_free:
            self._covered = (time_s, covered(found.seen, found.detection.landmarks))
        return self._covered[1]

    def _sighting(self, frame: Frame, found: _Found, dark: bool) -> Sighting:
        """Normalise and judge a face; one in the dark is brightened by what it needs."""
        rules, image = self._rules, frame.image
        margin = rules.normalisation.margin
        height, width = image.shape[:2]
        crop = normalise(image, found.detection.landmarks, rules.normalisation.crop_px, margin)
        brightness = face_brightness(crop, margin)
        gain = 1.0
        black = (dark and brightness < rules.dim.dim_face_below) or brightness < rules.dim.black_face_below
        if black and self._looks_twice:
            gain = gain_for(brightness, rules.dim.brightened_to, rules.dim.highest_gain)
            crop = brighten(crop, gain, rules.dim.crop_smoothing * crop.shape[0])
        gain = max(gain, found.look.gain)
        quality = judge(
            found.detection,
            crop,
            (width, height),
            rules,
            brightness=brightness,
            covered=self._covered_by(found, frame.time_s),
            dim=gain > 1,
            gain=gain,
        )
        face = Face(detection=found.detection, crop=crop, quality=quality, other_faces=self._others)
        return Sighting(face, quality.problems, brightness, quality.dim, quality.gain, self._others)


def find_in_still(image: np.ndarray, rules: FaceRules | None = None) -> Sighting:
    """Return what is seen of the patient, the largest face near the middle, in a single picture.

    Args:
        image: (height, width, 3) uint8 RGB.
        rules: thresholds; the defaults if None.

    Raises:
        ValueError: the image has the wrong shape or type.
    """
    return FaceFinder(rules).find(Frame(0.0, image))
