"""From a 2D pose to where each part of the puppet goes: trunk, head, shoulders, limbs, and what is held back.

Pure geometry per frame, in frame pixels. Everything is relative to the portrait's own pose, so that pose gives zeros.
"""

from dataclasses import dataclass

import numpy as np

from core.pose import (
    LEFT_EYE,
    LEFT_HIP,
    LEFT_SHOULDER,
    LEFT_WRIST,
    NECK,
    NOSE,
    RIGHT_EYE,
    RIGHT_HIP,
    RIGHT_SHOULDER,
    RIGHT_WRIST,
    PoseFlag,
)  # fmt: skip
from models.renderers.draft.geometry import ARM_JOINTS, LEG_JOINTS, Arm, Geometry, Points
from models.renderers.draft.pose_track import PoseSample

TURN_START, TURN_END = 0.55, 1.1
"""Body headings (radians) between which the arms are drawn back to their rest place."""

FINGERS_KEPT = 0.9
"""Share of the hand's length that is kept inside the frame's sides."""

MAX_ROLL = 0.3
MAX_LEAN = 0.5
"""Limits of head roll and trunk lean, radians."""


@dataclass(frozen=True)
class BodyPlace:
    """Where trunk and head go.

    Attributes:
        matrix: (2, 3) trunk, rest to frame.
        inverse: (2, 3) the same back.
        head_roll: radians, clockwise in the picture, beyond the trunk's.
        head_shift: (2,) pixels beyond the trunk's.
        face_shift: (2,) pixels by which the middle of the face moves more than the head, hinting at a turn or nod.
        shoulder_shift: (2, 2) pixels beyond the trunk's, left first.
    """

    matrix: Points
    inverse: Points
    head_roll: float
    head_shift: Points
    face_shift: Points
    shoulder_shift: Points


@dataclass(frozen=True)
class ArmPlace:
    """Joints of an arm in the frame, the hand's turn in radians and its size relative to the portrait."""

    shoulder: Points
    elbow: Points
    wrist: Points
    hand_turn: float
    hand_scale: float


@dataclass(frozen=True)
class LegPlace:
    """Joints of a leg in the frame."""

    hip: Points
    knee: Points
    ankle: Points


@dataclass(frozen=True)
class Placement:
    """One frame's places and the `PoseFlag` bits of what could not be followed."""

    body: BodyPlace
    arms: tuple[ArmPlace | None, ArmPlace | None]
    legs: tuple[LegPlace | None, LegPlace | None]
    flags: int


def place(geometry: Geometry, sample: PoseSample, usual_depth: Points, size: tuple[int, int], lift: float, nod: float
          ) -> Placement:  # fmt: skip
    """Place every part for one frame.

    Args:
        geometry: the still portrait.
        sample: the pose of this moment in frame pixels.
        usual_depth: (18,) metres towards the camera that the still portrait's hands stand for.
        size: width and height of the frame.
        lift: pixels by which breathing raises the neck.
        nod: pixels by which speech lowers the head.
    """
    flags = int(sample.flags)
    turn = _smoothstep((abs(sample.yaw) - TURN_START) / (TURN_END - TURN_START))
    if turn > 0.0:
        flags |= PoseFlag.TURNING
    body = _place_body(geometry, sample, turn, lift, nod)
    arms: list[ArmPlace | None] = []
    for side in (0, 1):
        arm = geometry.arms[side]
        if arm is None:
            if _moved(geometry, sample, side):
                flags |= PoseFlag.CLASPED if geometry.clasped else PoseFlag.HIDDEN_LIMB
            arms.append(None)
            continue
        placed, held = _place_arm(geometry, arm, sample, usual_depth, body, size, turn)
        flags |= held
        arms.append(placed)
    legs: list[LegPlace | None] = []
    for side in (0, 1):
        leg = geometry.legs[side]
        if leg is None:
            legs.append(None)
            continue
        joints = sample.joints[list(LEG_JOINTS[side])]
        still = np.stack([leg.hip, leg.knee, leg.ankle])
        joints = joints * (1.0 - turn) + still * turn
        # The thigh hangs on the drawn trunk, not on the pose's hip.
        hip = body.matrix[:, :2] @ leg.hip + body.matrix[:, 2]
        legs.append(LegPlace(hip=hip, knee=joints[1], ankle=joints[2]))
    return Placement(body=body, arms=(arms[0], arms[1]), legs=(legs[0], legs[1]), flags=flags)


def map_body_point(geometry: Geometry, body: BodyPlace, side: int) -> Points:
    """Where the drawn trunk carries a shoulder joint."""
    index = ARM_JOINTS[side][0]
    return body.matrix[:, :2] @ geometry.joints[index] + body.matrix[:, 2] + body.shoulder_shift[side]


def _place_body(geometry: Geometry, sample: PoseSample, turn: float, lift: float, nod: float) -> BodyPlace:
    unit, joints = geometry.body_unit, sample.joints
    neck, pivot = geometry.joints[NECK], geometry.pivot
    neck_now = neck + _soft(joints[NECK] - neck, 3.0 * unit)
    if geometry.seen[[LEFT_HIP, RIGHT_HIP]].all():
        still = geometry.joints[[LEFT_HIP, RIGHT_HIP]].mean(axis=0)
        pivot_now = pivot + _soft(joints[[LEFT_HIP, RIGHT_HIP]].mean(axis=0) - still, 8.0 * unit)
    else:
        # The hips are below the picture; half of the neck's sideways way is a step, the rest a lean.
        pivot_now = pivot + np.array([0.35 * (neck_now[0] - neck[0]), 0.0])
    spine, spine_now = neck - pivot, neck_now - pivot_now - (0.0, lift)
    length = max(float(np.hypot(*spine)), 1.0)
    stretch = float(np.clip(np.hypot(*spine_now) / length, 0.6, 1.08))
    angle = np.arctan2(spine_now[1], spine_now[0]) - np.arctan2(spine[1], spine[0])
    lean = float(_soft(np.arctan2(np.sin(angle), np.cos(angle)), MAX_LEAN))
    matrix = _bone_matrix(pivot, neck, pivot_now, lean, stretch)
    inverse = _invert(matrix)
    seen = geometry.seen
    head_angle = 0.0
    if seen[[LEFT_EYE, RIGHT_EYE]].all():
        head_angle = _angle_between(
            geometry.joints[RIGHT_EYE], geometry.joints[LEFT_EYE], joints[RIGHT_EYE], joints[LEFT_EYE]
        )
    roll = float(_soft(head_angle - lean, MAX_ROLL)) * (1.0 - turn)
    eyes, eyes_now = geometry.joints[[LEFT_EYE, RIGHT_EYE]].mean(axis=0), joints[[LEFT_EYE, RIGHT_EYE]].mean(axis=0)
    head, head_now = 0.5 * (eyes + geometry.joints[NOSE]), 0.5 * (eyes_now + joints[NOSE])
    carried = _rotate(head - neck, lean + roll)
    shift = (head_now - joints[NECK]) - carried
    face = (joints[NOSE] - eyes_now) - _rotate(geometry.joints[NOSE] - eyes, lean + roll)
    face_unit = geometry.unit
    # A turned or nodding head hardly moves as a whole: its face moves within it.
    wide = np.array([0.18, 0.22]) * face_unit
    head_shift = wide * np.tanh(shift / wide) * (1.0 - turn) + (0.0, nod)
    face_shift = _soft(0.4 * face, 0.11 * face_unit) * (1.0 - turn) + (0.0, 0.35 * nod)
    shoulders = np.zeros((2, 2))
    for side, index in ((0, LEFT_SHOULDER), (1, RIGHT_SHOULDER)):
        carried_shoulder = matrix[:, :2] @ geometry.joints[index] + matrix[:, 2]
        wanted = joints[index] - carried_shoulder - (0.0, 0.8 * lift)
        shoulders[side] = _soft(wanted, 0.6 * unit) * (1.0 - turn) * float(seen[index])
    return BodyPlace(matrix, inverse, roll, head_shift, face_shift, shoulders)


def _place_arm(geometry: Geometry, arm: Arm, sample: PoseSample, usual_depth: Points, body: BodyPlace,
               size: tuple[int, int], turn: float) -> tuple[ArmPlace, int]:  # fmt: skip
    indices = ARM_JOINTS[arm.side]
    shoulder = map_body_point(geometry, body, arm.side)
    elbow, wrist = sample.joints[indices[1]], sample.joints[indices[2]]
    elbow = elbow * (1.0 - turn) + (shoulder + arm.elbow - arm.shoulder) * turn
    wrist = wrist * (1.0 - turn) + (shoulder + arm.wrist - arm.shoulder) * turn
    pointing = arm.tip - arm.wrist
    reach = _rotate(pointing, _hand_turn(arm, sample, elbow, wrist) * (1.0 - turn))
    held_wrist, clamped = _inside(wrist, reach, arm, size, geometry.unit)
    flags = int(PoseFlag.CLAMPED | PoseFlag.OUT_OF_PICTURE) if clamped else 0
    elbow = elbow + 0.45 * (held_wrist - wrist)
    wrist = held_wrist
    hand_turn = _hand_turn(arm, sample, elbow, wrist) * (1.0 - turn)
    nearer = float(sample.depth[indices[2]] - usual_depth[indices[2]])
    scale = float(np.clip(2.4 / max(2.4 - nearer, 1.0), 0.88, 1.2))
    return ArmPlace(shoulder, elbow, wrist, hand_turn, 1.0 + (scale - 1.0) * (1.0 - turn)), flags


def _inside(wrist: Points, reach: Points, arm: Arm, size: tuple[int, int], unit: float) -> tuple[Points, bool]:
    """The wrist moved so far that most of the hand stays in the frame, unless the portrait has it further out.

    `reach` is where the hand points and how far: at the sides and above its fingers stay in the frame as well; a hand
    that hangs down may leave it below.
    """
    margin = 0.9 * unit
    before = np.maximum(margin, FINGERS_KEPT * -reach + 0.1 * unit)
    beyond = np.array([max(margin, FINGERS_KEPT * float(reach[0]) + 0.1 * unit), margin])
    least = 0.15 * unit
    low = np.minimum(before, arm.wrist - least)
    high = np.maximum(np.array(size, np.float64) - beyond, arm.wrist + least)
    # Beyond the limit nothing moves on; a little before it the movement slows down, so that the stop is soft. The
    # portrait's own place is never before the limit.
    held = wrist.copy()
    for axis in (0, 1):
        knee = min(0.6 * unit, float(high[axis] - arm.wrist[axis]))
        over = wrist[axis] - (high[axis] - knee)
        if over > 0.0:
            held[axis] = high[axis] - knee + knee * np.tanh(over / knee)
        knee = min(0.6 * unit, float(arm.wrist[axis] - low[axis]))
        under = (low[axis] + knee) - wrist[axis]
        if under > 0.0:
            held[axis] = low[axis] + knee - knee * np.tanh(under / knee)
    return held, bool(np.hypot(*(held - wrist)) > 0.04 * unit)


def _hand_turn(arm: Arm, sample: PoseSample, elbow: Points, wrist: Points) -> float:
    """How far the hand turns from its rest direction."""
    forearm, forearm_now = arm.wrist - arm.elbow, wrist - elbow
    share = min(1.0, float(np.hypot(*forearm)) / (0.5 * arm.forearm_full))
    follow = _angle_of(forearm, forearm_now)
    direction = sample.hand_directions[arm.side]
    reach = float(np.hypot(*direction))
    if sample.hand_confidence[arm.side] < 0.3 or reach < 1e-3:
        return follow * share
    pointing = arm.tip - arm.wrist
    full = float(np.hypot(*pointing))
    # A hand that points at the camera has no direction of its own: it keeps to the forearm then.
    trust = float(_smoothstep((reach / max(full, 1e-3) - 0.15) / 0.35))
    absolute = _angle_of(pointing, direction)
    return absolute if trust >= 1.0 else absolute * trust + follow * share * (1.0 - trust)


def _moved(geometry: Geometry, sample: PoseSample, side: int) -> bool:
    wrist = LEFT_WRIST if side == 0 else RIGHT_WRIST
    if sample.confidence[wrist] <= 0.0:
        return False
    return float(np.hypot(*(sample.joints[wrist] - geometry.joints[wrist]))) > 1.5 * geometry.body_unit


def _bone_matrix(pivot: Points, neck: Points, pivot_now: Points, lean: float, stretch: float) -> Points:
    """Trunk matrix: scaled along the spine, turned by `lean`, its foot carried to `pivot_now`."""
    spine = (neck - pivot) / max(float(np.hypot(*(neck - pivot))), 1e-6)
    along = np.outer(spine, spine) * (stretch - 1.0) + np.eye(2)
    cos, sin = np.cos(lean), np.sin(lean)
    linear = np.array([[cos, -sin], [sin, cos]]) @ along
    return np.column_stack([linear, pivot_now - linear @ pivot])


def _invert(matrix: Points) -> Points:
    linear = np.linalg.inv(matrix[:, :2])
    return np.column_stack([linear, -linear @ matrix[:, 2]])


def _rotate(vector: Points, angle: float) -> Points:
    cos, sin = np.cos(angle), np.sin(angle)
    return np.array([cos * vector[0] - sin * vector[1], sin * vector[0] + cos * vector[1]])


def _angle_between(a: Points, b: Points, a_now: Points, b_now: Points) -> float:
    return _angle_of(b - a, b_now - a_now)


def _angle_of(before: Points, after: Points) -> float:
    """Signed angle from one direction to another, -pi..pi."""
    return float(np.arctan2(before[0] * after[1] - before[1] * after[0], before @ after))


def _soft(value: Points | float, limit: float) -> Points:
    """Nearly the value while small, never beyond the limit; the direction of a vector is kept."""
    array = np.asarray(value, np.float64)
    size = float(np.sqrt((array**2).sum()))
    return array * (limit * np.tanh(size / limit) / size) if size > 1e-12 else array


def _smoothstep(value: float) -> float:
    share = min(max(value, 0.0), 1.0)
    return share * share * (3.0 - 2.0 * share)
