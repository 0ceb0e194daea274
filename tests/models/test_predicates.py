"""Predicates on motions made so that the answer is known; their figures on captures: `models.predicates_report`."""

import numpy as np
import pytest
from numpy.typing import NDArray

from core.features import mirror
from core.skeleton import LEFT_ANKLE, LEFT_HIP, PARENTS, UNIFORM_BONE_LENGTHS, UNIFORM_OFFSETS
from models import predicates
from models.predicate_clip import count_swings, longest_run
from models.predicates import PREDICATES
from models.predicates_report import EXPECTATIONS

Array = NDArray[np.float64]

ARM = {"left": (18, 20), "right": (19, 21)}


def standing(frames: int = 80) -> Array:
    pose = np.zeros((22, 3))
    for joint in range(1, 22):
        pose[joint] = pose[PARENTS[joint]] + UNIFORM_OFFSETS[joint]
    pose[:, 1] -= pose[:, 1].min()
    return np.repeat(pose[None], frames, axis=0)


def with_arm(joints: Array, side: str, upper: Array, fore: Array) -> Array:
    """Point upper arm and forearm, (T, 3) or (3,) each, and keep their lengths."""
    result = joints.copy()
    for joint, direction in zip(ARM[side], (upper, fore), strict=True):
        unit = np.asarray(direction, dtype=np.float64)
        unit = unit / np.linalg.norm(unit, axis=-1, keepdims=True)
        result[:, joint] = result[:, PARENTS[joint]] + unit * UNIFORM_BONE_LENGTHS[joint]
    return result


def fired(joints: Array) -> set[str]:
    return {name for name, predicate in PREDICATES.items() if predicate(joints).ok}


def waving(side: str) -> Array:
    sway = 0.5 * np.sin(2.0 * np.pi * 1.5 * np.arange(80) / 20.0)
    outwards = 1.0 if side == "left" else -1.0
    return with_arm(standing(), side, [outwards, 0.3, 0.2], np.stack([sway, np.ones(80), 0.2 * np.ones(80)], axis=-1))


def test_standing_still_does_nothing() -> None:
    assert fired(standing()) == {"speech_idle"}


def test_waves_know_their_side() -> None:
    assert "wave_right" in fired(waving("right")) and "wave_left" not in fired(waving("right"))
    assert "wave_left" in fired(mirror(waving("right"))) and "wave_right" not in fired(mirror(waving("right")))


def test_raised_hands_do_not_wave() -> None:
    joints = with_arm(with_arm(standing(), "left", [0.2, 1, 0], [0, 1, 0]), "right", [-0.2, 1, 0], [0, 1, 0])
    assert fired(joints) & {"raise_both_hands", "wave_left", "wave_right", "point_side"} == {"raise_both_hands"}


@pytest.mark.parametrize("side", ["left", "right"])
def test_point_and_stop_differ_by_direction(side: str) -> None:
    outwards = 1.0 if side == "left" else -1.0
    aside = with_arm(standing(), side, [outwards, -0.2, 0.2], [outwards, 0, 0.2])
    ahead = with_arm(standing(), side, [0, -0.7, 0.7], [0, 0.2, 1])
    points = {"point_side", "point_left", "point_right"}
    assert fired(aside) & {*points, "stop_palms_forward"} == {"point_side", f"point_{side}"}
    across = with_arm(standing(), side, [-outwards, -0.1, 0.5], [-outwards, 0, 0.5])
    assert fired(across) & points == {"point_side", f"point_{'left' if side == 'right' else 'right'}"}
    assert fired(ahead) & points == set()
    assert fired(ahead) & {"point_side", "stop_palms_forward"} == {"stop_palms_forward"}


def test_both_palms_are_both_hands_at_once() -> None:
    one = with_arm(standing(), "left", [0, -0.7, 0.7], [0, 0.2, 1])
    names = {"stop_palms_forward", "stop_both_palms"}
    assert fired(one) & names == {"stop_palms_forward"}
    assert fired(with_arm(one, "right", [0, -0.7, 0.7], [0, 0.2, 1])) & names == names
    in_turn = np.concatenate([one[:40], mirror(one)[40:]])
    assert fired(in_turn) & names == {"stop_palms_forward"}


def test_trembling_and_sliding_are_no_idle() -> None:
    noise = np.random.default_rng(0).normal(size=(80, 22, 3)) * 0.003
    assert not predicates.speech_idle(standing() + noise).ok
    slide = standing()
    slide[..., 2] += np.linspace(0.0, 1.0, 80)[:, None]
    assert not predicates.speech_idle(slide).ok
    assert not predicates.walk_forward(slide).ok  # a body that glides takes no steps


def test_one_raised_hand_is_known_by_its_side() -> None:
    joints = with_arm(standing(), "right", [-0.2, 1, 0], [0, 1, 0])
    names = {"raise_right_hand", "raise_left_hand", "raise_both_hands", "hand_on_chest"}
    assert fired(joints) & names == {"raise_right_hand"}
    assert fired(mirror(joints)) & names == {"raise_left_hand"}


def test_a_hand_on_the_chest_comes_there() -> None:
    share = np.clip((np.arange(80) - 20) / 10.0, 0.0, 1.0)[:, None]
    upper = (1 - share) * [-0.1, -1.0, 0.1] + share * [-0.1, -1.0, 0.5]
    fore = (1 - share) * [-0.1, -1.0, 0.1] + share * [1.0, 0.5, 0.2]
    assert "hand_on_chest" in fired(with_arm(standing(), "right", upper, fore))
    held = with_arm(standing(), "right", [-0.1, -1.0, 0.5], [1.0, 0.5, 0.2])
    assert "hand_on_chest" not in fired(held)  # it was there all the time


def test_stepping_aside_and_turning_know_their_side() -> None:
    aside = standing()
    aside[..., 0] += np.linspace(0.0, 0.5, 80)[:, None]
    assert fired(aside) & {"sidestep_left", "sidestep_right", "walk_forward"} == {"sidestep_left"}
    assert fired(turning(80.0)) & {"turn_left", "turn_right", "turn_left_walking"} == {"turn_left"}
    assert fired(mirror(turning(80.0))) & {"turn_left", "turn_right"} == {"turn_right"}


@pytest.mark.parametrize(
    ("degrees", "names"),
    [(30.0, set()), (90.0, {"quarter_turn"}), (180.0, {"half_turn"}), (255.0, set()), (350.0, {"spin"})],
)
def test_turns_are_told_by_how_far_they_go(degrees: float, names: set[str]) -> None:
    turns = {f"{name}_{side}" for name in ("quarter_turn", "half_turn", "spin") for side in ("left", "right")}
    assert fired(turning(degrees)) & turns == {f"{name}_left" for name in names}
    assert fired(mirror(turning(degrees))) & turns == {f"{name}_right" for name in names}


def turning(degrees: float) -> np.ndarray:
    """Who stands and turns to the left on the spot."""
    angle = np.linspace(0.0, np.deg2rad(degrees), 80)
    joints = standing()
    x, z = joints[..., 0].copy(), joints[..., 2].copy()
    joints[..., 0] = np.cos(angle)[:, None] * x + np.sin(angle)[:, None] * z
    joints[..., 2] = -np.sin(angle)[:, None] * x + np.cos(angle)[:, None] * z
    return joints


def test_swings_and_runs() -> None:
    assert count_swings(np.sin(np.linspace(0.0, 4.0 * np.pi, 100)), 0.5) in (3, 4)
    assert count_swings(np.zeros(10), 0.1) == 0
    assert longest_run(np.array([True, False, True, True, False])) == 2


def test_every_predicate_has_an_expectation_and_bears_two_frames() -> None:
    assert set(EXPECTATIONS) == set(PREDICATES)
    for predicate in PREDICATES.values():
        result = predicate(standing(2))
        assert np.isfinite(result.score) and result.reason


def test_a_kick_is_one_of_the_leg_that_goes_up_highest() -> None:
    kicking = standing(40)
    swing = np.clip(np.sin(np.linspace(0.0, np.pi, 40)), 0.0, 1.0)
    turn = 1.2 * swing
    hip = kicking[:, LEFT_HIP].copy()
    for joint in (4, LEFT_ANKLE, 10):
        length = np.linalg.norm(kicking[:, joint] - hip, axis=1)
        kicking[:, joint, 1] = hip[:, 1] - length * np.cos(turn)
        kicking[:, joint, 2] = hip[:, 2] + length * np.sin(turn)
    assert fired(kicking) & {"kick", "kick_left", "kick_right"} == {"kick", "kick_left"}
    assert fired(mirror(kicking)) & {"kick", "kick_left", "kick_right"} == {"kick", "kick_right"}
    assert PREDICATES["kick_right"](kicking).score < 0.2
