"""Pictures of a live recording that may become key frames, held until it ends: only where the patient has consented.

A recording in a file can be read again once it is graded; what a camera showed is gone. So a picture of the face is
held a few times a second, and at the end the same rules choose among them that choose from a file.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from peea.assessment import Assessment, FrameRecord
from peea.faces import FaceRules
from peea.frames import Frame
from peea.rating.key_frames import (
    Candidate,
    FrameLook,
    KeyFrame,
    KeyFrameKind,
    candidates,
    chosen_key_frames,
    look_at,
)
from peea.rating.rules import KeyFrameRules

HELD_EVERY_S: Final = 0.25
"""Seconds between two pictures that are held: an expression that counts lasts longer, and a recording of 25 s holds 100
pictures of some 300 px, 30 MB, until it ends."""

MOST_HELD: Final = 200
"""Pictures held at most; later ones are left out."""


class HeldPictures:
    """The pictures of one recording; given to `LiveSession.start` as `keep_picture`.

    Args:
        rules: which moments become key frames.
        faces: how a face is normalised, to compare them.
    """

    def __init__(self, rules: KeyFrameRules, faces: FaceRules) -> None:
        self._rules, self._faces = rules, faces
        self._looks: dict[float, FrameLook] = {}
        self._last_s: float | None = None

    def __len__(self) -> int:
        return len(self._looks)

    def __call__(self, record: FrameRecord, image: np.ndarray) -> None:
        """Hold the face in a graded frame, unless one was held just before.

        Args:
            record: of the frame, with its time in the recording.
            image: (height, width, 3) uint8 RGB.
        """
        recent = self._last_s is not None and record.time_s - self._last_s < HELD_EVERY_S
        if recent or record.landmarks is None or len(self._looks) >= MOST_HELD:
            return
        # What it may stand for is known once the recording has ended.
        candidate = Candidate(record.time_s, KeyFrameKind.CALM, 0.0, 0, record.landmarks)
        look = look_at(Frame(record.time_s, image), candidate, self._rules, self._faces)
        if look is not None:
            self._looks[record.time_s] = look
            self._last_s = record.time_s

    def key_frames(self, assessment: Assessment) -> list[KeyFrame]:
        """Return the key frames of the recording, in order of time, and forget all pictures.

        Args:
            assessment: of the same recording.
        """
        held = replace(assessment, frames=tuple(one for one in assessment.frames if one.time_s in self._looks))
        wanted = candidates(held, self._rules)
        looks = [replace(self._looks[each.time_s], candidate=each) for each in wanted]
        self._looks.clear()
        return chosen_key_frames(looks, self._rules)
