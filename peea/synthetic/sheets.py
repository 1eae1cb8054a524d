"""Contact sheets for the eye: what the synthetic patients look like, made by one command into docs/synthetic."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from peea.scales import ACTION_MAXIMUM, ACTION_NAMES, GRADE_NAMES, GRADES, PSPI_ACTIONS, Grade
from peea.synthetic.camera import Camera, encode_jpeg, take_picture
from peea.synthetic.expression import Expression
from peea.synthetic.expressions import PSPI_RANGES, draw_pain_style, pain_actions, two_sided
from peea.synthetic.lights import LightLevel
from peea.synthetic.person import Person
from peea.synthetic.scenes import Scene, background, compose, draw_scene
from peea.synthetic.seeds import SHEET_PEOPLE, generator
from peea.synthetic.shots import Renderer, deal_wishes, plan_shot, take_still
from peea.synthetic.still_sets import write_whole
from peea.synthetic.truth import TONE_GROUPS, tone_group
from peea.synthetic.view import View

TILE: Final = 224
"""Side of one picture on a sheet in pixels."""

LARGEST_BYTES: Final = 700_000
"""Size that no sheet may pass; its quality is lowered until it fits."""

QUALITIES: Final = (88, 82, 76, 70, 62, 54)

ACTIONS_SHOWN: Final = (
    "AU4", "AU6", "AU7", "AU9", "AU10", "AU43", "AU1", "AU2", "AU12", "AU15", "AU17", "AU18", "AU20", "AU24",
    "AU25", "AU26",
)  # fmt: skip
INTENSITIES_SHOWN: Final = (1.0, 3.0, 5.0)

CLOSE: Final = 0.86
"""Height of the face as a share of the picture, where single actions are shown."""

REFERENCE_PERSON: Final = SHEET_PEOPLE[8]
"""Whose face shows the references of the actions: no glasses, clear brows, the wrinkles of her age."""

REFERENCE_SIDE: Final = 640
REFERENCE_WIDTH: Final = 320
"""Sides in pixels of the face that is rendered and of the part that is kept."""

REFERENCE_QUALITY: Final = 84

Tile = tuple[np.ndarray, str]


def neutral_people(renderer: Renderer, count: int = 30) -> list[Tile]:
    """Return `count` people with a calm face in a well-lit ward."""
    tiles = []
    for seed in SHEET_PEOPLE[:count]:
        person = Person.from_seed(seed)
        renderer.load(person)
        caption = f"{person.sex[0]} {person.age_years:.0f}, tone {person.skin_tone}"
        tiles.append((_portrait(renderer, Expression(), seed), caption))
    return tiles


def grades_of_people(renderer: Renderer, people: int = 6) -> list[Tile]:
    """Return a row a person: each grade in the person's own style, in the middle of the grade's PSPI."""
    tiles = []
    for seed in SHEET_PEOPLE[:people]:
        person = Person.from_seed(seed)
        style = draw_pain_style(generator(seed, 5))
        renderer.load(person)
        for grade in GRADES:
            total = 0.0 if grade is Grade.NO_PAIN else sum(PSPI_RANGES[grade]) / 2
            expression = two_sided(pain_actions(total, style), style.weaker_side, style.asymmetry)
            tiles.append((_portrait(renderer, expression, seed), f"{GRADE_NAMES[grade]}, PSPI {expression.pspi:.1f}"))
    return tiles


def single_actions(renderer: Renderer) -> list[Tile]:
    """Return a row an action: the action alone at 0, 1, 3 and 5 (AU43: 0, 0.2, 0.6, 1), for one person a skin tone."""
    columns: dict[str, list[Tile]] = {action: [] for action in ACTIONS_SHOWN}
    for seed in _one_of_each_tone():
        renderer.load(Person.from_seed(seed))
        calm = _face(renderer, Expression(), seed, TILE, CLOSE)[0]
        for action in ACTIONS_SHOWN:
            columns[action].append((calm, f"{action} {ACTION_NAMES.get(action, '')} 0"))
            for intensity in INTENSITIES_SHOWN:
                shown = intensity / 5 if action == "AU43" else intensity
                caption = f"{action} {ACTION_NAMES.get(action, '')} {shown:g}"
                expression = Expression({action: shown}, {action: shown})
                columns[action].append((_face(renderer, expression, seed, TILE, CLOSE)[0], caption))
    return [tile for tiles in columns.values() for tile in tiles]


def random_stills(renderer: Renderer, count: int = 30) -> list[Tile]:
    """Return stills as the data set has them: any expression, light, pose, camera."""
    tiles = []
    wishes = deal_wishes(count, generator(8))
    for seed, wish in zip(SHEET_PEOPLE[100 : 100 + count], wishes, strict=True):
        person = Person.from_seed(seed)
        renderer.load(person)
        shot = plan_shot(person, draw_pain_style(generator(seed, 5)), wish, TILE, seed)
        still = take_still(person, shot, renderer, TILE)
        what = still.truth["confounder"] or GRADE_NAMES[Grade(still.truth["grade"])]
        tiles.append((still.image, f"{what}, {still.truth['light'].replace('_', ' ')}"))
    return tiles


SHEETS: Final[dict[str, tuple[Callable[[Renderer], list[Tile]], int]]] = {
    "people": (neutral_people, 6),
    "grades": (grades_of_people, 5),
    "actions": (single_actions, 12),
    "stills": (random_stills, 6),
}
"""Sheet name -> what is on it, and how many pictures stand in a row."""


def make_sheet(name: str, folder: Path, renderer: Renderer) -> Path:
    """Render one sheet into `folder`/name.jpg and return its path."""
    tiles_of, columns = SHEETS[name]
    picture = arrange(tiles_of(renderer), columns)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.jpg"
    write_whole(path, _small_enough(picture))
    return path


def arrange(tiles: Sequence[Tile], columns: int) -> np.ndarray:
    """Return the pictures in rows with their captions, as one (height, width, 3) uint8 RGB picture."""
    band = 18
    rows = -(-len(tiles) // columns)
    height, width = tiles[0][0].shape[:2]
    sheet = np.full((rows * (height + band), columns * width, 3), 255, np.uint8)
    for index, (image, caption) in enumerate(tiles):
        top, left = (index // columns) * (height + band), (index % columns) * width
        sheet[top : top + height, left : left + width] = image
        size = min(0.38, 0.38 * (width - 6) / max(1, cv2.getTextSize(caption, cv2.FONT_HERSHEY_SIMPLEX, 0.38, 1)[0][0]))
        at = (left + 3, top + height + 13)
        cv2.putText(sheet, caption, at, cv2.FONT_HERSHEY_SIMPLEX, size, (40, 40, 40), 1, cv2.LINE_AA)
    return sheet


def write_references(folder: Path, renderer: Renderer) -> list[Path]:
    """Render each PSPI action alone at each code into `folder`/AU4_0.jpg (absent) to AU4_5.jpg (e), and so on.

    Only the part of the face on which the action is read is kept, the same for all codes of an action.

    Args:
        folder: made if it is not there.
        renderer: for pictures of `REFERENCE_SIDE` pixels.
    """
    renderer.load(Person.from_seed(REFERENCE_PERSON))
    calm, points = _face(renderer, Expression(), REFERENCE_PERSON, REFERENCE_SIDE, CLOSE)
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for action in PSPI_ACTIONS:
        left, top, right, bottom = _region(action, points)
        for code in range(int(ACTION_MAXIMUM[action]) + 1):
            picture = calm
            if code:
                expression = Expression({action: float(code)}, {action: float(code)})
                picture, _ = _face(renderer, expression, REFERENCE_PERSON, REFERENCE_SIDE, CLOSE)
            part = picture[top:bottom, left:right]
            height = round(REFERENCE_WIDTH * part.shape[0] / part.shape[1])
            part = cv2.resize(part, (REFERENCE_WIDTH, height), interpolation=cv2.INTER_AREA)
            path = folder / f"{action}_{code}.jpg"
            write_whole(path, encode_jpeg(part, REFERENCE_QUALITY))
            written.append(path)
    return written


def _region(action: str, points: np.ndarray) -> tuple[int, int, int, int]:
    """Left, top, right and bottom pixel of what is looked at for an action; `points` as in `Rendering.landmarks`."""
    brows, nose, chin = points[17:27], points[30], points[8]
    face = float(chin[1] - brows[:, 1].min())
    if action in ("AU9", "AU10"):
        top, bottom = brows[:, 1].min() - 0.02 * face, points[48:60, 1].max() + 0.08 * face
    else:
        top, bottom = brows[:, 1].min() - 0.16 * face, nose[1] + 0.06 * face
    half = 0.5 * float(brows[:, 0].max() - brows[:, 0].min()) + 0.10 * face
    middle = float(brows[:, 0].mean())
    return round(middle - half), round(top), round(middle + half), round(bottom)


def _one_of_each_tone() -> list[int]:
    """Return the first seed of each group of skin tones, without glasses: they hide what the eyes do."""
    first: dict[str, int] = {}
    for seed in SHEET_PEOPLE:
        person = Person.from_seed(seed)
        if person.glasses == "none":
            first.setdefault(tone_group(person.skin_tone), seed)
        if len(first) == len(TONE_GROUPS):
            break
    return [first[group] for group in TONE_GROUPS]


def _portrait(renderer: Renderer, expression: Expression, seed: int) -> np.ndarray:
    return _face(renderer, expression, seed, TILE, 0.66)[0]


def _face(
    renderer: Renderer, expression: Expression, seed: int, side: int, face_height: float
) -> tuple[np.ndarray, np.ndarray]:
    """A sharp, well-lit picture from the front (the face, not what a camera makes of it), and its landmarks."""
    scene: Scene = draw_scene(generator(seed, 9), LightLevel.WARD, lying=False)
    view = View(yaw_deg=4.0, face_height=face_height, center=(0.5, 0.50))
    rendering = renderer.render(expression, view, scene.illumination.lighting)
    composition = compose(rendering, background(scene, view, side, side), scene)
    camera = Camera(softness_px=0.0, full_well=50_000, read_noise=0.0, jpeg_quality=None)
    return take_picture(composition.linear, camera, generator(seed, 10)), rendering.landmarks


def _small_enough(picture: np.ndarray) -> bytes:
    """The picture as JPEG, shrunk if even the lowest quality is too large."""
    for shrink in (1.0, 0.75, 0.6, 0.5):
        shown = (
            picture if shrink == 1 else cv2.resize(picture, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
        )
        for quality in QUALITIES:
            content = encode_jpeg(shown, quality)
            if len(content) <= LARGEST_BYTES:
                return content
    raise ValueError(f"a sheet of {picture.shape[1]}x{picture.shape[0]} pixels does not fit into {LARGEST_BYTES} bytes")
