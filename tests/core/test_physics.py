"""Kinematic measures on motions whose figures are known."""

import numpy as np
import pytest

from core import physics
from core.skeleton import PARENTS, UNIFORM_OFFSETS


def standing(frames: int = 60) -> np.ndarray:
    pose = np.zeros((22, 3))
    for joint in range(1, 22):
        pose[joint] = pose[PARENTS[joint]] + UNIFORM_OFFSETS[joint]
    pose[:, 1] -= pose[:, 1].min()
    return np.repeat(pose[None], frames, axis=0)


def test_a_sliding_body_skates_at_its_speed() -> None:
    joints = standing()
    assert physics.foot_skate(joints) == 0.0
    joints[..., 0] += np.arange(60)[:, None] * 0.005
    assert physics.foot_skate(joints) == pytest.approx(100.0, rel=1e-6)
    joints[..., 1] += np.linspace(0, 3, 60)[:, None]
    assert physics.foot_contacts(joints)[20:].sum() == 0


def test_derivatives_steps_floor_and_bones() -> None:
    joints = standing()
    time = np.arange(60)[:, None] / 20.0
    joints[..., 2] += time**3
    assert physics.mean_jerk(joints) == pytest.approx(6.0, rel=1e-6)
    assert physics.max_joint_step(joints) == pytest.approx(2.95**3 - 2.9**3, rel=1e-6)
    assert physics.floor_penetration(joints - [0.0, 0.25, 0.0]) == pytest.approx(0.25)
    assert physics.bone_length_variation(joints) < 1e-9


@pytest.mark.parametrize("turn", [np.pi / 2, -4 * np.pi])
def test_heading_and_body_frame(turn: float) -> None:
    pose = standing(80)
    angle = np.linspace(0.0, turn, 80)
    cosine, sine = np.cos(angle)[:, None], np.sin(angle)[:, None]
    joints = pose.copy()
    joints[..., 0] = cosine * pose[..., 0] + sine * pose[..., 2] + 5.0
    joints[..., 2] = -sine * pose[..., 0] + cosine * pose[..., 2]
    np.testing.assert_allclose(physics.heading_angles(joints), angle, atol=1e-9)
    np.testing.assert_allclose(physics.in_body_frame(joints), pose - pose[:, :1] * [1, 0, 1], atol=1e-9)


def test_wrist_peaks_fall_on_accents() -> None:
    joints = standing(200)
    time = np.arange(200) / 20.0
    for moment in (2.0, 5.0, 8.0):
        joints[:, 21, 2] += 0.3 / (1.0 + np.exp(-(time - moment) / 0.08))
    peaks = physics.wrist_peaks(joints)
    np.testing.assert_allclose(peaks, [2.0, 5.0, 8.0], atol=0.051)
    assert physics.beat_alignment(peaks, [2.0, 5.0, 8.0]) > 0.85
    assert physics.beat_alignment([1.0], [1.1]) == pytest.approx(np.exp(-0.5))
    assert physics.beat_alignment(peaks, []) == 0.0


def test_a_jump_at_the_seam_is_seen() -> None:
    joints = standing(100) + 0.1 * np.sin(np.arange(100) / 5.0)[:, None, None]
    assert physics.seam_acceleration_ratio(joints, 50) < 1.2
    joints[50:] += 0.05
    assert physics.seam_acceleration_ratio(joints, 50) > 5.0
    with pytest.raises(ValueError, match="seam must lie"):
        physics.seam_acceleration_ratio(joints, 100)


def test_seams_of_even_motion_are_as_rough_as_the_inside() -> None:
    joints = np.zeros((400, 22, 3))
    joints[:, 20, 1] = np.sin(2 * np.pi * np.arange(400) / 25)
    even = physics.seam_roughness(joints, 150, 250)
    assert even.acceleration == pytest.approx(1.0, abs=0.03)
    assert even.jerk == pytest.approx(1.0, abs=0.03)


@pytest.mark.parametrize("first", [128, 250])
def test_a_rough_seam_is_found_at_either_end(first: int) -> None:
    joints = np.zeros((400, 22, 3))
    joints[:, 20, 1] = np.sin(2 * np.pi * np.arange(400) / 25)
    joints[first : first + 23, 21, 0] = 0.5 * np.sin(2 * np.pi * np.arange(23) / 5)
    found = physics.seam_roughness(joints, 151, 250)
    # The n-th difference of a sine of period p is (2 sin(pi / p)) ** n as large: periods of 5 and 25 frames.
    ratio = np.sin(np.pi / 5) / np.sin(np.pi / 25)
    assert found.acceleration == pytest.approx(0.5 * ratio**2, rel=0.1)
    assert found.jerk == pytest.approx(0.5 * ratio**3, rel=0.1)


def test_seams_that_cannot_be_judged_are_refused() -> None:
    with pytest.raises(ValueError, match="does not lie within"):
        physics.seam_roughness(np.zeros((100, 22, 3)), 50, 120)
    with pytest.raises(ValueError, match="the whole motion"):
        physics.seam_roughness(np.zeros((60, 22, 3)), 0, 60)
