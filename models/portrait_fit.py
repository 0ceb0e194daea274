"""`PortraitBody`: the person of a portrait as a 3D puppet whose rest pose projects exactly to the rig.

Lengths come from the rig where it shows both ends and from body proportions elsewhere; bones that look shorter than
they can be point towards the camera. Moving the puppet is in `models.retarget`.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from core.portrait import Portrait
from core.pose import (
    LEFT_ANKLE,
    LEFT_EAR,
    LEFT_ELBOW,
    LEFT_EYE,
    LEFT_HIP,
    LEFT_KNEE,
    LEFT_SHOULDER,
    LEFT_WRIST,
    NECK,
    NOSE,
    RIGHT_ANKLE,
    RIGHT_EAR,
    RIGHT_ELBOW,
    RIGHT_EYE,
    RIGHT_HIP,
    RIGHT_KNEE,
    RIGHT_SHOULDER,
    RIGHT_WRIST,
)
from core.rig import Rig
from models.face_template import HEAD_DEPTHS, fit_face
from models.neutral import NEUTRAL_HANDS, NEUTRAL_JOINTS
from models.projection import CAMERA_DISTANCE, Array, PathLimits, lift, lift_along, unit

ARMS: Final = ((LEFT_SHOULDER, LEFT_ELBOW, LEFT_WRIST), (RIGHT_SHOULDER, RIGHT_ELBOW, RIGHT_WRIST))
"""Shoulder, elbow and wrist of the left and the right arm in body order."""

LEGS: Final = ((LEFT_HIP, LEFT_KNEE, LEFT_ANKLE), (RIGHT_HIP, RIGHT_KNEE, RIGHT_ANKLE))
"""Hip, knee and ankle of the left and the right leg in body order."""

ARM_JOINTS: Final = ((16, 18, 20), (17, 19, 21))
LEG_JOINTS: Final = ((1, 4, 7), (2, 5, 8))
"""The same joints in the 22-joint skeleton."""

HEAD_POINTS: Final = (NOSE, RIGHT_EYE, LEFT_EYE, RIGHT_EAR, LEFT_EAR)

CLASPED_DISTANCE: Final = 1.2
"""Hands of a rig nearer than this many eye distances touch each other."""

_EYE_DISTANCE: Final = 0.063
_SHOULDER_WIDTH: Final = 0.345
_TORSO: Final = 0.46
_LEG: Final = 0.81
_UPPER_ARM: Final = 0.265
_FOREARM: Final = 0.258
_HAND: Final = 0.178
_HANGING_SHARE: Final = 0.72

_LIMITS: Final = {
    "whole": PathLimits(side=0.22, near=0.20, far=0.30, up=0.60, down=0.60, lean=1.6),
    "half": PathLimits(side=0.05, near=0.15, far=0.03, up=0.03, down=0.10, lean=0.75),
    "head": PathLimits(side=0.008, near=0.05, far=0.01, up=0.008, down=0.012, lean=0.12),
}


@dataclass(frozen=True)
class Sway:
    """How far the trunk may carry the head about, so that a talking head stays in its place in the picture.

    Attributes:
        side: lean to the side, radians.
        stretch: change of the spine's length, as a share of it.
        shrug: how far a shoulder goes up or down, metres.
        lift: share of both shoulders' way by which the neck follows them.
    """

    side: float
    stretch: float
    shrug: float
    lift: float


_SWAY: Final = {
    "whole": Sway(side=0.6, stretch=0.2, shrug=0.12, lift=0.5),
    "half": Sway(side=0.14, stretch=0.06, shrug=0.07, lift=0.2),
    "head": Sway(side=0.018, stretch=0.012, shrug=0.045, lift=0.06),
}


@dataclass(frozen=True, eq=False)
class PortraitBody:
    """The person of a portrait, in pixels; x to the picture's right, y UP, z to the camera, origin at `centre`.

    Attributes:
        rest: (18, 3) body points of the portrait's own pose.
        pelvis: (3,) middle of the hips.
        face: (68, 3) face points.
        head_pivot: (3,) point that the head turns about.
        arm_lengths, leg_lengths: (2, 2) pixels; left, right: upper and lower bone.
        arm_rest: (2, 2, 3) unit directions of upper arm and forearm.
        hand_lengths: (2,) wrist to the end of the middle finger, pixels.
        hand_rest: (2, 3) unit direction of the same.
        confidence: (18,) of the rig.
        tip_confidence: (2,) of the rig's hand tips.
        centre: (2,) picture point that the camera looks at.
        pixels_per_metre: size of the person.
        camera_distance: pixels.
        limits: how far the person may leave their place.
        sway: how far the trunk may carry the head.
        talking_head: the picture shows little more than the head, so steps and leans are not meant to be seen.
        clasped: the hands of the portrait touch.
        legs_shown: the picture shows at least one knee.
        width, height: size of the picture.
    """

    rest: Array
    pelvis: Array
    face: Array
    head_pivot: Array
    arm_lengths: Array
    leg_lengths: Array
    arm_rest: Array
    hand_lengths: Array
    hand_rest: Array
    confidence: Array
    tip_confidence: Array
    centre: Array
    pixels_per_metre: float
    camera_distance: float
    limits: PathLimits
    sway: Sway
    talking_head: bool
    clasped: bool
    legs_shown: bool
    width: int
    height: int


def portrait_body(portrait: Portrait) -> PortraitBody:
    """Make the puppet of a portrait."""
    rig = portrait.rig
    body = rig.body.astype(np.float64)
    confidence = body[:, 2].copy()
    pixels = _complete_trunk(rig)
    scale = _pixels_per_metre(rig, pixels)
    centre = pixels[NECK].copy()
    distance = CAMERA_DISTANCE * scale
    rest = np.zeros((18, 3))
    for point in (NECK, LEFT_SHOULDER, RIGHT_SHOULDER, LEFT_HIP, RIGHT_HIP):
        rest[point] = lift(pixels[point], 0.0, centre, distance)
    pelvis = (rest[LEFT_HIP] + rest[RIGHT_HIP]) / 2.0

    arm_lengths, arm_rest = np.zeros((2, 2)), np.zeros((2, 2, 3))
    hand_lengths, hand_rest = np.zeros(2), np.zeros((2, 3))
    leg_lengths = np.zeros((2, 2))
    for side in range(2):
        bones = _arm_bones(pixels, confidence, side, scale)
        for part, (start, end) in enumerate(zip(ARMS[side][:2], ARMS[side][1:], strict=True)):
            joints = ARM_JOINTS[side]
            neutral = unit(NEUTRAL_JOINTS[joints[part + 1]] - NEUTRAL_JOINTS[joints[part]])
            seen = confidence[end] > 0 and (part == 0 or confidence[start] > 0)
            rest[end], bones[part] = _bone_end(rest[start], pixels[end], bones[part], neutral, seen, centre, distance)
            arm_rest[side, part] = unit(rest[end] - rest[start])
        arm_lengths[side] = bones
        wrist, tip = ARMS[side][2], rig.hand_tips[side].astype(np.float64)
        seen = bool(tip[2] > 0 and confidence[wrist] > 0)
        proportion = max(_HAND * scale * 0.5 + 0.5 * bones[1] * _HAND / _FOREARM, 1.0)
        neutral = unit(NEUTRAL_HANDS[side, 12])
        end_point, hand_lengths[side] = _bone_end(rest[wrist], tip[:2], proportion, neutral, seen, centre, distance)
        hand_rest[side] = unit(end_point - rest[wrist])
        _rest_leg(rest, pixels, confidence, side, scale, leg_lengths, centre, distance)

    unit_pixels = rig.eye_distance
    eye_depth = 1.75 * unit_pixels
    head_pixels = _complete_head(rig)
    for point in HEAD_POINTS:
        rest[point] = lift(head_pixels[point], eye_depth + HEAD_DEPTHS[point] * unit_pixels, centre, distance)
    flat_face = fit_face(rig)
    face = lift(flat_face[:, :2], eye_depth + flat_face[:, 2], centre, distance)
    eyes = (rest[LEFT_EYE] + rest[RIGHT_EYE]) / 2.0
    pivot = eyes * 0.55 + rest[NECK] * 0.45
    pivot[2] = 0.4 * unit_pixels

    near = CLASPED_DISTANCE * unit_pixels
    hands_seen = confidence[LEFT_WRIST] > 0 and confidence[RIGHT_WRIST] > 0
    tips = rig.hand_tips.astype(np.float64)
    clasped = bool(hands_seen and np.hypot(*(pixels[LEFT_WRIST] - pixels[RIGHT_WRIST])) < near)
    if hands_seen and tips[:, 2].min() > 0:
        clasped = clasped or bool(np.hypot(*(tips[0, :2] - tips[1, :2])) < near)
    return PortraitBody(
        rest=rest, pelvis=pelvis, face=face, head_pivot=pivot,
        arm_lengths=arm_lengths, leg_lengths=leg_lengths, arm_rest=arm_rest,
        hand_lengths=hand_lengths, hand_rest=hand_rest,
        confidence=confidence, tip_confidence=tips[:, 2].copy(), centre=centre, pixels_per_metre=scale,
        camera_distance=distance, limits=_LIMITS[portrait.scale], sway=_SWAY[portrait.scale],
        talking_head=portrait.scale == "head", clasped=clasped,
        legs_shown=bool(max(confidence[LEFT_KNEE], confidence[RIGHT_KNEE]) > 0),
        width=portrait.width, height=portrait.height,
    )  # fmt: skip


def _complete_trunk(rig: Rig) -> Array:
    """(18, 2) pixels with neck, shoulders and hips always there."""
    body = rig.body.astype(np.float64)
    pixels, seen = body[:, :2].copy(), body[:, 2] > 0
    eyes = (pixels[LEFT_EYE] + pixels[RIGHT_EYE]) / 2.0
    d = rig.eye_distance
    if not seen[NECK]:
        both = seen[LEFT_SHOULDER] and seen[RIGHT_SHOULDER]
        pixels[NECK] = (
            (pixels[LEFT_SHOULDER] + pixels[RIGHT_SHOULDER]) / 2.0 if both else eyes + np.array([0.0, 2.9 * d])
        )
    for shoulder, sign in ((LEFT_SHOULDER, 1.0), (RIGHT_SHOULDER, -1.0)):
        if not seen[shoulder]:
            other = RIGHT_SHOULDER if shoulder == LEFT_SHOULDER else LEFT_SHOULDER
            mirrored = pixels[NECK] + (pixels[other] - pixels[NECK]) * (-1.0, 1.0)
            pixels[shoulder] = mirrored if seen[other] else pixels[NECK] + np.array([sign * 2.75 * d, 0.4 * d])
    width = abs(pixels[LEFT_SHOULDER, 0] - pixels[RIGHT_SHOULDER, 0])
    for hip, sign in ((LEFT_HIP, 1.0), (RIGHT_HIP, -1.0)):
        if not seen[hip]:
            other = RIGHT_HIP if hip == LEFT_HIP else LEFT_HIP
            guess = pixels[NECK] + np.array([sign * 0.30 * width, width * _TORSO / _SHOULDER_WIDTH])
            pixels[hip] = pixels[NECK] + (pixels[other] - pixels[NECK]) * (-1.0, 1.0) if seen[other] else guess
    return pixels


def _complete_head(rig: Rig) -> Array:
    """(18, 2) pixels with nose, eyes and ears always there."""
    pixels, seen = rig.body[:, :2].astype(np.float64), rig.body[:, 2] > 0
    eyes = (pixels[LEFT_EYE] + pixels[RIGHT_EYE]) / 2.0
    across = (pixels[LEFT_EYE] - pixels[RIGHT_EYE]) / 2.0
    down = np.array([-across[1], across[0]])
    if not seen[NOSE]:
        pixels[NOSE] = eyes + 1.3 * down
    for ear, eye, sign in ((LEFT_EAR, LEFT_EYE, 1.0), (RIGHT_EAR, RIGHT_EYE, -1.0)):
        if not seen[ear]:
            pixels[ear] = pixels[eye] + sign * 1.5 * across + 0.6 * down
    return pixels


def _pixels_per_metre(rig: Rig, pixels: Array) -> float:
    """Size of the person: shoulders and eyes, and trunk and legs where the picture shows them (drawn heads are big)."""
    seen = rig.body[:, 2] > 0
    eyes = rig.eye_distance / _EYE_DISTANCE
    shoulders = max(float(np.hypot(*(pixels[LEFT_SHOULDER] - pixels[RIGHT_SHOULDER]))), 1.0) / _SHOULDER_WIDTH
    if not (seen[LEFT_SHOULDER] and seen[RIGHT_SHOULDER]):
        shoulders = eyes
    # Seen from the side or turned away, shoulders look narrow; the eyes then tell the size.
    shoulders = max(shoulders, 0.6 * eyes)
    estimates = [eyes**0.35 * shoulders**0.65]
    legs = [float(np.hypot(*(pixels[h] - pixels[a]))) / _LEG for h, _, a in LEGS if seen[h] and seen[a]]
    if legs:
        hips = (pixels[LEFT_HIP] + pixels[RIGHT_HIP]) / 2.0
        trunk = max(float(np.hypot(*(hips - pixels[NECK]))), 1.0) / _TORSO
        estimates += [trunk, max(max(legs), 1.0)]
    return float(np.median(estimates))


def _arm_bones(pixels: Array, confidence: Array, side: int, scale: float) -> list[float]:
    """Lengths of upper arm and forearm in pixels: proportions, or what is seen when the arm hangs straight."""
    shoulder, elbow, wrist = ARMS[side]
    bones = [_UPPER_ARM * scale, _FOREARM * scale]
    if confidence[elbow] <= 0 or confidence[wrist] <= 0:
        return bones
    upper, fore = pixels[elbow] - pixels[shoulder], pixels[wrist] - pixels[elbow]
    seen = [max(float(np.hypot(*upper)), 1.0), max(float(np.hypot(*fore)), 1.0)]
    straight = float(upper @ fore) / (seen[0] * seen[1]) > 0.85
    hanging = fore[1] > 0.8 * seen[1]
    if straight and hanging:
        return [max(s * 1.03, _HANGING_SHARE * b) for s, b in zip(seen, bones, strict=True)]
    return bones


def _bone_end(
    start: Array, pixel: Array, length: float, neutral: Array, seen: bool, centre: Array, distance: float
) -> tuple[Array, float]:
    """3D end of a bone and its length in pixels; an unseen bone hangs in the neutral direction."""
    if not seen:
        return start + neutral * length, length
    end = lift_along(start, pixel, length, centre, distance)
    return end, max(float(np.linalg.norm(end - start)), 1.0)


def _rest_leg(
    rest: Array,
    pixels: Array,
    confidence: Array,
    side: int,
    scale: float,
    lengths: Array,
    centre: Array,
    distance: float,
) -> None:
    """Fill in knee and ankle of one leg: as seen, or hanging straight with usual proportions."""
    hip, knee, ankle = LEGS[side]
    joints = LEG_JOINTS[side]
    for part, (start, end) in enumerate(((hip, knee), (knee, ankle))):
        bone = NEUTRAL_JOINTS[joints[part + 1]] - NEUTRAL_JOINTS[joints[part]]
        if confidence[end] > 0 and confidence[start] > 0:
            rest[end] = lift(pixels[end], 0.0, centre, distance)
        else:
            rest[end] = rest[start] + np.array([0.3 * bone[0], bone[1], 0.0]) * scale
        # A little longer than it looks: real knees are never quite straight, so the pelvis can rise and sink.
        lengths[side, part] = 1.012 * max(float(np.linalg.norm(rest[end] - rest[start])), 1.0)
