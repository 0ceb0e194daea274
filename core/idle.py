"""Breath and sway for a body that stands too still: silence must not freeze it.

What is added depends on a seed and on absolute time only; how much of it depends on how still the motion is there.
Where the motion lives by itself nothing is added. Feet then are to be locked (`core.foot_lock`).
"""

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.ndimage import gaussian_filter1d

from core.constants import MOTION_FPS
from core.physics import heading_angles, joint_speeds
from core.rotations import axis_angle_to_quaternion, qrot
from core.skeleton import (
    HEAD,
    LEFT_COLLAR,
    LEFT_ELBOW,
    LEFT_SHOULDER,
    LEFT_WRIST,
    NECK,
    PARENTS,
    PELVIS,
    RIGHT_COLLAR,
    RIGHT_ELBOW,
    RIGHT_SHOULDER,
    RIGHT_WRIST,
    SPINE1,
    SPINE3,
)

Array = NDArray[np.float64]

STILL: Final = 0.02
"""Metres a second of hands and head, averaged over a second, below which a body is too still."""

LIVELY: Final = 0.06
"""From this speed on nothing is added."""

BREATH_RATE: Final = 0.24
"""Breaths a second of a calm adult."""

BREATH: Final = (0.009, 0.045)
"""Radians by which the chest opens and the collars rise in a breath."""

SWAY: Final = (0.016, 0.009)
"""Metres of the pelvis' slow sway to the side and ahead (standard deviation)."""

_HEAD: Final = (0.010, 0.016, 0.006)
_ARM: Final = 0.014
_SMOOTH: Final = 10.0


def stillness(joints: ArrayLike) -> Array:
    """(T,) 0..1: 1 where hands and head hardly move, 0 where they live."""
    source = np.asarray(joints, dtype=np.float64)
    speed = joint_speeds(source)[:, [HEAD, LEFT_WRIST, RIGHT_WRIST]].max(axis=1)
    if len(speed) < 2:
        return np.zeros(len(speed))
    speed = gaussian_filter1d(speed, _SMOOTH, mode="nearest")
    share = np.clip((LIVELY - speed) / (LIVELY - STILL), 0.0, 1.0)
    return np.asarray(share * share * (3.0 - 2.0 * share))


def breathing(joints: ArrayLike, seed: int, amount: ArrayLike | None = None) -> Array:
    """Return the (T, 22, 3) joints with breath and sway; bones keep their lengths, feet move along with the pelvis.

    Args:
        joints: (T, 22, 3) metres, 20 frames a second; frame 0 is the recording's beginning.
        seed: another seed gives another course.
        amount: (T,) share of it, `stillness` by default.
    """
    result = np.array(joints, dtype=np.float64)
    share = stillness(result) if amount is None else np.asarray(amount, dtype=np.float64)
    if not share.any():
        return result
    time = np.arange(len(result)) / MOTION_FPS
    course = _Course(seed, time)
    angle = heading_angles(result)
    zero = np.zeros_like(angle)
    left = np.stack([np.cos(angle), zero, -np.sin(angle)], axis=-1)
    ahead = np.stack([np.sin(angle), zero, np.cos(angle)], axis=-1)
    up = np.stack([zero, zero + 1.0, zero], axis=-1)

    side, front = (size * share * course.slow() for size in SWAY)
    moved = left * side[:, None] + ahead * front[:, None]
    height = float(np.median(result[:, NECK, 1] - result[:, PELVIS, 1]))
    result += moved[:, None]
    # The trunk leans back over the feet, so that the head sways less than the pelvis.
    _turn(result, SPINE1, 0.5 * (ahead * side[:, None] - left * front[:, None]) / max(height, 0.1))
    breath = share * course.breath()
    _turn(result, SPINE3, -left * (BREATH[0] * breath)[:, None])
    _turn(result, NECK, left * (BREATH[0] * breath)[:, None])
    for collar, shoulder, sign in ((LEFT_COLLAR, LEFT_SHOULDER, 1.0), (RIGHT_COLLAR, RIGHT_SHOULDER, -1.0)):
        lift = (sign * BREATH[1] * breath)[:, None] * ahead
        _turn(result, shoulder, lift)
        _turn(result, LEFT_ELBOW if collar == LEFT_COLLAR else RIGHT_ELBOW, -lift)
    nod, turn, tilt = (size * share * course.slow() for size in _HEAD)
    _turn(result, HEAD, left * nod[:, None] + up * turn[:, None] + ahead * tilt[:, None])
    for elbow, wrist in ((LEFT_ELBOW, LEFT_WRIST), (RIGHT_ELBOW, RIGHT_WRIST)):
        swing, bend = (_ARM * share * course.slow() for _ in range(2))
        _turn(result, elbow, left * swing[:, None])
        _turn(result, wrist, left * bend[:, None])
    return result


class _Course:
    """Slow curves over absolute time, each call another one."""

    def __init__(self, seed: int, time: Array) -> None:
        self._random = np.random.default_rng([seed & 0xFFFFFFFF, 0x1D1E])
        self._time = time

    def slow(self) -> Array:
        """(T,) about -2..2 with standard deviation 1: waves of 3 to 14 seconds without a common period."""
        rates = np.array([0.071, 0.113, 0.187, 0.311]) * self._random.uniform(0.92, 1.08, 4)
        sizes = np.array([1.0, 0.9, 0.55, 0.25])
        phases = self._random.uniform(0.0, 2 * np.pi, 4)
        waves = np.sin(2 * np.pi * rates[:, None] * self._time + phases[:, None])
        return np.asarray((sizes[:, None] * waves).sum(axis=0) / np.sqrt(0.5 * np.square(sizes).sum()))

    def breath(self) -> Array:
        """(T,) -1..1: breathing in is quicker than breathing out, and no two breaths take the same time."""
        start, drift = self._random.uniform(0.0, 2 * np.pi, 2)
        phase = 2 * np.pi * BREATH_RATE * self._time + start
        phase = phase + 0.7 * np.sin(2 * np.pi * 0.037 * self._time + drift)
        return np.asarray(np.sin(phase + 0.35 * np.sin(phase)))


def _turn(joints: Array, joint: int, vectors: Array) -> None:
    """Turn the bone that ends at a joint, and all that hangs on it, about the bone's beginning, in place."""
    pivot = joints[:, PARENTS[joint]].copy()
    members = _below(joint)
    rotation = axis_angle_to_quaternion(vectors)
    joints[:, members] = pivot[:, None] + qrot(rotation[:, None], joints[:, members] - pivot[:, None])


def _below(joint: int) -> list[int]:
    members = [joint]
    for other, parent in enumerate(PARENTS):
        if parent in members:
            members.append(other)
    return members
