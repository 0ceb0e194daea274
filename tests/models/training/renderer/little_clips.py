"""Training clips drawn by formula: a face that nods, blinks and opens its mouth, and a hand that waves."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.pose import LEFT_EYE, LEFT_WRIST, NECK, NOSE, RIGHT_EYE
from core.video import write_video
from models.training.renderer.clips import ClipArrays, ClipEntry, Manifest, clip_arrays, clip_video
from models.wav2vec2 import FEATURE_RATE

FPS = 10.0
SPEECH_WIDTH = 16
"""Of the tiny face adapter in the versa backend's tests."""


def arrays(frames: int, seed: int = 0) -> ClipArrays:
    """Poses in shares of the picture, speech features and controls."""
    random = np.random.default_rng(seed)
    turn = np.sin(np.arange(frames) * 0.7 + seed)
    body, face, hands = np.zeros((frames, 18, 3)), np.zeros((frames, 68, 3)), np.zeros((frames, 2, 21, 3))
    for place, x, y in ((NOSE, 0.5, 0.35), (NECK, 0.5, 0.6), (RIGHT_EYE, 0.42, 0.3), (LEFT_EYE, 0.58, 0.3),
                        (5, 0.75, 0.65), (6, 0.8, 0.8), (LEFT_WRIST, 0.8, 0.6)):  # fmt: skip
        body[:, place] = (x, y, 0.9)
    body[:, LEFT_WRIST, 0] += 0.08 * turn
    face[:, 48:68] = (0.5, 0.45, 0.9)
    hands[:, 0, :, 0] = body[:, LEFT_WRIST, :1] + np.linspace(-0.05, 0.05, 21)
    hands[:, 0, :, 1] = np.linspace(0.45, 0.6, 21)
    hands[:, 0, :, 2] = 0.9
    single = np.float32
    return ClipArrays(
        body=body.astype(single), face=face.astype(single), hands=hands.astype(single),
        face_box=np.tile(np.array([0.3, 0.2, 0.4, 0.35], single), (frames, 1)),
        audio=random.standard_normal((int(frames / FPS * FEATURE_RATE), SPEECH_WIDTH)).astype(single),
        emotion=np.int64(1) * np.ones((), np.int64), strength=np.ones((), single),
        blink=(turn > 0.8).astype(single), identity=_unit(random.standard_normal(512)),
        head_mask=np.array([0.2, 0.23], single),
    )  # fmt: skip


def pictures(clip: ClipArrays, size: int) -> NDArray[np.uint8]:
    """(T, size, size, 3) what the arrays describe, in flat colours."""
    frames = np.full((len(clip.body), size, size, 3), (60, 90, 120), np.uint8)
    y, x = (np.mgrid[0:size, 0:size] + 0.5) / size
    for number, frame in enumerate(frames):
        frame[np.hypot(x - 0.5, y - 0.35) < 0.2] = (220, 170, 140)
        eyes = (np.hypot(x - 0.42, y - 0.3) < 0.04) | (np.hypot(x - 0.58, y - 0.3) < 0.04)
        frame[eyes] = (40, 30, 30) if clip.blink[number] < 0.5 else (200, 150, 120)
        wrist = clip.body[number, LEFT_WRIST]
        frame[np.hypot(x - wrist[0], y - wrist[1]) < 0.1] = (220, 170, 140)
    return frames


def write_clips(folder: Path, *, size: int = 64, frames: int = 12, count: int = 2) -> Manifest:
    """Write clips and their manifest."""
    (folder / "clips").mkdir(parents=True)
    entries = []
    for number in range(count):
        clip = arrays(frames, number)
        name = f"clip{number}"
        clip.save(clip_arrays(folder, name))
        write_video(clip_video(folder, name), pictures(clip, size), (size, size), FPS, crf=1)
        entries.append(ClipEntry(name, f"{name}.mp4", 0.0, frames, "happy", identity=True))
    manifest = Manifest(size, size, FPS, "log-mel", SPEECH_WIDTH, tuple(entries))
    manifest.save(folder)
    return manifest


def _unit(values: NDArray[np.float64]) -> NDArray[np.float32]:
    return (values / np.linalg.norm(values)).astype(np.float32)
