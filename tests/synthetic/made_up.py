"""A renderer without OpenGL for tests: an oval head whose landmarks and colour follow from what was asked for."""

from __future__ import annotations

import numpy as np

from peea.synthetic.expression import Expression
from peea.synthetic.person import Person
from peea.synthetic.truth import FIVE_POINTS
from peea.synthetic.view import Lighting, Rendering, View


class OvalRenderer:
    """Draws an oval in the person's skin colour; brighter the more light there is."""

    def __init__(self, width: int, height: int, darker: float = 1.0) -> None:
        self.width, self.height, self.darker = width, height, darker
        self.person: Person | None = None

    def load(self, person: Person) -> None:
        self.person = person

    def render(self, expression: Expression, view: View, lighting: Lighting) -> Rendering:
        assert self.person is not None
        size = view.face_height * self.height
        x, y = view.center[0] * self.width, view.center[1] * self.height
        rows, columns = np.mgrid[0 : self.height, 0 : self.width]
        inside = ((columns - x) / (0.4 * size)) ** 2 + ((rows - y) / (0.6 * size)) ** 2 < 1
        light = np.sum([light.color for light in lighting.lights], axis=0) + np.array(lighting.ambient)
        brow = self.darker * (1 - 0.1 * expression.left.get("AU4", 0.0))
        color = inside[..., None] * np.array(self.person.skin_rgb) * light * brow
        around = np.linspace(0, 2 * np.pi, 68, endpoint=False)
        landmarks = np.stack([x + 0.35 * size * np.cos(around), y + 0.5 * size * np.sin(around)], 1).astype(np.float32)
        extra = {f"mtcnn_{name}": (x, y + 0.1 * number * size) for number, name in enumerate(FIVE_POINTS)}
        return Rendering(color.astype(np.float32), inside.astype(np.float32), landmarks, np.ones(68, bool), extra)
