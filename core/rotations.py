"""Rotation algebra for motion: quaternions, matrices, 6D, Euler angles, axis-angle, interpolation and continuity.

Plain functions, vectorised over all leading axes, computed and returned in float64. Quaternions are (w, x, y, z),
Hamilton, so that `qrot(qmul(a, b), v) == qrot(a, qrot(b, v))`; matrices act on column vectors. Skeletons and motion are
not known here.
"""

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

_TINY: Final = 1e-12
"""Lengths below this count as zero."""

_ANTIPARALLEL: Final = 1e-8
"""Two unit vectors whose half-way vector is shorter than this count as exactly opposite (radians of deviation)."""

_AXIS_NUMBER: Final = {"X": 0, "Y": 1, "Z": 2}

_EVEN_ORDERS: Final = ("XYZ", "YZX", "ZXY")

EULER_ORDERS: Final = ("XYZ", "XZY", "YXZ", "YZX", "ZXY", "ZYX")
"""The six orders with three different axes, the only ones that BVH files use."""


def _vectors(values: ArrayLike, size: int, name: str) -> Array:
    """Return `values` as float64 with a last axis of `size`, or raise ValueError that names it."""
    array = np.asarray(values, dtype=np.float64)
    if array.ndim == 0 or array.shape[-1] != size:
        raise ValueError(f"{name} must have a last axis of length {size}, but its shape is {array.shape}")
    return array


def normalize(vectors: ArrayLike) -> Array:
    """Scale (..., n) vectors to length 1; vectors shorter than 1e-12 become zero instead of NaN."""
    array = np.asarray(vectors, dtype=np.float64)
    length = np.linalg.norm(array, axis=-1, keepdims=True)
    return np.where(length > _TINY, array / np.where(length > _TINY, length, 1.0), 0.0)


def qnormalize(quaternions: ArrayLike) -> Array:
    """Scale (..., 4) quaternions to length 1; a zero quaternion becomes the identity."""
    unit = normalize(_vectors(quaternions, 4, "quaternions"))
    zero = ~np.any(unit, axis=-1)
    unit[zero] = (1.0, 0.0, 0.0, 0.0)
    return unit


def qidentity(*shape: int) -> Array:
    """Identity quaternions of shape (*shape, 4)."""
    result = np.zeros((*shape, 4))
    result[..., 0] = 1.0
    return result


def qmul(left: ArrayLike, right: ArrayLike) -> Array:
    """Hamilton product of (..., 4) and (..., 4), leading axes broadcast: first `right`, then `left` is applied."""
    aw, ax, ay, az = np.moveaxis(_vectors(left, 4, "left"), -1, 0)
    bw, bx, by, bz = np.moveaxis(_vectors(right, 4, "right"), -1, 0)
    return np.stack(
        [
            aw * bw - ax * bx - ay * by - az * bz,
            aw * bx + ax * bw + ay * bz - az * by,
            aw * by - ax * bz + ay * bw + az * bx,
            aw * bz + ax * by - ay * bx + az * bw,
        ],
        axis=-1,
    )


def qinv(quaternions: ArrayLike) -> Array:
    """Inverse (conjugate) of unit quaternions (..., 4)."""
    conjugate: Array = _vectors(quaternions, 4, "quaternions") * np.array([1.0, -1.0, -1.0, -1.0])
    return conjugate


def qrot(quaternions: ArrayLike, vectors: ArrayLike) -> Array:
    """Rotate vectors (..., 3) by unit quaternions (..., 4); leading axes broadcast. Returns (..., 3)."""
    quaternion = _vectors(quaternions, 4, "quaternions")
    vector = _vectors(vectors, 3, "vectors")
    axis = quaternion[..., 1:]
    once = np.cross(axis, vector)
    return np.asarray(vector + 2.0 * (quaternion[..., :1] * once + np.cross(axis, once)), dtype=np.float64)


def _perpendicular(unit: Array) -> Array:
    """Unit vectors (..., 3) at right angles to `unit`: as near +Y as possible, or +X when `unit` is vertical itself."""
    toward_y = np.array([0.0, 1.0, 0.0]) - unit[..., 1:2] * unit
    toward_x = np.array([1.0, 0.0, 0.0]) - unit[..., 0:1] * unit
    vertical = np.linalg.norm(toward_y, axis=-1, keepdims=True) < 1e-6
    return normalize(np.where(vertical, toward_x, toward_y))


def qbetween(start: ArrayLike, end: ArrayLike) -> Array:
    """Shortest rotation that takes the direction of `start` to the direction of `end`, both (..., 3). Returns (..., 4).

    Exactly opposite directions have no single shortest rotation. They turn by 180 degrees about the axis that is
    perpendicular to `start` and nearest to +Y (so that a reversed heading is a turn on the spot), or about +X when
    `start` is vertical. A zero vector on either side gives the identity.
    """
    first = normalize(_vectors(start, 3, "start"))
    second = normalize(_vectors(end, 3, "end"))
    first, second = np.broadcast_arrays(first, second)
    half = first + second
    half_length = np.linalg.norm(half, axis=-1, keepdims=True)
    opposite = half_length < _ANTIPARALLEL
    # The half-way direction keeps full precision close to 180 degrees, where 1 + a.b has lost all its digits.
    middle = half / np.where(opposite, 1.0, half_length)
    scalar = np.where(opposite, 0.0, np.sum(first * middle, axis=-1, keepdims=True))
    vector = np.where(opposite, _perpendicular(first), np.cross(first, middle))
    result = qnormalize(np.concatenate([scalar, vector], axis=-1))
    zero = ~(np.any(first, axis=-1) & np.any(second, axis=-1))
    result[zero] = (1.0, 0.0, 0.0, 0.0)
    return result


def make_continuous(quaternions: ArrayLike) -> Array:
    """Choose signs along axis 0 of (T, ..., 4) so that neighbours lie on one half of the sphere; the first stays."""
    array = _vectors(quaternions, 4, "quaternions").copy()
    if array.shape[0] < 2:
        return array
    turned = np.sum(array[1:] * array[:-1], axis=-1) < 0.0
    odd = np.cumsum(turned, axis=0) % 2 == 1
    array[1:][odd] *= -1.0
    return array


def slerp(start: ArrayLike, end: ArrayLike, weight: ArrayLike) -> Array:
    """Spherical interpolation along the shorter arc.

    Args:
        start: (..., 4) unit quaternions at weight 0.
        end: (..., 4) unit quaternions at weight 1.
        weight: (...) numbers, broadcast against the leading axes; values outside 0..1 extrapolate.

    Returns:
        (..., 4) unit quaternions.
    """
    first = _vectors(start, 4, "start")
    second = _vectors(end, 4, "end")
    amount = np.asarray(weight, dtype=np.float64)[..., None]
    cosine = np.sum(first * second, axis=-1, keepdims=True)
    second = np.where(cosine < 0.0, -second, second)
    cosine = np.clip(np.abs(cosine), 0.0, 1.0)
    angle = np.arctan2(np.linalg.norm(second - cosine * first, axis=-1, keepdims=True), cosine)
    sine = np.sin(angle)
    close = sine < 1e-7
    safe = np.where(close, 1.0, sine)
    near = np.where(close, 1.0 - amount, np.sin((1.0 - amount) * angle) / safe)
    far = np.where(close, amount, np.sin(amount * angle) / safe)
    return qnormalize(near * first + far * second)


def qangle(first: ArrayLike, second: ArrayLike) -> Array:
    """Angle in radians (0..pi) of the rotation between unit quaternions (..., 4) and (..., 4). Returns (...)."""
    difference = qmul(qinv(first), second)
    return np.asarray(2.0 * np.arctan2(np.linalg.norm(difference[..., 1:], axis=-1), np.abs(difference[..., 0])))


def swing_twist(quaternions: ArrayLike, axis: ArrayLike) -> tuple[Array, Array]:
    """Split q = swing * twist, where twist turns about `axis`.

    Args:
        quaternions: (..., 4) unit quaternions.
        axis: (..., 3) unit axis in the frame before the rotation.

    Returns:
        Swing and twist, (..., 4) each. Where the twist is undefined (a swing of 180 degrees) it is the identity.
    """
    quaternion = _vectors(quaternions, 4, "quaternions")
    direction = _vectors(axis, 3, "axis")
    along = np.sum(quaternion[..., 1:] * direction, axis=-1, keepdims=True)
    twist = qnormalize(np.concatenate([quaternion[..., :1] * np.ones_like(along), along * direction], axis=-1))
    return qmul(quaternion, qinv(twist)), twist


def quaternion_to_matrix(quaternions: ArrayLike) -> Array:
    """Rotation matrices (..., 3, 3), for column vectors, of unit quaternions (..., 4)."""
    w, x, y, z = np.moveaxis(_vectors(quaternions, 4, "quaternions"), -1, 0)
    rows = [
        [1.0 - 2.0 * (y * y + z * z), 2.0 * (x * y - w * z), 2.0 * (x * z + w * y)],
        [2.0 * (x * y + w * z), 1.0 - 2.0 * (x * x + z * z), 2.0 * (y * z - w * x)],
        [2.0 * (x * z - w * y), 2.0 * (y * z + w * x), 1.0 - 2.0 * (x * x + y * y)],
    ]
    return np.stack([np.stack(row, axis=-1) for row in rows], axis=-2)


def matrix_to_quaternion(matrices: ArrayLike) -> Array:
    """Unit quaternions (..., 4) with w >= 0 of rotation matrices (..., 3, 3)."""
    matrix = np.asarray(matrices, dtype=np.float64)
    if matrix.shape[-2:] != (3, 3):
        raise ValueError(f"matrices must end with shape (3, 3), but their shape is {matrix.shape}")
    xx, yy, zz = matrix[..., 0, 0], matrix[..., 1, 1], matrix[..., 2, 2]
    wx, wy, wz = (matrix[..., i, j] - matrix[..., j, i] for i, j in ((2, 1), (0, 2), (1, 0)))
    xy, xz, yz = (matrix[..., i, j] + matrix[..., j, i] for i, j in ((0, 1), (0, 2), (1, 2)))
    # Each row is 4 * (one component) * q; the one with the largest component is free of cancellation.
    rows = np.stack(
        [
            np.stack([1.0 + xx + yy + zz, wx, wy, wz], axis=-1),
            np.stack([wx, 1.0 + xx - yy - zz, xy, xz], axis=-1),
            np.stack([wy, xy, 1.0 - xx + yy - zz, yz], axis=-1),
            np.stack([wz, xz, yz, 1.0 - xx - yy + zz], axis=-1),
        ],
        axis=-2,
    )
    best = np.argmax(np.diagonal(rows, axis1=-2, axis2=-1), axis=-1)
    result = qnormalize(np.take_along_axis(rows, best[..., None, None], axis=-2)[..., 0, :])
    return np.where(result[..., :1] < 0.0, -result, result)


def matrix_to_6d(matrices: ArrayLike) -> Array:
    """6D of rotation matrices (..., 3, 3) in the column convention of HumanML3D: first column, then second column."""
    matrix = np.asarray(matrices, dtype=np.float64)
    return np.concatenate([matrix[..., :, 0], matrix[..., :, 1]], axis=-1)


def sixd_to_matrix(sixd: ArrayLike) -> Array:
    """Rotation matrices (..., 3, 3) of 6D (..., 6) in the column convention, by Gram-Schmidt.

    Zero or parallel columns, which define no rotation, are completed with the nearest-to-+Y perpendicular direction.
    """
    array = _vectors(sixd, 6, "sixd")
    first = normalize(array[..., :3])
    first = np.where(np.any(first, axis=-1, keepdims=True), first, np.array([1.0, 0.0, 0.0]))
    third = np.cross(first, normalize(array[..., 3:]))
    flat = np.linalg.norm(third, axis=-1, keepdims=True) < 1e-9
    third = normalize(np.where(flat, np.cross(first, _perpendicular(first)), third))
    return np.stack([first, np.cross(third, first), third], axis=-1)


def quaternion_to_6d(quaternions: ArrayLike) -> Array:
    """6D (..., 6), column convention, of unit quaternions (..., 4)."""
    return matrix_to_6d(quaternion_to_matrix(quaternions))


def sixd_to_quaternion(sixd: ArrayLike) -> Array:
    """Unit quaternions (..., 4) with w >= 0 of 6D (..., 6), column convention."""
    return matrix_to_quaternion(sixd_to_matrix(sixd))


def matrix_to_6d_rows(matrices: ArrayLike) -> Array:
    """6D in the ROW convention of PyTorch3D: first two rows of matrices (..., 3, 3). Not for HumanML3D data."""
    return matrix_to_6d(np.swapaxes(np.asarray(matrices, dtype=np.float64), -1, -2))


def sixd_rows_to_matrix(sixd: ArrayLike) -> Array:
    """Rotation matrices (..., 3, 3) of 6D (..., 6) in the ROW convention of PyTorch3D. Not for HumanML3D data."""
    return np.swapaxes(sixd_to_matrix(sixd), -1, -2)


def axis_angle_to_quaternion(vectors: ArrayLike) -> Array:
    """Unit quaternions (..., 4) of axis-angle vectors (..., 3) whose length is the angle in radians."""
    vector = _vectors(vectors, 3, "vectors")
    half = 0.5 * np.linalg.norm(vector, axis=-1, keepdims=True)
    return np.concatenate([np.cos(half), 0.5 * np.sinc(half / np.pi) * vector], axis=-1)


def quaternion_to_axis_angle(quaternions: ArrayLike) -> Array:
    """Axis-angle vectors (..., 3), length 0..pi radians, of unit quaternions (..., 4)."""
    quaternion = _vectors(quaternions, 4, "quaternions")
    quaternion = np.where(quaternion[..., :1] < 0.0, -quaternion, quaternion)
    sine = np.linalg.norm(quaternion[..., 1:], axis=-1, keepdims=True)
    angle = 2.0 * np.arctan2(sine, quaternion[..., :1])
    small = sine < _TINY
    return np.asarray(quaternion[..., 1:] * np.where(small, 2.0, angle / np.where(small, 1.0, sine)))


def axis_angle_to_matrix(vectors: ArrayLike) -> Array:
    """Rotation matrices (..., 3, 3) of axis-angle vectors (..., 3) in radians."""
    return quaternion_to_matrix(axis_angle_to_quaternion(vectors))


def _checked_order(order: str) -> tuple[int, int, int]:
    if order not in EULER_ORDERS:
        raise ValueError(f"Euler order must be one of {', '.join(EULER_ORDERS)}, not {order!r}")
    return _AXIS_NUMBER[order[0]], _AXIS_NUMBER[order[1]], _AXIS_NUMBER[order[2]]


def euler_to_quaternion(angles: ArrayLike, order: str) -> Array:
    """Unit quaternions (..., 4) of Euler angles.

    Args:
        angles: (..., 3) radians, in the sequence that `order` names (not always x, y, z).
        order: one of `EULER_ORDERS`, about moving axes: "ZXY" is R = Rz(angles[0]) Rx(angles[1]) Ry(angles[2]), the
            way that the channels of a BVH joint are meant.
    """
    array = _vectors(angles, 3, "angles")
    result = qidentity(*array.shape[:-1])
    for column, axis in enumerate(_checked_order(order)):
        turn = np.zeros((*array.shape[:-1], 4))
        turn[..., 0] = np.cos(0.5 * array[..., column])
        turn[..., 1 + axis] = np.sin(0.5 * array[..., column])
        result = qmul(result, turn)
    return result


def quaternion_to_euler(quaternions: ArrayLike, order: str) -> Array:
    """Euler angles (..., 3) in radians of unit quaternions (..., 4), about moving axes in the sequence of `order`.

    The middle angle is within -pi/2..pi/2, the others within -pi..pi. At the poles, where only a sum of the outer
    angles is defined, the last angle is 0. Use `continuous_euler` for curves over time.
    """
    i, j, k = _checked_order(order)
    sign = 1.0 if order in _EVEN_ORDERS else -1.0
    matrix = quaternion_to_matrix(quaternions)
    cosine = np.hypot(matrix[..., i, i], matrix[..., i, j])
    middle = np.arctan2(sign * matrix[..., i, k], cosine)
    pole = cosine < 1e-7
    first = np.arctan2(
        np.where(pole, sign * matrix[..., k, j], -sign * matrix[..., j, k]),
        np.where(pole, matrix[..., j, j], matrix[..., k, k]),
    )
    last = np.where(pole, 0.0, np.arctan2(-sign * matrix[..., i, j], matrix[..., i, i]))
    return np.stack([first, middle, last], axis=-1) + 0.0  # no negative zeros


def continuous_euler(quaternions: ArrayLike, order: str) -> Array:
    """Euler curves (T, ..., 3) in radians, without jumps, of unit quaternions (T, ..., 4).

    Each frame has two sets of angles (and whole turns on top); the one nearest to the frame before is taken. The first
    frame is the principal one. At a pole the free angle keeps its value of the frame before.
    """
    quaternion = _vectors(quaternions, 4, "quaternions")
    principal = quaternion_to_euler(quaternion, order)
    sign = 1.0 if order in _EVEN_ORDERS else -1.0
    result = principal.copy()
    for frame in range(1, len(result)):
        before = result[frame - 1]
        angles = principal[frame]
        pole = np.abs(np.abs(angles[..., 1]) - 0.5 * np.pi) < 1e-6
        # At a pole only first + s * last is defined: keep `last` from before and give the rest to `first`.
        side = np.where(angles[..., 1] > 0.0, sign, -sign)
        first = angles[..., 0] + side * (angles[..., 2] - before[..., 2])
        held = np.stack([first, angles[..., 1], before[..., 2]], axis=-1)
        angles = np.where(pole[..., None], held, angles)
        other = np.stack([angles[..., 0] + np.pi, np.pi - angles[..., 1], angles[..., 2] + np.pi], axis=-1)
        choices = [choice + 2.0 * np.pi * np.round((before - choice) / (2.0 * np.pi)) for choice in (angles, other)]
        costs = [np.sum(np.abs(choice - before), axis=-1, keepdims=True) for choice in choices]
        result[frame] = np.where(costs[1] < costs[0], choices[1], choices[0])
    return result
