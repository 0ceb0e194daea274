"""From joint positions to true joint rotations of the 22-joint body, and back by forward kinematics.

A joint's rotation moves its children, as in SMPL and BVH, relative to a rest pose with the arms held out sideways.
Hips and chest are fitted to all their children; limbs take their twist from the plane in which knee and elbow bend.
Not for the swing-only rotation columns of the features, which are in `core.features`.
"""

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.ndimage import gaussian_filter1d

from core.constants import NUM_JOINTS
from core.rotations import (
    make_continuous,
    matrix_to_quaternion,
    normalize,
    qbetween,
    qidentity,
    qinv,
    qmul,
    qrot,
    slerp,
)
from core.skeleton import (
    LEFT_COLLAR,
    LEFT_HIP,
    LEFT_SHOULDER,
    NECK,
    PARENTS,
    PELVIS,
    RIGHT_COLLAR,
    RIGHT_HIP,
    RIGHT_SHOULDER,
    SPINE1,
    SPINE2,
    SPINE3,
)  # fmt: skip

Array = NDArray[np.float64]

_T_POSE = {
    1: (0.6, -0.8, 0), 2: (-0.6, -0.8, 0), 3: (0, 1, 0), 4: (0, -1, 0), 5: (0, -1, 0), 6: (0, 1, 0), 7: (0, -1, 0),
    8: (0, -1, 0), 9: (0, 1, 0), 10: (0, -0.45, 0.9), 11: (0, -0.45, 0.9), 12: (0, 1, 0), 13: (0.6, 0.8, 0),
    14: (-0.6, 0.8, 0), 15: (0, 1, 0), 16: (1, 0, 0), 17: (-1, 0, 0), 18: (1, 0, 0), 19: (-1, 0, 0), 20: (1, 0, 0),
    21: (-1, 0, 0),
}  # fmt: skip

T_POSE_DIRECTIONS: Final[Array] = normalize(np.array([_T_POSE.get(joint, (0, 0, 0)) for joint in range(NUM_JOINTS)]))
"""(22, 3) unit direction of the bone that ends at each joint, standing with the arms out sideways."""

BRANCHES: Final = {PELVIS: (LEFT_HIP, RIGHT_HIP, SPINE1), SPINE3: (NECK, LEFT_COLLAR, RIGHT_COLLAR)}
"""Joints with several children: their children move with them as one rigid piece."""

_SINGLE_CHILD: Final = {PARENTS[child]: child for child in range(1, NUM_JOINTS) if PARENTS[child] not in BRANCHES}

_HINGES: Final = {
    LEFT_HIP: (1.0, 0.0, 0.0),
    RIGHT_HIP: (1.0, 0.0, 0.0),
    LEFT_SHOULDER: (0.0, -1.0, 0.0),
    RIGHT_SHOULDER: (0.0, 1.0, 0.0),
}
"""Axis, in the rest pose, about which the knee or elbow below this joint bends."""

_FIT_ROUNDS: Final = 3


def _checked(joints: ArrayLike) -> Array:
    array = np.asarray(joints, dtype=np.float64)
    if array.ndim != 3 or array.shape[1:] != (NUM_JOINTS, 3) or not len(array):
        raise ValueError(f"joints must have shape (T, {NUM_JOINTS}, 3) with T at least 1, not {array.shape}")
    if not np.isfinite(array).all():
        frame = int(np.argwhere(~np.isfinite(array))[0][0])
        raise ValueError(f"joints contain a value that is not a number, first in frame {frame}")
    return array


def median_bone_lengths(joints: ArrayLike) -> Array:
    """(22,) median over time of the length in metres of the bone that ends at each joint of `joints` (T, 22, 3)."""
    array = _checked(joints)
    lengths = np.zeros(NUM_JOINTS)
    lengths[1:] = np.median(np.linalg.norm(array[:, 1:] - array[:, list(PARENTS[1:])], axis=-1), axis=0)
    return lengths


def forward_kinematics(root_positions: ArrayLike, rotations: ArrayLike, offsets: ArrayLike) -> Array:
    """Joint positions of a posed skeleton.

    Args:
        root_positions: (T, 3) metres.
        rotations: (T, 22, 4) local quaternions; a joint's rotation moves its children.
        offsets: (22, 3) rest offset of each joint from its parent, or (T, 22, 3) where offsets change over time.

    Returns:
        (T, 22, 3) metres.
    """
    local = np.asarray(rotations, dtype=np.float64)
    bones = np.broadcast_to(np.asarray(offsets, dtype=np.float64), (len(local), NUM_JOINTS, 3))
    joints = np.zeros((len(local), NUM_JOINTS, 3))
    joints[:, 0] = root_positions
    turned = local.copy()
    for joint in range(1, NUM_JOINTS):
        parent = PARENTS[joint]
        turned[:, joint] = qmul(turned[:, parent], local[:, joint])
        joints[:, joint] = joints[:, parent] + qrot(turned[:, parent], bones[:, joint])
    return joints


def _rigid_fit(rest: Array, actual: Array) -> Array:
    """(T, 4) rotations that best take the vectors `rest` (K, 3) to `actual` (T, K, 3): Kabsch's method."""
    covariance = np.einsum("tki,kj->tij", normalize(actual), normalize(rest))
    left, _, right = np.linalg.svd(covariance)
    flip = np.ones((len(actual), 3))
    flip[:, 2] = np.sign(np.linalg.det(left @ right))
    return matrix_to_quaternion((left * flip[:, None, :]) @ right)


def rest_offsets(joints: ArrayLike) -> Array:
    """The clip's own skeleton in the rest pose.

    Args:
        joints: (T, 22, 3) metres.

    Returns:
        (22, 3) metres: median bone lengths along `T_POSE_DIRECTIONS`; below hips and chest, whose children form rigid
        pieces, along the directions that the clip shows.
    """
    array = _checked(joints)
    lengths = median_bone_lengths(array)
    directions = T_POSE_DIRECTIONS.copy()
    for joint, children in BRANCHES.items():
        pick = list(children)
        actual = normalize(array[:, pick] - array[:, joint : joint + 1])
        if not np.any(actual, axis=-1).all():
            continue  # a bone without length has no direction: keep the standard one
        piece = directions[pick]
        for _ in range(_FIT_ROUNDS):
            orientation = _rigid_fit(piece, actual)
            piece = normalize(np.mean(qrot(qinv(orientation)[:, None], actual), axis=0))
        # The piece may have turned as a whole while it was averaged: lay it back onto the standard directions.
        back = _rigid_fit(piece, T_POSE_DIRECTIONS[pick][None])[0]
        directions[pick] = qrot(back, piece)
    return np.asarray(directions * lengths[:, None], dtype=np.float64)


def _steady_angle(angle: Array, weight: Array) -> Array:
    """(T,) angle averaged over time by weight, on the circle, without jumps; 0 where no weight is near.

    Three scales: the neighbours decide if they know, else the stretch around them, else nothing is twisted.
    """
    vector = np.stack([np.cos(angle), np.sin(angle)], axis=-1) * weight[:, None]
    near = gaussian_filter1d(vector, 2.0, axis=0, mode="nearest")
    far = gaussian_filter1d(vector, 12.0, axis=0, mode="nearest")
    total = near + 0.02 * far + np.array([1e-3, 0.0])
    return np.unwrap(np.arctan2(total[:, 1], total[:, 0]))


def _hinge_twist(turned: Array, bone: Array, below: Array, rest_axis: tuple[float, float, float]) -> Array:
    """(T, 4) extra twist about `bone` (unit, T, 3) that brings the hinge into the plane in which the limb bends.

    Args:
        turned: (T, 4) orientation of the upper bone by swing alone.
        bone: (T, 3) unit direction of the upper bone.
        below: (T, 3) unit direction of the lower bone.
        rest_axis: hinge axis in the rest pose.
    """
    axis = np.cross(bone, below)
    bend = np.linalg.norm(axis, axis=-1)
    hinge = qrot(turned, np.broadcast_to(np.array(rest_axis), bone.shape))
    hinge = hinge - np.sum(hinge * bone, axis=-1, keepdims=True) * bone
    sine = np.sum(np.cross(hinge, axis) * bone, axis=-1)
    cosine = np.sum(hinge * axis, axis=-1)
    # A nearly straight limb shows no plane: its weight rises from 0 at 3 degrees to 1 at 20 degrees.
    ramp = np.clip((bend - 0.05) / 0.29, 0.0, 1.0)
    angle = _steady_angle(np.arctan2(sine, cosine), ramp * ramp * (3.0 - 2.0 * ramp))
    return np.concatenate([np.cos(0.5 * angle)[:, None], np.sin(0.5 * angle)[:, None] * bone], axis=-1)


def fit_rotations(joints: ArrayLike, rest: ArrayLike | None = None) -> tuple[Array, Array]:
    """Joint rotations that reproduce joint positions, with anatomical twist and without flips over time.

    Pelvis: best fit of both hips and the spine. Chest (spine3): best fit of neck and collars. The spine between shares
    the twist. Thighs and upper arms: twist from the plane in which knee and elbow bend, held steady where the limb is
    straight. Positions do not show the twist of head, forearms, feet and hands: these follow their parents.

    Args:
        joints: (T, 22, 3) metres, Y up.
        rest: (22, 3) rest offsets, for instance of a body model; default `rest_offsets(joints)`.

    Returns:
        Root positions (T, 3) in metres and local quaternions (T, 22, 4), continuous in sign. Forward kinematics with
        `rest` gives the joints back exactly where bone lengths are constant and the children of pelvis and chest are
        rigid.

    Raises:
        ValueError: wrong shape, or values that are not numbers.
    """
    array = _checked(joints)
    skeleton = rest_offsets(array) if rest is None else np.asarray(rest, dtype=np.float64)
    if skeleton.shape != (NUM_JOINTS, 3):
        raise ValueError(f"rest must have shape ({NUM_JOINTS}, 3), not {skeleton.shape}")
    parents = list(PARENTS)
    bones = normalize(array - array[:, parents] * (np.array(parents) >= 0)[None, :, None])
    turned = qidentity(len(array), NUM_JOINTS)
    for joint, children in BRANCHES.items():
        pick = list(children)
        turned[:, joint] = make_continuous(_rigid_fit(skeleton[pick], bones[:, pick]))
    for joint in range(1, NUM_JOINTS):
        if joint in BRANCHES:
            continue
        if joint in (SPINE1, SPINE2):
            reference = slerp(turned[:, PELVIS], turned[:, SPINE3], 1 / 3 if joint == SPINE1 else 2 / 3)
        else:
            reference = turned[:, PARENTS[joint]]
        child = _SINGLE_CHILD.get(joint)
        if child is None:
            turned[:, joint] = reference
            continue
        bone = bones[:, child]
        swung = qmul(qbetween(qrot(reference, normalize(skeleton[child])), bone), reference)
        if joint in _HINGES:
            swung = qmul(_hinge_twist(swung, bone, bones[:, _SINGLE_CHILD[child]], _HINGES[joint]), swung)
        turned[:, joint] = swung
    local = turned.copy()
    for joint in range(1, NUM_JOINTS):
        local[:, joint] = qmul(qinv(turned[:, PARENTS[joint]]), turned[:, joint])
    return array[:, 0].copy(), make_continuous(local)
