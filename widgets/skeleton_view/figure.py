"""From a motion to the shapes that are drawn: joints at any time, and the capsules of limbs, joints, head and hands.

Plain arrays, no OpenGL. Times are microseconds; positions are metres, Y up.
"""

import math
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from core.constants import MICROSECONDS
from core.draw import HAND_EDGES
from core.motion import MotionClip
from core.skeleton import (
    CONTACT_JOINTS,
    HEAD,
    JOINT_NAMES,
    LEFT_ANKLE,
    LEFT_ELBOW,
    LEFT_FOOT,
    LEFT_SHOULDER,
    LEFT_WRIST,
    NECK,
    PARENTS,
    PELVIS,
    RIGHT_ANKLE,
    RIGHT_ELBOW,
    RIGHT_FOOT,
    RIGHT_SHOULDER,
    RIGHT_WRIST,
)
from widgets import theme

Floats = NDArray[np.float32]

TRAIL_SECONDS: Final = 2.0
ONION_SECONDS: Final = (-0.6, -0.3, 0.3, 0.6)
"""Where the onion skins are, relative to the time that is shown."""

_LEASH: Final = 0.12
"""Metres that a body may go in any direction before the camera follows it."""

_FOLLOW_STEP: Final = 0.2
_FOLLOW_SMOOTH: Final = 7  # steps that the camera's way is a mean of

CONTACT_SHOWN: Final = 0.5
"""From this probability on a foot counts as standing on the floor."""

_RADII: Final = {
    "hip": (0.1, 0.088), "knee": (0.08, 0.052), "ankle": (0.048, 0.036), "foot": (0.038, 0.034),
    "spine1": (0.108, 0.1), "spine2": (0.1, 0.104), "spine3": (0.104, 0.108), "neck": (0.085, 0.044),
    "head": (0.042, 0.045), "collar": (0.1, 0.078), "shoulder": (0.06, 0.056), "elbow": (0.045, 0.036),
    "wrist": (0.035, 0.026),
}  # fmt: skip


@cache
def rgba(name: str, opacity: float = 1.0) -> Floats:
    """Return a theme colour as (4,) red, green, blue, opacity in 0..1; not to be written to."""
    colour = theme.colour(name)
    return np.array([colour.redF(), colour.greenF(), colour.blueF(), opacity], np.float32)


def _side(joint: int) -> str:
    name = JOINT_NAMES[joint]
    return (
        theme.LEFT_SIDE if name.startswith("left") else theme.RIGHT_SIDE if name.startswith("right") else theme.MIDDLE
    )


_CHILDREN: Final = np.arange(1, len(PARENTS))
_PARENTS: Final = np.array(PARENTS[1:])
_BONE_RADII: Final = np.array([_RADII[JOINT_NAMES[j].split("_")[-1]] for j in _CHILDREN], np.float32)
# The trunk is of one colour; sides begin at the hips and at the collar bones.
_BONE_COLOURS: Final = np.stack(
    [rgba(theme.MIDDLE if JOINT_NAMES[j].endswith(("hip", "collar")) else _side(int(j))) for j in _CHILDREN]
)
_JOINT_COLOURS: Final = np.stack([rgba(_side(j)) for j in range(len(PARENTS))])


@dataclass(frozen=True, eq=False)
class Capsules:
    """Round-ended cones; one with start = end and equal radii is a ball.

    Attributes:
        start, end: (N, 3) float32 metres.
        radii: (N, 2) float32 metres at start and end.
        colours: (N, 4) float32 in 0..1.
    """

    start: Floats
    end: Floats
    radii: Floats
    colours: Floats

    def __len__(self) -> int:
        return len(self.start)

    @staticmethod
    def joined(parts: "list[Capsules]") -> "Capsules":
        """Return all capsules of several sets as one; an empty set for none."""
        if not parts:
            return Capsules(*(np.zeros((0, n), np.float32) for n in (3, 3, 2, 4)))
        return Capsules(
            np.concatenate([p.start for p in parts]),
            np.concatenate([p.end for p in parts]),
            np.concatenate([p.radii for p in parts]),
            np.concatenate([p.colours for p in parts]),
        )


def _capsules(rows: list[tuple[Floats, Floats, float, float, Floats]]) -> Capsules:
    return Capsules(
        np.array([row[0] for row in rows], np.float32),
        np.array([row[1] for row in rows], np.float32),
        np.array([row[2:4] for row in rows], np.float32),
        np.array([row[4] for row in rows], np.float32),
    )


class Figure:
    """A motion, ready to be asked for any time.

    Attributes:
        clip: the motion.
        hands: (T, 2, 21, 3) float32 world positions of finger joints, left hand first, or None.
    """

    def __init__(self, clip: MotionClip, hands: NDArray[np.floating] | None = None) -> None:
        if len(clip) == 0:
            raise ValueError("a motion without frames cannot be shown")
        if hands is not None and hands.shape != (len(clip), 2, 21, 3):
            raise ValueError(f"hands must have shape ({len(clip)}, 2, 21, 3), not {hands.shape}")
        self.clip = clip
        self.hands = None if hands is None else hands.astype(np.float32)
        self._onion_frame = -1
        self._onion = Capsules.joined([])

    def joints_at(self, time_us: int) -> Floats:
        """(22, 3) joints at a time, between frames on the straight line; held before the start and after the end."""
        return self._between(self.clip.joints, time_us)

    def contacts_at(self, time_us: int) -> Floats:
        """(4,) how surely left ankle, left foot, right ankle and right foot touch the floor, 0..1."""
        return self._between(self.clip.contacts, time_us)

    def root_at(self, time_us: int) -> Floats:
        """(3,) where a camera that follows the pelvis is: it rests while somebody only sways, and moves softly."""
        path = self._camera_path
        place = min(max(time_us / MICROSECONDS / _FOLLOW_STEP, 0.0), len(path) - 1.0)
        first = int(place)
        last = min(first + 1, len(path) - 1)
        # In this form exactly the same while the camera rests, so that the floor need not be drawn again.
        return np.asarray(path[first] + np.float32(place - first) * (path[last] - path[first]), np.float32)

    @cached_property
    def _camera_path(self) -> Floats:
        """(N, 3) places of the camera every `_FOLLOW_STEP` seconds."""
        times = np.arange(0.0, len(self.clip) / self.clip.fps + _FOLLOW_STEP, _FOLLOW_STEP)
        frames = np.minimum(np.round(times * self.clip.fps).astype(np.int64), len(self.clip) - 1)
        drawn = _on_leash(self.clip.joints[frames, PELVIS].astype(np.float64), _LEASH)
        reach = _FOLLOW_SMOOTH // 2
        padded = np.concatenate([np.repeat(drawn[:1], reach, 0), drawn, np.repeat(drawn[-1:], reach, 0)])
        return np.asarray(sliding_window_view(padded, _FOLLOW_SMOOTH, axis=0).mean(axis=-1), np.float32)

    def _between(self, values: Floats, time_us: int) -> Floats:
        place = min(max(time_us * self.clip.fps / MICROSECONDS, 0.0), len(values) - 1.0)
        first = int(place)
        last = min(first + 1, len(values) - 1)
        share = np.float32(place - first)
        return np.asarray(values[first] * (1 - share) + values[last] * share, np.float32)

    def body(self, time_us: int, contacts: bool = True) -> Capsules:
        """Limbs, trunk, head and hands at a time, with standing feet in the contact colour if `contacts`."""
        joints = self.joints_at(time_us)
        colours = _BONE_COLOURS.copy()
        touch = self.contacts_at(time_us) if contacts else np.zeros(4, np.float32)
        feet = {LEFT_FOOT: touch[:2].max(), RIGHT_FOOT: touch[2:].max()}
        for foot, strength in feet.items():
            if strength >= CONTACT_SHOWN:
                colours[foot - 1] = rgba(theme.GOOD)
        bones = Capsules(joints[_PARENTS], joints[_CHILDREN], _BONE_RADII, colours)
        toes = [
            (
                joints[foot],
                joints[foot] + 0.05 * _unit(_level(joints[foot] - joints[ankle])),
                0.034,
                0.026,
                colours[foot - 1],
            )
            for ankle, foot in ((LEFT_ANKLE, LEFT_FOOT), (RIGHT_ANKLE, RIGHT_FOOT))
        ]
        return Capsules.joined([bones, _capsules(toes), _head(joints), self._hand_shapes(joints, time_us)])

    def joints(self, time_us: int) -> Capsules:
        """Balls at the joints that bend visibly."""
        points = self.joints_at(time_us)[_BALLS]
        radii = np.repeat(_BALL_RADII[:, None], 2, axis=1)
        return Capsules(points, points, radii, _lighter(_JOINT_COLOURS[_BALLS]))

    def ghost(self, time_us: int, colour: Floats) -> Capsules:
        """The whole body at another time, thinner and in one colour."""
        body = self.body(time_us, contacts=False)
        return Capsules(body.start, body.end, body.radii * 0.8, np.repeat(colour[None], len(body), axis=0))

    def onion(self, time_us: int) -> Capsules:
        """Ghosts before and after the time, those further away fainter; none beyond the motion's ends.

        The same object as before while the frame of the motion is the same.
        """
        now = round(time_us * self.clip.fps / MICROSECONDS)
        if now != self._onion_frame:
            # Ghosts move from frame to frame of the motion only; nobody sees it, and it saves most of their work.
            ghosts = []
            for seconds in ONION_SECONDS:
                frame = now + round(seconds * self.clip.fps)
                if 0 <= frame < len(self.clip):
                    opacity = 0.34 if abs(seconds) < 0.5 else 0.18
                    tint = rgba(theme.EMOTION if seconds < 0 else theme.AUDIO, opacity)
                    ghosts.append(self.ghost(round(frame / self.clip.fps * MICROSECONDS), tint))
            self._onion_frame, self._onion = now, Capsules.joined(ghosts)
        return self._onion

    def floor_marks(self, time_us: int) -> Capsules:
        """Flat marks under the feet that stand."""
        joints, touch = self.joints_at(time_us), self.contacts_at(time_us)
        rows = []
        for (ankle, foot), strength in zip(
            ((LEFT_ANKLE, LEFT_FOOT), (RIGHT_ANKLE, RIGHT_FOOT)), touch.reshape(2, 2).max(axis=1), strict=True
        ):
            if strength >= CONTACT_SHOWN:
                ahead = joints[foot] + 0.05 * _unit(_level(joints[foot] - joints[ankle]))
                rows.append((joints[ankle], ahead, 0.085, 0.085, rgba(theme.GOOD)))
        return _capsules(rows) if rows else Capsules.joined([])

    def trail(self, joint: int, time_us: int) -> Floats:
        """(N, 3) path of a joint over the last seconds, ending at the time; on the floor for the pelvis."""
        step = MICROSECONDS / self.clip.fps
        start = max(0, time_us - round(TRAIL_SECONDS * MICROSECONDS))
        end = min(time_us, round((len(self.clip) - 1) * step))
        frames = np.arange(int(np.ceil(start / step)), int(end // step) + 1)
        if len(frames) == 0:
            return np.zeros((0, 3), np.float32)
        path = np.concatenate([self.clip.joints[frames, joint], self.joints_at(time_us)[None, joint]])
        if joint == PELVIS:
            path = path * np.array([1, 0, 1], np.float32) + np.array([0, 0.012, 0], np.float32)
        return np.asarray(path, np.float32)

    def _hand_shapes(self, joints: Floats, time_us: int) -> Capsules:
        if self.hands is not None:
            points = self._between(self.hands.reshape(len(self.hands), -1, 3), time_us).reshape(2, 21, 3)
            rows = [
                (hand[first], hand[second], 0.011, 0.009, colour)
                for hand, colour in zip(points, (rgba(theme.LEFT_SIDE), rgba(theme.RIGHT_SIDE)), strict=True)
                for first, second in HAND_EDGES
            ]
            return _capsules(rows)
        rows = []
        # Without finger joints: a relaxed mitten in line with the forearm, the thumb turned to the body's front.
        across = _unit(joints[LEFT_SHOULDER] - joints[RIGHT_SHOULDER])
        ahead = _cross(across, np.array([0, 1, 0], np.float32))
        for elbow, wrist, name in (
            (LEFT_ELBOW, LEFT_WRIST, theme.LEFT_SIDE),
            (RIGHT_ELBOW, RIGHT_WRIST, theme.RIGHT_SIDE),
        ):
            along, at = _unit(joints[wrist] - joints[elbow]), joints[wrist]
            thumb = _unit(ahead - along * float(ahead @ along))
            colour = rgba(name)
            rows.append((at + 0.02 * along, at + 0.075 * along, 0.03, 0.034, colour))
            rows.append((at + 0.085 * along, at + 0.15 * along, 0.03, 0.015, colour))
            rows.append((at + 0.035 * along + 0.025 * thumb, at + 0.085 * along + 0.05 * thumb, 0.015, 0.01, colour))
        return _capsules(rows)


_BALLS: Final = np.array(
    [j for j, name in enumerate(JOINT_NAMES) if name.split("_")[-1] in ("knee", "ankle", "shoulder", "elbow", "wrist")]
)
_BALL_SIZES: Final = {"knee": 0.056, "ankle": 0.042, "shoulder": 0.066, "elbow": 0.05, "wrist": 0.034}
_BALL_RADII: Final = np.array([_BALL_SIZES[JOINT_NAMES[j].split("_")[-1]] for j in _BALLS], np.float32)

TRAIL_JOINTS: Final = {"root_trail": (PELVIS,), "wrist_trails": (LEFT_WRIST, RIGHT_WRIST)}
TRAIL_COLOURS: Final = {PELVIS: theme.MARKER, LEFT_WRIST: theme.LEFT_SIDE, RIGHT_WRIST: theme.RIGHT_SIDE}
assert CONTACT_JOINTS == (LEFT_ANKLE, LEFT_FOOT, RIGHT_ANKLE, RIGHT_FOOT)


def _head(joints: Floats) -> Capsules:
    """Skull and nose; where the face looks follows from the shoulders, as 22 joints do not tell it."""
    up = _unit(_unit(joints[HEAD] - joints[NECK]) + np.array([0, 0.6, 0], np.float32))
    across = _unit(joints[LEFT_SHOULDER] - joints[RIGHT_SHOULDER])
    ahead = _unit(_cross(across, up))
    base = joints[HEAD]
    colour = rgba(theme.MIDDLE)
    crown = (base + 0.035 * up + 0.022 * ahead, base + 0.105 * up + 0.008 * ahead, 0.074, 0.094, colour)
    nose = (base + 0.055 * up + 0.088 * ahead, base + 0.035 * up + 0.112 * ahead, 0.013, 0.017, colour)
    return _capsules([crown, nose])


def _on_leash(path: NDArray[np.float64], length: float) -> NDArray[np.float64]:
    """(N, 3) what a path draws behind itself on a leash of that length; it begins at the path's beginning."""
    drawn = np.empty_like(path)
    x, y, z = path[0].tolist()
    for index, (to_x, to_y, to_z) in enumerate(path.tolist()):
        away = math.dist((x, y, z), (to_x, to_y, to_z))
        if away > length:
            share = 1 - length / away
            x, y, z = x + share * (to_x - x), y + share * (to_y - y), z + share * (to_z - z)
        drawn[index] = x, y, z
    return drawn


def _level(vector: Floats) -> Floats:
    return np.asarray(vector * np.array([1, 0, 1]), np.float32)


def _cross(a: Floats, b: Floats) -> Floats:
    # A tenth of the time of NumPy's, which is made for whole arrays; this is called for every frame on the screen.
    (ax, ay, az), (bx, by, bz) = a.tolist(), b.tolist()
    return np.array([ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx], np.float32)


def _unit(vector: Floats) -> Floats:
    return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-6), np.float32)


def _lighter(colours: Floats) -> Floats:
    return np.asarray(colours * [1, 1, 1, 1] * 0.8 + 0.2, np.float32)
