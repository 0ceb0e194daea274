"""2D poses in portrait pixels: keypoint order, the `PoseSequence` that the renderers receive, and its frame flags.

OpenPose order for body (18) and hands (21), the 68-point face; x right, y down. Drawing is in `core.draw`.
"""

from dataclasses import dataclass
from enum import IntFlag
from typing import Final

import numpy as np
from numpy.typing import NDArray

BODY_NAMES: Final = (
    "nose", "neck", "right_shoulder", "right_elbow", "right_wrist", "left_shoulder", "left_elbow", "left_wrist",
    "right_hip", "right_knee", "right_ankle", "left_hip", "left_knee", "left_ankle", "right_eye", "left_eye",
    "right_ear", "left_ear",
)  # fmt: skip

NOSE, NECK, RIGHT_SHOULDER, RIGHT_ELBOW, RIGHT_WRIST, LEFT_SHOULDER, LEFT_ELBOW, LEFT_WRIST = range(8)
RIGHT_HIP, RIGHT_KNEE, RIGHT_ANKLE, LEFT_HIP, LEFT_KNEE, LEFT_ANKLE = range(8, 14)
RIGHT_EYE, LEFT_EYE, RIGHT_EAR, LEFT_EAR = range(14, 18)

LEFT_HAND, RIGHT_HAND = 0, 1
"""Index of a hand in `PoseSequence.hands`: the person's own left comes first."""


class PoseFlag(IntFlag):
    """Why a frame cannot be shown as it should; combined per frame in `PoseSequence.flags`."""

    NONE = 0
    TURNING = 1  # the body turns further from the camera than a flat portrait can show
    OUT_OF_PICTURE = 2  # a wrist or a hand leaves the picture
    CLAMPED = 4  # a joint was held back to stay on the canvas or within the limb's reach
    HIDDEN_LIMB = 8  # a limb is moved whose pixels the portrait does not show
    CLASPED = 16  # the portrait's hands touch, so their movement is reduced


@dataclass(frozen=True)
class PoseSequence:
    """2D whole-body poses.

    Attributes:
        body: (T, 18, 3) float32 x, y in portrait pixels and confidence 0..1.
        face: (T, 68, 3) float32, the same.
        hands: (T, 2, 21, 3) float32, the same; left hand first.
        depth: (T, 18) float32, metres towards the camera relative to the neck, for drawing order.
        yaw: (T,) float32, radians, the body's heading relative to the camera; positive turns to the body's left.
        flags: (T,) uint8, `PoseFlag` bits.
        fps: frames per second (20 as translated); frame t is at t / fps seconds.
        width, height: size in pixels of the portrait that the coordinates belong to.
    """

    body: NDArray[np.float32]
    face: NDArray[np.float32]
    hands: NDArray[np.float32]
    depth: NDArray[np.float32]
    yaw: NDArray[np.float32]
    flags: NDArray[np.uint8]
    fps: float
    width: int
    height: int

    def __post_init__(self) -> None:
        frames = self.body.shape[0]
        wanted = {"body": (frames, 18, 3), "face": (frames, 68, 3), "hands": (frames, 2, 21, 3),
                  "depth": (frames, 18), "yaw": (frames,), "flags": (frames,)}  # fmt: skip
        for name, shape in wanted.items():
            if getattr(self, name).shape != shape:
                raise ValueError(f"{name} must have shape {shape}, not {getattr(self, name).shape}")

    def __len__(self) -> int:
        return int(self.body.shape[0])
