"""Sampling a `PoseSequence` at any time, in frame pixels, and the drawing order of the arms over the whole sequence.

A sample depends on the sequence and the time only, so a frame looks the same in whichever chunk it is rendered.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.framing import FrameTransform
from core.pose import PoseSequence
from models.renderers.draft.geometry import ARM_JOINTS, Points

BEHIND, IN_FRONT = -0.12, -0.04
"""Metres of the wrist before its shoulder: below the first it goes behind the body, above the second it comes back."""

_MIDDLE_BASE, _MIDDLE_TIP = 9, 12


@dataclass(frozen=True)
class PoseSample:
    """A pose at one moment.

    Attributes:
        joints: (18, 2) frame pixels.
        confidence: (18,).
        hand_directions: (2, 2) from wrist towards the finger tips, frame pixels, left first.
        hand_confidence: (2,).
        depth: (18,) metres towards the camera.
        yaw: radians.
        flags: `PoseFlag` bits.
        behind: (2,) whether the arm is drawn behind the body, left first.
        left_on_top: whether the left arm is drawn over the right one.
    """

    joints: Points
    confidence: Points
    hand_directions: Points
    hand_confidence: Points
    depth: Points
    yaw: float
    flags: int
    behind: tuple[bool, bool]
    left_on_top: bool


class PoseTrack:
    """A pose sequence that can be asked for any time.

    Attributes:
        usual_depth: (18,) metres towards the camera: as given, or the median of the sequence's depths to 5 cm.
    """

    def __init__(self, poses: PoseSequence, transform: FrameTransform, usual_depth: Points | None = None) -> None:
        if len(poses) == 0:
            raise ValueError("the pose sequence is empty; generate the motion again")
        self._poses = poses
        self._transform = transform
        self._behind = np.stack([_with_hysteresis(_behind_margin(poses, side), BEHIND, IN_FRONT) for side in (0, 1)], 1)
        if usual_depth is None:
            # Coarse, so that an edit somewhere seldom changes every chunk of the recording.
            usual_depth = np.round(np.median(poses.depth, axis=0).astype(np.float64) * 20) / 20
        self.usual_depth: Points = usual_depth
        nearer = poses.depth[:, ARM_JOINTS[0][2]] - poses.depth[:, ARM_JOINTS[1][2]]
        self._right_on_top = _with_hysteresis(nearer, -0.04, 0.04)

    def at(self, time: float) -> PoseSample:
        """The pose at `time` seconds; before the first and after the last frame it stands still."""
        poses = self._poses
        position = float(np.clip(time * poses.fps, 0.0, len(poses) - 1))
        index = min(int(position), len(poses) - 1)
        share = position - index
        nearest = min(int(position + 0.5), len(poses) - 1)
        body = self._interpolate(poses.body, index, share)
        hands = self._interpolate(poses.hands[:, :, [0, _MIDDLE_BASE, _MIDDLE_TIP]], index, share)
        base, tip = hands[:, 1, :2] - hands[:, 0, :2], hands[:, 2, :2] - hands[:, 0, :2]
        # Knuckle and tip together: a bent finger alone would turn the whole hand.
        directions = np.where(hands[:, 2, 2:] > 0.0, 0.5 * (2.0 * base + tip), 2.0 * base)
        scale = np.array([self._transform.scale_x, self._transform.scale_y])
        return PoseSample(
            joints=self._transform.to_frame(body[:, :2]),
            confidence=body[:, 2],
            hand_directions=directions * scale,
            hand_confidence=hands[:, :2, 2].min(axis=1),
            depth=self._interpolate(poses.depth, index, share),
            yaw=float(self._interpolate(poses.yaw, index, share)),
            flags=int(poses.flags[nearest]),
            behind=(bool(self._behind[nearest, 0]), bool(self._behind[nearest, 1])),
            left_on_top=not bool(self._right_on_top[nearest]),
        )

    def inputs(self, start: float, end: float) -> dict[str, object]:
        """What samples from `start` to `end` seconds depend on, for a cache key: poses around, drawing order, flags."""
        poses = self._poses
        first = max(int(start * poses.fps) - 1, 0)
        last = min(max(int(end * poses.fps), 0), len(poses) - 1) + 3
        part = slice(min(first, len(poses) - 1), last)
        return {
            # Frames that are repeated at the end of the sequence are seen by the length of the slice.
            "poses": [getattr(poses, name)[part] for name in ("body", "hands", "depth", "yaw", "flags")],
            "first": first,
            "behind": self._behind[part],
            "right_on_top": self._right_on_top[part],
            # Only the wrists' is looked at; that of all joints would change with nearly every edit.
            "usual_depth": self.usual_depth[[joints[2] for joints in ARM_JOINTS]],
            "rate": float(poses.fps),
        }

    def _interpolate(self, values: NDArray[np.float32], index: int, share: float) -> Points:
        """Catmull-Rom through the frames, straight at the ends, so that 20 fps does not show as corners at 25."""
        last = len(values) - 1
        if share == 0.0 or index == last:
            return np.asarray(values[index], np.float64)
        p0, p1, p2, p3 = (np.asarray(values[min(max(index + k, 0), last)], np.float64) for k in (-1, 0, 1, 2))
        a, b = 0.5 * (p2 - p0), 0.5 * (p3 - p1)
        s2, s3 = share * share, share**3
        return (2 * s3 - 3 * s2 + 1) * p1 + (s3 - 2 * s2 + share) * a + (3 * s2 - 2 * s3) * p2 + (s3 - s2) * b


def _behind_margin(poses: PoseSequence, side: int) -> NDArray[np.float32]:
    shoulder, _, wrist = ARM_JOINTS[side]
    return poses.depth[:, wrist] - poses.depth[:, shoulder]


def _with_hysteresis(margin: NDArray[np.float32], low: float, high: float) -> NDArray[np.bool_]:
    """True from where the margin falls below `low` until it rises above `high`; False at first in between."""
    state = np.where(margin < low, 1, np.where(margin > high, 0, -1))
    last = np.where(state >= 0, np.arange(len(state)), -1)
    last = np.maximum.accumulate(last)
    result: NDArray[np.bool_] = np.where(last >= 0, state[np.maximum(last, 0)], 0) > 0
    return result
