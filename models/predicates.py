"""Does a motion do what its prompt asked? Kinematic predicates on joints, one for each kind of prompt that is measured.

They judge body joints alone: which way a palm faces or what a face does is not seen. NumPy only.
`models.predicates_report` tells how far each can be trusted on captured motion.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.ndimage import gaussian_filter1d

from core import physics
from core.constants import MOTION_FPS
from core.features import canonical_joints, uniform_skeleton
from core.skeleton import (
    LEFT_ANKLE,
    LEFT_ELBOW,
    LEFT_FOOT,
    LEFT_HIP,
    LEFT_SHOULDER,
    LEFT_WRIST,
    NECK,
    PELVIS,
    RIGHT_ANKLE,
    RIGHT_ELBOW,
    RIGHT_FOOT,
    RIGHT_HIP,
    RIGHT_SHOULDER,
    RIGHT_WRIST,
    SPINE3,
    UNIFORM_BONE_LENGTHS,
)  # fmt: skip

Array = NDArray[np.float64]

ARM: Final = float(UNIFORM_BONE_LENGTHS[LEFT_ELBOW] + UNIFORM_BONE_LENGTHS[LEFT_WRIST])
LEG: Final = float(UNIFORM_BONE_LENGTHS[4] + UNIFORM_BONE_LENGTHS[LEFT_ANKLE])

_ARMS: Final = {"left": (LEFT_SHOULDER, LEFT_ELBOW, LEFT_WRIST), "right": (RIGHT_SHOULDER, RIGHT_ELBOW, RIGHT_WRIST)}


MAX_JITTER: Final = 0.0045
"""Metres of `jitter` from which a body is seen to tremble; 98 % of captured gestures stay below."""

_WAVE_AMPLITUDE: Final = 0.022
"""Metres between the turning points of a waving wrist; half as much is the sway of an arm that is held up."""


@dataclass(frozen=True)
class PredicateResult:
    """Verdict on a clip.

    Attributes:
        ok: the motion does it.
        score: how clearly, about 1 at the threshold and more beyond it, never below 0.
        reason: the measured figures in words.
    """

    ok: bool
    score: float
    reason: str


Predicate = Callable[..., PredicateResult]


@dataclass(frozen=True)
class _Arm:
    """An arm over time, seen from the body: `out` is wrist minus shoulder with x outwards, y up, z ahead (T, 3)."""

    out: Array
    speed: Array
    forearm: Array

    @property
    def height(self) -> Array:
        return np.asarray(self.out[:, 1])

    @property
    def reach(self) -> Array:
        """Horizontal distance of the wrist from the shoulder in metres."""
        return np.hypot(self.out[:, 0], self.out[:, 2])

    @property
    def azimuth(self) -> Array:
        """Degrees from straight ahead, positive outwards, negative across the body."""
        return np.degrees(np.arctan2(self.out[:, 0], self.out[:, 2]))

    @property
    def stretch(self) -> Array:
        """Distance from shoulder to wrist as a share of the arm's length."""
        return np.linalg.norm(self.out, axis=1) / ARM


class PreparedClip:
    """A clip with the uniform skeleton, on the floor, and what several predicates look at."""

    def __init__(self, joints: ArrayLike, fps: float) -> None:
        self.fps = fps
        self.world = canonical_joints(uniform_skeleton(joints), "published")
        self.body = physics.in_body_frame(self.world, 0.2 * fps)
        speeds = physics.wrist_speeds(self.world, fps)
        self.arms = {}
        for number, (side, (shoulder, elbow, wrist)) in enumerate(_ARMS.items()):
            outwards = np.array([1.0 if side == "left" else -1.0, 1.0, 1.0])
            self.arms[side] = _Arm(
                out=_smooth(self.body[:, wrist] - self.body[:, shoulder], 0.04 * fps) * outwards,
                speed=_smooth(speeds[:, number], 0.04 * fps),
                forearm=self.body[:, wrist] - self.body[:, elbow],
            )

    def seconds(self, mask: NDArray[np.bool_]) -> float:
        """Length of the longest unbroken stretch in which `mask` (T,) holds."""
        return longest_run(mask) / self.fps


def prepare(joints: ArrayLike | PreparedClip, fps: float = MOTION_FPS) -> PreparedClip:
    """Do once what every predicate needs, so that several can judge the same clip; a prepared clip passes through."""
    return joints if isinstance(joints, PreparedClip) else PreparedClip(joints, fps)


def _smooth(values: Array, sigma: float) -> Array:
    return np.asarray(gaussian_filter1d(values, sigma, axis=0, mode="nearest"))


def longest_run(mask: NDArray[np.bool_]) -> int:
    """Frames of the longest unbroken stretch of True in `mask` (T,)."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(np.int8)))
    return int((edges[1::2] - edges[::2]).max(initial=0))


def count_swings(values: Array, amplitude: float) -> int:
    """Number of turning points of a curve (T,) between which it goes at least `amplitude`."""
    swings, direction, extreme = 0, 0, float(values[0])
    for value in values[1:].tolist():
        if direction >= 0 and value > extreme:
            direction = 1 if direction or value - values[0] > amplitude else 0
            extreme = value if direction else extreme
        elif direction <= 0 and value < extreme:
            direction = -1 if direction or values[0] - value > amplitude else 0
            extreme = value if direction else extreme
        elif direction and (extreme - value) * direction > amplitude:
            swings, direction, extreme = swings + 1, -direction, value
    return swings


def _result(score: float, reason: str, *, also: bool = True) -> PredicateResult:
    """`ok` when the score reaches 1 and the side conditions `also` hold."""
    return PredicateResult(ok=bool(score >= 1.0 and also), score=float(max(0.0, score)), reason=reason)


# ---- hands


def _wave_swings(clip: PreparedClip, side: str) -> int:
    """Turning points of a raised wrist's sideways or up-down movement within its longest raised stretch."""
    arm = clip.arms[side]
    raised = arm.height > -0.15
    edges = np.flatnonzero(np.diff(np.concatenate([[False], raised, [False]]).astype(np.int8)))
    most = 0
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        if end - start > 0.4 * clip.fps:
            most = max(most, count_swings(arm.out[start:end, 0], _WAVE_AMPLITUDE))
    return most


def _wave(joints: ArrayLike | PreparedClip, fps: float, side: str) -> PredicateResult:
    clip = prepare(joints, fps)
    other = "left" if side == "right" else "right"
    swings, others = _wave_swings(clip, side), _wave_swings(clip, other)
    still = others < 3
    reason = f"the {side} wrist, raised, swings {swings} times, the {other} one {others} times"
    return _result(swings / 3.0, reason, also=still)


def wave_right(joints: ArrayLike | PreparedClip, fps: float = MOTION_FPS) -> PredicateResult:
    """The right hand, at shoulder height or above, goes to and fro at least three times; the left one does not."""
    return _wave(joints, fps, "right")


def wave_left(joints: ArrayLike | PreparedClip, fps: float = MOTION_FPS) -> PredicateResult:
    """The left hand, at shoulder height or above, goes to and fro at least three times; the right one does not."""
    return _wave(joints, fps, "left")


def raise_both_hands(joints: ArrayLike | PreparedClip, fps: float = MOTION_FPS) -> PredicateResult:
    """Both wrists are at shoulder height or above at the same time for a third of a second."""
    clip = prepare(joints, fps)
    lower = np.minimum(clip.arms["left"].height, clip.arms["right"].height)
    held = clip.seconds(lower > -0.08)
    reason = f"both wrists are up for {held:.2f} s, the lower one at most {lower.max():+.2f} m above its shoulder"
    return _result(held / 0.35, reason)


def point_side(joints: ArrayLike | PreparedClip, fps: float = MOTION_FPS) -> PredicateResult:
    """One arm reaches out to a side, at chest to shoulder height, and rests there; the other arm does not join in."""
    clip = prepare(joints, fps)
    best, facts = 0.0, ""
    for side, arm in clip.arms.items():
        other = clip.arms["left" if side == "right" else "right"]
        aimed = (arm.reach > 0.32) & (np.abs(arm.azimuth) > 30.0) & (arm.height > -0.33) & (arm.height < 0.16)
        aimed &= arm.stretch > 0.7
        alone = other.reach < 0.75 * arm.reach
        held = clip.seconds(aimed & alone & (arm.speed < 0.9))
        if held >= best:
            best, facts = held, f"the {side} hand stays out to a side for {held:.2f} s"
    return _result(best / 0.2, facts)


def stop_palms_forward(joints: ArrayLike | PreparedClip, fps: float = MOTION_FPS) -> PredicateResult:
    """One or both hands are pushed ahead at chest height with the forearm not hanging, and held there."""
    clip = prepare(joints, fps)
    held, facts = 0.0, ""
    for side, arm in clip.arms.items():
        slope = np.degrees(np.arctan2(arm.forearm[:, 1], np.hypot(arm.forearm[:, 0], arm.forearm[:, 2])))
        pushed = (arm.reach > 0.29) & (np.abs(arm.azimuth) < 55.0) & (arm.height > -0.27) & (arm.height < 0.02)
        length = clip.seconds(pushed & (slope > -12.0) & (arm.speed < 0.5))
        if length >= held:
            held, facts = length, f"the {side} hand is held ahead at chest height for {length:.2f} s"
    return _result(held / 0.35, facts)


def punch(joints: ArrayLike | PreparedClip, fps: float = MOTION_FPS) -> PredicateResult:
    """A fist shoots out ahead: the arm goes from bent to nearly straight at 1.4 m/s or more and comes back."""
    clip = prepare(joints, fps)
    best, facts = 0.0, ""
    window = max(1, round(0.5 * fps))
    for side, arm in clip.arms.items():
        length: Array = np.asarray(arm.stretch * ARM, dtype=np.float64)
        rate = np.gradient(length) * fps if len(length) > 1 else np.zeros(len(length))
        for frame in np.flatnonzero(rate > 0.5).tolist():
            end = min(len(length) - 1, frame + round(0.3 * fps))
            peak = frame + int(np.argmax(length[frame : end + 1]))
            bent = arm.stretch[max(0, frame - window) : frame + 1].min()
            back = arm.stretch[peak : peak + 2 * window].min()
            fits = arm.stretch[peak] > 0.78 and bent < 0.7 and back < 0.75 and arm.height[peak] > -0.5
            if fits and arm.reach[peak] > 0.12 and rate[frame] > best:
                best = float(rate[frame])
                facts = f"the {side} fist goes out at {best:.1f} m/s"
    return _result(best / 1.4, facts or "no arm shoots out from bent to straight and back")


# ---- trunk


def bow(joints: ArrayLike | PreparedClip, fps: float = MOTION_FPS) -> PredicateResult:
    """The trunk bends forward by 20 degrees or more and comes back up, on straight legs and standing feet."""
    clip = prepare(joints, fps)
    trunk = clip.body[:, NECK] - clip.body[:, PELVIS]
    pitch = _smooth(np.degrees(np.arctan2(trunk[:, 2], trunk[:, 1])), 0.1 * fps)
    deepest = int(np.argmax(pitch))
    before, after = pitch[: deepest + 1].min(), pitch[deepest:].min()
    bend = float(pitch[deepest] - max(before, after))
    travel = float(np.linalg.norm(np.ptp(clip.world[:, PELVIS][:, [0, 2]], axis=0)))
    sinks = float(np.median(clip.world[:, PELVIS, 1]) - clip.world[deepest, PELVIS, 1])
    hands = max(float(arm.speed.max()) for arm in clip.arms.values())
    reason = f"the trunk bends by {bend:.0f} degrees and returns, hips sink {sinks:.2f} m, travel {travel:.2f} m"
    return _result(bend / 20.0, reason, also=sinks < 0.1 and travel < 0.6 and hands < 2.5)


def shrug(joints: ArrayLike | PreparedClip, fps: float = MOTION_FPS) -> PredicateResult:
    """Both shoulders go up together against the chest and come down again, with the hands below the shoulders."""
    clip = prepare(joints, fps)
    lift = clip.world[:, [LEFT_SHOULDER, RIGHT_SHOULDER], 1] - clip.world[:, SPINE3 : SPINE3 + 1, 1]
    both = _smooth(lift.mean(axis=1), 0.05 * fps)
    top = int(np.argmax(both))
    rise = float(both[top] - max(both[: top + 1].min(), both[top:].min()))
    low = all(arm.height[top] < -0.1 for arm in clip.arms.values())
    travel = float(np.linalg.norm(np.ptp(clip.world[:, PELVIS][:, [0, 2]], axis=0)))
    reason = f"the shoulders rise by {rise * 1000:.0f} mm and fall again, travel {travel:.2f} m"
    return _result(rise / 0.008, reason, also=low and travel < 0.25)


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
    heading = _smooth(physics.heading_angles(clip.world), 0.2 * clip.fps)
    step = np.diff(_smooth(clip.world[:, PELVIS], 0.1 * clip.fps)[:, [0, 2]], axis=0)
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
    return _result(walk.ahead / 0.7, _walk_words(walk), also=straight and walk.steps >= 1)


def walk_backward(joints: ArrayLike | PreparedClip, fps: float = MOTION_FPS) -> PredicateResult:
    """The body goes backwards by 0.5 m or more in steps, without turning by more than 45 degrees."""
    walk = _walk(prepare(joints, fps))
    straight = abs(walk.left) < 0.5 * abs(walk.ahead) and abs(walk.turn) < 45.0 and -walk.ahead > 0.6 * walk.path
    return _result(-walk.ahead / 0.5, _walk_words(walk), also=straight and walk.steps >= 1)


def turn_left_walking(joints: ArrayLike | PreparedClip, fps: float = MOTION_FPS) -> PredicateResult:
    """The body goes 0.7 m or more in steps and turns to its left by 40 degrees or more."""
    walk = _walk(prepare(joints, fps))
    return _result(walk.turn / 40.0, _walk_words(walk), also=walk.path > 0.7 and walk.steps >= 1)


def turn_right_walking(joints: ArrayLike | PreparedClip, fps: float = MOTION_FPS) -> PredicateResult:
    """The body goes 0.7 m or more in steps and turns to its right by 40 degrees or more."""
    walk = _walk(prepare(joints, fps))
    return _result(-walk.turn / 40.0, _walk_words(walk), also=walk.path > 0.7 and walk.steps >= 1)


def _foot_heights(clip: PreparedClip) -> Array:
    """(T, 2) height of left and right ankle above where they stand."""
    heights = clip.world[:, [LEFT_ANKLE, RIGHT_ANKLE], 1]
    return np.asarray(heights - np.percentile(heights, 5, axis=0))


def kick(joints: ArrayLike | PreparedClip, fps: float = MOTION_FPS) -> PredicateResult:
    """One foot goes up by 0.25 m or more on a stretched leg while the other stands."""
    clip = prepare(joints, fps)
    heights = _foot_heights(clip)
    hips = _smooth(clip.world[:, PELVIS], 0.1 * fps)[:, [0, 2]]
    travel = np.linalg.norm(np.gradient(hips, axis=0), axis=1) * fps if len(hips) > 1 else np.zeros(len(hips))
    best, facts = 0.0, "no leg is swung up"
    for side, hip, ankle, own, other in (
        ("left", LEFT_HIP, LEFT_ANKLE, 0, 1),
        ("right", RIGHT_HIP, RIGHT_ANKLE, 1, 0),
    ):
        leg = np.linalg.norm(clip.body[:, ankle] - clip.body[:, hip], axis=1) / LEG
        shown = np.where((leg > 0.7) & (heights[:, other] < 0.12) & (travel < 1.2), heights[:, own], 0.0)
        if shown.max() > best:
            best, facts = float(shown.max()), f"the {side} foot goes up by {shown.max():.2f} m on a stretched leg"
    return _result(best / 0.25, facts)


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
    return _result(float(air[top]) / 0.13, reason, also=rise > 0.0)


# ---- no prompt


def speech_idle(joints: ArrayLike | PreparedClip, fps: float = MOTION_FPS) -> PredicateResult:
    """What speech without a prompt should look like: the feet stay in place and nothing jitters; hands are free."""
    clip = prepare(joints, fps)
    feet = clip.world[:, [LEFT_ANKLE, RIGHT_ANKLE, LEFT_FOOT, RIGHT_FOOT]]
    drift = float(np.ptp(feet[..., [0, 2]], axis=0).max())
    shake = jitter(clip.world)
    reason = f"the feet move within {drift:.2f} m, jitter {shake * 1000:.2f} mm"
    worst = max(drift / 0.2, shake / MAX_JITTER)
    return _result(1.0 / max(worst, 1e-3), reason)


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


PREDICATES: Final[Mapping[str, Predicate]] = {
    predicate.__name__: predicate
    for predicate in (
        wave_right, wave_left, raise_both_hands, bow, walk_forward, walk_backward, turn_left_walking,
        turn_right_walking, point_side, stop_palms_forward, shrug, kick, punch, jump, speech_idle,
    )
}  # fmt: skip
"""Every predicate by its name."""
