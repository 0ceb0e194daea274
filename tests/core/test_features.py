"""HumanML3D features: `published` against numbers of the reference programs, `corrected` against physics."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from core import features
from core.rotations import axis_angle_to_quaternion, qrot
from core.skeleton import CHAINS, PARENTS, UNIFORM_BONE_LENGTHS, UNIFORM_OFFSETS
from tests.core.walks import walking

Array = NDArray[np.float64]

FIXTURE = Path(__file__).parents[1] / "fixtures" / "motion" / "features.npz"
CLIPS = ("walk", "wave", "walk_mirror")
PARENT_LIST = list(PARENTS)


@pytest.fixture(scope="module")
def fixture() -> dict[str, Array]:
    with np.load(FIXTURE) as data:
        return {name: data[name].astype(np.float64) for name in data.files}


def up_to_sign(actual: Array, wanted: Array) -> float:
    return float(np.minimum(np.abs(actual - wanted).max(-1), np.abs(actual + wanted).max(-1)).max())


def about_y(degrees: Array | float) -> Array:
    angle = np.radians(np.asarray(degrees, dtype=np.float64))
    zero = np.zeros_like(angle)
    return axis_angle_to_quaternion(np.stack([zero, angle, zero], axis=-1))


def spinning(pose: Array, degrees: Array, path: Array | None = None) -> Array:
    """A frozen (22, 3) pose that turns on the spot (or along `path`, (T, 3)) by (T,) degrees."""
    joints = qrot(about_y(degrees)[:, None], (pose - pose[:1] * [1, 0, 1])[None])
    return joints if path is None else joints + path[:, None]


# ---- published mode: the reference program's numbers


@pytest.mark.parametrize("clip", CLIPS)
def test_published_features_equal_the_reference(fixture: dict[str, Array], clip: str) -> None:
    actual = features.encode(fixture[f"{clip}.joints_in"], "published")
    wanted = fixture[f"{clip}.features"]
    assert actual.dtype == np.float32
    assert actual.shape == wanted.shape
    np.testing.assert_allclose(actual[:, :259], wanted[:, :259], atol=5e-5, rtol=0)
    np.testing.assert_array_equal(actual[:, features.CONTACTS], wanted[:, features.CONTACTS])
    np.testing.assert_allclose(actual[:, features.ROOT_VELOCITY], fixture[f"{clip}.l_velocity"], atol=5e-5)


@pytest.mark.parametrize("clip", CLIPS)
def test_published_intermediates_equal_the_reference(fixture: dict[str, Array], clip: str) -> None:
    uniform = features.uniform_skeleton(fixture[f"{clip}.joints_in"])
    np.testing.assert_allclose(uniform, fixture[f"{clip}.joints_uniform"], atol=1e-5)
    placed = features.canonical_joints(uniform, "published")
    np.testing.assert_allclose(placed, fixture[f"{clip}.joints_global"], atol=1e-5)
    for smooth, name in ((True, "smooth"), (False, "nosmooth")):
        root = features.root_quaternions(placed, "published", smooth=smooth)
        assert up_to_sign(features.swing_rotations(placed, root), fixture[f"{clip}.ik_quat_{name}"]) < 5e-5
    local = features.encode(fixture[f"{clip}.joints_in"], "published")[:, features.LOCAL_POSITIONS].reshape(-1, 21, 3)
    np.testing.assert_allclose(local, fixture[f"{clip}.joints_local_rifke"][:-1, 1:], atol=5e-5)


@pytest.mark.parametrize("clip", CLIPS)
def test_recovery_equals_the_reference(fixture: dict[str, Array], clip: str) -> None:
    encoded = fixture[f"{clip}.features"]
    quaternions, positions = features.recover_root(encoded)
    np.testing.assert_allclose(quaternions, fixture[f"{clip}.recover_root_quat"], atol=1e-5)
    np.testing.assert_allclose(positions, fixture[f"{clip}.recover_root_pos"], atol=1e-5)
    np.testing.assert_allclose(features.recover_joints(encoded), fixture[f"{clip}.recover_ric"], atol=1e-5)
    np.testing.assert_allclose(features.recover_from_rotations(encoded), fixture[f"{clip}.recover_rot"], atol=1e-5)


def test_mirror_equals_the_reference_and_undoes_itself(fixture: dict[str, Array]) -> None:
    mirrored = features.mirror(fixture["walk.joints_in"])
    np.testing.assert_array_equal(mirrored, fixture["walk_mirror.joints_in"])
    np.testing.assert_array_equal(features.mirror(mirrored), fixture["walk.joints_in"])


def test_skeleton_constants_equal_the_reference(fixture: dict[str, Array]) -> None:
    np.testing.assert_allclose(UNIFORM_OFFSETS, fixture["const.tgt_offsets"], atol=1e-6)
    np.testing.assert_array_equal(PARENT_LIST, fixture["const.parents"])
    for number, chain in enumerate(CHAINS):
        width = fixture[f"const.chain{number}"].shape[0]
        np.testing.assert_array_equal(chain[:width], fixture[f"const.chain{number}"])


# ---- corrected mode: physics


def recovered_error(joints: Array) -> float:
    """Largest deviation in metres of encode -> recover from the placed uniform motion."""
    placed = features.canonical_joints(features.uniform_skeleton(joints), "corrected")
    return float(np.abs(features.recover_joints(features.encode(joints)) - placed[:-1]).max())


@pytest.mark.parametrize("clip", CLIPS)
@pytest.mark.parametrize("mode", ["corrected", "published"])
def test_round_trip(fixture: dict[str, Array], clip: str, mode: features.FeatureMode) -> None:
    joints = fixture[f"{clip}.joints_in"]
    placed = features.canonical_joints(features.uniform_skeleton(joints), mode)
    encoded = features.encode(joints, mode)
    by_rotations = features.recover_from_rotations(encoded)
    np.testing.assert_allclose(by_rotations, features.recover_joints(encoded), atol=1e-4)
    if mode == "corrected":
        np.testing.assert_allclose(features.recover_joints(encoded), placed[:-1], atol=1e-4)


@pytest.mark.parametrize("turn", [179.0, 181.0, 330.0, -400.0, 1000.0, -1500.0])
def test_turns_of_any_size_are_recovered(fixture: dict[str, Array], turn: float) -> None:
    frames = 160
    path = np.stack([np.linspace(0, 2, frames), np.zeros(frames), np.sin(np.linspace(0, 3, frames))], axis=-1)
    joints = spinning(fixture["wave.joints_in"][0], np.linspace(0.0, turn, frames), path)
    assert recovered_error(joints) < 1e-3
    yaw_velocity = -2.0 * np.degrees(features.encode(joints)[:, 0])  # column 0: half angles, positive to the right
    # The Gaussian over a ramp with held ends lacks sigma / sqrt(2 pi) frames of turning at both ends, no more.
    lost = 2.0 * features.HEADING_SIGMA / np.sqrt(2.0 * np.pi) / frames
    assert yaw_velocity.sum() == pytest.approx(turn * (1.0 - lost), rel=0.01)
    assert yaw_velocity[80] == pytest.approx(turn / (frames - 1), rel=0.02)


@pytest.mark.parametrize("speed", [90.0, 180.0, 300.0, 720.0])
def test_a_fast_spin_keeps_its_speed(fixture: dict[str, Array], speed: float) -> None:
    time = np.arange(200) / 20.0
    joints = spinning(fixture["wave.joints_in"][0], speed * time)
    assert recovered_error(joints) < 1e-3
    encoded = features.encode(joints)
    np.testing.assert_allclose(-2.0 * np.degrees(encoded[90:110, 0]) * 20.0, speed, rtol=1e-3)
    # A frozen pose that turns at a constant rate has constant local positions away from the clip's ends.
    local = encoded[90:110, features.LOCAL_POSITIONS]
    assert np.ptp(local, axis=0).max() < 1e-3


def test_no_jump_on_the_first_frame(fixture: dict[str, Array]) -> None:
    joints = fixture["walk.joints_in"]
    published = np.abs(features.encode(joints, "published")[:, 0])
    corrected = np.abs(features.encode(joints, "corrected")[:, 0])
    assert corrected[0] < 3.0 * corrected[1:6].max() + 1e-4
    turning = spinning(joints[0], np.concatenate([np.zeros(10), np.linspace(0, 90, 40), np.full(20, 90.0)]))
    published = np.abs(features.encode(turning, "published")[:, 0])
    corrected = np.abs(features.encode(turning, "corrected")[:, 0])
    assert published[0] > 5.0 * published[1]  # the quirk is there, so this test can see it
    assert corrected[0] < 1.5 * corrected[1]


@pytest.mark.parametrize("heading", [0.0, 37.0, 90.0, 180.0, -179.999999, 270.0])
@pytest.mark.parametrize("clip", ["walk", "wave"])
def test_place_and_heading_do_not_matter(fixture: dict[str, Array], clip: str, heading: float) -> None:
    joints = fixture[f"{clip}.joints_in"]
    moved = qrot(about_y(heading), joints) + np.array([3.0, -1.0, 7.0])
    for mode in ("corrected", "published"):
        wanted = features.encode(joints, mode)
        actual = features.encode(moved, mode)
        np.testing.assert_allclose(actual[:, :259], wanted[:, :259], atol=2e-5)
        np.testing.assert_array_equal(actual[:, 259:], wanted[:, 259:])


@pytest.mark.parametrize("mode", ["corrected", "published"])
def test_facing_exactly_backwards_and_bones_opposite_to_rest(mode: features.FeatureMode) -> None:
    pose = np.zeros((22, 3))
    for joint in range(1, 22):
        pose[joint] = pose[PARENTS[joint]] - UNIFORM_OFFSETS[joint]
    joints = np.repeat(pose[None], 30, axis=0)
    encoded = features.encode(joints, mode)
    assert np.isfinite(encoded).all()
    np.testing.assert_allclose(
        features.recover_joints(encoded), features.canonical_joints(joints, mode)[:-1], atol=1e-5
    )
    np.testing.assert_allclose(features.recover_from_rotations(encoded), features.recover_joints(encoded), atol=1e-5)


def test_frozen_pose_is_constant_and_in_contact(fixture: dict[str, Array]) -> None:
    encoded = features.encode(np.repeat(fixture["walk.joints_in"][:1], 50, axis=0))
    np.testing.assert_allclose(encoded, np.repeat(encoded[:1], 49, axis=0), atol=1e-6)
    np.testing.assert_allclose(encoded[:, :3], 0.0, atol=1e-6)
    np.testing.assert_allclose(encoded[:, features.VELOCITIES], 0.0, atol=1e-6)
    np.testing.assert_array_equal(encoded[:, features.CONTACTS], 1.0)


def test_shortest_clip(fixture: dict[str, Array]) -> None:
    joints = fixture["wave.joints_in"][:2]
    for mode in ("corrected", "published"):
        encoded = features.encode(joints, mode)
        assert encoded.shape == (1, 263)
        placed = features.canonical_joints(features.uniform_skeleton(joints), mode)
        np.testing.assert_allclose(features.recover_joints(encoded), placed[:1], atol=1e-5)


def test_columns_mean_what_the_specification_says(fixture: dict[str, Array]) -> None:
    """A walk straight ahead at 1.2 m/s, then the same sideways to the left: sign and unit of the root columns."""
    pose = fixture["walk.joints_in"][0]
    facing = features.canonical_joints(features.uniform_skeleton(np.repeat(pose[None], 2, axis=0)), "corrected")[0]
    for direction in (np.array([0.0, 0.0, 1.0]), np.array([1.0, 0.0, 0.0])):
        joints = facing + (np.arange(40) * 0.06)[:, None, None] * direction
        encoded = features.encode(joints, uniform=False)
        np.testing.assert_allclose(encoded[:, 1:3], np.tile(direction[[0, 2]] * 0.06, (39, 1)), atol=1e-5)
        np.testing.assert_allclose(encoded[:, 3], facing[0, 1], atol=1e-5)
        np.testing.assert_array_equal(encoded[:, features.CONTACTS], 0.0)  # 6 cm a frame is above 4.47


def test_uniform_skeleton_has_its_lengths_and_keeps_directions(fixture: dict[str, Array]) -> None:
    joints = fixture["walk.joints_in"]
    result = features.uniform_skeleton(joints)
    bones = result[:, 1:] - result[:, PARENT_LIST[1:]]
    lengths = np.linalg.norm(bones, axis=-1)
    np.testing.assert_allclose(lengths, np.tile(UNIFORM_BONE_LENGTHS[1:], (len(joints), 1)), atol=1e-9)
    before = joints[:, 1:] - joints[:, PARENT_LIST[1:]]
    before /= np.linalg.norm(before, axis=-1, keepdims=True)
    np.testing.assert_allclose(bones / lengths[..., None], before, atol=1e-6)
    np.testing.assert_allclose(features.uniform_skeleton(result), result, atol=1e-6)


@pytest.mark.parametrize(
    ("joints", "message"),
    [
        (np.zeros((5, 21, 3)), r"\(T, 22, 3\).*\(5, 21, 3\)"),
        (np.zeros((5, 22)), r"\(T, 22, 3\).*\(5, 22\)"),
        (np.ones((1, 22, 3)), "at least 2 frames.*1"),
        (np.zeros((0, 22, 3)), "at least 2 frames.*0"),
    ],
)
def test_wrong_shapes_are_refused(joints: Array, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        features.encode(joints)


def test_bad_values_are_refused(fixture: dict[str, Array]) -> None:
    joints = fixture["walk.joints_in"].copy()
    joints[7, 3, 1] = np.nan
    with pytest.raises(ValueError, match="not a number, first in frame 7"):
        features.encode(joints)
    with pytest.raises(ValueError, match="right leg has no length"):
        features.encode(np.zeros((4, 22, 3)))
    with pytest.raises(ValueError, match=r"\(T, 263\).*\(4, 262\)"):
        features.recover_joints(np.zeros((4, 262)))


def test_a_single_frame_is_described_like_the_first_of_many() -> None:
    joints = walking(40)
    many, one = features.described(joints, np.zeros(40)), features.described(joints[:1], np.zeros(1))
    pose = slice(features.ROOT_HEIGHT.start, features.ROTATIONS.stop)
    np.testing.assert_allclose(one[0, pose], many[0, pose], atol=1e-9)
    assert not one[0, features.VELOCITIES].any()
