"""Fingers in long runs: which captures are chosen, and what a hand does where one run becomes another."""

import numpy as np
import pytest

from core.cancel import CancelToken
from models.bank_matching import best_runs
from models.finger_runs import (
    FADE,
    FASTEST,
    arm_features,
    bone_lengths,
    finger_table,
    joined,
    runs,
    tip_speeds,
    wanted_arms,
)
from models.hand_bends import HAND_PARENTS
from models.neutral import NEUTRAL_JOINTS

SLOTS = 20


def hand(bend: float) -> np.ndarray:
    """(21, 3) a hand along +Z whose fingers are bent by so many radians at each joint."""
    points = np.zeros((21, 3))
    for finger in range(5):
        at, angle = np.array([0.02 * (finger - 2), 0.0, 0.08]), 0.0
        for joint in range(4):
            points[1 + 4 * finger + joint] = at
            angle += bend
            at = at + 0.03 * np.array([0.0, -np.sin(angle), np.cos(angle)])
    return points


def following() -> np.ndarray:
    """Two captures of ten slots, each with its mirror image."""
    result = np.arange(1, 2 * SLOTS + 1)
    result[[9, 19, 29, 39]] = -1
    return result


def limits() -> tuple[np.ndarray, np.ndarray]:
    first = np.tile(np.repeat([0, 40], 10), 2)
    return first, first + 39


def hands(rows: np.ndarray, mirrored: np.ndarray) -> np.ndarray:
    """Fingers straight in the first capture, bent by 0.5 in the second, the mirror image turned about."""
    found = np.stack([hand(0.5 if row >= 40 else 0.0) for row in rows])
    return found * np.where(mirrored, -1.0, 1.0)[:, None, None] ** np.array([1, 0, 0])


LENGTHS = bone_lengths(hand(0.0)[None])


def bends(shape: np.ndarray) -> np.ndarray:
    """(T,) bend of the middle finger's middle joint."""
    first, second = shape[:, 10] - shape[:, 9], shape[:, 11] - shape[:, 10]
    cosine = (first * second).sum(-1) / np.linalg.norm(first, axis=-1) / np.linalg.norm(second, axis=-1)
    return np.arccos(np.clip(cosine, -1.0, 1.0))


def test_runs_end_where_a_capture_does_not_go_on():
    slots = np.array([0, 1, 2, 12, 13, 39, 0])
    assert list(runs(slots, following())) == [(0, 3), (3, 5), (5, 6), (6, 7)]


def test_a_hand_becomes_another_in_time_and_keeps_its_bones():
    slots = np.array([0, 1, 2, 3, 4, 12, 13, 14, 15, 16])
    shape = joined(slots, following(), limits(), hands, LENGTHS, 0, 40)
    bend = bends(shape)
    assert bend[: 20 - FADE - 3].max() < 0.02
    assert bend[20 + FADE + 3 :].min() == pytest.approx(0.5, abs=0.02)
    # Half a radian in 12 frames: the quintic's steepest slope is 15/8 of the mean one.
    assert np.abs(np.diff(bend)).max() < 15 / 8 * 0.5 / (2 * FADE) * 1.1
    bones = np.linalg.norm(shape[:, 1:] - shape[:, list(HAND_PARENTS[1:])], axis=-1)
    assert np.ptp(bones, axis=0).max() < 1e-9
    np.testing.assert_allclose(bones[0], np.linalg.norm(hand(0.0)[1:] - hand(0.0)[list(HAND_PARENTS[1:])], axis=-1))


def test_blocks_of_a_long_motion_fit_together():
    slots = np.array([0, 1, 2, 3, 4, 12, 13, 14, 15, 16, 30, 31, 32, 2, 3, 4])
    whole = joined(slots, following(), limits(), hands, LENGTHS, 0, 64)
    parts = [joined(slots, following(), limits(), hands, LENGTHS, start, start + 16) for start in range(0, 64, 16)]
    np.testing.assert_allclose(np.concatenate(parts), whole, atol=2e-3)


def test_captures_without_fingers_are_never_chosen_and_jumps_are_rare():
    frames = 200
    local = np.repeat(np.asarray(NEUTRAL_JOINTS, float)[None], frames, axis=0)
    local[:, 20, 1] += 0.2 + 0.1 * np.sin(np.arange(frames) / 6)
    random = np.random.default_rng(0)
    count = 2 * SLOTS
    arms = np.repeat(arm_features(local, 0).mean(axis=0)[None], count, axis=0)  # all fit alike
    captured = np.ones(count, dtype=bool)
    captured[10:20] = False
    shapes = np.stack([hand(bend) for bend in random.uniform(0, 1, count)])
    table = finger_table(arms, shapes, np.zeros(count), following(), captured)
    slots = best_runs(table, wanted_arms(local, 0), np.full(frames // 4, -1), CancelToken())
    assert captured[slots].all()
    assert len(list(runs(slots, following()))) <= 7  # captures of ten slots must be left at their end


@pytest.mark.parametrize(("arm_speed", "expected"), [(0.0, 0), (2.0, 1)])
def test_fingers_are_as_lively_as_their_arm(arm_speed, expected):
    frames = 40
    local = np.repeat(np.asarray(NEUTRAL_JOINTS, float)[None], frames, axis=0)
    time = np.arange(frames) / 20
    local[:, 20, 0] += arm_speed / (2 * np.pi) * np.sin(2 * np.pi * time)
    still = np.stack([hand(0.3)] * 40)
    busy = np.stack([hand(0.3 + 0.3 * np.sin(0.5 * frame)) for frame in range(40)])
    speeds = np.concatenate([tip_speeds(still), tip_speeds(busy)])
    assert speeds[:10].max() == 0 and 0.3 < speeds[10:].mean() < 2.0
    arms = np.repeat(arm_features(local, 0).mean(axis=0)[None], SLOTS, axis=0)  # the place of the arm tells nothing
    chain = np.append(np.arange(1, SLOTS), -1)
    chain[9] = -1
    shapes = np.stack([hand(0.3)] * SLOTS)
    table = finger_table(arms, shapes, speeds, chain, np.ones(SLOTS, dtype=bool))
    slots = best_runs(table, wanted_arms(local, 0), np.full(frames // 4, -1), CancelToken())
    assert set(slots // 10) == {expected}


def test_a_fist_takes_its_time_to_open():
    def opening(rows, mirrored):
        return np.stack([hand(0.0 if row >= 40 else 1.3) for row in rows])

    slots = np.array([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19])
    shape = joined(slots, following(), limits(), opening, LENGTHS, 0, 80)
    steps = np.abs(np.diff(bends(shape)))
    # Three joints bend alike; directions that are mixed turn 2 tan(a / 2) / a as fast halfway as an even turn by a.
    assert 3 * steps.max() < FASTEST * 2 * np.tan(0.65) / 1.3
    assert bends(shape)[0] == pytest.approx(1.3, abs=0.02) and bends(shape)[-1] < 0.02
