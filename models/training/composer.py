"""Composes training sequences from captures: gesturing speakers, with prompted actions.

There is no free set of speech with motion, so the pairs are made by rule: gesture clips are placed so that their
fastest wrist moment falls on an accent of a recording, over a standing idle whose feet stay put; prompted actions are
laid over (arms and torso) or put in between (whole body). All timing of speech is therefore rule-made. Joints only;
encoding is the caller's.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.constants import MOTION_FPS
from core.features import mirror
from core.skeleton import LEFT_HIP, LEFT_SHOULDER, PELVIS, RIGHT_HIP, RIGHT_SHOULDER
from models.training.captions import action_of
from models.training.captures import Capture, resample

Joints = NDArray[np.float64]

_SHORT = frozenset({"kick", "kick_back", "jump", "punch", "throw", "reach", "reach_low", "reach_high"})
"""Actions of which the captures show a second or two between long stretches of standing."""

UPPER = np.array([3, 6, 9, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21])
"""Joints of torso, head and arms."""

LOWER = np.array([0, 1, 2, 4, 5, 7, 8, 10, 11])
_ARMS = np.array([18, 19, 20, 21])
_OVERLAID = frozenset(
    {"wave", "raise", "bye", "call", "respond", "think", "scratch", "scratch_chest", "touch_hands", "guitar"}
)
"""Prompted actions of arms and torso that leave the legs to the speaker."""

_HELD = {"point_side": 0.7, "point_forward": 0.5, "stop": 0.6, "shrug": 0.7, "raise": 0.3, "me": 0.4, "offer": 0.4}
"""Actions that people hold for a while, and how often; the captures let go of them at once."""

_FADE = 6  # frames of the blend into a gesture
_SETTLE = 9  # frames of the blend back to idle


@dataclass(frozen=True)
class Labelled:
    """What a stretch of a composed sequence shows: frames [start, end) of a clip with this content and style."""

    start: int
    end: int
    content: str
    style: str
    mirrored: bool


@dataclass(frozen=True)
class Composition:
    """A composed sequence.

    Attributes:
        joints: (T, 22, 3) metres.
        labels: prompted stretches in time order; everything else is speech.
    """

    joints: NDArray[np.float32]
    labels: tuple[Labelled, ...]


@dataclass(frozen=True)
class _Gesture:
    """A clip with its first pelvis at the origin, its fastest wrist moment, and what it shows."""

    joints: Joints
    peak: int
    clip: Capture


@dataclass
class _Stance:
    """Clips of one actor that begin and end in the same way of standing."""

    base: Joints
    gestures: list[_Gesture] = field(default_factory=list)


def _smoothstep(count: int) -> NDArray[np.float64]:
    x = (np.arange(count) + 1.0) / (count + 1.0)
    return x * x * (3 - 2 * x)


def _heading(frame: Joints) -> float:
    across = frame[RIGHT_HIP] - frame[LEFT_HIP] + frame[RIGHT_SHOULDER] - frame[LEFT_SHOULDER]
    return float(np.arctan2(-across[2], -across[0]) * -1.0)


def _turned(joints: Joints, angle: float) -> Joints:
    """Rotate about the vertical so that +Z moves towards +X by `angle`."""
    cos, sin = np.cos(angle), np.sin(angle)
    result = joints.copy()
    result[..., 0] = cos * joints[..., 0] + sin * joints[..., 2]
    result[..., 2] = -sin * joints[..., 0] + cos * joints[..., 2]
    return result


def _centred(joints: Joints) -> Joints:
    """First pelvis over the origin, first frame facing +Z."""
    moved = joints - joints[0, PELVIS] * np.array([1.0, 0.0, 1.0])
    return _turned(moved, -_heading(moved[0]))


def wrist_peak(joints: Joints) -> int:
    """Frame in which a wrist moves fastest relative to the pelvis, smoothed over three frames."""
    wrists = joints[:, [20, 21]] - joints[:, :1]
    speed = np.linalg.norm(np.diff(wrists, axis=0), axis=-1).max(axis=-1)
    return int(np.argmax(np.convolve(speed, np.ones(3) / 3, mode="same")))


def trimmed(joints: Joints, rest: int = 7) -> Joints:
    """An action without the standing about before and after it, of which `rest` frames are left.

    The action is where any joint moves faster than a fifth of the clip's highest speed (relative to the pelvis).
    """
    relative = joints - joints[:, :1]
    speed = np.linalg.norm(np.diff(relative, axis=0), axis=-1).max(axis=-1)
    speed = np.convolve(speed, np.ones(3) / 3, mode="same")
    active = np.flatnonzero(speed > 0.2 * speed.max())
    return joints[max(int(active[0]) - rest, 0) : int(active[-1]) + rest + 2]


def apex(joints: Joints) -> int:
    """Frame in which an action is most itself: its upper body is farthest from where it began and ended."""
    relative = (joints - joints[:, :1])[:, UPPER]
    way = np.linalg.norm(relative - (relative[0] + relative[-1]) / 2, axis=-1).mean(axis=-1)
    return int(np.argmax(np.convolve(way, np.ones(3) / 3, mode="same")))


def held(joints: Joints, frame: int, extra: int, around: int = 3) -> Joints:
    """Let an action rest: the `around` frames on both sides of `frame` last `extra` frames longer, in slow motion.

    Args:
        joints: (T, 22, 3).
        frame: where the action is held.
        extra: frames that it gains.
        around: how far the slow motion reaches.

    Returns:
        (T + extra, 22, 3).
    """
    first, last = max(frame - around, 0), min(frame + around, len(joints) - 1)
    slow = np.linspace(first, last, last - first + 1 + extra)
    times = np.concatenate([np.arange(first), slow, np.arange(last + 1, len(joints))])
    lower = np.minimum(times.astype(int), len(joints) - 2)
    share = (times - lower)[:, None, None]
    return joints[lower] * (1 - share) + joints[lower + 1] * share


def _stretched(joints: Joints, speed: float) -> Joints:
    return joints if abs(speed - 1) < 0.02 else resample(joints, MOTION_FPS * speed, MOTION_FPS)


class Composer:
    """Draws composed sequences from a set of captures.

    The same random generator state gives the same sequence.
    """

    def __init__(self, clips: Iterable[Capture]) -> None:
        self._stances: dict[str, _Stance] = {}
        self._idles: list[Joints] = []
        self._actions: dict[str, dict[str, list[Capture]]] = {}
        for clip in clips:
            if clip.mirrored:
                continue
            action = action_of(clip.content)
            group = f"{action.key}/{action.side}"
            self._actions.setdefault(group, {}).setdefault(f"{clip.content}/{clip.style}", []).append(clip)
            joints = _centred(clip.joints.astype(np.float64))
            if (
                re.search(r"Idle0?\d*$|IdleStand01$|^idle|Idle00\d$", clip.content)
                and "Fight" not in clip.content
                and len(joints) > 50
            ):
                self._idles.append(joints - joints[:1])
            if action.speech and clip.source == "smartbody" and len(joints) >= 16:
                self._add_gesture(clip, joints)
        self._stances = {key: value for key, value in self._stances.items() if len(value.gestures) >= 8}
        if not self._stances or not self._idles:
            raise ValueError("the captures hold no gestures of a standing speaker; the smartbody set is needed")
        self._groups = sorted(self._actions)
        totals = np.array(
            [sum(len(c.joints) for v in self._actions[g].values() for c in v) for g in self._groups], dtype=float
        )
        weights = totals**0.3
        for position, group in enumerate(self._groups):
            if group.split("/")[0] in _FAVOURED:
                weights[position] *= _FAVOURED[group.split("/")[0]]
        self._weights = weights / weights.sum()

    def _add_gesture(self, clip: Capture, joints: Joints) -> None:
        name = clip.name.rsplit("/", 1)[-1]
        prefix = name.split("_")[0] if "@" in name else clip.actor
        if clip.actor in ("Utah", "UtahNods") or "Locomotion" in clip.name:
            return
        stance = self._stances.setdefault(f"{clip.actor}/{prefix}", _Stance(joints[0]))
        stance.gestures.append(_Gesture(joints, wrist_peak(joints), clip))

    def _idle(self, stance: _Stance, frames: int, random: np.random.Generator) -> Joints:
        """A standing idle of any length: the stance moved by the small movements of real idles, played to and fro."""
        source = self._idles[int(random.integers(len(self._idles)))]
        loop = np.concatenate([source, source[-2:0:-1]])
        start = int(random.integers(len(loop)))
        moves = loop[(start + np.arange(frames)) % len(loop)]
        moves = moves - moves[0] * 0.5
        if np.abs(moves[:, LOWER]).max() > 0.25:  # a restless idle would slide the feet
            moves = moves * 0.3
        moves[:, [7, 8, 10, 11]] = 0.0
        moves[:, [4, 5]] *= 0.5
        return stance.base + moves

    def _overlay(self, base: Joints, clip: Joints, start: int, random: np.random.Generator, size: float = 1.0) -> int:
        """Lay a clip's torso and arms over `base` in place, from frame `start`. Returns the first frame after it."""
        end = min(start + len(clip), len(base))
        if end - start < 4:
            return start
        part = _turned(clip[: end - start], _heading(base[start]) - _heading(clip[0]))
        relative = part[:, UPPER] - part[:, PELVIS : PELVIS + 1]
        if size != 1.0:
            rest = relative[0]
            arms = np.isin(UPPER, _ARMS)
            relative[:, arms] = rest[arms] + (relative[:, arms] - rest[arms]) * size
        own = base[start:end, UPPER] - base[start:end, PELVIS : PELVIS + 1]
        weight = np.ones(end - start)
        rise, fall = min(_FADE, (end - start) // 2), min(_SETTLE, (end - start) // 2)
        weight[:rise] = _smoothstep(rise)
        if end < len(base):
            weight[len(weight) - fall :] = np.minimum(weight[len(weight) - fall :], _smoothstep(fall)[::-1])
        blended = own * (1 - weight)[:, None, None] + relative * weight[:, None, None]
        base[start:end, UPPER] = base[start:end, PELVIS : PELVIS + 1] + blended
        return end

    def speaker(self, frames: int, accents: ArrayLike, random: np.random.Generator) -> Joints:
        """A standing speaker whose gestures strike on accents.

        Args:
            frames: length.
            accents: frame numbers of accents, rising.
            random: source of chance.

        Returns:
            (frames, 22, 3).
        """
        stance = list(self._stances.values())[int(random.integers(len(self._stances)))]
        base = self._idle(stance, frames, random)
        liveliness = random.uniform(0.75, 1.0)
        free = 0
        for accent in np.asarray(accents, dtype=np.float64).tolist():
            if random.random() > liveliness:
                continue
            gesture = stance.gestures[int(random.integers(len(stance.gestures)))]
            joints = _stretched(gesture.joints, random.uniform(0.9, 1.25))
            peak = wrist_peak(joints)
            # Preparation may be cut short: the stroke must fall on the accent even when accents follow closely.
            start = round(accent) - peak
            late = max(free - start, 0)
            if late > max(peak - 4, 0):
                continue
            tail = int(random.integers(6, 14))
            stop = min(len(joints), peak + tail + int(random.integers(0, 20)))
            used = joints[late:stop]
            if start + late >= frames - 6:
                break
            end = (
                self._overlay(base, used, max(start + late, 0), random, random.uniform(0.85, 1.25))
                if start + late >= 0
                else (
                    self._overlay(base, used[-(start + late) :], 0, random) if len(used) > -(start + late) + 6 else free
                )
            )
            free = max(free, end - _SETTLE + 2)
        return base

    def _draw_action(self, random: np.random.Generator, group: str | None = None) -> Capture:
        chosen = group or self._groups[int(random.choice(len(self._groups), p=self._weights))]
        contents = self._actions[chosen]
        names = sorted(contents)
        clips = contents[names[int(random.integers(len(names)))]]
        return clips[int(random.integers(len(clips)))]

    def _action_joints(self, clip: Capture, frames: int, random: np.random.Generator) -> Joints:
        """An action's joints, varied in speed, sometimes repeated or cut to its heart."""
        joints = clip.joints.astype(np.float64)
        key = action_of(clip.content).key
        short = key in _SHORT
        if short and random.random() < 0.8:
            joints = trimmed(joints, int(random.integers(4, 12)))
        joints = _stretched(joints, random.uniform(*_SPEEDS.get(key, (0.85, 1.2))))
        if random.random() < _HELD.get(key, 0.0) and len(joints) > 8:
            joints = held(joints, apex(joints), int(random.integers(5, 12 if key == "shrug" else 30)))
        chance = random.random()
        if short:
            return (append(joints, joints, 6) if chance < 0.15 else joints)[:frames]
        if chance < 0.15 and len(joints) > 30:
            peak = wrist_peak(joints)
            keep = int(len(joints) * random.uniform(0.6, 0.85))
            start = int(np.clip(peak - keep // 2, 0, len(joints) - keep))
            joints = joints[start : start + keep]
        elif chance < 0.35:
            joints = append(joints, joints, 6)
        return joints[:frames]

    def compose(self, frames: int, accents: ArrayLike, random: np.random.Generator) -> Composition:
        """A speaker with zero to two prompted actions.

        Args:
            frames: length.
            accents: frame numbers of the recording's accents; empty for silence.
            random: source of chance.
        """
        base = self.speaker(frames, accents, random)
        labels: list[Labelled] = []
        chance = random.random()
        count = 0 if chance < 0.25 else (2 if chance > 0.8 else 1)
        cursor = 0
        for _ in range(count):
            clip = self._draw_action(random)
            action = action_of(clip.content)
            joints = self._action_joints(clip, frames - 8, random)
            latest = frames - min(len(joints), 40)
            if cursor >= latest:
                break
            start = int(random.integers(cursor, latest)) if random.random() > 0.15 else cursor
            if action.key in _OVERLAID or (action.speech and random.random() < 0.7):
                end = self._overlay(base, _centred(joints), start, random)
                first = start
            else:
                base, first, end = insert(base, joints, start, int(random.integers(6, 12)))
            # Users draw prompts longer than the action: the speaker stands behind it, still inside.
            # It begins with the action at once: were its place left open, the network would mostly choose to stand.
            before, after = int(random.integers(0, 5)), int(random.integers(0, 5 if random.random() < 0.5 else 40))
            first, end = max(first - before, cursor), min(end + after, frames)
            labels.append(Labelled(first, end, clip.content, clip.style, False))
            cursor = end
        if random.random() < 0.5:
            base = mirror(base)
            labels = [Labelled(x.start, x.end, x.content, x.style, True) for x in labels]
        return Composition(base.astype(np.float32), tuple(labels))

    def action_alone(self, frames: int, random: np.random.Generator) -> Composition:
        """One action that fills the sequence as far as its clip reaches; the result may be shorter than `frames`."""
        clip = self._draw_action(random)
        joints = self._action_joints(clip, frames, random)
        flip = bool(random.random() < 0.5)
        if flip:
            joints = mirror(joints)
        return Composition(joints.astype(np.float32), (Labelled(0, len(joints), clip.content, clip.style, flip),))


_FAVOURED = {
    "wave": 1.5, "raise": 1.5, "bow": 3.5, "walk": 1.8, "turn_walk": 1.5, "point_side": 6.0, "stop": 3.0,
    "shrug": 15.0, "kick": 10.0, "jump": 1.5, "punch": 8.0, "walk_back": 1.5, "nod": 1.5, "indicate": 0.7, "idle": 1.5,
    "think": 4.0, "reach_low": 5.0, "strafe": 4.0,
}  # fmt: skip
"""Actions that creators ask for most get more than their share, and so do rare ones that come out weak otherwise."""

_SPEEDS = {"punch": (1.0, 1.35)}
"""Ranges of playing speed; the captured punches are careful ones, and codes blunt what is quick."""


def append(first: Joints, second: Joints, gap: int) -> Joints:
    """Put `second` behind `first`.

    Same place and heading where they meet, with `gap` frames of blended pose between.
    """
    head = _heading(first[-1])
    placed = _turned(second - second[0, PELVIS] * np.array([1.0, 0.0, 1.0]), head - _heading(second[0]))
    placed = placed + first[-1, PELVIS] * np.array([1.0, 0.0, 1.0])
    weight = _smoothstep(gap)[:, None, None]
    bridge = first[-1] * (1 - weight) + placed[0] * weight
    return np.concatenate([first, bridge, placed])


def insert(base: Joints, action: Joints, start: int, gap: int) -> tuple[Joints, int, int]:
    """Let a whole-body action happen at frame `start` of `base`, which goes on afterwards where the action ended.

    Returns:
        the joints, as long as `base`; first and end frame of the action with its transitions.
    """
    frames = len(base)
    if start < 2:
        result, first = action, 0
    else:
        result, first = append(base[:start], action, gap), start
    end = len(result)
    if end < frames - gap - 2:
        result = append(result, base[end + gap :], gap)
        end += gap // 2
    return result[:frames], first, min(end, frames)
