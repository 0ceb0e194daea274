"""Rotation algebra against numbers of public reference programs and against scipy as a second implementation."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation, Slerp

from core import rotations as rot

FIXTURES = Path(__file__).parents[1] / "fixtures" / "motion" / "rotations.npz"


@pytest.fixture(scope="module")
def fixture() -> dict[str, np.ndarray]:
    with np.load(FIXTURES) as data:
        return {name: data[name].astype(np.float64) for name in data.files}


def up_to_sign(actual: np.ndarray, wanted: np.ndarray) -> float:
    """Largest deviation of quaternions, where q and -q are the same rotation."""
    return float(np.minimum(np.abs(actual - wanted).max(-1), np.abs(actual + wanted).max(-1)).max())


def scipy_of(quaternions: np.ndarray) -> Rotation:
    return Rotation.from_quat(quaternions[..., [1, 2, 3, 0]])


def random_quaternions(count: int, seed: int = 0) -> np.ndarray:
    return rot.qnormalize(np.random.default_rng(seed).normal(size=(count, 4)))


def test_fixture_products_and_conversions(fixture: dict[str, np.ndarray]) -> None:
    q, r = fixture["q"], fixture["r"]
    np.testing.assert_allclose(rot.qmul(q, r), fixture["qmul_q_r"], atol=1e-6)
    np.testing.assert_allclose(rot.qinv(q), fixture["qinv_q"], atol=1e-7)
    np.testing.assert_allclose(rot.qrot(q, fixture["v"]), fixture["qrot_q_v"], atol=2e-6)
    np.testing.assert_allclose(rot.quaternion_to_matrix(q), fixture["matrix"], atol=2e-6)
    np.testing.assert_allclose(rot.quaternion_to_6d(q), fixture["cont6d"], atol=2e-6)
    np.testing.assert_allclose(rot.matrix_to_6d_rows(fixture["matrix"]), fixture["p3d_matrix_to_6d_rows"], atol=1e-7)
    assert up_to_sign(rot.sixd_to_quaternion(fixture["cont6d"]), fixture["cont6d_to_quat"]) < 1e-6


def test_fixture_gram_schmidt_in_both_conventions(fixture: dict[str, np.ndarray]) -> None:
    np.testing.assert_allclose(rot.sixd_to_matrix(fixture["raw6d"]), fixture["raw6d_matrix"], atol=5e-6)
    np.testing.assert_allclose(rot.sixd_rows_to_matrix(fixture["raw6d"]), fixture["p3d_raw6d_matrix_rows"], atol=5e-6)
    assert up_to_sign(rot.sixd_to_quaternion(fixture["raw6d"]), fixture["raw6d_quat"]) < 2e-6


def test_fixture_shortest_arc_axis_angle_and_signs(fixture: dict[str, np.ndarray]) -> None:
    np.testing.assert_allclose(rot.qbetween(fixture["between_a"], fixture["between_b"]), fixture["qbetween"], atol=2e-6)
    assert up_to_sign(rot.axis_angle_to_quaternion(fixture["expmap"]), fixture["expmap_quat"]) < 1e-6
    np.testing.assert_allclose(rot.axis_angle_to_matrix(fixture["expmap"]), fixture["expmap_matrix_p3d"], atol=2e-6)
    np.testing.assert_array_equal(rot.make_continuous(fixture["qfix_in"]), fixture["qfix_out"])


@pytest.mark.parametrize("order", ["xyz", "zyx", "yzx"])
def test_fixture_euler(fixture: dict[str, np.ndarray], order: str) -> None:
    columns = ["xyz".index(axis) for axis in order]
    angles = np.radians(fixture["euler_deg"])[:, columns]
    assert up_to_sign(rot.euler_to_quaternion(angles, order.upper()), fixture[f"euler2quat_{order}"]) < 1e-6
    actual = rot.quaternion_to_euler(fixture["q"], order.upper())
    away_from_pole = np.abs(np.cos(actual[:, 1])) > 1e-2  # the reference takes arcsin of float32 values
    difference = np.degrees(actual) - fixture[f"qeuler_deg_{order}_follow"]
    assert np.abs((difference[away_from_pole] + 180.0) % 360.0 - 180.0).max() < 1e-3


@pytest.mark.parametrize("order", rot.EULER_ORDERS)
def test_euler_equals_scipy_and_returns(order: str) -> None:
    q = random_quaternions(500, seed=3)
    angles = rot.quaternion_to_euler(q, order)
    np.testing.assert_allclose(angles, scipy_of(q).as_euler(order), atol=1e-9)
    assert up_to_sign(rot.euler_to_quaternion(angles, order), q) < 1e-12


@pytest.mark.parametrize("order", rot.EULER_ORDERS)
@pytest.mark.parametrize("middle", [90.0, -90.0, 90.0 - 1e-5, -90.0 + 1e-5])
def test_euler_at_the_pole_is_the_same_rotation(order: str, middle: float) -> None:
    angles = np.radians(np.array([[30.0, middle, 50.0], [-170.0, middle, 20.0], [0.0, middle, 0.0]]))
    q = rot.euler_to_quaternion(angles, order)
    assert up_to_sign(rot.euler_to_quaternion(rot.quaternion_to_euler(q, order), order), q) < 1e-7


def test_conversions_equal_scipy() -> None:
    q = random_quaternions(500, seed=1)
    reference = scipy_of(q)
    np.testing.assert_allclose(rot.quaternion_to_matrix(q), reference.as_matrix(), atol=1e-14)
    assert up_to_sign(rot.matrix_to_quaternion(reference.as_matrix()), q) < 1e-14
    np.testing.assert_allclose(rot.quaternion_to_axis_angle(q), reference.as_rotvec(), atol=1e-12)
    assert up_to_sign(rot.axis_angle_to_quaternion(reference.as_rotvec()), q) < 1e-14
    other = random_quaternions(500, seed=2)
    np.testing.assert_allclose(rot.qangle(q, other), (reference.inv() * scipy_of(other)).magnitude(), atol=1e-12)


@pytest.mark.parametrize("axis", [(1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0), (0.6, 0.0, 0.8)])
def test_half_turns_and_tiny_turns_survive_every_conversion(axis: tuple[float, float, float]) -> None:
    for angle in (np.pi, np.pi - 1e-9, 1e-9, 0.0):
        q = rot.axis_angle_to_quaternion(np.array(axis) * angle)
        assert up_to_sign(rot.matrix_to_quaternion(rot.quaternion_to_matrix(q)), q) < 1e-12
        assert up_to_sign(rot.axis_angle_to_quaternion(rot.quaternion_to_axis_angle(q)), q) < 1e-12


def test_slerp_equals_scipy_and_takes_the_short_way() -> None:
    first, second = random_quaternions(2, seed=5)
    times = np.linspace(0.0, 1.0, 11)
    reference = Slerp([0, 1], scipy_of(np.stack([first, second])))(times)
    actual = rot.slerp(first, second, times)
    assert up_to_sign(actual, reference.as_quat()[:, [3, 0, 1, 2]]) < 1e-12
    assert up_to_sign(rot.slerp(first, -second, times), actual) < 1e-12
    assert up_to_sign(rot.slerp(first, first, times), np.tile(first, (11, 1))) < 1e-15
    assert up_to_sign(rot.slerp(first, -first, times), np.tile(first, (11, 1))) < 1e-15


@pytest.mark.parametrize(
    ("start", "axis"),
    [
        ((0, 0, 1), (0, 1, 0)),
        ((1, 0, 0), (0, 1, 0)),
        ((-0.6, 0, 0.8), (0, 1, 0)),
        ((0, 1, 0), (1, 0, 0)),
        ((0, -1, 0), (1, 0, 0)),
    ],
)
def test_opposite_vectors_turn_about_the_documented_axis(start: tuple[float, ...], axis: tuple[float, ...]) -> None:
    vector = np.array(start, dtype=np.float64)
    q = rot.qbetween(vector, -vector)
    np.testing.assert_allclose(q, [0.0, *axis], atol=1e-12)
    np.testing.assert_allclose(rot.qrot(q, vector), -vector, atol=1e-12)


def test_zero_vectors_give_the_identity() -> None:
    zero = np.zeros(3)
    for pair in ((zero, [0, 1, 0]), ([0, 1, 0], zero), (zero, zero)):
        np.testing.assert_array_equal(rot.qbetween(*pair), [1, 0, 0, 0])
    np.testing.assert_array_equal(rot.qnormalize(np.zeros((2, 4))), [[1, 0, 0, 0]] * 2)


@settings(max_examples=150, deadline=None)
@given(
    st.tuples(*[st.floats(-1.0, 1.0)] * 3).filter(lambda v: np.linalg.norm(v) > 0.1),
    st.tuples(*[st.floats(-1.0, 1.0)] * 3),
    st.sampled_from([0.0, 1e-15, 1e-12, 1e-9, 1e-7, 1e-4, 1e-1, 1.0]),
)
def test_shortest_arc_reaches_its_target_near_opposition(
    start: tuple[float, ...], noise: tuple[float, ...], amount: float
) -> None:
    vector = np.array(start)
    target = -vector + amount * np.array(noise)
    q = rot.qbetween(vector, target)
    assert abs(np.linalg.norm(q) - 1.0) < 1e-12
    assume(np.linalg.norm(target) > 1e-3)
    np.testing.assert_allclose(rot.qrot(q, rot.normalize(vector)), rot.normalize(target), atol=1e-7)


def test_swing_twist_recombines_and_twist_keeps_the_axis() -> None:
    q = random_quaternions(200, seed=8)
    axis = rot.normalize(np.random.default_rng(9).normal(size=(200, 3)))
    swing, twist = rot.swing_twist(q, axis)
    assert up_to_sign(rot.qmul(swing, twist), q) < 1e-12
    np.testing.assert_allclose(rot.qrot(twist, axis), axis, atol=1e-12)
    np.testing.assert_allclose(np.sum(swing[:, 1:] * axis, axis=-1), 0.0, atol=1e-12)


@pytest.mark.parametrize("order", rot.EULER_ORDERS)
def test_euler_curves_do_not_jump_in_a_tumble(order: str) -> None:
    time = np.linspace(0.0, 1.0, 400)
    spin = rot.axis_angle_to_quaternion(np.stack([9.0 * time, 0.4 * np.sin(6 * time), 14.0 * time], axis=-1))
    curves = rot.continuous_euler(spin, order)
    assert up_to_sign(rot.euler_to_quaternion(curves, order), spin) < 1e-9
    principal = rot.quaternion_to_euler(spin, order)
    assert np.abs(np.diff(principal, axis=0)).max() > 2.0
    assert np.abs(np.diff(curves, axis=0)).max() < 2.0
    turns = rot.axis_angle_to_quaternion(np.stack([0 * time, 15.0 * time, 0 * time], axis=-1))
    heading = rot.continuous_euler(turns, "YXZ")[:, 0]
    np.testing.assert_allclose(heading, 15.0 * time, atol=1e-9)


@pytest.mark.parametrize("order", rot.EULER_ORDERS)
@pytest.mark.parametrize("start", [-80.0, 80.0])
def test_euler_curves_pass_straight_through_a_pole(order: str, start: float) -> None:
    middle = np.radians(start + np.sign(start) * np.linspace(0.0, 20.0, 21))
    angles = np.stack([np.full(21, 0.5), middle, np.full(21, -0.7)], axis=-1)
    q = rot.euler_to_quaternion(angles, order)
    curves = rot.continuous_euler(q, order)
    assert up_to_sign(rot.euler_to_quaternion(curves, order), q) < 1e-7
    assert np.abs(np.diff(curves, axis=0)).max() < np.radians(1.01)


def test_degenerate_6d_gives_a_rotation() -> None:
    for sixd in (np.zeros(6), [1, 0, 0, 2, 0, 0], [0, 3, 0, 0, 1, 0], [0, 0, 0, 0, 1, 0]):
        matrix = rot.sixd_to_matrix(sixd)
        np.testing.assert_allclose(matrix @ matrix.T, np.eye(3), atol=1e-12)
        assert np.linalg.det(matrix) == pytest.approx(1.0)


def test_leading_axes_broadcast_and_wrong_shapes_are_named() -> None:
    q = random_quaternions(6, seed=11).reshape(2, 3, 4)
    v = np.random.default_rng(0).normal(size=(5, 1, 1, 3))
    assert rot.qrot(q, v).shape == (5, 2, 3, 3)
    assert rot.qbetween(v, [0, 0, 1]).shape == (5, 1, 1, 4)
    assert rot.quaternion_to_euler(q, "ZXY").shape == (2, 3, 3)
    assert rot.make_continuous(q[:0]).shape == (0, 3, 4)
    with pytest.raises(ValueError, match=r"quaternions.*length 4.*\(2, 3\)"):
        rot.qrot(np.zeros((2, 3)), np.zeros((2, 3)))
    with pytest.raises(ValueError, match=r"Euler order.*'XYX'"):
        rot.quaternion_to_euler(q, "XYX")
    with pytest.raises(ValueError, match=r"\(3, 3\)"):
        rot.matrix_to_quaternion(np.zeros((2, 4)))
