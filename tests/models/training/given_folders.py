"""Small folders of other people's data, made by their public descriptions, with a body model of random numbers."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from core.features import encode
from core.skeleton import PARENTS
from tests.models.synthetic import raised, ramp

VERTICES = 60
ALL_PARENTS = [*PARENTS, 15, 15, 15, *(p for hand in (20, 21) for f in range(5) for p in (hand, *(
    25 + 15 * (hand == 21) + 3 * f + k for k in (0, 1))))]  # fmt: skip


def body_model() -> dict[str, NDArray[np.generic]]:
    """Arrays of a published body model file."""
    random = np.random.default_rng(1)
    weights = random.random((VERTICES, 55)) ** 8
    regressor = random.random((55, VERTICES)) ** 4
    return {
        "v_template": random.normal(0, 0.5, (VERTICES, 3)),
        "f": np.array([[0, 1, 2]]),
        "shapedirs": random.normal(0, 0.02, (VERTICES, 3, 20)),
        "posedirs": random.normal(0, 0.01, (VERTICES, 3, 486)),
        "J_regressor": regressor / regressor.sum(axis=1, keepdims=True),
        "kintree_table": np.array([[2**32 - 1, *ALL_PARENTS[1:]], range(55)], np.int64),
        "weights": weights / weights.sum(axis=1, keepdims=True),
    }


def write_body_model(folder: Path) -> Path:
    (folder / "smplx").mkdir()
    np.savez(folder / "smplx" / "SMPLX_NEUTRAL.npz", **body_model())  # type: ignore[arg-type]
    return folder


def parameters(frames: int, size: int = 165) -> dict[str, NDArray[np.generic]]:
    random = np.random.default_rng(2)
    times = np.linspace(0.0, 2.0, frames)[:, None]
    poses = 0.4 * np.sin(times * random.uniform(0.5, 2.0, size) + random.uniform(0, 6, size))
    trans = np.concatenate([0.3 * times, 0.1 * np.sin(times), 0.9 + 0 * times], axis=1)
    return {"poses": poses, "trans": trans, "betas": random.normal(0, 1, 16), "gender": np.array("female")}


def humanml3d(folder: Path) -> dict[str, NDArray[np.float32]]:
    for name in ("new_joint_vecs", "texts"):
        (folder / name).mkdir(parents=True)
    moving = raised(120, "right", ramp(120, 10, 40))
    vectors = {"000001": encode(moving, "published"), "M000001": encode(moving, "published"), "000002": None}
    for name, features in vectors.items():
        if features is None:
            features = np.full((60, 263), np.nan, dtype=np.float32)
        np.save(folder / "new_joint_vecs" / f"{name}.npy", features)
        (folder / "texts" / f"{name}.txt").write_text(
            "a man lifts his right hand.#a/DET man/NOUN lift/VERB#0.0#0.0\n"
            "someone raises an arm.#someone/PRON raise/VERB#nan#nan\n\n"
            "the arm goes up#the/DET arm/NOUN#0.5#3.0\n"
            "too short a part#too/ADV short/ADJ#0.5#1.0\n",
            encoding="utf-8",
        )
    (folder / "train.txt").write_text("000001\n000002\n000777\n")
    (folder / "test.txt").write_text("M000001\n")
    return vectors


TEXTGRID = '''File type = "ooTextFile"
Object class = "TextGrid"

xmin = 0
xmax = 2.0
tiers? <exists>
size = 2
item []:
    item [1]:
        class = "IntervalTier"
        name = "words"
        xmin = 0
        xmax = 2.0
        intervals: size = 3
        intervals [1]:
            xmin = 0
            xmax = 0.5
            text = ""
        intervals [2]:
            xmin = 0.5
            xmax = 0.9
            text = "hello"
        intervals [3]:
            xmin = 0.9
            xmax = 2.0
            text = "say ""yes"""
    item [2]:
        class = "IntervalTier"
        name = "phones"
        xmin = 0
        xmax = 2.0
        intervals: size = 1
        intervals [1]:
            xmin = 0
            xmax = 2.0
            text = "AH0"
'''


def beat2(folder: Path, splits: Sequence[tuple[str, str]] = (("2_scott_0_1_1", "test"),), frames: int = 61) -> None:
    """Recordings of `frames` frames at 30 fps, each with a split; one more is named but not there."""
    for name in ("smplxflame_30", "wave16k", "textgrid", "sem"):
        (folder / name).mkdir(parents=True)
    given = parameters(frames) | {"mocap_frame_rate": np.array(30), "betas": np.zeros(300)}
    for number, (name, _) in enumerate(splits):
        np.savez(folder / "smplxflame_30" / f"{name}.npz", **given)  # type: ignore[arg-type]
        times = np.arange(round(16_000 * frames / 30)) / 16_000
        voice = 0.3 * np.sin(2 * np.pi * (140 + 20 * number) * times) * (np.sin(2 * np.pi * 2.1 * times) > 0.2)
        soundfile.write(folder / "wave16k" / f"{name}.wav", voice, 16_000)
        (folder / "textgrid" / f"{name}.TextGrid").write_text(TEXTGRID, encoding="utf-8")
        (folder / "sem" / f"{name}.txt").write_text(
            "beat_align\t0.0\t0.5\t0.5\t0.1\tso\niconic_h\t0.5\t1.2\t0.7\t0.9\tbig\ndeictic_m\t1.2\t1.9\t0.7\t0.8\t\n"
        )
    rows = [f"{name},{split}" for name, split in (*splits, ("2_scott_0_2_2", "additional"))]
    (folder / "train_test_split.csv").write_text("\n".join(["id,type", *rows]) + "\n")
