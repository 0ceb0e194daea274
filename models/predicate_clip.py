"""What kinematic predicates share: a clip prepared once, arms seen from the body, swings and runs, and the verdict.

The predicates are in `models.predicates` (hands, trunk) and `models.predicates_gait` (going, legs, standing).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.ndimage import gaussian_filter1d

from core import physics
from core.constants import MOTION_FPS
from core.features import canonical_joints, uniform_skeleton
from core.skeleton import (
    LEFT_ANKLE,
    LEFT_ELBOW,
    LEFT_KNEE,
    LEFT_SHOULDER,
    LEFT_WRIST,
    RIGHT_ELBOW,
    RIGHT_SHOULDER,
    RIGHT_WRIST,
    UNIFORM_BONE_LENGTHS,
)  # fmt: skip

Array = NDArray[np.float64]

ARM: Final = float(UNIFORM_BONE_LENGTHS[LEFT_ELBOW] + UNIFORM_BONE_LENGTHS[LEFT_WRIST])
LEG: Final = float(UNIFORM_BONE_LENGTHS[LEFT_KNEE] + UNIFORM_BONE_LENGTHS[LEFT_ANKLE])

_ARM_JOINTS: Final = {
    "left": (LEFT_SHOULDER, LEFT_ELBOW, LEFT_WRIST),
    "right": (RIGHT_SHOULDER, RIGHT_ELBOW, RIGHT_WRIST),
}


@dataclass(frozen=True)
class PredicateResult:
    """Verdict on a clip.

    Attributes:
        ok: the motion does it.
        score: how clearly, about 1 at the threshold and more beyond it, never below 0.
        reason: the measured figures in words.
    """

    ok: bool
    score: float
    reason: str


Predicate = Callable[..., PredicateResult]


@dataclass(frozen=True)
class Arm:
    """An arm over time, seen from the body: `out` is wrist minus shoulder with x outwards, y up, z ahead (T, 3)."""

    out: Array
    speed: Array
    forearm: Array

    @property
    def height(self) -> Array:
        """Metres of the wrist above its shoulder."""
        return np.asarray(self.out[:, 1])

    @property
    def reach(self) -> Array:
        """Horizontal distance of the wrist from the shoulder in metres."""
        return np.hypot(self.out[:, 0], self.out[:, 2])

    @property
    def azimuth(self) -> Array:
        """Degrees from straight ahead, positive outwards, negative across the body."""
        return np.degrees(np.arctan2(self.out[:, 0], self.out[:, 2]))

    @property
    def stretch(self) -> Array:
        """Distance from shoulder to wrist as a share of the arm's length."""
        return np.linalg.norm(self.out, axis=1) / ARM


class PreparedClip:
    """A clip with the uniform skeleton, on the floor, and what several predicates look at."""

    def __init__(self, joints: ArrayLike, fps: float) -> None:
        self.fps = fps
        self.world = canonical_joints(uniform_skeleton(joints), "published")
        self.body = physics.in_body_frame(self.world, 0.2 * fps)
        speeds = physics.wrist_speeds(self.world, fps)
        self.arms = {}
        for number, (side, (shoulder, elbow, wrist)) in enumerate(_ARM_JOINTS.items()):
            outwards = np.array([1.0 if side == "left" else -1.0, 1.0, 1.0])
            self.arms[side] = Arm(
                out=smooth(self.body[:, wrist] - self.body[:, shoulder], 0.04 * fps) * outwards,
                speed=smooth(speeds[:, number], 0.04 * fps),
                forearm=self.body[:, wrist] - self.body[:, elbow],
            )

    def seconds(self, mask: NDArray[np.bool_]) -> float:
        """Length of the longest unbroken stretch in which `mask` (T,) holds."""
        return longest_run(mask) / self.fps


def prepare(joints: ArrayLike | PreparedClip, fps: float = MOTION_FPS) -> PreparedClip:
    """Do once what every predicate needs, so that several can judge the same clip; a prepared clip passes through."""
    return joints if isinstance(joints, PreparedClip) else PreparedClip(joints, fps)


def smooth(values: Array, sigma: float) -> Array:
    """Gaussian smoothing over time (axis 0); `sigma` in frames."""
    return np.asarray(gaussian_filter1d(values, sigma, axis=0, mode="nearest"))


def longest_run(mask: NDArray[np.bool_]) -> int:
    """Frames of the longest unbroken stretch of True in `mask` (T,)."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(np.int8)))
    return int((edges[1::2] - edges[::2]).max(initial=0))


def count_swings(values: Array, amplitude: float) -> int:
    """Number of turning points of a curve (T,) between which it goes at least `amplitude`."""
    swings, direction, extreme = 0, 0, float(values[0])
    for value in values[1:].tolist():
        if direction >= 0 and value > extreme:
            direction = 1 if direction or value - values[0] > amplitude else 0
            extreme = value if direction else extreme
        elif direction <= 0 and value < extreme:
            direction = -1 if direction or values[0] - value > amplitude else 0
            extreme = value if direction else extreme
        elif direction and (extreme - value) * direction > amplitude:
            swings, direction, extreme = swings + 1, -direction, value
    return swings


def verdict(score: float, reason: str, *, also: bool = True) -> PredicateResult:
    """`ok` when the score reaches 1 and the side conditions `also` hold."""
    return PredicateResult(ok=bool(score >= 1.0 and also), score=float(max(0.0, score)), reason=reason)
