"""Fingers for a motion: long runs of captured hands, chosen by what the arm does, joined by the bends of their joints.

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

from core.constants import FRAMES_PER_TOKEN, MOTION_FPS
from models.bank_matching import Floats, SlotTable
from models.hand_bends import HAND_PARENTS, bends_of, hands_of, turned
from models.portrait_fit import ARM_JOINTS
from models.projection import Array, smoothstep

FADE: Final = 6
"""Frames before and after a jump over which one hand becomes the other, if it differs little."""

LONGEST_FADE: Final = 20
"""The same if it differs much."""

FASTEST: Final = np.radians(12.0)
"""How far a finger tip turns in a frame at most where a hand becomes another, unless even the longest fade is short: as
fast as in lively speech."""

_STEEPEST: Final = 15 / 8  # of the smooth step, against its mean slope

JUMP_COST: Final = 20.0
_ARM_SIGMA: Final = 0.12
_VELOCITY_WEIGHT: Final = 1.5
_TIPS: Final = (4, 8, 12, 16, 20)
_SHAPE_SIGMA: Final = 0.008
_SMOOTH: Final = 1.2
_SPEED_SIGMA: Final = 0.15  # metres a second
_TIPS_TO_WRIST: Final = (
    0.4  # captured finger tips are that much as fast as their wrist (their logarithms go together by 0.87)
)

Hands = Callable[[NDArray[np.int64], NDArray[np.bool_]], Array]
"""Stored rows and whether they are mirrored, to (K, 21, 3) hands whose forearm has its own direction."""


def arm_features(local: Array, side: int) -> Floats:
    """Place and speed of an arm in four-frame slots, over sigma: (4 N, 22, 3) without heading to (N, 12)."""
    shoulder, elbow, wrist = ARM_JOINTS[side]
    arm = local[:, [elbow, wrist]] - local[:, shoulder : shoulder + 1]
    slots = arm.reshape(-1, FRAMES_PER_TOKEN, 6)
    speed = (slots[:, 2:].mean(axis=1) - slots[:, :2].mean(axis=1)) * _VELOCITY_WEIGHT
    return (np.concatenate([slots.mean(axis=1), speed], axis=1) / _ARM_SIGMA).astype(np.float32)


def tip_speeds(hands: Array) -> Array:
    """(N,) metres a second of the fastest finger tip in four-frame slots of hands (4 N, 21, 3), against the wrist."""
    return _speeds((hands - hands[:, :1])[:, _TIPS])


def _speeds(points: Array) -> Array:
    steps = np.diff(points.reshape(-1, FRAMES_PER_TOKEN, *points.shape[1:]), axis=1)
    return np.asarray(np.linalg.norm(steps, axis=-1).max(axis=(1, 2)) * MOTION_FPS)


def finger_table(
    arms: Floats, shapes: Array, speeds: Array, following: NDArray[np.int64], has_fingers: NDArray[np.bool_]
) -> SlotTable:
    """What the search sees of one hand.

    Args:
        arms: (M, 12) `arm_features` of every slot.
        shapes: (M, 21, 3) hand in the middle of each slot, all with the same direction of the forearm.
        speeds: (M,) `tip_speeds` of every slot.
        following: (M,) next slot of the same capture, or -1.
        has_fingers: (M,) whether the hand was captured.
    """
    tips = shapes[:, _TIPS].reshape(len(shapes), -1) / _SHAPE_SIGMA
    # Where no fingers were captured nothing may be chosen: such slots lie far from every arm.
    far = np.where(has_fingers, 0.0, 1e3)[:, None]
    return SlotTable(
        features=np.concatenate([arms, speeds[:, None] / _SPEED_SIGMA, far], axis=1).astype(np.float32),
        tokens=np.full(len(arms), -1, dtype=np.int64),
        following=following,
        has_fingers=np.ones(len(arms), dtype=bool),
        continuity=tips.astype(np.float32) * np.float32(1.0 / np.sqrt(len(_TIPS))),
        jump_cost=JUMP_COST,
    )


def wanted_arms(local: Array, side: int) -> Floats:
    """(N, 14) what is looked for in a `finger_table`: fingers are as lively as their arm, and rest when it does."""
    arms = arm_features(local, side)
    shoulder, _, wrist = ARM_JOINTS[side]
    speed = _TIPS_TO_WRIST * _speeds((local[:, wrist] - local[:, shoulder])[:, None])
    rest = np.stack([speed / _SPEED_SIGMA, np.zeros(len(arms))], axis=1)
    return np.concatenate([arms, rest.astype(np.float32)], axis=1)


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
    first, last = max(start - 2 * LONGEST_FADE, 0), end + 2 * LONGEST_FADE
    frames = np.arange(first, last)
    stored = len(following) // 2
    edges = list(runs(slots, following))

    def shapes(begin: int, time: NDArray[np.int64]) -> Array:
        """Bends of the hand whose run begins with a slot, at frames of the motion; beyond its capture it rests."""
        slot = int(slots[begin])
        rows = slot % stored * FRAMES_PER_TOKEN + time - begin * FRAMES_PER_TOKEN
        rows = np.clip(rows, limits[0][slot], limits[1][slot])
        return bends_of(hands(rows, np.full(len(rows), slot >= stored)))

    def fade(number: int) -> int:
        """Frames of the fade before and after the beginning of a run."""
        begin = edges[number][0]
        apart = turned(
            *(shapes(edge[0], np.array([begin * FRAMES_PER_TOKEN])) for edge in edges[number - 1 : number + 1])
        )
        return int(np.clip(np.ceil(float(apart[0]) * _STEEPEST / 2 / FASTEST), FADE, LONGEST_FADE))

    bends = np.zeros((len(frames), 22, 3))
    total = np.zeros(len(frames))
    after = 0
    for number, (begin, stop) in enumerate(edges):
        low, high = begin * FRAMES_PER_TOKEN, stop * FRAMES_PER_TOKEN
        if high + LONGEST_FADE <= first or low - LONGEST_FADE >= last:
            continue
        before = after or (fade(number) if number else 0)
        after = fade(number + 1) if number + 1 < len(edges) else 0
        inside = slice(max(low - before - first, 0), high + after - first if after else None)
        time = frames[inside]
        share = np.ones(len(time))
        if before:
            share = smoothstep(-before, before, time - low + 0.5)
        if after:
            share = share * (1.0 - smoothstep(-after, after, time - high + 0.5))
        share = share + 1e-6  # somewhere between three short runs all shares may be almost nothing
        bends[inside] += share[:, None, None] * shapes(begin, time)
        total[inside] += share
    smooth = gaussian_filter1d(bends / np.maximum(total, 1e-9)[:, None, None], _SMOOTH, axis=0, mode="nearest")
    return hands_of(smooth[start - first : end - first], lengths)
