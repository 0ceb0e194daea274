"""`app.body_mesh`: fitting of rotations, skinning against the smplx package, and what is said of wrong files."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from pytestqt.qtbot import QtBot

from app.body_mesh import BodyMeshError, BodyMeshSource, fit_rotations, load_body_model
from core.motion import MotionClip
from core.rotations import axis_angle_to_matrix, matrix_to_quaternion, quaternion_to_axis_angle
from core.skeleton import PARENTS

VERTICES = 120
HAND_PARENTS = [20, 25, 26, 20, 28, 29, 20, 31, 32, 20, 34, 35, 20, 37, 38]
ALL_PARENTS = [*PARENTS, 15, 15, 15, *HAND_PARENTS, *(p + 15 if p >= 25 else 21 for p in HAND_PARENTS)]


def rest_joints() -> NDArray[np.float64]:
    """A body with its arms sideways, roughly a person's measures."""
    offsets = np.array(
        [[0, 0.95, 0], [0.07, -0.09, 0], [-0.07, -0.09, 0], [0, 0.11, -0.02], [0.03, -0.38, 0], [-0.03, -0.38, 0],
         [0, 0.13, 0.01], [0, -0.41, -0.03], [0, -0.41, -0.03], [0, 0.05, 0.02], [0.02, -0.06, 0.12],
         [-0.02, -0.06, 0.12], [0, 0.21, -0.03], [0.08, 0.12, -0.02], [-0.08, 0.12, -0.02], [0, 0.09, 0.05],
         [0.11, 0.04, -0.01], [-0.11, 0.04, -0.01], [0.26, -0.01, -0.02], [-0.26, -0.01, -0.02], [0.25, 0.01, 0],
         [-0.25, 0.01, 0]]
    )  # fmt: skip
    joints = np.zeros((22, 3))
    for joint, parent in enumerate(PARENTS):
        joints[joint] = offsets[joint] + (joints[parent] if parent >= 0 else 0)
    return joints


def forward(rest: NDArray[np.float64], local: NDArray[np.float64]) -> NDArray[np.float64]:
    """(22, 3) joints of (22, 3, 3) local rotations."""
    world, spots = local.copy(), rest.copy()
    for joint, parent in enumerate(PARENTS[1:], start=1):
        world[joint] = world[parent] @ local[joint]
        spots[joint] = spots[parent] + world[parent] @ (rest[joint] - rest[parent])
    return spots


@pytest.fixture(scope="module")
def model_values() -> dict[str, NDArray[np.generic]]:
    """A tiny body: random points around the bones, every name that a real file has."""
    random = np.random.default_rng(5)
    rest = np.zeros((55, 3))
    rest[:22] = rest_joints()
    for joint in range(22, 55):
        rest[joint] = rest[ALL_PARENTS[joint]] + random.normal(0, 0.02, 3)
    template = rest[random.integers(0, 55, VERTICES)] + random.normal(0, 0.05, (VERTICES, 3))
    # A regressor that gives exactly these joints.
    extended = np.concatenate([template.T, np.ones((1, VERTICES))])
    regressor = np.concatenate([rest.T, np.ones((1, 55))]).T @ np.linalg.pinv(extended).T
    weights = random.random((VERTICES, 55)) ** 8
    return {
        "v_template": template,
        "f": random.integers(0, VERTICES, (40, 3)).astype(np.uint32),
        "shapedirs": random.normal(0, 0.01, (VERTICES, 3, 20)),
        "posedirs": random.normal(0, 0.01, (VERTICES, 3, 486)),
        "J_regressor": regressor,
        "kintree_table": np.array([[2**32 - 1, *ALL_PARENTS[1:]], range(55)], np.int64),
        "weights": weights / weights.sum(axis=1, keepdims=True),
        "hands_meanl": random.normal(0, 0.3, 45),
        "hands_meanr": random.normal(0, 0.3, 45),
        "hands_componentsl": np.eye(45),
        "hands_componentsr": np.eye(45),
        "lmk_faces_idx": np.zeros(51, np.int64),
        "lmk_bary_coords": np.full((51, 3), 1 / 3),
    }


@pytest.fixture(scope="module")
def model_file(model_values: dict[str, NDArray[np.generic]], tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("smplx") / "SMPLX_NEUTRAL.npz"
    np.savez(file, **model_values)  # type: ignore[arg-type]
    return file


def bent_pose(strength: float = 1.0) -> NDArray[np.float64]:
    """Local rotations: hips, knees, shoulders and elbows bend as those of people do, and the body is turned."""
    local = np.tile(np.eye(3), (22, 1, 1))
    for joint, vector in {
        0: (0.1, 0.6, 0.0), 1: (-0.4, 0, 0.1), 4: (0.8, 0, 0), 3: (0.1, 0.05, 0.1), 16: (0.2, -0.4, -0.9),
        17: (0.1, 0.3, 0.8), 18: (0, -1.0, 0), 19: (0, 0.9, 0), 12: (0.1, 0, 0.1),
    }.items():  # fmt: skip
        local[joint] = axis_angle_to_matrix(strength * np.array(vector))
    return local


def test_rest_pose_needs_no_rotation() -> None:
    assert np.allclose(fit_rotations(rest_joints(), rest_joints() + np.array([3, 0, 1])), np.eye(3), atol=1e-6)


def test_fitted_rotations_put_the_bones_where_they_are() -> None:
    rest = rest_joints()
    target = forward(rest, bent_pose())
    turned = fit_rotations(rest, target)
    assert np.allclose(turned @ turned.transpose(0, 2, 1), np.eye(3), atol=1e-9)
    assert np.allclose(np.linalg.det(turned), 1)
    for joint, parent in enumerate(PARENTS[1:], start=1):
        found = turned[parent] @ (rest[joint] - rest[parent])
        assert np.allclose(found, target[joint] - target[parent], atol=0.012), joint


def test_upper_arms_twist_with_their_elbows() -> None:
    """An elbow bends about its hinge, so the forearm's plane tells how the upper arm is twisted."""
    rest = rest_joints()
    local = np.tile(np.eye(3), (22, 1, 1))
    local[16] = axis_angle_to_matrix(np.array([1.0, 0, 0]))  # a twist about the bone itself
    local[18] = axis_angle_to_matrix(np.array([0, -1.2, 0]))
    turned = fit_rotations(rest, forward(rest, local))
    angle = np.arccos((np.trace(turned[16].T @ local[16]) - 1) / 2)
    assert np.degrees(angle) < 8


def test_skinning_agrees_with_the_smplx_package(model_file: Path, model_values: dict[str, NDArray[np.generic]]) -> None:
    """The same rotations through the reference implementation give the same surface."""
    torch = pytest.importorskip("torch")
    reference = pytest.importorskip("smplx.lbs")
    model = load_body_model(model_file)
    joints = forward(model.joints[:22], bent_pose(0.7))
    turned = fit_rotations(model.joints[:22], joints)
    pose = np.zeros((55, 3))
    for joint, parent in enumerate(PARENTS):
        local = turned[joint] if parent < 0 else turned[parent].T @ turned[joint]
        pose[joint] = quaternion_to_axis_angle(matrix_to_quaternion(local))
    pose[25:40] = np.asarray(model_values["hands_meanl"]).reshape(15, 3)
    pose[40:] = np.asarray(model_values["hands_meanr"]).reshape(15, 3)
    tensors = {name: torch.tensor(np.asarray(value, np.float64)) for name, value in model_values.items()}
    vertices, moved = reference.lbs(
        torch.zeros(1, 20, dtype=torch.float64),
        torch.tensor(pose).reshape(1, -1),
        tensors["v_template"][None],
        tensors["shapedirs"],
        tensors["posedirs"].reshape(-1, 486).T,
        tensors["J_regressor"],
        torch.tensor([-1, *ALL_PARENTS[1:]]),
        tensors["weights"],
    )
    wanted = vertices[0].numpy() - moved[0, 0].numpy()
    assert np.allclose(model.posed(joints), wanted + joints[0], atol=2e-4)


def test_body_is_sized_by_its_legs(model_file: Path) -> None:
    model = load_body_model(model_file)
    joints = model.joints[:22]
    small = model.posed(joints * 0.5)
    assert np.allclose(small, model.posed(joints) * 0.5, atol=1e-4)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"v_template": None}, "v_template missing"),
        ({"posedirs": np.zeros((VERTICES, 3, 207))}, "posedirs has the shape"),
        ({"f": np.full((3, 3), 10**6)}, "damaged"),
        ({"kintree_table": np.zeros((2, 55), np.int64)}, "another skeleton"),
    ],
)
def test_wrong_models_are_refused(
    model_values: dict[str, NDArray[np.generic]], tmp_path: Path, change: dict[str, object], words: str
) -> None:
    file = tmp_path / "other.npz"
    np.savez(file, **{k: v for k, v in {**model_values, **change}.items() if v is not None})  # type: ignore[arg-type]
    with pytest.raises(BodyMeshError, match=words):
        load_body_model(file)


def test_missing_foreign_and_broken_files_get_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(BodyMeshError, match="There is no body model at"):
        load_body_model(tmp_path / "SMPLX_NEUTRAL.npz")
    (tmp_path / "m.pkl").write_bytes(b"x")
    with pytest.raises(BodyMeshError, match=r"no \.npz file"):
        load_body_model(tmp_path / "m.pkl")
    (tmp_path / "m.npz").write_bytes(b"PK no archive")
    with pytest.raises(BodyMeshError, match="cannot be read"):
        load_body_model(tmp_path / "m.npz")


def test_source_makes_the_newest_time_in_the_background(model_file: Path, qtbot: QtBot) -> None:
    model = load_body_model(model_file)
    joints = np.repeat(model.joints[None, :22], 8, axis=0).astype(np.float32)
    joints[4:, :, 0] += 1.0
    clip = MotionClip(joints, np.zeros((8, 263), np.float32), np.zeros(2, np.int64), np.zeros((8, 4), np.float32))
    source = BodyMeshSource(model, clip)
    try:
        with qtbot.waitSignal(source.ready, timeout=5000):
            assert source.vertices_at(0) is None
        first = source.vertices_at(0)
        assert first is not None and np.allclose(first, model.posed(joints[0]), atol=1e-5)
        with qtbot.waitSignal(source.ready, timeout=5000):
            source.vertices_at(250_000)
        later = source.vertices_at(250_000)
        assert later is not None and np.allclose(later, first + np.array([1, 0, 0]), atol=1e-4)
        assert source.faces.shape == (40, 3)
    finally:
        source.stop()
