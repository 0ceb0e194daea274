"""Constant bone lengths, and light smoothing without delay that leaves strokes of the hands as they are.

A decoder says where joints are, not how long bones are: forearms of generated motion vary by a third. Pure functions on
joints; standing feet are `core.foot_lock`'s.
"""

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.ndimage import gaussian_filter1d
from scipy.signal import savgol_filter

from core.constants import MOTION_FPS
from core.skeleton import PARENTS, REST_DIRECTIONS, UNIFORM_BONE_LENGTHS

Array = NDArray[np.float64]

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
