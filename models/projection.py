"""Geometry between 3D motion and the picture: heading, the path of the body before the camera, directions, projection.

Pure functions on arrays. What the portrait looks like is in `models.portrait_fit`, who moves how in `models.retarget`.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.ndimage import gaussian_filter1d

from core.constants import MOTION_FPS
from core.rotations import qbetween, qrot
from core.skeleton import LEFT_HIP, LEFT_SHOULDER, PELVIS, RIGHT_HIP, RIGHT_SHOULDER
from core.two_bone import unit

Array = NDArray[np.float64]

HEADING_SIGMA: Final = 4.0
"""Frames: the heading follows turns of the body, not twists of the shoulders in a gesture."""

CAMERA_DISTANCE: Final = 3.5
"""Metres between the camera and the person: a usual distance of a portrait; it sets the strength of perspective."""

_YAW_TAU: Final = 2.5
_ROOT_TAU_WALKING: Final = 0.7
_ROOT_TAU_STANDING: Final = 10.0
_HEIGHT_TAU: Final = 3.0
_HEIGHT_SLACK: Final = 0.08
_WALKING_SPEED: Final = 0.5


@dataclass(frozen=True)
class BodyFrames:
    """A motion without its heading and path.

    Attributes:
        local: (T, 22, 3) metres; pelvis above the origin (y stays height above the floor), the body faces +Z.
        heading: (T,) radians, positive to the body's left, continuous over time.
        root: (T, 3) metres, the pelvis in the world.
    """

    local: Array
    heading: Array
    root: Array


@dataclass(frozen=True)
class PathLimits:
    """How far the person may leave the place that it has in the portrait, in metres, and lean, in radians."""

    side: float
    near: float
    far: float
    up: float
    down: float
    lean: float


@dataclass(frozen=True)
class CameraPath:
    """Where the body is and looks before the camera.

    Attributes:
        yaw: (T,) radians, positive to the body's left, in -pi..pi.
        offset: (T, 3) metres to the picture's right, up, and towards the camera, away from the portrait's place.
    """

    yaw: Array
    offset: Array

    def frames(self, start: int, end: int) -> "CameraPath":
        """The frames start..end."""
        return CameraPath(self.yaw[start:end], self.offset[start:end])


def smoothstep(low: float, high: float, value: ArrayLike) -> Array:
    """0 below `low`, 1 above `high`, between them the quintic with zero first and second derivatives at both ends."""
    x = np.clip((np.asarray(value, dtype=np.float64) - low) / (high - low), 0.0, 1.0)
    return x * x * x * (x * (x * 6.0 - 15.0) + 10.0)


def soft_limit(value: ArrayLike, low: float, high: float) -> Array:
    """Squeeze values smoothly into -low..high; near 0 they stay as they are."""
    x = np.asarray(value, dtype=np.float64)
    return np.where(x < 0, -low * np.tanh(-x / low), high * np.tanh(x / high))


def rotate_yaw(points: Array, yaw: ArrayLike) -> Array:
    """Turn (T, ..., 3) points about the vertical axis by (T,) angles; a positive angle turns +Z towards +X."""
    angle = np.asarray(yaw, dtype=np.float64)
    angle = angle.reshape(angle.shape + (1,) * (points.ndim - 1 - angle.ndim))
    c, s = np.cos(angle), np.sin(angle)
    x, y, z = points[..., 0], points[..., 1], points[..., 2]
    return np.stack([c * x + s * z, y, c * z - s * x], axis=-1)


def frame_matrix(across: Array, up: Array) -> Array:
    """(..., 3, 3) matrices whose columns are across (made orthogonal to up), up and forward."""
    y = unit(up)
    x = unit(across - (across * y).sum(-1, keepdims=True) * y)
    return np.stack([x, y, np.cross(x, y)], axis=-1)


def blend_directions(start: ArrayLike, end: ArrayLike, weight: ArrayLike) -> Array:
    """Unit directions from `start` (weight 0) to `end` (weight 1).

    Opposite directions are joined through the front of the body, where arms really pass, so nothing jumps.
    """
    a, b = np.broadcast_arrays(np.asarray(start, dtype=np.float64), np.asarray(end, dtype=np.float64))
    w = np.asarray(weight, dtype=np.float64)[..., None]
    apart = (1.0 - (a * b).sum(-1, keepdims=True)) / 2.0
    front = np.array([0.0, 0.0, 1.0])
    mixed = (1.0 - w) * a + w * b + 1.6 * w * (1.0 - w) * apart * apart * front
    return unit(mixed)


def carry(vectors: Array, start: ArrayLike, end: ArrayLike) -> Array:
    """Turn (..., K, 3) vectors by the shortest rotation from `start` to `end`, both (..., 3) unit directions."""
    rotation = qbetween(start, end)
    return qrot(rotation[..., None, :], vectors)


def body_frames(joints: ArrayLike) -> BodyFrames:
    """Take heading and path out of (T, 22, 3) joints in metres.

    The heading is the direction across hips and shoulders, smoothed over time, so it depends on its neighbourhood only.
    """
    world = np.asarray(joints, dtype=np.float64)
    across = world[:, LEFT_HIP] - world[:, RIGHT_HIP] + world[:, LEFT_SHOULDER] - world[:, RIGHT_SHOULDER]
    forward = np.stack([-across[:, 2], across[:, 0]], axis=-1)
    forward = unit(forward)
    forward = gaussian_filter1d(forward, HEADING_SIGMA, axis=0, mode="nearest", truncate=3.0)
    heading = np.unwrap(np.arctan2(forward[:, 0], forward[:, 1]))
    root = world[:, PELVIS].copy()
    centred = world - root[:, None] * np.array([1.0, 0.0, 1.0])
    return BodyFrames(local=rotate_yaw(centred, -heading), heading=heading, root=root)


def camera_path(frames: BodyFrames, neutral_height: float, limits: PathLimits) -> CameraPath:
    """Keep the person before the camera: turns and steps are shown and then fade, the place stays the portrait's.

    Heading and place leak back to the portrait's own, the place faster while the body walks, so planted feet hardly
    slide. Only differences between frames are used, so an edit changes what follows less and less with distance.

    Args:
        frames: the motion without its heading and path.
        neutral_height: height of the pelvis in the neutral stance, metres.
        limits: how far the person may leave the portrait's place.
    """
    count = len(frames.heading)
    step = np.diff(frames.heading, prepend=frames.heading[:1])
    velocity = np.diff(frames.root, axis=0, prepend=frames.root[:1])
    velocity = rotate_yaw(velocity, -frames.heading)
    speed = gaussian_filter1d(np.hypot(velocity[:, 0], velocity[:, 2]) * MOTION_FPS, 5.0, mode="nearest")
    walking = smoothstep(0.15, _WALKING_SPEED, speed)
    leak = (walking / _ROOT_TAU_WALKING + (1 - walking) / _ROOT_TAU_STANDING) / MOTION_FPS
    rise = frames.root[:, 1] - neutral_height
    yaw, place, height = np.empty(count), np.empty((count, 2)), np.empty(count)
    turn = float(np.arctan2(np.sin(frames.heading[0]), np.cos(frames.heading[0]))) if count else 0.0
    x = z = 0.0
    usual = float(np.clip(rise[0], -_HEIGHT_SLACK, _HEIGHT_SLACK)) if count else 0.0
    yaw_leak, height_leak = 1.0 / (_YAW_TAU * MOTION_FPS), 1.0 / (_HEIGHT_TAU * MOTION_FPS)
    for t in range(count):
        turn += step[t] - yaw_leak * np.sin(turn)
        c, s = np.cos(turn), np.sin(turn)
        x += c * velocity[t, 0] + s * velocity[t, 2] - leak[t] * x
        z += c * velocity[t, 2] - s * velocity[t, 0] - leak[t] * z
        usual += (min(max(rise[t], -_HEIGHT_SLACK), _HEIGHT_SLACK) - usual) * height_leak
        yaw[t], place[t, 0], place[t, 1], height[t] = turn, x, z, rise[t] - usual
    offset = np.stack(
        [
            soft_limit(place[:, 0], limits.side, limits.side),
            soft_limit(height, limits.down, limits.up),
            soft_limit(place[:, 1], limits.far, limits.near),
        ],
        axis=-1,
    )
    return CameraPath(yaw=np.arctan2(np.sin(yaw), np.cos(yaw)), offset=offset)


def project(points: Array, centre: Array, distance: float) -> Array:
    """Perspective picture of (..., 3) points in pixels (x right, y up, z to the camera, origin at `centre`).

    Returns:
        (..., 2) picture coordinates, x right and y down; points in the plane z = 0 keep their size.
    """
    factor = distance / np.maximum(distance - points[..., 2], 0.2 * distance)
    return np.stack([centre[0] + points[..., 0] * factor, centre[1] - points[..., 1] * factor], axis=-1)


def lift(pixels: ArrayLike, depth: ArrayLike, centre: Array, distance: float) -> Array:
    """The (..., 3) point at `depth` (pixels towards the camera) that `project` puts at the picture point `pixels`."""
    at = np.asarray(pixels, dtype=np.float64)
    z = np.broadcast_to(np.asarray(depth, dtype=np.float64), at.shape[:-1])
    factor = (distance - z) / distance
    return np.stack([(at[..., 0] - centre[0]) * factor, (centre[1] - at[..., 1]) * factor, z], axis=-1)


def lift_along(start: Array, pixels: ArrayLike, length: float, centre: Array, distance: float) -> Array:
    """The end of a bone of `length` that begins at the 3D point `start` and ends at the picture point `pixels`.

    A bone that looks shorter than it is points towards the camera; one that looks longer lies in the picture plane.
    """
    depth = float(start[2])
    end = lift(pixels, depth, centre, distance)
    for _ in range(30):
        flat = float(np.hypot(end[0] - start[0], end[1] - start[1]))
        wanted = float(start[2]) + float(np.sqrt(max(length * length - flat * flat, 0.0)))
        depth += 0.7 * (wanted - depth)
        end = lift(pixels, depth, centre, distance)
    return end
