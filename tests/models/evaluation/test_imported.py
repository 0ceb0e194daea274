"""Results of another program: what is read, and that every file which cannot be judged is refused by its name."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.cancel import Cancelled, CancelToken, Progress, ignore_progress
from core.features import encode
from core.skeleton import HEAD, PARENTS, PELVIS
from models.evaluation.imported import ImportedSystem, ResultsError, read_motion
from tests.models.evaluation.fakes import made_reference
from tests.models.synthetic import Joints, standing

SHORTEST = 16


def bent(angle: float, frames: int = 40) -> Joints:
    """A body whose upper part is bent forwards about the pelvis, by an angle in degrees."""
    joints = standing(frames)
    upper = [joint for joint in range(22) if _above(joint)]
    about = joints[:, [PELVIS]]
    way = joints[:, upper] - about
    cosine, sine = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    turned = np.stack(
        [way[..., 0], cosine * way[..., 1] - sine * way[..., 2], sine * way[..., 1] + cosine * way[..., 2]], axis=-1
    )
    joints[:, upper] = about + turned
    return joints


def _above(joint: int) -> bool:
    while joint > 0:
        if joint == 3:
            return True
        joint = PARENTS[joint]
    return False


def crouching(frames: int = 40) -> Joints:
    """Thighs level and shanks upright: the pelvis is as high as the knees."""
    joints = standing(frames)
    for hip, knee in ((1, 4), (2, 5)):
        thigh = np.linalg.norm(joints[:, knee] - joints[:, hip], axis=-1)
        down = joints[:, hip, 1] - joints[:, knee, 1]
        below = [joint for joint in range(22) if joint == knee or PARENTS[joint] == knee or joint == knee + 6]
        joints[:, below, 1] += down[:, None]
        joints[:, below, 2] += thigh[:, None]
    joints[..., 1] -= joints[..., 1].min()
    return joints


def frame_with(value: Any, frame: int = 7) -> Joints:
    joints = standing(40)
    joints[frame] = value
    return joints


def without_a_leg() -> Joints:
    joints = standing(40)
    joints[:, 8] = joints[:, 5] = joints[:, 2]
    return joints


def lying() -> Joints:
    return standing(40)[..., [0, 2, 1]]


@pytest.mark.parametrize(
    ("arrays", "words"),
    [
        ({"x": np.zeros(3)}, "holds neither `joints`"),
        ({"joints": np.zeros((40, 21, 3))}, r"joints must have shape \(T, 22, 3\), not \(40, 21, 3\)"),
        ({"joints": np.full((40, 22, 3), "x")}, "joints must hold numbers"),
        ({"features": np.zeros((40, 251))}, r"features must have shape \(T, 263\)"),
        ({"joints": frame_with(np.nan)}, "values that are not numbers, first in frame 7"),
        ({"joints": standing(10)}, "too short to judge: 10 frames at 20 fps; the list asks for 40"),
        ({"joints": standing(35)}, "at least 36 are needed"),
        ({"joints": standing(60), "fps": 60.0}, "too short to judge: 20 frames at 20 fps"),
        ({"joints": standing(40), "fps": [20, 20]}, r"fps must be one number from 1 to 1000, not \[20.0, 20.0\]"),
        ({"joints": standing(40), "fps": np.full(40, 20)}, "not 40 numbers"),
        ({"joints": standing(40), "fps": 1e9}, "fps must be one number from 1 to 1000"),
        ({"joints": standing(40), "fps": 1e-9}, "fps must be one number from 1 to 1000"),
        ({"joints": standing(40), "fps": np.nan}, "fps must be one number"),
        ({"joints": standing(40), "fps": "twenty"}, "fps must hold numbers"),
        ({"joints": np.zeros((40, 22, 3))}, "the body measures 0 m from ankle to head"),
        ({"joints": 1000.0 * standing(40)}, r"the body measures 1\d\d\d m .* joints must be in metres, with Y up"),
        ({"joints": 1e200 * standing(40)}, "joints must be in metres"),
        ({"joints": frame_with(0.0)}, "frame 7 holds no body"),
        ({"joints": standing(40) + np.array([0.0, 0.0, 2e4])}, "more than 10 km away"),
        ({"joints": lying()}, r"the body does not stand: along Z .* joints must be in metres, with Y up"),
        ({"joints": -lying()}, "the body does not stand: along Z"),
        ({"joints": standing(40) * [1.0, -1.0, 1.0]}, r"the body does not stand: along Y its head is -1"),
        ({"joints": without_a_leg()}, "the right leg has no length"),
    ],
)  # fmt: skip
def test_a_motion_that_cannot_be_judged_is_refused_by_name(
    arrays: dict[str, Any], words: str, tmp_path: Path, recwarn: pytest.WarningsRecorder
) -> None:
    file = tmp_path / "0007.npz"
    np.savez(file, **arrays)
    with pytest.raises(ResultsError, match=words) as refused:
        read_motion(file, 40, SHORTEST)
    assert str(refused.value).startswith(str(file)) and "\n" not in str(refused.value)
    assert not recwarn.list


@pytest.mark.parametrize("damage", [
    lambda whole: b"", lambda whole: b"nothing", lambda whole: whole[: len(whole) // 2],
    lambda whole: whole[:200] + bytes(400) + whole[600:],
])  # fmt: skip
def test_a_damaged_file_is_refused_by_name(damage: Callable[[bytes], bytes], tmp_path: Path) -> None:
    file = tmp_path / "0007.npz"
    np.savez_compressed(file, joints=standing(40) + 0.01 * np.random.default_rng(0).normal(size=(40, 22, 3)))
    file.write_bytes(damage(file.read_bytes()))
    with pytest.raises(ResultsError, match=r"0007\.npz cannot be read as \.npz"):
        read_motion(file, 40, SHORTEST)


@pytest.mark.parametrize(
    "joints",
    [standing(40), 0.55 * standing(40), 1.35 * standing(40), bent(90.0), bent(120.0), crouching(), standing(37)],
)  # fmt: skip
def test_children_bows_and_crouches_pass(joints: Joints, tmp_path: Path) -> None:
    np.savez(tmp_path / "0000.npz", joints=joints)
    np.testing.assert_allclose(read_motion(tmp_path / "0000.npz", 40, SHORTEST), joints, atol=1e-6)


def test_motions_come_at_20_fps_and_as_long_as_the_list_asks(tmp_path: Path) -> None:
    file = tmp_path / "0000.npz"
    sway = standing(4000) + 0.1 * np.sin(np.arange(4000) / 40.0)[:, None, None] * [1.0, 0.0, 0.0]
    np.savez(file, joints=sway, fps=np.array([40]))
    found = read_motion(file, 40, SHORTEST)
    assert found.shape == (41, 22, 3) and found.dtype == np.float32
    np.testing.assert_allclose(found, sway[:82:2], atol=1e-6)
    np.savez(file, joints=sway[:80], fps=40)
    np.testing.assert_allclose(read_motion(file, 40, SHORTEST), sway[:80:2], atol=1e-6)
    np.savez(file, features=encode(sway[:50], uniform=False))
    assert len(read_motion(file, 40, SHORTEST)) == 41
    np.savez(file, joints=standing(16))
    with pytest.raises(ResultsError, match="at least 17 are needed"):  # 16 frames of features
        read_motion(file, 18, SHORTEST)


def fill(folder: Path, rows: range) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for row in rows:
        np.savez(folder / f"{row:04d}.npz", joints=standing(70))


def check(folder: Path, rounds: list[range], cancel: CancelToken | None = None) -> list[Progress]:
    told: list[Progress] = []
    ImportedSystem(folder).check(made_reference(), rounds, SHORTEST, told.append, cancel or CancelToken())
    return told


def test_every_file_of_the_list_is_looked_for(tmp_path: Path) -> None:
    with pytest.raises(ResultsError, match="not a folder"):
        ImportedSystem(tmp_path / "nowhere")
    with pytest.raises(ResultsError, match=r"holds no \.npz files; a clip for every number"):
        check(tmp_path, [range(8)])
    fill(tmp_path, range(3, 8))
    with pytest.raises(ResultsError, match=r"0000\.npz is missing, in all 3 of the 8 files"):
        check(tmp_path, [range(8)])
    fill(tmp_path, range(3))
    assert check(tmp_path, [range(8), range(8, 12)])[-1].done == 8  # a folder of files is the first repeat
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        check(tmp_path, [range(8)], cancel)


def test_every_repeat_is_looked_for(tmp_path: Path) -> None:
    fill(tmp_path / "00", range(4))
    (tmp_path / "01").mkdir()
    with pytest.raises(ResultsError, match=r"01/0004\.npz is missing, in all 4 of the 8 files"):
        check(tmp_path, [range(4), range(4, 8), range(8, 12)])
    fill(tmp_path / "01", range(4, 8))
    np.savez(tmp_path / "01" / "0006.npz", joints=np.zeros((70, 22, 3)))
    with pytest.raises(ResultsError, match=r"01/0006\.npz: the body measures 0 m"):
        check(tmp_path, [range(4), range(4, 8)])


def test_what_was_checked_is_what_is_judged(tmp_path: Path) -> None:
    fill(tmp_path, range(4))
    system, reference = ImportedSystem(tmp_path), made_reference()
    system.check(reference, [range(4)], SHORTEST, ignore_progress, CancelToken())
    motions = system.motions(reference, range(4), 0, SHORTEST)
    assert [len(joints) for joints in motions] == (reference.frames[:4] + 1).tolist()
    assert all(joints[0, HEAD, 1] > 1.2 for joints in motions)
