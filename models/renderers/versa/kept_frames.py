"""Which frames of a unit an edit leaves alone, and how the rest meets them. Pure functions.

A frame is kept while nothing changed within `reach` frames of it. Frames nearer to a change are made again, but fused
with what they were: mostly the old ones beside the kept frames, mostly new ones beside the change.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from models.renderers.versa.unit_store import UnitVersion


@dataclass(frozen=True, eq=False)
class Wanted:
    """What a unit is to show.

    Attributes:
        low, high: half-open range of its window's absolute frames.
        first: absolute frame of the first row of inputs.
        inputs: (M, C) what frames depend on: those of the window and as many beside it as can change it.
        reach: frames over which a change is felt; None where one anywhere in the inputs changes all of the unit.
    """

    low: int
    high: int
    first: int
    inputs: NDArray[np.uint64]
    reach: int | None


@dataclass(frozen=True, eq=False)
class Kept:
    """What is finished of a window of n frames.

    Attributes:
        versions: where it comes from.
        source: (n,) place in `versions`, -1 for nothing.
        weights: (n,) 1 for what is kept, 0 for what is free, between where old and new are fused.
    """

    versions: tuple[UnitVersion, ...]
    source: NDArray[np.int64]
    weights: NDArray[np.float32]

    def covers(self, rows: slice) -> bool:
        """Whether all of these frames are kept."""
        return bool((self.weights[rows] >= 1.0).all())


def kept_frames(versions: Sequence[UnitVersion], wanted: Wanted) -> Kept:
    """Find what can be kept, from the version that has most of it first."""
    matches = [_match(version, wanted) for version in versions]
    order = sorted(range(len(versions)), key=lambda place: (-int(matches[place][1].sum()), versions[place].key))
    order = [place for place in order if matches[place][1].any()]
    count = wanted.high - wanted.low
    source = np.full(count, -1, np.int64)
    for rank, place in enumerate(order):
        source[matches[place][1] & (source < 0)] = rank
    weights = (source >= 0).astype(np.float32)
    if wanted.reach is not None:
        same = [matches[place][0] for place in order]
        source, weights = _faded(source, weights, same, wanted.reach)
    return Kept(tuple(versions[place] for place in order), source, weights)


def _match(version: UnitVersion, wanted: Wanted) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """(n,) frames of the window that depend on the same by themselves, and those that can be kept."""
    rows = np.arange(len(wanted.inputs)) + wanted.first - version.first
    there = (rows >= 0) & (rows < len(version.inputs))
    same = np.zeros(len(rows), bool)
    if version.inputs.shape[1] == wanted.inputs.shape[1]:
        same[there] = (version.inputs[rows[there]] == wanted.inputs[there]).all(axis=1)
    window = slice(wanted.low - wanted.first, wanted.high - wanted.first)
    frames = np.arange(wanted.low, wanted.high)
    has = (frames >= version.low) & (frames < version.low + len(version.made_in))
    if wanted.reach is None:
        return same[window] & has, has & bool(same.all())
    padded = np.pad(same, wanted.reach, constant_values=False)
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * wanted.reach + 1)
    around: NDArray[np.bool_] = np.all(windows, axis=1)
    return same[window] & has, around[window] & has


def _faded(
    source: NDArray[np.int64], weights: NDArray[np.float32], same: list[NDArray[np.bool_]], reach: int
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Let what is kept fade out over the frames beside it that by themselves are as they were."""
    kept = source.copy()
    source, weights = source.copy(), weights.copy()
    for step in (1, -1):
        for edge in np.flatnonzero(kept >= 0):
            for distance in range(1, reach + 1):
                frame = edge + step * distance
                if not 0 <= frame < len(kept) or kept[frame] >= 0 or not same[kept[edge]][frame]:
                    break
                weight = 1.0 - distance / (reach + 1)
                if weight > weights[frame]:
                    weights[frame], source[frame] = weight, kept[edge]
    return source, weights


def assembled(kept: Kept, latents: Sequence[NDArray[np.float32]], wanted: Wanted) -> tuple[Kept, NDArray[np.float32]]:
    """Put the finished latents of a window together.

    Where frames of two versions would stand beside each other that never did, those around are set free instead, so
    that they are made again as one.

    Args:
        kept: of the window; something is kept.
        latents: (n, 4, h, w) of each of its versions.
        wanted: the window.

    Returns:
        The same or less, and (n, 4, h, w), zeros where nothing is kept.
    """
    places = [wanted.low - version.low for version in kept.versions]
    made = np.zeros((len(kept.source), *latents[0].shape[1:]), np.float32)
    for frame, rank in enumerate(kept.source):
        if rank >= 0:
            made[frame] = latents[rank][frame + places[rank]]
    free = np.zeros(len(kept.source), bool)
    for frame in range(1, len(made)):
        one, other = kept.source[frame - 1], kept.source[frame]
        both_kept = kept.weights[frame - 1] == kept.weights[frame] == 1.0
        if both_kept and one != other and not _meet(made, latents, (one, other), places, frame):
            reach = wanted.reach or 1
            free[max(frame - reach, 0) : frame + reach] = True
    if not free.any():
        return kept, made
    weights = np.where(free, 0.0, kept.weights).astype(np.float32)
    return replace(kept, source=np.where(free, -1, kept.source), weights=weights), made


def _meet(
    made: NDArray[np.float32], latents: Sequence[NDArray[np.float32]], pair: tuple[int, int], places: list[int],
    frame: int,
) -> bool:  # fmt: skip
    """Whether one of two versions has both frames on either side of `frame` as they stand."""
    for rank, at in ((pair[0], frame), (pair[1], frame - 1)):
        row = at + places[rank]
        if 0 <= row < len(latents[rank]) and np.array_equal(latents[rank][row], made[at]):
            return True
    return False
