"""Brings a walking body back to its spot: a talking head must not walk out of its picture.

Between two stretches of standing the way that the body goes is taken away, so it marches where it was; within a
stretch of standing nothing changes. Feet then are to be locked (`core.foot_lock`) with the plants of the motion as it
travelled.
"""

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.ndimage import gaussian_filter1d

from core.foot_plants import Plant, plant_flags
from core.runs import runs
from core.skeleton import CONTACT_JOINTS, PELVIS

Array = NDArray[np.float64]

STANDS: Final = 12
"""Frames for which both feet must stand before the body counts as standing rather than between two steps."""

_SWAY: Final = 8.0  # frames: what the pelvis does within them is its sway and stays
_EASE: Final = 3.0


def travel(joints: ArrayLike, plants: tuple[Plant, ...], stays: NDArray[np.bool_]) -> Array:
    """(T, 2) how far the body is from its spot, x and z in metres, without its sway.

    The spot is where the feet stand first. The way is constant while both feet stand, and where the body may go.

    Args:
        joints: (T, 22, 3).
        plants: where the feet stand.
        stays: (T,) where the body comes back; between two stretches of standing the majority of frames counts.
    """
    source = np.asarray(joints, dtype=np.float64)
    frames = len(source)
    flags = plant_flags(plants, frames)
    both = (flags[:, 0] | flags[:, 1]) & (flags[:, 2] | flags[:, 3])
    ground = source[:, list(CONTACT_JOINTS)][..., [0, 2]]
    pelvis = source[:, PELVIS, [0, 2]]
    stands = [(start, end) for start, end in runs(both) if end - start >= STANDS]
    if not stands:
        way = gaussian_filter1d(pelvis, _SWAY, axis=0, mode="nearest")
        return np.asarray((way - way[:1]) * float(stays.mean() >= 0.5))
    middles = [ground[start:end].mean(axis=(0, 1)) for start, end in stands]
    result = np.zeros((frames, 2))
    edges = [0, *(frame for pair in stands for frame in pair), frames]
    way = np.zeros(2)
    for number, (start, end) in enumerate(zip(edges[::2], edges[1::2], strict=True)):
        step = middles[number] - middles[number - 1] if 0 < number < len(middles) else np.zeros(2)
        if start < end and stays[start:end].mean() >= 0.5:
            # Seen from the stretch of standing before it, or (at the beginning) from that behind it.
            before = None if number == 0 else middles[number - 1]
            after = None if number == len(middles) else middles[number]
            zero = middles[max(number - 1, 0)]
            result[start:end] = way + _way(pelvis, start, end, before, after) - zero
            way = way + step
        else:
            result[start:end] = way
        if number < len(stands):
            result[stands[number][0] : stands[number][1]] = way
    return np.asarray(gaussian_filter1d(result, _EASE, axis=0, mode="nearest"))


def stayed(joints: ArrayLike, plants: tuple[Plant, ...], stays: NDArray[np.bool_]) -> Array:
    """Return the (T, 22, 3) joints without their travel; feet slide as on a treadmill until they are locked."""
    result = np.array(joints, dtype=np.float64)
    result[..., [0, 2]] -= travel(result, plants, stays)[:, None]
    return result


def _way(pelvis: Array, start: int, end: int, before: Array | None, after: Array | None) -> Array:
    """(n, 2) way of the body in start..end, beginning and ending where the feet stand on both sides."""
    part = pelvis[max(start - 1, 0) : end + 1]
    way = gaussian_filter1d(part, _SWAY, axis=0, mode="nearest")[start - max(start - 1, 0) :][: end - start]
    share = np.linspace(0.0, 1.0, len(way))[:, None]
    share = share * share * (3.0 - 2.0 * share)
    first = None if before is None else before - way[0]
    last = None if after is None else after - way[-1]
    if first is None:
        first = last
    if last is None:
        last = first
    assert first is not None and last is not None
    return np.asarray(way + (1.0 - share) * first + share * last)
