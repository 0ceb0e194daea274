"""Predicates on going, turning, legs and standing still; see `models.predicates` for those on hands and trunk.

Distances and turns are those of the pelvis as the body itself sees them.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from core import physics
from core.constants import MOTION_FPS
from core.skeleton import LEFT_ANKLE, LEFT_FOOT, LEFT_HIP, PELVIS, RIGHT_ANKLE, RIGHT_FOOT, RIGHT_HIP
from models.predicate_clip import LEG, Array, PredicateResult, PreparedClip, count_swings, prepare, smooth, verdict

MAX_JITTER: Final = 0.0045
"""Metres of `jitter` from which a body is seen to tremble; 98 % of captured gestures stay below."""


# ---- going and legs


@dataclass(frozen=True)
class _Walk:
    ahead: float
    left: float
    path: float
    turn: float
    steps: int
    speed: float


def _walk(clip: PreparedClip) -> _Walk:
    """Way and turn of the pelvis, as the body itself sees them, and the steps of the feet."""
    heading = smooth(physics.heading_angles(clip.world), 0.2 * clip.fps)
    step = np.diff(smooth(clip.world[:, PELVIS], 0.1 * clip.fps)[:, [0, 2]], axis=0)
    sine, cosine = np.sin(heading[:-1]), np.cos(heading[:-1])
    ahead = step[:, 0] * sine + step[:, 1] * cosine
    left = step[:, 0] * cosine - step[:, 1] * sine
    length = np.linalg.norm(step, axis=1)
    moving = length * clip.fps > 0.15
    apart = clip.body[:, LEFT_ANKLE] - clip.body[:, RIGHT_ANKLE]
    return _Walk(
        ahead=float(ahead.sum()),
        left=float(left.sum()),
        path=float(length.sum()),
        turn=float(np.degrees(heading[-1] - heading[0])),
        steps=count_swings(apart[:, 2], 0.12),
        speed=float(length[moving].mean() * clip.fps) if moving.any() else 0.0,
    )


def _walk_words(walk: _Walk) -> str:
    return (
        f"{walk.ahead:+.2f} m ahead, {walk.left:+.2f} m to the left, turned {walk.turn:+.0f} degrees, "
        f"{walk.steps} steps, {walk.speed:.1f} m/s"
    )


def walk_forward(joints: ArrayLike | PreparedClip, fps: float = MOTION_FPS) -> PredicateResult:
    """The body goes ahead by 0.7 m or more in steps, without turning by more than 45 degrees."""
    walk = _walk(prepare(joints, fps))
    straight = abs(walk.left) < 0.35 * abs(walk.ahead) and abs(walk.turn) < 45.0 and walk.ahead > 0.75 * walk.path
    return verdict(walk.ahead / 0.7, _walk_words(walk), also=straight and walk.steps >= 1)


def walk_backward(joints: ArrayLike | PreparedClip, fps: float = MOTION_FPS) -> PredicateResult:
    """The body goes backwards by 0.5 m or more in steps, without turning by more than 45 degrees."""
    walk = _walk(prepare(joints, fps))
    straight = abs(walk.left) < 0.5 * abs(walk.ahead) and abs(walk.turn) < 45.0 and -walk.ahead > 0.6 * walk.path
    return verdict(-walk.ahead / 0.5, _walk_words(walk), also=straight and walk.steps >= 1)


def turn_left_walking(joints: ArrayLike | PreparedClip, fps: float = MOTION_FPS) -> PredicateResult:
    """The body goes 0.7 m or more in steps and turns to its left by 40 degrees or more."""
    walk = _walk(prepare(joints, fps))
    return verdict(walk.turn / 40.0, _walk_words(walk), also=walk.path > 0.7 and walk.steps >= 1)


def turn_right_walking(joints: ArrayLike | PreparedClip, fps: float = MOTION_FPS) -> PredicateResult:
    """The body goes 0.7 m or more in steps and turns to its right by 40 degrees or more."""
    walk = _walk(prepare(joints, fps))
    return verdict(-walk.turn / 40.0, _walk_words(walk), also=walk.path > 0.7 and walk.steps >= 1)


def _foot_heights(clip: PreparedClip) -> Array:
    """(T, 2) height of left and right ankle above where they stand."""
    heights = clip.world[:, [LEFT_ANKLE, RIGHT_ANKLE], 1]
    return np.asarray(heights - np.percentile(heights, 5, axis=0))


def _kick(joints: ArrayLike | PreparedClip, fps: float, sides: str) -> PredicateResult:
    clip = prepare(joints, fps)
    heights = _foot_heights(clip)
    hips = smooth(clip.world[:, PELVIS], 0.1 * fps)[:, [0, 2]]
    travel = np.linalg.norm(np.gradient(hips, axis=0), axis=1) * fps if len(hips) > 1 else np.zeros(len(hips))
    best: dict[str, float] = {}
    for side, hip, ankle, own, other in (
        ("left", LEFT_HIP, LEFT_ANKLE, 0, 1),
        ("right", RIGHT_HIP, RIGHT_ANKLE, 1, 0),
    ):
        leg = np.linalg.norm(clip.body[:, ankle] - clip.body[:, hip], axis=1) / LEG
        shown = np.where((leg > 0.7) & (heights[:, other] < 0.12) & (travel < 1.2), heights[:, own], 0.0)
        best[side] = float(shown.max())
    side = max(best, key=best.__getitem__)
    height, right = best[side], sides in ("", side)
    reason = f"the {side} foot goes up by {height:.2f} m on a stretched leg" if height > 0 else "no leg is swung up"
    # A swing of the other leg is no kick of this one, however high this one goes as well.
    return verdict((height if right else best[sides]) / 0.25, reason, also=right)


def kick(joints: ArrayLike | PreparedClip, fps: float = MOTION_FPS) -> PredicateResult:
    """One foot goes up by 0.25 m or more on a stretched leg while the other stands."""
    return _kick(joints, fps, "")


def kick_left(joints: ArrayLike | PreparedClip, fps: float = MOTION_FPS) -> PredicateResult:
    """As `kick`, and it is the left foot that goes up highest."""
    return _kick(joints, fps, "left")


def kick_right(joints: ArrayLike | PreparedClip, fps: float = MOTION_FPS) -> PredicateResult:
    """As `kick`, and it is the right foot that goes up highest."""
    return _kick(joints, fps, "right")


def jump(joints: ArrayLike | PreparedClip, fps: float = MOTION_FPS) -> PredicateResult:
    """Both feet leave the ground at once, the hips rise by 8 cm or more, and come down again."""
    clip = prepare(joints, fps)
    feet = clip.world[:, [LEFT_ANKLE, RIGHT_ANKLE, LEFT_FOOT, RIGHT_FOOT], 1]
    air = (feet - np.percentile(feet, 5, axis=0)).min(axis=1)
    hips = clip.world[:, PELVIS, 1]
    top = int(np.argmax(air))
    near = slice(max(0, top - round(1.5 * fps)), top + round(1.5 * fps) + 1)
    rise = float(hips[top] - np.median(hips[near]))
    reason = f"both feet are {air[top]:.2f} m up with the hips {rise:+.2f} m"
    return verdict(float(air[top]) / 0.13, reason, also=rise > 0.0)


# ---- running, stepping aside, turning


def run(joints: ArrayLike | PreparedClip, fps: float = MOTION_FPS) -> PredicateResult:
    """The body goes ahead faster than people walk: 1.9 m/s or more over half a second, in steps."""
    clip = prepare(joints, fps)
    walk = _walk(clip)
    step = np.linalg.norm(np.diff(smooth(clip.world[:, PELVIS], 0.1 * fps)[:, [0, 2]], axis=0), axis=1) * fps
    span = max(1, round(0.5 * fps))
    fastest = float(np.convolve(step, np.ones(span) / span, mode="valid").max()) if len(step) >= span else 0.0
    reason = f"{fastest:.1f} m/s over half a second, {walk.steps} steps"
    return verdict(fastest / 1.9, reason, also=walk.steps >= 1 and walk.ahead > 0.5 * walk.path)


def _sidestep(joints: ArrayLike | PreparedClip, fps: float, side: float) -> PredicateResult:
    walk = _walk(prepare(joints, fps))
    way = walk.left * side
    straight = abs(walk.ahead) < 0.6 * abs(walk.left) and abs(walk.turn) < 40.0
    return verdict(way / 0.2, _walk_words(walk), also=straight)


def sidestep_left(joints: ArrayLike | PreparedClip, fps: float = MOTION_FPS) -> PredicateResult:
    """The body goes 0.2 m or more to its left, at most 0.6 times as far ahead, and does not turn."""
    return _sidestep(joints, fps, 1.0)


def sidestep_right(joints: ArrayLike | PreparedClip, fps: float = MOTION_FPS) -> PredicateResult:
    """The body goes 0.2 m or more to its right, at most 0.6 times as far ahead, and does not turn."""
    return _sidestep(joints, fps, -1.0)


def _turned_by(joints: ArrayLike | PreparedClip, fps: float, limit: float) -> PredicateResult:
    """A turn by so many degrees or more, to the right where they are negative."""
    walk = _walk(prepare(joints, fps))
    return verdict(walk.turn / limit, _walk_words(walk))


def turn_left(joints: ArrayLike | PreparedClip, fps: float = MOTION_FPS) -> PredicateResult:
    """The body turns to its left by 50 degrees or more, on the spot or going."""
    return _turned_by(joints, fps, 50.0)


def turn_right(joints: ArrayLike | PreparedClip, fps: float = MOTION_FPS) -> PredicateResult:
    """The body turns to its right by 50 degrees or more, on the spot or going."""
    return _turned_by(joints, fps, -50.0)


def _turned_within(
    joints: ArrayLike | PreparedClip, fps: float, sign: float, least: float, most: float
) -> PredicateResult:
    """A turn between two angles; clearly so from 15 degrees within them."""
    walk = _walk(prepare(joints, fps))
    turn = sign * walk.turn
    return verdict(1.0 + min(turn - least, most - turn) / 50.0, _walk_words(walk))


def quarter_turn_left(joints: ArrayLike | PreparedClip, fps: float = MOTION_FPS) -> PredicateResult:
    """The body turns to its left by 50 to 135 degrees."""
    return _turned_within(joints, fps, 1.0, 50.0, 135.0)


def quarter_turn_right(joints: ArrayLike | PreparedClip, fps: float = MOTION_FPS) -> PredicateResult:
    """The body turns to its right by 50 to 135 degrees."""
    return _turned_within(joints, fps, -1.0, 50.0, 135.0)


def half_turn_left(joints: ArrayLike | PreparedClip, fps: float = MOTION_FPS) -> PredicateResult:
    """The body turns to its left by 135 to 240 degrees."""
    return _turned_within(joints, fps, 1.0, 135.0, 240.0)


def half_turn_right(joints: ArrayLike | PreparedClip, fps: float = MOTION_FPS) -> PredicateResult:
    """The body turns to its right by 135 to 240 degrees."""
    return _turned_within(joints, fps, -1.0, 135.0, 240.0)


def spin_left(joints: ArrayLike | PreparedClip, fps: float = MOTION_FPS) -> PredicateResult:
    """The body turns to its left by 270 degrees or more."""
    return _turned_by(joints, fps, 270.0)


def spin_right(joints: ArrayLike | PreparedClip, fps: float = MOTION_FPS) -> PredicateResult:
    """The body turns to its right by 270 degrees or more."""
    return _turned_by(joints, fps, -270.0)


# ---- no prompt


def speech_idle(joints: ArrayLike | PreparedClip, fps: float = MOTION_FPS) -> PredicateResult:
    """What speech without a prompt should look like: the feet stay in place and nothing jitters; hands are free."""
    clip = prepare(joints, fps)
    feet = clip.world[:, [LEFT_ANKLE, RIGHT_ANKLE, LEFT_FOOT, RIGHT_FOOT]]
    drift = float(np.ptp(feet[..., [0, 2]], axis=0).max())
    shake = jitter(clip.world)
    reason = f"the feet move within {drift:.2f} m, jitter {shake * 1000:.2f} mm"
    worst = max(drift / 0.2, shake / MAX_JITTER)
    return verdict(1.0 / max(worst, 1e-3), reason)


def jitter(joints: ArrayLike) -> float:
    """Trembling of the worst joint in metres: accelerations per frame that turn round from one frame to the next.

    In a movement that is made on purpose, however quick, two neighbouring accelerations point alike; noise of 2 mm
    gives 6 mm.
    """
    array = np.asarray(joints, dtype=np.float64)
    if len(array) < 4:
        return 0.0
    second = np.diff(array, 2, axis=0)
    reversal = -np.sum(second[1:] * second[:-1], axis=-1)
    return float(np.sqrt(np.maximum(reversal, 0.0)).mean(axis=0).max())
