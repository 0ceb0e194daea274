"""Keeps standing feet where they stand: places for ankles and toes, the floor, and legs bent by inverse kinematics.

Pure functions on joints. Bones keep their lengths, the trunk is only lowered as far as a leg would be too short.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.ndimage import gaussian_filter1d, maximum_filter1d

from core.foot_plants import Plant, find_plants, plant_flags
from core.skeleton import (
    LEFT_ANKLE,
    LEFT_FOOT,
    LEFT_HIP,
    LEFT_KNEE,
    LEFT_SHOULDER,
    RIGHT_ANKLE,
    RIGHT_FOOT,
    RIGHT_HIP,
    RIGHT_KNEE,
    RIGHT_SHOULDER,
)
from core.two_bone import two_bones, unit

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]

LEGS: Final = (
    (LEFT_HIP, LEFT_KNEE, LEFT_ANKLE, LEFT_FOOT),
    (RIGHT_HIP, RIGHT_KNEE, RIGHT_ANKLE, RIGHT_FOOT),
)

LIFT: Final = 0.025
"""Metres by which a foot is lifted in a small step between two places."""

LOWEST_ANKLE: Final = 0.03
"""Metres above the floor that an ankle has at least."""

STRAIGHTEST: Final = 0.998
"""A leg reaches this share of its length at most, before the body is lowered."""

DEEPEST: Final = 0.15
"""Metres by which the body is lowered at most."""

_MEETING: Final = 10  # frames in which a foot's speed fades between standing and its own motion
_FASTEST: Final = 0.03  # metres a frame that such a fading begins with at most
_FLOOR_SIGMA: Final = 6.0


@dataclass(frozen=True)
class LockedFeet:
    """What `lock_feet` made.

    Attributes:
        joints: (T, 22, 3).
        planted: (T, 4) whether left ankle, left toe, right ankle and right toe stand.
    """

    joints: Array
    planted: Flags


def lock_feet(
    joints: ArrayLike, plants: tuple[Plant, ...] | None = None, *, fixed: NDArray[np.bool_] | None = None
) -> LockedFeet:
    """Hold standing feet, put them on the floor at y = 0, and let no foot sink below it.

    Args:
        joints: (T, 22, 3) metres, Y up.
        plants: where foot joints stand; found here by default.
        fixed: (T,) frames that stay exactly as they are; feet that stand there keep those places.

    Returns:
        Joints with the same bone lengths. A foot between two standing places goes from one to the other on the way
        that it had.
    """
    source = np.asarray(joints, dtype=np.float64)
    frames = len(source)
    known = np.zeros(frames, dtype=bool) if fixed is None else np.asarray(fixed, dtype=bool)
    found = find_plants(source) if plants is None else plants
    flags = plant_flags(found, frames)
    if frames == 0 or known.all():
        return LockedFeet(source.copy(), flags)
    freedom = _freedom(known)
    result = source.copy()
    result[..., 1] += (_floor_shift(source, flags) * freedom)[:, None]
    targets = np.stack([_target(result, found, joint, known) for joint in range(4)], axis=1)
    reached = [_foot(result, targets, flags, side) for side in range(2)]
    result[..., 1] -= (_drop(result, [ankle for ankle, _ in reached]) * freedom)[:, None]
    forward = _forward(result)
    for (hip, knee, ankle, toe), (place, aim) in zip(LEGS, reached, strict=True):
        upper = np.linalg.norm(source[:, knee] - source[:, hip], axis=-1)
        lower = np.linalg.norm(source[:, ankle] - source[:, knee], axis=-1)
        length = np.linalg.norm(source[:, toe] - source[:, ankle], axis=-1)
        pole = result[:, knee] - 0.5 * (result[:, hip] + result[:, ankle]) + 0.04 * forward
        result[:, knee], result[:, ankle] = two_bones(result[:, hip], place, upper, lower, unit(pole))
        result[:, toe] = result[:, ankle] + _above_floor(aim, result[:, ankle, 1], length) * length[:, None]
    result[known] = source[known]
    return LockedFeet(result, flags)


def _freedom(fixed: Flags) -> Array:
    """(T,) 0 in fixed frames, rising to 1 within a quarter of a second beside them."""
    eased = gaussian_filter1d(1.0 - fixed, 2.0, mode="nearest", truncate=2.5)
    return np.where(fixed, 0.0, np.maximum(2.0 * eased - 1.0, 0.0))


def _floor_shift(joints: Array, flags: Flags) -> Array:
    """(T,) metres by which the whole body is raised so that its standing toes are on the floor."""
    heights = joints[:, [LEFT_FOOT, RIGHT_FOOT], 1]
    stand = flags[:, [1, 3]]
    count = stand.sum(axis=1)
    frames = np.flatnonzero(count)
    if not frames.size:
        return np.zeros(len(joints))
    mean = (heights * stand).sum(axis=1)[frames] / count[frames]
    every = np.interp(np.arange(len(joints)), frames, -mean)
    return np.asarray(gaussian_filter1d(every, _FLOOR_SIGMA, mode="nearest"))


def _target(joints: Array, plants: tuple[Plant, ...], joint: int, fixed: Flags) -> Array:
    """(T, 3) where one foot joint shall be: at its places while it stands, moving between them otherwise."""
    _, _, ankle, toe = LEGS[joint // 2]
    path = joints[:, toe if joint % 2 else ankle]
    change = np.zeros_like(path)
    settled = fixed.copy()
    lifts = np.zeros(len(path))
    own = [plant for plant in plants if plant.joint == joint]
    for plant in own:
        part = slice(plant.start, plant.end)
        place = np.median(path[part], axis=0)  # a long stretch is not pulled along by its first and last moments
        place[1] = 0.0 if joint % 2 else max(place[1], LOWEST_ANKLE)
        change[part] = _places(path[part], place, fixed[part]) - path[part]
        settled[part] = True
    change[fixed] = 0.0
    stepped = {plant.start for plant in own if plant.stepped}
    edges = np.flatnonzero(settled)
    if not edges.size:
        return path + change
    change[: edges[0]] = change[edges[0]]
    change[edges[-1] + 1 :] = change[edges[-1]]
    for before, after in pairwise(edges.tolist()):
        if after - before > 1:
            change[before + 1 : after] = _meeting(change, settled, before, after)
            if after in stepped:
                time = np.arange(1, after - before) / (after - before)
                lifts[before + 1 : after] = LIFT * np.square(np.sin(np.pi * time))
    target = path + change
    target[:, 1] = np.maximum(target[:, 1] + lifts, LOWEST_ANKLE if joint % 2 == 0 else 0.0)
    target[fixed] = path[fixed]
    return np.asarray(target)


def _places(path: Array, place: Array, fixed: Flags) -> Array:
    """(n, 3) place of a standing joint: what it has in fixed frames, going over from one of them to the next."""
    held = np.flatnonzero(fixed)
    if not held.size:
        return np.broadcast_to(place, path.shape)
    time = np.arange(len(path))
    return np.stack([np.interp(time, held, path[held, axis]) for axis in range(3)], axis=-1)


def _meeting(change: Array, settled: Flags, before: int, after: int) -> Array:
    """Corrections between two settled frames, without a jump in speed at either."""
    length = after - before
    time = np.arange(1, length, dtype=np.float64)
    share = time / length
    ease = (share**3 * (share * (share * 6.0 - 15.0) + 10.0))[:, None]
    result = change[before] + (change[after] - change[before]) * ease
    reach = min(length, _MEETING)
    for near, beside, away, sign in ((before, before - 1, time, 1.0), (after, after + 1, length - time, -1.0)):
        if not 0 <= beside < len(change) or not settled[beside]:
            continue
        slope = sign * (change[near] - change[beside])
        slope *= min(1.0, _FASTEST / max(float(np.linalg.norm(slope)), 1e-9))
        part = np.clip(away / reach, 0.0, 1.0)
        result += sign * slope * (reach * part * np.square(1.0 - part))[:, None]
    return np.asarray(result)


def _foot(joints: Array, targets: Array, flags: Flags, side: int) -> tuple[Array, Array]:
    """(T, 3) place of an ankle and (T, 3) unit direction to its toe; a standing toe wins over its ankle."""
    _, _, ankle, toe = LEGS[side]
    heel, tip = targets[:, 2 * side], targets[:, 2 * side + 1]
    length = np.linalg.norm(joints[:, toe] - joints[:, ankle], axis=-1, keepdims=True)
    aim = unit(tip - heel)
    stands = maximum_filter1d(flags[:, 2 * side + 1].astype(np.float64), 5, mode="nearest")
    share = gaussian_filter1d(stands, 1.0, mode="nearest", truncate=2.0)[:, None]
    return heel + share * (tip - length * aim - heel), aim


def _drop(joints: Array, ankles: list[Array]) -> Array:
    """(T,) metres by which the body must be lowered for both legs to reach their ankles."""
    need = np.zeros(len(joints))
    for (hip, knee, ankle, _), place in zip(LEGS, ankles, strict=True):
        upper = np.linalg.norm(joints[:, knee] - joints[:, hip], axis=-1)
        reach = STRAIGHTEST * (upper + np.linalg.norm(joints[:, ankle] - joints[:, knee], axis=-1))
        now = np.linalg.norm(joints[:, ankle] - joints[:, hip], axis=-1)
        reach = np.maximum(reach, np.minimum(now, reach / STRAIGHTEST * 0.9999))
        aside = np.square(place[:, [0, 2]] - joints[:, hip][:, [0, 2]]).sum(axis=-1)
        high = np.sqrt(np.maximum(np.square(reach) - aside, 0.0))
        need = np.maximum(need, joints[:, hip, 1] - place[:, 1] - high)
    need = np.clip(need, 0.0, DEEPEST)
    if not need.any():
        return need
    return np.asarray(gaussian_filter1d(maximum_filter1d(need, 9, mode="nearest"), 2.0, mode="nearest", truncate=2.0))


def _forward(joints: Array) -> Array:
    """(T, 3) unit direction that the body faces, along the ground."""
    across = joints[:, LEFT_HIP] - joints[:, RIGHT_HIP] + joints[:, LEFT_SHOULDER] - joints[:, RIGHT_SHOULDER]
    return unit(np.stack([-across[:, 2], np.zeros(len(joints)), across[:, 0]], axis=-1))


def _above_floor(aim: Array, height: Array, length: Array) -> Array:
    """The direction of a foot, raised where its toe would be below the floor."""
    lowest = np.clip(-height / np.maximum(length, 1e-9), -1.0, 1.0)
    flat = unit(aim[:, [0, 2]])
    level = np.sqrt(np.maximum(1.0 - np.square(lowest), 0.0))
    raised = np.stack([flat[:, 0] * level, lowest, flat[:, 1] * level], axis=-1)
    return np.where((aim[:, 1] < lowest)[:, None], raised, aim)
