"""Puts motion that was made for one part of the body onto the motion of the whole: a wave on top of a walk.

Bones of the part take their directions from the other motion, seen from the frame that they hang in (arms and head from
the chest, the upper body from the heading), and fade over at both ends. The lower body brings its travel and turns
along. Bones keep the lengths of the whole motion. Pure functions on clips.
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.constants import NUM_JOINTS
from core.features import CONTACTS, described
from core.motion import MotionClip
from core.rotations import qbetween, qinv, qmul, qrot, slerp
from core.skeleton import (
    LEFT_SHOULDER,
    NECK,
    PARENTS,
    PELVIS,
    RIGHT_SHOULDER,
    SPINE1,
    BodyPart,
)
from core.two_bone import unit

Array = NDArray[np.float64]

FADE: Final = 6
"""Frames before and after each end of a range over which a part goes from one motion to the other."""

SURROUNDINGS: Final = 15
"""Tokens on each side of a layer that are decoded with it: a decoder sees seconds around every token."""

ORDER: Final[tuple[BodyPart, ...]] = ("lower", "upper", "head", "left_arm", "right_arm")
"""Parts are put on one after the other, so a smaller part wins over a larger one that holds it."""

MEMBERS: Final[dict[BodyPart, tuple[int, ...]]] = {
    "whole": tuple(range(1, NUM_JOINTS)),
    "lower": (1, 2, 4, 5, 7, 8, 10, 11),
    "upper": (3, 6, 9, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21),
    "head": (12, 15),
    "left_arm": (16, 18, 20),
    "right_arm": (17, 19, 21),
}
"""Joints whose bones (from their parents) belong to a part."""

_FROM_CHEST: Final = ("head", "left_arm", "right_arm")


@dataclass(frozen=True, eq=False)
class Layer:
    """Motion of one part of the body.

    Attributes:
        part: which.
        start, end: frames of the whole motion that it rules, half-open.
        clip: motion that holds it, made in the surroundings of the range.
        first: frame of the whole motion at which `clip` begins.
    """

    part: BodyPart
    start: int
    end: int
    clip: MotionClip
    first: int


def composed(base: MotionClip, layers: tuple[Layer, ...]) -> MotionClip:
    """Return a motion with the parts of others.

    Frames that no layer reaches keep joints and features bit for bit, except that after a lower body which went
    elsewhere the later motion is carried along rigidly.
    """
    known = [layer for part in ORDER for layer in layers if layer.part == part]
    for layer in known:
        if layer.part == "lower" and (span := _touched(base, layer)) is not None:
            base = _with_legs(base, layer, *span)
    result = replace(base, joints=base.joints.copy(), features=base.features.copy())
    for layer in known:
        if layer.part != "lower" and (span := _touched(base, layer)) is not None:
            _put_on(result, layer, *span)
    return result


def shares(frames: int, start: int, end: int) -> Array:
    """(T,) share of a part's own motion: 1 in its range, fading over at both ends, 0 away from it."""
    time = np.arange(frames, dtype=np.float64)
    rise = np.clip((time - (start - FADE)) / (2 * FADE), 0.0, 1.0) if start > 0 else np.ones(frames)
    fall = np.clip(((end - 1 + FADE) - time) / (2 * FADE), 0.0, 1.0) if end < frames else np.ones(frames)
    share = np.minimum(rise, fall)
    return np.asarray(share**3 * (share * (share * 6.0 - 15.0) + 10.0))


def _touched(base: MotionClip, layer: Layer) -> tuple[Array, int, int] | None:
    """(T,) shares of a layer, and the frames [begin, end) outside which they are 0; None if they are 0 everywhere."""
    share = shares(len(base), layer.start, layer.end)
    share[: max(layer.first, 0)] = share[min(layer.first + len(layer.clip), len(base)) :] = 0.0
    touched = np.flatnonzero(share > 0.0)
    return (share, int(touched[0]), int(touched[-1]) + 1) if touched.size else None


def _put_on(clip: MotionClip, layer: Layer, share: Array, begin: int, end: int) -> None:
    """Turn a part's bones in a clip, whose arrays are changed; only frames around the layer cost anything."""
    own = slice(begin - layer.first, end - layer.first)
    part = clip.joints[begin:end].astype(np.float64)
    other = layer.clip.joints[own].astype(np.float64)
    clip.joints[begin:end] = _turned_bones(
        part, other, _frames(clip, part, layer.part, begin), _frames(layer.clip, other, layer.part, own.start),
        MEMBERS[layer.part], share[begin:end],
    )  # fmt: skip
    first = max(begin - 1, 0)  # whose steps lead to the first of them
    turns = clip.features[:, 0]
    angle = float(_half_angles(turns[: first + 1])[first])
    columns = described(clip.joints[first : end + 1], turns[first : end + 1], angle)
    clip.features[first:end, : CONTACTS.start] = columns[: end - first]


def _turned_bones(
    joints: Array, other: Array, frames: Array, other_frames: Array, members: tuple[int, ...], share: Array
) -> Array:
    """Return joints whose member bones turn towards those of another motion; what hangs on them follows."""
    result = joints.copy()
    across = qmul(frames, qinv(other_frames))
    for joint in range(1, NUM_JOINTS):
        parent = PARENTS[joint]
        bone = joints[:, joint] - joints[:, parent]
        if joint in members:
            wanted = qrot(across, other[:, joint] - other[:, parent])
            turn = qbetween(unit(bone), unit(wanted))
            identity = np.broadcast_to([1.0, 0.0, 0.0, 0.0], turn.shape)
            bone = qrot(slerp(identity, turn, share), bone)
        result[:, joint] = result[:, parent] + bone
    return result


def _frames(clip: MotionClip, joints: Array, part: BodyPart, begin: int) -> Array:
    """(T, 4) rotations of the frame that a part hangs in: the chest, or the body's heading."""
    if part not in _FROM_CHEST:
        return _headings(clip)[begin : begin + len(joints)]
    up = unit(joints[:, NECK] - joints[:, SPINE1])
    side = joints[:, LEFT_SHOULDER] - joints[:, RIGHT_SHOULDER]
    side = unit(side - (side * up).sum(-1, keepdims=True) * up)
    upright = qbetween(np.broadcast_to([0.0, 1.0, 0.0], up.shape), up)
    return qmul(qbetween(qrot(upright, np.broadcast_to([1.0, 0.0, 0.0], up.shape)), side), upright)


def _headings(clip: MotionClip) -> Array:
    """(T, 4) rotations from facing +Z to the body's heading as its features have it."""
    angle = _half_angles(clip.features[:, 0])
    zero = np.zeros_like(angle)
    return np.stack([np.cos(angle), zero, -np.sin(angle), zero], axis=-1)


def _half_angles(turns: NDArray[np.float32] | Array) -> Array:
    steps = np.asarray(turns, dtype=np.float64)
    return np.concatenate([[0.0], np.cumsum(steps[:-1])])


def _with_legs(base: MotionClip, layer: Layer, share: Array, begin: int, end: int) -> MotionClip:
    """Put legs, travel, turns and height on; later frames are carried along."""
    count = len(base)
    own = slice(begin - layer.first, end - layer.first)
    weight = share[begin:end]
    part, other = base.joints[begin:end].astype(np.float64), layer.clip.joints[own].astype(np.float64)
    old, theirs = _headings(base), _headings(layer.clip)[own]
    # Bones first, in the old place: then the whole body is moved to the new one.
    mixed = _turned_bones(part, other, old[begin:end], theirs, MEMBERS["lower"], weight)
    mixed[..., 1] += (weight * (other[:, PELVIS, 1] - part[:, PELVIS, 1]))[:, None]

    steps = base.features[:, :3].astype(np.float64)
    # A step leads from a frame to the next, and is kept in the heading of the latter.
    last = min(end, count - 1)
    half = np.zeros(count)
    half[:-1] = 0.5 * (share[:-1] + share[1:])
    source = np.arange(begin, last) - layer.first
    source = np.clip(source, 0, len(layer.clip) - 1)
    gain = half[begin:last, None]
    steps[begin:last] += gain * (layer.clip.features[source, :3] - steps[begin:last])
    turns = base.features[:, 0].copy()
    turns[begin:last] = steps[begin:last, 0]
    angle = _half_angles(steps[:, 0])
    zero = np.zeros(count)
    new = np.stack([np.cos(angle), zero, -np.sin(angle), zero], axis=-1)
    world = base.joints.astype(np.float64)
    world[begin:end] = mixed
    place = world[:, PELVIS].copy()
    move = qrot(new[1:], np.stack([steps[:-1, 1], zero[1:], steps[:-1, 2]], axis=-1))
    way = np.cumsum(move[begin:last], axis=0)
    target = place.copy()
    target[begin + 1 : last + 1, [0, 2]] = place[begin, [0, 2]] + way[:, [0, 2]]
    turn = qmul(new, qinv(old))
    if last < count - 1:
        rest = place[last + 1 :] - place[last]
        after = qrot(np.broadcast_to(turn[last], (len(rest), 4)), rest)
        target[last + 1 :, [0, 2]] = target[last, [0, 2]] + after[:, [0, 2]]
    joints = base.joints.copy()
    spun = qrot(np.repeat(turn[begin:, None], NUM_JOINTS, axis=1), world[begin:] - place[begin:, None])
    moved = spun + place[begin:, None]
    moved[..., [0, 2]] += (target - place)[begin:, None, [0, 2]]
    joints[begin:] = moved
    contacts = base.features[:, CONTACTS].copy()
    contacts[begin:end] += weight[:, None] * (layer.clip.features[own, CONTACTS] - contacts[begin:end])
    features = base.features.copy()
    rows = slice(max(begin - 1, 0), end)  # later frames are only moved, so what describes them stays
    features[rows, : CONTACTS.start] = described(joints, turns)[rows]
    features[:, CONTACTS] = contacts
    contacts = np.clip(contacts, 0.0, 1.0).astype(np.float32)
    return replace(base, joints=joints, features=features, contacts=contacts)
