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
