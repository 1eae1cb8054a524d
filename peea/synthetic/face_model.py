"""One person as geometry: resting head, expressions, landmarks. All on the CPU, nothing of OpenGL."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from peea.synthetic.anatomy import identity_vertices
from peea.synthetic.expression import Expression
from peea.synthetic.head_mesh import HeadMesh, head_mesh, teeth_offsets
from peea.synthetic.landmarks import landmark_vertices, mtcnn_points
from peea.synthetic.muscles import move, movements
from peea.synthetic.person import Person

CALM: Final = {"AU1": 0.10, "AU2": 0.10, "AU12": 0.09, "AU15": -0.08, "AU4": -0.28}
"""Weights added to every resting face: the old heads of the template frown and let their mouth corners hang."""

ASYMMETRY: Final = {"AU12": 0.06, "AU2": 0.14}
"""Weights that a full `Person.resting_asymmetry` takes from one side and gives to the other."""

HAIRLINE_Y: Final = 7.98
"""Template height, in dm, of the middle of a usual hairline."""

NECK_FROM, NECK_TO = 5.72, 6.36
"""Template height, in dm, from which the neck begins to turn with the head, and where it has joined it."""


@dataclass(frozen=True, eq=False)
class FaceModel:
    """The geometry of one person.

    Attributes:
        rest: (N, 3) float32 head at rest. body: (19158, 3) resting body, for the gown.
        head_share: (N,) how much a vertex turns with the head rather than the trunk.
        face_center: (3,) and face_height: hairline to chin in dm.
        neck_offset: (3,) by how much this head sits elsewhere than the template's, in dm.
    """

    person: Person
    mesh: HeadMesh
    body: np.ndarray
    rest: np.ndarray
    head_share: np.ndarray
    face_center: np.ndarray
    face_height: float
    neck_offset: np.ndarray

    @classmethod
    def of(cls, person: Person) -> FaceModel:
        mesh = head_mesh()
        body = identity_vertices(
            person.age_years, person.masculinity, person.ancestry, person.weight, person.muscle, dict(person.shape)
        )
        body = body + teeth_offsets()
        rest = mesh.carry(body).astype(np.float32)
        known = movements()
        for action, weight in CALM.items():
            for side in ("left", "right"):
                known[action, side].add_to(rest, weight)
        for action, weight in ASYMMETRY.items():
            known[action, "left"].add_to(rest, weight * person.resting_asymmetry)
            known[action, "right"].add_to(rest, -weight * person.resting_asymmetry)
        points = rest[landmark_vertices()]
        chin, brow = points[8], points[27]
        skin = mesh.parts["skin"].vertices
        template = mesh.template[skin]
        hairline = rest[skin][
            np.argmin(np.hypot(template[:, 0], template[:, 1] - HAIRLINE_Y) + (template[:, 2] < 0.6) * 9)
        ]
        center = np.array((0.0, (chin[1] + hairline[1]) / 2, (brow[2] + chin[2]) / 2 - 0.2))
        share = head_share(mesh.template)
        offset = (rest - mesh.template)[share > 0.99].mean(0) * (0, 1, 1)
        return cls(person, mesh, body, rest, share, center, float(hairline[1] - chin[1]), offset)

    def positions(self, expression: Expression) -> np.ndarray:
        """Return (N, 3) float32 positions of the head with an expression."""
        return move(self.rest, expression, self.person.lid_droop)

    def eye_centers(self, positions: np.ndarray) -> dict[str, np.ndarray]:
        """Return the (3,) centre of each eyeball by "left" and "right"."""
        centers = {}
        for side in ("left", "right"):
            eye = positions[self.mesh.parts[f"eye_{side}"].vertices]
            centers[side] = (eye.max(0) + eye.min(0)) / 2
        return centers

    def marked_points(self, positions: np.ndarray) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        """Return the (68, 3) landmarks and MTCNN's five points as body positions."""
        landmarks = positions[landmark_vertices()]
        fronts = {}
        for side, corners in (("right", (36, 39)), ("left", (42, 45))):
            fronts[side] = landmarks[list(corners)].mean(0)
        return landmarks, mtcnn_points(landmarks, fronts)


def head_share(template: np.ndarray) -> np.ndarray:
    """Return (n,) 0 on the trunk to 1 on the head at template points."""
    height = template[:, 1] + 0.30 * np.clip(template[:, 2] - 0.4, 0, 1)
    share = np.clip((height - NECK_FROM) / (NECK_TO - NECK_FROM), 0, 1)
    return share * share * (3 - 2 * share)
