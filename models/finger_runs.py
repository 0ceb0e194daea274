"""Fingers for a motion: long runs of captured hands, chosen by what the arm does, joined bone by bone.

Body poses of the relation bank jump to another capture several times a second, which no finger can follow. Each hand
therefore has runs of its own: only captures with fingers, and a jump costs by how far the hand's shape would have to
change. The search is that of `models.bank_matching`, the captures are `models.relation_bank`'s.
"""

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from core.constants import FRAMES_PER_TOKEN
from models.bank_matching import Floats, SlotTable
from models.portrait_fit import ARM_JOINTS
from models.projection import Array, smoothstep, unit

FADE: Final = 6
"""Frames before and after a jump over which one hand becomes the other."""

JUMP_COST: Final = 20.0
_ARM_SIGMA: Final = 0.12
_VELOCITY_WEIGHT: Final = 1.5
_TIPS: Final = (4, 8, 12, 16, 20)
_SHAPE_SIGMA: Final = 0.008
_SMOOTH: Final = 1.2

HAND_PARENTS: Final = (-1, 0, 1, 2, 3, 0, 5, 6, 7, 0, 9, 10, 11, 0, 13, 14, 15, 0, 17, 18, 19)
"""Parent of each of the 21 points of a hand in OpenPose's order."""

Hands = Callable[[NDArray[np.int64], NDArray[np.bool_]], Array]
"""Stored rows and whether they are mirrored, to (K, 21, 3) hands whose forearm has its own direction."""


def arm_features(local: Array, side: int) -> Floats:
    """Place and speed of an arm in four-frame slots, over sigma: (4 N, 22, 3) without heading to (N, 12)."""
    shoulder, elbow, wrist = ARM_JOINTS[side]
    arm = local[:, [elbow, wrist]] - local[:, shoulder : shoulder + 1]
    slots = arm.reshape(-1, FRAMES_PER_TOKEN, 6)
    speed = (slots[:, 2:].mean(axis=1) - slots[:, :2].mean(axis=1)) * _VELOCITY_WEIGHT
    return (np.concatenate([slots.mean(axis=1), speed], axis=1) / _ARM_SIGMA).astype(np.float32)


def finger_table(
    arms: Floats, shapes: Array, following: NDArray[np.int64], has_fingers: NDArray[np.bool_]
) -> SlotTable:
    """What the search sees of one hand.

    Args:
        arms: (M, 12) `arm_features` of every slot.
        shapes: (M, 21, 3) hand in the middle of each slot, all with the same direction of the forearm.
        following: (M,) next slot of the same capture, or -1.
        has_fingers: (M,) whether the hand was captured.
    """
    tips = shapes[:, _TIPS].reshape(len(shapes), -1) / _SHAPE_SIGMA
    # Where no fingers were captured nothing may be chosen: such slots lie far from every arm.
    far = np.where(has_fingers, 0.0, 1e3)[:, None]
    return SlotTable(
        features=np.concatenate([arms, far], axis=1).astype(np.float32),
        tokens=np.full(len(arms), -1, dtype=np.int64),
        following=following,
        has_fingers=np.ones(len(arms), dtype=bool),
        continuity=tips.astype(np.float32) * np.float32(1.0 / np.sqrt(len(_TIPS))),
        jump_cost=JUMP_COST,
    )


def wanted_arms(local: Array, side: int) -> Floats:
    """(N, 13) what is looked for in a `finger_table`."""
    arms = arm_features(local, side)
    return np.concatenate([arms, np.zeros((len(arms), 1), np.float32)], axis=1)


def bone_lengths(shapes: Array) -> Array:
    """(20,) lengths of the bones that end at the points 1 to 20: medians of (K, 21, 3) hands."""
    bones = shapes[:, 1:] - shapes[:, list(HAND_PARENTS[1:])]
    return np.asarray(np.median(np.linalg.norm(bones, axis=-1), axis=0))


def runs(slots: NDArray[np.int64], following: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Yield the half-open ranges of slots that follow each other in one capture."""
    breaks = np.flatnonzero(following[slots[:-1]] != slots[1:]) + 1
    edges = [0, *breaks.tolist(), len(slots)]
    yield from pairwise(edges)


def joined(
    slots: NDArray[np.int64],
    following: NDArray[np.int64],
    limits: tuple[NDArray[np.int64], NDArray[np.int64]],
    hands: Hands,
    lengths: Array,
    start: int,
    end: int,
) -> Array:
    """Hands of the frames start..end: (end - start, 21, 3), wrist at the origin, bones of constant length.

    Args:
        slots: (N,) chosen slots; from half of all slots on they are mirror images.
        following: (M,) next slot of the same capture, or -1.
        limits: first and last stored row of the capture of every slot.
        hands: gives the hand of stored rows.
        lengths: (20,) of the bones that end at the points 1 to 20, see `bone_lengths`.
        start: first frame.
        end: frame after the last.
    """
    first, last = max(start - 2 * FADE, 0), end + 2 * FADE
    frames = np.arange(first, last)
    stored = len(following) // 2
    bones = np.zeros((len(frames), 20, 3))
    total = np.zeros(len(frames))
    for begin, stop in runs(slots, following):
        low, high = begin * FRAMES_PER_TOKEN, stop * FRAMES_PER_TOKEN
        if high + FADE <= first or low - FADE >= last:
            continue
        inside = slice(max(low - FADE - first, 0) if begin else 0, high + FADE - first if stop < len(slots) else None)
        time = frames[inside]
        share = np.ones(len(time))
        if begin:
            share = smoothstep(-FADE, FADE, time - low + 0.5)
        if stop < len(slots):
            share = share * (1.0 - smoothstep(-FADE, FADE, time - high + 0.5))
        slot = int(slots[begin])
        rows = np.clip(slot % stored * FRAMES_PER_TOKEN + time - low, limits[0][slot], limits[1][slot])
        shape = hands(rows, np.full(len(rows), slot >= stored))
        vectors = shape[:, 1:] - shape[:, list(HAND_PARENTS[1:])]
        share = share + 1e-6  # somewhere between three short runs all shares may be almost nothing
        bones[inside] += share[:, None, None] * unit(vectors)
        total[inside] += share
    directions = gaussian_filter1d(bones / np.maximum(total, 1e-9)[:, None, None], _SMOOTH, axis=0, mode="nearest")
    directions = unit(directions)[start - first : end - first]
    result = np.zeros((end - start, 21, 3))
    for point, parent in enumerate(HAND_PARENTS):
        if parent >= 0:
            result[:, point] = result[:, parent] + directions[:, point - 1] * lengths[point - 1]
    return result
