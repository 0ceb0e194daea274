"""Keeps an edit local: only the frames of changed tokens and at most a second around them become new.

A motion decoder sees seconds around every token, the root's place is a sum over all frames before, and poses follow
habits of the whole motion; so a fresh decoding after an edit differs everywhere by a little. Here the motion (and the
poses) before the edit are kept bit for bit away from it, and cross-faded into the fresh ones beside it. Knows nothing
of how either was made.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.constants import FRAMES_PER_TOKEN, MOTION_FPS
from core.features import (
    CONTACTS,
    LOCAL_POSITIONS,
    ROOT_HEIGHT,
    ROTATIONS,
    VELOCITIES,
    swing_rotations,
)
from core.motion import MotionClip
from core.pose import PoseSequence
from core.rotations import qinv, qrot, quaternion_to_6d
from core.runs import runs

SEAM_FRAMES: Final = MOTION_FPS
"""An edit reaches this many frames beyond its own: one second."""

SHORTEST_SEAM: Final = MOTION_FPS // 2
"""A cross-fade takes at least this many frames; where the recording begins or ends sooner, it reaches into the edit."""

GLIDE: Final = 0.06
"""Metres a second by which a standing body may be carried back to its old place, too slow to be seen as sliding."""

HELD: Final = 0.5
"""Metres by which the body may be carried back where it is to stay on its spot."""

TURN: Final = 0.1
"""Radians a second by which it may be turned back to its old heading."""

Stretch = tuple[int, int]
Array = NDArray[np.float64]


def changed_frames(before: ArrayLike, after: ArrayLike, frames: int) -> tuple[Stretch, ...] | None:
    """Return the half-open ranges of frames whose tokens differ, in order; None where the lengths differ.

    Args:
        before: (N,) tokens before the edit.
        after: (N,) tokens after it.
        frames: length of the motion, at most 4 N.
    """
    old, new = np.asarray(before), np.asarray(after)
    if old.shape != new.shape:
        return None
    edges = np.flatnonzero(np.diff(np.concatenate([[False], old != new, [False]])))
    return tuple(
        (int(first) * FRAMES_PER_TOKEN, min(int(last) * FRAMES_PER_TOKEN, frames))
        for first, last in zip(edges[::2], edges[1::2], strict=True)
        if first * FRAMES_PER_TOKEN < frames
    )


def freshness(frames: int, stretches: Sequence[Stretch]) -> Array:
    """Return (T,) 0..1: 1 in changed stretches, 0 where everything stays, smooth in between.

    0 from 19 frames before and after a stretch, so that differences between neighbouring frames stay as well from 20.
    """
    share = np.zeros(frames)
    time = np.arange(frames, dtype=np.float64)
    for start, end in stretches:
        one = np.ones(frames)
        if start > 0:
            low = max(start - SEAM_FRAMES + 1, 0)
            one = np.minimum(one, _smooth((time - low) / (max(start, low + SHORTEST_SEAM) - low)))
        if end < frames:
            high = min(end + SEAM_FRAMES - 2, frames - 1)
            one = np.minimum(one, _smooth((high - time) / (high - min(end - 1, high - SHORTEST_SEAM))))
        share = np.maximum(share, one)
    return share


def edited_motion(
    before: MotionClip, fresh: MotionClip, stretches: Sequence[Stretch], *, stays: bool = False
) -> MotionClip:
    """Return `fresh` inside the changed stretches and `before` away from them.

    The root goes on from where it was. Where a kept part follows, a small difference of place and heading is worked
    off slowly inside the edit, so that all later joints stay as they were; a body that walks elsewhere, or turns, takes
    the later part along rigidly: its features stay bit-identical, its joints are moved as a whole.

    Args:
        before: the motion before the edit, consistent (its features and joints belong together).
        fresh: the whole motion after it, of the same length.
        stretches: frames that are changed, see `changed_frames`.
        stays: the body stays on its spot in both, so what follows an edit keeps its place.

    Raises:
        ValueError: motions of different length.
    """
    if len(before) != len(fresh):
        raise ValueError(f"motions of {len(before)} and {len(fresh)} frames cannot be joined")
    share = freshness(len(before), stretches)
    kept = share <= 0.0
    if np.array_equal(before.joints[kept], fresh.joints[kept]):
        return fresh  # nothing is kept, or what made the motion is local by itself
    work = _Joined(before, fresh, share, HELD if stays else 0.0)
    for start, end in runs(share > 0.0):
        work.join(start, end)
    return work.clip()


class _Joined:
    """The motion while it is put together: features, root and joints of `before`, overwritten run by run."""

    def __init__(self, before: MotionClip, fresh: MotionClip, share: Array, held: float) -> None:
        self._held = held
        self._fresh = fresh
        self._share = share
        self._old = before.features
        self._new = fresh.features
        self._features = before.features.copy()
        self._joints = before.joints.copy()
        steps = self._old[:-1, :3].astype(np.float64)
        self._angle: Array = np.concatenate([[0.0], np.cumsum(steps[:, 0])])
        travel = _turned(steps[:, 1:], -self._angle[1:])
        # A motion that was imported may begin anywhere: where its own joints say.
        self._place: Array = np.cumsum(np.concatenate([before.joints[:1, 0, [0, 2]], travel]), axis=0)

    def clip(self) -> MotionClip:
        return replace(
            self._fresh,
            joints=self._joints,
            features=self._features,
            contacts=np.clip(self._features[:, CONTACTS], 0.0, 1.0),
        )

    def join(self, start: int, end: int) -> None:
        """Make frames start..end new, coming from frame start - 1 and leading to frame `end`, where these are kept."""
        first = max(start - 1, 0)
        last = min(end, len(self._share) - 1)
        share = 0.5 * (self._share[first:last] + self._share[first + 1 : last + 1])
        mixed = (1 - share)[:, None] * self._old[first:last, :3] + share[:, None] * self._new[first:last, :3]
        angle = self._angle[first] + np.concatenate([[0.0], np.cumsum(mixed[:, 0])])
        place = self._walked(first, angle, mixed)
        if last == end:
            angle, place = self._attached(first, last, angle, place, mixed)
        self._angle[first : last + 1] = angle
        self._place[first : last + 1] = place
        self._write(start, end)

    def _walked(self, first: int, angle: Array, mixed: Array) -> Array:
        """(n, 2) places on the ground from the travel of each frame, which is in the later frame's heading."""
        step = _turned(np.stack([mixed[:, 1], mixed[:, 2]], axis=-1), -angle[1:])
        return np.asarray(self._place[first] + np.concatenate([np.zeros((1, 2)), np.cumsum(step, axis=0)]))

    def _attached(self, first: int, last: int, angle: Array, place: Array, mixed: Array) -> tuple[Array, Array]:
        """Bring the new part to the kept one, or the kept one to the new part."""
        seconds = (last - first) / MOTION_FPS
        turn = float(self._angle[last] - angle[-1])
        ease = _smooth(np.linspace(0.0, 1.0, len(angle)))
        eased = angle + turn * ease
        walked = self._walked(first, eased, mixed)
        away = self._place[last] - walked[-1]
        if abs(2 * turn) <= TURN * seconds and float(np.hypot(*away)) <= max(GLIDE * seconds, self._held):
            return eased, walked + ease[:, None] * away
        old_place = self._place[last].copy()
        self._angle[last:] -= turn
        self._place[last:] = place[-1] + _turned(self._place[last:] - old_place, turn)
        moved = self._joints[last:].astype(np.float64)
        moved[..., [0, 2]] = _turned(moved[..., [0, 2]] - old_place, np.full(1, turn)) + place[-1]
        self._joints[last:] = moved
        return angle, place

    def _write(self, start: int, end: int) -> None:
        """Write features and joints of start..end, and what the frame before says of the way to them."""
        rows = slice(start, end)
        share = self._share[rows, None]
        for columns in (ROOT_HEIGHT, LOCAL_POSITIONS, CONTACTS):
            mixed = (1 - share) * self._old[rows, columns] + share * self._new[rows, columns]
            self._features[rows, columns] = mixed
        root = self._root(start, end)
        local = self._features[rows, LOCAL_POSITIONS].astype(np.float64).reshape(end - start, 21, 3)
        world = qrot(np.repeat(qinv(root)[:, None], 21, axis=1), local)
        world[..., [0, 2]] += self._place[rows, None]
        pelvis = np.concatenate([self._place[rows], self._features[rows, ROOT_HEIGHT]], axis=1)[:, [0, 2, 1]]
        self._joints[rows] = np.concatenate([pelvis[:, None], world], axis=1)
        joints = self._joints[rows].astype(np.float64)
        self._features[rows, ROTATIONS] = quaternion_to_6d(swing_rotations(joints, root)[:, 1:]).reshape(
            len(joints), -1
        )
        self._write_steps(max(start - 1, 0), end)

    def _write_steps(self, start: int, end: int) -> None:
        """Write turn, travel and velocities: what leads from each frame to the next; the last repeats its neighbour."""
        last = min(end, len(self._features) - 1)
        root = self._root(start, last)
        step = np.diff(self._joints[start : last + 1].astype(np.float64), axis=0)
        moved = qrot(np.repeat(root[:, None], 22, axis=1), step).reshape(len(step), -1)
        self._features[start:last, VELOCITIES] = moved
        self._features[start:last, 0] = np.diff(self._angle[start : last + 1])
        travel = _turned(np.diff(self._place[start : last + 1], axis=0), self._angle[start + 1 : last + 1])
        self._features[start:last, 1:3] = travel
        if end == len(self._features):
            self._features[-1, VELOCITIES] = moved[-1]

    def _root(self, start: int, end: int) -> Array:
        angle = self._angle[start:end]
        zero = np.zeros_like(angle)
        return np.stack([np.cos(angle), zero, np.sin(angle), zero], axis=-1)


def edited_poses(before: PoseSequence, fresh: PoseSequence, stretches: Sequence[Stretch]) -> PoseSequence:
    """Return the poses of `fresh` inside the changed stretches, of `before` away from them, cross-faded between.

    Args:
        before: the poses before the edit.
        fresh: all poses after it, of the same length, rate and picture.
        stretches: frames that are changed, see `changed_frames`.

    Raises:
        ValueError: sequences that do not belong together.
    """
    if (len(before), before.fps, before.width, before.height) != (len(fresh), fresh.fps, fresh.width, fresh.height):
        raise ValueError("poses of different lengths or pictures cannot be joined")
    share = freshness(len(before), stretches)
    kept = share <= 0.0
    if all(np.array_equal(getattr(before, n)[kept], getattr(fresh, n)[kept]) for n in ("body", "face", "hands")):
        return fresh
    turn = np.arctan2(np.sin(fresh.yaw - before.yaw), np.cos(fresh.yaw - before.yaw))
    return replace(
        fresh,
        body=_points(before.body, fresh.body, share),
        face=_points(before.face, fresh.face, share),
        hands=_points(before.hands, fresh.hands, share),
        depth=_mixed(before.depth, fresh.depth, share),
        yaw=_mixed(before.yaw, (before.yaw + turn).astype(np.float32), share),
        flags=np.where(share >= 0.5, fresh.flags, before.flags),
    )


def _points(before: NDArray[np.float32], fresh: NDArray[np.float32], share: Array) -> NDArray[np.float32]:
    """Cross-fade points with confidence; one that is seen in one of both only stays at the place where it is seen."""
    result = _mixed(before, fresh, share)
    only_old = (before[..., 2] > 0) & (fresh[..., 2] <= 0)
    only_new = (fresh[..., 2] > 0) & (before[..., 2] <= 0)
    inside = ((share > 0) & (share < 1)).reshape(-1, *[1] * (only_old.ndim - 1))
    result[only_old & inside, :2] = before[only_old & inside, :2]
    result[only_new & inside, :2] = fresh[only_new & inside, :2]
    return result


def _mixed(before: NDArray[np.float32], fresh: NDArray[np.float32], share: Array) -> NDArray[np.float32]:
    """Cross-fade along the first axis; exactly one or the other where the share is 0 or 1."""
    weight = share.reshape(-1, *[1] * (before.ndim - 1))
    mixed = (1.0 - weight) * before + weight * fresh
    return np.where(weight <= 0.0, before, np.where(weight >= 1.0, fresh, mixed)).astype(np.float32)


def _smooth(value: ArrayLike) -> Array:
    """0 below 0, 1 above 1, the quintic between them: no jump in speed or acceleration."""
    x = np.clip(np.asarray(value, dtype=np.float64), 0.0, 1.0)
    return np.asarray(x * x * x * (x * (x * 6.0 - 15.0) + 10.0))


def _turned(ground: Array, half: ArrayLike) -> Array:
    """Turn (..., 2) ground vectors x, z by root quaternions of (n,) half angles, as `core.rotations.qrot` does."""
    angle = 2.0 * np.asarray(half, dtype=np.float64)
    angle = angle.reshape(angle.shape + (1,) * (ground.ndim - 1 - angle.ndim))
    c, s = np.cos(angle), np.sin(angle)
    return np.stack([c * ground[..., 0] + s * ground[..., 1], c * ground[..., 1] - s * ground[..., 0]], axis=-1)
