"""Captures made by formula in the capture folder's format, and a tokenizer for them."""

import csv
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from models.neutral import NEUTRAL_FACE
from models.retarget import neutral_motion
from tests.models.synthetic import bowed, raised, ramp, standing

FIELDS = ("clip", "start", "frames", "actor", "content", "style", "has_hands")


class HandHeightTokenizer:
    """Tokens that tell how high each hand is: enough to tell the test's gestures apart."""

    def encode(self, joints: ArrayLike) -> NDArray[np.int64]:
        """Four-frame tokens from wrist heights."""
        array = np.asarray(joints)
        count = (len(array) - 1) // 4
        high = np.clip((array[:, [20, 21], 1] - array[:, [16, 17], 1] + 0.6) / 0.15, 0, 7).astype(int)
        return high[: 4 * count : 4, 0] * 8 + high[: 4 * count : 4, 1]


def _thirty(frames: int) -> NDArray[np.float64]:
    """A gesture's course at 30 fps."""
    return ramp(frames, 10, 30) - ramp(frames, frames - 30, frames - 10)


def gestures() -> dict[str, NDArray[np.float64]]:
    """Name and joints at 30 fps."""
    frames = 120
    return {
        "Idle": standing(frames),
        "WaveRt": raised(frames, "right", _thirty(frames), wave=0.35),
        "Bow": bowed(frames, 0.8 * _thirty(frames)),
    }


def write_captures(folder: Path) -> None:
    """Two sets in the capture format; only smartbody has fingers, which bend with the height of the right hand."""
    folder.mkdir(parents=True, exist_ok=True)
    for source in ("smartbody", "bandai_namco"):
        root, joints, face, hands, rows = [], [], [], [], []
        start = 0
        for content, motion in gestures().items():
            if source == "bandai_namco":
                motion = motion * np.array([1.0, 1.0, 1.0]) + 0.0
                motion[:, 20:22] += 0.01
            count = len(motion)
            root.append(motion[:, 0])
            joints.append(np.round((motion - motion[:, :1]) * 1e4))
            face.append(np.round(np.tile(NEUTRAL_FACE, (count, 1, 1)) * 1e4))
            hands.append(np.round(neutral_motion(motion).hands * 1e4))
            rows.append((f"{content}_001", start, count, source, content, "normal", int(source == "smartbody")))
            start += count
        arrays = {
            "root": np.concatenate(root).astype(np.float32),
            "joints": np.concatenate(joints).astype(np.int16),
            "face": np.concatenate(face).astype(np.int16),
        }
        if source == "smartbody":
            arrays["hands"] = np.concatenate(hands).astype(np.int16)
        np.savez(folder / f"{source}.npz", **arrays)
        with (folder / f"{source}.csv").open("w", newline="", encoding="utf-8") as stream:
            writer = csv.writer(stream)
            writer.writerow(FIELDS)
            writer.writerows(rows)
