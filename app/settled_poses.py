"""Keeps poses that an edit does not visibly move, so that finished chunks of video stay valid.

A motion decoder sees some seconds around every token, and the search in the relation bank sees the whole recording; an
edit therefore moves far poses by fractions of a pixel. Those are taken from the poses before the edit.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from core.constants import CONFIDENCE_THRESHOLD
from core.pose import PoseSequence

VISIBLE_PIXELS = 1.0
"""Largest movement of a keypoint, in pixels per 1000 pixels of portrait height, that counts as none."""

_DEPTH, _YAW, _CONFIDENCE = 0.03, 0.02, 0.1


def settled(fresh: PoseSequence, before: PoseSequence | None) -> PoseSequence:
    """Take frames of `before` where `fresh` shows the same pose.

    Args:
        fresh: poses after an edit.
        before: poses before it, or None.

    Returns:
        `fresh` with unmoved frames bit-identical to `before`. Frames are compared with the poses as they are now
        wanted, so differences never add up over many edits.
    """
    if before is None or fresh.body.shape != before.body.shape or fresh.fps != before.fps:
        return fresh
    if (fresh.width, fresh.height) != (before.width, before.height):
        return fresh
    limit = VISIBLE_PIXELS * max(fresh.height, 1) / 1000
    same = (fresh.flags == before.flags) & (np.abs(fresh.yaw - before.yaw) < _YAW)
    same &= (np.abs(fresh.depth - before.depth) < _DEPTH).all(axis=1)
    for name in ("body", "face", "hands"):
        same &= _unmoved(getattr(fresh, name), getattr(before, name), limit)
    values = {}
    for name in ("body", "face", "hands", "depth", "yaw"):
        new = getattr(fresh, name)
        pick = same.reshape(-1, *([1] * (new.ndim - 1)))
        values[name] = np.where(pick, getattr(before, name), new)
    return replace(fresh, **values)


def _unmoved(fresh: NDArray[np.float32], before: NDArray[np.float32], limit: float) -> NDArray[np.bool_]:
    """(T,) whether all visible points of a frame stay within `limit` pixels and keep their confidence."""
    count = len(fresh)
    new, old = fresh.reshape(count, -1, 3), before.reshape(count, -1, 3)
    visible = np.maximum(new[..., 2], old[..., 2]) >= CONFIDENCE_THRESHOLD
    moved = np.linalg.norm(new[..., :2] - old[..., :2], axis=-1) > limit
    surer = np.abs(new[..., 2] - old[..., 2]) > _CONFIDENCE
    return ~((moved | surer) & visible).any(axis=1)
