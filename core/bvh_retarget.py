"""From any skeleton of a BVH file to our 22 joints: parts, up axis, unit, sides, missing joints and frame rate.

Works on positions; bone lengths stay the actor's own. The uniform skeleton and the place on the floor come afterwards.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.bvh_file import BvhError, BvhFile, world_positions
from core.bvh_names import has_body, parts_by_name, parts_by_shape
from core.constants import NUM_JOINTS
from core.rotations import normalize, qbetween, qrot, slerp
from core.skeleton import (
    HEAD,
    JOINT_NAMES,
    LEFT_ANKLE,
    LEFT_COLLAR,
    LEFT_FOOT,
    LEFT_HIP,
    LEFT_KNEE,
    LEFT_SHOULDER,
    NECK,
    PELVIS,
    RIGHT_ANKLE,
    RIGHT_COLLAR,
    RIGHT_FOOT,
    RIGHT_HIP,
    RIGHT_KNEE,
    RIGHT_SHOULDER,
    SPINE1,
    SPINE2,
    SPINE3,
    UNIFORM_BONE_LENGTHS,
)  # fmt: skip

Array = NDArray[np.float64]

UNITS: Final = {"m": 1.0, "cm": 0.01, "in": 0.0254, "mm": 0.001, "ft": 0.3048, "acclaim": 0.0254 / 0.45}
"""Metres per unit. `acclaim` is the 0.45 inch scale of motion that came from ASF/AMC files."""

_BODY_LENGTH: Final = 1.5
"""Metres from ankle over knee, hip and neck to the head joint of a grown body, by which the unit is guessed."""

_SPINE_SHARES: Final = np.cumsum(UNIFORM_BONE_LENGTHS[[SPINE1, SPINE2, SPINE3, NECK]]) / np.sum(
    UNIFORM_BONE_LENGTHS[[SPINE1, SPINE2, SPINE3, NECK]]
)
"""Where spine1, spine2, spine3 and neck lie along the way from pelvis to neck."""

_SAMPLES: Final = 100
"""Frames looked at to settle axis, unit and sides."""


@dataclass(frozen=True)
class Retargeted:
    """Joints of a foreign file as ours.

    Attributes:
        joints: (T, 22, 3) metres, Y up, at the wanted rate; place and heading as in the file.
        sources: per joint the name of the file's joint that it follows, "" where it was made up from its neighbours.
        unit: key of `UNITS`.
        up: the file's up axis, such as "+Y" or "+Z".
        mirrored: True when the file is left-handed (or names its sides the wrong way) and was reflected.
        by_shape: True when the names told too little and the parts were found by the tree's shape.
    """

    joints: Array
    sources: tuple[str, ...]
    unit: str
    up: str
    mirrored: bool
    by_shape: bool


def resampled_positions(file: BvhFile, fps: float) -> Array:
    """World positions (T, J, 3) of every joint at `fps`, in the file's unit, by slerp of the local rotations.

    T covers the file's length: the last frame is the last whole step of 1 / fps within it.
    """
    frames = int(np.floor((len(file) - 1) * file.frame_time * fps + 1e-6)) + 1
    place = np.minimum(np.arange(frames) / (fps * file.frame_time), len(file) - 1)
    first = np.minimum(place.astype(np.int64), max(len(file) - 2, 0))
    second = np.minimum(first + 1, len(file) - 1)
    weight = place - first
    translation, rotation = file.local_transforms(first)
    translation_after, rotation_after = file.local_transforms(second)
    between = translation + weight[:, None, None] * (translation_after - translation)
    turned = slerp(rotation, rotation_after, weight[:, None])
    return world_positions(file.joints, between, turned)


def _find_parts(file: BvhFile) -> tuple[dict[str, int], bool]:
    parts = parts_by_name(file)
    if has_body(parts):
        return parts, False
    shaped = parts_by_shape(file)
    if has_body(shaped):
        return shaped, True
    names = ", ".join(joint.name for joint in file.joints if not joint.end_site)
    raise BvhError(f"no body with two arms and two legs was found in the joints {names[:300]}")


def _ancestors(file: BvhFile, joint: int) -> list[int]:
    """The joint and its ancestors, root last."""
    path = [joint]
    while file.joints[path[-1]].parent >= 0:
        path.append(file.joints[path[-1]].parent)
    return path


def _common(file: BvhFile, first: int, second: int) -> int:
    """Nearest common ancestor, or -1 where the two stand under different roots."""
    others = set(_ancestors(file, second))
    return next((joint for joint in _ancestors(file, first) if joint in others), -1)


def _trunk(file: BvhFile, parts: dict[str, int]) -> tuple[int, list[int], int]:
    """Pelvis joint, the spine joints above it in order (without the neck), and the joint from which the arms leave."""
    hips = _common(file, parts["left_hip"], parts["right_hip"])
    arms = _common(file, parts["left_shoulder"], parts["right_shoulder"])
    top = parts.get("neck", parts.get("head", arms))
    pelvis = _common(file, hips, top) if hips >= 0 else -1
    if pelvis < 0 or arms < 0:
        raise BvhError("legs and arms hang on different roots")
    path = _ancestors(file, top)[::-1]
    spine = path[path.index(pelvis) + 1 :]
    if "neck" in parts or "head" in parts:
        spine = [joint for joint in spine if joint != top]
    return pelvis, spine, arms


def _along(points: Array, shares: Array) -> Array:
    """Points at the given shares of the length of a polyline (T, K, 3); the same piece and place in every frame."""
    lengths = np.median(np.linalg.norm(np.diff(points, axis=1), axis=-1), axis=0)
    ends = np.concatenate([[0.0], np.cumsum(lengths)])
    if ends[-1] <= 0.0:
        return np.repeat(points[:, :1], len(shares), axis=1)
    result = np.empty((len(points), len(shares), 3))
    for number, share in enumerate(shares):
        piece = int(np.clip(np.searchsorted(ends, share * ends[-1], side="right") - 1, 0, len(lengths) - 1))
        weight = (share * ends[-1] - ends[piece]) / max(float(lengths[piece]), 1e-12)
        result[:, number] = points[:, piece] + weight * (points[:, piece + 1] - points[:, piece])
    return result


def _body(file: BvhFile, world: Array, parts: dict[str, int]) -> tuple[Array, list[str]]:
    """(T, 22, 3) our joints in the file's space, toes possibly missing (NaN), and the names that they follow."""
    joints = np.full((len(world), NUM_JOINTS, 3), np.nan)
    sources = [""] * NUM_JOINTS

    def follow(target: int, source: int) -> None:
        joints[:, target] = world[:, source]
        sources[target] = file.joints[source].name

    pelvis, spine, arms = _trunk(file, parts)
    follow(PELVIS, pelvis)
    for index, name in enumerate(JOINT_NAMES):
        if name in parts:
            follow(index, parts[name])
    children = file.children()
    for foot, ankle in ((LEFT_FOOT, LEFT_ANKLE), (RIGHT_FOOT, RIGHT_ANKLE)):
        below = children[parts[JOINT_NAMES[ankle]]]
        if not sources[foot] and below:
            follow(foot, below[0])

    if not sources[NECK]:
        joints[:, NECK] = world[:, arms]
        if sources[HEAD]:
            joints[:, NECK] += 0.6 * (joints[:, HEAD] - joints[:, NECK])
    bones = file.bone_vectors()
    kept = [joint for joint in spine if np.any(bones[joint])]
    if len(kept) == 3:
        for target, joint in zip((SPINE1, SPINE2, SPINE3), kept, strict=True):
            follow(target, joint)
    else:
        line = np.concatenate([joints[:, :1], world[:, kept], joints[:, [NECK]]], axis=1)
        joints[:, [SPINE1, SPINE2, SPINE3]] = _along(line, _SPINE_SHARES[:3])
    if not sources[HEAD]:
        tip = children[parts["neck"]] if "neck" in parts else []
        if tip:
            follow(HEAD, tip[0])
        else:
            joints[:, HEAD] = joints[:, NECK] + 0.45 * (joints[:, NECK] - joints[:, SPINE3])
    for collar, shoulder in ((LEFT_COLLAR, LEFT_SHOULDER), (RIGHT_COLLAR, RIGHT_SHOULDER)):
        if not sources[collar]:
            inner = 0.6 * joints[:, NECK] + 0.4 * joints[:, shoulder]
            joints[:, collar] = 0.25 * joints[:, SPINE3] + 0.75 * inner
    return joints, sources


def _up_axis(joints: Array) -> tuple[str, Array]:
    """Name and unit vector of the axis along which the body stands: the mean direction from the ankles to the head."""
    upward = normalize(joints[:, HEAD] - 0.5 * (joints[:, LEFT_ANKLE] + joints[:, RIGHT_ANKLE]))
    # Frames in which the body stands decide; one that lies down or turns over says nothing.
    clear = np.max(np.abs(upward), axis=-1) > 0.85
    mean = np.mean(upward[clear] if clear.any() else upward, axis=0)
    number = int(np.argmax(np.abs(mean)))
    axis = np.zeros(3)
    axis[number] = 1.0 if mean[number] >= 0.0 else -1.0
    return f"{'+' if axis[number] > 0 else '-'}{'XYZ'[number]}", axis


def _guess_unit(joints: Array) -> str:
    """Key of `UNITS` for which the body comes nearest to a grown person's size."""
    hips = 0.5 * (joints[:, LEFT_HIP] + joints[:, RIGHT_HIP])
    bones = (
        joints[:, LEFT_ANKLE] - joints[:, LEFT_KNEE],
        joints[:, LEFT_KNEE] - joints[:, LEFT_HIP],
        joints[:, NECK] - hips,
        joints[:, HEAD] - joints[:, NECK],
    )
    length = float(np.median(sum(np.linalg.norm(bone, axis=-1) for bone in bones)))
    if not length > 0.0:
        raise BvhError("the body has no size: every OFFSET from ankle to head is zero")
    return min(UNITS, key=lambda unit: abs(np.log(length * UNITS[unit] / _BODY_LENGTH)))


def _forward_of_feet(joints: Array) -> Array:
    """(T, 3) mean direction from ankles to toes in the ground plane (Y up), zero where no foot shows one."""
    feet = joints[:, [LEFT_FOOT, RIGHT_FOOT]] - joints[:, [LEFT_ANKLE, RIGHT_ANKLE]]
    knees = np.cross(
        joints[:, [LEFT_KNEE, RIGHT_KNEE]] - joints[:, [LEFT_HIP, RIGHT_HIP]],
        joints[:, [LEFT_ANKLE, RIGHT_ANKLE]] - joints[:, [LEFT_KNEE, RIGHT_KNEE]],
    )
    # A knee's hinge axis points to the body's left; turned by a quarter it points ahead. It helps where toes are
    # missing.
    bent = np.cross(knees, np.array([0.0, 1.0, 0.0]))
    ahead = np.where(np.isfinite(feet), feet, 0.0 * bent + normalize(bent) * 1e-3)
    ahead[..., 1] = 0.0
    return np.asarray(ahead.sum(axis=1))


def _across(joints: Array) -> Array:
    """(T, 3) from the body's right to its left in the ground plane."""
    across = joints[:, LEFT_HIP] - joints[:, RIGHT_HIP] + joints[:, LEFT_SHOULDER] - joints[:, RIGHT_SHOULDER]
    across[:, 1] = 0.0
    return across


def _swap_sides(parts: dict[str, int]) -> dict[str, int]:
    other = {"left": "right", "right": "left"}
    result = {}
    for name, joint in parts.items():
        side, _, part = name.partition("_")
        result[f"{other[side]}_{part}" if part else name] = joint
    return result


def _add_missing_toes(joints: Array) -> None:
    """Make up the foot joints that the file has not: ahead of the ankle and a little below it."""
    ahead = normalize(np.cross(_across(joints), np.array([0.0, 1.0, 0.0])))
    for foot, ankle, knee in ((LEFT_FOOT, LEFT_ANKLE, LEFT_KNEE), (RIGHT_FOOT, RIGHT_ANKLE, RIGHT_KNEE)):
        if not np.isfinite(joints[:, foot]).all():
            shin = joints[:, ankle] - joints[:, knee]
            size = np.median(np.linalg.norm(shin, axis=-1)) / UNIFORM_BONE_LENGTHS[ankle]
            joints[:, foot] = joints[:, ankle] + size * UNIFORM_BONE_LENGTHS[foot] * (
                0.9 * ahead + np.array([0.0, -0.436, 0.0])
            )


def retarget(file: BvhFile, fps: float, unit: str | None = None) -> Retargeted:
    """Find our 22 joints in a file and bring them to metres, Y up and `fps`.

    Args:
        file: a parsed file.
        fps: frames per second of the result.
        unit: key of `UNITS`, or None to guess it from the body's size.

    Raises:
        BvhError: no body was found, or it has no size.
    """
    parts, by_shape = _find_parts(file)
    world = resampled_positions(file, fps)
    look = np.unique(np.linspace(0, len(world) - 1, _SAMPLES).astype(np.int64))
    joints, sources = _body(file, world, parts)
    up, axis = _up_axis(joints[look])
    upright = qbetween(axis, [0.0, 1.0, 0.0])
    joints = qrot(upright, joints)
    agreement = np.sum(np.cross(_across(joints), np.array([0.0, 1.0, 0.0])) * _forward_of_feet(joints), axis=-1)
    wrong = float(np.mean(np.sign(agreement[look]))) < -0.3
    if wrong and by_shape:
        joints, sources = _body(file, world, _swap_sides(parts))
        joints = qrot(upright, joints)
    elif wrong:
        joints[..., 0] *= -1.0
    _add_missing_toes(joints)
    chosen = _guess_unit(joints[look]) if unit is None else unit
    return Retargeted(joints * UNITS[chosen], tuple(sources), chosen, up, wrong and not by_shape, by_shape)
