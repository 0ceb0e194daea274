"""Geometry: signs of left and right, projection and its inverse, bones, and the path before the camera."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from core.skeleton import PELVIS
from models.neutral import NEUTRAL_JOINTS
from models.projection import (
    PathLimits,
    blend_directions,
    body_frames,
    camera_path,
    carry,
    lift,
    lift_along,
    project,
    rotate_yaw,
    smoothstep,
    soft_limit,
)
from tests.models.synthetic import ramp, standing, turned

LIMITS = PathLimits(side=0.3, near=0.3, far=0.3, up=0.5, down=0.5, lean=1.0)
HEIGHT = float(NEUTRAL_JOINTS[PELVIS, 1])


def test_rotate_yaw_turns_forward_to_the_left_and_agrees_with_scipy() -> None:
    points = np.random.default_rng(0).normal(size=(5, 4, 3))
    angles = np.linspace(-3.0, 3.0, 5)
    wanted = np.stack([Rotation.from_euler("y", a).apply(p) for a, p in zip(angles, points, strict=True)])
    np.testing.assert_allclose(rotate_yaw(points, angles), wanted, atol=1e-12)
    forward = rotate_yaw(np.array([[[0.0, 0.0, 1.0]]]), np.array([np.pi / 2]))
    np.testing.assert_allclose(forward[0, 0], [1.0, 0.0, 0.0], atol=1e-12)


@given(st.floats(-900, 900), st.floats(-900, 900), st.floats(-800, 1500))
@settings(max_examples=60, deadline=None)
def test_project_undoes_lift(x: float, y: float, depth: float) -> None:
    centre = np.array([300.0, 400.0])
    point = lift(np.array([x, y]), depth, centre, 3000.0)
    np.testing.assert_allclose(project(point, centre, 3000.0), [x, y], atol=1e-6)


def test_nearer_things_look_larger() -> None:
    centre = np.zeros(2)
    far, near = project(np.array([[100.0, 0.0, 0.0], [100.0, 0.0, 500.0]]), centre, 3000.0)
    assert far[0] == pytest.approx(100.0)
    assert near[0] == pytest.approx(100.0 * 3000.0 / 2500.0)


def test_foreshortened_bone_points_to_the_camera_with_its_full_length() -> None:
    centre, start = np.array([500.0, 500.0]), np.array([50.0, -100.0, 20.0])
    pixel = np.array([600.0, 620.0])
    end = lift_along(start, pixel, 300.0, centre, 4000.0)
    np.testing.assert_allclose(project(end, centre, 4000.0), pixel, atol=1e-6)
    assert np.linalg.norm(end - start) == pytest.approx(300.0, rel=1e-3)
    assert end[2] > start[2]


def test_blend_joins_opposite_directions_in_front_of_the_body_without_a_jump() -> None:
    down, up = np.array([0.0, -1.0, 0.0]), np.array([0.0, 1.0, 0.0])
    path = blend_directions(np.tile(down, (101, 1)), np.tile(up, (101, 1)), np.linspace(0, 1, 101))
    np.testing.assert_allclose(path[[0, -1]], [down, up], atol=1e-12)
    assert path[50, 2] > 0.99
    steps = np.degrees(np.arccos(np.clip((path[1:] * path[:-1]).sum(-1), -1, 1)))
    assert steps.max() < 6.0


def test_carry_keeps_shape() -> None:
    rng = np.random.default_rng(1)
    hand = rng.normal(size=(3, 21, 3))
    start = rng.normal(size=(3, 3))
    end = rng.normal(size=(3, 3))
    start, end = (v / np.linalg.norm(v, axis=1, keepdims=True) for v in (start, end))
    moved = carry(hand, start, end)
    gaps = np.linalg.norm(hand[:, :, None] - hand[:, None], axis=-1)
    np.testing.assert_allclose(np.linalg.norm(moved[:, :, None] - moved[:, None], axis=-1), gaps, atol=1e-9)
    along = np.einsum("tpi,ti->tp", hand, start)
    np.testing.assert_allclose(np.einsum("tpi,ti->tp", moved, end), along, atol=1e-9)


def test_limits_are_smooth_and_kept() -> None:
    x = np.linspace(-5, 5, 2001)
    y = soft_limit(x, 0.2, 0.5)
    assert y.min() > -0.2 - 1e-9 and y.max() < 0.5 + 1e-9
    assert np.all(np.diff(y) >= 0)
    np.testing.assert_allclose(soft_limit([0.01, -0.01], 0.2, 0.5), [0.01, -0.01], rtol=2e-3)
    assert smoothstep(0, 1, -1.0) == 0 and smoothstep(0, 1, 2.0) == 1 and smoothstep(0, 1, 0.5) == pytest.approx(0.5)


def test_heading_is_taken_out_of_a_turn() -> None:
    angles = np.deg2rad(200.0) * ramp(80, 10, 70)
    joints = turned(standing(80), angles)
    frames = body_frames(joints)
    np.testing.assert_allclose(frames.heading, angles, atol=np.deg2rad(2.5))
    np.testing.assert_allclose(frames.heading[[0, -1]], angles[[0, -1]], atol=np.deg2rad(0.1))
    np.testing.assert_allclose(frames.local[0], NEUTRAL_JOINTS, atol=1e-3)


def test_turn_to_the_left_is_positive_shows_and_fades() -> None:
    joints = turned(standing(300), np.deg2rad(90.0) * ramp(300, 20, 40))
    path = camera_path(body_frames(joints), HEIGHT, LIMITS)
    assert np.degrees(path.yaw.max()) > 70
    assert path.yaw.min() > -0.01
    assert abs(np.degrees(path.yaw[-1])) < 3


def test_walker_stays_before_the_camera() -> None:
    joints = standing(400)
    joints[:, :, 2] += 1.3 * np.arange(400)[:, None] / 20.0
    path = camera_path(body_frames(joints), HEIGHT, LIMITS)
    assert path.offset[:, 2].max() < LIMITS.near
    assert np.abs(path.offset[:, 0]).max() < 1e-6
    assert np.abs(np.diff(path.offset, axis=0)).max() * 20 < 1.4


def test_standing_sway_is_kept_and_jump_is_kept() -> None:
    joints = standing(100)
    joints[:, :, 0] += 0.03 * np.sin(np.arange(100) / 8.0)[:, None]
    hop = (
        0.3
        * np.clip(np.sin((np.arange(100) - 40) / 12.0 * np.pi), 0, 1)
        * ((np.arange(100) > 40) & (np.arange(100) < 52))
    )
    joints[:, :, 1] += hop[:, None]
    path = camera_path(body_frames(joints), HEIGHT, LIMITS)
    assert np.ptp(path.offset[:, 0]) > 0.05
    assert 0.2 < path.offset[:, 1].max() < 0.3
