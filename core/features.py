"""HumanML3D's 263 features a frame: encoding from joint positions and recovery, exact to the published data set.

Two modes. `published` repeats the data set's quirks (swapped hip sign in the heading, identity heading on the first
frame, sign loss past 180 degrees) and is meant for other people's data and checkpoints. `corrected` uses the true
heading, starts at heading zero without a jump and follows turns of any size; our own weights use it. Both are
recovered by the same functions.

Units: metres, Y up, frames of 20 fps, radians. Source: HumanML3D, see docs/models.md.
"""

from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.ndimage import gaussian_filter1d

from core.constants import NUM_FEATURES, NUM_JOINTS
from core.rotations import qbetween, qinv, qmul, qrot, quaternion_to_6d, sixd_to_quaternion
from core.skeleton import (
    CHAINS,
    CONTACT_JOINTS,
    LEFT_HIP,
    LEFT_SHOULDER,
    MIRROR_JOINTS,
    PARENTS,
    REST_DIRECTIONS,
    RIGHT_HIP,
    RIGHT_SHOULDER,
    UNIFORM_BONE_LENGTHS,
    UNIFORM_OFFSETS,
)

FeatureMode = Literal["published", "corrected"]
FloatArray = NDArray[np.float64]

ROOT_YAW = slice(0, 1)
ROOT_VELOCITY = slice(1, 3)
ROOT_HEIGHT = slice(3, 4)
LOCAL_POSITIONS = slice(4, 67)
ROTATIONS = slice(67, 193)
VELOCITIES = slice(193, 259)
CONTACTS = slice(259, 263)

HEADING_SIGMA = 20
"""Standard deviation, in frames, of the Gaussian that smooths the forward direction over time."""

CONTACT_THRESHOLD = 0.002
"""Squared displacement per frame, in square metres, under which a foot joint counts as touching the ground."""

_BLOCK = 4096

_UP = np.array([0.0, 1.0, 0.0])
_FORWARD = np.array([0.0, 0.0, 1.0])


def _check_joints(joints: ArrayLike, shortest: int) -> FloatArray:
    array = np.asarray(joints, dtype=np.float64)
    if array.ndim != 3 or array.shape[1:] != (NUM_JOINTS, 3):
        raise ValueError(f"joints must have shape (T, {NUM_JOINTS}, 3), not {array.shape}")
    if len(array) < shortest:
        raise ValueError(f"at least {shortest} frames of joints are needed, not {len(array)}")
    if not np.isfinite(array).all():
        frame = int(np.argwhere(~np.isfinite(array))[0][0])
        raise ValueError(f"joints contain a value that is not a number, first in frame {frame}")
    return array


def _check_features(features: ArrayLike) -> FloatArray:
    array = np.asarray(features, dtype=np.float64)
    if array.ndim != 2 or array.shape[1] != NUM_FEATURES:
        raise ValueError(f"features must have shape (T, {NUM_FEATURES}), not {array.shape}")
    return array


def uniform_skeleton(joints: ArrayLike, bone_lengths: ArrayLike = UNIFORM_BONE_LENGTHS) -> FloatArray:
    """Give a motion the bone lengths of the data set's uniform skeleton; bone directions stay as they are.

    Args:
        joints: (T, 22, 3) metres.
        bone_lengths: (22,) target length of the bone ending at each joint.

    Returns:
        (T, 22, 3); the root track is scaled by the ratio of the right leg's lengths in the first frame.
    """
    source = _check_joints(joints, 1)
    lengths = np.asarray(bone_lengths, dtype=np.float64)
    first = source[0]
    legs = sum(float(np.linalg.norm(first[j] - first[PARENTS[j]])) for j in (5, 8))
    if legs < 1e-6:
        raise ValueError("the right leg has no length in the first frame, so the body size is unknown")
    result = np.empty_like(source)
    result[:, 0] = source[:, 0] * ((lengths[5] + lengths[8]) / legs)
    for chain in CHAINS:
        for parent, child in pairwise(chain):
            bone = source[:, child] - source[:, parent]
            norm = np.linalg.norm(bone, axis=-1, keepdims=True)
            direction = np.where(norm > 1e-8, bone / np.maximum(norm, 1e-8), REST_DIRECTIONS[child])
            result[:, child] = result[:, parent] + direction * lengths[child]
    return result


def mirror(joints: ArrayLike) -> FloatArray:
    """Swap left and right: (T, 22, 3) joints reflected in the plane x = 0."""
    array = _check_joints(joints, 1)[:, list(MIRROR_JOINTS)].copy()
    array[..., 0] *= -1
    return array


def _across(joints: FloatArray) -> FloatArray:
    """(T, 3) unit vector from the body's left to its right."""
    hips = joints[:, RIGHT_HIP] - joints[:, LEFT_HIP]
    shoulders = joints[:, RIGHT_SHOULDER] - joints[:, LEFT_SHOULDER]
    across = hips + shoulders
    return np.asarray(across / np.maximum(np.linalg.norm(across, axis=-1, keepdims=True), 1e-12))


def _across_published(joints: FloatArray) -> FloatArray:
    """The same with the data set's swapped hip sign."""
    across = joints[:, LEFT_HIP] - joints[:, RIGHT_HIP] + joints[:, RIGHT_SHOULDER] - joints[:, LEFT_SHOULDER]
    return np.asarray(across / np.maximum(np.linalg.norm(across, axis=-1, keepdims=True), 1e-12))


def _forward(across: FloatArray, *, smooth: bool = False) -> FloatArray:
    """(T, 3) unit forward direction in the ground plane.

    Smoothing comes before the normalisation, so frames in which the body leans sideways weigh less: the data set does
    so.
    """
    forward = np.cross(_UP, across)
    if smooth:
        forward = gaussian_filter1d(forward, HEADING_SIGMA, axis=0, mode="nearest")
    return np.asarray(forward / np.maximum(np.linalg.norm(forward, axis=-1, keepdims=True), 1e-12))


def _heading(forward: FloatArray) -> FloatArray:
    """(T,) angle by which +Z was turned towards +X, continuous over time."""
    return np.unwrap(np.arctan2(forward[:, 0], forward[:, 2]))


def _smooth_heading(joints: FloatArray) -> FloatArray:
    """(T,) heading smoothed over time as an angle, continuous.

    The mean of forward VECTORS vanishes in a turn of 180 degrees a second and points anywhere; the angle does not.
    Frames in which the body leans sideways, where the heading is uncertain, weigh less.
    """
    forward = np.cross(_UP, _across(joints))
    weight = np.maximum(np.linalg.norm(forward, axis=-1), 1e-3)
    heading = np.unwrap(np.arctan2(forward[:, 0], forward[:, 2]))
    summed = gaussian_filter1d(heading * weight, HEADING_SIGMA, mode="nearest")
    return np.asarray(summed / gaussian_filter1d(weight, HEADING_SIGMA, mode="nearest"))


def _root_angle(joints: FloatArray) -> FloatArray:
    """(T,) half angle of the root quaternion in `corrected` mode (inverse heading), continuous, zero at first."""
    angle = -0.5 * _smooth_heading(joints)
    return np.asarray(angle - angle[0])


def root_quaternions(joints: ArrayLike, mode: FeatureMode, *, smooth: bool = True) -> FloatArray:
    """Rotation about Y that takes each frame's forward direction to +Z, the inverse of the heading.

    Args:
        joints: (T, 22, 3).
        mode: see the module.
        smooth: smooth the forward direction over time first.

    Returns:
        (T, 4) quaternions (w, x, y, z); the first is the identity.
    """
    array = _check_joints(joints, 1)
    if mode == "corrected":
        angle = _root_angle(array) if smooth else -0.5 * _heading(_forward(_across(array)))
        angle = angle - angle[0]
        zero = np.zeros_like(angle)
        return np.stack([np.cos(angle), zero, np.sin(angle), zero], axis=-1)
    forward = _forward(_across_published(array), smooth=smooth)
    quaternion = qbetween(forward, np.broadcast_to(_FORWARD, forward.shape))
    quaternion[0] = (1.0, 0.0, 0.0, 0.0)
    return quaternion


def swing_rotations(joints: ArrayLike, root: ArrayLike) -> FloatArray:
    """Swing-only rotations that point each rest bone along its actual direction.

    Args:
        joints: (T, 22, 3).
        root: (T, 4) root quaternions.

    Returns:
        (T, 22, 4); slot j turns the bone that ends at joint j, relative to its chain; slot 0 is the root. They carry
        no twist and are not SMPL joint rotations.
    """
    array = _check_joints(joints, 1)
    root_quaternion = np.asarray(root, dtype=np.float64)
    result = np.zeros((len(array), NUM_JOINTS, 4))
    result[:, 0] = root_quaternion
    for chain in CHAINS:
        rotation = root_quaternion
        for parent, child in pairwise(chain):
            bone = array[:, child] - array[:, parent]
            norm = np.maximum(np.linalg.norm(bone, axis=-1, keepdims=True), 1e-12)
            rest = np.broadcast_to(REST_DIRECTIONS[child], bone.shape)
            local = qmul(qinv(rotation), qbetween(rest, bone / norm))
            result[:, child] = local
            rotation = qmul(rotation, local)
    return result


def canonical_joints(joints: ArrayLike, mode: FeatureMode) -> FloatArray:
    """Put a motion on the floor, its first frame at the origin and facing +Z.

    Args:
        joints: (T, 22, 3).
        mode: `published` turns by the first frame's own forward direction, `corrected` by the smoothed one, which is
            the
            direction that the features call zero.

    Returns:
        (T, 22, 3); the lowest joint of the clip is at y = 0.
    """
    array = _check_joints(joints, 1).copy()
    array[..., 1] -= array[..., 1].min()
    array[..., [0, 2]] -= array[0, 0, [0, 2]]
    if mode == "published":
        forward = _forward(_across(array[:1]))[0]
        turn = qbetween(forward, _FORWARD)
    else:
        angle = -0.5 * _smooth_heading(array)[0]
        turn = np.array([np.cos(angle), 0.0, np.sin(angle), 0.0])
    return np.asarray(qrot(np.broadcast_to(turn, (*array.shape[:2], 4)), array))


def encode(joints: ArrayLike, mode: FeatureMode = "corrected", *, uniform: bool = True) -> NDArray[np.float32]:
    """Encode joint positions as HumanML3D features.

    Args:
        joints: (T, 22, 3) metres, Y up, T at least 2; any place and heading.
        mode: `published` or `corrected`, see the module.
        uniform: give the motion the uniform skeleton first.

    Returns:
        (T - 1, 263) float32, not normalised.

    Raises:
        ValueError: wrong shape, too few frames or values that are not numbers.
    """
    array = _check_joints(joints, 2)
    if uniform:
        array = uniform_skeleton(array)
    positions = canonical_joints(array, mode)
    frames = len(positions)

    root = root_quaternions(positions, mode)
    rotations = quaternion_to_6d(swing_rotations(positions, root)[:, 1:])
    step = np.diff(positions, axis=0)
    if mode == "corrected":
        yaw = np.diff(_root_angle(positions))
    else:
        yaw = np.arcsin(np.clip(qmul(root[1:], qinv(root[:-1]))[:, 2], -1.0, 1.0))
    root_velocity = qrot(root[1:], step[:, 0])

    local = positions.copy()
    local[..., [0, 2]] -= local[:, :1, [0, 2]]
    local = qrot(np.repeat(root[:, None], NUM_JOINTS, axis=1), local)
    velocities = qrot(np.repeat(root[:-1, None], NUM_JOINTS, axis=1), step)
    contacts = (np.square(step[:, list(CONTACT_JOINTS)]).sum(axis=-1) < CONTACT_THRESHOLD).astype(np.float64)

    features = np.concatenate(
        [
            yaw[:, None],
            root_velocity[:, [0, 2]],
            positions[:-1, 0, 1:2],
            local[:-1, 1:].reshape(frames - 1, -1),
            rotations[:-1].reshape(frames - 1, -1),
            velocities.reshape(frames - 1, -1),
            contacts,
        ],
        axis=1,
    )
    return features.astype(np.float32)


def described(joints: ArrayLike, turns: ArrayLike, angle: float = 0.0) -> NDArray[np.float32]:
    """Feature columns of joints whose heading is known, all but the contacts; nothing is moved or turned.

    Args:
        joints: (T, 22, 3) metres.
        turns: (T,) column 0 of the features, half of the inverse turn from each frame to the next.
        angle: half of the inverse heading of the first frame, the sum of the turns before it.

    Returns:
        (T, 259). The last frame's steps repeat those before it.
    """
    array = _check_joints(joints, 1)
    turn = np.asarray(turns, dtype=np.float64)
    angles = angle + np.concatenate([[0.0], np.cumsum(turn[:-1])])
    zero = np.zeros_like(angles)
    root = np.stack([np.cos(angles), zero, np.sin(angles), zero], axis=-1)
    result = np.zeros((len(array), CONTACTS.start), dtype=np.float32)
    result[:, 0] = turn
    for start in range(0, len(array), _BLOCK):  # memory does not grow with the motion, beyond the result
        end = min(start + _BLOCK, len(array))
        part, turned = array[start:end], root[start:end]
        local = part[:, 1:].copy()
        local[..., [0, 2]] -= part[:, :1, [0, 2]]
        local = qrot(np.repeat(turned[:, None], NUM_JOINTS - 1, axis=1), local)
        result[start:end, ROOT_HEIGHT] = part[:, 0, 1:2]
        result[start:end, LOCAL_POSITIONS] = local.reshape(end - start, -1)
        result[start:end, ROTATIONS] = quaternion_to_6d(swing_rotations(part, turned)[:, 1:]).reshape(end - start, -1)
        step = np.diff(array[start : end + 1], axis=0)
        last = start + len(step)
        result[start:last, ROOT_VELOCITY] = qrot(root[start + 1 : last + 1], step[:, 0])[:, [0, 2]]
        moved = qrot(np.repeat(root[start:last, None], NUM_JOINTS, axis=1), step)
        result[start:last, VELOCITIES] = moved.reshape(len(step), 3 * NUM_JOINTS)
    if len(array) > 1:
        result[-1, VELOCITIES] = result[-2, VELOCITIES]
    return result


def recover_root(features: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Integrate the root's turn and travel.

    Args:
        features: (T, 263).

    Returns:
        (T, 4) root quaternions (inverse heading) and (T, 3) root positions; the first stands at the origin facing +Z.
    """
    array = _check_features(features)
    angle = np.zeros(len(array))
    angle[1:] = np.cumsum(array[:-1, 0])
    zero = np.zeros_like(angle)
    root = np.stack([np.cos(angle), zero, np.sin(angle), zero], axis=-1)
    step = np.zeros((len(array), 3))
    step[1:, [0, 2]] = array[:-1, ROOT_VELOCITY]
    position = np.cumsum(qrot(qinv(root), step), axis=0)
    position[:, 1] = array[:, 3]
    return root, position


def recover_joints(features: ArrayLike) -> FloatArray:
    """Joint positions from the local positions: the representation for display and metrics.

    Args:
        features: (T, 263).

    Returns:
        (T, 22, 3) metres in world space.
    """
    array = _check_features(features)
    root, position = recover_root(array)
    local = array[:, LOCAL_POSITIONS].reshape(len(array), NUM_JOINTS - 1, 3)
    world = qrot(np.repeat(qinv(root)[:, None], NUM_JOINTS - 1, axis=1), local)
    world[..., [0, 2]] += position[:, None, [0, 2]]
    return np.concatenate([position[:, None], world], axis=1)


def recover_from_rotations(features: ArrayLike, offsets: ArrayLike = UNIFORM_OFFSETS) -> FloatArray:
    """Joint positions from the rotation columns by forward kinematics.

    Args:
        features: (T, 263).
        offsets: (22, 3) rest offset of each joint from its parent, metres.

    Returns:
        (T, 22, 3) metres. Agrees with `recover_joints` on encoded data, not on generated features.
    """
    array = _check_features(features)
    bones = np.asarray(offsets, dtype=np.float64)
    root, position = recover_root(array)
    rotations = sixd_to_quaternion(array[:, ROTATIONS].reshape(len(array), NUM_JOINTS - 1, 6))
    joints = np.zeros((len(array), NUM_JOINTS, 3))
    joints[:, 0] = position
    for chain in CHAINS:
        rotation = root
        for parent, child in pairwise(chain):
            rotation = qmul(rotation, rotations[:, child - 1])
            offset = np.broadcast_to(bones[child], (len(array), 3))
            joints[:, child] = joints[:, parent] + qrot(rotation, offset)
    return joints
