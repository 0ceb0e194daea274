"""How a moving body differs from its own usual stance: what a portrait's person does on top of the portrait's pose.

People stand differently, captured actors too: bent backs, low shoulders, hands a little raised. Such habits would show
as a constant error against the portrait, so a slowly following usual stance is taken away from lean, shoulders,
head and arms. Used by `models.retarget` and `models.translator`.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from scipy.ndimage import gaussian_filter1d

from core.constants import MOTION_FPS
from core.rotations import (
    axis_angle_to_quaternion,
    matrix_to_quaternion,
    qbetween,
    qinv,
    qmul,
    quaternion_to_axis_angle,
)
from core.skeleton import (
    HEAD,
    LEFT_HIP,
    LEFT_SHOULDER,
    LEFT_WRIST,
    NECK,
    PELVIS,
    RIGHT_HIP,
    RIGHT_SHOULDER,
    RIGHT_WRIST,
    SPINE1,
    SPINE2,
)
from models.neutral import NEUTRAL_FACE, NEUTRAL_JOINTS
from models.portrait_fit import ARM_JOINTS
from models.projection import Array, frame_matrix, smoothstep, unit

_ROTATIONS: Final = 9
_SHOULDERS: Final = slice(27, 33)
_ARMS: Final = slice(33, 39)
_STRETCH: Final = 39
_WIDTH: Final = 40

# How much of a lasting difference counts as habit: radians for rotations, metres, shares of the arm and of the spine.
_LIMITS: Final = np.concatenate(
    [
        np.repeat([0.18, 0.20, 0.20, 0.30, 0.25, 0.5, 0.6, 0.5, 0.6], 3),
        np.full(6, 0.06),
        np.full(6, 0.18),
        np.full(1, 0.08),
    ]
)
_CALM_SECONDS: Final = 1.5
_ACTIVE_SECONDS: Final = 15.0


@dataclass(frozen=True, eq=False)
class Stance:
    """Differences from the neutral stance; rotations are (T, 4) quaternions in the body's frame.

    Attributes:
        spine: lean of the line from pelvis to neck.
        chest, hips: turn of shoulders and hips.
        neck: tilt of the line from neck to head.
        head: turn of the face.
        swings: (T, 2, 2, 4) turns of upper arm and forearm of the left and the right arm.
        shoulders: (T, 2, 3) metres, left and right, in the chest's frame: shrugs.
        arms: (T, 2, 3) place of each hand against the shoulder in arm lengths.
        stretch: (T,) length of the spine against the neutral one.
    """

    spine: Array
    chest: Array
    hips: Array
    neck: Array
    head: Array
    swings: Array
    shoulders: Array
    arms: Array
    stretch: Array


def chest_frames(joints: Array) -> Array:
    """(T, 3, 3) axes of the chest: across the shoulders, along the spine, forward."""
    return frame_matrix(joints[:, LEFT_SHOULDER] - joints[:, RIGHT_SHOULDER], joints[:, NECK] - joints[:, SPINE1])


def hip_frames(joints: Array) -> Array:
    """(T, 3, 3) axes of the pelvis."""
    return frame_matrix(joints[:, LEFT_HIP] - joints[:, RIGHT_HIP], joints[:, SPINE2] - joints[:, PELVIS])


NEUTRAL_CHEST: Final[Array] = chest_frames(NEUTRAL_JOINTS[None])[0]
_NEUTRAL_HIPS: Final[Array] = hip_frames(NEUTRAL_JOINTS[None])[0]


def head_rotations(face: Array) -> Array:
    """(T, 3, 3) rotation that turns the neutral face points best onto (T, 5, 3) face points (Kabsch)."""
    centred = face - face.mean(axis=1, keepdims=True)
    neutral = NEUTRAL_FACE - NEUTRAL_FACE.mean(axis=0)
    u, _, vt = np.linalg.svd(np.einsum("tpi,pj->tij", centred, neutral))
    u[:, :, 2] *= np.linalg.det(u @ vt)[:, None]
    return np.asarray(u @ vt)


def arm_places(joints: Array) -> Array:
    """(T, 2, 3) where each hand is against its shoulder, minus where it hangs in the neutral stance, in arm lengths."""
    result = []
    for shoulder, elbow, wrist in ARM_JOINTS:
        neutral = NEUTRAL_JOINTS[[shoulder, elbow, wrist]]
        length = np.linalg.norm(neutral[1] - neutral[0]) + np.linalg.norm(neutral[2] - neutral[1])
        reach = np.linalg.norm(joints[:, elbow] - joints[:, shoulder], axis=-1)
        reach = reach + np.linalg.norm(joints[:, wrist] - joints[:, elbow], axis=-1)
        hand = (joints[:, wrist] - joints[:, shoulder]) / np.maximum(reach, 1e-6)[:, None]
        result.append(hand - (neutral[2] - neutral[0]) / length)
    return np.stack(result, axis=1)


def departure(places: Array) -> Array:
    """How far arms have left their rest: (T, 2) of (T, 2, 3) places; about 1 with the hand raised to the waist.

    Height counts most; swinging beside the body, as in walking, hardly counts.
    """
    return np.asarray(np.linalg.norm(places * np.array([0.6, 2.0, 0.5]), axis=-1))


def measure(joints: Array, face: Array) -> Array:
    """Differences from the neutral stance as rows of numbers: (T, 40) of (T, 22, 3) joints and (T, 5, 3) face points.

    Rotations are axis-angle vectors; `Stance` gives the columns their names.
    """
    count = len(joints)
    spine = joints[:, NECK] - joints[:, PELVIS]
    neutral_spine = NEUTRAL_JOINTS[NECK] - NEUTRAL_JOINTS[PELVIS]
    chest = chest_frames(joints)
    neck = unit(joints[:, HEAD] - joints[:, NECK])
    neutral_neck = unit(NEUTRAL_JOINTS[HEAD] - NEUTRAL_JOINTS[NECK])
    rotations = [
        qbetween(np.broadcast_to(unit(neutral_spine), (count, 3)), unit(spine)),
        matrix_to_quaternion(chest @ NEUTRAL_CHEST.T),
        matrix_to_quaternion(hip_frames(joints) @ _NEUTRAL_HIPS.T),
        qbetween(np.broadcast_to(neutral_neck, (count, 3)), neck),
        matrix_to_quaternion(head_rotations(face)),
    ]
    for joints_of_arm in ARM_JOINTS:
        for start, end in pairwise(joints_of_arm):
            neutral = unit(NEUTRAL_JOINTS[end] - NEUTRAL_JOINTS[start])
            rotations.append(qbetween(np.broadcast_to(neutral, (count, 3)), unit(joints[:, end] - joints[:, start])))
    rows = np.empty((count, _WIDTH))
    for number, rotation in enumerate(rotations):
        rows[:, 3 * number : 3 * number + 3] = quaternion_to_axis_angle(rotation)
    raised = []
    for joint in (LEFT_SHOULDER, RIGHT_SHOULDER):
        local = np.einsum("tji,tj->ti", chest, joints[:, joint] - joints[:, NECK])
        neutral = NEUTRAL_CHEST.T @ (NEUTRAL_JOINTS[joint] - NEUTRAL_JOINTS[NECK])
        raised.append(np.einsum("ij,tj->ti", NEUTRAL_CHEST, local - neutral))
    rows[:, _SHOULDERS] = np.concatenate(raised, axis=1)
    rows[:, _ARMS] = arm_places(joints).reshape(count, 6)
    rows[:, _STRETCH] = np.linalg.norm(spine, axis=-1) / np.linalg.norm(neutral_spine) - 1.0
    return rows


def calmness(local: Array) -> Array:
    """(T,) 0..1: the body stands with hanging arms and hardly moves, so its stance is its usual one."""
    hands = local[:, [LEFT_WRIST, RIGHT_WRIST, HEAD]]
    speed = np.linalg.norm(np.diff(hands, axis=0, prepend=hands[:1]), axis=-1).max(axis=-1) * MOTION_FPS
    raised = departure(arm_places(local)).max(axis=1)
    calm = (1.0 - smoothstep(0.25, 0.5, raised)) * (1.0 - smoothstep(0.1, 0.5, speed))
    return np.asarray(gaussian_filter1d(calm, 3.0, mode="nearest", truncate=3.0))


def follow(rows: Array, calm: Array, before: Array | None) -> Array:
    """The usual stance over time: (T, 40) of measured rows.

    It begins with the first frame's differences, as far as they can be habit, and follows lasting ones: in a
    second or two while the body is calm, hardly while it is active.

    Args:
        rows: (T, 40) measured.
        calm: (T,) from `calmness`.
        before: (40,) usual stance in the frame before the first, None at the beginning of a motion.
    """
    held = np.clip(rows, -_LIMITS, _LIMITS)
    rate = (calm / _CALM_SECONDS + (1.0 - calm) / _ACTIVE_SECONDS) / MOTION_FPS
    usual = np.empty_like(rows)
    # A motion that begins in the midst of an action says little about how the body usually stands.
    value = held[0] * (0.3 + 0.7 * calm[0]) if before is None else before
    for t in range(len(rows)):
        value = value + (held[t] - value) * rate[t]
        usual[t] = value
    return usual


def shown(rows: Array, usual: Array) -> Stance:
    """The differences that are left when the usual stance is taken away."""
    turned = [
        qmul(
            qinv(axis_angle_to_quaternion(usual[:, 3 * k : 3 * k + 3])),
            axis_angle_to_quaternion(rows[:, 3 * k : 3 * k + 3]),
        )
        for k in range(_ROTATIONS)
    ]
    rest = rows - usual
    return Stance(
        spine=turned[0],
        chest=turned[1],
        hips=turned[2],
        neck=turned[3],
        head=turned[4],
        swings=np.stack(turned[5:], axis=1).reshape(-1, 2, 2, 4),
        shoulders=rest[:, _SHOULDERS].reshape(-1, 2, 3),
        arms=rest[:, _ARMS].reshape(-1, 2, 3),
        stretch=1.0 + rest[:, _STRETCH],
    )
