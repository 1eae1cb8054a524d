"""A hand that passes over the face or covers part of it: the patient's own, a nurse's or a visitor's."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from peea.synthetic.lights import irradiance
from peea.synthetic.view import Lighting

HAND_CM: Final = 18.0
"""Length of a hand from wrist to the tip of the middle finger."""

# Bones of a right hand seen from the back, fingers up, in hand lengths from the middle of the palm: x0, y0, radius,
# x1, y1, radius. Fingers are given by the length of the whole finger and spread when posed.
PALM: Final = (
    (-0.13, -0.12, 0.105, -0.12, 0.13, 0.085),
    (-0.04, -0.16, 0.12, -0.03, 0.16, 0.085),
    (0.05, -0.16, 0.12, 0.06, 0.15, 0.085),
    (0.12, -0.12, 0.10, 0.14, 0.11, 0.075),
)
FINGERS: Final = (  # root x, root y, length, root radius, tip radius, resting angle in degrees
    (-0.135, 0.16, 0.36, 0.056, 0.043, 8.0),
    (-0.045, 0.19, 0.41, 0.058, 0.044, 2.0),
    (0.050, 0.18, 0.38, 0.056, 0.042, -4.0),
    (0.135, 0.13, 0.29, 0.048, 0.037, -12.0),
)
THUMB: Final = (-0.20, -0.10, 0.34, 0.075, 0.052, 38.0)


@dataclass(frozen=True)
class HandPose:
    """Where a hand is.

    Attributes:
        center: (x, y) of the palm in pixels.
        length_px: from wrist to fingertip in pixels.
        angle_deg: direction of the fingers, 0 up, positive clockwise in the picture.
        spread: 0 fingers together to 1 spread.
        mirrored: a left hand instead of a right one.
        skin: (3,) linear RGB albedo.
        sleeve: (3,) linear RGB albedo of the sleeve.
    """

    center: tuple[float, float]
    length_px: float
    angle_deg: float
    spread: float
    mirrored: bool
    skin: tuple[float, float, float]
    sleeve: tuple[float, float, float]


def paint_hand(pose: HandPose, lighting: Lighting, width: int, height: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the hand's light and coverage: (height, width, 3) linear RGB premultiplied, (height, width) alpha.

    The hand is a field of rounded bones lit like the face: crude, but a hand's outline, colour and shading.
    """
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    angle = math.radians(pose.angle_deg)
    dx, dy = (columns + 0.5 - pose.center[0]) / pose.length_px, (rows + 0.5 - pose.center[1]) / pose.length_px
    x = dx * math.cos(angle) + dy * math.sin(angle)
    y = dx * math.sin(angle) - dy * math.cos(angle)
    if pose.mirrored:
        x = -x
    soft = 1.2 / pose.length_px
    depth, nearest, nails = _field(x, y, pose.spread)
    forearm_depth, forearm_distance = _bone(x, y, (0.0, -0.16, 0.135, 0.02, -0.42, 0.125))
    depth, nearest = np.maximum(depth, forearm_depth), np.minimum(nearest, forearm_distance)
    sleeve_depth, sleeve_distance = _bone(x, y, (0.02, -0.46, 0.17, 0.05, -2.6, 0.21))
    is_sleeve = sleeve_distance < soft
    depth = np.where(is_sleeve, np.maximum(depth, sleeve_depth), depth)
    alpha = np.clip(0.5 - np.minimum(nearest, sleeve_distance) / soft, 0, 1)

    depth = cv2.GaussianBlur(depth.astype(np.float32), (0, 0), max(0.6, 0.010 * pose.length_px))
    slope_x = cv2.Sobel(depth, cv2.CV_32F, 1, 0, scale=0.125) * pose.length_px
    slope_y = cv2.Sobel(depth, cv2.CV_32F, 0, 1, scale=0.125) * pose.length_px
    normals = np.stack([-slope_x, slope_y, np.ones_like(slope_x)], axis=-1)
    normals /= np.linalg.norm(normals, axis=-1, keepdims=True)
    light = irradiance(lighting, normals)
    albedo = np.broadcast_to(np.asarray(pose.skin, np.float32), light.shape).copy()
    albedo *= 1 - 0.22 * _knuckles(x, y, pose.spread)[..., None]
    albedo = albedo * (1 - 0.5 * nails[..., None]) + 0.5 * nails[..., None] * np.array([0.62, 0.46, 0.42]) * np.sqrt(
        np.asarray(pose.skin, np.float32) / 0.5
    )
    albedo[is_sleeve] = pose.sleeve
    # The skin's rim is darker where fingers touch, since little light gets between them.
    rim = np.clip(1 + nearest / 0.02, 0, 1) * (~is_sleeve)
    color = albedo * light * (1 - 0.35 * rim[..., None])
    return (color * alpha[..., None]).astype(np.float32), alpha.astype(np.float32)


def _field(x: np.ndarray, y: np.ndarray, spread: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    depth = np.zeros_like(x)
    nearest = np.full_like(x, np.inf)
    nails = np.zeros_like(x)
    for bone in PALM:
        bone_depth, distance = _bone(x, y, bone)
        depth, nearest = np.maximum(depth, 0.75 * bone_depth), np.minimum(nearest, distance)
    for root_x, root_y, length, root, tip, angle in (*FINGERS, THUMB):
        end_x, end_y = _fingertip(root_x, root_y, length, angle, spread)
        bone_depth, distance = _bone(x, y, (root_x, root_y, root, end_x, end_y, tip))
        depth, nearest = np.maximum(depth, bone_depth), np.minimum(nearest, distance)
        _, to_nail = _bone(
            x, y, (end_x * 0.97 + root_x * 0.03, end_y * 0.97 + root_y * 0.03, tip * 0.55, end_x, end_y, tip * 0.6)
        )
        nails = np.maximum(nails, np.clip(-to_nail / 0.012, 0, 1))
    return depth, nearest, nails


def _fingertip(root_x: float, root_y: float, length: float, angle: float, spread: float) -> tuple[float, float]:
    turned = math.radians(-angle * (0.4 + 1.6 * spread))
    return root_x + length * math.sin(turned), root_y + length * math.cos(turned)


def _knuckles(x: np.ndarray, y: np.ndarray, spread: float) -> np.ndarray:
    """Darker creases over the finger joints, 0-1."""
    creases = np.zeros_like(x)
    for root_x, root_y, length, root, _, angle in FINGERS:
        end_x, end_y = _fingertip(root_x, root_y, length, angle, spread)
        for share in (0.02, 0.46, 0.76):
            joint_x, joint_y = root_x + share * (end_x - root_x), root_y + share * (end_y - root_y)
            along = ((x - joint_x) * (end_x - root_x) + (y - joint_y) * (end_y - root_y)) / length
            across = np.hypot(x - joint_x, y - joint_y)
            creases += np.exp(-((along / 0.012) ** 2) - (across / root) ** 2)
    return np.clip(creases, 0, 1)


def _bone(x: np.ndarray, y: np.ndarray, bone: tuple[float, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Height of a rounded bone above the picture plane, and distance to its outline (negative inside)."""
    x0, y0, r0, x1, y1, r1 = bone
    dx, dy = x1 - x0, y1 - y0
    along = np.clip(((x - x0) * dx + (y - y0) * dy) / (dx * dx + dy * dy + 1e-12), 0, 1)
    radius = r0 + along * (r1 - r0)
    distance = np.hypot(x - x0 - along * dx, y - y0 - along * dy)
    return np.sqrt(np.clip(radius**2 - distance**2, 0, None)), distance - radius
