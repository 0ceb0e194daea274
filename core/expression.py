"""How an emotion moves the arms: the size and the pace of the gestures in its time, and nothing else.

A calm, deterministic step on finished motion. The tokens, the trunk, the legs and the head stay as they are; where no
emotion is asked for, so do the arms, bit for bit. How the face looks is the renderers' business.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.interpolate import CubicSpline
from scipy.ndimage import gaussian_filter1d, maximum_filter1d, minimum_filter1d
from scipy.signal import find_peaks

from core.body_clearance import clearance
from core.constants import FRAMES_PER_TOKEN, MOTION_FPS
from core.runs import runs
from core.skeleton import (
    LEFT_ELBOW,
    LEFT_SHOULDER,
    LEFT_WRIST,
    NECK,
    PELVIS,
    RIGHT_ELBOW,
    RIGHT_SHOULDER,
    RIGHT_WRIST,
)
from core.timeline import EMOTIONS, Emotion, Project, token_range

Array = NDArray[np.float64]

AROUSAL_DOMINANCE: Final[dict[Emotion, tuple[float, float]]] = {
    "neutral": (0.0, 0.0),
    "happy": (0.51, 0.46),
    "sad": (-0.27, -0.33),
    "angry": (0.59, 0.25),
    "surprised": (0.67, -0.13),
    "fearful": (0.60, -0.43),
    "disgusted": (0.35, 0.11),
    "contempt": (-0.10, 0.30),
}
"""Arousal and dominance, -1..1.

As rated for the words in J. A. Russell and A. Mehrabian, Evidence for a three-factor theory of emotions, 1977 (happy,
sad, angry, surprised, fearful, disgusted); contempt, a class of its own here, is set by us: calm and superior. That
arousal shows in the speed and energy of arm movements, and sadness in slow and small ones: F. E. Pollick et al.,
Perceiving affect from arm movement, 2001; H. G. Wallbott, Bodily expression of emotion, 1998.
"""

SIZE: Final = (0.45, 0.30)
"""How much arousal and dominance make gestures larger."""

PACE: Final = 1.0
"""How much arousal quickens strokes, see `_retimed`."""

STEPS: Final = 63
"""An emotion's strength counts in steps of one of so many."""

_EASE: Final = 6.0  # frames on each side of a border within which an emotion sets in
_CENTRE: Final = 30.0  # standard deviation in frames of the slow course that gestures swing around
_MARGIN: Final = 6 * MOTION_FPS  # frames around a stretch that its gestures are read from
_SPEED_FLOOR: Final = 0.06  # metres a second that even a resting hand counts as moving
_GAINS: Final = (1.0, 0.75, 0.5, 0.25)
_BELOW: Final = -0.12  # metres: hands that speak stay that far below the shoulders
_AROUND: Final = 17  # frames
_CHAINS: Final = ((LEFT_SHOULDER, LEFT_ELBOW, LEFT_WRIST), (RIGHT_SHOULDER, RIGHT_ELBOW, RIGHT_WRIST))


@dataclass(frozen=True)
class Manner:
    """How gestures are done.

    Attributes:
        size: of the swing of the arms about their slow course, 1 as it is.
        pace: 1 as it is; above, strokes are quicker and the rests between them longer; below, the other way round.
    """

    size: float
    pace: float


def manner(emotion: Emotion, strength: float = 1.0) -> Manner:
    """Return how an emotion of a strength (0..1) lets people gesture."""
    arousal, dominance = AROUSAL_DOMINANCE[emotion]
    size = 1.0 + strength * (SIZE[0] * arousal + SIZE[1] * dominance)
    return Manner(size, 1.0 + strength * PACE * arousal)


def emotion_codes(project: Project, count: int) -> NDArray[np.int64]:
    """Return (N,) what emotion rules each token of a recording, and how much: 0 for none.

    An emotion track comes before the prompt tracks, and an earlier track before a later one, as for the face.
    """
    codes = np.zeros(count, dtype=np.int64)
    tracks = [track for track in project.tracks if not track.muted]
    for track in sorted(tracks, key=lambda track: track.kind != "emotion")[::-1]:
        for segment in track.segments:
            if segment.emotion_strength > 0:
                start, end = token_range(segment.start_us, segment.end_us)
                step = round(STEPS * segment.emotion_strength)
                moves = AROUSAL_DOMINANCE[segment.emotion] != (0.0, 0.0)
                codes[start:end] = EMOTIONS.index(segment.emotion) * (STEPS + 1) + step if moves else 0
    return codes


def expressed(joints: ArrayLike, codes: ArrayLike) -> Array:
    """Return the motion with the arms as emotions move them; bones keep their lengths.

    Args:
        joints: (T, 22, 3) metres, finished.
        codes: (N,) from `emotion_codes`, N tokens that cover T frames.

    Returns:
        (T, 22, 3); frames farther than 0.3 s from every emotion, and all joints but elbows and wrists, are unchanged.
    """
    source = np.asarray(joints, dtype=np.float64)
    size, pace = _courses(np.asarray(codes), len(source))
    result = source.copy()
    touched = (size != 1.0) | (pace != 1.0)
    for start, end in _gathered(list(runs(touched)), len(source)):
        part = slice(start, end)
        inside = touched[part]
        result[part][inside] = _Arms(source[part]).moved(size[part], pace[part])[inside]
    return result


def _gathered(stretches: list[tuple[int, int]], frames: int) -> list[tuple[int, int]]:
    """Widen stretches by the margin; those that meet then become one."""
    found: list[tuple[int, int]] = []
    for start, end in stretches:
        start, end = max(start - _MARGIN, 0), min(end + _MARGIN, frames)
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return found


def _courses(codes: NDArray[np.int64], frames: int) -> tuple[Array, Array]:
    """(T,) size and pace, eased at the borders of emotions; exactly 1 where none is near."""
    manners = {code: manner(EMOTIONS[code // (STEPS + 1)], code % (STEPS + 1) / STEPS) for code in np.unique(codes)}
    kernel = np.hanning(2 * int(_EASE) + 1)
    kernel = kernel[1:-1] / kernel.sum()
    courses = []
    for values in ([manners[code].size for code in codes], [manners[code].pace for code in codes]):
        steps = np.repeat(np.asarray(values, dtype=np.float64) - 1.0, FRAMES_PER_TOKEN)[:frames]
        padded = np.pad(steps, len(kernel) // 2, mode="edge")
        courses.append(1.0 + np.convolve(padded, kernel, mode="valid"))
    return courses[0], courses[1]


class _Arms:
    """The arms of a stretch, as directions of their bones seen from the chest."""

    def __init__(self, joints: Array) -> None:
        self._joints = joints
        left = _unit(joints[:, LEFT_SHOULDER] - joints[:, RIGHT_SHOULDER])
        up = joints[:, NECK] - joints[:, PELVIS]
        ahead = _unit(np.cross(left, up))
        self._chest = np.stack([left, np.cross(ahead, left), ahead], axis=-1)  # columns; chest to world
        bones = np.stack([joints[:, chain[k + 1]] - joints[:, chain[k]] for chain in _CHAINS for k in (0, 1)], axis=1)
        self._lengths = np.linalg.norm(bones, axis=-1, keepdims=True)
        self._directions = _unit(np.einsum("tij,tbi->tbj", self._chest, bones))

    def moved(self, size: Array, pace: Array) -> Array:
        """(T, 22, 3) with another manner; less of it where hands would go into the body or into each other.

        A hand also stays above its shoulder or below it, as it is: a raised hand is an action, not a manner.
        """
        before, level = clearance(self._joints), _levels(self._joints)
        # Of the moments around, as a stroke that crosses the border may do so earlier or later.
        highest, lowest = (f(level, _AROUND, axis=0) for f in (maximum_filter1d, minimum_filter1d))
        gain = np.zeros(len(size))
        for tried in _GAINS[::-1]:
            made = self._with(1.0 + tried * (size - 1.0), 1.0 + tried * (pace - 1.0))
            fits = clearance(made) >= np.minimum(before, 0.0) - 1e-9
            now = _levels(made)
            stays = ((now <= _BELOW) | (highest > _BELOW)) & ((now >= 0.0) | (lowest < 0.0))
            gain = np.where(fits & stays.all(axis=1), tried, gain)
        # Eased, and nowhere more than what fits.
        gain = gaussian_filter1d(minimum_filter1d(gain, 13), 2.0, truncate=3.0)
        return self._with(1.0 + gain * (size - 1.0), 1.0 + gain * (pace - 1.0))

    def _with(self, size: Array, pace: Array) -> Array:
        directions = _swung(self._retimed(pace), size)
        bones = np.einsum("tij,tbj->tbi", self._chest, directions) * self._lengths
        result = self._joints.copy()
        for arm, (shoulder, elbow, wrist) in enumerate(_CHAINS):
            result[:, elbow] = result[:, shoulder] + bones[:, 2 * arm]
            result[:, wrist] = result[:, elbow] + bones[:, 2 * arm + 1]
        return result

    def _retimed(self, pace: Array) -> Array:
        """Directions on the same path with another timing between the moments of rest.

        A stroke goes from one rest (a minimum of the hands' speed v) to the next. On its way the speed becomes
        proportional to v ** pace, so a quicker stroke keeps its beginning, its end and its path.
        """
        count = len(pace)
        hands = self._directions * self._lengths
        reach = np.concatenate([hands[:, 0] + hands[:, 1], hands[:, 2] + hands[:, 3]], axis=-1)
        if count < 3 or not (pace != 1.0).any():
            return self._directions
        speed = np.linalg.norm(np.gradient(reach, axis=0), axis=-1) * MOTION_FPS
        speed = gaussian_filter1d(speed, 1.5, mode="nearest") + _SPEED_FLOOR
        rests = find_peaks(-speed)[0]
        borders = np.concatenate([[0], rests[(rests > 0) & (rests < count - 1)], [count - 1]])
        time = np.arange(count, dtype=np.float64)
        way = _way(speed)
        # Only as much of another timing as is asked for at a place, so that it sets in and ends smoothly.
        wanted = _way(speed**pace)
        moved = time.copy()
        for first, last in pairwise(borders):
            frames = slice(first, last + 1)
            share = (wanted[frames] - wanted[first]) / (wanted[last] - wanted[first])
            moved[frames] = np.interp(way[first] + share * (way[last] - way[first]), way[frames], time[frames])
        return _unit(CubicSpline(time, self._directions, axis=0)(moved))


def _levels(joints: Array) -> Array:
    """(T, 2) metres of the wrists above their shoulders."""
    return joints[:, [LEFT_WRIST, RIGHT_WRIST], 1] - joints[:, [LEFT_SHOULDER, RIGHT_SHOULDER], 1]


def _way(speed: Array) -> Array:
    """(T,) way gone since the first frame, by the trapezoidal rule."""
    return np.concatenate([[0.0], np.cumsum(0.5 * (speed[1:] + speed[:-1]))])


def _swung(directions: Array, size: Array) -> Array:
    """Turn (T, B, 3) directions away from their slow course, or towards it, by a factor (T,) of the angle."""
    centre = _unit(gaussian_filter1d(directions, _CENTRE, axis=0, mode="nearest", truncate=3.0))
    cosine = np.clip(np.sum(centre * directions, axis=-1, keepdims=True), -1.0, 1.0)
    across = directions - cosine * centre
    angle = np.arccos(cosine)
    wanted = np.minimum(angle * size[:, None, None], np.maximum(angle, 0.75 * np.pi))
    return _unit(np.cos(wanted) * centre + np.sin(wanted) * _unit(across))


def _unit(vectors: Array) -> Array:
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-12))
