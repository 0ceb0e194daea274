"""Does a motion do what its prompt asked? Kinematic predicates on joints, one for each kind of prompt that is measured.

Here: hands, head and trunk, and the list of all predicates; going and legs are in `models.predicates_gait`. They judge
body joints alone: which way a palm faces or what a face does is not seen. NumPy only. `models.predicates_report` tells
how far each can be trusted on captured motion.
"""

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.constants import MOTION_FPS
from core.skeleton import (
    HEAD,
    LEFT_SHOULDER,
    LEFT_WRIST,
    NECK,
    PELVIS,
    RIGHT_SHOULDER,
    RIGHT_WRIST,
    SPINE3,
)  # fmt: skip
from models.predicate_clip import (
    ARM,
    Arm,
    Array,
    Predicate,
    PredicateResult,
    PreparedClip,
    count_swings,
    prepare,
    smooth,
    verdict,
)
from models.predicates_gait import (
    half_turn_left,
    half_turn_right,
    jump,
    kick,
    kick_left,
    kick_right,
    quarter_turn_left,
    quarter_turn_right,
    run,
    sidestep_left,
    sidestep_right,
    speech_idle,
    spin_left,
    spin_right,
    turn_left,
    turn_left_walking,
    turn_right,
    turn_right_walking,
    walk_backward,
    walk_forward,
)

_WAVE_AMPLITUDE: Final = 0.022
"""Metres between the turning points of a waving wrist; half as much is the sway of an arm that is held up."""


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
    return verdict(swings / 3.0, reason, also=still)


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
    return verdict(held / 0.35, reason)


def _point(joints: ArrayLike | PreparedClip, fps: float, towards: str | None) -> PredicateResult:
    clip = prepare(joints, fps)
    best, facts = 0.0, ""
    for side, arm in clip.arms.items():
        other = clip.arms["left" if side == "right" else "right"]
        outwards = np.abs(arm.azimuth) if towards is None else arm.azimuth * (1.0 if side == towards else -1.0)
        aimed = (arm.reach > 0.32) & (outwards > 30.0) & (arm.height > -0.33) & (arm.height < 0.16)
        aimed &= arm.stretch > 0.7
        alone = other.reach < 0.75 * arm.reach
        held = clip.seconds(aimed & alone & (arm.speed < 0.9))
        if held >= best:
            best, facts = (
                held,
                f"the {side} hand stays out to {f'the {towards}' if towards else 'a side'} for {held:.2f} s",
            )
    return verdict(best / 0.2, facts)


def point_side(joints: ArrayLike | PreparedClip, fps: float = MOTION_FPS) -> PredicateResult:
    """One arm reaches out to a side, at chest to shoulder height, and rests there; the other arm does not join in."""
    return _point(joints, fps, None)


def point_left(joints: ArrayLike | PreparedClip, fps: float = MOTION_FPS) -> PredicateResult:
    """As `point_side`, to the body's left, with either hand."""
    return _point(joints, fps, "left")


def point_right(joints: ArrayLike | PreparedClip, fps: float = MOTION_FPS) -> PredicateResult:
    """As `point_side`, to the body's right, with either hand."""
    return _point(joints, fps, "right")


def _pushed(arm: Arm) -> NDArray[np.bool_]:
    """(T,) whether a hand is ahead at chest height and still, its forearm not hanging."""
    slope = np.degrees(np.arctan2(arm.forearm[:, 1], np.hypot(arm.forearm[:, 0], arm.forearm[:, 2])))
    ahead = (arm.reach > 0.29) & (np.abs(arm.azimuth) < 55.0) & (arm.height > -0.27) & (arm.height < 0.02)
    return ahead & (slope > -12.0) & (arm.speed < 0.5)


def stop_palms_forward(joints: ArrayLike | PreparedClip, fps: float = MOTION_FPS) -> PredicateResult:
    """One or both hands are pushed ahead at chest height with the forearm not hanging, and held there."""
    clip = prepare(joints, fps)
    held, facts = 0.0, ""
    for side, arm in clip.arms.items():
        length = clip.seconds(_pushed(arm))
        if length >= held:
            held, facts = length, f"the {side} hand is held ahead at chest height for {length:.2f} s"
    return verdict(held / 0.35, facts)


def stop_both_palms(joints: ArrayLike | PreparedClip, fps: float = MOTION_FPS) -> PredicateResult:
    """As `stop_palms_forward`, with both hands at once."""
    clip = prepare(joints, fps)
    held = clip.seconds(_pushed(clip.arms["left"]) & _pushed(clip.arms["right"]))
    return verdict(held / 0.35, f"both hands are held ahead at chest height for {held:.2f} s")


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
    return verdict(best / 1.4, facts or "no arm shoots out from bent to straight and back")


# ---- trunk


def bow(joints: ArrayLike | PreparedClip, fps: float = MOTION_FPS) -> PredicateResult:
    """The trunk bends forward by 20 degrees or more and comes back up, on straight legs and standing feet."""
    clip = prepare(joints, fps)
    trunk = clip.body[:, NECK] - clip.body[:, PELVIS]
    pitch = smooth(np.degrees(np.arctan2(trunk[:, 2], trunk[:, 1])), 0.1 * fps)
    deepest = int(np.argmax(pitch))
    before, after = pitch[: deepest + 1].min(), pitch[deepest:].min()
    bend = float(pitch[deepest] - max(before, after))
    travel = float(np.linalg.norm(np.ptp(clip.world[:, PELVIS][:, [0, 2]], axis=0)))
    sinks = float(np.median(clip.world[:, PELVIS, 1]) - clip.world[deepest, PELVIS, 1])
    hands = max(float(arm.speed.max()) for arm in clip.arms.values())
    reason = f"the trunk bends by {bend:.0f} degrees and returns, hips sink {sinks:.2f} m, travel {travel:.2f} m"
    return verdict(bend / 20.0, reason, also=sinks < 0.1 and travel < 0.6 and hands < 2.5)


def shrug(joints: ArrayLike | PreparedClip, fps: float = MOTION_FPS) -> PredicateResult:
    """Both shoulders go up together against the chest and come down again, with the hands below the shoulders."""
    clip = prepare(joints, fps)
    lift = clip.world[:, [LEFT_SHOULDER, RIGHT_SHOULDER], 1] - clip.world[:, SPINE3 : SPINE3 + 1, 1]
    both = smooth(lift.mean(axis=1), 0.05 * fps)
    top = int(np.argmax(both))
    rise = float(both[top] - max(both[: top + 1].min(), both[top:].min()))
    low = all(arm.height[top] < -0.1 for arm in clip.arms.values())
    travel = float(np.linalg.norm(np.ptp(clip.world[:, PELVIS][:, [0, 2]], axis=0)))
    reason = f"the shoulders rise by {rise * 1000:.0f} mm and fall again, travel {travel:.2f} m"
    return verdict(rise / 0.008, reason, also=low and travel < 0.25)


# ---- one hand


def _raise_one(joints: ArrayLike | PreparedClip, fps: float, side: str) -> PredicateResult:
    clip = prepare(joints, fps)
    own, other = clip.arms[side], clip.arms["left" if side == "right" else "right"]
    up = clip.seconds((own.height > -0.03) & (other.height < -0.25))
    also_up = clip.seconds(other.height > -0.08)
    reason = f"the {side} wrist alone is up for {up:.2f} s, at most {own.height.max():+.2f} m above its shoulder"
    return verdict(up / 0.35, reason, also=also_up < 0.3)


def raise_right_hand(joints: ArrayLike | PreparedClip, fps: float = MOTION_FPS) -> PredicateResult:
    """The right wrist is about as high as its shoulder or higher for a third of a second; the left one stays down."""
    return _raise_one(joints, fps, "right")


def raise_left_hand(joints: ArrayLike | PreparedClip, fps: float = MOTION_FPS) -> PredicateResult:
    """The left wrist is about as high as its shoulder or higher for a third of a second; the right one stays down."""
    return _raise_one(joints, fps, "left")


def _to_chest(clip: PreparedClip, wrist: int) -> Array:
    """(T,) metres from a wrist to the upper end of the breastbone, between shoulders and spine."""
    chest = 0.5 * clip.body[:, SPINE3] + 0.25 * (clip.body[:, LEFT_SHOULDER] + clip.body[:, RIGHT_SHOULDER])
    return np.asarray(np.linalg.norm(clip.body[:, wrist] - chest, axis=1))


def hand_on_chest(joints: ArrayLike | PreparedClip, fps: float = MOTION_FPS) -> PredicateResult:
    """A wrist comes to within 0.36 m of the breastbone, forearm rather level, and stays a moment, as in "me"."""
    clip = prepare(joints, fps)
    best, facts = 0.0, "no hand comes to the chest"
    for side, wrist in (("left", LEFT_WRIST), ("right", RIGHT_WRIST)):
        arm, near = clip.arms[side], _to_chest(clip, wrist)
        slope = np.degrees(np.arctan2(arm.forearm[:, 1], np.hypot(arm.forearm[:, 0], arm.forearm[:, 2])))
        close = (near < 0.36) & (arm.height < 0.0) & (arm.height > -0.34) & (slope < 40.0)
        held = clip.seconds(close & (arm.speed < 0.8))
        if held > best and np.ptp(near) > 0.14 and arm.height.max() < 0.1:
            best, facts = held, f"the {side} hand is at the chest for {held:.2f} s, {near.min():.2f} m at the nearest"
    travel = float(np.linalg.norm(np.ptp(clip.world[:, PELVIS][:, [0, 2]], axis=0)))
    return verdict(best / 0.2, facts, also=travel < 0.5)


def hand_on_face(joints: ArrayLike | PreparedClip, fps: float = MOTION_FPS) -> PredicateResult:
    """A wrist rests within 0.28 m of the head joint for 0.4 seconds, as in scratching the head."""
    clip = prepare(joints, fps)
    held, facts = 0.0, ""
    for side, wrist in (("left", LEFT_WRIST), ("right", RIGHT_WRIST)):
        near = np.linalg.norm(clip.body[:, wrist] - clip.body[:, HEAD], axis=1)
        length = clip.seconds((near < 0.28) & (clip.arms[side].speed < 0.6) & (clip.arms[side].out[:, 0] < 0.05))
        if length >= held:
            held, facts = (
                length,
                f"the {side} hand is at the head for {length:.2f} s, {near.min():.2f} m at the nearest",
            )
    return verdict(held / 0.4, facts)


def reach_down(joints: ArrayLike | PreparedClip, fps: float = MOTION_FPS) -> PredicateResult:
    """A wrist goes down to 0.45 m above the floor or lower."""
    clip = prepare(joints, fps)
    lowest = float(clip.world[:, [LEFT_WRIST, RIGHT_WRIST], 1].min())
    return verdict(0.45 / max(lowest, 1e-3), f"the lowest wrist is {lowest:.2f} m above the floor")


_ALL: Final = (
    wave_right, wave_left, raise_both_hands, raise_right_hand, raise_left_hand, bow, walk_forward, walk_backward,
    turn_left_walking, turn_right_walking, turn_left, turn_right, run, sidestep_left, sidestep_right, point_side,
    point_left, point_right, stop_palms_forward, stop_both_palms, shrug, kick, kick_left, kick_right, punch, jump,
    hand_on_chest, hand_on_face, reach_down, quarter_turn_left, quarter_turn_right, half_turn_left, half_turn_right,
    spin_left, spin_right, speech_idle,
)  # fmt: skip

PREDICATES: Final[Mapping[str, Predicate]] = {predicate.__name__: predicate for predicate in _ALL}
"""Every predicate by its name."""
