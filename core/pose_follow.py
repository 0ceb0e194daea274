"""How a pose would look had the rig been another: a guess for the eye while a point is dragged.

The poses themselves are made by `models.translator`, which needs seconds for a recording; until they come, the views
show those there are with each limb stretched and turned as the rig's own limb was. Not for rendering.
"""

import cmath
import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.pose import (
    LEFT_ANKLE,
    LEFT_ELBOW,
    LEFT_HAND,
    LEFT_HIP,
    LEFT_KNEE,
    LEFT_SHOULDER,
    LEFT_WRIST,
    RIGHT_ANKLE,
    RIGHT_ELBOW,
    RIGHT_HAND,
    RIGHT_HIP,
    RIGHT_KNEE,
    RIGHT_SHOULDER,
    RIGHT_WRIST,
)
from core.rig import Rig

Floats = NDArray[np.float32]
Pose = tuple[Floats, Floats, Floats]
"""Body (18, 3), face (68, 3) and hands (2, 21, 3): x, y in pixels of the portrait, confidence."""

_LIMBS: Final = (
    (RIGHT_SHOULDER, RIGHT_ELBOW, RIGHT_WRIST, RIGHT_HAND),
    (LEFT_SHOULDER, LEFT_ELBOW, LEFT_WRIST, LEFT_HAND),
    (RIGHT_HIP, RIGHT_KNEE, RIGHT_ANKLE, None),
    (LEFT_HIP, LEFT_KNEE, LEFT_ANKLE, None),
)
"""What moves freely: where it hangs, its two bones' ends, and the hand at the end."""

_MOUTH: Final = slice(48, 68)
_FINGER_TIP: Final = 12
_FAR: Final = math.radians(35)
"""A limb that is moved so far from the rig's own direction keeps its place."""

_STRONGEST: Final = 4.0
"""A bone is stretched or shortened at most by so much: a rig bone of no length says nothing."""


def follow_rig(pose: Pose, before: Rig, after: Rig) -> Pose:
    """Return a pose that was made for one rig, adapted to another of the same picture.

    The pose in which the rig shows the person becomes exactly that of the new rig. In others, head and trunk are
    shifted the same way; limbs and hands are turned and stretched the less, the further they are moved from where the
    rig has them, as there the motion says where they are. Points that either rig does not show only go along.

    Args:
        pose: see `Pose`; it is not changed.
        before: the rig that it was made for.
        after: the rig to adapt it to.
    """
    old_body, face, hands = pose
    body = old_body.copy()
    shown = (before.body[:, 2] > 0) & (after.body[:, 2] > 0)
    body[shown, :2] += after.body[shown, :2] - before.body[shown, :2]
    hands = hands.copy()
    for joints in _LIMBS:
        _follow_limb(old_body, body, hands, before, after, joints)
    return body, _face(face, before, after), hands


def _follow_limb(
    old_body: Floats, body: Floats, hands: Floats, before: Rig, after: Rig, joints: tuple[int, int, int, int | None]
) -> None:
    """Change a limb of `body` and its hand in place."""
    start, middle, end, hand = joints
    bones = [(before.body[[a, b]], after.body[[a, b]], old_body[b, :2] - old_body[a, :2], b)
             for a, b in ((start, middle), (middle, end))]  # fmt: skip
    near = min(_nearness(old, way) for old, _, way, _ in bones)
    at = start
    for old, new, way, joint in bones:
        body[joint, :2] = body[at, :2] + _turned(way, _turn(old, new, near))
        at = joint
    if hand is not None:
        ends = [np.stack([rig.body[end], rig.hand_tips[hand]]) for rig in (before, after)]
        ways = hands[hand, :, :2] - old_body[end, :2]
        near = min(near, _nearness(ends[0], ways[_FINGER_TIP]))
        hands[hand, :, :2] = body[end, :2] + _turned(ways, _turn(ends[0], ends[1], near))


def _face(face: Floats, before: Rig, after: Rig) -> Floats:
    """The face goes with its box, the lips with the mouth's centre and width."""
    face = face.copy()
    scale = np.clip(after.face_box[2:] / np.maximum(before.face_box[2:], 1e-3), 1 / _STRONGEST, _STRONGEST)

    def boxed(points: Floats) -> Floats:
        old, new = (rig.face_box[:2] + rig.face_box[2:] / 2 for rig in (before, after))
        return np.asarray(new + (points - old) * scale, np.float32)

    face[:, :2] = boxed(face[:, :2])
    wide = after.mouth[2] / max(float(before.mouth[2]) * float(scale[0]), 1e-3)
    middle = face[_MOUTH, 0].mean()
    face[_MOUTH, 0] = middle + (face[_MOUTH, 0] - middle) * np.clip(wide, 1 / _STRONGEST, _STRONGEST)
    face[_MOUTH, :2] += after.mouth[:2] - boxed(before.mouth[:2])
    return face


def _bone(ends: Floats) -> complex:
    """The bone between two (x, y, confidence) points; 0 where one of them is not shown or they are one."""
    found = complex(*(ends[1, :2] - ends[0, :2]).tolist())
    return found if ends[:, 2].min() > 0 and abs(found) >= 1.0 else 0j


def _nearness(rig_ends: Floats, way: Floats) -> float:
    """How much a bone of the pose points as the rig's does: 1 the same way, 0 from `_FAR` on or without a bone."""
    bone, posed = _bone(rig_ends), complex(*way.tolist())
    if not bone or not posed:
        return 0.0
    return max(0.0, 1.0 - abs(cmath.phase(posed / bone)) / _FAR)


def _turn(before: Floats, after: Floats, near: float) -> complex:
    """How a bone is turned and stretched from the old rig's (2, 3) ends to the new one's, as a factor of the plane."""
    old, new = _bone(before), _bone(after)
    if not old or not new:
        return 1.0 + 0.0j
    factor = new / old
    size = min(max(abs(factor), 1 / _STRONGEST), _STRONGEST)
    return cmath.rect(size**near, near * cmath.phase(factor))


def _turned(ways: Floats, factor: complex) -> Floats:
    """(..., 2) vectors turned and stretched."""
    x, y = ways[..., 0], ways[..., 1]
    return np.stack([x * factor.real - y * factor.imag, x * factor.imag + y * factor.real], axis=-1)
