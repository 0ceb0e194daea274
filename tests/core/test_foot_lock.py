"""Feet that slide, sink and float on purpose, by known amounts: what locking makes of them."""

import numpy as np
import pytest

from core import physics
from core.foot_lock import lock_feet
from core.foot_plants import CREEP, find_plants, plant_flags
from core.skeleton import PARENTS
from core.two_bone import two_bones
from tests.core.walks import ANKLE, HIPS, body, standing, walking

FEET = [7, 10, 8, 11]


def lengths(joints):
    return np.linalg.norm(joints[:, 1:] - joints[:, list(PARENTS[1:])], axis=-1)


def sliding(frames: int = 160, size: float = 0.03, hips: float = HIPS):
    """Feet that slide to and fro by `size` metres, each by itself: 47 mm/s on average at 3 cm and 4 s."""
    time = 2 * np.pi * np.arange(frames) / 80
    left = np.stack([0.1 + size * np.sin(time), np.full(frames, ANKLE), 0.0 * time], axis=-1)
    right = np.stack([-0.1 + 0.0 * time, np.full(frames, ANKLE), size * np.cos(time)], axis=-1)
    return body(np.tile([0.0, hips, 0.0], (frames, 1)), left, right)


def test_sliding_feet_stand():
    joints = sliding()
    # The mean of |cos| is 2 / pi: 3 cm times 2 pi / 4 s times 2 / pi.
    assert physics.foot_skate(joints) == pytest.approx(0.03 * 2 * np.pi / 4 * 2 / np.pi * 1000, rel=0.03)
    locked = lock_feet(joints)
    assert locked.planted.all()
    assert physics.foot_skate(locked.joints) < 0.1
    assert np.ptp(locked.joints[:, FEET], axis=0).max() < 1e-3


def test_bones_keep_their_lengths_and_the_body_its_way():
    joints = sliding()
    result = lock_feet(joints).joints
    np.testing.assert_allclose(lengths(result), lengths(joints), atol=1e-6)
    upper = [j for j in range(22) if j not in (4, 5, *FEET)]
    assert np.abs(result[:, upper] - joints[:, upper]).max() < 0.02
    np.testing.assert_allclose(result[:, upper][..., [0, 2]], joints[:, upper][..., [0, 2]])


@pytest.mark.parametrize("height", [-0.05, -0.02, 0.03, 0.05])
def test_standing_feet_come_to_the_floor(height):
    joints = standing(80)
    joints[..., 1] += height
    result = lock_feet(joints).joints
    assert physics.floor_penetration(result) < 1e-6
    np.testing.assert_allclose(result[:, [10, 11], 1], 0.0, atol=1e-3)
    np.testing.assert_allclose(result[:, 0, 1], HIPS, atol=5e-3)


def test_a_foot_that_creeps_on_takes_a_step_instead():
    frames = 200
    way = np.clip((np.arange(frames) - 60) / 60, 0.0, 1.0) * 0.24  # 8 cm/s for three seconds
    left = np.stack([np.full(frames, 0.1), np.full(frames, ANKLE), way], axis=-1)
    right = np.stack([np.full(frames, -0.1), np.full(frames, ANKLE), way], axis=-1)
    pelvis = np.stack([np.zeros(frames), np.full(frames, HIPS), way], axis=-1)
    joints = body(pelvis, left, right)
    plants = find_plants(joints)
    assert any(plant.stepped for plant in plants)
    locked = lock_feet(joints, plants)
    for plant in plants:
        place = locked.joints[plant.start : plant.end, FEET[plant.joint]]
        assert np.ptp(place, axis=0).max() < 2e-3
        assert np.linalg.norm(
            (place - joints[plant.start : plant.end, FEET[plant.joint]])[:, [0, 2]], axis=-1
        ).max() < (2.5 * CREEP)
    # Never are both feet in the air for it.
    flags = plant_flags(plants, frames)
    assert (flags[:, :2].any(axis=1) | flags[:, 2:].any(axis=1)).all()
    assert locked.joints[:, [10, 11], 1].max() > 0.015


def test_steps_of_a_walk_are_found_where_they_are():
    joints = walking()
    flags = plant_flags(find_plants(joints), len(joints))
    assert flags[:58].all() and flags[150:].all()
    for first, swinging in ((60, 0), (72, 2), (84, 0), (96, 2)):
        middle = slice(first + 3, first + 9)
        assert not flags[middle, swinging : swinging + 2].any()
        assert flags[middle, 2 - swinging : 4 - swinging].all()


def test_steps_that_slide_stand_and_nothing_jumps():
    joints = walking(slide=0.02)
    locked = lock_feet(joints)
    assert physics.foot_skate(joints) > 25
    assert physics.foot_skate(locked.joints) < 0.4 * physics.foot_skate(joints)
    assert physics.max_joint_step(locked.joints) < 1.15 * physics.max_joint_step(joints)
    np.testing.assert_allclose(lengths(locked.joints), lengths(joints), atol=1e-6)


def test_a_clean_walk_stays_as_it_is():
    joints = walking()
    locked = lock_feet(joints)
    # A foot that starts and lands does so without a jerk, so its way in the air may differ by a few centimetres.
    assert np.abs(locked.joints - joints).max() < 0.04
    trunk = [j for j in range(22) if j not in (4, 5, *FEET)]
    assert np.abs(locked.joints - joints)[:, trunk].max() < 0.015
    standing_feet = locked.planted[:, :, None] * (locked.joints - joints)[:, FEET]
    assert np.abs(standing_feet).max() < 0.03


def test_a_body_in_the_air_is_left_alone():
    frames = 60
    joints = standing(frames)
    joints[..., 1] += 0.3
    joints[..., 2] += np.arange(frames)[:, None] * 0.05
    np.testing.assert_allclose(lock_feet(joints).joints, joints, atol=1e-9)


def test_fixed_frames_stay_bit_for_bit_and_their_feet_go_on_standing():
    joints = sliding(hips=HIPS - 0.05)
    fixed = np.zeros(len(joints), dtype=bool)
    fixed[:60] = fixed[120:] = True
    start = lock_feet(joints).joints
    start[60:120] = joints[60:120]
    result = lock_feet(start, fixed=fixed).joints
    np.testing.assert_array_equal(result[fixed], start[fixed])
    assert np.ptp(result[:, FEET], axis=0).max() < 2e-3


def test_two_bones_reach_and_stretch():
    start = np.zeros((2, 3))
    target = np.array([[0.0, -0.5, 0.0], [0.0, -2.0, 0.0]])
    pole = np.tile([0.0, 0.0, 1.0], (2, 1))
    middle, end = two_bones(start, target, 0.4, 0.3, pole)
    np.testing.assert_allclose(end[0], target[0], atol=1e-9)
    np.testing.assert_allclose(np.linalg.norm(middle - start, axis=-1), 0.4)
    np.testing.assert_allclose(np.linalg.norm(end - middle, axis=-1), 0.3)
    assert middle[0, 2] > 0.1  # the law of cosines: 0.4 * sin(acos(0.8)) = 0.24
    assert middle[0, 2] == pytest.approx(0.24)
    np.testing.assert_allclose(end[1], [0.0, -0.7, 0.0], atol=1e-3)
