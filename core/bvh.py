"""Import and export of BVH: any body in, retargeted to the 22 joints; ours out with true joint rotations.

The text format is in `core.bvh_file`, finding the body in `core.bvh_retarget`, rotations from positions in
`core.body_fit`.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.atomic import write_text_atomic
from core.body_fit import BRANCHES, T_POSE_DIRECTIONS, fit_rotations, rest_offsets
from core.bvh_file import BvhError, decode_text, parse_bvh
from core.bvh_retarget import UNITS, retarget
from core.constants import MOTION_FPS, NUM_JOINTS
from core.features import canonical_joints, uniform_skeleton
from core.rotations import continuous_euler, qinv, qmul, qrot
from core.skeleton import HEAD, JOINT_NAMES, LEFT_FOOT, LEFT_WRIST, PARENTS, RIGHT_FOOT, RIGHT_WRIST

__all__ = ["BvhError", "BvhImport", "import_bvh", "write_bvh"]

Array = NDArray[np.float64]

EULER_ORDER: Final = "ZXY"
"""Rotation order of every joint that we write."""

_ENDS: Final = {HEAD: 0.15, LEFT_FOOT: 0.06, RIGHT_FOOT: 0.06, LEFT_WRIST: 0.08, RIGHT_WRIST: 0.08}
"""Length in metres of the End Site of each last joint."""

_RIGID: Final = 0.0005
"""Metres by which a child of hips or chest may move within its parent before it gets position channels of its own."""

_LARGEST_FILE: Final = 2_000_000_000
"""Bytes; a larger file is no motion of one body."""


@dataclass(frozen=True)
class BvhImport:
    """An imported motion and what was understood of its file.

    Attributes:
        joints: (T, 22, 3) float64 metres, Y up, on the floor, starting at the origin and facing +Z.
        fps: frames per second of `joints`.
        source_fps: frames per second of the file.
        sources: per joint the name of the file's joint that it follows, "" where it was made up from its neighbours.
        unit: key of `core.bvh_retarget.UNITS`, guessed or as asked for.
        up: the file's up axis, such as "+Y" or "+Z".
        mirrored: True when the file was left-handed and was reflected.
        by_shape: True when the joints were found by the shape of the tree because their names told too little.
    """

    joints: Array
    fps: float
    source_fps: float
    sources: tuple[str, ...]
    unit: str
    up: str
    mirrored: bool
    by_shape: bool


def import_bvh(
    path: str | os.PathLike[str], *, uniform: bool = True, unit: str | None = None, fps: float = float(MOTION_FPS)
) -> BvhImport:
    """Read the motion of a BVH file as our 22 joints.

    Args:
        path: the file.
        uniform: give the body the bone lengths of the uniform skeleton, which every feature and token is made for;
        False keeps
            the actor's own.
        unit: "m", "cm", "in", "mm", "ft" or "acclaim" when the file's unit is known; else it is guessed from the
        body's size.
        fps: frames per second wanted.

    Raises:
        BvhError: the file is damaged or holds no body with two arms and two legs; the message names file and line.
        OSError: the file cannot be read.
    """
    source = Path(path)
    if unit is not None and unit not in UNITS:
        raise ValueError(f"unit must be one of {', '.join(UNITS)}, not {unit!r}")
    if not fps > 0.0:
        raise ValueError(f"fps must be above 0, not {fps}")
    if source.stat().st_size > _LARGEST_FILE:
        raise BvhError(f"{source.name}: the file is larger than {_LARGEST_FILE // 10**9} GB")
    try:
        file = parse_bvh(decode_text(source.read_bytes()))
        body = retarget(file, fps, unit)
    except BvhError as error:
        raise BvhError(f"{source.name}: {error}") from error
    try:
        joints = uniform_skeleton(body.joints) if uniform else body.joints
        joints = canonical_joints(joints, "published")
    except ValueError as error:
        raise BvhError(f"{source.name}: {error}") from error
    return BvhImport(
        joints=joints,
        fps=fps,
        source_fps=1.0 / file.frame_time,
        sources=body.sources,
        unit=body.unit,
        up=body.up,
        mirrored=body.mirrored,
        by_shape=body.by_shape,
    )


def _moving_children(joints: Array, turned: Array, offsets: Array) -> dict[int, Array]:
    """Children of hips and chest that are not rigid: joint to its (T, 3) position in its parent's frame, metres."""
    moving = {}
    for parent, children in BRANCHES.items():
        for child in children:
            inside = qrot(qinv(turned[:, parent]), joints[:, child] - joints[:, parent])
            length = np.linalg.norm(offsets[child])
            distance = np.linalg.norm(inside, axis=-1, keepdims=True)
            inside = np.where(distance > 1e-9, inside * (length / np.maximum(distance, 1e-9)), offsets[child])
            if float(np.linalg.norm(inside - offsets[child], axis=-1).max()) > _RIGID:
                moving[child] = inside
    return moving


def _hierarchy_text(offsets: Array, ends: Array, moving: dict[int, Array], scale: float) -> tuple[list[str], list[int]]:
    """Lines of the HIERARCHY part, and the joints in the order of their channels."""
    lines = ["HIERARCHY"]
    order: list[int] = []
    children: list[list[int]] = [[] for _ in PARENTS]
    for joint, parent in enumerate(PARENTS):
        if parent >= 0:
            children[parent].append(joint)
    rotations = " ".join(f"{axis}rotation" for axis in EULER_ORDER)

    def offset(vector: Array) -> str:
        return "OFFSET " + " ".join(f"{value * scale:.6f}" for value in vector + 0.0)

    def write(joint: int, depth: int) -> None:
        tab = "\t" * depth
        order.append(joint)
        lines.append(f"{tab}{'JOINT' if depth else 'ROOT'} {JOINT_NAMES[joint]}")
        lines.append(f"{tab}{{")
        lines.append(f"{tab}\t{offset(offsets[joint])}")
        if joint == 0 or joint in moving:
            lines.append(f"{tab}\tCHANNELS 6 Xposition Yposition Zposition {rotations}")
        else:
            lines.append(f"{tab}\tCHANNELS 3 {rotations}")
        for child in children[joint]:
            write(child, depth + 1)
        if not children[joint]:
            lines.extend([f"{tab}\tEnd Site", f"{tab}\t{{", f"{tab}\t\t{offset(ends[joint])}", f"{tab}\t}}"])
        lines.append(f"{tab}}}")

    write(0, 0)
    return lines, order


def write_bvh(
    path: str | os.PathLike[str], joints: ArrayLike, fps: float = float(MOTION_FPS), *, unit: str = "m"
) -> None:
    """Write a motion as BVH with true joint rotations, which animation programs play as it is.

    The skeleton has the clip's own median bone lengths and rests with its arms out sideways. Played back, joints lie
    within 1 mm of the given ones where bone lengths are constant. Rotations are in ZXY order, without jumps. Collars,
    neck, hips and spine1 carry position channels where the clip moves them against chest or hips.

    Args:
        path: the file to write; an existing one is replaced as a whole or not at all.
        joints: (T, 22, 3) metres, Y up, T at least 1.
        fps: frames per second.
        unit: "m", or "cm" for programs that count in centimetres; any key of `core.bvh_retarget.UNITS`.

    Raises:
        ValueError: wrong shape, values that are not numbers, or an unknown unit.
        OSError: the file cannot be written.
    """
    if unit not in UNITS:
        raise ValueError(f"unit must be one of {', '.join(UNITS)}, not {unit!r}")
    if not (np.isfinite(fps) and fps > 0.0):
        raise ValueError(f"fps must be above 0, not {fps}")
    array = np.asarray(joints, dtype=np.float64)
    root, local = fit_rotations(array)
    offsets = rest_offsets(array)
    turned = local.copy()
    for joint in range(1, NUM_JOINTS):
        turned[:, joint] = qmul(turned[:, PARENTS[joint]], local[:, joint])
    moving = _moving_children(array, turned, offsets)
    ends = np.zeros((NUM_JOINTS, 3))
    for joint, length in _ENDS.items():
        flat = joint in (LEFT_FOOT, RIGHT_FOOT)
        ends[joint] = (np.array([0.0, 0.0, 1.0]) if flat else T_POSE_DIRECTIONS[joint]) * length
    scale = 1.0 / UNITS[unit]
    lines, order = _hierarchy_text(offsets, ends, moving, scale)
    angles = np.degrees(continuous_euler(local, EULER_ORDER))
    columns = []
    for joint in order:
        if joint == 0:
            columns.append(root * scale)
        elif joint in moving:
            columns.append(moving[joint] * scale)
        columns.append(angles[:, joint])
    table = np.concatenate(columns, axis=1) + 0.0
    lines += ["MOTION", f"Frames: {len(array)}", f"Frame Time: {1.0 / fps:.8f}"]
    lines += [" ".join(f"{value:.6f}" for value in row) for row in table.tolist()]
    write_text_atomic(path, "\n".join(lines) + "\n")
