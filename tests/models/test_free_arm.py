"""Which arm a motion leaves to the speech, on bodies that the tests pose; and that a prompt still is done with it."""

import numpy as np
import pytest

from core.rotations import qrot
from models.free_arm import free_arms, still_done
from models.predicates import raise_right_hand, wave_left
from tests.core.walks import clip_of, standing, walking

LEFT, RIGHT = (16, 18, 20), (17, 19, 21)


def posed(frames: int = 60, *, right: float = 0.0, left: float = 0.0) -> np.ndarray:
    """Standing, with the elbows bent so that the wrists are that many metres above where they hang."""
    joints = standing(frames)
    for (_, elbow, wrist), height in ((LEFT, left), (RIGHT, right)):
        if height:
            joints[:, wrist] = joints[:, elbow] + [
                0.0,
                height - 0.25,
                np.sqrt(max(0.25**2 - (height - 0.25) ** 2, 0.0)),
            ]
    return joints


def test_the_arm_that_hangs_beside_an_acting_one_is_free():
    assert free_arms(posed(right=0.4)) == ("left_arm",)
    assert free_arms(posed(left=0.4)) == ("right_arm",)


@pytest.mark.parametrize("joints", [posed(), posed(right=0.4, left=0.4), posed(right=0.4, left=0.3)])
def test_without_one_acting_arm_none_is_free(joints):
    assert free_arms(joints) == ()


def test_short_stretches_have_no_time_for_a_free_arm():
    assert free_arms(posed(19, right=0.4)) == ()
    assert free_arms(posed(20, right=0.4)) == ("left_arm",)


def test_who_walks_or_bends_swings_both_arms():
    walk = walking(200)[80:140]
    walk[:, 21] = walk[:, 19] + [0.0, 0.25, 0.0]
    assert free_arms(walk) == ()
    bent = posed(right=0.4)
    trunk = [3, 6, 9, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21]
    half = np.deg2rad(40.0) / 2
    turn = np.broadcast_to([np.cos(half), np.sin(half), 0.0, 0.0], (60, len(trunk), 4))
    bent[:, trunk] = bent[:, :1] + qrot(turn, bent[:, trunk] - bent[:, :1])
    assert free_arms(bent) == ()


def test_a_busy_arm_is_not_free():
    joints = posed(right=0.4)
    assert free_arms(joints) == ("left_arm",)
    joints[:, 20, 2] += 0.15 * np.sin(np.arange(60) * 1.2)
    assert free_arms(joints) == ()


def test_an_arm_of_the_speech_is_refused_where_it_undoes_the_prompt():
    made = clip_of(posed(right=0.7))
    assert raise_right_hand(made.joints).ok
    quiet, loud = clip_of(posed(left=0.1)), clip_of(posed(left=0.7))
    assert still_done(made, quiet, ("left_arm",), slice(0, 60), ["raise_right_hand"])
    assert not still_done(made, loud, ("left_arm",), slice(0, 60), ["raise_right_hand"])


def test_a_prompt_that_nobody_can_judge_or_that_was_not_done_anyway_refuses_nothing():
    made, loud = clip_of(posed(right=0.3)), clip_of(posed(left=0.7))
    assert not wave_left(made.joints).ok
    assert still_done(made, loud, ("left_arm",), slice(0, 60), [])
    assert still_done(made, loud, ("left_arm",), slice(0, 60), ["wave_left"])
