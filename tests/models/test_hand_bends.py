"""A hand as bends of its joints: there and back, and a fist that opens without turning its fingers round."""

import numpy as np
import pytest

from core.rotations import axis_angle_to_quaternion, qrot
from models.finger_runs import bone_lengths
from models.hand_bends import HAND_PARENTS, bends_of, hands_of, turned
from tests.models.test_finger_runs import hand


def test_hands_come_back_from_their_bends() -> None:
    random = np.random.default_rng(0)
    turns = axis_angle_to_quaternion(random.normal(size=(6, 3)))
    hands = np.stack([hand(bend) for bend in (0.0, 0.3, 0.6, 0.9, 1.2, 1.4)])
    hands = qrot(np.repeat(turns[:, None], 21, axis=1), hands)
    bones = hands[:, 1:] - hands[:, list(HAND_PARENTS[1:])]
    for one, lengths in zip(hands, np.linalg.norm(bones, axis=-1), strict=True):
        np.testing.assert_allclose(hands_of(bends_of(one[None]), lengths)[0], one, atol=1e-12)


def test_halfway_between_a_fist_and_a_flat_hand_every_joint_is_half_bent() -> None:
    fist, flat = hand(1.4), hand(0.0)
    mean = 0.5 * (bends_of(fist[None]) + bends_of(flat[None]))
    lengths = bone_lengths(flat[None])
    half = hands_of(mean, lengths)[0]
    angles = []
    for points in (half, fist):
        first, second, third = (points[k + 1] - points[k] for k in (9, 10, 11))
        angles.append([_angle(first, second), _angle(second, third)])
    np.testing.assert_allclose(angles[0], np.array(angles[1]) / 2, atol=0.05)
    # Their last bones point in nearly opposite ways: the mean of these says nothing.
    last = [points[12] - points[11] for points in (fist, flat)]
    assert _angle(*last) > 2.0


def test_how_far_a_finger_turns_is_the_sum_of_its_bends() -> None:
    apart = turned(bends_of(hand(0.9)[None]), bends_of(hand(0.2)[None]))
    assert float(apart[0]) == pytest.approx(3 * 0.7, abs=0.1)
    assert float(turned(bends_of(hand(0.9)[None]), bends_of(hand(0.9)[None]))[0]) < 1e-6


def _angle(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.arccos((one @ other) / np.linalg.norm(one) / np.linalg.norm(other)))
