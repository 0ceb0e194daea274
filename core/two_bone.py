"""Two-bone inverse kinematics: where knee or elbow lie when the end of a limb is to reach a place.

Used for planted feet in 3D (`core.foot_lock`) and for the legs of a portrait's puppet.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


def unit(vectors: Array) -> Array:
    """Vectors of length 1; a vector of no length becomes the last axis."""
    norm = np.linalg.norm(vectors, axis=-1, keepdims=True)
    fallback = np.zeros(vectors.shape[-1])
    fallback[-1] = 1.0
    return np.where(norm > 1e-9, vectors / np.maximum(norm, 1e-9), fallback)


def two_bones(start: Array, target: Array, upper: ArrayLike, lower: ArrayLike, pole: Array) -> tuple[Array, Array]:
    """Middle and end of two bones that begin at `start` and reach for `target`, bent towards `pole`.

    A target out of reach is approached as far as the bones go.

    Args:
        start: (T, 3) beginning of the upper bone.
        target: (T, 3) wanted end of the lower bone.
        upper: length of the upper bone, one for all frames or (T,).
        lower: length of the lower bone likewise.
        pole: (T, 3) direction in which the middle is to be.

    Returns:
        (T, 3) middle and (T, 3) end.
    """
    first, second = np.asarray(upper, dtype=np.float64), np.asarray(lower, dtype=np.float64)
    reach = target - start
    axis = unit(reach)
    length = np.clip(
        np.linalg.norm(reach, axis=-1), np.abs(first - second) + 1e-3, np.maximum((first + second) * 0.9999, 1e-3)
    )
    along = (first * first - second * second + length * length) / (2.0 * length)
    height = np.sqrt(np.maximum(first * first - along * along, 0.0))
    side = unit(pole - (pole * axis).sum(-1, keepdims=True) * axis)
    return start + axis * along[:, None] + side * height[:, None], start + axis * length[:, None]
