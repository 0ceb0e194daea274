"""Training samples: which clip, frames, reference frame, noise and left-out conditions the k-th draw of a run has.

Everything about draw k follows from the seed and k alone, so a run that is split over processes, or stopped and
resumed, sees the same samples. Frame 0 of a sample is the reference, as in rendering.
"""

from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch.utils.data import Dataset

from core.draw import CANVAS_SHORT_SIDE, draw_composite
from core.video_read import read_frames
from models.renderers.versa.controls import audio_windows
from models.renderers.versa.portrait_frame import soft_face_masks
from models.renderers.versa.settings import CELL
from models.training.renderer.clips import ClipArrays, ClipEntry, DataError, Manifest, clip_arrays, clip_video
from models.training.renderer.objective import Dropout, draw_kept, hand_weights

Sample = dict[str, torch.Tensor]

_LATENT_CHANNELS = 4


@dataclass(frozen=True)
class DrawSettings:
    """How samples are drawn.

    Attributes:
        frames: of a sample besides the reference.
        window: speech features around a frame.
        reference: "random" takes any frame of the clip, "first" the clip's first.
        hand_weight: of the loss inside confident hands.
        dropout: of conditions.
        canvas: short side of the canvas that poses are drawn on; the renderer uses the default.
        seed: of everything random.
    """

    frames: int
    window: int
    reference: Literal["random", "first"] = "random"
    hand_weight: float = 10.0
    dropout: Dropout = field(default_factory=Dropout)
    canvas: int = CANVAS_SHORT_SIDE
    seed: int = 0


class Draws(Dataset[Sample]):
    """Draws `first` to `last` of a run over the clips of a folder.

    Args:
        folder: of the manifest.
        manifest: of the folder.
        settings: how to draw.
        first: number of the first draw.
        last: number after the last one.

    Raises:
        DataError: no clip is long enough.
    """

    def __init__(self, folder: Path, manifest: Manifest, settings: DrawSettings, first: int, last: int) -> None:
        self._clips = tuple(entry for entry in manifest.clips if entry.frames >= settings.frames)
        if not self._clips:
            longest = max((entry.frames for entry in manifest.clips), default=0)
            raise DataError(
                f"{folder}: the longest of {len(manifest.clips)} clips has {longest} frames, {settings.frames} are "
                "needed; prepare longer clips or choose fewer frames"
            )
        self._folder, self._manifest, self._settings = folder, manifest, settings
        self._first, self._last = first, last

    def __len__(self) -> int:
        return max(self._last - self._first, 0)

    def __getitem__(self, index: int) -> Sample:
        settings = self._settings
        number = self._first + index
        random = np.random.default_rng((settings.seed, number))
        entry = self._clips[int(random.integers(len(self._clips)))]
        start = int(random.integers(entry.frames - settings.frames + 1))
        reference = int(random.integers(entry.frames))
        if settings.reference == "first":
            reference = 0
        sample = clip_sample(self._folder, self._manifest, entry, range(start, start + settings.frames), reference,
                             settings)  # fmt: skip
        sample["kept"] = torch.from_numpy(draw_kept(settings.dropout, random))
        sample["level"] = torch.tensor(float(random.standard_normal()))
        cells = (self._manifest.height // CELL, self._manifest.width // CELL)
        noise = random.standard_normal((1 + settings.frames, _LATENT_CHANNELS, *cells), np.float32)
        sample["noise"] = torch.from_numpy(noise)
        return sample


def clip_sample(
    folder: Path, manifest: Manifest, entry: ClipEntry, frames: range, reference: int, settings: DrawSettings
) -> Sample:
    """The reference frame and a range of frames of a clip, F = 1 + len(frames), without anything random.

    Returns:
        pixels (F, 3, H, W) and drawn (F, 3, H, W) in -1..1, weights and mask (F, h, w), identity (512,),
        audio (F, window, width), emotion (F,), strength (F,), blink (F,).
    """
    arrays = _arrays(clip_arrays(folder, entry.name))
    numbers = [reference, *frames]
    poses = [arrays.pose(number) for number in numbers]
    rows, columns = manifest.height // CELL, manifest.width // CELL
    drawn = np.stack(
        [draw_composite(pose, arrays.mask, manifest.height, manifest.width, settings.canvas) for pose in poses]
    )
    audio = audio_windows(arrays.audio, frames, manifest.fps, settings.window)
    silent = np.zeros((1, *audio.shape[1:]), np.float32)
    count = len(frames)
    still = torch.zeros(1)
    return {
        "pixels": _signed(_pictures(clip_video(folder, entry.name), numbers)),
        "drawn": _signed(drawn),
        "weights": torch.from_numpy(hand_weights(arrays.hands[numbers], rows, columns, settings.hand_weight)),
        "mask": soft_face_masks(poses, arrays.mask, rows, columns),
        "identity": torch.from_numpy(arrays.identity),
        "audio": torch.from_numpy(np.concatenate([silent, audio])),
        # The reference is silent, neutral and open-eyed in rendering too.
        "emotion": torch.cat([torch.zeros(1, dtype=torch.int64), torch.full((count,), int(arrays.emotion))]),
        "strength": torch.cat([still, torch.full((count,), float(arrays.strength))]),
        "blink": torch.cat([still, torch.from_numpy(arrays.blink[frames.start : frames.stop])]),
    }


@lru_cache(maxsize=64)
def _arrays(path: Path) -> ClipArrays:
    return ClipArrays.load(path)


def _pictures(path: Path, numbers: list[int]) -> NDArray[np.uint8]:
    """(N, H, W, 3) the frames of those numbers, in their order."""
    found: dict[int, NDArray[np.uint8]] = {}
    first, last = min(numbers), max(numbers)
    for number, frame in enumerate(read_frames(path, first, last + 1), first):
        if number in numbers:
            found[number] = frame
    if missing := sorted(set(numbers) - set(found)):
        raise DataError(f"{path} ends before frame {missing[0]}; prepare the clips again")
    return np.stack([found[number] for number in numbers])


def _signed(pictures: NDArray[np.uint8]) -> torch.Tensor:
    """(N, H, W, 3) bytes to (N, 3, H, W) in -1..1."""
    return torch.from_numpy(np.ascontiguousarray(pictures.transpose(0, 3, 1, 2))).float() / 127.5 - 1.0
