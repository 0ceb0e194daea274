"""Moves the puppet of a portrait as a detailed 3D motion says, and writes the result as 2D points with confidences.

The portrait's own pose stands for the motion's neutral stance: limbs at rest stay where the picture has them, limbs
that gesture take the directions of the motion. Where the motion comes from is `models.translator`'s concern.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d, maximum_filter1d

from core.pose import LEFT_HIP, LEFT_SHOULDER, NECK, RIGHT_HIP, RIGHT_SHOULDER
from core.rotations import (
    axis_angle_to_quaternion,
    qbetween,
    qinv,
    qmul,
    qrot,
    quaternion_to_axis_angle,
    quaternion_to_matrix,
    slerp,
)
from core.skeleton import HEAD
from core.skeleton import NECK as J_NECK
from core.two_bone import two_bones
from models.framing import keep_hands_in_picture
from models.neutral import NEUTRAL_FACE, NEUTRAL_HANDS, NEUTRAL_JOINTS
from models.portrait_fit import ARM_JOINTS, ARMS, HEAD_POINTS, LEG_JOINTS, LEGS, PortraitBody
from models.projection import (
    Array,
    CameraPath,
    blend_directions,
    carry,
    project,
    rotate_yaw,
    smoothstep,
    soft_limit,
    unit,
)
from models.stance import NEUTRAL_CHEST, Stance, chest_frames, departure
from models.visibility import Visibility

HALO: Final = 40
"""Frames on each side that influence a frame; blocks of a long motion overlap by this much."""


@dataclass(frozen=True, eq=False)
class DetailedMotion:
    """A motion with face points and fingers, without heading and path (see `models.projection.BodyFrames`).

    Attributes:
        joints: (T, 22, 3) metres, facing +Z, pelvis above the origin, y above the floor.
        face: (T, 5, 3) metres from the head joint: nose, left eye, right eye, left ear, right ear.
        hands: (T, 2, 21, 3) metres from the wrist; left hand first.
        hand_confidence: (T, 2) 0..1, lower where fingers are borrowed from another capture.
    """

    joints: Array
    face: Array
    hands: Array
    hand_confidence: Array

    def __len__(self) -> int:
        return int(self.joints.shape[0])

    def frames(self, start: int, end: int) -> "DetailedMotion":
        """The frames start..end."""
        part = slice(start, end)
        return DetailedMotion(self.joints[part], self.face[part], self.hands[part], self.hand_confidence[part])


@dataclass(frozen=True, eq=False)
class FittedPoses:
    """2D points of a stretch of motion; shapes as in `core.pose.PoseSequence`."""

    body: NDArray[np.float32]
    face: NDArray[np.float32]
    hands: NDArray[np.float32]
    depth: NDArray[np.float32]
    flags: NDArray[np.uint8]


def gesture_weight(arms: Array) -> Array:
    """(T, 2) share of the motion's own directions in each arm: 0 shows the portrait's pose, 1 the motion's.

    The weight begins to rise a little before the hand does and falls a little after, so an arm leaves its portrait
    pose as preparation of a gesture, and does not return between the beats of one.

    Args:
        arms: (T, 2, 3) as in `models.stance.Stance`.
    """
    weight = smoothstep(0.16, 0.62, departure(arms))
    weight = maximum_filter1d(weight, 9, axis=0, mode="nearest")
    return gaussian_filter1d(weight, 2.5, axis=0, mode="nearest", truncate=3.0)


def neutral_motion(joints: Array) -> DetailedMotion:
    """Add a face that looks where the neck points and relaxed hands to joints: what projecting alone can give."""
    count = len(joints)
    turn = chest_frames(joints) @ NEUTRAL_CHEST.T
    neck = unit(joints[:, HEAD] - joints[:, J_NECK])
    neutral_neck = unit(NEUTRAL_JOINTS[HEAD] - NEUTRAL_JOINTS[J_NECK])
    nod = qbetween(np.einsum("tij,j->ti", turn, neutral_neck), neck)
    face = qrot(nod[:, None], np.einsum("tij,pj->tpi", turn, NEUTRAL_FACE))
    hands = np.empty((count, 2, 21, 3))
    for side in range(2):
        _, elbow, wrist = ARM_JOINTS[side]
        start = unit(NEUTRAL_JOINTS[wrist] - NEUTRAL_JOINTS[elbow])
        hands[:, side] = carry(
            np.broadcast_to(NEUTRAL_HANDS[side], (count, 21, 3)),
            np.broadcast_to(start, (count, 3)),
            unit(joints[:, wrist] - joints[:, elbow]),
        )
    return DetailedMotion(joints, face, hands, np.full((count, 2), 0.5))


def fit_motion(
    body: PortraitBody, motion: DetailedMotion, stance: Stance, path: CameraPath, feet: Array
) -> FittedPoses:
    """Move the puppet and project it.

    Args:
        body: the portrait's puppet.
        motion: T frames.
        stance: how the body differs from its usual stance in the same frames.
        path: heading and place of the same frames.
        feet: (2, 3) metres, where the motion's own stance has left and right ankle against the neutral one.
    """
    count, scale = len(motion), body.pixels_per_metre
    offset = path.offset * scale
    weight = gesture_weight(stance.arms)
    points = np.broadcast_to(body.rest, (count, 18, 3)).copy()
    lean, neck_base = _place_trunk(body, stance, offset[:, 1], points)
    face = _place_head(body, stance, lean, neck_base, points)
    hands = np.empty((count, 2, 21, 3))
    for side in range(2):
        _place_arm(body, motion, stance, weight[:, side], side, points, hands)
        _place_leg(body, motion, path, feet[side], side, points)
    # Legs, pelvis and the rest share one turn about the upright axis through the pelvis, then the body's place.
    shift = np.stack([offset[:, 0], np.zeros(count), offset[:, 2]], axis=-1)
    axis = np.array([body.pelvis[0], 0.0, 0.0])

    def to_camera(values: Array) -> Array:
        place = (slice(None),) + (None,) * (values.ndim - 2)
        return rotate_yaw(values - axis, path.yaw) + axis + shift[place]

    points, face, hands = to_camera(points), to_camera(face), to_camera(hands)
    held = keep_hands_in_picture(body, weight, points, hands)
    depth = (points[..., 2] - points[:, NECK, None, 2]) / scale
    flat_body = project(points, body.centre, body.camera_distance)
    flat_face = project(face, body.centre, body.camera_distance)
    flat_hands = project(hands, body.centre, body.camera_distance)
    seen, turn = Visibility(body, weight), quaternion_to_matrix(stance.head)
    body_confidence = seen.body(flat_body, depth, path.yaw, turn)
    face_confidence = seen.face(flat_face, turn, path.yaw)
    hand_confidence = seen.hands(flat_hands, body_confidence, motion.hand_confidence)
    flags = seen.flags(flat_body, flat_hands, body_confidence, path, held)
    return FittedPoses(
        body=_with_confidence(flat_body, body_confidence),
        face=_with_confidence(flat_face, face_confidence),
        hands=_with_confidence(flat_hands, hand_confidence),
        depth=depth.astype(np.float32),
        flags=flags,
    )


def _with_confidence(points: Array, confidence: Array) -> NDArray[np.float32]:
    return np.concatenate([points, confidence[..., None]], axis=-1).astype(np.float32)


def _limit_lean(rotation: Array, lean: float, side: float) -> Array:
    """Leans squeezed smoothly below `lean` radians, and below `side` to the side."""
    vector = quaternion_to_axis_angle(rotation)
    vector[:, 2] = soft_limit(vector[:, 2], side, side)
    angle = np.linalg.norm(vector, axis=-1)
    share = np.where(angle > 1e-6, lean * np.tanh(angle / lean) / np.maximum(angle, 1e-6), 1.0)
    return axis_angle_to_quaternion(vector * share[:, None])


def _place_trunk(body: PortraitBody, stance: Stance, rise: Array, points: Array) -> tuple[Array, Array]:
    """Place pelvis, hips, neck and shoulders.

    Returns:
        (T, 4) rotation that takes the motion's lean to the lean that is shown, (T, 3) base of the neck.
    """
    pelvis = body.pelvis + np.stack([np.zeros_like(rise), rise, np.zeros_like(rise)], axis=-1)
    spine = _limit_lean(stance.spine, body.limits.lean, body.sway.side)
    lean = qmul(spine, qinv(stance.spine))
    stretch = 1.0 + soft_limit(stance.stretch - 1.0, body.sway.stretch, min(body.sway.stretch, 0.05))[:, None]
    neck_base = pelvis + stretch * qrot(spine, body.rest[NECK] - body.pelvis)
    chest = qmul(lean, stance.chest)
    raised = np.zeros_like(pelvis)
    for side, shoulder in enumerate((LEFT_SHOULDER, RIGHT_SHOULDER)):
        change = stance.shoulders[:, side]
        size = np.linalg.norm(change, axis=-1, keepdims=True)
        change = change * smoothstep(0.0, 0.02, size)
        change[:, 1] = soft_limit(change[:, 1], body.sway.shrug, body.sway.shrug)
        change = change * body.pixels_per_metre
        points[:, shoulder] = neck_base + qrot(chest, body.rest[shoulder] - body.rest[NECK] + change)
        raised += 0.5 * body.sway.lift * qrot(chest, change)
    points[:, NECK] = neck_base + raised
    for hip in (LEFT_HIP, RIGHT_HIP):
        points[:, hip] = pelvis + qrot(stance.hips, body.rest[hip] - body.pelvis)
    return lean, neck_base


def _place_head(body: PortraitBody, stance: Stance, lean: Array, neck_base: Array, points: Array) -> Array:
    """Place nose, eyes and ears; returns the (T, 68, 3) face."""
    pivot = neck_base + qrot(qmul(lean, stance.neck), body.head_pivot - body.rest[NECK])
    turn = quaternion_to_matrix(qmul(lean, stance.head))
    at = body.rest[list(HEAD_POINTS)] - body.head_pivot
    points[:, list(HEAD_POINTS)] = pivot[:, None] + np.einsum("tij,pj->tpi", turn, at)
    return pivot[:, None] + np.einsum("tij,pj->tpi", turn, body.face - body.head_pivot)


def _place_arm(
    body: PortraitBody, motion: DetailedMotion, stance: Stance, weight: Array, side: int, points: Array, hands: Array
) -> None:
    joints, chain = ARM_JOINTS[side], ARMS[side]
    count = len(motion)
    for part in range(2):
        actual = unit(motion.joints[:, joints[part + 1]] - motion.joints[:, joints[part]])
        swing = _noticed(stance.swings[:, side, part])
        rest = qrot(swing, body.arm_rest[side, part])
        direction = blend_directions(rest, actual, weight)
        points[:, chain[part + 1]] = points[:, chain[part]] + direction * body.arm_lengths[side, part]
    # After the loop: `actual`, `swing` and `direction` are the forearm's.
    shape = carry(motion.hands[:, side], actual, direction)
    tip = unit(shape[:, 12])
    aim = blend_directions(qrot(swing, body.hand_rest[side]), tip, weight)
    shape = carry(shape, tip, aim)
    bones = np.diff(shape[:, [0, 9, 10, 11, 12]], axis=1)
    straight = np.linalg.norm(bones, axis=-1).sum(axis=1)
    reach = np.linalg.norm(shape[:, 12], axis=-1)
    # At rest the finger ends where the rig has it; in a gesture bones keep their length when fingers bend.
    size = (1.0 - weight) * body.hand_lengths[side] / np.maximum(reach, 1e-6)
    size = size + weight * body.hand_lengths[side] / np.maximum(straight, 1e-6)
    hands[:, side] = points[:, None, chain[2]] + shape * size.reshape(count, 1, 1)


def _noticed(swing: Array) -> Array:
    """Swings of an arm at rest without their first degrees, and without those of raised arms."""
    angle = 2.0 * np.arccos(np.clip(np.abs(swing[:, 0]), 0.0, 1.0))
    identity = np.broadcast_to(np.array([1.0, 0.0, 0.0, 0.0]), swing.shape)
    return slerp(identity, swing, smoothstep(0.02, 0.2, angle) * smoothstep(2.8, 1.2, angle))


def _place_leg(
    body: PortraitBody, motion: DetailedMotion, path: CameraPath, foot: Array, side: int, points: Array
) -> None:
    """Place knee and ankle by two-bone inverse kinematics, so planted feet stay where the portrait has them."""
    hip, knee, ankle = LEGS[side]
    j_hip, j_knee, j_ankle = LEG_JOINTS[side]
    scale = body.pixels_per_metre
    place = np.stack([path.offset[:, 0], np.zeros(len(motion)), path.offset[:, 2]], axis=-1)
    # Displacement of the foot over the floor, seen from the camera; small differences of stance do not count.
    moved = rotate_yaw(motion.joints[:, j_ankle] - NEUTRAL_JOINTS[j_ankle], path.yaw) + place - foot
    size = np.linalg.norm(moved, axis=-1, keepdims=True)
    moved = moved * smoothstep(0.03, 0.20, size) - place
    target = body.rest[ankle] + rotate_yaw(moved, -path.yaw) * scale
    upper, lower = body.leg_lengths[side]
    pole = motion.joints[:, j_knee] - (motion.joints[:, j_hip] + motion.joints[:, j_ankle]) / 2.0
    pole = unit(pole + np.array([0.0, 0.0, 0.08]))
    solved, end = two_bones(points[:, hip], target, upper, lower, pole)
    rest_pole = NEUTRAL_JOINTS[j_knee] - (NEUTRAL_JOINTS[j_hip] + NEUTRAL_JOINTS[j_ankle]) / 2.0
    rest_pole = unit(rest_pole + np.array([0.0, 0.0, 0.08]))[None]
    own, _ = two_bones(body.rest[None, hip], body.rest[None, ankle], upper, lower, rest_pole)
    points[:, knee] = solved + (body.rest[knee] - own[0])
    points[:, ankle] = end
