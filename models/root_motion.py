"""Makes decoded motion stand on its feet.

The root follows from feet that touch the ground instead of from its own noisy velocity.

Works on features, so the result is still a valid feature sequence. It neither bends legs nor lifts feet.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.ndimage import gaussian_filter1d

from core.features import LOCAL_POSITIONS, ROTATIONS, VELOCITIES, recover_joints, recover_root, swing_rotations
from core.rotations import qrot, quaternion_to_6d
from core.skeleton import CONTACT_JOINTS

_CERTAIN = 0.6
"""Contact value from which a foot counts fully; half of it counts nothing."""

_STANDING, _WALKING = 0.008, 0.02
"""Metres a frame of predicted travel, smoothed: up to the first a body stands, from the second it walks."""


def _contact_weights(features: NDArray[np.float64]) -> NDArray[np.float64]:
    """(T, 4) trust in each contact joint, 0..1, for the step from a frame to the next."""
    value = np.clip((features[:, 259:263] - 0.5 * _CERTAIN) / (0.5 * _CERTAIN), 0.0, 1.0)
    both = value.copy()
    both[:-1] = np.minimum(value[:-1], value[1:])
    return both


def _standing(features: NDArray[np.float64]) -> NDArray[np.float64]:
    """(T,) 1 where the body stands, 0 where it walks or turns; contacts of a walk are too uncertain to hold it."""
    travel = np.linalg.norm(gaussian_filter1d(features[:, 1:3], 4.0, axis=0, mode="nearest"), axis=1)
    turn = np.abs(gaussian_filter1d(features[:, 0], 4.0, mode="nearest")) * 0.5  # half a metre from the axis
    share = np.clip((np.maximum(travel, turn) - _STANDING) / (_WALKING - _STANDING), 0.0, 1.0)
    return 1.0 - share * share * (3.0 - 2.0 * share)


def anchor_root(features: ArrayLike) -> NDArray[np.float32]:
    """Replace the root's turn and travel where feet are on the ground, so that those feet do not slide.

    The turn follows from the line between the feet while both stand; the travel from the mean of the standing foot
    joints. Where no foot stands, the predicted values stay. Between the two cases the weights fade, so nothing jumps.

    Args:
        features: (T, 263) raw features.

    Returns:
        (T, 263) float32; only columns 0 to 2 differ.
    """
    array = np.array(features, dtype=np.float64)
    if len(array) < 2:
        return array.astype(np.float32)
    weights = _contact_weights(array)[:-1] * _standing(array)[:-1, None]
    local = array[:, LOCAL_POSITIONS].reshape(len(array), 21, 3)[:, [joint - 1 for joint in CONTACT_JOINTS]]

    # Column 0 is half of the inverse turn: a line between standing feet that turns by `delta` in the body's frame
    # means that the
    # body turned by -delta.
    line = local[:, 2:].mean(1) - local[:, :2].mean(1)
    angle = np.unwrap(np.arctan2(line[:, 0], line[:, 2]))
    both = np.minimum(weights[:, :2].max(1), weights[:, 2:].max(1))
    turn = np.diff(angle) / 2
    trusted = both * (np.abs(turn) < 0.05)
    array[:-1, 0] += trusted * (turn - array[:-1, 0])

    half = np.concatenate([[0.0], np.cumsum(array[:-1, 0])])
    zero = np.zeros_like(half)
    inverse = np.stack([np.cos(half), zero, -np.sin(half), zero], axis=-1)
    placed = qrot(np.repeat(inverse[:, None], 4, axis=1), local)
    total = weights.sum(1)
    slide = (np.diff(placed, axis=0) * weights[..., None]).sum(1) / np.maximum(total, 1e-6)[:, None]
    # Travel is stored in the frame of the later root quaternion.
    forward = inverse[1:] * np.array([1.0, -1.0, -1.0, -1.0])
    anchored = qrot(forward, -slide)[:, [0, 2]]
    share = np.minimum(weights.max(1), 1.0)[:, None]
    array[:-1, 1:3] = share * anchored + (1 - share) * array[:-1, 1:3]
    return array.astype(np.float32)


def consistent_motion(features: ArrayLike) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """World joints of features, and the features with rotation and velocity columns that agree with those joints.

    A decoder predicts all columns one by one; positions are what we trust, so the others are computed from them.

    Args:
        features: (T, 263) anchored features.

    Returns:
        (T, 22, 3) metres and (T, 263).
    """
    array = np.array(features, dtype=np.float64)
    joints = recover_joints(array)
    root, _ = recover_root(array)
    array[:, ROTATIONS] = quaternion_to_6d(swing_rotations(joints, root)[:, 1:]).reshape(len(array), -1)
    if len(array) > 1:
        step = np.diff(joints, axis=0)
        moved = qrot(np.repeat(root[:-1, None], 22, axis=1), step).reshape(len(array) - 1, -1)
        array[:, VELOCITIES] = np.concatenate([moved, moved[-1:]])
    return joints.astype(np.float32), array.astype(np.float32)
