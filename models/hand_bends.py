"""A hand as the bends of its joints: each bone's direction seen from the bone before it.

A fist and a flat hand are mixed well by their bends. Mixed by where their bones point they are not: the last bones of
both point in nearly opposite ways, so they turn round in one frame, or bend backwards.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from models.projection import Array, unit

HAND_PARENTS: Final = (-1, 0, 1, 2, 3, 0, 5, 6, 7, 0, 9, 10, 11, 0, 13, 14, 15, 0, 17, 18, 19)
"""Parent of each of the 21 points of a hand in OpenPose's order."""

_INDEX, _MIDDLE, _LITTLE = 5, 9, 17  # where these fingers begin


def bends_of(shapes: Array) -> Array:
    """(K, 22, 3) unit vectors of hands (K, 21, 3): where the palm goes and faces, then the 20 bones' bends.

    Those of the palm are in the axes of the hands, those of its five bones in the palm's, all others in the axes of the
    bone before, which the smallest turn from its own parent's gives.
    """
    ahead = unit(shapes[:, _MIDDLE] - shapes[:, 0])
    facing = unit(np.cross(ahead, shapes[:, _LITTLE] - shapes[:, _INDEX]))
    axes: dict[int, Array] = {0: _palm(ahead, facing)}
    result = np.empty((len(shapes), 22, 3))
    result[:, 0], result[:, 1] = ahead, facing
    for point, parent in enumerate(HAND_PARENTS[1:], 1):
        direction = unit(shapes[:, point] - shapes[:, parent])
        bend = np.einsum("kij,ki->kj", axes[parent], direction)
        result[:, point + 1] = bend
        axes[point] = axes[parent] @ _turn(bend)
    return result


def hands_of(bends: Array, lengths: Array) -> Array:
    """(K, 21, 3) hands of bends (K, 22, 3), wrist at the origin.

    Args:
        bends: see `bends_of`; their lengths do not matter.
        lengths: (20,) of the bones that end at the points 1 to 20.
    """
    axes: dict[int, Array] = {0: _palm(unit(bends[:, 0]), bends[:, 1])}
    result = np.zeros((len(bends), 21, 3))
    for point, parent in enumerate(HAND_PARENTS[1:], 1):
        bend = unit(bends[:, point + 1])
        result[:, point] = result[:, parent] + np.einsum("kij,kj->ki", axes[parent], bend) * lengths[point - 1]
        axes[point] = axes[parent] @ _turn(bend)
    return result


def turned(one: Array, other: Array) -> Array:
    """(K,) radians by which the finger tip turns at most, bend by bend, from bends (K, 22, 3) to others."""
    angles = np.arccos(np.clip((unit(one) * unit(other)).sum(-1), -1.0, 1.0))
    fingers = angles[:, 2:].reshape(len(angles), 5, 4).sum(-1).max(-1)
    return np.asarray(fingers + angles[:, :2].max(-1))


def _palm(ahead: Array, facing: Array) -> Array:
    """(K, 3, 3) axes in columns: ahead, to the little finger, out of the hand."""
    out = unit(facing - (facing * ahead).sum(-1, keepdims=True) * ahead)
    return np.stack([ahead, np.cross(out, ahead), out], axis=-1)


def _turn(to: Array) -> NDArray[np.float64]:
    """(K, 3, 3) the smallest turns from the first axis to unit vectors (K, 3)."""
    x, y, z = to[:, 0], to[:, 1], to[:, 2]
    part = 1.0 / np.maximum(1.0 + x, 1e-6)  # no joint of a hand bends by half a turn
    rows = [[x, -y, -z], [y, 1.0 - y * y * part, -y * z * part], [z, -y * z * part, 1.0 - z * z * part]]
    return np.stack([np.stack(row, axis=-1) for row in rows], axis=-2)
