"""The BVH text format: reading a hierarchy with its channels, its forward kinematics, and errors that name the line.

Knows nothing of the 22-joint body (`core.bvh_retarget`) and keeps the file's own units, axes, names and frame rate.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.rotations import qidentity, qmul, qrot

Array = NDArray[np.float64]

MAX_JOINTS: Final = 4096
"""More joints than any body has: a file that names more is taken as damaged before it fills the memory."""

_POSITION: Final = {"xposition": 0, "yposition": 1, "zposition": 2}
_ROTATION: Final = {"xrotation": 0, "yrotation": 1, "zrotation": 2}


class BvhError(ValueError):
    """A BVH file cannot be read or used; the message says where and why.

    Attributes:
        line: line number counted from 1, or None when the whole file is meant.
    """

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message if line is None else f"line {line}: {message}")
        self.line = line


@dataclass(frozen=True)
class BvhJoint:
    """One joint or End Site.

    Attributes:
        name: as in the file; an End Site is called after its parent, with "_end".
        parent: index of the parent joint, -1 for a root.
        offset: (x, y, z) from the parent in the file's unit.
        channels: lower-case channel names in the file's order, empty for an End Site.
        first_channel: column of its first channel in the motion table.
        end_site: True for an End Site.
    """

    name: str
    parent: int
    offset: tuple[float, float, float]
    channels: tuple[str, ...]
    first_channel: int
    end_site: bool = False


@dataclass(frozen=True)
class BvhFile:
    """A parsed file.

    Attributes:
        joints: joints and End Sites, parents before children.
        frame_time: seconds from one frame to the next.
        table: (T, C) channel values as written: the file's unit and degrees.
    """

    joints: tuple[BvhJoint, ...]
    frame_time: float
    table: Array

    def __len__(self) -> int:
        return int(self.table.shape[0])

    def local_transforms(self, frames: NDArray[np.int64] | None = None) -> tuple[Array, Array]:
        """Local translations (T, J, 3) in the file's unit and local quaternions (T, J, 4).

        Position channels replace the OFFSET of their axis, as animation programs read them.

        Args:
            frames: (T,) frame numbers wanted, default all.
        """
        table = self.table if frames is None else self.table[frames]
        translation = np.empty((len(table), len(self.joints), 3))
        rotation = qidentity(len(table), len(self.joints))
        for index, joint in enumerate(self.joints):
            translation[:, index] = joint.offset
            for number, channel in enumerate(joint.channels):
                column = table[:, joint.first_channel + number]
                if channel in _POSITION:
                    translation[:, index, _POSITION[channel]] = column
                else:
                    half = np.radians(column) * 0.5
                    turn = np.zeros((len(table), 4))
                    turn[:, 0] = np.cos(half)
                    turn[:, 1 + _ROTATION[channel]] = np.sin(half)
                    rotation[:, index] = qmul(rotation[:, index], turn)
        return translation, rotation

    def bone_vectors(self) -> Array:
        """(J, 3) bone from the parent to each joint in the first frame, in the parent's frame; zero for roots."""
        translation, _ = self.local_transforms(np.array([0]))
        roots = [index for index, joint in enumerate(self.joints) if joint.parent < 0]
        translation[0, roots] = 0.0
        first: Array = translation[0]
        return first

    def children(self) -> list[list[int]]:
        """Indices of the children of every joint."""
        result: list[list[int]] = [[] for _ in self.joints]
        for index, joint in enumerate(self.joints):
            if joint.parent >= 0:
                result[joint.parent].append(index)
        return result


def world_positions(joints: tuple[BvhJoint, ...], translation: Array, rotation: Array) -> Array:
    """Forward kinematics: (T, J, 3) positions from local translations (T, J, 3) and quaternions (T, J, 4)."""
    position = translation.copy()
    turned = rotation.copy()
    for index, joint in enumerate(joints):
        if joint.parent >= 0:
            turned[:, index] = qmul(turned[:, joint.parent], rotation[:, index])
            position[:, index] = position[:, joint.parent] + qrot(turned[:, joint.parent], translation[:, index])
    return position


class _Tokens:
    """Words of the hierarchy with their line numbers. A joint's name is the rest of its line: names may hold spaces."""

    def __init__(self, lines: list[str]) -> None:
        self._items = self._split(lines)
        self._next: tuple[int, str] | None = None
        self.line = 1

    @staticmethod
    def _split(lines: list[str]) -> Iterator[tuple[int, str]]:
        for number, line in enumerate(lines, start=1):
            words = line.replace("{", " { ").replace("}", " } ").split()
            if words and words[0].lower() in ("root", "joint", "end"):
                yield number, words[0]
                name = words[1:]
                brace = name.index("{") if "{" in name else len(name)
                yield number, " ".join(name[:brace])
                words = name[brace:]
            for word in words:
                yield number, word

    def peek(self) -> str:
        if self._next is None:
            self._next = next(self._items, (self.line, ""))
        return self._next[1]

    def take(self, what: str) -> str:
        word = self.peek()
        if self._next is not None:
            self.line = self._next[0]
        self._next = None
        if not word:
            raise BvhError(f"{what} is missing", self.line)
        return word

    def expect(self, word: str, where: str) -> None:
        found = self.take(f'"{word}"')
        if found.lower() != word.lower():
            raise BvhError(f'expected "{word}" {where}, found "{found[:40]}"', self.line)

    def number(self, what: str) -> float:
        word = self.take(what)
        try:
            value = float(word)
        except ValueError:
            raise BvhError(f'{what} must be a number, found "{word[:40]}"', self.line) from None
        if not np.isfinite(value):
            raise BvhError(f'{what} must be a finite number, found "{word[:40]}"', self.line)
        return value


def _offset(tokens: _Tokens, name: str) -> tuple[float, float, float]:
    tokens.expect("OFFSET", f'of "{name}"')
    x, y, z = (tokens.number(f'{axis} of the OFFSET of "{name}"') for axis in "xyz")
    return x, y, z


def _channels(tokens: _Tokens, name: str) -> tuple[str, ...]:
    if tokens.peek().lower() != "channels":
        return ()
    tokens.take("CHANNELS")
    count = tokens.number(f'the number of CHANNELS of "{name}"')
    if count != int(count) or not 0 <= count <= 12:
        raise BvhError(f'"{name}" has {count:g} CHANNELS; 0 to 12 are possible', tokens.line)
    result = []
    for _ in range(int(count)):
        word = tokens.take(f'a channel of "{name}"').lower()
        if word not in _POSITION and word not in _ROTATION:
            raise BvhError(f'"{name}" has the unknown channel "{word[:40]}"', tokens.line)
        result.append(word)
    return tuple(result)


def _hierarchy(tokens: _Tokens) -> list[BvhJoint]:
    joints: list[BvhJoint] = []
    open_joints: list[int] = []
    columns = 0
    while True:
        word = tokens.peek().lower()
        if word == "motion" and not open_joints:
            break
        if word == "}" and open_joints:
            tokens.take("}")
            open_joints.pop()
            continue
        if word not in ("root", "joint", "end"):
            where = f'inside "{joints[open_joints[-1]].name}"' if open_joints else "outside of every joint"
            found = tokens.take("the end of the hierarchy, MOTION,")
            raise BvhError(f'unexpected "{found[:40]}" {where}', tokens.line)
        tokens.take(word)
        if (word == "root") == bool(open_joints):
            raise BvhError(f"{word.upper()} stands {'inside' if open_joints else 'outside of'} a joint", tokens.line)
        parent = open_joints[-1] if open_joints else -1
        end_site = word == "end"
        label = "an End Site" if end_site else "the name of a joint"
        name = tokens.take(label)
        if end_site:
            name = f"{joints[parent].name}_end"
        if name in "{}":
            raise BvhError("a joint has no name", tokens.line)
        if len(joints) >= MAX_JOINTS:
            raise BvhError(f"the hierarchy has more than {MAX_JOINTS} joints", tokens.line)
        tokens.expect("{", f'after "{name}"')
        offset = _offset(tokens, name)
        channels = _channels(tokens, name)
        if end_site and channels:
            raise BvhError(f'the End Site of "{joints[parent].name}" has CHANNELS', tokens.line)
        joints.append(BvhJoint(name, parent, offset, channels, columns, end_site))
        columns += len(channels)
        open_joints.append(len(joints) - 1)
    if not joints:
        raise BvhError("the hierarchy has no ROOT", tokens.line)
    return joints


def _header_value(lines: list[str], index: int, key: str) -> tuple[int, str]:
    """Find `key: value` on the next line that is not empty; return the index after it and the value."""
    while index < len(lines) and not lines[index].strip():
        index += 1
    text = lines[index].strip() if index < len(lines) else ""
    match = re.fullmatch(rf"{key}\s*:?\s*(\S+)", text, flags=re.IGNORECASE)
    if match is None:
        raise BvhError(
            f'expected "{key.replace(chr(92) + "s+", " ")}: ..." after MOTION, found "{text[:40]}"', index + 1
        )
    return index + 1, match.group(1)


def _motion(lines: list[str], start: int, columns: int) -> tuple[float, Array]:
    index, text = _header_value(lines, start, "Frames")
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise BvhError(f'the number of Frames must be a whole number, found "{text[:40]}"', index)
    frames = int(text)
    if frames == 0:
        raise BvhError("the file has no frames", index)
    index, text = _header_value(lines, index, "Frame Time")
    try:
        frame_time = float(text)
    except ValueError:
        frame_time = float("nan")
    if not 1e-6 < frame_time < 1e3:
        raise BvhError(f'Frame Time must be a number of seconds above 0, found "{text[:40]}"', index)
    if columns == 0:
        raise BvhError("no joint has CHANNELS, so nothing moves", index)
    words = " ".join(lines[index:]).split()
    try:
        values = np.array(words, dtype=np.float64)
    except ValueError:
        values = np.array([np.nan])
    if not np.isfinite(values).all():
        raise _bad_number(lines, index)
    if len(values) != frames * columns:
        raise BvhError(
            f"{frames} frames of {columns} channels need {frames * columns} numbers, but the file has {len(values)}",
            len(lines),
        )
    return frame_time, values.reshape(frames, columns)


def _bad_number(lines: list[str], start: int) -> BvhError:
    for number, line in enumerate(lines[start:], start=start + 1):
        for word in line.split():
            try:
                good = bool(np.isfinite(float(word)))
            except ValueError:
                good = False
            if not good:
                return BvhError(f'expected a number, found "{word[:40]}"', number)
    return BvhError("the motion holds something that is not a number", start + 1)


def decode_text(data: bytes) -> str:
    """Text of a file in UTF-8 or UTF-16 with a byte order mark; odd bytes in joint names are kept as Latin-1."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def parse_bvh(text: str) -> BvhFile:
    """Parse the text of a BVH file: any hierarchy, channel order, number of roots, white space and line ends.

    Raises:
        BvhError: the text is not a whole, sound BVH file; the message names the line.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    while lines and not lines[-1].strip():
        lines.pop()
    tokens = _Tokens(lines)
    if tokens.peek().lower() != "hierarchy":
        raise BvhError('this is not a BVH file: it does not begin with "HIERARCHY"', 1)
    tokens.take("HIERARCHY")
    joints = _hierarchy(tokens)
    tokens.take("MOTION")
    rest = lines[tokens.line - 1].split(maxsplit=1)
    if (rest and rest[0].lower() != "motion") or len(rest) > 1:
        raise BvhError("MOTION must stand alone on its line", tokens.line)
    columns = sum(len(joint.channels) for joint in joints)
    frame_time, table = _motion(lines, tokens.line, columns)
    return BvhFile(tuple(joints), frame_time, table)
