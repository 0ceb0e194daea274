"""BVH: what we write plays back exactly by two forward kinematics, other people's bodies come in, damage is named."""

import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from core.body_fit import fit_rotations, forward_kinematics, rest_offsets
from core.bvh import BvhError, import_bvh, write_bvh
from core.bvh_file import parse_bvh
from core.features import canonical_joints, uniform_skeleton
from core.rotations import qangle
from core.skeleton import JOINT_NAMES

Array = NDArray[np.float64]

FIXTURE = Path(__file__).parents[1] / "fixtures" / "motion" / "features.npz"
BLENDER = Path(__file__).parents[1] / "fixtures" / "bvh"


@pytest.fixture(scope="module", params=["walk", "wave"])
def joints(request: pytest.FixtureRequest) -> Array:
    with np.load(FIXTURE) as data:
        return canonical_joints(uniform_skeleton(data[f"{request.param}.joints_in"].astype(np.float64)), "published")


@pytest.fixture
def text(tmp_path: Path, joints: Array) -> str:
    write_bvh(tmp_path / "a.bvh", joints)
    return (tmp_path / "a.bvh").read_text()


def plain_kinematics(text: str) -> dict[str, Array]:
    """A second reader, by recursion and scipy, that shares nothing with the program."""
    head, motion = text.split("MOTION")
    table = np.array([[float(word) for word in line.split()] for line in motion.strip().split("\n")[2:]])
    stack: list[tuple[Rotation, Array]] = []
    result: dict[str, Array] = {}
    column, name = 0, ""
    offset = np.zeros(3)
    for line in head.split("\n"):
        words = line.split()
        if words and words[0] in ("ROOT", "JOINT", "End"):
            name = words[1] if words[0] != "End" else "end"
        elif words and words[0] == "OFFSET":
            offset = np.array([float(word) for word in words[1:]])
            if name == "end":
                stack.append(stack[-1])
        elif words and words[0] == "CHANNELS":
            channels = words[2:]
            values = table[:, column : column + len(channels)]
            column += len(channels)
            place = values[:, :3] if channels[0] == "Xposition" else np.tile(offset, (len(table), 1))
            turn = Rotation.from_euler("ZXY", values[:, -3:], degrees=True)
            if stack:
                place = stack[-1][1] + stack[-1][0].apply(place)
                turn = stack[-1][0] * turn
            result[name] = place
            stack.append((turn, place))
        elif words and words[0] == "}":
            stack.pop()
    return result


def test_written_file_plays_back_within_a_millimetre(text: str, joints: Array, tmp_path: Path) -> None:
    played = plain_kinematics(text)
    again = np.stack([played[name] for name in JOINT_NAMES], axis=1)
    assert np.linalg.norm(again - joints, axis=-1).max() < 1e-3
    back = import_bvh(tmp_path / "a.bvh")
    assert np.linalg.norm(back.joints - joints, axis=-1).max() < 1e-3
    assert (back.unit, back.up, back.mirrored, back.by_shape) == ("m", "+Y", False, False)
    assert back.sources == JOINT_NAMES


def test_curves_do_not_jump(text: str) -> None:
    table = parse_bvh(text).table
    assert np.abs(np.diff(table, axis=0)).max() < 60.0  # degrees in a twentieth of a second


def test_fit_is_exact_continuous_and_twists_with_the_elbow(joints: Array) -> None:
    root, local = fit_rotations(joints)
    again = forward_kinematics(root, local, rest_offsets(joints))
    assert np.linalg.norm(again - joints, axis=-1).max() < 5e-3
    assert np.degrees(qangle(local[1:], local[:-1])).max() < 45.0


@pytest.mark.parametrize("unit", ["cm", "in", "mm"])
def test_units_and_rates(tmp_path: Path, joints: Array, unit: str) -> None:
    write_bvh(tmp_path / "a.bvh", joints, unit=unit)
    back = import_bvh(tmp_path / "a.bvh")
    assert back.unit == unit
    assert np.linalg.norm(back.joints - joints, axis=-1).max() < 1e-3
    write_bvh(tmp_path / "b.bvh", joints, fps=60.0)
    assert len(import_bvh(tmp_path / "b.bvh").joints) == (len(joints) - 1) // 3 + 1


MIXAMO = {
    "pelvis": "mixamorig:Hips", "hip": "UpLeg", "knee": "Leg", "ankle": "Foot", "foot": "ToeBase", "collar": "Shoulder",
    "shoulder": "Arm", "elbow": "ForeArm", "wrist": "Hand",
}  # fmt: skip
BIPED = {
    "pelvis": "Bip01 Pelvis", "hip": "Thigh", "knee": "Calf", "ankle": "Foot", "foot": "Toe0", "collar": "Clavicle",
    "shoulder": "UpperArm", "elbow": "Forearm", "wrist": "Hand",
}  # fmt: skip
BANDAI = {
    "pelvis": "Hips", "hip": "UpperLeg", "knee": "LowerLeg", "ankle": "Foot", "foot": "Toes", "collar": "Shoulder",
    "shoulder": "UpperArm", "elbow": "LowerArm", "wrist": "Hand",
}  # fmt: skip


def renamed(text: str, names: dict[str, str], style: str) -> str:
    def name(match: re.Match[str]) -> str:
        side, _, part = match.group(2).partition("_")
        if side not in ("left", "right"):
            return f"{match.group(1)} {names.get(match.group(2), match.group(2).title())}"
        letter = side[0].upper()
        shapes = {
            "mixamo": f"mixamorig:{side.title()}{names[part]}",
            "biped": f"Bip01 {letter} {names[part]}",
            "bandai": f"{names[part]}_{letter}",
        }
        return f"{match.group(1)} {shapes[style]}"

    return re.sub(r"(ROOT|JOINT) (\w+)", name, text)


@pytest.mark.parametrize(("names", "style"), [(MIXAMO, "mixamo"), (BIPED, "biped"), (BANDAI, "bandai")])
def test_names_of_other_programs(tmp_path: Path, text: str, joints: Array, names: dict[str, str], style: str) -> None:
    (tmp_path / "b.bvh").write_text(renamed(text, names, style).replace("\n", "\r\n"))
    back = import_bvh(tmp_path / "b.bvh")
    assert not back.by_shape
    assert np.linalg.norm(back.joints - joints, axis=-1).max() < 1e-3


def test_unknown_names_are_found_by_shape(tmp_path: Path, text: str, joints: Array) -> None:
    numbers = iter(range(1000))
    (tmp_path / "b.bvh").write_text(re.sub(r"(ROOT|JOINT) (\w+)", lambda m: f"{m.group(1)} n{next(numbers)}", text))
    back = import_bvh(tmp_path / "b.bvh")
    assert back.by_shape
    assert np.linalg.norm(back.joints - joints, axis=-1).max() < 1e-3


def test_z_up_is_turned_upright(tmp_path: Path, joints: Array) -> None:
    z_up = joints[..., [0, 2, 1]] * np.array([1.0, -1.0, 1.0])
    write_bvh(tmp_path / "z.bvh", z_up)
    back = import_bvh(tmp_path / "z.bvh")
    assert back.up == "+Z"
    assert np.linalg.norm(back.joints - joints, axis=-1).max() < 1e-3


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("HIERARCHY", "HIERACHY", "line 1: this is not a BVH file"),
        ("Zrotation", "Wrotation", "line 5: .*unknown channel"),
        ("Frames: ", "Frames: 9", "need .* numbers"),
        ("Frames: ", "Frames: x", "whole number"),
        ("Frame Time: 0.05", "Frame Time: 0.0 #", "Frame Time"),
        ("Frame Time: 0.05", "Frame Time: -0.05", "above 0"),
        ("OFFSET", "OFFSET a", "line 4: x of the OFFSET"),
    ],
)
def test_damage_is_named(tmp_path: Path, text: str, old: str, new: str, message: str) -> None:
    (tmp_path / "bad.bvh").write_text(text.replace(old, new, 1))
    with pytest.raises(BvhError, match=message):
        import_bvh(tmp_path / "bad.bvh")


def test_bad_number_and_truncation(tmp_path: Path, text: str) -> None:
    lines = text.split("\n")
    lines[-3] = lines[-3].replace(".", ",", 1)
    (tmp_path / "bad.bvh").write_text("\n".join(lines))
    with pytest.raises(BvhError, match=f"line {len(lines) - 2}: expected a number"):
        import_bvh(tmp_path / "bad.bvh")
    for share in (0.0, 0.02, 0.1, 0.5, 0.99):
        with pytest.raises(BvhError):
            parse_bvh(text[: int(len(text) * share)])


WORDS = [
    "HIERARCHY", "ROOT a", "JOINT b", "End Site", "{", "}", "OFFSET 0 1 0", "MOTION", "Frames: 1", "Frame Time: 0.1",
    "CHANNELS 3 Xrotation Yrotation Zrotation", "1e1 2 -3", "nan", "\t",
]  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(WORDS)))
def test_any_text_parses_or_raises_bvh_error(words: list[str]) -> None:
    try:
        parse_bvh("HIERARCHY\n" + "\n".join(words))
    except BvhError as error:
        assert str(error)


def walk() -> Array:
    with np.load(FIXTURE) as data:
        return canonical_joints(uniform_skeleton(data["walk.joints_in"].astype(np.float64)), "published")[:40]


def test_blender_plays_our_file() -> None:
    with np.load(BLENDER / "walk_in_blender.npz") as played:
        order = [list(played["names"]).index(name) for name in JOINT_NAMES]
        assert np.linalg.norm(played["joints"][:, order] - walk(), axis=-1).max() < 1e-3


def test_what_blender_exports_comes_back() -> None:
    back = import_bvh(BLENDER / "walk_from_blender.bvh")
    # Another rest pose, unit and upright axis: the body is fitted again, so the pose is compared at our body's size.
    ours, theirs = walk(), back.joints
    moved = np.linalg.norm((theirs - theirs[:, :1]) - (ours - ours[:, :1]), axis=-1)
    assert theirs.shape == ours.shape and back.fps == 20.0
    assert moved.mean() < 0.02, moved.mean()
    travelled = np.linalg.norm(theirs[-1, 0] - theirs[0, 0]), np.linalg.norm(ours[-1, 0] - ours[0, 0])
    assert travelled[0] == pytest.approx(travelled[1], rel=0.05)
