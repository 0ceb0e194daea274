"""Bodies whose feet are known, for tests of clean-up: standing, sliding, walking, on the uniform skeleton."""

import numpy as np
from numpy.typing import NDArray

from core.constants import NUM_FEATURES
from core.features import CONTACTS, described
from core.motion import MotionClip
from core.skeleton import UNIFORM_BONE_LENGTHS
from core.two_bone import two_bones

Joints = NDArray[np.float64]

HIPS = 0.88
ANKLE = 0.07


def body(pelvis: Joints, left: Joints, right: Joints) -> Joints:
    """(T, 22, 3) upright body facing +Z with its pelvis and ankles at (T, 3) places; toes are flat."""
    length = UNIFORM_BONE_LENGTHS
    joints = np.zeros((len(pelvis), 22, 3))
    joints[:, 0] = pelvis
    up, side = np.array([0.0, 1.0, 0.0]), np.array([1.0, 0.0, 0.0])
    for joint, parent, direction in (
        (3, 0, up), (6, 3, up), (9, 6, up), (12, 9, up), (15, 12, np.array([0.0, 0.0, 1.0])),
        (13, 9, side), (14, 9, -side), (16, 13, side), (17, 14, -side), (18, 16, -up), (19, 17, -up),
        (20, 18, -up), (21, 19, -up), (1, 0, side), (2, 0, -side),
    ):  # fmt: skip
        joints[:, joint] = joints[:, parent] + direction * length[joint]
    ahead = np.broadcast_to([0.0, 0.0, 1.0], pelvis.shape)
    for hip, knee, ankle, toe, place in ((1, 4, 7, 10, left), (2, 5, 8, 11, right)):
        joints[:, knee], joints[:, ankle] = two_bones(joints[:, hip], place, length[knee], length[ankle], ahead)
        joints[:, toe] = joints[:, ankle] + [0.0, -ANKLE, np.sqrt(length[toe] ** 2 - ANKLE**2)]
    return joints


def standing(frames: int) -> Joints:
    """Both feet 20 cm apart on the floor."""
    pelvis = np.tile([0.0, HIPS, 0.0], (frames, 1))
    return body(pelvis, np.tile([0.1, ANKLE, 0.0], (frames, 1)), np.tile([-0.1, ANKLE, 0.0], (frames, 1)))


def walking(frames: int = 200, start: int = 60, steps: int = 6, stride: float = 0.5, slide: float = 0.0) -> Joints:
    """Stand, walk ahead, stand again. Steps take 12 frames; `slide` is how far a standing foot creeps in each.

    The body ends `stride * steps` metres ahead, minus nothing: sliding cancels out, it is only in the steps.
    """
    time = np.arange(frames, dtype=np.float64)
    places = []
    for side in range(2):
        z, y = np.zeros(frames), np.full(frames, ANKLE)
        at = 0.0
        for step in range(steps + 1):
            first = start + 12 * step
            inside = (time >= first) & (time < first + 12)
            share = np.clip((time - first) / 12, 0.0, 1.0)
            ease = share * share * (3 - 2 * share)
            if step % 2 == side:
                last = step >= steps - 1
                goal = stride * steps if last else stride * (step + 1)
                z[time >= first] = (at + (goal - at) * ease)[time >= first]
                y[inside] += 0.12 * np.sin(np.pi * share[inside]) ** 2
                at = goal
            else:
                z[inside] += slide * np.sin(2 * np.pi * share[inside])
        x = np.full(frames, 0.1 if side == 0 else -0.1)
        places.append(np.stack([x, y, z], axis=-1))
    middle = 0.5 * (places[0][:, 2] + places[1][:, 2])
    pelvis = np.stack([np.zeros(frames), np.full(frames, HIPS - 0.03), middle], axis=-1)
    return body(pelvis, *places)


def clip_of(joints: Joints) -> MotionClip:
    """A clip of joints that face +Z all the time."""
    features = np.zeros((len(joints), NUM_FEATURES), np.float32)
    features[:, : CONTACTS.start] = described(joints, np.zeros(len(joints)))
    count = -(-len(joints) // 4)
    return MotionClip(
        joints.astype(np.float32), features, np.zeros(count, np.int64), np.zeros((len(joints), 4), np.float32)
    )
