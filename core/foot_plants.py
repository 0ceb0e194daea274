"""When feet stand, and where: stretches in which an ankle or a toe rests, and the place that each of them is given.

A foot that creeps on in a stretch of standing gets several places, with a small step between them. Moving the legs is
done by `core.foot_lock`.
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.ndimage import gaussian_filter1d, minimum_filter1d

from core.constants import MOTION_FPS
from core.runs import runs
from core.skeleton import CONTACT_JOINTS, PELVIS

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]

SURE_SPEED: Final = 0.25
"""Metres a second below which a low foot joint stands for sure."""

LOST_SPEED: Final = 0.45
"""Metres a second from which it no longer stands; between the two it stands if it stood for sure beside it."""

BODY_SHARE: Final = 0.3
"""Share of the body's own speed by which both limits rise: decoded steps slide the more the faster the body walks."""

SURE_HEIGHT: Final = 0.03
LOST_HEIGHT: Final = 0.05
"""Metres above the joint's lowest place within two seconds, used like the speeds."""

HIGHEST: Final = (0.20, 0.10)
"""Metres above the floor beyond which an ankle, or a toe, never stands."""

CREEP: Final = 0.04
"""Metres that a standing joint may be away from its place before it gets another one."""

SLIDE: Final = 0.05
"""Metres from where it is slowest within which a joint stands; what slides on from there does not."""

STEP_FRAMES: Final = 8
"""Frames of the small step between two places."""

_SHORTEST: Final = 3
_PIECE: Final = 20
_FPS: Final = float(MOTION_FPS)


@dataclass(frozen=True)
class Plant:
    """A stretch in which one foot joint stands.

    Attributes:
        joint: 0 to 3: left ankle, left toe, right ankle, right toe.
        start, end: frames, half-open.
        stepped: a small step that this module asks for leads to it, so the foot must be lifted on the way.
    """

    joint: int
    start: int
    end: int
    stepped: bool = False


def find_plants(joints: ArrayLike) -> tuple[Plant, ...]:
    """Return where foot joints stand: low AND slow, see the constants.

    Args:
        joints: (T, 22, 3) metres, Y up, the floor near y = 0, 20 frames a second.

    Returns:
        Stretches by joint and time. Those of one joint do not touch.
    """
    array = np.asarray(joints, dtype=np.float64)
    feet = array[:, list(CONTACT_JOINTS)]
    smooth = gaussian_filter1d(feet, 1.0, axis=0, mode="nearest")
    standing = _standing(feet, array[:, PELVIS])
    plants: list[Plant] = []
    taken: list[int] = []
    for ankle, toe in ((0, 1), (2, 3)):
        cuts = [cut for start, end in runs(standing[:, toe]) for cut in _cuts(feet[start:end, toe], start)]
        cuts = _apart(cuts, taken)
        taken += cuts
        for joint in (ankle, toe):
            plants += _cut_runs(standing[:, joint], cuts, joint, smooth[:, joint])
    return tuple(sorted(plants, key=lambda plant: (plant.joint, plant.start)))


def plant_flags(plants: tuple[Plant, ...], frames: int) -> Flags:
    """(T, 4) whether left ankle, left toe, right ankle and right toe stand."""
    flags = np.zeros((frames, 4), dtype=bool)
    for plant in plants:
        flags[plant.start : plant.end, plant.joint] = True
    return flags


def _standing(feet: Array, pelvis: Array) -> Flags:
    """(T, 4) of (T, 4, 3) foot joints."""
    frames = len(feet)
    if frames < 2:
        return np.ones((frames, 4), dtype=bool)
    smooth = gaussian_filter1d(feet, 1.0, axis=0, mode="nearest")
    speed = np.linalg.norm(np.gradient(smooth, axis=0), axis=-1) * _FPS
    travel = gaussian_filter1d(pelvis[:, [0, 2]], 5.0, axis=0, mode="nearest")
    extra = BODY_SHARE * np.linalg.norm(np.gradient(travel, axis=0), axis=-1)[:, None] * _FPS
    height = smooth[..., 1]
    above = height - minimum_filter1d(height, 4 * MOTION_FPS + 1, axis=0, mode="nearest")
    possible = height < np.array([HIGHEST[0], HIGHEST[1]] * 2)
    sure = possible & (speed < SURE_SPEED + extra) & (above < SURE_HEIGHT)
    kept = possible & (speed < LOST_SPEED + extra) & (above < LOST_HEIGHT)
    result: Flags = np.zeros(sure.shape, dtype=bool)
    for joint in range(4):
        for start, end in runs(kept[:, joint]):
            if sure[start:end, joint].any():
                result[start:end, joint] = True
        for start, end in runs(~result[:, joint]):
            if start > 0 and end < frames and end - start < _SHORTEST:
                result[start:end, joint] = True
        for start, end in runs(result[:, joint]):
            if end - start < _SHORTEST:
                result[start:end, joint] = False
    return result


def _held(plant: Plant, path: Array) -> Plant | None:
    """Return the part of a plant, around its slowest frame, that stays within `SLIDE` of the place there.

    `path` is the joint's (T, 3) smoothed way. What stands for less than a moment is nothing.
    """
    part = path[plant.start : plant.end]
    if len(part) > 1 and np.linalg.norm(part - np.median(part, axis=0), axis=-1).max() > SLIDE:
        slowest = int(np.argmin(np.linalg.norm(np.gradient(part, axis=0), axis=-1)))
        away = np.linalg.norm(part - part[slowest], axis=-1) > SLIDE
        before, after = np.flatnonzero(away[:slowest]), np.flatnonzero(away[slowest:])
        start = plant.start + (int(before[-1]) + 1 if before.size else 0)
        end = plant.start + (slowest + int(after[0]) if after.size else len(part))
        plant = replace(plant, start=start, end=end)
    return plant if plant.end - plant.start >= _SHORTEST else None


def _cuts(path: Array, offset: int) -> list[int]:
    """Return the frames at which a standing joint's place changes, so that it is within `CREEP` of each place.

    Repeatedly the stretch that creeps is cut where two constant places fit it best (least squares).
    """
    ground = path[:, [0, 2]]
    found: list[int] = []
    waiting = [(0, len(ground))]
    while waiting:
        start, end = waiting.pop()
        part = ground[start:end]
        count = end - start
        if count < 2 * _PIECE or np.linalg.norm(part - part.mean(axis=0), axis=-1).max() <= CREEP:
            continue
        sums = np.cumsum(part, axis=0)
        left = np.arange(1, count)[:, None]
        gain = np.square(sums[:-1]) / left + np.square(sums[-1] - sums[:-1]) / (count - left)
        best = int(np.argmax(gain.sum(axis=1)[_PIECE - 1 : count - _PIECE])) + _PIECE
        found.append(start + best + offset)
        waiting += [(start, start + best), (start + best, end)]
    return sorted(found)


def _apart(cuts: list[int], taken: list[int]) -> list[int]:
    """Move steps behind those of the other foot, so that both feet never leave the ground for them."""
    moved: list[int] = []
    for cut in cuts:
        while any(abs(cut - other) <= STEP_FRAMES for other in taken):
            cut += 1
        moved.append(cut)
    return moved


def _cut_runs(flags: Flags, cuts: list[int], joint: int, path: Array) -> list[Plant]:
    half = STEP_FRAMES // 2
    plants: list[Plant] = []
    for start, end in runs(flags):
        if end - start < 2 * _PIECE:
            held = _held(Plant(joint, start, end), path)
            plants += [] if held is None else [held]
            continue
        here = [cut for cut in cuts if start + half < cut < end - half]
        first, stepped = start, False
        for cut in here:
            plants.append(Plant(joint, first, cut - half, stepped))
            first, stepped = cut + half, True
        plants.append(Plant(joint, first, end, stepped))
    return [plant for plant in plants if plant.end > plant.start]
