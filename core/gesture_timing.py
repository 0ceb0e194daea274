"""Strokes of the hands on the accents of the speech: time runs faster or slower where a stroke just misses one.

The networks place gestures to a token, 0.2 s; here each stroke near an accent is moved onto it. Only the body above the
pelvis is retimed, seen from the pelvis, so feet and root stay. Pure functions on joints.
"""

from bisect import bisect_left, insort
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.interpolate import PchipInterpolator

from core.constants import MOTION_FPS
from core.physics import wrist_peaks
from core.skeletal_smoothing import LEGS
from core.skeleton import PELVIS

Array = NDArray[np.float64]

REACH: Final = 0.3
"""Seconds that a stroke is moved at most in one pass."""

PASSES: Final = 2
"""A stroke that its neighbours held back in the first pass comes nearer in the second."""

SETTLE: Final = 0.5
"""Seconds before and after a moved stroke by which time runs as before, where no other stroke is nearer."""

PACE: Final = (0.6, 1.6)
"""Limits of how fast time runs; strokes that would ask for more are moved less far."""

_GRID: Final = 1e-3
_BETWEEN: Final = 0.25  # seconds between the end of a move and the next thing that is fixed


def strokes_on_accents(
    joints: ArrayLike, accents: ArrayLike, free: NDArray[np.bool_] | None = None, fps: float = MOTION_FPS
) -> Array:
    """Retime the upper body so that strokes of the hands meet accents that they just miss.

    Args:
        joints: (T, 22, 3) metres.
        accents: (A,) seconds, ascending.
        free: (T,) where gestures may be moved: not inside prompts, which have their own time; None for everywhere.
        fps: frames a second.

    Returns:
        (T, 22, 3). Frames that are not free are unchanged, and so are those further than `SETTLE` from all strokes.
    """
    source = np.asarray(joints, dtype=np.float64)
    allowed = np.ones(len(source), dtype=bool) if free is None else np.asarray(free, dtype=bool)
    result = source.copy()
    if len(source) < 4 or not allowed.any():
        return result
    for _ in range(PASSES):
        result = _retimed(result, _shift(result, np.asarray(accents, dtype=np.float64), allowed, fps), fps)
    return result


def _retimed(source: Array, shift: Array, fps: float) -> Array:
    """What is seen above the pelvis `shift` (T,) seconds later, in each frame."""
    moved = np.abs(shift) > _GRID
    if not moved.any():
        return source
    place = np.clip(np.arange(len(source)) + shift * fps, 0, len(source) - 1)
    first = np.minimum(place.astype(np.int64), len(source) - 2)
    part = (place - first)[:, None, None]
    seen = source - source[:, PELVIS : PELVIS + 1]
    retimed = seen[first] * (1 - part) + seen[first + 1] * part
    upper = np.setdiff1d(np.arange(source.shape[1]), (PELVIS, *LEGS))
    result = source.copy()
    result[np.ix_(moved, upper)] = (retimed + source[:, PELVIS : PELVIS + 1])[np.ix_(moved, upper)]
    return result


def _shift(joints: Array, accents: Array, allowed: NDArray[np.bool_], fps: float) -> Array:
    """(T,) seconds to add to a frame's time to find what is seen in it."""
    peaks = wrist_peaks(joints, fps)
    peaks = peaks[allowed[np.minimum((peaks * fps).round().astype(np.int64), len(allowed) - 1)]]
    pairs = _pairs(peaks, accents)
    if not pairs:
        return np.zeros(len(joints))
    end = (len(joints) - 1) / fps
    still = sorted({0.0, end, *(_edges(allowed) / fps).tolist()})
    knots = dict.fromkeys(still, 0.0)
    for peak, accent in pairs:
        room = 0.4 * min(_distance(still, accent), SETTLE)
        knots[accent] = float(np.clip(peak - accent, -room, room))
    places = sorted(knots)
    for _, accent in pairs:
        for time in (accent - SETTLE, accent + SETTLE):
            if 0 < time < end and _distance(places, time) > _BETWEEN:
                knots[time] = 0.0
                insort(places, time)
    times = np.array(sorted(knots))
    values = np.array([knots[time] for time in times])
    for _ in range(8):  # where time would run too fast or too slow, move less
        rates = 1 + np.diff(values) / np.diff(times)
        bad = (rates < PACE[0]) | (rates > PACE[1])
        if not bad.any():
            break
        worse = np.zeros(len(values), dtype=bool)
        worse[:-1] |= bad
        worse[1:] |= bad
        values[worse] *= 0.7
    shift = PchipInterpolator(times, values)(np.arange(len(joints)) / fps)
    return np.where(allowed, shift, 0.0)


def _pairs(peaks: Array, accents: Array) -> list[tuple[float, float]]:
    """Strokes with their accents, in time order: nearest first, each accent once, none past another."""
    if not len(peaks) or not len(accents):
        return []
    first, last = np.searchsorted(accents, peaks - REACH), np.searchsorted(accents, peaks + REACH, "right")
    near = [
        (abs(float(accents[accent] - peaks[peak])), peak, accent)
        for peak, (start, stop) in enumerate(zip(first.tolist(), last.tolist(), strict=True))
        for accent in range(start, stop)
    ]
    chosen: list[tuple[int, int]] = []
    taken: set[int] = set()
    for _, peak, accent in sorted(near):
        place = bisect_left(chosen, (peak, -1))
        before, behind = chosen[place - 1 : place] if place else [], chosen[place : place + 1]
        if accent in taken or (behind and (behind[0][0] == peak or behind[0][1] < accent)):
            continue
        if before and before[0][1] > accent:
            continue
        chosen.insert(place, (peak, accent))
        taken.add(accent)
    return [(float(peaks[peak]), float(accents[accent])) for peak, accent in chosen]


def _distance(times: Sequence[float], time: float) -> float:
    """Seconds to the nearest of ascending times."""
    place = bisect_left(times, time)
    return min(abs(time - other) for other in times[max(place - 1, 0) : place + 1])


def _edges(allowed: NDArray[np.bool_]) -> Array:
    """Frames at which what may be moved begins or ends."""
    return np.flatnonzero(np.diff(allowed.astype(np.int8))).astype(np.float64)
