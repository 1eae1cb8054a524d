"""One still picture of a synthetic patient: planned from a seed, rendered, photographed, and what is true of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final, Protocol

import numpy as np

from peea.scales import GRADES, Grade
from peea.synthetic.camera import Camera, automatic_gain, draw_camera, take_picture
from peea.synthetic.expression import Expression
from peea.synthetic.expressions import (
    Confounder,
    PainStyle,
    draw_confounder,
    draw_confounder_name,
    draw_mixture,
    draw_neutral,
    draw_pain,
)
from peea.synthetic.hand import HandPose
from peea.synthetic.lights import Illumination, LightLevel
from peea.synthetic.person import SKIN_TONES, Person
from peea.synthetic.raters import rate
from peea.synthetic.scenes import Scene, background, compose, draw_hand, draw_scene, draw_view
from peea.synthetic.seeds import generator
from peea.synthetic.truth import (
    FIVE_POINTS,
    age_band,
    expression_columns,
    face_luma,
    hull_mask,
    pain_columns,
    pain_truth,
    rating_columns,
    tone_group,
    view_columns,
)
from peea.synthetic.view import Lighting, Rendering, View

HAND_SHARE: Final = 0.06
"""Share of stills with a hand over part of the face."""

OWN_HAND_SHARE: Final = 0.6
"""Share of hands that are the patient's own; the others belong to somebody of any skin tone."""


class Kind(StrEnum):
    """How the expression of a still came about."""

    NEUTRAL = "neutral"
    PAIN = "pain"
    MIXTURE = "mixture"
    CONFOUNDER = "confounder"


@dataclass(frozen=True)
class Wish:
    """What a still shall show: how its expression comes about, and its grade."""

    kind: Kind
    grade: Grade


WISH_SHARES: Final = {
    Wish(Kind.NEUTRAL, Grade.NO_PAIN): 0.07,
    Wish(Kind.CONFOUNDER, Grade.NO_PAIN): 0.16,
    Wish(Kind.PAIN, Grade.NO_PAIN): 0.01,
    Wish(Kind.MIXTURE, Grade.NO_PAIN): 0.02,
    **{Wish(Kind.PAIN, grade): 0.115 for grade in GRADES[1:]},
    **{Wish(Kind.MIXTURE, grade): 0.07 for grade in GRADES[1:]},
}
"""Share of each wish: 16 % confounders, 26 % grade 0 in all, 18.5 % each pain grade."""


class Renderer(Protocol):
    """What a still needs of the renderer: a person loaded once, then any number of pictures."""

    def load(self, person: Person) -> None: ...

    def render(self, expression: Expression, view: View, lighting: Lighting) -> Rendering: ...


@dataclass(frozen=True)
class Shot:
    """The plan of one still picture. Everything in it follows from the person, the wish and the seed."""

    wish: Wish
    confounder: Confounder | None
    expression: Expression
    scene: Scene
    view: View
    camera: Camera
    hand: HandPose | None
    seed: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Still:
    """A still picture and its truth.

    Attributes:
        image: (size, size, 3) uint8 RGB.
        truth: columns of the manifest.
        landmarks: (68, 2) float32 pixels; visible: (68,) bool.
        five: (5, 2) float32 pixels, the five points of MTCNN, see `FIVE_POINTS`.
    """

    image: np.ndarray
    truth: dict[str, Any]
    landmarks: np.ndarray
    visible: np.ndarray
    five: np.ndarray


def deal_wishes(count: int, rng: np.random.Generator) -> list[Wish]:
    """Return `count` wishes in the shares of `WISH_SHARES`, exact up to rounding, in random order."""
    wishes = list(WISH_SHARES)
    ends = np.round(np.cumsum(list(WISH_SHARES.values())) * count).astype(int)
    dealt = [wish for wish, first, last in zip(wishes, [0, *ends[:-1]], ends, strict=True) for _ in range(last - first)]
    return [dealt[index] for index in rng.permutation(len(dealt))]


def plan_shot(
    person: Person, style: PainStyle, wish: Wish, size: int, *seed: int, level: LightLevel | None = None
) -> Shot:
    """Plan one still of a person.

    Args:
        person: whose skin a hand in the picture may have.
        style: the person's way of showing pain.
        wish: what it shall show.
        size: of the square picture in pixels.
        seed: numbers from which everything else follows.
        level: light, drawn if None.
    """
    rng = generator(*seed)
    confounder = draw_confounder_name(rng) if wish.kind is Kind.CONFOUNDER else None
    if confounder is not None:
        expression = draw_confounder(rng, confounder)
    elif wish.kind is Kind.NEUTRAL:
        expression = draw_neutral(rng)
    elif wish.kind is Kind.PAIN:
        expression = draw_pain(rng, wish.grade, style)
    else:
        expression = draw_mixture(rng, wish.grade)
    scene = draw_scene(rng, level)
    if confounder is Confounder.SQUINT and level is None:
        scene = draw_scene(rng, LightLevel.WINDOW)
    view = draw_view(rng, scene.lying)
    hand = None
    if rng.random() < HAND_SHARE:
        tones = list(SKIN_TONES.values())
        skin = person.skin_rgb if rng.random() < OWN_HAND_SHARE else tones[int(rng.integers(len(tones)))]
        hand = draw_hand(rng, view, skin, size, size)
    return Shot(wish, confounder, expression, scene, view, draw_camera(rng), hand, seed)


def take_still(person: Person, shot: Shot, renderer: Renderer, size: int) -> Still:
    """Render and photograph a planned still; the person must be loaded in the renderer."""
    rendering = renderer.render(shot.expression, shot.view, shot.scene.illumination.lighting)
    composition = compose(rendering, background(shot.scene, shot.view, size, size), shot.scene, shot.hand)
    rng = generator(*shot.seed, 1)
    face = hull_mask(composition.linear.shape, rendering.landmarks)
    image = take_picture(composition.linear, shot.camera, rng, automatic_gain(composition.linear, shot.camera, face))
    pain = pain_truth(shot.expression, shot.confounder)
    ratings = rate(pain.actions, shot.confounder is not None, rng)
    truth: dict[str, Any] = {
        "kind": shot.wish.kind.value,
        "confounder": shot.confounder.value if shot.confounder else "",
    }
    truth |= pain_columns(pain) | expression_columns(shot.expression) | view_columns(shot.view)
    truth |= {
        "light": shot.scene.illumination.level.value,
        "face_luma": round(face_luma(image, rendering.landmarks), 1),
        "hand": int(shot.hand is not None),
        "occlusion": round(composition.occlusion, 3),
    }
    truth |= person_columns(person) | rating_columns(ratings)
    five = np.array([rendering.extra[f"mtcnn_{name}"] for name in FIVE_POINTS], np.float32)
    return Still(image, truth, rendering.landmarks.astype(np.float32), composition.visible, five)


def person_columns(person: Person) -> dict[str, Any]:
    """Return the traits of a person by which results are reported."""
    return {
        "person_seed": person.seed,
        "sex": person.sex,
        "age_years": person.age_years,
        "age_band": age_band(person.age_years),
        "skin_tone": person.skin_tone,
        "tone_group": tone_group(person.skin_tone),
        "glasses": int(person.glasses != "none"),
        "cannula": int(person.cannula),
    }


def in_light(scene: Scene, illumination: Illumination) -> Scene:
    """Return the same place in another light."""
    return replace(scene, illumination=illumination)
