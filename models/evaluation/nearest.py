"""How much of a motion is recall: its distance to the nearest stretch of any training clip.

Motions are compared as the body sees them (place and heading removed) in stretches of 1.6 s; a generated motion that
is as far from the training clips as held-out real ones are is no copy.
"""

from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.features import LOCAL_POSITIONS, encode

STRETCH: Final = 32
"""Frames of a compared stretch."""

_EVERY: Final = 4  # frames between the compared ones, and between the beginnings of training stretches
_CHUNK: Final = 8192


def stretches(features: ArrayLike, step: int) -> NDArray[np.float32]:
    """Local positions of stretches that begin every `step` frames: (W, 504); W is 0 for a motion that is too short."""
    local = np.asarray(features)[:, LOCAL_POSITIONS].astype(np.float32)
    starts = range(0, len(local) - STRETCH + 1, step)
    rows = [local[start : start + STRETCH : _EVERY].reshape(-1) for start in starts]
    return np.stack(rows) if rows else np.zeros((0, STRETCH // _EVERY * 63), dtype=np.float32)


class TrainingStretches:
    """All stretches of the training clips, ready to be searched."""

    def __init__(self, features: Iterable[ArrayLike]) -> None:
        parts = [part for part in (stretches(rows, _EVERY) for rows in features) if len(part)]
        if not parts:
            raise ValueError(f"no training clip is {STRETCH} frames long")
        self._rows = np.concatenate(parts)
        self._squares = np.square(self._rows).sum(1)

    def distance(self, features: ArrayLike) -> float | None:
        """Mean over a motion's stretches of the distance to the nearest training stretch, in metres a joint.

        The distance is the root of the mean squared joint distance. None for a motion shorter than a stretch.
        """
        own = stretches(features, STRETCH // 2)
        if not len(own):
            return None
        best = np.full(len(own), np.inf)
        squares = np.square(own).sum(1)[:, None]
        for first in range(0, len(self._rows), _CHUNK):
            rows = self._rows[first : first + _CHUNK]
            found = squares - 2.0 * own @ rows.T + self._squares[first : first + _CHUNK]
            best = np.minimum(best, found.min(axis=1))
        return float(np.sqrt(np.maximum(best, 0.0) / (own.shape[1] / 3)).mean())

    def distances(self, motions: Sequence[ArrayLike]) -> list[float]:
        """The same in mm for joints (T, 22, 3), without the motions that are too short."""
        found = [self.distance(encode(joints, "corrected")) for joints in motions]
        return [1000.0 * value for value in found if value is not None]
