"""A part of one motion on another: directions by geometry, bones by length, everything else bit for bit."""

import numpy as np
import pytest

from core import physics
from core.body_parts import FADE, Layer, composed, shares
from core.features import recover_joints
from core.motion import MotionClip
from core.skeleton import PARENTS
from tests.core.walks import clip_of, standing, walking

ARM = (17, 19, 21)


def raised(frames: int = 160) -> np.ndarray:
    """The right arm points straight up, the left hangs; the head looks up by 45 degrees."""
    joints = standing(frames)
    for joint in (19, 21):
        joints[:, joint] = joints[:, PARENTS[joint]] + [0.0, 0.26, 0.0]
    joints[:, 15] = joints[:, 12] + np.array([0.0, 0.0728, 0.0728])
    return joints


def facing(joints: np.ndarray, degrees: float) -> MotionClip:
    """The clip of a body that is turned to its left from its first frame on, with such a heading in its features."""
    clip = clip_of(joints)
    angle = np.deg2rad(degrees)
    c, s = np.cos(angle), np.sin(angle)
    turn = np.array([[c, 0.0, s], [0.0, 1.0, 0.0], [-s, 0.0, c]])
    features = clip.features.copy()
    features[0, 0] = -angle / 2  # half of the inverse turn
    moved = joints @ turn.T
    moved[0] = joints[0]
    return MotionClip(moved.astype(np.float32), features, clip.tokens, clip.contacts)


def directions(joints: np.ndarray, members: tuple[int, ...]) -> np.ndarray:
    bones = np.stack([joints[:, j] - joints[:, PARENTS[j]] for j in members], axis=1).astype(float)
    return bones / np.linalg.norm(bones, axis=-1, keepdims=True)


def lengths(joints: np.ndarray) -> np.ndarray:
    return np.linalg.norm(joints[:, 1:] - joints[:, list(PARENTS[1:])], axis=-1)


def test_an_arm_is_put_on_and_nothing_else_moves():
    base = clip_of(standing(160))
    result = composed(base, (Layer("right_arm", 60, 100, clip_of(raised()), 0),))
    inside = slice(60 + FADE, 100 - FADE)
    np.testing.assert_allclose(directions(result.joints, (19, 21))[inside], [[[0, 1, 0], [0, 1, 0]]] * 28, atol=1e-6)
    rest = [j for j in range(22) if j not in ARM]
    np.testing.assert_allclose(result.joints[:, rest], base.joints[:, rest], atol=1e-6)
    away = np.r_[0 : 60 - FADE, 100 + FADE : 160]
    np.testing.assert_array_equal(result.joints[away], base.joints[away])
    np.testing.assert_array_equal(result.features[away[away != 53]], base.features[away[away != 53]])
    np.testing.assert_allclose(lengths(result.joints), lengths(base.joints), atol=1e-6)


def test_features_belong_to_the_joints_of_every_part():
    base = clip_of(walking(160))
    for part in ("upper", "lower", "left_arm", "right_arm", "head"):
        result = composed(base, (Layer(part, 40, 120, clip_of(raised(160)), 0),))
        np.testing.assert_allclose(recover_joints(result.features), result.joints, atol=2e-4)
        np.testing.assert_allclose(lengths(result.joints), lengths(base.joints), atol=1e-5)


def test_an_arm_follows_the_chest_that_it_hangs_on():
    lying = standing(160)
    # The trunk bends ahead by 90 degrees: a raised arm then points ahead, and the head that looked up by 45 degrees,
    # too, as both hang on the chest.
    trunk = [3, 6, 9, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21]
    local = lying[:, trunk] - lying[:, :1]
    lying[:, trunk] = lying[:, :1] + np.stack([local[..., 0], -local[..., 2], local[..., 1]], axis=-1)
    result = composed(clip_of(lying), (Layer("right_arm", 40, 120, clip_of(raised()), 0),))
    np.testing.assert_allclose(directions(result.joints, (19, 21))[80], [[0, 0, 1], [0, 0, 1]], atol=1e-6)


def test_the_upper_body_keeps_its_lean_against_the_ground_and_follows_the_heading():
    lean = standing(160)
    trunk = [3, 6, 9, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21]
    local = lean[:, trunk] - lean[:, :1]
    c, s = np.cos(0.5), np.sin(0.5)
    bent = np.stack([local[..., 0], c * local[..., 1] - s * local[..., 2], s * local[..., 1] + c * local[..., 2]], -1)
    lean[:, trunk] = lean[:, :1] + bent
    base = facing(standing(160), 90.0)  # looks to +X
    result = composed(base, (Layer("upper", 40, 120, clip_of(lean), 0),))
    np.testing.assert_allclose(directions(result.joints, (3, 12))[80], [[s, c, 0], [s, c, 0]], atol=1e-5)
    legs = [1, 2, 4, 5, 7, 8, 10, 11]
    np.testing.assert_allclose(result.joints[:, legs], base.joints[:, legs], atol=1e-5)


def test_legs_bring_their_travel_and_later_frames_go_along():
    base, legs = clip_of(raised(200)), clip_of(walking(200))
    result = composed(base, (Layer("lower", 50, 150, legs, 0),))
    assert result.joints[-1, 0, 2] == pytest.approx(3.0, abs=0.03)
    np.testing.assert_array_equal(result.joints[: 50 - FADE], base.joints[: 50 - FADE])
    np.testing.assert_allclose(directions(result.joints, (19, 21)), directions(base.joints, (19, 21)), atol=1e-5)
    after = slice(150 + FADE, 200)
    moved = result.joints[after] - result.joints[after, :1] * np.array([1, 0, 1], np.float32)
    kept = base.joints[after] - base.joints[after, :1] * np.array([1, 0, 1], np.float32)
    np.testing.assert_allclose(moved, kept, atol=1e-5)
    rows = slice(150 + FADE + 1, 200)
    np.testing.assert_array_equal(result.features[rows], base.features[rows])
    assert physics.max_joint_step(result.joints) < 1.1 * physics.max_joint_step(legs.joints)


def test_legs_walk_where_the_body_looks():
    base = facing(raised(200), 90.0)
    result = composed(base, (Layer("lower", 50, 150, clip_of(walking(200)), 0),))
    way = result.joints[-1, 0] - result.joints[10, 0]
    np.testing.assert_allclose(way, [3.0, 0.0, 0.0], atol=0.04)


def test_a_smaller_part_wins_whatever_the_order():
    other = raised()
    other[:, 19:22] = standing(160)[:, 19:22]
    upper = Layer("upper", 40, 120, clip_of(other), 0)
    arm = Layer("right_arm", 40, 120, clip_of(raised()), 0)
    for layers in ((upper, arm), (arm, upper)):
        result = composed(clip_of(standing(160)), layers)
        np.testing.assert_allclose(directions(result.joints, (19, 21))[80], [[0, 1, 0], [0, 1, 0]], atol=1e-6)


def test_a_layer_may_begin_with_the_motion_and_end_with_it():
    assert (shares(50, 0, 50) == 1.0).all()
    result = composed(clip_of(standing(50)), (Layer("right_arm", 0, 50, clip_of(raised(50)), 0),))
    np.testing.assert_allclose(directions(result.joints, (21,))[[0, 49]], [[[0, 1, 0]]] * 2, atol=1e-6)


def test_a_layer_made_in_a_window_lands_at_its_place():
    window = clip_of(raised(80))
    result = composed(clip_of(standing(160)), (Layer("right_arm", 60, 100, window, 40),))
    assert directions(result.joints, (21,))[80, 0, 1] == pytest.approx(1.0)
    assert directions(result.joints, (21,))[40, 0, 1] == pytest.approx(-1.0)
