"""Where head, trunk and camera stand: matrices from a View. Camera space is x right, y up, z to the camera at 0."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from peea.synthetic.view import Lighting, View

CAMERA_DISTANCE: Final = 12.0
"""Distance from the face in dm: a camera at 1.2 m, within the 1-1.5 m of the published recordings."""

PIVOT: Final = (0.0, 6.62, 0.22)
"""Where the head turns on the neck, in dm of the template."""

TRUNK_SHARE: Final = {"yaw": 0.25, "pitch": 0.15, "roll": 0.12}
"""Share of the head's turn that the trunk follows, sitting; lying, roll is followed whole."""

NEAR, FAR = 4.0, 30.0
SHADOW_REACH: Final = 3.3
"""Half-width, in dm, of what the shadow maps cover: head and shoulders."""


@dataclass(frozen=True, eq=False)
class Pose:
    """4x4 matrices: body to camera space for head and trunk, and camera space to clip space."""

    head: np.ndarray
    trunk: np.ndarray
    projection: np.ndarray

    def place(self, positions: np.ndarray, head_share: np.ndarray) -> np.ndarray:
        """Return (n, 3) camera-space positions of (n, 3) body ones."""
        homogeneous = np.concatenate([positions, np.ones((len(positions), 1))], 1)
        by_head = homogeneous @ self.head.T
        by_trunk = homogeneous @ self.trunk.T
        return (by_trunk + head_share[:, None] * (by_head - by_trunk))[:, :3]

    def projection_nearer(self, by_dm: float) -> np.ndarray:
        """Return the projection with depths as if everything at the face stood `by_dm` nearer."""
        shift = np.zeros((4, 4))
        shift[2] = self.projection[2, 3] / CAMERA_DISTANCE**2 * by_dm * self.projection[3]
        return self.projection + shift

    def clip(self, placed: np.ndarray) -> np.ndarray:
        """Return (n, 3) normalised device coordinates of (n, 3) camera-space positions."""
        homogeneous = np.concatenate([placed, np.ones((len(placed), 1))], 1) @ self.projection.T
        return homogeneous[:, :3] / homogeneous[:, 3:]


def rotation(yaw_deg: float, pitch_deg: float, roll_deg: float) -> np.ndarray:
    """Return the (3, 3) rotation of a head: yaw towards the picture's right, chin up, clockwise in the picture."""
    yaw, pitch, roll = np.deg2rad((yaw_deg, pitch_deg, roll_deg))
    turn = np.array([[np.cos(yaw), 0, np.sin(yaw)], [0, 1, 0], [-np.sin(yaw), 0, np.cos(yaw)]])
    nod = np.array([[1, 0, 0], [0, np.cos(pitch), np.sin(pitch)], [0, -np.sin(pitch), np.cos(pitch)]])
    tilt = np.array([[np.cos(roll), np.sin(roll), 0], [-np.sin(roll), np.cos(roll), 0], [0, 0, 1]])
    return tilt @ nod @ turn


def _rigid(rotation_matrix: np.ndarray, pivot: np.ndarray) -> np.ndarray:
    matrix = np.eye(4)
    matrix[:3, :3] = rotation_matrix
    matrix[:3, 3] = pivot - rotation_matrix @ pivot
    return matrix


def pose_of(
    view: View, face_center: np.ndarray, face_height: float, neck_offset: np.ndarray, width: int, height: int
) -> Pose:
    """Return the pose for a view.

    Args:
        face_center: (3,) body position that the view centres. face_height: hairline to chin in dm.
        neck_offset: (3,) by how much the person's head sits elsewhere than the template's, in dm.
    """
    pivot = np.array(PIVOT) + neck_offset
    turn = rotation(view.yaw_deg, view.pitch_deg, view.roll_deg)
    follow = rotation(
        view.yaw_deg * TRUNK_SHARE["yaw"],
        view.pitch_deg * TRUNK_SHARE["pitch"],
        view.roll_deg * (1.0 if view.lying else TRUNK_SHARE["roll"]),
    )
    head, trunk = _rigid(turn, pivot), _rigid(follow, pivot)
    center = (head @ np.append(face_center, 1))[:3]
    to_camera = np.eye(4)
    to_camera[:3, 3] = -center - (0, 0, CAMERA_DISTANCE)
    focal = 2 * view.face_height * CAMERA_DISTANCE / face_height
    projection = np.zeros((4, 4))
    projection[0, 0] = focal * height / width
    projection[1, 1] = focal
    projection[0, 2] = -(2 * view.center[0] - 1)
    projection[1, 2] = 2 * view.center[1] - 1
    projection[2, 2] = (FAR + NEAR) / (NEAR - FAR)
    projection[2, 3] = 2 * FAR * NEAR / (NEAR - FAR)
    projection[3, 2] = -1
    return Pose(to_camera @ head, to_camera @ trunk, projection)


def light_directions(lighting: Lighting) -> tuple[np.ndarray, np.ndarray]:
    """Return (3, 3) unit directions and (3, 3) colours; lights that are missing are black."""
    directions, colors = np.tile((0.0, 0.0, 1.0), (3, 1)), np.zeros((3, 3))
    if len(lighting.lights) > 3:
        raise ValueError(f"a lighting has at most 3 lights; got {len(lighting.lights)}")
    for i, light in enumerate(lighting.lights):
        directions[i] = np.array(light.direction) / np.linalg.norm(light.direction)
        colors[i] = light.color
    return directions, colors


def light_matrix(direction: np.ndarray, center: np.ndarray) -> np.ndarray:
    """Return the (4, 4) orthographic matrix, camera space to clip space, of a directional light's shadow map."""
    forward = -direction
    right = np.cross(forward, (0.0, 1.0, 0.013))
    right /= np.linalg.norm(right)
    up = np.cross(right, forward)
    matrix = np.eye(4)
    matrix[0, :3], matrix[1, :3], matrix[2, :3] = right, up, forward
    depth_reach = 6.0
    scale = np.diag([1 / SHADOW_REACH, 1 / SHADOW_REACH, 1 / depth_reach, 1.0])
    matrix[:3, 3] = -matrix[:3, :3] @ center
    return scale @ matrix
