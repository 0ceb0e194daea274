"""Constant bone lengths, and light smoothing without delay that leaves strokes of the hands as they are.

A decoder says where joints are, not how long bones are: forearms of generated motion vary by a third. Pure functions on
joints; standing feet are `core.foot_lock`'s.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.interpolate import CubicSpline
from scipy.ndimage import gaussian_filter1d, maximum_filter1d
from scipy.signal import savgol_filter

from core.constants import MOTION_FPS
from core.skeleton import PARENTS, PELVIS, REST_DIRECTIONS, UNIFORM_BONE_LENGTHS

Array = NDArray[np.float64]

LEGS: Final = (1, 2, 4, 5, 7, 8, 10, 11)
"""Joints from the hips down."""

_MEETING: Final = 6  # frames on each side of a meeting that must be calm
_AROUND_MEETING: Final = 18  # and of what is torn, that may be retimed for it: just under a second
_SHIFT: Final = 4  # frames by which slower and faster parts may move what is rough
_PACES: Final = (0.8, 0.65, 0.5, 0.4, 0.3)  # of what is torn, in turn

WINDOW: Final = 7
"""Frames of the smoothing window."""

ORDER: Final = 3
"""Degree of the polynomial that is fitted in it: places, speeds and accelerations are kept, jitter is not."""

QUICK: Final = (0.8, 1.4)
"""Metres a second from which a joint is smoothed less, and from which it is not smoothed at all."""


def with_bone_lengths(joints: ArrayLike, lengths: ArrayLike = UNIFORM_BONE_LENGTHS) -> Array:
    """Give every bone a constant length, from the pelvis outwards; directions and the pelvis stay.

    Args:
        joints: (T, 22, 3) metres.
        lengths: (22,) length of the bone that ends at each joint.
    """
    source = np.asarray(joints, dtype=np.float64)
    wanted = np.asarray(lengths, dtype=np.float64)
    result = source.copy()
    for joint, parent in enumerate(PARENTS):
        if parent < 0:
            continue
        bone = source[:, joint] - source[:, parent]
        size = np.linalg.norm(bone, axis=-1, keepdims=True)
        direction = np.where(size > 1e-6, bone / np.maximum(size, 1e-6), REST_DIRECTIONS[joint])
        result[:, joint] = result[:, parent] + direction * wanted[joint]
    return result


def smoothed(joints: ArrayLike, window: int = WINDOW, order: int = ORDER) -> Array:
    """Smooth every joint over time with a Savitzky-Golay filter: symmetric, so nothing is delayed.

    Joints that go quickly are smoothed less: nobody sees jitter in a punch, but everybody sees a slow one.

    Args:
        joints: (T, 22, 3) at 20 frames a second.
        window: frames, odd.
        order: degree of the polynomial.

    Returns:
        (T, 22, 3). Bones change their lengths by a little, see `with_bone_lengths`. Fewer frames than the window are
        left alone.
    """
    source = np.asarray(joints, dtype=np.float64)
    if len(source) < window:
        return source.copy()
    result = np.asarray(savgol_filter(source, window, order, axis=0, mode="interp"))
    speed = np.linalg.norm(np.gradient(result, axis=0), axis=-1) * MOTION_FPS
    quick = np.clip((speed - QUICK[0]) / (QUICK[1] - QUICK[0]), 0.0, 1.0)
    own = gaussian_filter1d(quick, 1.0, axis=0, mode="nearest")[..., None]
    return np.asarray(result + own * (source - result))


def calmed(joints: ArrayLike, places: Sequence[int], free: NDArray[np.bool_], limit: float) -> Array:
    """Let the upper body take its time where it is torn from one pose to another, as where an edit ends.

    Its way stays the same, seen from the pelvis: slower where it was torn, and a little faster before and after.

    Args:
        joints: (T, 22, 3) metres at 20 frames a second.
        places: frames at which one motion meets another.
        free: (T,) frames that may be changed.
        limit: metres per frame squared that no joint may be accelerated by around the places, if more time can help it.

    Returns:
        (T, 22, 3). Legs and pelvis are as before, and so is everything where the limit was kept, or where more time
        does not help or would tear elsewhere.
    """
    result = np.array(joints, dtype=np.float64)
    upper = np.setdiff1d(np.arange(result.shape[1]), (PELVIS, *LEGS))
    for place in places:
        near = slice(max(place - _MEETING, 0), place + _MEETING + 1)
        seen = result[near][:, upper] - result[near, PELVIS][:, None]
        if peak_acceleration(result[near][:, upper]).max(initial=0.0) <= limit:
            continue
        worst = near.start + int(np.argmax(np.linalg.norm(np.gradient(seen, axis=0), axis=-1).max(axis=1)))
        around = np.arange(worst - _AROUND_MEETING, worst + _AROUND_MEETING + 1)
        around = around[(around >= 0) & (around < len(result))]
        around = around[free[around]]
        reach = min(worst - around[0], around[-1] - worst) if len(around) else 0
        if reach < 2 * _MEETING:
            continue
        around = np.arange(worst - reach, worst + reach + 1)
        pelvis = result[around, PELVIS][:, None]
        way = CubicSpline(around, result[np.ix_(around, upper)] - pelvis)
        share = (around - worst) * np.cos(np.pi / 2 * (around - worst) / reach) ** 2
        # What is rough stays where it is: a tear must not be moved to where the motion was calm.
        allowed = np.maximum(limit, maximum_filter1d(peak_acceleration(result[:, upper]), 2 * _SHIFT + 1))
        torn, before = peak_acceleration(result[near][:, upper]).max(), result
        for pace in _PACES:
            trial = before.copy()
            trial[np.ix_(around, upper)] = way(around - (1 - pace) * share) + pelvis
            left = peak_acceleration(trial[near][:, upper]).max()
            if left < torn and bool((peak_acceleration(trial[:, upper]) <= allowed + 1e-9).all()):
                result, torn = trial, left
            if torn <= limit:
                break
    return result


def peak_acceleration(joints: ArrayLike) -> Array:
    """(T - 2,) largest acceleration of a joint of (T, J, 3) in each frame but the ends, metres per frame squared."""
    change = np.diff(np.asarray(joints, dtype=np.float64), 2, axis=0)
    return np.asarray(np.linalg.norm(change, axis=-1).max(axis=1, initial=0.0))
