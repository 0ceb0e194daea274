"""How much of a motion is recall: its distance to the nearest stretch of any training clip.

Motions are compared as the body sees them (place and heading removed) in stretches of 1.6 s; a generated motion that
is as far from the training clips as held-out real ones are is no copy.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Found:
    """A training stretch.

    Attributes:
        distance: metres a joint: the root of the mean squared joint distance.
        clip: number of the training clip, in the order given.
        start: first frame of the stretch in it.
    """

    distance: float
    clip: int
    start: int


class TrainingStretches:
    """All stretches of the training clips, ready to be searched."""

    def __init__(self, features: Iterable[ArrayLike]) -> None:
        parts = [stretches(rows, _EVERY) for rows in features]
        self._rows = np.concatenate(parts) if parts else np.zeros((0, 0), dtype=np.float32)
        if not len(self._rows):
            raise ValueError(f"no training clip is {STRETCH} frames long")
        self._firsts = np.cumsum([0, *map(len, parts)])
        self._squares = np.square(self._rows).sum(1)

    def nearest(self, features: ArrayLike) -> list[Found]:
        """The nearest training stretch to each of a motion's stretches, which begin every `STRETCH // 2` frames."""
        own = stretches(features, STRETCH // 2)
        best, at = np.full(len(own), np.inf), np.zeros(len(own), dtype=np.int64)
        squares = np.square(own).sum(1)[:, None]
        for first in range(0, len(self._rows), _CHUNK):
            rows = self._rows[first : first + _CHUNK]
            found = squares - 2.0 * own @ rows.T + self._squares[first : first + _CHUNK]
            lowest = found.argmin(axis=1)
            value = np.take_along_axis(found, lowest[:, None], axis=1)[:, 0]
            at = np.where(value < best, first + lowest, at)
            best = np.minimum(best, value)
        distances = np.sqrt(np.maximum(best, 0.0) / (self._rows.shape[1] / 3))
        clips = np.searchsorted(self._firsts, at, side="right") - 1
        starts = (at - self._firsts[clips]) * _EVERY
        return [Found(*row) for row in zip(distances.tolist(), clips.tolist(), starts.tolist(), strict=True)]

    def distance(self, features: ArrayLike) -> float | None:
        """Mean over a motion's stretches of the distance to the nearest training stretch, in metres a joint.

        None for a motion shorter than a stretch.
        """
        found = self.nearest(features)
        return float(np.mean([stretch.distance for stretch in found])) if found else None

    def distances(self, motions: Sequence[ArrayLike]) -> list[float]:
        """The same in mm for joints (T, 22, 3), without the motions that are too short."""
        found = [self.distance(encode(joints, "corrected")) for joints in motions]
        return [1000.0 * value for value in found if value is not None]
