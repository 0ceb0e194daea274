"""Feet on the ground hold the body: checked on motions whose true root is known."""

import numpy as np
from numpy.typing import NDArray

from core.features import encode, recover_from_rotations, recover_joints
from core.skeleton import CONTACT_JOINTS, UNIFORM_OFFSETS
from models.neutral import NEUTRAL_JOINTS
from models.root_motion import anchor_root, consistent_motion


def _swaying(frames: int = 120) -> NDArray[np.float64]:
    """A standing body whose pelvis and trunk sway by 6 cm while its feet stay."""
    joints = np.repeat(np.asarray(NEUTRAL_JOINTS, dtype=np.float64)[None], frames, axis=0)
    sway = 0.06 * np.sin(np.arange(frames) / 12)[:, None, None] * np.array([1.0, 0.0, 0.3])
    moving = [j for j in range(22) if j not in (*CONTACT_JOINTS, 4, 5)]
    joints[:, moving] += sway
    joints[:, [4, 5]] += sway / 2
    return joints


def test_standing_feet_do_not_slide_whatever_the_root_velocity_says() -> None:
    features = encode(_swaying(), uniform=False)
    random = np.random.default_rng(0)
    noisy = features.copy()
    noisy[:, :3] += random.normal(0, 0.004, (len(features), 3)) + 0.002
    feet = list(CONTACT_JOINTS)
    before = recover_joints(noisy)[:, feet]
    after = recover_joints(anchor_root(noisy))[:, feet]
    assert np.linalg.norm(before[-1] - before[0], axis=-1).min() > 0.1
    assert np.linalg.norm(after - after[0], axis=-1).max() < 0.002


def test_a_body_in_the_air_keeps_its_own_travel() -> None:
    features = encode(_swaying(), uniform=False)
    features[:, 259:263] = 0.0
    features[:, 2] = 0.05
    assert np.array_equal(anchor_root(features), features)


def test_rotation_and_velocity_columns_agree_with_the_joints() -> None:
    features = encode(_swaying())
    broken = features.copy()
    broken[:, 67:259] = 0.3
    joints, mended = consistent_motion(broken)
    np.testing.assert_allclose(recover_from_rotations(mended, UNIFORM_OFFSETS), joints, atol=1e-4)
    np.testing.assert_allclose(mended[:-1, 193:259], features[:-1, 193:259], atol=1e-5)
