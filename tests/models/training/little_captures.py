"""A small capture folder with recordings, made by formula, for the tests of the trainings."""

import csv
from pathlib import Path

import numpy as np
import soundfile

from models.neutral import NEUTRAL_JOINTS

GESTURES = (
    "BeatMidBt01",
    "BeatLowRt01",
    "BeatHighLf01",
    "ChopBt01",
    "MeRt01",
    "YouLf01",
    "StopBt01",
    "OfferBt01",
    "Shrug01",
)
CONTENTS = (*(f"Gestures/ChrBrad@Idle01_{name}" for name in GESTURES), "Gestures/ChrBrad@Idle03")


def lifted(number: int, frames: int, random: np.random.Generator) -> np.ndarray:
    """(frames, 22, 3): a standing body whose arms go up fast and come down slowly."""
    joints = np.repeat(np.asarray(NEUTRAL_JOINTS, dtype=np.float64)[None], frames, axis=0)
    place = np.linspace(0, 1, frames)
    stroke, return_ = np.clip((place - 0.3) / 0.12, 0, 1), np.clip((place - 0.5) / 0.45, 0, 1)
    lift = ((3 - 2 * stroke) * stroke**2 * (1 - (3 - 2 * return_) * return_**2))[:, None] * (0.3 + 0.03 * number)
    for wrist, elbow in ((20, 18), (21, 19)):
        joints[:, wrist, 1:] += lift * np.array([1.0, 0.6])
        joints[:, elbow, 1:] += lift * np.array([0.3, 0.3])
    return joints + random.normal(0, 0.0005, (1, 22, 3))


def write_data(folder: Path) -> Path:
    """A folder with motion/ and speech/: ten clips of a speaker, eight prompted ones, two recordings."""
    (folder / "motion").mkdir(parents=True)
    random = np.random.default_rng(0)
    for source, names in (
        ("smartbody", CONTENTS),
        ("bandai_namco", tuple(f"dataset-2_{c}_normal_{i:03}" for c in ("wave-right-hand", "bow") for i in range(4))),
    ):
        rows, parts, start = [], [], 0
        for number, name in enumerate(names):
            joints = lifted(number, 90, random)
            content = name.split("_")[-1] if source == "smartbody" else name.split("_")[1]
            content = content.split("@")[-1]
            rows.append(
                {"clip": name, "start": start, "frames": len(joints), "actor": "ChrBrad", "content": content,
                 "style": "neutral" if source == "smartbody" else "normal", "has_hands": 0}
            )  # fmt: skip
            parts.append(joints)
            start += len(joints)
        everything = np.concatenate(parts)
        offsets = ((everything - everything[:, :1]) * 1e4).astype(np.int16)
        np.savez(folder / "motion" / f"{source}.npz", root=everything[:, 0].astype(np.float32), joints=offsets)
        with (folder / "motion" / f"{source}.csv").open("w", newline="") as stream:
            writer = csv.DictWriter(stream, rows[0].keys())
            writer.writeheader()
            writer.writerows(rows)
    for name in ("librispeech_train", "librispeech_test"):
        (folder / "speech" / name).mkdir(parents=True)
        time = np.arange(16_000 * 12) / 16_000
        syllables = np.sin(2 * np.pi * 150 * time) * (np.sin(2 * np.pi * 1.7 * time) > 0.3)
        soundfile.write(folder / "speech" / name / "one.flac", 0.3 * syllables, 16_000)
    return folder
