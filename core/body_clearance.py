"""How far hands and forearms are from the trunk, from the head and from each other: a rough body of simple shapes.

For steps that move the arms and must not lead them into the body. Metres.
"""

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.skeleton import (
    HEAD,
    LEFT_ELBOW,
    LEFT_SHOULDER,
    LEFT_WRIST,
    NECK,
    PELVIS,
    RIGHT_ELBOW,
    RIGHT_SHOULDER,
    RIGHT_WRIST,
)

Array = NDArray[np.float64]

TRUNK: Final = (0.17, 0.12)
"""Half width and half depth of the trunk."""

HEAD_RADIUS: Final = 0.11
HANDS_APART: Final = 0.10
"""Wrists nearer than this are hands in one another."""

_HAND: Final = 0.09  # from the wrist to the middle of the fingers
_SHOULDER_PART: Final = 0.08  # below the neck the trunk ends: arms may lie on the shoulders


def clearance(joints: ArrayLike) -> Array:
    """(T,) metres that the nearest of both hands and forearms is outside trunk and head, and hands are apart.

    Args:
        joints: (T, 22, 3).

    Returns:
        negative where something is inside.
    """
    source = np.asarray(joints, dtype=np.float64)
    pelvis, neck = source[:, PELVIS], source[:, NECK]
    up = neck - pelvis
    height = np.linalg.norm(up, axis=-1)
    up = up / np.maximum(height, 1e-9)[:, None]
    left = source[:, LEFT_SHOULDER] - source[:, RIGHT_SHOULDER]
    left = left - np.sum(left * up, axis=-1, keepdims=True) * up
    left /= np.maximum(np.linalg.norm(left, axis=-1, keepdims=True), 1e-9)
    ahead = np.cross(left, up)
    nearest = np.linalg.norm(source[:, LEFT_WRIST] - source[:, RIGHT_WRIST], axis=-1) - HANDS_APART
    face = source[:, HEAD] + 0.03 * ahead
    for elbow, wrist in ((LEFT_ELBOW, LEFT_WRIST), (RIGHT_ELBOW, RIGHT_WRIST)):
        forearm = source[:, wrist] - source[:, elbow]
        reach = np.linalg.norm(forearm, axis=-1, keepdims=True)
        hand = source[:, wrist] + forearm / np.maximum(reach, 1e-9) * _HAND
        for point in (hand, source[:, wrist], source[:, elbow] + 0.5 * forearm):
            seen = point - pelvis
            level = np.sum(seen * up, axis=-1)
            across, depth = np.sum(seen * left, axis=-1), np.sum(seen * ahead, axis=-1)
            around = (np.hypot(across / TRUNK[0], depth / TRUNK[1]) - 1.0) * TRUNK[1]
            above = level - (height - _SHOULDER_PART)
            beside = np.maximum.reduce([around, above, -level - 0.1])
            nearest = np.minimum(nearest, beside)
            nearest = np.minimum(nearest, np.linalg.norm(point - face, axis=-1) - HEAD_RADIUS)
    return np.asarray(nearest)
