"""The references of the actions: every code of every action, the same part of the face for all codes of one."""

from __future__ import annotations

import cv2
import numpy as np

from peea.scales import ACTION_MAXIMUM, PSPI_ACTIONS
from peea.synthetic.expression import Expression
from peea.synthetic.sheets import REFERENCE_SIDE, REFERENCE_WIDTH, write_references
from peea.synthetic.view import Lighting, Rendering, View
from tests.synthetic.made_up import OvalRenderer


class FaceLikeRenderer(OvalRenderer):
    """Places brows, nose, mouth and chin where a face has them."""

    def render(self, expression: Expression, view: View, lighting: Lighting) -> Rendering:
        rendering = super().render(expression, view, lighting)
        x, y, size = view.center[0] * self.width, view.center[1] * self.height, view.face_height * self.height
        rendering.landmarks[17:27] = np.stack(
            [np.linspace(x - 0.25 * size, x + 0.25 * size, 10), [y - 0.2 * size] * 10], 1
        )
        rendering.landmarks[[30, 8]] = [(x, y + 0.05 * size), (x, y + 0.45 * size)]
        rendering.landmarks[48:60] = (x, y + 0.25 * size)
        return rendering


def test_each_code_of_each_action_becomes_a_picture(tmp_path):
    written = write_references(tmp_path, FaceLikeRenderer(REFERENCE_SIDE, REFERENCE_SIDE))
    expected = {f"{action}_{code}.jpg" for action in PSPI_ACTIONS for code in range(int(ACTION_MAXIMUM[action]) + 1)}
    assert {path.name for path in written} == expected
    for action in PSPI_ACTIONS:
        shapes = {cv2.imread(str(path)).shape for path in written if path.stem.startswith(f"{action}_")}
        assert len(shapes) == 1
        assert next(iter(shapes))[1] == REFERENCE_WIDTH
