"""A patient in a ward as light on the sensor: background, head, contact shadow, a second person, a hand in front."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from peea.synthetic.hand import HandPose, paint_hand
from peea.synthetic.lights import STILL_LIGHT_SHARES, Illumination, LightLevel, draw_illumination
from peea.synthetic.view import Rendering, View
from peea.synthetic.ward import FACE_CM, WardPlan, draw_ward, paint_ward

LYING_SHARE: Final = 0.55
"""Share of patients who lie flat; hip-fracture patients mostly do."""

LARGEST_YAW_DEG: Final = 35.0
LARGEST_PITCH_DEG: Final = 20.0
LARGEST_ROLL_DEG: Final = 25.0

HAND_HIDES_FROM: Final = 0.5
"""Coverage of a hand from which the landmark under it counts as hidden."""


class RenderingDefectError(RuntimeError):
    """A rendering holds pixels that are not numbers; it must be mended, not hidden."""


@dataclass(frozen=True)
class Scene:
    """One place: the ward and its light, without the patient."""

    illumination: Illumination
    ward: WardPlan

    @property
    def lying(self) -> bool:
        return self.ward.lying


@dataclass(frozen=True, eq=False)
class Composition:
    """The light of a whole picture, and what in it hides the face.

    Attributes:
        linear: (height, width, 3) float32 linear RGB.
        visible: (68,) bool, the head's own visibility less what a hand covers.
        occlusion: share of the face's area that a hand covers, 0-1.
    """

    linear: np.ndarray
    visible: np.ndarray
    occlusion: float


def draw_scene(rng: np.random.Generator, level: LightLevel | None = None, lying: bool | None = None) -> Scene:
    """Draw a place; the light and the posture can be fixed."""
    if level is None:
        levels = list(STILL_LIGHT_SHARES)
        level = levels[int(rng.choice(len(levels), p=list(STILL_LIGHT_SHARES.values())))]
    if lying is None:
        lying = bool(rng.random() < LYING_SHARE)
    illumination = draw_illumination(rng, level)
    return Scene(illumination, draw_ward(rng, illumination, lying))


def draw_view(rng: np.random.Generator, lying: bool) -> View:
    """Draw a pose within the limits of the data set, mostly near frontal, and a distance (face 45-80 % of height)."""

    def within(largest: float, spread: float) -> float:
        # A quarter of the pictures spread evenly over the whole range, so that its ends are not rare.
        angle = rng.uniform(-largest, largest) if rng.random() < 0.25 else rng.normal(0, spread)
        return float(np.clip(angle, -largest, largest))

    face_height = rng.uniform(0.45, 0.80)
    room = max(0.0, (1 - face_height) / 2)
    return View(
        yaw_deg=within(LARGEST_YAW_DEG, 14),
        pitch_deg=within(LARGEST_PITCH_DEG, 8),
        roll_deg=within(LARGEST_ROLL_DEG, 11 if lying else 6),
        lying=lying,
        face_height=face_height,
        center=(0.5 + rng.normal(0, 0.05), 0.5 + float(np.clip(rng.normal(0, 0.04), -room, room))),
    )


def draw_hand(
    rng: np.random.Generator, view: View, lighting_skin: Sequence[float], width: int, height: int
) -> HandPose:
    """Draw a hand that covers part of the face: mouth, cheek, eyes or brow, from any side but mostly from below.

    Args:
        rng: random generator.
        view: where the face is.
        lighting_skin: linear RGB albedo of the person the hand belongs to.
        width, height: of the picture in pixels.
    """
    face = view.face_height * height
    angle = rng.normal(0, 50) if rng.random() < 0.75 else rng.uniform(-180, 180)
    target = (
        view.center[0] * width + rng.normal(0, 0.22) * face,
        view.center[1] * height + rng.uniform(-0.30, 0.42) * face,
    )
    length = hand_length_px(view, height) * rng.uniform(0.92, 1.08)
    reach = rng.uniform(0.05, 0.40) * length
    return HandPose(
        center=(target[0] - reach * np.sin(np.radians(angle)), target[1] + reach * np.cos(np.radians(angle))),
        length_px=length,
        angle_deg=float(angle),
        spread=rng.uniform(0, 0.8),
        mirrored=bool(rng.random() < 0.5),
        skin=(float(lighting_skin[0]), float(lighting_skin[1]), float(lighting_skin[2])),
        sleeve=(rng.uniform(0.1, 0.8), rng.uniform(0.1, 0.8), rng.uniform(0.1, 0.8)),
    )


def hand_length_px(view: View, height: int) -> float:
    """Length in pixels of a hand held just in front of the face."""
    return 18.5 / FACE_CM * view.face_height * height * 1.08


def background(scene: Scene, view: View, width: int, height: int) -> np.ndarray:
    """Return the scene without the patient, (height, width, 3) linear RGB; the pillow lies where the head will."""
    return paint_ward(scene.ward, scene.illumination, width, height, view.face_height, view.center)


def compose(
    rendering: Rendering | None,
    behind: np.ndarray,
    scene: Scene,
    hand: HandPose | None = None,
    visitor: Rendering | None = None,
) -> Composition:
    """Put a head (or nobody) before its background, a visitor behind it and a hand before it.

    Args:
        rendering: the patient; None for an empty bed.
        behind: (height, width, 3) linear RGB background.
        scene: for its light and whether there is bedding for the head to shade.
        hand: a hand over the face, or None.
        visitor: another person's rendering, composed behind the patient.

    Raises:
        RenderingDefectError: a rendering holds pixels that are not numbers.
    """
    for person in (rendering, visitor):
        if person is not None and not np.isfinite(person.color).all():
            count = np.count_nonzero(~np.isfinite(person.color).all(axis=-1))
            raise RenderingDefectError(f"{count} pixels of a rendered head are not numbers; the renderer needs mending")
    height, width = behind.shape[:2]
    linear = behind.astype(np.float32).copy()
    if visitor is not None:
        linear = linear * (1 - visitor.alpha[..., None]) + visitor.color
    visible = np.zeros(68, bool)
    occlusion = 0.0
    if rendering is not None:
        if scene.ward.pillow is not None:
            linear *= _contact_shadow(rendering.alpha, 0.55 if scene.lying else 0.30)[..., None]
        linear = linear * (1 - rendering.alpha[..., None]) + rendering.color
        visible = rendering.visible.copy()
    if hand is not None:
        color, alpha = paint_hand(hand, scene.illumination.lighting, width, height)
        shade = cv2.GaussianBlur(alpha, (0, 0), 0.04 * hand.length_px)
        linear *= (1 - 0.45 * shade)[..., None]
        linear = linear * (1 - alpha[..., None]) + color
        if rendering is not None:
            visible &= ~hidden_by(alpha, rendering.landmarks)
            occlusion = covered_share(alpha, rendering.landmarks)
    return Composition(linear, visible, occlusion)


def hidden_by(alpha: np.ndarray, landmarks: np.ndarray) -> np.ndarray:
    """Return which landmarks, (n, 2) pixels, lie under the coverage (height, width); outside the picture none does."""
    height, width = alpha.shape
    columns, rows = np.floor(landmarks[:, 0]).astype(int), np.floor(landmarks[:, 1]).astype(int)
    inside = (columns >= 0) & (columns < width) & (rows >= 0) & (rows < height)
    hidden = np.zeros(len(landmarks), bool)
    hidden[inside] = alpha[rows[inside], columns[inside]] >= HAND_HIDES_FROM
    return hidden


def covered_share(alpha: np.ndarray, landmarks: np.ndarray) -> float:
    """Return the share of the face (the hull of its landmarks, inside the picture) under the coverage, 0-1."""
    hull = cv2.convexHull(np.round(landmarks).astype(np.int32))
    face = cv2.fillConvexPoly(np.zeros(alpha.shape, np.uint8), hull, 1)
    area = float(face.sum())
    return 0.0 if area == 0 else float((alpha * face).sum() / area)


def _contact_shadow(alpha: np.ndarray, strength: float) -> np.ndarray:
    """Little light reaches the bedding next to the head."""
    # Soft shadows have no detail: a quarter of the resolution is as good and many times as fast.
    height, width = alpha.shape
    small = cv2.resize(alpha, (max(1, width // 4), max(1, height // 4)), interpolation=cv2.INTER_AREA)
    spread = 0.035 * small.shape[0]
    near = cv2.GaussianBlur(small, (0, 0), spread)
    wide = cv2.GaussianBlur(small, (0, 0), 2.5 * spread)
    shadow = 1 - strength * (0.6 * near + 0.4 * wide)
    return cv2.resize(shadow, (width, height), interpolation=cv2.INTER_LINEAR)
