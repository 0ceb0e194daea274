"""Small motions and portraits made by formula, for tests of the translator and the relation bank."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.motion import MotionClip
from core.portrait import Portrait
from core.pose import BODY_NAMES
from core.rig import Rig, Scale
from models.neutral import NEUTRAL_JOINTS

Joints = NDArray[np.float64]

ARMS = {"left": (16, 18, 20), "right": (17, 19, 21)}

HALF_RIG = {
    "nose": (500, 260), "neck": (500, 440), "right_shoulder": (290, 470), "left_shoulder": (710, 470),
    "right_elbow": (270, 780), "left_elbow": (730, 780), "right_wrist": (330, 700), "left_wrist": (670, 700),
    "right_eye": (458, 205), "left_eye": (542, 205), "right_ear": (400, 240), "left_ear": (600, 240),
}  # fmt: skip
WHOLE_RIG = {
    "nose": (400, 205), "neck": (400, 285), "right_shoulder": (310, 295), "left_shoulder": (490, 295),
    "right_elbow": (285, 440), "left_elbow": (515, 440), "right_wrist": (275, 580), "left_wrist": (525, 580),
    "right_hip": (350, 555), "left_hip": (450, 555), "right_knee": (348, 760), "left_knee": (452, 760),
    "right_ankle": (346, 970), "left_ankle": (454, 970), "right_eye": (382, 185), "left_eye": (418, 185),
    "right_ear": (360, 195), "left_ear": (440, 195),
}  # fmt: skip
HEAD_RIG = {
    "nose": (500, 520), "neck": (500, 830), "right_shoulder": (150, 900), "left_shoulder": (850, 900),
    "right_eye": (430, 440), "left_eye": (570, 440), "right_ear": (330, 490), "left_ear": (670, 490),
}  # fmt: skip


def portrait(points: dict[str, tuple[float, float]], scale: Scale, tips: object = None, size: int = 1024) -> Portrait:
    """A grey picture of `size` pixels with a rig; `tips` is ((left x, y), (right x, y)) or None."""
    body = np.zeros((18, 3), np.float32)
    for name, (x, y) in points.items():
        body[BODY_NAMES.index(name)] = (x, y, 0.9)
    hand_tips = np.zeros((2, 3), np.float32)
    if tips is not None:
        hand_tips[:, :2], hand_tips[:, 2] = np.asarray(tips, np.float32), 0.9
    eyes = body[[14, 15], :2]
    d = float(np.hypot(*(eyes[0] - eyes[1])))
    middle = eyes.mean(axis=0)
    rig = Rig(
        body=body,
        hand_tips=hand_tips,
        face_box=np.array([middle[0] - d, middle[1] - 0.6 * d, 2 * d, 2.5 * d], np.float32),
        mouth=np.array([middle[0], middle[1] + 1.15 * d, 0.38 * d], np.float32),
    )
    image = np.full((size, size, 3), 128, np.uint8)
    return Portrait(Path("drawn.png"), image, None, rig, scale, size, size)


def half_portrait() -> Portrait:
    """Half length, forearms towards the camera."""
    return portrait(HALF_RIG, "half", ((600, 650), (400, 650)))


def whole_portrait() -> Portrait:
    """Whole length, arms hanging."""
    return portrait(WHOLE_RIG, "whole", ((528, 665), (272, 665)))


def head_portrait() -> Portrait:
    """Head and shoulders."""
    return portrait(HEAD_RIG, "head")


def standing(frames: int) -> Joints:
    """(frames, 22, 3) neutral stance."""
    return np.repeat(NEUTRAL_JOINTS[None], frames, axis=0).copy()


def turned(joints: Joints, angles: NDArray[np.float64]) -> Joints:
    """Joints turned about the upright axis; positive to the body's left."""
    c, s = np.cos(angles)[:, None], np.sin(angles)[:, None]
    x, y, z = joints[..., 0], joints[..., 1], joints[..., 2]
    return np.stack([c * x + s * z, y, c * z - s * x], axis=-1)


def ramp(frames: int, start: int, end: int) -> NDArray[np.float64]:
    """0 before `start`, 1 after `end`, a cosine between."""
    x = np.clip((np.arange(frames) - start) / (end - start), 0.0, 1.0)
    return 0.5 - 0.5 * np.cos(np.pi * x)


def raised(frames: int, side: str, share: NDArray[np.float64], wave: float = 0.0) -> Joints:
    """Upper arm sideways and forearm up by a share 0..1 over time; `wave` radians of swing in the forearm at 2 Hz."""
    joints = standing(frames)
    shoulder, elbow, wrist = ARMS[side]
    out = 1.0 if side == "left" else -1.0
    for t in range(frames):
        angle = share[t] * np.deg2rad(80.0)
        swing = wave * share[t] * np.sin(2 * np.pi * 2.0 * t / 20.0)
        upper = 0.26 * np.array([out * np.sin(angle), -np.cos(angle), 0.05])
        fore_angle = share[t] * np.deg2rad(165.0) + swing
        fore = 0.266 * np.array([out * np.sin(fore_angle), -np.cos(fore_angle), 0.1])
        joints[t, elbow] = joints[t, shoulder] + upper
        joints[t, wrist] = joints[t, elbow] + fore
    # The first frame is the neutral stance itself, so blend the arm in from it.
    blend = np.clip(share * 8.0, 0.0, 1.0)[:, None]
    for joint in (elbow, wrist):
        joints[:, joint] = NEUTRAL_JOINTS[joint] + blend * (joints[:, joint] - NEUTRAL_JOINTS[joint])
    return joints


def bowed(frames: int, angle: NDArray[np.float64]) -> Joints:
    """The trunk bent forward about the hips by (frames,) radians; arms stay vertical."""
    joints = standing(frames)
    upper = [3, 6, 9, 12, 13, 14, 15, 16, 17]
    for t in range(frames):
        c, s = np.cos(angle[t]), np.sin(angle[t])
        offset = joints[t, upper] - joints[t, 0]
        joints[t, upper, 1] = joints[t, 0, 1] + c * offset[:, 1] - s * offset[:, 2]
        joints[t, upper, 2] = joints[t, 0, 2] + s * offset[:, 1] + c * offset[:, 2]
        for shoulder, elbow, wrist in ARMS.values():
            joints[t, elbow] = joints[t, shoulder] + NEUTRAL_JOINTS[elbow] - NEUTRAL_JOINTS[shoulder]
            joints[t, wrist] = joints[t, elbow] + NEUTRAL_JOINTS[wrist] - NEUTRAL_JOINTS[elbow]
    return joints


def clip_of(joints: Joints, tokens: NDArray[np.int64] | None = None) -> MotionClip:
    """A clip with these joints; without tokens it counts as imported."""
    frames = len(joints)
    if tokens is None:
        tokens = np.full(-(-frames // 4), -1, np.int64)
    return MotionClip(
        joints=joints.astype(np.float32),
        features=np.zeros((frames, 263), np.float32),
        tokens=tokens,
        contacts=np.ones((frames, 4), np.float32),
    )
